"""docs/benchmarks.md, made from results and nothing else.

Rows of results.jsonl and timing.json go into the places of page.md. Every number on the page stands in those files or
is a mean of them; nothing is measured here.
"""

from __future__ import annotations

import math
import os
import platform
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

from tests.bench.fair import page as fair
from tests.bench.fair import results as fair_results
from tests.bench.fair.page import MISSING, markdown
from tests.bench.growth import page as growth
from tests.bench.growth import results as growth_results
from tests.bench.peers import results, timing
from tests.bench.peers.counting import Count
from tests.bench.peers.summary import (
    GOALS,
    TARGETS,
    Row,
    Table,
    common,
    fault,
    geo_mean,
    is_ours,
    ratios,
    table,
    values,
)
from tests.bench.peers.table import MEANINGS
from tests.bench.published import page as published
from tests.bench.published import results as published_results
from tests.bench.rows import ROOT

PAGE = ROOT / "docs" / "benchmarks.md"
TEMPLATE = Path(__file__).with_name("page.md")

MEANS = ("compiler", "two_qubit_gates", "angle", "depth", "emitted", "merged", "compile s", "wall s", "process s", "MB")


def write(file: Path = PAGE) -> None:
    """Writes the page from the results on file."""
    rows = list(results.load().values())
    made = text(rows, timing.load(), fair_results.load(), published_results.load(), growth_results.load())
    file.write_text(made, encoding="utf-8")


def text(
    rows: list[Row],
    times: dict[str, Any],
    equal_terms: Iterable[Row] = (),
    from_papers: Iterable[Row] = (),
    of_sizes: Iterable[Row] = (),
) -> str:
    """The whole page; `equal_terms` are rows of the comparison contract by contract, `from_papers` those of papers, and
    `of_sizes` those of large programs."""
    tab = table(rows)
    rows = [row for peers in tab.rows.values() for row in peers.values()]  # without rows measured again
    circuits = tab.circuits(is_own=False) or tab.circuits(is_own=True)
    faults = [(row["peer"], row["circuit"], said.replace("|", "\\|")) for row in rows if (said := fault(row))]
    checked = sum(bool(row.get("deviations")) for row in rows)
    return Template(TEMPLATE.read_text()).substitute(
        fair=fair.section(equal_terms),
        published=published.section(from_papers),
        growth=growth.section(of_sizes),
        goals=_lines((goal.what, goal.aim, goal.measured(tab, circuits, times)) for goal in GOALS),
        machine=_MACHINE,
        versions=_lines(_versions(rows)),
        results="\n".join(_results(tab, title, is_own) for title, is_own in _SETS if tab.circuits(is_own)),
        times=_times(times) if times else "Not measured yet.",
        count=f"{len(rows)} compilations, {checked} of them checked by simulation, {len(faults)} in this list.",
        faults=_lines(sorted(faults)),
    )


_MACHINE = f"{platform.system()} on {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}."

_SETS = (("Published circuits", False), ("Families made by the project", True))


def _lines(rows: Iterable[Iterable[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _versions(rows: list[Row]) -> Iterable[tuple[str, ...]]:
    found, dates = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for row in rows:
        setting = row["peer"].rpartition("/")[0]
        found[setting].add(row["version"])
        dates[setting].add(row["date"])
    for setting, meaning in MEANINGS.items():
        if days := dates[setting]:
            yield setting, meaning, ", ".join(sorted(found[setting])), " to ".join(sorted({min(days), max(days)}))


def _results(tab: Table, title: str, is_own: bool) -> str:
    circuits = tab.circuits(is_own)
    parts = [f"## {title}\n"]
    for target in TARGETS:
        shared, means = _means(tab, circuits, target)
        parts.append(f"### Means, {target}\n")
        parts.append(f"Against the best peer of each circuit, over the {shared} circuits on which all are exact.\n")
        parts.append(markdown(MEANS, means))
    for target in TARGETS:
        parts.append(f"### Circuit by circuit, {target}: two-qubit gates / pulses\n")
        parts.append(
            "Pulses of others after merging, ours as emitted. The best peer is named for its two-qubit gates.\n"
        )
        parts.append(_circuits(tab, circuits, target))
    return "\n".join(parts)


def _means(tab: Table, circuits: list[str], target: str) -> tuple[int, list[list[str]]]:
    """Ratios to the best peer, and geometric means of times and memory."""
    settings = [setting for setting in MEANINGS if any(tab.count(c, setting, target) for c in circuits)]
    shared = common(tab, circuits, [s for s in settings if s not in _PARTIAL], target)
    rows = []
    for setting in settings:
        cells = [setting]
        for measure in ("two_qubit_gates", "angle", "depth", "emitted", "pulses"):
            against = "pulses" if measure == "emitted" else measure
            cells.append(_number(geo_mean(ratios(tab, shared, setting, target, against, ours=measure).values())))
        has_own = any(f"{setting}/{target}" in tab.rows[circuit] for circuit in circuits)
        key = f"{setting}/{target}" if has_own else f"{setting}/forte"
        for field in ("cpu_s", "wall_s", "process_s", "memory_mb"):
            cells.append(_number(geo_mean(max(value, 1e-4) for value in values(tab, shared, key, field))))
        rows.append(cells)
    return len(shared), rows


_PARTIAL = ("ionqdsl/O3 effort 60",)
"""Settings that may be missing on some circuits without taking those from everybody's mean."""


def _number(value: float) -> str:
    if math.isnan(value):
        return MISSING
    return f"{value:.0f}" if value >= 100 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def _circuits(tab: Table, circuits: list[str], target: str) -> str:
    settings = [s for s in MEANINGS if any(tab.count(circuit, s, target) for circuit in circuits)]
    rows = []
    for circuit in circuits:
        (least, who), (pulses, _) = (
            tab.best(circuit, m, target) or (math.nan, "") for m in ("two_qubit_gates", "pulses")
        )
        cells = [circuit.removeprefix("own/"), f"{least:.0f} / {pulses:.0f} {who}" if who else MISSING]
        for setting in settings:
            count = tab.count(circuit, setting, target)
            cells.append(_pair(count, setting) if count else MISSING)
        rows.append(cells)
    return markdown(("circuit", "best peer", *settings), rows)


def _pair(count: Count, setting: str) -> str:
    return f"{count.two_qubit_gates} / {count.emitted if is_ours(setting) else count.pulses}"


def _times(times: dict[str, Any]) -> str:
    keys = list(times["versions"])
    names = [key.rpartition("/")[0] for key in keys]
    rows = []
    for circuit, found in times["compile"].items():
        whole = times["process"].get(circuit, {})
        seconds = [found.get(key, math.nan) for key in keys]
        seconds += [whole.get(key, {}).get("cpu_s", math.nan) for key in keys[:2]]
        rows.append((circuit, *map(_number, seconds)))
    bind = times["bindings"]
    return (
        f"Processor seconds for forte, taken in one run on {times['date']}, turn and turn about: medians of "
        f"{timing.ROUNDS} rounds for the first two, one round for the others.\n*Process*: from starting Python to a "
        "written file, `ionqdsl compile -O2` reading `.qc` and a script of Qiskit's reading and writing OpenQASM 2.\n\n"
        + markdown(("circuit", *names, *(f"process, {name}" for name in names[:2])), rows)
        + f"\nAn ansatz of {bind['gates']} gates at {timing.POINTS:,} points: the table of all angles takes "
        f"{bind['table_s']:.3f} s, all bound circuits {bind['circuits_s']:.2f} s, compiling each point "
        f"{bind['recompiling_s']:.1f} s."
    )
