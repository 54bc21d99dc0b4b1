"""The phase gate becomes gates the wire has.

In come `p` rows with any controls, out go `z`, `s`, `si`, `t` or `ti` where the angle is one of theirs, `rz` and a
global phase otherwise; under controls `rz` lacks a phase on the controls, which is a `p` on one wire fewer. Controls
stay as they are: the wire takes them.
"""

from __future__ import annotations

from functools import lru_cache

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import Circuit, Op, shared
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.setting import Setting

_NAMED = {gate.rotation.constant: gate.key for gate in GATES.values() if gate.axis == "Z" and not gate.parameters}
"""Turns of the phase on |1> -> the gate without parameters that has it."""


def expand_phase(circuit: Circuit, setting: Setting) -> Circuit:
    """Rewrites `p` rows; the circuit's phase takes what is left."""
    if not any(op.gate == "p" for op in circuit.rows):
        return circuit
    steps: list[tuple[Op, Span | None]] = []
    phase = circuit.phase
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate != "p":
            steps.append((op, origin))
            continue
        rows, extra = _expanded(op)
        steps += [(row, origin) for row in rows]
        phase += extra
    return circuit.with_rows(steps, phase=phase.reduced())


@lru_cache(maxsize=4096)
def _expanded(op: Op) -> tuple[list[Op], Angle]:
    """Rows and the global phase: p(a) = e^{ia/2} rz(a), the phase controlled in its turn."""
    qubits, angle = op.qubits, op.angles[0].reduced()
    rows: list[Op] = []
    while qubits and angle:
        named = None if angle.radians or angle.terms else _NAMED.get(angle.turns)
        if named:
            return [*rows, shared(named, qubits, (), len(qubits) - 1, op.pinned)], ZERO
        rows.append(shared("rz", qubits, (angle,), len(qubits) - 1, op.pinned))
        qubits, angle = qubits[:-1], angle / 2
    return rows, angle
