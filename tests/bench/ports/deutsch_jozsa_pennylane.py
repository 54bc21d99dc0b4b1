from math import pi

import pennylane as qml


def each(gate):
    for wire in range(4):
        gate(wire)


def constant():
    each(qml.Hadamard)
    qml.GlobalPhase(pi)
    each(qml.Hadamard)


def balanced_mixed():
    each(qml.Hadamard)
    qml.PauliZ(0)
    qml.CZ([1, 2])
    each(qml.Hadamard)


def balanced_parity():
    each(qml.Hadamard)
    each(qml.PauliZ)
    each(qml.Hadamard)
