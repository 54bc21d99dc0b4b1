"""Draws the amplitudes of a state as SVG: a bar for each probability, coloured by its phase, with a dial and figures.

Takes a state of shape (2**qubits,) and returns one `<svg>` element in the style of the circuit drawings. Colours go
once round the circle of hues, from blue at phase 0; the dial and the angle say the same without colour.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from html import escape

from ionqdsl.emit import bars
from ionqdsl.emit.svg import picture

_ROW, _CHAR, _MARGIN, _RADIUS = 24, 7.3, 12, 8
_FIGURES = 21  # characters of the figures after a bar
_LEAST = 40  # pixels of the longest bar
_BLUE = 215  # degrees of hue
_NOTHING = 1e-10
"""A probability below which a basis state is left out."""


def amplitudes(state: Sequence[complex], names: Sequence[str], width: int = 640, most: int = 16) -> str:
    """The largest amplitudes, at most `most`, in the order of their bit strings, `width` pixels wide if they fit."""
    wide = len(names)
    shares = {number: abs(value) ** 2 for number, value in enumerate(state) if abs(value) ** 2 > _NOTHING}
    shown = sorted(bars.largest(shares, most))
    left = _MARGIN + _CHAR * (max(wide, 1) + 2) + 2 * _RADIUS + 14
    width = max(width, round(left + _LEAST + _FIGURES * _CHAR + _MARGIN))
    room = width - left - _FIGURES * _CHAR - _MARGIN
    largest = max(shares.values(), default=1.0)
    rest = len(shares) - len(shown)
    height = _ROW * (len(shown) + 1 + bool(rest)) + 2 * _MARGIN
    caption = f"amplitudes · order {' '.join(names)}"
    short = caption if len(caption) * _CHAR <= width - 2 * _MARGIN else "amplitudes"
    parts = [
        f'<text class="output" x="{_MARGIN}" y="{_MARGIN + 6}">{escape(short)}</text>',
    ]
    for place, number in enumerate(shown, 1):
        key = format(number, f"0{wide}b") if wide else ""
        parts += _bar(complex(state[number]), key, _MARGIN + place * _ROW, left, room * shares[number] / largest)
    if rest:
        y = _MARGIN + (len(shown) + 1) * _ROW + 9
        share = 1 - math.fsum(shares[number] for number in shown)
        parts.append(f'<text class="output" x="{_MARGIN}" y="{y}">{rest:,} more, {share:.1%} together</text>')
    return picture(caption, width, height, parts)


def degrees(value: complex) -> int:
    """The phase in whole degrees, above -180 and up to 180."""
    found = round(math.degrees(cmath.phase(value)))
    return 180 if found == -180 else found


def colour(value: complex) -> str:
    """The colour of a phase."""
    return f"hsl({(_BLUE + degrees(value)) % 360} 62% 55%)"


def _bar(value: complex, key: str, y: float, left: float, long: float) -> list[str]:
    share, angle = abs(value) ** 2, cmath.phase(value)
    hint = f"{key}: {value.real + 0.0:.6g}{value.imag + 0.0:+.6g}i, probability {share:.6g}, phase {degrees(value)}°"
    x, middle = left - _RADIUS - 6, y + (_ROW - 6) / 2
    tip = f"{x + _RADIUS * math.cos(angle):.1f}", f"{middle - _RADIUS * math.sin(angle):.1f}"
    return [
        f'<g class="amplitude"><title>{escape(hint)}</title>',
        f'<text class="name" x="{left - 2 * _RADIUS - 12:.1f}" y="{middle:.1f}">|{key}⟩</text>',
        f'<circle class="ring" cx="{x:.1f}" cy="{middle:.1f}" r="{_RADIUS}"/>',
        f'<line x1="{x:.1f}" y1="{middle:.1f}" x2="{tip[0]}" y2="{tip[1]}"/>',
        f'<rect x="{left:.1f}" y="{y}" width="{max(long, 1):.1f}" height="{_ROW - 6}" rx="2" '
        f'style="fill: {colour(value)}"/>',
        f'<text class="output" x="{left + long + 6:.1f}" y="{middle:.1f}">'
        f"{abs(value):.4f} ∠ {degrees(value)}° · {share:.1%}</text></g>",
    ]
