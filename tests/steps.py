"""Counts work in calls of Python functions: their number is the same on every machine, seconds are not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ionqdsl.garbage import uncollected


class Steps:
    """How many calls were made so far."""

    def __init__(self) -> None:
        self.made = 0


@contextmanager
def counted(most: int | None = None) -> Iterator[Steps]:
    """Counts the calls made in the block by this thread. The call after the `most`-th raises AssertionError.

    No garbage is collected meanwhile: Hypothesis listens to that with a function, whose calls would count.
    """
    steps = Steps()

    def step(_frame: object, event: str, _argument: object) -> None:
        if event == "call":
            steps.made += 1
            if most is not None and steps.made > most:
                sys.setprofile(None)
                raise AssertionError(f"more than {most} calls")

    before = sys.getprofile()
    with uncollected():
        sys.setprofile(step)
        try:
            yield steps
        finally:
            sys.setprofile(before)


def of(call: Callable[[], Any]) -> int:
    """The calls that a call makes."""
    with counted() as steps:
        call()
    return steps.made


SURE = 1.2
"""Growth that is no more than this is measured once."""


def growth(calls: Callable[[int], int], small: int, middle: int, large: int) -> float:
    """How much more than in proportion the calls for these sizes grow: 1 is in proportion.

    It is taken from differences, in which constant parts are left out, after calls for a small size: tables are
    there from then on. Caches that earlier tests have filled may serve one size alone, so larger growth is measured
    once more, when all sizes have been there.
    """
    calls(3)
    found = _growth(calls, small, middle, large)
    return found if found <= SURE else min(found, _growth(calls, small, middle, large))


def _growth(calls: Callable[[int], int], small: int, middle: int, large: int) -> float:
    made = [calls(size) for size in (small, middle, large)]
    return (made[2] - made[1]) / max(1, made[1] - made[0]) / ((large - middle) / (middle - small))
