"""Settings of a project: ionqdsl.toml, or `[tool.ionqdsl]` in pyproject.toml.

The folder a command runs in comes in, defaults for flags come out; the nearest file upwards counts. A program's own job
block wins over them, and a key is never read from them. Flags are verbs.py's.
"""

from __future__ import annotations

import argparse
import os
import re
from typing import Any

from ionqdsl.cli.mistakes import nearest

TYPES: dict[str, type] = {
    "target": str,
    "level": int,
    "preserve": str,
    "wire": str,
    "color": str,
    "backend": str,
    "shots": int,
    "noise": str,
    "api_key_file": str,
}
"""Setting -> its type; each is named like its flag."""

OF_THE_JOB = ("backend", "shots", "noise")
"""Settings that a program's job block also has: they only fill gaps."""

_IN_PYPROJECT = re.compile(rb"^\[tool\.ionqdsl\]", re.MULTILINE)


def find(folder: str) -> str | None:
    """The settings file nearest to a folder: in it or above it."""
    folder = os.path.abspath(folder)
    while True:
        path = os.path.join(folder, "ionqdsl.toml")
        if os.path.isfile(path):
            return path
        path = os.path.join(folder, "pyproject.toml")
        if os.path.isfile(path) and _IN_PYPROJECT.search(_bytes(path)):
            return path
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def load(path: str) -> dict[str, Any]:
    """The settings in a file, checked; UsageError where something is wrong with them."""
    import tomllib

    try:
        table = tomllib.loads(_bytes(path).decode())
    except ValueError as error:
        raise _wrong(path, str(error)) from None
    if os.path.basename(path) == "pyproject.toml":
        table = table["tool"]["ionqdsl"]
    for name, value in table.items():
        if name not in TYPES:
            raise _wrong(path, f"there is no setting `{name}`", nearest(name, TYPES))
        if type(value) is not TYPES[name]:
            kind = "a whole number" if TYPES[name] is int else "a text in quotation marks"
            raise _wrong(path, f"`{name}` must be {kind}")
    return dict(table)


def apply(parser: argparse.ArgumentParser, folder: str) -> dict[str, Any]:
    """Makes the settings that apply to a folder the parser's defaults; gives back those of OF_THE_JOB."""
    path = find(folder)
    found = load(path) if path else {}
    flags = {action.dest: action for action in parser._actions if action.dest in found}
    values = {name: _value(flags[name], found[name], path or "") for name in flags}
    parser.set_defaults(**{name: value for name, value in values.items() if name not in OF_THE_JOB})
    return {name: value for name, value in values.items() if name in OF_THE_JOB}


def _value(action: argparse.Action, value: Any, path: str) -> Any:
    """A setting's value, held to the same rules as its flag's."""
    from ionqdsl.diagnostics import UsageError

    try:
        result = action.type(str(value)) if callable(action.type) else value
    except argparse.ArgumentTypeError as error:
        raise _wrong(path, f"`{action.dest}`: {error}") from None
    except UsageError as error:
        facts = error.diagnostics[0].facts
        raise _wrong(path, facts["reason"], facts["suggestion"]) from None
    if action.choices is not None and result not in action.choices:
        raise _wrong(path, f"`{action.dest}` must be one of {', '.join(map(str, action.choices))}")
    return result


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1_000_000)
    except OSError as error:
        raise _wrong(path, (error.strerror or "unreadable").lower()) from None


def _wrong(path: str, reason: str, suggestion: str | None = None) -> Exception:
    from ionqdsl.diagnostics import Diagnostic, UsageError
    from ionqdsl.source import Source

    return UsageError([Diagnostic("QC0812", Source("", path), {"reason": reason, "suggestion": suggestion})])
