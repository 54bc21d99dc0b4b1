"""How fast to ask: so many requests a second at most, fewer when the service says that it is too many.

Moments and replies come in, seconds to wait and the next pace go out; nothing here sleeps.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ionqdsl.cloud.submit import Answer, Reply

RATE, BURST = 10.0, 20.0
"""Requests a second in the long run, and how many may go at once after a rest."""
SLOWEST = 0.2
GROWTH = 1.02
"""How much faster it gets again with each answer that is no 429."""


@dataclass(frozen=True)
class Pace:
    """`rate` requests a second, at most `ceiling`; `tokens` may go at once. `at` is the moment of the last request."""

    ceiling: float = RATE
    burst: float = BURST
    rate: float = 0.0
    tokens: float = 0.0
    at: float | None = None


def wait(pace: Pace, now: float) -> tuple[float, Pace]:
    """Seconds until the next request may go, and the pace after it has gone."""
    rate = pace.rate or pace.ceiling
    tokens = pace.burst if pace.at is None else min(pace.burst, pace.tokens + max(0.0, now - pace.at) * rate)
    seconds = max(0.0, (1 - tokens) / rate)
    return seconds, replace(pace, rate=rate, tokens=max(0.0, tokens - 1), at=now + seconds)


def after(pace: Pace, reply: Reply) -> Pace:
    """The pace after a reply: half as fast after a 429, otherwise slowly back to what it was."""
    if isinstance(reply, Answer) and reply.status == 429:
        return replace(pace, rate=max(SLOWEST, pace.rate / 2), tokens=0.0)
    return replace(pace, rate=min(pace.ceiling, pace.rate * GROWTH))
