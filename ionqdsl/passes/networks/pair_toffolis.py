"""Writes pairs of Toffolis whose phases cancel with three interactions each in place of five.

A Toffoli times the sign where a (1-b) c is 1 takes three interactions; a and b are its controls, c its target. If the
bits a, b and c are the same at two Toffolis, the signs of both cancel on every path, whatever happens in between: a
value is computed, used and computed back, also nested or interleaved with others. Source: Maslov, Phys. Rev. A 93,
022311 (2016).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.contracts import fixes_phases, holds_for_all_inputs
from ionqdsl.passes.barriers import has_barrier, is_barrier
from ionqdsl.passes.networks.delay_flips import with_delayed_flips
from ionqdsl.passes.networks.find_toffolis import with_toffolis
from ionqdsl.passes.networks.gather_flips import gathered, with_relative_flips
from ionqdsl.passes.networks.network import FLIP, RELATIVE, Network, NetworkGate, written
from ionqdsl.passes.networks.parities import ControlPlane, Parity, Wires, wires_of
from ionqdsl.passes.networks.read_rows import RowGates, has_toffolis, read
from ionqdsl.passes.networks.turn_toffolis import turned
from ionqdsl.passes.networks.unseen_phases import free_signs, with_free_signs, without_phases
from ionqdsl.passes.release_controls import released

OF_A_TOFFOLI = 5
"""The interactions of a Toffoli."""

FEW, MANY = 0.9, 20
"""A network whose gathered flips take at most this share of so many interactions, or more, is tried alone."""

NEAR = 1.05
"""A network has another one with at most so many times its interactions next to it."""


class _NetworkReading(NamedTuple):
    """A network of rows; an extra one may be better than the others or not, so it is tried apart from them."""

    network: Network
    is_extra: bool = False


class _StretchNetworks(NamedTuple):
    """Rows without a barrier, and the networks that they are, if they have Toffolis."""

    steps: list[tuple[Op, Span | None]]
    networks: Sequence[_NetworkReading]

    def reading(self, number: int) -> _NetworkReading | None:
        """The reading of a number, or the last one."""
        return self.networks[min(number, len(self.networks) - 1)] if self.networks else None


class OtherWay(NamedTuple):
    """Another way to write a circuit, and whether it lacks phases that only a measurement forgets.

    An extra one has gathered flips that may be better than the others, or not.
    """

    circuit: FlatCircuit
    is_looser: bool
    is_extra: bool = False


def other_ways(circuit: FlatCircuit, preserve: str = "unitary") -> list[OtherWay]:
    """The circuit with its Toffolis found, paired and turned; nothing if that changes nothing.

    Where a contract forgets phases, also without those that no measurement sees, with two choices of the pairs on which
    such Toffolis end. Where Toffolis were found in text, perhaps with other controls too.
    """
    if not has_toffolis(circuit.rows):
        return []
    has_barriers = has_barrier(circuit.rows)
    stretches = stretches_of(circuit, has_barriers)
    is_looser = not fixes_phases(preserve) and not has_barriers
    most = on_two_qubits(circuit.rows)
    ways: list[OtherWay] = []
    for number in range(max([1, *(len(stretch.networks) for stretch in stretches)])):
        readings = [stretch.reading(number) for stretch in stretches]
        is_extra = any(reading.is_extra for reading in readings if reading is not None)
        networks = [reading and reading.network for reading in readings]
        other = turned(with_networks(circuit, stretches, [one and paired(one) for one in networks], most) or circuit)
        if other is not circuit:
            ways.append(OtherWay(other, is_looser=False, is_extra=is_extra))
        for one in [
            each for network in networks if network and is_looser for each in loosely_paired(network, preserve)
        ]:
            looser = with_networks(circuit, stretches, [one], most)
            if looser is not None and (not ways or on_two_qubits(looser.rows) < on_two_qubits(other.rows)):
                way = OtherWay(turned(looser), is_looser=True, is_extra=is_extra)
                ways += [way] if all(way.circuit.rows != each.circuit.rows for each in ways) else []
    return ways


def stretches_of(circuit: FlatCircuit, has_barriers: bool) -> list[_StretchNetworks]:
    """The stretches of a circuit between its barriers, if it `has_barriers`, with their networks."""
    if not has_barriers:
        steps = [*zip(circuit.rows, circuit.origins, strict=True)]
        return [_StretchNetworks(steps, _networks(steps, circuit.width))]
    stretches = []
    for is_closed, group in groupby(zip(circuit.rows, circuit.origins, strict=True), lambda pair: is_barrier(pair[0])):
        steps = [*group]
        has_network = not is_closed and has_toffolis(op for op, _ in steps)
        stretches.append(_StretchNetworks(steps, _networks(steps, circuit.width) if has_network else ()))
    return stretches


def with_networks(
    circuit: FlatCircuit, stretches: Sequence[_StretchNetworks], networks: Sequence[Network | None], most: int
) -> FlatCircuit | None:
    """The circuit with a network in place of each stretch that has one; None if it has no fewer than `most` rows on two
    qubits then.
    """
    if not any(networks):
        return None
    steps: list[tuple[Op, Span | None]] = []
    phase = Fraction(0)
    for stretch, network in zip(stretches, networks, strict=True):
        rows, lacking = (stretch.steps, Fraction(0)) if network is None else written(network, width=circuit.width)
        steps += rows
        phase += lacking
    if on_two_qubits(op for op, _ in steps) >= most:
        return None
    return circuit.with_rows(steps, phase=circuit.phase + Angle(phase % 1))


def with_whole_toffolis(circuit: FlatCircuit) -> FlatCircuit | None:
    """The circuit with the Toffolis that are found in it as one row each, for comparisons; None if there are none.

    Phases of the outcomes show best there, since each row but Hadamards only flips bits or changes phases.
    """
    if has_barrier(circuit.rows) or not has_toffolis(circuit.rows):
        return None
    networks = _networks([*zip(circuit.rows, circuit.origins, strict=True)], circuit.width)
    if not networks:
        return None
    rows, lacking = written(networks[0].network, are_whole=True)
    return circuit.with_rows(rows, phase=circuit.phase + Angle(lacking % 1))


def _networks(rows: Sequence[tuple[Op, Span | None]], width: int) -> Sequence[_NetworkReading]:
    """The networks of rows with Toffolis; none if there is none.

    Of Toffolis found in text, one whose controls save flips, and one near it that keeps the controls of the text: gates
    around may merge better with these.
    """
    gates = RowGates(rows)
    found = with_toffolis(gates)
    if found is not None:
        short, *kept = _different([with_delayed_flips(found, keeps_controls=keeps) for keeps in (False, True)])
        short, *kept = _different([_released(each) or each for each in (short, *kept)])
        near = [each for each in kept if _interactions(each) <= NEAR * _interactions(short)]
        return _with_gathered([short, *near], width)
    network = gates.network
    has_toffoli = any(gate.kind == FLIP and len(gate.wires) == 3 for gate in network.gates)
    return _with_gathered((network,), width) if has_toffoli else ()


def _different(networks: Sequence[Network]) -> Sequence[Network]:
    """One or two networks, once if they are equal."""
    return networks[:1] if networks[0] == networks[-1] else networks


def _with_gathered(networks: Sequence[Network], width: int) -> list[_NetworkReading]:
    """The networks, and those of the one that gathered flips make shortest; these alone if they are short enough."""
    readings = [_NetworkReading(network) for network in networks]
    found = [fewer for network in networks if (fewer := gathered(network, width)) is not None]
    if not found:
        return readings
    best = min(found, key=lambda each: each.interactions)
    if best.before >= MANY and best.interactions <= FEW * best.before:
        return [_NetworkReading(network) for network in best.networks]
    return [*readings, *(_NetworkReading(network, is_extra=True) for network in best.networks)]


def _released(network: Network) -> Network | None:
    """The network without controls that its Toffolis do not need, as release_controls.py leaves those of rows out; None
    if they need all.
    """
    rows, phase = written(network, are_whole=True)
    steps = [*rows]
    fewer = released([op for op, _ in steps])
    if fewer is None:
        return None
    again = read([(op, origin) for op, (_, origin) in zip(fewer, steps, strict=True)])
    return again._replace(phase=again.phase + phase)


def _interactions(network: Network) -> int:
    """The interactions of the gates of a network, none of them paired."""
    return sum([OF_A_TOFFOLI if len(gate.wires) == 3 else len(gate.wires) == 2 for gate in network.gates])


def on_two_qubits(rows: Iterable[Op]) -> int:
    """The number of rows on several qubits."""
    return sum([len(op.qubits) > 1 for op in rows if op.gate != BARRIER])


class _Seen(NamedTuple):
    """A Toffoli as functions of the plane of its controls.

    `place` is that of its gate, `flips` the point where it flips its target, and `target` has the points where the
    target is 1 before. `orders` has its controls in the order of a relative Toffoli, by the point of the sign.
    """

    place: int
    flips: int
    target: int
    orders: dict[int, tuple[int, int]]

    def partner(self, earlier: Sequence[_Seen], *, is_strict: bool) -> _Partner | None:
        """The first of some earlier ones whose sign cancels this one's; with `is_strict` one that flips alike."""
        for each in earlier:
            differences = self.target ^ each.target
            if is_strict and (each.flips != self.flips or differences not in (0, self.flips)):
                continue
            points = [point for point in each.orders if point in self.orders]
            points.sort(key=lambda point: bool(differences & point))
            if points:
                return _Partner(each, points[0], bool(differences & points[0]))
        return None


class _Partner(NamedTuple):
    """A Toffoli, the point where both have a sign, and whether one target is the other's opposite there."""

    earlier: _Seen
    point: int
    is_opposite: bool


def loosely_paired(network: Network, preserve: str) -> list[Network]:
    """The network paired, without the phases and with the signs that a contract forgets, with two choices of the pairs
    on which such Toffolis end if they differ; nothing if it has no such phases or signs.
    """
    shorter = without_phases(network)
    are_free = free_signs(shorter, from_zeros=not holds_for_all_inputs(preserve))
    if not any(are_free) and shorter.gates == network.gates:
        return []
    steps = _paired_steps(shorter, are_free)
    gates = [gate for step in steps for gate in step]
    free = [is_free for step, is_free in zip(steps, are_free, strict=True) for _ in step]
    relative = with_relative_flips(shorter._replace(gates=gates), free)
    both = [with_free_signs(relative, free, looks_ahead=looks_ahead) for looks_ahead in (True, False)]
    return both[: 1 if both[0].gates == both[1].gates else 2]


def paired(network: Network) -> Network:
    """The network with Toffolis, and flips under more controls, replaced pair by pair."""
    network = with_relative_flips(network)
    return network._replace(gates=[gate for step in _paired_steps(network) for gate in step])


def _paired_steps(network: Network, is_free: Sequence[bool] = ()) -> list[list[NetworkGate]]:
    """For each gate of a network, the gates in its place; pairs of two that need no other stay as they are.

    A sign is one at a point (a, b) of its controls' plane, times the target. Two cancel if the plane is the same, the
    point too, and the targets have the same value there; if these are opposite, x around the target makes them equal.
    """
    steps = [[gate] for gate in network.gates]
    for group in _by_plane(network).values():
        for is_strict in (True, False):
            waiting: list[_Seen] = []
            for seen in group:
                partner = seen.partner(waiting, is_strict=is_strict)
                if partner is None:
                    waiting.append(seen)
                    continue
                waiting.remove(partner.earlier)
                if is_free and is_free[partner.earlier.place] and is_free[seen.place]:
                    continue
                for each in (partner.earlier, seen):
                    (gate,) = steps[each.place]
                    target = gate.wires[2]
                    relative = gate._replace(kind=RELATIVE, wires=(*each.orders[partner.point], target))
                    around = [gate._replace(wires=(target,))] * (partner.is_opposite and each is seen)
                    steps[each.place] = [*around, relative, *around]
            group = waiting
    return steps


def _by_plane(network: Network) -> dict[tuple[ControlPlane, Parity], list[_Seen]]:
    """The Toffolis of a network, those together whose targets differ by a function of the plane that they share."""
    wires = Wires(wires_of(network.gates))
    groups: dict[tuple[ControlPlane, Parity], list[_Seen]] = {}
    for place, gate in enumerate(network.gates):
        if gate.kind == FLIP and len(gate.wires) == 3:
            a, b, target = gate.wires
            plane = wires.plane(wires.parities[a], wires.parities[b])
            if plane is not None:
                on_a, on_b = plane.values(wires.parities[a]), plane.values(wires.parities[b])
                orders = {on_a & ~on_b: (a, b), on_b & ~on_a: (b, a)}
                rest, values = plane.split(wires.parities[target])
                groups.setdefault((plane, rest), []).append(_Seen(place, on_a & on_b, values, orders))
        wires.follow(gate)
    return groups
