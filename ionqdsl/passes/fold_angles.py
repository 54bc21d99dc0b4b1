"""Folds angles into the range that the machine documents.

Takes a native circuit, perhaps with parameters just bound, and returns an exactly equal one with phases within a turn
and interaction angles in the target's range. An angle in range stays as written; half turns taken off an interaction
become pulses, or frames of later pulses. Pinned rows never change: an interaction out of range there is QC0602.
"""

from __future__ import annotations

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.targets import Target
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.native.frames import Frames, verbatim_blocks
from ionqdsl.verify import in_range


def fold_angles(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Folds native rows, phases into (-1/2, 1/2] turn; under `unitary` the frames left at the end become pulses.

    Raises QC0602 for a pinned row out of range.

    Before (--target aria):
        gateset native
        qubit a, b
        gpi(1.25) a
        ms(0, 0, 0.35) a, b
    After:
        gateset native
        qubit a, b
        gpi(0.25) a
        ms(0.5, 0, 0.15) a, b
        gpi(0) a
        gpi(0) b
    """
    target = context.target
    rows = {id(op): op for op in circuit.rows if op.gate not in NOT_GATES}
    outside = {number: op for number, op in rows.items() if not in_range(op, target)}
    if not outside:
        return circuit
    for op in outside.values():
        if op.pinned:
            raise _refused(op, circuit.origins[circuit.rows.index(op)], target)
    frames, blocks = Frames(circuit, target), verbatim_blocks(circuit, target)
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate in NOT_GATES:
            frames.keep(op, origin)
        elif op.pinned:
            frames.pin(op, origin, blocks[op.pinned])
        elif id(op) in outside:
            frames.play(op, origin)
        else:
            frames.shift(op, origin)
    return frames.finished(context.options.preserve)


def _refused(op: Op, origin: Span | None, target: Target) -> CompileError:
    value, low, high = (f"{float(turns):g}" for turns in (op.angles[-1].in_turns(), target.low, target.high))
    facts = {"gate": GATES[op.gate].name, "value": value, "target": target.name}
    if target.low < 0:  # the lowest angle is a half turn of interaction from the highest
        return fail("QC0602", origin, **facts, range="open", low=low, high=high)
    return fail("QC0602", origin, **facts, range="closed", low=low, high=high)
