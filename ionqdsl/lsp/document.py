"""An open text and what can be read off it: its pieces, and the definitions of its names.

A text with its address goes in; everything else is worked out when it is first asked for. Documents are never changed:
an edit makes a new one, and what it shares with the old one is remembered by fragments.py. Which other files there are
is workspace.py's matter.
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
from ionqdsl.language import syntax
from ionqdsl.lsp import fragments
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.fragments import END, Fragment
from ionqdsl.lsp.mentions import ARGUMENT, QUBIT, VALUE, Mention, mentions_of

DEFINING = frozenset({"qubit", "let", "const", "param", "gate", "circuit", "for", "register", "hamiltonian"})
SHARED = frozenset({"const", "param", "gate", "circuit", "hamiltonian"})
"""Kinds of definitions that the other files of a program see, where they stand in no block."""


class Definition(NamedTuple):
    """What a name stands for from `since` to `until`, offsets of the document that uses it.

    `start` and `end` are where the name stands in `document`, `mention.owner` the syntax node that defines it.
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
        """`qubit`, `alias`, `const`, `param`, `parameter`, `operand`, `variable`, `gate`, `circuit` and so on."""
        return self.mention.defines


class _Reaches(NamedTuple):
    """The definitions of a name in the order they begin to count in, outer ones first.

    `outer` holds the place of the nearest one before each that still counts where it begins, -1 where there is none;
    `here` those of the text itself, by where they stand.
    """

    group: list[Definition]
    outer: list[int]
    here: dict[int, Definition]


Find = Callable[[str], "Document | None"]
"""What gives the file of a real path, None where there is none."""


class Document:
    """A text an editor shows. `uri` is its address, `path` its real path ("" where it has none), `eol` its line ends.

    `find` gives the file of a path, which the texts it includes are read with.
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
        """Makes use of what an edit of the old text has left alone."""
        self._before = (old.text, old.pieces) if "pieces" in vars(old) else old._before

    @cached_property
    def _starts(self) -> list[int]:
        return [piece.start for piece in self.pieces]

    def piece_at(self, offset: int) -> Fragment | None:
        """The piece at an offset, or the last one before it on the way there."""
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
        """The names in a piece, or a single one of them, at their places in the text."""
        shift = fragments.shift(piece)
        for name, space, start, end, defines, owner, inside in mentions_of(*fragments.framed(piece)):
            if not only or name == only:
                there = inside and (inside[0] + shift, inside[1] + shift)
                yield Mention(name, space, start + shift, end + shift, defines, owner, there)

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
        """Every definition of the text, and those it sees of the other files, by name, in order."""
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
        """What the other files of a program see of this one."""
        everything = [definition for found in self.own.values() for definition in found]
        return [d for d in everything if d.piece.parent is None and d.kind in SHARED]

    @cached_property
    def includes(self) -> list[tuple[Fragment, str]]:
        """The statements that include a file, each with the real path of it, whether there is one or not."""
        includes = []
        for piece in self.pieces if "include" in self.text else ():
            for node in fragments.nodes(piece) if piece.word == "include" and piece.parent is None else ():
                if isinstance(node, syntax.Include) and "\0" not in node.path.value:
                    path = os.path.join(os.path.dirname(self.path), node.path.value)
                    includes.append((piece, os.path.realpath(path)))
        return includes

    @cached_property
    def others(self) -> list[Document]:
        """The other files of the program it is the main file of, or of another one; see `among`."""
        return self.reach(self.find)

    def reach(self, find: Find) -> list[Document]:
        """The files it includes, those they include, and so on, each once."""
        documents: dict[str, Document] = {}
        waiting = [self]
        while waiting:
            for _, path in waiting.pop().includes:
                if path != self.path and path not in documents and (other := find(path)) is not None:
                    documents[path] = other
                    waiting.append(other)
        return list(documents.values())

    def among(self, files: Iterable[Document]) -> Document:
        """The same text as one of the files of a program: it sees what all of them share."""
        view = copy(self)
        view.__dict__.pop("definitions", None)
        view._reaches = {}
        view.others = [file for file in files if file.uri != self.uri]
        return view

    def definition_of(self, mention: Mention) -> Definition | None:
        """What a mention refers to, or defines; None for what the language itself provides, and for the unknown."""
        if mention.space == ARGUMENT:
            return self._formal(mention)
        if mention.defines:
            return self._reach(mention.name).here.get(mention.start)
        return next((d for d in self._around(mention.name, mention.start) if self._fits(mention, d)), None)

    def _around(self, name: str, offset: int) -> Iterator[Definition]:
        """The definitions of a name that count at an offset, inner ones first."""
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
        """Whether a definition that counts where a name is used is one of such a name."""
        if definition.document.uri == self.uri and _is_before(mention, definition):
            return False
        space = definition.mention.space
        if mention.space in (VALUE, QUBIT) and space in (VALUE, QUBIT):
            in_gate = _gate_around(self, mention.start)
            return not in_gate or (definition.kind == "operand") == (mention.space == QUBIT)
        return space == mention.space

    def _formal(self, mention: Mention) -> Definition | None:
        """The parameter of a gate or circuit that a named argument gives a value."""
        space, called = mention.owner
        owners = [d for d in self.definitions.get(called, ()) if d.mention.space == space]
        for definition in owners[:1]:
            for formal in definition.document._around(mention.name, definition.piece.start):
                if formal.piece is definition.piece and formal.kind == "parameter":
                    return formal
        return None

    def visible(self, offset: int) -> list[Definition]:
        """Every definition that can be used at an offset, inner ones last."""
        definitions = [d for group in self.definitions.values() for d in group if d.since <= offset < d.until]
        return sorted(definitions, key=lambda d: (d.since, d.start))

    def references(self, definition: Definition) -> list[Mention]:
        """Every mention in this text of what is defined, the definition included, in order."""
        references = []
        seen: Fragment | None = None
        is_here = definition.document.uri == self.uri
        is_local = is_here and definition.kind != "parameter"  # which may be given by name anywhere
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
        """`native` or `qis`: what gate names mean at an offset."""
        block = self.block_at(offset)
        inner = block
        while inner is not None:
            if inner.word == "native":
                return "native"
            if inner.word == "gate":
                return "qis"
            inner = inner.parent
        scope = block.top if block is not None and block.top.word == "circuit" else None
        piece = self._gatesets.get(id(scope) if scope is not None else 0)
        return "native" if piece is not None and piece.start < offset and "native" in piece.text else "qis"

    @cached_property
    def _gatesets(self) -> dict[int, Fragment]:
        """The first statement about gate sets in each circuit, by the identity of its head; 0: in none."""
        found: dict[int, Fragment] = {}
        for piece in self.pieces:
            if piece.word == "gateset":
                found.setdefault(id(piece.top) if piece.parent is not None else 0, piece)
        return found


def _is_same(first: Definition, second: Definition) -> bool:
    return first.start == second.start and first.document.uri == second.document.uri


def _is_before(mention: Mention, definition: Definition) -> bool:
    """Whether a use stands where the name still means what it meant before: in `const k = k/2`, `for k in range(k)`."""
    owner = definition.mention.owner
    if definition.kind == "variable":
        name, part = owner.variable, owner.iterable
    elif definition.kind in ("qubit", "alias", "const", "parameter"):
        name, part = owner.name, owner
    else:
        return False
    shift = definition.start - name.span.start
    return bool(part.span.start + shift <= mention.start < part.span.end + shift)


def _gate_around(document: Document, offset: int) -> bool:
    piece = document.piece_at(offset)
    return piece is not None and piece.top.word == "gate"
