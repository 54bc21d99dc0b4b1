"""The nodes of items, of a whole file, and the depth of nesting."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language.syntax.expressions import (
    Argument,
    Binary,
    Call,
    Comprehension,
    Conditional,
    Expression,
    Field,
    FormalParameter,
    Index,
    ListExpression,
    Name,
    Target,
    Text,
    TupleExpression,
    Unary,
)
from ionqdsl.language.syntax.statements import For, GateBlock, HamiltonianDefinition, If, Statement
from ionqdsl.record import TYPE_CHECKING, Any, fresh, record

if TYPE_CHECKING:
    from typing import TypeGuard


@record
class SettingEntry:
    """`key = value` or `key { … }` of a settings block."""

    key: Name
    value: Expression | tuple[SettingEntry, ...]
    span: Span


@record
class SettingsBlock:
    """`job { }`, `energy { }` or `function { }`."""

    kind: str
    settings: tuple[SettingEntry, ...]
    span: Span


@record
class OperandFormal:
    """An operand of a gate's definition: a qubit `a`, a register of any length `q[]`, or one of length 3, `q[3]`."""

    name: Name
    is_register: bool
    size: Expression | None
    span: Span

    @property
    def text(self) -> str:
        """As written."""
        return self.span.text


@record
class GateDefinition:
    """`gate name(params) a, b[], c[3] { }`."""

    name: Name
    parameters: tuple[FormalParameter, ...]
    operands: tuple[OperandFormal, ...]
    body: tuple[Statement, ...]
    span: Span

    @cached_property
    def takes_registers(self) -> bool:
        """Whether an operand is a register."""
        return any(operand.is_register for operand in self.operands)


@record
class CircuitDefinition:
    """`circuit name(params) { }`."""

    name: Name
    parameters: tuple[FormalParameter, ...]
    body: tuple[Statement, ...]
    span: Span


@record
class FunctionDefinition:
    """`def bit(x, k) = x >> k & 1`."""

    name: Name
    parameters: tuple[FormalParameter, ...]
    value: Expression
    span: Span


Function = FunctionDefinition | HamiltonianDefinition
"""A definition that expressions may call, if it has parameters: its value is one expression."""


def is_function(item: Any) -> TypeGuard[Function]:
    """Whether a statement defines something to call: a `def`, or a `hamiltonian` with parameters."""
    is_operator = isinstance(item, HamiltonianDefinition) and item.parameters is not None
    return is_operator or isinstance(item, FunctionDefinition)


@record
class TestLoop:
    """`for target in iterable` of a test, which runs once for each value."""

    target: Target
    iterable: Expression
    span: Span


@record
class Test:
    """`test "name" for a in range(4) { }`."""

    name: Text
    loops: tuple[TestLoop, ...]
    body: tuple[Statement, ...]
    span: Span


@record
class RunItem:
    """`name(args) for v in iterable as "label"`."""

    circuit: Name
    arguments: tuple[Argument, ...] | None
    target: Target | None
    iterable: Expression | None
    label: Text | None
    span: Span


@record
class Run:
    """`run item, item`."""

    items: tuple[RunItem, ...]
    span: Span


@record
class Include:
    """`include "path.qc"`."""

    path: Text
    span: Span


TopLevel = (
    SettingsBlock
    | GateDefinition
    | CircuitDefinition
    | HamiltonianDefinition
    | FunctionDefinition
    | Test
    | Run
    | Include
)
"""Items that are allowed only at the top level of a file."""

Item = TopLevel | Statement


@record
class File:
    """A parsed text: its items in order. `loaded` are the files that calls of `load` name, None for a faulty one."""

    source: Source
    items: tuple[Item, ...]
    loaded: Mapping[Span, Any] = fresh(default_factory=dict)


LEVELS: dict[type[Any], str] = {
    Unary: "",
    Binary: "left",
    Conditional: "otherwise",
    Call: "",
    ListExpression: "",
    TupleExpression: "",
    Comprehension: "",
    Field: "",
    Index: "",
    For: "",
    If: "otherwise",
    GateBlock: "",
}
"""Nodes that count as nesting, each with the field along which it may be long (see nesting.py)."""
