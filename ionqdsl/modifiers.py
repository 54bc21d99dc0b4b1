"""What `inv @`, `pow(k) @` and `ctrl @ gphase` mean for one row of the table.

A row goes in, rows and a phase come out whose product is exactly the modified gate. The phase is never thrown away:
under controls the caller turns it into a phase gate on them (`controlled_phase`).
"""

from __future__ import annotations

import cmath
import math
from fractions import Fraction

from ionqdsl.angle import HALF_TURN, QUARTER_TURN, ZERO, Angle, Exact
from ionqdsl.circuit import Op, canonical
from ionqdsl.gates import GATES


def power(op: Op, exponent: Exact) -> tuple[list[Op], Angle]:
    """The principal power of a row: its eigenphases, taken in (-pi, pi], times the exponent.

    Rotations and pauliexp scale their angle. All other rows of the table have the eigenphases 0 and `rotation`, or,
    for gpi2, -/+ rotation/2, which lie in that range, so both rotation and phase scale.
    """
    gate = GATES[op.gate]
    if op.gate == "nop":
        return [op], ZERO
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
    if abs(turns) == abs(gate.rotation.constant) == Fraction(1, 2) or turns == gate.rotation.constant:
        return [op], ZERO
    return _about(gate.axis, op, turns)


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
            tilt = Op("ry", op.qubits[-1:], (Angle(Fraction(1, 8)),))
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
                return [op._replace(gate="gpi2", angles=(axis + HALF_TURN,))], (wound + HALF_TURN).reduced()
    # Gpi2(p + 1/4) Gpi(p - 1/4 + r/2) Gpi2(p + 1/4) = i R_p(r): the Euler decomposition about z
    outer = op._replace(gate="gpi2", angles=(axis + QUARTER_TURN,))
    inner = op._replace(gate="gpi", angles=(axis - QUARTER_TURN + Angle(rotation / 2),))
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


def _multiply(a: Matrix2, b: Matrix2) -> Matrix2:
    return [
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
    ]


def _euler(qubits: tuple[int, ...], unitary: Matrix2) -> tuple[list[Op], Angle]:
    """A 2x2 unitary as rz(b) ry(t) rz(a) and a phase."""
    theta = 2 * math.atan2(abs(unitary[2]), abs(unitary[0]))
    top = cmath.phase(unitary[0]) if abs(unitary[0]) > 1e-15 else 0.0
    low = cmath.phase(unitary[2]) if abs(unitary[2]) > 1e-15 else 0.0
    corner = cmath.phase(unitary[3]) if abs(unitary[0]) > 1e-15 else cmath.phase(-unitary[1]) + low
    phase = (top + corner) / 2
    if abs(unitary[0]) <= 1e-15:
        phase, total, difference = (cmath.phase(-unitary[1]) + low) / 2, 0.0, low - cmath.phase(-unitary[1])
        after, before = difference / 2, -difference / 2
    elif abs(unitary[2]) <= 1e-15:
        after, before = corner - top, 0.0
    else:
        total, difference = corner - top, 2 * (low - phase)
        after, before = (total + difference) / 2, (total - difference) / 2
    parts = [("rz", before), ("ry", theta), ("rz", after)]
    return [Op(gate, qubits, (Angle(0, angle),)) for gate, angle in parts if angle], Angle(0, phase)
