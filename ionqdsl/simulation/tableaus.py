"""Stabiliser states: a tableau of Pauli products, how Clifford gates change it, and measurements.

A tableau has 2n rows for n qubits: n destabilisers, then n stabilisers (S. Aaronson and D. Gottesman, Phys. Rev. A 70,
052328 (2004)). It is held by columns, so that a gate is a few operations on whole numbers, however many rows there are:
bit r of `x[q]` and of `z[q]` is the letter of row r on qubit q. The signs depend on vectors next to the tableau, so
that one tableau serves many shots, or all values of coins at once. Nothing is random here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import NOT_GATES, Op, Operator
from ionqdsl.ir.rounding import SPACING
from ionqdsl.simulation.statevector import Array, apply

Bits = NDArray[np.uint8]

MOST_OPERANDS = 3
"""Most qubits of a gate whose action on Pauli products is looked for."""

_NEAR = 1e-14
"""Largest difference of a matrix from a Pauli product that counts as rounding, for angles of at most a few radians."""


class MeasuredBit(NamedTuple):
    """An outcome of a measurement: `bit` for each entry of `vector` that is 0, and the other one where it is 1."""

    bit: int
    vector: Bits


class CliffordAction(NamedTuple):
    """The images of Pauli products on a Clifford gate's qubits.

    The columns are x of the first qubit, z of the first, x of the second, and so on. Column k becomes the sum of the
    columns `sums[k]`; a product whose columns read as one of `negative` gets a minus sign.
    """

    sums: tuple[tuple[int, ...], ...]
    negative: tuple[tuple[int, ...], ...]

    @property
    def is_pauli(self) -> bool:
        """Whether the gate is a Pauli product, up to a phase."""
        return self.sums == tuple([(k,) for k in range(len(self.sums))])


def action(op: Op) -> CliffordAction | None:
    """The action of a row whose angles are numbers, None if it is no Clifford gate, or on too many qubits."""
    if op.gate in NOT_GATES or op.gate == "nop" or len(op.qubits) > MOST_OPERANDS:
        return None
    return _action(op.gate, op.angles, op.controls, len(op.qubits), op.operator)


@lru_cache(maxsize=1 << 12)
def _action(
    gate: str, angles: tuple[Angle, ...], controls: int, qubits: int, operator: Operator | None
) -> CliffordAction | None:
    size = 1 << qubits
    rows = np.eye(size, dtype=np.complex128)
    apply(rows, Op(gate, tuple(range(qubits)), angles, controls, 0, operator))
    return action_of(rows.T, _NEAR + SPACING * sum(abs(angle.in_radians()) for angle in angles))


def action_of(unitary: Array, near: float = 1e-11) -> CliffordAction | None:
    """The action of a unitary matrix on a few qubits, None if it is no Clifford gate up to rounding errors of `near`.

    A written angle that misses a Clifford gate by 1e-12 makes another gate, so rows are held to less than that.
    """
    qubits = len(unitary).bit_length() - 1
    paulis = _paulis(qubits)
    images: dict[tuple[int, ...], tuple[tuple[int, ...], bool]] = {}
    for columns, pauli in paulis.items():
        image = unitary @ pauli @ unitary.conj().T
        found = _recognised(image, paulis, near)
        if found is None:
            return None
        images[columns] = found
    units = [tuple([int(k == j) for j in range(2 * qubits)]) for k in range(2 * qubits)]
    sums = tuple([tuple([k for k, unit in enumerate(units) if images[unit][0][j]]) for j in range(2 * qubits)])
    return CliffordAction(sums, tuple([columns for columns, (_, is_negative) in images.items() if is_negative]))


@lru_cache(maxsize=MOST_OPERANDS)
def _paulis(qubits: int) -> dict[tuple[int, ...], Array]:
    """The Hermitian Pauli products by their columns."""
    letters: dict[tuple[int, ...], Array] = {
        columns: np.array(entries, dtype=np.complex128).reshape(2, 2)
        for columns, entries in {
            (0, 0): (1, 0, 0, 1),
            (1, 0): (0, 1, 1, 0),
            (0, 1): (1, 0, 0, -1),
            (1, 1): (0, -1j, 1j, 0),
        }.items()
    }
    found: dict[tuple[int, ...], Array] = {}
    for columns in product((0, 1), repeat=2 * qubits):
        matrix = np.eye(1, dtype=np.complex128)
        for place in range(qubits):
            matrix = np.asarray(np.kron(matrix, letters[columns[2 * place : 2 * place + 2]]), dtype=np.complex128)
        found[columns] = matrix
    return found


def _recognised(
    matrix: Array, paulis: dict[tuple[int, ...], Array], near: float
) -> tuple[tuple[int, ...], bool] | None:
    """The columns of a Pauli product, and whether it has a minus sign."""
    for columns, pauli in paulis.items():
        overlap = np.vdot(pauli, matrix).real / len(matrix)
        if abs(overlap) > 0.5:
            sign = 1 if overlap > 0 else -1
            return (columns, sign < 0) if np.abs(matrix - sign * pauli).max() < near else None
    return None


class Tableau:
    """A stabiliser state, at first |0...0>; `signs` has a vector for each row, `flips` a bit that its entries share."""

    def __init__(self, width: int, length: int) -> None:
        self.width = width
        self.x = [1 << qubit for qubit in range(width)]
        self.z = [1 << width + qubit for qubit in range(width)]
        self.flips = 0
        self.signs: Bits = np.zeros((2 * width, length), dtype=np.uint8)

    def copy(self, signs: Bits) -> Tableau:
        """A tableau that changes by itself, with other vectors."""
        new = Tableau.__new__(Tableau)
        new.width, new.x, new.z, new.flips, new.signs = self.width, self.x[:], self.z[:], self.flips, signs
        return new

    def apply(self, move: CliffordAction, qubits: Sequence[int]) -> None:
        """Applies a Clifford gate to qubits."""
        columns = [column for qubit in qubits for column in (self.x[qubit], self.z[qubit])]
        for pattern in move.negative:
            rows = -1
            for column, wanted in zip(columns, pattern, strict=True):
                rows &= column if wanted else ~column
            self.flips ^= rows
        new = []
        for places in move.sums:
            total = 0
            for place in places:
                total ^= columns[place]
            new.append(total)
        for number, qubit in enumerate(qubits):
            self.x[qubit], self.z[qubit] = new[2 * number : 2 * number + 2]

    def turn(self, letters: Sequence[tuple[int, int, int]], vector: Bits) -> None:
        """Applies a Pauli product, as qubits with their bits x and z, for the entries that are 1."""
        against = 0
        for qubit, has_x, has_z in letters:
            against ^= (self.z[qubit] if has_x else 0) ^ (self.x[qubit] if has_z else 0)
        self.signs[self.rows(against)] ^= vector

    def rows(self, mask: int) -> NDArray[np.intp]:
        """The numbers of the rows in a mask."""
        size = 2 * self.width
        mask &= (1 << size) - 1
        return np.flatnonzero(
            np.unpackbits(np.frombuffer(mask.to_bytes(size // 8 + 1, "little"), np.uint8), bitorder="little")
        )

    def is_random(self, qubit: int) -> bool:
        """Whether both outcomes of a measurement occur, with probability 1/2 each."""
        return bool(self.x[qubit] >> self.width)

    def measure(self, qubit: int, fresh: Bits | None) -> MeasuredBit:
        """Measures a qubit in Z; `fresh` is the outcome if it is random."""
        if not self.is_random(qubit):
            return self._certain(qubit)
        assert fresh is not None
        stabilisers = self.x[qubit] >> self.width
        pivot = self.width + (stabilisers & -stabilisers).bit_length() - 1
        self._multiply(self.x[qubit] & ~(1 << pivot), pivot)
        self._replace(pivot, qubit, fresh)
        return MeasuredBit(0, fresh)

    def _multiply(self, mask: int, pivot: int) -> None:
        """Multiplies rows by one of them: the phases i^k of the letters' products are counted in two bits a row."""
        low = high = 0
        for qubit in range(self.width):
            x, z = self.x[qubit], self.z[qubit]
            has_x, has_z = x >> pivot & 1, z >> pivot & 1
            if has_x and has_z:  # Y times Z is i X, Y times X is -i Z
                plus, minus = z & ~x, x & ~z
            elif has_x:
                plus, minus = z & x, z & ~x
            elif has_z:
                plus, minus = x & ~z, x & z
            else:
                continue
            plus &= mask
            minus &= mask
            high ^= low & plus
            low ^= plus
            high ^= ~low & minus
            low ^= minus
            if has_x:
                self.x[qubit] ^= mask
            if has_z:
                self.z[qubit] ^= mask
        self.flips ^= high & mask
        if self.flips >> pivot & 1:
            self.flips ^= mask
        self.signs[self.rows(mask)] ^= self.signs[pivot]

    def _replace(self, pivot: int, qubit: int, vector: Bits) -> None:
        """Makes a stabiliser a destabiliser, and Z of a qubit the stabiliser in its place."""
        old, kept = pivot - self.width, ~(1 << pivot - self.width | 1 << pivot)
        for columns in (self.x, self.z):
            for place, column in enumerate(columns):
                columns[place] = column & kept | (column >> pivot & 1) << old
        self.z[qubit] |= 1 << pivot
        self.flips = self.flips & kept | (self.flips >> pivot & 1) << old
        self.signs[old], self.signs[pivot] = self.signs[pivot], vector

    def _certain(self, qubit: int) -> MeasuredBit:
        """The outcome that Z has: the sign of the product of the stabilisers whose destabilisers do not commute."""
        mask = (self.x[qubit] & (1 << self.width) - 1) << self.width
        quarters = 0
        for x, z in zip(self.x, self.z, strict=True):
            x &= mask
            z &= mask
            quarters += (x & z).bit_count()  # a row is the product of i^(x z) X^x Z^z, and each Z passes the later X
            if x and z:
                quarters += 2 * (_earlier(z, 2 * self.width) & x).bit_count()
        bit = (quarters // 2 + (self.flips & mask).bit_count()) & 1
        vector: Bits = np.bitwise_xor.reduce(self.signs[self.rows(mask)], axis=0)
        return MeasuredBit(bit, vector)


def _earlier(bits: int, size: int) -> int:
    """The places before which an odd number of bits is set."""
    shift = 1
    bits <<= 1
    while shift < size:
        bits ^= bits << shift
        shift *= 2
    return bits
