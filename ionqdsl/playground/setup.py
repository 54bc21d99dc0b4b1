"""What the page needs to begin: a first program, examples, the words of the language, the choices.

A file's name and text come in, plain data goes out. Examples are the package's own, those that stand alone.
"""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import ionqdsl
from ionqdsl import __version__
from ionqdsl.actions import KEYWORDS
from ionqdsl.gates import NAMES
from ionqdsl.library import standard_signatures
from ionqdsl.options import PRESERVE
from ionqdsl.playground.asking import LEVELS
from ionqdsl.targets import TARGETS

FIRST = """\
# Two qubits that always agree.
# Move the slider: theta says how often they are 1.
param theta = 0.5

qubit q[2]
ry(2*theta) q[0]
cnot q[0], q[1]
"""


def setup(path: str | None, text: str | None) -> dict[str, Any]:
    """Everything, as JSON-able data. `path` and `text` are those of the file the playground was started with."""
    return {
        "version": __version__,
        "file": None if path is None else {"name": os.path.basename(path), "text": text},
        "examples": [{"name": "slider", "text": FIRST}, *examples()],
        "keywords": sorted(KEYWORDS),
        "gates": sorted({*NAMES["qis"], *NAMES["native"], *standard_signatures()}),
        "targets": list(TARGETS),
        "levels": list(LEVELS),
        "contracts": list(PRESERVE),
    }


@cache
def examples() -> tuple[dict[str, str], ...]:
    """The programs of the examples folder that include nothing: name and text."""
    package = Path(ionqdsl.__file__).parent
    folder = next((place for place in (package / "examples", package.parent / "examples") if place.is_dir()), package)
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.qc"))}
    return tuple(
        {"name": name, "text": text}
        for name, text in texts.items()
        if not re.search(r"^\s*include\b", text, re.MULTILINE)
    )
