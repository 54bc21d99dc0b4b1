"""Random flips under controls, on which the compiled kernel and its reference must agree."""

from __future__ import annotations

import random

from ionqdsl.passes.networks.fewer_flips import in_python, in_the_kernel
from ionqdsl.passes.networks.masked_gates import MaskedGate, masked
from ionqdsl.passes.networks.network import FLIP, SWAP, H, NetworkGate


def random_flips(draw: random.Random) -> tuple[int, list[MaskedGate]]:
    """A width, and gates of which many flips come again after others that read or flip the same wires."""
    width = draw.choice([4, 5, 6, 9, 64])
    near = draw.sample(range(width), min(width, draw.choice([5, 7])))
    kinds = [
        NetworkGate(FLIP, tuple(draw.sample(near, min(len(near), draw.choice([1, 2, 2, 3, 3, 3, 4, 5])))))
        for _ in range(draw.randint(2, 9))
    ]
    kinds += [NetworkGate(FLIP, tuple(draw.sample(range(width), width)))] * (draw.random() < 0.1)
    rare = [NetworkGate(H, (draw.choice(near),)), NetworkGate(SWAP, tuple(draw.sample(range(width), 2)))]
    gates: list[NetworkGate] = []
    while len(gates) < draw.choice([6, 20, 60, 300]):
        one, other = draw.choices(kinds, k=2)
        gates += draw.choice(([one], [one, other], [one, other, one], [one, other] * 2))
        gates += [draw.choice(rare)] * (draw.random() < 0.05)
    return width, masked(gates, range(width))


def compare_flips(draw: random.Random) -> None:
    """Both gather and join the same flips, in the same order, each at the same gate of the source."""
    width, steps = random_flips(draw)
    for gathers, least in ((True, 3), (True, 2), (False, 2)):
        found = in_the_kernel(steps, width, gathers=gathers, least=least)
        assert found == in_python(steps, width, gathers=gathers, least=least)
        steps = found
