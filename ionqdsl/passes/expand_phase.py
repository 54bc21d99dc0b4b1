"""Rewrites the phase gate, and other gates without a payload name, as gates that the service takes.

Takes rows with any controls. A `p` becomes `z`, `s`, `si`, `t` or `ti` if the angle is one of theirs, and otherwise
`rz` and a global phase; under controls the `rz` lacks a phase on the controls, which is a `p` on one wire fewer. Other
gates are first written in elementary gates. Controls stay, since the service takes them.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle, AngleSum
from ionqdsl.ir.circuit import FlatCircuit, Op, Steps, shared
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.plain_rows import LineForm, PlainRows
from ionqdsl.passes.context import PassContext

_NAMED = {
    gate.rotation.constant: gate.key
    for gate in GATES.values()
    if gate.axis == "Z" and gate.is_phase and gate.payload_name
}
"""Turns of the phase on |1> -> the gate without parameters that has it."""


_HALF = Fraction(1, 2)
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
    if not any(op.gate in _NAMELESS for op in circuit.patterns):
        return circuit
    if circuit.is_plain and all(op.gate == "p" for op in circuit.patterns if op.gate in _NAMELESS):
        return _expanded_in_parts(circuit)
    steps, phase = _expanded_steps(Steps(circuit.rows, circuit.origins), circuit.phase)
    return circuit.replace(rows=steps.rows, origins=steps.origins, phase=phase.reduced())


def _expanded_in_parts(circuit: FlatCircuit) -> FlatCircuit:
    """The same for a circuit with rows of plain lines: each of their forms is rewritten once."""
    parts: list[PlainRows | Steps] = []
    phases = [*circuit.phases]
    tables: dict[int, list[LineForm]] = {}
    for part in circuit.parts:
        if isinstance(part, Steps):
            steps, phase = _expanded_steps(part, ZERO)
            parts.append(steps)
            phases.append(phase)
        else:
            if id(part.forms) not in tables:
                tables[id(part.forms)] = [*map(_expanded_form, part.forms)]
            rewritten = part.with_forms(tables[id(part.forms)])
            parts.append(rewritten)
            phases.append(rewritten)
    return circuit.with_parts(parts, phases)


def _expanded_form(form: LineForm) -> LineForm:
    """The expansion of a form, and the phase that this adds."""
    rows: list[Op] = []
    phase = ZERO
    for op in form.rows:
        expansion = _phase_gate(op) if op.gate == "p" else _Expansion([op])
        rows += expansion.rows
        phase += expansion.angle * expansion.factor
    return LineForm(tuple(rows), phase, form.arity)


def _expanded_steps(steps: Steps, phase: Angle) -> tuple[Steps, Angle]:
    """The same for rows, and their phase together with another."""
    rows: list[Op] = []
    origins: list[Span | None] = []
    total = AngleSum()
    total.add(phase)
    known: dict[int, _Expansion] = {}
    for op, origin in zip(steps.rows, steps.origins, strict=True):
        if op.gate not in _NAMELESS:
            rows.append(op)
            origins.append(origin)
            continue
        if id(op) not in known:
            known[id(op)] = _phase_gate(op) if op.gate == "p" else _expanded(op)
        expansion = known[id(op)]
        rows += expansion.rows
        origins += [origin] * len(expansion.rows)
        total.add(expansion.angle, expansion.factor)
    return Steps(rows, origins), total.angle()


class _Expansion(NamedTuple):
    """Rows, and a global phase: an angle times a factor."""

    rows: list[Op]
    angle: Angle = ZERO
    factor: int | Fraction = 1


@lru_cache(maxsize=4096)
def _expanded(op: Op) -> _Expansion:
    """A row without a payload name in gates that have one."""
    rows: list[Op] = []
    parts, phase = elementary(op)
    for part in parts:
        inner = _Expansion([part])
        if part.gate in _NAMELESS:
            inner = _phase_gate(part) if part.gate == "p" else _expanded(part)
        rows += inner.rows
        phase += inner.angle * inner.factor
    return _Expansion(rows, phase)


def _phase_gate(op: Op) -> _Expansion:
    """p(a) = e^{ia/2} rz(a), the phase controlled like the row."""
    qubits, angle = op.qubits, op.angles[0].reduced()
    rows: list[Op] = []
    while angle:
        is_turns = angle.turns and not (angle.radians or angle.terms)
        named = _NAMED.get(angle.turns) if is_turns else None
        if named:
            return _Expansion([*rows, shared(named, qubits, (), len(qubits) - 1, op.pinned)])
        rows.append(Op("rz", qubits, (angle,), len(qubits) - 1, op.pinned))
        qubits = qubits[:-1]
        if not qubits:
            return _Expansion(rows, angle, _HALF)
        angle = angle / 2
    return _Expansion(rows)
