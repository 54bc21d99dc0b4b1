"""Drops phases that no measurement sees: those under several controls, and those of flips under three or more.

Takes a circuit before break_wide_gates.py and returns one with the same outcomes and probabilities for every input.
Where only flips and swaps follow, phases under two controls or more go, and flips under three or more take their
shorter form of relative phase. Toffolis get this form later, once those written in other ways are found; a single phase
could belong to one of these. Only for contracts that end in a measurement, and only after the last barrier.
"""

from __future__ import annotations

from ionqdsl.ir.circuit import FlatCircuit, Op, canonical
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.passes.barriers import is_barrier
from ionqdsl.passes.break_wide_gates import relative_flip
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.networks.network import FLIP, OTHER, SWAP, NetworkGate
from ionqdsl.passes.networks.unseen_phases import backwards, is_phase

FEWEST = 3
"""The fewest qubits of a row that is left out or written otherwise."""


def drop_unseen_phases(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Rewrites the rows after the last barrier.

    Before (--target forte):
        qubit a, b, c, d
        ctrl(2) @ s a, b, c
        cnot c, d
    After:
        qubit a, b, c, d
        cnot c, d
    """
    if fixes_phases(context.options.preserve) or not context.may_drop_phases:
        return circuit
    rows, origins = circuit.rows, circuit.origins
    if all(len(op.qubits) < FEWEST for op in rows):
        return circuit
    start = next((place + 1 for place in range(len(rows) - 1, -1, -1) if is_barrier(rows[place])), 0)
    gates = [_gate(canonical(op)) for op in rows[start:]]
    kept, is_changed = [], False
    places = range(len(rows) - 1, start - 1, -1)
    for place, (gate, free) in zip(places, backwards(gates, range(circuit.width)), strict=True):
        written = [rows[place]]
        if free.issuperset(gate.wires):
            controls = canonical(rows[place]).controls
            if controls > 1 and is_phase(gate):
                is_changed = True
                continue
            if controls > 2 and gate.kind == FLIP:
                is_changed = True
                written = relative_flip(gate.wires[:-1], gate.wires[-1], ())  # a wire to borrow would save nothing
        kept += [(op, origins[place]) for op in reversed(written)]
    if not is_changed:
        return circuit
    context.drops_phases = True
    return circuit.with_rows([*zip(rows[:start], origins[:start], strict=True), *reversed(kept)])


def _gate(op: Op) -> NetworkGate:
    """A row as a gate of a network; y is a flip but for phases."""
    is_flip = op.gate in ("x", "y") and not op.when
    kind = FLIP if is_flip else SWAP if op.gate == "swap" and not op.controls and not op.when else OTHER
    return NetworkGate(kind, op.qubits, 0, None, op)
