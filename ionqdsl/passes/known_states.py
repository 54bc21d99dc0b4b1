"""Replaces an interaction along a known state by a rotation of the other wire.

Takes an interaction form and returns one with fewer interactions and the same distribution measured from |0...0>. It
may differ in everything else, so this is only for the contract `outcomes`. The state of a wire is known until the
wire's first interaction or rotation off the axis of that state, or its first barrier, and again after a reset.
"""

from __future__ import annotations

import math

from ionqdsl.algebra.interactions import AxisRotation, BarrierItem, Interaction, Interactions, Item, LateTurns
from ionqdsl.algebra.rotations import Vector
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import RESET
from ionqdsl.ir.rounding import NOISE


def use_known_states(form: Interactions) -> Interactions:
    """The form without interactions along known states; the global phase is lost."""
    late = LateTurns(form.width)
    is_known = [True] * form.width  # still in the state along z that it started in
    items: list[Item] = []
    neglected = form.neglected

    def is_kept(wire: int, axis: Vector) -> bool:
        """Whether the wire's state is known and along this axis."""
        nonlocal neglected
        if not is_known[wire]:
            return False
        skew = math.hypot(axis[0], axis[1])
        if skew < NOISE:
            neglected += 2 * skew
        return skew < NOISE

    def rotate(wire: int, axis: Vector, t: float | Angle, origin: Span | None) -> None:
        if is_kept(wire, axis):
            return  # a phase
        if isinstance(t, Angle):
            is_known[wire] = False
            items.append(AxisRotation(wire, axis, t, origin))
        else:
            late.add(wire, axis, 2 * t)
            late.normalise(wire)

    for item in form.items:
        match item:
            case Interaction():
                a, b, t, origin = item.a, item.b, item.t, item.origin
                u, v = late.pulled(a, item.u), late.pulled(b, item.v)
                if is_kept(a, u):
                    rotate(b, v, t if u[2] > 0 else -t, origin)
                elif is_kept(b, v):
                    rotate(a, u, t if v[2] > 0 else -t, origin)
                else:
                    is_known[a] = is_known[b] = False
                    items.append(Interaction(a, b, u, v, t, origin))
            case AxisRotation():
                rotate(item.wire, late.pulled(item.wire, item.axis), item.t, item.origin)
            case BarrierItem():
                for wire in item.wires:
                    is_known[wire] = item.row.gate == RESET
                items.append(late.given_to(item))
    ends = late.before(form.ends)
    return Interactions(form.width, items, ends, form.phase, form.inputs, neglected)
