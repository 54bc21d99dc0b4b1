from qiskit import QuantumCircuit


def checked(error=1, place=2):
    circuit = QuantumCircuit(6)
    circuit.h(0)
    circuit.cx(0, [1, 2, 3])
    if error:
        getattr(circuit, "ixyz"[error])(place)
    circuit.cx([0, 1, 2, 3], 4)
    circuit.h(5)
    circuit.cx(5, [0, 1, 2, 3])
    circuit.h(5)
    return circuit
