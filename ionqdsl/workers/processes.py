"""Starts processes of this computer that leave the other cores to each other."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess


def pool(processes: int) -> ProcessPoolExecutor:
    """Up to so many processes, which start as work comes."""
    return ProcessPoolExecutor(processes, _Context(), initializer=_begin)


class _Process(SpawnProcess):
    """A process with one thread of numpy: more would compete with the other processes."""

    def start(self) -> None:
        """Starts it; a pool may do so at any time, not only with its first work."""
        with _one_thread():
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


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
