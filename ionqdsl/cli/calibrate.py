"""Measures the readout errors of a machine and keeps them.

Runs two circuits, one without gates and one with an `x` on each qubit. They run on this computer or, with --backend,
as a job, after the same questions as `submit`. In Python, `result.mitigated(Calibration.load(PATH))` corrects results
with the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ionqdsl.cli.flags import add_compilation, add_job, apply_job, positive_integer
from ionqdsl.cli.run import add_submission, played
from ionqdsl.cli.terminal import Terminal
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.files import write
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import AUTO

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `calibrate`."""
    parser.add_argument("--qubits", type=positive_integer, required=True, metavar="N", help="the number of qubits")
    parser.add_argument("-o", dest="output", required=True, metavar="PATH", help="where to write the calibration")
    add_job(parser)
    add_submission(parser)
    add_compilation(parser)
    parser.set_defaults(exact=False, engine=AUTO)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Runs the two circuits, writes the file and shows the errors of each qubit."""
    from ionqdsl.simulation import readout  # late: numpy

    width = arguments.qubits
    ones = [Op("x", (qubit,)) for qubit in range(width)]
    circuits = [FlatCircuit(width, "zeros"), FlatCircuit(width, "ones", rows=ones, origins=[None] * width)]
    program = LoweredProgram(runs=circuits, is_multi=True)
    apply_job(arguments, program)
    backend = program.job.get("backend")
    zeros, ones_read = (played if backend is None else _submitted)(program, arguments, terminal)
    noise = program.job.get("noise.model")
    calibration = readout.calibration_of(zeros, ones_read, backend or "local", noise)
    write(arguments.output, calibration.text)
    lines = ["qubit  read 1 for 0  read 0 for 1"]
    lines += [f"{qubit:<5}  {zero:<12.4g}  {one:.4g}" for qubit, (zero, one) in enumerate(calibration.flips)]
    terminal.data("\n".join(lines))
    terminal.answer(calibration=arguments.output, **calibration.to_json())
    return 0


def _submitted(program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal) -> list[Any]:
    """The results of a job, sent once under the guards of `submit`."""
    from ionqdsl.cli.remote import guarded  # late: it imports requests

    client, draft, _ = guarded(program, arguments, terminal)
    job = client.send(draft, lambda job: terminal.say(f"submitted job {job.id}", always=True))
    job.wait(arguments.timeout, terminal.progress)
    results = list(job.results(terminal.progress))
    terminal.progress("")
    return results
