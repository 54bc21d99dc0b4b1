"""The part of docs/benchmarks.md that compares under equal terms, made from results.jsonl and nothing else."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tests.bench.fair.summary import EXACT, Table, error, table
from tests.bench.fair.table import CONTRACTS, OWN, SETTINGS, own
from tests.bench.rows import Row

MISSING = "·"


def section(rows: Iterable[Row]) -> str:
    """The tables, or a line if nothing was measured."""
    tab = table(rows)
    if not tab.rows:
        return "Not measured yet."
    suite, others = (
        {name: tab.circuits(is_held_out, of_suite) for name, is_held_out in (("open", False), ("held out", True))}
        for of_suite in (True, False)
    )
    seen, hidden = ([*suite[name], *others[name]] for name in ("open", "held out"))
    return "\n".join(
        (
            "### The suite that papers use\n",
            _standings(tab, suite),
            "### Other circuits\n",
            _standings(tab, others),
            _measured(tab),
            "### Against each compiler\n",
            "Of all circuits, those of the suite included.\n",
            _settings(tab, [*seen, *hidden]),
            "### Where another compiler takes fewer\n",
            "Of the open circuits, two-qubit gates at `-O2`.\n",
            _more(tab, seen),
            "### Approximations apart\n",
            _approximations(tab, seen),
            "### Circuit by circuit\n",
            "The open ones: two-qubit gates at `-O2`, and the fewest of any other compiler. `·`: one of the two has no "
            "exact result under the contract.\n",
            _circuits(tab, seen),
        )
    )


def _measured(tab: Table) -> str:
    """With which versions, and when."""
    rows = [row for settings in tab.rows.values() for row in settings.values()]
    versions = ", ".join(sorted({row["version"] for row in rows if "version" in row}))
    dates = sorted({row["date"] for row in rows if "date" in row})
    when = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}" if dates else "no day that is known"
    return f"Measured on {when} with {versions or 'versions that are not known'}.\n"


def markdown(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table."""
    head = list(head)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]) + "\n"


def _number(value: float) -> str:
    return MISSING if math.isnan(value) else f"{value:.2f}"


def _standings(tab: Table, sets: dict[str, list[str]]) -> str:
    if not any(sets.values()):
        return "Not measured yet.\n"
    rows = []
    for contract, level in ((setting.contract, setting.level) for setting in SETTINGS.values() if setting.level):
        for name, circuits in sets.items():
            gates = tab.standing(circuits, contract, level=level)
            if not gates.circuits:
                continue
            pulses = [
                tab.standing(circuits, contract, measure="pulses", machine=machine, level=level).mean
                for machine in ("forte", "aria")
            ]
            counted = str(gates.circuits), _number(gates.mean), f"{gates.fewer} / {gates.same} / {gates.more}"
            none_left = f"{gates.empty} / {gates.others_empty}"
            rows.append((f"`-O{level}`", f"`{contract}`", name, *counted, *map(_number, pulses), none_left))
    numbers = ", ".join(f"{len(circuits)} {name}" for name, circuits in sets.items())
    head = (
        "level",
        "contract",
        "circuits",
        "number",
        "two-qubit gates",
        "fewer / same / more",
        "pulses forte",
        "pulses aria",
    )
    return markdown((*head, "none left, ours / theirs"), rows) + f"\nCircuits: {numbers}.\n"


def _settings(tab: Table, circuits: list[str]) -> str:
    rows = []
    for setting in SETTINGS.values():
        measured = [row for name in circuits if (row := tab.rows[name].get(setting.key)) is not None]
        if setting.compiler == OWN or not measured:
            continue
        late = sum("failure" in row and row["failure"].startswith("more than") for row in measured)
        failed = sum("failure" in row for row in measured) - late
        against = tab.against(setting, circuits)
        counted = f"{against.fewer} / {against.same} / {against.more}", _number(against.mean)
        rows.append((setting.name, f"`{setting.contract}`", setting.meaning, *counted, str(late), str(failed)))
    return markdown(
        ("compiler", "held to", "setting", "we have fewer / same / more", "mean", "out of time", "failed"), rows
    )


def _more(tab: Table, circuits: list[str]) -> str:
    rows = [
        (f"`{contract}`", circuit, f"{pair.ours:.0f}", f"{pair.best:.0f}", pair.who, _reason(circuit, pair.who))
        for contract in CONTRACTS
        for circuit, pair in tab.pairs(circuits, contract).items()
        if pair.ours > pair.best
    ]
    return (
        markdown(("contract", "circuit", "ours", "theirs", "whose", "why, as far as known"), rows)
        if rows
        else "None.\n"
    )


REASONS = (
    ("own/controlled_swaps", "qiskit-3/outcomes", "`HoareOptimizer` sees that only \\|0> would be exchanged"),
    (
        "own/controlled_swaps",
        "pytket",
        "three-qubit windows are resynthesised: 6 a Fredkin written as cx, ccx, cx, not 7",
    ),
    ("wstate", "pytket-greedy/outcomes", "`SimplifyInitial` after another synthesis"),
    ("", "pytket-greedy", "its greedy order of rotations is luckier here"),
    ("", "bqskit", "numerical instantiation with free angles"),
)
"""Circuits and settings whose names begin so -> the rewrite that the other compiler has; the first that fits counts."""


def _reason(circuit: str, who: str) -> str:
    return next((why for name, key, why in REASONS if circuit.startswith(name) and who.startswith(key)), MISSING)


def _approximations(tab: Table, circuits: list[str]) -> str:
    fewest: dict[tuple[str, str], tuple[str, ...]] = {}  # of the results under one contract
    for row in sorted(tab.inexact(), key=lambda row: (row["counts"]["forte"][0], error(row))):
        circuit, contract = row["circuit"], SETTINGS[row["setting"]].contract
        ours = tab.rows[circuit].get(f"as {row['setting']}")
        exact = tab.count(circuit, own(contract))
        if circuit in circuits and ours is not None and "counts" in ours:
            counts = str(row["counts"]["forte"][0]), str(ours["counts"]["forte"][0])
            plain = str(exact.two_qubit_gates) if exact is not None else MISSING
            fewest.setdefault((circuit, contract), (circuit, row["setting"], f"{error(row):.1g}", *counts, plain))
    rows = [fewest[which] for which in sorted(fewest)]
    said = (
        f"Results that are further than {EXACT['unitary']:.0e} from their source, of distributions "
        f"{EXACT['outcomes']:.0e}, count in no table above: small angles were dropped, or angles found by numerical "
        "optimisation. Of each open circuit and contract the one with the fewest gates is here, next to our cheapest "
        "result with `--approx` whose distance, measured in the same way, is no larger: the operator norm of the "
        "difference; under `outcomes` the total variation, and in wide circuits under `measurement` the deviation on "
        "random states.\n\n"
    )
    head = ("circuit", "compiler", "its distance", "its two-qubit gates", "ours with `--approx`", "ours, exact")
    return said + (markdown(head, rows) if rows else "None was measured.\n")


def _circuits(tab: Table, circuits: list[str]) -> str:
    rows = []
    for circuit in circuits:
        pairs = [tab.pair(circuit, contract) for contract in CONTRACTS]
        rows.append((circuit, *(f"{pair.ours:.0f} / {pair.best:.0f}" if pair else MISSING for pair in pairs)))
    return markdown(("circuit", *(f"`{contract}`" for contract in CONTRACTS)), rows)
