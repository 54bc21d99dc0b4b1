"""An open text, its fragments, and the definitions of its names.

Takes a text with its address; everything else is computed when first asked for. Documents are never changed: an edit
makes a new one, and fragments.py remembers the parts it shares with the old one. workspace.py knows the other files.
"""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from copy import copy
from functools import cached_property
from typing import NamedTuple

from ionqdsl.diagnostics.source import Source
from ionqdsl.language import expectations, standard, syntax
from ionqdsl.lsp import fragments
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.fragments import END, Fragment
from ionqdsl.lsp.mentions import (
    ARGUMENT,
    CIRCUIT,
    GATE,
    OUTCOME,
    QUBIT,
    REGISTER,
    VALUE,
    Mention,
    mentions_of,
)

DEFINING = frozenset({"qubit", "let", "const", "param", "gate", "circuit", "for", "register", "hamiltonian", "def"})
SHARED = frozenset({"const", "param", "gate", "circuit", "hamiltonian", "function"})
"""Kinds of definitions that the other files of a program see, unless they are inside a block."""
_BROUGHT = {
    VALUE: ("qubit", "alias"),
    QUBIT: ("qubit", "alias", "slots"),
    OUTCOME: ("qubit", "alias", "slots", "register"),
}
"""Kinds of definitions of a circuit that a use in a test which calls it may mean, by name space."""

_ITEMS = (syntax.TopLevel, syntax.Const, syntax.Param)


class Definition(NamedTuple):
    """The meaning of a name from `since` to `until`, offsets of the document that uses it.

    `start` and `end` are the place of the name in `document`, `mention.owner` is the syntax node that defines it.
    """

    document: Document
    mention: Mention
    start: int
    end: int
    since: int
    until: int
    piece: Fragment

    @property
    def name(self) -> str:
        """The name defined."""
        return self.mention.name

    @property
    def kind(self) -> str:
        """`qubit`, `alias`, `const`, `param`, `parameter`, `operand`, `variable`, `gate`, `function` and so on."""
        return self.mention.defines


class _Reaches(NamedTuple):
    """The definitions of a name in the order in which they take effect, outer ones first.

    `outer` has the index of the nearest one before each that is still in effect where it begins, or -1; `here` has
    those of the text itself, by their offsets.
    """

    group: list[Definition]
    outer: list[int]
    here: dict[int, Definition]


Find = Callable[[str], "Document | None"]
"""A function from a real path to the document of that file, or None."""


class Document:
    """A text in an editor. `uri` is its address, `path` its real path ("" if it has none), `eol` its line ends.

    `find` returns the file for a path, and is used to read the files that the text includes.
    """

    def __init__(
        self,
        text: str,
        uri: str = "untitled:main",
        version: int | None = None,
        eol: str = "\n",
        find: Find = lambda path: None,
    ) -> None:
        self.uri, self.version, self.eol, self.find = uri, version, eol, find
        self.name = path_of(uri) or "main"
        self.path = os.path.realpath(self.name) if path_of(uri) else ""
        self.source = Source(text, self.name)
        self.text = text
        self._before: tuple[str, list[Fragment]] = ("", [])
        self._reaches: dict[str, _Reaches] = {}

    @cached_property
    def pieces(self) -> list[Fragment]:
        """The statements and heads of blocks, in order."""
        before, self._before = self._before, ("", [])
        return fragments.cut(self.text, before)

    def follow(self, old: Document) -> None:
        """Reuses the parts of the old text that an edit has left unchanged."""
        self._before = (old.text, old.pieces) if "pieces" in vars(old) else old._before

    @cached_property
    def _starts(self) -> list[int]:
        return [piece.start for piece in self.pieces]

    def piece_at(self, offset: int) -> Fragment | None:
        """The fragment at an offset, or the last one before it."""
        index = bisect_right(self._starts, offset) - 1
        return self.pieces[index] if index >= 0 else None

    def block_at(self, offset: int) -> Fragment | None:
        """The head of the innermost block around an offset."""
        piece = self.piece_at(offset)
        if piece is None:
            return None
        if piece.kind == "open" and offset > piece.end:
            return piece
        block = piece.parent
        while block is not None and piece.kind == "close" and offset >= block.until:
            piece, block = block, block.parent
            if piece.until > offset:
                return piece
        return block

    def mentions_in(self, piece: Fragment, only: str = "") -> Iterator[Mention]:
        """The names in a fragment, or only one of them, with their offsets in the text."""
        shift = fragments.shift(piece)
        for name, space, start, end, defines, owner, inside, former in mentions_of(*fragments.framed(piece)):
            if not only or name == only:
                there, before = (span and (span[0] + shift, span[1] + shift) for span in (inside, former))
                yield Mention(name, space, start + shift, end + shift, defines, owner, there, before)

    def mention_at(self, offset: int) -> Mention | None:
        """The name at an offset, or just before it."""
        piece = self.piece_at(offset)
        if piece is None or offset > piece.end:
            return None
        touching = [mention for mention in self.mentions_in(piece) if mention.start <= offset <= mention.end]
        return max(touching, key=lambda mention: mention.start, default=None)

    # --- definitions

    @cached_property
    def definitions(self) -> dict[str, list[Definition]]:
        """Every definition of the text, and of other files that it sees, by name, in order."""
        definitions = {name: [*group] for name, group in self.own.items()} if self.others else self.own
        for other in self.others:
            for definition in other.shared:
                definitions.setdefault(definition.name, []).append(definition)
        return definitions

    @cached_property
    def own(self) -> dict[str, list[Definition]]:
        """Every definition of the text itself."""
        definitions: dict[str, list[Definition]] = {}
        for piece in self.pieces:
            if piece.kind == "close" or not (piece.word in DEFINING or " for " in piece.text):
                continue
            if piece.settings:
                continue
            for mention in self.mentions_in(piece):
                if mention.defines:
                    definition = self._definition(mention, piece)
                    definitions.setdefault(mention.name, []).append(definition)
        return definitions

    def _definition(self, mention: Mention, piece: Fragment) -> Definition:
        since, until = piece.start, END
        if mention.inside is not None:
            since, until = mention.inside
        elif piece.kind == "open" and mention.defines not in ("gate", "circuit"):
            until = piece.until
        elif piece.parent is not None:
            until = piece.parent.until
        elif mention.defines not in ("qubit", "alias"):
            since = 0
        return Definition(self, mention, mention.start, mention.end, since, until, piece)

    @cached_property
    def shared(self) -> list[Definition]:
        """The definitions that the other files of a program see."""
        everything = [definition for found in self.own.values() for definition in found]
        return [d for d in everything if d.piece.parent is None and d.kind in SHARED]

    @cached_property
    def includes(self) -> list[tuple[Fragment, str]]:
        """The statements that include a file, each with its real path, whether the file exists or not."""
        includes = []
        for piece in self.pieces if "include" in self.text else ():
            for node in fragments.nodes(piece) if piece.word == "include" and piece.parent is None else ():
                if isinstance(node, syntax.Include) and "\0" not in node.path.value:
                    path = os.path.join(os.path.dirname(self.path), node.path.value)
                    includes.append((piece, standard.find(node.path.value) or os.path.realpath(path)))
        return includes

    @cached_property
    def loads(self) -> list[tuple[int, int, str]]:
        """The paths that calls of `load` name: their places, and the real paths."""
        loads = []
        for piece in self.pieces if "load" in self.text else ():
            for node in syntax.walk(fragments.nodes(piece)) if "load" in piece.text else ():
                argument = node.arguments[0].value if isinstance(node, syntax.Call) and node.arguments else None
                if isinstance(argument, syntax.Text) and node.function.text == "load" and "\0" not in argument.value:
                    path = os.path.realpath(os.path.join(os.path.dirname(self.path), argument.value))
                    loads.append((*fragments.place(piece, argument.span), path))
        return loads

    @cached_property
    def others(self) -> list[Document]:
        """The other files of the program that it is the main file or a part of; see `among`."""
        return self.reach(self.find)

    def reach(self, find: Find) -> list[Document]:
        """All files it includes, directly or through others, each once."""
        documents: dict[str, Document] = {}
        waiting = [self]
        while waiting:
            for _, path in waiting.pop().includes:
                if path != self.path and path not in documents and (other := find(path)) is not None:
                    documents[path] = other
                    waiting.append(other)
        return list(documents.values())

    def among(self, files: Iterable[Document]) -> Document:
        """The same text as one of the files of a program: it sees the shared definitions of all of them."""
        view = copy(self)
        for name in ("definitions", "_calls"):
            view.__dict__.pop(name, None)
        view._reaches = {}
        view.others = [file for file in files if file.uri != self.uri]
        return view

    def definition_of(self, mention: Mention) -> Definition | None:
        """The definition that a mention refers to, or is; None for names of the language, and for unknown ones."""
        if mention.space == ARGUMENT:
            return self._formal(mention)
        if mention.defines:
            return self._reach(mention.name).here.get(mention.start)
        own = next((d for d in self._around(mention.name, mention.start) if self._fits(mention, d)), None)
        if own is None and mention.space == VALUE and mention.owner is not None:
            return self._formal(mention)
        kinds = _BROUGHT.get(mention.space)
        if kinds is None or (own is not None and own.piece.top.word == "test"):
            return own
        return next((d for d in self._brought(mention.start, mention.name) if d.kind in kinds), own)

    def _brought(self, offset: int, name: str = "") -> Iterator[Definition]:
        """The qubits and registers, or those of a name, that circuits called before an offset bring into a test."""
        piece = self.piece_at(offset)
        for place, circuit in self._calls.get(id(piece.top), ()) if piece is not None else ():
            if place < offset:
                yield from _of_circuit(circuit, name)

    @cached_property
    def _calls(self) -> dict[int, list[tuple[int, Definition]]]:
        """The circuits that each test calls, with the places of the calls, by the identity of the test's head."""
        calls: dict[int, list[tuple[int, Definition]]] = {}
        for piece in self.pieces if "test" in self.text else ():
            if piece.top.word == "test" and piece is not piece.top:
                for mention in self.mentions_in(piece):
                    called = self.definition_of(mention) if mention.space == GATE else None
                    if called is not None and called.mention.space == CIRCUIT:
                        calls.setdefault(id(piece.top), []).append((mention.start, called))
        return calls

    def clash(self, name: str) -> int | None:
        """The place of a call that brings a name into a test that has it already."""
        for calls in self._calls.values():
            piece = self.piece_at(calls[0][0])
            own = [d for d in self.own.get(name, ()) if piece is not None and d.piece.top is piece.top]
            places = {(d.document.uri, d.start) for d in own}
            for place, circuit in calls:
                places |= {(d.document.uri, d.start) for d in _of_circuit(circuit, name)}
                if len(places) > 1:
                    return place
        return None

    def _around(self, name: str, offset: int) -> Iterator[Definition]:
        """The definitions of a name in effect at an offset, inner ones first."""
        group, outer, _ = self._reach(name)
        place = bisect_right(group, offset, key=lambda definition: definition.since) - 1
        while place >= 0:
            if offset < group[place].until:
                yield group[place]
            place = outer[place]

    def _reach(self, name: str) -> _Reaches:
        if name not in self._reaches:
            group = sorted(self.definitions.get(name, ()), key=lambda d: (d.since, -d.until, d.start))
            outer: list[int] = []
            place = -1
            for number, definition in enumerate(group):
                while place >= 0 and group[place].until <= definition.since:
                    place = outer[place]
                outer.append(place)
                place = number
            here = {definition.start: definition for definition in group if definition.document.uri == self.uri}
            self._reaches[name] = _Reaches(group, outer, here)
        return self._reaches[name]

    def _fits(self, mention: Mention, definition: Definition) -> bool:
        """Whether a definition in effect where a name is used has the right kind for that use."""
        if definition.document.uri == self.uri and _is_before(mention, definition):
            return False
        space = definition.mention.space
        if definition.kind in ("qubit", "alias") and definition.piece.parent is None and not self._is_bare(mention):
            return False
        if mention.space in (VALUE, QUBIT) and space in (VALUE, QUBIT):
            in_gate = _gate_around(self, mention.start)
            return not in_gate or _is_seen(definition, mention.space)
        if mention.space == OUTCOME:
            return space in (QUBIT, REGISTER) or definition.kind == "slots"
        if space == CIRCUIT and mention.space == GATE and expectations.called(mention.owner) is not None:
            piece = self.piece_at(mention.start)
            return piece is not None and piece.top.word == "test"
        return space == mention.space

    def _is_bare(self, mention: Mention) -> bool:
        """Whether a name stands in a statement outside of definitions, which alone see the qubits declared there."""
        piece = self.piece_at(mention.start)
        return piece is None or not any(isinstance(node, _ITEMS) for node in fragments.nodes(piece.top))

    def _formal(self, mention: Mention) -> Definition | None:
        """The parameter of a gate, circuit or function that a named argument sets or a text after `as` shows."""
        space, called = mention.owner
        spaces = (GATE, CIRCUIT) if space == GATE else (space,)  # a test calls a circuit like a gate
        definition = next((d for d in self._around(called, mention.start) if d.mention.space in spaces), None)
        if definition is not None:
            for formal in definition.document._around(mention.name, definition.piece.start):
                if formal.piece is definition.piece and formal.kind == "parameter":
                    return formal
        return None

    def visible(self, offset: int) -> list[Definition]:
        """Every definition that can be used at an offset, inner ones last."""
        definitions = [d for group in self.definitions.values() for d in group if d.since <= offset < d.until]
        return [*sorted(definitions, key=lambda d: (d.since, d.start)), *self._brought(offset)]

    def references(self, definition: Definition) -> list[Mention]:
        """Every mention of a definition in this text, including itself, in order."""
        references = []
        seen: Fragment | None = None
        is_here = definition.document.uri == self.uri
        # A parameter may be set by name anywhere, and a test names the qubits of the circuits that it calls.
        is_local = is_here and definition.kind != "parameter" and not _may_be_brought(definition)
        since, until = (definition.since, definition.until) if is_local else (0, END)
        for match in re.compile(rf"\b{re.escape(definition.name)}\b").finditer(
            self.text, since, min(until, len(self.text))
        ):
            piece = self.piece_at(match.start())
            if piece is None or piece is seen:
                continue
            seen = piece
            for mention in self.mentions_in(piece, definition.name):
                meant = self.definition_of(mention)
                if meant is not None and _is_same(meant, definition):
                    references.append(mention)
        return references

    def gateset_at(self, offset: int) -> str:
        """`native` or `qis`: the gateset of gate names at an offset."""
        block = self.block_at(offset)
        inner = block
        while inner is not None:
            if inner.word == "native":
                return "native"
            if inner.word == "gate":
                return "qis"
            inner = inner.parent
        scope = block.top if block is not None and block.top.word in ("circuit", "test") else None
        piece = self._gatesets.get(id(scope) if scope is not None else 0)
        return "native" if piece is not None and piece.start < offset and "native" in piece.text else "qis"

    @cached_property
    def _gatesets(self) -> dict[int, Fragment]:
        """The first statement about gatesets in each circuit, by the identity of its head; 0: outside circuits."""
        found: dict[int, Fragment] = {}
        for piece in self.pieces:
            if piece.word == "gateset":
                found.setdefault(id(piece.top) if piece.parent is not None else 0, piece)
        return found


def _of_circuit(circuit: Definition, name: str) -> Iterator[Definition]:
    """The qubits and registers of a name in a circuit, which a test that calls the circuit sees."""
    for definition in circuit.document.own.get(name, ()):
        if definition.piece.top.start == circuit.piece.start and _may_be_brought(definition):
            yield definition


def _may_be_brought(definition: Definition) -> bool:
    """Whether tests see a definition: a register of a circuit, or qubits of its outermost block."""
    piece = definition.piece
    is_outer = piece.parent is piece.top and definition.mention.inside is None
    return piece.top.word == "circuit" and (
        definition.kind in ("register", "slots") or (definition.kind in ("qubit", "alias") and is_outer)
    )


def _is_same(first: Definition, second: Definition) -> bool:
    return first.start == second.start and first.document.uri == second.document.uri


def _is_before(mention: Mention, definition: Definition) -> bool:
    """Whether a use comes before its name's new meaning begins: in `const k = k/2`, `for k in range(k)`."""
    former = definition.mention.former
    return former is not None and former[0] <= mention.start < former[1]


def _is_seen(definition: Definition, space: str) -> bool:
    """Whether an operand (QUBIT) or an expression (VALUE) in a gate sees a definition: expressions see registers."""
    operand = definition.mention.owner
    is_register = definition.kind == "alias" or (isinstance(operand, syntax.OperandFormal) and operand.is_register)
    return is_register or (definition.kind == "operand") == (space == QUBIT)


def _gate_around(document: Document, offset: int) -> bool:
    piece = document.piece_at(offset)
    return piece is not None and piece.top.word == "gate"
