"""The turns that pulses make, and the fewest pulses that make a turn.

A `Pulse` is `gpi` or `gpi2` with its phase in radians, the azimuth of the axis that it turns about. As a `Turn` it is a
half or a quarter turn; the matrix of gpi is i times that.
"""

from __future__ import annotations

import cmath
import math

from ionqdsl.algebra.rotations import Turn, distance, product
from ionqdsl.ir.rounding import NOISE

Pulse = tuple[str, float]

_H = math.sqrt(0.5)


def turn_of(gate: str, azimuth: float) -> Turn:
    """The turn of a pulse: gpi(a) is i times its matrix, gpi2(a) is its matrix."""
    cosine, sine = math.cos(azimuth), math.sin(azimuth)
    return (0.0, cosine, sine, 0.0) if gate == "gpi" else (_H, _H * cosine, _H * sine, 0.0)


def exact_pulses(wanted: Turn) -> list[Pulse]:
    """The fewest pulses, in order of time, that make a turn up to a phase: none to three."""
    w, x, y, z = wanted
    top, bottom = complex(w, -z), complex(y, -x)
    if abs(bottom) < NOISE:
        return [] if abs(z) < NOISE else [("gpi", 0.0), ("gpi", math.atan2(z, w))]
    if abs(top) < NOISE:
        return [("gpi", math.atan2(y, x))]
    if abs(abs(top) - _H) < NOISE:
        if abs(z) < NOISE:
            return [("gpi2", math.atan2(y, x) if w > 0 else math.atan2(-y, -x))]
        # gpi2(q) gpi(p): the first column is -i e^{-i(q-p)}, e^{ip}, the upper right e^{-ip}
        first = cmath.phase(bottom / complex(-y, -x)) / 2
        return [("gpi", first), ("gpi2", -cmath.phase(1j * top / bottom))]
    if abs(abs(w) - w * w - z * z) < NOISE:
        pair = _two_quarters(wanted)
        if distance(product(turn_of(*pair[1]), turn_of(*pair[0])), wanted) < NOISE:
            return pair
    theta = 2 * math.atan2(abs(bottom), abs(top))
    phi = cmath.phase(bottom / top)
    lam = cmath.phase(complex(y, x) / top)
    return [
        ("gpi2", math.pi - lam),
        ("gpi", (theta + phi - lam) / 2),
        ("gpi2", math.pi + phi),
    ]


def _two_quarters(wanted: Turn) -> list[Pulse]:
    """The only pair of gpi2 that can make a turn.

    gpi2(m - h) gpi2(m + h) is (sin h sin h, cos h cos m, cos h sin m, sin h cos h).
    """
    w, x, y, z = wanted if wanted[0] > 0 else tuple([-size for size in wanted])
    half = math.atan2(w, z)
    middle = math.atan2(y, x) if z > 0 else math.atan2(-y, -x)
    return [("gpi2", middle + half), ("gpi2", middle - half)]
