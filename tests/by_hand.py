"""Matrices written by hand, for tests that compare the package with something it shares no code with.

The first factor, qubit or letter is the most significant.
"""

from __future__ import annotations

import cmath
from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any

import numpy as np

I2 = np.eye(2, dtype=complex)
X = np.array([[0, 1], [1, 0]], dtype=complex)
Y = np.array([[0, -1j], [1j, 0]])
Z = np.diag([1, -1]).astype(complex)
H = np.array([[1, 1], [1, -1]], dtype=complex) / np.sqrt(2)
ROOT_X = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
SWAP = np.eye(4, dtype=complex)[[0, 2, 1, 3]]
PAULIS = {"I": I2, "X": X, "Y": Y, "Z": Z}


def phase(angle: float) -> np.ndarray:
    """diag(1, exp(i angle))."""
    return np.diag([1, cmath.exp(1j * angle)])


FIXED = {"x": X, "not": X, "y": Y, "z": Z, "h": H, "s": phase(np.pi / 2), "si": phase(-np.pi / 2), "swap": SWAP}
FIXED |= {"t": phase(np.pi / 4), "ti": phase(-np.pi / 4), "v": ROOT_X, "vi": ROOT_X.conj().T}
"""The gates of the table without parameters, controls apart."""


def axis(azimuth: float) -> np.ndarray:
    """The direction in the plane of X and Y at an angle from X: the matrix of gpi."""
    return np.cos(azimuth) * X + np.sin(azimuth) * Y


def kron(*matrices: np.ndarray) -> np.ndarray:
    """The tensor product."""
    return reduce(np.kron, matrices, np.eye(1, dtype=complex))


def product(letters: Iterable[str]) -> np.ndarray:
    """A Pauli product, a letter for each qubit."""
    return kron(*(PAULIS[letter] for letter in letters))


def pauli_sum(terms: Iterable[tuple[Iterable[tuple[str, int]], Any]], width: int) -> np.ndarray:
    """A sum of Pauli products on `width` qubits; a term has letters with their qubits, and a factor."""
    total = np.zeros((2**width, 2**width), dtype=complex)
    for letters, factor in terms:
        places = {qubit: letter for letter, qubit in letters}
        total += float(factor) * product(places.get(qubit, "I") for qubit in range(width))
    return total


def turned(generator: np.ndarray, theta: float) -> np.ndarray:
    """exp(-i theta/2 G) for an involution G."""
    return np.cos(theta / 2) * np.eye(len(generator)) - 1j * np.sin(theta / 2) * generator


def exponential(hermitian: np.ndarray, time: float) -> np.ndarray:
    """exp(-i time H), from the eigenvectors of H."""
    values, vectors = np.linalg.eigh(hermitian)
    return np.asarray((vectors * np.exp(-1j * time * values)) @ vectors.conj().T)


def on(matrix: np.ndarray, qubits: Sequence[int], width: int) -> np.ndarray:
    """A matrix on some of `width` qubits as one on all."""
    columns = np.eye(2**width, dtype=complex).reshape((2,) * width + (-1,))
    count = len(qubits)
    result = np.tensordot(matrix.reshape((2,) * 2 * count), columns, (range(count, 2 * count), qubits))
    return np.moveaxis(result, range(count), qubits).reshape(2**width, -1)


def controlled(matrix: np.ndarray, count: int = 1) -> np.ndarray:
    """The matrix with `count` controls in front of it."""
    size = len(matrix)
    result = np.eye(size * 2**count, dtype=complex)
    result[-size:, -size:] = matrix
    return result


def principal_power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """Eigenphases in (-pi, pi], times the exponent; for normal matrices."""
    from numpy.linalg import eig, qr

    values, vectors = eig(matrix)
    phases = np.angle(values)
    phases = np.where(phases < -np.pi + 1e-9, np.pi, phases)
    order = np.argsort(phases)  # equal eigenvalues side by side, so that QR keeps their spaces
    phases, (basis, _) = phases[order], qr(vectors[:, order])
    return basis @ np.diag(np.exp(1j * phases * exponent)) @ basis.conj().T
