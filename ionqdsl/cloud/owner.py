"""Names the process that works on a submission, and tells whether such a process is still alive.

Takes no input but the process itself, and returns names. ledger.py keeps the claims.
"""

from __future__ import annotations

import os
import platform
from secrets import token_hex
from typing import NamedTuple

LEASE_SECONDS = 900.0
"""How long a claim from another computer counts: longer than any exchange with the service can take."""


class Owner(NamedTuple):
    """A name made of computer, process and start time: `host:pid:start:random`."""

    name: str

    def lease(self, now: float) -> tuple[str, float]:
        """The name, and the time until which it counts."""
        return self.name, now + LEASE_SECONDS


_working: set[str] = set()
"""The owners of this process whose work has not ended."""


def this_process() -> Owner:
    """A new owner; each call makes a different one. It works until `leave`."""
    pid = os.getpid()
    owner = Owner(f"{platform.node()}:{pid}:{_started(pid)}:{token_hex(4)}")
    _working.add(owner.name)
    return owner


def leave(owner: Owner) -> None:
    """Ends an owner's work and frees all its claims."""
    _working.discard(owner.name)


def is_gone(name: str, until: float | None, now: float) -> bool:
    """Whether an owner no longer works: its process has ended, or it is on another computer and its time is up.

    On this computer the clock is not used, so that a wrong clock lets nobody in early.
    """
    host, pid, started, _ = [*name.rsplit(":", 3), "", "", ""][:4]
    if host != platform.node() or not pid.isdigit() or os.name != "posix":  # other systems have no harmless way to ask
        return until is None or now > until
    if int(pid) == os.getpid() and _started(int(pid)) == started:
        return name not in _working
    return not _is_alive(int(pid)) or _started(int(pid)) != started


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _started(pid: int) -> str:
    """The start time of a process, in the system's own units; "" if the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rsplit(b")", 1)[1].split()
            return "" if fields[0] in b"ZX" else fields[19].decode()
    except (OSError, IndexError):
        return ""
