"""Finds the sweeps among the circuits of a program, and draws them as curves.

Takes the names of the circuits, which hold the values of a sweep (`ansatz theta=0.5`, `fringe(15deg)`), and a table of
figures for each; returns pictures. Circuits whose names differ in anything but one value are no sweep.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ionqdsl.emit.bars import most_frequent
from ionqdsl.emit.colours import SERIES
from ionqdsl.emit.curves import Curve, curves

_VALUE = re.compile(
    r"(?:(?<!\S)([^\s=]+)=|(?<=\()|(?<=, ))"  # `theta=`, or nothing before an argument
    r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?)([a-z]*)(?=[\s,)]|$)"
)
_LEAST = 3
"""Points of the shortest sweep."""


class Ramp(NamedTuple):
    """Circuits next to each other that differ in one value: the first, the one after the last, and the values.

    `parameter` names the value and its unit, `rest` is the part of the names that stays.
    """

    parameter: str
    rest: str
    start: int
    stop: int
    values: tuple[float, ...]


def sweeps(names: Sequence[str]) -> list[Ramp]:
    """The sweeps among circuits with these names, each as long as possible, from the first on."""
    found, start = [], 0
    while start < len(names):
        sweep = _sweep_at(names, start)
        if sweep is not None:
            found.append(sweep)
        start = start + 1 if sweep is None else sweep.stop
    return found


def _sweep_at(names: Sequence[str], start: int) -> Ramp | None:
    """The longest sweep that begins with one circuit, None if it is too short."""
    first = _VALUE.findall(names[start])
    frame = _VALUE.sub(r"\1=\3", names[start])
    rows, place = [first], None
    for name in names[start + 1 :]:
        row = _VALUE.findall(name)
        if _VALUE.sub(r"\1=\3", name) != frame:
            break
        changed = [number for number, (old, new) in enumerate(zip(first, row, strict=True)) if old != new]
        if len(changed) != 1 or place not in (None, changed[0]):
            break
        place = changed[0]
        rows.append(row)
    if place is None or len(rows) < _LEAST:
        return None
    name, _, unit = first[place]
    match = list(_VALUE.finditer(names[start]))[place]
    before, after = names[start][: match.start()], names[start][match.end() :]
    if not name:  # an argument: only its place tells which
        name, before = f"argument of {before.split('(')[0]}", f"{before}…"
    values = tuple(float(row[place][1]) for row in rows)
    rest = " ".join(f"{before}{after}".split())
    return Ramp(f"{name}, {unit}" if unit else name, rest, start, start + len(rows), values)


def drawn(sweep: Ramp, tables: Sequence[Mapping[str, float]], up: str, width: int = 640) -> str:
    """A sweep as a picture: a curve for each of the most frequent outcomes, or other figures by name."""
    keys = most_frequent(tables, len(SERIES))
    order = sorted(range(len(tables)), key=sweep.values.__getitem__)
    xs = [sweep.values[place] for place in order]
    found = [Curve(key, xs, [tables[place].get(key, 0.0) for place in order]) for key in keys]
    return curves(found, sweep.parameter, up, width)
