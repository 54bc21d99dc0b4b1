"""Sources and spans: texts with names, and places in them.

A `Source` is one text with a name (a path, `<stdin>` or `<string>`); a `Span` is a part of it, stored as two
offsets. Lines and columns are computed only on request, because most programs have no errors.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cached_property

from ionqdsl.record import NamedTuple

_LONG = 1 << 16
"""Characters of a text that has many lines."""


class Source:
    """One text and the name by which users know it. Compared by identity."""

    def __init__(
        self, text: str, name: str = "<string>", hidden: int = 0, beside: Mapping[str, str] | None = None
    ) -> None:
        """The first `hidden` characters were added by ionqdsl: they are neither counted nor shown.

        `beside` maps real paths to texts, which replace the files on the disk when the source includes them. `files`
        are the texts of all files that it included and loaded when it was last read, by their real paths; `missing`
        are the real paths of those that could not be read.
        """
        self.text = text.removeprefix("\ufeff")
        self.name = name
        self.hidden = hidden
        self.beside = beside or {}
        self.files: dict[str, str] = {}
        self.missing: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"

    @property
    def file(self) -> str:
        """The name without its folders, as text; where a locale has no UTF-8, Python reads a path as surrogates."""
        name = os.path.basename(self.name)
        if name.isascii():
            return name
        try:
            return os.fsencode(name).decode("utf-8", "replace")
        except UnicodeEncodeError:
            return name.encode("utf-8", "replace").decode()

    @property
    def whole(self) -> Source:
        """The text that this one is an excerpt of, or itself."""
        return self

    @property
    def at(self) -> int:
        """The offset at which an excerpt begins in its whole."""
        return 0

    @cached_property
    def line_starts(self) -> Sequence[int]:
        """The offsets at which lines begin; the first is 0."""
        if len(self.text) < _LONG:
            starts: list[int] | array[int] = [0]
        else:
            from array import array  # late: short texts need none

            starts = array("Q" if len(self.text) >> 31 else "I", (0,))
        newline = self.text.find("\n")
        while newline >= 0:
            starts.append(newline + 1)
            newline = self.text.find("\n", newline + 1)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both counted from 1; columns count characters."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1 - (self.hidden if line == 1 else 0)

    def line(self, number: int) -> str:
        """The text of a line (counted from 1) without its end."""
        start = self.line_starts[number - 1] + (self.hidden if number == 1 else 0)
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else None].rstrip("\r")


class Excerpt(Source):
    """Statements of a longer text that are read by themselves. Its spans count from its beginning, so that they stay as
    they are where an edit moves it.
    """

    def __init__(self, text: str, whole: Source, at: int) -> None:
        self.text, self.hidden = text, 0
        self.move(whole, at)

    def move(self, whole: Source, at: int) -> None:
        """Makes it the excerpt of a text that begins at an offset."""
        self._whole, self._at = whole, at
        self.name, self.beside = whole.name, whole.beside

    @property
    def whole(self) -> Source:
        """The text that it is an excerpt of."""
        return self._whole

    @property
    def at(self) -> int:
        """The offset at which it begins."""
        return self._at

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column in the whole text."""
        return self._whole.position(self._at + offset)

    def line(self, number: int) -> str:
        """A line of the whole text."""
        return self._whole.line(number)


class Span(NamedTuple):
    """The part `source.text[start:end]`."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The spanned text."""
        return self.source.text[self.start : self.end]

    @property
    def in_whole(self) -> Span:
        """The same place in the whole text, if the source is an excerpt of one."""
        source = self.source
        return self if source.whole is source else Span(source.whole, source.at + self.start, source.at + self.end)

    def to(self, other: Span) -> Span:
        """The span from the beginning of this one to the end of the other."""
        return Span(self.source, self.start, other.end)
