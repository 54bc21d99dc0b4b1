"""Decomposes two-qubit unitaries into at most three interactions between local turns, in batches.

Takes an array of unitaries and returns for each of them turns as quaternions, coordinates and a phase with

    U = e^{i phase} (a (x) b) exp(-i (x XX + y YY + z ZZ)) (c (x) d).

All steps are array operations; each result is checked against its input and computed again with another mixture if
eigenvalues nearly coincided. Coordinates are not moved into the Weyl chamber: the number of interactions needed does
not depend on it.

Where the compiled kernel is there, kernel/weyl.c takes the same steps, one unitary after another.

Method: Kraus and Cirac, Phys. Rev. A 63, 062309 (2001). In the magic basis local unitaries are real, so with M the
unitary there, M^T M has a real orthogonal eigenbasis: that of a real mixture of its commuting real and imaginary parts.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.algebra import compiled

Reals = NDArray[np.float64]
Complexes = NDArray[np.complex128]

PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_UNITS = np.array([np.eye(2), *(-1j * PAULIS)])
MAGIC = np.array([[1, 0, 0, 1j], [0, 1j, 1, 0], [0, 1j, -1, 0], [1, 0, 0, -1j]]) / np.sqrt(2)

# Row by row: the signs of XX, YY, ZZ on the magic states, which the exponent multiplies by -x, -y, -z.
_SIGNS = np.array([[-1, -1, 1, 1], [1, -1, 1, -1], [-1, 1, 1, -1]]) / 4

# tr((e_m (x) e_n)^+ K) / 4 for the units e = (1, -iX, -iY, -iZ), K given in the magic basis: a real matrix m, n.
_PRODUCTS = np.einsum("mij,nkl->mnikjl", _UNITS, _UNITS).reshape(16, 4, 4)
_TO_TURNS = (np.einsum("ia,pij,jb->pab", MAGIC.conj(), _PRODUCTS, MAGIC).conj().reshape(16, 16).T / 4).real

_MIXTURES = (0.7310585, 0.3141593, 1.1935117, 2.0180339, 1.6449341, 2.6854520, 0.1134267)
_NEGLIGIBLE, _SWEEPS = 1e-15, 30
"""Entries that are not made smaller, and the most sweeps."""

_ROUNDING, _EQUAL, _NEAR = 2e-13, 1e-9, 1e-6
"""Differences of eigenvalues that have one space, of those that keep their order, and of squared lengths of which the
first counts as the longest: rounding must not decide."""

TOLERANCE = 1e-12
"""The largest error of an entry that may be rounding; a result above it is computed again, and its error returned."""


class Decomposition(NamedTuple):
    """Arrays over the batch: turns (n, 4) after and before on both wires, coordinates (n, 3), phases (n,).

    `error` (n,) is the largest distance of an entry of the product from the unitary.
    """

    after: tuple[Reals, Reals]
    coordinates: Reals
    before: tuple[Reals, Reals]
    phase: Reals
    error: Reals


def interaction_matrices(u: Reals, v: Reals, t: Reals) -> Complexes:
    """exp(-i t (u.sigma) (x) (v.sigma)) for arrays u, v (n, 3) and t (n,), shape (n, 4, 4), in the magic basis."""
    generators = np.einsum("nm,mab->nab", (u[:, :, None] * v[:, None, :]).reshape(-1, 9), _GENERATORS, optimize=True)
    result: Complexes = np.cos(t)[:, None, None] * np.eye(4) - 1j * np.sin(t)[:, None, None] * generators
    return result


_GENERATORS = np.einsum("mij,nkl->mnikjl", PAULIS, PAULIS).reshape(9, 4, 4)
_GENERATORS = np.einsum("ia,pij,jb->pab", MAGIC.conj(), _GENERATORS, MAGIC)

SWAP = np.diag([1.0, 1, -1, 1])
"""The swap in the magic basis: only the singlet, its third state, changes sign."""


TABLES = b"".join(
    [np.ascontiguousarray(table).tobytes() for table in (_GENERATORS, _TO_TURNS, _SIGNS, _MIXTURES, [TOLERANCE])]
)
"""All constants of the kernel's steps."""


class Factors(NamedTuple):
    """An interaction exp(-i t (u.sigma) (x) (v.sigma))."""

    u: Sequence[float]
    v: Sequence[float]
    t: float


def products(several: Sequence[Sequence[Factors]]) -> Complexes:
    """The product of each row of interactions, the first one rightmost, in the magic basis: (n, 4, 4)."""
    if compiled.is_used():
        counts = array("i", [len(row) for row in several])
        numbers = array("d", [x for row in several for u, _, _ in row for x in u])
        numbers.extend([x for row in several for _, v, _ in row for x in v])
        numbers.extend([t for row in several for _, _, t in row])
        return np.frombuffer(compiled.kernel.pair_products(TABLES, counts, numbers), dtype=complex).reshape(-1, 4, 4)
    order = sorted(range(len(several)), key=lambda place: -len(several[place]))
    total = np.broadcast_to(np.eye(4, dtype=complex), (len(several), 4, 4)).copy()
    for step in range(len(several[order[0]]) if order else 0):
        places = [place for place in order if len(several[place]) > step]
        u, v, t = (np.array(part) for part in zip(*[several[place][step] for place in places], strict=True))
        total[places] = interaction_matrices(u, v, t) @ total[places]
    return total


def decomposed(unitaries: Complexes) -> Decomposition:
    """The decomposition of unitaries given in the magic basis, shape (n, 4, 4)."""
    if compiled.is_used():
        numbers = np.frombuffer(compiled.kernel.decompose(TABLES, np.ascontiguousarray(unitaries))).reshape(-1, 21)
        after, before = (numbers[:, :4], numbers[:, 4:8]), (numbers[:, 8:12], numbers[:, 12:16])
        return Decomposition(after, numbers[:, 16:19], before, numbers[:, 19], numbers[:, 20])
    count = len(unitaries)
    orthogonal, bases = np.empty((count, 4, 4)), np.empty((count, 4, 4))
    angles, errors = np.empty((count, 4)), np.empty(count)
    left = np.arange(count)
    for mixture in _MIXTURES:
        given = unitaries[left]
        first, phases, basis, error = _attempt(given, mixture)
        orthogonal[left], angles[left], bases[left], errors[left] = first, phases, basis, error
        left = left[error > TOLERANCE]
        if not len(left):
            break
    a, b = _factors(orthogonal)
    c, d = _factors(bases.transpose(0, 2, 1))
    return Decomposition((a, b), angles @ _SIGNS.T, (c, d), angles.sum(axis=1) / 4, errors)


def _attempt(unitaries: Complexes, mixture: float) -> tuple[Reals, Reals, Reals, Reals]:
    """M = O e^{i angles} P^T with O and P real, of determinant 1, and the largest error of an entry."""
    squares = unitaries.transpose(0, 2, 1) @ unitaries
    mixed = np.cos(mixture) * squares.real + np.sin(mixture) * squares.imag
    basis = _eigenvectors((mixed + mixed.transpose(0, 2, 1)) / 2)
    basis[:, :, 0] *= np.sign(np.linalg.det(basis))[:, None]
    columns = unitaries @ basis
    angles = np.angle(np.einsum("nab,nab->nb", basis, squares @ basis)) / 2
    angles[angles < _EQUAL - np.pi / 2] += np.pi  # rounding does not decide which side of the cut it is
    first = columns * np.exp(-1j * angles)[:, None, :]
    flipped = np.linalg.det(first.real) < 0
    angles[flipped, 0] += np.pi
    first[flipped, :, 0] *= -1
    # Each O is brought back to orthogonality (one Newton step), so that errors do not add up along a circuit.
    orthogonal = first.real
    orthogonal = 1.5 * orthogonal - 0.5 * orthogonal @ (orthogonal.transpose(0, 2, 1) @ orthogonal)
    rebuilt = (orthogonal * np.exp(1j * angles)[:, None, :]) @ basis.transpose(0, 2, 1)
    return orthogonal, angles, basis, np.abs(rebuilt - unitaries).max(axis=(1, 2))


def _eigenvectors(matrices: Reals) -> Reals:
    """The eigenvectors of symmetric matrices as columns, those of small values first (Jacobi's method, cyclic).

    Those of values that are equal but for rounding are settled.
    """
    values, basis = matrices.copy(), np.broadcast_to(np.eye(4), matrices.shape).copy()
    for _ in range(_SWEEPS):
        rotated = [_rotated(values, basis, p, q) for p in range(4) for q in range(p + 1, 4)]
        if not any(rotated):
            break
    sizes = np.einsum("naa->na", values).copy()
    for last in range(1, 4):
        for place in range(last, 0, -1):
            rows = np.flatnonzero(sizes[:, place] < sizes[:, place - 1] - _EQUAL)[:, None]
            here, there = [place - 1, place], [place, place - 1]
            sizes[rows, here] = sizes[rows, there]
            basis[rows, :, here] = basis[rows, :, there]
    for row in np.flatnonzero((np.diff(sizes, axis=1) < _ROUNDING).any(axis=1)):
        first = 0
        while first < 4:
            count = int((np.abs(sizes[row, first:] - sizes[row, first]) <= _ROUNDING).sum())
            if count > 1:
                _settle(basis[row, :, first : first + count])
            first += count
    return basis


def _settle(columns: Reals) -> None:
    """Replaces orthonormal columns (4, n) by others of the same space, which do not depend on rounding.

    They are unit vectors projected to it, one after another, the longest first.
    """
    projector = columns @ columns.T
    for column in columns.T:
        squares = projector.diagonal()
        longest = int(np.argmax(squares > squares.max() - _NEAR))
        column[:] = projector[longest] / np.sqrt(squares[longest])
        projector = projector - np.outer(column, column)


def _rotated(matrices: Reals, basis: Reals, p: int, q: int) -> bool:
    """Makes the entry p, q of each matrix 0 by a rotation of its basis; whether there was anything to do."""
    rows = np.flatnonzero(np.abs(matrices[:, p, q]) > _NEGLIGIBLE)
    middle = (matrices[rows, q, q] - matrices[rows, p, p]) / (2 * matrices[rows, p, q])
    tangent = np.where(middle < -_EQUAL, -1, 1) / (np.abs(middle) + np.sqrt(1 + middle * middle))
    cosine = (1 / np.sqrt(1 + tangent * tangent))[:, None]
    sine = tangent[:, None] * cosine
    for several in (matrices, matrices.transpose(0, 2, 1), basis):
        a, b = several[rows, :, p], several[rows, :, q]
        several[rows, :, p], several[rows, :, q] = cosine * a - sine * b, sine * a + cosine * b
    return len(rows) > 0


def _factors(local: Reals) -> tuple[Reals, Reals]:
    """The two turns of local unitaries, given as real matrices in the magic basis."""
    table = (local.reshape(-1, 16) @ _TO_TURNS).reshape(-1, 4, 4)
    squares = (table**2).sum(axis=2)
    rows = np.argmax(squares > squares.max(axis=1, keepdims=True) - _EQUAL, axis=1)
    second = table[np.arange(len(table)), rows]
    second /= np.linalg.norm(second, axis=1)[:, None]
    first = (table @ second[:, :, None])[:, :, 0]
    return first / np.linalg.norm(first, axis=1)[:, None], second
