"""Draws curves as SVG, in the style of the circuit drawings: results of a sweep, energies of a minimisation.

Takes curves of (x, y) points with optional errors and returns one `<svg>` element. Every curve has a colour and a kind
of line of its own, and a name in the legend; hovering over a point shows its figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from ionqdsl.emit.colours import SERIES, declared
from ionqdsl.emit.svg import picture

_CHAR, _MARGIN, _ROW = 7.3, 12, 20
_TICK = 5  # pixels of a mark at an axis
PROBABILITY = "probability"
"""The name of an axis that goes from 0 to 1."""

MOST_DOTS = 60
"""Points of the longest line with dots."""

_DASHES = ("", "7 3", "2 3", "9 3 2 3")
_STYLE = f"""
{declared(("edge", "quiet", *SERIES), ".qc")}
.qc .grid {{ stroke: var(--edge); stroke-width: 1; }}
.qc .small {{ fill: var(--quiet); }} .qc .right {{ text-anchor: end; }}
""" + "".join(
    f".qc .s{number} .curve {{ stroke: var(--{name}); stroke-width: 2; stroke-linejoin: round; }} "
    f".qc .s{number} circle {{ fill: var(--{name}); stroke: none; }} "
    f".qc .s{number} .error {{ stroke: var(--{name}); }}\n"
    for number, name in enumerate(SERIES)
)


class Curve(NamedTuple):
    """Points from left to right, drawn as dots, as a line or as both; `errors` are standard errors, empty without."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    errors: Sequence[float] = ()
    has_line: bool = True
    has_dots: bool = True


class Axis(NamedTuple):
    """A range of numbers with marks at round ones, and the pixels at its ends."""

    low: float
    high: float
    marks: tuple[float, ...]
    start: float
    end: float

    def place(self, value: float) -> float:
        """The pixel of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def curves(drawn: Sequence[Curve], across: str, up: str, width: int = 640, height: int = 240) -> str:
    """The picture: `across` and `up` are the names of the axes. Points that are not finite are left out.

    At most as many curves as there are colours are drawn. Where `up` is a probability, the axis goes from 0 to 1.
    """
    drawn = [_finite(curve) for curve in drawn[: len(SERIES)]]
    xs = [x for curve in drawn for x in curve.xs]
    low, high = _range(drawn, is_share=up == PROBABILITY)
    marks = marks_between(low, high, 5)
    left = _MARGIN + _CHAR * max(len(label(mark, marks)) for mark in marks) + _TICK + 6
    legend = list(_rows([curve.name for curve in drawn], width - left - _MARGIN)) if len(drawn) > 1 else []
    top = _MARGIN + _ROW
    tall = top + height + 46 + _ROW * len(legend)
    first, last = min(xs, default=0.0), max(xs, default=1.0)
    steps = 6 if any(x % 1 for x in xs) else max(1, min(6, round(last - first)))  # marks between whole numbers mislead
    sideways = _axis(first, last, steps, left, width - 2.5 * _MARGIN, is_tight=True)
    upright = _axis(low, high, 5, top + height, top)
    title = f"{up} by {across}" + (f": {', '.join(curve.name for curve in drawn)}" if len(drawn) > 1 else "")
    parts = [
        f'<text class="output small" x="{_MARGIN}" y="{_MARGIN + 4}">{escape(up)}</text>',
        *_grid(sideways, upright),
        f'<text class="small right" x="{sideways.end:.1f}" y="{top + height + 38}">{escape(across)}</text>',
    ]
    for number, curve in enumerate(drawn):
        parts += _curve(number, curve, sideways, upright, across)
    for line, places in enumerate(legend):
        for number, x in places:
            parts += _key(number, drawn[number], left + x, top + height + 56 + line * _ROW)
    return picture(title, width, tall, parts, _STYLE)


def _finite(curve: Curve) -> Curve:
    kept = [place for place, pair in enumerate(zip(curve.xs, curve.ys, strict=True)) if all(map(math.isfinite, pair))]
    errors = [curve.errors[place] for place in kept] if curve.errors else ()
    return curve._replace(xs=[curve.xs[p] for p in kept], ys=[curve.ys[p] for p in kept], errors=errors)


def _range(drawn: Sequence[Curve], is_share: bool) -> tuple[float, float]:
    """The lowest and the highest value, with their errors; 0 and 1 for shares."""
    if is_share:
        return 0.0, 1.0
    ends = [end for curve in drawn for y, error in _with_errors(curve) for end in (y - error, y + error)]
    return min(ends, default=0.0), max(ends, default=1.0)


def _with_errors(curve: Curve) -> Iterator[tuple[float, float]]:
    yield from zip(curve.ys, curve.errors or [0.0] * len(curve.ys), strict=True)


def marks_between(low: float, high: float, count: int) -> tuple[float, ...]:
    """About `count` round numbers from at most `low` to at least `high`, in steps of 1, 2 or 5 times a power of ten."""
    if _is_point(low, high):
        size = max(abs(low), abs(high)) or 1.0
        low, high = low - 0.5 * size, high + 0.5 * size
    step = 10 ** math.floor(math.log10((high - low) / count))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (factor * step) <= count)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(number * step for number in range(first, last + 1))


def _is_point(low: float, high: float) -> bool:
    """Whether a range is too narrow for marks of their own."""
    return high - low <= 1e-9 * max(abs(low), abs(high))


def label(mark: float, marks: Sequence[float]) -> str:
    """A number at an axis, with as many decimals as the step between the marks needs."""
    step = marks[1] - marks[0]
    if not 1e-4 <= step < 1e6:
        return f"{mark:.3g}"
    return f"{mark:.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"


def _axis(low: float, high: float, count: int, start: float, end: float, is_tight: bool = False) -> Axis:
    """An axis from the first mark to the last, or if it is tight, from the lowest value to the highest."""
    marks = marks_between(low, high, count)
    if not is_tight or _is_point(low, high):
        return Axis(marks[0], marks[-1], marks, start, end)
    slack = 1e-9 * (high - low)
    return Axis(low, high, tuple(mark for mark in marks if low - slack <= mark <= high + slack), start, end)


def _grid(sideways: Axis, upright: Axis) -> Iterator[str]:
    """The marks of both axes, and lines across for those of the upright one."""
    for mark in upright.marks:
        y = upright.place(mark)
        yield f'<line class="grid" x1="{sideways.start:.1f}" y1="{y:.1f}" x2="{sideways.end:.1f}" y2="{y:.1f}"/>'
        text = label(mark, upright.marks)
        yield f'<text class="small right" x="{sideways.start - _TICK - 3:.1f}" y="{y:.1f}">{text}</text>'
    marks = sideways.marks if len(sideways.marks) > 1 else (sideways.low, sideways.high)
    for mark in marks:
        x = sideways.place(mark)
        yield f'<line x1="{x:.1f}" y1="{upright.start:.1f}" x2="{x:.1f}" y2="{upright.start + _TICK:.1f}"/>'
        yield f'<text class="small" x="{x:.1f}" y="{upright.start + _TICK + 12:.1f}">{label(mark, marks)}</text>'


def _curve(number: int, curve: Curve, sideways: Axis, upright: Axis, across: str) -> Iterator[str]:
    points = [(sideways.place(x), upright.place(y)) for x, y in zip(curve.xs, curve.ys, strict=True)]
    yield f'<g class="s{number}">'
    if curve.has_line and len(points) > 1:
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        yield f'<path class="curve" d="{path}"{_dashed(number)}/>'
    for place, (x, y) in enumerate(points):
        said = f"{across} {curve.xs[place]:.6g}: {curve.ys[place]:.6g}"
        if curve.errors and curve.errors[place]:
            error = curve.errors[place]
            low, high = upright.place(curve.ys[place] - error), upright.place(curve.ys[place] + error)
            said += f" ± {error:.2g}"
            yield f'<line class="error" x1="{x:.1f}" y1="{low:.1f}" x2="{x:.1f}" y2="{high:.1f}"/>'
        if curve.has_dots and (len(points) <= MOST_DOTS or not curve.has_line):
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{escape(f"{curve.name}, {said}")}</title></circle>'
    yield "</g>"


def _rows(names: Sequence[str], room: float) -> Iterator[list[tuple[int, float]]]:
    """The legend in rows: the number of each name, and its place from the left."""
    row: list[tuple[int, float]] = []
    x = 0.0
    for number, name in enumerate(names):
        wide = 34 + _CHAR * (len(name) + 2)
        if row and x + wide > room:
            yield row
            row, x = [], 0.0
        row.append((number, x))
        x += wide
    yield row


def _key(number: int, curve: Curve, x: float, y: float) -> Iterator[str]:
    yield f'<g class="s{number}">'
    if curve.has_line:
        yield f'<path class="curve" d="M{x:.1f} {y:.1f}h26"{_dashed(number)}/>'
    if curve.has_dots:
        yield f'<circle cx="{x + 13:.1f}" cy="{y:.1f}" r="3"/>'
    yield f'<text class="output" x="{x + 32:.1f}" y="{y:.1f}">{escape(curve.name)}</text></g>'


def _dashed(number: int) -> str:
    dashes = _DASHES[number % len(_DASHES)]
    return f' stroke-dasharray="{dashes}"' if dashes else ""
