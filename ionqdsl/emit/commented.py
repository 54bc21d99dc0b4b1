"""Comments of another format's text in the `.qc` text made from it.

A program's `.qc` text and its circuit, whose rows say which statement each comes from, go in. The same text comes out,
with the comments of the source before what follows them there, and with each statement above the rows it became.
"""

from __future__ import annotations

import re

from ionqdsl.circuit import Circuit
from ionqdsl.source import Source

LONGEST = 100
"""Longer statements are cut in a comment."""

_COMMENT = re.compile(r"//[^\n]*|/\*[\s\S]*?\*/|\"[^\"\n]*\"")


def commented(text: str, circuit: Circuit, title: str) -> str:
    """The text with comments. Only lines that begin with `#` are added; the program stays the same."""
    sources = {id(span.source): span.source for span in circuit.origins if span is not None}
    lines = text.splitlines()
    first = next((place + 1 for place, line in enumerate(lines) if line.lstrip().startswith("qubit ")), None)
    is_plain = not any(op.pinned for op in circuit.rows) and circuit.gateset == "qis"
    if len(sources) != 1 or first is None or not is_plain:
        return f"# {title}\n{text}"
    (source,) = sources.values()
    comments = _comments(source)
    indent = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
    result, position, before = lines[:first], 0, None
    for place, (line, span) in enumerate(zip(lines[first : first + len(circuit.rows)], circuit.origins, strict=True)):
        if span is not None and span is not before:
            while position < len(comments) and comments[position][0] < span.start:
                result += [f"{indent}# {words}" for words in comments[position][1]]
                position += 1
            following = circuit.origins[place + 1] if place + 1 < len(circuit.origins) else None
            if following is span:
                statement = " ".join(span.text.split())
                shown = statement if len(statement) <= LONGEST else statement[: LONGEST - 4] + " ..."
                result.append(f"{indent}# {shown}")
        before = span
        result.append(line)
    for _, words in comments[position:]:
        result += [f"{indent}# {one}" for one in words]
    result += lines[first + len(circuit.rows) :]
    return "\n".join([f"# {title}", *result]) + "\n"


def _comments(source: Source) -> list[tuple[int, list[str]]]:
    """Where each comment stands, and its lines without the marks."""
    found = []
    for match in _COMMENT.finditer(source.text):
        if match[0].startswith('"'):
            continue
        inner = match[0][2:-2] if match[0].startswith("/*") else match[0][2:]
        words = [line.strip().lstrip("*").strip() for line in inner.splitlines()]
        words = [line for line in words if line]
        if words:
            found.append((match.start(), words))
    return found
