"""Counts the two-qubit gates that Qiskit's and PennyLane's libraries take for tasks of the standard library.

    python -m tests.bench.library_peers

writes tests/bench/library_peers.json, from which `python generate` makes docs/library.md. A task is a call of the
library, as its cost line states it, and Qiskit's circuit for the same unitary, or for the same state from |0...0>.
Evolution is given by its groups of terms that commute, in the order that merges most. Each circuit is transpiled at
levels 1 and 3 to partial rzz and to partial rxx, three seeds each, and the fewest gates count. Qubits that the
transpiler leaves renamed are put back by swaps of three gates, as our counts keep them in place too.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
from qiskit import QuantumCircuit, transpile
from qiskit.circuit import library as qiskit_library
from qiskit.quantum_info import Clifford, SparsePauliOp, random_unitary
from qiskit.synthesis import adder_qft_d00, adder_ripple_c04, synth_clifford_full, synth_qft_full

from ionqdsl import pipeline as stages
from ionqdsl.describe.costs import costs
from ionqdsl.diagnostics.source import Source
from ionqdsl.simulation import simulate
from tests.bench import pennylane_tasks

JSON = Path(__file__).with_suffix(".json")
STD = Path(__file__).resolve().parents[2] / "grammar" / "std"
COST = re.compile(r"^## Cost of `([^`]+)` on `([^`]+)`: (.*)$", re.MULTILINE)

BASES = ("rzz rz sx x", "rxx rz sx x")
SEEDS = 3
CLIFFORDS = 20

EDGES = [(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)]


def on(width: int, gate: object, *qubits: int) -> QuantumCircuit:
    """A gate on some of the qubits, all if none are named."""
    circuit = QuantumCircuit(width)
    circuit.append(gate, list(qubits) or list(range(width)))
    return circuit


Terms = list[tuple[str, list[int], float]]


def evolved(groups: list[Terms], width: int, t: float = 0.5) -> QuantumCircuit:
    """A step of order 2 of exp(-1i t H), for groups whose terms commute."""
    circuit = QuantumCircuit(width)
    for group, time in (
        [(group, t / 2) for group in groups[:-1]] + [(groups[-1], t)] + [(group, t / 2) for group in groups[-2::-1]]
    ):
        operator = SparsePauliOp.from_sparse_list(group, num_qubits=width)
        circuit.append(qiskit_library.PauliEvolutionGate(operator, time=time), range(width))
    return circuit


def ising(edges: list[tuple[int, int]], width: int) -> QuantumCircuit:
    return evolved([[("X", [i], 0.7) for i in range(width)], [("ZZ", [a, b], 1.0) for a, b in edges]], width)


def ising_steps() -> QuantumCircuit:
    """Two steps of half the time."""
    groups: list[Terms] = [[("X", [i], 0.7) for i in range(4)], [("ZZ", [i, i + 1], 1.0) for i in range(3)]]
    return evolved(groups, 4, 0.25).compose(evolved(groups, 4, 0.25))


def bonds(letters: str, first: int, last: int, strength: float) -> Terms:
    return [(letter * 2, [i, i + 1], strength) for i in range(first, last, 2) for letter in letters]


def chain(letters: str) -> QuantumCircuit:
    return evolved([bonds(letters, 0, 3, 1.0), bonds(letters, 1, 3, 1.0)], 4)


def hubbard() -> QuantumCircuit:
    """Two chains of three, with U = 4 and a hop of 1."""
    repulsion: Terms = []
    for i in range(3):
        repulsion += [("ZZ", [i, i + 3], 1.0), ("Z", [i], -1.0), ("Z", [i + 3], -1.0)]
    hops = [bonds("XY", first, 2, -0.5) + bonds("XY", first + 3, 5, -0.5) for first in (0, 1)]
    return evolved([repulsion, *hops], 6)


def qaoa() -> QuantumCircuit:
    edges = [(0, 1), (1, 2), (2, 3), (0, 3)]
    cost = SparsePauliOp.from_sparse_list([("ZZ", [a, b], 1.0) for a, b in edges], num_qubits=4)
    circuit = qiskit_library.qaoa_ansatz(cost, reps=2)
    return circuit.assign_parameters([0.7, 0.3, 0.4, 0.6])


def xy_ring() -> QuantumCircuit:
    circuit = QuantumCircuit(4)
    for a, b in ((0, 1), (2, 3), (1, 2), (3, 0)):
        circuit.append(qiskit_library.XXPlusYYGate(0.6), [a, b])
    return circuit


def bound(circuit: QuantumCircuit) -> QuantumCircuit:
    return circuit.assign_parameters([0.1 * k for k in range(circuit.num_parameters)])


def cost_layer() -> QuantumCircuit:
    terms: Terms = [("ZZ", [a, b], weight) for (a, b), weight in zip(EDGES, (1, 2, 1, 2, 3), strict=True)]
    operator = SparsePauliOp.from_sparse_list(terms, num_qubits=4)
    return on(4, qiskit_library.PauliEvolutionGate(operator, time=0.3))


def evenly(width: int, ones: int) -> QuantumCircuit:
    """The equal superposition of the strings with so many ones."""
    marked = np.array([number.bit_count() == ones for number in range(2**width)])
    return on(width, qiskit_library.StatePreparation((marked / np.sqrt(marked.sum())).tolist()))


def searched() -> QuantumCircuit:
    """One round of Grover's search for 011, the first qubit first."""
    oracle = QuantumCircuit(3)
    oracle.x(0)
    oracle.ccz(0, 1, 2)
    oracle.x(0)
    circuit = QuantumCircuit(3)
    circuit.h(range(3))
    return circuit.compose(qiskit_library.grover_operator(oracle))


def fourier() -> QuantumCircuit:
    return on(4, qiskit_library.QFTGate(4))


def excited(width: int, angle: float) -> QuantumCircuit:
    """The excitation of half of the qubits to the other half as the exponential of its Pauli products."""
    lowering = np.array([[0, 1], [0, 0]])
    half = width // 2
    up = np.eye(1)
    for i in range(width):
        up = np.kron(lowering.T if i >= half else lowering, up)
    operator = SparsePauliOp.from_operator(1j * (up - up.T))
    return on(width, qiskit_library.PauliEvolutionGate(operator, time=angle / 2))


TASKS: dict[str, tuple[str, Callable[[], QuantumCircuit]]] = {
    "qft q": ("QFTGate", fourier),
    "qft_reversed q": ("synth_qft_full", lambda: synth_qft_full(4, do_swaps=False)),
    "add a, b": ("ModularAdderGate", lambda: on(8, qiskit_library.ModularAdderGate(4))),
    "add_with_carry a, b, carry": ("HalfAdderGate", lambda: on(9, qiskit_library.HalfAdderGate(4))),
    "multiply a, b, out": ("MultiplierGate", lambda: on(8, qiskit_library.MultiplierGate(2, 4))),
    "ripple_add a, b": ("adder_ripple_c04", lambda: adder_ripple_c04(4, kind="fixed")),
    "ripple_add_with_carry a, b, carry": ("adder_ripple_c04", lambda: adder_ripple_c04(4, kind="half")),
    "fourier_add a, b": ("adder_qft_d00", lambda: adder_qft_d00(4, kind="fixed")),
    "less_than_constant(5) a, t": (
        "IntegerComparatorGate",
        lambda: on(4, qiskit_library.IntegerComparatorGate(3, 5, geq=False)),
    ),
    "approximate_qft(3) q": ("synth_qft_full", lambda: synth_qft_full(6, approximation_degree=3)),
    "phase_estimation(0.3) c, t": (
        "phase_estimation",
        lambda: qiskit_library.phase_estimation(3, on(1, qiskit_library.PhaseGate(0.3))),
    ),
    'mark("011") q': ("DiagonalGate", lambda: on(3, qiskit_library.DiagonalGate([1, 1, 1, 1, 1, 1, -1, 1]))),
    "mark_number(6) q": ("DiagonalGate", lambda: on(3, qiskit_library.DiagonalGate([1, 1, 1, 1, 1, 1, -1, 1]))),
    "reflect q": ("DiagonalGate", lambda: on(3, qiskit_library.DiagonalGate([1, -1, -1, -1, -1, -1, -1, -1]))),
    "diffusion q": ("grover_operator", lambda: qiskit_library.grover_operator(QuantumCircuit(3))),
    'search(["011"], 1) q': ("grover_operator", searched),
    "w q": ("StatePreparation", lambda: evenly(5, 1)),
    "dicke(2) q": ("StatePreparation", lambda: evenly(4, 2)),
    "uniform(6) q": ("UniformSuperpositionGate", lambda: on(3, qiskit_library.UniformSuperpositionGate(6, 3))),
    'prepare_terms([(0.5, "XZ"), (0.3, "ZI"), (-0.2, "YY")]) a': (
        "StatePreparation",
        lambda: on(2, qiskit_library.StatePreparation(np.sqrt([0.5, 0.3, 0.2, 0]).tolist())),
    ),
    "diagonal([0, 0.1, 0.2, 0.4]) q": (
        "DiagonalGate",
        lambda: on(2, qiskit_library.DiagonalGate(np.exp(1j * np.array([0, 0.1, 0.2, 0.4])).tolist())),
    ),
    "amplitudes([1, 2, 3, 4, 4, 3, 2, 1]) q": (
        "StatePreparation",
        lambda: on(3, qiskit_library.StatePreparation((np.array([1, 2, 3, 4, 4, 3, 2, 1]) / np.sqrt(60)).tolist())),
    ),
    "ising(0.5, 1, 0.7, 2) q": (
        "PauliEvolutionGate",
        ising_steps,
    ),
    "ising_grid(0.5, 2, 3, 1, 0.7) q": (
        "PauliEvolutionGate",
        lambda: ising([(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)], 6),
    ),
    "ising_graph(0.5, [(0, 1), (1, 2), (0, 2)], 1, 0.7) q": (
        "PauliEvolutionGate",
        lambda: ising([(0, 1), (1, 2), (0, 2)], 3),
    ),
    "heisenberg(0.5, 1, 1, 1) q": ("PauliEvolutionGate", lambda: chain("XYZ")),
    "xy(0.5, 1) q": ("PauliEvolutionGate", lambda: chain("XY")),
    "hubbard(0.5, 1, 4) up, down": ("PauliEvolutionGate", hubbard),
    "xy_mixer(0.3) q": ("XXPlusYYGate", xy_ring),
    "cost_layer([(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)], [1, 2, 1, 2, 3], 0.3) q": ("PauliEvolutionGate", cost_layer),
    "qaoa([(0, 1), (1, 2), (2, 3), (0, 3)], [], [0.4, 0.6], [0.7, 0.3]) q": ("qaoa_ansatz", qaoa),
    "hardware_efficient([0.1*k for k in range(24)], 2) q": (
        "efficient_su2",
        lambda: bound(qiskit_library.efficient_su2(4, reps=2, entanglement="reverse_linear")),
    ),
    "two_local([0.1*k for k in range(12)], 2) q": (
        "n_local",
        lambda: bound(qiskit_library.n_local(4, "ry", "cz", entanglement="linear", reps=2)),
    ),
    "excitation_preserving([0.1*k for k in range(18)], 2) q": (
        "excitation_preserving",
        lambda: bound(qiskit_library.excitation_preserving(4, entanglement="linear", reps=2)),
    ),
    "givens(0.3) a, b": ("XXPlusYYGate", lambda: on(2, qiskit_library.XXPlusYYGate(0.6, np.pi / 2))),
    "single_excitation(0.3) a, b": ("XXPlusYYGate", lambda: on(2, qiskit_library.XXPlusYYGate(0.3, np.pi / 2))),
    "double_excitation(0.3) a, b, c, d": ("PauliEvolutionGate", lambda: excited(4, 0.3)),
    "haar(1) a, b": ("UnitaryGate", lambda: on(2, random_unitary(4, seed=1).to_instruction())),
    "quantum_volume(1) q": ("quantum_volume", lambda: qiskit_library.quantum_volume(4, seed=1)),
}
"""Call -> the name of Qiskit's circuit, and the circuit."""


def fewest(circuit: QuantumCircuit) -> int:
    """The fewest two-qubit gates over levels, bases and seeds, every qubit in its place."""
    return min(
        sum(len(step.qubits) == 2 for step in done.data) + 3 * _swaps(done)
        for level in (1, 3)
        for basis in BASES
        for seed in range(SEEDS)
        for done in [
            transpile(
                circuit,
                basis_gates=basis.split(),
                optimization_level=level,
                seed_transpiler=seed,
                qubits_initially_zero=False,
            )
        ]
    )


def _swaps(done: QuantumCircuit) -> int:
    """How many swaps put the qubits back."""
    places = list(done.layout.final_index_layout()) if done.layout is not None else []
    left, found = set(range(len(places))), 0
    while left:
        place = left.pop()
        while places[place] in left:
            place = places[place]
            left.remove(place)
            found += 1
    return found


def codes() -> dict[str, dict[str, object]]:
    """The same for the Clifford gates of std/codes.qc, as written, and as Qiskit synthesises them."""
    result: dict[str, dict[str, object]] = {}
    for call, declared, _ in COST.findall((STD / "codes.qc").read_text("utf-8")):
        (source,) = stages.load(Source(f'include "std/codes.qc"\n{declared}\n{call}\n', "task"))[0].runs
        circuit = QuantumCircuit(source.width)
        for op in source.rows:
            getattr(circuit, {"cnot": "cx", "h": "h"}[op.gate])(*op.qubits)
        clifford = Clifford(circuit)
        count = min(fewest(circuit), fewest(clifford.to_circuit()), fewest(synth_clifford_full(clifford)))
        result[call] = {"circuit": "Clifford", "two_qubit_gates": count}
    return result


def states(width: int) -> dict[str, int]:
    """Any complex amplitudes, drawn from a seed."""
    generator = np.random.default_rng(width)
    a, phases = generator.normal(size=2**width), generator.uniform(-np.pi, np.pi, 2**width)
    state = a / np.linalg.norm(a) * np.exp(1j * phases)
    given = f"amplitudes({a.tolist()}, {phases.tolist()}) q"
    return {
        "ours": _two_qubit_gates(f'include "std/states.qc"\nqubit q[{width}]\n{given}\n'),
        "qiskit": fewest(on(width, qiskit_library.StatePreparation(state.tolist()))),
        "pennylane": fewest(pennylane_tasks.prepared(state)),
    }


def _two_qubit_gates(text: str) -> int:
    """Ours, on forte."""
    (circuit,) = stages.load(Source(text, "task"))[0].runs
    return costs(circuit, "unitary")["forte"][0]


def cliffords(width: int) -> dict[str, float]:
    """The mean over random Clifford gates, as the library writes them, and as Qiskit synthesises the same ones."""
    texts = [f'include "std/random.qc"\nqubit q[{width}]\nclifford({seed}) q\n' for seed in range(CLIFFORDS)]
    matrices = [simulate.unitary(stages.load(Source(text, "clifford"))[0].runs[0]) for text in texts]
    return {
        "ours": float(np.mean([_two_qubit_gates(text) for text in texts])),
        "qiskit": float(np.mean([fewest(Clifford.from_matrix(matrix).to_circuit()) for matrix in matrices])),
    }


def from_pennylane() -> dict[str, dict[str, object]]:
    """The same for PennyLane's templates, which Qiskit's transpiler compiles as it does its own."""
    result: dict[str, dict[str, object]] = {}
    for call, make in pennylane_tasks.TASKS.items():
        operation = make()
        result[call] = {"circuit": operation.name, "two_qubit_gates": fewest(pennylane_tasks.written(operation))}
    return result


def main() -> None:
    warnings.simplefilter("ignore")
    found = {call: {"circuit": name, "two_qubit_gates": fewest(make())} for call, (name, make) in TASKS.items()}
    result = {
        "qiskit": version("qiskit"),
        "pennylane": version("pennylane"),
        "tasks": found | codes(),
        "pennylane_tasks": from_pennylane(),
        "cliffords": {width: cliffords(width) for width in (2, 3, 4, 5, 6)},
        "states": {width: states(width) for width in (2, 3, 4, 5, 6)},
    }
    JSON.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
