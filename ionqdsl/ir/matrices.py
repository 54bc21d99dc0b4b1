"""Computes the matrices of rows from the gate table alone.

Takes a row whose angles are numbers and returns its dense matrix on its own qubits, controls first and the first qubit
most significant. Whole circuits are not multiplied here: simulation/ does that from matrices written by hand, so that
each of the two can check the other.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
from numpy.typing import NDArray

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, Op, Operator
from ionqdsl.ir.gates import GATES, Gate

Matrix = NDArray[np.complex128]

_X: Matrix = np.array([[0, 1], [1, 0]], dtype=complex)
_Y: Matrix = np.array([[0, -1j], [1j, 0]])
_Z: Matrix = np.diag([1 + 0j, -1])

AXES: dict[str, Matrix] = {"I": np.eye(2, dtype=complex), "X": _X, "Y": _Y, "Z": _Z, "H": (_X + _Z) / np.sqrt(2)}
"""The fixed axes by letter; each squares to the identity."""

_SWAP: Matrix = np.eye(4, dtype=complex)[[0, 2, 1, 3]]


def matrix(op: Op) -> Matrix:
    """The matrix of a row, shape (2**k, 2**k) for its k qubits, global phase included.

    A barrier and a `nop` are identities. Raises `Unbound` if an angle still contains parameters.
    """
    gate = GATES.get(op.gate)
    controls = op.controls + (gate.controls if gate else 0)
    operands = len(op.qubits) - controls
    if op.gate == BARRIER or gate is None or not operands:
        return np.eye(2 ** len(op.qubits), dtype=complex)
    if op.operator is not None:
        inner = exponential(op.operator, op.angles[0].in_radians(), operands)
    else:
        inner = rotation(gate, op.angles)
    return controlled(inner, controls)


def controlled(inner: Matrix, controls: int) -> Matrix:
    """The matrix that applies `inner` if all of the preceding control qubits are |1>."""
    result: Matrix = np.eye(len(inner) << controls, dtype=complex)
    result[-len(inner) :, -len(inner) :] = inner
    return result


def rotation(gate: Gate, angles: tuple[Angle, ...]) -> Matrix:
    """A gate without its controls: exp(i 2 pi phase) exp(-i pi rotation G), and G squares to the identity."""
    half = np.pi * gate.rotation.at(angles).in_turns()
    generator = axis(gate.axis, angles)
    phase = np.exp(2j * np.pi * gate.phase.at(angles).in_turns())
    result: Matrix = phase * (np.cos(half) * np.eye(len(generator)) - 1j * np.sin(half) * generator)
    return result


def axis(letters: str, angles: tuple[Angle, ...] = ()) -> Matrix:
    """The involution that a gate's `axis` names; the n-th P takes the n-th angle as its phase."""
    if letters == "SWAP":
        return _SWAP
    phases = iter(angles)
    return _kron(tuple(equatorial(next(phases).in_turns()) if letter == "P" else AXES[letter] for letter in letters))


def equatorial(turns: float) -> Matrix:
    """cos(2 pi p) X + sin(2 pi p) Y."""
    phase = np.exp(2j * np.pi * turns)
    return np.array([[0, phase.conjugate()], [phase, 0]])


def exponential(operator: Operator, time: float, qubits: int) -> Matrix:
    """exp(-i time operator) on a number of qubits, or its first-order Trotter steps, terms in their order."""
    terms = [(float(coefficient), pauli_product(product, qubits)) for product, coefficient in operator.terms]
    identity: Matrix = np.eye(2**qubits, dtype=complex)
    if not operator.steps:
        hamiltonian = sum((coefficient * product for coefficient, product in terms), 0 * identity)
        energies, states = np.linalg.eigh(hamiltonian)
        result: Matrix = (states * np.exp(-1j * time * energies)) @ states.conj().T
        return result
    angles = [time * coefficient / operator.steps for coefficient, _ in terms]
    exponentials = [
        np.cos(angle) * identity - 1j * np.sin(angle) * product
        for angle, (_, product) in zip(angles, terms, strict=True)
    ]
    step: Matrix = reduce(lambda before, factor: factor @ before, exponentials, identity)
    return np.linalg.matrix_power(step, operator.steps)


def pauli_product(product: tuple[tuple[str, int], ...], qubits: int) -> Matrix:
    """The Pauli product as a matrix, shape (2**qubits, 2**qubits)."""
    letters = {index: letter for letter, index in product}
    return _kron(tuple(AXES[letters.get(index, "I")] for index in range(qubits)))


def _kron(factors: tuple[Matrix, ...]) -> Matrix:
    return reduce(np.kron, factors, np.eye(1, dtype=complex))
