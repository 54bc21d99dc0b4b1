"""Numbers of the page, worked out from results: the best peer of a circuit, geometric means, failures.

Rows of results.jsonl go in. A peer's row counts where it is exact: equal to its source under `unitary` or
`measurement`, or too wide to be checked. Of this project only rows of the target asked for count, of the others
whatever was counted for it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.bench.peers.counting import Count
from tests.bench.peers.equality import EXACT

Row = dict[str, Any]

TARGETS = ("aria", "forte")


@dataclass(frozen=True)
class Table:
    """Rows by circuit and compiler key: `rows["qft_6"]["pytket/greedy/forte"]`."""

    rows: dict[str, dict[str, Row]]

    def circuits(self, is_own: bool) -> list[str]:
        """The project's own circuits, or the published ones."""
        return sorted(name for name in self.rows if name.startswith("own/") == is_own)

    def count(self, circuit: str, setting: str, target: str) -> Count | None:
        """The count of `name/setting` on a target, None where there is no exact result."""
        keys = [f"{setting}/{target}"] if is_ours(setting) else [f"{setting}/{target}", f"{setting}/forte"]
        for key in keys:
            row = self.rows[circuit].get(key)
            if row is not None and target in row.get("counts", {}) and is_exact(row):
                return Count(*row["counts"][target])
        return None

    def best(self, circuit: str, measure: str, target: str) -> tuple[float, str] | None:
        """The least value any exact peer reached, and who first; two-qubit gates are the same for every target."""
        found = [
            (float(getattr(Count(*counts), measure)), key.rpartition("/")[0])
            for key, row in self.rows[circuit].items()
            if not is_ours(key) and is_exact(row)
            for machine, counts in row.get("counts", {}).items()
            if machine == target or measure == "two_qubit_gates"
        ]
        return min(found, default=None)


def table(rows: Iterable[Row]) -> Table:
    """The latest row of every compiler and circuit."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        found[row["circuit"]][row["peer"]] = row
    return Table(dict(found))


def is_ours(key: str) -> bool:
    """Whether a key is one of this project's settings."""
    return key.startswith("ionqdsl/")


def is_exact(row: Row) -> bool:
    """Whether a result may be compared: it keeps its contract, as far as that was checked."""
    deviations = row.get("deviations", {})
    promised = deviations if is_ours(row["peer"]) else [name for name in deviations if name != "outcomes"]
    return "counts" in row and (not promised or min(deviations[name] for name in promised) < EXACT)


def fault(row: Row) -> str:
    """The fault of a row, in words; empty where there is none."""
    if "failure" in row:
        return str(row["failure"])
    if is_exact(row):
        return ""
    deviations = row["deviations"]
    if deviations.get("outcomes", 1) < EXACT:
        size = min(size for contract, size in deviations.items() if contract != "outcomes")
        return f"not equal ({size:.1g}), from |0...0> the same distribution"
    return f"not equal ({min(deviations.values()):.1g})"


def geo_mean(ratios: Iterable[float]) -> float:
    """The geometric mean, nan of nothing."""
    logs = [math.log(ratio) for ratio in ratios]
    return math.exp(sum(logs) / len(logs)) if logs else math.nan


def ratios(
    tab: Table, circuits: Iterable[str], setting: str, target: str, measure: str, ours: str = ""
) -> dict[str, float]:
    """A setting's value over the best exact peer's, by circuit; half a pulse stands for none.

    `ours` names another measure for the setting's own side.
    """
    found = {}
    for circuit in circuits:
        count, best = tab.count(circuit, setting, target), tab.best(circuit, measure, target)
        if count is not None and best is not None:
            found[circuit] = max(getattr(count, ours or measure), 0.5) / max(best[0], 0.5)
    return found


def common(tab: Table, circuits: Iterable[str], settings: Iterable[str], target: str) -> list[str]:
    """Circuits on which all settings have an exact result; settings that have none at all do not count."""
    circuits = list(circuits)
    taking_part = [s for s in settings if any(tab.count(circuit, s, target) for circuit in circuits)]
    return [circuit for circuit in circuits if all(tab.count(circuit, s, target) for s in taking_part)]


def values(tab: Table, circuits: Iterable[str], key: str, field: str) -> list[float]:
    """A field of a compiler's rows on these circuits, where it is there."""
    rows = (tab.rows[circuit].get(key, {}) for circuit in circuits)
    return [float(row[field]) for row in rows if field in row]


class Goal(NamedTuple):
    """A goal, in words for users: the comparison, the aim, and the way to compute the number from the table."""

    what: str
    aim: str
    measured: Callable[[Table, list[str], dict[str, Any]], str]


def _two_qubit_gates(setting: str) -> Callable[[Table, list[str], dict[str, Any]], str]:
    def measured(tab: Table, circuits: list[str], _: dict[str, Any]) -> str:
        found = {target: ratios(tab, circuits, f"ionqdsl/{setting}", target, "two_qubit_gates") for target in TARGETS}
        found = {target: each for target, each in found.items() if each}
        more = sorted({circuit for each in found.values() for circuit, ratio in each.items() if ratio > 1})
        means = ", ".join(f"{geo_mean(each.values()):.2f} {t} ({len(each)} circuits)" for t, each in found.items())
        return f"{means}; more on {', '.join(more) or 'none'}" if found else "not measured"

    return measured


def _against_rust(tab: Table, circuits: list[str], _: dict[str, Any]) -> str:
    pairs = {c: (tab.count(c, "ionqdsl/O2", "forte"), tab.count(c, "qiskit/rzz", "forte")) for c in circuits}
    more = [
        circuit for circuit, (ours, its) in pairs.items() if ours and its and ours.two_qubit_gates > its.two_qubit_gates
    ]
    measured = sum(all(pair) for pair in pairs.values())
    return f"more on {', '.join(more) or 'none'} ({measured} circuits)" if measured else "not measured"


def _pulses(target: str) -> Callable[[Table, list[str], dict[str, Any]], str]:
    def measured(tab: Table, circuits: list[str], _: dict[str, Any]) -> str:
        found = ratios(tab, circuits, "ionqdsl/O2", target, "pulses", ours="emitted")
        return f"{geo_mean(found.values()):.2f} ({len(found)} circuits)" if found else "not measured"

    return measured


def _compile_times(tab: Table, circuits: list[str], timing: dict[str, Any]) -> str:
    rounds = timing.get("compile", {})
    if not rounds:
        return "not measured"
    ours, rust = "ionqdsl/O2/forte", "qiskit/rzz/forte"
    mean = geo_mean(times[ours] / times[rust] for times in rounds.values() if ours in times and rust in times)
    slower = [
        f"{circuit} ({key.rpartition('/')[0]})"
        for circuit, times in rounds.items()
        for key, seconds in times.items()
        if key not in (ours, rust) and seconds < times.get(ours, 0)
    ]
    return f"{mean:.2f} x qiskit; slower than another on {', '.join(slower) or 'none'} ({len(rounds)} circuits)"


def _process_times(tab: Table, circuits: list[str], timing: dict[str, Any]) -> str:
    rounds = timing.get("process", {})
    if not rounds:
        return "not measured"
    found = {c: t["ionqdsl/O2/forte"]["cpu_s"] / t["qiskit/rzz/forte"]["cpu_s"] for c, t in rounds.items()}
    worst = max(found, key=lambda circuit: found[circuit])
    return (
        f"{geo_mean(found.values()):.2f} in the mean, {found[worst]:.2f} at worst ({worst}, of {len(found)} circuits)"
    )


def _bindings(tab: Table, circuits: list[str], timing: dict[str, Any]) -> str:
    times = timing.get("bindings")
    return f"1/{times['recompiling_s'] / times['table_s']:.0f}" if times else "not measured"


def _largest(tab: Table, circuits: list[str], _: dict[str, Any]) -> str:
    row = tab.rows.get("hwb11", {}).get("ionqdsl/O2/forte")
    return (row.get("failure") or f"{row['cpu_s']:.1f} s") if row else "not measured"


GOALS = (
    Goal(
        "two-qubit gates at `-O3 --effort 60` against the best exact peer",
        "never more; ≤ 0.86",
        _two_qubit_gates("O3 effort 60"),
    ),
    Goal("two-qubit gates at `-O3` against the best exact peer", "≤ 0.95", _two_qubit_gates("O3")),
    Goal("two-qubit gates at `-O2` against the best exact peer", "≤ 1.20", _two_qubit_gates("O2")),
    Goal("two-qubit gates at `-O2` against qiskit rzz", "never more", _against_rust),
    Goal("pulses on aria at `-O2`, as emitted, against the best peer's after merging", "≤ 0.50", _pulses("aria")),
    Goal("pulses on forte at `-O2`, likewise", "≤ 0.80", _pulses("forte")),
    Goal("compiling at `-O2` against qiskit rzz", "≤ 1.5 x; quicker than all others", _compile_times),
    Goal("whole process at `-O2` against qiskit rzz, below 5,000 gates", "≤ 0.5 on each", _process_times),
    Goal("1,000 bindings of a compiled 200-gate ansatz against compiling each", "≤ 1/100", _bindings),
    Goal("hwb11, 88,000 gates, at `-O2`", "below 60 s", _largest),
)
