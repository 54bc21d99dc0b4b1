"""What `inv @`, `pow(k) @` and `ctrl @ gphase` mean for one row of the table.

A row goes in, rows and a phase come out whose product is exactly the modified gate. The phase is never thrown away:
under controls the caller turns it into a phase gate on them (`controlled_phase`).
"""

from __future__ import annotations

import cmath
import math
from fractions import Fraction

from ionqdsl.angle import HALF_TURN, QUARTER_TURN, ZERO, Angle, Exact
from ionqdsl.circuit import BARRIER, Op, Operator, canonical
from ionqdsl.diagnostics import Place, fail
from ionqdsl.gates import GATES


def power(op: Op, exponent: Exact, place: Place = None) -> tuple[list[Op], Angle]:
    """The principal power of a row: its eigenphases, taken in (-pi, pi], times the exponent.

    Rotations and pauliexp scale their angle; Trotter steps have whole powers only (QC0604, at `place`). All other rows
    of the table have the eigenphases 0 and `rotation`, or, for gpi2, -/+ rotation/2, which lie in that range, so both
    rotation and phase scale. The phase of a row with controls is a row on them, so the second result is 0 there.
    """
    rows, phase = _power(op, exponent, place)
    if not phase:
        return rows, phase
    controls = op.qubits[: op.controls + GATES[op.gate].controls]
    if not controls:
        return rows, phase
    return [*rows, controlled_phase(controls, phase)._replace(pinned=op.pinned)], ZERO


def _power(op: Op, exponent: Exact, place: Place) -> tuple[list[Op], Angle]:
    if op.gate in ("nop", BARRIER):
        return [op], ZERO
    gate = GATES[op.gate]
    if op.operator is not None and op.operator.steps:
        return _trotter_power(op, op.operator, exponent, place), ZERO
    if op.gate == "pauliexp" or gate.is_rotation:
        index = 0 if op.gate == "pauliexp" else len(op.angles) - 1
        angles = (*op.angles[:index], op.angles[index] * exponent, *op.angles[index + 1 :])
        return [op._replace(angles=angles)], ZERO
    exact = Fraction(exponent)
    if op.gate == "gpi2":
        return _equatorial(op, exact / 4, Fraction(0))
    turns = (Fraction(gate.rotation.constant) * exact) % 1  # eigenphases 0 and `turns`
    turns -= turns > Fraction(1, 2)
    if op.gate == "gpi":
        return _equatorial(op, turns, turns / 2)
    if not turns:
        return [], ZERO
    if turns == gate.rotation.constant:
        return [op], ZERO
    return _about(gate.axis, op, turns)


def _trotter_power(op: Op, operator: Operator, exponent: Exact, place: Place) -> list[Op]:
    """More steps of the same length; backwards for a negative exponent, since the terms of a step do not commute."""
    if exponent != int(exponent):
        raise fail("QC0604", place, exponent=f"{float(exponent):g}")
    times = abs(int(exponent))
    terms = operator.terms if exponent > 0 else operator.terms[::-1]
    longer = op._replace(angles=(op.angles[0] * exponent,), operator=Operator(terms, operator.steps * times))
    return [longer] if times else []


def _about(axis: str, op: Op, turns: Fraction) -> tuple[list[Op], Angle]:
    """The gate with eigenphases 0 and `turns` about a fixed axis, on the operands and controls of `op`."""
    op = canonical(op)
    for gate in GATES.values():
        if gate.axis == axis and not gate.parameters and not gate.controls and gate.rotation.constant == turns:
            return [op._replace(gate=gate.key)], ZERO
    angle = Angle(turns)
    match axis:
        case "Z":
            return [op._replace(gate="p", angles=(angle,))], ZERO
        case "X" | "Y":
            return [op._replace(gate="r" + axis.lower(), angles=(angle,))], angle / 2
        case "H":  # H = ry(pi/4) z ry(-pi/4) as matrices
            tilt = Op("ry", op.qubits[-1:], (Angle(Fraction(1, 8)),), 0, op.pinned)
            back = tilt._replace(angles=(Angle(Fraction(-1, 8)),))
            return [back, op._replace(gate="p", angles=(angle,)), tilt], ZERO
        case "SWAP":  # SWAP = (1 + XX + YY + ZZ)/2
            return [op._replace(gate=gate, angles=(angle / 2,)) for gate in ("xx", "yy", "zz")], angle / 4
    raise AssertionError(axis)


def _equatorial(op: Op, rotation: Fraction, phase: Fraction) -> tuple[list[Op], Angle]:
    """exp(i 2 pi phase) exp(-i pi rotation G), G the axis of a gpi or gpi2, as pulses."""
    quarters = rotation * 4
    (axis,) = op.angles
    if quarters.denominator == 1:
        wound = Angle(phase - Fraction(round(quarters) // 4, 2))  # a whole turn of a spin is -1
        match quarters % 4:
            case 0:
                return [], wound.reduced()
            case 1:
                return [op._replace(gate="gpi2")], wound.reduced()
            case 2:
                return [op._replace(gate="gpi")], (wound - QUARTER_TURN).reduced()
            case _:
                return [op._replace(gate="gpi2", angles=((axis + HALF_TURN).reduced(),))], (wound + HALF_TURN).reduced()
    # Gpi2(p + 1/4) Gpi(p - 1/4 + r/2) Gpi2(p + 1/4) = i R_p(r): the Euler decomposition about z
    outer = op._replace(gate="gpi2", angles=((axis + QUARTER_TURN).reduced(),))
    inner = op._replace(gate="gpi", angles=((axis - QUARTER_TURN + Angle(rotation / 2)).reduced(),))
    return [outer, inner, outer], (Angle(phase) - QUARTER_TURN).reduced()


def controlled_phase(controls: tuple[int, ...], angle: Angle) -> Op:
    """`ctrl @ gphase(angle)`: a phase gate on the last control, controlled by the others."""
    return Op("p", controls, (angle,), len(controls) - 1)


def power_of_product(rows: tuple[Op, ...], phase: Angle, exponent: Exact) -> tuple[list[Op], Angle]:
    """The principal power of a product of known one-qubit rows on one operand, as rz ry rz and a phase.

    The product is w exp(-i a/2 n.sigma); its eigenphases arg w -/+ a/2 are taken in (-pi, pi] one by one.
    """
    unitary = _product(rows)
    trace, determinant = unitary[0] + unitary[3], unitary[0] * unitary[3] - unitary[1] * unitary[2]
    root = cmath.sqrt(trace * trace / 4 - determinant)
    shift = cmath.exp(1j * phase.in_radians())
    first, second = (_eigenphase(shift * (trace / 2 + sign * root)) for sign in (1, -1))
    if abs(root) < 1e-12:
        return [], Angle(0, first * float(exponent))
    projector = [(unitary[k] - (k in (0, 3)) * (trace / 2 - root)) / (2 * root) for k in range(4)]
    one, two = cmath.exp(1j * first * exponent), cmath.exp(1j * second * exponent)
    powered = [one * projector[k] + two * ((k in (0, 3)) - projector[k]) for k in range(4)]
    return _euler(rows[0].qubits, powered)


def _eigenphase(value: complex) -> float:
    phase = cmath.phase(value)
    return math.pi if phase < -math.pi + 1e-12 else phase


Matrix2 = list[complex]
"""A 2x2 matrix, row by row."""


def _product(rows: tuple[Op, ...]) -> Matrix2:
    result: Matrix2 = [1, 0, 0, 1]
    for op in rows:
        result = _multiply(_matrix(op), result)
    return result


def _matrix(op: Op) -> Matrix2:
    if op.operator is not None:
        return _exponential(op.operator, op.angles[0].in_radians())
    gate = GATES[op.gate]
    half = gate.rotation.at(op.angles).in_radians() / 2
    axis = gate.axis
    x, y, z = {"X": (1, 0, 0), "Y": (0, 1, 0), "Z": (0, 0, 1), "H": (math.sqrt(0.5), 0, math.sqrt(0.5))}.get(
        axis, (0.0, 0.0, 0.0)
    )
    if axis == "P":
        turn = op.angles[0].in_radians()
        x, y = math.cos(turn), math.sin(turn)
    c, s = math.cos(half), -1j * math.sin(half)
    phase = cmath.exp(1j * gate.phase.at(op.angles).in_radians())
    return [phase * (c + s * z), phase * s * (x - 1j * y), phase * s * (x + 1j * y), phase * (c - s * z)]


def _exponential(operator: Operator, time: float) -> Matrix2:
    """exp(-i time operator) on one qubit, or its Trotter steps, terms in their order."""
    parts = [{product: float(factor)} for product, factor in operator.terms]
    if not operator.steps:
        parts = [{product: factor for part in parts for product, factor in part.items()}]
    result: Matrix2 = [1, 0, 0, 1]
    for part in parts * max(1, operator.steps):
        step = time / max(1, operator.steps)
        x, y, z = (part.get(((letter, 0),), 0.0) for letter in "XYZ")
        length = math.hypot(x, y, z)
        c, s = math.cos(step * length), -1j * math.sin(step * length) / (length or 1)
        phase = cmath.exp(-1j * step * part.get((), 0.0))
        turned = [c + s * z, s * (x - 1j * y), s * (x + 1j * y), c - s * z]
        result = _multiply([phase * entry for entry in turned], result)
    return result


def _multiply(a: Matrix2, b: Matrix2) -> Matrix2:
    return [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
    ]


def _euler(qubits: tuple[int, ...], unitary: Matrix2) -> tuple[list[Op], Angle]:
    """A 2x2 unitary as rz(a), then ry, then rz(b), and a phase.

    The larger two entries give the phase and one of b + a and b - a; the other is read off an entry that may be
    nearly zero, where its value does not matter.
    """
    theta = 2 * math.atan2(abs(unitary[2]), abs(unitary[0]))
    top, right, low, corner = (cmath.phase(entry) for entry in (unitary[0], -unitary[1], unitary[2], unitary[3]))
    if abs(unitary[0]) >= abs(unitary[2]):
        phase, total = (top + corner) / 2, corner - top
        difference = 2 * (low - phase) if abs(unitary[2]) > 1e-12 else total  # total: no rotation before
    else:
        phase, difference = (low + right) / 2, low - right
        total = 2 * (phase - top) if abs(unitary[0]) > 1e-12 else difference
    parts = [("rz", (total - difference) / 2), ("ry", theta), ("rz", (total + difference) / 2)]
    return [Op(gate, qubits, (Angle(0, angle),)) for gate, angle in parts if angle], Angle(0, phase)
