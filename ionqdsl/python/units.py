"""Angles that users compute with: the units, and all that is made of them.

Takes numbers of Python, numpy and sympy as factors and keeps every result exact: a float counts as the decimal that it
is written as, so `0.1 * deg` is 0.1deg. The compiler computes with plain angles (angle.py), whose floats stay floats.
"""

from __future__ import annotations

from fractions import Fraction

from ionqdsl.diagnostics import fail
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.arguments import shown
from ionqdsl.ir.symbols import exact
from ionqdsl.record import Any

_FACTOR = "the factor of an angle"


class ExactAngle(Angle):
    """An angle whose sums, differences and multiples are exact. Raises QC0881 for a factor that is no real number."""

    __slots__ = ()

    def __add__(self, other: Angle) -> Angle:
        return _exact(Angle.__add__(self, other)) if isinstance(other, Angle) else NotImplemented

    def __radd__(self, other: int) -> Angle:
        return self if isinstance(other, int) and other == 0 else NotImplemented  # `sum` begins with 0

    def __sub__(self, other: Angle) -> Angle:
        return self + -other if isinstance(other, Angle) else NotImplemented

    def __mul__(self, factor: Any) -> Angle:
        if getattr(factor, "shape", ()):
            return NotImplemented  # an array multiplies each of its elements
        if getattr(factor, "free_symbols", ()):
            example = '`param("theta")` times a plain number'
            raise fail("QC0881", role=_FACTOR, wanted="a number", given=shown(factor), example=example)
        return _exact(Angle.__mul__(self, exact(factor, _FACTOR)))

    __rmul__ = __mul__

    def __truediv__(self, divisor: Any) -> Angle:
        return self * (1 / Fraction(exact(divisor, "the divisor of an angle")))

    def __reduce__(self) -> tuple[Any, ...]:
        return ExactAngle, (self.turns, self.radians, self.terms)


def _exact(angle: Angle) -> ExactAngle:
    exactly = angle.exact()
    return ExactAngle(exactly.turns, exactly.radians, exactly.terms)


turn = ExactAngle(Fraction(1))
deg = ExactAngle(Fraction(1, 360))
rad = ExactAngle(0, Fraction(1))
"""Units, as in the language: `45 * deg` is an angle, in either gateset."""
