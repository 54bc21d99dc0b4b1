"""The part of docs/benchmarks.md about published results, made from results.jsonl and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tests.bench.fair.page import MISSING, markdown
from tests.bench.published.circuits import NAMES, PUBLISHED, SPELLINGS
from tests.bench.published.results import LEVELS
from tests.bench.rows import Row


def section(rows: Iterable[Row]) -> str:
    """The table, or a line if nothing was measured."""
    found: dict[str, dict[tuple[str, int], Row]] = defaultdict(dict)
    for row in rows:
        found[row["circuit"]][row["gates"], row["level"]] = row
    if not found:
        return "Not measured yet.\n"
    settings = [(gates, level) for level in LEVELS for gates in SPELLINGS]
    lines = []
    for name in (name for name in NAMES if name in found):
        first = next(iter(found[name].values()))
        ours = [found[name].get(setting) for setting in settings]
        cells = [MISSING if row is None else f"{row['ours']}" for row in ours]
        lines.append((name, str(first["qubits"]), str(first["published"]), *cells))
    head = ("circuit", "qubits", "published", *(f"`-O{level}` from {{{gates}}}" for gates, level in settings))
    return f"{_summary(found)}\n\n{markdown(head, lines)}\n{_sources(found)}\n"


def _summary(found: dict[str, dict[tuple[str, int], Row]]) -> str:
    measured = [row for settings in found.values() for row in settings.values()]
    more = sorted({row["circuit"] for row in measured if row["ours"] > row["published"]})
    said = f"more on {', '.join(more)}" if more else "more on none"
    checked = [row["deviation"] for row in measured if "deviation" in row]
    return (
        f"{len(measured)} compilations of {len(found)} circuits under `unitary`, {said}; {len(checked)} of them, those "
        f"of up to 18 qubits, compared with their source by simulation: {max(checked, default=0):.0e} away at most."
    )


def _sources(found: dict[str, dict[tuple[str, int], Row]]) -> str:
    rows = [row for settings in found.values() for row in settings.values()]
    versions = ", ".join(sorted({row["version"] for row in rows}))
    named = {"published outputs": PUBLISHED, **{f"{{{gates}}}": source for gates, source in SPELLINGS.items()}}
    lines = [f"{what}: `{each.repository}`, commit `{each.commit[:12]}`, `{each.path}`" for what, each in named.items()]
    return f"Measured with {versions}. Sources, counted here:\n\n" + "\n".join(f"- {line}" for line in lines)
