import csv

from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp, Statevector
from scipy.optimize import minimize

with open("returns.csv") as file:
    assets = list(csv.DictReader(file))
n, budget, aversion = len(assets), 2, 2
held = [SparsePauliOp.from_sparse_list([("", [], 0.5), ("Z", [i], -0.5)], n) for i in range(n)]
cost = sum(
    aversion * float(assets[i][assets[j]["name"]]) * (held[i] @ held[j]) for i in range(n) for j in range(n)
) - sum(float(assets[i]["mean"]) * held[i] for i in range(n))


def ansatz(gamma, beta):
    circuit = QuantumCircuit(n)
    circuit.prepare_state([(x.bit_count() == budget) / 6**0.5 for x in range(2**n)])
    for k in range(2):
        circuit.append(PauliEvolutionGate(cost.simplify(), gamma[k]), range(n))
        for i in range(n):
            circuit.rxx(beta[k], i, (i + 1) % n)
            circuit.ryy(beta[k], i, (i + 1) % n)
    return circuit


def energy(angles):
    return Statevector(ansatz(angles[:2], angles[2:])).expectation_value(cost).real


minimum = minimize(energy, [10, 30, -0.3, -0.1]).fun
