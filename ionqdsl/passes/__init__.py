"""Translates circuits to the gates of a machine: which passes run, in which order, and why.

Takes a circuit, a target and options, and returns a circuit of the target's gates with warnings and a report of what
each pass did. The runner keeps three promises for all passes: a pass that optimises never makes a circuit cost more; on
request the invariants of the circuit are checked after every pass; barriers and verbatim blocks never change. Each pass
has a file of its own, and the passes that translate do not import each other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from ionqdsl.diagnostics import CompileError, Diagnostic, InternalError, fail
from ionqdsl.garbage import uncollected
from ionqdsl.ir import rounding
from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import AS_WRITTEN, Target, backend_of
from ionqdsl.ir.unwinding import unwound
from ionqdsl.passes.approximate import approximate
from ionqdsl.passes.context import LatePass, PassContext, PassFunction, Progress
from ionqdsl.passes.cost import Cost, Price, cost_of, fewest_translated, price_of
from ionqdsl.passes.defer import deferred, refuse_copies
from ionqdsl.passes.drop_barriers import drop_barriers
from ionqdsl.passes.drop_unread import drop_unread, read_at
from ionqdsl.passes.error_budget import ErrorBudget
from ionqdsl.passes.expand_pauliexp import expand_pauliexp
from ionqdsl.passes.expand_phase import expand_phase
from ionqdsl.passes.gather_blocks import gather_blocks
from ionqdsl.passes.gather_controls import gather_controls
from ionqdsl.passes.read_at_end import read_at_end
from ionqdsl.passes.report import Done, LateCost, PassReport, Report, told
from ionqdsl.passes.translate_native import translate_native
from ionqdsl.record import changed, record

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
    "transpile",
]


@record
class Pass:
    """A pass in a pipeline: its function, the reason for its place, and whether it must not make a circuit cost more.

    A `candidate` does the same work plainly. If the pass saves no two-qubit gate, or the circuit is small, both run and
    the cheaper result stays.
    """

    run: PassFunction
    reason: str
    optimises: bool = False
    candidate: PassFunction | None = None

    @property
    def name(self) -> str:
        """The function's name, which is its file's."""
        return self.run.__name__


_PULSES = LatePass("choose_native")
_NATIVE_FIRST = Pass(
    translate_native,
    "first, so that later passes see only qis gates and the target's own; a circuit of the target's gates stays",
)
_PAULIEXP = Pass(expand_pauliexp, "before the passes for the gates that it expands to, some of them controlled")
_CONTROLS = Pass(
    gather_controls, "after expand_pauliexp, for its rows; then only one-qubit gates have several controls"
)
_RELEASE = Pass(
    LatePass("release_controls"),
    "after gather_controls, for pairs of its cnots; before wide gates break, for fewer controls",
)
_UNSEEN = Pass(
    LatePass("drop_unseen_phases"),
    "before wide gates break: a flip that may be wrong by a phase breaks into fewer interactions",
)
_APPROXIMATE = Pass(approximate, "before rows merge, so that rows made adjacent merge too; only if errors are allowed")

_TO_QIS = (
    _NATIVE_FIRST,
    _PAULIEXP,
    _CONTROLS,
    _APPROXIMATE,
    Pass(expand_phase, "last: the other passes leave phases of controls, and the service has no phase gate"),
)

_BREAK = Pass(
    LatePass("break_wide_gates"),
    "once only one-qubit gates have several controls; each phase gate it makes is one interaction",
)
_TO_FEW_CONTROLS = (
    _NATIVE_FIRST,
    _PAULIEXP,
    _CONTROLS,
    _RELEASE,
)
_CHOOSE = Pass(_PULSES, "once gates have at most one control, since such a gate is one interaction")
_FOLD = Pass(LatePass("fold_angles"), "last: angles in range stay as written, and a pinned row out of range is refused")
_ROUTE_ROWS = Pass(
    LatePass("route_rows"), "before gates become pulses, because the swaps do too; only if pairs are not connected"
)
_ROUTE = Pass(LatePass("route"), "after the two-qubit gates have become few; only if pairs are not connected")
_TO_NATIVE = (_NATIVE_FIRST, _PAULIEXP, _CONTROLS, _BREAK, _APPROXIMATE, _ROUTE_ROWS, _CHOOSE, _FOLD)
_MERGE = Pass(
    LatePass("merge_interactions", "interactions.use_interactions"),
    "once every row is one interaction; writes native rows itself",
    candidate=_PULSES,
)
_RESYNTHESISE = Pass(
    LatePass("resynthesise"),
    "like merge_interactions, with fewer interactions for each pair of qubits, or by a quick synthesis",
    candidate=_PULSES,
)
_OPTIMISE_QIS = Pass(
    LatePass("optimise_qis"), "once the circuit is exact in qis gates: it goes through the interaction form", True
)
_SEARCH = Pass(
    LatePass("search"), "like resynthesise, with more candidates, improved until the effort is spent", candidate=_PULSES
)

_BLOCKS = Pass(gather_blocks, "after all passes that write rows, so that each verbatim block is in one piece")

PIPELINES: dict[tuple[str, int], tuple[Pass, ...]] = {
    ("qis", 0): (*_TO_QIS, _BLOCKS),
    ("qis", 1): (*_TO_QIS, _OPTIMISE_QIS, _BLOCKS),
    ("qis", 2): (*_TO_QIS, _OPTIMISE_QIS, _BLOCKS),
    ("qis", 3): (*_TO_QIS, _OPTIMISE_QIS, _BLOCKS),
    ("native", 0): (*_TO_NATIVE, _BLOCKS),
    ("native", 1): (*_TO_FEW_CONTROLS, _BREAK, _APPROXIMATE, _MERGE, _ROUTE, _FOLD, _BLOCKS),
    ("native", 2): (*_TO_FEW_CONTROLS, _UNSEEN, _BREAK, _APPROXIMATE, _RESYNTHESISE, _ROUTE, _FOLD, _BLOCKS),
    ("native", 3): (*_TO_FEW_CONTROLS, _UNSEEN, _BREAK, _APPROXIMATE, _SEARCH, _ROUTE, _FOLD, _BLOCKS),
}
"""The target's gateset and the level -> the passes, in order."""

SMALL = 300
"""The most rows of a circuit for which a candidate always runs."""

DEFAULT_LEVELS = {"qis": 0, "native": 2}


class Level(NamedTuple):
    """How hard a circuit is optimised, and why."""

    number: int
    why: str


def level_of(circuit: FlatCircuit, target: Target, options: Options) -> Level:
    """The level of a circuit: the one asked for, else 0 if its pulses are the target's, else the target's default."""
    if target is AS_WRITTEN:
        return Level(0, "no machine is named")
    if options.level is not None:
        return Level(options.level, "asked for")
    if target.gateset == circuit.gateset == "native" and is_written_for(circuit, target):
        return Level(0, "written in the target's own gates: pulses mean pulses")
    return Level(DEFAULT_LEVELS[target.gateset], f"the default for {target.name}")


def is_written_for(circuit: FlatCircuit, target: Target) -> bool:
    """Whether all gates of a circuit are the target's own native ones."""
    return all(op.gate in NOT_GATES or (op.gate in target.gates and not op.controls) for op in circuit.rows)


def transpile(
    circuit: FlatCircuit,
    target: Target,
    options: Options = Options(),  # noqa: B008 (frozen)
    *,
    watch: Callable[[str, FlatCircuit], None] | None = None,
    progress: Progress | None = None,
    workers: Workers | None = None,
    checked: bool = False,
) -> tuple[FlatCircuit, list[Diagnostic], Report]:
    """Compiles a circuit for a target, with the warnings of its passes.

    `watch` is called with the name of each pass and the circuit after it, `progress` during a long search, of which
    `workers` may take parts; the result is the same without them. `checked` examines the circuit after every pass;
    `options.verify` does so too and compares the result with the source. Raises
    `CompileError` if the target cannot do it, `InternalError` if a pass broke a promise or the result differs.
    """
    level, why = level_of(circuit, target, options)
    source, (circuit, done) = circuit, prepared(circuit, options, level, watch is not None)
    if target is AS_WRITTEN:
        refuse_copies(circuit)
        _check_pairs(circuit, options)
        report = Report(circuit.name, "as written", level, why, options.preserve, [step for step, _ in done])
        return _sendable(circuit), [], report
    _refuse_branches(circuit)
    stays = circuit.gateset == target.gateset and (target.gateset == "qis" or is_written_for(circuit, target))
    if level > 0 or not stays:
        circuit = unwound(circuit)
    if target.gateset == "native" and target.two_qubit_gate is None:
        raise fail("QC0603", target=target.name)
    inner = changed(options, preserve="outcomes") if options.preserve == "registers" else options
    context = PassContext(target, inner, budget=ErrorBudget(options.approx), progress=progress, workers=workers)
    context.may_move_outputs = options.preserve == "registers" and bool(circuit.registers)
    context.may_route = not (level == 0 and circuit.gateset == "native" and is_written_for(circuit, target))
    _compare_machines(context)
    with uncollected():
        run = _run_within if options.approx else _run_routed
        is_watched, is_checked = watch is not None, checked or options.verify
        apart = changed(context, warnings=[*context.warnings])
        result, more = run(level, circuit, context, is_watched, is_checked)
        if len(source) <= SMALL and any(step.name == drop_unread.__name__ for step, _ in done):
            whole, first = prepared(source, inner, level, is_watched)  # costs less in rare cases: a synthesis has luck
            if not whole.has_conditions:
                other, others = run(min(level, 2), whole, apart, is_watched, is_checked)
                if _price_as_read(other, apart) < _price_as_read(result, context):
                    circuit, result, context, done, more = whole, other, apart, first, others
        done += more
    result = _sendable(result)
    report = Report(circuit.name, target.name, level, why, options.preserve, [step for step, _ in done])
    if watch is not None:
        for step, seen in done:
            watch(step.name, seen or circuit)
    if result.gateset != target.gateset:
        result = result.replace(gateset=target.gateset)
    report.inputs, report.spent, report.neglected = context.inputs, context.budget.spent, context.budget.neglected
    report.negligible = rounding.limit(len(circuit))
    if context.inputs is not None:
        before = circuit.inputs or tuple(range(circuit.width))
        result = result.replace(inputs=tuple([before[qubit] for qubit in context.inputs]))
    if options.verify:
        from ionqdsl.passes.verified import judged, verified

        report.verdict = verified(source, circuit, result, context)
    if context.outputs is not None:
        report.outputs = context.outputs
        result = read_at(result, context.outputs)
    if options.preserve == "registers":
        whole, result = result, drop_unread(result)  # such as pulses at the end of other qubits
        if result is not whole:
            report.passes.append(told(drop_unread.__name__, whole, result))
            if watch is not None:
                watch(drop_unread.__name__, result)
            if options.verify:
                judged(whole, result, "registers", context)
    _check_pairs(result, options)
    if not target.connects_all and options.characterization is None:
        _warn_of_pairs(result, context)
    return result, context.warnings, report


def _price_as_read(circuit: FlatCircuit, context: PassContext) -> Price:
    """The price of the rows that the registers see, which follow the qubits to where they end."""
    kept = drop_unread(circuit if context.outputs is None else read_at(circuit, context.outputs))
    return price_of(kept, cost_of(kept), context.options.characterization)


def prepared(circuit: FlatCircuit, options: Options, level: int = 0, watched: bool = False) -> tuple[FlatCircuit, Done]:
    """The circuit with its measurements where the machine takes them, before any gate is translated."""
    done = Done()
    steps: list[Callable[[FlatCircuit], FlatCircuit]] = []
    if options.reuse:
        from ionqdsl.passes.reuse import sharing

        steps.append(sharing)
    steps += [deferred] if options.defer else []
    steps += [drop_unread] if options.preserve == "registers" else []
    steps += [read_at_end, drop_barriers] if level > 0 else [read_at_end]
    for step in steps:
        before, circuit = circuit, step(circuit)
        if circuit is not before:
            done.append((told(step.__name__, before, circuit), circuit if watched else None))
    return circuit, done


def _sendable(circuit: FlatCircuit) -> FlatCircuit:
    """A circuit with measurements in the middle is sent in gates that OpenQASM 3 has names for."""
    if not circuit.is_dynamic or circuit.gateset != "qis":
        return circuit
    from ionqdsl.passes.break_wide_gates import narrowed

    return narrowed(circuit)


def _refuse_branches(circuit: FlatCircuit) -> None:
    """Raises CompileError if a gate depends on an outcome: no machine does that."""
    if not circuit.has_conditions:
        return
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.when:
            raise fail("QC0297", origin)


def _warn_of_pairs(circuit: FlatCircuit, context: PassContext) -> None:
    """Warns if a machine does not connect every pair, and nobody has said which ones."""
    if any(len(op.qubits) == 2 and op.gate not in NOT_GATES for op in circuit.patterns):
        context.warn("QC0765", None, target=context.target.name)


def _check_pairs(circuit: FlatCircuit, options: Options) -> None:
    """Raises CompileError for native gates on qubits that the machine does not connect, once a pair.

    The service places abstract circuits.
    """
    figures = options.characterization
    if figures is None or figures.pairs is None or circuit.gateset != "native":
        return
    diagnostics: dict[tuple[int, ...], Diagnostic] = {}
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        pair = tuple(sorted(op.qubits))
        if len(pair) != 2 or op.gate in NOT_GATES or pair in figures.pairs or pair in diagnostics:
            continue
        near = tuple(sorted({a + b - pair[0] for a, b in figures.pairs if pair[0] in (a, b)}))
        facts = {"gate": GATES[op.gate].name, "first": pair[0], "second": pair[1], "source": figures.source}
        facts |= {"near": near} if near else {"alone": pair[0]}
        diagnostics[pair] = Diagnostic("QC0760", origin, facts)
    if diagnostics:
        raise CompileError([*diagnostics.values()])


def _compare_machines(context: PassContext) -> None:
    """Warns if the characterization is of another kind of machine."""
    figures = context.options.characterization
    machine = backend_of(figures.backend) if figures is not None and figures.backend else None
    if figures is not None and machine is not None and machine.target not in (None, context.target.name):
        context.warn("QC0615", backend=figures.backend, target=context.target.name)


def _run_within(
    level: int, circuit: FlatCircuit, context: PassContext, is_watched: bool, is_checked: bool
) -> tuple[FlatCircuit, Done]:
    """The cheapest of three: compiled exactly; approximated and then compiled; compiled, approximated and compiled.

    No error is made that saves neither two-qubit gates nor pulses. The approximated circuits are not searched.
    """
    options = context.options
    exact = changed(context, options=changed(options, approx=0.0), budget=ErrorBudget())
    plain, done = _run_routed(level, circuit, exact, is_watched, is_checked)
    early = changed(context)
    first, first_done = _run_gathered(min(level, 2), circuit, early, is_watched, is_checked)
    late = changed(context, inputs=exact.inputs, outputs=exact.outputs)
    late.budget = context.budget.with_rounding(exact.budget.neglected)
    left = approximate(plain, late)
    dropping = told(approximate.__name__, plain, left, late.budget.spent > 0), left if is_watched else None
    second, second_done = _run(min(level, 2), left, late, is_watched, is_checked)
    candidates_within = [
        (plain, exact, done),
        (second, late, [*done, dropping, *second_done]),
        (first, early, first_done),
    ]

    def gain(attempt: tuple[FlatCircuit, PassContext, Done]) -> Price:
        infidelity, two_qubit_gates, _, pulses, _ = price_of(attempt[0], cost_of(attempt[0]), options.characterization)
        return (infidelity, two_qubit_gates, pulses)

    result, best, done = min(candidates_within, key=gain)
    context.inputs, context.outputs, context.budget = best.inputs, best.outputs, best.budget
    return result, done


def _run_routed(
    level: int, circuit: FlatCircuit, context: PassContext, is_watched: bool, is_checked: bool
) -> tuple[FlatCircuit, Done]:
    """The cheaper of two results if qubits had to be swapped: the level's own, and that of level 1.

    A synthesis has few two-qubit gates, but on nearly every pair of its qubits.
    """
    plain = changed(context)
    result, done = _run_gathered(level, circuit, context, is_watched, is_checked)
    if level < 2 or not any(step.name == _ROUTE.name and step.changed for step, _ in done):
        return result, done
    other, other_done = _run_gathered(1, circuit, plain, is_watched, is_checked)
    return _cheaper((result, done), (other, other_done), context, plain)


def _run_gathered(
    level: int, circuit: FlatCircuit, context: PassContext, is_watched: bool, is_checked: bool
) -> tuple[FlatCircuit, Done]:
    """The cheapest of two or three results if a wire in |0> gathered controls or unseen phases went: with this, and
    without, not searched.

    The wire saves two-qubit gates, but those that are left are on more pairs, of which fewer merge. A phase that goes
    may have been one of a value that is computed back.
    """
    plain = changed(context, may_use_zeros=False)
    whole = changed(plain, may_drop_phases=False)
    best = _run(level, circuit, context, is_watched, is_checked)
    for is_tried, apart in ((context.uses_zeros, plain), (context.drops_phases, whole)):
        if is_tried:
            best = _cheaper(best, _run(min(level, 2), circuit, apart, is_watched, is_checked), context, apart)
    return best


def _cheaper(
    one: tuple[FlatCircuit, Done], other: tuple[FlatCircuit, Done], context: PassContext, apart: PassContext
) -> tuple[FlatCircuit, Done]:
    """The cheaper of two results, the first of equals; the context learns what the other's knows if that is taken."""
    machine = context.options.characterization
    if price_of(other[0], cost_of(other[0]), machine) >= price_of(one[0], cost_of(one[0]), machine):
        return one
    context.inputs, context.outputs, context.budget = apart.inputs, apart.outputs, apart.budget
    return other


def _run(
    level: int, circuit: FlatCircuit, context: PassContext, is_watched: bool, is_checked: bool
) -> tuple[FlatCircuit, Done]:
    """Runs all passes of a level in order."""
    pipeline, done = PIPELINES[context.target.gateset, level], Done()
    late, machine = LateCost(circuit), context.options.characterization
    for number, step in enumerate(pipeline, 1):
        inputs, budget, candidate = context.inputs, context.budget, ""
        result = step.run(circuit, context)
        after = late if result is circuit else LateCost(result)
        if step.candidate is not None and _may_win(step, circuit, late, after, machine):
            told = context.inputs, context.budget
            context.inputs, context.budget = inputs, budget
            plain = step.candidate(circuit, context)
            other = LateCost(plain)
            if price_of(plain, other.cost, machine) < price_of(result, after.cost, machine):
                result, after, candidate = plain, other, step.candidate.__name__
            else:
                context.inputs, context.budget = told
        kept = (
            result is circuit
            or not step.optimises
            or price_of(result, after.cost, machine) <= price_of(circuit, late.cost, machine)
        )
        differs = result is not circuit and (result.is_plain or circuit.is_plain or result.rows != circuit.rows)
        report = PassReport(step.name, (len(circuit), len(result)), (late, after), kept, differs, candidate)
        if kept:
            if is_checked:
                _examine(step, circuit, result, context, is_last=number == len(pipeline))
            circuit, late = result, after
        else:
            context.inputs, context.budget = inputs, budget
        done.append((report, circuit if is_watched else None))
    return circuit, done


def _may_win(
    step: Pass, circuit: FlatCircuit, before: LateCost, after: LateCost, machine: Characterization | None
) -> bool:
    """Whether the candidate of a step may cost less than its result, as far as it is tried."""
    if len(circuit) > SMALL and after.cost[:2] < before.cost[:2]:
        return False
    if step.candidate is not _PULSES or machine is not None:
        return True
    return fewest_translated(circuit) <= after.cost.two_qubit_gates


def _examine(step: Pass, before: FlatCircuit, after: FlatCircuit, context: PassContext, is_last: bool) -> None:
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
    if step.run in (_ROUTE.run, _ROUTE_ROWS.run):
        return [op for op in circuit.rows if op.pinned in kept]
    return [op for op in circuit.rows if op.gate in NOT_GATES or op.pinned in kept]
