"""Draws histograms as SVG, in the style of the circuit drawings.

Takes a `Result` and returns one `<svg>` element: a bar for each outcome with its share, or for the most frequent
outcomes if there are too many. Hovering over a bar shows the exact figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from heapq import nsmallest
from html import escape
from typing import TypeVar

from ionqdsl.emit.svg import picture
from ionqdsl.simulation.results import Result

Key = TypeVar("Key", str, int)

_ROW, _CHAR, _MARGIN = 22, 7.3, 12
_LEAST = 60  # pixels of the longest bar


def bars(result: Result, width: int = 640, most: int = 32) -> str:
    """The histogram, `width` pixels wide, with at most `most` bars; one line sums up the other outcomes."""
    joint = shares(result)
    keys = sorted(joint) if len(joint) <= most else largest(joint, most)
    left = _MARGIN + _CHAR * max((len(key) for key in keys), default=1) + 10
    width = max(width, round(left + _LEAST + 90 + _MARGIN))  # long bit strings are never cut
    room = width - left - 90 - _MARGIN
    highest = max((joint[key] for key in keys), default=1.0)
    rest = len(joint) - len(keys)
    height = _ROW * (len(keys) + 1 + bool(rest)) + 2 * _MARGIN
    shots = f"{result.shots:,} shots" if result.counts and result.shots else "probabilities"
    title = f"{result.name} · {shots} · order {' '.join(_names(result))}"
    shorter = (title, f"{result.name} · {shots} · order {_ends(result)}", f"{shots} · order {_ends(result)}")
    caption = next((text for text in shorter if len(text) * _CHAR <= width - 2 * _MARGIN), shots)
    parts = [
        f'<text class="output" x="{_MARGIN}" y="{_MARGIN + 6}">{escape(caption)}</text>',
    ]
    for number, key in enumerate(keys, 1):
        y = _MARGIN + number * _ROW
        wide = room * joint[key] / highest
        count = f"{result.counts.get(key, 0):,} counts, " if result.counts else ""
        parts.append(
            f'<g class="gate two"><title>{key}: {count}{joint[key]:.6g}</title>'
            f'<text class="name" x="{left - 6:.1f}" y="{y + 9}">{key}</text>'
            f'<rect x="{left:.1f}" y="{y}" width="{max(wide, 1):.1f}" height="{_ROW - 4}" rx="2"/>'
            f'<text class="output" x="{left + wide + 6:.1f}" y="{y + 9}">{joint[key]:.1%}</text></g>'
        )
    if rest:
        share = 1 - sum(joint[key] for key in keys)
        y = _MARGIN + (len(keys) + 1) * _ROW + 9
        parts.append(f'<text class="output" x="{_MARGIN}" y="{y}">{rest:,} more outcomes, {share:.1%} together</text>')
    return picture(title, width, height, parts)


def most_frequent(tables: Iterable[Mapping[str, float]], most: int) -> list[str]:
    """The keys with the largest absolute figures in any of the tables, at most `most`, in their order."""
    highest: dict[str, float] = {}
    for table in tables:
        for key, figure in table.items():
            highest[key] = max(abs(figure), highest.get(key, 0.0))
    return sorted(largest(highest, most))


def largest(figures: Mapping[Key, float], most: int) -> list[Key]:
    """The keys of the largest figures, these first; figures that differ by rounding are in the order of their keys."""
    return nsmallest(most, figures, key=lambda key: (-round(figures[key], 12), key))


def shares(result: Result) -> Mapping[str, float]:
    """The heights of the bars: frequencies if outcomes were counted, otherwise probabilities."""
    if result.counts and result.shots:
        return {key: count / result.shots for key, count in result.counts.items()}
    return result.probabilities


def _names(result: Result) -> tuple[str, ...]:
    names = result.names or tuple(f"q[{q}]" for q in range(result.qubits))
    return names if result.bit_order == "q0-left" else names[::-1]


def _ends(result: Result) -> str:
    """The first and the last of many names."""
    names = _names(result)
    return f"{names[0]} … {names[-1]}" if names else "no qubits"
