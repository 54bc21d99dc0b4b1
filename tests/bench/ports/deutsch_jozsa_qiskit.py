from math import pi

from qiskit import QuantumCircuit


def constant():
    circuit = QuantumCircuit(4, global_phase=pi)
    circuit.h(range(4))
    circuit.h(range(4))
    return circuit


def balanced_mixed():
    circuit = QuantumCircuit(4)
    circuit.h(range(4))
    circuit.z(0)
    circuit.cz(1, 2)
    circuit.h(range(4))
    return circuit


def balanced_parity():
    circuit = QuantumCircuit(4)
    circuit.h(range(4))
    circuit.z(range(4))
    circuit.h(range(4))
    return circuit
