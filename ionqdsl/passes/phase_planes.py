"""Finds which eighth turns of a network belong together as Toffolis.

Takes the phases of a network by parity (see parities.py) and returns planes: four of them, of which a Toffoli has its
phases. For bits x, y, z, 4 x y z = x + y + z - (x^y) - (x^z) - (y^z) + (x^y^z): a ccz has an odd number of eighths at
all seven parities of three independent ones. Any seven such phases are a ccz and quarter turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import combinations, islice
from typing import NamedTuple

from ionqdsl.passes.parities import Counts, Parity, PhasePolynomial

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


# --- written one after another ---------------------------------------------------------------------------------------


def neighbouring_sevens(phases: PhasePolynomial) -> Iterator[tuple[PhasePlane, Counts]]:
    """Whole planes whose seven phases follow one another or enclose others that do, and these phases."""
    odd = [
        (place, parity, -eighths if is_negated else eighths)
        for parity, places in phases.places.items()
        for place, is_negated in places
        if (eighths := phases.gates[place].eighths) % 2 and parity
    ]
    waiting: dict[Parity, tuple[int, int]] = {}
    for place, parity, eighths in sorted(odd, key=lambda each: each[0]):
        if waiting.pop(parity, None) is not None:  # two of them are a quarter turn
            continue
        waiting[parity] = place, eighths
        last = [*islice(reversed(waiting), 7)]
        if len(last) == 7 and _is_space(last):
            phases_of = {each: waiting.pop(each) for each in last}
            plane = _plane_of(last, min(place for place, _ in phases_of.values()), place)
            yield plane, {each: count for each, (_, count) in phases_of.items()}


def _is_space(parities: Sequence[Parity]) -> bool:
    """Whether seven different parities are all sums of three."""
    total: Parity = frozenset()
    for parity in parities:
        total ^= parity
    if total:
        return False
    a, b = parities[:2]
    c = next(parity for parity in parities[2:] if parity != a ^ b)
    return {a, b, c, a ^ b, a ^ c, b ^ c, a ^ b ^ c} == {*parities}


def _plane_of(parities: Sequence[Parity], first: int, last: int) -> PhasePlane:
    """The whole plane of seven parities, whose sides are those with the newest variable."""
    newest = max([max(parity) for parity in parities])
    u, v, w, _ = [parity for parity in parities if newest in parity]
    return PhasePlane(u, u ^ v, u ^ w, first, last)


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
