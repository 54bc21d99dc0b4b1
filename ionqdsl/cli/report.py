"""Writes one page about a program: text, circuits before and after compilation, each pass, tests, job and results.

The page is one self-contained HTML file. Circuits run on the local machine if they are small enough; nothing is sent. A
program that does not compile for the machine has a page too: the circuits as written, and the error.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from operator import ne
from typing import TYPE_CHECKING, Any, TypeVar

import ionqdsl.pipeline as stages
from ionqdsl import __version__
from ionqdsl.cli.endings import check_no_program
from ionqdsl.cli.flags import add_compilation, add_file, add_job, options_of
from ionqdsl.cli.program import load
from ionqdsl.cli.terminal import Terminal
from ionqdsl.describe import colouring
from ionqdsl.describe.pictures import by_register
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.emit import page, sweeps
from ionqdsl.emit.bars import bars
from ionqdsl.emit.bloch import bloch
from ionqdsl.emit.curves import PROBABILITY
from ionqdsl.emit.limits import check, energy_findings
from ionqdsl.emit.payload import request
from ionqdsl.emit.svg import svg
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.files import write
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES
from ionqdsl.passes.cost import cost_of
from ionqdsl.python import means

if TYPE_CHECKING:
    import argparse

    from ionqdsl.diagnostics.source import Source
    from ionqdsl.passes import Report
    from ionqdsl.simulation.estimate import FidelityEstimate
    from ionqdsl.simulation.observables import Expectation
    from ionqdsl.simulation.results import Result

Pair = TypeVar("Pair", bound=tuple[Any, ...])  # a circuit with its attachments

MOST_CIRCUITS, MOST_OPEN = 12, 3
MOST_ROWS = 600
MOST_QUBITS, MOST_SPHERES = 16, 6
"""Limits: circuits with pictures, circuits whose pictures are all open at once, gates in a
picture, qubits of circuits that run, or bits of their outcomes, qubits with Bloch spheres."""
MOST_CASES = 100
"""Cases of tests that run for the page."""
MOST_LINES, MOST_BYTES = 5_000, 1_000_000
"""Limits: lines of the program, and bytes of the request body as it is sent."""
MOST_POINTS, MOST_SWEPT, MOST_BARS = 300, 10, 16
"""Limits: points of a sweep with curves, and qubits of their circuits; bars of a histogram."""
WIDTH, CURVES = 960, 560
"""Pixels of pictures of circuits, and of histograms and curves."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `report`."""
    add_file(parser)
    parser.add_argument("-o", dest="output", default="report.html", metavar="PAGE", help="the page (report.html)")
    add_job(parser)
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compiles, runs the circuits that are small enough, and writes the page."""
    program = load(arguments, terminal, "report", arguments.output)
    check_no_program(arguments.output, "a page", ".html", "report")
    options = options_of(arguments)
    text, errors = document(arguments.file, program, options, arguments.seed, terminal)
    if arguments.output == "-":
        terminal.data(text, exact=True)
    else:
        write(arguments.output, text)
        terminal.say(f"wrote {arguments.output}")
    if errors:
        raise CompileError(errors)
    terminal.answer(**({"page": text} if arguments.output == "-" else {"output": arguments.output}))
    return 0


def document(
    path: str, program: LoweredProgram, options: Options, seed: int | None, terminal: Terminal
) -> tuple[str, Sequence[Diagnostic]]:
    """The text of the page, and the errors if the program does not compile. Shows warnings in the terminal."""
    errors: Sequence[Diagnostic] = ()
    target = ""
    try:
        compiled, warnings, pass_reports = stages.transpile(program, options, None, terminal.progress)
    except CompileError as error:
        errors = error.diagnostics
        sections = _as_written(program, seed, errors, terminal)
    else:
        terminal.progress("")
        terminal.report(warnings)
        sections = _compiled(program, compiled, pass_reports, options, seed, terminal)
        target = _target(pass_reports)
    if program.span is not None:
        source = program.span.source
        shown, others = colouring.lines(source.text, MOST_LINES)
        more = [page.quiet(f"… and {others:,} lines more")] if others else []
        sections[:0] = [page.section("Program", page.source(shown), *more), *_tests(source)]
    if len(program.runs) > 1:
        named = [(f"circuit-{number}", one.name) for number, one in enumerate(program.runs[:MOST_CIRCUITS])]
        sections.insert(0, page.contents(named))
    kind = "an energy" if program.energy else f"{len(program.runs)} circuit{'s' * (len(program.runs) != 1)}"
    return page.page(_name_of(path), f"{kind}{target} · ionqdsl {__version__}", sections), errors


def _target(pass_reports: Sequence[Report]) -> str:
    if not pass_reports:
        return ""
    name = pass_reports[0].target
    return " · abstract gates" if name == "qis" else f" · compiled for {name}"


def _compiled(
    program: LoweredProgram,
    compiled: LoweredProgram,
    pass_reports: Sequence[Report],
    options: Options,
    seed: int | None,
    terminal: Terminal,
) -> list[str]:
    """The sections about a program that compiles: sweeps, circuits, the energy, the job."""
    from ionqdsl.cli import reports

    results = _Results(compiled.runs, seed)
    sections = _sweeps(results)
    pairs = list(zip(program.runs, compiled.runs, pass_reports, strict=True))
    for number, (source, result, report) in enumerate(_shown(pairs, terminal)):
        worth = reports.estimated(result, report, options)
        how = page.table(reports.HEADS, reports.rows(source, report), "The circuit after each pass")
        how += page.sayings(reports.sayings(source, result, report, worth, options))
        shown = [_pictures(source, result), *_outcome(source, results.of(number))]
        if number and len(pairs) > MOST_OPEN:
            shown = [page.folded("Pictures and results", "\n".join(shown))]
        facts, how = page.facts(_facts(source, result, report, worth)), page.folded("How it was compiled", how)
        sections.append(page.section(f"Circuit {source.name}", facts, *shown, how, anchor=f"circuit-{number}"))
    if len(pairs) > MOST_CIRCUITS:
        sections.append(page.quiet(f"… and {len(pairs) - MOST_CIRCUITS} circuits more"))
    return [*sections, *_ansatz(program), page.section("Job", _job(compiled, options))]


def _as_written(
    program: LoweredProgram, seed: int | None, errors: Sequence[Diagnostic], terminal: Terminal
) -> list[str]:
    """The sections about a program that does not compile: the reasons, and its circuits with their results."""
    terminal.progress("")
    results = _Results(program.runs, seed)
    sections = [page.section("Not compiled", *map(_reason, errors)), *_sweeps(results)]
    pairs = [(circuit, circuit) for circuit in program.runs]
    for number, (circuit, _) in enumerate(_shown(pairs, terminal)):
        shown = [_pictures(circuit, circuit), *_outcome(circuit, results.of(number))]
        sections.append(page.section(f"Circuit {circuit.name}", *shown, anchor=f"circuit-{number}"))
    return [*sections, *_ansatz(program)]


def _ansatz(program: LoweredProgram) -> list[str]:
    """The section of an energy, if the program has one."""
    if program.energy is None:
        return []
    drawn = page.figures(("as written", _drawn(program.energy.ansatz)))
    return [page.section(f"Ansatz {program.energy.ansatz.name}", drawn, *_energies(program))]


def _reason(error: Diagnostic) -> str:
    """An error and its helps as sentences, with the code at the end."""
    words = ". ".join(text[:1].upper() + text[1:] for text in [error.message, *error.helps])
    return page.wrong(f"{words} ({error.code})".replace("`", ""))


def _shown(pairs: Sequence[Pair], terminal: Terminal) -> Iterator[Pair]:
    """The circuits that have a section, with progress."""
    return terminal.counted(pairs[:MOST_CIRCUITS], lambda pair: f"drawing and running {pair[0].name}")


def _tests(source: Source) -> list[str]:
    """The tests of a program and whether they passed, if it has any and they are few."""
    if "test" not in source.text:
        return []
    from ionqdsl.testing.suite import TestedFile  # late: few programs have tests

    try:
        file = TestedFile(source)
    except CompileError:  # a part of a program, or a text in another language
        return []
    outcomes = [file.outcome(number) for number in range(min(len(file.cases), MOST_CASES))]
    rows = [
        (one.title, "passed" if one.passed else "; ".join(found.message for found in one.diagnostics).replace("`", ""))
        for one in outcomes
    ]
    if more := len(file.cases) - len(outcomes):
        rows.append((f"… and {more} cases more", "not run here"))
    return [page.section("Tests", page.sayings(rows))] if rows else []


def _name_of(path: str) -> str:
    """The file's name, as the page's title; programs from standard input have none."""
    return "Program" if path == "-" else os.path.basename(path)


class _Results:
    """The exact results of circuits on an ideal machine, each computed once, None for those that are too large."""

    def __init__(self, circuits: Sequence[FlatCircuit], seed: int | None) -> None:
        self.circuits, self._seed = circuits, seed
        self._found: dict[int, Result | None] = {}

    def of(self, number: int) -> Result | None:
        """The result of one of the circuits."""
        if number not in self._found:
            self._found[number] = self._computed(self.circuits[number])
        return self._found[number]

    def _computed(self, circuit: FlatCircuit) -> Result | None:
        if circuit.symbols or not 0 < circuit.width <= MOST_QUBITS:
            return None
        from ionqdsl.simulation import simulate  # late: it loads numpy

        try:
            return simulate.run(circuit, 0, self._seed, exact=True, most_outcomes=1 << MOST_QUBITS)
        except CompileError:
            return None  # more branches or outcomes than an exact distribution has here


def _facts(
    source: FlatCircuit, result: FlatCircuit, report: Report, worth: FidelityEstimate | None
) -> list[tuple[str, str]]:
    """The figures of a circuit at a glance: before and after, and the expected fidelity."""
    before = report.passes[0].before if report.passes else cost_of(source)
    after = cost_of(result)
    pairs = [
        ("qubits", str(source.width)),
        ("two-qubit gates", _change(before.two_qubit_gates, after.two_qubit_gates)),
        ("pulses", _change(before.pulses, after.pulses)),
        ("depth", _change(before.depth, after.depth)),
    ]
    return pairs if worth is None else [*pairs, ("expected fidelity", f"{worth.fidelity:.3g}")]


def _change(before: float, after: float) -> str:
    return f"{before:,}" if before == after else f"{before:,} → {after:,}"


def _pictures(source: FlatCircuit, result: FlatCircuit) -> str:
    drawn = [("as written", _drawn(source))]
    if len(result) != len(source) or any(map(ne, result.stream(), source.stream())):
        drawn.append(("compiled", _drawn(result)))
    return page.figures(*drawn)


def _drawn(circuit: FlatCircuit) -> str:
    return svg(circuit, WIDTH, MOST_ROWS)


def _sweeps(results: _Results) -> list[str]:
    """Curves of the sweeps among the circuits, if all their points are small enough."""
    drawn = []
    for sweep in sweeps.sweeps([circuit.name for circuit in results.circuits]):
        if sweep.stop - sweep.start > MOST_POINTS or results.circuits[sweep.start].width > MOST_SWEPT:
            continue
        found = [results.of(number) for number in range(sweep.start, sweep.stop)]
        if any(result is None for result in found):
            continue
        shares = [result.final.probabilities for result in found if result is not None]
        caption = f"outcomes on an ideal machine{f', {sweep.rest}' if sweep.rest else ''}"
        drawn.append((caption, sweeps.drawn(sweep, shares, PROBABILITY, CURVES)))
    return [page.section("Sweep" + "s" * (len(drawn) > 1), page.figures(*drawn))] if drawn else []


def _outcome(source: FlatCircuit, result: Result | None) -> list[str]:
    """The exact distribution and Bloch vectors, or the reason why there are none."""
    if result is None:
        reason = f"more than {1 << MOST_QUBITS:,} outcomes are left to ionqdsl run"
        return [_missing("not every parameter has a value" if source.symbols else reason)] if source.width else []
    parts = by_register(result) if result.written or source.is_dynamic else []  # the qubits may be others at the end
    shown = [(f"register {one.name}", bars(one, CURVES, MOST_BARS)) for one in parts]
    shown.append(("results of an ideal machine" if not parts else "all qubits", bars(result, CURVES, MOST_BARS)))
    from ionqdsl.simulation import simulate  # late: it loads numpy

    is_open = source.symbols or source.is_dynamic  # a parameter may have been optimised away
    if len(result.names) <= MOST_SPHERES and not is_open:
        vectors = simulate.bloch_vectors(source)
        shown.append(("each qubit before the measurement", bloch(vectors.tolist(), result.names, 480)))
    return [page.figures(*shown)]


def _missing(reason: str) -> str:
    """Why a part of the page has no results."""
    return page.quiet(f"no results here: {reason}")


def _energies(program: LoweredProgram) -> list[str]:
    """The exact energies on an ideal machine, or the reason why there are none."""
    points = program.energies or ([program.energy] if program.energy else [])
    for point in points:
        if found := next(iter(energy_findings(point)), None):
            return [_missing(found.message.replace("`", ""))]
        if point.ansatz.width > MOST_QUBITS:
            return [_missing(f"energies of more than {MOST_QUBITS} qubits are left to ionqdsl run")]
    values = means.energies(program, None, None, None, means.options_for(None))
    drawn = [
        (f"energy on an ideal machine{f' at {sweep.rest}' if sweep.rest != 'energy' else ''}", _curve(sweep, values))
        for sweep in sweeps.sweeps([name for name, _ in values])
    ]
    said = page.sayings([(name, f"{value.value:.9g}, on an ideal machine") for name, value in values])
    return [*([page.figures(*drawn)] if drawn else []), page.folded("Every value", said) if drawn else said]


def _curve(sweep: sweeps.Ramp, values: Sequence[tuple[str, Expectation]]) -> str:
    tables = [{"energy": value.value} for _, value in values[sweep.start : sweep.stop]]
    return sweeps.drawn(sweep, tables, "energy", CURVES)


def _job(program: LoweredProgram, options: Options) -> str:
    """The request body, or the errors that prevent it."""
    try:
        check(program, PROFILES[options.wire], target=options.target)
        body = request(program, PROFILES[options.wire], checked=True)
    except CompileError as error:
        return "\n".join(_reason(one) for one in error.diagnostics if one.is_error)
    if len(body) > MOST_BYTES:
        return page.quiet(f"the request body has {len(body):,} bytes: ionqdsl compile writes it")
    text = page.code(json.dumps(json.loads(body), indent=2), "Request body")
    return page.folded(f"Request body, {options.wire}", text)
