from math import asin, sqrt

from qiskit import QuantumCircuit
from qiskit.circuit.library import grover_operator, phase_estimation


def estimate(a=0.3, t=4):
    model = QuantumCircuit(1)
    model.ry(2 * asin(sqrt(a)), 0)
    oracle = QuantumCircuit(1)
    oracle.z(0)
    circuit = QuantumCircuit(t + 1)
    circuit.compose(model, [t], inplace=True)
    return circuit.compose(phase_estimation(t, grover_operator(oracle, model)))
