"""The actions of `jobs` on a job that the service has: cost, compiled circuit, variants, clone, delete.

Each takes the arguments of `jobs` and returns an exit code; jobs.py has the table of actions, and remote.py waits for
jobs and shows results.
"""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ionqdsl.cli.tables import columns
from ionqdsl.cli.terminal import EXIT_CODES, Terminal
from ionqdsl.diagnostics import ServiceError, UsageError

if TYPE_CHECKING:
    import argparse

    from ionqdsl.cloud.answers import JobCost
    from ionqdsl.cloud.client import Client
    from ionqdsl.cloud.ledger import Submission
    from ionqdsl.cloud.remote import RemoteGroup, RemoteJob


def client_of(arguments: argparse.Namespace, terminal: Terminal, entry: Submission | None = None) -> Client:
    """The client of a command; see remote.py."""
    from ionqdsl.cli import remote  # late: it imports requests

    return remote.client_of(arguments, terminal, entry)


def cost(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Shows the estimated and the billed cost of each job."""
    client = client_of(arguments, terminal)
    costs, code = [], 0
    for name in arguments.ids:
        for job in client.job(name).jobs:
            try:
                costs.append((job.id, client.cost(job.id)))
            except (ServiceError, UsageError) as error:  # the others can still be shown
                terminal.report(error.diagnostics)
                code = code or terminal.code_of(error)
    rows = [(job_id, str(of.estimated or ""), str(of.actual or ""), _remark(of)) for job_id, of in costs]
    if rows:
        terminal.data("\n".join(columns(("id", "estimated", "billed", ""), rows, left=1)))
    terminal.answer(costs=[{"id": job_id, **asdict(of)} for job_id, of in costs])
    return code


def _remark(of: JobCost) -> str:
    if of.estimated is None and of.actual is None:
        return "the service names no cost" + ", a dry run" * of.is_dry_run
    return "dry run" if of.is_dry_run else ""


def compiled(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Shows the compiled circuit: as `.qc` if all its gates are native, otherwise as the service sends it."""
    circuits = [(job.id, job.compiled()) for job in client_of(arguments, terminal).job(arguments.ids[0]).jobs]
    terminal.data("\n".join(_shown(circuit) for _, circuit in circuits))
    answer = [
        (job_id, b64encode(circuit).decode() if isinstance(circuit, bytes) else circuit) for job_id, circuit in circuits
    ]
    terminal.answer(compiled=[{"id": job_id, "circuit": circuit} for job_id, circuit in answer])
    return 0


def _shown(circuit: Any) -> str:
    if isinstance(circuit, bytes):
        return f"# {len(circuit)} bytes in a form of the service's own; `--json` has them in base64"
    return _as_program(circuit) if isinstance(circuit, dict) else str(circuit)


def _as_program(answer: dict[str, Any]) -> str:
    from ionqdsl.diagnostics import CompileError
    from ionqdsl.emit import qc
    from ionqdsl.read import payload

    body = {"type": "ionq.circuit.v1", "backend": "simulator", "input": {"gateset": "native", **answer}}
    try:
        program = payload.program(body)
    except CompileError:  # such as a gate added later: the answer is still worth showing
        return json.dumps(answer, indent=2)
    program.job.settings.clear()
    return qc.program_text(program)


def variants(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Shows the outcomes of each variant, one after the other."""
    from ionqdsl.cli.histograms import view_of
    from ionqdsl.cli.remote import show_any  # late: it imports requests
    from ionqdsl.cloud.results import MissingResult

    job = client_of(arguments, terminal).job(arguments.ids[0])
    pairs = [pair for one in job.jobs for pair in one.variants()]
    view, rows = view_of(arguments), []
    for number, (variant, result) in enumerate(pairs):
        wires = "" if variant.qubit_map is None else f" on qubits {', '.join(map(str, variant.qubit_map))}"
        terminal.data(("\n" if number else "") + f"variant {variant.id}{wires}")
        (shown,) = show_any([result], terminal, view)
        rows.append({"id": variant.id, "qubit_map": variant.qubit_map, "result": shown})
    if not pairs:
        terminal.say("the service lists no variants of this job")
    terminal.answer(id=job.id, variants=rows)
    return EXIT_CODES["ServiceError"] if any(isinstance(result, MissingResult) for _, result in pairs) else 0


def clone(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Asks for confirmation, requests the clone once, and shows its id."""
    from ionqdsl.cli.guards import Stakes, confirm, limit_of, price_again
    from ionqdsl.cloud.asking import resume_command

    (job_id,) = arguments.ids
    client = client_of(arguments, terminal)
    details = client.job(job_id).refresh()
    shots = arguments.shots or details.get("shots")
    backend = arguments.backend or str(details.get("backend"))
    children = details.get("child_job_ids")
    count = len(children) if isinstance(children, list) and children else 1
    is_number = isinstance(shots, int) and not isinstance(shots, bool) and shots > 0
    stakes = Stakes(backend, count, shots if is_number else None, arguments.dry_run)
    limit = limit_of(arguments)
    if limit is not None and not stakes.is_dry:
        limit.check(price_again(client, details, stakes))
    confirm(stakes, arguments.yes, terminal, lambda: price_again(client, details, stakes))
    is_dry = arguments.dry_run or None  # sent only if asked for

    def tell(job: RemoteJob | RemoteGroup) -> None:
        terminal.progress("")
        terminal.data(f"{job.id} {job.status}")
        terminal.say(f"{resume_command(job.id)} shows the result")
        terminal.answer(job={"id": job.id, "status": job.status, "clone_of": job_id})

    client.clone(job_id, tell, backend=arguments.backend, shots=arguments.shots, dry_run=is_dry)
    return 0


def delete(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Deletes jobs at the service; the ledger keeps its entries."""
    client = client_of(arguments, terminal)
    ids = [job.id for name in arguments.ids for job in client.job(name).jobs]
    client.delete(*ids)
    terminal.data("\n".join(f"{job_id} deleted" for job_id in ids))
    terminal.answer(jobs=[{"id": job_id, "status": "deleted"} for job_id in ids])
    return 0
