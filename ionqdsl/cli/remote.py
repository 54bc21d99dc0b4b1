"""Submitting and waiting, for `submit`, `run --backend` and `jobs`.

A program comes in, its job id and results go out. What may be sent is decided in guards.py, what is sent and what
answers mean in cloud/. An interrupted wait leaves the job alone.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from ionqdsl.cli import guards
from ionqdsl.cli.flags import options_of
from ionqdsl.cli.histograms import show
from ionqdsl.cli.program import transpiled
from ionqdsl.cli.terminal import Terminal
from ionqdsl.cloud.client import Client, RemoteJob, about, resume_command
from ionqdsl.cloud.results import EnergyResult
from ionqdsl.diagnostics import Diagnostic, IonqdslError
from ionqdsl.emit import limits
from ionqdsl.emit import payload as emit
from ionqdsl.job import Program
from ionqdsl.results import Result
from ionqdsl.targets import WIRES


def execute(program: Program, arguments: argparse.Namespace, terminal: Terminal, waits: bool) -> int:
    """Compiles, asks the guards, sends once, and waits if it should."""
    compiled = transpiled(program, arguments, terminal)
    wire = WIRES[options_of(arguments).wire]
    terminal.report(limits.check(compiled, wire, os.environ))
    body = emit.request(compiled, wire, os.environ)
    client = Client(api_key_file=arguments.api_key_file)
    if arguments.max_cost is not None:
        guards.check_cost(client, compiled, options_of(arguments), arguments.max_cost)
    guards.confirm(compiled, arguments.yes, terminal)
    terminal.detail(f"sending {len(body)} bytes to {client.url}")
    try:
        job = client.post(body, compiled)
    except KeyboardInterrupt:
        terminal.report([Diagnostic("QC0842", facts={"what": about(compiled)})])
        raise
    facts: dict[str, Any] = {"id": job.id, "backend": compiled.job.get("backend")}
    if not waits:
        terminal.data(f"{job.id} {job.status}")
        terminal.say(f"{resume_command(job.id)} shows the result")
        terminal.answer(job={**facts, "status": job.status})
        return 0
    terminal.say(f"submitted job {job.id}", always=True)  # now, lest it be lost
    return finish(job, arguments.timeout, terminal, facts)


def finish(job: RemoteJob, timeout: float | None, terminal: Terminal, facts: dict[str, Any]) -> int:
    """Waits for a job and shows what came out."""
    try:
        job.wait(timeout, terminal.progress)
        results = job.results(terminal.progress)
    except KeyboardInterrupt:
        terminal.progress("")
        terminal.say(f"job {job.id} goes on; `{resume_command(job.id)}` shows the result", always=True)
        terminal.answer(job={**facts, "status": job.status})
        raise
    except IonqdslError as error:
        return terminal.fail(error, job={**facts, "status": job.status})
    terminal.progress("")
    if not results:
        terminal.say(f"job {job.id} is completed; a dry run has no results")
    show([result for result in results if isinstance(result, Result)], terminal)
    for result in results:
        if isinstance(result, EnergyResult):
            spread = "" if result.variance is None else f"   variance {result.variance:g}"
            terminal.data(f"energy {result.value:.12g}{spread}")
    terminal.answer(job={**facts, "status": job.status}, results=[result.to_json() for result in results])
    return 0
