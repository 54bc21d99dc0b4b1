"""Takes whole turns off angles so large that floats of them are coarse, exactly.

Takes a circuit or an angle and returns an equal one. A gate that turns by an angle is the same two turns further on;
times of waiting and of evolutions are no such angles. Angles of up to MOST turns stay as they are written.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from ionqdsl.ir.angle import Angle, DecimalAngle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op

MOST = 1 << 16
"""Turns: the floats next to such an angle in radians are 6e-11 away from it."""
_DIGITS = 400


def unwound(circuit: FlatCircuit, *, also_pinned: bool = False) -> FlatCircuit:
    """The circuit with small angles; rows in verbatim blocks change only if they may."""
    changes: dict[int, Op] = {}
    for op in {id(op): op for op in circuit.rows}.values():
        if op.angles and (also_pinned or not op.pinned) and _has_angles(op) and any(map(_is_coarse, op.angles)):
            changes[id(op)] = op._replace(angles=tuple([small(angle) for angle in op.angles]))
    if not changes:
        return circuit
    return circuit.replace(rows=[changes.get(id(op), op) for op in circuit.rows], origins=list(circuit.origins))


def small(angle: Angle) -> Angle:
    """An equal angle modulo two turns; its constant part is between -1 and 1 turn if it was coarse."""
    if not _is_coarse(angle):
        return angle
    turns, radians = Fraction(angle.turns), Fraction(angle.radians)
    if abs(radians) > MOST:
        period = 2 * _tau()
        radians -= round(radians / period) * period
        return Angle(turns - 2 * round(turns / 2), float(radians), angle.terms)
    return Angle(turns - 2 * round(turns / 2), angle.radians, angle.terms)


def _has_angles(op: Op) -> bool:
    return op.gate not in NOT_GATES and op.gate != "nop" and op.operator is None


def _is_coarse(angle: Angle) -> bool:
    if isinstance(angle, DecimalAngle):
        return abs(float(angle.text)) > MOST  # without the fraction
    return not (-MOST <= angle.turns <= MOST and -MOST <= angle.radians <= MOST)


@cache
def _tau() -> Fraction:
    """2 pi to more digits than an angle of a program can have before its point: pi/4 = 4 atan(1/5) - atan(1/239)."""
    return 8 * (4 * _arctan(5) - _arctan(239))


def _arctan(inverse: int) -> Fraction:
    """The angle whose tangent is 1 over a number, by its series (J. Machin, 1706)."""
    power = 10 ** (_DIGITS + 10) // inverse
    total, divisor, sign = 0, 1, 1
    while power:
        total += sign * (power // divisor)
        power //= inverse * inverse
        divisor, sign = divisor + 2, -sign
    return Fraction(total, 10 ** (_DIGITS + 10))
