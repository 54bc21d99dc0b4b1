from math import asin, pi

import pennylane as qml


def read():
    step = qml.exp(qml.I(2) - qml.X(2) / 3, 3j * pi / 4)
    qml.QuantumPhaseEstimation(step, estimation_wires=range(2))


def solve():
    read()
    for j in range(2):
        qml.CRY(2 * asin(1 / 2**j), [1 - j, 3])
    qml.adjoint(read)()
