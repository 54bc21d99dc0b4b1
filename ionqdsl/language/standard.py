"""Finds the files of the standard library, which every program can include: `include "std/fourier.qc"`.

Takes the path that an `include` names, and returns the real path of the package's file, which is found before any other
of that name.
"""

from __future__ import annotations

import os
from functools import cache

from ionqdsl.language.grammars import grammar_path
from ionqdsl.record import lazy_pattern

PREFIX = "std/"
_GATE = lazy_pattern(r"(?m)^gate ([a-z_]\w*)")
_NAME = lazy_pattern(r"std/([a-z_]+\.qc)")


@cache
def _folder() -> str:
    return os.path.realpath(grammar_path("std"))


def find(name: str) -> str | None:
    """The real path of a file of the library, or None for every other path."""
    match = _NAME.fullmatch(name)
    path = os.path.join(_folder(), match[1]) if match else ""
    return path if path and os.path.isfile(path) else None


def name_of(path: str) -> str | None:
    """The name of the library's file with a real path: the inverse of `find`."""
    folder, name = os.path.split(path)
    return PREFIX + name if folder == _folder() else None


def names() -> list[str]:
    """All files of the library, as an `include` names them."""
    return sorted(PREFIX + name for name in os.listdir(_folder()) if _NAME.fullmatch(PREFIX + name))


@cache
def _definitions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names():
        with open(find(name) or "", encoding="utf-8") as file:
            found |= dict.fromkeys(_GATE.findall(file.read()), name)
    return found


def defining(gate: str) -> str | None:
    """The file of the library that defines a gate, or None."""
    return _definitions().get(gate)
