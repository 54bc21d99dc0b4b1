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
from ionqdsl.passes.barriers import is_barrier
from ionqdsl.passes.delay_flips import with_delayed_flips
from ionqdsl.passes.find_toffolis import with_toffolis
from ionqdsl.passes.networks import FLIP, RELATIVE, Network, NetworkGate, has_toffolis, read, written
from ionqdsl.passes.parities import Parity, Wires, factors_of, wires_of
from ionqdsl.passes.release_controls import released
from ionqdsl.passes.turn_toffolis import turned
from ionqdsl.passes.unseen_phases import free_signs, with_free_signs, without_phases


class _StretchNetworks(NamedTuple):
    """Rows without a barrier, and the networks that they are, if they have Toffolis.

    Toffolis found in text may have controls that they do not need: the first network is without these, the last with.
    """

    steps: list[tuple[Op, Span | None]]
    networks: Sequence[Network]


def other_ways(circuit: FlatCircuit, preserve: str = "unitary") -> list[FlatCircuit]:
    """The circuit with its Toffolis found, paired and turned; nothing if that changes nothing.

    Where a contract forgets phases, also without those that no measurement sees. Where Toffolis found in text have
    controls that they do not need, with and without these: either may merge better with the gates around.
    """
    stretches = _stretches(circuit)
    is_looser = not fixes_phases(preserve) and not any(map(is_barrier, circuit.rows))
    ways: list[FlatCircuit] = []
    for number in range(max([1, *(len(stretch.networks) for stretch in stretches)])):
        other = turned(_with_pairs(circuit, stretches, number) or circuit)
        if other is not circuit:
            ways.append(other)
        looser = _with_pairs(circuit, stretches, number, preserve) if is_looser else None
        if looser is not None and (not ways or _on_two_qubits(looser.rows) < _on_two_qubits(other.rows)):
            ways.append(turned(looser))
    return ways


def with_pairs(circuit: FlatCircuit, preserve: str = "unitary") -> FlatCircuit | None:
    """The circuit with Toffolis found and paired, each stretch between barriers by itself.

    None if there are none, or if that takes as many rows on two qubits. Only a circuit without barriers may have
    another contract than `unitary`.
    """
    return _with_pairs(circuit, _stretches(circuit), 0, preserve)


def _stretches(circuit: FlatCircuit) -> list[_StretchNetworks]:
    """The stretches of a circuit with their networks; none if it has no Toffolis."""
    if not has_toffolis(circuit.rows):
        return []
    stretches = []
    for is_closed, group in groupby(zip(circuit.rows, circuit.origins, strict=True), lambda pair: is_barrier(pair[0])):
        steps = [*group]
        has_network = not is_closed and has_toffolis(op for op, _ in steps)
        stretches.append(_StretchNetworks(steps, _networks(steps) if has_network else ()))
    return stretches


def _with_pairs(
    circuit: FlatCircuit, stretches: Sequence[_StretchNetworks], number: int, preserve: str = "unitary"
) -> FlatCircuit | None:
    """The circuit with the network of this number of each stretch, or its last one, paired."""
    steps: list[tuple[Op, Span | None]] = []
    phase, is_changed = Fraction(0), False
    for stretch in stretches:
        if not stretch.networks:
            steps += stretch.steps
            continue
        network = stretch.networks[min(number, len(stretch.networks) - 1)]
        if fixes_phases(preserve):
            network = paired(network)
        else:
            network = without_phases(network)
            are_free = free_signs(network, from_zeros=not holds_for_all_inputs(preserve))
            network = with_free_signs(paired(network, are_free), are_free)
        rows, lacking = written(network)
        steps += rows
        phase += lacking
        is_changed = True
    if not is_changed or _on_two_qubits(op for op, _ in steps) >= _on_two_qubits(circuit.rows):
        return None
    return circuit.with_rows(steps, phase=circuit.phase + Angle(phase % 1))


def with_whole_toffolis(circuit: FlatCircuit) -> FlatCircuit | None:
    """The circuit with the Toffolis that are found in it as one row each, for comparisons; None if there are none.

    What is a phase of the outcomes shows best there, since each row but Hadamards only flips bits or changes phases.
    """
    if any(map(is_barrier, circuit.rows)) or not has_toffolis(circuit.rows):
        return None
    networks = _networks([*zip(circuit.rows, circuit.origins, strict=True)])
    if not networks:
        return None
    rows, lacking = written(networks[0], are_whole=True)
    return circuit.with_rows(rows, phase=circuit.phase + Angle(lacking % 1))


def _networks(rows: Sequence[tuple[Op, Span | None]]) -> Sequence[Network]:
    """The networks of rows with Toffolis; none if there is none."""
    network = read(rows)
    found = with_toffolis(network)
    if found is not None:
        found = with_delayed_flips(found)
        fewer = _released(found)
        return (found,) if fewer is None else (fewer, found)
    return (network,) if any(gate.kind == FLIP and len(gate.wires) == 3 for gate in network.gates) else ()


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


def _on_two_qubits(rows: Iterable[Op]) -> int:
    return sum(len(op.qubits) > 1 for op in rows if op.gate != BARRIER)


def paired(network: Network, is_free: Sequence[bool] = ()) -> Network:
    """The network with Toffolis replaced pair by pair, but for pairs of two that need no other.

    Both of a pair have the same control first. The other one may differ: a (1-b) is the same for b and not (a xor b).
    """
    wires = Wires(wires_of(network.gates))
    gates: list[NetworkGate] = [*network.gates]
    waiting: dict[tuple[frozenset[Parity], frozenset[Parity]], tuple[int, dict[Parity, int]]] = {}
    for place, gate in enumerate(network.gates):
        if gate.kind != FLIP or len(gate.wires) != 3:
            wires.follow(gate)
            continue
        first, second, target = gate.wires
        controls = {wires.parities[wire]: wire for wire in (first, second)}
        before = wires.parities[target]
        wires.follow(gate)
        key = factors_of(controls), frozenset((before, wires.parities[target]))
        if key not in waiting:
            waiting[key] = place, controls
            continue
        earlier, others = waiting.pop(key)
        if is_free and is_free[earlier] and is_free[place]:
            continue
        common = next((parity for parity in controls if parity in others), None)
        if common is None:
            continue
        for number, each in ((earlier, others), (place, controls)):
            last = next(wire for parity, wire in each.items() if parity != common)
            gates[number] = gates[number]._replace(kind=RELATIVE, wires=(each[common], last, gates[number].wires[2]))
    return network._replace(gates=gates)
