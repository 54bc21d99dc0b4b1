"""Proves circuits of any width equal by sums over paths, or reports that it cannot.

Takes two circuits without parameters, a contract and an input permutation and returns a `Proof`. Unlike
matching row by row, it shows that phases of bits far apart cancel, as in pairs of Toffolis of relative phase, and that
others are phases of the outcomes, because only flips follow. Angles that are not multiples of 1/64 turn cancel only
where both circuits turn the same parity by them. It proves no difference.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import accumulate

from ionqdsl.algebra.rotations import Vector
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.verify.findings import Proof
from ionqdsl.verify.path_sum import HALF, MOST_WORK, ONE, QUARTER, TURN, PathSum, Polynomial, TooLarge, times
from ionqdsl.verify.product_rotations import Factors, NotComparable, rotations

MOST_ROWS = 20_000
"""Rows of the longest circuit that is compared."""

OFTEN = 16
"""So many rows apart bits are made simpler in ways that take longer."""

EARLY = 1 / 8
"""The share of the rows after which the work for all is estimated."""

STRAIGHT = 1e-13
"""A component of a direction, or an angle in radians, below this counts as rounding."""


def proof(a: FlatCircuit, b: FlatCircuit, preserve: str, names: Sequence[int], tolerance: float) -> Proof:
    """Whether `b` does the same as `a`; qubit q of b starts as qubit names[q] of a."""
    if max(len(a.rows), len(b.rows)) > MOST_ROWS:
        return Proof(None, f"circuits of more than {MOST_ROWS} rows are not compared by sums over paths")
    paths = PathSum(names)
    try:
        rows = [*_interleaved(a.rows, b.rows)]
        for number, (side, op) in enumerate(rows):
            _follow(paths, side, op)
            paths.simplify(may_shift=number % OFTEN == 0)
            if number >= EARLY * len(rows) and paths.work * len(rows) > MOST_WORK * number:
                raise TooLarge  # what becomes simple takes the same for each row, other circuits more and more
        paths.simplify(may_shift=True)
        if fixes_phases(preserve):
            paths.expand()
    except NotComparable:
        return Proof(None, "a `pauliexp` of terms that do not commute is not compared exactly")
    except TooLarge:
        return Proof(None, "a sum over paths would take too long")
    # B A+ is unitary, so if it is diagonal and no phase is left, all its entries are the same.
    is_equal = paths.bits[0] == paths.bits[1]
    if fixes_phases(preserve):
        is_equal = is_equal and not paths.terms and not paths.functions
    if not is_equal:
        return Proof(None, "a sum over paths does not become simple")
    if paths.deviation >= tolerance:
        return Proof(None, "the differences taken for rounding add up to more than counts as rounding")
    return Proof(True, "", paths.deviation)


def _interleaved(a: Sequence[Op], b: Sequence[Op]) -> Iterator[tuple[int, Op]]:
    """The rows of both circuits, 0 for the first and 1 for the second, at one pace."""
    sides = [[part for op in rows for part in _parts(op)] for rows in (a, b)]
    order = [(share, side, place) for side, rows in enumerate(sides) for place, share in enumerate(_shares(rows))]
    for _, side, place in sorted(order):
        yield side, sides[side][place]


def _parts(op: Op) -> list[Op]:
    """A row, or none if it has no effect; a swap under controls as flips, whose bits can be named one by one."""
    if op.gate == "swap" and op.controls:
        *controls, one, other = op.qubits
        around = Op("cnot", (other, one))
        return [around, Op("x", (*controls, one, other), (), op.controls + 1), around]
    return [] if op.gate in (BARRIER, "nop") else [op]


def _shares(rows: Sequence[Op]) -> list[float]:
    """For each row the share of the work before it, which is done on two wires or more."""
    work = [*accumulate(((1 << len(op.qubits)) - len(op.qubits) - 1 for op in rows), initial=0)]
    return [each / max(1, work[-1]) for each in work[:-1]]


def _follow(paths: PathSum, side: int, op: Op) -> None:
    """Advances over a row; as a bra the first side has phases of the other sign."""
    sign = 1 if side else -1
    bits = paths.bits[side]
    if op.gate == "swap":
        one, other = op.qubits
        first, second = bits[one], bits[other]
        paths.hold(side, one, second)
        paths.hold(side, other, first)
        return
    if op.gate == "h" and not op.controls:
        before, after = bits[op.qubits[0]], paths.begin()
        paths.hold(side, op.qubits[0], after)
        paths.add(HALF, times(before, after))
        return
    for factors in rotations(op, 0):
        _turn(paths, side, sign, op.qubits, factors)


def _turn(paths: PathSum, side: int, sign: int, qubits: Sequence[int], factors: Factors) -> None:
    """exp(-i angle/2 G): G a product of projectors and of Pauli operators along directions."""
    places, vectors, controls, angle = factors
    wires = [qubits[place] for place in places]
    where = _product([paths.bits[side][wire] for wire in wires[:controls]])
    turned = wires[controls:]
    if len(turned) == 1 and abs(vectors[-1][2]) < STRAIGHT:
        x, y, _ = vectors[-1]
        azimuth = math.atan2(y, x)
        quarters = angle / (math.pi / 2)
        number = round(quarters)
        if abs(quarters - number) < STRAIGHT and (number % 2 == 0 or where == ONE):
            paths.deviation += 2 * abs(vectors[-1][2]) + 2 * abs(quarters - number)
            (_mix if number % 2 else _flip)(paths, side, sign, turned[0], where, azimuth, number)
            return
    for wire, direction in zip(turned, vectors[controls:], strict=True):
        _to_z(paths, side, sign, wire, direction)
    parity: Polynomial = frozenset()
    for wire in turned:
        parity ^= paths.bits[side][wire]
    paths.add(sign * _units(-angle / 2), where)
    paths.add(sign * _units(angle), times(where, parity))
    for wire, direction in zip(turned, vectors[controls:], strict=True):
        _from_z(paths, side, sign, wire, direction)


def _flip(paths: PathSum, side: int, sign: int, wire: int, where: Polynomial, azimuth: float, quarters: int) -> None:
    """Half turns about a direction in the plane, under a condition: two are -1, one is -i times a flip with phases."""
    paths.add(-sign * quarters * QUARTER // 2, where)
    if quarters % 4 == 2:
        bit = paths.bits[side][wire]
        paths.add(sign * _units(azimuth), where)
        paths.add(-2 * sign * _units(azimuth), times(where, bit))
        paths.hold(side, wire, bit ^ where)


def _mix(paths: PathSum, side: int, sign: int, wire: int, _: Polynomial, azimuth: float, quarters: int) -> None:
    """A quarter turn about a direction in the plane, or three, always: (-i)^(y + b) or its conjugate, and phases."""
    before, after = paths.bits[side][wire], paths.begin()
    paths.hold(side, wire, after)
    quarter = QUARTER if quarters % 4 == 1 else -QUARTER
    paths.add(-sign * quarter, before ^ after)
    paths.add(-sign * _units(azimuth), before)
    paths.add(sign * _units(azimuth), after)


def _to_z(paths: PathSum, side: int, sign: int, wire: int, direction: Vector) -> None:
    """Turns a direction to Z: one in the plane by a quarter turn, others back by their azimuth and polar angle."""
    azimuth, polar = _angles(direction)
    if abs(polar - math.pi / 2) < STRAIGHT:
        paths.deviation += 2 * abs(direction[2])
        _mix(paths, side, sign, wire, ONE, azimuth - math.pi / 2, 1)
    elif polar > STRAIGHT:
        paths.add(-sign * _units(azimuth), paths.bits[side][wire])
        _about_y(paths, side, sign, wire, -polar)
    else:
        paths.deviation += 2 * polar


def _from_z(paths: PathSum, side: int, sign: int, wire: int, direction: Vector) -> None:
    """The inverse of `_to_z`."""
    azimuth, polar = _angles(direction)
    if abs(polar - math.pi / 2) < STRAIGHT:
        _mix(paths, side, sign, wire, ONE, azimuth - math.pi / 2, 3)
    elif polar > STRAIGHT:
        _about_y(paths, side, sign, wire, polar)
        paths.add(sign * _units(azimuth), paths.bits[side][wire])


def _angles(direction: Vector) -> tuple[float, float]:
    x, y, z = direction
    return math.atan2(y, x), math.atan2(math.hypot(x, y), z)


def _about_y(paths: PathSum, side: int, sign: int, wire: int, angle: float) -> None:
    """A turn about Y, by a quarter turn about X, one about Z and the quarter turn back."""
    _mix(paths, side, sign, wire, ONE, 0.0, 1)
    paths.add(sign * _units(angle), paths.bits[side][wire])
    _mix(paths, side, sign, wire, ONE, 0.0, 3)


def _product(bits: Sequence[Polynomial]) -> Polynomial:
    result = ONE
    for bit in bits:
        result = times(result, bit)
    return result


def _units(angle: float) -> int:
    """Radians in units of phases."""
    return round(angle / math.tau * TURN)
