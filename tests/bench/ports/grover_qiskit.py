from math import pi

from qiskit import QuantumCircuit
from qiskit.circuit.library import grover_operator


def find(strings=("1011",), rounds=3):
    n = len(strings[0])
    oracle = QuantumCircuit(n)
    for string in strings:
        zeros = [i for i in range(n) if string[i] == "0"]
        oracle.x(zeros)
        oracle.mcp(pi, list(range(n - 1)), n - 1)
        oracle.x(zeros)
    circuit = QuantumCircuit(n)
    circuit.h(range(n))
    return circuit.compose(grover_operator(oracle).power(rounds))
