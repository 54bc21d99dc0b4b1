"""Turns a rotation by a parameter between two equal two-qubit gates into one interaction by that parameter.

Takes an interaction form and rewrites `cnot, rz(theta), cnot` and all of its kind:
E^-1 exp(-i t C) E = exp(-i t A (x) (C x B)) for E = exp(-i pi/4 A (x) B) and C across B on one of its wires. Merging
blocks does the same for known angles, but a parameter must stay linear.
"""

from __future__ import annotations

import math

from ionqdsl.algebra.interactions import BARRIER_ROW, QUARTER, ROTATION, Interactions, Item, folded, phase_of_halves
from ionqdsl.algebra.rotations import (
    IDENTITY,
    Turn,
    Vector,
    angle_between,
    cross,
    dot,
    is_parallel,
    normalised,
    opposite,
    product,
    turn,
    turned_back,
)
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE


def unwrap_rotations(form: Interactions) -> Interactions:
    """The form with wrapped rotations as interactions, global phase included."""
    if not any(item[1] == ROTATION for item in form.items):
        return form
    items: list[Item | None] = []
    above: list[list[int]] = [[] for _ in form.ends]  # the items on each wire
    frames: list[Turn | None] = [None] * form.width  # half turns, to be put at the end
    phase = neglected = 0.0

    def pulled(wire: int, axis: Vector) -> Vector:
        frame = frames[wire]
        return axis if frame is None else turned_back(frame, axis)

    def add(item: Item, *wires: int) -> None:
        for wire in wires:
            above[wire].append(len(items))
        items.append(item)

    for a, b, u, v, t, origin in form.items:
        if b == BARRIER_ROW:
            turns = tuple([product(end, frames[q] or IDENTITY) for q, end in zip(u, v, strict=True)])
            for q in u:
                frames[q] = None
            add((a, b, u, turns, t, origin), *u)
            continue
        first = pulled(a, u)
        if b == ROTATION:
            add((a, b, first, None, t, origin), a)
            continue
        second = pulled(b, v)
        match = None
        if isinstance(t, float) and abs(abs(t) - QUARTER) < NOISE:
            match = _wrapped(items, above, a, b, first, second) or _wrapped(items, above, b, a, second, first)
        if match is None:
            add((a, b, first, second, t, origin), a, b)
            continue
        start, inside, side, sign = match
        _, _, axis, _, angle, place = items[inside]  # type: ignore[misc]
        outer = items[start]
        assert outer is not None
        across = cross(axis, outer[3] if side == outer[1] else outer[2])
        if outer[4] < 0:
            across = opposite(across)
        if side == outer[1]:
            items[start] = (outer[0], outer[1], outer[2], across, angle, place)
        else:
            items[start] = (outer[0], outer[1], across, outer[3], angle, place)
        items[inside] = None
        above[side].pop()
        neglected += (
            abs(abs(outer[4]) - QUARTER) + abs(abs(t) - QUARTER) + _mismatch(outer, side, axis, first, second, a)
        )
        _, halves = folded(outer[4] + t * sign)
        phase += phase_of_halves(halves)
        if halves % 2:
            for wire, line in ((outer[0], outer[2]), (outer[1], outer[3])):
                frames[wire] = normalised(product(frames[wire] or IDENTITY, turn(line, math.pi)))
    ends = [end if frame is None else product(end, frame) for end, frame in zip(form.ends, frames, strict=True)]
    kept = [item for item in items if item is not None]
    phases = form.phase + Angle(0, phase)
    return Interactions(form.width, kept, ends, phases, form.inputs, form.neglected + neglected)


def _mismatch(outer: Item, side: int, axis: Vector, u: Vector, v: Vector, a: int) -> float:
    """The sum of angles by which two two-qubit gates, the later one along u and v, fail to wrap a rotation exactly.

    u is on wire a, v on the other wire.
    """
    p, q = (outer[2], outer[3]) if outer[0] == a else (outer[3], outer[2])
    wrapped = outer[3] if side == outer[1] else outer[2]
    return angle_between(p, u) + angle_between(q, v) + 2 * abs(dot(axis, wrapped))


def _wrapped(
    items: list[Item | None], above: list[list[int]], a: int, b: int, u: Vector, v: Vector
) -> tuple[int, int, int, int] | None:
    """A two-qubit gate on a and b, along u and v, with only a rotation on b across v after it.

    Returns its place, the rotation's, the wire b, and the sign between the product of its axes and that of u and v.
    """
    if len(above[b]) < 2 or not above[a]:
        return None
    start, inside = above[b][-2:]
    rotation, outer = items[inside], items[start]
    if above[a][-1] != start or rotation is None or outer is None or rotation[1] != ROTATION or outer[1] < 0:
        return None
    p, q = (outer[2], outer[3]) if outer[0] == a else (outer[3], outer[2])
    if {outer[0], outer[1]} != {a, b} or isinstance(outer[4], Angle) or abs(abs(outer[4]) - QUARTER) > NOISE:
        return None
    if not is_parallel(p, u) or not is_parallel(q, v) or abs(dot(rotation[2], q)) > NOISE:
        return None
    return start, inside, b, 1 if dot(p, u) * dot(q, v) > 0 else -1
