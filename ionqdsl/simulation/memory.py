"""Finds out how much memory is free, and refuses a computation that needs more.

Takes the number of bytes. A state that does not fit would be written to the disk, or would end the process.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import FlatCircuit

LITTLE = 1 << 16
"""Bytes allocated without checking free memory, which takes longer than a small simulation."""


def check(code: str, circuit: FlatCircuit, needed: int, matrix: str | None = None) -> None:
    """Raises CompileError with a code if fewer bytes are free; `matrix` says which of a circuit's matrices it is."""
    if needed <= LITTLE:
        return
    free = free_memory()
    if needed > free:
        amounts = {"needed": _in_words(needed), "free": _in_words(free)}
        raise fail(code, None, circuit=circuit.name, qubits=circuit.width, matrix=matrix, **amounts)


def free_memory() -> int:
    """Bytes available without swapping, and within a container's limit; unknown counts as 8 GiB."""
    free = 8 << 30
    with suppress(OSError, ValueError, AttributeError):  # half of it all: macOS does not report free memory
        free = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    with suppress(OSError, ValueError, KeyError):
        free = 1024 * _figures("/proc/meminfo")["MemAvailable:"]
    for folder, limit, used in _CONTAINER:
        with suppress(OSError, ValueError, KeyError):
            allowed = int(Path(folder, limit).read_text("ascii"))
            free = min(free, max(0, allowed - _figures(f"{folder}/memory.stat")[used]))
    return free


_CONTAINER = (
    ("/sys/fs/cgroup", "memory.max", "anon"),
    ("/sys/fs/cgroup/memory", "memory.limit_in_bytes", "total_rss"),
)
"""Files in which Linux reports a container's memory: folder, limit, use; control groups 2 and 1."""


def _figures(path: str) -> dict[str, int]:
    """The kernel's tables: a name and a number a line."""
    lines = (line.split() for line in Path(path).read_text("ascii").splitlines())
    return {words[0]: int(words[1]) for words in lines if len(words) > 1}


def _in_words(size: int) -> str:
    """Bytes for people, in powers of 1024."""
    amount, unit = float(size), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        if amount < 1024 or unit == "EiB":
            break
        amount /= 1024
    return f"{amount:,.1f} {unit}"
