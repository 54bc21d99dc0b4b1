"""Replaces an interaction along a known state by a rotation of the other wire.

Takes an interaction form and returns one with fewer interactions and the same distribution measured from |0...0>. It
may differ in everything else, so this is only for the contract `outcomes`. The state of a wire is known until the
wire's first interaction or rotation off the axis of that state, or its first barrier.
"""

from __future__ import annotations

import math

from ionqdsl.algebra.interactions import BARRIER_ROW, ROTATION, Interactions, Item
from ionqdsl.algebra.rotations import IDENTITY, Turn, Vector, normalised, product, turn, turned_back
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE


def use_known_states(form: Interactions) -> Interactions:
    """The form without interactions along known states; the global phase is lost."""
    frames: list[Turn | None] = [None] * form.width  # turns that move to the end
    is_known = [True] * form.width  # still in the state along z that it started in
    items: list[Item] = []
    neglected = form.neglected

    def pulled(wire: int, axis: Vector) -> Vector:
        frame = frames[wire]
        return axis if frame is None else turned_back(frame, axis)

    def is_kept(wire: int, axis: Vector) -> bool:
        """Whether the wire's state is known and along this axis."""
        nonlocal neglected
        if not is_known[wire]:
            return False
        skew = math.hypot(axis[0], axis[1])
        if skew < NOISE:
            neglected += 2 * skew
        return skew < NOISE

    def rotate(wire: int, axis: Vector, t: float | Angle, origin: object) -> None:
        if is_kept(wire, axis):
            return  # a phase
        if isinstance(t, Angle):
            is_known[wire] = False
            items.append((wire, ROTATION, axis, None, t, origin))
        else:
            frames[wire] = normalised(product(frames[wire] or IDENTITY, turn(axis, 2 * t)))

    for a, b, u, v, t, origin in form.items:
        if b == BARRIER_ROW:
            turns = tuple([product(end, frames[q] or IDENTITY) for q, end in zip(u, v, strict=True)])
            for q in u:
                frames[q], is_known[q] = None, False
            items.append((a, b, u, turns, t, origin))
            continue
        first = pulled(a, u)
        if b == ROTATION:
            rotate(a, first, t, origin)
            continue
        second = pulled(b, v)
        if is_kept(a, first):
            rotate(b, second, t if first[2] > 0 else -t, origin)
        elif is_kept(b, second):
            rotate(a, first, t if second[2] > 0 else -t, origin)
        else:
            is_known[a] = is_known[b] = False
            items.append((a, b, first, second, t, origin))
    ends = [end if frame is None else product(end, frame) for end, frame in zip(form.ends, frames, strict=True)]
    return Interactions(form.width, items, ends, form.phase, form.inputs, neglected)
