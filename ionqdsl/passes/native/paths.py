"""Chooses where the z axis of an ion points at each stop of its wire, so that the fewest pulses are needed in between.

Takes the axes that a wire must meet, in order, each to be perpendicular to the pointer (an `ms` gate) or along it (a
`zz` gate, a rotation by an unbound angle), and returns a pointer for every stop. The step from one pointer to the next
takes no pulse if they are equal, one if they are opposite or perpendicular, otherwise two. Signs hardly matter, since a
perpendicular step reaches either, so lines are searched and signs chosen at the end.
"""

from __future__ import annotations

import math
from operator import itemgetter
from typing import NamedTuple

from ionqdsl.algebra.rotations import Vector, cross, dot, is_parallel, opposite
from ionqdsl.ir.rounding import NOISE

WIDTH = 4


class Stop(NamedTuple):
    """An axis that the pointer must be along, or else perpendicular to."""

    is_along: bool
    axis: Vector


class PointerPath(NamedTuple):
    """The pulses that a path takes, the pointer at its end, and the path up to the stop before."""

    pulses: int
    pointer: Vector
    before: PointerPath | None

    def to(self, pointer: Vector) -> PointerPath:
        """The path on to a pointer at the next stop."""
        return PointerPath(self.pulses + steps(self.pointer, pointer), pointer, self)


def pointers(start: Vector, stops: list[Stop], end: Vector | None) -> list[Vector]:
    """A pointer for each stop, from `start` to `end` (None: anywhere); `start` and `end` are signed directions."""
    if all(stop.is_along for stop in stops):
        return _signed(start, [stop.axis for stop in stops], end)
    paths = [PointerPath(0, start, None)]
    for index, (is_along, axis) in enumerate(stops):
        if is_along:
            paths = [min([path.to(axis) for path in paths], key=_pulses)]
            continue
        following, later = _next_axes(stops, index, end)
        lines = _wanted(axis, following, later, end)
        # Paths are made for the few that are kept; sorted by their pulses with those that the next stop takes at least.
        reached: list[tuple[int, int, Vector, PointerPath]] = []
        for path in paths:
            pulses, pointer, _ = path
            if abs(dot(pointer, axis)) < NOISE:
                reached.append((pulses + _misses(pointer, following), pulses, pointer, path))
            across = _line(cross(pointer, axis))
            if across is not None:
                reached.append((pulses + 1 + _misses(across, following), pulses + 1, across, path))
            for line in lines:
                total = pulses + steps(pointer, line)
                reached.append((total + _misses(line, following), total, line, path))
        reached.sort(key=itemgetter(0))
        paths = []
        for _, pulses, pointer, path in reached:
            if not any(is_parallel(pointer, other.pointer) for other in paths):
                paths.append(PointerPath(pulses, pointer, path))
                if len(paths) == WIDTH:
                    break
    last = min(paths, key=_pulses) if end is None else min([path.to(end) for path in paths], key=_pulses).before
    chosen: list[Vector] = []
    while last is not None and last.before is not None:
        chosen.append(last.pointer)
        last = last.before
    chosen.reverse()
    return _signed(start, chosen, end)


def _pulses(path: PointerPath) -> int:
    return path.pulses


def steps(pointer: Vector, line: Vector) -> int:
    """Pulses from a pointer to a line, whichever its sign."""
    size = abs(pointer[0] * line[0] + pointer[1] * line[1] + pointer[2] * line[2])
    if size < NOISE:
        return 1
    return 0 if size > 0.999 and is_parallel(pointer, line) else 2


def _next_axes(stops: list[Stop], index: int, end: Vector | None) -> tuple[Stop | None, Stop | None]:
    """The next two stops; the end counts as a stop along it."""
    count = len(stops)
    last = None if end is None else Stop(True, end)
    following = stops[index + 1] if index + 1 < count else last
    later = None if index + 1 >= count else stops[index + 2] if index + 2 < count else last
    return following, later


def _misses(pointer: Vector, stop: Stop | None) -> int:
    """The fewest pulses that the next stop takes."""
    if stop is None:
        return 0
    if stop.is_along:
        return steps(pointer, stop.axis)
    return 0 if abs(dot(pointer, stop.axis)) < NOISE else 1


def _wanted(axis: Vector, following: Stop | None, later: Stop | None, end: Vector | None) -> list[Vector]:
    """Lines perpendicular to the axis that suit the next stops."""
    wanted: list[Vector] = []
    if following is not None:
        ahead = following.axis
        both = _line(cross(axis, ahead))
        if both is not None:
            wanted.append(both)
        if following.is_along:
            if abs(dot(axis, ahead)) < NOISE:
                wanted.append(ahead)
        elif later is not None:
            goal = later.axis if later.is_along else _line(cross(ahead, later.axis))
            if goal is not None:
                there = _line(cross(axis, goal))
                if there is not None:
                    wanted.append(there)
                if abs(dot(axis, goal)) < NOISE:
                    wanted.append(goal)
    if end is not None and abs(dot(axis, end)) < NOISE:
        wanted.append(end)
    if not wanted:
        x, y, z = axis
        wanted.append(_line((-y, x, 0.0) if abs(z) < 0.9 else (0.0, -z, y)) or axis)
    return wanted


def _line(vector: Vector) -> Vector | None:
    x, y, z = vector
    size = x * x + y * y + z * z
    if size < 1e-10:  # a normal of nearly parallel lines would be rounding
        return None
    scale = 1 / math.sqrt(size)
    return (x * scale, y * scale, z * scale)


def _signed(start: Vector, lines: list[Vector], end: Vector | None) -> list[Vector]:
    """The lines as directions, from the end backwards; where lines change the sign is free, and a run at the start
    keeps the start's.
    """
    wanted = end
    result: list[Vector] = []
    for line in reversed(lines):
        if wanted is not None and is_parallel(wanted, line):
            line = line if dot(wanted, line) > 0 else opposite(line)
        elif is_parallel(start, line):
            line = start
        wanted = line
        result.append(line)
    result.reverse()
    return result
