"""Compiles a program, executes it and shows the histogram.

Without a backend in the file or as a flag, circuits run on this computer, without key or network. With a backend, the
job is submitted, under the same guards as `submit`, and the command waits for the result.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from ionqdsl.cli.flags import add_compilation, add_file, add_job, money, options_of, positive
from ionqdsl.cli.histograms import add_aggregation, add_view, as_json, show, view_of
from ionqdsl.cli.program import load, transpiled
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.emit.limits import DEFAULT_SHOTS, noise_model
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.targets import NoiseModel

if TYPE_CHECKING:
    from ionqdsl.simulation.results import Result


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `run`."""
    add_file(parser)
    add_job(parser)
    parser.add_argument("--exact", action="store_true", help="exact probabilities instead of counts (local machine)")
    add_view(parser)
    add_aggregation(parser)
    add_submission(parser)
    add_compilation(parser)


def add_submission(parser: argparse.ArgumentParser) -> None:
    """Adds the flags for jobs that are sent to the service."""
    group = parser.add_argument_group("submission")
    group.add_argument("--yes", action="store_true", help="do not ask before a job that costs money")
    group.add_argument("--max-cost", type=money, metavar="X", help="refuse if it may cost more: 20, 20usd, 3credit")
    group.add_argument("--timeout", type=positive, metavar="SECONDS", help="longest wait; the job continues")
    group.add_argument("--no-ledger", action="store_true", help="submit without recording it on this computer")
    group.add_argument("--api-key-file", metavar="PATH", help="a file with the key, readable only by you")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Runs the program on the local machine, or on the service if it names a backend."""
    program = load(arguments, terminal, "run")
    if program.job.get("backend") is not None:
        from ionqdsl.cli.remote import execute  # late: it imports requests

        if arguments.exact:
            terminal.report([Diagnostic("QC0810")])
        return execute(program, arguments, terminal, waits=True)
    if program.energy or program.function:
        what = "an energy" if program.energy else "a quantum function"
        raise CompileError([Diagnostic("QC0808", program.span, {"what": what, "file": arguments.file})])
    results = played(program, arguments, terminal)
    view = view_of(arguments)
    show(results, terminal, view)
    terminal.answer(backend="local", seed=arguments.seed, results=as_json(results, view))
    return 0


def played(program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal) -> list[Result]:
    """The results of a program's circuits on the local machine, compiled for the machine of its noise model."""
    model = noise_model(program.job)
    options = options_of(arguments)
    if options.characterization is not None and (model is None or model.target is None):
        terminal.report([Diagnostic("QC0761")])
    if model is not None and model.target is not None:
        if options.target not in (None, model.target):
            raise UsageError([Diagnostic("QC0811", facts={"target": options.target, "needed": model.target})])
        options = replace(options, target=model.target)
    compiled = transpiled(program, arguments, terminal, options)
    return _results(compiled, model, arguments, terminal)


def _results(
    program: LoweredProgram, model: NoiseModel | None, arguments: argparse.Namespace, terminal: Terminal
) -> list[Result]:
    from ionqdsl.simulation import simulate  # late: numpy

    seed = arguments.seed if arguments.seed is not None else program.job.get("noise.seed")
    shots = 0 if arguments.exact else program.job.get("shots", DEFAULT_SHOTS)
    noise = None if model is None or model.name == "ideal" else model
    results = []
    for number, circuit in enumerate(program.runs):
        terminal.progress(f"running {number + 1} of {len(program.runs)}: {circuit.name}")
        own_seed = None if seed is None else seed + number  # circuits of one job need different random numbers
        results.append(simulate.run(circuit, shots, own_seed, noise, arguments.exact))
    terminal.progress("")
    return results
