"""Starts processes of this computer that leave the other cores to each other."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import spawn
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Lock
from typing import Any


def pool(processes: int) -> ProcessPoolExecutor:
    """Up to so many processes, which start as work comes."""
    return ProcessPoolExecutor(processes, _Context(), initializer=_begin)


_STARTING = Lock()
"""Held while a process starts: the environment and `spawn` are then as it needs them, for all threads."""


class _Process(SpawnProcess):
    """A process with one thread of numpy (more would compete with the other processes), and without the script.

    It needs modules alone. Reading the script again would run one that has no `if __name__ == "__main__"`, and cannot
    be done if the script came from standard input.
    """

    def start(self) -> None:
        """Starts it; a pool may do so at any time, not only with its first work."""
        with _STARTING, _one_thread(), _no_script():
            super().start()


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


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
