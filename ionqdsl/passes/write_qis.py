"""Writes an interaction form in qis gates: an interaction is `xx`, `yy` or `zz` with rotations before it.

Takes an interaction form and returns qis rows. Before an interaction both wires are turned until their axes are the
same letter: the one that takes the fewest rotations, z if it does not matter. No rotation is carried as a frame, since
the service compiles the rows further.
"""

from __future__ import annotations

import math
from fractions import Fraction

from ionqdsl.algebra.interactions import BARRIER_ROW, ROTATION, Interactions
from ionqdsl.algebra.rotations import (
    IDENTITY,
    Turn,
    Vector,
    X,
    Y,
    Z,
    angle_between,
    distance,
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
from ionqdsl.ir.rounding import NOISE

_LETTERS: tuple[tuple[str, Vector], ...] = (("z", Z), ("x", X), ("y", Y))

Rotation = tuple[str, float]
"""A letter and an angle in radians."""


def written_in_qis(form: Interactions, preserve: str) -> tuple[list[Op], list[Span | None], Angle, float]:
    """Rows, origins, global phase, and a bound for the rounding; barriers and pinned rows stay."""
    rows: list[Op] = []
    origins: list[Span | None] = []
    done: list[Turn] = [IDENTITY] * form.width
    last: list[Span | None] = [None] * form.width
    phase = neglected = 0.0

    def rotate(wire: int, rotations: list[Rotation], origin: Span | None) -> None:
        for letter, angle in rotations:
            axis = next(vector for name, vector in _LETTERS if name == letter)
            exact_angle = _exact(angle)
            done[wire] = normalised(product(turn(axis, exact_angle.in_radians()), done[wire]))
            rows.append(Op(f"r{letter}", (wire,), (exact_angle,)))
            origins.append(origin)

    def size(radians: float) -> Angle:
        nonlocal neglected
        exact_angle = _exact(radians)
        neglected += abs(exact_angle.in_radians() - radians)
        return exact_angle

    def finish(wire: int, end: Turn, origin: Span | None) -> float:
        nonlocal neglected
        rotate(wire, _euler(product(end, inverse(done[wire]))), origin)
        sign = sum(x * y for x, y in zip(end, done[wire], strict=True))
        neglected += distance(end, done[wire])
        done[wire] = end
        return 0.0 if sign > 0 else math.pi

    for a, b, u, v, t, origin in form.items:
        if b >= 0:
            left, right = turned(done[a], u), turned(done[b], v)
            plans = [(name, _towards(left, axis), _towards(right, axis)) for name, axis in _LETTERS]
            name, first, second = min(plans, key=lambda plan: len(plan[1]) + len(plan[2]))
            rotate(a, first, origin)
            rotate(b, second, origin)
            axis = next(vector for letter, vector in _LETTERS if letter == name)
            is_same = (_along(done[a], u, axis) > 0) == (_along(done[b], v, axis) > 0)
            neglected += 2 * (angle_between(turned(done[a], u), axis) + angle_between(turned(done[b], v), axis))
            angle = t * 2 if isinstance(t, Angle) else size(2 * t)
            rows.append(Op(name * 2, (a, b), (angle if is_same else -angle,)))
            last[a] = last[b] = origin
        elif b == ROTATION:
            lab = turned(done[a], u)
            name, first = min(((name, _towards(lab, axis)) for name, axis in _LETTERS), key=lambda plan: len(plan[1]))
            rotate(a, first, origin)
            axis = next(vector for letter, vector in _LETTERS if letter == name)
            neglected += 2 * angle_between(turned(done[a], u), axis)
            rows.append(Op(f"r{name}", (a,), (t * (2 if _along(done[a], u, axis) > 0 else -2),)))
            last[a] = origin
        else:
            assert b == BARRIER_ROW
            for wire, end in zip(u, v, strict=True):
                phase += finish(wire, end, origin)
                done[wire] = IDENTITY
            rows.append(t)
        origins.append(origin)
    for wire, end in enumerate(form.ends):
        if preserve == "unitary":
            phase += finish(wire, end, last[wire])
        else:
            measured = turned_back(end, Z)
            rotate(wire, _towards(turned(done[wire], measured), Z, is_signed=True), last[wire])
            neglected += 2 * angle_between(turned(done[wire], measured), Z)
    return rows, origins, (form.phase + Angle(0, phase % math.tau)).reduced(), neglected


def _along(done: Turn, axis: Vector, letter: Vector) -> float:
    x, y, z = turned(done, axis)
    return x * letter[0] + y * letter[1] + z * letter[2]


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
