"""Submits programs, waits for jobs and shows results, for `submit`, `run --backend` and `jobs`.

guards.py decides whether a job may be sent; cloud/ makes the requests and reads the answers. An interrupted wait leaves
the job alone.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ionqdsl.cli import guards
from ionqdsl.cli.flags import options_of
from ionqdsl.cli.histograms import PLAIN, View, as_json, show, view_of
from ionqdsl.cli.program import transpiled
from ionqdsl.cli.terminal import EXIT_CODES, Terminal
from ionqdsl.cloud import account
from ionqdsl.cloud.asking import resume_command
from ionqdsl.cloud.client import Client, Handle
from ionqdsl.cloud.draft import Draft, prepare
from ionqdsl.cloud.keepsake import place_of_field
from ionqdsl.cloud.key import Secret
from ionqdsl.cloud.ledger import Ledger, Submission
from ionqdsl.cloud.remote import AnyResult
from ionqdsl.cloud.results import EnergyResult, MissingResult, RawResult
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import Diagnostic, IonqdslError, JobFailed, UsageError, WaitTimedOut
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.targets import PROFILES
from ionqdsl.pipeline import for_service
from ionqdsl.simulation.results import Result

if TYPE_CHECKING:
    import argparse


def client_of(arguments: argparse.Namespace, terminal: Terminal, entry: Submission | None = None) -> Client:
    """A client that reports to the terminal, looks for the key when needed, and is closed at the end of the command.

    If `entry` was submitted to another service than the one in use, the client has only the ledger's data about it.
    """

    def warn(diagnostic: Diagnostic) -> None:
        terminal.progress("")
        terminal.report([diagnostic])

    transport = account.connect(None, arguments.api_key_file, arguments.profile, is_lazy=True)
    if entry is not None and entry.url != transport.url:
        facts = {"tag": entry.tag, "url": entry.url, "here": transport.url}

        def refuse() -> Secret:
            raise UsageError([Diagnostic("QC0918", facts=facts)])

        transport = Transport(refuse, entry.url)
    forgets = getattr(arguments, "no_ledger", False)
    ledger = terminal.opened.enter_context(Ledger(":memory:")) if forgets else None
    client = Client(transport, ledger=ledger, warn=warn, progress=terminal.progress)
    return terminal.opened.enter_context(client)


def execute(program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal, waits: bool) -> int:
    """Compiles, runs the guards, records the job, sends it once, and waits if `waits`."""
    client, draft, compiled = guarded(program, arguments, terminal)
    try:
        return execute_draft(client, draft, arguments, terminal, waits)
    except (JobFailed, UsageError) as error:
        raise type(error)([_placed(found, compiled) for found in error.diagnostics]) from None


def guarded(
    program: LoweredProgram, arguments: argparse.Namespace, terminal: Terminal
) -> tuple[Client, Draft, LoweredProgram]:
    """Compiles and runs the guards: a client, the requests that may be sent, and the compiled program."""
    options, moved = for_service(program, options_of(arguments))
    compiled = transpiled(program, arguments, terminal, options)
    draft, warnings = prepare(compiled, PROFILES[options.wire], os.environ, source_of(program))
    terminal.report([*moved, *warnings])
    client = client_of(arguments, terminal)
    stakes, limit = guards.stakes(compiled), guards.limit_of(arguments)
    if limit is not None and not stakes.is_dry:
        limit.check(guards.price_of_program(client, compiled, draft))
    guards.confirm(stakes, arguments.yes, terminal, lambda: guards.price_of_program(client, compiled, draft))
    return client, draft, compiled


def _placed(diagnostic: Diagnostic, program: LoweredProgram) -> Diagnostic:
    """The service's refusal at the line of the program that it is about, if the refusal names a field."""
    fields = re.findall(r"`([^`]+)`", str(diagnostic.facts.get("keys") or ""))
    places = [place for field in fields if (place := place_of_field(program, field)) is not None]
    return Diagnostic(diagnostic.code, diagnostic.place or next(iter(places), None), diagnostic.facts)


def source_of(program: LoweredProgram) -> Any:
    """The text from which a program was read."""
    return program.span.source if program.span else None


def execute_draft(client: Client, draft: Draft, arguments: argparse.Namespace, terminal: Terminal, waits: bool) -> int:
    """Sends a draft, shows which job it became, and waits if `waits`.

    Once there is a job, a service that fails ends the wait (exit code 7) and not the submission (5): the same command
    again would send another job.
    """
    terminal.detail(f"sending {sum(map(len, draft.bodies))} bytes to {client.url} as {draft.tag}")

    def tell(job: Handle) -> None:
        terminal.progress("")
        if waits:
            terminal.say(f"submitted job {job.id}", always=True)  # before the wait, so that the id is not lost
        else:
            told(job, draft.backend, terminal)

    job = client.send(draft, tell)
    if not waits:
        return 0
    code = finish(job, arguments.timeout, terminal, _facts(job, draft.backend), view_of(arguments))
    return EXIT_CODES["WaitTimedOut"] if code == EXIT_CODES["ServiceError"] else code


def told(job: Handle, backend: str | None, terminal: Terminal) -> int:
    """Shows the ids of the job or jobs, and the command for the result."""
    terminal.data("\n".join(f"{one.id} {one.status}" for one in job.jobs))
    terminal.say(f"{resume_command(job.id)} shows the result")
    terminal.answer(job={**_facts(job, backend), "status": job.status})
    return 0


def _facts(job: Handle, backend: str | None) -> dict[str, Any]:
    several = {"jobs": [one.id for one in job.jobs]} if len(job.jobs) > 1 else {}
    return {"id": job.id, "backend": backend, **several}


def finish(job: Handle, timeout: float | None, terminal: Terminal, facts: dict[str, Any], view: View = PLAIN) -> int:
    """Waits for a job and shows its results."""
    unfinished: IonqdslError | None = None
    try:
        try:
            job.wait(timeout, terminal.progress)
        except (JobFailed, WaitTimedOut) as error:
            if not any(one.status == "completed" for one in job.jobs):
                raise
            unfinished = error  # the other jobs have results
        by_shot = view.format == "shots"
        results = job.results(terminal.progress, view.aggregation, is_strict=False, by_shot=by_shot)
    except KeyboardInterrupt:
        terminal.progress("")
        terminal.say(f"job {job.id} continues; `{resume_command(job.id)}` shows the result", always=True)
        terminal.answer(job={**facts, "status": job.status})
        raise
    except IonqdslError as error:
        return terminal.fail(error, job={**facts, "status": job.status})
    terminal.progress("")
    if not results:
        terminal.say(f"job {job.id} is completed; a dry run has no results")
    shown = show_any(results, terminal, view)
    terminal.answer(job={**facts, "status": job.status}, results=shown)
    if unfinished is not None:
        return EXIT_CODES[type(unfinished).__name__]
    return EXIT_CODES["ServiceError"] if any(isinstance(result, MissingResult) for result in results) else 0


def show_any(results: Sequence[AnyResult], terminal: Terminal, view: View) -> list[Any]:
    """Shows results of any kind, with warnings about odd or missing ones; returns them as plain data."""
    counted = [result for result in results if isinstance(result, Result)]
    if counted:
        show(counted, terminal, view)
    missing: list[Diagnostic] = []
    for result in results:
        match result:
            case EnergyResult():
                spread = "" if result.variance is None else f"   variance {result.variance:g}"
                terminal.data(f"energy {result.value:.12g}{spread}")
            case RawResult():
                terminal.data(json.dumps(result.data, indent=2, ensure_ascii=False, default=str))
            case MissingResult():
                if result.problem not in missing:  # the circuits of one job lack results for one reason
                    terminal.report([result.problem])
                missing.append(result.problem)
            case Result():
                odd = [Diagnostic("QC0940", facts={"name": result.name, "note": note}) for note in result.notes]
                terminal.report(odd)
    data = iter(as_json(counted, view))
    return [next(data) if isinstance(result, Result) else result.to_json() for result in results]
