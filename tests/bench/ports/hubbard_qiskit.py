from qiskit import QuantumCircuit
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import SparsePauliOp
from qiskit.synthesis import SuzukiTrotter


def evolved(U=4, t=1):
    hops = [(p * 2, pair, -1 / 2) for pair in ([0, 1], [2, 3]) for p in "XY"]
    fields = [("Z", [i], -U / 4) for i in range(4)]
    pairs = [("ZZ", pair, U / 4) for pair in ([0, 2], [1, 3])]
    energy = SparsePauliOp.from_sparse_list([*hops, ("", [], U / 2), *fields, *pairs], 4)
    circuit = QuantumCircuit(4)
    circuit.x([0, 3])
    steps = SuzukiTrotter(order=2, reps=20)
    circuit.append(PauliEvolutionGate(energy, t, synthesis=steps), range(4))
    return circuit
