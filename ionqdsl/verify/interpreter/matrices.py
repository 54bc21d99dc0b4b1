"""Matrices of the interpreter's rows, for powers that are not gates of the table, and for comparing such powers."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.simulation.statevector import apply
from ionqdsl.verify.interpreter.meaning import MeantRow

PERIOD = 8
"""The eigenphases of the gates of the table without parameters are multiples of a turn / 8."""
Matrix = NDArray[np.complex128]


def moved(row: MeantRow, wires: dict[int, int]) -> MeantRow:
    """A row on other qubits."""
    inside = tuple(moved(inner, wires) for inner in row.inside)
    return row._replace(qubits=tuple(wires[qubit] for qubit in row.qubits), inside=inside)


def play(states: Matrix, row: MeantRow, bound: Callable[[Angle], Angle]) -> None:
    """Applies a row of the interpreter to every state."""
    if row.gate not in ("power", "product"):
        angles = tuple(bound(angle) for angle in row.angles)
        apply(states, Op(row.gate, row.qubits, angles, row.controls, 0, row.operator))
        return
    inside = matrix(row.inside, bound(row.angles[0]), row.qubits[row.controls :], bound)
    is_plain = row.gate == "power" and not row.inside[0].angles and not row.angles[0]
    exponent = row.exponent % PERIOD if is_plain else row.exponent  # a float would lose the fraction of a large one
    _multiply(states, principal_power(inside, float(exponent)), row.qubits, row.controls)


def matrix(rows: Sequence[MeantRow], phase: Angle, qubits: Sequence[int], bound: Callable[[Angle], Angle]) -> Matrix:
    """The matrix of rows and a phase on some qubits, the first the most significant."""
    wires = {qubit: wire for wire, qubit in enumerate(qubits)}
    columns = np.eye(1 << len(qubits), dtype=np.complex128)
    for row in rows:
        play(columns, moved(row, wires), bound)
    return np.asarray(columns.T * cmath.exp(1j * phase.in_radians()))


def global_phase(rows: Sequence[MeantRow], phase: Angle, qubits: Sequence[int]) -> float | None:
    """The phase in (-pi, pi] if that is all that rows do, otherwise None; their angles must be numbers."""
    product = matrix(rows, phase, qubits, lambda angle: angle)
    off = np.abs(product - product[0, 0] * np.eye(len(product))).max()
    turned = cmath.phase(product[0, 0])
    return None if off > 1e-12 else math.pi if turned < -math.pi + 1e-12 else turned


def principal_power(unitary: Matrix, exponent: float) -> Matrix:
    """A power of a unitary matrix, its eigenphases in (-pi, pi].

    Its Hermitian and skew parts commute, so a generic mixture of the two has the eigenvectors.
    """
    mixture = (unitary + unitary.conj().T) / 2 + math.e * (unitary - unitary.conj().T) / 2j
    _, vectors = np.linalg.eigh(mixture)
    phases = np.angle(np.einsum("ji,jk,ki->i", vectors.conj(), unitary, vectors))
    phases = np.where(phases < -np.pi + 1e-9, np.pi, phases)
    return np.asarray((vectors * np.exp(1j * exponent * phases)) @ vectors.conj().T)


def _multiply(states: Matrix, matrix: Matrix, qubits: tuple[int, ...], controls: int) -> None:
    """Applies a matrix to qubits if the first of them are all |1>."""
    width = states.shape[1].bit_length() - 1
    tensor = states.reshape(len(states), *(2,) * width)
    where = [slice(None)] * (width + 1)
    for qubit in qubits[:controls]:
        where[qubit + 1] = slice(1, 2)
    view, operands = tensor[tuple(where)], [qubit + 1 for qubit in qubits[controls:]]
    count = len(operands)
    gate = matrix.reshape((2,) * (2 * count))
    changed = np.tensordot(gate, view, (range(count, 2 * count), operands))
    view[...] = np.moveaxis(changed, range(count), operands)
