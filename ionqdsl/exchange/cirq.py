"""Converts circuits from and to cirq, with symbols, measurement keys and the exact global phase.

`read` takes a Circuit: qubits keep cirq's own order, keys of final measurements become registers; unknown gates are
decomposed, and the result is compared with their matrix, phase included. `write` makes one. Both refuse a circuit that
the other side cannot express.
"""

from __future__ import annotations

import cmath
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.emit.qc import is_name
from ionqdsl.exchange.assembly import (
    MAX_DEPTH,
    Assembly,
    controlled,
    half_turns,
    inverse_or_power,
    joined,
    plain_rows,
    renamed,
    single,
    template,
)
from ionqdsl.ir import symbolic
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, canonical
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.ir.rounding import NOISE
from ionqdsl.ir.symbols import exact
from ionqdsl.language.lower.templates import Template
from ionqdsl.nesting import roomy
from ionqdsl.read.natives import settled


def is_one(source: Any) -> bool:
    """Whether a value is one of cirq's circuits."""
    import cirq

    return isinstance(source, cirq.AbstractCircuit)


@roomy
def read(source: Any) -> tuple[FlatCircuit, list[Diagnostic]]:
    """The circuit of a cirq Circuit, and notes. Raises CompileError for one that cannot be expressed."""
    import cirq

    names, noticed = renamed(sorted(cirq.parameter_names(source)))
    if names:
        source = cirq.resolve_parameters(source, {old: symbolic.parameter(new) for old, new in names.items()})
    qubits = sorted(source.all_qubits())
    if wide := [qubit for qubit in qubits if qubit.dimension != 2]:
        raise fail("QC1144", None, what="levels", qubit=wide[0], levels=wide[0].dimension)
    place = {qubit: number for number, qubit in enumerate(qubits)}
    circuit = FlatCircuit(len(qubits), wires=_wires(qubits))
    assembly = Assembly(circuit)
    registers: dict[str, tuple[int, ...]] = {}
    for operation in source.all_operations():
        operands = [place[qubit] for qubit in operation.qubits]
        gate = operation.gate
        if cirq.is_measurement(operation) and isinstance(gate, cirq.MeasurementGate):
            key = str(gate.mbkey) if hasattr(gate, "mbkey") else cirq.measurement_key_name(operation)
            if any(gate.full_invert_mask()) or gate.confusion_map or not is_name(key) or key in registers:
                raise fail("QC1144", None, what="measurement", key=key)
            registers[key] = tuple(operands)
            assembly.measured.update(operands)
        elif operation.classical_controls if hasattr(operation, "classical_controls") else False:
            raise fail("QC1145", None, what="condition", gate=operation)
        elif isinstance(gate, cirq.WaitGate):
            raise fail("QC1144", None, what="wait", gate=operation)
        elif isinstance(gate, cirq.ResetChannel):
            assembly.reset(operands[0])
        else:
            assembly.place(_template(operation, 0), operands, str(gate or operation))
    result = settled(assembly.circuit)
    result.registers = tuple(registers.items())
    return result, noticed


def _wires(qubits: list[Any]) -> tuple[tuple[str, int | None], ...]:
    """Named qubits keep their names, others are one register."""
    names = [str(getattr(qubit, "name", "")) for qubit in qubits]
    if all(map(is_name, names)) and len(set(names)) == len(names):
        return tuple((name, None) for name in names)
    return (("q", len(qubits)),) if qubits else ()


def _template(operation: Any, depth: int) -> Template:
    """An operation on its own qubits, numbered from 0."""
    import cirq

    gate = operation.gate
    if depth > MAX_DEPTH:
        raise fail("QC1103", None, limit=MAX_DEPTH)
    if isinstance(operation, cirq.ControlledOperation):
        values = _values(operation.control_values, len(operation.controls))
        return controlled(_template(operation.sub_operation, depth + 1), values)
    if isinstance(gate, cirq.ControlledGate):
        inner = gate.sub_gate.on(*cirq.LineQubit.range(gate.num_qubits() - gate.num_controls()))
        return controlled(_template(inner, depth + 1), _values(gate.control_values, gate.num_controls()))
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
        len(place), [(_template(part, depth + 1), [place[qubit] for qubit in part.qubits]) for part in parts]
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


# --- writing ---------------------------------------------------------------------------------------------------------


def write(circuit: FlatCircuit) -> Any:
    """The cirq Circuit of a circuit, qubit i on LineQubit(i). Raises CompileError if cirq cannot express it.

    Barriers are edges of moments: no gate after one shares a moment with a gate before it.
    """
    import cirq

    qubits = cirq.LineQubit.range(circuit.width)
    plain = plain_rows(circuit)
    result = cirq.Circuit()
    stretch: list[Any] = []
    for op in plain.rows:
        if op.gate == BARRIER:
            result += cirq.Circuit(stretch)
            stretch = []
        else:
            stretch += [gate.on(*(qubits[place] for place in places)) for gate, places in _gates(op)]
    result += cirq.Circuit(stretch)
    phase = plain.phase.reduced()
    if phase:
        if not phase.is_bound:
            raise fail("QC1144", None, what="open phase")
        result.append(cirq.global_phase_operation(cmath.exp(1j * phase.in_radians())))
    idle = set(qubits) - set(result.all_qubits())
    result.append(cirq.I(qubit) for qubit in qubits if qubit in idle)
    for name, slots in circuit.readout:
        if None in slots:
            raise fail("QC1144", None, what="empty slot", register=name)
        result.append(cirq.measure(*(qubits[slot] for slot in slots if slot is not None), key=name))
    return result


def _exponent(value: Angle) -> Any:
    """An angle in half turns."""
    if value.is_bound:
        return float(value.in_turns() * 2)
    turned = symbolic.to_sympy(value) / symbolic.to_sympy(Angle(Fraction(1, 2)))
    plain = {symbol: type(symbol)(symbol.name) for symbol in turned.free_symbols}  # cirq finds symbols by equality
    return turned.xreplace(plain)


_POWERS = {axis: f"{axis}PowGate" for axis in ("X", "Y", "Z", "H", "XX", "YY", "ZZ")} | {"SWAP": "SwapPowGate"}
"""The axis of a row -> cirq's class of the powers of that axis; those of P are `PhasedXPowGate`."""


def _gates(op: Op) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """A row as gates of cirq with their operands: the power of an axis, or elementary gates if that has no class.

    A power t is a rotation by t/2 turns with the phase t/4 turns; `global_shift` -1/2 removes the phase.
    """
    import cirq

    op = canonical(op)
    axis, rotation, phase = GATES[op.gate].axis, rotation_of(op.gate, op.angles), phase_of(op.gate, op.angles)
    shift = {ZERO: -0.5, rotation / 2: 0.0}.get(phase)
    if shift is None or (axis not in _POWERS and axis != "P"):
        rows, phase = elementary(op)
        for row in rows:
            yield from _gates(row)
        if phase:
            yield cirq.GlobalPhaseGate(cmath.exp(1j * phase.in_radians())), ()
        return
    gate: Any
    if axis == "P":
        start = _exponent(op.angles[0])
        gate = cirq.PhasedXPowGate(phase_exponent=start, exponent=_exponent(rotation), global_shift=shift)
    else:
        gate = getattr(cirq, _POWERS[axis])(exponent=_exponent(rotation), global_shift=shift)
    yield gate.controlled(op.controls) if op.controls else gate, op.qubits
