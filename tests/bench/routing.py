"""Two-qubit gates on machines that do not connect every pair, next to those of qiskit's routing.

    python -m tests.bench.routing [circuit ...]

Needs the folder of circuits (IONQDSL_CIRCUITS, default ../shared/circuits) and qiskit. Places are a line, or a grid
three wide. Columns: all pairs connected; the contract `measurement`; and qiskit's `transpile` at its highest level,
which may leave every outcome on another qubit, while ours are in place. The last lines have geometric means of ours
over qiskit's.
"""

from __future__ import annotations

import argparse
import math

from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.cost import cost_of
from tests.bench import corpus

WIDEST, LONGEST = 20, 1_500

Pairs = list[tuple[int, int]]


def line(width: int) -> Pairs:
    return [(place, place + 1) for place in range(width - 1)]


def grid(width: int) -> Pairs:
    across = [(place, place + 1) for place in range(width - 1) if place % 3 != 2]
    return across + [(place, place + 3) for place in range(width - 3)]


def of_qiskit(text: str, pairs: Pairs) -> int:
    """Two-qubit gates of qiskit's result; the basis has cz, which is one interaction."""
    from qiskit import QuantumCircuit
    from qiskit import transpile as compiled
    from qiskit.transpiler import CouplingMap

    circuit = QuantumCircuit.from_qasm_str(text).remove_final_measurements(inplace=False)
    both = CouplingMap([pair for a, b in pairs for pair in ((a, b), (b, a))])
    options = {"basis_gates": ["rz", "sx", "x", "cz"], "optimization_level": 3, "seed_transpiler": 1}
    return sum(len(step.qubits) == 2 for step in compiled(circuit, coupling_map=both, **options).data)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("circuits", nargs="*")
    names = parser.parse_args().circuits
    ratios: dict[str, list[float]] = {"line": [], "grid": []}
    for path in sorted(corpus.FOLDER.glob("*.qasm")):
        circuit = corpus.read(path.read_text())
        if (names and path.stem not in names) or circuit.width > WIDEST or len(circuit) > LONGEST:
            continue
        whole = cost_of(transpile(circuit, TARGETS["forte"], Options(level=2))[0]).two_qubit_gates
        for kind, pairs in (("line", line(circuit.width)), ("grid", grid(circuit.width))):
            machine = Characterization(kind, one_qubit=0.9998, two_qubit=0.995, pairs=frozenset(pairs))
            result = transpile(circuit, TARGETS["forte"], Options(level=2, characterization=machine))[0]
            ours, theirs = cost_of(result).two_qubit_gates, of_qiskit(path.read_text(), pairs)
            ratios[kind].append(ours / theirs)
            print(f"{path.stem:20}{kind:6}{whole:6}{ours:6}{theirs:6}")
    for kind, values in ratios.items():
        print(f"{kind}: {math.exp(sum(map(math.log, values)) / len(values)):.2f} of qiskit's, {len(values)} circuits")


if __name__ == "__main__":
    main()
