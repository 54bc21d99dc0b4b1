"""Guards before a job that costs money is sent: spending limits and confirmation.

They raise Refused or let the job pass. Without a terminal nobody can be asked, so the answer is no.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ionqdsl.cli.terminal import Terminal
from ionqdsl.cloud import planning, prices
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.draft import Draft
from ionqdsl.diagnostics import Diagnostic, Refused
from ionqdsl.emit.limits import DEFAULT_SHOTS
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.targets import backend_of

if TYPE_CHECKING:
    import argparse


class Stakes(NamedTuple):
    """The facts that the user confirms: backend, number of circuits, shots (None if unknown), whether it is only a dry
    run, and how many such jobs it may become.
    """

    backend: str
    circuits: int
    shots: int | None
    is_dry: bool = False
    jobs: int = 1


def stakes(program: LoweredProgram) -> Stakes:
    """The facts to confirm before a program is sent."""
    job = program.job
    shots = job.get("shots") or DEFAULT_SHOTS
    return Stakes(str(job.get("backend")), planning.circuits_of(program), shots, bool(job.get("dry_run")))


def confirm(job: Stakes, is_agreed: bool, terminal: Terminal, price: Callable[[], prices.Price]) -> None:
    """Asks before a job on a QPU, unless `is_agreed`; raises Refused if the answer is not yes.

    `price` is called only if the user is asked.
    """
    backend, circuits, shots, is_dry, jobs = job
    row = backend_of(backend)
    if is_agreed or is_dry or (row is not None and row.is_simulator):
        return
    if not terminal.can_ask:
        raise Refused([Diagnostic("QC0850", facts={"backend": backend})])
    each = "an unknown number of" if shots is None else shots
    what = f"{circuits} circuit{'s' * (circuits > 1)} with {each} shots each"
    what = what if jobs == 1 else f"up to {jobs} jobs of {what}"
    amount = price()
    cost = "this costs money" if amount.cost is None else f"this costs at most {amount}"
    if not terminal.asks(f"{what} on {backend}: {cost}. Submit? [y/N] "):
        raise Refused([Diagnostic("QC0851")])


def limit_of(arguments: argparse.Namespace) -> prices.SpendingLimit | None:
    """The limit of `--max-cost`."""
    return None if arguments.max_cost is None else prices.SpendingLimit(*arguments.max_cost)


def price_of(client: Client, questions: Sequence[prices.PriceQuestion]) -> prices.Price:
    """The highest cost of jobs by the service's estimate. Raises KeyRefused."""
    return planning.price_of(client.link, questions)


def price_again(client: Client, details: Mapping[str, Any], job: Stakes) -> prices.Price:
    """The highest cost of running again a job that the service describes."""
    try:
        return price_of(client, [prices.question_again(details, job.backend, job.shots)])
    except prices.Unpriceable as error:
        return prices.Price(None, reason=str(error))


def price_of_program(client: Client, program: LoweredProgram, submission: Draft) -> prices.Price:
    """The highest cost of a program; its `reason` says so if only the service knows the size of the circuits."""
    try:
        return price_of(client, prices.questions(program, submission.parts, submission.backend))
    except prices.Unpriceable as error:
        return prices.Price(None, reason=str(error))
