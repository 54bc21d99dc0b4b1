"""Keeps times and memory of commands in `results.jsonl`, a line of JSON for each verb, shape and number of gates."""

from __future__ import annotations

import platform
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from tests.bench import rows
from tests.bench.fair.table import OWN
from tests.bench.growth.runs import run
from tests.bench.growth.shapes import SHORT
from tests.bench.growth.verbs import VERBS
from tests.bench.peers.table import source_hash
from tests.bench.rows import Row

FILE = Path(__file__).with_name("results.jsonl")

SIZES = (100, 1_000, 10_000, 100_000)
"""Gates. The first says how long it takes to start."""

LARGEST = 1_000_000
"""Gates of one more size, for the shapes of which so many fit in a source."""

LIMIT = 300
"""Seconds of the processor for a command."""


def load(file: Path = FILE) -> list[Row]:
    """The latest row of each verb, shape and size, in the order of the verbs."""
    order = {verb: number for number, verb in enumerate(VERBS)}
    return sorted(rows.load(file, _kind), key=lambda row: (order[row["verb"]], row["shape"], row["gates"]))


def _kind(row: Row) -> tuple[str, str, int]:
    return row["verb"], row["shape"], row["gates"]


def measure(verbs: Iterable[str], shapes: Iterable[str], sizes: Iterable[int]) -> None:
    """Takes the measurements missing for this version; no larger size than one that ran out of time.

    Without `sizes` those that each shape can have.
    """
    version = f"{OWN} {metadata.version(OWN)} {source_hash()}"  # commands run all of the package
    known = {_kind(row): row for row in load() if row["version"] == version}
    with tempfile.TemporaryDirectory() as name:
        for verb in verbs:
            for shape in (shape for shape in VERBS[verb][1] if shape in shapes):
                for count in sizes or (*SIZES, *[LARGEST] * (shape in SHORT)):
                    row = known.get((verb, shape, count)) or _measured(verb, shape, count, version, Path(name))
                    if row["code"] < 0:
                        break
    rows.rewrite(load(), FILE)


def _measured(verb: str, shape: str, count: int, version: str, folder: Path) -> Row:
    found = run(verb, shape, count, folder, LIMIT)
    row: Row = {"verb": verb, "shape": shape, "gates": count, "version": version}
    row |= {"date": rows.today(), "machine": platform.machine()}
    row |= {"cpu_s": round(found.seconds, 3), "mb": round(found.megabytes), "code": found.code}
    rows.save(row, FILE)
    print(
        f"{verb:18} {shape:12} {count:9,} {found.seconds:8.2f} s {found.megabytes:6.0f} MB", file=sys.stderr, flush=True
    )
    return row
