"""Brings the rows of each verbatim block together again.

Passes finish the wires of a block one by one, so other pulses may stand between its rows. This pass moves them before
the block, or after it if they depend on it. Nothing else moves; if a barrier inside the block rules such an order out,
the circuit stays as it is.
"""

from __future__ import annotations

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.passes.context import PassContext

Row = tuple[Op, Span | None]


def gather_blocks(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Moves rows out of the blocks that they interrupt, for any target.

    Before:
        qubit a, b
        verbatim { x a }
        rx(0.5) b
        verbatim { x b }  # the same block: text has no form for a block that is interrupted
    After:
        qubit a, b
        rx(0.5) b
        verbatim {
          x a
          x b
        }
    """
    if not any(op.pinned for op in circuit.patterns):
        return circuit
    last = {op.pinned: index for index, op in enumerate(circuit.rows) if op.pinned}
    rows: list[Row] = []
    block: list[Row] = []
    following: list[Row] = []
    touched: set[int] = set()  # wires of the block so far and of the rows that move after it
    late: set[int] = set()  # wires of the rows that move after it
    number = 0
    is_moved = False
    for index, row in enumerate(zip(circuit.rows, circuit.origins, strict=True)):
        op = row[0]
        number = number or op.pinned
        if not number:
            rows.append(row)
            continue
        wires = op.qubits or (range(circuit.width) if op.gate in (*NOT_GATES, "nop") else ())
        if op.pinned == number or op.gate in NOT_GATES:
            if not late.isdisjoint(wires):
                return circuit
            block.append(row)
            touched.update(wires)
        elif op.pinned:  # two blocks that interrupt each other: neither may move
            return circuit
        elif touched.isdisjoint(wires):
            rows.append(row)
            is_moved = True
        else:
            following.append(row)
            touched.update(wires)
            late.update(wires)
            is_moved = True
        if index == last[number]:
            rows += block + following
            block, following, touched, late, number = [], [], set(), set(), 0
    return circuit.with_rows(rows) if is_moved else circuit
