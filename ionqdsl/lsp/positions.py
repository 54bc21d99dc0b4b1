"""Places in a text, as the protocol counts them: lines from 0, characters in UTF-16 units.

Offsets go in and positions come out, and the other way round. Lines end at newlines only, as in the language; other
line ends are made to newlines when a text arrives. Positions outside the text are moved to the nearest inside.
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
    """The offset of a position; one in the middle of a character is moved in front of it."""
    starts = source.line_starts
    line = place["line"]
    if line >= len(starts):
        return len(source.text)
    start = starts[line]
    end = starts[line + 1] - 1 if line + 1 < len(starts) else len(source.text)
    text, units = source.text[start:end], place["character"]
    if text.isascii():
        return start + min(units, len(text))
    return start + len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "ignore"))


def region(source: Source, start: int, end: int) -> Range:
    """The range between two offsets."""
    return {"start": position(source, start), "end": position(source, end)}


def edited(text: str, changes: Iterable[Mapping[str, Any]]) -> str:
    """A text after the changes of a `didChange`, one after the other: `{"range", "text"}`, or `{"text"}` for all."""
    for change in changes:
        new = change["text"].replace("\r\n", "\n")
        if change.get("range") is None:
            text = normal(change["text"])
            continue
        source = Source(text)
        start, end = (offset(source, change["range"][side]) for side in ("start", "end"))
        text = text[:start] + new + text[end:]
    return text
