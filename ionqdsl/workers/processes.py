"""Starts processes of this computer that leave the other cores to each other, and that end with this one.

A signal that ends this process leaves none of them: Ctrl-C and SIGTERM while a process starts wait until it is there,
and a process whose parent was killed ends by itself.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import parent_process, spawn
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Lock, Thread, current_thread, main_thread
from typing import Any


def pool(processes: int) -> ProcessPoolExecutor:
    """Up to so many processes, which start as work comes."""
    return ProcessPoolExecutor(processes, _Context(), initializer=_begin)


FAREWELL = 5.0
"""Seconds until the thread of a pool has to end after its processes."""


def end(pool: ProcessPoolExecutor) -> None:
    """Ends the processes, in the middle of their work if there is any, and the thread that waits for their answers.

    A process killed in the middle of an answer leaves that thread waiting for the rest, and Python at its end with it,
    as long as this process could write the rest itself. If Python ended while the thread closes its own pipe, it would
    show a traceback.
    """
    inside: Any = pool
    thread, answers = inside._executor_manager_thread, inside._result_queue
    for process in [*(inside._processes or {}).values()]:
        process.kill()
    if answers is not None:
        answers._writer.close()
    pool.shutdown(wait=False, cancel_futures=True)
    if thread is not None:
        thread.join(FAREWELL)


_STARTING = Lock()
"""Held while a process starts: the environment and `spawn` are then as it needs them, for all threads."""


class _Process(SpawnProcess):
    """A process with one thread of numpy (more would compete with the other processes), and without the script.

    It needs modules alone. Reading the script again would run one that has no `if __name__ == "__main__"`, and cannot
    be done if the script came from standard input.
    """

    def start(self) -> None:
        """Starts it; a pool may do so at any time, not only with its first work."""
        with _STARTING, _one_thread(), _no_script(), _signals_held() as held:
            super().start()
        for number in held:
            self.kill()  # the pool does not know of it yet
            signal.raise_signal(number)


class _Context(SpawnContext):
    """New processes, because a fork would copy threads and locks in any state."""

    Process = _Process


@contextmanager
def _one_thread() -> Iterator[None]:
    said = {name: os.environ.get(name) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    os.environ.update({name: value or "1" for name, value in said.items()})
    try:
        yield
    finally:
        for name, value in said.items():
            if value is None:
                del os.environ[name]


@contextmanager
def _no_script() -> Iterator[None]:
    prepared = spawn.get_preparation_data

    def without_script(name: str) -> dict[str, Any]:
        return {key: value for key, value in prepared(name).items() if not key.startswith("init_main_from_")}

    spawn.get_preparation_data = without_script
    try:
        yield
    finally:
        spawn.get_preparation_data = prepared


@contextmanager
def _signals_held() -> Iterator[list[int]]:
    """The signals that came meanwhile. A process inherits that Ctrl-C, which the terminal sends to all, is blocked."""
    held: list[int] = []
    before = {}
    if current_thread() is main_thread():
        handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        before = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in before:
        signal.signal(number, lambda number, _: held.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if sys.platform != "win32" else set()
    try:
        yield held
    finally:
        if sys.platform != "win32":
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ended_by_exit() -> Iterator[None]:
    """Meanwhile SIGTERM, unless it has a handler, raises SystemExit: processes and semaphores are tidied away."""
    is_ours = current_thread() is main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if is_ours:
        signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        if is_ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Ends this process when its parent ends, which may be too sudden to say so."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
