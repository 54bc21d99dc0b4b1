"""Reads gates of qiskit: by their classes in its own library, by the matrix of a native gate's definition, or expanded.

Takes an operation and returns a `Template`. A name proves nothing, since any gate may have it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ionqdsl.diagnostics import fail
from ionqdsl.exchange.assembly import (
    MAX_DEPTH,
    QUARTER,
    angle,
    controlled,
    inverse_or_power,
    joined,
    rotation,
    single,
    template,
)
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, shared
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.ir.rounding import NOISE
from ionqdsl.language.lower.templates import Template

_KEYS = {gate.qiskit: gate.key for gate in GATES.values() if gate.qiskit} | {"U1Gate": "p"}
"""Classes of qiskit's library: a name proves nothing, since any gate may have it."""


def radians(value: Any) -> Angle:
    """A number of radians or a ParameterExpression as an angle."""
    if getattr(value, "parameters", None):
        return angle(value.sympify())
    return angle(float(value))


def gate_template(operation: Any, depth: int) -> Template:
    """A gate on operands 0, 1, ... found by its class in qiskit's own library, or else by its definition."""
    from qiskit.circuit import ControlledGate, library

    name, parameters = operation.name, list(operation.params)
    if depth > MAX_DEPTH:
        raise fail("QC1103", None, limit=MAX_DEPTH)
    if hasattr(operation, "modifiers") and hasattr(operation, "base_op"):
        return _annotated(operation, depth)
    if isinstance(operation, ControlledGate) and _is_base_under_controls(operation):
        if _has_lost_values(operation):
            raise fail("QC1144", None, what="lost values", gate=name)
        has_phase = isinstance(operation, library.CUGate)  # which its base gate has lost
        template = _general(parameters) if has_phase else gate_template(operation.base_gate, depth + 1)
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


def _is_base_under_controls(operation: Any) -> bool:
    """Whether a controlled gate is its base gate under its controls and nothing else.

    Some have further qubits, such as the targets of MCMTGate, and another class may mean anything: then the definition
    counts.
    """
    from qiskit.circuit import ControlledGate

    is_known = type(operation) is ControlledGate or _is_of_the_library(operation)
    return is_known and operation.num_qubits == operation.num_ctrl_qubits + operation.base_gate.num_qubits


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
    turns = [radians(value) for value in parameters]
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
        parts.append((gate_template(item.operation, depth + 1), [place[qubit] for qubit in item.qubits]))
    return joined(operation.num_qubits, parts, radians(definition.global_phase))


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
        return single(_KEYS[kind], *map(radians, parameters))
    match kind:
        case "UGate" | "U3Gate":
            return _general(parameters)
        case "U2Gate":
            return rotation(QUARTER, *map(radians, parameters))
        case "Barrier":
            return template(operation.num_qubits, Op(BARRIER, tuple(range(operation.num_qubits))))
        case "IGate":
            return template(operation.num_qubits)
        case "GlobalPhaseGate":
            return template(0, phase=radians(parameters[0]))
        case "PermutationGate":
            return template(operation.num_qubits, *_swaps([int(place) for place in operation.pattern]))
    return None


def _swaps(pattern: list[int]) -> Iterator[Op]:
    """Swaps after which qubit k has the state that qubit pattern[k] had."""
    held = list(range(len(pattern)))
    for place, wanted in enumerate(pattern):
        other = held.index(wanted)
        if other != place:
            held[place], held[other] = held[other], held[place]
            yield shared("swap", (place, other))


def _general(parameters: list[Any]) -> Template:
    """U(theta, phi, lambda), or e^{i gamma} U(theta, phi, lambda), as qiskit writes the inside of a controlled one."""
    theta, phi, lam, *gamma = map(radians, parameters)
    template = rotation(theta, phi, lam)
    return Template(template.rows, sum(gamma, template.phase), template.width)


def _in_turns(value: Angle) -> Any:
    return tuple((symbol, factor, 0) for symbol, _, factor in value.terms)


def _annotated(operation: Any, depth: int) -> Template:
    """An AnnotatedOperation: modifiers, the first applied first."""
    template = gate_template(operation.base_op, depth + 1)
    for modifier in operation.modifiers:
        if hasattr(modifier, "num_ctrl_qubits"):
            state = modifier.ctrl_state
            template = controlled(template, [state >> k & 1 for k in range(modifier.num_ctrl_qubits)])
        elif hasattr(modifier, "power"):
            template = inverse_or_power(template, modifier.power)
        else:
            template = inverse_or_power(template, -1)
    return template
