"""Applies sums of Pauli products to state vectors, without a matrix.

Takes an operator and states of `statevector` (q[0] the most significant bit of the index) and returns means and images.
Terms with the same X and Y letters up to Z share one pass over the state: such a sum is a diagonal followed by a flip
of bits. Nothing is measured or sampled here.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ionqdsl.ir.circuit import Operator
from ionqdsl.ir.operators import masks
from ionqdsl.simulation.statevector import Array

KEPT = 1 << 22
"""Most numbers of diagonals that a sum keeps for its next use: 64 MiB."""


class HermitianSum:
    """A real sum of Pauli products on a number of qubits, ready to act on states."""

    def __init__(self, operator: Operator, qubits: int) -> None:
        self.qubits = qubits
        self._terms: dict[int, list[tuple[int, complex]]] = {}  # by the bits they flip: the signs' mask, the factor
        for product, factor in operator.terms:
            x, z = (_reversed(mask, qubits) for mask in masks(product))
            phase = 1j ** ((x & z).bit_count() % 4)  # Y = i X Z
            self._terms.setdefault(x, []).append((z, float(factor) * phase))
        is_small = len(self._terms) << qubits <= KEPT
        self._diagonals = {flip: self._diagonal(flip) for flip in self._terms} if is_small else None

    def applied(self, state: Array) -> Array:
        """The operator times a state, both of shape (2**qubits,)."""
        image = np.zeros_like(state)
        for flip, diagonal in self._parts():
            image += self._flipped(diagonal * state, flip)
        return image

    def mean(self, state: Array) -> float:
        """<state|operator|state>, for a state of shape (2**qubits,) and norm 1."""
        parts = (np.vdot(self._flipped(state, flip), diagonal * state) for flip, diagonal in self._parts())
        return float(sum(part.real for part in parts))

    def _parts(self) -> Iterator[tuple[int, Array | NDArray[np.float64]]]:
        if self._diagonals is not None:
            yield from self._diagonals.items()
        else:
            for flip in self._terms:
                yield flip, self._diagonal(flip)

    def _diagonal(self, flip: int) -> Array | NDArray[np.float64]:
        """The factor of each basis state before its bits are flipped; real if it is."""
        total = np.zeros(2**self.qubits, dtype=np.complex128)
        for mask, factor in self._terms[flip]:
            total += factor * signs(mask, self.qubits)
        return total if total.imag.any() else total.real.copy()

    def _flipped(self, state: Array, flip: int) -> Array:
        """The state with these bits of every index flipped."""
        if not flip:
            return state
        axes = tuple(qubit for qubit in range(self.qubits) if flip >> self.qubits - 1 - qubit & 1)
        return np.flip(state.reshape((2,) * self.qubits), axes).reshape(-1)


def signs(mask: int, qubits: int) -> NDArray[np.float64]:
    """The value +1 or -1 of a product of Z in every basis state; `mask` has the bits of an index."""
    vector: NDArray[np.float64] = np.ones(1)
    for qubit in range(qubits):
        is_odd = mask >> qubits - 1 - qubit & 1
        vector = np.outer(vector, (1.0, -1.0 if is_odd else 1.0)).reshape(-1)
    return vector


def _reversed(mask: int, qubits: int) -> int:
    """Bit q of a product as the bit of an index, whose most significant one is q[0]."""
    return sum(1 << qubits - 1 - qubit for qubit in range(qubits) if mask >> qubit & 1)
