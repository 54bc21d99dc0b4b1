"""Finds ranges that belong together: for folding, and for growing a selection.

Takes a document and returns the protocol's ranges.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ionqdsl.language import lines, syntax
from ionqdsl.lsp import fragments
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.fragments import Fragment
from ionqdsl.lsp.positions import region


def folds(document: Document) -> list[dict[str, Any]]:
    """Blocks without their last line, statements over several lines, and runs of comments and of includes."""
    result = []
    for piece in document.pieces:
        if piece.kind != "close":
            last = document.source.position(min(piece.until, len(document.text)))[0] - (piece.kind == "open")
            result.append((document.source.position(piece.start)[0], last, ""))
    comments = [number for number, line in enumerate(document.text.split("\n"), 1) if line.lstrip().startswith("#")]
    imports = [document.source.position(piece.start)[0] for piece, _ in document.includes]
    result += [(*run, "comment") for run in _runs(comments)] + [(*run, "imports") for run in _runs(imports)]
    return [
        {"startLine": first - 1, "endLine": last - 1} | ({"kind": kind} if kind else {})
        for first, last, kind in sorted(result)
        if last > first
    ]


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Runs of consecutive numbers, as first and last."""
    first = None
    for number, after in zip(numbers, [*numbers[1:], 0], strict=False):
        first = number if first is None else first
        if after != number + 1:
            yield first, number
            first = None


def growing(document: Document, offset: int) -> dict[str, Any]:
    """The selections around an offset, each with the next larger one as its `parent`, up to the whole text."""
    places = [(0, len(document.text))]
    piece = document.piece_at(offset)
    around = []
    while piece is not None:
        end = min(piece.until, len(document.text))
        if piece.start <= offset <= end:
            around += [(piece.start, end), (piece.start, piece.end)]
        if piece.kind == "open" and piece.end < offset < end:
            opening = document.text.index("{", piece.end)
            around += [(opening, end), (opening + 1, end - 1)]
        piece = piece.parent
    piece = document.piece_at(offset)
    if piece is not None and offset <= piece.end:
        around += _spans(piece)
    for place in sorted(around, key=lambda place: place[0] - place[1]):
        if places[-1] != place and places[-1][0] <= place[0] <= offset <= place[1] <= places[-1][1]:
            places.append(place)
    grown: dict[str, Any] = {}
    for start, end in places:
        grown = {"range": region(document.source, start, end)} | ({"parent": grown} if grown else {})
    return grown


def _spans(piece: Fragment) -> Iterator[tuple[int, int]]:
    """The ranges of everything in a fragment that the grammar knows."""
    shift = fragments.shift(piece)
    waiting: list[Any] = list(fragments.nodes(piece))
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting += node
        elif isinstance(node, syntax.Lines):
            waiting += lines.applications(node)
        elif hasattr(node, "__fields__"):
            yield max(piece.start, node.span.start + shift), min(piece.end, node.span.end + shift)
            waiting += [getattr(node, name) for name in node.__fields__ if name != "span"]
