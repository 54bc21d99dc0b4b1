"""Finds the comment that documents an item or a file.

Takes a source and a place in it and returns the comment's text without its marks. A block of comments directly above an
item documents it, as in Go; if some of its lines begin with `##`, only those do. Plain comments at the head of a file
document the file, even directly above its first item.
"""

from __future__ import annotations

import re

from ionqdsl.diagnostics.source import Source

_VERSION = re.compile(r"qc\s++\d++\s*+;?\s*+(?:#.*)?\Z")
_DIRECTIVE = re.compile(r"#+\s*lint:\s*off|# inputs: \S+ starts as ")
"""Notes to the linter, to switch a rule off, and to `equiv`, about inputs (renaming.py)."""
_RULE = re.compile(r"[\W_]*\Z")
"""A line of dashes or equals signs, or an empty one."""


def about(source: Source, start: int, end: int | None = None) -> str:
    """The description of the item from `start` to `end`: the comment above it, or else the one after it on its line.

    "" if there is neither, and above an item that is not the first on its line. Without `end`, only above.
    """
    number, _ = source.position(start)
    before = source.text[source.line_starts[number - 1] + (source.hidden if number == 1 else 0) : start]
    if not before.strip():
        first = number
        while first > 1 and _is_comment(source, first - 1):
            first -= 1
        block = [source.line(line).strip() for line in range(first, number)]
        marked = [line for line in block if line.startswith("##")]
        if text := _text(marked if marked or _is_head(source, first) else block):
            return text
    return "" if end is None else _behind(source, end)


def head(source: Source) -> str:
    """The description of a file: its first comments, before any statement but `qc 1`."""
    block: list[str] = []
    count = len(source.line_starts)
    number = 1
    while number <= count and not _is_comment(source, number):
        if not _is_blank(source, number):
            return ""
        number += 1
    while number <= count and _is_comment(source, number):
        block.append(source.line(number).strip())
        number += 1
    if number <= count and not _is_blank(source, number):  # `##` directly above an item belongs to the item
        block = [line for line in block if not line.startswith("##")]
    return _text(block)


def _is_comment(source: Source, number: int) -> bool:
    return source.line(number).lstrip().startswith("#")


def _is_blank(source: Source, number: int) -> bool:
    """Whether a line contains nothing, or only the version of the language."""
    line = source.line(number).strip()
    return not line or _VERSION.match(line) is not None


def _is_head(source: Source, first: int) -> bool:
    """Whether all lines above a line are blank."""
    return all(_is_blank(source, number) for number in range(first - 1, 0, -1))


def _behind(source: Source, end: int) -> str:
    """The comment after an item on its line, with nothing else between."""
    stop = source.text.find("\n", end)
    rest = source.text[end : stop if stop >= 0 else None].strip(" \t\r;")
    return _text([rest]) if rest.startswith("#") else ""


def _text(lines: list[str]) -> str:
    """Comment lines without their marks; rulers become blank lines, notes to the linter are left out."""
    bare = [line.lstrip("#").removeprefix(" ").rstrip() for line in lines if not _DIRECTIVE.match(line)]
    return "\n".join("" if _RULE.match(line) else line for line in bare).strip("\n")
