"""Moves small interactions to the axes of larger ones if that makes no difference.

The axis of an interaction by a small angle t, read off a matrix, is known only to about 1e-16/t. Takes an interaction
form and returns one whose small interactions share the axes of larger ones on their wires, as far as the error, 2 t
times the distance, is below rounding: so they merge, commute and need no pulses in between.
"""

from __future__ import annotations

import math
from itertools import product

from ionqdsl.algebra.interactions import Interaction, Interactions, Item
from ionqdsl.algebra.rotations import Vector, opposite
from ionqdsl.ir.rounding import NOISE

SMALL = 0.1
"""The axes of interactions by larger angles, in radians, are known well enough."""

FARTHEST = 1e-9
"""The farthest that an axis may move."""

_GRID = 0.1 / FARTHEST


def settle_axes(form: Interactions) -> Interactions:
    """The form with the axes of its small interactions settled."""
    numeric = [
        (abs(item.t), index, item)
        for index, item in enumerate(form.items)
        if isinstance(item, Interaction) and isinstance(item.t, float)
    ]
    if all(size > SMALL for size, _, _ in numeric):
        return form
    lines = [_Lines() for _ in form.ends]
    items: list[Item] = list(form.items)
    neglected = form.neglected
    for size, index, item in sorted(numeric, key=lambda entry: -entry[0]):
        a, b, u, v = item.a, item.b, item.u, item.v
        if size > SMALL:
            lines[a].near(u, 0.0)
            lines[b].near(v, 0.0)
            continue
        within = min(FARTHEST, NOISE / (2 * size))
        first, second = lines[a].near(u, within), lines[b].near(v, within)
        neglected += 2 * size * (math.dist(u, first) + math.dist(v, second))
        items[index] = Interaction(a, b, first, second, item.t, item.origin)
    return Interactions(form.width, items, form.ends, form.phase, form.inputs, neglected)


class _Lines:
    """The lines met on a wire, both directions of each."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int, int], list[Vector]] = {}

    def near(self, u: Vector, within: float) -> Vector:
        """The line nearest to a direction within a distance, or else the direction itself, which is added."""
        x, y, z = u
        key = (round(x * _GRID), round(y * _GRID), round(z * _GRID))
        keys = [key]
        if within and max([abs(size * _GRID - cell) for size, cell in zip(u, key, strict=True)]) > 0.3:
            first, second, third = [(math.floor(size * _GRID), math.ceil(size * _GRID)) for size in u]
            keys += product(first, second, third)
        lines_near = [line for key in keys for line in self.cells.get(key, ()) if math.dist(u, line) <= within]
        if lines_near:
            return min(lines_near, key=lambda line: math.dist(u, line))
        if u not in self.cells.get(key, ()):
            self.cells.setdefault(key, []).append(u)
            self.cells.setdefault((-key[0], -key[1], -key[2]), []).append(opposite(u))
        return u
