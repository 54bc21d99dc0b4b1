"""Compares two circuits by simulation: whole matrices, random product states, distributions.

Takes two circuits without parameters, on wires that are all in use, and returns a judgement with its deviation, exact
up to rounding for matrices and distributions, and as reliable as random inputs for states.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases
from ionqdsl.ir.matrices import Matrix
from ionqdsl.simulation.simulate import probabilities, state, unitary

Lengths = NDArray[np.float64]

STATES = 3

PREPARED = {"0": (0.0, 0.0), "1": (math.pi, 0.0), "+": (math.pi / 2, 0.0), "i": (math.pi / 2, math.pi / 2)}
"""Angles of ry and rz that prepare a state of one qubit from |0>."""

CONE = 12
"""Most qubits in the past of an output."""

_ROWS = 32
_RELABELLINGS = 100
"""Most relabellings tried if none is given."""


def distributions(a: FlatCircuit, b: FlatCircuit) -> float:
    """The total variation distance of the measured distributions from |0...0>."""
    return float(np.abs(probabilities(a) - probabilities(b)).sum()) / 2


def distance_from_zeros(a: FlatCircuit, b: FlatCircuit) -> float:
    """The distance of the final states from |0...0>, up to a global phase."""
    left, right = state(a)[:, None], state(b)[:, None]
    return float(_lengths(left, right, "unitary")[0])


def product_states(
    a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int], seed: int, is_mean: bool
) -> float:
    """The deviation of the final states, for random product states."""
    states = [_random_product(a.width, seed + number) for number in range(STATES)]
    left = np.stack([state(prepared(a, angles)) for angles in states], axis=1)
    moved = [[angles[name] for name in names] for angles in states]
    right = np.stack([state(prepared(b, angles)) for angles in moved], axis=1)
    return _deviation(left, right, preserve, is_mean)


def marginals(a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int], seed: int) -> tuple[float, int]:
    """The largest difference in the probability of one qubit to be 1, and the number of qubits that could be computed.

    Only gates in a qubit's past cone affect it, so circuits of any width can be compared if the cone has at most `CONE`
    qubits. Inputs are a random product state, |0...0> for `outcomes`.
    """
    angles = _random_product(a.width, seed)
    if preserve == "outcomes":
        angles = [(0.0, 0.0)] * a.width
    moved = [angles[name] for name in names]
    worst, count = 0.0, 0
    for qubit in range(a.width):
        tables = [marginal(*pair, qubit) for pair in ((a, angles), (b, moved))]
        if tables[0] is not None and tables[1] is not None:
            worst = max(worst, abs(tables[0] - tables[1]))
            count += 1
    return worst, count


def marginal(circuit: FlatCircuit, angles: Sequence[tuple[float, float]], qubit: int) -> float | None:
    """The probability that a qubit is read as 1, from the product state of these angles; None if its past is wide."""
    cone = {qubit}
    rows = []
    for op in reversed(circuit.rows):
        if not cone.isdisjoint(op.qubits):
            cone.update(op.qubits)
            rows.append(op)
            if len(cone) > CONE:
                return None
    wires = sorted(cone)
    place = {wire: number for number, wire in enumerate(wires)}
    small = [op.on(place) for op in reversed(rows)]
    inner = FlatCircuit(len(wires), rows=small, origins=[None] * len(small))
    final = probabilities(prepared(inner, [angles[wire] for wire in wires]))
    return float(final.reshape(1 << place[qubit], 2, -1)[:, 1].sum())


def unitaries(
    a: FlatCircuit,
    b: FlatCircuit,
    preserve: str,
    names: tuple[int, ...],
    may_search: bool,
    tolerance: float,
    is_mean: bool = False,
) -> tuple[float, tuple[int, ...], bool]:
    """The deviation of the whole matrices, with the input permutation it holds for: another one may be found.

    The third value is whether all possible permutations were tried, which are very many if inputs are much alike.
    """
    left, right = unitary(a), unitary(b)
    deviation = _deviation(_relabelled(left, names), right, preserve, is_mean)
    if deviation < tolerance or fixes_inputs(preserve) or not may_search:
        return deviation, names, True
    candidates, is_whole = _candidates(left, right, preserve, tolerance)
    for candidate in candidates:
        again = _deviation(_relabelled(left, candidate), right, preserve, is_mean)
        if again < tolerance:
            return again, candidate, True
    return deviation, names, is_whole


def differences(a: FlatCircuit, b: FlatCircuit, preserve: str) -> Lengths:
    """The distance of the circuits on each basis state, ignoring phases that do not count."""
    return _lengths(unitary(a), unitary(b), preserve)


def _random_product(width: int, seed: int) -> list[tuple[float, float]]:
    """Two angles per qubit, for ry and rz."""
    generator = random.Random(f"product {seed}")
    return [(generator.uniform(0, math.pi), generator.uniform(0, 2 * math.pi)) for _ in range(width)]


def prepared(circuit: FlatCircuit, angles: Sequence[tuple[float, float]]) -> FlatCircuit:
    """The circuit after a preparation of every qubit, by ry and rz with two angles each."""
    rows = [
        Op(gate, (qubit,), (Angle(0, angle),))
        for qubit, pair in enumerate(angles)
        for gate, angle in zip(("ry", "rz"), pair, strict=True)
        if angle
    ]
    return circuit.replace(rows=rows + circuit.rows, origins=[None] * (len(rows) + len(circuit.rows)))


def _deviation(a: Matrix, b: Matrix, preserve: str, is_mean: bool) -> float:
    """The longest column of b - D a; or the root of the mean square."""
    lengths = _lengths(a, b, preserve)
    return float(np.sqrt((lengths**2).mean()) if is_mean else lengths.max())


def _lengths(a: Matrix, b: Matrix, preserve: str) -> Lengths:
    """The columns of b - D a, D the best global phase, or the best phase of every row if phases do not count.

    D makes the sum of the squares of all columns least, so their mean is never above that of another D.
    """
    overlaps = (a.conj() * b).sum(axis=1, keepdims=True)
    if fixes_phases(preserve):
        overlaps = overlaps.sum(keepdims=True)
    sizes = np.abs(overlaps)
    phases = np.where(sizes > 0, overlaps / np.where(sizes > 0, sizes, 1), 1)
    lengths: Lengths = np.linalg.norm(b - phases * a, axis=0)
    return lengths


def _relabelled(unitary: Matrix, names: tuple[int, ...]) -> Matrix:
    """The unitary after its inputs were renamed: bit q of the new column is bit names[q] of the old."""
    if names == tuple(range(len(names))):
        return unitary
    axes = (0, *(1 + name for name in names))
    return unitary.reshape(-1, *(2,) * len(names)).transpose(axes).reshape(unitary.shape)


def _candidates(a: Matrix, b: Matrix, preserve: str, tolerance: float) -> tuple[list[tuple[int, ...]], bool]:
    """Relabellings that could make b equal D a P, and whether these are all.

    |U Z_q U+|, entry by entry, does not see D, so that of input q of b must equal that of input names[q] of a (a few of
    its rows are enough to propose), and the sizes of images of one |1>, or two, among the inputs must be equal. If D
    is a global phase, U Z_q U+ itself does not see it.
    """
    width = len(a).bit_length() - 1
    seen_as = np.asarray if fixes_phases(preserve) else np.abs
    bits = np.arange(len(a)) >> np.arange(width - 1, -1, -1)[:, None] & 1
    some = slice(None, None, max(1, len(a) // _ROWS))
    seen_a, seen_b = ([seen_as((u[some] * (1 - 2 * row)) @ u.conj().T) for row in bits] for u in (a, b))
    fits = [[j for j, left in enumerate(seen_a) if np.allclose(left, right, atol=tolerance)] for right in seen_b]
    places = [1 << (width - 1 - qubit) for qubit in range(width)]

    def alike(of_a: int, of_b: int) -> bool:
        return bool(np.allclose(np.abs(a[:, of_a]), np.abs(b[:, of_b]), atol=tolerance))

    def fit(names: tuple[int, ...], j: int) -> bool:
        return j not in names and all(alike(places[j] | places[i], new | places[q]) for q, i in enumerate(names))

    result: list[tuple[int, ...]] = [()]
    is_whole = True
    for new, options in zip(places, fits, strict=True):
        options = [j for j in options if alike(places[j], new)]
        result = [(*names, j) for names in result for j in options if fit(names, j)]
        is_whole = is_whole and len(result) <= _RELABELLINGS
        del result[_RELABELLINGS:]
    return result, is_whole
