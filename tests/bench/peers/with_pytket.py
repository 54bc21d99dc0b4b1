"""TKET aimed at a two-qubit gate of any angle: circuits in, rows of the gate table out.

TKET has no IonQ target. Its passes bring two-qubit content into one canonical form and write that with ZZPhase; qubits
may be renamed on the way, which shows in the circuit's permutation of outputs.
"""

from __future__ import annotations

from math import pi

from pytket.circuit import Circuit, OpType
from pytket.passes import (
    AutoRebase,
    AutoSquash,
    DecomposeBoxes,
    DecomposeTK2,
    FullPeepholeOptimise,
    GreedyPauliSimp,
    NormaliseTK2,
    SequencePass,
)
from pytket.qasm import circuit_from_qasm_str

from ionqdsl.ir.circuit import Op
from tests.bench.peers.counting import interaction, rx, rz


def read(text: str) -> Circuit:
    """An OpenQASM 2 text."""
    return circuit_from_qasm_str(text)


def peephole(circuit: Circuit) -> Circuit:
    """All local rewriting there is, blocks of two qubits resynthesised whole."""
    result = circuit.copy()
    FullPeepholeOptimise(allow_swaps=True, target_2qb_gate=OpType.TK2).apply(result)
    _to_zz().apply(result)
    return result


def greedy(circuit: Circuit) -> Circuit:
    """The circuit as a product of Pauli rotations, synthesised anew, then the same finish."""
    result = circuit.copy()
    DecomposeBoxes().apply(result)
    AutoRebase({OpType.CX, OpType.Rz, OpType.H, OpType.S, OpType.Sdg, OpType.X, OpType.Rx}).apply(result)
    GreedyPauliSimp(thread_timeout=10_000).apply(result)
    return peephole(result)


def _to_zz() -> SequencePass:
    """Canonical blocks as ZZPhase, exactly, and one Z-X-Z run between them."""
    return SequencePass(
        [
            NormaliseTK2(),
            DecomposeTK2(allow_swaps=True, ZZPhase_fidelity=1.0),
            AutoRebase({OpType.ZZPhase, OpType.PhasedX, OpType.Rz}),
            AutoSquash({OpType.PhasedX, OpType.Rz}),
        ]
    )


def rows(result: Circuit) -> tuple[list[Op], list[int] | None]:
    """Rows named by their outputs; an input keeps the name its own wire started with."""
    place = {qubit: number for number, qubit in enumerate(result.qubits)}
    moves = result.implicit_qubit_permutation()
    names = {place[wire]: place[end] for wire, end in moves.items()}
    found: list[Op] = []
    for command in result.get_commands():
        qubits = tuple(names[place[qubit]] for qubit in command.qubits)
        found += _row(command.op.type, [float(number) * pi for number in command.op.params], qubits)
    inputs = [0] * len(place)
    for wire, end in names.items():
        inputs[end] = wire
    return found, inputs


def _row(kind: OpType, radians: list[float], qubits: tuple[int, ...]) -> list[Op]:
    if kind == OpType.Rz:
        return [rz(radians[0], qubits[0])]
    if kind == OpType.PhasedX:
        return [rz(-radians[1], qubits[0]), rx(radians[0], qubits[0]), rz(radians[1], qubits[0])]
    if kind == OpType.ZZPhase:
        return [interaction("zz", radians[0], qubits)]
    raise ValueError(f"{kind} is not native")
