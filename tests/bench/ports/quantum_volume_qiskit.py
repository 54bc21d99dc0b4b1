from math import pi

from qiskit import QuantumCircuit


def block(seed):
    x = [pi * (seed * 75 ** (i + 1) % 65537) / 65537 for i in range(15)]
    circuit = QuantumCircuit(2)
    circuit.u(x[0], 2 * x[1], 2 * x[2], 0)
    circuit.u(x[3], 2 * x[4], 2 * x[5], 1)
    circuit.rxx(x[6], 0, 1)
    circuit.ryy(x[7], 0, 1)
    circuit.rzz(x[8], 0, 1)
    circuit.u(x[9], 2 * x[10], 2 * x[11], 0)
    circuit.u(x[12], 2 * x[13], 2 * x[14], 1)
    return circuit


def volume(seed=7):
    circuit = QuantumCircuit(4)
    for layer in range(4):
        start = seed * 75 ** (40 * layer) % 65537
        way = start * 75**31 % 65537 % 3
        others = [[2, 3], [1, 3], [1, 2]][way]
        circuit.compose(block(start), [0, way + 1], inplace=True)
        circuit.compose(block(start * 75**15 % 65537), others, inplace=True)
    return circuit
