"""Works out, contract by contract, how this project compares with the best result of the others.

Rows of results.jsonl go in. A peer's result counts under its own contract and under weaker ones; if it is further than
`EXACT` says from its source, it counts nowhere and is compared apart, with as large an error of our own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ionqdsl.ir.rounding import ROUNDING
from tests.bench.fair.circuits import is_held_out, is_of_suite
from tests.bench.fair.table import CONTRACTS, OWN, SETTINGS, Setting, own, valid_under
from tests.bench.peers.counting import Count
from tests.bench.peers.summary import geo_mean
from tests.bench.rows import Row

EXACT = dict.fromkeys(CONTRACTS, ROUNDING) | {"outcomes": 1e-10}
"""A larger distance is an approximation that nobody asked for; rounding stays far below.

As much as our own compiler may neglect. Of distributions less: they change by the square of the change of a state.
"""

LARGEST = 1e-2
"""A larger distance is a wrong result and no approximation."""


class Pair(NamedTuple):
    """A value of ours, the best of the others, and the setting that reached it."""

    ours: float
    best: float
    who: str


class Standing(NamedTuple):
    """Over some circuits: how many, the geometric mean of the ratios, and on how many ours has fewer, as many, more.

    The mean leaves out circuits on which a side has none; `empty` and `others_empty` are how many these are.
    """

    circuits: int
    mean: float
    fewer: int
    same: int
    more: int
    empty: int
    others_empty: int


@dataclass(frozen=True)
class Table:
    """Rows by circuit and setting."""

    rows: dict[str, dict[str, Row]]

    def circuits(self, held_out: bool, of_suite: bool = False) -> list[str]:
        """The circuits that may be looked at, or the others; those of the suite or the others."""
        return sorted(name for name in self.rows if is_held_out(name) == held_out and is_of_suite(name) == of_suite)

    def count(self, circuit: str, key: str, machine: str = "forte") -> Count | None:
        """An exact result."""
        row = self.rows[circuit].get(key)
        return Count(*row["counts"][machine]) if row is not None and is_exact(row) else None

    def pair(
        self, circuit: str, contract: str, measure: str = "two_qubit_gates", machine: str = "forte", level: int = 2
    ) -> Pair | None:
        """Ours at a level and the best under a contract; None if one side has no exact result."""
        ours = self.count(circuit, own(contract, level), machine)
        others = [
            (float(getattr(count, measure)), setting.key)
            for setting in valid_under(contract)
            if (count := self.count(circuit, setting.key, machine)) is not None
        ]
        return Pair(getattr(ours, measure), *min(others)) if ours is not None and others else None

    def pairs(self, circuits: Iterable[str], contract: str, **which: Any) -> dict[str, Pair]:
        """The circuits on which both sides have a result; `which` are arguments of `pair`."""
        found = {circuit: self.pair(circuit, contract, **which) for circuit in circuits}
        return {circuit: pair for circuit, pair in found.items() if pair is not None}

    def standing(self, circuits: Iterable[str], contract: str, **which: Any) -> Standing:
        """The standing over the pairs of these circuits."""
        return standing(self.pairs(circuits, contract, **which).values())

    def against(self, setting: Setting, circuits: Iterable[str]) -> Standing:
        """Our two-qubit gates against one setting, under its own contract."""
        pairs = []
        for circuit in circuits:
            ours, theirs = self.count(circuit, own(setting.contract)), self.count(circuit, setting.key)
            if ours is not None and theirs is not None:
                pairs.append(Pair(ours.two_qubit_gates, theirs.two_qubit_gates, setting.key))
        return standing(pairs)

    def inexact(self) -> list[Row]:
        """Results of others that are further from their source than rounding."""
        rows = [row for settings in self.rows.values() for key, row in settings.items() if key in SETTINGS]
        return [row for row in rows if "counts" in row and not is_exact(row) and not row["setting"].startswith(OWN)]


def table(rows: Iterable[Row]) -> Table:
    """The rows in order."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        found[row["circuit"]][row["setting"]] = row
    return Table(dict(found))


def is_exact(row: Row) -> bool:
    """Whether a row has a result that may be compared; circuits that are too wide to be checked count as exact."""
    contract = row["setting"].rpartition("/")[2]
    return "counts" in row and float(row.get("deviation", 0)) < EXACT[contract]


def error(row: Row) -> float:
    """How far a result is from its source: the operator norm, or the deviation where that was not measured."""
    return float(row.get("norm", row["deviation"]))


def standing(pairs: Iterable[Pair]) -> Standing:
    """The standing over some pairs."""
    pairs = list(pairs)
    fewer, more = (sum(sign * (pair.ours - pair.best) > 0 for pair in pairs) for sign in (-1, 1))
    empty, others_empty = sum(pair.ours == 0 for pair in pairs), sum(pair.best == 0 for pair in pairs)
    mean = geo_mean(pair.ours / pair.best for pair in pairs if pair.ours and pair.best)
    return Standing(len(pairs), mean, fewer, len(pairs) - fewer - more, more, empty, others_empty)
