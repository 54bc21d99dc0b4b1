"""`python -m tests.bench.fair.bounds`: the fewest two-qubit gates that each circuit can have under `unitary`, proved.

An interaction across a cut of the qubits at most doubles the operator Schmidt rank of the circuit, so a cut of rank r
is crossed by at least log2(r) of them. The bound is the fewest gates, as numbers on pairs of qubits, that every cut
allows: an integer program. It is low where qubits meet often, so a row above it may be at its optimum all the same.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import combinations
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from ionqdsl.simulation.simulate import unitary
from tests.bench import corpus
from tests.bench.fair import results, summary
from tests.bench.fair.circuits import circuits
from tests.bench.peers.summary import geo_mean

MOST = 3
"""The most qubits on the smaller side of a cut whose rank is computed; of others only whether it is 1."""
TOLERANCE = 1e-7
"""Of the largest singular value. A value that is taken for 0 only makes a bound lower."""


def crossings(matrix: NDArray[np.complex128], side: tuple[int, ...]) -> int:
    """The fewest interactions across a cut, for a unitary of (2,) * 2n with the outputs first."""
    width = matrix.ndim // 2
    rest = [qubit for qubit in range(width) if qubit not in side]
    axes = [*side, *(width + qubit for qubit in side), *rest, *(width + qubit for qubit in rest)]
    across = matrix.transpose(axes).reshape(4 ** len(side), -1)
    if len(side) > MOST:
        row, column = np.unravel_index(abs(across).argmax(), across.shape)
        product = np.outer(across[:, column], across[row]) / across[row, column]
        return int(not np.allclose(across, product, atol=TOLERANCE))
    sizes = np.linalg.svd(across, compute_uv=False)
    return ceil(log2(int((sizes > TOLERANCE * sizes[0]).sum())))


def cuts(width: int) -> Iterator[tuple[int, ...]]:
    """The smaller sides of all cuts, each cut once."""
    for size in range(1, width // 2 + 1):
        for side in combinations(range(width), size):
            if 2 * size < width or 0 in side:
                yield side


def fewest(matrix: NDArray[np.complex128], width: int) -> int:
    """The fewest two-qubit gates that all cuts allow, for a unitary of 2^n by 2^n."""
    from scipy.optimize import LinearConstraint, milp

    if width < 2:
        return 0
    matrix = matrix.reshape((2,) * (2 * width))
    pairs = list(combinations(range(width), 2))
    sides = list(cuts(width))
    crossed = np.array([[(a in side) != (b in side) for a, b in pairs] for side in sides], float)
    least = [crossings(matrix, side) for side in sides]
    found = milp(np.ones(len(pairs)), constraints=LinearConstraint(crossed, least), integrality=np.ones(len(pairs)))
    return round(found.fun)


def main() -> None:
    """A line for each open circuit, and the sums of all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fair.bounds")
    parser.add_argument("--widest", type=int, default=8, metavar="N", help="circuits of more qubits are left out")
    widest = parser.parse_args().widest
    table = summary.table(results.load())
    ratios, possible, optimal = [], [], 0
    for name, text in circuits().items():
        pair = table.pair(name, "unitary") if name in table.rows else None
        circuit = corpus.read(text)
        if pair is None or not pair.best or circuit.width > widest:
            continue
        bound = fewest(unitary(circuit), circuit.width)
        optimal += pair.ours == bound
        ratios.append(pair.ours / pair.best)
        possible.append(bound / pair.best)
        if not summary.is_held_out(name):
            print(f"{name:35} ours {pair.ours:4.0f}   best of the others {pair.best:4.0f}   at least {bound:3}")
    print(f"\nat a known optimum: {optimal} of {len(ratios)} circuits of up to {widest} qubits under unitary")
    print(
        f"geometric mean of the ratios: {geo_mean(ratios):.2f}, and at least {geo_mean(possible):.2f} by these bounds"
    )


if __name__ == "__main__":
    main()
