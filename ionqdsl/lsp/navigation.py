"""Finds the definitions and uses of names in all files of the programs a document belongs to.

Takes a document and an offset, and returns the protocol's locations.
"""

from __future__ import annotations

import os
from typing import Any

from ionqdsl.diagnostics.source import Source
from ionqdsl.language.library import is_builtin
from ionqdsl.lsp.addresses import uri_of
from ionqdsl.lsp.document import Definition, Document
from ionqdsl.lsp.mentions import GATE, Mention
from ionqdsl.lsp.positions import region
from ionqdsl.lsp.workspace import Workspace


def definition(document: Document, offset: int, workspace: Workspace) -> dict[str, Any] | None:
    """The definition of the name at an offset, or the file that an `include` or a `load` names."""
    _, target = meant(document, offset, workspace)
    if target is not None:
        return {"uri": target.document.uri, "range": region(target.document.source, target.start, target.end)}
    for piece, path in document.includes:
        if piece.start <= offset <= piece.end and (other := workspace.find(path)) is not None:
            return {"uri": other.uri, "range": region(other.source, 0, 0)}
    for start, end, path in document.loads:
        if start <= offset <= end and os.path.isfile(path):
            return {"uri": uri_of(path), "range": region(Source(""), 0, 0)}
    return None


def meant(document: Document, offset: int, workspace: Workspace) -> tuple[Mention | None, Definition | None]:
    """The name at an offset and its definition: in this text or its includes, or else in a program that includes it."""
    mention = document.mention_at(offset)
    if mention is None:
        return None, None
    definition_meant = document.definition_of(mention)
    if definition_meant is None and not (mention.space == GATE and is_builtin(mention.name)):
        views = [file for program in workspace.programs(document) for file in program if file.uri == document.uri]
        definition_meant = next((there for view in views if (there := view.definition_of(mention)) is not None), None)
    return mention, definition_meant


def references(document: Document, offset: int, workspace: Workspace, declaration: bool = True) -> list[dict[str, Any]]:
    """Every place, in any file, that refers to the same definition as the name at an offset."""
    mention, target = meant(document, offset, workspace)
    if mention is None or target is None:
        return _of_builtin(document, mention)
    places: dict[tuple[str, int], dict[str, Any]] = {}
    for program in workspace.programs(target.document):
        for file in program:
            for m in file.references(target):
                if declaration or not m.defines:
                    places[file.uri, m.start] = {"uri": file.uri, "range": region(file.source, m.start, m.end)}
    return [places[key] for key in sorted(places, key=lambda key: (key[0] != document.uri, *key))]


def _of_builtin(document: Document, mention: Mention | None) -> list[dict[str, Any]]:
    """Every application of a built-in gate."""
    if mention is None or mention.space != GATE or not is_builtin(mention.name):
        return []
    places = []
    for piece in document.pieces:
        if mention.name in piece.text:
            same = [m for m in document.mentions_in(piece) if m.name == mention.name and m.space == GATE]
            places += [{"uri": document.uri, "range": region(document.source, m.start, m.end)} for m in same]
    return places


def highlights(document: Document, offset: int) -> list[dict[str, Any]]:
    """The same within this text, for the editor to highlight; definitions count as writes."""
    mention = document.mention_at(offset)
    target = document.definition_of(mention) if mention is not None else None
    if target is None:
        return []
    return [
        {"range": region(document.source, m.start, m.end), "kind": 3 if m.defines else 2}
        for m in document.references(target)
    ]
