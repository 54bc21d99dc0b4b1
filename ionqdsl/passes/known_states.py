"""What is known of |0...0> goes: an interaction along a known state is a rotation of the other wire.

In comes an interaction form, out comes one with fewer interactions and the same distribution measured from |0...0>,
and nothing else in common: only for the contract `outcomes`. A wire counts as known from the start until its first
interaction or rotation off the axis of its state, or its first barrier.
"""

from __future__ import annotations

import math

from ionqdsl.algebra.interactions import BARRIER_ROW, ROTATION, Interactions, Item
from ionqdsl.algebra.rotations import IDENTITY, Turn, Vector, normalised, product, turn, turned_back
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE


def use_known_states(form: Interactions) -> Interactions:
    """The form without interactions along known states; global phases are not kept."""
    frames: list[Turn | None] = [None] * form.width  # turns that stand at the end instead
    is_known = [True] * form.width  # in the state along z, read at the start
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
