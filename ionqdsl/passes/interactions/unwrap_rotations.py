"""Turns a rotation by a parameter between two equal two-qubit gates into one interaction by that parameter.

Takes an interaction form and rewrites `cnot, rz(theta), cnot` and all of its kind:
E^-1 exp(-i t C) E = exp(-i t A (x) (C x B)) for E = exp(-i pi/4 A (x) B) and C across B on one of its wires. Merging
blocks does the same for known angles, but a parameter must stay linear.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from ionqdsl.algebra.interactions import (
    QUARTER,
    AxisRotation,
    BarrierItem,
    Interaction,
    Interactions,
    Item,
    LateTurns,
    folded,
    phase_of_halves,
)
from ionqdsl.algebra.rotations import Vector, angle_between, cross, dot, is_parallel, opposite
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE


def unwrap_rotations(form: Interactions) -> Interactions:
    """The form with wrapped rotations as interactions, global phase included."""
    if not any(isinstance(item, AxisRotation) for item in form.items):
        return form
    unwrapping = _Unwrapping(form.width)
    for item in form.items:
        match item:
            case Interaction():
                unwrapping.interact(item)
            case AxisRotation():
                axis = unwrapping.late.pulled(item.wire, item.axis)
                unwrapping.add(AxisRotation(item.wire, axis, item.t, item.origin), item.wire)
            case BarrierItem():
                unwrapping.add(unwrapping.late.given_to(item), *item.wires)
    items = [item for item in unwrapping.items if item is not None]
    ends = unwrapping.late.before(form.ends)
    phase, neglected = form.phase + Angle(0, unwrapping.phase), form.neglected + unwrapping.neglected
    return Interactions(form.width, items, ends, phase, form.inputs, neglected)


class _Wrapping(NamedTuple):
    """A rotation on wire `side` and the earlier of the two interactions around it, with their places among the items.

    `t` is the angle of that interaction; `sign` is that between the product of its axes and of the later one's.
    """

    outer_place: int
    outer: Interaction
    t: float
    rotation_place: int
    rotation: AxisRotation
    side: int
    sign: int

    @property
    def wrapped_axis(self) -> Vector:
        """The earlier interaction's axis on the wire of the rotation."""
        return self.outer.v if self.side == self.outer.b else self.outer.u


class _Unwrapping:
    """The items so far, None for those that went; the places of the items on each wire; and the half turns so far."""

    def __init__(self, width: int) -> None:
        self.items: list[Item | None] = []
        self.above: list[list[int]] = [[] for _ in range(width)]
        self.late = LateTurns(width)
        self.phase = self.neglected = 0.0

    def add(self, item: Item, *wires: int) -> None:
        """Adds an item."""
        for wire in wires:
            self.above[wire].append(len(self.items))
        self.items.append(item)

    def interact(self, item: Interaction) -> None:
        """Adds an interaction, or unwraps the rotation that it wraps together with an earlier one."""
        a, b, t = item.a, item.b, item.t
        u, v = self.late.pulled(a, item.u), self.late.pulled(b, item.v)
        if isinstance(t, float) and abs(abs(t) - QUARTER) < NOISE:
            wrapping = self._wrapped(a, b, u, v) or self._wrapped(b, a, v, u)
            if wrapping is not None:
                self.neglected += _mismatch(wrapping, a, u, v) + abs(abs(t) - QUARTER)
                self._unwrap(wrapping, t)
                return
        self.add(Interaction(a, b, u, v, t, item.origin), a, b)

    def _unwrap(self, wrapping: _Wrapping, t: float) -> None:
        """Puts the interaction by the parameter in the place of the earlier one; `t` is the angle of the later one."""
        outer, rotation, side = wrapping.outer, wrapping.rotation, wrapping.side
        across = cross(rotation.axis, wrapping.wrapped_axis)
        if wrapping.t < 0:
            across = opposite(across)
        u, v = (outer.u, across) if side == outer.b else (across, outer.v)
        self.items[wrapping.outer_place] = Interaction(outer.a, outer.b, u, v, rotation.t, rotation.origin)
        self.items[wrapping.rotation_place] = None
        self.above[side].pop()
        _, halves = folded(wrapping.t + t * wrapping.sign)
        self.phase += phase_of_halves(halves)
        if halves % 2:
            for wire, axis in ((outer.a, outer.u), (outer.b, outer.v)):
                self.late.add(wire, axis, math.pi)
                self.late.normalise(wire)

    def _wrapped(self, a: int, b: int, u: Vector, v: Vector) -> _Wrapping | None:
        """An interaction on a and b, along u and v, with only a rotation on b across v after it."""
        if len(self.above[b]) < 2 or not self.above[a]:
            return None
        outer_place, rotation_place = self.above[b][-2:]
        outer, rotation = self.items[outer_place], self.items[rotation_place]
        if self.above[a][-1] != outer_place or not isinstance(rotation, AxisRotation):
            return None
        if not isinstance(outer, Interaction) or {outer.a, outer.b} != {a, b} or isinstance(outer.t, Angle):
            return None
        p, q = _axes_from(outer, a)
        if abs(abs(outer.t) - QUARTER) > NOISE or not is_parallel(p, u) or not is_parallel(q, v):
            return None
        if abs(dot(rotation.axis, q)) > NOISE:
            return None
        sign = 1 if dot(p, u) * dot(q, v) > 0 else -1
        return _Wrapping(outer_place, outer, outer.t, rotation_place, rotation, b, sign)


def _axes_from(item: Interaction, wire: int) -> tuple[Vector, Vector]:
    """The axes of an interaction, that on the wire first."""
    return (item.u, item.v) if item.a == wire else (item.v, item.u)


def _mismatch(wrapping: _Wrapping, a: int, u: Vector, v: Vector) -> float:
    """The sum of errors by which two interactions, the later one along u and v, fail to wrap a rotation exactly.

    u is on wire a, v on the other wire.
    """
    p, q = _axes_from(wrapping.outer, a)
    across = 2 * abs(dot(wrapping.rotation.axis, wrapping.wrapped_axis))
    return abs(abs(wrapping.t) - QUARTER) + angle_between(p, u) + angle_between(q, v) + across
