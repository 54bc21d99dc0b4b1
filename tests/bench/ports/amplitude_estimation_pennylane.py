from math import asin, sqrt

import pennylane as qml


def estimate(a=0.3, t=4):
    angle = 2 * asin(sqrt(a))
    qml.RY(angle, t)
    amplify = qml.prod(qml.Reflection(qml.RY(angle, t)), qml.PauliZ(t))
    qml.QuantumPhaseEstimation(amplify, estimation_wires=range(t))
