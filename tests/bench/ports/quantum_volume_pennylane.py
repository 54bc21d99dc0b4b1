from math import pi

import pennylane as qml


def block(seed, a, b):
    x = [pi * (seed * 75 ** (i + 1) % 65537) / 65537 for i in range(15)]
    qml.U3(x[0], 2 * x[1], 2 * x[2], a)
    qml.U3(x[3], 2 * x[4], 2 * x[5], b)
    qml.IsingXX(x[6], [a, b])
    qml.IsingYY(x[7], [a, b])
    qml.IsingZZ(x[8], [a, b])
    qml.U3(x[9], 2 * x[10], 2 * x[11], a)
    qml.U3(x[12], 2 * x[13], 2 * x[14], b)


def volume(seed=7):
    for layer in range(4):
        start = seed * 75 ** (40 * layer) % 65537
        way = start * 75**31 % 65537 % 3
        block(start, 0, way + 1)
        block(start * 75**15 % 65537, *[[2, 3], [1, 3], [1, 2]][way])
