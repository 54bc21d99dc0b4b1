"""Makes the page of the gates: each with its picture, its meaning, its matrix and its form in jobs for IonQ's service.

Takes nothing and returns Markdown with pieces of HTML, from the tables that `ionqdsl explain` shows.
"""

from __future__ import annotations

import cmath
import math
import re
from typing import Any

from ionqdsl.describe import handbook
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.svg import svg
from ionqdsl.ir.gates import GATES
from ionqdsl.language.library import standard_definitions
from ionqdsl.pipeline import load

INTRODUCTION = """# Gates

Every gate with its picture, its matrix and the JSON that IonQ's service gets for it. `ctrl @`, `inv @` and `pow(k) @`
before a gate [make others of it](language.md#gates). The rows of a matrix count up, 00, 01, 10, 11, and the first
operand is the left bit.
"""

SECTIONS = {
    "qis": "## Abstract gates (qis)\n\nThe gates of most programs. A plain number as an angle is in radians.\n",
    "native": "## Native gates\n\nThe machines' own, after `gateset native`. A plain number as an angle is in turns.\n",
}
STANDARD = (
    "## Standard gates\n\nThe names of OpenQASM's `stdgates.inc`, each defined in the language by the gates above.\n"
)


def page() -> str:
    """The whole page."""
    lines = [INTRODUCTION]
    for gateset, head in SECTIONS.items():
        names = dict.fromkeys(gate.name for gate in GATES.values() if gate.gateset == gateset)
        lines += [
            head,
            *(_entry(facts) for name in names for facts in handbook.facts_of(name) if facts["gateset"] == gateset),
        ]
    lines += [STANDARD, *(_entry(handbook.facts_of(name)[0]) for name in standard_definitions() if name[0] != "_")]
    return _once("\n".join(lines))


def _once(text: str) -> str:
    """The page with the style of its pictures in the first one only: it is the same in all."""
    (style,) = set(STYLE.findall(text))
    return text.replace(style, "").replace("<title>", f"{style}<title>", 1)


def _entry(facts: dict[str, Any]) -> str:
    """One gate: a heading, its picture, its meaning, and its matrix."""
    name, definition = facts["name"], facts["definition"]
    label = f"{name} (native)" if facts["gateset"] == "native" and _is_in_both(name) else name
    said = f"```qc-part\n{definition}\n```" if definition else escaped(facts["meaning"])
    parts = ['<div class="words" markdown>\n', f"`{facts['signature']}`\n\n{said}\n"]
    if facts["wire"]:
        parts.append(f"Sent as `{facts['wire']}`\n")
    figure = f'<figure class="drawn">{drawn(facts)}</figure>' if facts["sample"] else "<span></span>"
    return "\n".join(
        [
            f"### {label}\n",
            '<div class="gate-entry" markdown>\n',
            f"{figure}\n",
            *parts,
            "</div>\n",
            _matrix(facts),
            "</div>\n",
        ]
    )


def _is_in_both(name: str) -> bool:
    return len({gate.gateset for gate in GATES.values() if gate.name == name}) > 1


def escaped(text: str) -> str:
    """A sentence of a table as HTML, with its code."""
    return re.sub(r"`([^`]*)`", r"<code>\1</code>", text.replace("&", "&amp;").replace("<", "&lt;"))


def drawn(facts: dict[str, Any]) -> str:
    """The gate on wires of its own."""
    signature = facts["signature"]
    operands = signature.rpartition(")")[2].strip() if ")" in signature else signature.partition(" ")[2]
    gateset = "gateset native\n" if facts["gateset"] == "native" else ""
    program, _ = load(Source(f"{gateset}qubit {operands}\n{facts['sample']} {operands}\n"))
    return svg(program.runs[0], 420, matrices=False).replace("\n", "")


def _matrix(facts: dict[str, Any]) -> str:
    """The matrix in brackets, folded if it is large; an empty cell of the grid without one."""
    matrix, at = facts["matrix"], facts["sample"]
    if not isinstance(matrix, list):
        return "<span></span>\n"
    rows = "".join(f"<tr>{''.join(f'<td>{_number(complex(*entry))}</td>' for entry in row)}</tr>" for row in matrix)
    caption = f"<figcaption><code>{at}</code></figcaption>" if "(" in at else ""
    table = f'<table class="matrix" role="presentation">{rows}</table>'
    table = f'<figure class="matrix" aria-label="Matrix of {at}">{table}{caption}</figure>'
    if len(matrix) <= 4:
        return f"{table}\n"
    return f'<details class="quote"><summary>Matrix</summary>{table}</details>\n'


STYLE = re.compile(r"<style>[^<]*</style>")

LENGTHS = {1.0: "{}", math.sqrt(0.5): "{}/√2", 0.5: "{}/2"}
"""Absolute values that are written exactly."""

MINUS = "\N{MINUS SIGN}"
QUARTERS = ("1", "i", "-1", "-i")


def _number(value: complex) -> str:
    """An entry: exactly where that is short, as a decimal otherwise."""
    if abs(value) < 1e-9:
        return '<span class="zero">0</span>'
    return _written(value).replace("-", MINUS)


def _written(value: complex) -> str:
    length, eighths = abs(value), cmath.phase(value) / (math.pi / 4)
    form = next((text for known, text in LENGTHS.items() if abs(known - length) < 1e-9), "")
    steps = round(eighths)
    if abs(eighths - steps) < 1e-9 and form:
        if steps % 2 == 0:
            return form.format(QUARTERS[steps // 2 % 4])
        if form == "{}":
            return f"e<sup>{'-' * (steps < 0)}i{'3' * (abs(steps) == 3)}π/4</sup>"
        if form == "{}/√2":
            return f"({'1' if value.real > 0 else '-1'}{'+' if value.imag > 0 else '-'}i)/2"
    if abs(value.imag) < 1e-9:
        return f"{value.real:.4g}"
    return f"{value.imag:.4g}i" if abs(value.real) < 1e-9 else f"{value.real:.4g}{value.imag:+.4g}i"
