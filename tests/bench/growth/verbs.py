"""The commands that are measured: words after `ionqdsl`, `{}` the program, `{near}` one that means the same."""

from __future__ import annotations

from tests.bench.growth.shapes import SHORT

_TEXTS = ("lines", "short", "statements", "loops", "definitions", "sweep", "middle", "circuits")
_FOREIGN = ("qasm2", "qasm3", "qasm2 short")
_ALL = (*_TEXTS, *_FOREIGN)

VERBS: dict[str, tuple[str, tuple[str, ...]]] = {
    "check": ("check {}", _ALL),
    "fmt": ("fmt - < {}", _TEXTS),
    "lint": ("lint {}", _TEXTS),
    "stats": ("stats {}", _ALL),
    "doc": ("doc {}", _TEXTS),
    "draw": ("draw {}", _ALL),
    "diff": ("diff {} {near}", _ALL),
    "diff far": ("diff {} {far}", ("lines", "circuits")),
    "convert qc": ("convert {} --to qc", _ALL),
    "convert qasm2": ("convert {} --to qasm2", ("lines", "statements", "loops", "definitions", "qasm2")),
    "convert qasm3": ("convert {} --to qasm3", ("lines", "statements", "loops", "definitions", "qasm3", "middle")),
    "convert payload": ("convert {} --to payload", tuple(shape for shape in _ALL if shape not in SHORT)),
    "compile -O0": ("compile {} -O0 --emit qc", _ALL),
    "compile -O1": ("compile {} -O1 --target forte --emit qc", _ALL),
    "compile -O2": ("compile {} -O2 --target forte --emit qc", _ALL),
    "compile -O3": ("compile {} -O3 --effort 1 --target forte --emit qc", _ALL),
    "compile --verify": ("compile {} -O1 --target forte --emit qc --verify", _ALL),
    "equiv": ("equiv {} {near}", _ALL),
    "run": ("run {} --shots 100 --seed 1", _ALL),
    "report": ("report {} -o {out}", _ALL),
    "editor: diagnostics": ("editor diagnostics {}", _TEXTS),
    "editor: remarks": ("editor remarks {}", _TEXTS),
    "editor: tokens": ("editor tokens {}", _TEXTS),
    "editor: formatting": ("editor formatting {}", _TEXTS),
    "editor: outline": ("editor outline {}", _TEXTS),
}
"""Name -> the command, and the shapes that it takes. Output goes nowhere; `editor` is editor.py."""
