"""Keeps measurements under equal terms in `results.jsonl`, a line of JSON each; the latest of its kind counts.

A process compiles one circuit with all settings of one framework that are not on file yet, and prints a line for each.
If a compiler exceeds its time, the operating system ends the process: that is a result too, and the next process goes
on with the rest. So a run that is broken off goes on where it stopped.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.bench import corpus, rows
from tests.bench.fair import summary
from tests.bench.fair.circuits import circuits
from tests.bench.fair.table import SETTINGS, Setting, own
from tests.bench.rows import Row, hash_of

FILE = Path(__file__).with_name("results.jsonl")

SECONDS = 30
"""Of the processor, for each compilation. BQSKit has processes of its own, which take as long by the clock."""

CHECK_SECONDS = 1200
"""For checking a result; the distance of a wide approximation takes minutes."""


def load(file: Path = FILE) -> list[Row]:
    """The latest rows."""
    return rows.load(file, _kind)


def _kind(row: Row) -> tuple[str, str]:
    return row["circuit"], row["setting"]


def measure(only: Iterable[str], compilers: Iterable[str], seconds: float) -> None:
    """Takes the measurements missing for these versions and texts; circuits and compilers whose names begin so."""
    known = {_kind(row): (row["version"], row["hash"]) for row in load()}
    wanted = [each for each in SETTINGS.values() if not compilers or each.name.startswith(tuple(compilers))]
    settings = [each for each in wanted if each.is_installed]
    for name in sorted({each.name for each in wanted} - {each.name for each in settings}):
        print(f"{name} is not installed", file=sys.stderr)
    for name, text in circuits().items():
        if only and not name.startswith(tuple(only)):
            continue
        width = corpus.read(text).width
        missing = [
            setting
            for setting in settings
            if known.get((name, setting.key)) != (setting.version, hash_of(text)) and width <= setting.widest
        ]
        for _, each in groupby(missing, key=lambda setting: setting.compiler):
            _run(name, text, list(each), seconds)
    compact()


def measure_approximations(seconds: float) -> None:
    """For each result of others that is not exact, our cheapest that is no further from its source."""
    latest = load()
    known = {_kind(row): (row["version"], row["approx"]) for row in latest if "approx" in row}
    for row in summary.table(latest).inexact():
        name, setting, error = row["circuit"], SETTINGS[row["setting"]], summary.error(row)
        ours = SETTINGS[own(setting.contract)]
        text = circuits().get(name)
        if text is None or error > summary.LARGEST or known.get((name, f"as {setting.key}")) == (ours.version, error):
            continue
        found, why = _process(text, [f"{ours.key}@{error!r}"], seconds)
        answer = found[0] if found else {"failure": why}
        _save(name, text, f"as {setting.key}", ours.version, {"approx": error, **answer})
    compact()


def compact(file: Path = FILE) -> None:
    """Leaves the latest row of every setting and circuit, in a settled order."""
    rows.rewrite(sorted(load(file), key=_kind), file)


def _run(name: str, text: str, settings: list[Setting], seconds: float) -> None:
    while settings:
        found, why = _process(text, [setting.key for setting in settings], seconds)
        for setting, answer in zip(settings, found, strict=False):
            _save(name, text, setting.key, setting.version, answer)
        done = len(found)
        if done < len(settings):
            _save(name, text, settings[done].key, settings[done].version, {"failure": why})
            done += 1
        settings = settings[done:]


def _process(text: str, keys: list[str], seconds: float) -> tuple[list[Row], str]:
    """The answers that a process gave, and why it gave no more."""
    timeout = (3 * seconds + CHECK_SECONDS) * len(keys)
    return rows.answers("tests.bench.fair.worker", [str(seconds), *keys], text, seconds, timeout)


def _save(name: str, text: str, key: str, version: str, answer: dict[str, Any]) -> None:
    row = {"circuit": name, "setting": key, "version": version, "hash": hash_of(text), "date": rows.today(), **answer}
    rows.save(row, FILE)
    said = row.get("failure") or f"{row['counts']} {row['cpu_s']:.2f} s {row.get('deviation', '')}"
    print(f"{name:28} {key:28} {said}", file=sys.stderr, flush=True)
