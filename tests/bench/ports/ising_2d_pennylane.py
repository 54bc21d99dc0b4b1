import pennylane as qml

ising = qml.spin.transverse_ising("square", [2, 3], 1, 1.5)


def quench(n_steps, order):
    qml.TrotterProduct(ising, -0.5, n_steps, order=order)
