"""What was measured, kept: one line of JSON a measurement in `results.jsonl`, the latest of a key counts.

A key is the compiler with its setting and target, its version, and the circuit's text; a change of any of them makes a
new measurement, everything else is taken from the file.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import corpus
from tests.bench.peers import families
from tests.bench.peers.table import PEERS, Peer, version
from tests.bench.peers.worker import CHECK_SECONDS

FILE = Path(__file__).with_name("results.jsonl")

ROOT = Path(__file__).parents[3]

Row = dict[str, Any]


def circuits() -> dict[str, str]:
    """Texts by name: the published circuits where they are there, then the project's own, short ones first."""
    published = {name: (corpus.FOLDER / f"{name}.qasm").read_text() for name in corpus.names()}
    own = {f"own/{name}": families.text(name) for name in families.names()}
    return dict(sorted({**published, **own}.items(), key=lambda item: item[1].count("\n")))


def key_of(peer: Peer, text: str) -> str:
    """What a measurement is of."""
    return f"{peer.key} {version(peer)} {hash_of(text)}"


def hash_of(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def load(file: Path = FILE) -> dict[str, Row]:
    """All rows of the file by key, in the order they were measured."""
    found: dict[str, Row] = {}
    for line in file.read_text().splitlines() if file.exists() else []:
        row = json.loads(line)
        key = f"{row['peer']} {row['version']} {row['hash']}"
        found.pop(key, None)  # measured again: what came between is older now
        found[key] = row
    return found


def save(row: Row, file: Path = FILE) -> None:
    """Adds a row."""
    with file.open("a") as stream:
        stream.write(json.dumps(row, separators=(",", ":")) + "\n")


def compact(file: Path = FILE) -> None:
    """Leaves the latest row of every compiler and circuit, in a settled order."""
    latest = {(row["peer"], row["circuit"]): row for row in load(file).values()}
    lines = [json.dumps(latest[key], separators=(",", ":")) for key in sorted(latest)]
    file.write_text("".join(f"{line}\n" for line in lines))


def measure(peer: Peer, name: str, text: str, seconds: float, is_checked: bool = True) -> Row:
    """Runs a compiler on a circuit in a process of its own; a failure is a row too."""
    row: Row = {"circuit": name, "peer": peer.key, "version": version(peer), "hash": hash_of(text)}
    row["date"] = datetime.now(UTC).strftime("%Y-%m-%d")
    words = [peer.key, str(seconds), str(time.time()), "check" if is_checked else "plain"]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.peers.worker", *words],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        out, errors = process.communicate(text, timeout=4 * seconds + 2 * CHECK_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        out, errors = process.communicate()
    for line in out.splitlines():
        if line.startswith("{"):
            row |= json.loads(line)
    if "counts" not in row:
        row["failure"] = failure(process.returncode, errors, seconds)
    return row


def failure(status: int, errors: str, seconds: float) -> str:
    """Why a process ended without a result: the limit, another signal, or the last line of what it said."""
    if status in (-signal.SIGPROF, -signal.SIGALRM, -signal.SIGKILL):
        return f"more than {seconds:g} s"
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return (errors.strip().splitlines() or ["no output"])[-1][:200]


def wanted(only: Iterable[str], peers: Iterable[str]) -> Iterator[tuple[Peer, str, str]]:
    """What is to be measured: circuits and compilers whose name or key begins so; all, where none is given."""
    for name, text in circuits().items():
        for peer in PEERS.values():
            is_asked_for = peer.key.startswith(tuple(peers)) if peers else True
            if is_asked_for and (not only or name.startswith(tuple(only))) and _may_run(peer, peers):
                yield peer, name, text


def _may_run(peer: Peer, peers: Iterable[str]) -> bool:
    """Long settings run only when asked for by name."""
    return peer.setting not in LONG or any(peer.setting in wanted for wanted in peers)


LONG = ("O3 effort 60",)
"""Settings that take a minute a circuit."""
