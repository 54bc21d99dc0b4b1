"""Compares the engines of the local machine with those of other packages: `python -m tests.bench.engines [REPEATS]`.

qiskit-aer, pennylane-lightning, qulacs and stim are compared if they are installed. Every result is checked against
ionqdsl's before it counts. The times are the fastest of some repeats, interleaved, by the clock and by the processor,
which adds those of all threads; ratios are to ionqdsl.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter, process_time
from typing import Any

import numpy as np

import ionqdsl as iq
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.targets import NOISE_MODELS
from ionqdsl.simulation import simulate, statevector

Runs = dict[str, Callable[[], Any]]
"""The compared engines: ionqdsl's first."""


def layers(width: int, depth: int, shuffles: bool) -> FlatCircuit:
    """Random turns and `cnot` on neighbours in turn, or on random pairs."""
    draw, rows = random.Random(0), list[Op]()
    for layer in range(depth):
        rows += [Op(draw.choice(["rx", "ry", "rz"]), (q,), (Angle(0, draw.uniform(-3, 3)),)) for q in range(width)]
        order = draw.sample(range(width), width) if shuffles else list(range(width))[layer % 2 :]
        rows += [Op("cnot", (order[k], order[k + 1])) for k in range(0, len(order) - 1, 2)]
    return FlatCircuit(width, rows=rows, origins=[None] * len(rows))


def pulses(width: int, depth: int) -> FlatCircuit:
    """Random pulses, and half turns on neighbours."""
    draw, rows = random.Random(0), list[Op]()
    for layer in range(depth):
        rows += [Op("gpi2", (qubit,), (Angle(draw.random()),)) for qubit in range(width)]
        rows += [Op("zz_native", (q, q + 1), (Angle(0.13),)) for q in range(layer % 2, width - 1, 2)]
    return FlatCircuit(width, gateset="native", rows=rows, origins=[None] * len(rows))


def in_qiskit(circuit: FlatCircuit) -> Any:
    """The same gates in qiskit, with its bit order."""
    from qiskit import QuantumCircuit

    result = QuantumCircuit(circuit.width)
    for op in circuit.rows:
        if op.gate == "cnot":
            result.cx(*op.qubits)
        elif op.gate == "gpi2":
            phase = op.angles[0].in_radians()
            result.r(np.pi / 2, phase, op.qubits[0])
        elif op.gate == "zz_native":
            result.rzz(2 * np.pi * op.angles[0].in_turns(), *op.qubits)
        else:
            getattr(result, op.gate)(op.angles[0].in_radians(), op.qubits[0])
    return result


def vectors(circuit: FlatCircuit) -> Runs:
    """The final state, by everything that is installed."""
    runs: Runs = {"ionqdsl": lambda: simulate.state(circuit)}

    def plain() -> Any:
        states = statevector.basis_state(circuit.width)
        statevector.evolve(states, circuit.rows)
        return states[0]

    runs["ionqdsl, numpy"] = plain
    with suppress(ImportError):
        from qiskit_aer import AerSimulator

        theirs, machine = in_qiskit(circuit), AerSimulator(method="statevector")
        theirs.save_statevector()
        runs["qiskit-aer"] = lambda: np.asarray(machine.run(theirs).result().get_statevector())
    with suppress(ImportError):
        import qulacs

        def by_qulacs() -> Any:
            program, state = qulacs.QuantumCircuit(circuit.width), qulacs.QuantumState(circuit.width)
            for op in circuit.rows:
                if op.gate == "cnot":
                    program.add_CNOT_gate(*op.qubits)
                else:
                    getattr(program, f"add_{op.gate.upper()}_gate")(op.qubits[0], -op.angles[0].in_radians())
            qulacs.circuit.QuantumCircuitOptimizer().optimize_light(program)
            program.update_quantum_state(state)
            return state.get_vector()

        runs["qulacs"] = by_qulacs
    with suppress(ImportError):
        import pennylane

        device = pennylane.device("lightning.qubit", wires=circuit.width)

        @pennylane.qnode(device)
        def by_lightning() -> Any:
            for op in circuit.rows:
                if op.gate == "cnot":
                    pennylane.CNOT(op.qubits)
                else:
                    getattr(pennylane, op.gate.upper())(op.angles[0].in_radians(), op.qubits[0])
            return pennylane.state()

        runs["lightning"] = by_lightning
    return runs


def same_state(mine: Any, theirs: Any) -> bool:
    """Whether two states are one up to a phase and the order of bits."""
    axes = (2,) * int(np.log2(len(mine)))
    return any(abs(abs(np.vdot(mine, one)) - 1) < 1e-8 for one in (theirs, theirs.reshape(axes).T.reshape(-1)))


def noisy(circuit: FlatCircuit, shots: int) -> Runs:
    """Shots with the depolarizing noise of forte-1."""
    model = NOISE_MODELS["forte-1"]
    runs: Runs = {"ionqdsl": lambda: simulate.run(circuit, shots, 1, model).counts}
    for engine in ("density", "trajectories"):
        runs[f"ionqdsl, {engine}"] = lambda engine=engine: simulate.run(circuit, shots, 1, model, engine=engine).counts
    with suppress(ImportError):
        from qiskit_aer import AerSimulator
        from qiskit_aer.noise import NoiseModel, depolarizing_error

        rates = NoiseModel()
        rates.add_all_qubit_quantum_error(depolarizing_error(model.one_qubit, 1), ["r"])
        rates.add_all_qubit_quantum_error(depolarizing_error(model.two_qubit, 2), ["rzz"])
        theirs = in_qiskit(circuit)
        theirs.measure_all()
        for method in ("density_matrix", "statevector"):
            machine = AerSimulator(method=method, noise_model=rates)
            runs[f"qiskit-aer, {method}"] = lambda machine=machine: {
                bits[::-1]: count for bits, count in machine.run(theirs, shots=shots).result().get_counts().items()
            }
    return runs


def same_shots(mine: dict[str, int], theirs: dict[str, int]) -> bool:
    """Whether the means of all qubits agree within five standard deviations."""
    shots, width = sum(mine.values()), len(next(iter(mine)))
    for qubit in range(width):
        one, other = (sum(n for bits, n in c.items() if bits[qubit] == "1") / shots for c in (mine, theirs))
        if abs(one - other) > 5 * np.sqrt(0.5 / shots):
            return False
    return True


def cliffords(width: int, shots: int) -> Runs:
    """Shots of layers of Clifford gates."""
    draw, rows = random.Random(0), list[Op]()
    for _ in range(10):
        rows += [Op(draw.choice(["h", "s"]), (qubit,)) for qubit in range(width)]
        rows += [Op("cnot", (q, q + 1)) for q in range(0, width - 1, 2)]
    circuit = FlatCircuit(width, rows=rows, origins=[None] * len(rows))
    runs: Runs = {"ionqdsl": lambda: simulate.run(circuit, shots, 1).counts}
    with suppress(ImportError):
        import stim

        program = stim.Circuit()
        for op in rows:
            program.append({"h": "H", "s": "S", "cnot": "CX"}[op.gate], op.qubits)
        program.append("M", range(width))

        def by_stim() -> Any:
            shown = program.compile_sampler(seed=1).sample(shots).astype(np.uint8) + 48
            counts: dict[str, int] = {}
            for word in shown.view(f"S{width}").reshape(-1).astype(str).tolist():
                counts[word] = counts.get(word, 0) + 1
            return counts

        runs["stim"] = by_stim
    return runs


def sweep(points: int) -> Runs:
    """A sweep on 6 qubits, together and one point after the other."""
    a = iq.param("a")
    circuit = iq.Circuit(6)
    for _ in range(3):
        circuit = circuit.ry(a, range(6))
        for qubit in range(5):
            circuit = circuit.cnot(qubit, qubit + 1)
    swept = circuit.sweep(a=np.linspace(0, 3, points).tolist())
    return {
        "ionqdsl": lambda: iq.run(swept, shots=1000, seed=1)[0].counts,
        "ionqdsl, alone": lambda: iq.run(list(swept), shots=1000, seed=1)[0].counts,
    }


def compare(title: str, runs: Runs, same: Callable[[Any, Any], bool], repeats: int) -> None:
    """Prints the times of all that agree with the first."""
    print(title)
    mine = next(iter(runs.values()))()
    for name, run in runs.items():
        if not same(mine, run()):
            print(f"  {name}: DIFFERENT RESULT")
    best = {name: (float("inf"), float("inf")) for name in runs}
    for _ in range(repeats):
        for name, run in runs.items():
            clock, processor = perf_counter(), process_time()
            run()
            took = perf_counter() - clock, process_time() - processor
            best[name] = min(best[name][0], took[0]), min(best[name][1], took[1])
    first = next(iter(best.values()))
    for name, (clock, processor) in best.items():
        ratios = f"{clock / first[0]:.2f} x, processor {processor / first[1]:.2f} x"
        print(f"  {name:28} {clock:8.3f} s, processor {processor:8.3f} s: {ratios}", flush=True)


def main(repeats: int) -> None:
    """Prints all comparisons."""
    compare("20 qubits, 20 layers on neighbours", vectors(layers(20, 20, False)), same_state, repeats)
    compare("20 qubits, 20 layers on random pairs", vectors(layers(20, 20, True)), same_state, repeats)
    compare("noise: 10 qubits, 20 layers, 10,000 shots", noisy(pulses(10, 20), 10_000), same_shots, 1)
    compare("Clifford: 100 qubits, 10 layers, 10,000 shots", cliffords(100, 10_000), same_shots, repeats)
    compare("sweep: 6 qubits, 1,000 points", sweep(1000), dict.__eq__, repeats)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
