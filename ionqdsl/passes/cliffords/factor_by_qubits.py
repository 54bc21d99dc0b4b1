"""Writes a Clifford as a product of two-qubit Cliffords, one qubit after another: for more wires than the beam has.

Takes the images of a Clifford and returns factors as factor_cliffords.py does. The qubit that is nearest to a wire of
its own comes first. Its images P and Q anticommute, so on an odd number of wires their letters do. Each wire where they
are equal, or only one has a letter, takes a factor; two wires where they anticommute take three. The order is that of
Bravyi, Hu, Maslov and Shaydulin (IEEE Trans. Quantum Eng. 2, 2500616, 2021).
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.algebra.paulis import Image
from ionqdsl.passes.cliffords.factors import Factor

Letter = tuple[int, int]
"""The bits x and z of a Pauli matrix."""

_NUMBERS = {(1, 0): 0, (1, 1): 1, (0, 1): 2}


def factors_by_qubits(images: Sequence[Image], *, is_still: bool) -> list[Factor]:
    """The factors in the order in which they are taken off; with `is_still` every qubit comes back to its own wire."""
    peeling = _Peeling([(x, z) for x, z, _ in images])
    left = [*range(len(images) // 2)]
    while left:
        qubit = min(left, key=lambda each: peeling.cost(each, is_still=is_still))
        left.remove(qubit)
        peeling.peel(qubit, is_still=is_still)
    return peeling.factors


class _Peeling:
    """The images of X and Z of each qubit as masks x and z, signs apart, and the factors taken off so far."""

    def __init__(self, strings: list[tuple[int, int]]) -> None:
        self.strings = strings
        self.factors: list[Factor] = []

    def masks(self, qubit: int) -> tuple[int, int]:
        """The wires where one of a qubit's images has a letter, and those where both have and these anticommute."""
        (x, z), (other_x, other_z) = self.strings[2 * qubit : 2 * qubit + 2]
        return x | z | other_x | other_z, (x & other_z) ^ (z & other_x)

    def cost(self, qubit: int, *, is_still: bool) -> int:
        """How many factors a qubit takes."""
        some, full = self.masks(qubit)
        own = 1 << qubit if is_still else full
        way = 0 if full & own else 1 if some & own else 3
        return 3 * (full.bit_count() // 2) + (some & ~full).bit_count() + way

    def peel(self, qubit: int, *, is_still: bool) -> None:
        """Takes off the factors after which both images of a qubit are on one wire."""
        some, full = self.masks(qubit)
        own = 1 << qubit
        wire = qubit if full & own else full.bit_length() - 1
        if is_still and not full & own:
            if not some & own:
                self._take(wire, self._letters(qubit, wire)[0], qubit, (1, 0))
            self._bring(qubit, wire, qubit)
            wire = qubit
        some, full = self.masks(qubit)
        others = [each for each in range(some.bit_length()) if full >> each & 1 and each != wire]
        for a, b in zip(others[::2], others[1::2], strict=True):
            self._take(a, self._letters(qubit, a)[0], b, self._letters(qubit, b)[1])
        some, _ = self.masks(qubit)
        for other in range(some.bit_length()):
            if some >> other & 1 and other != wire:
                self._clear(qubit, wire, other)

    def _letters(self, qubit: int, wire: int) -> tuple[Letter, Letter]:
        (x, z), (other_x, other_z) = self.strings[2 * qubit : 2 * qubit + 2]
        return (x >> wire & 1, z >> wire & 1), (other_x >> wire & 1, other_z >> wire & 1)

    def _clear(self, qubit: int, wire: int, other: int) -> None:
        """Takes a wire where the letters commute from a qubit: a product with G = L M leaves no letter M there, and L
        anticommutes with those images that have one.
        """
        (p, q), (one, two) = self._letters(qubit, wire), self._letters(qubit, other)
        if one == (0, 0):
            self._take(wire, p, other, two)
        elif two == (0, 0):
            self._take(wire, q, other, one)
        else:
            self._take(wire, _product(p, q), other, one)

    def _bring(self, qubit: int, wire: int, other: int) -> None:
        """Lets the letters anticommute on a wire where they commute, and commute on one where they anticommute."""
        (p, q), (one, two) = self._letters(qubit, wire), self._letters(qubit, other)
        letter = one if one != (0, 0) else two
        second = (letter[1], letter[0]) if letter[0] != letter[1] else (1, 0)
        self._take(wire, q if one == (0, 0) else p, other, second)

    def _take(self, a: int, p: Letter, b: int, q: Letter) -> None:
        """Takes off exp(-i pi/4 P_a Q_b): strings that anticommute with P_a Q_b are multiplied by it."""
        self.factors.append(Factor(0, 3 * a + _NUMBERS[p], 3 * b + _NUMBERS[q]))
        x, z = p[0] << a | q[0] << b, p[1] << a | q[1] << b
        self.strings = [
            (own_x ^ x, own_z ^ z) if ((own_x & z) ^ (own_z & x)).bit_count() & 1 else (own_x, own_z)
            for own_x, own_z in self.strings
        ]


def _product(one: Letter, other: Letter) -> Letter:
    return one[0] ^ other[0], one[1] ^ other[1]
