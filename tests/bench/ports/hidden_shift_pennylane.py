import pennylane as qml


def hadamards():
    for wire in range(4):
        qml.Hadamard(wire)


def bent():
    qml.CZ([0, 1])
    qml.CZ([2, 3])


def found(shift):
    hadamards()
    qml.BasisEmbedding(shift, [3, 2, 1, 0])
    bent()
    qml.BasisEmbedding(shift, [3, 2, 1, 0])
    hadamards()
    bent()
    hadamards()
