from math import asin, pi

from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate, phase_estimation
from qiskit.quantum_info import SparsePauliOp


def solve():
    step = QuantumCircuit(1)
    step.append(PauliEvolutionGate(SparsePauliOp(["I", "X"], [1, -1 / 3]), -3 * pi / 4), [0])
    read = phase_estimation(2, step)
    circuit = QuantumCircuit(4)
    circuit.compose(read, [0, 1, 2], inplace=True)
    for j in range(2):
        circuit.cry(2 * asin(1 / 2**j), 1 - j, 3)
    return circuit.compose(read.inverse(), [0, 1, 2])
