"""Draws Bloch vectors as SVG, in the style of the circuit drawings.

Takes a vector (<X>, <Y>, <Z>) for each qubit and their names, and returns one `<svg>` element: a sphere per qubit, with
|0> at the top, x towards the reader and y to the right, and the figures under it. An entangled qubit has a short arrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from ionqdsl.emit.colours import declared
from ionqdsl.emit.svg import picture

_CELL, _TALL, _RADIUS, _MARGIN = 148, 168, 44, 8
_CHAR = 7.9  # pixels of a bold letter
_STYLE = f"""
{declared(("accent",), ".qc")}
.qc .rim {{ fill: var(--one); stroke: var(--line); stroke-width: 1; }}
.qc .far {{ stroke-dasharray: 3 3; opacity: .7; }}
.qc .arrow {{ stroke: var(--accent); stroke-width: 2.5; stroke-linecap: round; }} .qc .tip {{ fill: var(--accent); }}
.qc .bold {{ font-weight: 600; }}
"""

Vector = Sequence[float]


def bloch(vectors: Sequence[Vector], names: Sequence[str], width: int = 640) -> str:
    """The spheres in rows that are at most `width` pixels wide, unless a name is longer."""
    cell = max(_CELL, round(_CHAR * max(map(len, names), default=0)) + 12)
    across = max(1, min(len(vectors), (width - 2 * _MARGIN) // cell))
    down = -(-len(vectors) // across)
    wide, tall = across * cell + 2 * _MARGIN, down * _TALL + 2 * _MARGIN
    title = "Bloch vectors of " + ", ".join(names)
    parts: list[str] = []
    for number, (vector, name) in enumerate(zip(vectors, names, strict=True)):
        left, top = _MARGIN + number % across * cell, _MARGIN + number // across * _TALL
        parts += _sphere(vector, name, left + cell / 2, top + 72)
    return picture(title, wide, tall, parts, _STYLE)


def projected(vector: Vector) -> tuple[float, float]:
    """The projection of a vector's tip, in units of the radius, right and down: seen from the right of x and above."""
    x, y, z = vector
    turned, tilted = math.radians(24), math.radians(18)
    towards = x * math.cos(turned) + y * math.sin(turned)
    return y * math.cos(turned) - x * math.sin(turned), towards * math.sin(tilted) - z * math.cos(tilted)


def _sphere(vector: Vector, name: str, x: float, y: float) -> list[str]:
    right, down = projected(vector)
    tip = f"{x + _RADIUS * right:.1f}", f"{y + _RADIUS * down:.1f}"
    length = math.sqrt(sum(part * part for part in vector))
    figures = " ".join(f"{part + 0.0:+.2f}".replace("-0.00", "+0.00") for part in vector)
    hint = f"{name}: <X> {vector[0]:+.6f}, <Y> {vector[1]:+.6f}, <Z> {vector[2]:+.6f}, length {length:.6f}"
    front = [projected((math.cos(t), math.sin(t), 0)) for t in (math.tau * step / 48 for step in range(49))]
    equator = "M" + "L".join(f"{x + _RADIUS * a:.1f} {y + _RADIUS * b:.1f}" for a, b in front)
    axes = [
        f'<line class="far" x1="{x:.1f}" y1="{y:.1f}" x2="{x + _RADIUS * a:.1f}" y2="{y + _RADIUS * b:.1f}"/>'
        for a, b in map(projected, ((1, 0, 0), (0, 1, 0), (0, 0, 1)))
    ]
    return [
        f'<g class="sphere"><title>{escape(hint)}</title>',
        f'<circle class="rim" cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}"/><path class="far" d="{equator}"/>',
        *axes,
        f'<text x="{x:.1f}" y="{y - _RADIUS - 9:.1f}">|0⟩</text>',
        f'<text x="{x:.1f}" y="{y + _RADIUS + 10:.1f}">|1⟩</text>',
        f'<line class="arrow" x1="{x:.1f}" y1="{y:.1f}" x2="{tip[0]}" y2="{tip[1]}"/>',
        f'<circle class="tip" cx="{tip[0]}" cy="{tip[1]}" r="4"/>',
        f'<text class="bold" x="{x:.1f}" y="{y + _RADIUS + 28:.1f}">{escape(name)}</text>',
        f'<text x="{x:.1f}" y="{y + _RADIUS + 44:.1f}">{figures}</text></g>',
    ]
