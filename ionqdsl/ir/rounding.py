"""Decides which numbers count as rounding errors, and how much of them a whole circuit may neglect.

Passes compute in double precision with numbers of order 1, and often have to decide whether a number is zero: an angle,
the distance of two axes. A number below `NOISE` is taken as zero and counted, so that every result knows how much it
has neglected; no result neglects more than `limit`, however long the circuit. An angle that was written is never taken
as zero: if it is too small to survive among numbers of order 1, it stays an exact `Angle`, and sums of those are exact.
"""

from __future__ import annotations

from fractions import Fraction

from ionqdsl.ir.angle import Angle

NOISE = 1e-12
"""Radians, or lengths relative to unit vectors: smaller ones may be zero. Rounding alone stays far below."""

HIDDEN = 1e-11
"""Written angles below this, in radians of the exponent, are kept apart from numbers: rounding could hide them."""

SPACING = 1e-15
"""An angle this near, relative to itself, to a multiple of a part of a turn is one as far as a double can tell."""

ROUNDING = 1e-9
ROUNDING_OF_A_ROW = 1e-12
ROUNDING_OF_A_PAIR = 1e-17
"""In long circuits rounding also grows with the length of a wire: each row inherits the error of those before it."""


def limit(rows: int) -> float:
    """The most that a circuit with a number of rows may neglect in all, in the operator norm."""
    return max(ROUNDING, ROUNDING_OF_A_ROW * rows, ROUNDING_OF_A_PAIR * rows**2)


def tolerance(rows: int) -> float:
    """The difference of circuits with so many rows that counts as rounding: `limit`, plus the rounding of comparing."""
    return 10 * limit(rows)


def sized(angle: Angle) -> float | Angle:
    """An angle as a number of radians, unless it has parameters or is exact and too small for a float."""
    if angle.terms:
        return angle
    number = angle.in_radians()
    is_exact = not isinstance(angle.turns, float) and not isinstance(angle.radians, float)
    return angle if is_exact and 0 < abs(number) < HIDDEN else number


def multiple(angle: Angle, part: Fraction) -> int | None:
    """A bound angle in units of `part` turns, None if it is no multiple as far as a double can tell.

    3.141592653589793 is half a turn; only an exact zero is zero.
    """
    parts = angle.in_turns() / float(part)  # as Python would, but sooner
    count = round(parts)
    return count if abs(parts - count) <= SPACING * abs(count) else None


def parted(angle: Angle, part: Fraction) -> tuple[float, Angle | None]:
    """A bound angle in radians, and apart from it the rest by which it misses a multiple of `part` turns, if hidden."""
    count = multiple(angle, part)
    if count is not None:
        return Angle(count * part).in_radians(), None
    size = sized(angle)
    if isinstance(size, Angle):
        return 0.0, size
    whole = Angle(round(angle.in_turns() / part) * part)
    rest = sized(angle - whole) if whole else size
    return (whole.in_radians(), rest) if isinstance(rest, Angle) else (size, None)
