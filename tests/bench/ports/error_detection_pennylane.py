import pennylane as qml


def checked(error=1, place=2):
    qml.Hadamard(0)
    for i in range(1, 4):
        qml.CNOT([0, i])
    if error:
        [qml.PauliX, qml.PauliY, qml.PauliZ][error - 1](place)
    for i in range(4):
        qml.CNOT([i, 4])
    qml.Hadamard(5)
    for i in range(4):
        qml.CNOT([5, i])
    qml.Hadamard(5)
