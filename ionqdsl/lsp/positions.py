"""Converts between offsets and positions as the protocol counts them: lines from 0, characters in UTF-16 units.

Lines end only at newlines, as in the language; other line ends become newlines when a text arrives. Positions outside
the text become the nearest inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ionqdsl.diagnostics.source import Source

Position = dict[str, int]
Range = dict[str, Position]


def normal(text: str) -> str:
    """A text as the compiler reads it: newlines at the ends of lines, no byte order mark."""
    return text.replace("\r\n", "\n").removeprefix("\ufeff")


def position(source: Source, offset: int) -> Position:
    """The position of an offset."""
    line, column = source.position(offset)
    before = source.text[source.line_starts[line - 1] : offset]
    units = column - 1 if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2
    return {"line": line - 1, "character": units}


def offset(source: Source, place: Mapping[str, int]) -> int:
    """The offset of a position; one in the middle of a character moves before it."""
    starts = source.line_starts
    line = place["line"]
    if line >= len(starts):
        return len(source.text)
    start = starts[line]
    end = starts[line + 1] - 1 if line + 1 < len(starts) else len(source.text)
    return start + _column(source.text[start:end], place["character"])


def _column(line: str, units: int) -> int:
    """The number of characters of a line that make this number of UTF-16 units."""
    if line.isascii():
        return min(units, len(line))
    return len(line.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def region(source: Source, start: int, end: int) -> Range:
    """The range between two offsets."""
    return {"start": position(source, start), "end": position(source, end)}


def edited(text: str, changes: Iterable[Mapping[str, Any]]) -> str:
    """A text after the changes of a `didChange`, one after the other: `{"range", "text"}`, or `{"text"}` for all.

    Only the lines of a change are read: an editor may send thousands at once.
    """
    lines = text.split("\n")
    for change in changes:
        if change.get("range") is None:
            lines = normal(change["text"]).split("\n")
            continue
        (first, start), (last, end) = (_place(lines, change["range"][side]) for side in ("start", "end"))
        new = change["text"].replace("\r\n", "\n")
        lines[first : last + 1] = (lines[first][:start] + new + lines[last][end:]).split("\n")
    return "\n".join(lines)


def _place(lines: list[str], place: Mapping[str, int]) -> tuple[int, int]:
    """The line of a position, and the number of characters before it."""
    line = place["line"]
    return (line, _column(lines[line], place["character"])) if line < len(lines) else (len(lines) - 1, len(lines[-1]))
