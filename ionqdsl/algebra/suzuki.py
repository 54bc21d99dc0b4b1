"""Suzuki's product formulas: in which order, and for which parts of the time, the terms of a sum are exponentiated.

Takes the number of parts of a sum, the number of steps and the order, and returns factors in the order of time. Source:
M. Suzuki, "Fractal decomposition of exponential operators with applications to many-body theories and Monte Carlo
simulations", Physics Letters A 146 (1990), 319-323.
"""

from __future__ import annotations

from fractions import Fraction

from ionqdsl.ir.angle import Exact

ORDERS = (1, 2, 4)
"""The orders: the error of n steps falls as n to the power of minus the order."""
INNER = 1 / (4 - 4 ** (1 / 3))
"""p of order 4: S4(t) = S2(p t)^2 S2((1 - 4p) t) S2(p t)^2."""


def factors(parts: int, steps: int, order: int) -> list[tuple[int, Exact]]:
    """(part, factor of the time) of each exponential, first in time first; neighbours of one part are one.

    Order 1 is exact, as is order 2; the factors of order 4 are floats.
    """
    whole = Fraction(1, steps)
    shares: list[Exact] = [whole]
    if order == 4:
        inner = INNER / steps
        shares = [inner, inner, 1 / steps - 4 * inner, inner, inner]
    step: list[tuple[int, Exact]] = []
    for share in shares:
        if order == 1:
            step += [(part, share) for part in range(parts)]
        else:
            there = [(part, share / 2) for part in range(parts)]
            step += [*there, *reversed(there)]
    result: list[tuple[int, Exact]] = []
    for part, factor in step * steps:
        if result and result[-1][0] == part:
            factor += result.pop()[1]
        result.append((part, factor))
    return result


def length(parts: int, steps: int, order: int) -> int:
    """The number of exponentials of `factors`."""
    if order == 1 or parts == 1:
        return parts * steps if parts > 1 else 1
    return (2 * parts - 2) * steps * (5 if order == 4 else 1) + 1
