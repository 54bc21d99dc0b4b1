"""Rewrites the phase gate, and other gates without a payload name, as gates that the service takes.

Takes rows with any controls. A `p` becomes `z`, `s`, `si`, `t` or `ti` if the angle is one of theirs, and otherwise
`rz` and a global phase; under controls the `rz` lacks a phase on the controls, which is a `p` on one wire fewer. Other
gates are first written in elementary gates. Controls stay, since the service takes them.
"""

from __future__ import annotations

from functools import lru_cache

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, shared
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.context import PassContext

_NAMED = {
    gate.rotation.constant: gate.key
    for gate in GATES.values()
    if gate.axis == "Z" and gate.is_phase and gate.payload_name
}
"""Turns of the phase on |1> -> the gate without parameters that has it."""


_NAMELESS = frozenset(gate.key for gate in GATES.values() if gate.gateset == "qis" and gate.payload_name is None)


def expand_phase(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Rewrites rows without a payload name; phases that no row holds are added to the circuit's.

    Before (--target qis --preserve unitary):
        qubit a, b
        p(pi/4) a
        ctrl @ p(0.3) a, b
    After:
        qubit a, b
        t a
        ctrl @ rz(0.3) a, b
        rz(0.15) a
        gphase(0.075)
    """
    if not any(op.gate in _NAMELESS for op in circuit.rows):
        return circuit
    steps: list[tuple[Op, Span | None]] = []
    phase = circuit.phase
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate not in _NAMELESS:
            steps.append((op, origin))
            continue
        rows, extra = _expanded(op)
        steps += [(row, origin) for row in rows]
        phase += extra
    return circuit.with_rows(steps, phase=phase.reduced())


@lru_cache(maxsize=4096)
def _expanded(op: Op) -> tuple[list[Op], Angle]:
    """Rows and the global phase: p(a) = e^{ia/2} rz(a), the phase controlled like the row."""
    if op.gate != "p":
        rows: list[Op] = []
        parts, phase = elementary(op)
        for part in parts:
            more, extra = _expanded(part) if part.gate in _NAMELESS else ([part], ZERO)
            rows += more
            phase += extra
        return rows, phase
    qubits, angle = op.qubits, op.angles[0].reduced()
    rows = []
    while qubits and angle:
        named = None if angle.radians or angle.terms else _NAMED.get(angle.turns)
        if named:
            return [*rows, shared(named, qubits, (), len(qubits) - 1, op.pinned)], ZERO
        rows.append(shared("rz", qubits, (angle,), len(qubits) - 1, op.pinned))
        qubits, angle = qubits[:-1], angle / 2
    return rows, angle
