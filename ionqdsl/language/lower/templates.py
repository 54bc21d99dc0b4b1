"""Templates, the rows a gate expands to, and modifiers applied to them.

Takes a `Template` and modifiers with their values and returns the template of the modified gate. A real power of a
whole definition is left to gates.py.
"""

from __future__ import annotations

from functools import cached_property

from ionqdsl.algebra.modifiers import controlled_phase, joined, power
from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import ZERO, Angle, Exact
from ionqdsl.ir.circuit import BARRIER, MAX_OPERATIONS, Op, shared
from ionqdsl.ir.gates import GATES
from ionqdsl.language import values
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.record import Any, record


@record
class Template:
    """Rows on operands 0 ... width-1 and their global phase."""

    rows: tuple[Op, ...]
    phase: Angle
    width: int

    @cached_property
    def gatesets(self) -> frozenset[str]:
        """The gatesets of all rows outside blocks."""
        loose = {op.gate for op in self.rows if not op.pinned and op.gate != BARRIER}
        return frozenset(GATES[gate].gateset for gate in loose)


def moderate(angle: Angle, span: Span) -> Angle:
    """The angle; raises CompileError if it has grown too large."""
    try:
        return values.moderate(angle)
    except values.Mismatch as mismatch:
        raise fail(mismatch.code, span) from None


def modified(
    base: Template, modifiers: list[tuple[str, Any]], span: Span, real_power: Any, budget: StepBudget | None = None
) -> Template:
    """The template under modifiers, the last one applied first."""
    budget = budget or StepBudget()
    for position, (kind, value) in enumerate(reversed(joined(modifiers))):
        budget.spend((len(base.rows) >> 3) + (base.width >> 3), span)
        if kind in ("ctrl", "negctrl"):
            base = _controlled(base, value, kind == "negctrl", span)
        elif kind == "inv":
            base = _inverse(base)
        elif value == int(value):
            base = _repeated(base, int(value), span)
        elif real_power is not None and position == 0:
            base = real_power(value)
        else:
            base = _row_power(base, value, span)
        if len(base.rows) > MAX_OPERATIONS:
            raise fail("QC0501", span, limit=MAX_OPERATIONS)
        if kind == "pow":
            for angle in {angle for op in base.rows for angle in op.angles} | {base.phase}:
                moderate(angle, span)
    return base


def _row_power(base: Template, exponent: Exact, span: Span) -> Template:
    """The real power of one row, or of a phase alone, which is an angle and scales like the angle of `p`."""
    if not base.rows:
        return Template((), base.phase * exponent, base.width)
    if len(base.rows) == 1 and not base.phase:
        rows, phase = power(base.rows[0], exponent, span)
        return Template(tuple(rows), phase, base.width)
    raise fail("QC0212", span, gate=span.text, exponent=float(exponent))


def _inverse(base: Template) -> Template:
    rows: list[Op] = []
    phase = -base.phase
    inverses: dict[int, tuple[list[Op], Angle]] = {}  # rows repeat themselves in a template
    for op in reversed(base.rows):
        if id(op) not in inverses:
            inverses[id(op)] = power(op, -1)
        inverse, extra = inverses[id(op)]
        rows += inverse
        if extra:
            phase += extra
    return Template(tuple(rows), phase, base.width)


def _repeated(base: Template, times: int, span: Span) -> Template:
    if times < 0:
        base, times = _inverse(base), -times
    if len(base.rows) == 1:
        rows, phase = power(base.rows[0], times)
        return Template(tuple(rows), phase + base.phase * times, base.width)
    if len(base.rows) * times > MAX_OPERATIONS:
        raise fail("QC0501", span, limit=MAX_OPERATIONS)
    blocks = max((op.pinned for op in base.rows), default=0)
    repeated = base.rows * times
    if blocks:  # every repetition has separate verbatim blocks
        copies = ((op, op.pinned and op.pinned + k * blocks) for k in range(times) for op in base.rows)
        repeated = tuple([op._replace(pinned=pinned) for op, pinned in copies])
    return Template(repeated, base.phase * times, base.width)


def _controlled(base: Template, count: int, negated: bool, span: Span) -> Template:
    controls = tuple(range(count))
    controlled_rows: dict[int, Op] = {}  # rows repeat themselves in a template
    for op in base.rows:
        if id(op) in controlled_rows:
            continue
        moved = tuple([qubit + count for qubit in op.qubits])
        if op.gate == BARRIER:
            controlled_rows[id(op)] = shared(BARRIER, moved)
            continue
        if GATES[op.gate].gateset == "native":
            raise fail("QC0215", span, gate=GATES[op.gate].name)
        controlled_rows[id(op)] = shared(
            op.gate, controls + moved, op.angles, op.controls + count, op.pinned, op.operator
        )
    rows = [controlled_rows[id(op)] for op in base.rows]
    if base.phase:
        rows.append(controlled_phase(controls, base.phase))
    if negated:
        flips = [shared("x", (control,)) for control in controls]
        rows = [*flips, *rows, *flips]
    return Template(tuple(rows), ZERO, base.width + count)
