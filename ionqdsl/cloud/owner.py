"""Who is at work on a submission: this process, told apart from others that live or have died.

Nothing comes in but the process itself; names go out, and whether the process of a name is gone. Claims are
ledger.py's.
"""

from __future__ import annotations

import os
import platform
from secrets import token_hex
from typing import NamedTuple

LEASE_SECONDS = 900.0
"""How long a claim from another computer counts: longer than one exchange with the service can take."""


class Owner(NamedTuple):
    """A name that says computer, process and when it started: `host:pid:start:random`."""

    name: str

    def lease(self, now: float) -> tuple[str, float]:
        """The name and until when it counts."""
        return self.name, now + LEASE_SECONDS


_working: set[str] = set()
"""The owners of this process whose work has not ended."""


def this_process() -> Owner:
    """A new owner; two of one process are two. It works until `leave` says otherwise."""
    pid = os.getpid()
    owner = Owner(f"{platform.node()}:{pid}:{_started(pid)}:{token_hex(4)}")
    _working.add(owner.name)
    return owner


def leave(owner: Owner) -> None:
    """Ends an owner's work: whatever it still claims is free."""
    _working.discard(owner.name)


def is_gone(name: str, until: float | None, now: float) -> bool:
    """Whether an owner works no more: its process has ended, or it is on another computer and its time is up.

    On this computer the clock has no say, so that one that is set wrongly lets nobody in early.
    """
    host, pid, started, _ = [*name.rsplit(":", 3), "", "", ""][:4]
    if host != platform.node() or not pid.isdigit() or os.name != "posix":  # elsewhere there is no harmless way to ask
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
    """When a process was started, in the system's own count; "" where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rsplit(b")", 1)[1].split()
            return "" if fields[0] in b"ZX" else fields[19].decode()
    except (OSError, IndexError):
        return ""
