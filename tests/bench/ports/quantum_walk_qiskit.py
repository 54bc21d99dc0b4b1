from qiskit import QuantumCircuit


def walk(steps=3):
    increment = QuantumCircuit(3)
    increment.ccx(0, 1, 2)
    increment.cx(0, 1)
    increment.x(0)
    circuit = QuantumCircuit(4)
    for _ in range(steps):
        circuit.h(0)
        circuit.append(increment.to_gate().control(), range(4))
        circuit.append(increment.inverse().to_gate().control(ctrl_state=0), range(4))
    return circuit
