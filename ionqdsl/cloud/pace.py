"""Limits the rate of requests, and lowers it when the service says that there are too many.

Takes moments and replies, and returns seconds to wait and the next pace; nothing here sleeps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ionqdsl.cloud.submit import Answer, Reply

RATE, BURST = 10.0, 20.0
"""Requests per second on average, and how many may be sent at once after a pause."""
SLOWEST = 0.2
GROWTH = 1.02
"""The factor by which the rate grows again with each answer other than 429."""


@dataclass(frozen=True)
class Pace:
    """`rate` requests per second, at most `ceiling`; `tokens` may be sent at once. `at` is the time of the last one."""

    ceiling: float = RATE
    burst: float = BURST
    rate: float = 0.0
    tokens: float = 0.0
    at: float | None = None


def wait(pace: Pace, now: float) -> tuple[float, Pace]:
    """Seconds until the next request may be sent, and the pace after it."""
    rate = pace.rate or pace.ceiling
    tokens = pace.burst if pace.at is None else min(pace.burst, pace.tokens + max(0.0, now - pace.at) * rate)
    seconds = max(0.0, (1 - tokens) / rate)
    return seconds, replace(pace, rate=rate, tokens=max(0.0, tokens - 1), at=now + seconds)


def after(pace: Pace, reply: Reply) -> Pace:
    """The pace after a reply: half as fast after a 429, otherwise slowly back to full speed."""
    if isinstance(reply, Answer) and reply.status == 429:
        return replace(pace, rate=max(SLOWEST, pace.rate / 2), tokens=0.0)
    return replace(pace, rate=min(pace.ceiling, pace.rate * GROWTH))
