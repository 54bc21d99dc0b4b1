import pennylane as qml


def times_7():
    for i in range(3, 6):
        qml.SWAP([i, i + 1])
    qml.BasisEmbedding([1, 1, 1, 1], range(3, 7))


def times_4():
    qml.SWAP([3, 5])
    qml.SWAP([4, 6])


def order():
    qml.PauliX(3)
    for wire in range(3):
        qml.Hadamard(wire)
    qml.ctrl(times_7, 0)()
    qml.ctrl(times_4, 1)()
    qml.adjoint(qml.QFT([2, 1, 0]))
