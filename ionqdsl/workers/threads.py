"""Shares calls that leave Python's lock free, such as those of the compiled kernel, among threads of this process.

Takes a function and the arguments of many calls, and returns the results in order, whichever thread computed them. The
caller's own thread does what others have not begun, so it never waits for a thread that the system does not run.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from threading import Thread

Result = TypeVar("Result")

_MOST: ContextVar[int | None] = ContextVar("the most threads", default=None)


def usable() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads() -> int:
    """As many threads as `at_most` allows, and as numpy may start: one in a process of a pool (processes.py)."""
    if sys.platform == "emscripten":  # Pyodide has none
        return 1
    said, most = os.environ.get("OMP_NUM_THREADS", ""), _MOST.get()
    limits = [int(said)] if said.isdigit() and int(said) else []
    return min([usable(), *limits, *([] if most is None else [most])])


@contextmanager
def at_most(count: int | None) -> Iterator[None]:
    """Meanwhile no more threads than this; None changes nothing."""
    before = _MOST.get()
    token = _MOST.set(min([limit for limit in (before, count) if limit is not None], default=None))
    try:
        yield
    finally:
        _MOST.reset(token)


def shared(function: Callable[..., Result], calls: Sequence[tuple[Any, ...]], count: int) -> list[Result]:
    """The results of a function for each tuple of arguments, in order, by up to so many threads at once.

    Raises what a call raises; no other call begins then.
    """
    if min(count, len(calls)) < 2:
        return [function(*arguments) for arguments in calls]
    from queue import SimpleQueue  # late: most programs are too small to be shared

    places = iter(range(len(calls)))  # all threads take from it: a step of it is one step of Python
    answers: SimpleQueue[tuple[int, Result] | BaseException] = SimpleQueue()
    results: dict[int, Result] = {}

    def help_out() -> None:
        try:
            for place in places:
                answers.put((place, function(*calls[place])))
        except BaseException as error:
            deque(places, 0)
            answers.put(error)

    _helpers().ask(help_out, min(count, len(calls)) - 1)
    try:
        for place in places:
            results[place] = function(*calls[place])
        while len(results) < len(calls):
            answer = answers.get()
            if isinstance(answer, BaseException):
                raise answer
            results[answer[0]] = answer[1]
    finally:
        deque(places, 0)
    return [results[place] for place in range(len(calls))]


class _Helpers:
    """Threads that wait for work: to start one takes a tenth of a millisecond. They end with the program."""

    def __init__(self) -> None:
        from queue import SimpleQueue

        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads: list[Thread] = []

    def ask(self, work: Callable[[], None], count: int) -> None:
        """Has so many threads do the work as soon as they can, or fewer where no more can start."""
        from threading import Thread

        with suppress(RuntimeError):
            while len(self._threads) < count:
                thread = Thread(target=self._wait, name="ionqdsl", daemon=True)
                thread.start()
                self._threads.append(thread)
        for _ in self._threads[:count]:
            self._waiting.put(work)

    def _wait(self) -> None:
        for work in iter(self._waiting.get, None):
            work()

    def end(self) -> None:
        """Ends the threads."""
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()


@cache
def _helpers() -> _Helpers:
    return _Helpers()


def _end_helpers() -> None:
    """A fork would copy the locks of other threads in any state."""
    if _helpers.cache_info().currsize:
        _helpers().end()
        _helpers.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_end_helpers)
