"""Random gates of networks, on which the compiled kernel and its reference must agree."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import combinations

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.circuit import Op
from ionqdsl.passes.networks import delay_flips, find_toffolis, tidy
from ionqdsl.passes.networks.network import CCRZ, CCZ, FLIP, OTHER, PHASE, RELATIVE, SWAP, H, Network, NetworkGate
from ionqdsl.passes.networks.packed_gates import packed

_TEXT = Source("x" * 400)


def random_gates(draw: random.Random) -> list[NetworkGate]:
    """Gates of which many come again soon after others, each with an origin of its own."""
    width = draw.choice([2, 3, 4, 6])
    spread = draw.choice([1, 1, 50])

    def wires(count: int) -> tuple[int, ...]:
        return tuple([spread * wire for wire in draw.sample(range(width), min(count, width))])

    def one() -> NetworkGate:
        count = min(draw.choice([1, 1, 2, 2, 3]), width)
        kind = draw.choice([H, H, H, FLIP, FLIP, PHASE, PHASE, PHASE, CCZ, CCZ, OTHER, SWAP])
        if kind == PHASE:
            return NetworkGate(kind, wires(count), draw.choice([1, 2, 2, 4, 4, 6, 7]))
        if kind == CCZ:
            return NetworkGate(draw.choice([CCZ, CCZ, CCZ, CCRZ, RELATIVE]), wires(draw.choice([2, 2, 3])))
        if kind == OTHER:
            on = wires(2)
            gate, controls = draw.choice([("ry", len(on) - 1), ("rz", len(on) - 1), ("ry", 0), ("rz", 0)])
            return NetworkGate(kind, on[: controls + 1], op=Op(gate, on[: controls + 1], (), controls))
        return NetworkGate(kind, wires({H: 1, SWAP: 2}.get(kind, count)))

    kinds = [one() for _ in range(draw.choice([3, 5, 9]))]
    gates: list[NetworkGate] = []
    while len(gates) < draw.choice([8, 30, 200]):
        some = draw.choices(kinds, k=draw.choice([1, 2, 3]))
        gates += draw.choice((some, [*some, *some[::-1]], [*some, some[0]]))
        gates += [one()] * (draw.random() < 0.2)
    return [gate._replace(origin=Span(_TEXT, place, place + 1)) for place, gate in enumerate(gates)]


def compare_tidy(draw: random.Random) -> None:
    """Both leave the same gates, in the same order and with the same origins, and the same phase."""
    gates = random_gates(draw)
    for joins, reads in ((False, False), (True, False), (True, True)):
        assert tidy.in_the_kernel(gates, joins, reads) == tidy.in_python(gates, joins, reads)


def eighth_turns(draw: random.Random, width: int) -> list[NetworkGate]:
    """The eighth turns of a Toffoli, or of one without those of its directions, on sums of wires that flips compute."""
    wires = draw.sample(range(width), 3)
    is_whole = draw.random() < 0.7
    gates: list[NetworkGate] = []
    for count in (1, 2, 3):
        for chosen in combinations(wires, count):
            if not is_whole and wires[0] not in chosen:
                continue
            eighths = draw.choice([1, 1, 1, 3, 5, 7])
            if count == 2 and draw.random() < 0.3:
                gates.append(NetworkGate(PHASE, chosen, eighths))
                continue
            flips = [NetworkGate(FLIP, (wire, chosen[0])) for wire in chosen[1:]]
            flips += [NetworkGate(FLIP, chosen[:1])] * (draw.random() < 0.2)
            gates += [*flips, NetworkGate(PHASE, chosen[:1], eighths), *reversed(flips)]
    if draw.random() < 0.2:
        draw.shuffle(gates)
    return gates


def random_network(draw: random.Random) -> Network:
    """Eighth turns of Toffolis, between and among gates of all kinds, some of them with a part missing."""
    width = draw.choice([3, 4, 5, 7])
    gates: list[NetworkGate] = []
    while len(gates) < draw.choice([20, 60, 200, 400]):
        wires = draw.sample(range(width), min(width, draw.choice([1, 2, 2, 3, 4])))
        on = wires[:2]
        others = [
            NetworkGate(FLIP, tuple(wires)),
            NetworkGate(FLIP, tuple(on)),
            NetworkGate(H, tuple(wires[:1])),
            NetworkGate(PHASE, tuple(on), draw.choice([1, 2, 3, 4, 6, 7])),
            NetworkGate(SWAP, tuple(draw.sample(range(width), 2))),
            NetworkGate(OTHER, tuple(on), op=Op("ry", tuple(on), (), len(on) - 1)),
            NetworkGate(CCRZ, tuple(draw.sample(range(width), 3))),
            NetworkGate(RELATIVE, tuple(draw.sample(range(width), 3))),
        ]
        gates += draw.choices(others, (4, 4, 2, 3, 1, 0.2, 0.2, 0.2), k=draw.choice([0, 0, 1, 2, 6]))
        turns = eighth_turns(draw, width)
        gates += turns if draw.random() < 0.8 else turns[: draw.randrange(len(turns))]
    for place, gate in enumerate(gates):
        if draw.random() < 0.1 and gate.kind == PHASE:
            other = draw.randrange(len(gates))
            gates[place], gates[other] = gates[other], gate
    spread = draw.choice([1, 1, 50])
    gates = [
        gate._replace(wires=tuple([spread * wire for wire in gate.wires]), origin=Span(_TEXT, place, place + 1))
        for place, gate in enumerate(gates)
    ]
    return Network(gates, Fraction(draw.randrange(8), 8))


def compare_toffolis(draw: random.Random) -> None:
    """Both find the same Toffolis, at the same places and with the same origins, and leave the same phases."""
    network = random_network(draw)
    gates, numbers = network.gates, packed(network.gates)
    for reads in (False, True):
        source = tidy.in_python(gates, True, True) if reads else Network(gates, Fraction(0))
        assert find_toffolis.in_the_kernel(gates, numbers, reads=reads) == find_toffolis.in_python(source)


def compare_delays(draw: random.Random) -> None:
    """Both delay flips as far, past Toffolis that were found and past gates of all kinds."""
    network = random_network(draw)
    for each in (network, find_toffolis.in_python(network)):
        for keeps_controls in (False, True):
            if each is not None:
                found = delay_flips.in_the_kernel(each, keeps_controls)
                assert found == delay_flips.in_python(each, keeps_controls)
