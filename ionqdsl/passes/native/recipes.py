"""Writes a gate in pulses: the table of native recipes.

Takes a gate with at most one control, its angles and the target, and returns a recipe: rows on the operands' positions
whose product is exactly the gate times a phase. The `rz` rows of a recipe are not pulses: frames.py carries them into
later phases. Nothing here knows wires, frames or contracts.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

from ionqdsl.ir.angle import HALF_TURN, QUARTER_TURN, ZERO, Angle
from ionqdsl.ir.circuit import Op, shared
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.ir.rounding import multiple
from ionqdsl.ir.targets import Target
from ionqdsl.verify import takes_angle

_EIGHTH = Angle(Fraction(1, 8))
_POLE = "Z"


class Recipe(NamedTuple):
    """Native rows and `rz`, on positions 0, 1 ..., and the global phase they lack."""

    rows: tuple[Op, ...]
    phase: Angle


Rows = list[Op]

Axis = Angle | str
"""An equatorial axis by its azimuth, or "Z" or "H"."""

AZIMUTHS: dict[str, Axis] = {"X": ZERO, "Y": QUARTER_TURN, "Z": "Z", "H": "H"}


def recipe(gate: str, angles: tuple[Angle, ...], controls: int, target: Target) -> Recipe:
    """The recipe of a row with at most one control, cnot's included; of a native row, with its angle folded.

    An interaction exp(-i pi t A(x)B) and its local rotations are written together: see `_interaction`.
    """
    row = GATES[gate]
    rotation, phase = rotation_of(gate, angles), phase_of(gate, angles)
    if row.axis == "SWAP":  # (1 + XX + YY + ZZ)/2
        parts = [_interaction(target, ((axis, ZERO), (axis, ZERO)), rotation / 2) for axis in (ZERO, QUARTER_TURN, "Z")]
        return Recipe(tuple(op for part in parts for op in part[0]), phase - rotation / 4 + _sum(parts))
    axes = _axes(row.axis, angles)
    if controls + row.controls:
        # controlled-exp(-i pi r G) = exp(-i pi (r/2) G) exp(i pi (r/2) Z(x)G); a controlled phase is a turn about Z.
        half = rotation / 2
        rows, extra = _interaction(target, (("Z", phase), (axes[0], half)), -half)
        return Recipe(tuple(rows), phase / 2 + extra)
    if len(axes) == 2:
        rows, extra = _interaction(target, ((axes[0], ZERO), (axes[1], ZERO)), rotation)
    else:
        rows, extra = _turn(0, axes[0], rotation)
    return Recipe(tuple(rows), phase + extra)


def _axes(letters: str, angles: tuple[Angle, ...]) -> list[Axis]:
    phases = iter(angles)
    return [next(phases) if letter == "P" else AZIMUTHS[letter] for letter in letters]


def _sum(parts: list[tuple[Rows, Angle]]) -> Angle:
    return sum((extra for _, extra in parts), ZERO)


# --- one qubit -----------------------------------------------------------------------------------------------------


def _turn(wire: int, axis: Axis, angle: Angle) -> tuple[Rows, Angle]:
    """exp(-i pi angle G): no pulse about Z, one for a quarter or half turn about the equator, two otherwise."""
    quarters = _quarters(angle)
    if quarters is not None and quarters % 4 == 0:
        return [], Angle(Fraction(quarters // 4, 2))
    if axis == "Z":
        return [_frame(wire, angle)], ZERO
    if axis == "H":
        if quarters == 2:  # ry(1/4) rz(1/2)
            return [_frame(wire, HALF_TURN), _pulse("gpi2", wire, QUARTER_TURN)], ZERO
        rows, phase = _turn(wire, -_EIGHTH, angle)  # a quarter turn about X takes H there
        return [_pulse("gpi2", wire, ZERO), *rows, _pulse("gpi2", wire, HALF_TURN)], phase
    assert isinstance(axis, Angle)
    if quarters is None:  # ry(a) = rx(-1/4) rz(a) rx(1/4), about z by the azimuth - 1/4
        before, after = axis - QUARTER_TURN, axis + QUARTER_TURN
        return [_pulse("gpi2", wire, before), _frame(wire, angle), _pulse("gpi2", wire, after)], ZERO
    whole = Angle(Fraction(quarters // 4, 2))  # a whole turn is -1
    match quarters % 4:
        case 1:
            return [_pulse("gpi2", wire, axis)], whole
        case 2:  # gpi is the half turn times i
            return [_pulse("gpi", wire, axis)], whole - QUARTER_TURN
        case _:  # three quarters forward: minus one quarter back
            return [_pulse("gpi2", wire, axis + HALF_TURN)], whole + HALF_TURN


def _quarters(angle: Angle) -> int | None:
    """The angle in quarter turns if it is a whole number of them within the rounding of a float."""
    return None if angle.terms else multiple(angle, Fraction(1, 4))


def _pulse(gate: str, wire: int, phase: Angle) -> Op:
    return shared(gate, (wire,), (folded_phase(phase),))


def _frame(wire: int, angle: Angle) -> Op:
    """A rotation about z. Frames add up: turns stay exact, a number of radians becomes the nearest number of turns."""
    exact = angle.terms or not angle.radians
    return shared("rz", (wire,), (angle if exact else Angle(angle.in_turns()),))


def folded_phase(phase: Angle) -> Angle:
    """The phase modulo a turn in (-1/2, 1/2]; only the constant part of an unbound one."""
    if phase.terms:
        return phase.reduced()
    turns = math.ceil((phase.in_turns() if phase.radians else phase.turns) - 0.5)
    return Angle(phase.turns - turns, phase.radians) if turns else phase


# --- two qubits ----------------------------------------------------------------------------------------------------


def _interaction(target: Target, sides: tuple[tuple[Axis, Angle], ...], angle: Angle) -> tuple[Rows, Angle]:
    """exp(-i pi angle A(x)B), a rotation about A and one about B: one two-qubit gate, folded into the target's range.

    A multiple of half a turn is A(x)B times a power of -i, and A is i times a half turn about A: it joins the local
    rotations. If the target does not take the sign of the angle, one of the axes is reversed.
    """
    (left, about_left), (right, about_right) = sides
    angle, halves = _folded(angle)
    phase = ZERO
    if halves:
        phase = Angle(Fraction(-halves % 4, 4))
        if halves % 2:
            about_left, about_right, phase = about_left + HALF_TURN, about_right + HALF_TURN, phase + HALF_TURN
    if not angle:
        parts = [_turn(0, left, about_left), _turn(1, right, about_right)]
        return [*parts[0][0], *parts[1][0]], phase + _sum(parts)
    assert target.two_qubit_gate is not None
    flips = [False, False]
    if not takes_angle(target, angle):
        angle = -angle
        flips[int(left == _POLE and right != _POLE)] = True
    form = _on_equator if target.two_qubit_gate == "ms" else _on_pole
    first, second = form(0, left, about_left, flips[0]), form(1, right, about_right, flips[1])
    angles = (*first.phases, *second.phases, angle)
    rows = [*first.before, *second.before, shared(target.two_qubit_gate, (0, 1), angles), *first.after, *second.after]
    return rows, phase + first.phase + second.phase


def _folded(angle: Angle) -> tuple[Angle, int]:
    """The angle in (-1/4, 1/4] turn and the half turns subtracted; unbound angles stay, to be folded when bound.

    Within the rounding of a float: 3.141592653589793 is half a turn.
    """
    if angle.terms:
        return angle, 0
    whole = multiple(angle, Fraction(1, 2))
    if whole is not None:
        return ZERO, whole
    halves = math.ceil(2 * angle.in_turns() - 0.5)
    return Angle(angle.turns - Fraction(halves, 2), angle.radians), halves


class _Side(NamedTuple):
    before: Rows
    phases: tuple[Angle, ...]
    after: Rows
    phase: Angle


def _on_equator(wire: int, axis: Axis, local: Angle, is_flipped: bool) -> _Side:
    """A side of ms, whose axis is equatorial: one pulse turns Z or H there, and one back."""
    flip = HALF_TURN if is_flipped else ZERO
    if isinstance(axis, Angle):
        rows, phase = _turn(wire, axis, local)
        return _Side([], (folded_phase(axis + flip),), rows, phase)
    if axis == "H":
        azimuth = -_EIGHTH
        rows, phase = _turn(wire, azimuth, local)
        there, back = _pulse("gpi2", wire, ZERO), _pulse("gpi2", wire, HALF_TURN)
        return _Side([there], (folded_phase(azimuth + flip),), [*rows, back], phase)
    rows, phase = _turn(wire, "Z", local)
    there, back = _pulse("gpi2", wire, QUARTER_TURN), _pulse("gpi2", wire, -QUARTER_TURN)
    return _Side([there], (flip,), [back, *rows], phase)


def _on_pole(wire: int, axis: Axis, local: Angle, is_flipped: bool) -> _Side:
    """A side of zz, whose axis is Z: others are turned to Z, where their local rotation is no pulse, and back."""
    if isinstance(axis, Angle):
        sign = -1 if is_flipped else 1
        rows, phase = _turn(wire, "Z", local * sign)
        there, back = (_pulse("gpi2", wire, axis + QUARTER_TURN * side) for side in (-sign, sign))
        return _Side([there], (), [*rows, back], phase)
    if axis == "H":
        inner = _on_pole(wire, -_EIGHTH, local, is_flipped)
        there, back = _pulse("gpi2", wire, ZERO), _pulse("gpi2", wire, HALF_TURN)
        return inner._replace(before=[there, *inner.before], after=[*inner.after, back])
    rows, phase = _turn(wire, "Z", local)
    around = [_pulse("gpi", wire, ZERO)] if is_flipped else []
    return _Side(around, (), [*around, *rows], phase)
