"""The syntax tree of OpenQASM 2 and 3: one frozen class for each node, in the order of grammar/openqasm.lark.

Data only; `span` is last. Plain names are syntax.Name, as in the tree of `.qc` texts.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language.syntax import Name
from ionqdsl.record import record

# --- expressions ---------------------------------------------------------------------------------------------------


@record
class Literal:
    """A number, a truth value or bits: its value, of the type in `kind` (int, float, bool, bits)."""

    value: Any
    kind: str
    span: Span


@record
class Identifier:
    """A name used as a value; `$0` is a physical qubit."""

    name: str
    span: Span


@record
class UnaryExpression:
    """`-x`, `+x`, `!x` or `~x`."""

    operator: str
    operand: Expression
    span: Span


@record
class BinaryExpression:
    """Arithmetic, comparison, logic, bits."""

    operator: str
    left: Expression
    right: Expression
    span: Span


@record
class FunctionCall:
    """A call of a built-in function, or of a subroutine for its result."""

    function: Name
    arguments: tuple[Expression, ...]
    span: Span


@record
class Cast:
    """`int[8](x)`."""

    type: Type
    operand: Expression
    span: Span


@record
class Range:
    """`start:step:stop`, both ends included."""

    start: Expression | None
    step: Expression | None
    stop: Expression | None
    span: Span


@record
class SetOf:
    """`{1, 4, 6}`."""

    items: tuple[Expression, ...]
    span: Span


@record
class IndexExpression:
    """`value[i]`, `value[a:b]`, `value[{0, 2}]`; several items are several dimensions."""

    value: Expression
    items: tuple[Expression | Range | SetOf, ...]
    span: Span


Expression = Literal | Identifier | UnaryExpression | BinaryExpression | FunctionCall | Cast | IndexExpression


@record
class Type:
    """A classical type: int, uint, float, angle, bit or bool, with or without a size."""

    kind: str
    size: Expression | None
    span: Span


# --- statements ----------------------------------------------------------------------------------------------------


@record
class IncludeStatement:
    """`include "file";`."""

    path: str
    span: Span


@record
class QubitDeclaration:
    """`qubit[4] q;` or `qreg q[4];`."""

    name: Name
    size: Expression | None
    span: Span


@record
class Measured:
    """`measure q` as an expression."""

    operand: Expression
    span: Span


@record
class Declaration:
    """`const int[8] n = 4;`, `bit[4] c;`, `creg c[4];`, `output bit c;`."""

    type: Type
    name: Name
    value: Expression | Measured | None
    is_constant: bool
    span: Span


@record
class Elements:
    """`{1, 2, {3, 4}}`: the elements of an array."""

    items: tuple[Expression | Elements, ...]
    span: Span


@record
class ArrayDeclaration:
    """`array[int[8], 2, 3] a = {{1, 2, 3}, {4, 5, 6}};`: `type` is that of an element, `sizes` has its dimensions."""

    type: Type
    sizes: tuple[Expression, ...]
    name: Name
    value: Elements | Expression | None
    is_constant: bool
    span: Span


@record
class Input:
    """`input float theta;`."""

    type: Type
    name: Name
    span: Span


@record
class AliasStatement:
    """`let a = q[0:1] ++ r;`."""

    name: Name
    parts: tuple[Expression, ...]
    span: Span


@record
class QuantumGateDefinition:
    """`gate g(a, b) q, r { }`."""

    name: Name
    parameters: tuple[Name, ...]
    operands: tuple[Name, ...]
    body: tuple[Statement, ...]
    span: Span


@record
class SubroutineParameter:
    """`float theta`, or `qubit[2] q`: its type may be `qubit`."""

    type: Type
    name: Name
    span: Span


@record
class SubroutineDefinition:
    """`def f(qubit[2] q, float theta) { }`; `result` is the type it returns, None if there is none."""

    name: Name
    parameters: tuple[SubroutineParameter, ...]
    result: Type | None
    body: tuple[Statement, ...]
    span: Span


@record
class Return:
    """`return x;`; `value` is None without a result."""

    value: Expression | Measured | None
    span: Span


@record
class Opaque:
    """`opaque g(a) q;`: a gate without a definition."""

    name: Name
    span: Span


@record
class QuantumGateModifier:
    """`ctrl @`, `negctrl(2) @`, `inv @`, `pow(1/2) @`."""

    kind: str
    arguments: tuple[Expression, ...]
    span: Span


@record
class QuantumGate:
    """A gate, or `gphase`, on operands; a call of a subroutine, whose operands are among the arguments."""

    modifiers: tuple[QuantumGateModifier, ...]
    gate: Name
    arguments: tuple[Expression, ...]
    operands: tuple[Expression, ...]
    span: Span


@record
class Measurement:
    """`measure q -> c;`, or without a target."""

    operand: Expression
    target: Expression | None
    span: Span


@record
class Assignment:
    """`a = 1;`, `a += 1;`, `c = measure q;`."""

    target: Expression
    operator: str
    value: Expression | Measured
    span: Span


@record
class ForInLoop:
    """`for int i in [0:3] { }`."""

    type: Type | None
    variable: Name
    values: Expression | Range | SetOf
    body: tuple[Statement, ...]
    span: Span


@record
class BranchingStatement:
    """`if (condition) { } else { }`."""

    condition: Expression
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    span: Span


@record
class QuantumBarrier:
    """`barrier q, r;`, of all qubits if it names none."""

    operands: tuple[Expression, ...]
    span: Span


@record
class Reset:
    """`reset q;`."""

    operand: Expression
    span: Span


@record
class CompoundStatement:
    """`{ }`."""

    body: tuple[Statement, ...]
    span: Span


@record
class Box:
    """Statements that stay as written, if a pragma of Amazon Braket's says so."""

    body: tuple[Any, ...]
    span: Span


@record
class Note:
    """A pragma or an annotation, as written."""

    text: str
    span: Span


@record
class GateLines:
    """A run of plain gate lines; `cut` is their text if it is not that of the span."""

    cut: str | None
    span: Span

    @property
    def text(self) -> str:
        """The lines."""
        return self.span.text if self.cut is None else self.cut


Statement = (
    IncludeStatement
    | QubitDeclaration
    | Declaration
    | ArrayDeclaration
    | Input
    | AliasStatement
    | QuantumGateDefinition
    | SubroutineDefinition
    | Return
    | Opaque
    | QuantumGate
    | Measurement
    | Assignment
    | ForInLoop
    | BranchingStatement
    | QuantumBarrier
    | Reset
    | CompoundStatement
    | Note
    | GateLines
)


@record
class QasmFile:
    """A parsed text: its version (2 or 3, None if it declares none) and its statements."""

    source: Source
    version: int | None
    version_span: Span | None
    statements: tuple[Statement, ...]


LEVELS: dict[type[Any], str] = {
    UnaryExpression: "",
    BinaryExpression: "left",
    FunctionCall: "",
    Cast: "",
    IndexExpression: "",
    Elements: "",
    ForInLoop: "",
    BranchingStatement: "",
    CompoundStatement: "",
    Box: "",
}
"""Nodes that count as nesting, each with the field along which it may be long (see nesting.py)."""
