"""The interactions of flips under controls, as break_wide_gates.py writes them, in pairs whose phases cancel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from ionqdsl.passes.break_wide_gates import flip_plan, relative_plan
from ionqdsl.passes.networks.masked_gates import MaskedGate


@cache
def flip_cost(controls: int, idle: int) -> int:
    """The interactions of a flip."""
    return flip_plan(controls, idle).two_qubit_gates if controls else 0


@cache
def relative_cost(controls: int) -> int:
    """The interactions of a flip that is wrong by phases: of one of a pair whose phases cancel."""
    return relative_plan(controls, 0).two_qubit_gates if controls > 2 else (0, 1, 3)[controls]


def cost(steps: Sequence[MaskedGate], width: int) -> int:
    """The interactions of the flips, those counted as pairs whose controls and target have the same bits twice."""
    values = _HeldBits()
    waiting: set[tuple[object, ...]] = set()
    total = 0
    for step in steps:
        if not step.is_flip:
            values.renew(step.target)
            continue
        count = step.controls.bit_count()
        total += flip_cost(count, width - count - 1)
        before = values.of(step.target)
        factors = values.factors(step)
        after = values.follow(step, factors)
        if count > 1:
            key = factors, min(before, after), max(before, after)
            if key in waiting:
                waiting.remove(key)
                total -= 2 * (flip_cost(count, width - count - 1) - relative_cost(count))
            else:
                waiting.add(key)
    return total


class _HeldBits:
    """The parity of variables that each wire holds, as a mask; the lowest bit is always 1."""

    def __init__(self) -> None:
        self._held: dict[int, int] = {}
        self._last = 1
        self._products: dict[frozenset[int], int] = {}

    def _variable(self) -> int:
        self._last <<= 1
        return self._last

    def of(self, bit: int) -> int:
        """The sum of variables on a wire, as a mask."""
        if bit not in self._held:
            self._held[bit] = self._variable()
        return self._held[bit]

    def renew(self, mask: int) -> None:
        """Gives wires new variables."""
        while mask:
            self._held[mask & -mask] = self._variable()
            mask &= mask - 1

    def factors(self, step: MaskedGate) -> frozenset[int]:
        """The bits that must all be 1 for a flip."""
        found, mask = [], step.controls
        while mask:
            bit = mask & -mask
            found.append(self.of(bit) ^ (0 if step.ones & bit else 1))
            mask ^= bit
        return frozenset(found)

    def follow(self, step: MaskedGate, factors: frozenset[int]) -> int:
        """Follows a flip; the sum on its target after it."""
        if len(factors) < 2:
            product = next(iter(factors), 1)
        elif len(factors) == 2:
            a, b = factors
            product = self._product(frozenset((a & ~1, b & ~1)))
            product ^= (b & ~1 if a & 1 else 0) ^ (a & ~1 if b & 1 else 0) ^ (a & b & 1)
        else:
            product = self._product(factors)
        self._held[step.target] = self.of(step.target) ^ product
        return self._held[step.target]

    def _product(self, factors: frozenset[int]) -> int:
        if factors not in self._products:
            self._products[factors] = self._variable()
        return self._products[factors]
