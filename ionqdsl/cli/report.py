"""Writes one page about a program: text, circuits before and after compilation, effect of each pass, job and result.

The page is one self-contained HTML file. Circuits run on the local machine if they are small enough; nothing is sent.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import ionqdsl.pipeline as stages
from ionqdsl import __version__
from ionqdsl.cli.files import spare, write
from ionqdsl.cli.flags import add_compilation, add_file, add_job, options_of
from ionqdsl.cli.program import load
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError
from ionqdsl.emit import page
from ionqdsl.emit.limits import energy_findings
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.python import means

if TYPE_CHECKING:
    import argparse

MOST_CIRCUITS = 12
MOST_ROWS = 600
MOST_QUBITS, MOST_SPHERES = 16, 6
"""Limits: circuits with pictures, gates in a picture, qubits of circuits that run, qubits with Bloch spheres."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `report`."""
    add_file(parser)
    parser.add_argument("-o", dest="output", default="report.html", metavar="PAGE", help="the page (report.html)")
    add_job(parser)
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compiles, runs the circuits that are small enough, and writes the page."""
    spare([arguments.file], arguments.output)
    program = load(arguments, terminal, "report")
    options = options_of(arguments)
    text = document(arguments.file, program, options, arguments.seed, terminal)
    if arguments.output == "-":
        terminal.data(text, exact=True)
        terminal.answer(page=text)
        return 0
    write(arguments.output, text)
    terminal.say(f"wrote {arguments.output}")
    terminal.answer(output=arguments.output)
    return 0


def document(path: str, program: LoweredProgram, options: Options, seed: int | None, terminal: Terminal) -> str:
    """The text of the page. Shows warnings in the terminal."""
    from ionqdsl.cli import reports

    compiled, warnings, pass_reports = stages.transpile(program, options, None, terminal.progress)
    terminal.progress("")
    terminal.report(warnings)
    sections = []
    if program.span is not None:
        sections.append(page.section("Program", page.source(program.span.source.text)))
    pairs = list(zip(program.runs, compiled.runs, pass_reports, strict=True))
    for source, result, report in terminal.counted(
        pairs[:MOST_CIRCUITS], lambda pair: f"drawing and running {pair[0].name}"
    ):
        worth = reports.estimated(result, report, options)
        sections.append(
            page.section(
                f"Circuit {source.name}",
                _pictures(source, result),
                page.table(reports.HEADS, reports.rows(source, report)),
                page.sayings(reports.sayings(source, result, report, worth, options)),
                *_outcome(source, result, seed),
            )
        )
    if len(pairs) > MOST_CIRCUITS:
        sections.append(f'<p class="quiet">… and {len(pairs) - MOST_CIRCUITS} circuits more</p>')
    if program.energy is not None:
        ansatz = program.energy.ansatz
        drawn = page.figures(("as written", _drawn(ansatz)))
        sections.append(page.section(f"Ansatz {ansatz.name}", drawn, *_energies(program)))
    sections.append(page.section("Job", _job(compiled, options)))
    what = "an energy" if program.energy else f"{len(pairs)} circuit{'s' * (len(pairs) != 1)}"
    subtitle = f"{what} · ionqdsl {__version__}"
    return page.page(path, subtitle, sections)


def _pictures(source: FlatCircuit, result: FlatCircuit) -> str:
    drawn = [("as written", _drawn(source))]
    if result.rows != source.rows:
        drawn.append(("compiled", _drawn(result)))
    return page.figures(*drawn)


def _drawn(circuit: FlatCircuit) -> str:
    from ionqdsl.emit.svg import svg

    return svg(circuit, 620, MOST_ROWS)


def _outcome(source: FlatCircuit, circuit: FlatCircuit, seed: int | None) -> list[str]:
    """The exact distribution and Bloch vectors, if the circuit is small and its parameters have values."""
    if circuit.symbols or not 0 < circuit.width <= MOST_QUBITS:
        return []
    from ionqdsl.emit.bars import bars
    from ionqdsl.emit.bloch import bloch
    from ionqdsl.simulation import simulate

    try:
        result = simulate.run(circuit, 0, seed, exact=True)
    except CompileError:
        return []  # more branches than an exact distribution follows
    shown = [("results of an ideal machine", bars(result))]
    is_open = source.symbols or source.is_dynamic  # a parameter may have been optimised away
    if circuit.width <= MOST_SPHERES and not is_open:
        vectors = simulate.bloch_vectors(source)
        shown.append(("each qubit before the measurement", bloch(vectors.tolist(), result.names, 480)))
    return [page.figures(*shown)]


def _energies(program: LoweredProgram) -> list[str]:
    """The exact energies on an ideal machine, if the ansatz is small and its parameters have values."""
    points = program.energies or ([program.energy] if program.energy else [])
    is_whole = all(point.ansatz.width <= MOST_QUBITS and not any(energy_findings(point)) for point in points)
    if not is_whole:
        return []
    values = means.energies(program, None, None, None, means.options_for(None))
    return [page.sayings([(name, f"{value.value:.9g}, on an ideal machine") for name, value in values])]


def _job(program: LoweredProgram, options: Options) -> str:
    """The request body, or the errors that prevent it."""
    try:
        body = stages.payload(program, options)
    except CompileError as error:
        return page.sayings([(diagnostic.code, diagnostic.message) for diagnostic in error.diagnostics])
    return page.folded(f"request body, {options.wire}", json.dumps(body, indent=2))
