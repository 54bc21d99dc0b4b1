"""Marks the native gates of circuits read from other formats.

Takes a circuit and returns a native one if all of its gates are native, and otherwise one with its native gates in
`verbatim` blocks, as `native { }` in a program makes them. A gate in such a block cannot depend on an outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.gates import GATES


def settled(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit with its gateset, and its blocks if it mixes gates of both.

    Raises QC0299 for a native gate under a condition in such a mixture.
    """
    kinds = {GATES[op.gate].gateset for op in circuit.patterns if op.gate not in NOT_GATES}
    if kinds == {"native"}:
        circuit.gateset = "native"
    elif len(kinds) > 1:
        for op, origin in zip(circuit.rows, circuit.origins, strict=True):
            if op.when and GATES[op.gate].gateset == "native":
                raise fail("QC0299", origin, what=GATES[op.gate].name)
        first = max(op.pinned for op in circuit.rows)
        rows = [op._replace(pinned=op.pinned or number) for op, number in _blocks(circuit.rows, first)]
        circuit = circuit.replace(rows=rows)
    return circuit


def _blocks(rows: Iterable[Op], number: int) -> Iterator[tuple[Op, int]]:
    was_native = False
    for op in rows:
        is_native = op.gate not in NOT_GATES and GATES[op.gate].gateset == "native"
        number += is_native and not was_native
        was_native = is_native
        yield op, number if is_native else 0
