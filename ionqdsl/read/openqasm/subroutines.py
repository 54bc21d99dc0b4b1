"""Executes subroutines, `def f(qubit[2] q, float theta) { }`: gates on the qubits that a call gives them.

Takes a definition or a call and the reader of the program; the rows of a call belong to the call. A body sees the
constants, gates and subroutines defined before it and no qubits but its own, so no subroutine calls itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import FlatCircuit, Steps
from ionqdsl.language.syntax import Name
from ionqdsl.language.values import NamedQubits
from ionqdsl.nesting import roomy
from ionqdsl.read.openqasm import bodies, gates, tree
from ionqdsl.read.openqasm.expressions import CHANGING, Bits, QasmScope, Variable, converted, evaluate, whole
from ionqdsl.read.openqasm.operands import qubits_of


class SubroutineReader(Protocol):
    """The parts of the program reader that subroutines use: see program.py."""

    version: int
    scope: QasmScope
    circuit: FlatCircuit
    library: dict[str, str]
    within: tuple[int, ...]

    def define(self, name: Name, value: Any, scope: QasmScope) -> None: ...
    def find(self, name: Name) -> Any: ...
    def body(self, statements: tuple[Any, ...], scope: QasmScope) -> None: ...


def define(reading: SubroutineReader, node: tree.SubroutineDefinition) -> None:
    """Adds a subroutine to the names of the program."""
    name = node.name.text
    if node.result is not None:
        raise fail("QC1172", node.result.span, name=name, what="has a result")
    for inner in within(node.body):
        value = inner.value if isinstance(inner, tree.Declaration | tree.Assignment) else None
        if isinstance(inner, tree.Measurement | tree.Reset) or isinstance(value, tree.Measured):
            what = "resets qubits" if isinstance(inner, tree.Reset) else "measures"
            raise fail("QC1172", inner.span, name=name, what=what)
    for used in bodies.called(node.body):
        if used.text != "gphase" and not isinstance(reading.scope.names.get(used.text), tree.SubroutineDefinition):
            reading.find(used)
    for place, parameter in enumerate(node.parameters):
        if parameter.name.text in [other.name.text for other in node.parameters[:place]]:
            raise fail("QC0220", parameter.name.span, name=parameter.name.text)
    if name in reading.library or name in gates.BUILT_IN[reading.version]:
        raise fail("QC0220", node.name.span, name=name)
    reading.define(node.name, node, reading.scope)


def within(statements: tuple[Any, ...]) -> Iterator[Any]:
    """Statements and those in their blocks."""
    for node in statements:
        yield node
        for inner in ("body", "then", "otherwise"):
            yield from within(getattr(node, inner, ()))


def called(node: tree.QuantumGate, scope: QasmScope) -> tree.SubroutineDefinition | None:
    """The subroutine that a statement calls, None if it applies a gate."""
    subroutine = None if node.operands else scope.find(node.gate.text)
    return subroutine if isinstance(subroutine, tree.SubroutineDefinition) else None


@roomy
def call(
    reading: SubroutineReader, subroutine: tree.SubroutineDefinition, node: tree.QuantumGate, scope: QasmScope
) -> None:
    """Executes the body on the qubits and values of a call."""
    name, parameters = subroutine.name.text, subroutine.parameters
    if node.modifiers:
        raise fail("QC1173", node.span, name=name, problem="takes no modifiers")
    if len(node.arguments) != len(parameters):
        raise fail("QC1119", node.span, name=name, wants=len(parameters), given=len(node.arguments))
    inner = _sight(reading.scope)
    taken: tuple[int, ...] = ()
    for parameter, argument in zip(parameters, node.arguments, strict=True):
        if parameter.type.kind == "qubit":
            own = _qubits(reading, parameter, argument, name, scope)
            if set(own.qubits) & {*taken}:
                raise fail("QC0209", argument.span, gate=name, qubit=argument.span.text)
            taken += own.qubits
            inner.names[parameter.name.text] = own
        else:
            value = converted(evaluate(argument, scope), parameter.type, scope, argument.span)
            inner.names[parameter.name.text] = Variable(parameter.type, value, False)
    _execute(reading, subroutine, inner, taken, node.span)


def _sight(everything: QasmScope) -> QasmScope:
    """The names that a body sees: those of the program, except what changes, qubits and bits."""
    inner = everything.child()
    for name, held in everything.names.items():
        if isinstance(held, Variable) and not held.is_constant:
            inner.names[name] = CHANGING
        elif isinstance(held, NamedQubits | Bits):
            inner.names[name] = None
    return inner.child()


def _qubits(
    reading: SubroutineReader, parameter: tree.SubroutineParameter, argument: Any, name: str, scope: QasmScope
) -> NamedQubits:
    """The qubits of an argument, as many as the parameter says."""
    qubits = qubits_of(argument, reading.circuit, scope)
    size = parameter.type.size
    wanted = None if size is None else whole(size, reading.scope, "a number of qubits")
    given = None if qubits.is_single else len(qubits.qubits)
    if given != wanted:
        words = ["a single qubit" if count is None else f"a register of {count}" for count in (wanted, given)]
        problem = f"takes {words[0]} as `{parameter.name.text}`, not {words[1]}"
        raise fail("QC1173", argument.span, name=name, problem=problem)
    return NamedQubits(qubits.qubits, scalar=qubits.is_single)


def _execute(
    reading: SubroutineReader,
    subroutine: tree.SubroutineDefinition,
    scope: QasmScope,
    qubits: tuple[int, ...],
    place: Span,
) -> None:
    circuit, outside = reading.circuit, reading.within
    before, reading.within = len(circuit), qubits
    try:
        reading.body(subroutine.body, scope)
    except CompileError as error:
        raise CompileError([bodies.called_from(diagnostic, place) for diagnostic in error.diagnostics]) from None
    reading.within = outside
    rows = circuit.steps_since(before).rows
    circuit.replace_since(before, Steps(rows, [place] * len(rows)))
