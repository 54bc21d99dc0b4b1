from qiskit import QuantumCircuit


def found(shift):
    bits = [i for i in range(4) if shift >> i & 1]
    circuit = QuantumCircuit(4)
    circuit.h(range(4))
    circuit.x(bits)
    circuit.cz([0, 2], [1, 3])
    circuit.x(bits)
    circuit.h(range(4))
    circuit.cz([0, 2], [1, 3])
    circuit.h(range(4))
    return circuit
