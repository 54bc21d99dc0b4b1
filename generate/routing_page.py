"""Writes docs/routing.md: two-qubit gates on machines that do not connect every pair of qubits, ours and the peers'.

The counts were measured by tests/bench/routing.py and tests/bench/routing_peers.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
COUNTS = ROOT / "tests" / "bench" / "routing.json"

PEERS = ("qiskit", "pytket")


def files() -> dict[Path, str]:
    """The page."""
    return {ROOT / "docs" / "routing.md": page()}


def page() -> str:
    record = json.loads(COUNTS.read_text("utf-8"))
    rows = [
        (circuit, machine, row)
        for circuit, machines in record["counts"].items()
        for machine, row in machines.items()
        if "registers" in row and all(peer in row for peer in PEERS)
    ]
    lines = [
        "# Two-qubit gates on machines that do not connect every pair",
        "",
        "<!-- Written by `make generate` from tests/bench/routing.json; edit generate/routing_page.py. -->",
        "",
        "For people whose machine does not connect every pair of qubits.",
        "",
        "How circuits are routed is in",
        "[optimiser.md](optimiser.md#machines-that-do-not-connect-every-pair). A machine here has as many qubits as",
        "its circuit. *By name* is `--preserve registers` with one register that reads all qubits; there each qubit is",
        "turned at the start, so that nothing is saved because it is known to be |0⟩. *In place* is the default",
        "contract, which keeps every outcome on its own qubit. Both are `-O2` for forte, with one seed, and verified",
        f"as far as their width allows; counted with {record['ionqdsl']}.",
        "",
        f"Qiskit {record['qiskit']} and TKET {record['pytket']} may leave outcomes anywhere. Their figures are the",
        "fewest of up to ten runs of Qiskit (level 3, five seeds, partial `rzz` and `cz`), and of up to 24 settings of",
        "TKET (two optimisations before, two placements, three depths of looking ahead, two optimisations after). All",
        "runs of one compiler on a circuit and machine have two minutes together, and those that are not over by then",
        "do not count. Compare *by name* with them: *in place* promises more than they do.",
        "",
        f"The circuits are the published ones of at most 700 wide gates, without {_listed(record['not counted'])},",
        "which were not counted. A circuit that is left without two-qubit gates has no ratio.",
        "",
        "`python -m tests.bench.routing` and `python -m tests.bench.routing_peers` count again.",
        "",
        *_summary(rows),
        "",
        "| circuit | machine | by name | in place | Qiskit | TKET |",
        "|---|---|---|---|---|---|",
    ]
    names = ("registers", "measurement", *PEERS)
    for circuit, machine, row in sorted(rows, key=lambda entry: entry[:2]):
        cells = ["-" if row.get(name) is None else str(row[name]) for name in names]
        lines.append(f"| {circuit} | {machine} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}"


def _summary(rows: list[tuple[str, str, dict[str, Any]]]) -> Iterator[str]:
    """The geometric means of ours over theirs, and where a peer has fewer."""
    yield "| | of Qiskit's | of TKET's | more than the better of the two |"
    yield "|---|---|---|---|"
    for name, title in (("registers", "by name"), ("measurement", "in place")):
        counted = [row for _, _, row in rows if row.get(name) is not None]
        means = []
        for peer in PEERS:
            ratios = [row[name] / row[peer] for row in counted if row[name] and row[peer]]
            means.append(f"{math.exp(sum(map(math.log, ratios)) / len(ratios)):.2f}")
        more = sum(row[name] > min(row[peer] for peer in PEERS if row[peer] is not None) for row in counted)
        yield f"| {title} | {' | '.join(means)} | {more} of {len(counted)} |"
