"""A thousand bindings of a compiled ansatz of 200 gates against compiling a thousand bound ones.

    python -m tests.bench.bindings

Each round binds all points at once (`sweep(...).angles()`) and compiles a few bound circuits by themselves, in turn, so
that whatever else the computer does is shared; the ratio is of medians of processor time, per thousand.
"""

from __future__ import annotations

import time
from statistics import median

import numpy as np

import ionqdsl as iq

POINTS, ALONE, ROUNDS = 1000, 3, 7


def ansatz(width: int = 8, gates: int = 200) -> iq.Circuit:
    """Layers of rotations by parameters and of cnots."""
    circuit, number = iq.Circuit(width), 0
    while len(circuit) < gates:
        for qubit in range(width):
            circuit.ry(iq.param(f"t{number}"), qubit)
            number += 1
        for qubit in range(width - 1):
            circuit.cnot(qubit, qubit + 1)
    return circuit[:gates]


def main() -> float:
    """Prints and returns the ratio."""
    source = ansatz()
    names = source.parameters
    values = np.random.default_rng(1).uniform(-3, 3, (POINTS, len(names)))
    columns = {name: values[:, place] for place, name in enumerate(names)}
    ratios = []
    for target in ("aria", "forte"):
        native = iq.compile(source, target=target)
        bound_s, compiled_s = [], []
        for _ in range(ROUNDS):
            points = native.sweep(columns)
            start = time.process_time()
            points.angles("turn")
            bound_s.append(time.process_time() - start)
            start = time.process_time()
            for point in range(ALONE):
                iq.compile(source.bind({name: column[point] for name, column in columns.items()}), target=target)
            compiled_s.append((time.process_time() - start) * POINTS / ALONE)
        ratio = median(bound_s) / median(compiled_s)
        ratios.append(ratio)
        bind, again = 1000 * median(bound_s), 1000 * median(compiled_s)
        print(f"{target:6} bind {bind:8.1f} ms   compile {again:9.0f} ms   1/{1 / ratio:.0f}")
    return max(ratios)


if __name__ == "__main__":
    main()
