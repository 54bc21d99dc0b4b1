"""TKET held to each contract: a text in, rows of the gate table out."""

from __future__ import annotations

from pytket.circuit import Circuit, OpType
from pytket.passes import (
    AutoRebase,
    AutoSquash,
    DecomposeBoxes,
    DecomposeTK2,
    FullPeepholeOptimise,
    GreedyPauliSimp,
    NormaliseTK2,
    RemoveDiscarded,
    RemoveRedundancies,
    SimplifyInitial,
)

from ionqdsl.ir.circuit import Op
from tests.bench.peers import with_pytket
from tests.bench.peers.with_pytket import _row, read
from tests.bench.peers.with_qiskit import Rows


def peephole(text: str, *, may_swap: bool = False) -> Rows:
    """All local rewriting there is; without swaps no wire is renamed."""
    circuit = read(text)
    _peephole(circuit, may_swap)
    return with_pytket.rows(circuit)


def greedy(text: str, *, may_swap: bool = False) -> Rows:
    """The circuit as a product of Pauli rotations, synthesised anew, then the same finish."""
    circuit = _greedy(read(text))
    if not may_swap:
        circuit.replace_implicit_wire_swaps()
    _peephole(circuit, may_swap)
    return with_pytket.rows(circuit)


def measured(text: str) -> Rows:
    """Every qubit measured, and diagonal gates before that dropped."""
    circuit = read(text)
    _peephole(circuit, may_swap=True)
    circuit.measure_all()
    RemoveRedundancies().apply(circuit)
    _peephole(circuit, may_swap=True)
    RemoveRedundancies().apply(circuit)
    return _measured_rows(circuit)


def from_zeros(text: str, first: str = "peephole") -> Rows:
    """Qubits are created in |0>, measured and discarded: the parts of `ContextSimp` that compute no bit classically."""
    circuit = read(text)
    if first == "greedy":
        circuit = _greedy(circuit)
    for _ in range(2):
        circuit.qubit_create_all()
        _peephole(circuit, may_swap=True)
        if not circuit.n_gates_of_type(OpType.Measure):
            circuit.measure_all()
            circuit.qubit_discard_all()
        for step in (
            RemoveRedundancies(),
            SimplifyInitial(allow_classical=False),
            RemoveDiscarded(),
            RemoveRedundancies(),
        ):
            step.apply(circuit)
    _peephole(circuit, may_swap=True)
    RemoveRedundancies().apply(circuit)
    return _measured_rows(circuit)


def _greedy(circuit: Circuit) -> Circuit:
    DecomposeBoxes().apply(circuit)
    AutoRebase({OpType.CX, OpType.Rz, OpType.H, OpType.S, OpType.Sdg, OpType.X, OpType.Rx}).apply(circuit)
    GreedyPauliSimp(thread_timeout=10_000).apply(circuit)
    return circuit


def _peephole(circuit: Circuit, may_swap: bool) -> None:
    DecomposeBoxes().apply(circuit)
    FullPeepholeOptimise(allow_swaps=may_swap, target_2qb_gate=OpType.TK2).apply(circuit)
    NormaliseTK2().apply(circuit)
    DecomposeTK2(allow_swaps=may_swap, ZZPhase_fidelity=1.0).apply(circuit)
    AutoRebase({OpType.ZZPhase, OpType.PhasedX, OpType.Rz}, allow_swaps=may_swap).apply(circuit)
    AutoSquash({OpType.PhasedX, OpType.Rz}).apply(circuit)


def _measured_rows(circuit: Circuit) -> Rows:
    """Rows with every wire named by the bit that its measurement writes."""
    place = {qubit: number for number, qubit in enumerate(circuit.qubits)}
    bits = {bit: number for number, bit in enumerate(circuit.bits)}
    commands = circuit.get_commands()
    names = {c.qubits[0]: bits[c.bits[0]] for c in commands if c.op.type == OpType.Measure}
    rest = iter(sorted({*range(len(place))} - {*names.values()}))
    names |= {qubit: next(rest) for qubit in circuit.qubits if qubit not in names}
    found: list[Op] = []
    for command in commands:
        if command.op.type not in (OpType.Measure, OpType.Barrier):
            radians = [float(number) * 3.141592653589793 for number in command.op.params]
            found += _row(command.op.type, radians, tuple(names[qubit] for qubit in command.qubits))
    inputs = [0] * len(place)
    for qubit, name in names.items():
        inputs[name] = place[qubit]
    return found, inputs
