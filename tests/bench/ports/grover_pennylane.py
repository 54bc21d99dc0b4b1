import pennylane as qml


def find(strings=("1011",), rounds=3):
    wires = range(len(strings[0]))
    for wire in wires:
        qml.Hadamard(wire)
    for _ in range(rounds):
        for string in strings:
            qml.FlipSign([int(bit) for bit in string], wires)
        qml.GroverOperator(wires)
