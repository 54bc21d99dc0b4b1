"""Writes an interaction form in qis gates: an interaction is `xx`, `yy` or `zz` with rotations before it.

Takes an interaction form and returns qis rows. Before an interaction both wires are turned until their axes are the
same letter: the one that takes the fewest rotations, z if it does not matter. No rotation is carried as a frame, since
the service compiles the rows further.
"""

from __future__ import annotations

import math
from fractions import Fraction

from ionqdsl.algebra.interactions import AxisRotation, BarrierItem, Interaction, Interactions
from ionqdsl.algebra.rotations import (
    IDENTITY,
    Turn,
    Vector,
    X,
    Y,
    Z,
    angle_between,
    distance,
    dot,
    inverse,
    normalised,
    product,
    turn,
    turned,
    turned_back,
)
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.ir.rounding import NOISE

_LETTERS = {"z": Z, "x": X, "y": Y}

Rotation = tuple[str, float]
"""A letter and an angle in radians."""


def written_in_qis(form: Interactions, preserve: str) -> tuple[list[Op], list[Span | None], Angle, float]:
    """Rows, origins, global phase, and a bound for the rounding; barriers and pinned rows stay."""
    writing = _QisRows(form.width)
    for item in form.items:
        match item:
            case Interaction():
                writing.interact(item)
            case AxisRotation():
                writing.rotate(item)
            case BarrierItem():
                writing.barrier(item)
    for wire, end in enumerate(form.ends):
        if fixes_phases(preserve):
            writing.finish(wire, end, writing.last[wire])
        else:
            writing.measure(wire, turned_back(end, Z))
    phase = (form.phase + Angle(0, writing.phase % math.tau)).reduced()
    return writing.rows, writing.origins, phase, writing.neglected


class _QisRows:
    """The rows so far, and for every wire the product of its rotations and the origin of its last item."""

    def __init__(self, width: int) -> None:
        self.rows: list[Op] = []
        self.origins: list[Span | None] = []
        self.done: list[Turn] = [IDENTITY] * width
        self.last: list[Span | None] = [None] * width
        self.phase = 0.0
        self.neglected = 0.0

    def _write(self, op: Op, origin: Span | None) -> None:
        self.rows.append(op)
        self.origins.append(origin)

    def _turn(self, wire: int, rotations: list[Rotation], origin: Span | None) -> None:
        for letter, radians in rotations:
            angle = _exact(radians)
            self.done[wire] = normalised(product(turn(_LETTERS[letter], angle.in_radians()), self.done[wire]))
            self._write(Op(f"r{letter}", (wire,), (angle,)), origin)

    def interact(self, item: Interaction) -> None:
        """Turns both axes to the letter that takes the fewest rotations, and writes its gate."""
        a, b, u, v, t, origin = item.a, item.b, item.u, item.v, item.t, item.origin
        left, right = turned(self.done[a], u), turned(self.done[b], v)
        plans = {name: (_towards(left, letter), _towards(right, letter)) for name, letter in _LETTERS.items()}
        name, (first, second) = min(plans.items(), key=lambda plan: sum(map(len, plan[1])))
        self._turn(a, first, origin)
        self._turn(b, second, origin)
        left, right, letter = turned(self.done[a], u), turned(self.done[b], v), _LETTERS[name]
        self.neglected += 2 * (angle_between(left, letter) + angle_between(right, letter))
        angle = t * 2 if isinstance(t, Angle) else self._size(2 * t)
        is_same = (dot(left, letter) > 0) == (dot(right, letter) > 0)
        self._write(Op(name * 2, (a, b), (angle if is_same else -angle,)), origin)
        self.last[a] = self.last[b] = origin

    def _size(self, radians: float) -> Angle:
        angle = _exact(radians)
        self.neglected += abs(angle.in_radians() - radians)
        return angle

    def rotate(self, item: AxisRotation) -> None:
        """Turns the axis to the letter that takes the fewest rotations, and writes its rotation."""
        wire, axis, t, origin = item.wire, item.axis, item.t, item.origin
        lab = turned(self.done[wire], axis)
        plans = [(name, _towards(lab, letter)) for name, letter in _LETTERS.items()]
        name, rotations = min(plans, key=lambda plan: len(plan[1]))
        self._turn(wire, rotations, origin)
        lab = turned(self.done[wire], axis)
        self.neglected += 2 * angle_between(lab, _LETTERS[name])
        self._write(Op(f"r{name}", (wire,), (t * (2 if dot(lab, _LETTERS[name]) > 0 else -2),)), origin)
        self.last[wire] = origin

    def barrier(self, item: BarrierItem) -> None:
        """Finishes the wires of a barrier, writes its row, and starts anew."""
        for wire, end in zip(item.wires, item.turns, strict=True):
            self.finish(wire, end, item.origin)
            self.done[wire] = IDENTITY
        self._write(item.row, item.origin)

    def finish(self, wire: int, end: Turn, origin: Span | None) -> None:
        """Makes the unitary of a wire `end`; a sign joins the phase."""
        self._turn(wire, _euler(product(end, inverse(self.done[wire]))), origin)
        if sum(x * y for x, y in zip(end, self.done[wire], strict=True)) <= 0:
            self.phase += math.pi
        self.neglected += distance(end, self.done[wire])
        self.done[wire] = end

    def measure(self, wire: int, axis: Vector) -> None:
        """Turns a wire until the measured axis is along z."""
        self._turn(wire, _towards(turned(self.done[wire], axis), Z, is_signed=True), self.last[wire])
        self.neglected += 2 * angle_between(turned(self.done[wire], axis), Z)


def _towards(axis: Vector, letter: Vector, is_signed: bool = False) -> list[Rotation]:
    """At most two rotations about letters that turn an axis to a letter's axis or, if signed, to its direction."""
    cyclic = ("x", "y", "z")
    index = letter.index(1.0)
    size, p, q = axis[index], axis[(index + 1) % 3], axis[(index + 2) % 3]
    if abs(p) < NOISE and abs(q) < NOISE:
        return [(cyclic[(index + 1) % 3], math.pi)] if is_signed and size < 0 else []
    # About letter + 1 turns letter + 2 towards letter, about letter + 2 turns letter towards letter + 1.
    if abs(p) < NOISE:
        angle, about = math.atan2(q, size), (index + 1) % 3
        return [(cyclic[about], _halved(angle, is_signed))]
    if abs(q) < NOISE:
        angle, about = -math.atan2(p, size), (index + 2) % 3
        return [(cyclic[about], _halved(angle, is_signed))]
    first = math.atan2(q, p)  # about the letter, until q is gone
    angle = -math.atan2(math.hypot(p, q), size)
    return [(cyclic[index], -first), (cyclic[(index + 2) % 3], _halved(angle, is_signed))]


def _halved(angle: float, is_signed: bool) -> float:
    """The smaller turn to either end of the axis, unless the sign matters."""
    if is_signed or abs(angle) <= math.pi / 2 + NOISE:
        return angle
    return angle - math.copysign(math.pi, angle)


def _euler(wanted: Turn) -> list[Rotation]:
    """Rotations about z, y, z, or fewer, that make a turn up to its sign."""
    w, x, y, z = wanted
    for name, size, others in (("z", z, (x, y)), ("y", y, (x, z)), ("x", x, (y, z))):
        if math.hypot(*others) < NOISE:
            angle = 2 * math.atan2(size, w)
            return [] if abs(math.sin(angle / 2)) < NOISE else [(name, math.remainder(angle, math.tau))]
    total, difference = 2 * math.atan2(z, w), 2 * math.atan2(-x, y)
    theta = 2 * math.atan2(math.hypot(x, y), math.hypot(w, z))
    if math.hypot(w, z) < NOISE:
        total = difference  # one of them is free: no turn before
    before, after = (total - difference) / 2, (total + difference) / 2
    turns = [("z", math.remainder(before, math.tau)), ("y", theta), ("z", math.remainder(after, math.tau))]
    return [(name, angle) for name, angle in turns if abs(angle) > NOISE]


def _exact(radians: float) -> Angle:
    """The angle, as a multiple of 1/96 turn if only rounding separates them, so that a quarter is pi/2."""
    parts = radians / math.tau * 96
    nearest = round(parts)
    return Angle(Fraction(nearest, 96)) if nearest and abs(parts - nearest) < _SNAP else Angle(0, radians)


_SNAP = 96 * NOISE / math.tau
