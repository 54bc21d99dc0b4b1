"""Does a compiled circuit do what its source does? Judged by simulation, with none of the compilers taking part.

Two circuits and contracts go in, deviations come out: random states of all qubits at once run through both, and what is
left over once phases that a contract lets go are taken out is the deviation. Wide circuits are not judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.simulation.statevector import Array, basis_state, evolve

EXACT = 1e-6
"""Larger deviations are another circuit, or an approximation that nobody asked for."""

STATES = {12: 4, 18: 2}
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
    overlaps = (left.conj() * right).sum(axis=0)  # one phase an outcome, over all states: a diagonal at the end
    for contract, seen in (("measurement", overlaps), ("unitary", overlaps.sum(keepdims=True))):
        if contract in contracts:
            sizes = np.abs(seen)
            phases = np.where(sizes > 0, seen / np.where(sizes > 0, sizes, 1), 1)
            found[contract] = float(np.linalg.norm(right - phases * left, axis=1).max())
    return {contract: found[contract] for contract in contracts}


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
