"""What has to be settled before a job that costs money is sent.

A program comes in; nothing goes out but a refusal. Without a terminal nobody can be asked, so silence means no.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import ionqdsl.compile as stages
from ionqdsl.cli.terminal import Terminal, is_terminal
from ionqdsl.cloud import submit
from ionqdsl.cloud.client import Client
from ionqdsl.diagnostics import Diagnostic, Refused
from ionqdsl.emit.limits import DEFAULT_SHOTS
from ionqdsl.job import Program
from ionqdsl.options import Options
from ionqdsl.passes.cost import cost_of
from ionqdsl.targets import backend_of


class Stakes(NamedTuple):
    """What a person is asked about: where, how many circuits, how often, and whether it is only a dry run."""

    backend: str
    circuits: int
    shots: int
    is_dry: bool = False


def stakes(program: Program) -> Stakes:
    """What is at stake with a program."""
    job = program.job
    shots = job.get("shots", DEFAULT_SHOTS)
    return Stakes(str(job.get("backend")), len(program.runs) or 1, shots, bool(job.get("dry_run")))


def confirm(job: Stakes, is_agreed: bool, terminal: Terminal) -> None:
    """Asks before a job on a QPU unless it is agreed already; raises Refused without a yes."""
    backend, circuits, shots, is_dry = job
    row = backend_of(backend)
    if is_agreed or is_dry or (row is not None and row.is_simulator):
        return
    if terminal.is_json or not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise Refused([Diagnostic("QC0850", facts={"backend": backend})])
    what = f"{circuits} circuit{'s' * (circuits > 1)} with {shots} shots each"
    terminal.say(f"{what} on {backend}: this costs money. Submit? [y/N] ", always=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused([Diagnostic("QC0851")])


def check_cost(estimate: Mapping[str, Any], limit: float) -> None:
    """Raises Refused where the estimated cost is above the limit, or unknown."""
    if estimate["cost"] is None:
        raise Refused([Diagnostic("QC0853", facts={"reason": estimate["reason"]})])
    if estimate["cost"] > limit:
        facts = {"cost": f"{estimate['cost']:g}", "unit": estimate["unit"], "limit": f"{limit:g}"}
        raise Refused([Diagnostic("QC0852", facts=facts)])


def cost_of_job(client: Client, program: Program, options: Options) -> dict[str, Any]:
    """What a job would cost by the service's estimate: `cost` and `unit`, or None for the cost and the `reason`.

    Every circuit is taken for the dearest one, so the true cost is not above it.
    """
    try:
        cost, unit = _estimated(client, program, options)
    except Refused as refusal:
        return {"cost": None, "reason": refusal.diagnostics[0].facts["reason"]}
    return {"cost": cost, "unit": unit}


def _estimated(client: Client, program: Program, options: Options) -> tuple[float, str]:
    if program.energy or program.function:
        raise _unknown("the service estimates circuits only")
    backend = str(program.job.get("backend"))
    if not all(circuit.gateset == "native" for circuit in program.runs):
        row = backend_of(backend)
        if row is None or row.target is None:
            raise _unknown(f"the gates of `{backend}` are not known")
        options = Options(target=row.target, seed=options.seed)
        program = stages.transpile(program, options)[0]  # only to be counted
    found = [cost_of(circuit) for circuit in program.runs]
    counts = {
        "qubits": max(circuit.width for circuit in program.runs),
        "shots": program.job.get("shots", DEFAULT_SHOTS),
        "1q_gates": max(cost.pulses for cost in found),
        "2q_gates": max(cost.entanglers for cost in found),
    }
    is_mitigated = bool(program.job.get("settings.error_mitigation.debiasing"))
    request = submit.get_estimate(backend, "ionq.circuit.v1", counts, is_mitigated)
    answer: Any = client.ask(request, "ionqdsl submit").json
    answer = answer if isinstance(answer, dict) else {}
    cost = answer.get("estimated_cost", answer.get("estimated_total_cost"))
    if isinstance(cost, bool) or not isinstance(cost, int | float) or not math.isfinite(cost):
        raise _unknown("the service's estimate holds no amount")
    unit = submit.clean(answer.get("cost_unit", answer.get("estimated_unit")) or "", 20)
    return cost * len(program.runs), unit


def _unknown(reason: str) -> Refused:
    return Refused([Diagnostic("QC0853", facts={"reason": reason})])
