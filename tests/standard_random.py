"""The claims about the random circuits of the standard library, from numbers drawn here again.

See standard_library.py. `bits` is splitmix64 from its published definition; test_standard_random.py compares it with
published numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

import numpy as np
from standard_library import Claim, claims
from standard_models import product

WORD = 2**64


def bits(seed: int, k: int) -> int:
    """Number k of the generator that begins at a seed."""
    z = (seed + (k + 1) * 0x9E3779B97F4A7C15) % WORD
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ z >> 27) * 0x94D049BB133111EB % WORD
    return z ^ z >> 31


def number(seed: int, k: int) -> float:
    return (bits(seed, k) >> 11) / 2**53


def haar(seed: int) -> np.ndarray:
    """The product of rotations in planes of |00>, |01>, |11>, |10>, from the smallest subspace to the whole space.

    A vector of `size` whose first entry has the square 1 - u**(1/(size - 1)) is even on its sphere, and so on.
    """
    chain = [0b00, 0b10, 0b11, 0b01]  # as numbers: the first qubit has weight 1
    want = np.eye(4, dtype=complex)
    for size in range(2, 5):
        for start in range(4 - size, 3):
            sine = number(seed, 16 * size + start) ** (1 / (2 * (3 - start)))
            plane, cosine = np.eye(4), np.sqrt(1 - sine**2)
            here, there = chain[start], chain[start + 1]
            plane[[here, there], here] = cosine, sine
            plane[[here, there], there] = -sine, cosine
            want = plane @ want
        a, both, b = (2 * np.pi * number(seed, 16 * size + k) for k in (3, 4, 5))
        b *= size > 2
        want = np.diag(np.exp(1j * np.array([0, a, b, a + b + both]))) @ want
    return want


def placed(matrix: np.ndarray, n: int, first: int, second: int) -> np.ndarray:
    """A matrix of two qubits on two of n."""
    want = np.zeros((2**n, 2**n), complex)
    for column in range(2**n):
        rest = column & ~(1 << first | 1 << second)
        small = column >> first & 1 | (column >> second & 1) << 1
        for row in range(4):
            want[rest | (row & 1) << first | (row >> 1) << second, column] += matrix[row, small]
    return want


@claims("random", "haar")
def _haar() -> Iterator[Claim]:
    for seed in (0, 1, 12345, 2**64 - 1):
        yield Claim(f"qubit a, b\nhaar({seed}) a, b", haar(seed))


@claims("random", "brickwork")
def _brickwork() -> Iterator[Claim]:
    for n, layers in ((1, 2), (2, 2), (3, 3), (5, 2)):
        want = np.eye(2**n)
        for layer in range(layers):
            for i in range(layer % 2, n - 1, 2):
                want = placed(haar(bits(bits(7, layer), i)), n, i, i + 1) @ want
        yield Claim(f"qubit q[{n}]\nbrickwork(7, {layers}) q", want)


@claims("random", "quantum_volume")
def _quantum_volume() -> Iterator[Claim]:
    for n, given in ((1, None), (2, None), (3, None), (4, 2), (5, 1), (3, 0)):
        want = np.eye(2**n)
        for layer in range(n if given is None else given):
            draw = bits(9, layer)
            order = sorted(range(n), key=lambda i: bits(draw, i))
            for i in range(0, n - 1, 2):
                want = placed(haar(bits(draw, n + i)), n, order[i], order[i + 1]) @ want
        yield Claim(f"qubit q[{n}]\nquantum_volume(9{'' if given is None else f', {given}'}) q", want)


def drawn(seed: int, n: int) -> tuple[str, str]:
    """The first two Pauli products of a Clifford gate, which do not commute."""
    stream, words = bits(seed, 0), n // 16 + 1
    given = [sum(bits(stream, k + shift) << 64 * k for k in range(words)) for shift in (0, words)]
    first, second = (
        ["IXZY"[number >> 2 * i & 3] for i in range(n)] for number in (given[0] % (4**n - 1) + 1, given[1] % 4**n)
    )
    if sum(a != b and "I" not in (a, b) for a, b in zip(first, second, strict=True)) % 2 == 0:
        place = next(i for i in range(n) if first[i] != "I")
        flip = "X" if first[place] == "Z" else "Z"
        letters = {"I": flip, flip: "I", "Y": "Z" if flip == "X" else "X"}
        second[place] = letters.get(second[place], "Y")
    return "".join(first), "".join(second)


@claims("random", "clifford")
def _clifford() -> Iterator[Claim]:
    """The two products drawn first become Z and X of the first qubit; on two copies their signs cancel."""
    for n, seeds in ((1, 4), (2, 4), (3, 4)):
        for seed in range(seeds):
            for letter, pauli in zip("zx", drawn(seed, n), strict=True):
                text = f"qubit q[{n}], r[{n}]\nclifford({seed}) q\nclifford({seed}) r\n{letter} q[0]\n{letter} r[0]\n"
                text += f"inv @ clifford({seed}) q\ninv @ clifford({seed}) r"
                yield Claim(text, reduce(np.kron, [product(pauli)] * 2))
