"""Renames a name without changing any meaning, in every file of every program that knows the name.

Takes a document, an offset and a new name, and returns edits by file. The new name is tried on copies first: every
mention must still refer to the same definition, or the renaming is refused with the reason.
"""

from __future__ import annotations

import re
from typing import Any

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import CONSTANTS, RESERVED
from ionqdsl.language.expectations import QUANTITIES
from ionqdsl.language.functions import FUNCTIONS
from ionqdsl.language.library import is_builtin
from ionqdsl.language.lower.measurements import RESERVED as RESERVED_REGISTERS
from ionqdsl.lsp import fragments
from ionqdsl.lsp.document import Definition, Document
from ionqdsl.lsp.mentions import FUNCTION, GATE, QUBIT, VALUE, Mention
from ionqdsl.lsp.navigation import meant
from ionqdsl.lsp.positions import Range, region
from ionqdsl.lsp.workspace import Workspace

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
VALUE_LIKE = (VALUE, QUBIT)
_CALLED = {*FUNCTIONS, *QUANTITIES, "env", "load"}
"""The names that no function of a program may have, or that mean something else in a test."""

Places = dict[str, dict[int, Mention]]
"""The mentions to change: by the address of their file, then by offset, in order."""


def renameable(document: Document, offset: int, workspace: Workspace) -> tuple[Range, str]:
    """The range of the name at an offset, and the name. Raises CompileError if it cannot be renamed."""
    mention, _ = _renamed(document, offset, workspace)
    return region(document.source, mention.start, mention.end), mention.name


def rename(document: Document, offset: int, new: str, workspace: Workspace) -> dict[str, Any]:
    """The edits that rename the name at an offset. Raises CompileError if that changes a meaning."""
    mention, target = _renamed(document, offset, workspace)
    old = mention.name
    if new == old:
        return {"changes": {}}
    _check_name(new, target)
    places: Places = {}
    files: dict[str, Document] = {}
    for program in workspace.programs(target.document):
        for file in program:
            _all_read(file, old, document)
            if here := {m.start: m for m in file.references(target)}:
                places[file.uri] = dict(sorted({**places.get(file.uri, {}), **here}.items()))
                files[file.uri] = file
    after = {uri: _edited(file, places[uri], new) for uri, file in files.items()}
    for program in workspace.programs(*files.values()):
        views = [after.get(file.uri, file) for file in program]
        for was, now in zip(program, views, strict=True):
            _same_meaning(was, now.among(views), places, (old, new), document)
    return {
        "changes": {
            uri: [{"range": region(files[uri].source, m.start, m.end), "newText": new} for m in there.values()]
            for uri, there in places.items()
        }
    }


def _renamed(document: Document, offset: int, workspace: Workspace) -> tuple[Mention, Definition]:
    mention, target = meant(document, offset, workspace)
    if mention is None or target is None:
        raise fail("QC0996", document.source)
    return mention, target


def _check_name(new: str, target: Definition) -> None:
    space = target.mention.space
    is_taken = (
        (space == GATE and is_builtin(new))
        or (space == FUNCTION and new in _CALLED)
        or (space in VALUE_LIKE and new in RESERVED)
        or (target.kind == "slots" and new in RESERVED_REGISTERS)
        or (new in CONSTANTS and (target.kind == "param" or _is_of_circuit(target)))
    )
    if not _NAME.fullmatch(new) or new in KEYWORDS or is_taken or new in ("_", "qc"):
        raise fail("QC0997", target.document.source, name=new)


def _is_of_circuit(target: Definition) -> bool:
    """Whether a definition is a parameter of a circuit, which may stay open as a `param` does."""
    return target.kind == "parameter" and target.piece.word == "circuit"


def _all_read(file: Document, old: str, origin: Document) -> None:
    """Raises if an unreadable statement contains the old name, because its meaning there is unknown."""
    if old not in file.text:
        return
    for piece in file.pieces:
        is_read = piece.kind == "close" or old not in piece.text or fragments.nodes(piece)
        if not is_read and re.search(rf"\b{re.escape(old)}\b", piece.text):
            raise fail("QC0999", file.source, name=old, **_place(file, piece.start, origin))


def _place(file: Document, offset: int, origin: Document) -> dict[str, Any]:
    """The line of an offset, with the file if it is another one."""
    return {"line": file.source.position(offset)[0], "file": None if file.uri == origin.uri else file.name}


def _edited(file: Document, places: dict[int, Mention], new: str) -> Document:
    text = file.text
    for place in reversed(places.values()):
        text = text[: place.start] + new + text[place.end :]
    return Document(text, file.uri)


def _same_meaning(was: Document, now: Document, places: Places, names: tuple[str, str], origin: Document) -> None:
    """Raises unless every mention of either name refers to the same definition after the edits."""
    old, new = names
    grown = len(new) - len(old)

    def moved(uri: str, offset: int) -> int:
        """The offset after the edits before it."""
        return offset + grown * sum(start < offset for start in places.get(uri, ()))

    before = {
        moved(was.uri, mention.start): target and (target.document.uri, moved(target.document.uri, target.start))
        for mention, target in _targets(was, names)
    }
    after = {mention.start: (mention, target) for mention, target in _targets(now, names)}
    for place, (mention, target) in after.items():
        expected = before.pop(place, None)
        target_place = target and (target.document.uri, target.start)
        if target_place != expected or (target is not None and mention.defines and _is_defined_twice(now, target)):
            raise fail("QC0998", now.source, old=old, new=new, **_place(now, place, origin))
    for place in before:
        raise fail("QC0998", now.source, old=old, new=new, **_place(now, place, origin))
    if (called := now.clash(new)) is not None:
        raise fail("QC0998", now.source, old=old, new=new, **_place(now, called, origin))


def _targets(document: Document, names: tuple[str, ...]) -> list[tuple[Mention, Definition | None]]:
    """The mentions of some names with their definitions."""
    if not any(name in document.text for name in names):
        return []
    return [
        (mention, document.definition_of(mention))
        for piece in document.pieces
        if any(name in piece.text for name in names)
        for mention in document.mentions_in(piece)
        if mention.name in names
    ]


def _is_defined_twice(document: Document, own: Definition) -> bool:
    """Whether the same block, or the same head, has another definition of the name."""
    spaces = VALUE_LIKE if own.mention.space in VALUE_LIKE else (own.mention.space,)
    every = document.definitions.get(own.name, ())
    others = [other for other in every if (other.start, other.document.uri) != (own.start, own.document.uri)]
    if own.kind in _REGISTERS and any(d.kind in _REGISTERS and _share_circuit(own, d) for d in others):
        return True
    return any(_same_block(own, other) for other in others if other.mention.space in spaces)


_REGISTERS = ("register", "slots")
"""Kinds of definitions whose names are those of a circuit's results, which are different in all its blocks."""


def _share_circuit(first: Definition, second: Definition) -> bool:
    tops = [d.piece.top if d.piece.top.word in ("circuit", "test") else None for d in (first, second)]
    return first.document.uri == second.document.uri and tops[0] is tops[1]


def _same_block(first: Definition, second: Definition) -> bool:
    are_functions = first.kind == second.kind == "function"  # which hide none of an outer block
    if first.document.uri != second.document.uri:
        is_shared = first.piece.parent is None and first.kind not in ("parameter", "operand", "variable")
        return are_functions or is_shared
    if "operand" in (first.kind, second.kind) and first.kind != second.kind and not _hide(first, second):
        return False
    if _share_gate(first, second) and _hide(first, second):
        return True
    if first.piece is second.piece:
        return first.mention.inside == second.mention.inside
    if first.mention.inside is not None or second.mention.inside is not None:
        return False
    if are_functions:
        return first.piece.parent in _blocks(second) or second.piece.parent in _blocks(first)
    for head, inner in ((first, second), (second, first)):
        if head.kind == "variable" and head.mention.inside is None and inner.piece.parent is head.piece:
            return True  # the variable of a `for` belongs to its block
    heads = any(d.piece.kind == "open" and d.kind not in ("gate", "circuit") for d in (first, second))
    return not heads and first.piece.parent is second.piece.parent


def _blocks(definition: Definition) -> list[fragments.Fragment | None]:
    """The blocks around a definition, from the inside out; None is the file."""
    blocks = [definition.piece.parent]
    while blocks[-1] is not None:
        blocks.append(blocks[-1].parent)
    return blocks


def _share_gate(first: Definition, second: Definition) -> bool:
    """Whether both names belong to statements of one gate, and one is in effect where the other is defined."""
    tops = [definition.piece.top for definition in (first, second)]
    are_together = tops[0] is tops[1] and tops[0].word == "gate"
    is_limited = any(definition.mention.inside is not None for definition in (first, second))
    return are_together and not is_limited and first.since < second.until and second.since < first.until


def _hide(first: Definition, second: Definition) -> bool:
    """Whether an operand and another name of its gate may not be the same: a register and anything, or an alias."""
    owners = [definition.mention.owner for definition in (first, second)]
    is_register = any(isinstance(owner, syntax.OperandFormal) and owner.is_register for owner in owners)
    return is_register or "alias" in (first.kind, second.kind)


def refused(error: CompileError) -> str:
    """Why a renaming was refused, in one line."""
    (diagnostic,) = error.diagnostics
    return "; ".join([diagnostic.message, *diagnostic.helps])
