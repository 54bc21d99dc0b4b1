"""The faults of the campaign: one row a submission, the same list every time."""

from __future__ import annotations

from itertools import cycle, islice, product
from typing import NamedTuple

STATUSES = ("500", "502", "503(0)", "504", *(str(status) for status in range(520, 530)), "408")
ANSWERS = ("400", "401", "403", "404", "409", "413", "429", "429(0)", *STATUSES)
BROKEN = ("drop", "reset", "truncate", "empty", "garbage", "html", "text", "slow(0.1)", "drip(0.1)")
ACCEPTED = tuple(f"accept-{kind}" for kind in (*STATUSES, "drop", "reset", "html"))
JUMPS = ("clock(5)", "clock(-0.2)")
LISTS = ("unlisted(1)@POST /jobs:10%", "lag(0.1)@POST /jobs:10%")
"""A further fault of all jobs: the service's list shows them later."""

STEPS = ("POST /jobs", "GET /jobs", "GET /jobs/ID", "GET /jobs/ID/results")
"""The conversation: sending, looking for the tag, asking how the job is, fetching its result."""

LOST = "accept-drop"
"""The fault that makes the second step necessary: the job is taken, and nobody says so."""


class Scenario(NamedTuple):
    """`faults` befall the first requests of each step, in order; the process is killed at step `kill` (0: not)."""

    number: int
    faults: tuple[tuple[str, str], ...] = ()
    kill: int = 0
    again: str = "submit"

    @property
    def name(self) -> str:
        """The name of its job."""
        return f"s{self.number}"


def scenarios(count: int, kills: int, stride: int = 1) -> list[Scenario]:
    """`count` of them: every fault at every step, every step as the last one, and both together, over and over.

    `kills` is how many steps a submission without faults has. A `stride` picks a few out of all of them.
    """
    posts = [(("POST /jobs", fault),) for fault in (*ANSWERS, *BROKEN, *ACCEPTED)]
    posts += [(("POST /jobs", LOST), ("GET /jobs", fault)) for fault in JUMPS]
    lists = [(("POST /jobs", first), ("GET /jobs", fault)) for first in (LOST, "502") for fault in (*ANSWERS, *BROKEN)]
    later = [((step, fault),) for step in STEPS[2:] for fault in (*ANSWERS, *BROKEN)]
    faulty = [(found, 0) for found in (*posts, *lists, *later)]
    killed = [((), kill) for kill in range(1, kills + 1)]
    both = [((("POST /jobs", fault),), kill) for fault, kill in product((LOST, "502", "html"), range(1, kills + 20))]
    rows = islice(cycle([*faulty, *killed, *both]), 0, count * stride, stride)
    return [
        Scenario(number, found, kill, ("submit", "recover")[number % 2]) for number, (found, kill) in enumerate(rows)
    ]
