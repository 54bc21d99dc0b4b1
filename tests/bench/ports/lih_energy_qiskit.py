import json

from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy.optimize import minimize

with open("lih.json") as file:
    lih = SparsePauliOp.from_list([(s[::-1], c) for c, s in json.load(file)["terms"]])


def ansatz(both, each):
    circuit = QuantumCircuit(4)
    circuit.x([0, 1])
    circuit.append(PauliEvolutionGate(SparsePauliOp("YXXX"), both), range(4))
    for spin in range(2):
        single = PauliEvolutionGate(SparsePauliOp(["XZY", "YZX"], [1, -1]), each)
        circuit.append(single, range(spin, spin + 3))
    return circuit


def energy(angles):
    return Statevector(ansatz(*angles)).expectation_value(lih).real


minimum = minimize(energy, [0, 0]).fun
