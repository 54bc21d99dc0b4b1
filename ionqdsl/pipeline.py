"""READ ME FIRST: turns a `.qc` text into a payload, one function per stage, called in order.

    source  = read(path)                      text
    program = load(source)                    parse, check, lower: circuits and the request to IonQ
    program = transpile(program, options)     passes: the target's gates
    job     = payload(program, options)       the request body, as JSON-able data
    bytes   = body(job)

Everything else (the command, the Python API, tests) builds on these lines. Below them stand the parts that they need,
and `examine`, by which `check` and the editor judge a file that need not run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from ionqdsl.diagnostics import CompileError, Diagnostic, InternalError, UsageError, fail
from ionqdsl.diagnostics.source import Source
from ionqdsl.garbage import uncollected
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram, Origin
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import BACKENDS, PROFILES, TARGETS, Target, choose_target, machine_target
from ionqdsl.language import includes, standard, syntax
from ionqdsl.language.check import check
from ionqdsl.language.evaluate import GoingOn
from ionqdsl.language.lower import context_of, lower
from ionqdsl.language.lower.names import Context, define_globals
from ionqdsl.language.parse import parse
from ionqdsl.nesting import roomy
from ionqdsl.record import TYPE_CHECKING, Any, changed, lazy_pattern

if TYPE_CHECKING:
    from ionqdsl.language.edited_file import EditedFile
    from ionqdsl.language.lower.effects import Effects
    from ionqdsl.passes import Report
    from ionqdsl.verify.findings import Compared
    from ionqdsl.workers import Workers


def read(path: str) -> Source:
    """The text of a file, or of standard input for `-`. Raises UsageError if it cannot be read."""
    try:
        if path == "-":
            return Source(includes.decode(includes.read_standard_input(), "<stdin>"), "<stdin>")
        of_library = None if os.path.exists(path) else standard.find(path)
        return Source(includes.read_text(of_library or path), path)
    except CompileError as error:
        raise UsageError(error.diagnostics) from None


@roomy
def load(
    source: Source,
    values: Mapping[str, str] | None = None,
    sweeps: Mapping[str, str] | None = None,
    opened: includes.Opened | None = None,
    effects: Effects | None = None,
) -> tuple[LoweredProgram, list[Diagnostic]]:
    """Parses, checks and lowers, with values (`theta` -> `0.3`) and sweeps (`theta` -> `linspace(0, pi, 5)`) as text.

    `opened` is the source with all it includes, if it has been parsed already, `effects` as in lower.lower. Returns the
    program and its warnings. Raises CompileError with every error of the text, in order of position.
    """
    with uncollected():
        file, diagnostics, lost = opened or includes.open_includes(source)
        faults, broken = check(file, lost)
        if lost and not file.items:
            faults = []
        numbers, swept = expressions(values or {}, "--set"), expressions(sweeps or {}, "--sweep")
        name = source.file.removesuffix(".qc") if source.name.endswith(".qc") else "main"
        program, late = lower(file, numbers, swept, broken, name, effects)
    everything = [*diagnostics, *faults, *late]
    if any(diagnostic.is_error and diagnostic.code not in _RUNS_NOTHING for diagnostic in everything):
        everything = [diagnostic for diagnostic in everything if not _is_consequence(diagnostic, lost)]
    everything = _in_order(everything)
    if any(diagnostic.is_error for diagnostic in everything):
        raise CompileError(everything)
    program.origin = Origin(source, values or {}, sweeps or {}, tuple(program.runs))
    return program, everything


def transpile(
    program: LoweredProgram,
    options: Options,
    watch: Callable[[str, FlatCircuit], None] | None = None,
    progress: Callable[[str], None] | None = None,
    *,
    may_vanish: bool = False,
    workers: Workers | None = None,
) -> tuple[LoweredProgram, list[Diagnostic], list[Report]]:
    """Compiles every circuit that runs for the options' target; shared work is done once (see batch/).

    Returns the new program, warnings, and a report for each circuit. `watch` is called first with "" and the original
    circuit, and then with the name of every pass and the circuit after it; `progress` with a line that says how far the
    work is. Every circuit keeps gates to send (see empty.py) unless it `may_vanish`. With `options.verify` the text is
    interpreted first (`verified`). Circuits are compiled by `workers` if that pays, with the same results. Raises
    CompileError.
    """
    from ionqdsl.batch import Batch, empty

    comparisons = verified(program) if options.verify else None
    targets, errors = _targets(program, options)
    runs: list[FlatCircuit] = []
    warnings: list[Diagnostic] = []
    reports: list[Report] = []
    replaced = empty.Replacements(options)
    batch = Batch([program.runs[number] for number in targets], options, watch, progress, workers)
    results = batch.results([*targets.values()])
    for circuit, target, compiled in zip(batch.circuits, targets.values(), results, strict=True):
        try:
            if isinstance(compiled, CompileError):
                raise compiled
            result, noticed, report = compiled
            if not may_vanish:
                result, report = replaced.sendable(circuit, target, result, report)
        except CompileError as error:
            errors += error.diagnostics
            continue
        runs.append(result)
        warnings += noticed
        reports.append(report)
    if errors:
        raise CompileError(_in_order(errors))
    for report, verdict in zip(reports, comparisons or (), strict=False):  # an energy has no reports
        report.text = verdict
    energy = program.energy if may_vanish else replaced.sendable_energy(program.energy)
    warnings += replaced.notes(program.span)
    if not options.reuse:
        warnings += _width_notes(program, options.target)
    return changed(program, runs=runs, energy=energy, origin=None), warnings, reports


def payload(program: LoweredProgram, options: Options) -> dict[str, Any]:
    """The request body of a transpiled program. Raises CompileError for anything the service would refuse."""
    from ionqdsl.emit import payload as emit

    return emit.payload(program, PROFILES[options.wire], target=options.target)


def body(payload: dict[str, Any]) -> bytes:
    """The payload's bytes: the same every time."""
    from ionqdsl.emit import payload as emit

    return emit.body(payload)


# --- targets: which gates, on which machine ---------------------------------------------------------------------------


def _targets(program: LoweredProgram, options: Options) -> tuple[dict[int, Target], list[Diagnostic]]:
    """The target of each circuit by its number, and the errors of those that have none."""
    targets: dict[int, Target] = {}
    errors: list[Diagnostic] = []
    for number, circuit in enumerate(program.runs):
        try:
            targets[number] = target_of(program, circuit, options)
        except CompileError as error:
            errors += error.diagnostics
    return targets, errors


def target_of(program: LoweredProgram, circuit: FlatCircuit, options: Options) -> Target:
    """The target of a circuit: a request that was read back keeps its gates unless a target is named.

    Circuits that are sent with measurements in the middle have abstract gates, so no backend makes them native. A
    machine that no row of the table describes is the target if its characterization lists its native gates.
    """
    stays = program.is_request or _is_sent_dynamic(circuit, options)
    backend = None if stays else program.job.get("backend")
    own = machine_target(options.characterization) if options.target is None else None
    if own is not None and not program.is_request and backend in (None, own.name):
        return own
    return choose_target(options.target, backend, circuit.gateset)


def _is_sent_dynamic(circuit: FlatCircuit, options: Options) -> bool:
    """Whether a circuit has measurements in the middle once they are where the options want them."""
    from ionqdsl.passes import prepared

    if options.defer or not (circuit.is_dynamic or options.reuse):
        return False
    return prepared(circuit, options)[0].is_dynamic


def for_service(program: LoweredProgram, options: Options) -> tuple[Options, list[Diagnostic]]:
    """The options for sending a program, and a note if they differ.

    The service's ideal simulator returns only the final outcomes, so those of measurements before the end would be
    lost: for it they are moved to the end. The registers have the same outcomes.
    """
    from ionqdsl.passes.read_at_end import read_at_end

    is_ideal = program.job.get("backend") == "simulator" and program.job.get("noise.model") in (None, "ideal")
    if options.defer or not is_ideal or not any(read_at_end(circuit).is_dynamic for circuit in program.runs):
        return options, []
    return changed(options, defer=True), [Diagnostic("QC0798", program.job.span("backend"))]


def fitted(circuit: FlatCircuit, options: Options, simplify: bool = False) -> FlatCircuit:
    """A compiled circuit whose parameters now have values, for the machine it was compiled for.

    Angles are brought into the machine's range, exactly. With `simplify` the circuit is compiled again, and the cheaper
    of the two is returned. Raises CompileError.
    """
    from ionqdsl import passes
    from ionqdsl.ir.unwinding import unwound
    from ionqdsl.passes.cost import cost_of, price_of
    from ionqdsl.passes.fold_angles import fold_angles

    target = TARGETS[options.target or "qis"]
    result = circuit
    if target.gateset == "native":
        result = fold_angles(unwound(circuit), passes.PassContext(target, options))
    if simplify:
        level = passes.DEFAULT_LEVELS[target.gateset] if options.level is None else options.level
        again, _, _ = passes.transpile(result, target, changed(options, level=level))
        machine = options.characterization
        if price_of(again, cost_of(again), machine) < price_of(result, cost_of(result), machine):
            result = again
    return result


def _width_notes(program: LoweredProgram, target: str | None = None) -> list[Diagnostic]:
    """Notes about circuits too wide for their machine (widths.py); the module is only needed for wide ones."""
    fewest = min(backend.qubits for backend in BACKENDS if backend.measures)
    if all(circuit.width <= fewest for circuit in program.runs):
        return []
    from ionqdsl.batch.widths import narrower

    return list(narrower(program, target))


# --- the text again: `--verify` ---------------------------------------------------------------------------------------


def verified(program: LoweredProgram) -> list[Compared] | None:
    """Compares the lowered circuits with the meaning that a plain interpreter gives the program's text.

    Returns one entry for each circuit that runs, or for the ansatz; None if the circuits are no longer those of the
    text, or there is none. Raises InternalError (QC0872) with the first difference.
    """
    from ionqdsl.verify import lowering
    from ionqdsl.verify.findings import Difference
    from ionqdsl.verify.interpreter.meaning import Rejected

    origin = program.origin
    if origin is None or not _is_as_lowered(program, origin):
        return None
    values, sweeps = expressions(origin.values, "--set"), expressions(origin.sweeps, "--sweep")
    try:
        compared: list[Compared] | None = None
        for outcomes in lowering.cases(program):
            meant = lowering.meaning(origin.source, values, sweeps, outcomes)
            if meant is None:
                return None
            found = lowering.compared(lowering.at(program, outcomes), meant)
            compared = compared or found
        return compared
    except Difference as difference:
        raise InternalError([Diagnostic("QC0872", difference.span, {"what": difference.reason})]) from None
    except Rejected as refused:
        what = f"it is an error, {refused.code}, and was accepted"
        raise InternalError([Diagnostic("QC0872", refused.span, {"what": what})]) from None


def _is_as_lowered(program: LoweredProgram, origin: Origin) -> bool:
    """Whether a program still has the circuits that lowering made from its text."""
    return len(program.runs) == len(origin.runs) and all(
        one is other or (one.rows == other.rows and one.phase == other.phase and one.name == other.name)
        for one, other in zip(program.runs, origin.runs, strict=True)
    )


# --- files that need not run: definitions, tests, and texts being edited ----------------------------------------------


def examine(
    source: Source,
    values: Mapping[str, str] | None = None,
    sweeps: Mapping[str, str] | None = None,
    edited: EditedFile | None = None,
) -> list[Diagnostic]:
    """The warnings about a file on its own. Raises CompileError with every error of the text.

    That nothing runs is an error in a program, but not in a file that defines things for others to include, or tests.
    `edited` is that of earlier texts of the file, which were examined without values.
    """
    has_tests = "test" in source.text and _TEST.search(source.text) is not None
    try:
        program, found = load(source, values, sweeps) if edited is None else reload(source, edited)
        found += notes_on(program)
        if faults := _faults_of_energies(program):
            raise CompileError(_in_order([*found, *faults]))
    except CompileError as error:
        found = list(error.diagnostics)
        errors = [diagnostic.code for diagnostic in found if diagnostic.is_error]
        kinds = (syntax.Test,) if errors == ["QC0402"] else (*_INCLUDED, syntax.Test) if errors == ["QC0401"] else ()
        parsed = parse if edited is None else edited.parse
        items = [item for item in parsed(source).file.items if isinstance(item, kinds)] if kinds else []
        if not items:
            raise
        note = [] if has_tests else [Diagnostic("QC0431", source)]
        found = [*note, *(one for one in found if one.code not in _RUNS_NOTHING)]
    if has_tests:
        faults = _faults_of_tests(source, values or {})
        if faults:
            raise CompileError(_in_order([*found, *faults]))
    return found


def _faults_of_energies(program: LoweredProgram) -> list[Diagnostic]:
    """What every use of an energy refuses; that it lacks `params` is none, as flags may give values."""
    if program.energy is None:
        return []
    from ionqdsl.emit.limits import energy_findings  # late: few programs have an energy

    faults = [fault for energy in program.energies or [program.energy] for fault in energy_findings(energy)]
    told = {(fault.code, fault.place): fault.in_whole for fault in faults}
    return [fault for fault in told.values() if fault.code != "QC0743" or program.energy.params is not None]


def reload(source: Source, edited: EditedFile) -> tuple[LoweredProgram, list[Diagnostic]]:
    """As `load`, for a text that is being edited; its places lie in excerpts, which the next text moves."""
    effects = edited.effects
    try:
        loaded = load(source, opened=edited.open(source), effects=effects)
        if not effects.is_tight:
            return loaded
    except CompileError:
        if not effects.is_tight:
            raise
    effects.forget()
    return load(source, opened=edited.open(source))


def notes_on(program: LoweredProgram) -> list[Diagnostic]:
    """Notes about circuits that fewer machines take than others: with branches, and wide ones."""
    return [*_branches(program), *(note.in_whole for note in _width_notes(program))]


def _branches(program: LoweredProgram) -> list[Diagnostic]:
    """A note for the first gate of every circuit that depends on an outcome."""
    notes = []
    for circuit in program.runs:
        if not circuit.has_conditions:
            continue
        pairs = zip(circuit.rows, circuit.origins, strict=True)
        place = next((origin for op, origin in pairs if op.when), None)
        notes += [Diagnostic("QC0340", place)] if place is not None else []
    return _in_order(notes)


_TEST = lazy_pattern(r'(?<!\w)test[ \t]*"')
"""The beginning of a test, or words that look like one."""
_INCLUDED = (syntax.GateDefinition, syntax.Const, syntax.HamiltonianDefinition, syntax.FunctionDefinition)
"""The statements of a file that is meant to be included."""


def _faults_of_tests(source: Source, values: Mapping[str, str]) -> list[Diagnostic]:
    """The errors in the tests of a file whose names are right, each test with the first values of its loops."""
    from ionqdsl.language.lower.tests import cases, lower_test  # late: few files have tests

    faults: list[Diagnostic] = []
    context, tests = load_tests(source, values)
    for test in tests:
        with GoingOn(faults.extend):
            for first in cases(context, test, first_only=True):
                lower_test(context, first)
    return faults


@roomy
def load_tests(source: Source, values: Mapping[str, str]) -> tuple[Context, list[syntax.Test]]:
    """Parses and checks a text for its tests, with values as text; the functions of lower/tests.py take the context.

    Raises CompileError with every error of the text, except those in circuits that only lowering finds.
    """
    with uncollected():
        file, diagnostics, lost = includes.open_includes(source)
        faults, broken = check(file, lost)
        context = context_of(file, expressions(values, "--set"), broken, source.name)
        define_globals(context, {}, {})
    everything = [*diagnostics, *faults, *context.diagnostics]
    if any(diagnostic.is_error for diagnostic in everything):
        raise CompileError(_in_order([one for one in everything if not _is_consequence(one, lost)]))
    return context, [item for item in file.items if isinstance(item, syntax.Test)]


# --- values given next to a text --------------------------------------------------------------------------------------


def expression(text: str, name: str) -> syntax.Expression:
    """An expression given as text, for example on the command line. Raises UsageError."""
    before = "const value = "
    parsed = parse(Source(f"{before}{text}\n", name, len(before)))
    item = parsed.file.items[0] if len(parsed.file.items) == 1 else None
    if parsed.diagnostics or not isinstance(item, syntax.Const):
        raise UsageError(parsed.diagnostics or fail("QC0430", None, text=text).diagnostics)
    return item.value


def expressions(texts: Mapping[str, str], flag: str) -> dict[str, syntax.Expression]:
    """The values of a flag. Raises UsageError with all that cannot be read."""
    parsed: dict[str, syntax.Expression] = {}
    wrong: list[Diagnostic] = []
    for name, text in texts.items():
        try:
            parsed[name] = expression(text, f"{flag} {name}")
        except UsageError as error:
            wrong += error.diagnostics
    if wrong:
        raise UsageError(wrong)
    return parsed


# --- diagnostics ------------------------------------------------------------------------------------------------------


_UNKNOWN = {
    "QC0201": "name",
    "QC0202": "gate",
    "QC0231": "name",
    "QC0291": "name",
    "QC0315": "name",
    "QC0414": "name",
    "QC0420": "name",
    "QC0413": "key",
}
"""Codes about a name that is not defined, or not used as it should be, each with the fact that holds the name."""


_RUNS_NOTHING = ("QC0401", "QC0402")
"""Codes for a file that runs nothing, which may be a consequence of other errors."""


def _is_consequence(diagnostic: Diagnostic, lost: frozenset[str]) -> bool:
    """Whether an unreadable statement, or a file that could not be included, may have caused a diagnostic.

    A lost `run` makes circuits run that the file did not name.
    """
    name = diagnostic.facts.get(_UNKNOWN.get(diagnostic.code, ""))
    return diagnostic.code in (*_RUNS_NOTHING, "QC0459") or name in lost or (name is not None and includes.ANY in lost)


def _in_order(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """Without repetitions, in order of position in whole texts."""
    once: dict[object, Diagnostic] = {}
    for diagnostic in (one.in_whole for one in diagnostics):
        once.setdefault((diagnostic.code, diagnostic.place, diagnostic.message), diagnostic)

    def order(diagnostic: Diagnostic) -> tuple[str, int]:
        span = diagnostic.span
        return (span.source.name, span.start) if span else ("", -1)

    return sorted(once.values(), key=order)
