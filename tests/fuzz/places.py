"""Where judged code runs: in a folder of its own, with a state, a key and settings of its own, and in no time.

Importing this module changes the process: it works in an empty folder (in memory, where the system has one), the
service's address is a port of this computer on which nobody listens, and nothing sleeps.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

from ionqdsl.cli import main
from ionqdsl.cli.terminal import Terminal
from ionqdsl.cloud.asking import Timing

_MEMORY = "/dev/shm"
FOLDER = Path(tempfile.mkdtemp(prefix="ionqdsl-fuzz-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None))
STATE = FOLDER / "state"
URL = "http://127.0.0.1:9/v0.4"

STARTED = Path.cwd()

os.chdir(FOLDER)
STATE.mkdir()
os.environ.update(
    IONQDSL_STATE=str(STATE),
    IONQDSL_CONFIG=str(FOLDER / "nowhere"),
    IONQ_API_URL=URL,
    IONQ_API_KEY="k3y-that-nobody-may-see",
    PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring",
    HOME=str(FOLDER),
    **{f"XDG_{kind}_HOME": str(FOLDER) for kind in ("CONFIG", "STATE", "DATA", "CACHE")},
)


class _Clock:
    """Time that goes by as soon as somebody sleeps."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def sleep(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds)

    def now(self) -> float:
        return time.perf_counter() + self.ahead


_clock = _Clock()
assert Timing.__init__.__defaults__ is not None
Timing.__init__.__defaults__ = (_clock.sleep, _clock.now, *Timing.__init__.__defaults__[2:])


def _crash(self: Terminal, error: Exception, *_: Any) -> int:
    raise error


Terminal._crash = _crash  # type: ignore[method-assign]


def command(words: list[str], given: bytes = b"") -> tuple[int, str, str]:
    """Runs a command in this process: its exit code and output. Exceptions that it does not catch escape."""
    out, err, back = (io.TextIOWrapper(io.BytesIO(piece), encoding="utf-8") for piece in (b"", b"", given))
    import sys

    before, sys.stdin = sys.stdin, back
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(words)
    finally:
        sys.stdin = before
    found = []
    for stream in (out, err):
        stream.flush()
        found.append(stream.buffer.getvalue().decode())  # type: ignore[attr-defined]
    if "Traceback (most recent call last)" in found[1]:
        raise AssertionError(found[1].strip().rpartition("\n")[2])
    if code == 101:
        raise AssertionError(found[1][:200])
    return code, found[0], found[1]


def clean() -> None:
    """Removes the files that a command wrote."""
    for path in FOLDER.iterdir():
        if path != STATE:
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()


def leave() -> None:
    """Removes the folder."""
    os.chdir("/")
    shutil.rmtree(FOLDER, ignore_errors=True)
