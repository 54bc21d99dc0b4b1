from math import pi

import pennylane as qml


def estimate(phase=3 / 8, t=3):
    qml.PauliX(t)
    qml.QuantumPhaseEstimation(qml.PhaseShift(2 * pi * phase, t), estimation_wires=range(t))
