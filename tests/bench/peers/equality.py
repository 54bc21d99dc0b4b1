"""Does a compiled circuit have the effect of its source? Judged by simulation, with none of the compilers taking part.

Two circuits and contracts go in, deviations come out: random states of all qubits at once run through both, and the
difference without the phases that a contract lets go is the deviation. Wide circuits are not judged. How far an
approximation is from its source at worst, not on average over the states, `distance` says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ionqdsl.algebra.modifiers import power
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.simulation.statevector import Array, basis_state, evolve

EXACT = 1e-6
"""Larger deviations are another circuit, or an approximation that nobody asked for."""

STATES = {12: 4, 18: 2, 20: 1}
"""Up to so many qubits -> how many random states."""

MOST = 8e9
"""Two-qubit gates times amplitudes beyond which a check would take longer than anything it checks."""


Deviations = dict[str, float]
"""Contract -> the largest distance of two final states (2-norm), or the total variation of the distributions."""


def deviations(
    source: FlatCircuit, result: FlatCircuit, inputs: Sequence[int] | None, contracts: Sequence[str]
) -> Deviations:
    """How far `result` is from `source` under each contract; empty where the circuits are too wide or too long.

    `inputs[q]` is the source's qubit whose input the result's qubit q takes, None where none is renamed.
    """
    states = next((number for width, number in STATES.items() if source.width <= width), 0)
    if not states or len(result.rows) * 2**source.width * states > MOST:
        return {}
    found: Deviations = {}
    if "outcomes" in contracts:
        left, right = basis_state(source.width), basis_state(source.width)
        evolve(left, source.rows)
        evolve(right, result.rows)
        found["outcomes"] = float(np.abs(np.abs(left) ** 2 - np.abs(right) ** 2).sum()) / 2
    left = _random_states(source.width, states)
    right = _renamed(left, inputs)
    evolve(left, source.rows)
    evolve(right, result.rows)
    for contract in ("measurement", "unitary"):
        if contract in contracts:
            found[contract] = float(np.linalg.norm(right - _phases(left, right, contract) * left, axis=1).max())
    return {contract: found[contract] for contract in contracts}


def distance(source: FlatCircuit, result: FlatCircuit, inputs: Sequence[int] | None, contract: str) -> float:
    """The operator norm of the difference of both circuits under `unitary` or `measurement`, for the best global phase.

    Under `measurement` it is a bound: the norm without any phases of the outcomes, or with their average over a few
    states if that is smaller. In wide circuits too few states have a share in an outcome for that.
    """
    left = _random_states(source.width, 2)
    right = _renamed(left, inputs)
    evolve(left, source.rows)
    evolve(right, result.rows)
    if contract == "measurement":
        freed = _distance(source, result, inputs, _phases(left, right, contract))
        return min(freed, distance(source, result, inputs, "unitary"))
    return _distance(source, result, inputs, _phases(left, right, contract))


def _distance(source: FlatCircuit, result: FlatCircuit, inputs: Sequence[int] | None, phases: Array) -> float:
    """The norm with certain phases, and the best global one.

    With W = U+ D* V, U the source, V the result and D the phases, (W - W+)/2i has the sines of W's eigenphases as
    eigenvalues. The best global phase puts those in the middle of their range, whose half is the angle of the furthest.
    Right where the circuits are less than a right angle apart.
    """
    from scipy.sparse.linalg import LinearOperator, eigsh

    width = source.width
    back = None if inputs is None else [inputs.index(qubit) for qubit in range(width)]
    undo_source, undo_result = _undone(source), _undone(result)

    def anti_hermitian_part(vector: Array) -> Array:
        forth = _renamed(vector.reshape(1, -1).astype(complex), inputs)
        evolve(forth, result.rows)
        forth *= phases.conj()
        evolve(forth, undo_source)
        other = vector.reshape(1, -1).astype(complex)
        evolve(other, source.rows)
        other *= phases
        evolve(other, undo_result)
        return ((forth - _renamed(other, back)) / 2j).reshape(-1)

    operator = LinearOperator((2**width, 2**width), matvec=anti_hermitian_part, dtype=complex)
    start = _random_states(width, 1)[0]
    low, high = (
        eigsh(operator, 1, which=end, v0=start, tol=1e-3, return_eigenvectors=False)[0] for end in ("SA", "LA")
    )
    return float(2 * math.sin((math.asin(high) - math.asin(low)) / 4))


def _phases(left: Array, right: Array, contract: str) -> Array:
    """The phases of `right` relative to `left`: one, or under `measurement` one an outcome, a diagonal at the end."""
    overlaps = (left.conj() * right).sum(axis=0)
    seen = overlaps if contract == "measurement" else overlaps.sum(keepdims=True)
    sizes = np.abs(seen)
    return np.where(sizes > 0, seen / np.where(sizes > 0, sizes, 1), 1)


def _undone(circuit: FlatCircuit) -> list[Op]:
    """Rows that undo the circuit, with its phase: the inverse of a gate is one or several gates and leaves no phase."""
    inverses = [power(op, -1) for op in reversed(circuit.rows) if op.gate != BARRIER]
    assert not any(phase for _, phase in inverses)
    return [row for rows, _ in inverses for row in rows]


def _random_states(width: int, number: int) -> Array:
    """States from the uniform distribution: they see every difference that is not confined to a corner."""
    generator = np.random.default_rng(2 * width + 1)
    states = generator.normal(size=(number, 2**width)) + 1j * generator.normal(size=(number, 2**width))
    return np.ascontiguousarray(states / np.linalg.norm(states, axis=1, keepdims=True))


def _renamed(states: Array, inputs: Sequence[int] | None) -> Array:
    width = int(math.log2(states.shape[1]))
    if inputs is None:
        return states.copy()
    tensor = states.reshape(-1, *(2,) * width).transpose(0, *(1 + name for name in inputs))
    return tensor.copy(order="C").reshape(states.shape)
