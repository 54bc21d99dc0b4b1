import pennylane as qml


def sum_of(x=5, y=6):
    qml.BasisState(x, [2, 1, 0])
    qml.BasisState(y, [5, 4, 3])
    qml.SemiAdder([2, 1, 0], [6, 5, 4, 3], work_wires=[7, 8, 9])


def product_of(x=3, y=2):
    qml.BasisState(x, [1, 0])
    qml.BasisState(y, [3, 2])
    qml.OutMultiplier([1, 0], [3, 2], [7, 6, 5, 4])
