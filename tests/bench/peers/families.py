"""Circuits made here, so that the comparison means something on any machine: well-known families at a few sizes.

A name such as `qft_12` goes in, an OpenQASM 2 text in plain gates comes out, the same every time. The gates are those
every reader knows; controlled phases, Toffolis and interactions are written as published files write them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import asin, pi, sqrt
from typing import NamedTuple

Gates = Iterator[str]

HEADER = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'


class Family(NamedTuple):
    """`qubits` says how wide a circuit of a size is; `sizes` are those the comparison takes."""

    meaning: str
    make: Callable[[int], Gates]
    qubits: Callable[[int], int]
    sizes: tuple[int, ...]


def text(name: str) -> str:
    """The circuit of a name, a family and a size."""
    family, _, size = name.rpartition("_")
    row = FAMILIES[family]
    lines = "\n".join(f"{gate};" for gate in row.make(int(size)))
    return f"{HEADER}qreg q[{row.qubits(int(size))}];\n{lines}\n"


def names() -> list[str]:
    """All circuits of the comparison."""
    return [f"{family}_{size}" for family, row in FAMILIES.items() for size in row.sizes]


# --- pieces --------------------------------------------------------------------------------------------------------


def _gate(name: str, *qubits: int, angle: float | None = None) -> str:
    operands = ",".join(f"q[{qubit}]" for qubit in qubits)
    return f"{name}({angle!r}) {operands}" if angle is not None else f"{name} {operands}"


def _exponential(theta: float, letters: dict[int, str]) -> Gates:
    """exp(-i theta/2 P) for a Pauli product: bases, a ladder of cnots, rz, and back."""
    qubits = list(letters)
    before = {"X": "h", "Y": "sdg"}
    for qubit, letter in letters.items():
        if letter in before:
            yield _gate(before[letter], qubit)
        if letter == "Y":
            yield _gate("h", qubit)
    for a, b in pairwise(qubits):
        yield _gate("cx", a, b)
    yield _gate("rz", qubits[-1], angle=theta)
    for a, b in reversed(list(pairwise(qubits))):
        yield _gate("cx", a, b)
    for qubit, letter in letters.items():
        if letter in before:
            yield _gate("h", qubit)
        if letter == "Y":
            yield _gate("s", qubit)


def regular_graph(nodes: int, degree: int, seed: int) -> list[tuple[int, int]]:
    """Edges of a random graph in which every node has `degree` neighbours: stubs paired until no pair is bad."""
    pick = random.Random(f"graph {nodes} {degree} {seed}")
    while True:
        stubs = [node for node in range(nodes) for _ in range(degree)]
        pick.shuffle(stubs)
        edges = {(min(pair), max(pair)) for pair in zip(stubs[::2], stubs[1::2], strict=True)}
        if len(edges) == len(stubs) // 2 and all(a != b for a, b in edges):
            return sorted(edges)


def many_controlled_x(controls: list[int], target: int, free: list[int]) -> Gates:
    """x on the target where all controls are |1>; needs len(controls) - 2 qubits in |0>, which come back in |0>."""
    if len(controls) == 1:
        yield _gate("cx", controls[0], target)
        return
    if len(controls) == 2:
        yield _gate("ccx", *controls, target)
        return
    ladder = [_gate("ccx", controls[0], controls[1], free[0])]
    for number, control in enumerate(controls[2:-1]):
        ladder.append(_gate("ccx", control, free[number], free[number + 1]))
    yield from ladder
    yield _gate("ccx", controls[-1], free[len(controls) - 3], target)
    yield from reversed(ladder)


# --- families ------------------------------------------------------------------------------------------------------


def ghz(n: int) -> Gates:
    yield _gate("h", 0)
    for qubit in range(n - 1):
        yield _gate("cx", qubit, qubit + 1)


def bernstein_vazirani(n: int) -> Gates:
    """The secret is every other bit and the last one; the last qubit is the answer's."""
    yield _gate("x", n - 1)
    for qubit in range(n):
        yield _gate("h", qubit)
    for qubit in secret(n):
        yield _gate("cx", qubit, n - 1)
    for qubit in range(n - 1):
        yield _gate("h", qubit)


def secret(n: int) -> list[int]:
    """Where the secret of `bernstein_vazirani` has ones."""
    return sorted({*range(0, n - 1, 2), n - 2})


def qft(n: int) -> Gates:
    """With the reversal at the end, q[0] the most significant bit."""
    for a in range(n):
        yield _gate("h", a)
        for b in range(a + 1, n):
            yield _gate("cu1", b, a, angle=pi / 2 ** (b - a))
    for a in range(n // 2):
        yield _gate("swap", a, n - 1 - a)


def phase_estimation(n: int) -> Gates:
    """Of the phase PHASE of u1 on the last qubit, with n - 1 counting qubits, the first the most significant."""
    count = n - 1
    yield _gate("x", count)
    for qubit in range(count):
        yield _gate("h", qubit)
    for qubit in range(count):
        yield _gate("cu1", qubit, count, angle=2 * pi * PHASE * 2 ** (count - 1 - qubit))
    for a in range(count // 2):
        yield _gate("swap", a, count - 1 - a)
    for a in reversed(range(count)):
        for b in reversed(range(a + 1, count)):
            yield _gate("cu1", b, a, angle=-pi / 2 ** (b - a))
        yield _gate("h", a)


PHASE = 0.3


def qaoa(n: int) -> Gates:
    """Two layers for maximum cut on a random 3-regular graph."""
    for qubit in range(n):
        yield _gate("h", qubit)
    for gamma, beta in ((0.8, 0.6), (1.1, 0.3)):
        for a, b in regular_graph(n, 3, 1):
            yield from _exponential(gamma, {a: "Z", b: "Z"})
        for qubit in range(n):
            yield _gate("rx", qubit, angle=2 * beta)


def ising(n: int) -> Gates:
    """Three Trotter steps of a chain in a transverse field."""
    for _ in range(3):
        for qubit in range(n - 1):
            yield from _exponential(0.4, {qubit: "Z", qubit + 1: "Z"})
        for qubit in range(n):
            yield _gate("rx", qubit, angle=0.7)


def heisenberg(n: int) -> Gates:
    """Two Trotter steps of a chain with three couplings, bond after bond."""
    for _ in range(2):
        for first in (0, 1):
            for qubit in range(first, n - 1, 2):
                for letter, theta in (("X", 0.3), ("Y", 0.45), ("Z", 0.6)):
                    yield from _exponential(theta, {qubit: letter, qubit + 1: letter})


def many_controlled(n: int) -> Gates:
    """One x with n controls: the controls, the target, then the qubits in between."""
    yield from many_controlled_x(list(range(n)), n, list(range(n + 1, 2 * n - 1)))


def grover(n: int) -> Gates:
    """Two rounds of search for |1...10>, with as many free qubits as the oracle needs."""
    data, free = list(range(n)), list(range(n, 2 * n - 3))
    for qubit in data:
        yield _gate("h", qubit)
    for _ in range(2):
        for flipped in ([n - 1], data):
            if flipped is data:
                yield from (_gate("h", qubit) for qubit in data)
            yield from (_gate("x", qubit) for qubit in flipped)
            yield _gate("h", n - 1)
            yield from many_controlled_x(data[:-1], n - 1, free)
            yield _gate("h", n - 1)
            yield from (_gate("x", qubit) for qubit in flipped)
        yield from (_gate("h", qubit) for qubit in data)


def adder(n: int) -> Gates:
    """Cuccaro's ripple-carry adder of two n-bit numbers: carry in, b0 a0 b1 a1 ..., carry out; b becomes the sum."""
    carry, a, b = 0, [2 * bit + 2 for bit in range(n)], [2 * bit + 1 for bit in range(n)]
    chain = list(zip([carry, *a[:-1]], b, a, strict=True))
    for c, y, x in chain:
        yield from (_gate("cx", x, y), _gate("cx", x, c), _gate("ccx", c, y, x))
    yield _gate("cx", a[-1], 2 * n + 1)
    for c, y, x in reversed(chain):
        yield from (_gate("ccx", c, y, x), _gate("cx", x, c), _gate("cx", c, y))


def clifford_t(n: int) -> Gates:
    """20 random gates a qubit, a third of them cnots and a sixth t or its inverse."""
    pick = random.Random(f"clifford+t {n}")
    for _ in range(20 * n):
        kind = pick.choice(("cx", "cx", "h", "s", "h", pick.choice(("t", "tdg"))))
        yield _gate(kind, *pick.sample(range(n), 2 if kind == "cx" else 1))


def excitations(n: int) -> list[tuple[float, dict[int, str]]]:
    """Singles and doubles of half filling under the Jordan-Wigner mapping, as angles and Pauli products."""
    pick = random.Random(f"excitations {n}")
    found: list[tuple[float, dict[int, str]]] = []
    low, high = range(n // 2), range(n // 2, n)
    for i in low:
        for a in high:
            theta, between = pick.uniform(-1, 1), dict.fromkeys(range(i + 1, a), "Z")
            found += [(sign * theta, {i: p, **between, a: q}) for p, q, sign in (("X", "Y", 1), ("Y", "X", -1))]
    for i in low[:-1]:
        for a in high[:-1]:
            theta = pick.uniform(-1, 1)
            for letters, sign in _DOUBLES:
                found.append((sign * theta, dict(zip((i, i + 1, a, a + 1), letters, strict=True))))
    return found


_DOUBLES = (
    *(("XXXY", 1), ("XXYX", 1), ("XYYY", 1), ("YXYY", 1)),
    *(("XYXX", -1), ("YXXX", -1), ("YYXY", -1), ("YYYX", -1)),
)


def unitary_coupled_cluster(n: int) -> Gates:
    """Half the qubits filled, then the excitations of `excitations`."""
    for qubit in range(n // 2):
        yield _gate("x", qubit)
    for theta, letters in excitations(n):
        yield from _exponential(theta / 4, letters)


def quantum_volume(n: int) -> Gates:
    """n layers of random two-qubit blocks on random pairs; three cnots and four random turns a wire make a block."""
    pick = random.Random(f"volume {n}")
    for _ in range(n):
        order = pick.sample(range(n), n)
        for a, b in zip(order[::2], order[1::2], strict=False):
            for number in range(4):
                for qubit in (a, b):
                    theta, phi, lam = 2 * asin(sqrt(pick.random())), pick.uniform(-pi, pi), pick.uniform(-pi, pi)
                    yield f"u3({theta!r},{phi!r},{lam!r}) q[{qubit}]"
                if number < 3:
                    yield _gate("cx", *((a, b) if number != 1 else (b, a)))


def hardware_efficient(n: int) -> Gates:
    """Three layers of ry and rz on every qubit with a ring of cnots between them."""
    pick = random.Random(f"ansatz {n}")
    for layer in range(4):
        for qubit in range(n):
            yield _gate("ry", qubit, angle=pick.uniform(-pi, pi))
            yield _gate("rz", qubit, angle=pick.uniform(-pi, pi))
        if layer < 3:
            for qubit in range(n):
                yield _gate("cx", qubit, (qubit + 1) % n)


def _itself(n: int) -> int:
    return n


FAMILIES: dict[str, Family] = {
    "ghz": Family("GHZ states by a chain", ghz, _itself, (8, 20)),
    "bernstein_vazirani": Family("Bernstein-Vazirani", bernstein_vazirani, _itself, (10, 20)),
    "qft": Family("Fourier transform with its reversal", qft, _itself, (6, 12)),
    "phase_estimation": Family("phase estimation of 0.3", phase_estimation, _itself, (6, 11)),
    "qaoa": Family("QAOA, two layers, 3-regular graph", qaoa, _itself, (8, 16)),
    "ising": Family("Trotter steps of an Ising chain", ising, _itself, (8, 24)),
    "heisenberg": Family("Trotter steps of a Heisenberg chain", heisenberg, _itself, (6, 12)),
    "many_controlled": Family("an x with many controls", many_controlled, lambda n: 2 * n - 1, (4, 6)),
    "grover": Family("Grover search, two rounds", grover, lambda n: 2 * n - 3, (4, 6)),
    "adder": Family("ripple-carry adder", adder, lambda n: 2 * n + 2, (2, 5)),
    "clifford_t": Family("random Clifford+T", clifford_t, _itself, (5, 10)),
    "ucc": Family("unitary coupled cluster", unitary_coupled_cluster, _itself, (4, 6)),
    "quantum_volume": Family("quantum volume", quantum_volume, _itself, (5, 8)),
    "hardware_efficient": Family("hardware-efficient ansatz", hardware_efficient, _itself, (6, 12)),
}
