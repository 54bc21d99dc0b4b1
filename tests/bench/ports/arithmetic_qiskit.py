from qiskit import QuantumCircuit
from qiskit.circuit.library import HalfAdderGate, MultiplierGate


def sum_of(x=5, y=6):
    circuit = QuantumCircuit(7)
    circuit.x([i for i in range(3) if x >> i & 1])
    circuit.x([3 + i for i in range(3) if y >> i & 1])
    circuit.append(HalfAdderGate(3), range(7))
    return circuit


def product_of(x=3, y=2):
    circuit = QuantumCircuit(8)
    circuit.x([i for i in range(2) if x >> i & 1])
    circuit.x([2 + i for i in range(2) if y >> i & 1])
    circuit.append(MultiplierGate(2), range(8))
    return circuit
