"""Collects the page's initial data: a first program, examples, the words of the language, the choices.

Takes a file's name and text and returns plain data. The examples are the package's own.
"""

from __future__ import annotations

import os
from typing import Any

from ionqdsl import __version__
from ionqdsl.describe.colouring import rules
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.gates import GATES as TABLE
from ionqdsl.ir.targets import MACHINES, TARGETS
from ionqdsl.playground import places
from ionqdsl.playground.asking import GATES, LEVELS, TAKES_TWO, noise_models

PAGE = (
    "page.css", "page.js", "codemirror.js", "codemirror.LICENSE", "editor.js", "engine.js", "panes.js", "stepper.js",
    "gates.js", "messages.js", "show.js", "sliders.js", "links.js",
)  # fmt: skip
"""The files of the page, besides page.html and those that only a page without a server has."""

FIRST = """\
# Two qubits that always agree.
# Move the slider: theta says how often they are 1.
param theta = 0.5

qubit q[2]
ry(2*theta) q[0]
cnot q[0], q[1]
"""


def setup(path: str | None, text: str | None) -> dict[str, Any]:
    """All of it, as JSON-able data. `path` and `text` are those of the file the playground was started with."""
    return {
        "version": __version__,
        "file": None if path is None else {"name": os.path.basename(path), "text": text},
        "examples": [{"name": "slider", "text": FIRST, "place": None}, *examples()],
        "colours": rules(),
        "gates": [{"gate": gate, "takesTwo": gate in TAKES_TWO} for gate in GATES],
        "targets": [[name, f"{name}: {_two_qubit_gate(name)}"] for name in TARGETS],
        "target": next(machine.name for machine in reversed(MACHINES) if machine.connects_all and not machine.retired),
        "levels": list(LEVELS),
        "contracts": list(PRESERVE),
        "noise": noise_models(),
    }


def _two_qubit_gate(target: str) -> str:
    two_qubit_gate = TARGETS[target].two_qubit_gate
    return "abstract gates" if two_qubit_gate is None else TABLE[two_qubit_gate].name


def examples() -> tuple[dict[str, Any], ...]:
    """The programs of the examples folder: name, text, and the name used in requests."""
    return tuple(
        {"name": name, "text": path.read_text(encoding="utf-8"), "place": name}
        for name, path in places.examples().items()
    )
