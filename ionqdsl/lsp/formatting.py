"""Formats a document as `ionqdsl fmt` does, as one edit of the lines that change.

Takes a document and returns edits; none for a text with syntax errors, which fmt refuses.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Any

from ionqdsl.diagnostics import IonqdslError
from ionqdsl.language.reformat import reformat
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import region


def formatted(document: Document) -> list[dict[str, Any]]:
    """The edits that format a document."""
    try:
        text = reformat(document.source)
    except IonqdslError:
        return []
    before, after = document.text, text
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    first = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    rest = list(zip(reversed(old[first:]), reversed(new[first:]), strict=False))
    last = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], rest))
    if len(old) == len(new) == first:
        return []
    start = sum(map(len, old[:first]))
    end = sum(map(len, old[: len(old) - last]))
    changed = "".join(new[first : len(new) - last]).replace("\n", document.eol)
    return [{"range": region(document.source, start, end), "newText": changed}]
