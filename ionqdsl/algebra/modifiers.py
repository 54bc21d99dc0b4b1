"""Applies `inv @`, `pow(k) @` and `ctrl @ gphase` to a row of the table.

Takes a row and returns rows and a phase whose product is exactly the modified gate. The phase is never dropped: under
controls the caller makes it a phase gate on them (`controlled_phase`).
"""

from __future__ import annotations

import math
from fractions import Fraction

from ionqdsl.algebra.elementary import about
from ionqdsl.algebra.rotations import IDENTITY, Turn, product, turn
from ionqdsl.diagnostics import Place, fail
from ionqdsl.ir.angle import HALF_TURN, QUARTER_TURN, ZERO, Angle, Exact
from ionqdsl.ir.circuit import NOT_GATES, Op, Operator, canonical
from ionqdsl.ir.gates import GATES
from ionqdsl.record import Any


def power(op: Op, exponent: Exact, place: Place = None) -> tuple[list[Op], Angle]:
    """The principal power of a row: its eigenphases, taken in (-pi, pi], times the exponent.

    Rotations and pauliexp scale their angle; Trotter steps have only whole powers (others raise QC0604, at `place`).
    All other rows of the table have the eigenphases 0 and `rotation`, or `phase` -/+ rotation/2 (as gpi2 has), which
    are in that range, so both rotation and phase scale. The phase of a row with controls becomes a row on them, and the
    second result is 0.
    """
    rows, phase = _power(op, exponent, place)
    if not phase:
        return rows, phase
    controls = op.qubits[: op.controls + GATES[op.gate].controls]
    if not controls:
        return rows, phase
    return [*rows, controlled_phase(controls, phase)._replace(pinned=op.pinned)], ZERO


def _power(op: Op, exponent: Exact, place: Place) -> tuple[list[Op], Angle]:
    if op.gate in ("nop", *NOT_GATES):
        return [op], ZERO
    gate = GATES[op.gate]
    if op.operator is not None and op.operator.steps:
        return _trotter_power(op, op.operator, exponent, place), ZERO
    if op.gate == "pauliexp" or gate.is_rotation:
        index = 0 if op.gate == "pauliexp" else len(op.angles) - 1
        angles = (*op.angles[:index], op.angles[index] * exponent, *op.angles[index + 1 :])
        return [op._replace(angles=angles)], ZERO
    exact = Fraction(exponent)
    turns, phase = Fraction(gate.rotation.constant) * exact, Fraction(gate.phase.constant) * exact
    if phase == turns / 2:  # eigenphases 0 and `turns`
        turns %= 1
        turns -= turns > Fraction(1, 2)
        phase = turns / 2
    if gate.axis == "P" and gate.gateset == "native":
        return _equatorial(op, turns, phase)
    if phase != turns / 2:
        return about(op, Angle(turns), Angle(phase))
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
        if gate.axis == axis and gate.is_phase and not gate.controls and gate.rotation.constant == turns:
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
    return about(op, angle, angle / 2)


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
    """The principal power of a product of one-qubit rows with known angles on one operand, as rz ry rz and a phase.

    The product is w exp(-i a/2 n.sigma); its eigenphases arg w -/+ a/2 are each taken in (-pi, pi].
    """
    total, own = IDENTITY, phase
    for op in rows:
        turned, shift = _turn_of(op)
        total, own = product(turned, total), own + shift
    w, x, y, z = total
    sine = math.hypot(x, y, z)
    start, half = own.in_radians(), math.atan2(sine, w)
    first, second = _eigenphase(start - half), _eigenphase(start + half)
    if sine <= _ROUNDING * len(rows):
        return [], Angle(0, _eigenphase(start if w > 0 else start + math.pi) * float(exponent))
    size = (second - first) * float(exponent)
    powered = turn((x / sine, y / sine, z / sine), size)
    return _euler(rows[0].qubits, powered), Angle(0, (first + second) / 2 * float(exponent))


def _turn_of(op: Op) -> tuple[Turn, Angle]:
    """A one-qubit row as a turn and a phase."""
    if op.operator is not None:
        return _evolution(op.operator, op.angles[0].in_radians())
    gate = GATES[op.gate]
    axis = _equator(op.angles[0]) if gate.axis == "P" else _AXES[gate.axis]
    return turn(axis, gate.rotation.at(op.angles).in_radians()), gate.phase.at(op.angles)


def _evolution(operator: Operator, time: float) -> tuple[Turn, Angle]:
    """exp(-i time operator) on one qubit, or its Trotter steps, terms in their order: a turn and a phase."""
    steps = max(1, operator.steps)
    parts = [dict([term]) for term in operator.terms] if operator.steps else [dict(operator.terms)]
    once, phase = IDENTITY, 0.0
    for part in parts:
        x, y, z = (float(part.get(((letter, 0),), 0)) for letter in "XYZ")
        length = math.hypot(x, y, z)
        if length:
            once = product(turn((x / length, y / length, z / length), 2 * length * time / steps), once)
        phase -= time * float(part.get((), 0))
    total = IDENTITY
    for _ in range(steps):
        total = product(once, total)
    return total, Angle(0, phase)


_H = math.sqrt(0.5)
_AXES = {"X": (1.0, 0.0, 0.0), "Y": (0.0, 1.0, 0.0), "Z": (0.0, 0.0, 1.0), "H": (_H, 0.0, _H)}
_ROUNDING = 4e-16
"""The error of a row's matrix: a product that differs from the identity only by this is the identity."""


def _equator(azimuth: Angle) -> tuple[float, float, float]:
    return (math.cos(azimuth.in_radians()), math.sin(azimuth.in_radians()), 0.0)


def _eigenphase(phase: float) -> float:
    """The phase in (-pi, pi]; one that rounding puts at -pi is pi."""
    reduced = math.remainder(phase, math.tau)
    return reduced + math.tau if reduced <= -math.pi + 1e-12 else reduced


def _euler(qubits: tuple[int, ...], wanted: Turn) -> list[Op]:
    """A turn as rz, ry and rz, exact up to rounding, without rotations by 0."""
    w, x, y, z = wanted
    theta = 2 * math.atan2(math.hypot(x, y), math.hypot(w, z))
    total, difference = 2 * math.atan2(z, w), 2 * math.atan2(-x, y)
    if not math.hypot(x, y):
        difference = total  # no rotation before
    if not math.hypot(w, z):
        total = difference
    parts = [("rz", (total - difference) / 2), ("ry", theta), ("rz", (total + difference) / 2)]
    return [Op(gate, qubits, (Angle(0, angle),)) for gate, angle in parts if angle]


def joined(modifiers: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Fewer modifiers that give the same rows: two neighbouring `inv` cancel, `ctrl @ ctrl` is `ctrl(2)`."""
    kept: list[tuple[str, Any]] = []
    for kind, value in modifiers:
        if kept and kept[-1][0] == kind and kind in ("inv", "ctrl"):
            _, before = kept.pop()
            if kind == "inv":
                continue
            value += before
        kept.append((kind, value))
    return kept
