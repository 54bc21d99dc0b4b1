"""Keeps measured rows, a line of JSON each, of which the latest of a kind counts, and runs the measurements."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]

Row = dict[str, Any]


def load(file: Path, kind: Callable[[Row], Any]) -> list[Row]:
    """The latest row of each kind, in the order in which they were measured."""
    found: dict[Any, Row] = {}
    for line in file.read_text().splitlines() if file.exists() else []:
        row = json.loads(line)
        found.pop(kind(row), None)  # measured again: rows between are older now
        found[kind(row)] = row
    return list(found.values())


def save(row: Row, file: Path) -> None:
    """Adds a row."""
    with file.open("a") as stream:
        stream.write(_line(row))


def rewrite(rows: Iterable[Row], file: Path) -> None:
    """Makes these the rows of a file."""
    file.write_text("".join(map(_line, rows)))


def _line(row: Row) -> str:
    return json.dumps(row, separators=(",", ":")) + "\n"


def hash_of(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def today() -> str:
    """The date of a row."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def answers(module: str, words: Iterable[str], text: str, limit: float, timeout: float) -> tuple[list[Row], str]:
    """The lines of JSON that a module prints about a text in a process of its own, and why it printed no more.

    `limit` is the module's own limit in seconds of the processor; after `timeout` seconds the process ends, and
    those that it started.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", module, *words],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, errors = process.communicate(text, timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, errors = process.communicate()
    found = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return found, failure(process.returncode, errors, limit)


def failure(status: int, errors: str, seconds: float) -> str:
    """Why a process ended without a result: the limit, another signal, or the last line of its errors."""
    if status in (-signal.SIGPROF, -signal.SIGALRM, -signal.SIGKILL):
        return f"more than {seconds:g} s"
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return (errors.strip().splitlines() or ["no output"])[-1][:200]
