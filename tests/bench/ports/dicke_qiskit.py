from math import comb, sqrt

from qiskit import QuantumCircuit


def state(k=2, n=4):
    circuit = QuantumCircuit(n)
    circuit.prepare_state([(x.bit_count() == k) / sqrt(comb(n, k)) for x in range(2**n)])
    return circuit
