"""Decides which path the program in the page counts as, and so which files it may include.

Takes the name of an example, or the file the playground was started with, and returns a path, or None if nothing may be
included. Nothing outside the folders of these two is ever read.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import ionqdsl

MOST_LISTED = 200
"""The number of files offered for `include`."""


@cache
def examples() -> dict[str, Path]:
    """The package's own programs by name."""
    package = Path(ionqdsl.__file__).parent
    folder = next((place for place in (package / "examples", package.parent / "examples") if place.is_dir()), package)
    return {path.stem: path for path in sorted(folder.glob("*.qc"))}


def place(example: str | None, path: str | None) -> str | None:
    """The path of the program, which decides which files it can include; None if it can include none."""
    if example is not None:
        return str(examples()[example])
    return path if path is not None and os.path.isfile(path) else None


def files_beside(path: str) -> list[str]:
    """The files that a file can include: the programs in its folder and below, except hidden ones."""
    root, files = os.path.dirname(os.path.realpath(path)), list[str]()
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if (
                name.endswith(".qc")
                and not name.startswith(".")
                and os.path.join(folder, name) != os.path.realpath(path)
            ):
                files.append(os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/"))
        if len(files) >= MOST_LISTED:
            break
    return files[:MOST_LISTED]
