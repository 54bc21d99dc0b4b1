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
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ionqdsl.algebra.paulis import (
    Folded,
    Image,
    PauliProgram,
    Rotation,
    anticommute,
    fold,
    is_negative,
    product,
)
from ionqdsl.algebra.string_groups import Neighbours
from ionqdsl.ir.rounding import NOISE

OFTEN = 3
"""Strings that occur fewer times than this are taken for no steps of a chain where other gates are around it."""

FEWEST = 6
"""The fewest rotations that are searched for a chain: shorter ones are no longer than their triangle."""

MOST_KNOWN = 3
"""The most known strings whose products are tried."""

MOST_LATER = 40
"""The most strings that a stretch of a chain leaves for later: then hardly any other commutes with all of them."""

MOST_IN_VAIN = 3
"""The most stretches in a row that are no shorter as triangles: then there are hardly any chains."""

MOST_WORK = 100_000
"""The most comparisons of strings in the search for stretches, about a twentieth of a second."""

MOST_STRINGS = 160
"""The most different strings that are searched for a chain."""

STARTS = 8
"""How many strings are tried as the end of a chain."""

MOST_MET = 4
"""A string of two Majorana operators of a chain anticommutes with no more of its strings: with those at either."""

String = tuple[int, int]


class Plane(NamedTuple):
    """The plane of two Majorana operators, the first the lower one, and the sign of the string as their product."""

    a: int
    b: int
    sign: int


MetRotations = dict[object, Folded | None]
"""The shorter forms of the rotations of programs of one circuit, many of which differ in their Cliffords alone."""


def shortened(folded: Folded, known: Sequence[Image] = (), met: MetRotations | None = None) -> Folded | None:
    """The program with fewer rotations on several wires, or None if no part of it is known to have a shorter form.

    `known` are strings that commute with all rotations and have the value 1 on all states that the program meets. The
    parity of a ring is such a string: with it the last bond is a product of the others. Calls with the same `met`
    share their results.
    """
    key = tuple(folded.rotations), tuple(known), folded.width, folded.neglected
    met = {} if met is None else met
    if key not in met:
        met[key] = _shorter(folded, known)
    shorter = met[key]
    return None if shorter is None else shorter.followed_by(folded.images)


def _shorter(folded: Folded, known: Sequence[Image]) -> Folded | None:
    """The rotations of a program in their shorter form, without its Clifford; None if there is none."""
    counts = Counter(rotation[:2] for rotation in folded.rotations)
    often = {string for string, count in counts.items() if count >= OFTEN}
    if sum(counts[x, z] for x, z in often if (x | z).bit_count() > 1) < FEWEST:
        return None
    rotations: list[Rotation] = []
    neglected, is_shorter = folded.neglected, False
    for strings in _parts(sorted(counts)) if len(counts) <= MOST_STRINGS else [set(counts)]:
        part = [rotation for rotation in folded.rotations if rotation[:2] in strings]
        whole = _chained(part, known) if len(strings) <= MOST_STRINGS else None
        new, more = _in_stretches(part, often) if whole is None else whole
        if _wide(new) < _wide(part):
            part, neglected, is_shorter = new, neglected + more, True
        rotations += part  # parts commute with each other
    if not is_shorter:
        return None
    return fold(PauliProgram(folded.width, rotations, tuple(range(folded.width)), neglected))


def _chained(rotations: list[Rotation], known: Sequence[Image] = ()) -> tuple[list[Rotation], float] | None:
    """The triangle of rotations whose strings are those of one chain, and its rounding; None if they are not."""
    strings = sorted({rotation[:2] for rotation in rotations}, key=_size)
    near = _neighbours(strings)
    for start in sorted(range(len(strings)), key=lambda place: near[place].bit_count())[:STARTS]:
        places = _chain(start, near)
        along = sum([1 << place for place in places])
        if any((each & along).bit_count() > MOST_MET for each in near):
            continue
        chain = [strings[place] for place in places]
        planes = _planes(chain, known)
        if all(string in planes for string in strings):
            return _triangle(rotations, chain, planes)
    return None


# --- chains that are a part of a program ---------------------------------------------------------------------------


def _in_stretches(rotations: list[Rotation], often: set[String]) -> tuple[list[Rotation], float]:
    """The rotations with stretches of chains shortened, whatever stands between these, and the rounding."""
    result: list[Rotation] = []
    neglected, work, in_vain = 0.0, 0, 0
    near = _Near(rotations)
    while rotations and work < MOST_WORK and in_vain < MOST_IN_VAIN:
        stretch = _Stretch(often, near)
        in_vain += 1
        for place, rotation in enumerate(rotations):
            stretch.add(rotation)
            if stretch.later.bit_count() > MOST_LATER:
                stretch.rest += rotations[place + 1 :]
                break
        for strings in _parts(sorted(stretch.majoranas.edges)):
            part = [rotation for rotation in stretch.taken if rotation[:2] in strings]
            new = _chained(part) if len(part) >= FEWEST else None
            if new is not None and _wide(new[0]) < _wide(part):
                part, more = new
                neglected, in_vain = neglected + more, 0
            stretch.before += part
        result += stretch.before
        rotations, work = stretch.rest, work + stretch.work
    return result + rotations, neglected


class _Near(dict[String, int]):
    """String -> the places of the strings that anticommute with it, as bits; `places` has that of each string."""

    def __init__(self, rotations: Sequence[Rotation]) -> None:
        super().__init__()
        self.places: dict[String, int] = {}
        for x, z, _ in rotations:
            self.places.setdefault((x, z), len(self.places))
        self._all = _near([*self.places])

    def __missing__(self, string: String) -> int:
        """Looks at the columns once for each string."""
        near = self[string] = self._all.of(*string)
        return near


class _Stretch:
    """The rotations of some chains, those before them, and the rest: whatever does not commute with it comes later."""

    def __init__(self, often: set[String], near: _Near) -> None:
        self.often, self.near = often, near
        self.before: list[Rotation] = []
        self.taken: list[Rotation] = []
        self.rest: list[Rotation] = []
        self.later = 0  # the strings of the rest, by their places as bits
        self.majoranas = Majoranas()
        self.work = 0

    def add(self, rotation: Rotation) -> None:
        """Adds the next rotation to one of the three."""
        string = rotation[:2]
        self.work += 1 + self.later.bit_count()
        is_free = string in self.often and not (self.later and self.near[string] & self.later)
        if is_free and string not in self.majoranas.edges:
            self.work += len(self.majoranas.edges)
            is_free = self.majoranas.add(string)
        if is_free:
            self.taken.append(rotation)
        elif len(self.taken) >= FEWEST or self.rest:
            self.rest.append(rotation)
            self.later |= 1 << self.near.places[string]
        else:  # a stretch that has hardly begun does not stop the next one
            self.before += [*self.taken, rotation]
            self.taken, self.majoranas = [], Majoranas()


class Majoranas:
    """Strings as edges between numbered Majorana operators: two strings anticommute if they share exactly one."""

    def __init__(self) -> None:
        self.edges: dict[String, tuple[int, int]] = {}
        self.at: list[set[String]] = []  # the strings of each operator

    def add(self, string: String) -> bool:
        """Adds a string if it can be an edge; returns whether it is one."""
        near = {other for other in self.edges if anticommute(*string, *other)}
        if not near:
            return self._join(string, self._new(), self._new())
        some = next(iter(near))
        for one in self.edges[some]:  # it meets this operator's strings alone, or also those of another one
            rest = near - self.at[one]
            if not rest and near == self.at[one]:
                return self._join(string, one, self._new())
            for other in {end for edge in rest or self.at[one] for end in self.edges[edge]} - {one}:
                if near == self.at[one] ^ self.at[other] and self._is_between(string, one, other):
                    return self._join(string, one, other)
        return False

    def _new(self) -> int:
        self.at.append(set())
        return len(self.at) - 1

    def _join(self, string: String, one: int, other: int) -> bool:
        self.edges[string] = one, other
        self.at[one].add(string)
        self.at[other].add(string)
        return True

    def _is_between(self, string: String, one: int, other: int) -> bool:
        """Whether a string is the product of those on a way between two operators; True if there is no way yet."""
        reached, todo = {one: (0, 0)}, [one]
        while todo:
            here = todo.pop()
            for edge in self.at[here]:
                there = sum(self.edges[edge]) - here
                if there not in reached:
                    reached[there] = reached[here][0] ^ edge[0], reached[here][1] ^ edge[1]
                    todo.append(there)
        return reached.get(other, string) == string


# --- chains --------------------------------------------------------------------------------------------------------


def _size(string: String) -> tuple[int, int, int]:
    x, z = string
    return (x | z).bit_count(), x | z, x


def _wide(rotations: Sequence[Rotation]) -> int:
    return sum((x | z).bit_count() > 1 for x, z, _ in rotations)


def _bits(mask: int) -> Iterator[int]:
    """The places of the bits of a mask, in order."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def _neighbours(strings: Sequence[String]) -> list[int]:
    """For each string a mask of the strings that it anticommutes with, bit k for the k-th."""
    near = _near(strings)
    return [near.of(x, z) for x, z in strings]


def _near(strings: Sequence[String]) -> Neighbours:
    return Neighbours(strings, max([(x | z).bit_length() for x, z in strings], default=0))


def _parts(strings: Sequence[String]) -> list[set[String]]:
    """The strings in sets that commute with each other."""
    near = _neighbours(strings)
    left, parts = (1 << len(strings)) - 1, []
    while left:
        part, reached = 0, left & -left
        while reached:
            left &= ~reached
            part |= reached
            reached, last = 0, reached
            for place in _bits(last):
                reached |= near[place]
            reached &= left
        parts.append({strings[place] for place in _bits(part)})
    return parts


def _chain(start: int, near: Sequence[int]) -> list[int]:
    """The places of strings of which each anticommutes with its neighbours alone; the first ones are preferred."""
    chain, barred = [start], 1 << start
    while True:
        last = chain[-1]
        following = near[last] & ~barred
        if not following:
            return chain
        barred |= near[last] | following & -following
        chain.append((following & -following).bit_length() - 1)


def _planes(chain: Sequence[String], known: Sequence[Image]) -> dict[String, Plane]:
    """The strings of a chain, the products of consecutive ones, and the products of both with known strings.

    P_a ... P_(b-1) = i^(b-a) g_a g_b, so i g_a g_b is i^(1+a-b) of it.
    """
    planes: dict[String, Plane] = {}
    for a, (x, z) in enumerate(chain):
        segment = x, z, (x & z).bit_count() & 3
        for b in range(a + 2, len(chain) + 1):
            x, z = chain[b - 1]
            segment = product(segment, (x, z, (x & z).bit_count() & 3))
            whole = segment[0], segment[1], (segment[2] + 1 + a - b) & 3
            planes[whole[:2]] = Plane(a, b, -1 if is_negative(whole) else 1)
    planes |= {string: Plane(a, a + 1, 1) for a, string in enumerate(chain)}
    others: dict[String, Plane] = {}
    for factor in _products(known) if chain else ():
        for (x, z), plane in planes.items():
            new = product((x, z, (x & z).bit_count() & 3), factor)
            others[new[:2]] = plane._replace(sign=-plane.sign if is_negative(new) else plane.sign)
    return others | planes


def _products(strings: Sequence[Image]) -> list[Image]:
    """All products of some strings, few of which are given."""
    result: list[Image] = [(0, 0, 0)]
    for string in strings[:MOST_KNOWN]:
        result += [product(each, string) for each in result]
    return result[1:]


def _triangle(
    rotations: Sequence[Rotation], chain: Sequence[String], planes: dict[String, Plane]
) -> tuple[list[Rotation], float] | None:
    """The rotations as a triangle of those of neighbours, and the rounding; None for angles with parameters."""
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
