"""Finds which eighth turns of a network belong together as Toffolis.

Takes the phases of a network by parity (see parities.py) and returns planes: four of them, of which a Toffoli has its
phases. For bits x, y, z, 4 x y z = x + y + z - (x^y) - (x^z) - (y^z) + (x^y^z): a ccz has an odd number of eighths at
all seven parities of three independent ones. Any seven such phases are a ccz and quarter turns.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import NamedTuple

from ionqdsl.passes.networks.parities import Counts, Parity, PhasePolynomial

MOST_TERMS = 24
"""The most phases with one newest variable among which planes are looked for."""


class PhasePlane(NamedTuple):
    """Four parities with odd eighths, u, u^d, u^e and u^d^e.

    `is_whole` tells whether d, e and d^e have odd eighths too, so that all seven are a ccz. The four alone are half a
    turn about Z of u under d and e: a ccrz. `first` and `last` are places of phases, of which the others lie between.
    """

    u: Parity
    d: Parity
    e: Parity
    first: int
    last: int
    is_whole: bool = True

    @property
    def sides(self) -> tuple[Parity, Parity, Parity, Parity]:
        """The four parities."""
        return self.u, self.u ^ self.d, self.u ^ self.e, self.u ^ self.d ^ self.e

    @property
    def directions(self) -> tuple[Parity, Parity, Parity]:
        """Their differences."""
        return self.d, self.e, self.d ^ self.e

    @property
    def parities(self) -> tuple[Parity, ...]:
        """All seven."""
        return *self.sides, *self.directions


# --- near one another ------------------------------------------------------------------------------------------------


MOST_EQUAL = 64
"""Of so many phases of a parity before the sides of a plane, and after that, the nearest is one of its directions."""

WAITING = 6
"""So many of the last phases with one newest variable may be sides of a plane."""


def near_planes(phases: PhasePolynomial) -> list[tuple[PhasePlane, Counts]]:
    """Whole planes, each of the seven phases nearest to one another, and their eighths: Toffolis as they are written.

    The gates of a Toffoli may be far apart: texts list gates in any order that the wires allow. Equal phases are told
    apart here, since each may belong to another Toffoli.
    """
    odd = _Odd(phases)
    waiting: dict[int, list[tuple[int, Parity]]] = {}
    result = []
    for place, parity in sorted(odd.parities.items()):
        if place in odd.taken:
            continue
        group = [each for each in waiting.get(max(parity), ()) if each[0] not in odd.taken]
        equal = [each for each in group if each[1] == parity]
        if equal:  # a quarter turn
            group.remove(equal[0])
        for (p, u), (q, v), (r, w) in combinations(group, 3):
            places = odd.near((u ^ v, u ^ w, u ^ parity), p, place) if u ^ v ^ w == parity else None
            if places:
                odd.taken.update((p, q, r, place, *places))
                plane = PhasePlane(u, u ^ v, u ^ w, min(p, *places), max(place, *places))
                eighths = {odd.parities[at]: odd.eighths[at] for at in (p, q, r, place, *places)}
                result.append((plane, eighths))
                break
        waiting[max(parity)] = [*group, (place, parity)][-WAITING:]
    return result


class _Odd:
    """The odd phases of a network, one by one, and those that are taken."""

    def __init__(self, phases: PhasePolynomial) -> None:
        self.parities: dict[int, Parity] = {}
        self.eighths: dict[int, int] = {}
        self.taken: set[int] = set()
        self._places: dict[Parity, list[int]] = {}
        for parity, places in phases.places.items():
            for place, is_negated in places:
                eighths = phases.gates[place].eighths
                if eighths % 2 and parity:
                    self.parities[place] = parity
                    self.eighths[place] = -eighths if is_negated else eighths
                    self._places.setdefault(parity, []).append(place)

    def near(self, parities: Sequence[Parity], first: int, last: int) -> list[int] | None:
        """For each parity the place of a phase nearest to a stretch that is not taken; None if one has none."""
        result = []
        for parity in parities:
            places = self._places.get(parity, [])
            start = bisect_left(places, first)
            before, after = places[max(0, start - MOST_EQUAL) : start], places[start : start + MOST_EQUAL]
            ends = (next((place for place in each if place not in self.taken), None) for each in (before[::-1], after))
            left = [place for place in ends if place is not None]
            if not left:
                return None
            result.append(min(left, key=lambda place: max(first - place, place - last, 0)))
        return result


# --- anywhere --------------------------------------------------------------------------------------------------------


def scattered_planes(eighths: Counts, phases: PhasePolynomial) -> list[PhasePlane]:
    """Planes of odd phases among those left, wherever they are, those of the newest variables first.

    A plane is whole if at least two of its directions are odd; taking it out makes them even, and the third one odd.
    """
    groups: dict[int, set[Parity]] = {}
    for parity, count in eighths.items():
        if count % 2 and parity:
            groups.setdefault(max(parity), set()).add(parity)
    newest = [-variable for variable in groups]
    heapify(newest)
    result: list[PhasePlane] = []
    halves: dict[frozenset[Parity], int] = {}  # directions -> the number of a plane that is not whole
    while newest:
        group = groups.pop(-heappop(newest))
        if not 4 <= len(group) <= MOST_TERMS:
            continue
        for plane in _disjoint(group, phases):
            key = frozenset(plane.directions)
            if sum(parity in groups.get(max(parity), ()) for parity in plane.directions) >= 2:
                for parity in plane.directions:
                    if max(parity) not in groups:
                        groups[max(parity)] = set()
                        heappush(newest, -max(parity))
                    groups[max(parity)] ^= {parity}
            elif key in halves:  # two with the same directions are two ccz, whose other phases cancel
                number = halves.pop(key)
                result[number] = result[number]._replace(is_whole=True)
            else:
                halves[key] = len(result)
                plane = plane._replace(is_whole=False)
            result.append(plane)
    return result


def _disjoint(group: set[Parity], phases: PhasePolynomial) -> list[PhasePlane]:
    """Planes of a group without a common side, those first whose directions have phases too."""
    candidates = []
    for u, v, w in combinations(sorted(group, key=sorted), 3):
        if u ^ v ^ w in group:
            places = [place for side in (u, v, w, u ^ v ^ w) for place, _ in phases.places.get(side, [])[:1]]
            plane = PhasePlane(u, u ^ v, u ^ w, min(places, default=0), max(places, default=0))
            candidates.append((sum(parity not in phases.places for parity in plane.directions), plane))
    result = []
    left = set(group)
    for _, plane in sorted(candidates, key=lambda each: each[0]):
        if left.issuperset(plane.sides):
            result.append(plane)
            left.difference_update(plane.sides)
    return result
