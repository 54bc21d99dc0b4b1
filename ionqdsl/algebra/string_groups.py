"""Groups of commuting Pauli strings with signs, kept as independent rows.

A group is immutable. It tells whether a string is a product of its strings, reduces a string to one that stands for all
its products with the group, and gives the part of the group that commutes with a string. Strings are images (paulis.py)
and Hermitian. Nothing is known of states here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from ionqdsl.algebra.paulis import Image, anticommute, product

PAIRS = 12
"""Up to so many rows, products of two are tried as well to shorten a string."""

Bits = tuple[int, int]
"""The x and z bits of a string."""


class BitSpan:
    """All sums, bit by bit, of some numbers."""

    def __init__(self, rows: Iterable[int]) -> None:
        self._leading: dict[int, int] = {}  # the lowest bit of a row, and the row
        for row in rows:
            rest = self._rest(row)
            if rest:
                self._leading[rest & -rest] = rest

    def __contains__(self, bits: int) -> bool:
        """Whether a number is a sum of the rows."""
        return not self._rest(bits)

    def _rest(self, bits: int) -> int:
        while bits and (row := self._leading.get(bits & -bits)):
            bits ^= row
        return bits


class Neighbours:
    """The places, as bits, of the strings among some that anticommute with one."""

    def __init__(self, strings: Sequence[tuple[int, int, object]] | Sequence[Bits], width: int) -> None:
        self._with_x = _columns([string[0] for string in strings], width)
        self._with_z = _columns([string[1] for string in strings], width)

    def of(self, x: int, z: int) -> int:
        """Those of a string."""
        near = 0
        for bits, columns in ((x, self._with_z), (z, self._with_x)):
            while bits:
                low = bits & -bits
                near ^= columns[low.bit_length() - 1]
                bits ^= low
        return near


def _columns(masks: Sequence[int], width: int) -> list[int]:
    """For each bit, the places of the masks that have it, as a mask."""
    if not masks:
        return [0] * width
    digits = "".join([format(mask, f"0{width}b") for mask in reversed(masks)])
    return [int(digits[width - 1 - bit :: width], 2) for bit in range(width)]


class StringGroup:
    """The group that some commuting strings generate; rows that depend on earlier ones are dropped."""

    def __init__(self, rows: Iterable[Image]) -> None:
        self.rows: list[Image] = []
        self._leading: list[tuple[Bits, Image]] = []  # the leading bit of a row, and the row without earlier such bits
        for row in rows:
            rest = self.reduced(row)
            if rest[0] or rest[1]:
                self.rows.append(row)
                self._leading.append((_leading_bit(rest), rest))

    def __contains__(self, bits: Bits) -> bool:
        """Whether a string, whatever its sign, is a product of strings of the group."""
        x, z, _ = self.reduced((*bits, 0))
        return not x and not z

    def reduced(self, string: Image) -> Image:
        """The string times a member of the group: the same for all strings that differ by a member, up to the phase."""
        for (x, z), row in self._leading:
            if string[0] & x or string[1] & z:
                string = product(string, row)
        return string

    def commuting_with(self, x: int, z: int) -> StringGroup:
        """The strings of the group that commute with a string; the group itself if all do."""
        against = [row for row in self.rows if anticommute(x, z, row[0], row[1])]
        if not against:
            return self
        first, *others = against
        return StringGroup([row for row in self.rows if row not in against] + [product(first, row) for row in others])

    def shortened(self, string: Image) -> Image:
        """The string times members of the group that make it shorter, one row or two at a time."""
        factors = list(self.rows)
        if len(factors) <= PAIRS:
            factors += [product(*pair) for pair in combinations(self.rows, 2)]
        while True:
            best = min((product(string, factor) for factor in factors), key=_length, default=string)
            if _length(best) >= _length(string):
                return string
            string = best


def _leading_bit(string: Image) -> Bits:
    x, z, _ = string
    return (x & -x, 0) if x else (0, z & -z)


def _length(string: Image) -> int:
    return (string[0] | string[1]).bit_count()
