"""Where the names of a reference lead: one place for each entry, the same on a page and in Markdown.

Chapters go in; anchors, and what a name of a chapter means, come out. A name is looked for where the compiler would: in
the file itself, then in what it includes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ionqdsl.describe.reference.entries import Chapter, Entry

_DROPPED = re.compile(r"[^\w\- ]")


class Anchor(NamedTuple):
    """An entry and the anchor of its heading."""

    anchor: str
    chapter: Chapter
    entry: Entry


class Links:
    """The anchors of some chapters. Those of entries and files are what GitHub makes of their headings."""

    def __init__(self, chapters: Sequence[Chapter]) -> None:
        self.files: dict[str, str] = {}
        self.targets: list[Anchor] = []
        self._names: dict[tuple[str, str], str] = {}
        self._includes = {chapter.file: chapter.includes for chapter in chapters}
        taken: dict[str, int] = {}
        for chapter in chapters:
            self.files[chapter.file] = _anchor(chapter.file, taken)
            for entry in chapter.entries:
                anchor = _anchor(heading(entry), taken)
                self.targets.append(Anchor(anchor, chapter, entry))
                self._names.setdefault((chapter.file, entry.name), anchor)

    def of_file(self, file: str) -> str:
        """The anchor of a file's heading, "" for one that is not there."""
        return self.files.get(file, "")

    def of_name(self, chapter: Chapter, name: str, entry: Entry | None = None) -> str:
        """The anchor of what a name means in a chapter, or in an entry of it; "" where the reference has nothing."""
        if entry is not None and name in entry.own:
            return ""
        todo, seen = [chapter.file], set[str]()
        while todo:
            file = todo.pop(0)
            if anchor := self._names.get((file, name)):
                return anchor
            seen.add(file)
            todo += [other for other in self._includes.get(file, ()) if other not in seen]
        return ""


def heading(entry: Entry) -> str:
    """What stands above an entry."""
    words = {"const": "constant", "param": "parameter", "hamiltonian": "operator"}
    return f"{words.get(entry.kind, entry.kind)} {entry.name}"


def _anchor(text: str, taken: dict[str, int]) -> str:
    anchor = _DROPPED.sub("", text.lower()).replace(" ", "-")
    count = taken.get(anchor, 0)
    taken[anchor] = count + 1
    return f"{anchor}-{count}" if count else anchor
