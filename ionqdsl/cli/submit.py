"""Sends a program or a plan to IonQ; with --wait, shows the result.

The job is recorded in the ledger and sent once, whatever happens: after exit code 5 (no clear answer), the same
command, or `ionqdsl jobs recover`, finishes that submission and makes no second one. After exit code 7 there is a job,
and `ionqdsl jobs wait` continues to wait for it. Before a job on a QPU the command asks for confirmation; without a
terminal it needs --yes. The key is read from IONQ_API_KEY, or from the file named by --api-key-file or
IONQ_API_KEY_FILE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ionqdsl.cli.flags import add_compilation, add_file, add_job
from ionqdsl.cli.histograms import add_aggregation, add_view
from ionqdsl.cli.program import load
from ionqdsl.cli.run import add_submission
from ionqdsl.cli.terminal import Terminal
from ionqdsl.cloud.plan import open_plan
from ionqdsl.diagnostics import Diagnostic, UsageError

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `submit`."""
    add_file(parser)
    add_job(parser)
    add_submission(parser)
    parser.add_argument("--wait", action="store_true", help="wait for the job and show the result")
    parser.add_argument("--again", action="store_true", help="submit a plan once more, under a new tag")
    parser.add_argument("--dry-run", action="store_true", help="check and price the job only; costs nothing")
    add_view(parser)
    add_aggregation(parser)
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Submits the program, which must name a backend, or the plan."""
    plan = open_plan(arguments.file)
    if plan is not None:
        from ionqdsl.cli.plan import submit  # late: it imports requests

        return submit(plan, arguments, terminal)
    program = load(arguments, terminal, "submit")
    if program.job.get("backend") is None:
        raise UsageError([Diagnostic("QC0806")])
    from ionqdsl.cli.remote import execute  # late: it imports requests

    return execute(program, arguments, terminal, waits=arguments.wait)
