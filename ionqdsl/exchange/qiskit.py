"""Converts circuits from and to qiskit, with parameters, registers and the exact global phase.

`read` takes a QuantumCircuit: gates that qiskit defines by others are expanded, resets and `initialize` are taken on
qubits that are still in |0>, measurements at the end become registers, and classical bit i of a register its slot i.
`write` makes one. Both refuse a circuit that the other side cannot express.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from typing import Any

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.emit.qc import is_name
from ionqdsl.exchange.assembly import (
    MAX_DEPTH,
    QUARTER,
    Assembly,
    angle,
    controlled,
    inverse_or_power,
    joined,
    plain_rows,
    renamed,
    rotation,
    single,
    template,
)
from ionqdsl.ir.angle import TAU, Angle
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, canonical
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.ir.rounding import NOISE
from ionqdsl.ir.symbols import CONSTANTS, OPERATORS, PostfixStep, call, folded, is_call
from ionqdsl.language.lower.templates import Template
from ionqdsl.nesting import roomy
from ionqdsl.read.natives import settled

_KEYS = {gate.qiskit: gate.key for gate in GATES.values() if gate.qiskit} | {"U1Gate": "p"}
"""Classes of qiskit's library: a name proves nothing, since any gate may have it."""


def is_one(source: Any) -> bool:
    """Whether a value is one of qiskit's circuits."""
    from qiskit.circuit import QuantumCircuit

    return isinstance(source, QuantumCircuit)


@roomy
def read(source: Any) -> tuple[FlatCircuit, list[Diagnostic]]:
    """The circuit of a QuantumCircuit, and notes. Raises CompileError for one that cannot be expressed."""
    from qiskit.circuit import Measure, Parameter

    names, noticed = renamed(sorted(parameter.name for parameter in source.parameters))
    instead = {}
    for parameter in source.parameters:
        base, bracket, index = parameter.name.partition("[")
        if base in names:
            instead[parameter] = Parameter(names[base] + bracket + index)
    source = source.assign_parameters(instead) if instead else source
    place = {qubit: number for number, qubit in enumerate(source.qubits)}
    circuit = FlatCircuit(len(source.qubits), source.name if is_name(source.name) else "main", wires=_wires(source))
    circuit.phase += _angle(source.global_phase)
    assembly = Assembly(circuit)
    bits: dict[Any, int] = {}
    for item in source.data:
        operation, qubits = item.operation, [place[qubit] for qubit in item.qubits]
        if isinstance(operation, Measure) and getattr(operation, "condition", None) is None:
            bits[item.clbits[0]] = qubits[0]
            assembly.measured.add(qubits[0])
        else:
            _place(operation, qubits, assembly, 0)
    circuit = settled(assembly.circuit)
    circuit.registers = _registers(source, bits)
    return circuit, noticed


def _place(operation: Any, qubits: list[int], assembly: Assembly, depth: int) -> None:
    """Adds an operation that is no measurement; one that holds resets, as `initialize` does, part by part."""
    from qiskit.circuit import Barrier, Gate, Reset

    if depth > MAX_DEPTH:
        raise fail("QC1103", None, limit=MAX_DEPTH)
    if getattr(operation, "condition", None) is not None:
        raise fail("QC1145", None, what="condition", gate=operation.name)
    definition = None if isinstance(operation, Gate) else getattr(operation, "definition", None)
    if isinstance(operation, Barrier):
        assembly.barrier(qubits)
    elif isinstance(operation, Reset):
        assembly.reset(qubits[0])
    elif definition is not None and not definition.clbits and _holds_reset(definition):
        place = dict(zip(definition.qubits, qubits, strict=True))
        for item in definition.data:
            _place(item.operation, [place[qubit] for qubit in item.qubits], assembly, depth + 1)
        assembly.circuit.phase += _angle(definition.global_phase)
    else:
        assembly.place(_template(operation, 0), qubits, operation.name)


def _holds_reset(definition: Any) -> bool:
    """Whether a definition contains a reset, also inside its parts; gates cannot."""
    from qiskit.circuit import Gate, Reset

    ahead, seen = [definition], {id(definition): definition}
    while ahead:
        for item in ahead.pop().data:
            if isinstance(item.operation, Reset):
                return True
            inner = None if isinstance(item.operation, Gate) else getattr(item.operation, "definition", None)
            if inner is not None and id(inner) not in seen:
                seen[id(inner)] = inner
                ahead.append(inner)
    return False


def _wires(source: Any) -> tuple[tuple[str, int | None], ...]:
    """The registers, if they contain all qubits in order."""
    listed = [qubit for register in source.qregs for qubit in register]
    if listed == list(source.qubits):
        return tuple((register.name, len(register)) for register in source.qregs)
    return (("q", len(source.qubits)),)


def _registers(source: Any, bits: dict[Any, int]) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    registered = {bit for register in source.cregs for bit in register}
    if set(bits) - registered:
        raise fail("QC1144", None, what="loose bit")
    registers = []
    for register in source.cregs:
        slots = tuple(bits.get(bit) for bit in register)
        used = [slot for slot in slots if slot is not None]
        if not is_name(register.name) or len(set(used)) != len(used):
            code = "QC0893" if not is_name(register.name) else "QC0897"
            raise fail(code, None, name=register.name)
        if used:
            registers.append((register.name, slots))
    return tuple(registers)


def _angle(value: Any) -> Angle:
    """A number of radians or a ParameterExpression as an angle."""
    if getattr(value, "parameters", None):
        return angle(value.sympify())
    return angle(float(value))


def _template(operation: Any, depth: int) -> Template:
    """A gate on operands 0, 1, ... found by its class in qiskit's own library, or else by its definition."""
    from qiskit.circuit import ControlledGate, library

    name, parameters = operation.name, list(operation.params)
    if depth > MAX_DEPTH:
        raise fail("QC1103", None, limit=MAX_DEPTH)
    if hasattr(operation, "modifiers") and hasattr(operation, "base_op"):
        return _annotated(operation, depth)
    if isinstance(operation, ControlledGate):
        if _has_lost_values(operation):
            raise fail("QC1144", None, what="lost values", gate=name)
        has_phase = isinstance(operation, library.CUGate)  # which its base gate has lost
        template = _general(parameters) if has_phase else _template(operation.base_gate, depth + 1)
        return controlled(template, [operation.ctrl_state >> k & 1 for k in range(operation.num_ctrl_qubits)])
    standard = _standard(operation, parameters) if _is_of_the_library(operation) else None
    if standard is not None:
        return standard
    native = _native_template(operation, name, parameters)
    if native is None:
        return _opened(operation, depth)
    if type(operation).__module__.startswith("qiskit_ionq."):
        return native
    opened = _opened(operation, depth)
    return native if _are_equal(native, opened) else opened


def _has_lost_values(operation: Any) -> bool:
    """Whether the base gate has parameters that the controlled gate lacks: qiskit binds the definition only."""
    base = operation.base_gate
    if _is_of_the_library(base):
        return False
    own = {parameter for value in operation.params for parameter in getattr(value, "parameters", ())}
    return not set(getattr(base.definition, "parameters", ())) <= own


def _native_template(operation: Any, name: str, parameters: list[Any]) -> Template | None:
    """The native gate of this name with these parameters in turns; None if it takes others, or other qubits."""
    gate = GATES.get(NAMES["native"].get(name, ""))
    if gate is None or len(parameters) != len(gate.parameters) or not all(map(_is_angle, parameters)):
        return None
    if operation.num_qubits != gate.operands or operation.num_clbits:
        return None
    turns = [_angle(value) for value in parameters]
    return single(gate.key, *(Angle(one.radians, 0, _in_turns(one)) for one in turns))


def _is_angle(value: Any) -> bool:
    """Whether a parameter of a gate is a real number or an expression: qiskit allows anything."""
    if getattr(value, "parameters", None):
        return True
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _opened(operation: Any, depth: int) -> Template:
    """A gate expanded by its definition."""
    from qiskit.circuit import Delay, Reset

    definition = getattr(operation, "definition", None)
    if definition is None:
        raise fail("QC1144", None, what="no definition", gate=operation.name)
    place = {qubit: number for number, qubit in enumerate(definition.qubits)}
    parts = []
    for item in definition.data:
        if item.clbits or isinstance(item.operation, Reset | Delay) or getattr(item.operation, "condition", None):
            raise fail("QC1145", None, what="inside", gate=operation.name, inner=item.operation.name)
        parts.append((_template(item.operation, depth + 1), [place[qubit] for qubit in item.qubits]))
    return joined(operation.num_qubits, parts, _angle(definition.global_phase))


def _are_equal(one: Template, other: Template) -> bool:
    """Whether two small templates have the same matrix, phase included; open parameters get test values."""
    import numpy as np

    from ionqdsl.simulation.simulate import unitary

    angles = [angle for part in (one, other) for angle in (part.phase, *(a for op in part.rows for a in op.angles))]
    values = {
        symbol: 0.0371 * number for number, symbol in enumerate(dict.fromkeys(a for x in angles for a in x.symbols), 1)
    }

    def matrix(part: Template) -> Any:
        rows = [op._replace(angles=tuple(angle.bind(values.get) for angle in op.angles)) for op in part.rows]
        phase = part.phase.bind(values.get)
        return unitary(FlatCircuit(part.width, rows=rows, origins=[None] * len(rows), phase=phase))

    return one.width == other.width and bool(np.allclose(matrix(one), matrix(other), rtol=0, atol=NOISE))


def _class_of(operation: Any) -> Any:
    """The class of a gate, without the wrapper of singleton gates."""
    return getattr(operation, "base_class", type(operation))


def _is_of_the_library(operation: Any) -> bool:
    return str(_class_of(operation).__module__).startswith(("qiskit.circuit.library.", "qiskit.circuit.barrier"))


def _standard(operation: Any, parameters: list[Any]) -> Template | None:
    """A gate of qiskit's library that is one or two rows here; None for others."""
    kind = _class_of(operation).__name__
    if kind in _KEYS:
        return single(_KEYS[kind], *map(_angle, parameters))
    match kind:
        case "UGate" | "U3Gate":
            return _general(parameters)
        case "U2Gate":
            return rotation(QUARTER, *map(_angle, parameters))
        case "Barrier":
            return template(operation.num_qubits, Op(BARRIER, tuple(range(operation.num_qubits))))
        case "IGate":
            return template(operation.num_qubits)
        case "GlobalPhaseGate":
            return template(0, phase=_angle(parameters[0]))
    return None


def _general(parameters: list[Any]) -> Template:
    """U(theta, phi, lambda), or e^{i gamma} U(theta, phi, lambda), as qiskit writes the inside of a controlled one."""
    theta, phi, lam, *gamma = map(_angle, parameters)
    template = rotation(theta, phi, lam)
    return Template(template.rows, sum(gamma, template.phase), template.width)


def _in_turns(value: Angle) -> Any:
    return tuple((symbol, radians, 0) for symbol, _, radians in value.terms)


def _annotated(operation: Any, depth: int) -> Template:
    """An AnnotatedOperation: modifiers, the first applied first."""
    template = _template(operation.base_op, depth + 1)
    for modifier in operation.modifiers:
        if hasattr(modifier, "num_ctrl_qubits"):
            state = modifier.ctrl_state
            template = controlled(template, [state >> k & 1 for k in range(modifier.num_ctrl_qubits)])
        elif hasattr(modifier, "power"):
            template = inverse_or_power(template, modifier.power)
        else:
            template = inverse_or_power(template, -1)
    return template


# --- writing ---------------------------------------------------------------------------------------------------------


def write(circuit: FlatCircuit) -> Any:
    """The QuantumCircuit of a circuit. Raises CompileError if qiskit cannot express it."""
    from qiskit.circuit import ClassicalRegister, Parameter, QuantumCircuit, QuantumRegister

    plain = plain_rows(circuit)
    parameters: dict[str, Any] = {}

    def parameter(name: str) -> Any:
        return parameters.setdefault(name, Parameter(name))

    wires = circuit.wires
    if sum(size or 1 for _, size in wires) != circuit.width:
        wires = (("q", circuit.width),)
    registers = [QuantumRegister(size or 1, name) for name, size in wires]
    bits = [ClassicalRegister(len(slots), name) for name, slots in circuit.registers]
    result = QuantumCircuit(*registers, *bits, name=circuit.name)
    for op in plain.rows:
        if op.gate == BARRIER:
            result.barrier(list(op.qubits))
        else:
            for gate, qubits in _gates(op, parameter):
                result.append(gate, list(qubits))
    phase = plain.phase.reduced()
    if phase:
        result.global_phase = _number(phase, parameter)
    for register, (_, slots) in zip(bits, circuit.registers, strict=True):
        for place, qubit in enumerate(slots):
            if qubit is not None:
                result.measure(qubit, register[place])
    return result


def _gates(op: Op, parameter: Any) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """A row as gates with their operands: one of the library's, our gate under its own name, or elementary ones."""
    from qiskit.circuit import library

    op = canonical(op)
    gate = GATES[op.gate]
    if not gate.qiskit:
        if op.controls:  # qiskit loses the values of parameters under the controls of a gate it does not know
            for row in elementary(op)[0]:
                yield from _gates(row, parameter)
        else:
            yield _defined(op, parameter), op.qubits
        return
    found = getattr(library, gate.qiskit)(*(_number(one, parameter) for one in op.angles))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield found.control(op.controls, annotated=False) if op.controls else found, op.qubits


def _defined(op: Op, parameter: Any) -> Any:
    """A gate that qiskit lacks, under its name here, with its exact definition; a native one takes turns."""
    from qiskit.circuit import Gate, QuantumCircuit

    gate = GATES[op.gate]
    left_out = [Angle(one.default or 0) for one in gate.parameters[len(op.angles) :]]
    op = op._replace(qubits=tuple(range(len(op.qubits))), angles=(*op.angles, *left_out))
    unit = float(TAU) if gate.gateset == "native" else 1
    result = Gate(gate.name, len(op.qubits), [_number(one, parameter) / unit for one in op.angles])
    rows, phase = elementary(op)
    body = QuantumCircuit(len(op.qubits), global_phase=_number(phase, parameter))
    for row in rows:
        for part, qubits in _gates(row, parameter):
            body.append(part, list(qubits))
    result.definition = body
    return result


def _number(value: Angle, parameter: Any) -> Any:
    """An angle as a float, or a ParameterExpression, in radians."""
    total: Any = float(value.turns * TAU + value.radians)
    for symbol, turns, radians in value.terms:
        total = float(turns * TAU + radians) * _expression(symbol, parameter) + total
    return total


_METHODS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}
_METHODS |= {name: name for name in ("sin", "cos", "tan", "exp", "log")}


def _expression(symbol: str, parameter: Any) -> Any:
    def leaf(step: PostfixStep) -> Any:
        if step.number is not None:
            return step.number
        return float(CONSTANTS[step.word]) if step.word in CONSTANTS else parameter(step.word)

    def apply(step: PostfixStep, arguments: list[Any]) -> Any:
        if is_call(step) and all(isinstance(number, int | float) for number in arguments):
            return call(step.word, arguments)
        match step.word:
            case "sqrt":
                return arguments[0] ** 0.5
            case "abs":
                return abs(arguments[0])
            case word if word in _METHODS:
                return getattr(arguments[0], _METHODS[word])()
        if is_call(step):
            raise fail("QC1144", None, what="function", name=step.word, expression=symbol)
        return OPERATORS[step.word](*arguments) if step.takes == 2 else -arguments[0]

    return folded(symbol, leaf, apply)
