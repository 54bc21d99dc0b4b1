import pennylane as qml


def evolved(U=4, t=1):
    hops = sum(p(a) @ p(b) for p in (qml.X, qml.Y) for a, b in ((0, 1), (2, 3)))
    held = [(1 - qml.Z(i)) / 2 for i in range(4)]
    repulsion = held[0] @ held[2] + held[1] @ held[3]
    qml.BasisState([1, 0, 0, 1], range(4))
    qml.TrotterProduct(qml.simplify(-hops / 2 + U * repulsion), -t, 20, order=2)
