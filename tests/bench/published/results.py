"""Keeps counts of this project and of published outputs in `results.jsonl`, a line of JSON each."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from ionqdsl.ir.circuit import FlatCircuit
from tests.bench import corpus, rows
from tests.bench.fair.table import OWN, SETTINGS
from tests.bench.peers.equality import deviations
from tests.bench.peers.with_ionqdsl import compiled
from tests.bench.published import circuits
from tests.bench.rows import Row, hash_of

FILE = Path(__file__).with_name("results.jsonl")

EFFORT = 10.0
"""Seconds, at level 3."""

LEVELS = (2, 3)


def load(file: Path = FILE) -> list[Row]:
    """The rows, the latest of each circuit, spelling and level."""
    return rows.load(file, _kind)


def _kind(row: Row) -> tuple[str, str, int]:
    return row["circuit"], row["gates"], row["level"]


def measure(names: tuple[str, ...], levels: tuple[int, ...]) -> None:
    """Takes the measurements missing for this version and these texts."""
    version = SETTINGS[f"{OWN}-O2/unitary"].version
    known = {_kind(row): (row["version"], row["hash"]) for row in load()}
    for name in names:
        published = circuits.two_qubit_gates(circuits.published(name))
        for gates in circuits.SPELLINGS:
            text = circuits.spelling(name, gates)
            for level in levels:
                if known.get((name, gates, level)) == (version, hash_of(text)):
                    continue
                row = {"circuit": name, "gates": gates, "level": level, "version": version, "hash": hash_of(text)}
                row |= {"date": rows.today(), "published": published, **_counts(text, level)}
                rows.save(row, FILE)
                print(f"{name:16} {gates:9} -O{level} {row['ours']} of {published}", file=sys.stderr, flush=True)
    order = {name: number for number, name in enumerate(circuits.NAMES)}
    rows.rewrite(sorted(load(), key=lambda row: (order[row["circuit"]], row["gates"], row["level"])), FILE)


def _counts(text: str, level: int) -> dict[str, Any]:
    """The two-qubit gates under the contract `unitary`, processor seconds, and the distance from the source."""
    source = corpus.read(text)
    start = time.process_time()
    result, _ = compiled(source, "forte", level, "unitary", EFFORT)
    counts: dict[str, Any] = {
        "qubits": source.width,
        "ours": sum(len(op.qubits) == 2 for op in result.rows),
        "cpu_s": round(time.process_time() - start, 2),
    }
    found = deviations(source, FlatCircuit(source.width, rows=result.rows), None, ("unitary",))
    return counts | ({"deviation": float(f"{found['unitary']:.2g}")} if found else {})
