"""Where names are defined and used: definition, references, outline, and renaming that changes no meaning.

A document and an offset go in, locations and edits come out. A new name is tried on a copy of the text first: every
mention must still refer to what it referred to before, or the renaming is refused with the reason.
"""

from __future__ import annotations

import re
from typing import Any

from ionqdsl.actions import KEYWORDS
from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.evaluate import CONSTANTS
from ionqdsl.functions import FUNCTIONS
from ionqdsl.library import is_builtin
from ionqdsl.lsp import pieces
from ionqdsl.lsp.document import DEFINING, Definition, Document
from ionqdsl.lsp.mentions import GATE, VALUE, WIRE, Mention
from ionqdsl.lsp.positions import Range, region

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_CHANGES_MEANING = "QC0998"
KINDS = {
    "gate": 12, "circuit": 6, "qubit": 18, "alias": 18, "register": 8, "const": 14, "param": 13, "hamiltonian": 19,
}  # fmt: skip
"""The protocol's SymbolKind of what the outline shows."""
VALUE_LIKE = (VALUE, WIRE)
SHOWN = {"alias": "let"}


def definition(document: Document, offset: int) -> dict[str, Any] | None:
    """Where the name at an offset is defined, or the file an include names."""
    mention = document.mention_at(offset)
    found = document.definition_of(mention) if mention is not None else None
    if found is not None:
        return {"uri": found.document.uri, "range": region(found.document.source, found.start, found.end)}
    piece = document.piece_at(offset)
    if piece is not None and piece.word == "include" and offset <= piece.end:
        for node in pieces.nodes(piece):
            path = document.path_of(node)
            for other in document.included:
                if other.name == path:
                    return {"uri": other.uri, "range": region(other.source, 0, 0)}
    return None


def references(document: Document, offset: int, declaration: bool = True) -> list[dict[str, Any]]:
    """Every place of this text that means the same as the name at an offset, and its definition elsewhere."""
    mention = document.mention_at(offset)
    found = document.definition_of(mention) if mention is not None else None
    if mention is None or found is None:
        return _of_builtin(document, mention)
    here = [m for m in document.references(found) if declaration or not m.defines]
    places = [{"uri": document.uri, "range": region(document.source, m.start, m.end)} for m in here]
    if declaration and found.document is not document:
        places.insert(0, {"uri": found.document.uri, "range": region(found.document.source, found.start, found.end)})
    return places


def _of_builtin(document: Document, mention: Mention | None) -> list[dict[str, Any]]:
    """Every application of a built-in gate."""
    if mention is None or mention.space != GATE or not is_builtin(mention.name):
        return []
    found = []
    for piece in document.pieces:
        if mention.name in piece.text:
            same = [m for m in document.mentions_in(piece) if m.name == mention.name and m.space == GATE]
            found += [{"uri": document.uri, "range": region(document.source, m.start, m.end)} for m in same]
    return found


def highlights(document: Document, offset: int) -> list[dict[str, Any]]:
    """The same places within this text, for the editor to mark; definitions count as writing."""
    mention = document.mention_at(offset)
    found = document.definition_of(mention) if mention is not None else None
    if found is None:
        return []
    return [
        {"range": region(document.source, m.start, m.end), "kind": 3 if m.defines else 2}
        for m in document.references(found)
    ]


# --- renaming --------------------------------------------------------------------------------------------------------


def renameable(document: Document, offset: int) -> tuple[Range, str]:
    """The range of the name at an offset, and the name. Raises CompileError where it cannot be renamed."""
    mention, _ = _renamed(document, offset)
    return region(document.source, mention.start, mention.end), mention.name


def rename(document: Document, offset: int, new: str) -> dict[str, Any]:
    """The edits that give the name at an offset another one. Raises CompileError where that changes a meaning."""
    mention, found = _renamed(document, offset)
    old = mention.name
    if new == old:
        return {"changes": {}}
    _check_name(new, found)
    places = document.references(found)
    _all_read(document, old)
    _same_meaning(document, places, old, new)
    edits = [{"range": region(document.source, m.start, m.end), "newText": new} for m in places]
    return {"changes": {document.uri: edits}}


def _renamed(document: Document, offset: int) -> tuple[Mention, Definition]:
    mention = document.mention_at(offset)
    found = document.definition_of(mention) if mention is not None else None
    if mention is None or found is None:
        raise fail("QC0996", document.source, file=None)
    if found.document is not document:
        raise fail("QC0996", document.source, file=found.document.name)
    return mention, found


def _check_name(new: str, found: Definition) -> None:
    space = found.mention.space
    if space == GATE:
        is_taken = is_builtin(new)
    else:
        is_taken = space in VALUE_LIKE and (new in CONSTANTS or new in FUNCTIONS or new == "env")
    if not _NAME.fullmatch(new) or new in KEYWORDS or is_taken or new in ("_", "qc"):
        raise fail("QC0997", found.document.source, name=new)


def _all_read(document: Document, old: str) -> None:
    """Raises where a statement that cannot be read holds the old name: nobody knows what it means there."""
    for piece in document.pieces:
        is_read = piece.kind == "close" or old not in piece.text or pieces.nodes(piece)
        if not is_read and re.search(rf"\b{re.escape(old)}\b", piece.text):
            line = document.source.position(piece.start)[0]
            raise fail("QC0999", document.source, name=old, line=line)


def _same_meaning(document: Document, places: list[Mention], old: str, new: str) -> None:
    """Raises unless every mention of either name refers to the same definition after the edits."""
    text, grown, starts = document.text, len(new) - len(old), [place.start for place in places]
    for place in reversed(places):
        text = text[: place.start] + new + text[place.end :]
    after = Document(text, document.uri)
    before_by_place = {_moved(m.start, starts, grown): target for m, target in _targets(document, (old, new))}
    after_by_place = {m.start: (m, target) for m, target in _targets(after, (old, new))}
    for place, (mention, target) in after_by_place.items():
        was = before_by_place.pop(place, None)
        expected = None if was is None else (was[0], _moved(was[1], starts, grown)) if was[0] == document.uri else was
        if target != expected or (mention.defines and _is_defined_twice(after, mention)):
            raise fail(_CHANGES_MEANING, after.source, old=old, new=new, line=after.source.position(place)[0])
    for place in before_by_place:
        raise fail(_CHANGES_MEANING, after.source, old=old, new=new, line=after.source.position(place)[0])


def _targets(document: Document, names: tuple[str, ...]) -> list[tuple[Mention, tuple[str, int] | None]]:
    """The mentions of some names with the place each refers to."""
    found = []
    for piece in document.pieces:
        if any(name in piece.text for name in names):
            for mention in document.mentions_in(piece):
                if mention.name in names:
                    target = document.definition_of(mention)
                    found.append((mention, None if target is None else (target.document.uri, target.start)))
    return found


def _moved(offset: int, starts: list[int], grown: int) -> int:
    """Where an offset has moved to by the edits before it."""
    return offset + grown * sum(start < offset for start in starts)


def _is_defined_twice(document: Document, mention: Mention) -> bool:
    """Whether another definition of the name stands in the same block, or in the same head."""
    own = document.definition_of(mention)
    if own is None:
        return False
    spaces = VALUE_LIKE if mention.space in VALUE_LIKE else (mention.space,)
    same = [d for d in document.definitions.get(mention.name, ()) if d.mention.space in spaces]
    return any(_same_block(own, other) for other in same if other.start != own.start or other.document is not document)


def _same_block(first: Definition, second: Definition) -> bool:
    if first.document is not second.document:
        return first.piece.parent is None
    if "operand" in (first.kind, second.kind) and first.kind != second.kind:
        return False
    if first.piece is second.piece:
        return first.mention.inside == second.mention.inside
    for head, inner in ((first, second), (second, first)):
        if head.kind == "variable" and head.mention.inside is None and inner.piece.parent is head.piece:
            return True  # the variable of a `for` belongs to its block
    heads = any(d.piece.kind == "open" and d.kind not in ("gate", "circuit") for d in (first, second))
    return not heads and first.mention.inside is None and first.piece.parent is second.piece.parent


def refused(error: CompileError) -> str:
    """Why a renaming was refused, in one line."""
    (diagnostic,) = error.diagnostics
    return "; ".join([diagnostic.message, *diagnostic.helps])


# --- outline ---------------------------------------------------------------------------------------------------------


def outline(document: Document) -> list[dict[str, Any]]:
    """The definitions of the text and its blocks of settings, those of a circuit inside it."""
    top: list[dict[str, Any]] = []
    inside: dict[int, list[dict[str, Any]]] = {}
    for piece in document.pieces:
        if piece.kind == "close" or (piece.parent is not None and piece.parent.word != "circuit"):
            continue
        for symbol in _symbols(document, piece):
            where = top if piece.parent is None else inside.get(id(piece.parent), top)
            where.append(symbol)
            if piece.kind == "open":
                inside[id(piece)] = symbol["children"]
    return top


def _symbols(document: Document, piece: pieces.Piece) -> list[dict[str, Any]]:
    end = min(piece.until, len(document.text)) if piece.kind == "open" else piece.end
    whole = region(document.source, piece.start, end)
    if piece.word in (*pieces.SETTINGS, "run") and piece.parent is None:
        head = region(document.source, piece.start, piece.start + len(piece.word))
        return [{"name": piece.word, "kind": 3, "range": whole, "selectionRange": head, "children": []}]
    found: list[dict[str, Any]] = []
    for mention in document.mentions_in(piece) if piece.word in DEFINING else ():
        if mention.defines in KINDS:
            found.append(
                {
                    "name": mention.name,
                    "detail": SHOWN.get(mention.defines, mention.defines),
                    "kind": KINDS[mention.defines],
                    "range": whole,
                    "selectionRange": region(document.source, mention.start, mention.end),
                    "children": [],
                }
            )
    return found
