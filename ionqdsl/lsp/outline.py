"""Lists the definitions of a text for the editor's outline, and those of all files for its search.

Takes documents and returns the protocol's symbols.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ionqdsl.language import syntax
from ionqdsl.lsp import fragments
from ionqdsl.lsp.document import DEFINING, Document
from ionqdsl.lsp.mentions import Mention
from ionqdsl.lsp.positions import region

KINDS = {
    "gate": 12, "circuit": 6, "qubit": 18, "alias": 18, "register": 8, "const": 14, "param": 13, "hamiltonian": 19,
    "function": 12, "slots": 8,
}  # fmt: skip
"""Kind of definition -> the protocol's SymbolKind in the outline."""
SHOWN = {"alias": "let", "function": "def", "slots": "register"}
MOST = 500
"""Symbols in the answer to a search."""


def outline(document: Document) -> list[dict[str, Any]]:
    """The definitions and blocks of settings of the text, with those of a circuit inside it."""
    top: list[dict[str, Any]] = []
    inside: dict[int, list[dict[str, Any]]] = {}
    for piece in document.pieces:
        if piece.kind == "close" or (piece.parent is not None and piece.parent.word not in ("circuit", "test")):
            continue
        for symbol in _symbols(document, piece):
            where = top if piece.parent is None else inside.get(id(piece.parent), top)
            where.append(symbol)
            if piece.kind == "open":
                inside[id(piece)] = symbol["children"]
    return top


def _symbols(document: Document, piece: fragments.Fragment) -> list[dict[str, Any]]:
    end = min(piece.until, len(document.text)) if piece.kind == "open" else piece.end
    whole = region(document.source, piece.start, end)
    if piece.word in (*fragments.SETTINGS, "run") and piece.parent is None:
        head = region(document.source, piece.start, piece.start + len(piece.word))
        return [{"name": piece.word, "kind": 3, "range": whole, "selectionRange": head, "children": []}]
    if piece.word == "test" and piece.kind == "open":
        return [
            {
                "name": test.name.value or "test",
                "detail": "test",
                "kind": 24,
                "range": whole,
                "selectionRange": region(document.source, *fragments.place(piece, test.name.span)),
                "children": [],
            }
            for test in fragments.nodes(piece)
            if isinstance(test, syntax.Test)
        ]
    symbols: list[dict[str, Any]] = []
    for mention in document.mentions_in(piece) if piece.word in DEFINING else ():
        if mention.defines in KINDS:
            symbols.append(
                {
                    "name": mention.name,
                    "detail": _detail(mention),
                    "kind": KINDS[mention.defines],
                    "range": whole,
                    "selectionRange": region(document.source, mention.start, mention.end),
                    "children": [],
                }
            )
    return symbols


def _detail(mention: Mention) -> str:
    """The word that defines a name; for a function also how to call it."""
    word = SHOWN.get(mention.defines, mention.defines)
    if mention.defines != "function":
        return word
    word = "hamiltonian" if isinstance(mention.owner, syntax.HamiltonianDefinition) else word
    return f"{word}({', '.join(parameter.span.text for parameter in mention.owner.parameters)})"


def search(documents: Iterable[Document], query: str) -> list[dict[str, Any]]:
    """The definitions outside of blocks whose names contain the letters of a query in this order."""
    symbols: list[dict[str, Any]] = []
    for document in documents:
        if not _holds(document.text, query):
            continue
        for definition in document.shared:
            if _holds(definition.name, query):
                place = {"uri": document.uri, "range": region(document.source, definition.start, definition.end)}
                symbols.append({"name": definition.name, "kind": KINDS[definition.kind], "location": place})
                if len(symbols) == MOST:
                    return symbols
    return symbols


def _holds(text: str, query: str) -> bool:
    """Whether a text contains the letters of a query in their order, ignoring case."""
    text, at = text.lower(), 0
    for letter in query.lower():
        at = text.find(letter, at) + 1
        if not at:
            return False
    return True
