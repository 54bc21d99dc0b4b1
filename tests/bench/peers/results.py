"""Keeps measurements: one line of JSON each in `results.jsonl`, the latest of a key counts.

A key is the compiler with its setting and target, its version, and the circuit's text; a change of any of them makes a
new measurement, everything else is taken from the file.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench import corpus, rows
from tests.bench.peers import families
from tests.bench.peers.table import PEERS, Peer, version
from tests.bench.peers.worker import CHECK_SECONDS
from tests.bench.rows import Row, hash_of

FILE = Path(__file__).with_name("results.jsonl")


def circuits() -> dict[str, str]:
    """Texts by name: the published circuits where they are there, then the project's own, short ones first."""
    published = {name: (corpus.FOLDER / f"{name}.qasm").read_text() for name in corpus.names()}
    own = {f"own/{name}": families.text(name) for name in families.names()}
    return dict(sorted({**published, **own}.items(), key=lambda item: item[1].count("\n")))


def key_of(peer: Peer, text: str) -> str:
    """The key of a measurement."""
    return f"{peer.key} {version(peer)} {hash_of(text)}"


def load(file: Path = FILE) -> dict[str, Row]:
    """All rows of the file by key, in the order they were measured."""
    return {_key(row): row for row in rows.load(file, _key)}


def _key(row: Row) -> str:
    return f"{row['peer']} {row['version']} {row['hash']}"


def compact(file: Path = FILE) -> None:
    """Leaves the latest row of every compiler and circuit, in a settled order."""
    latest = rows.load(file, lambda row: (row["peer"], row["circuit"]))
    rows.rewrite(sorted(latest, key=lambda row: (row["peer"], row["circuit"])), file)


def measure(peer: Peer, name: str, text: str, seconds: float, is_checked: bool = True) -> Row:
    """Runs a compiler on a circuit in a process of its own; a failure is a row too."""
    row: Row = {"circuit": name, "peer": peer.key, "version": version(peer), "hash": hash_of(text)}
    row["date"] = rows.today()
    words = [peer.key, str(seconds), str(time.time()), "check" if is_checked else "plain"]
    timeout = 4 * seconds + 2 * CHECK_SECONDS
    found, why = rows.answers("tests.bench.peers.worker", words, text, seconds, timeout)
    for part in found:
        row |= part
    return row if "counts" in row else row | {"failure": why}


def wanted(only: Iterable[str], peers: Iterable[str]) -> Iterator[tuple[Peer, str, str]]:
    """The wanted measurements: circuits and compilers whose name or key begins so; all, where none is given."""
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
