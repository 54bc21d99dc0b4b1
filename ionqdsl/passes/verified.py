"""Compares the result of all passes with the circuit that they took, and refuses a result that does something else.

Takes both circuits and the context of the passes and returns the verdict. Imported for compilations that are verified.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from ionqdsl.diagnostics import Diagnostic, InternalError
from ionqdsl.ir import rounding
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.passes.context import PassContext
from ionqdsl.verify import Verdict, equivalent


def verified(whole: FlatCircuit, source: FlatCircuit, result: FlatCircuit, context: PassContext) -> Verdict:
    """The comparison of `source`, which `prepared` made of `whole`, with the result of the passes, after that of both.

    The preparation keeps the outcomes of the registers.
    """
    if source is not whole:
        judged(whole, source, "registers", context)
    preserve, spent = context.options.preserve, context.budget.spent
    inputs: Sequence[int] = context.inputs or range(source.width)
    if context.outputs is not None:  # qubits are named by where they end
        name = {place: qubit for qubit, place in enumerate(context.outputs)}
        result = result.with_rows((op.on(name), origin) for op, origin in zip(result.rows, result.origins, strict=True))
        inputs = [inputs[place] for place in context.outputs]
    rows = max(len(source.rows), len(result.rows))
    tolerance = rounding.tolerance(rows)
    seed, ways = context.options.seed, [*context.waypoints]
    via = (lambda: chain.from_iterable([make() for make in ways])) if ways else tuple
    verdict = equivalent(source, result, preserve, seed, inputs, spent, tolerance, via=via)
    return _told(verdict, source, preserve, context)


def judged(source: FlatCircuit, result: FlatCircuit, preserve: str, context: PassContext) -> Verdict:
    """The comparison of two circuits as they are."""
    return _told(equivalent(source, result, preserve, context.options.seed), source, preserve, context)


def _told(verdict: Verdict, source: FlatCircuit, preserve: str, context: PassContext) -> Verdict:
    """The verdict; warns if nothing could be decided, and raises InternalError for a difference."""
    if verdict.equal is None:
        facts = {"circuit": source.name, "unchecked": verdict.unchecked, "checked": verdict.checked}
        if verdict.extra:
            facts["extra"] = verdict.extra
        context.warn("QC0642", None, **facts)
    elif not verdict:
        facts = {"circuit": source.name, "preserve": preserve}
        if verdict.method == "external":
            raise InternalError([Diagnostic("QC1161", None, {**facts, "checked": verdict.checked})])
        raise InternalError([Diagnostic("QC0640", None, {**facts, "deviation": verdict.deviation})])
    return verdict
