"""A row of the table of slips, and lists of rows under one code."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ionqdsl.language.slips.patterns import Pattern
from ionqdsl.language.slips.rewriting import Site

Line = str | Callable[[Site], str | None] | None


class Slip(NamedTuple):
    """A row: the pattern, the code, the line, and advice ("" if the code has its own)."""

    pattern: Pattern
    code: str
    line: Line
    advice: str = ""
    is_guess: bool = False


def rows(code: str, *entries: tuple[str, Line] | tuple[str, Line, str]) -> list[Slip]:
    """Rows under a code, of patterns, lines and advice."""
    return [Slip(Pattern(entry[0]), code, *entry[1:]) for entry in entries]


def guesses(code: str, *entries: tuple[str, Line]) -> list[Slip]:
    """Rows that only count if the grammar reads their line."""
    return [Slip(Pattern(pattern), code, line, is_guess=True) for pattern, line in entries]
