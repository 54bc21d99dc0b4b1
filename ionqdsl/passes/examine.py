"""Examines the result of a pass: whether it broke an invariant, or changed a barrier or a verbatim block."""

from __future__ import annotations

from ionqdsl.diagnostics import Diagnostic, InternalError
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.targets import Target
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.pipelines import ROUTE, ROUTE_ROWS, Pass


def examine(step: Pass, before: FlatCircuit, after: FlatCircuit, context: PassContext, is_last: bool) -> None:
    """Raises an `InternalError` (QC0641) naming the pass if it broke an invariant or changed a barrier."""
    from ionqdsl.verify import invariants

    faults = invariants(after, context.target if is_last else None)
    kept = _kept_blocks(step, before, context.target)
    if _barriers(before, kept, step) != _barriers(after, kept, step):
        faults.append("a barrier or a verbatim row was changed, moved or lost")
    if faults:
        facts = {"stage": step.name, "circuit": before.name, "fault": faults[0]}
        raise InternalError([Diagnostic("QC0641", None, facts)])


def _kept_blocks(step: Pass, circuit: FlatCircuit, target: Target) -> frozenset[int]:
    """The pinned blocks that a pass must not change: all, or for a translation those of the target's own gates."""
    if step.optimises:
        return frozenset(op.pinned for op in circuit.rows if op.pinned)
    from ionqdsl.passes.native.frames import verbatim_blocks

    return frozenset(verbatim_blocks(circuit, target) if target.gateset == "native" else ())


def _barriers(circuit: FlatCircuit, kept: frozenset[int], step: Pass) -> list[Op]:
    """Barriers and the rows of the blocks that must stay, in order; a barrier goes where routing takes its qubits."""
    if step.run in (ROUTE.run, ROUTE_ROWS.run):
        return [op for op in circuit.rows if op.pinned in kept]
    return [op for op in circuit.rows if op.gate in NOT_GATES or op.pinned in kept]
