import json
from math import atan, pi, sqrt

from qiskit import QuantumCircuit

with open("graph.json") as file:
    graph = json.load(file)


def qaoa(gamma=atan(1 / sqrt(2)), beta=pi / 8):
    circuit = QuantumCircuit(graph["nodes"])
    circuit.h(circuit.qubits)
    for a, b in graph["edges"]:
        circuit.rzz(-gamma, a, b)
    circuit.rx(2 * beta, circuit.qubits)
    return circuit
