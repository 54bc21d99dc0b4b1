"""Translates qis gates to native gates, one by one.

Takes qis rows with at most one control and native rows of the target, and returns a native circuit. Each gate becomes
its recipe; rotations about z become frames, which shift the phases of later pulses; pinned native rows and barriers
stay as they are. Nothing is merged or moved.
"""

from __future__ import annotations

from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.native.frames import Frames, verbatim_blocks


def choose_native(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Writes the circuit in the target's gates; under `unitary` the frames left at the end become pulses.

    Before (--target forte):
        qubit a, b
        t b
        cnot a, b
    After:
        gateset native
        qubit a, b
        gpi2(-0.375) b
        zz(0.25) a, b
        gpi2(0.375) b
    """
    target = context.target
    if circuit.gateset == "native" and all(op.gate in NOT_GATES or op.gate in target.gates for op in circuit.rows):
        return circuit
    frames, blocks = Frames(circuit, target), verbatim_blocks(circuit, target)
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate in NOT_GATES:
            frames.keep(op, origin)
        elif GATES[op.gate].gateset == "qis":
            frames.play(op, origin)
        elif op.pinned in blocks:
            frames.pin(op, origin, blocks[op.pinned])
        else:
            frames.native(op, origin)
    return frames.finished(context.options.preserve)
