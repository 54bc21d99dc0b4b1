from math import pi

from qiskit import QuantumCircuit
from qiskit.circuit.library import phase_estimation


def estimate(phase=3 / 8, t=3):
    step = QuantumCircuit(1)
    step.p(2 * pi * phase, 0)
    circuit = QuantumCircuit(t + 1)
    circuit.x(t)
    return circuit.compose(phase_estimation(t, step))
