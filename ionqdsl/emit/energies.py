"""Writes energies for people and as tables: values with their errors, and the bases they were measured in.

Takes pairs of a name and an `Expectation` and returns text. outcomes.py lays out tables.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from ionqdsl.emit.outcomes import aligned, separated
from ionqdsl.ir.operators import spelling
from ionqdsl.simulation.observables import Expectation

Named = tuple[str, Expectation]

_HEADS = ("energy", "value", "error", "shots")
_GROUP_HEADS = ("basis", "shots", "value", "error", "terms")
_SHOWN = 6
"""Most terms of a group in a table for people."""


def text(energies: Sequence[Named]) -> str:
    """A line for each energy; a single one that was measured also has a line for each basis."""
    lines = [f"{name} {_shown(energy)}" for name, energy in energies]
    measured = [energy for _, energy in energies if shots_of(energy) is not None]
    if len(energies) == 1 and measured:
        rows = [
            (
                group.basis or f"entangled, {group.two_qubit_gates} two-qubit",
                str(group.shots),
                f"{group.value:.6g}",
                "" if group.error is None else f"{group.error:.2g}",
                _terms(group.terms),
            )
            for group in measured[0].groups
        ]
        lines += ["", aligned(_GROUP_HEADS, rows)]
    return "\n".join(lines)


def _shown(energy: Expectation) -> str:
    shots = shots_of(energy)
    if shots is None:
        return f"{energy.value:.12g}   exact"
    error = "" if energy.error is None else f" ± {energy.error:.2g}"
    count = len(energy.groups)
    return f"{energy.value:.6g}{error}   {shots} shots in {count} {'basis' if count == 1 else 'bases'}"


def _terms(terms: Sequence[tuple[Any, float]]) -> str:
    shown = [spelling(product) for product, _ in terms[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(terms) - _SHOWN} more" if len(terms) > _SHOWN else "")


def shots_of(energy: Expectation) -> int | None:
    """The shots of all groups, None if it is exact."""
    shots = [group.shots for group in energy.groups if group.shots is not None]
    return sum(shots) if shots else None


def as_json(energies: Sequence[Named]) -> list[dict[str, Any]]:
    """Plain data, one block for each energy."""
    return [
        {
            "name": name,
            **energy.to_json(),
            "shots": shots_of(energy),
            "groups": [group.to_json() for group in energy.groups],
        }
        for name, energy in energies
    ]


def _rows(energies: Sequence[Named]) -> list[tuple[str, ...]]:
    return [
        (name, *("" if x is None else f"{x:.12g}" for x in (energy.value, energy.error, shots_of(energy))))
        for name, energy in energies
    ]


FORMATS: dict[str, Callable[[Sequence[Named]], str]] = {
    "histogram": text,
    "table": lambda energies: aligned(_HEADS, _rows(energies)),
    "csv": lambda energies: separated(_HEADS, _rows(energies)),
    "json": lambda energies: json.dumps(as_json(energies), indent=2, ensure_ascii=False, allow_nan=False),
}
"""Formats of `--format`; the first is the default."""
