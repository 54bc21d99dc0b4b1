"""Takes whole turns off angles so large that floats of them are coarse, exactly.

Takes a circuit or an angle and returns an equal one. A gate that turns by an angle is the same two turns further on,
as is the evolution under one Pauli product; a time of waiting is no such angle. Angles of up to MOST turns stay as they
are written.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from ionqdsl.ir.angle import Angle, DecimalAngle
from ionqdsl.ir.circuit import MAX_OPERATIONS, NOT_GATES, FlatCircuit, Op, Operator, Steps
from ionqdsl.ir.operators import anticommuting

if TYPE_CHECKING:
    from ionqdsl.ir.plain_rows import PlainRows

MOST = 1 << 16
"""Turns: the floats next to such an angle in radians are 6e-11 away from it."""
_DIGITS = 400


def unwound(circuit: FlatCircuit, *, also_pinned: bool = False) -> FlatCircuit:
    """The circuit with small angles; rows in verbatim blocks change only if they may.

    An evolution for a coarse time becomes one for each term, or as many steps of them, if its terms commute or it has
    steps; each is a turn about a product. The exponential of terms that do not commute stays as it is.
    """
    if circuit.is_plain and not any(map(_may_be_coarse, circuit.parts)):
        return circuit
    changes: dict[int, list[Op]] = {}
    for op in {id(op): op for op in circuit.rows}.values():
        if op.angles and (also_pinned or not op.pinned) and (made := _small(op)) is not None:
            changes[id(op)] = made
    if not changes:
        return circuit
    pairs = zip(circuit.rows, circuit.origins, strict=True)
    return circuit.with_rows((row, origin) for op, origin in pairs for row in changes.get(id(op), (op,)))


def _may_be_coarse(part: PlainRows | Steps) -> bool:
    """Whether rows may have coarse angles, or an operator, which is looked at row by row."""
    if isinstance(part, Steps):
        return any(op.operator is not None or any(map(_is_coarse, op.angles)) for op in part.rows)
    largest = max(map(abs, part.numbers), default=0.0)
    angles = [angle for form in part.used for op in form.rows for angle in op.angles]
    factors = [abs(radians) for angle in angles for _, _, radians in angle.terms]
    return largest * max(factors, default=0) > MOST / 2 or any(_is_coarse(angle) for angle in angles if not angle.terms)


def _small(op: Op) -> list[Op] | None:
    """The rows of small angles for one of a coarse angle; None for any other one."""
    if op.operator is not None:
        return _evolutions(op, op.operator)
    if op.gate in NOT_GATES or op.gate == "nop" or not any(map(_is_coarse, op.angles)):
        return None
    return [op._replace(angles=tuple([small(angle) for angle in op.angles]))]


def _evolutions(op: Op, operator: Operator) -> list[Op] | None:
    """An evolution as turns about its products, if one of them is coarse."""
    time, steps = op.angles[0], max(1, operator.steps)
    if time.terms or len(operator.terms) * steps > MAX_OPERATIONS:
        return None
    exact = Angle(Fraction(time.turns), Fraction(time.radians))
    turns = [(product, exact * (Fraction(factor) / steps)) for product, factor in operator.terms]
    if not any(_is_coarse(angle) for _, angle in turns) or (not operator.steps and anticommuting(operator)):
        return None
    one = [op._replace(angles=(small(angle),), operator=Operator(((product, 1),))) for product, angle in turns]
    return one * steps


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
