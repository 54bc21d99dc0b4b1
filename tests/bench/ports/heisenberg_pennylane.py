import pennylane as qml


def heisenberg(n):
    return sum(p(i) @ p(i + 1) for i in range(n - 1) for p in (qml.X, qml.Y, qml.Z))


def melt(n=4, t=0.5):
    for i in range(1, n, 2):
        qml.PauliX(i)
    qml.TrotterProduct(heisenberg(n), -t, 4, order=2)
