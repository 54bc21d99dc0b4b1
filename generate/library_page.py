"""Writes docs/library.md: the gates of the standard library, with their costs and those of other libraries' circuits.

The costs are those in the files of the library (`python generate --costs`); the others were measured by
tests/bench/library_peers.py, and the lines of programs by tests/bench/ports.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import library

ROOT = Path(__file__).resolve().parents[1]
PEERS = ROOT / "tests" / "bench" / "library_peers.json"
LINES = ROOT / "tests" / "bench" / "ports" / "lines.json"

GATE = re.compile(r"((?:^##.*\n)+)gate ([a-z]\w*)(.*?) \{$", re.MULTILINE)
"""The comment above a gate that is not a part of others, its name, and its parameters and operands."""


def files() -> dict[Path, str]:
    """The page."""
    return {ROOT / "docs" / "library.md": page()}


def page() -> str:
    peers = json.loads(PEERS.read_text("utf-8"))
    lines = [
        "# The standard library\n",
        "<!-- Written by `make generate` from grammar/std/ and tests/bench/library_peers.json; edit those. -->\n",
        "For everyone who would rather call a gate than write it.\n",
        'A program includes a file, as in `include "std/fourier.qc"`, and calls its gates; q[0] has weight 1.',
        "`ionqdsl doc std/fourier.qc` shows the same texts. Two-qubit gates are counted on aria and forte after",
        "`compile` as it is by default, for gates that may stand anywhere in a program. The last columns are the",
        f"fewest that Qiskit {peers['qiskit']} and PennyLane {peers['pennylane']} take, both compiled by Qiskit, every",
        "qubit in its place, and the names of their circuits.\n",
    ]
    for path in library.library():
        text = path.read_text("utf-8")
        head = " ".join(line.removeprefix("#").strip() for line in text.split("\n\n")[0].splitlines())
        lines += [f"## std/{path.name}\n", head + "\n"]
        lines += ["| gate | task | example | aria | forte | Qiskit | PennyLane |", "|---|---|---|---|---|---|---|"]
        lines += [_row(path, *match.groups(), peers) for match in GATE.finditer(text)]
        lines.append("")
    lines += [
        "Clifford gates differ from seed to seed. These are means over 20 seeds, of `clifford` on forte and of the",
        "circuits that Qiskit synthesises for the same gates.\n",
        "| qubits | `clifford` | Qiskit |",
        "|---|---|---|",
    ]
    lines += [f"| {n} | {means['ours']:.1f} | {means['qiskit']:.1f} |" for n, means in peers["cliffords"].items()]
    lines += [
        "\nRandom complex amplitudes, with phases, take so many two-qubit gates with `amplitudes` on forte, Qiskit's",
        "StatePreparation and PennyLane's MottonenStatePreparation.\n",
        "| qubits | `amplitudes` | Qiskit | PennyLane |",
        "|---|---|---|---|",
    ]
    lines += [f"| {n} | {row['ours']} | {row['qiskit']} | {row['pennylane']} |" for n, row in peers["states"].items()]
    return "\n".join(lines + _programs()) + "\n"


def _programs() -> list[str]:
    """The lines of whole programs."""
    measured = json.loads(LINES.read_text("utf-8"))
    versions = measured["versions"]
    return [
        "\n## Whole programs\n",
        "The programs in [examples/programs](../examples/programs) in lines, next to ports with the same circuits",
        f"and parameters to Qiskit {versions['qiskit']} and PennyLane {versions['pennylane']}, as short as each",
        "library allows ([tests/bench/ports](../tests/bench/ports)). `python -m tests.bench.ports` compares the",
        "results: equal to 1e-9, and to 0.02 for `heisenberg`, `hubbard` and `ising_2d`, whose product formulas may",
        "take the terms in another order. A line counts unless it is blank or a comment; imports and includes count,",
        "and `run`, tests and their own helpers do not. Each text is in the style of its formatter.\n",
        "| program | here | Qiskit | PennyLane |",
        "|---|---|---|---|",
        *(
            f"| [{name}](../examples/programs/{name}.qc) | {row['ionqdsl']} | {row['qiskit']} | {row['pennylane']} |"
            for name, row in measured["lines"].items()
        ),
    ]


def _row(path: Path, comment: str, name: str, first_line: str, peers: dict[str, dict[str, dict[str, str]]]) -> str:
    (cost,) = library.COST.finditer(comment)
    call, declared, counts = cost.groups()
    said = " ".join(line.removeprefix("##").strip() for line in comment[: cost.start()].splitlines())
    ours = [re.search(rf"{machine} (\d+) two-qubit", counts) for machine in ("aria", "forte")]
    theirs = [peers[tasks].get(call) for tasks in ("tasks", "pennylane_tasks")]
    cells = (
        f"`{name}{first_line}`",
        said.replace("|", "&#124;").replace("*", "\\*"),
        f"`{call}` on `{declared}`",
        *(match[1] if match else "" for match in ours),
        *(f"{peer['two_qubit_gates']} ({peer['circuit']})" if peer else "" for peer in theirs),
    )
    return "| " + " | ".join(cells) + " |"
