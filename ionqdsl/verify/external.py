"""Asks mqt.qcec, if it is installed, whether OpenQASM programs are the same up to a global phase.

Takes questions and returns the first answer within a time limit: `equal`, `different` or `unknown`. Each method runs in
its own process, and none outlives the question. The caller interprets an answer for its circuits.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import metadata

from ionqdsl.verify import checker
from ionqdsl.verify.question import EqualityQuestion

PACKAGE = "mqt.qcec"
SECONDS = 30.0
"""Seconds to wait for an answer."""

_PAUSE = 0.02


def version() -> str | None:
    """The installed version of mqt.qcec."""
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return None


def answer(questions: Sequence[EqualityQuestion]) -> str:
    """`equal` or `different` if that could be shown about one of the questions, or `unknown`."""
    deadline = time.monotonic() + SECONDS
    command = (sys.executable, "-P", checker.__file__)  # -P: import no module from its own folder
    running: list[subprocess.Popen[str]] = []
    try:
        for asked in questions:
            for role in asked.roles:
                pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
                running.append(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nothing, text=True))
                words = {"one": asked.one, "other": asked.other, "role": role, "seconds": SECONDS}
                _tell(running[-1], json.dumps(words))
        waiting = list(running)
        while waiting and time.monotonic() < deadline:
            for process in [process for process in waiting if process.poll() is not None]:
                waiting.remove(process)
                assert process.stdout is not None
                word = process.stdout.read().strip()
                if process.returncode == 0 and word in ("equal", "different"):
                    return word
            time.sleep(_PAUSE)
        return "unknown"
    finally:
        for process in running:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()


def _tell(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdin is not None
    with suppress(OSError):  # it has ended; its silence is noticed later
        process.stdin.write(text)
    with suppress(OSError):
        process.stdin.close()
