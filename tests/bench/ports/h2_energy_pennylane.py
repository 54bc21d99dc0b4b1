import json

import pennylane as qml
from scipy.optimize import minimize

with open("h2.json") as file:
    terms = json.load(file)["terms"]
h2 = qml.dot([c for c, _ in terms], [qml.pauli.string_to_pauli_word(s) for _, s in terms])


@qml.qnode(qml.device("default.qubit", range(2)))
def energy(theta):
    qml.PauliX(0)
    qml.PauliRot(theta[0], "YX", [0, 1])
    return qml.expval(h2)


minimum = minimize(energy, [0.2298]).fun
