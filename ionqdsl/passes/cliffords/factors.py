"""Factors of Cliffords, the goal of a search for them, and the costs of rows and columns of a state.

Both searches take and return these: the compiled kernel and factor_in_step.py.
"""

from __future__ import annotations

from array import array
from functools import cache
from typing import NamedTuple

WIDEST = 32
"""The most wires: a column of a tableau is one word."""


SCALE = 1 << 20


@cache
def terms_of(width: int, power: int = 2) -> array[int]:
    """The terms of the cost of a state: for a row or a column whose blocks cost 0 (as 1), 1, ...: 32-bit integers.

    With a higher power, rows and columns that are nearly done count for more.

    A block costs its rank + 1. A row that is done costs 2 or 3, and with `is_still` 0, so there two are added.
    """
    return array("i", [-SCALE, *(-(2**power) * SCALE // cost**power for cost in range(1, 3 * width + 4))])


class Factor(NamedTuple):
    """exp(-i pi/4 P_a Q_b), its generators as 3 a + P with X Y Z as 0 1 2, on one side: 0 is the start, 1 the end.

    Factors on the end are taken off the inverse, so there the circuit has the inverse of each.
    """

    side: int
    first: int
    second: int


class Goal(NamedTuple):
    """How a Clifford is to be reduced.

    With `is_still`, every qubit comes back to its own wire; if only the images of Z count, `is_measured`. `places` are
    the states that are kept in each step, `limit` the most factors, `power` is for `terms_of`.
    """

    is_still: bool
    is_measured: bool
    places: int
    limit: int
    power: int = 2

    @property
    def sides(self) -> int:
        """The number of ends; the inverse has no images of Z alone."""
        return 1 if self.is_measured else 2
