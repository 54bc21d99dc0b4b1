"""Makes plans: describes a compiled program and its requests, and asks for the price.

Takes a program with its draft and returns the content of a plan's file with the facts in it; plan.py writes and reads
the file. Nothing is submitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ionqdsl.cloud import plan as plans
from ionqdsl.cloud import prices
from ionqdsl.cloud.asking import Link
from ionqdsl.cloud.draft import Draft
from ionqdsl.cloud.prices import PriceQuestion
from ionqdsl.diagnostics import KeyRefused, ServiceError
from ionqdsl.emit.limits import is_sent
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES


def planned(
    link: Link, program: LoweredProgram, draft: Draft, options: Options
) -> tuple[bytes, dict[str, Any], list[PriceQuestion]]:
    """The content of a plan, its facts and the questions about the price."""
    profile = PROFILES[options.wire]
    facts: dict[str, Any] = {
        **_size(program),
        "size": sum(map(len, draft.bodies)),
        "limits": {"circuits": profile.max_circuits, "gates": profile.max_gates, "size": profile.max_bytes},
        "dry_run": bool(program.job.get("dry_run")),
    }
    questions, reason = _questions(program, draft)
    facts["estimate"] = _estimate(link, draft, questions, reason, facts["dry_run"])
    named = {"target": options.target, "level": options.level, "preserve": options.preserve, "seed": options.seed}
    named |= {name: True for name in ("defer", "reuse") if getattr(options, name)}
    return plans.write(draft, link.url, facts, {**named, "wire": options.wire}, questions), facts, questions


def circuits_of(program: LoweredProgram) -> int:
    """The number of circuits that a machine runs: for an energy, one for each measured product."""
    return len(prices.products(program.energy)) if program.energy else len(program.runs) or 1


def price_of(link: Link, questions: Sequence[PriceQuestion]) -> prices.Price:
    """The highest cost of jobs by the service's estimate. Raises KeyRefused."""
    return prices.ask(lambda request: link.ask(request, None), questions)


def _size(program: LoweredProgram) -> dict[str, Any]:
    """The numbers of circuits, qubits and gates: for an energy those of its ansatz; None if the service makes them."""
    if program.function:
        return dict.fromkeys(("circuits", "qubits", "gates"))
    circuits = [program.energy.ansatz] if program.energy else program.runs
    return {
        "circuits": circuits_of(program),
        "qubits": max((circuit.width for circuit in circuits), default=0),
        "gates": _gates(circuits),
    }


def _gates(circuits: Sequence[FlatCircuit]) -> dict[str, int]:
    """The number of operations that are sent: gates by the number of qubits they act on, measurements, and resets."""
    counts = dict.fromkeys(("1q", "2q", "more", MEASURE, RESET), 0)
    for circuit in circuits:
        for op in filter(is_sent, circuit.rows):
            by_size = "more" if len(op.qubits) > 2 else "2q" if len(op.qubits) == 2 else "1q"
            counts[op.gate if op.gate in (MEASURE, RESET) else by_size] += 1
    return {**counts, "all": sum(counts.values())}


def _questions(program: LoweredProgram, draft: Draft) -> tuple[list[PriceQuestion], str | None]:
    """The questions about the price, or the reason why the service cannot price the program."""
    try:
        return prices.questions(program, draft.parts, draft.backend), None
    except prices.Unpriceable as error:
        return [], str(error)


def _estimate(
    link: Link, draft: Draft, questions: Sequence[PriceQuestion], reason: str | None, is_dry: bool
) -> dict[str, Any]:
    """The price: `cost` and `unit`, or the `reason` why it is unknown; for a dry run, also the cost `if_run`."""
    try:
        for body in draft.bodies:
            link.transport.check(body)
        price = price_of(link, questions) if reason is None else prices.Price(None, reason=reason)
    except (KeyRefused, ServiceError) as error:
        price = prices.Price(None, reason=error.diagnostics[0].message)
    mitigated = any(question.is_mitigated for question in questions)
    if is_dry:
        return {"cost": 0.0, "unit": price.unit, "if_run": price.cost, "mitigated": mitigated}
    return {**price.to_json(), "mitigated": mitigated}
