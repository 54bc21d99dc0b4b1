"""Finds Toffolis again in networks of flips, Hadamards and eighth turns.

Takes the gates of rows and returns a network with `ccz`, flips under two controls and `ccrz` in place of eighth turns,
exactly equal, however they are written: the flips between them, which only computed parities, cancel. The kernel takes
the same steps (kernel/toffolis.c).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.passes.networks.network import CCRZ, CCZ, EIGHTHS, FLIP, PHASE, Network, NetworkGate
from ionqdsl.passes.networks.packed_gates import unpacked
from ionqdsl.passes.networks.parities import ONE, Counts, Parity, PhasePolynomial, Wires, positive, wires_of
from ionqdsl.passes.networks.phase_planes import PhasePlane, near_planes, scattered_planes
from ionqdsl.passes.networks.read_rows import RowGates
from ionqdsl.passes.networks.tidy import tidied


def with_toffolis(rows: RowGates) -> Network | None:
    """The network of rows with Toffolis in place of eighth turns; None if there is none."""
    if not compiled.is_used():
        return in_python(rows.network)
    found = in_the_kernel(rows, rows.numbers, reads=True)
    return None if found is None else found._replace(phase=rows.phase + found.phase)


def in_the_kernel(gates: Sequence[NetworkGate], numbers: object, *, reads: bool) -> Network | None:
    """The same steps as `in_python` takes, given the numbers of the gates too; the gates are tidied before if it
    `reads`.
    """
    left = compiled.kernel.find_toffolis(numbers, reads)
    return None if left is None else unpacked(gates, left)


def in_python(network: Network) -> Network | None:
    """The same without the kernel."""
    if sum(gate.eighths % 2 for gate in network.gates) < 4:
        return None
    phases = PhasePolynomial(network)
    rest = _Rest(phases, network.phase)
    near = near_planes(phases)
    for (plane, counts), triple in zip(near, triples(network.gates, [plane for plane, _ in near]), strict=True):
        rest.take(plane, triple, counts)
    planes = scattered_planes(rest.eighths, phases)
    for plane, triple in zip(planes, triples(network.gates, planes), strict=True):
        rest.take(plane, triple, rest.eighths)
    return rest.network() if rest.inserted else None


# --- where -----------------------------------------------------------------------------------------------------------


class Triple(NamedTuple):
    """Three wires, and the parities they hold before the gate at a place."""

    place: int
    wires: tuple[int, ...]
    parities: tuple[Parity, ...]


BEFORE = 64
"""So many gates before the first phase of a plane its three parities are looked for."""

MOST_WAITING = 32
"""The most planes that wait for one parity at a time."""


def triples(gates: Sequence[NetworkGate], planes: Sequence[PhasePlane]) -> list[Triple | None]:
    """For each plane the first place near it where three wires hold independent parities of it, if there is one.

    The last of the wires holds a side of it, and as few others as possible do.
    """
    result: list[Triple | None] = [None] * len(planes)
    if not planes:
        return result
    starts: dict[int, list[int]] = {}
    ends: dict[int, list[int]] = {}
    for number, plane in enumerate(planes):
        starts.setdefault(max(0, plane.first - BEFORE), []).append(number)
        ends.setdefault(plane.last + 1, []).append(number)
    waiting: dict[Parity, dict[int, None]] = {}
    order = wires_of(gates)
    wires = Wires(order)
    holders: dict[Parity, list[int]] = {}
    held = dict(wires.parities)  # by wire, not negated
    for wire in order:
        holders.setdefault(held[wire], []).append(wire)
    parities: dict[int, tuple[Parity, ...]] = {}  # by plane that is looked for

    for place in range(len(gates) + 1):
        for number in starts.get(place, ()):
            plane = planes[number]
            parities[number] = (*plane.directions, *plane.sides)
            for parity in parities[number]:
                if len(waiting.setdefault(parity, {})) < MOST_WAITING:
                    waiting[parity][number] = None
            result[number] = _triple(parities[number], holders, place, wires)
        for number in ends.get(place, ()):
            for parity in parities[number]:
                waiting[parity].pop(number, None)
        if place == len(gates):
            break
        if gates[place].kind == PHASE:
            continue
        now = [(wire, positive(wires.parities[wire])) for wire in wires.follow(gates[place])]
        changed = [(wire, after) for wire, after in now if after != held[wire]]
        for wire, after in changed:
            holders[held[wire]].remove(wire)
            holders.setdefault(after, []).append(wire)
            held[wire] = after
        for _, after in changed:
            for number in waiting.get(after, ()):
                if result[number] is None:
                    result[number] = _triple(parities[number], holders, place + 1, wires)
    return result


def _triple(parities: Sequence[Parity], holders: dict[Parity, list[int]], place: int, wires: Wires) -> Triple | None:
    """The first of the wires that hold independent parities of a plane, in this order."""
    held = [(parity, on[0]) for parity in parities if (on := holders.get(parity))]
    for (a, first), (b, second), (c, third) in combinations(held, 3):
        if c != a ^ b:
            chosen = first, second, third
            return Triple(place, chosen, tuple([wires.parities[wire] for wire in chosen]))
    return None


class PhaseSite(NamedTuple):
    """The gate before which a phase may be written, on which wires, and whether these hold its negated parity there."""

    place: int
    wires: tuple[int, ...]
    is_negated: bool


def _sites(triple: Triple) -> dict[Parity, PhaseSite]:
    """The parities that one or two of three wires hold."""
    result: dict[Parity, PhaseSite] = {}
    place, (a, b, c), (on_a, on_b, on_c) = triple
    for wires, parity in (
        ((a,), on_a), ((b,), on_b), ((c,), on_c), ((a, b), on_a ^ on_b), ((a, c), on_a ^ on_c), ((b, c), on_b ^ on_c)
    ):  # fmt: skip
        result[positive(parity)] = PhaseSite(place, wires, ONE in parity)
    return result


# --- the remaining phases --------------------------------------------------------------------------------------------


class _Change(NamedTuple):
    """Eighths to add to the sides and the directions of a plane that is taken out, and those that its gate lacks.

    `values` are those of all its parities at the one point where the gate is a sign.
    """

    sides: tuple[int, ...]
    directions: tuple[int, ...]
    negated: int
    values: tuple[int, ...]


@lru_cache(maxsize=1 << 12)
def _change(sides: tuple[int, ...], directions: tuple[int, ...], is_whole: bool) -> _Change:
    """The change of the eighths of a plane, given those of its sides and its directions.

    For bits u, d, e, each side is u^m with m one of 0, d, e, d^e, and c (u^m) = c u (1 - 2 m) + c m. The first
    terms add up to u g(d, e), where g has the same value mod 8 at three points (d, e) and 4 more at one. The second
    ones go to the directions.

    A whole plane is a sign at one u or at the other. They differ by a sign of two bits, 4 d e = 2 (d + e - (d^e))
    or the opposite, where d and e may be negated; 8 d e is nothing. The fewest phases of the directions are left.
    A plane that is not whole lacks 2 d e.
    """
    points = [(0, 0), (1, 0), (0, 1), (1, 1)]
    g = [sum([c * (1 - 2 * m) for c, m in zip(sides, (0, d, e, d ^ e), strict=True)]) % EIGHTHS for d, e in points]
    number = next(number for number, value in enumerate(g) if g.count(value) == 1)
    d, e = points[number]
    a, b = 2 * d - 1, 2 * e - 1
    product, negated = (a, b, -a * b), (a < 0) + (b < 0) - (a * b < 0)  # 2 d e, and the phase that it lacks

    def added(times: int) -> tuple[int, ...]:
        return tuple([count + times * part for count, part in zip(sides[1:], product, strict=True)])

    def left(times: int) -> int:
        return sum([(old + new) % EIGHTHS > 0 for old, new in zip(directions, added(times), strict=True)])

    times = min((0, 2, -2, 4), key=left) if is_whole else 1
    u = 0 if times in (2, -2) else 1
    taken = (g[number - 1] - sides[0], *[-count for count in sides[1:]])
    return _Change(taken, added(times), times * negated, (u, u ^ d, u ^ e, u ^ d ^ e, d, e, d ^ e))


class _Rest:
    """The phases of a network that are left when planes are taken out, and the gates inserted instead."""

    def __init__(self, phases: PhasePolynomial, phase: Fraction) -> None:
        self.eighths = dict(phases.eighths)
        self.inserted: dict[int, list[NetworkGate]] = {}
        self._gates = gates = phases.gates
        self._phase = phase
        self._negated = 0
        self._places = phases.places
        self._sites = {
            parity: PhaseSite(place, gates[place].wires, is_negated)
            for parity, ((place, is_negated), *_) in phases.places.items()
        }
        self._touched: dict[Parity, None] = {}

    def take(self, plane: PhasePlane, triple: Triple | None, counts: Counts) -> None:
        """Takes a plane with these phases out, if its gate and the phases that are left have a place."""
        if triple is None:
            return
        held = [positive(parity) for parity in triple.parities]
        first, second, target = held
        sides = plane.sides
        if target in sides and first not in sides and second not in sides:
            plane = plane._replace(u=target, d=first, e=second)
            sides = plane.sides
        elif not plane.is_whole:
            return
        if not all(counts.get(side, 0) % 2 for side in sides):  # another plane was to make it odd
            return
        sites, known = _sites(triple), self._sites
        directions = plane.directions
        if any(parity not in known and parity not in sites for parity in (plane.u, *directions)):
            return
        for parity, site in sites.items():
            known.setdefault(parity, site)
        self._touched |= dict.fromkeys((*sides, *directions))
        eighths = self.eighths
        change = _change(
            tuple([counts[side] % EIGHTHS for side in sides]),
            tuple([counts.get(direction, 0) % EIGHTHS for direction in directions]),
            plane.is_whole,
        )
        for parity, taken in zip(sides, change.sides, strict=True):
            eighths[parity] += taken
        for parity, added in zip(directions, change.directions, strict=True):
            eighths[parity] = eighths.get(parity, 0) + added
        self._negated += change.negated
        values = dict(zip((*sides, *directions), change.values, strict=True))
        place = known[plane.u].place
        origin = self._gates[place].origin if place < len(self._gates) else None
        around = [
            NetworkGate(FLIP, (wire,), 0, origin)
            for wire, parity, side in zip(triple.wires, triple.parities, held, strict=True)
            if values[side] == (ONE in parity)  # it holds 0 there
        ]
        gate = NetworkGate(CCZ if plane.is_whole else CCRZ, triple.wires, 0, origin)
        self.inserted.setdefault(triple.place, []).extend([*around, gate, *around])

    def network(self) -> Network:
        """The network with the gates inserted, and every phase that was touched in one place."""
        gone: set[int] = set()
        phases: dict[int, list[NetworkGate]] = {}
        negated = self._negated
        for parity in self._touched:
            for place, is_negated in self._places.get(parity, ()):
                gone.add(place)
                negated += self._gates[place].eighths if is_negated else 0
            eighths = self.eighths[parity] % EIGHTHS
            if eighths:
                place, wires, is_negated = self._sites[parity]
                negated += eighths if is_negated else 0
                gate = NetworkGate(PHASE, wires, -eighths % EIGHTHS if is_negated else eighths)
                phases.setdefault(place, []).append(gate)
        gates: list[NetworkGate] = []
        for place in range(len(self._gates) + 1):
            gates += self.inserted.get(place, ())
            gates += phases.get(place, ())
            if place < len(self._gates) and place not in gone:
                gates.append(self._gates[place])
        left = tidied(gates)
        return Network(left.gates, self._phase + left.phase + Fraction(negated, EIGHTHS))
