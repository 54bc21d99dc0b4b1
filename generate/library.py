"""Writes the costs of the standard library's gates into its files: `python generate --costs`.

A line `## Cost of CALL on DECLARATION: ...` above a gate has the call to compile; its counts are measured here.
This takes a minute, so it is apart from the other generators.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

from ionqdsl import pipeline as stages
from ionqdsl.describe.costs import costs, shown
from ionqdsl.diagnostics.source import Source

FOLDER = Path(__file__).resolve().parents[1] / "grammar" / "std"
COST = re.compile(r"^## Cost of `([^`]+)` on `([^`]+)`: (.*)$", re.MULTILINE)
"""The call, the declaration of its qubits, and the counts."""


def files() -> dict[Path, str]:
    """Every file of the library with its measured costs."""
    return {path: COST.sub(partial(_measured, path), path.read_text("utf-8")) for path in library()}


def library() -> list[Path]:
    """The files of the library."""
    return sorted(FOLDER.glob("*.qc"))


def cost(path: Path, call: str, declared: str) -> str:
    """The counts of a call on each machine, used anywhere in a program."""
    text = f'include "std/{path.name}"\n{declared}\n{call}\n'
    (circuit,) = stages.load(Source(text, "cost"))[0].runs
    return shown(costs(circuit, "unitary"))


def _measured(path: Path, line: re.Match[str]) -> str:
    return f"## Cost of `{line[1]}` on `{line[2]}`: {cost(path, line[1], line[2])}"
