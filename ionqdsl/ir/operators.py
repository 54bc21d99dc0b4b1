"""Tests whether the terms of a sum of Pauli products commute, and splits a sum into parts whose terms do.

Takes an `Operator` of circuit.py and returns two terms that do not commute, or the parts.
passes/expand_pauliexp.py makes gates of its exponential.
"""

from __future__ import annotations

from ionqdsl.ir.angle import Exact
from ionqdsl.ir.circuit import Operator

Product = tuple[tuple[str, int], ...]
"""Letters and the operands they act on; the identity is empty."""

Masks = tuple[int, int]
"""A product as bit masks (x, z), bit q for operand q: X is x alone, Z is z alone, Y is both."""


def masks(product: Product) -> Masks:
    """A product as bit masks."""
    x = sum(1 << index for letter, index in product if letter in "XY")
    z = sum(1 << index for letter, index in product if letter in "ZY")
    return x, z


class _Commuting:
    """Terms that commute with each other.

    Terms as bits (x, z) commute if their symplectic product vanishes, which is linear: a term commutes with all others
    if it does with a basis of them. So this takes terms times qubits, not terms squared, steps.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self.basis: list[tuple[int, int, Product]] = []
        self.reduced: list[tuple[int, int]] = []  # the same span in echelon form, by highest bit

    def add(self, product: Product) -> Product | None:
        """Adds a term if it commutes with all; returns one with which it does not."""
        x, z = masks(product)
        for other_x, other_z, other in self.basis:
            if ((x & other_z).bit_count() + (z & other_x).bit_count()) % 2:
                return other
        rest = x << self.width | z
        for high, row in self.reduced:
            if rest >> high & 1:
                rest ^= row
        if rest:
            self.reduced.append((rest.bit_length() - 1, rest))
            self.basis.append((x, z, product))
        return None


def _width(operator: Operator) -> int:
    return 1 + max((index for product, _ in operator.terms for _, index in product), default=0)


def anticommuting(operator: Operator) -> tuple[Product, Product] | None:
    """Two terms that do not commute, None if all do."""
    terms = _Commuting(_width(operator))
    for product, _ in operator.terms:
        other = terms.add(product)
        if other is not None:
            return other, product
    return None


def commuting_parts(operator: Operator) -> list[tuple[tuple[Product, Exact], ...]]:
    """The terms in order, cut before each term that does not commute with all since the last cut."""
    width = _width(operator)
    parts: list[list[tuple[Product, Exact]]] = []
    terms = _Commuting(width)
    for product, factor in operator.terms:
        if not parts or terms.add(product) is not None:
            terms = _Commuting(width)
            terms.add(product)
            parts.append([])
        parts[-1].append((product, factor))
    return [tuple(part) for part in parts]


def spelling(product: Product) -> str:
    """A product in the notation of programs."""
    return "*".join(f"{letter}[{index}]" for letter, index in product) or "1"
