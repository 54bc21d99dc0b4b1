"""The part of docs/benchmarks.md about large programs, made from results.jsonl and nothing else."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from tests.bench.fair.page import MISSING, markdown
from tests.bench.rows import Row

LEAST = 0.1
"""Seconds above the start that a time must have to say how it grows."""

Sizes = dict[int, Row]


def section(rows: Iterable[Row]) -> str:
    """A table for each version that was measured, or a line if nothing was."""
    versions: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        versions[row["version"]].append(row)
    return "\n".join(map(_table, versions.values())) or "Not measured yet.\n"


def _table(rows: list[Row]) -> str:
    """Rows of one version."""
    found: dict[tuple[str, str], Sizes] = defaultdict(dict)
    for row in rows:
        found[row["verb"], row["shape"]][row["gates"]] = row
    measured = sorted({row["gates"] for row in rows})
    head = ("command", "program", *(f"{size:,}" for size in measured), "exponent", "MB")
    lines = [
        (f"`{verb}`", shape, *(_seconds(sizes.get(size)) for size in measured), _shown(sizes), f"{_most(sizes)}")
        for (verb, shape), sizes in found.items()
    ]
    machines, dates = (", ".join(sorted({row[key] for row in rows})) for key in ("machine", "date"))
    return f"{markdown(head, lines)}\nMeasured with {rows[0]['version']} on {machines}, {dates}.\n"


def exponent(sizes: Sizes) -> float | None:
    """The power of the gates with which the time grows between the two largest programs, without the time to start."""
    done = [size for size in sorted(sizes) if sizes[size]["code"] >= 0]
    if len(done) < 3:
        return None
    start, middle, large = done[0], *done[-2:]
    times = [sizes[size]["cpu_s"] - sizes[start]["cpu_s"] for size in (middle, large)]
    return math.log(times[1] / times[0]) / math.log(large / middle) if min(times) >= LEAST else None


def _shown(sizes: Sizes) -> str:
    power = exponent(sizes)
    return MISSING if power is None else f"{power:.1f}"


def _seconds(row: Row | None) -> str:
    if row is None:
        return MISSING
    if row["code"] < 0:
        return f"over {row['cpu_s']:.0f}"
    return f"{row['cpu_s']:.2g}" if row["cpu_s"] < 99.5 else f"{row['cpu_s']:.0f}"


def _most(sizes: Sizes) -> int:
    return max(row["mb"] for row in sizes.values())
