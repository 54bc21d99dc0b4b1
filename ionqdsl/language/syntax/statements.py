"""The nodes of circuit statements."""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.diagnostics.source import Span
from ionqdsl.language.syntax.expressions import Argument, Expression, FormalParameter, Name, Slice, Target
from ionqdsl.record import Any, record


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

    target: Target
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
class SlotsStatement:
    """`register s[3]`, `register s`: slots for measurements to write."""

    name: Name
    size: Expression | None
    span: Span


@record
class MeasureStatement:
    """`s[i] = measure a`; if it `declares` its register, `register s = measure a`."""

    target: Operand
    operands: tuple[Operand, ...]
    declares: bool
    span: Span

    @property
    def name(self) -> Name:
        """The register that it writes."""
        text, at = self.target.name or "", self.target.span
        return Name(text, Span(at.source, at.start, at.start + len(text)))


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
    """A run of plain gate lines, with empty ones and comments between them, which lines.py reads; if a fault was cut
    out, `cut` is the text, the span has it.
    """

    cut: str | None
    span: Span

    @property
    def text(self) -> str:
        """The lines."""
        return self.span.text if self.cut is None else self.cut


@record
class HamiltonianDefinition:
    """`hamiltonian h = …`, `hamiltonian ising(n, J = 1) = …`; `parameters` is None without brackets."""

    name: Name
    parameters: tuple[FormalParameter, ...] | None
    value: Expression
    span: Span


@record
class Expect:
    """`expect condition`, `expect left == right within tolerance`: only in tests."""

    condition: Expression
    tolerance: Expression | None
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
    | SlotsStatement
    | MeasureStatement
    | GatesetStatement
    | Assert
    | Lines
    | HamiltonianDefinition
    | Expect
)


def parts(node: Any) -> Iterator[Expression | Slice | Operand | Name]:
    """The expressions and operands that a statement reads, and the names of values and qubits that it defines: each in
    the order in which it takes effect, as `qubit a[2], b[len(a)]` needs.

    Nothing for a gate, a block, a test's `expect` and statements that are always errors.
    """
    match node:
        case Qubits():
            for declarator in node.declarators:
                yield from _written(declarator.size)
                yield declarator.name
        case SlotsStatement():
            yield from _written(node.size)
            yield node.name
        case MeasureStatement():
            yield from node.target.items or ()
            yield from node.operands
            if node.declares:
                yield node.name
        case Alias():
            yield from node.operands
            yield node.name
        case Const() | HamiltonianDefinition():
            yield node.value
            yield node.name
        case Barrier():
            yield from node.operands
        case RegisterStatement():
            yield from (operand for operand in node.operands if operand.name is not None)
        case Assert():
            yield node.condition
            yield from _written(node.message)


def _written(part: Expression | None) -> Iterator[Expression]:
    """A part that may be absent."""
    if part is not None:
        yield part
