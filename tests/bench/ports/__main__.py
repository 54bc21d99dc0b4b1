"""Ports of the programs in examples/programs to Qiskit and PennyLane: their results are checked, their lines counted.

    python -m tests.bench.ports

writes lines.json, from which `python generate` makes docs/library.md, with digests of the compared files. A port has
the circuits of the program, with the same parameters, and is written as short as its library allows, with the library's
own algorithms where it has them. Its probabilities, or the energy that it minimises, must be those of the program; a
port may count its qubits in another order.
"""

from __future__ import annotations

import json
import os
import runpy
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source
from ionqdsl.simulation import simulate
from tests.bench.ports.lines import FOLDER, JSON, PEERS, PROGRAMS, digest, in_program, in_python

EXACT, TROTTER = 1e-9, 0.02
"""Product formulas may take the terms in another order, which changes their error."""


class Case(NamedTuple):
    """Calls of circuits to compare, the greatest difference, and how many first qubits may be counted in reverse."""

    calls: tuple[str, ...] = ()
    tolerance: float = EXACT
    reversed_qubits: int = 0


CASES = {
    "amplitude_estimation": Case(("estimate(0.3, 4)", "estimate(0.5, 3)"), reversed_qubits=1),
    "arithmetic": Case(("sum_of(5, 6)", "product_of(3, 2)")),
    "deutsch_jozsa": Case(("constant()", "balanced_mixed()", "balanced_parity()")),
    "dicke": Case(("state(2, 4)", "state(1, 3)")),
    "error_detection": Case(("checked(0, 0)", "checked(2, 1)", "checked(3, 3)")),
    "grover": Case(('find(["1011"], 3)', 'find(["00101", "11100"], 2)')),
    "h2_energy": Case(),
    "heisenberg": Case(("melt(4, 0.5)", "melt(3, 0.2)"), TROTTER),
    "hhl": Case(("solve()",), reversed_qubits=2),
    "hidden_shift": Case(("found(5)", "found(14)")),
    "hubbard": Case(("evolved(4, 1)", "evolved(0, 0.7)"), TROTTER),
    "ising_2d": Case(("quench(16, 2)", "quench(4, 4)"), TROTTER),
    "lih_energy": Case(),
    "mirror_benchmarking": Case(("sequence(5, 2)",)),
    "order_finding": Case(("order()",)),
    "phase_estimation": Case(("estimate(0.375, 3)", "estimate(0.31, 4)"), reversed_qubits=1),
    "portfolio": Case(),
    "qaoa_graph": Case(("qaoa()", "qaoa(0.3, 0.2)")),
    "quantum_volume": Case(("volume(7)", "volume(11)")),
    "quantum_walk": Case(("walk(3)",)),
}
"""Program -> the compared calls; energies if there are no calls. One reversed qubit stands for all but the last."""


def probabilities(program: str, call: str) -> np.ndarray:
    """Of the program's circuit, an axis for each qubit."""
    path = PROGRAMS / f"{program}.qc"
    text = "".join(line for line in path.read_text("utf-8").splitlines(True) if not line.startswith("run "))
    (circuit,) = stages.load(Source(f"{text}\nrun {call}\n", str(path)))[0].runs
    return (np.abs(simulate.state(circuit)) ** 2).reshape((2,) * circuit.width)


def with_qiskit(make: Callable[[], Any], width: int) -> np.ndarray:
    """The probabilities of a circuit that a function returns."""
    from qiskit.quantum_info import Statevector

    return Statevector(make()).probabilities().reshape((2,) * width).transpose()


def with_pennylane(make: Callable[[], Any], width: int) -> np.ndarray:
    """The probabilities after a quantum function, on the first wires."""
    import pennylane as qml

    def measured() -> Any:
        make()
        return qml.probs(wires=range(width))

    result = np.asarray(qml.QNode(measured, qml.device("default.qubit"))())
    return result.reshape((2,) * width)


ROADS = {"qiskit": with_qiskit, "pennylane": with_pennylane}


def difference(program: str, peer: str) -> float:
    """The greatest difference of a probability, or of the minimum of an energy."""
    case = CASES[program]
    made = runpy.run_path(str(FOLDER / f"{program}_{peer}.py"))
    if not case.calls:
        return float(abs(made["minimum"] - iq.minimize(iq.load(PROGRAMS / f"{program}.qc")).value))
    worst = 0.0
    for call in case.calls:
        ours = probabilities(program, call)
        theirs = ROADS[peer](lambda call=call: eval(call, made), ours.ndim)
        count = case.reversed_qubits if case.reversed_qubits != 1 else ours.ndim - 1
        order = [*range(count - 1, -1, -1), *range(count, ours.ndim)]
        worst = max(worst, min(float(np.abs(theirs - ours.transpose(o)).max()) for o in (order, [*range(ours.ndim)])))
    return worst


def main() -> None:
    warnings.simplefilter("ignore")
    os.chdir(PROGRAMS)  # the data files
    rows: dict[str, dict[str, int]] = {}
    for program, case in CASES.items():
        for peer in PEERS:
            found = difference(program, peer)
            limit = case.tolerance if case.calls else 1e-6
            if found > limit:
                raise SystemExit(f"{program} in {peer}: {found:.3g} apart")
        rows[program] = {"ionqdsl": in_program((PROGRAMS / f"{program}.qc").read_text("utf-8"))}
        rows[program] |= {peer: in_python((FOLDER / f"{program}_{peer}.py").read_text("utf-8")) for peer in PEERS}
        print(program, rows[program], flush=True)
    result = {
        "versions": {peer: version(peer) for peer in PEERS},
        "compared": {program: digest(program) for program in CASES},
        "lines": rows,
    }
    JSON.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
