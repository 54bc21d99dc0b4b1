"""Writes a row of the table in elementary gates: x, y, h, rx, ry, rz, p, xx, yy, zz and cnot.

Takes a row and returns rows and a global phase whose product is exactly that row, for formats, libraries and the
service that have no name for its gate. An elementary gate is written in other elementary gates, so that a definition
never calls itself (only the first seven and cnot are in every library); `p`, `rz` and cnot stay as they are. The phase
of a row with controls is a row on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ionqdsl.ir.angle import HALF_TURN, QUARTER_TURN, ZERO, Angle
from ionqdsl.ir.circuit import NOT_GATES, Op, canonical, shared
from ionqdsl.ir.gates import GATES, phase_of, rotation_of

_LEAVES = frozenset({"rz", "p", "cnot", "pauliexp", "nop", *NOT_GATES})

_NAMED = {"X": ("rx", "x"), "Y": ("ry", "y"), "Z": ("rz", ""), "XX": ("xx", ""), "YY": ("yy", ""), "ZZ": ("zz", "")}
"""An axis -> the rotation about it, and its half turn with the phase that makes it an involution."""

_EIGHTH = Angle(Fraction(1, 8))
_TO_Z = {"X": (("h", None), ("h", None)), "Y": (("rx", QUARTER_TURN), ("rx", -QUARTER_TURN)), "Z": (None, None)}
_TO_Z["H"] = ("ry", -_EIGHTH), ("ry", _EIGHTH)
"""An axis -> the gates that turn it into Z, and back."""


def elementary(op: Op) -> tuple[list[Op], Angle]:
    """Elementary rows and the global phase they lack; `p`, `rz`, cnot and rows that are no gates stay as they are."""
    if op.gate in _LEAVES:
        return [op], ZERO
    return about(op, rotation_of(op.gate, op.angles), phase_of(op.gate, op.angles))


def about(op: Op, rotation: Angle, phase: Angle) -> tuple[list[Op], Angle]:
    """exp(i 2 pi phase) exp(-i pi rotation G), G the axis of a row, under its controls: rows and a global phase."""
    op = canonical(op)
    controls, operands, axis = op.qubits[: op.controls], op.qubits[op.controls :], GATES[op.gate].axis
    around: list[tuple[list[Op], list[Op]]] = []
    if axis == "SWAP":
        rows, phase = _exchange(op, controls, operands, rotation, phase)
    else:
        around, axis = _equators(axis, operands, op.angles)
        rows, phase = _core(op, axis, controls, operands, rotation, phase)
    if around and not controls and rows[0].gate == "x":  # rz(-p) x rz(p) is x rz(2p)
        (azimuth,) = around[0][1][0].angles
        rows, around = [*rows, shared("rz", operands, (azimuth * 2,))], []
    rows = [*(row for before, _ in around for row in before), *rows, *(row for _, after in around for row in after)]
    if controls and phase:
        rows.append(shared("p", controls, (phase,), len(controls) - 1))
        phase = ZERO
    return [row._replace(pinned=op.pinned) for row in rows] if op.pinned else rows, phase


def _equators(
    axis: str, operands: tuple[int, ...], angles: tuple[Angle, ...]
) -> tuple[list[tuple[list[Op], list[Op]]], str]:
    """The axis with X for every P, and the turns about z around it: P(p) = rz(p) X rz(-p)."""
    turned = [wire for wire, letter in zip(operands, axis, strict=True) if letter == "P"]
    pairs = [
        ([shared("rz", (wire,), (-azimuth,))], [shared("rz", (wire,), (azimuth,))])
        for wire, azimuth in zip(turned, angles, strict=False)
        if azimuth
    ]
    return pairs, axis.replace("P", "X")


def _core(
    op: Op, axis: str, controls: tuple[int, ...], operands: tuple[int, ...], rotation: Angle, phase: Angle
) -> tuple[list[Op], Angle]:
    """A rotation about a fixed axis, by its name if it has one, or else about Z with every operand turned there."""
    is_phase = phase == rotation / 2
    turn, flip = _NAMED.get(axis, ("", ""))
    if not controls and flip and flip != op.gate and is_phase and rotation == HALF_TURN:
        return [shared(flip, operands)], ZERO
    if not controls and turn and turn != op.gate and not phase:
        return [shared(turn, operands, (rotation,))], ZERO
    before = [*_turns(axis, operands, 0)]
    if is_phase or controls or op.gate == "zz" or len(operands) == 1:
        parity = [shared("cnot", operands)] * (len(operands) - 1)
        gate = "p" if is_phase else "rz"
        inner = shared(gate, (*controls, operands[-1]), (rotation,), len(controls))
        rows = [*parity, inner, *parity]
    else:
        rows = [shared("zz", operands, (rotation,))]
    return [*before, *rows, *_turns(axis, operands, 1)], ZERO if is_phase else phase


def _turns(axis: str, operands: tuple[int, ...], side: int) -> Iterator[Op]:
    for wire, letter in zip(operands, axis, strict=True):
        step = _TO_Z[letter][side]
        if step is not None:
            gate, angle = step
            yield shared(gate, (wire,), () if angle is None else (angle,))


def _exchange(
    op: Op, controls: tuple[int, ...], pair: tuple[int, ...], rotation: Angle, phase: Angle
) -> tuple[list[Op], Angle]:
    """A rotation about SWAP, which is -1 on the singlet alone; cnot b, a and h b make that |11>."""
    a, b = pair
    ends = shared("cnot", (b, a))
    if rotation == HALF_TURN:
        flip = shared("x", (*controls, a, b), (), len(controls) + 1)
        middle = [flip if controls else shared("cnot", (a, b))]
    else:
        h = shared("h", (b,))
        middle = [h, shared("p", (*controls, a, b), (rotation,), len(controls) + 1), h]
    return [ends, *middle, ends], phase - rotation / 2
