"""Computes the energies of a program on this computer and shows them.

Takes a program with an energy and the flags of `run`; shows the value at each point of a sweep, with its standard error
and the bases it was measured in. simulation/energy.py does the computation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ionqdsl.cli.flags import workers_of
from ionqdsl.cli.program import noise_for, options_for, transpiled
from ionqdsl.cli.terminal import Terminal
from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.mistakes import wrong_usage
from ionqdsl.emit import energies as emit
from ionqdsl.emit.noise_settings import seed_for
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.python import means

if TYPE_CHECKING:
    import argparse


def run(program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Computes and shows every energy of the program."""
    if arguments.expect:
        raise wrong_usage("`--expect` is for circuits, and this file has an energy, whose operator is in the file")
    model = noise_for(program, arguments, terminal)
    options = options_for(model, arguments)
    points = program.energies or ([program.energy] if program.energy else [])
    if any((one.linear_constraints or one.quadratic_constraints) and not one.penalty for one in points):
        terminal.report([Diagnostic("QC0434", program.span)])
    if model is None:
        given = {"--target": arguments.target, "-O": arguments.level}
        unused = [flag for flag, value in given.items() if value is not None]
        terminal.report([Diagnostic("QC0620", None, {"flag": flag, "reason": "energy"}) for flag in unused])
    transpiled(program, arguments, terminal, options)  # for --verify
    noise = None if model is None or model.name == "ideal" else model
    shots = None if arguments.exact else program.job.get("shots")
    seed = seed_for(program.job, arguments.seed)
    with workers_of(arguments).for_states(one.ansatz.width for one in points) as workers:
        values = means.energies(program, shots, seed, noise, options, terminal.progress, workers, arguments.engine)
    terminal.progress("")
    text = emit.FORMATS[arguments.format](values)
    terminal.data(text, exact=arguments.format in ("csv", "json"))
    terminal.answer(backend="local", seed=arguments.seed, results=emit.as_json(values))
    return 0
