"""Tables for the terminal: columns, and what a compilation changed.

Texts, circuits and reports come in, lines go out. Nothing is measured here but by passes/cost.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ionqdsl.circuit import Circuit
from ionqdsl.passes.cost import cost_of

if TYPE_CHECKING:
    from ionqdsl.passes import Report


def columns(heads: Sequence[str], rows: Iterable[Sequence[str]], left: int) -> list[str]:
    """Lines of a table; the first `left` columns stand to the left, the others (numbers) to the right."""
    table = [tuple(heads), *map(tuple, rows)]
    widths = [max(len(row[index]) for row in table) for index in range(len(heads))]
    return [
        "  ".join(
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]


def comparison(before: Sequence[Circuit], reports: Sequence[Report], after: Sequence[Circuit]) -> str:
    """What compilation made of each circuit."""
    rows = []
    for old, report, new in zip(before, reports, after, strict=True):
        was, now = cost_of(old), cost_of(new)
        numbers = [(len(old), len(new)), *((getattr(was, key), getattr(now, key)) for key in _COSTS)]
        rows.append((new.name, report.target, f"-O{report.level}", *(f"{a} -> {b}" for a, b in numbers)))
    heads = ("circuit", "target", "level", "gates", "entanglers", "pulses", "entangler depth")
    return "\n".join(columns(heads, rows, left=3))


_COSTS = ("entanglers", "pulses", "depth")


def passes(reports: Sequence[Report]) -> str:
    """What each pass changed, a table a circuit."""
    parts = []
    for report in reports:
        rows = [
            (
                step.name,
                f"{step.rows[0]} -> {step.rows[1]}",
                *(f"{getattr(step.before, key)} -> {getattr(step.after, key)}" for key in _COSTS),
                "" if step.kept else "dearer, not kept",
            )
            for step in report.passes
        ]
        heads = ("pass", "gates", "entanglers", "pulses", "entangler depth", "")
        parts.append("\n".join([f"{report.circuit} for {report.target}", *columns(heads, rows, left=1)]))
    return "\n\n".join(parts)


def verdicts(reports: Sequence[Report]) -> str:
    """What `--verify` found, a line a circuit."""
    found = [(report.circuit, report.verdict) for report in reports if report.verdict is not None]
    return "\n".join(
        f"{name}: {'equal' if verdict else 'not judged'}, {verdict.checked}"
        + (f"; not checked: {verdict.unchecked}" if verdict.unchecked else "")
        for name, verdict in found
    )


def reports_json(reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Reports as plain data."""
    return [
        {
            "circuit": report.circuit,
            "target": report.target,
            "level": report.level,
            "passes": [
                {
                    "name": step.name,
                    "gates": list(step.rows),
                    **{key: [getattr(step.before, key), getattr(step.after, key)] for key in _COSTS},
                    "kept": step.kept,
                }
                for step in report.passes
            ],
            "verified": None if report.verdict is None else report.verdict.equal,
        }
        for report in reports
    ]
