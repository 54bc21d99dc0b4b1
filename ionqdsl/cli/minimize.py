"""Minimises the energy of a program over the open parameters of its ansatz, on this computer.

  ionqdsl minimize examples/h2.qc
  ionqdsl minimize vqe.qc --method COBYLA --shots 2000 --history vqe.history

The first point is `params` of the energy. With --history every evaluation is written to a file, and the same command
continues an interrupted minimisation. Needs scipy: pip install 'ionqdsl[optimize]'.
"""

from __future__ import annotations

import argparse
import sys

from ionqdsl.cli.flags import add_file, natural, noise, positive, positive_integer
from ionqdsl.cli.program import load
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.emit.histogram import can_draw
from ionqdsl.ir.targets import NOISE_MODELS
from ionqdsl.variational.history import Evaluation
from ionqdsl.variational.minimize import METHODS

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
    group = parser.add_argument_group("energy")
    group.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="bind a parameter")
    group.add_argument("--shots", type=positive_integer, help="shots per energy; without them it is exact")
    group.add_argument("--exact", action="store_true", help="ignore the shots of the file")
    group.add_argument("--noise", type=noise, metavar="MODEL", help=f"noise model: {', '.join(NOISE_MODELS)}")
    group.add_argument("--seed", type=natural, help="seed of shots and of a random first point")
    parser.set_defaults(backend=None, sweep=[])


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Minimises, and shows the lowest energy with its point."""
    from ionqdsl.variational.minimize import minimize

    program = load(arguments, terminal, "minimize")
    if program.energy is None:
        raise UsageError([Diagnostic("QC0958", program.span, {"file": arguments.file})])
    count = 0

    def told(evaluation: Evaluation) -> None:
        nonlocal count
        count += 1
        terminal.progress(f"evaluation {count}: {evaluation.value:.9g}")

    found = minimize(
        program,
        method=arguments.method,
        shots=None if arguments.exact else program.job.get("shots"),
        noise=program.job.get("noise.model"),
        seed=arguments.seed,
        max_evaluations=arguments.max_evaluations,
        tolerance=arguments.tolerance,
        history=arguments.history,
        progress=told,
    )
    terminal.progress("")
    error = f" ± {found.error:.2g}" if found.error else ""
    points = "".join(f"\n{name} = {value:.9g}" for name, value in found.point.items())
    text = f"energy {found.value:.9g}{error}   {found.evaluations} evaluations, {found.method}{points}"
    terminal.data(text if can_draw(getattr(sys.stdout, "encoding", None)) else text.replace("±", "+-"))
    if not found.is_converged:
        again = " the same command continues" if arguments.history else " `--history FILE` would let it continue"
        terminal.say(f"{found.message};{again}", always=True)
    terminal.answer(
        value=found.value,
        error=found.error,
        point=found.point,
        method=found.method,
        evaluations=found.evaluations,
        converged=found.is_converged,
        message=found.message,
    )
    return INTERRUPTED if found.message == "interrupted" else 0
