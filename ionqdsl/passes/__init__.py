"""Translates circuits to the gates of a machine: begin here, then read pipelines.py, the table of passes.

Takes a circuit, a target and options, and returns a circuit of the target's gates with warnings and a report of
each pass. The package keeps three promises for all passes: a pass that optimises never makes a circuit cost more;
on request the invariants of the circuit are checked after every pass; barriers and verbatim blocks never change. Each
pass has a file of its own, and the passes that translate do not import each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.garbage import uncollected
from ionqdsl.ir import rounding
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import AS_WRITTEN, Target
from ionqdsl.ir.unwinding import unwound
from ionqdsl.passes.compilations import SMALL, Compilation, Manner, cheapest_compilation
from ionqdsl.passes.context import PassContext, Progress
from ionqdsl.passes.cost import Cost
from ionqdsl.passes.defer import refuse_copies
from ionqdsl.passes.drop_unread import drop_unread, read_at
from ionqdsl.passes.error_budget import ErrorBudget
from ionqdsl.passes.machine_checks import check_pairs, compare_machines, refuse_branches, warn_of_pairs
from ionqdsl.passes.pipelines import DEFAULT_LEVELS, PIPELINES, Level, Pass, is_written_for, level_of
from ionqdsl.passes.prepare import prepared, sendable
from ionqdsl.passes.report import PassReport, Report, told
from ionqdsl.record import changed

if TYPE_CHECKING:
    from ionqdsl.workers import Workers

__all__ = [
    "DEFAULT_LEVELS",
    "PIPELINES",
    "Cost",
    "Level",
    "Pass",
    "PassContext",
    "PassReport",
    "Progress",
    "Report",
    "level_of",
    "prepared",
    "transpile",
]

Watch = Callable[[str, FlatCircuit], None]
"""Is called with the name of a pass and the circuit after it."""


def transpile(
    circuit: FlatCircuit,
    target: Target,
    options: Options = Options(),  # noqa: B008 (frozen)
    *,
    watch: Watch | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
    checked: bool = False,
) -> tuple[FlatCircuit, list[Diagnostic], Report]:
    """Compiles a circuit for a target, with the warnings of its passes.

    `watch` is called after each pass, `progress` during a long search, of which `workers` may take parts; the result is
    the same without them. `checked` examines the circuit after every pass; `options.verify` does so too and compares
    the result with the source. Raises `CompileError` if the target cannot do it, `InternalError` if a pass broke a
    promise or the result differs.
    """
    level, why = level_of(circuit, target, options)
    manner = Manner(watch is not None, checked or options.verify)
    start, done = prepared(circuit, options, level, manner.is_watched)
    report = Report(circuit.name, target.name, level, why, options.preserve)
    if target is AS_WRITTEN:
        refuse_copies(start)
        check_pairs(start, options)
        report.target, report.passes = "as written", [step for step, _ in done]
        return sendable(start), [], report
    start, context = _started(start, target, options, level)
    context.progress, context.workers = progress, workers
    with uncollected():
        best = _best_compilation(circuit, Compilation(start, start, done, context), level, manner)
    result = _finished(circuit, best, report, watch)
    check_pairs(result, options)
    if not target.connects_all and options.characterization is None:
        warn_of_pairs(result, best.context)
    return result, best.context.warnings, report


def _started(circuit: FlatCircuit, target: Target, options: Options, level: int) -> tuple[FlatCircuit, PassContext]:
    """The prepared circuit and the context as the first pass takes them; raises CompileError if no pass can help."""
    refuse_branches(circuit)
    is_its_own = circuit.gateset == target.gateset and (target.gateset == "qis" or is_written_for(circuit, target))
    stays = level == 0 and is_its_own
    circuit = circuit if stays else unwound(circuit)
    if target.gateset == "native" and target.two_qubit_gate is None:
        raise fail("QC0603", target=target.name)
    inner = changed(options, preserve="outcomes") if options.preserve == "registers" else options
    context = PassContext(target, inner, budget=ErrorBudget(options.approx), may_route=not stays)
    context.may_move_outputs = options.preserve == "registers" and bool(circuit.registers)
    compare_machines(context)
    return circuit, context


def _best_compilation(source: FlatCircuit, ready: Compilation, level: int, manner: Manner) -> Compilation:
    """The cheapest result for a circuit that is ready for the passes.

    Rows that no register reads went before: in rare cases the result costs less with them, since a synthesis has luck.
    """
    apart = changed(ready.context, warnings=[*ready.context.warnings])
    best = cheapest_compilation(level, ready.start, ready.context, manner)
    best = best._replace(done=ready.done + best.done)
    if len(source) > SMALL or not any(step.name == drop_unread.__name__ for step, _ in ready.done):
        return best
    whole, done = prepared(source, apart.options, level, manner.is_watched)
    if whole.has_conditions:
        return best
    other = cheapest_compilation(min(level, 2), unwound(whole) if apart.may_route else whole, apart, manner)
    other = other._replace(done=done + other.done)
    return other if other.price_as_read < best.price_as_read else best


def _finished(source: FlatCircuit, best: Compilation, report: Report, watch: Watch | None) -> FlatCircuit:
    """The result as it is sent, with its inputs and outputs, and the report of it.

    Raises `InternalError` if a comparison with the source that is asked for finds a difference.
    """
    start, result, done, context = best
    report.passes = [step for step, _ in done]
    for step, seen in done:
        if watch is not None:
            watch(step.name, seen or start)
    result = sendable(result)
    if result.gateset != context.target.gateset:
        result = result.replace(gateset=context.target.gateset)
    report.inputs, report.spent, report.neglected = context.inputs, context.budget.spent, context.budget.neglected
    report.negligible = rounding.limit(len(start))
    if context.inputs is not None:
        before = start.inputs or tuple(range(start.width))
        result = result.replace(inputs=tuple([before[qubit] for qubit in context.inputs]))
    if context.options.verify:
        from ionqdsl.passes.verified import verified

        report.verdict = verified(source, start, result, context)
    if context.outputs is not None:
        report.outputs = context.outputs
        result = read_at(result, context.outputs)
    return _as_read(result, context, report, watch) if report.preserve == "registers" else result


def _as_read(result: FlatCircuit, context: PassContext, report: Report, watch: Watch | None) -> FlatCircuit:
    """The result without rows that no register reads, such as pulses at the end of other qubits."""
    read = drop_unread(result)
    if read is result:
        return result
    report.passes.append(told(drop_unread.__name__, result, read))
    if watch is not None:
        watch(drop_unread.__name__, read)
    if context.options.verify:
        from ionqdsl.passes.verified import judged

        judged(result, read, "registers", context)
    return read
