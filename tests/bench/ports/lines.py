"""Counts the lines of programs by one rule, for every language.

A line counts unless it is blank, a comment or a docstring: imports and includes count, and so do lines with nothing
but a bracket. Programs are in the style of their formatter, with lines of up to 100 characters. Tests, `run` statements
and definitions that only these use are left out, as the ports have neither.
"""

from __future__ import annotations

import ast
import re
from hashlib import sha256
from pathlib import Path

from ionqdsl.diagnostics.source import Source
from ionqdsl.language import syntax
from ionqdsl.language.parse import must_parse

FOLDER = Path(__file__).parent
PROGRAMS = FOLDER.parents[2] / "examples" / "programs"
JSON = FOLDER / "lines.json"
PEERS = ("qiskit", "pennylane")

LEFT_OUT = (syntax.Test, syntax.Run)
ALWAYS = (syntax.CircuitDefinition, syntax.SettingsBlock, syntax.Include)


def in_program(text: str) -> int:
    """The lines of a `.qc` program."""
    items = [item for item in must_parse(Source(text)).items if not isinstance(item, LEFT_OUT)]
    used = [item for item in items if isinstance(item, ALWAYS)]
    while more := [item for item in items if item not in used and any(_uses(one, item) for one in used)]:
        used += more
    numbers = {number for item in used for number in _numbers(text, item)}
    return _lines("\n".join(line for number, line in enumerate(text.splitlines()) if number in numbers))


def _numbers(text: str, item: syntax.Item) -> range:
    """The lines that an item stands on."""
    return range(text.count("\n", 0, item.span.start), text.count("\n", 0, item.span.end) + 1)


def _uses(one: syntax.Item, other: syntax.Item) -> bool:
    declared = other.declarator.name if isinstance(other, syntax.Param) else getattr(other, "name", None)
    return declared is not None and bool(re.search(rf"\b{declared.text}\b", one.span.text))


def _lines(text: str) -> int:
    return len(_counted(text))


def _counted(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def digest(program: str) -> str:
    """A digest of a program and its ports without comments: their results were compared when it was taken."""
    files = [PROGRAMS / f"{program}.qc", *(FOLDER / f"{program}_{peer}.py" for peer in PEERS)]
    text = "\n".join(line for path in files for line in _counted(path.read_text("utf-8")))
    return sha256(text.encode()).hexdigest()[:16]


def in_python(text: str) -> int:
    """The lines of a Python program."""
    docstrings = sum(
        len(node.value.value.splitlines())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
    return _lines(text) - docstrings
