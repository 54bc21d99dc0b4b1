"""The input and output of lint rules, and the questions they ask of a syntax tree.

A source becomes a `Subject`: the tree of the file, the tree of the program with its includes, and the lowered program.
A `Finding` is a diagnostic with the edits that would settle it. This module contains no rules.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.language import lines, syntax
from ionqdsl.language.includes import open_includes
from ionqdsl.language.parse import parse
from ionqdsl.pipeline import load
from ionqdsl.record import record

_NOTHING_TO_RUN = frozenset({"QC0401", "QC0402"})

Owner = syntax.GateDefinition | syntax.CircuitDefinition | syntax.Test | None


class Edit(NamedTuple):
    """A part of a source and the text that replaces it."""

    span: Span
    text: str


@record
class Finding:
    """A diagnostic of a rule; `edits`, all made together, settle it without changing the effect of the program."""

    diagnostic: Diagnostic
    edits: tuple[Edit, ...] = ()


def finding(code: str, span: Span, *edits: Edit, **facts: Any) -> Finding:
    """Returns a finding at a place."""
    return Finding(Diagnostic(code, span, facts), edits)


class PlainLine(NamedTuple):
    """A plain line: its text, and its place, from which a node is made for who looks closer."""

    text: str
    run: lines.LineRun
    start: int

    @property
    def node(self) -> syntax.Application:
        """The line as the grammar would build it."""
        return lines.application(self.run, self.start)


def plain_lines(node: syntax.Lines) -> Iterator[PlainLine]:
    """The lines of a run, one after the other: a million nodes would take a gigabyte."""
    run = lines.run_of(node)
    for piece, place in lines.pieces(run):
        for text, start, _ in lines.texts(piece, place):
            yield PlainLine(text, run, start)


@record
class Body:
    """The statements of a block, with plain lines as they are; `kind` is "" for the body of a definition.

    `gateset` decides the meaning of gate names, `owner` is the definition around the block (None: the bare circuit).
    """

    statements: tuple[Any, ...]
    gateset: str
    owner: Owner
    kind: str

    @cached_property
    def used_names(self) -> set[str]:
        """The names of values and qubits that the block uses."""
        return used_names(self.statements)

    @property
    def steps(self) -> Iterator[Any]:
        """The statements, and each line of plain ones as a `PlainLine`."""
        for node in self.statements:
            yield from plain_lines(node) if isinstance(node, syntax.Lines) else [node]


class Subject:
    """One file, as rules see it. `program` is None for a file that only contains definitions for other files."""

    def __init__(self, source: Source) -> None:
        """Raises CompileError with every error of the program."""
        self.source = source
        parsed = parse(source)
        opened = open_includes(source, parsed=parsed)
        self.file, self.opened = parsed.file, opened[0]
        self.program: LoweredProgram | None = None
        try:
            self.program = load(source, opened=opened)[0]
        except CompileError as error:
            errors = [diagnostic for diagnostic in error.diagnostics if diagnostic.is_error]
            if any(diagnostic.code not in _NOTHING_TO_RUN for diagnostic in errors):
                raise CompileError(errors) from None

    @cached_property
    def bodies(self) -> list[Body]:
        """Every block of statements of the file, outer ones first."""
        bare = tuple(item for item in self.file.items if not isinstance(item, syntax.TopLevel))
        bodies = list(_bodies(bare, "qis", None, "")) if bare else []
        for item in self.file.items:
            if isinstance(item, syntax.GateDefinition | syntax.CircuitDefinition | syntax.Test):
                bodies += _bodies(item.body, "qis", item, "")
        return bodies

    @cached_property
    def functions(self) -> list[syntax.Function]:
        """Every function of the file, and those of its blocks."""
        nodes = [*self.file.items, *(node for body in self.bodies for node in body.statements)]
        return [node for node in nodes if syntax.is_function(node)]

    @cached_property
    def used_names(self) -> set[str]:
        """The names of values and qubits that the program uses, with its included files."""
        return used_names(self.opened.items)

    @cached_property
    def own_gates(self) -> frozenset[str]:
        """The names of the gates that the program and its included files define."""
        return frozenset(item.name.text for item in self.opened.items if isinstance(item, syntax.GateDefinition))

    def text(self, node: Any) -> str:
        """The text of a node, without blanks."""
        return "".join(node.span.text.split())


def _bodies(statements: tuple[Any, ...], gateset: str, owner: Owner, kind: str) -> Iterator[Body]:
    for node in statements:
        if isinstance(node, syntax.GatesetStatement):
            gateset = node.gateset.text
    yield Body(statements, gateset, owner, kind)
    for node in statements:
        match node:
            case syntax.For():
                yield from _bodies(node.body, gateset, owner, kind if kind == "verbatim" else "for")
            case syntax.If():
                inner = kind if kind == "verbatim" else "if"
                *links, last = node.chain
                for link in links:
                    yield from _bodies(link.then, gateset, owner, inner)
                    yield Body(link.otherwise, gateset, owner, inner)
                for branch in (last.then, last.otherwise):
                    yield from _bodies(branch, gateset, owner, inner)
            case syntax.GateBlock():
                inner = "native" if node.kind == "native" else gateset
                yield from _bodies(node.body, inner, owner, kind if kind == "verbatim" else node.kind)


_FIELD = re.compile(r"\{(\w+)")


def used_names(node: Any) -> set[str]:
    """The names of values and qubits that a node uses, wherever they are defined."""
    names: set[str] = set()
    for part in syntax.walk(node):
        match part:
            case syntax.Reference():
                names.add(part.name)
            case syntax.Call():
                names.add(part.function.text)
            case syntax.Operand():
                names.update([part.name] if part.name is not None else [])
            case syntax.RunItem():
                names.update(_FIELD.findall(part.label.value) if part.label is not None else [])
            case syntax.Lines():
                names |= lines.names(part)[1]
    return names


def used_gates(node: Any) -> set[str]:
    """The names of the gates that a node applies."""
    gates: set[str] = set()
    for part in syntax.walk(node):
        if isinstance(part, syntax.Application):
            gates.add(part.gate.text)
        elif isinstance(part, syntax.Lines):
            gates |= lines.names(part)[0]
    return gates


_ELSE = re.compile(r"(?<!\w)else(?!\w)")
_REST = re.compile(r"[ \t]*;?[ \t]*")


def removal(span: Span) -> Edit:
    """The edit that removes a statement, with an `else` before it, and its line if nothing else is on it."""
    source, start, end = span
    text = source.text
    begin = blanks_before(text, start)
    if begin >= len("else") and (chained := _ELSE.match(text, begin - len("else"))):
        start = begin = blanks_before(text, chained.start())
        if begin and text[begin - 1] != "\n":
            return Edit(Span(source, start, end), "")
    rest = _REST.match(text, end)
    assert rest is not None
    if (not begin or text[begin - 1] == "\n") and text[rest.end() : rest.end() + 1] in ("", "\n"):
        return Edit(Span(source, begin, min(rest.end() + 1, len(text))), "")
    return Edit(Span(source, start, rest.end()), "")


def blanks_before(text: str, at: int) -> int:
    """The offset at which the blanks before an offset begin; searched backwards, because the line may be long."""
    while at and text[at - 1] in " \t":
        at -= 1
    return at
