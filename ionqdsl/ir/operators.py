"""Tests whether the terms of a sum of Pauli products commute.

Takes an `Operator` of circuit.py and returns two terms that do not commute. passes/expand_pauliexp.py makes gates of
its exponential.
"""

from __future__ import annotations

from ionqdsl.ir.circuit import Operator

Product = tuple[tuple[str, int], ...]
"""Letters and the operands they act on; the identity is empty."""


def anticommuting(operator: Operator) -> tuple[Product, Product] | None:
    """Two terms that do not commute, None if all do.

    Terms as bits (x, z) commute if their symplectic product vanishes, which is linear: a term commutes with all earlier
    ones if it does with a basis of them. So this takes terms times qubits, not terms squared, steps.
    """
    basis: list[tuple[int, int, Product]] = []
    reduced: list[tuple[int, int]] = []  # the same span in echelon form, by highest bit
    width = 1 + max((index for product, _ in operator.terms for _, index in product), default=0)
    for product, _ in operator.terms:
        x = sum(1 << index for letter, index in product if letter in "XY")
        z = sum(1 << index for letter, index in product if letter in "ZY")
        for other_x, other_z, other in basis:
            if ((x & other_z).bit_count() + (z & other_x).bit_count()) % 2:
                return other, product
        rest = x << width | z
        for high, row in reduced:
            if rest >> high & 1:
                rest ^= row
        if rest:
            reduced.append((rest.bit_length() - 1, rest))
            basis.append((x, z, product))
    return None


def spelling(product: Product) -> str:
    """A product in the notation of programs."""
    return "*".join(f"{letter}[{index}]" for letter, index in product) or "1"
