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
    states = _KnownStates(form.width, form.neglected)
    for item in form.items:
        match item:
            case Interaction():
                states.interact(item)
            case AxisRotation():
                states.rotate(item.wire, states.late.pulled(item.wire, item.axis), item.t, item.origin)
            case BarrierItem():
                states.stop(item)
    ends = states.late.before(form.ends)
    return Interactions(form.width, states.items, ends, form.phase, form.inputs, states.neglected)


class _KnownStates:
    """The items so far, the turns to apply after them, and the wires still in the state along z they started in."""

    def __init__(self, width: int, neglected: float) -> None:
        self.late = LateTurns(width)
        self.items: list[Item] = []
        self.is_known = [True] * width
        self.neglected = neglected

    def interact(self, item: Interaction) -> None:
        """An interaction along the known state of a wire is a rotation of the other one."""
        a, b, t = item.a, item.b, item.t
        u, v = self.late.pulled(a, item.u), self.late.pulled(b, item.v)
        if self._is_along(a, u):
            self.rotate(b, v, t if u[2] > 0 else -t, item.origin)
        elif self._is_along(b, v):
            self.rotate(a, u, t if v[2] > 0 else -t, item.origin)
        else:
            self.is_known[a] = self.is_known[b] = False
            self.items.append(Interaction(a, b, u, v, t, item.origin))

    def rotate(self, wire: int, axis: Vector, t: float | Angle, origin: Span | None) -> None:
        """A rotation about the known state of its wire is a phase; the others wait, unless their angle is open."""
        if self._is_along(wire, axis):
            return
        if isinstance(t, Angle):
            self.is_known[wire] = False
            self.items.append(AxisRotation(wire, axis, t, origin))
        else:
            self.late.add(wire, axis, 2 * t)
            self.late.normalise(wire)

    def stop(self, item: BarrierItem) -> None:
        """A barrier ends the knowledge about its wires; a reset begins it again."""
        for wire in item.wires:
            self.is_known[wire] = item.row.gate == RESET
        self.items.append(self.late.given_to(item))

    def _is_along(self, wire: int, axis: Vector) -> bool:
        """Whether the wire's state is known and along an axis, up to a skew that is counted."""
        if not self.is_known[wire]:
            return False
        skew = math.hypot(axis[0], axis[1])
        if skew < NOISE:
            self.neglected += 2 * skew
        return skew < NOISE
