"""Drops the rows that no register can see: only for the contract `registers`.

Takes a circuit with registers and returns one with the same joint distribution of them. A row counts if it measures
into a slot, or if it meets a qubit whose later state counts. Before a reset the state of its qubit counts no more.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit


def drop_unread(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without rows after which nothing is read; without registers all qubits are read.

    Before (--preserve registers):
        qubit a, b, c
        register m[1]
        h a
        m[0] = measure a
        h a
        cnot b, c
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
    counts = {slot for _, slots in circuit.registers for slot in slots if isinstance(slot, int)}
    kept: list[int] = []
    for place in reversed(range(len(circuit.rows))):
        op = circuit.rows[place]
        if op.gate == BARRIER:
            kept.append(place)
        elif op.gate == MEASURE:
            counts.add(op.qubits[0])
            kept.append(place)
        elif op.gate == RESET:
            if op.qubits[0] in counts:
                counts.remove(op.qubits[0])
                kept.append(place)
        elif op.pinned or not op.qubits or not counts.isdisjoint(op.qubits):
            counts.update(op.qubits)
            kept.append(place)
    kept.reverse()
    return kept
