"""Breaks gates with more controls than OpenQASM 3's stdgates.inc has, in circuits with measurements in the middle.

Takes a circuit and returns an equal one; other circuits are not sent in OpenQASM, and stay as they are. Which gates have
a name there is decided by emit/dynamic.py, which writes gates with one control, and x with two, itself.
"""

from __future__ import annotations

from ionqdsl.ir.circuit import FlatCircuit, Op, canonical
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext


def write_stdgates(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Leaves one control on every gate that is not pinned, and two on an x.

    Before (--target qis):
        qubit a, b, c
        h a
        register m = measure a
        h a
        ctrl(2) @ z a, b, c
    After:
        qubit a, b, c
        h a
        register m = measure a
        h a
        h c
        ctrl(2) @ x a, b, c
        h c
    """
    if not circuit.is_dynamic or not any(map(_is_wide, circuit.rows)):
        return circuit
    return circuit.with_rows(
        (row, origin)
        for op, origin in zip(circuit.rows, circuit.origins, strict=True)
        for row in (_narrow(op, circuit.width, context) if _is_wide(op) else [op])
    )


def _is_wide(op: Op) -> bool:
    plain = canonical(op)
    return not op.pinned and plain.controls > (2 if plain.gate == "x" else 1)


def _narrow(op: Op, width: int, context: PassContext) -> list[Op]:
    alone = FlatCircuit(width, rows=[op], origins=[None])
    return break_wide_gates(alone, context).rows
