"""The tasks of the standard library that PennyLane's templates do too, as Qiskit circuits to be counted alike.

library_peers.py counts them where PennyLane is installed.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pennylane as qml
from qiskit import QuantumCircuit

NAMES = {
    "RX": "rx",
    "RY": "ry",
    "RZ": "rz",
    "CNOT": "cx",
    "CZ": "cz",
    "SWAP": "swap",
    "Hadamard": "h",
    "PauliX": "x",
    "PauliY": "y",
    "PauliZ": "z",
    "PhaseShift": "p",
    "S": "s",
    "T": "t",
}
"""PennyLane's gates that a template is decomposed to -> Qiskit's methods."""

AMPLITUDES = np.array([1, 2, 3, 4, 4, 3, 2, 1]) / np.sqrt(60)


def written(operation: qml.operation.Operator) -> QuantumCircuit:
    """A template, decomposed, in Qiskit's gates; global phases are left out."""
    wires = list(operation.wires)
    (tape,), _ = qml.transforms.decompose(
        qml.tape.QuantumScript([operation]), stopping_condition=lambda one: one.name in NAMES
    )
    circuit = QuantumCircuit(len(wires))
    for one in tape.operations:
        if one.name not in ("GlobalPhase", "Identity"):
            qubits = [wires.index(wire) for wire in one.wires]
            getattr(circuit, NAMES[one.name])(*map(float, one.parameters), *qubits)
    return circuit


def prepared(state: np.ndarray) -> QuantumCircuit:
    """A state whose number's first bit is that of the last wire."""
    return written(qml.MottonenStatePreparation(state, wires=range(len(state).bit_length() - 1)))


def evenly(width: int, ones: int) -> qml.operation.Operator:
    """The equal superposition of the strings with so many ones."""
    marked = np.array([number.bit_count() == ones for number in range(2**width)])
    return qml.MottonenStatePreparation(marked / np.sqrt(marked.sum()), wires=range(width))


H = qml.dot([0.5, 0.3, -0.2], [qml.X(2) @ qml.Z(3), qml.Z(2), qml.Y(2) @ qml.Y(3)])
SELECTED = [qml.X(2) @ qml.Z(3), qml.Z(2), -1 * (qml.Y(2) @ qml.Y(3))]
LISTED = '[(0.5, "XZ"), (0.3, "ZI"), (-0.2, "YY")]'

TASKS: dict[str, Callable[[], qml.operation.Operator]] = {
    "qft q": lambda: qml.QFT(range(4)),
    "approximate_qft(3) q": lambda: qml.AQFT(2, wires=range(6)),
    "phase_estimation(0.3) c, t": lambda: qml.QuantumPhaseEstimation(
        qml.PhaseShift(0.3, wires=3), estimation_wires=range(3)
    ),
    "add a, b": lambda: qml.SemiAdder(range(4), range(4, 8), range(8, 11)),
    "add_constant(5) b": lambda: qml.Adder(5, range(4), mod=16),
    "add_constant_modulo(2, 5) b, flag": lambda: qml.Adder(2, range(3), mod=5, work_wires=[3, 4]),
    "less_than_constant(5) a, t": lambda: qml.IntegerComparator(5, geq=False, wires=range(4)),
    "multiply a, b, out": lambda: qml.OutMultiplier(range(2), range(2, 4), range(4, 8)),
    "amplitudes([1, 2, 3, 4, 4, 3, 2, 1]) q": lambda: qml.MottonenStatePreparation(AMPLITUDES, wires=range(3)),
    "w q": lambda: evenly(5, 1),
    "dicke(2) q": lambda: evenly(4, 2),
    'mark("011") q': lambda: qml.FlipSign([0, 1, 1], wires=range(3)),
    f"block_encode({LISTED}) a, q": lambda: qml.PrepSelPrep(H, control=[0, 1]),
    f"qubitized_step({LISTED}) a, q": lambda: qml.Qubitization(H, control=[0, 1]),
    f"select_term({LISTED}) a, q": lambda: qml.Select(SELECTED, control=[0, 1]),
    "diagonal([0, 0.1, 0.2, 0.4]) q": lambda: qml.DiagonalQubitUnitary(
        np.exp(1j * np.array([0, 0.1, 0.2, 0.4])), wires=[0, 1]
    ),
    "diffusion q": lambda: qml.GroverOperator(wires=range(3)),
    "givens(0.3) a, b": lambda: qml.SingleExcitation(0.6, wires=[0, 1]),
    "single_excitation(0.3) a, b": lambda: qml.SingleExcitation(0.3, wires=[0, 1]),
    "double_excitation(0.3) a, b, c, d": lambda: qml.DoubleExcitation(0.3, wires=range(4)),
    "uccsd([0.1, 0.2, 0.3], 2) q": lambda: qml.UCCSD(
        np.array([0.1, 0.2, 0.3]),
        wires=range(4),
        s_wires=[[0, 1, 2], [1, 2, 3]],
        d_wires=[[[0, 1], [2, 3]]],
        init_state=np.array([1, 1, 0, 0]),
    ),
}
"""Call -> PennyLane's operation."""
