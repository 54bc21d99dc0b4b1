"""Rewrites native gates that the target lacks as qis gates, exactly.

Takes circuits with native rows, in pinned blocks too, and returns circuits whose native rows are all gates of the
target. Native gates of the target stay, and nothing is merged: choose_native.py makes frames of the rotations about z
around a pulse, or the service fuses them.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from operator import itemgetter

from ionqdsl.algebra.elementary import elementary
from ionqdsl.algebra.modifiers import controlled_phase
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import HALF_TURN, ZERO, Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, shared
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.targets import Target
from ionqdsl.passes.context import PassContext

_QUARTER = Fraction(1, 4)


def translate_native(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Rewrites native rows that the target lacks; warns once a block (QC0610), and of waiting times lost (QC0611).

    Before (--target forte):
        gateset native
        qubit a, b
        gpi(0.125) a
        ms(0, 0) a, b
    After:
        qubit a, b
        native {
          gpi(0.125) a
        }
        xx(pi/2) a, b
    """
    kept = _kept(context.target)
    if not any(_is_foreign(gate, controls, kept) for gate, controls in set(map(_KIND, circuit.patterns))):
        return circuit
    steps: list[tuple[Op, Span | None]] = []
    phase = circuit.phase
    blocks: dict[int, tuple[Span | None, dict[str, None]]] = {}
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if not _is_foreign(op.gate, op.controls, kept):
            steps.append((op, origin))
        elif op.gate == "nop":
            context.warn("QC0611", origin, circuit=circuit.name)
        else:
            blocks.setdefault(op.pinned, (origin, {}))[1][GATES[op.gate].name] = None
            rows, extra = _as_qis(op)
            steps += [(row, origin) for row in rows]
            phase += extra
    for origin, names in blocks.values():
        context.warn("QC0610", origin, gates=tuple(names), target=context.target.name, circuit=circuit.name)
    gateset = "native" if context.target.gateset == "native" and circuit.gateset == "native" else "qis"
    return circuit.with_rows(steps, phase=phase.reduced(), gateset=gateset)


def _kept(target: Target) -> frozenset[str]:
    return frozenset(gate for gate in target.gates if gate)


_KIND = itemgetter(Op._fields.index("gate"), Op._fields.index("controls"))


def _is_foreign(key: str, controls: int, kept: frozenset[str]) -> bool:
    gate = GATES.get(key)
    return gate is not None and gate.gateset == "native" and (key not in kept or controls > 0)


@lru_cache(maxsize=4096)
def _as_qis(op: Op) -> tuple[list[Op], Angle]:
    """Qis rows and a global phase that equal a native row.

    gpi(p) = rz(2p) x, and every gate turns with its phase: G(p) = rz(p) G(0) rz(-p) (angles in turns). If the axis is X
    or Y, no rz is needed.
    """
    qubits, phases = op.qubits, op.angles
    if op.gate == "zz_native":
        return [_row("zz", op, qubits, op.angles[0])], ZERO
    if op.gate == "gpi":
        (phase,) = phases
        quarters = _quarters(phase)
        if quarters is None:
            if not op.controls:
                return [_row("x", op, qubits), _row("rz", op, qubits, phase * 2)], ZERO
            return _conjugated(op, "x", (phase,)), ZERO
        rows = [_row("xy"[quarters % 2], op, qubits)]
        if quarters < 2:
            return rows, ZERO
        if op.controls:  # gpi(1/2) = -x
            rows.append(controlled_phase(qubits[: op.controls], HALF_TURN)._replace(pinned=op.pinned))
            return rows, ZERO
        return rows, HALF_TURN
    if op.gate == "gpi2":
        (phase,) = phases
        quarters = _quarters(phase)
        if quarters is None:
            return _conjugated(op, "rx", (phase,), Angle(_QUARTER)), ZERO
        return [_row(("rx", "ry")[quarters % 2], op, qubits, Angle(_QUARTER if quarters < 2 else -_QUARTER))], ZERO
    if op.gate != "ms":
        return elementary(op)
    first, second, angle = phases
    left, right = _quarters(first), _quarters(second)
    if left is None or right is None or (left - right) % 2:
        return _conjugated(op, "xx", (first, second), angle), ZERO
    sign = 1 if (left < 2) == (right < 2) else -1
    return [_row(("xx", "yy")[left % 2], op, qubits, angle * sign)], ZERO


def _quarters(phase: Angle) -> int | None:
    """The phase in quarter turns, 0 to 3, if it is a multiple of one."""
    quarters = phase.turns * 4 % 4
    return int(quarters) if not phase.radians and not phase.terms and quarters == int(quarters) else None


def _conjugated(op: Op, gate: str, phases: tuple[Angle, ...], *angles: Angle) -> list[Op]:
    """The gate about X, every operand turned about z by its phase; only the gate itself is controlled."""
    operands = op.qubits[op.controls :]
    pairs = [(qubit, phase.reduced()) for qubit, phase in zip(operands, phases, strict=True) if phase.reduced()]
    before = [shared("rz", (qubit,), (-phase,), 0, op.pinned) for qubit, phase in pairs]
    after = [shared("rz", (qubit,), (phase,), 0, op.pinned) for qubit, phase in pairs]
    return [*before, _row(gate, op, op.qubits, *angles), *after]


def _row(gate: str, op: Op, qubits: tuple[int, ...], *angles: Angle) -> Op:
    return shared(gate, qubits, angles, op.controls, op.pinned)
