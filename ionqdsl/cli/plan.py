"""Writes down exactly what `submit` would send, to be looked over first: `ionqdsl plan FILE -o PLAN`.

A plan holds the bytes of the request with its tag, a digest over all of it, sizes, gate counts, the service's
estimate of the cost where a key is at hand, and the program it was made from. `ionqdsl submit PLAN` sends these very
bytes, once. Nothing is sent now.
"""

from __future__ import annotations

import argparse
import os
from typing import Any

from ionqdsl.cli import guards
from ionqdsl.cli.files import spare, write
from ionqdsl.cli.flags import add_compilation, add_file, add_job, options_of
from ionqdsl.cli.histograms import view_of
from ionqdsl.cli.program import load, transpiled
from ionqdsl.cli.remote import client_of, execute_draft, finish, source_of, told
from ionqdsl.cli.terminal import Terminal
from ionqdsl.cloud import plan as plans
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.draft import Draft, draft, retagged
from ionqdsl.cloud.ledger import Submission, new_tag
from ionqdsl.cloud.plan import Plan
from ionqdsl.cloud.states import STATES
from ionqdsl.diagnostics import Diagnostic, KeyRefused, Refused, ServiceError, UsageError
from ionqdsl.emit.limits import DEFAULT_SHOTS, gates_sent
from ionqdsl.job import Program
from ionqdsl.source import Source
from ionqdsl.targets import WIRES


def add_flags(parser: argparse.ArgumentParser) -> None:
    """The flags of `plan`."""
    add_file(parser)
    parser.add_argument("-o", dest="output", required=True, metavar="PLAN", help="the file to write")
    add_job(parser)
    parser.add_argument("--dry-run", action="store_true", help="plan a job that is checked and priced only")
    parser.add_argument("--api-key-file", metavar="PATH", help="a file with the key, which only you can read")
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compiles, asks for the cost if it can, and writes the plan."""
    spare([arguments.file], arguments.output)
    program = load(arguments, terminal, "plan")
    if program.job.get("backend") is None:
        raise UsageError([Diagnostic("QC0806")])
    compiled = transpiled(program, arguments, terminal)
    wire = WIRES[options_of(arguments).wire]
    made, warnings = draft(compiled, wire, os.environ, source_of(program))
    terminal.report(warnings)
    client = client_of(arguments, terminal)
    facts = {
        "circuits": len(compiled.runs),
        "qubits": max((circuit.width for circuit in compiled.runs), default=0),
        "gates": _gates(compiled),
        "size": sum(map(len, made.bodies)),
        "limits": {"circuits": wire.max_circuits, "gates": wire.max_gates, "size": wire.max_bytes},
        "dry_run": bool(compiled.job.get("dry_run")),
        "estimate": _estimate(client, compiled, arguments, made),
    }
    options = options_of(arguments)
    named = {"target": options.target, "level": options.level, "preserve": options.preserve, "seed": options.seed}
    content = plans.write(made, client.url, facts, {**named, "wire": options.wire})
    if arguments.output == "-":
        terminal.data(content.decode())
    else:
        write(arguments.output, content)
        terminal.data(_summary(made, facts, client.url, arguments.output))
    terminal.answer(plan=arguments.output, tag=made.tag, backend=made.backend, shots=made.shots, **facts)
    return 0


def _gates(program: Program) -> dict[str, int]:
    """How many gates are sent, by the qubits they act on."""
    counts = {"1q": 0, "2q": 0, "more": 0}
    for circuit in program.runs:
        for op in circuit.rows:
            counts[("1q", "1q", "2q")[len(op.qubits)] if len(op.qubits) < 3 else "more"] += op.gate != "barrier"
    counts["all"] = sum(map(gates_sent, program.runs))
    return counts


def _estimate(client: Client, program: Program, arguments: argparse.Namespace, made: Draft) -> dict[str, Any]:
    try:
        for body in made.bodies:
            client.check(body)
        return guards.cost_of_job(client, program, options_of(arguments))
    except (KeyRefused, ServiceError) as error:
        return {"cost": None, "reason": error.diagnostics[0].message}


def _summary(made: Draft, facts: dict[str, Any], url: str, path: str) -> str:
    limits, gates, estimate = facts["limits"], facts["gates"], facts["estimate"]
    cost = f"unknown: {estimate['reason']}" if estimate["cost"] is None else f"{estimate['cost']:g} {estimate['unit']}"
    several = f" in {len(made.parts)} jobs" if len(made.parts) > 1 else ""
    rows = [
        ("backend", f"{made.backend} at {url}{' (dry run)' if facts['dry_run'] else ''}"),
        ("circuits", f"{facts['circuits']:,}{several}, at most {limits['circuits']:,} a job"),
        ("qubits", str(facts["qubits"])),
        (
            "gates",
            f"{gates['all']:,} ({gates['1q']:,} on one qubit, {gates['2q']:,} on two), at most {limits['gates']:,}",
        ),
        ("shots", str(made.shots or DEFAULT_SHOTS)),
        ("size", f"{facts['size']:,} bytes, at most {limits['size']:,} a job"),
        ("cost", cost),
        ("tag", made.tag),
    ]
    lines = [f"  {name:<9} {text}" for name, text in rows]
    return "\n".join([f"plan {path}", *lines, f"nothing was sent; `ionqdsl submit {path}` sends exactly this, once"])


# -- submitting it -----------------------------------------------------------------------------------------------


def submit(source: Source, arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Sends a plan's requests, once: if they were sent before, says as what."""
    plan = plans.read(source)
    _refuse_flags(arguments)
    client = client_of(arguments, terminal)
    if plan.url != client.url:
        raise UsageError([Diagnostic("QC0924", source, {"url": plan.url, "here": client.url})])
    made = plan.draft
    earlier = client.ledger.with_plan(plan.digest) or client.ledger.find(made.tag)
    if earlier is None:
        _check(plan, arguments, terminal)
    elif earlier.is_open:
        made = retagged(made, earlier.tag)
    elif arguments.again:
        _check(plan, arguments, terminal)
        made = retagged(made, new_tag())
        terminal.report([Diagnostic("QC0929", facts={"tag": made.tag})])
    else:
        return _repeat(client, earlier, source, arguments, terminal)
    return execute_draft(client, made, arguments, terminal, arguments.wait)


def _refuse_flags(arguments: argparse.Namespace) -> None:
    given = [f"--{name}" for name in ("backend", "shots", "noise", "set", "sweep") if getattr(arguments, name)]
    given += ["--dry-run"] * arguments.dry_run
    if given:
        raise UsageError([Diagnostic("QC0928", facts={"flags": ", ".join(f"`{flag}`" for flag in given)})])


def _check(plan: Plan, arguments: argparse.Namespace, terminal: Terminal) -> None:
    """The guards, and whether the program is still the one that was planned."""
    facts = plan.facts
    name = plan.draft.source_name
    if name and os.path.isfile(name):
        with open(name, "rb") as file:
            if plans.has_changed(plan, file.read().decode(errors="replace").removeprefix("\ufeff")):
                terminal.report([Diagnostic("QC0927", facts={"file": name})])
    if arguments.max_cost is not None:
        guards.check_cost(facts["estimate"], arguments.max_cost)
    shots = plan.draft.shots or DEFAULT_SHOTS
    stakes = guards.Stakes(str(plan.draft.backend), facts["circuits"] or 1, shots, facts["dry_run"])
    guards.confirm(stakes, arguments.yes, terminal)


def _repeat(
    client: Client, earlier: Submission, source: Source, arguments: argparse.Namespace, terminal: Terminal
) -> int:
    """Nothing is sent: the plan is a job already, or was refused."""
    ids = [part.job_id for part in earlier.parts if part.job_id]
    if not ids:
        raise Refused([Diagnostic("QC0926", source, {"meaning": STATES[earlier.parts[0].state].meaning})])
    terminal.report([Diagnostic("QC0925", source, {"ids": ", ".join(ids), "name": earlier.id})])
    job = client.handle(client.ledger.submission(earlier.tag))
    if arguments.wait:
        return finish(job, arguments.timeout, terminal, {"id": job.id, "backend": earlier.backend}, view_of(arguments))
    return told(job, earlier.backend, terminal)
