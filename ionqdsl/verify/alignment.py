"""Two circuits on the qubits that one of them uses, numbered anew, as comparisons need them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ionqdsl.ir.circuit import BARRIER, FlatCircuit


def active(a: FlatCircuit, b: FlatCircuit) -> dict[int, int]:
    """The qubits that one of the circuits uses, in order, and their new numbers."""
    used = {qubit for op in (*a.rows, *b.rows) if op.gate != BARRIER for qubit in op.qubits}
    return {qubit: number for number, qubit in enumerate(sorted(used))}


def on_active(a: FlatCircuit, b: FlatCircuit) -> tuple[FlatCircuit, FlatCircuit, dict[int, int]]:
    """Both circuits on the qubits that one of them uses, and the new numbers of these qubits."""
    place = active(a, b)

    def made(circuit: FlatCircuit) -> FlatCircuit:
        kept = [op for op in circuit.rows if op.gate != BARRIER]
        moved = {number: op.on(place) for number, op in {id(op): op for op in kept}.items()}  # equal rows stay shared
        rows = [moved[id(op)] for op in kept]
        return FlatCircuit(len(place), rows=rows, origins=[None] * len(rows))

    return made(a), made(b), place


def aligned(
    a: FlatCircuit, b: FlatCircuit, inputs: Sequence[int] | None
) -> tuple[FlatCircuit, FlatCircuit, tuple[int, ...]]:
    """Both circuits on the qubits that one of them uses, and the permutation of these."""
    one, other, place = on_active(a, b)
    return one, other, tuple(place[q if inputs is None else inputs[q]] for q in place)


def zeros_among(place: Collection[int], inputs: Sequence[int]) -> list[int]:
    """The inputs if all of them are |0>: one that neither circuit uses is as good as any that they do use."""
    taken = {inputs[qubit] for qubit in place}
    rest = iter([qubit for qubit in place if qubit not in taken])
    return [qubit if qubit not in place else name if name in place else next(rest) for qubit, name in enumerate(inputs)]
