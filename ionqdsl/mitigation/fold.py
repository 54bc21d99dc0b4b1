"""Folds circuits: makes them longer, and so noisier, without changing their meaning, for zero-noise extrapolation.

Takes a circuit and a scale and returns U (U^-1 U)^n S^-1 S, where S is the end of U: Giurgica-Tiron et al., "Digital
zero noise extrapolation for quantum error mitigation", IEEE QCE 2020, section "unitary folding".
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ionqdsl.algebra import modifiers
from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import BARRIER, MAX_OPERATIONS, Op, shared
from ionqdsl.ir.symbolic import AnyCircuit
from ionqdsl.mitigation.kept import kept, need_native, options_of
from ionqdsl.passes.read_at_end import read_at_end

HALF = Angle(Fraction(1, 2))

Steps = list[tuple[Op, Span | None]]


def fold(circuit: AnyCircuit, scale: float) -> AnyCircuit:
    """The circuit with `scale` times its two-qubit gates, or of all gates if it has none, as nearly as these allow.

    A native circuit becomes a verbatim block of exactly these gates. Between the parts of a qis circuit there are
    barriers, so that they do not cancel; each part is then optimised by itself. Measurements that nothing follows
    become readouts at the end. Raises CompileError, also for a circuit with other measurements or resets, which have
    no inverse.
    """
    circuit = read_at_end(circuit)
    if circuit.is_dynamic:
        raise fail("QC0647", None, name=circuit.name, what="folded")
    wide = [place for place, op in enumerate(circuit.rows) if op.gate != BARRIER and len(op.qubits) > 1]
    counted = wide or [place for place, op in enumerate(circuit.rows) if op.gate not in (BARRIER, "nop")]
    halves = round((scale - 1) / 2 * len(counted))
    times, rest = divmod(halves, len(counted)) if counted else (0, 0)
    steps = list(zip(circuit.rows, circuit.origins, strict=True))
    end = steps[counted[-rest] :] if rest else []
    if len(steps) * (2 * times + 1) + 2 * len(end) > MAX_OPERATIONS:
        raise fail("QC0501", limit=MAX_OPERATIONS)
    is_native = circuit.gateset == "native"
    if is_native:
        need_native(circuit, "folding")
    parts = [(steps, circuit.phase), *_there_and_back(steps, times), *_there_and_back(end, bool(rest))]
    rows: Steps = []
    phase = ZERO
    for number, (part, turned) in enumerate(parts):
        if number and not is_native:
            rows.append((shared(BARRIER, tuple(range(circuit.width))), None))
        rows += part
        phase += turned
    folded = circuit.with_rows(rows, phase=phase)
    return kept(folded, options_of(circuit)) if is_native else _numbered(folded)


def _there_and_back(steps: Steps, times: int) -> list[tuple[Steps, Angle]]:
    back, phase = _inverse(steps)
    return [(back, phase), (steps, ZERO)] * times


def _inverse(steps: Sequence[tuple[Op, Span | None]]) -> tuple[Steps, Angle]:
    """The rows that undo these, and their phase; a wait is repeated, because no gate undoes time."""
    result: Steps = []
    phase = ZERO
    for op, origin in reversed(steps):
        if op.gate == "ms":  # turned the other way by its phase: its angle is never negative on a machine
            angles = (op.angles[0] + HALF, *op.angles[1:])
            rows, extra = [op._replace(angles=angles)], ZERO
        elif op.gate in (BARRIER, "nop"):
            rows, extra = [op], ZERO
        else:
            rows, extra = modifiers.power(op, -1)
        result += [(row._replace(pinned=op.pinned), origin) for row in rows]
        phase += extra
    return result, phase


def _numbered(circuit: AnyCircuit) -> AnyCircuit:
    """The circuit with a number of its own for each stretch of a verbatim block, because blocks were repeated."""
    rows: list[Op] = []
    number, before = 0, 0
    for op in circuit.rows:
        if op.pinned and op.pinned != before:
            number += 1
        before = op.pinned
        rows.append(op._replace(pinned=number) if op.pinned else op)
    return circuit.replace(rows=rows)
