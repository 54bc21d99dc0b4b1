"""Writes a reference as one self-contained HTML page in the style of reports, with drawings.

Takes chapters and returns the document: contents first, then a section per file, names in code linked to their
definitions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from ionqdsl import __version__
from ionqdsl.describe import handbook
from ionqdsl.describe.reference.entries import Chapter, Entry
from ionqdsl.describe.reference.links import Anchor, Links, heading
from ionqdsl.describe.reference.sayings import blocks, inline, sayings
from ionqdsl.emit import page
from ionqdsl.emit.svg import svg
from ionqdsl.ir.circuit import FlatCircuit

MAX_DRAWN = 60
"""Gates of the longest circuit that is drawn."""
MAX_WIRES = 16
_WORDS = re.compile(r'#[^\n]*|"(?:[^"\\\n]|\\.)*"|[A-Za-z_]\w*')


def webpage(chapters: Sequence[Chapter]) -> str:
    """The document."""
    links = Links(chapters)
    count = len(links.targets)
    title = chapters[0].file if len(chapters) == 1 else "Reference"
    subtitle = f"{count} definition{'s' * (count != 1)} · ionqdsl {__version__}"
    contents = [_contents(chapters, links)] if count > 1 else []
    return page.page(title, subtitle, [*contents, *(_chapter(chapter, links) for chapter in chapters)])


def _contents(chapters: Sequence[Chapter], links: Links) -> str:
    items = []
    for chapter in chapters:
        names = ", ".join(_link(t.anchor, escape(t.entry.name)) for t in links.targets if t.chapter is chapter)
        file = _link(links.of_file(chapter.file), escape(chapter.file))
        items.append(f"<li>{file}{': ' * bool(names)}{names}</li>")
    return f'<nav aria-label="Contents"><ul>{"".join(items)}</ul></nav>'


def _link(anchor: str, markup: str) -> str:
    return f'<a href="#{escape(anchor)}">{markup}</a>' if anchor else markup


def _chapter(chapter: Chapter, links: Links) -> str:
    parts = list(_comment(chapter.comment, chapter, links))
    for word, files in (("Includes", chapter.includes), ("Included by", chapter.included_by)):
        if files:
            names = ", ".join(_link(links.of_file(name), f"<code>{escape(name)}</code>") for name in files)
            parts.append(f"<p>{word} {names}.</p>")
    for target in links.targets:
        if target.chapter is chapter:
            parts += _entry(target, links)
    return page.section(chapter.file, *parts, anchor=links.of_file(chapter.file))


def _entry(target: Anchor, links: Links) -> Iterator[str]:
    anchor, chapter, entry = target
    yield f'<h3 id="{escape(anchor)}">{escape(heading(entry))}</h3>'
    if entry.declaration:
        yield f"<pre>{_code(entry.declaration, chapter, links, entry)}</pre>"
    yield from _comment(entry.comment, chapter, links, entry)
    rows = (
        f"<tr><td>{escape(label)}</td><td>{_prose(text, chapter, links, entry)}</td></tr>"
        for label, text in sayings(chapter, entry)
    )
    yield f'<table class="words"><tbody>{"".join(rows)}</tbody></table>'
    if entry.circuit is not None and _is_small(entry.circuit):
        yield page.figures((f"{entry.counted}", svg(entry.circuit, 900, MAX_DRAWN)))
    if entry.matrix:
        order = ", first operand leftmost" if len(entry.matrix) > 2 else ""
        text = "\n".join(line[4:] for line in handbook.drawn(entry.matrix))
        title = f"Matrix of {entry.sample}{order}"
        yield page.folded(title, page.code(text, title))


def _is_small(circuit: FlatCircuit) -> bool:
    return 0 < len(circuit) <= MAX_DRAWN and circuit.width <= MAX_WIRES


def _code(text: str, chapter: Chapter, links: Links, entry: Entry | None) -> str:
    """Code with its names linked, comments and strings left alone."""
    parts, at = [], 0
    for match in _WORDS.finditer(text):
        word = match[0]
        anchor = links.of_name(chapter, word, entry) if word[0] not in '#"' else ""
        parts += [escape(text[at : match.start()]), _link(anchor, escape(word))]
        at = match.end()
    return "".join([*parts, escape(text[at:])])


def _comment(comment: str, chapter: Chapter, links: Links, entry: Entry | None = None) -> Iterator[str]:
    for kind, lines in blocks(comment) if comment else ():
        if kind == "code":
            yield f"<pre>{escape(chr(10).join(lines))}</pre>"
        elif kind == "list":
            yield f"<ul>{''.join(f'<li>{_prose(line, chapter, links, entry)}</li>' for line in lines)}</ul>"
        else:
            yield f"<p>{_prose(' '.join(lines), chapter, links, entry)}</p>"


def _prose(text: str, chapter: Chapter, links: Links, entry: Entry | None) -> str:
    """A text with its code marked, and its names linked."""
    return "".join(
        f"<code>{_code(piece, chapter, links, entry)}</code>" if is_code else escape(piece)
        for is_code, piece in inline(text)
    )
