"""Formats a document as `ionqdsl fmt` does, as one edit of the lines that change.

Takes a document and returns edits; none for a text with syntax errors, which fmt refuses.
"""

from __future__ import annotations

from bisect import bisect_left
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
    if before == after:
        return []
    start = _equal_at_start(before, after)
    rest = _equal_at_end(before[start:], after[start:])
    changed = after[start : len(after) - rest].replace("\n", document.eol)
    return [{"range": region(document.source, start, len(before) - rest), "newText": changed}]


def _equal_at_start(text: str, other: str) -> int:
    """The number of characters in the first lines of two texts, as far as these are equal."""
    shorter = min(len(text), len(other))
    count = bisect_left(range(1, shorter + 1), True, key=lambda size: not text.startswith(other[:size]))
    return text.rfind("\n", 0, count) + 1


def _equal_at_end(text: str, other: str) -> int:
    """The number of characters in the last lines of two texts, as far as these are equal."""
    shorter = min(len(text), len(other))
    count = bisect_left(range(1, shorter + 1), True, key=lambda size: not text.endswith(other[-size:]))
    if all(count == len(one) or one[-count - 1] == "\n" for one in (text, other)):
        return count
    newline = text.find("\n", len(text) - count)
    return 0 if newline < 0 else len(text) - newline - 1
