"""The rows of a verbatim block stand together again.

Passes finish the wires of a block one by one, so pulses that belong before it may stand between its rows. In comes such
a circuit, out goes the same one with them before the block, or behind it where they depend on it. Nothing else moves;
where a barrier inside the block leaves no such order, the circuit stays as it is.

    verbatim { x q[0] }; gpi(0) q[1]; verbatim { x q[1] }      (one block)
    gpi(0) q[1]; verbatim { x q[0]; x q[1] }
"""

from __future__ import annotations

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.passes.context import PassContext

Row = tuple[Op, Span | None]


def gather_blocks(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Moves rows out of the blocks they stand in; the target plays no part."""
    last = {op.pinned: index for index, op in enumerate(circuit.rows) if op.pinned}
    if not last:
        return circuit
    rows: list[Row] = []
    block: list[Row] = []
    behind: list[Row] = []
    touched: set[int] = set()  # wires of the block so far and of what goes behind it
    late: set[int] = set()  # wires of what goes behind it
    number = 0
    is_moved = False
    for index, row in enumerate(zip(circuit.rows, circuit.origins, strict=True)):
        op = row[0]
        number = number or op.pinned
        if not number:
            rows.append(row)
            continue
        wires = op.qubits or (range(circuit.width) if op.gate in (BARRIER, "nop") else ())
        if op.pinned == number or op.gate == BARRIER:
            if not late.isdisjoint(wires):
                return circuit
            block.append(row)
            touched.update(wires)
        elif op.pinned:  # blocks that stand in each other: neither may move
            return circuit
        elif touched.isdisjoint(wires):
            rows.append(row)
            is_moved = True
        else:
            behind.append(row)
            touched.update(wires)
            late.update(wires)
            is_moved = True
        if index == last[number]:
            rows += block + behind
            block, behind, touched, late, number = [], [], set(), set(), 0
    return circuit.with_rows(rows) if is_moved else circuit
