"""Shows every setting, its value, and where it comes from.

The first of these that names a setting decides: a flag, an environment variable, the project's ionqdsl.toml (or
`[tool.ionqdsl]` in pyproject.toml), your own file, the default. Within a file, the table of the chosen profile comes
first. With -v, the list includes variables and meanings.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import Terminal
from ionqdsl.settings import SETTINGS, project_file, resolve, user_file

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `config`."""


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Lists the settings, and the files that can contain them."""
    resolved = resolve(".", arguments.profile)
    heads = ("setting", "value", "from")
    rows = [(name, "" if value is None else str(value), origin) for name, (value, origin) in resolved.items()]
    if terminal.is_verbose:
        heads = (*heads, "variable", "meaning")  # type: ignore[assignment]
        rows = [(*row, SETTINGS[row[0]].environment, SETTINGS[row[0]].meaning) for row in rows]  # type: ignore[misc]
    files = {"project": project_file("."), "user": user_file()}
    lines = [
        f"{whose + ':':<9}{path or 'none'}{'' if _exists(path) else ' (not there)'}" for whose, path in files.items()
    ]
    terminal.data("\n".join([*columns(heads, rows, left=len(heads)), "", *lines]))
    settings = {name: {"value": value, "origin": origin} for name, (value, origin) in resolved.items()}
    terminal.answer(settings=settings, files=files)
    return 0


def _exists(path: str | None) -> bool:
    return path is None or os.path.isfile(path)
