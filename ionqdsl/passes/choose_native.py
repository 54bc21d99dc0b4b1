"""Qis gates become native ones, gate by gate.

In come circuits of qis rows with at most one control and of native rows of the target; out go native circuits. Each
gate is its recipe, rotations about z are carried as frames, pinned native rows and barriers stay as they are. Nothing
is merged or moved here.
"""

from __future__ import annotations

from ionqdsl.ir.circuit import BARRIER, FlatCircuit
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.frames import Frames, verbatim_blocks


def choose_native(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Writes the circuit in the target's gates; under `unitary` the frames left at the end become pulses."""
    target = context.target
    if circuit.gateset == "native" and all(op.gate == BARRIER or op.gate in target.gates for op in circuit.rows):
        return circuit
    frames, blocks = Frames(circuit, target), verbatim_blocks(circuit, target)
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate == BARRIER:
            frames.keep(op, origin)
        elif GATES[op.gate].gateset == "qis":
            frames.play(op, origin)
        elif op.pinned in blocks:
            frames.pin(op, origin, blocks[op.pinned])
        else:
            frames.native(op, origin)
    return frames.finished(context.options.preserve)
