import json

import pennylane as qml
from scipy.optimize import minimize

with open("lih.json") as file:
    terms = json.load(file)["terms"]
lih = qml.dot([c for c, _ in terms], [qml.pauli.string_to_pauli_word(s) for _, s in terms])


@qml.qnode(qml.device("default.qubit", range(4)))
def energy(angles):
    qml.BasisState([1, 1], [0, 1])
    qml.PauliRot(2 * angles[0], "XXXY", range(4))
    for spin in range(2):
        qml.PauliRot(2 * angles[1], "YZX", range(spin, spin + 3))
        qml.PauliRot(-2 * angles[1], "XZY", range(spin, spin + 3))
    return qml.expval(lih)


minimum = minimize(energy, [0, 0]).fun
