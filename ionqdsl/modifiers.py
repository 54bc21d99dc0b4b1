"""What `inv @`, `pow(k) @` and `ctrl @ gphase` mean for one row of the table.

A row goes in, rows and a phase come out whose product is exactly the modified gate. The phase is never thrown away:
under controls the caller turns it into a phase gate on them (`controlled_phase`).
"""

from __future__ import annotations

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
