"""Executes subroutines: gates on the qubits that a call gives them, or, with a result, values that they compute.

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
from ionqdsl.read.openqasm.expressions import FUNCTION_NAMES, converted, evaluate, whole
from ionqdsl.read.openqasm.operands import qubits_of
from ionqdsl.read.openqasm.scope import CHANGING, Bits, QasmScope, Value, Variable


class SubroutineReader(Protocol):
    """The parts of the program reader that subroutines use: see program.py."""

    version: int
    scope: QasmScope
    circuit: FlatCircuit
    library: dict[str, str]
    within: tuple[int, ...]
    calling: list[tree.SubroutineDefinition]
    depth: int

    def define(self, name: Name, value: Any, scope: QasmScope) -> None: ...
    def find(self, name: Name) -> Any: ...
    def body(self, statements: tuple[Any, ...], scope: QasmScope) -> None: ...
    def spend(self, steps: int, span: Span) -> None: ...


def define(reading: SubroutineReader, node: tree.SubroutineDefinition) -> None:
    """Adds a subroutine to the names of the program."""
    name = node.name.text
    for inner in within(node.body):
        value = inner.value if isinstance(inner, tree.Declaration | tree.Assignment | tree.Return) else None
        if isinstance(inner, tree.Measurement | tree.Reset) or isinstance(value, tree.Measured):
            what = "resets qubits" if isinstance(inner, tree.Reset) else "measures"
            raise fail("QC1172", inner.span, name=name, what=what)
    if node.result is not None:
        _need_values(node, node.result.span)
    for used in bodies.called(node.body):
        if used.text != "gphase" and not isinstance(reading.scope.names.get(used.text), tree.SubroutineDefinition):
            reading.find(used)
    for place, parameter in enumerate(node.parameters):
        if parameter.name.text in [other.name.text for other in node.parameters[:place]]:
            raise fail("QC0220", parameter.name.span, name=parameter.name.text)
    if name in reading.library or name in gates.BUILT_IN[reading.version]:
        raise fail("QC0220", node.name.span, name=name)
    reading.define(node.name, node, reading.scope)


def _need_values(node: tree.SubroutineDefinition, span: Span) -> None:
    """Raises unless a subroutine with a result works on values alone, and its name has no other meaning in them."""
    name = node.name.text
    touches = (isinstance(inner, _ON_QUBITS) for inner in within(node.body))
    if any(touches) or any(parameter.type.kind == "qubit" for parameter in node.parameters):
        raise fail("QC1172", span, name=name, what="has a result and acts on qubits", fix=_WITHOUT_QUBITS)
    if name in FUNCTION_NAMES:
        raise fail("QC0220", node.name.span, name=name)


_ON_QUBITS = (tree.QuantumGate, tree.GateLines, tree.QuantumBarrier)
_WITHOUT_QUBITS = "compute the result in a subroutine of its own, without qubits"


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


class _Left(Exception):
    """A `return`, on its way out of the body."""

    def __init__(self, value: Value | None) -> None:
        super().__init__()
        self.value = value


def leave(reading: SubroutineReader, node: tree.Return, scope: QasmScope) -> None:
    """Leaves the subroutine that is executed, with its result. Raises CompileError."""
    if not reading.calling:
        raise fail("QC1195", node.span)
    subroutine = reading.calling[-1]
    kind = subroutine.result
    if (kind is None) != (node.value is None):
        raise _wrong_result(subroutine, node.span)
    if kind is None:
        raise _Left(None)
    raise _Left(converted(evaluate(node.value, scope), kind, reading.scope, node.span))


def _wrong_result(subroutine: tree.SubroutineDefinition, span: Span) -> CompileError:
    if subroutine.result is None:
        problem, fix = "returns a value, and its first line has no type for it", "write the type: `def f(...) -> float`"
    else:
        problem, fix = "ends without its result", f"return a value of type `{subroutine.result.span.text}`"
    return fail("QC1194", span, name=subroutine.name.text, problem=problem, fix=fix)


@roomy
def result(
    reading: SubroutineReader, subroutine: tree.SubroutineDefinition, node: tree.FunctionCall, scope: QasmScope
) -> Value:
    """The result of a subroutine for the values of a call. Raises CompileError."""
    name, parameters = subroutine.name.text, subroutine.parameters
    if subroutine.result is None:
        raise fail("QC1172", node.function.span, name=name, what="is called for a result")
    if any(one is subroutine for one in reading.calling):
        fix = "write a loop in its place"
        raise fail("QC1194", node.span, name=name, problem="calls itself", fix=fix)
    if len(node.arguments) != len(parameters):
        raise fail("QC1119", node.span, name=name, wants=len(parameters), given=len(node.arguments))
    inner = _sight(reading.scope)
    for parameter, argument in zip(parameters, node.arguments, strict=True):
        value = converted(evaluate(argument, scope), parameter.type, scope, argument.span)
        inner.names[parameter.name.text] = Variable(parameter.type, value, False)
    reading.spend(1, node.span)
    found = _body(reading, subroutine, inner, node.span)
    if found is None:
        raise _wrong_result(subroutine, node.span)
    return found


def _body(
    reading: SubroutineReader, subroutine: tree.SubroutineDefinition, scope: QasmScope, place: Span
) -> Value | None:
    """Executes the body for a call at a place, and returns its result if it has one."""
    depth = reading.depth
    reading.calling.append(subroutine)
    try:
        reading.body(subroutine.body, scope)
    except _Left as left:
        return left.value
    except CompileError as error:
        raise CompileError([bodies.called_from(diagnostic, place) for diagnostic in error.diagnostics]) from None
    finally:
        reading.depth = depth
        reading.calling.pop()
    return None


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
    """The names that a body sees: those of the program, except variables, qubits and bits."""
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
    _body(reading, subroutine, scope, place)
    reading.within = outside
    rows = circuit.steps_since(before).rows
    circuit.replace_since(before, Steps(rows, [place] * len(rows)))
