from qiskit import QuantumCircuit
from qiskit.circuit.library import QFTGate


def order():
    times_7, times_4 = QuantumCircuit(4), QuantumCircuit(4)
    for i in range(3):
        times_7.swap(i, i + 1)
    times_7.x(range(4))
    times_4.swap([0, 1], [2, 3])
    circuit = QuantumCircuit(7)
    circuit.x(3)
    circuit.h([0, 1, 2])
    circuit.append(times_7.to_gate().control(), [0, 3, 4, 5, 6])
    circuit.append(times_4.to_gate().control(), [1, 3, 4, 5, 6])
    circuit.append(QFTGate(3).inverse(), [0, 1, 2])
    return circuit
