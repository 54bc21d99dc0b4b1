from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp
from qiskit.synthesis import SuzukiTrotter

rows, columns = 2, 3
n = rows * columns
bonds = [[k, k + 1] for k in range(n) if (k + 1) % columns] + [[k, k + columns] for k in range(n - columns)]


def quench(n_steps, order):
    terms = [("ZZ", bond, -1) for bond in bonds] + [("X", [k], -1.5) for k in range(n)]
    ising = SparsePauliOp.from_sparse_list(terms, n)
    circuit = QuantumCircuit(n)
    steps = SuzukiTrotter(order=order, reps=n_steps)
    circuit.append(PauliEvolutionGate(ising, 0.5, synthesis=steps), range(n))
    return circuit
