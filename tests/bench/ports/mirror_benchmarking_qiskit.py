from qiskit import QuantumCircuit


def clifford(k):
    circuit = QuantumCircuit(1)
    if k % 6 in (1, 3, 5):
        circuit.h(0)
    if k % 6 in (2, 3, 4, 5):
        circuit.s(0)
    if k % 6 in (4, 5):
        circuit.h(0)
    if k >= 6:
        getattr(circuit, "ixyz"[k // 6])(0)
    return circuit


def sequence(length, seed=1):
    gates = [clifford(seed * 75 ** (i + 1) % 65537 % 24) for i in range(length)]
    circuit = QuantumCircuit(1)
    for gate in gates + [gate.inverse() for gate in reversed(gates)]:
        circuit.compose(gate, inplace=True)
        circuit.barrier()
    return circuit
