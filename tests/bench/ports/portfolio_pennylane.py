import csv

import pennylane as qml
from scipy.optimize import minimize

with open("returns.csv") as file:
    assets = list(csv.DictReader(file))
n, budget, aversion = len(assets), 2, 2
held = [(1 - qml.Z(i)) / 2 for i in range(n)]
cost = qml.simplify(
    sum(aversion * float(assets[i][assets[j]["name"]]) * held[i] @ held[j] for i in range(n) for j in range(n))
    - sum(float(assets[i]["mean"]) * held[i] for i in range(n))
)


@qml.qnode(qml.device("default.qubit", range(n)))
def energy(angles):
    qml.StatePrep([(x.bit_count() == budget) / 6**0.5 for x in range(2**n)], range(n))
    for gamma, beta in zip(angles[:2], angles[2:]):
        qml.CommutingEvolution(cost, gamma)
        for i in range(n):
            qml.IsingXX(beta, [i, (i + 1) % n])
            qml.IsingYY(beta, [i, (i + 1) % n])
    return qml.expval(cost)


minimum = minimize(energy, [10, 30, -0.3, -0.1]).fun
