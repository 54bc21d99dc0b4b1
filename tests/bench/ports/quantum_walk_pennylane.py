import pennylane as qml


def increment():
    qml.Toffoli([1, 2, 3])
    qml.CNOT([1, 2])
    qml.PauliX(1)


def walk(steps=3):
    for _ in range(steps):
        qml.Hadamard(0)
        qml.ctrl(increment, 0)()
        qml.ctrl(qml.adjoint(increment), 0, control_values=[0])()
