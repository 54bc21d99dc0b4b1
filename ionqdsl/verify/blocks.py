"""Matrices on a few wires: multiplied from rows, split into factors, and compared up to a diagonal.

A `WireMatrix` holds a matrix from wires of one circuit to wires of another, the first wire the most significant bit. If
the matrix is a product, a wire splits off together with the wire of the other circuit it belongs to. The error of a
split is returned, at most `PARALLEL`; a diagonal holds up to `EXACT`.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ionqdsl.algebra.rotations import Turn, Vector, matrix_entries, normalised
from ionqdsl.record import record
from ionqdsl.verify.product_rotations import PARALLEL, ProductRotation

Matrix = NDArray[np.complex128]

EXACT = 1e-12
"""Tolerance of a diagonal, or of a sum of angles in radians."""


@record(frozen=False)
class WireMatrix:
    """A matrix from wires of B to wires of A; `wires` is those of A, then those of B."""

    wires: tuple[list[int], list[int]]
    matrix: Matrix


def kron(factors: Sequence[Matrix]) -> Matrix:
    """The Kronecker product of any number of matrices."""
    result: Matrix = np.eye(1, dtype=np.complex128)
    for factor in factors:
        result = np.asarray(np.kron(result, factor), dtype=np.complex128)
    return result


def matrix_of(row: ProductRotation) -> Matrix:
    """The matrix of a row on its wires."""
    factors = [_pauli(vector) for vector in row.vectors]
    gate = kron(factors[row.controls :])
    gate = math.cos(row.angle / 2) * np.eye(len(gate)) - 1j * math.sin(row.angle / 2) * gate
    if row.controls == len(factors):
        gate = np.array([[cmath.exp(-0.5j * row.angle)]])
    for factor in reversed(factors[: row.controls]):
        ones = np.eye(len(gate))
        gate = np.kron((np.eye(2) + factor) / 2, ones) + np.kron((np.eye(2) - factor) / 2, gate)
    return gate


def _pauli(vector: Vector) -> Matrix:
    x, y, z = vector
    return np.array([[z, complex(x, -y)], [complex(x, y), -z]])


def as_matrix(turn: Turn) -> Matrix:
    """A turn as a matrix."""
    return np.array(matrix_entries(turn)).reshape(2, 2)


def as_turn(matrix: Matrix) -> Turn:
    """A unitary 2x2 matrix as a turn, without its phase."""
    (a, b), (c, d) = matrix.tolist()
    root = cmath.sqrt(a * d - b * c)
    one, other = a / root, b / root
    return normalised((one.real, -other.imag, -other.real, -one.imag))


def multiplied(block: WireMatrix, row: ProductRotation, which: int) -> Matrix:
    """The block's matrix after a row of A (0), or after the inverse of a row of B (1)."""
    size, count = len(block.wires[0]), len(row.wires)
    places = [block.wires[which].index(wire) for wire in row.wires]
    gate = matrix_of(row)
    if which:
        gate, places = gate.conj(), [size + place for place in places]
    tensor = block.matrix.reshape((2,) * (2 * size))
    tensor = np.tensordot(gate.reshape((2,) * (2 * count)), tensor, (range(count, 2 * count), places))
    return np.moveaxis(tensor, range(count), places).reshape(1 << size, 1 << size)


def factored(block: WireMatrix, outer: int, inner: int) -> tuple[Matrix, Matrix, float] | None:
    """The block as a matrix from one wire of B to one of A, times the rest; and its distance from that product."""
    size = len(block.wires[0])
    first, second = block.wires[0].index(outer), block.wires[1].index(inner)
    shape = (1 << first, 2, 1 << (size - 1 - first), 1 << second, 2, 1 << (size - 1 - second))
    table = block.matrix.reshape(shape).transpose(1, 4, 0, 2, 3, 5).reshape(4, -1)
    gram = table @ table.conj().T
    best = int(gram.diagonal().real.argmax())
    if gram.trace().real - np.square(np.abs(gram[best])).sum() / gram[best, best].real > 1e-6:
        return None  # far from rank one
    row = table[best]
    factor = gram[:, best] / gram[best, best].real
    error = float(np.linalg.norm(table - factor[:, None] * row)) / math.sqrt(len(block.matrix))
    if error > PARALLEL:  # as near as axes must be: the rounding of a long wire is in both
        return None
    scale = float(np.linalg.norm(factor)) / math.sqrt(2)
    return (factor / scale).reshape(2, 2), (row * scale).reshape(1 << (size - 1), -1), error


def up_to_diagonal(matrix: Matrix, axes: Sequence[Vector]) -> list[tuple[int, Matrix]] | None:
    """L if the matrix is D L: D diagonal along an axis per wire, L a product.

    For each output the input it comes from and its 2x2 matrix, whose rows along the axis have any phase. The rows of D
    L are product states: row 0 and the rows that differ from it in one bit give the factors.
    """
    size = len(axes)
    bases = [_eigenbasis(axis) for axis in axes]
    seen = kron(bases) @ matrix
    first = _product_state(seen[0], size)
    diagonals: list[tuple[int, Matrix]] = []
    for output in range(size):
        other = _product_state(seen[1 << (size - 1 - output)], size)
        overlaps = [abs(np.vdot(one, two)) for one, two in zip(first, other, strict=True)]
        place = int(np.argmin(overlaps))
        diagonals.append((place, bases[output].conj().T @ np.array([first[place], other[place]])))
    if sorted(place for place, _ in diagonals) != list(range(size)):
        return None
    local = kron([base @ turn for base, (_, turn) in zip(bases, diagonals, strict=True)])
    order = [place for place, _ in diagonals]
    moved = seen.reshape((-1, *(2,) * size)).transpose(0, *(1 + place for place in order)).reshape(seen.shape)
    left = moved @ local.conj().T
    is_diagonal = (
        np.linalg.norm(left - np.diag(np.diag(left))) < EXACT and np.abs(np.abs(np.diag(left)) - 1).max() < EXACT
    )
    return diagonals if is_diagonal else None


def _eigenbasis(axis: Vector) -> Matrix:
    """The states along and against an axis, as rows of bras."""
    x, y, z = axis
    polar, azimuth = math.atan2(math.hypot(x, y), z) / 2, math.atan2(y, x)
    up, down = math.cos(polar), cmath.exp(1j * azimuth) * math.sin(polar)
    return np.array([[up, down], [-down.conjugate(), up]]).conj()


def _product_state(state: Matrix, size: int) -> list[Matrix]:
    """The factors of a product state, up to phases; meaningless for other states."""
    factors = []
    for place in range(size):
        table = np.moveaxis(state.reshape((2,) * size), place, 0).reshape(2, -1)
        column = table[:, int(np.square(np.abs(table)).sum(axis=0).argmax())]
        factors.append(column / np.linalg.norm(column))
    return factors
