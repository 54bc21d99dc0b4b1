"""Finds the context before the cursor: the statement being written, a string, a comment.

Takes a document and an offset, or the text before it. The statement need not make sense yet.
"""

from __future__ import annotations

import re

from ionqdsl.lsp.document import Document
from ionqdsl.lsp.fragments import Fragment

MODIFIERS = r"(?:(?:(?:neg)?ctrl|inv|pow)\s*+(?:\([^()]*+\)\s*+)?@\s*+)*+"
"""The modifiers that may precede a gate, as a pattern."""


def statement_at(document: Document, offset: int) -> tuple[int, Fragment | None]:
    """The start of the statement at the cursor, and the head of the block that contains it."""
    block = document.block_at(offset)
    piece = document.piece_at(offset)
    if piece is None:
        return 0, None
    between = document.text[piece.end : offset]
    if piece.kind != "leaf" and (offset > piece.end or piece.kind == "close"):
        return max(piece.end, offset - len(re.split(r"[\n;{}]", between)[-1])), block
    goes_on = piece.text.endswith(",") and ";" not in between
    if offset > piece.end and re.search(r"[\n;]", between) and not goes_on:
        return piece.end + max(between.rfind("\n"), between.rfind(";")) + 1, block
    return piece.start, piece.parent


def in_string(before: str) -> bool:
    """Whether the last line of a text ends inside a string."""
    line = before.rpartition("\n")[2]
    return len(re.findall(r'(?<!\\)"', line)) % 2 == 1


def in_comment(text: str, offset: int) -> bool:
    """Whether an offset is after a `#`."""
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return "#" in re.sub(r'"(?:[^"\\]|\\.)*"?', "", line)
