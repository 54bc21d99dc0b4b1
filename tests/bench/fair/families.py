"""Circuits for the comparison under equal terms that peers/families.py does not make.

Toffoli networks, Trotter steps of free fermions, reversible circuits with exchanged wires. A name such as `barenco_4`
goes in, an OpenQASM 2 text comes out. `expanded` writes Toffolis as {cx, h, t}, so that networks come in both forms.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise
from math import pi

from tests.bench.peers import families
from tests.bench.peers.families import Family, Gates, _exponential, _gate, many_controlled_x

SIX = (
    "h {2};cx {1},{2};tdg {2};cx {0},{2};t {2};cx {1},{2};tdg {2};cx {0},{2};"
    "t {1};t {2};h {2};cx {0},{1};t {0};tdg {1};cx {0},{1}"
)
"""The textbook's Toffoli: six cnots and seven t gates (Nielsen and Chuang, figure 4.9)."""

_TOFFOLI = re.compile(r"^ccx (\S+),(\S+),(\S+);$", re.MULTILINE)


def text(name: str) -> str:
    """The circuit of a name; `+t` at its end asks for the expanded form."""
    plain, is_expanded = name.removesuffix("+t"), name.endswith("+t")
    family, _, size = plain.rpartition("_")
    if family in FAMILIES:
        row, number = FAMILIES[family], int(size)
        lines = "\n".join(f"{gate};" for gate in row.make(number))
        result = f"{families.HEADER}qreg q[{row.qubits(number)}];\n{lines}\n"
    else:
        result = families.text(plain)
    return expanded(result) if is_expanded else result


def expanded(text: str) -> str:
    """The text with every Toffoli as {cx, h, t}."""
    return _TOFFOLI.sub(lambda match: SIX.format(*match.groups()).replace(";", ";\n") + ";", text)


def names() -> list[str]:
    """All circuits of these families, and the networks of the other ones in both forms."""
    found = [f"{family}_{size}" for family, row in FAMILIES.items() for size in row.sizes]
    networks = [name for name in found if name.rpartition("_")[0] in NETWORKS]
    networks += [f"{family}_{size}" for family, sizes in OTHER_NETWORKS.items() for size in sizes]
    return [*dict.fromkeys((*found, *networks, *(f"{name}+t" for name in networks)))]


def barenco(n: int) -> Gates:
    """An x with n controls and n - 2 qubits in any state, which come back: a ladder twice, then twice without its ends.

    Barenco and others 1995, lemma 7.2. Controls, target, then the borrowed qubits.
    """
    controls, target, borrowed = list(range(n)), n, list(range(n + 1, 2 * n - 1))
    if n <= 2:
        yield from many_controlled_x(controls, target, [])
        return
    wires = [*borrowed, target]
    rungs = [_gate("ccx", controls[k + 1], wires[k - 1], wires[k]) for k in range(n - 2, 0, -1)]
    lowest = _gate("ccx", controls[0], controls[1], wires[0])
    yield from (*rungs, lowest, *reversed(rungs))
    yield from (*rungs[1:], lowest, *reversed(rungs[1:]))


def random_toffolis(n: int) -> Gates:
    """4n gates on n wires: Toffolis, cnots and x, as reversible synthesis leaves them."""
    pick = random.Random(f"toffolis {n}")
    for _ in range(4 * n):
        kind, count = pick.choice((("ccx", 3), ("ccx", 3), ("cx", 2), ("x", 1)))
        yield _gate(kind, *pick.sample(range(n), count))


POLYNOMIALS = {2: (1,), 3: (1,), 4: (1,), 5: (2,), 6: (1,), 7: (1,)}
"""Degree n -> the middle exponents of an irreducible trinomial x^n + x^k + 1 over GF(2)."""


def gf2_product(n: int) -> Gates:
    """c ^= a b in GF(2^n) (Mastrovito): a, b and c have n qubits each, the least significant first."""
    (middle,) = POLYNOMIALS[n]

    def places(power: int) -> list[int]:
        """The exponents that x^power is the sum of."""
        if power < n:
            return [power]
        found: list[int] = []
        for rest in (power - n, power - n + middle):
            for place in places(rest):
                found.remove(place) if place in found else found.append(place)
        return found

    for i in range(n):
        for j in range(n):
            for place in places(i + j):
                yield _gate("ccx", i, n + j, 2 * n + place)


def tfim(n: int) -> Gates:
    """Ten Trotter steps of an open Ising chain in a transverse field, each with angles of its own."""
    pick = random.Random(f"tfim {n}")
    for _ in range(10):
        zz, x = pick.uniform(0.1, 0.5), pick.uniform(0.1, 0.5)
        for qubit in range(n - 1):
            yield from _exponential(zz, {qubit: "Z", qubit + 1: "Z"})
        for qubit in range(n):
            yield _gate("rx", qubit, angle=x)


def tfim_ramp(n: int) -> Gates:
    """Eight steps of such a chain whose coupling is switched on from 2e-7 by factors of ten."""
    for step in range(8):
        for qubit in range(n - 1):
            yield from _exponential(2e-7 * 10**step, {qubit: "Z", qubit + 1: "Z"})
        for qubit in range(n):
            yield _gate("rx", qubit, angle=0.3)


def xy_chain(n: int) -> Gates:
    """Five Trotter steps of XX + YY on an open chain, even bonds first."""
    for step in range(5):
        for first in (0, 1):
            for qubit in range(first, n - 1, 2):
                for letter in "XY":
                    yield from _exponential(0.2 + 0.05 * step, {qubit: letter, qubit + 1: letter})


def kitaev_chain(n: int) -> Gates:
    """Five Trotter steps of a Kitaev chain: unequal XX and YY and a field along Z."""
    for _ in range(5):
        for letter, theta in (("X", 0.4), ("Y", 0.15)):
            for qubit in range(n - 1):
                yield from _exponential(theta, {qubit: letter, qubit + 1: letter})
        for qubit in range(n):
            yield _gate("rz", qubit, angle=0.3)


def linear_reversible(n: int) -> Gates:
    """n^2 random cnots."""
    pick = random.Random(f"linear {n}")
    for _ in range(n * n):
        yield _gate("cx", *pick.sample(range(n), 2))


def hidden_linear(n: int) -> Gates:
    """The hidden linear function problem of a random graph, then its qubits in a random order."""
    pick = random.Random(f"hidden {n}")
    yield from (_gate("h", qubit) for qubit in range(n))
    for a in range(n):
        yield from (_gate("cz", a, b) for b in range(a + 1, n) if pick.random() < 0.5)
        if pick.random() < 0.5:
            yield _gate("s", a)
    yield from (_gate("h", qubit) for qubit in range(n))
    yield from _shuffled(n, pick)


def shuffled_rotations(n: int) -> Gates:
    """Three layers of turns and interactions with a random exchange of wires after each."""
    pick = random.Random(f"shuffled {n}")
    for _ in range(3):
        for qubit in range(n):
            yield _gate("ry", qubit, angle=pick.uniform(-pi, pi))
        for qubit in range(n - 1):
            yield from _exponential(pick.uniform(-1, 1), {qubit: "Z", qubit + 1: "Z"})
        yield from _shuffled(n, pick)


def ring_layers(n: int) -> Gates:
    """Three layers of rx with cz around a ring after each, and a last layer of rx."""
    yield from _layers(n, "rx", lambda _: [(a, (a + 1) % n) for a in range(n)])


def full_layers(n: int) -> Gates:
    """The same of ry, with cz between all qubits."""
    yield from _layers(n, "ry", lambda _: [(a, b) for a in range(n) for b in range(a + 1, n)])


def shifted_layers(n: int) -> Gates:
    """The same of ry with a ring of cx that begins one qubit later in each layer, controls and targets in turn.

    The entanglement of circuits 14 and 15 of Sim, Johnson and Aspuru-Guzik 2019, which Qiskit calls `sca`.
    """

    def ring(layer: int) -> list[tuple[int, int]]:
        pairs = [((a - layer - 1) % n, (a - layer) % n) for a in range(n)]
        return [pair[::-1] if layer % 2 else pair for pair in pairs]

    yield from _layers(n, "ry", ring, "cx")


def _layers(n: int, turn: str, pairs: Callable[[int], list[tuple[int, int]]], gate: str = "cz") -> Gates:
    pick = random.Random(f"layers {turn} {gate} {n}")
    for layer in range(4):
        yield from (_gate(turn, qubit, angle=pick.uniform(-pi, pi)) for qubit in range(n))
        if layer < 3:
            yield from (_gate(gate, *pair) for pair in pairs(layer))


def controlled_swaps(n: int) -> Gates:
    """A swap test of two registers of (n - 1)/2 qubits, its cswaps as a Toffoli between cnots."""
    half = (n - 1) // 2
    yield _gate("h", 0)
    for k in range(half):
        a, b = 1 + k, 1 + half + k
        yield from (_gate("cx", b, a), _gate("ccx", 0, a, b), _gate("cx", b, a))
    yield _gate("h", 0)


def random_graph(n: int) -> Gates:
    """A graph state in which three of ten pairs are edges."""
    pick = random.Random(f"graph {n}")
    yield from (_gate("h", qubit) for qubit in range(n))
    yield from (_gate("cz", a, b) for a in range(n) for b in range(a + 1, n) if pick.random() < 0.3)


def routed_swaps(n: int) -> Gates:
    """n bits moved down a line under one control and out under another, then back: n - 1 cswaps, half of them, n - 1.

    The control, the second one, n bits, then the places for half of them. What a bucket brigade does to its buses.
    """
    bits, places = list(range(2, n + 2)), list(range(n + 2, n + 2 + n // 2))
    down = [_gate("cswap", 0, a, b) for a, b in pairwise(bits)]
    yield from down
    yield from (_gate("cswap", 1, a, b) for a, b in zip(bits, places, strict=False))
    yield from reversed(down)


def sorting_network(n: int) -> Gates:
    """n/2 rounds of compared and exchanged neighbours, n bits and a bit in |0> for each of n outcomes."""
    outcome = n
    for number in range(n):
        for a in range(number % 2, n - 1, 2):
            if outcome < 2 * n:
                yield from (_gate("x", a), _gate("ccx", a, a + 1, outcome), _gate("x", a))
                yield _gate("cswap", outcome, a, a + 1)
                outcome += 1


def convolution(n: int) -> Gates:
    """A convolutional network on n = 2^k qubits: blocks of three cnots on neighbours, then of two onto a half."""
    pick, wires = random.Random(f"convolution {n}"), list(range(n))

    def block(a: int, b: int, is_whole: bool) -> Gates:
        yield from (_gate("rz", b, angle=-pi / 2), _gate("cx", b, a), _gate("rz", a, angle=pick.uniform(-pi, pi)))
        yield from (_gate("ry", b, angle=pick.uniform(-pi, pi)), _gate("cx", a, b))
        yield _gate("ry", b, angle=pick.uniform(-pi, pi))
        if is_whole:
            yield from (_gate("cx", b, a), _gate("rz", a, angle=pi / 2))

    while len(wires) > 1:
        half = len(wires) // 2
        for a, b in (*zip(wires[::2], wires[1::2], strict=True), *zip(wires[1:-1:2], wires[2::2], strict=True)):
            yield from block(a, b, is_whole=True)
        for a, b in zip(wires[:half], wires[half:], strict=True):
            yield from block(a, b, is_whole=False)
        wires = wires[half:]


def _shuffled(n: int, pick: random.Random) -> Gates:
    for qubit in range(n - 1):
        other = pick.randrange(qubit, n)
        if other != qubit:
            yield _gate("swap", qubit, other)


def _itself(n: int) -> int:
    return n


FAMILIES: dict[str, Family] = {
    "barenco": Family("an x with many controls, borrowing qubits", barenco, lambda n: 2 * n - 1, (3, 4, 5, 8)),
    "random_toffolis": Family("random Toffolis, cnots and x", random_toffolis, _itself, (4, 5, 6, 8)),
    "gf2_product": Family("product in GF(2^n)", gf2_product, lambda n: 3 * n, (3, 4, 5)),
    "controlled_swaps": Family("swap test", controlled_swaps, _itself, (3, 7, 11)),
    "tfim": Family("Trotter steps of an Ising chain, free fermions", tfim, _itself, (4, 6, 8)),
    "tfim_ramp": Family("such a chain that is switched on", tfim_ramp, _itself, (4, 8)),
    "xy_chain": Family("Trotter steps of an XY chain", xy_chain, _itself, (4, 6, 9)),
    "kitaev_chain": Family("Trotter steps of a Kitaev chain", kitaev_chain, _itself, (4, 7)),
    "linear_reversible": Family("random cnots", linear_reversible, _itself, (4, 6, 9)),
    "hidden_linear": Family("hidden linear function", hidden_linear, _itself, (5, 8, 11)),
    "ring_layers": Family("layers of rx, and cz around a ring", ring_layers, _itself, (4, 6, 8)),
    "full_layers": Family("layers of ry, and cz between all", full_layers, _itself, (4, 5, 6)),
    "shifted_layers": Family("layers of ry, and rings of cx that shift", shifted_layers, _itself, (4, 5, 7)),
    "random_graph": Family("states of random graphs", random_graph, _itself, (12, 18, 24)),
    "routed_swaps": Family("controlled swaps along a line", routed_swaps, lambda n: n + 2 + n // 2, (4, 6)),
    "sorting_network": Family("compared and exchanged bits", sorting_network, lambda n: 2 * n, (4, 6)),
    "convolution": Family("quantum convolutional network", convolution, _itself, (4, 8)),
    "shuffled_rotations": Family("turns, interactions and exchanges", shuffled_rotations, _itself, (4, 7, 10)),
}

NETWORKS = ("barenco", "random_toffolis", "gf2_product", "controlled_swaps")
OTHER_NETWORKS = {"many_controlled": (3, 4, 5, 8), "adder": (2, 3, 5), "grover": (4,)}
"""The Toffoli networks, which come in both forms; sizes of the families next door."""
