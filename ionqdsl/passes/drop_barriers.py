"""Drops barriers that separate nothing: with no row before them on their qubits, or none after them.

Takes a circuit and returns an equal one. Programs written by other tools have a barrier before the measurements at the
end, where it would hide from the passes that nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op


def drop_barriers(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without them.

    Before:
        qubit a, b
        barrier a, b
        h a
        barrier a, b
        cnot a, b
        barrier a, b
    After:
        qubit a, b
        h a
        barrier a, b
        cnot a, b
    """
    if not any(op.gate == BARRIER for op in circuit.patterns):
        return circuit
    rows = circuit.rows
    idle = {*_first(rows, range(len(rows))), *_first(rows, range(len(rows) - 1, -1, -1))}
    if not idle:
        return circuit
    pairs = enumerate(zip(rows, circuit.origins, strict=True))
    return circuit.with_rows(pair for place, pair in pairs if place not in idle)


def _first(rows: Sequence[Op], places: Iterable[int]) -> Iterator[int]:
    """The places of barriers before which nothing has happened on their qubits, in this order."""
    used: set[int] = set()
    for place in places:
        if rows[place].gate == BARRIER and not rows[place].pinned and used.isdisjoint(rows[place].qubits):
            yield place
        else:
            used.update(rows[place].qubits)
