"""Waits for the processes of a campaign and says how far they are."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

EVERY = 30.0
"""Seconds between two lines."""


def wait(children: Sequence[subprocess.Popen[bytes]], done: Callable[[], str]) -> None:
    """Returns when all have ended; `done` tells meanwhile how far they are, on standard error. Raises if one failed."""
    said = time.monotonic()
    for child in children:
        while True:
            try:
                child.wait(max(0.0, said + EVERY - time.monotonic()))
                break
            except subprocess.TimeoutExpired:
                print(done(), file=sys.stderr, flush=True)
                said = time.monotonic()
    codes = [child.returncode for child in children]
    assert not any(codes), codes
