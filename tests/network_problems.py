"""Random gates of networks, on which the compiled kernel and its reference must agree."""

from __future__ import annotations

import random

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.circuit import Op
from ionqdsl.passes.networks.network import CCRZ, CCZ, FLIP, OTHER, PHASE, RELATIVE, SWAP, H, NetworkGate
from ionqdsl.passes.networks.tidy import in_python, in_the_kernel

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
        assert in_the_kernel(gates, joins, reads) == in_python(gates, joins, reads)
