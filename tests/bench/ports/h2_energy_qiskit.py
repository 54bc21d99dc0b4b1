import json

from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy.optimize import minimize

with open("h2.json") as file:
    h2 = SparsePauliOp.from_list([(s[::-1], c) for c, s in json.load(file)["terms"]])


def ansatz(theta):
    circuit = QuantumCircuit(2)
    circuit.x(0)
    circuit.append(PauliEvolutionGate(SparsePauliOp("XY"), theta / 2), [0, 1])
    return circuit


def energy(theta):
    return Statevector(ansatz(*theta)).expectation_value(h2).real


minimum = minimize(energy, [0.2298]).fun
