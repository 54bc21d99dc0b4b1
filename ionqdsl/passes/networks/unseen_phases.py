"""Leaves out phases that no measurement sees, and signs of Toffolis on states that do not occur.

A flip or a swap exchanges outcomes, so a phase of the bits before it is a phase of the bits after it. Where nothing
else follows until all wires are measured, gates that are phases alone are left out, and a Toffoli may be wrong by a
sign: that takes three interactions in place of five. So may one whose target is known to be |0>, where there is no
sign: the outcomes keep their probabilities, for every input or from |0...0>.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ionqdsl.passes.networks.network import FLIP, RELATIVE, SWAP, UNDO, Network, NetworkGate
from ionqdsl.passes.networks.parities import ZERO, Wires, wires_of
from ionqdsl.passes.networks.tidy import tidied

WIDEST = 20
"""The most qubits of a circuit that is compared with its source by simulation. In a wider one phases are left out only
after the last gate that is neither a flip nor a phase: the proof follows bits, and phases before a Hadamard may take it
too long.
"""


def backwards(gates: Sequence[NetworkGate], wires: Iterable[int]) -> Iterator[tuple[NetworkGate, set[int]]]:
    """The gates from the last to the first, each with the free wires after it; the set changes as this goes on.

    Any phase of the bits on free wires is a phase of the outcomes at the end, where all wires are measured.
    """
    free = set(wires)
    is_wide = len(free) > WIDEST
    for gate in reversed(gates):
        yield gate, free
        if gate.kind == SWAP:
            a, b = gate.wires
            if (a in free) != (b in free):
                free ^= {a, b}
        elif gate.kind in (FLIP, RELATIVE, UNDO):
            if not free.issuperset(gate.wires):  # a phase of the target becomes one of all its wires
                free.discard(gate.wires[-1])
        elif changed := [wire for wire in gate.wires if not gate.is_diagonal_on(wire)]:
            free.difference_update(free if is_wide else changed)


def unseen(network: Network) -> list[bool]:
    """For each gate, whether any phase of the bits on its wires is a phase of the outcomes."""
    gates = network.gates
    return [free.issuperset(gate.wires) for gate, free in backwards(gates, wires_of(gates))][::-1]


def without_phases(network: Network) -> Network:
    """The network without the phases that no measurement at its end sees, and without the flips that cancel then."""
    steps = zip(network.gates, unseen(network), strict=True)
    seen = [gate for gate, is_unseen in steps if not (is_unseen and is_phase(gate))]
    return Network(tidied(seen, joins=False).gates, network.phase)


def free_signs(network: Network, from_zeros: bool) -> list[bool]:
    """For each gate, whether it may be wrong by the sign of a relative Toffoli on its wires: if no measurement at the
    end sees it, or if the target is known to be |0>, where that sign is none.

    Wires are known to be |0> until a gate changes them, and again once the change is computed back, but only if
    the network begins with `from_zeros` and is compared by simulation.
    """
    result = unseen(network)
    if from_zeros and len(wires_of(network.gates)) <= WIDEST:
        wires = Wires(wires_of(network.gates), are_zero=True)
        for place, gate in enumerate(network.gates):
            before = wires.parities[gate.wires[-1]]
            wires.follow(gate)
            result[place] |= len(gate.wires) < 4 and ZERO in (before, wires.parities[gate.wires[-1]])
    return result


def with_free_signs(network: Network, are_free: Sequence[bool], *, looks_ahead: bool = True) -> Network:
    """The network with Toffolis that are wrong by a sign, where that is free.

    Of their three interactions the first and the last are on the same pair of wires: one on which a neighbour is, or if
    it `looks_ahead` may be, since it is such a Toffoli too.
    """
    may_meet = are_free if looks_ahead else [False] * len(are_free)
    gates = [*network.gates]
    before: Places = {}
    for place, (after, is_free) in enumerate(zip(_following(gates), are_free, strict=True)):
        gate = gates[place]
        if is_free and gate.kind == FLIP and len(gate.wires) == 3:
            a, b, target = gate.wires
            meetings = [_meetings({control, target}, gates, may_meet, before, after) for control in (a, b)]
            controls = (b, a) if meetings[0] > meetings[1] else (a, b)
            gates[place] = gate._replace(kind=RELATIVE, wires=(*controls, target))
        if len(gate.wires) > 1:
            before |= dict.fromkeys(gate.wires, place)
    return network._replace(gates=gates)


Places = dict[int, int]
"""Wire -> the place of the nearest gate on it and other wires."""


def _following(gates: Sequence[NetworkGate]) -> list[Places]:
    """For each gate, the places of the next gates on its wires."""
    result: list[Places] = []
    nearest: Places = {}
    for place in range(len(gates) - 1, -1, -1):
        wires = gates[place].wires
        result.append({wire: nearest[wire] for wire in wires if wire in nearest})
        if len(wires) > 1:
            nearest |= dict.fromkeys(wires, place)
    return result[::-1]


def _meetings(
    pair: set[int], gates: Sequence[NetworkGate], are_free: Sequence[bool], before: Places, after: Places
) -> float:
    """How many of the gates next to a pair of wires end on that pair; gates that only may end there count less."""
    near = [{places.get(wire) for wire in pair} for places in (before, after)]
    return sum(
        [_ends_on(gates[place], pair, are_free[place]) for place, *others in near if place is not None and not others]
    )


def _ends_on(gate: NetworkGate, pair: set[int], is_free: bool) -> float:
    if is_free and gate.kind == FLIP and len(gate.wires) == 3:
        return 0.5 * (gate.wires[-1] in pair and pair.issubset(gate.wires))
    return pair == set(gate.wires[-2:] if gate.kind == RELATIVE else gate.wires)


def is_phase(gate: NetworkGate) -> bool:
    """Whether it changes nothing but phases of the bits on its wires."""
    return gate.kind not in (SWAP, RELATIVE, UNDO) and all(map(gate.is_diagonal_on, gate.wires))
