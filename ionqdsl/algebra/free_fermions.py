"""Shortens products of rotations of free fermions, such as Trotter steps of an Ising or XY chain.

Takes a folded program and returns one with the same unitary up to a global phase. Let strings P_1, P_2, ... P_k be such
that each anticommutes with its neighbours in this list and commutes with the rest. Then P_j = i g_j g_(j+1) with
Majorana operators g, and exp(-i t/2 P_j) turns g_j and g_(j+1) by the angle t in their plane: a circuit of any length
is one rotation of k + 1 dimensions, which a triangle of k(k+1)/2 rotations of neighbours gives back. The products of
consecutive strings are i g_a g_b up to a phase, and may occur too. Nothing is synthesised here.

Sources: Jozsa and Miyake, Proc. R. Soc. A 464, 3089 (2008), for the rotation; Kökcü and others, Phys. Rev. A 105,
032420 (2022), for compressed Trotter steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ionqdsl.algebra.paulis import (
    Folded,
    PauliProgram,
    Rotation,
    anticommute,
    fold,
    is_negative,
    product,
    pulled_back,
)
from ionqdsl.ir.rounding import NOISE

OFTEN = 2
"""Strings that occur fewer times than this, in the mean, are no steps of a chain."""

MOST_STRINGS = 160
"""The most different strings that are searched for a chain."""

STARTS = 8
"""How many strings are tried as the end of a chain."""

String = tuple[int, int]


class Plane(NamedTuple):
    """The plane of two Majorana operators, the first the lower one, and the sign of the string as their product."""

    a: int
    b: int
    sign: int


def shortened(folded: Folded) -> Folded | None:
    """The program with fewer rotations on several wires, or None if no part of it is known to have a shorter form."""
    distinct = {(x, z) for x, z, _ in folded.rotations}
    if len(folded.rotations) < OFTEN * len(distinct) or len(distinct) > MOST_STRINGS:
        return None
    rotations: list[Rotation] = []
    neglected, is_shorter = folded.neglected, False
    for strings in _parts(sorted(distinct)):
        part = [rotation for rotation in folded.rotations if rotation[:2] in strings]
        planes = _planes(sorted(strings, key=_size))
        new = None if planes is None else _triangle(part, planes)
        if new is not None and _wide(new[0]) < _wide(part):
            part, more = new
            neglected, is_shorter = neglected + more, True
        rotations += part  # parts commute with each other
    if not is_shorter:
        return None
    again = fold(PauliProgram(folded.width, rotations, tuple(range(folded.width)), neglected))
    again.images = [pulled_back(image, again.images) for image in folded.images]
    return again


def _size(string: String) -> tuple[int, int, int]:
    x, z = string
    return (x | z).bit_count(), x | z, x


def _wide(rotations: Sequence[Rotation]) -> int:
    return sum((x | z).bit_count() > 1 for x, z, _ in rotations)


def _parts(strings: Sequence[String]) -> list[set[String]]:
    """The strings in sets that commute with each other."""
    left, parts = set(strings), []
    for string in strings:
        if string not in left:
            continue
        left.discard(string)
        part, reached = {string}, [string]
        while reached:
            last = reached.pop()
            near = {other for other in left if anticommute(*last, *other)}
            left -= near
            part |= near
            reached += near
        parts.append(part)
    return parts


def _planes(strings: Sequence[String]) -> dict[String, Plane] | None:
    """The plane of each string of a part, by a chain of some of them that gives all; None if none was found."""
    degrees = {one: sum(anticommute(*one, *other) for other in strings) for one in strings}
    for start in sorted(strings, key=lambda string: degrees[string])[:STARTS]:
        planes = _segments(_chain(start, strings))
        if all(string in planes for string in strings):
            return planes
    return None


def _chain(start: String, strings: Sequence[String]) -> list[String]:
    """Strings of which each anticommutes with its neighbours alone; small ones are preferred."""
    chain = [start]
    while True:
        for string in strings:
            is_next = string not in chain and anticommute(*string, *chain[-1])
            if is_next and not any(anticommute(*string, *other) for other in chain[:-1]):
                chain.append(string)
                break
        else:
            return chain


def _segments(chain: Sequence[String]) -> dict[String, Plane]:
    """The products of consecutive strings: P_a ... P_(b-1) = i^(b-a) g_a g_b, so i g_a g_b is i^(1+a-b) of it."""
    planes: dict[String, Plane] = {}
    for a, (x, z) in enumerate(chain):
        segment = x, z, (x & z).bit_count() & 3
        for b in range(a + 2, len(chain) + 1):
            x, z = chain[b - 1]
            segment = product(segment, (x, z, (x & z).bit_count() & 3))
            whole = segment[0], segment[1], (segment[2] + 1 + a - b) & 3
            planes[whole[:2]] = Plane(a, b, -1 if is_negative(whole) else 1)
    return planes | {string: Plane(a, a + 1, 1) for a, string in enumerate(chain)}


def _triangle(rotations: Sequence[Rotation], planes: dict[String, Plane]) -> tuple[list[Rotation], float] | None:
    """The rotations as a triangle of those of neighbours, and the rounding; None for angles with parameters."""
    chain = {plane.a: string for string, plane in planes.items() if plane.b == plane.a + 1}
    size = len(chain) + 1
    rows = [[float(row == column) for column in range(size)] for row in range(size)]
    for x, z, angle in rotations:
        if not isinstance(angle, float | int):
            return None
        plane = planes[x, z]
        _turn(rows, plane.a, plane.b, plane.sign * angle)
    result: list[Rotation] = []
    neglected = 0.0
    for column in range(size):
        for row in range(size - 1, column, -1):
            angle = math.atan2(-rows[row][column], rows[row - 1][column])
            _turn(rows, row - 1, row, -angle)
            if abs(angle) < NOISE:
                neglected += abs(angle)
            else:
                result.append((*chain[row - 1], angle))
    result.reverse()
    return result, neglected


def _turn(rows: list[list[float]], a: int, b: int, angle: float) -> None:
    """Multiplies by the rotation of exp(angle/2 g_a g_b) from the left: g_a goes to cos g_a - sin g_b."""
    cosine, sine = math.cos(angle), math.sin(angle)
    one, other = rows[a], rows[b]
    rows[a] = [cosine * x + sine * y for x, y in zip(one, other, strict=True)]
    rows[b] = [cosine * y - sine * x for x, y in zip(one, other, strict=True)]
