"""Draws circuits as SVG: sharp, selectable, light or dark like the page around it.

Takes a circuit and returns one `<svg>` element as text, self-contained and without scripts. Hovering over a gate shows
its statement, its line and, for one- and two-qubit gates, its matrix. Wide circuits are folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape, unescape
from typing import Any

from ionqdsl.diagnostics.rendering import filled
from ionqdsl.emit.colours import MONO, declared
from ionqdsl.emit.placement import (
    BARRIER_MARK,
    BOX,
    CONTROL,
    SWAP,
    TARGET,
    WAIT,
    Layout,
    Mark,
    PlacedGate,
    folds,
    layout,
    left_out,
    part,
    title_of,
)
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op

WIRE = 36
"""Pixels from wire to wire."""

_HEIGHT, _CHAR, _PAD, _GAP = 24, 7.3, 14, 10
_MARGIN = 12
_END = 24  # the rest of a wire after its last gate, and a margin
_BETWEEN = 28  # between two folds


class SvgText(str):
    """The text of an `<svg>` element, which notebooks show as the picture, and consoles by its label."""

    def _repr_svg_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        """The picture's label: its text would fill the screen."""
        label = _LABEL.match(self)
        return f"<picture: {unescape(label[1])}>" if label else "<picture>"


STYLE = f"""
{declared(("ink", "line", "paper", "one", "two", "pauli", "fixed", "turn", "read", "pinned"), ".qc")}
.qc {{ font: 12px {MONO}; background: var(--paper); }}
.qc text {{ fill: var(--ink); dominant-baseline: central; text-anchor: middle; }}
.qc .name {{ text-anchor: end; }} .qc .output {{ text-anchor: start; }}
.qc line, .qc circle.ring, .qc path {{ stroke: var(--line); stroke-width: 1.25; fill: none; }}
.qc rect {{ fill: var(--one); stroke: var(--line); }}
.qc .two rect, .qc .two circle.ring {{ fill: var(--two); }} .qc .pauli rect {{ fill: var(--pauli); }}
.qc .fixed rect {{ fill: var(--fixed); }} .qc .turn rect {{ fill: var(--turn); }}
.qc .read rect {{ fill: var(--read); }} .qc .pinned rect {{ fill: var(--pinned); }}
.qc circle.dot {{ fill: var(--ink); }}
.qc .barrier {{ stroke-dasharray: 2 3; stroke-width: 2; }}
.qc g.gate:hover rect {{ stroke: var(--ink); stroke-width: 2; }}
"""


def svg(circuit: FlatCircuit, width: int = 960, most: int | None = 2000, matrices: bool = True) -> str:
    """The drawing, at most `width` pixels wide unless a single column is wider; at most `most` rows are drawn."""
    plan = layout(circuit, most)
    sizes = [float(_GAP + _HEIGHT)] * plan.columns
    for piece in plan.pieces:
        sizes[piece.column] = max(sizes[piece.column], *(_GAP + _box(mark) for mark in piece.marks))
    left = _MARGIN + _CHAR * max(map(len, plan.wires), default=0) + 10
    longest = max(map(len, plan.outputs), default=0)
    right = _CHAR * (longest + 2) if longest else 0  # an arrow and the name, only after the last gate
    systems = list(folds(sizes, width - left - _END, right))
    drawn = [part(plan, first, stop) for first, stop in systems]
    rest = left_out(plan)
    full = left + _END + max(sum(sizes[a:b]) + (right if b == plan.columns else 0) for a, b in systems)
    height = sum(WIRE * len(shown.wires) + _BETWEEN for shown in drawn) - _BETWEEN + 2 * _MARGIN + (20 if rest else 0)
    facts = {"name": circuit.name, "width": circuit.width}
    title = filled("{name}: {width:qubit}, {gates:gate}", {**facts, "gates": len(plan.pieces)})
    parts: list[str] = []
    hints: dict[Any, str] = {}
    top = _MARGIN + WIRE / 2
    for shown, (first, stop) in zip(drawn, systems, strict=True):
        end = left + sum(sizes[first:stop])
        parts += _wires(shown, left, end + 12, top, is_last=stop == plan.columns)
        middles, x = {}, left
        for column in range(first, stop):
            middles[column] = x + sizes[column] / 2
            x += sizes[column]
        for piece in shown.pieces:
            parts += _gate(piece, middles[piece.column], top, hints, matrices)
        top += WIRE * len(shown.wires) + _BETWEEN
    if rest:
        parts.append(f'<text class="output" x="{_MARGIN}" y="{height - 14:.0f}">{rest}</text>')
    return picture(title, full, height, parts)


def page(circuits: Sequence[FlatCircuit], width: int = 960, most: int | None = 2000) -> str:
    """Drawings one below the other in one SVG, each under its name if there are several."""
    drawn = [(title_of(circuit), svg(circuit, width, most)) for circuit in circuits]
    return drawn[0][1] if len(drawn) == 1 else stacked(drawn)


def picture(title: str, wide: float, tall: float, parts: Iterable[str], style: str = "") -> str:
    """The `<svg>` element of elements: its size in pixels, and its title, which screen readers and pointers show.

    `style` is added to the style of all pictures.
    """
    head = _head("img", title, wide, tall)
    return "\n".join([head, f"<title>{escape(title)}</title><style>{STYLE}{style}</style>", *parts, "</svg>"]) + "\n"


def _head(role: str, label: str, wide: float, tall: float) -> str:
    """The first tag of an `<svg>` element."""
    size = f'width="{wide:.0f}" height="{tall:.0f}" viewBox="0 0 {wide:.0f} {tall:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="qc" role="{role}" aria-label="{escape(label)}" {size}>'


def stacked(drawn: Sequence[tuple[str, str]], last: str = "") -> str:
    """SVG elements one below the other in one, each under its caption, with a last line."""
    parts, y, wide = [], 0.0, 0.0
    for caption, text in drawn:
        across, tall = (float(found) for found in _SIZE.search(text).groups())  # type: ignore[union-attr]
        parts.append(_line(caption, y + 14))
        parts.append(text.replace("<svg ", f'<svg y="{y + 24:.0f}" ', 1).rstrip())
        y, wide = y + tall + 36, max(wide, across, _MARGIN * 2 + _CHAR * len(caption))
    if last:
        parts.append(_line(last, y + 14))
        y += 30
    head = _head("group", ", ".join(caption for caption, _ in drawn), wide, y)
    return "\n".join([f"{head}<style>{STYLE}</style>", *parts, "</svg>"]) + "\n"


def _line(text: str, y: float) -> str:
    return f'<text class="output" x="{_MARGIN}" y="{y:.0f}">{escape(text)}</text>'


_LABEL = re.compile(r'<svg [^>]*aria-label="([^"]*)"')
_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


def _box(mark: Mark) -> float:
    return max(_HEIGHT, _CHAR * len(mark.text) + _PAD) if mark.text else _HEIGHT


def _wires(plan: Layout, left: float, end: float, top: float, is_last: bool) -> Iterator[str]:
    for wire, (qubit, name, output) in enumerate(zip(plan.qubits, plan.wires, plan.outputs, strict=True)):
        y = top + wire * WIRE
        yield f'<text class="name" data-qubit="{qubit}" x="{left - 8:.1f}" y="{y:.1f}">{escape(name)}</text>'
        yield f'<line x1="{left:.1f}" y1="{y:.1f}" x2="{end:.1f}" y2="{y:.1f}"/>'
        if output and is_last:
            yield f'<text class="output" x="{end + 4:.1f}" y="{y:.1f}">→ {escape(output)}</text>'


def kind(op: Op) -> str:
    """The kind of a row, which decides its colour: `two`, `read`, `turn` by an angle, `pauli`, or `fixed`."""
    if len(op.qubits) > 1:
        return "two"
    if op.slot is not None or op.gate in NOT_GATES:
        return "read"
    if op.angles:
        return "turn"
    return "pauli" if op.gate in ("x", "not", "y", "z") else "fixed"


def _gate(piece: PlacedGate, x: float, top: float, hints: dict[Any, str], matrices: bool) -> Iterator[str]:
    low, high = top + piece.top * WIRE, top + piece.bottom * WIRE
    kinds = f"gate {kind(piece.op)}" + " pinned" * bool(piece.op.pinned)
    yield f'<g class="{kinds}" data-row="{piece.row}"><title>{escape(_hint(piece, hints, matrices))}</title>'
    if piece.marks[0].kind == BARRIER_MARK:
        for mark in piece.marks:
            y = top + mark.wire * WIRE
            yield f'<line class="barrier" x1="{x:.1f}" y1="{y - WIRE / 2:.1f}" x2="{x:.1f}" y2="{y + WIRE / 2:.1f}"/>'
    elif high > low:
        yield f'<line x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>'
    for mark in piece.marks:
        yield from _mark(mark, x, top + mark.wire * WIRE)
    yield "</g>"


def _mark(mark: Mark, x: float, y: float) -> Iterator[str]:
    if mark.kind == CONTROL:
        yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4.5"/>'
    elif mark.kind == TARGET:
        yield f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="9"/>'
        yield f'<path d="M{x - 9:.1f} {y:.1f}h18M{x:.1f} {y - 9:.1f}v18"/>'
    elif mark.kind == SWAP:
        yield f'<path d="M{x - 6:.1f} {y - 6:.1f}l12 12M{x - 6:.1f} {y + 6:.1f}l12 -12"/>'
    elif mark.kind in (BOX, WAIT):
        wide = _box(mark)
        yield f'<rect x="{x - wide / 2:.1f}" y="{y - _HEIGHT / 2:.1f}" width="{wide:.1f}" height="{_HEIGHT}" rx="3"/>'
        yield f'<text x="{x:.1f}" y="{y:.1f}">{escape(mark.text)}</text>'


def _hint(piece: PlacedGate, hints: dict[Any, str], matrices: bool) -> str:
    """The statement, its line in the source, and the matrix."""
    lines = [piece.statement]
    if piece.origin is not None:
        source, start, _ = piece.origin
        lines.append(f"{source.name}, line {source.position(start)[0]}")
    if matrices:
        key = (piece.op.gate, piece.op.angles, piece.op.controls)
        if key not in hints:
            hints[key] = _matrix(piece)
        lines += filter(None, [hints[key]])
    return "\n".join(lines)


def _matrix(piece: PlacedGate) -> str:
    """The matrix in rows of text, "" if it has parameters or is too large to read."""
    op = piece.op
    if op.gate in NOT_GATES or not 1 <= len(op.qubits) <= 2 or any(angle.terms for angle in op.angles):
        return ""
    from ionqdsl.ir.matrices import matrix  # imported late: it loads numpy

    cells = [[_entry(entry) for entry in row] for row in matrix(op).tolist()]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in cells)


def _entry(value: complex) -> str:
    real, imaginary = (round(part, 4) + 0.0 for part in (value.real, value.imag))
    if not imaginary:
        return f"{real:g}"
    return f"{imaginary:g}i" if not real else f"{real:g}{imaginary:+g}i"
