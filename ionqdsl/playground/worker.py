"""The process that computes answers, one request at a time, and is ended if one takes too long.

`Worker.ask` takes a request and returns its answer; `python -m ionqdsl.playground.worker` is the other side, one object
per line in each direction. It is a separate process because nothing else can stop a computation that is no longer
wanted.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import ionqdsl
from ionqdsl.diagnostics import Diagnostic
from ionqdsl.playground.answers import answer
from ionqdsl.playground.messages import alone
from ionqdsl.playground.tasks import FIRST, Answering

SECONDS = 15.0
"""Longest time for a request, in seconds."""

GRACE = 1.0
"""Seconds for a cancelled request to end by itself: about the time to start a new process."""

MOST_MEMORY = 4 << 30
"""Bytes of address space for the process."""

_TICK = 0.02

_PATH = os.pathsep.join(filter(None, (str(Path(ionqdsl.__file__).parent.parent), os.environ.get("PYTHONPATH"))))
"""Lets the other side find this package, in whichever folder it is started."""


class Worker:
    """One process, started when first needed, and again after it was ended."""

    def __init__(self, path: str | None = None) -> None:
        self._path = path
        self._process: subprocess.Popen[str] | None = None
        self._lines: queue.Queue[str] = queue.Queue()
        self._turn = threading.Lock()

    def start(self) -> None:
        """Starts the process early, so that it is ready for the first request."""
        with self._turn:
            self._running()

    def ask(
        self, request: Any, is_stale: Callable[[], bool] = lambda: False, task: str = "answer"
    ) -> dict[str, Any] | None:
        """The answer to a request of a task of TASKS; None if `is_stale` says that the answer is no longer wanted."""
        with self._turn:
            if is_stale():
                return None
            process = self._running()
            begun = time.monotonic()
            assert process.stdin is not None
            with suppress(OSError):  # it has just died: the queue says so
                process.stdin.write(json.dumps([task, request]) + "\n")
                process.stdin.flush()
            while True:
                try:
                    line = self._lines.get(timeout=_TICK)
                except queue.Empty:
                    past = time.monotonic() - begun
                    if past > SECONDS:
                        self.stop()
                        return alone(Diagnostic("QC1154", facts={"seconds": f"{SECONDS:g}"}))
                    if past > GRACE and is_stale():
                        self.stop()
                        return None
                    continue
                if not line:
                    self.stop()
                    return alone(Diagnostic("QC1155", facts={"kind": "its worker ended"}))
                answer: dict[str, Any] = json.loads(line)
                return answer

    def stop(self) -> None:
        """Ends the process."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):  # data on its way is lost
                        stream.close()

    def _running(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is not None:
            self.stop()
        if self._process is None:
            self._lines = queue.Queue()
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ionqdsl.playground.worker", *([self._path] if self._path else [])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # only the server handles Ctrl-C in the terminal
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONPATH": _PATH, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )
            threading.Thread(target=_read, args=(self._process, self._lines), daemon=True).start()
        return self._process


def _read(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    """Passes the process's lines on, and an empty one at its end."""
    assert process.stdout is not None
    with suppress(ValueError):  # closed while it was read
        for line in process.stdout:
            lines.put(line)
    lines.put("")


def _bounded() -> None:
    """Limits the memory of computations, on systems that can, so that they do not take the computer's."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def work(path: str | None) -> None:
    """Answers requests from standard input until it ends."""
    _bounded()
    answer(FIRST)  # loads the libraries while the page is being opened
    answering = Answering(path)
    for line in sys.stdin:
        print(answering.reply(line), flush=True)


if __name__ == "__main__":
    work(sys.argv[1] if len(sys.argv) > 1 else None)
