"""Links the names of a reference: one anchor for each entry, the same on a page and in Markdown.

Takes chapters and returns anchors, and the anchor for a name used in a chapter. A name is looked up as the compiler
does: in the file itself, then in its includes.
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
    """The anchors of some chapters. Those of entries and files are the ones that GitHub makes from their headings."""

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
        """The anchor of a file's heading, or ""."""
        return self.files.get(file, "")

    def of_name(self, chapter: Chapter, name: str, entry: Entry | None = None) -> str:
        """The anchor for a name used in a chapter, or in an entry of it; "" if the reference has none."""
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
    """The heading of an entry."""
    words = {"const": "constant", "param": "parameter", "hamiltonian": "operator", "def": "function"}
    return f"{words.get(entry.kind, entry.kind)} {entry.name}"


def _anchor(text: str, taken: dict[str, int]) -> str:
    anchor = _DROPPED.sub("", text.lower()).replace(" ", "-")
    count = taken.get(anchor, 0)
    taken[anchor] = count + 1
    return f"{anchor}-{count}" if count else anchor
