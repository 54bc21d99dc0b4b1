"""Shares calls that leave Python's lock free, such as those of the compiled kernel, among threads of this process.

Takes a function and the arguments of many calls, and returns the results in order, whichever thread computed them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

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

    Raises the error of the first call that fails, and leaves out the calls that have not begun.
    """
    if min(count, len(calls)) < 2:
        return [function(*arguments) for arguments in calls]
    return [*_pool(count).map(function, *zip(*calls, strict=True))]


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    """Threads that wait for calls, since to start one takes a tenth of a millisecond. They end with the program."""
    from concurrent.futures import ThreadPoolExecutor  # late: most programs are too small to be shared

    return ThreadPoolExecutor(count, thread_name_prefix="ionqdsl")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)  # a fork has no other threads than the one that called it
