"""Minimises the energy of a program over the open parameters of its ansatz.

  ionqdsl minimize examples/h2.qc --plot h2.svg
  ionqdsl minimize vqe.qc --method COBYLA --shots 2000 --history vqe.history
  ionqdsl minimize vqe.qc --backend qpu.forte-1 --max-evaluations 40 --max-cost 200 --history vqe.history

The first point is `params` of the energy. With --history every evaluation is written to a file, and the same command
continues an interrupted minimisation. Needs scipy: pip install 'ionqdsl[optimize]'.

It computes on this computer, unless the command line names a backend. Then each evaluation is a job, recorded in the
ledger and sent once. Before the first job it shows the price of all evaluations and asks for confirmation, as `submit`
does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

from ionqdsl.cli.flags import (
    add_engine,
    add_file,
    add_set,
    add_workers,
    backend,
    noise,
    picture,
    positive,
    positive_integer,
    seed,
    workers_of,
)
from ionqdsl.cli.program import load
from ionqdsl.cli.run import add_guards
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic, JobFailed, ServiceError, UsageError
from ionqdsl.ir.files import write
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.targets import NOISE_MODELS
from ionqdsl.python.choices import ProgramWarning
from ionqdsl.variational.history import Evaluation
from ionqdsl.variational.minimize import METHODS, Minimum, minimize

if TYPE_CHECKING:
    import argparse

    from ionqdsl.cloud.client import Client
    from ionqdsl.cloud.draft import Draft

INTERRUPTED = 130
"""The exit code after Ctrl-C."""


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `minimize`."""
    add_file(parser)
    group = parser.add_argument_group("minimisation")
    group.add_argument("--method", choices=METHODS, help="L-BFGS-B by default, COBYLA with shots, noise or constraints")
    group.add_argument("--max-evaluations", type=positive_integer, metavar="N", help="most points to evaluate")
    group.add_argument("--tolerance", type=positive, metavar="X", help="the accuracy at which the method ends")
    group.add_argument("--history", metavar="FILE", help="write every evaluation, and continue from those in the file")
    group.add_argument("--plot", type=picture, metavar="FILE.svg", help="draw the energy of every evaluation")
    group = parser.add_argument_group("energy")
    add_set(group)
    group.add_argument(
        "--shots",
        type=positive_integer,
        help="shots per energy (exact without); on the service, per circuit (1000)",
    )
    group.add_argument("--exact", action="store_true", help="ignore the shots of the file (on this computer)")
    group.add_argument("--noise", type=noise, metavar="MODEL", help=f"noise model: {', '.join(NOISE_MODELS)}")
    group.add_argument("--seed", type=seed, help="seed of shots and of a random first point")
    add_engine(group)
    add_workers(group)
    group = parser.add_argument_group("submission")
    group.add_argument("--backend", type=backend, help="measure on simulator or a QPU such as qpu.forte-1")
    group.add_argument("--session", metavar="ID", help="the session that the jobs belong to")
    add_guards(group)
    parser.set_defaults(sweep=[])


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Minimises, and shows the lowest energy with its point."""
    program = load(arguments, terminal, "minimize", arguments.plot)
    if program.energy is None:
        raise UsageError([Diagnostic("QC0958", program.span, {"file": arguments.file})])
    is_remote = arguments.backend is not None and program.job.get("backend") is not None
    if is_remote and arguments.exact:
        terminal.report([Diagnostic("QC0810")])
    service = _service(program, arguments, terminal) if is_remote else {}
    count = 0

    def told(evaluation: Evaluation) -> None:
        nonlocal count
        count += 1
        terminal.progress(f"evaluation {count}: {evaluation.value:.9g}")

    try:
        with workers_of(arguments) as workers, catch_warnings():
            simplefilter("ignore", ProgramWarning)  # the command reports its doubts itself
            minimum = minimize(
                program,
                method=arguments.method,
                shots=None if arguments.exact and not is_remote else program.job.get("shots"),
                noise=program.job.get("noise.model"),
                seed=arguments.seed,
                max_evaluations=arguments.max_evaluations,
                tolerance=arguments.tolerance,
                history=arguments.history,
                progress=told,
                executor=workers,
                engine=arguments.engine,
                **service,
            )
    except (JobFailed, ServiceError):
        if count and arguments.history:
            terminal.say(f"{arguments.history} has {count} evaluations; the same command continues", always=True)
        raise
    terminal.progress("")
    terminal.report(minimum.doubts)
    _show(minimum, arguments.history, terminal)
    if arguments.plot:
        write(arguments.plot, plotted(minimum))
        terminal.say(f"wrote {arguments.plot}")
    return INTERRUPTED if minimum.message == "interrupted" else 0


def _show(minimum: Minimum, history: str | None, terminal: Terminal) -> None:
    """Prints the lowest energy, its point, and whether the method ended before it had converged."""
    error = f" ± {minimum.error:.2g}" if minimum.error else ""
    points = "".join(f"\n{name} = {value:.9g}" for name, value in minimum.point.items())
    terminal.data(f"energy {minimum.value:.9g}{error}   {minimum.evaluations} evaluations, {minimum.method}{points}")
    if not minimum.is_converged:
        again = " the same command continues" if history else " `--history FILE` would let it continue"
        terminal.say(f"{minimum.message};{again}", always=True)
    terminal.answer(
        value=minimum.value,
        error=minimum.error,
        point=minimum.point,
        method=minimum.method,
        evaluations=minimum.evaluations,
        converged=minimum.is_converged,
        message=minimum.message,
    )


def plotted(minimum: Minimum) -> str:
    """The energies in the order in which they were evaluated, and the lowest so far, as SVG."""
    from ionqdsl.emit.curves import Curve, curves  # late: only for a plot

    numbers = range(1, len(minimum.history) + 1)
    values = [evaluation.value for evaluation in minimum.history]
    errors = [evaluation.error or 0.0 for evaluation in minimum.history]
    lowest = Curve("lowest so far", numbers, list(accumulate(values, min)), has_dots=False)
    every = Curve("each evaluation", numbers, values, errors if any(errors) else (), has_line=False)
    return curves([lowest, every], "evaluation", "energy")


def _service(program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal) -> Mapping[str, Any]:
    """The keywords of a minimisation by the service, with the guards of `submit`."""
    from ionqdsl.cli.remote import client_of  # late: it imports requests

    client = client_of(arguments, terminal)
    guard = partial(_guard, client, arguments, terminal)
    return {"on": client, "backend": program.job.get("backend"), "session": arguments.session, "guard": guard}


def _guard(
    client: Client, arguments: argparse.Namespace, terminal: Terminal, program: LoweredProgram, draft: Draft
) -> None:
    """Lets the first evaluation pass if the price of all that may follow is allowed and confirmed."""
    from ionqdsl.cli import guards  # late: it imports requests

    most = arguments.max_evaluations or 1  # only a simulator, which is free, goes without a limit
    stakes = guards.stakes(program)._replace(jobs=most)

    def price() -> Any:
        one = guards.price_of_program(client, program, draft)
        return one if one.cost is None else replace(one, cost=one.cost * most)

    limit = guards.limit_of(arguments)
    if limit is not None:
        limit.check(price())
    guards.confirm(stakes, arguments.yes, terminal, price)
    if not arguments.history:
        terminal.say("without `--history FILE` an interruption loses the evaluations so far")
