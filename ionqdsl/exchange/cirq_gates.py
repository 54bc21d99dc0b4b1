"""Reads gates of cirq: those that are a row or two here, and others by their decompositions.

Takes an operation and returns a `Template` with the exact phase, which is compared with the matrix that cirq gives.
"""

from __future__ import annotations

import cmath
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics import fail
from ionqdsl.exchange.assembly import MAX_DEPTH, controlled, half_turns, inverse_or_power, joined, single, template
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.rounding import NOISE
from ionqdsl.ir.symbols import exact
from ionqdsl.language.lower.templates import Template


def gate_template(operation: Any, depth: int) -> Template:
    """An operation on its own qubits, numbered from 0."""
    import cirq

    gate = operation.gate
    if depth > MAX_DEPTH:
        raise fail("QC1103", None, limit=MAX_DEPTH)
    if isinstance(operation, cirq.ControlledOperation):
        values = _values(operation.control_values, len(operation.controls))
        return controlled(gate_template(operation.sub_operation, depth + 1), values)
    if isinstance(gate, cirq.ControlledGate):
        inner = gate.sub_gate.on(*cirq.LineQubit.range(gate.num_qubits() - gate.num_controls()))
        return controlled(gate_template(inner, depth + 1), _values(gate.control_values, gate.num_controls()))
    standard = (
        _known(gate) if type(gate).__module__.startswith("cirq.") else None
    )  # any library may derive from its classes
    if standard is not None:
        return standard
    parts: Any = cirq.decompose_once(operation, default=None)
    if parts is None and len(operation.qubits) <= 2 and cirq.has_unitary(operation):
        parts = [cirq.MatrixGate(cirq.unitary(operation)).on(*operation.qubits)]
    if parts is None or cirq.is_measurement(operation):
        raise fail("QC1144", None, what="gate", gate=gate or operation)
    place = {qubit: number for number, qubit in enumerate(operation.qubits)}
    if any(qubit not in place for part in parts for qubit in part.qubits):
        raise fail("QC1144", None, what="more qubits", gate=gate or operation)
    template = joined(
        len(place), [(gate_template(part, depth + 1), [place[qubit] for qubit in part.qubits]) for part in parts]
    )
    return _with_phase(template, operation, depth)


def _with_phase(template: Template, operation: Any, depth: int) -> Template:
    """A decomposition with the global phase that cirq omits from some. Raises if it is another gate."""
    import cirq
    import numpy as np

    from ionqdsl.simulation.simulate import unitary

    wanted = cirq.unitary(operation, None) if len(operation.qubits) <= 6 else None
    if wanted is None or any(not angle.is_bound for op in template.rows for angle in op.angles):
        if depth:  # under a control its phase would matter
            raise fail("QC1144", None, what="control", gate=operation.gate or operation)
        return template
    have = unitary(
        FlatCircuit(template.width, rows=list(template.rows), origins=[None] * len(template.rows), phase=template.phase)
    )
    spot = np.unravel_index(abs(wanted).argmax(), wanted.shape)
    ratio = complex(wanted[spot] / have[spot])
    if not np.allclose(have * ratio, wanted, rtol=0, atol=NOISE):  # a long circuit may have one for every row
        raise fail("QC1144", None, what="gate", gate=operation.gate or operation)
    turned = cmath.phase(ratio)
    extra = Angle(0, exact(turned)) if abs(turned) > NOISE else Angle()
    return Template(template.rows, template.phase + extra, template.width)


def _values(values: Any, count: int) -> list[int]:
    """The value each control must have; a control that takes several is refused."""
    import cirq

    choices = [tuple(one) for one in values] if isinstance(values, cirq.ProductOfSums) else []
    if len(choices) != count or any(len(one) != 1 or one[0] not in (0, 1) for one in choices):
        raise fail("QC1144", None, what="sum of values")
    return [one[0] for one in choices]


_AXES = {"X": ("x", "rx"), "Y": ("y", "ry"), "Z": ("z", "rz")}


def _known(gate: Any) -> Template | None:
    """Gates that are one or two rows here; None for others."""
    import cirq

    rows: tuple[Op, ...]
    match gate:
        case cirq.IdentityGate():
            return template(gate.num_qubits())
        case cirq.GlobalPhaseGate():
            return template(0, phase=Angle(0, exact(cmath.phase(complex(gate.coefficient)))))
        case cirq.CXPowGate() | cirq.CCXPowGate():
            return _power("X", gate, controls=1 if isinstance(gate, cirq.CXPowGate) else 2)
        case cirq.CZPowGate() | cirq.CCZPowGate():
            return _power("Z", gate, controls=1 if isinstance(gate, cirq.CZPowGate) else 2)
        case cirq.XPowGate():
            return _power("X", gate)
        case cirq.YPowGate():
            return _power("Y", gate)
        case cirq.ZPowGate():
            return _power("Z", gate)
        case cirq.HPowGate():
            turned = half_turns(gate.exponent)
            if turned.exact() == Angle(Fraction(1, 2)):
                base = single("h")
            else:
                tilt = Angle(Fraction(1, 8))
                rows = (Op("ry", (0,), (-tilt,)), Op("p", (0,), (turned,)), Op("ry", (0,), (tilt,)))
                base = template(1, *rows)
            return _shifted(base, gate)
        case cirq.XXPowGate() | cirq.YYPowGate() | cirq.ZZPowGate():
            key = "xx" if isinstance(gate, cirq.XXPowGate) else "yy" if isinstance(gate, cirq.YYPowGate) else "zz"
            turned = half_turns(gate.exponent)
            base = single(key, turned)
            return _shifted(Template(base.rows, turned / 2, 2), gate)
        case cirq.SwapPowGate() if gate.exponent == 1:
            return _shifted(single("swap"), gate)
        case cirq.SwapPowGate() if not cirq.is_parameterized(gate):
            return _shifted(inverse_or_power(single("swap"), gate.exponent), gate)
        case cirq.ISwapPowGate():
            turned = -half_turns(gate.exponent) / 2
            rows = (Op("xx", (0, 1), (turned,)), Op("yy", (0, 1), (turned,)))
            return _shifted(template(2, *rows), gate)
    return None


def _power(axis: str, gate: Any, controls: int = 0) -> Template:
    """P to some power: e^{i pi t/2} times a rotation by pi t; whole and half powers by their names."""
    turned = half_turns(gate.exponent)
    rows = (row for row in GATES.values() if row.axis == axis and row.is_phase and not row.controls)
    key = next((row.key for row in rows if turned == Angle(row.rotation.constant)), None)
    if key is not None:
        base = single(key)
    elif axis == "Z":
        base = single("p", turned)
    else:
        row = single(_AXES[axis][1], turned)
        base = Template(row.rows, turned / 2, 1)
    return _shifted(controlled(base, [1] * controls), gate)


def _shifted(base: Template, gate: Any) -> Template:
    """With the phase of cirq's `global_shift`: e^{i pi shift exponent}."""
    shift = gate.global_shift
    more = half_turns(gate.exponent) * exact(float(shift)) if shift else Angle()
    return Template(base.rows, base.phase + more, base.width)
