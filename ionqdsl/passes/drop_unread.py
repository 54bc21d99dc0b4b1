"""Drops the rows that no register can see: only for the contract `registers`.

Takes a circuit with registers and returns one with the same joint distribution of them. A row counts if it measures
into a slot, or if it meets a qubit whose later state counts. Before a reset the state of its qubit counts no more.
Where only the bit of a qubit counts, as before a measurement, a row counts only if it is not diagonal there.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op
from ionqdsl.ir.gates import GATES


def drop_unread(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without rows after which nothing is read; without registers all qubits are read.

    Before (--preserve registers):
        qubit a, b, c
        register m[1]
        h a
        m[0] = measure a
        h a
        cnot b, c
        cnot a, b
    After:
        qubit a, b, c
        h a
        register m = a
    """
    kept = read_places(circuit)
    if len(kept) == len(circuit.rows):
        return circuit
    return circuit.with_rows((circuit.rows[place], circuit.origins[place]) for place in kept)


def read_at(circuit: FlatCircuit, outputs: Sequence[int]) -> FlatCircuit:
    """The circuit whose registers read outputs[q] where they read qubit q."""
    registers = [
        (name, tuple([outputs[slot] if isinstance(slot, int) else slot for slot in slots]))
        for name, slots in circuit.registers
    ]
    return circuit.replace(registers=tuple(registers))


def read_places(circuit: FlatCircuit) -> list[int]:
    """The places of the rows that a register may see, and of barriers; of all rows in a circuit without registers."""
    if not circuit.registers:
        return list(range(len(circuit.rows)))
    counts = _Counts({slot: True for _, slots in circuit.registers for slot in slots if isinstance(slot, int)})
    kept = [place for place in reversed(range(len(circuit.rows))) if counts.is_seen(circuit.rows[place])]
    kept.reverse()
    return kept


_FLIPS = frozenset({"x", "not", "y", "cnot", "gpi"})
"""Gates that exchange the two bits of their last qubit, up to phases of these."""


class _Counts:
    """The qubits whose later state counts, and whether only their bit does, read from the end of a circuit."""

    def __init__(self, is_bit: dict[int, bool]) -> None:
        self.is_bit = is_bit

    def is_seen(self, op: Op) -> bool:
        """Whether a row counts; then the qubits of the row count before it."""
        qubits = op.qubits
        if op.gate == BARRIER:
            return True
        if op.gate == MEASURE:
            self.is_bit[qubits[0]] = True
            return True
        if op.gate == RESET:
            return self.is_bit.pop(qubits[0], None) is not None
        is_diagonal = [False] * len(qubits) if op.pinned else _is_diagonal(op)
        if qubits and not op.pinned and not any(self._sees(*each) for each in zip(qubits, is_diagonal, strict=True)):
            return False
        flips = op.gate in _FLIPS and not op.pinned and all(self.is_bit.get(qubit, True) for qubit in qubits[:-1])
        for place, qubit in enumerate(qubits):
            stays = is_diagonal[place] or (flips and place == len(qubits) - 1 and qubit in self.is_bit)
            self.is_bit[qubit] = stays and self.is_bit.get(qubit, True)
        return True

    def _sees(self, qubit: int, is_diagonal: bool) -> bool:
        return qubit in self.is_bit and not (is_diagonal and self.is_bit[qubit])


def _is_diagonal(op: Op) -> list[bool]:
    """For each qubit of a row, whether the row commutes with its Z: for controls, and by the letters of the table."""
    gate = GATES[op.gate]
    controls = op.controls + gate.controls
    letters = gate.axis if len(gate.axis) == len(op.qubits) - controls else ""
    return [True] * controls + [letter == "Z" for letter in letters or "?" * (len(op.qubits) - controls)]
