from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp
from qiskit.synthesis import SuzukiTrotter


def heisenberg(n):
    terms = [(letter * 2, [i, i + 1], 1) for i in range(n - 1) for letter in "XYZ"]
    return SparsePauliOp.from_sparse_list(terms, n)


def melt(n=4, t=0.5):
    circuit = QuantumCircuit(n)
    circuit.x(range(1, n, 2))
    steps = SuzukiTrotter(order=2, reps=4)
    circuit.append(PauliEvolutionGate(heisenberg(n), t, synthesis=steps), range(n))
    return circuit
