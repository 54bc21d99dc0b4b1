import pennylane as qml


def clifford(k):
    if k % 6 in (1, 3, 5):
        qml.Hadamard(0)
    if k % 6 in (2, 3, 4, 5):
        qml.S(0)
    if k % 6 in (4, 5):
        qml.Hadamard(0)
    if k >= 6:
        [qml.PauliX, qml.PauliY, qml.PauliZ][k // 6 - 1](0)


def sequence(length, seed=1):
    indices = [seed * 75 ** (i + 1) % 65537 % 24 for i in range(length)]
    for k in indices:
        clifford(k)
        qml.Barrier(0)
    for k in reversed(indices):
        qml.adjoint(clifford)(k)
        qml.Barrier(0)
