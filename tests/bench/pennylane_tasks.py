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


TASKS: dict[str, Callable[[], qml.operation.Operator]] = {
    "qft q": lambda: qml.QFT(range(4)),
    "multiply a, b, out": lambda: qml.OutMultiplier(range(2), range(2, 4), range(4, 8)),
    "amplitudes([1, 2, 3, 4, 4, 3, 2, 1]) q": lambda: qml.MottonenStatePreparation(AMPLITUDES, wires=range(3)),
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
