"""Shows the job that `submit` would send and its price; `-o PLAN` writes the exact request to a file, for review.

A plan contains the bytes of the request with its tag, a digest of everything, sizes, gate counts, the service's
estimate of the cost if a key is found, and the program. `ionqdsl submit PLAN` sends exactly these bytes, once. `plan`
itself submits nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ionqdsl.cli import guards
from ionqdsl.cli.endings import check_no_program
from ionqdsl.cli.files import typed
from ionqdsl.cli.flags import add_compilation, add_file, add_job, add_key, options_of
from ionqdsl.cli.histograms import view_of
from ionqdsl.cli.program import load, transpiled
from ionqdsl.cli.remote import client_of, execute_draft, finish, source_of, told
from ionqdsl.cli.terminal import Terminal
from ionqdsl.cloud import plan as plans
from ionqdsl.cloud import prices
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.draft import Draft, prepare, retagged
from ionqdsl.cloud.ledger import Submission, new_tag
from ionqdsl.cloud.plan import Plan
from ionqdsl.cloud.planning import planned
from ionqdsl.cloud.prices import PriceQuestion
from ionqdsl.cloud.states import STATES
from ionqdsl.diagnostics import Diagnostic, Refused, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.limits import DEFAULT_SHOTS
from ionqdsl.ir.circuit import MEASURE, RESET
from ionqdsl.ir.files import write
from ionqdsl.ir.targets import PROFILES, backend_of
from ionqdsl.pipeline import for_service
from ionqdsl.read.functions import TYPE as FUNCTION

if TYPE_CHECKING:
    import argparse


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Adds the flags of `plan`."""
    add_file(parser)
    parser.add_argument("-o", dest="output", metavar="PLAN", help="the file to write (none: the summary alone)")
    add_job(parser)
    parser.add_argument("--dry-run", action="store_true", help="plan a job that is only checked and priced")
    add_key(parser)
    add_compilation(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Compiles, asks for the cost if possible, and writes the plan, if it has a name."""
    program = load(arguments, terminal, "plan", arguments.output)
    check_no_program(arguments.output, "a plan", ".plan", "plan")
    if program.job.get("backend") is None:
        raise UsageError([Diagnostic("QC0806")])
    options, moved = for_service(program, options_of(arguments))
    compiled = transpiled(program, arguments, terminal, options)
    draft, warnings = prepare(compiled, PROFILES[options.wire], os.environ, source_of(program))
    terminal.report([*moved, *warnings])
    client = client_of(arguments, terminal)
    content, facts, questions = planned(client.link, compiled, draft, options)
    if arguments.output == "-":
        terminal.data(content.decode(), exact=True)
    else:
        if arguments.output is not None:
            write(arguments.output, content)
        is_abstract = bool(compiled.energy) or any(circuit.gateset == "qis" for circuit in compiled.runs)
        terminal.data(_summary(draft, facts, questions, is_abstract, client.url, arguments.output))
    terminal.answer(plan=arguments.output, tag=draft.tag, backend=draft.backend, shots=draft.shots, **facts)
    return 0


def _summary(
    draft: Draft,
    facts: dict[str, Any],
    questions: Sequence[PriceQuestion],
    is_abstract: bool,
    url: str,
    path: str | None,
) -> str:
    limits, gates = facts["limits"], facts["gates"]
    several = f" in {len(draft.parts)} jobs" if len(draft.parts) > 1 else ""
    rows = [("backend", f"{draft.backend} at {url}{' (dry run)' if facts['dry_run'] else ''}")]
    if gates is None:
        rows.append(("circuits", "made by the service"))
    else:
        parts = [f"{gates['1q']:,} on one qubit", f"{gates['2q']:,} on two"]
        parts += [f"{gates['more']:,} on more"] if gates["more"] else []
        others = [(gates[MEASURE], "measurement"), (gates[RESET], "reset")]
        parts += [f"{count:,} {noun}{'s' * (count > 1)}" for count, noun in others if count]
        rows += [
            ("circuits", f"{facts['circuits']:,}{several}, at most {limits['circuits']:,} a job"),
            ("qubits", str(facts["qubits"])),
            ("gates", f"{gates['all']:,} ({', '.join(parts)}), at most {limits['gates']:,}"),
        ]
    rows += [
        ("shots", str(draft.shots or DEFAULT_SHOTS)),
        ("size", f"{facts['size']:,} bytes, at most {limits['size']:,} a job"),
        *_cost_rows(facts["estimate"], facts["dry_run"], questions, is_abstract),
        ("tag", draft.tag),
    ]
    lines = [f"  {name:<9} {text}" for name, text in rows]
    return "\n".join([f"plan {path or 'without a file'}", *lines, _next(path)])


def _next(path: str | None) -> str:
    if path is None:
        return "nothing was sent; `-o PLAN` keeps the request, and `ionqdsl submit PLAN` sends exactly that, once"
    return f"nothing was sent; `ionqdsl submit {typed(path)}` sends exactly this, once"


def _cost_rows(
    estimate: dict[str, Any], is_dry: bool, questions: Sequence[PriceQuestion], is_abstract: bool
) -> list[tuple[str, str]]:
    """The rows about the cost and the assumptions of its estimate."""
    if is_dry:
        run = prices.Price(estimate["if_run"], estimate["unit"])
        return [("cost", "0: a dry run" + ("" if run.cost is None else f"; a real run costs at most {run}"))]
    price = _planned(estimate)
    if price.cost is None:
        return [("cost", str(price))]
    if not price.cost:
        return [("cost", "0: it is free")]
    rows = [("cost", f"at most {price}")]
    if is_abstract:
        rows.append(("", "if every gate is translated by itself; the service's own compiler needs fewer gates"))
    if estimate["mitigated"]:
        rows.append(("", "with error mitigation, which `debiasing = false` turns off"))
    if any(question.type == FUNCTION for question in questions):
        rows.append(("", "if each product of the Hamiltonian is measured by itself"))
    return rows


def _planned(estimate: Mapping[str, Any]) -> prices.Price:
    if estimate["cost"] is None:
        return prices.Price(None, reason=estimate["reason"])
    return prices.Price(estimate["cost"], estimate["unit"])


# -- submitting it -----------------------------------------------------------------------------------------------


def submit(source: Source, arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Sends a plan's requests, once; if they were sent before, shows which job they became."""
    plan = plans.read(source)
    _refuse_flags(arguments)
    client = client_of(arguments, terminal)
    if plan.url != client.url:
        raise UsageError([Diagnostic("QC0924", source, {"url": plan.url, "here": client.url})])
    draft = plan.draft
    earlier = client.ledger.with_plan(plan.digest) or client.ledger.find(draft.tag)
    if earlier is None:
        _check(client, plan, arguments, terminal)
    elif earlier.is_open:
        draft = retagged(draft, earlier.tag)
    elif arguments.again:
        _check(client, plan, arguments, terminal)
        draft = retagged(draft, new_tag())
        terminal.report([Diagnostic("QC0929", facts={"tag": draft.tag})])
    else:
        return _repeat(client, earlier, source, arguments, terminal)
    return execute_draft(client, draft, arguments, terminal, arguments.wait)


def _refuse_flags(arguments: argparse.Namespace) -> None:
    flags = [f"--{name}" for name in ("backend", "shots", "noise", "set", "sweep") if getattr(arguments, name)]
    flags += ["--dry-run"] * arguments.dry_run
    if flags:
        raise UsageError([Diagnostic("QC0928", facts={"flags": ", ".join(f"`{flag}`" for flag in flags)})])


def _check(client: Client, plan: Plan, arguments: argparse.Namespace, terminal: Terminal) -> None:
    """Runs the guards, and warns if the program has changed since it was planned."""
    facts = plan.facts
    terminal.report([Diagnostic("QC0927", facts={"file": path}) for path in plans.changed_files(plan)])
    shots = plan.draft.shots or DEFAULT_SHOTS
    stakes = guards.Stakes(str(plan.draft.backend), facts["circuits"] or 1, shots, facts["dry_run"])
    if not stakes.is_dry:
        _check_price(client, plan, guards.limit_of(arguments), terminal)
    guards.confirm(stakes, arguments.yes, terminal, lambda: _planned(facts["estimate"]))


def _check_price(client: Client, plan: Plan, limit: prices.SpendingLimit | None, terminal: Terminal) -> None:
    """Asks for the price again, because prices change. Raises Refused if it has risen, unless a limit allows it."""
    planned = _planned(plan.facts["estimate"])
    row = backend_of(str(plan.draft.backend))
    if limit is None and row is not None and row.is_simulator:
        return  # the simulator is free
    if planned.cost is None:
        if limit is not None:
            limit.check(planned)
        return
    now = guards.price_of(client, plan.questions)
    if limit is not None:
        limit.check(now)
    elif now.cost is None:
        terminal.report([Diagnostic("QC0939", facts={"planned": str(planned), "reason": now.reason})])
    elif prices.has_risen(now, planned):
        raise Refused([Diagnostic("QC0938", facts={"planned": str(planned), "now": str(now)})])


def _repeat(
    client: Client, earlier: Submission, source: Source, arguments: argparse.Namespace, terminal: Terminal
) -> int:
    """Shows the job that the plan has become, or raises Refused if it was refused; sends nothing."""
    ids = [part.job_id for part in earlier.parts if part.job_id]
    if not ids:
        raise Refused([Diagnostic("QC0926", source, {"meaning": STATES[earlier.parts[0].state].meaning})])
    terminal.report([Diagnostic("QC0925", source, {"ids": ", ".join(ids), "name": earlier.id})])
    job = client.handle(client.ledger.submission(earlier.tag))
    if arguments.wait:
        return finish(job, arguments.timeout, terminal, {"id": job.id, "backend": earlier.backend}, view_of(arguments))
    return told(job, earlier.backend, terminal)
