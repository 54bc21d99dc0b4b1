"""Looks at jobs that were submitted: list, show, wait, results.

  ionqdsl jobs list          the latest jobs
  ionqdsl jobs show ID       how a job is doing
  ionqdsl jobs wait ID       waits for it, then shows the result
  ionqdsl jobs results ID    shows the result of a job that is completed

The service keeps no names of qubits and registers: results are shown by qubit number, q[0] leftmost.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from ionqdsl.cli.flags import positive, positive_integer
from ionqdsl.cli.mistakes import wrong_usage
from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import Terminal

ACTIONS = ("list", "show", "wait", "results")
_COLUMNS = ("id", "status", "backend", "shots", "name")


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `jobs`."""
    parser.add_argument("action", choices=ACTIONS, help="what to do")
    parser.add_argument("ids", nargs="*", metavar="ID", help="jobs; none for list")
    parser.add_argument("--limit", type=positive_integer, default=25, help="how many jobs to list (25)")
    parser.add_argument("--timeout", type=positive, metavar="SECONDS", help="longest wait; the job goes on")
    parser.add_argument("--api-key-file", metavar="PATH", help="a file with the key, which only you can read")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Asks the service; the exit code is that of the first job that gives one."""
    if bool(arguments.ids) == (arguments.action == "list"):
        wants = "takes no ids" if arguments.ids else "wants the id of a job"
        raise wrong_usage(f"`jobs {arguments.action}` {wants}", usage="ionqdsl jobs")
    from ionqdsl.cloud.client import Client  # late: it imports requests

    client = Client(api_key_file=arguments.api_key_file)
    if arguments.action == "list":
        return _show(client.jobs(arguments.limit), terminal)
    if arguments.action == "show":
        return _show([client.job(job_id).refresh() for job_id in arguments.ids], terminal)
    from ionqdsl.cli.remote import finish

    if len(arguments.ids) > 1:
        raise wrong_usage(f"`jobs {arguments.action}` takes one id at a time", usage="ionqdsl jobs")
    job = client.job(arguments.ids[0])
    timeout = 0.0 if arguments.action == "results" else arguments.timeout
    return finish(job, timeout, terminal, {"id": job.id})


def _show(jobs: list[Mapping[str, Any]], terminal: Terminal) -> int:
    from ionqdsl.cloud.submit import clean

    found = [{key: job.get(key) for key in _COLUMNS} for job in jobs]
    rows = [tuple("" if job[key] is None else clean(job[key], 60) for key in _COLUMNS) for job in found]
    terminal.data("\n".join(columns(_COLUMNS, rows, left=len(_COLUMNS))))
    terminal.answer(jobs=found)
    return 0
