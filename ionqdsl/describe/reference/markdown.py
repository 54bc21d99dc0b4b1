"""Writes a reference as Markdown, which is also readable in a terminal.

Takes chapters and returns one text: a heading for each file and entry, names linked to their definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ionqdsl.describe import handbook
from ionqdsl.describe.reference.entries import Chapter, Entry
from ionqdsl.describe.reference.links import Links, heading
from ionqdsl.describe.reference.sayings import blocks, inline, sayings

_SPECIAL = re.compile(r"([\\*<\[\]])|(?<!\w)(_)|(_)(?!\w)")
"""Characters that Markdown would take for markup; not `_` inside a word."""
_LINE_START = re.compile(r"\A(\d+(?=[.)])|(?=[#>+~=|-]))")
"""The start of a line that Markdown would take for a heading, a quotation, a list or a table."""


def markdown(chapters: Sequence[Chapter]) -> str:
    """The whole text."""
    links = Links(chapters)
    parts = ["# Reference"] if len(chapters) > 1 else []
    if len(chapters) > 1:
        parts.append("\n".join(_listed(chapter, links) for chapter in chapters))
    for chapter in chapters:
        parts += _chapter(chapter, links, "#" * (1 + (len(chapters) > 1)))
    return "\n\n".join(parts) + "\n"


def _listed(chapter: Chapter, links: Links) -> str:
    """A line of the table of contents: a file and its definitions."""
    names = ", ".join(f"[{_plain(t.entry.name)}](#{t.anchor})" for t in links.targets if t.chapter is chapter)
    return f"- [{_plain(chapter.file)}](#{links.of_file(chapter.file)}){': ' * bool(names)}{names}"


def _chapter(chapter: Chapter, links: Links, level: str) -> Iterator[str]:
    yield f"{level} {_plain(chapter.file)}"
    yield from commented(chapter.comment, chapter, links)
    for word, files in (("Includes", chapter.includes), ("Included by", chapter.included_by)):
        if files:
            yield f"{word} {', '.join(_file(name, links) for name in files)}."
    for entry in chapter.entries:
        yield f"{level}# {_plain(heading(entry))}"
        yield from _entry(chapter, entry, links)


def _file(name: str, links: Links) -> str:
    anchor = links.of_file(name)
    return f"[{_plain(name)}](#{anchor})" if anchor else f"`{name}`"


def _entry(chapter: Chapter, entry: Entry, links: Links) -> Iterator[str]:
    if entry.declaration:
        yield f"```qc\n{entry.declaration}\n```"
    yield from commented(entry.comment, chapter, links, entry)
    yield "\n".join(f"- {label}: {_prose(text, chapter, links, entry)}" for label, text in sayings(chapter, entry))
    if entry.matrix:
        order = ", first operand leftmost" if len(entry.matrix) > 2 else ""
        yield f"Matrix of `{entry.sample}`{order}:"
        yield "```text\n" + "\n".join(line[4:] for line in handbook.drawn(entry.matrix)) + "\n```"


def commented(comment: str, chapter: Chapter, links: Links, entry: Entry | None = None) -> Iterator[str]:
    """The paragraphs of a comment, with names linked to their definitions."""
    for kind, lines in blocks(comment) if comment else ():
        if kind == "code":
            yield "```text\n" + "\n".join(lines) + "\n```"
        elif kind == "list":
            yield "\n".join(f"- {_prose(line, chapter, links, entry)}" for line in lines)
        else:
            yield "\n".join(_LINE_START.sub(r"\1\\", _prose(line, chapter, links, entry)) for line in lines)


def _prose(text: str, chapter: Chapter, links: Links, entry: Entry | None) -> str:
    """A text with its code unchanged, linked if it is a name, and everything else escaped."""
    parts = []
    for is_code, piece in inline(text):
        anchor = links.of_name(chapter, piece, entry) if is_code else ""
        code = f"`{piece}`" if is_code else _plain(piece)
        parts.append(f"[{code}](#{anchor})" if anchor else code)
    return "".join(parts)


def _plain(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
