"""The syntax tree: one frozen class for each node, in the order of grammar/qc.lark. Data only; `span` is last."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.record import record


@record
class Name:
    """A name as written, for definitions and references that are not expressions."""

    text: str
    span: Span


# --- expressions ---------------------------------------------------------------------------------------------------


@record
class Number:
    """A literal: exact value, unit ("", "turn", "deg", "rad"), and whether it was written as an integer."""

    value: Fraction | int
    unit: str
    span: Span


@record
class Text:
    """A string literal, unescaped."""

    value: str
    span: Span


@record
class Constant:
    """true, false or null."""

    value: bool | None
    span: Span


@record
class Reference:
    """A name used as a value."""

    name: str
    span: Span


@record
class Unary:
    """`-x`, `+x` or `not x`."""

    operator: str
    operand: Expression
    span: Span


@record
class Binary:
    """Arithmetic, comparison, `and`, `or`, `in`."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@record
class Conditional:
    """`then if condition else otherwise`."""

    then: Expression
    condition: Expression
    otherwise: Expression
    span: Span


@record
class Call:
    """A built-in function's call."""

    function: Name
    arguments: tuple[Argument, ...]
    span: Span


@record
class ListExpression:
    """`[a, b, c]`."""

    items: tuple[Expression, ...]
    span: Span


@record
class Comprehension:
    """`[item for name in iterable if condition]`."""

    item: Expression
    variable: Name
    iterable: Expression
    condition: Expression | None
    span: Span


@record
class Slice:
    """`start:stop:step` inside brackets."""

    start: Expression | None
    stop: Expression | None
    step: Expression | None
    span: Span


@record
class Index:
    """`value[i]`, `value[a:b]`, `value[i, j]`."""

    value: Expression
    items: tuple[Expression | Slice, ...]
    span: Span


Expression = (
    Number | Text | Constant | Reference | Unary | Binary | Conditional | Call | ListExpression | Comprehension | Index
)


@record
class Argument:
    """An argument, given by position (name None) or by name."""

    name: Name | None
    value: Expression
    span: Span


# --- circuit statements --------------------------------------------------------------------------------------------


@record
class Operand:
    """Qubits: a register's name and its indices (None: all of it); the name None is the null slot `_`."""

    name: str | None
    items: tuple[Expression | Slice, ...] | None
    span: Span


@record
class Declarator:
    """A name with a size in brackets, or without one."""

    name: Name
    size: Expression | None
    span: Span


@record
class Qubits:
    """`qubit q[4], a`."""

    declarators: tuple[Declarator, ...]
    span: Span


@record
class Alias:
    """`let half = q[0:2], a`."""

    name: Name
    operands: tuple[Operand, ...]
    span: Span


@record
class Const:
    """`const n = 4`."""

    name: Name
    value: Expression
    span: Span


@record
class Param:
    """`param theta`, `param theta = 0.3`, `param th[4]`; one node per name."""

    declarator: Declarator
    value: Expression | None
    span: Span


@record
class Modifier:
    """`ctrl @`, `ctrl(n) @`, `negctrl @`, `inv @`, `pow(k) @`."""

    kind: str
    argument: Expression | None
    span: Span


@record
class Application:
    """A gate on operands. The gate `gphase` takes no operands but its controls'."""

    modifiers: tuple[Modifier, ...]
    gate: Name
    arguments: tuple[Argument, ...]
    operands: tuple[Operand, ...]
    span: Span


@record
class For:
    """`for i in iterable { }`."""

    variable: Name
    iterable: Expression
    body: tuple[Statement, ...]
    span: Span


@record
class If:
    """`if condition { } else { }`; `else if` nests."""

    condition: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    span: Span

    @property
    def chain(self) -> list[If]:
        """The `if` and all of its `else if`, the last with the final `else`: for iteration, as there may be many."""
        links = [self]
        while len(links[-1].otherwise) == 1 and isinstance(links[-1].otherwise[0], If):
            links.append(links[-1].otherwise[0])
        return links


@record
class Barrier:
    """`barrier`, of all qubits if it names none."""

    operands: tuple[Operand, ...]
    span: Span


@record
class GateBlock:
    """`verbatim { }` or `native { }`."""

    kind: str
    body: tuple[Statement, ...]
    span: Span


@record
class RegisterStatement:
    """`register out = q[1], _, q[0]`."""

    name: Name
    operands: tuple[Operand, ...]
    span: Span


@record
class GatesetStatement:
    """`gateset qis` or `gateset native`."""

    gateset: Name
    span: Span


@record
class Assert:
    """`assert condition, "message"`."""

    condition: Expression
    message: Expression | None
    span: Span


@record
class Lines:
    """A run of plain gate lines, kept as text, which lines.py reads; if a fault was cut out, `span` includes it."""

    text: str
    span: Span


Statement = (
    Qubits
    | Alias
    | Const
    | Param
    | Application
    | For
    | If
    | Barrier
    | GateBlock
    | RegisterStatement
    | GatesetStatement
    | Assert
    | Lines
)


# --- items ---------------------------------------------------------------------------------------------------------


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
class FormalParameter:
    """A parameter of a gate or circuit, with or without a default."""

    name: Name
    default: Expression | None
    span: Span


@record
class GateDefinition:
    """`gate name(params) a, b { }`."""

    name: Name
    parameters: tuple[FormalParameter, ...]
    operands: tuple[Name, ...]
    body: tuple[Statement, ...]
    span: Span


@record
class CircuitDefinition:
    """`circuit name(params) { }`."""

    name: Name
    parameters: tuple[FormalParameter, ...]
    body: tuple[Statement, ...]
    span: Span


@record
class HamiltonianDefinition:
    """`hamiltonian h = …`."""

    name: Name
    value: Expression
    span: Span


@record
class RunItem:
    """`name(args) for v in iterable as "label"`."""

    circuit: Name
    arguments: tuple[Argument, ...] | None
    variable: Name | None
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


TopLevel = SettingsBlock | GateDefinition | CircuitDefinition | HamiltonianDefinition | Run | Include
"""Items that are allowed only at the top level of a file."""

Item = TopLevel | Statement


@record
class File:
    """A parsed text: its items in order."""

    source: Source
    items: tuple[Item, ...]


LEVELS: dict[type[Any], str] = {
    Unary: "",
    Binary: "left",
    Conditional: "otherwise",
    Call: "",
    ListExpression: "",
    Comprehension: "",
    Index: "",
    For: "",
    If: "otherwise",
    GateBlock: "",
}
"""Nodes that count as nesting, each with the field along which it may be long (see nesting.py)."""
