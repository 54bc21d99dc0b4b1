import json
from math import atan, pi, sqrt

import pennylane as qml

with open("graph.json") as file:
    graph = json.load(file)


def qaoa(gamma=atan(1 / sqrt(2)), beta=pi / 8):
    for wire in range(graph["nodes"]):
        qml.Hadamard(wire)
    for edge in graph["edges"]:
        qml.IsingZZ(-gamma, edge)
    for wire in range(graph["nodes"]):
        qml.RX(2 * beta, wire)
