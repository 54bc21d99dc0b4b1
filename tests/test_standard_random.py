"""The random circuits of the standard library are even over their domain, for fixed seeds.

Would catch a wrong distribution of angles, Clifford gates that leave some out, and numbers other than splitmix64's.
Limits are those that a true distribution misses once in some thousand times; nothing here is random.
"""

from __future__ import annotations

from collections import Counter
from itertools import permutations, product

import numpy as np
from reading import rows, unitary
from standard_models import product as pauli_product
from standard_random import bits

HEAD = 'include "std/random.qc"\n'


def test_the_numbers_are_those_of_splitmix64() -> None:
    """The first five for the seed 1234567, as published with other implementations of the generator."""
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    assert [bits(1234567, k) for k in range(5)] == known
    listed = ", ".join(map(str, known))
    text = f"{HEAD}assert [random_bits(1234567, k) for k in range(5)] == [{listed}], 'other numbers'\nqubit q\nh q\n"
    assert rows(text.replace("'", '"'))


def test_numbers_are_even_and_independent() -> None:
    u = np.array([[(bits(seed, k) >> 11) / 2**53 for k in range(200)] for seed in range(200)])
    deviation = np.sqrt(1 / 12 / u.size)
    assert abs(u.mean() - 1 / 2) < 4 * deviation
    counts = np.histogram(u, 64, (0, 1))[0]
    assert ((counts - u.size / 64) ** 2 / (u.size / 64)).sum() < 63 + 4 * np.sqrt(2 * 63)
    for other in (u[:, 1:], u[1:, :]):  # neighbours of one seed, and of neighbouring seeds
        same = u[: other.shape[0], : other.shape[1]]
        assert abs(np.corrcoef(same.ravel(), other.ravel())[0, 1]) < 4 / np.sqrt(other.size)


def test_haar_gates_have_the_moments_of_haar_measure() -> None:
    """Means of |trace|**2 and |trace|**4 are 1 and 2; of each |entry|**2 and |entry|**4, 1/4 and 1/10."""
    found = np.array([unitary(f"{HEAD}qubit a, b\nhaar({seed}) a, b\n") for seed in range(100)])
    traces = abs(np.trace(found, axis1=1, axis2=2)) ** 2
    assert abs(traces.mean() - 1) < 4 / np.sqrt(100)  # |trace|**2 is near to exponential: its deviation is 1
    assert abs((traces**2).mean() - 2) < 4 * np.sqrt(20 / 100)
    squares = abs(found) ** 2
    assert np.all(abs(squares.mean(axis=0) - 1 / 4) < 4 * np.sqrt((1 / 10 - 1 / 16) / 100))
    assert np.all(abs((squares**2).mean(axis=0) - 1 / 10) < 4 * np.sqrt((1 / 35 - 1 / 100) / 100))


def test_cliffords_of_one_qubit_are_even_over_all_24() -> None:
    counts: dict[bytes, int] = {}
    for seed in range(144):
        found = unitary(f"{HEAD}qubit q[1]\nclifford({seed}) q\n")
        largest = found.flat[np.argmax(abs(found.ravel()) > 0.1)]
        key = np.round(found * (abs(largest) / largest), 3) + 0.0
        counts[key.tobytes()] = counts.get(key.tobytes(), 0) + 1
    assert len(counts) == 24
    assert sum((count - 6) ** 2 / 6 for count in counts.values()) < 23 + 4 * np.sqrt(2 * 23)


def test_cliffords_of_two_qubits_have_the_moments_of_all() -> None:
    """Means of |trace|**2 and |trace|**4 are 1 and 2, those of a unitary 2-design."""
    traces = np.array([abs(np.trace(unitary(f"{HEAD}qubit q[2]\nclifford({seed}) q\n"))) ** 2 for seed in range(100)])
    assert abs(traces.mean() - 1) < 4 / np.sqrt(100)
    assert abs((traces**2).mean() - 2) < 4 * np.sqrt(30 / 100)


LOCAL = np.array(
    [
        [a[v & 3] | b[v >> 2 & 3] << 2 | c[v >> 4] << 4 for v in range(64)]
        for a, b, c in product([(0, *letters) for letters in permutations((1, 2, 3))], repeat=3)
    ]
)
"""The images of each Pauli product of three qubits under gates on one, two bits for a letter: 1, 2, 3 for X, Z, Y."""


def _kind(images: tuple[int, ...]) -> int:
    """A number that two Clifford gates share if they differ by gates on one qubit before and after them.

    A gate is given by its images of X and Z of the first qubit, of the second, and of the third.
    """
    planes = [(x, z, x ^ z) for x, z in zip(images[::2], images[1::2], strict=True)]
    placed = np.sort(LOCAL[:, planes], axis=2).reshape(len(LOCAL), 9)
    return int((placed @ 64 ** np.arange(9)).min())


def _turned(images: tuple[int, ...], about: int) -> tuple[int, ...]:
    swapped = (about & 0b010101) << 1 | about >> 1 & 0b010101
    return tuple(image ^ about * ((image & swapped).bit_count() % 2) for image in images)


def _fewest() -> dict[int, int]:
    """The fewest two-qubit gates of each kind of Clifford gate on three qubits, by a search over all."""
    turns = [r << 2 * i | s << 2 * k for i, k in ((1, 0), (2, 0), (2, 1)) for r in (1, 2, 3) for s in (1, 2, 3)]
    layer = [(1, 2, 4, 8, 16, 32)]
    fewest = {_kind(layer[0]): 0}
    while layer:
        reached = {_kind(images): images for old in layer for images in (_turned(old, about) for about in turns)}
        count = fewest[_kind(layer[0])] + 1
        layer = [images for kind, images in reached.items() if kind not in fewest]
        fewest |= {_kind(images): count for images in layer}
    return fewest


def _images(matrix: np.ndarray) -> tuple[int, ...]:
    """The Pauli products that a Clifford gate makes of X and Z of each qubit."""
    letters = {letter: value for value, letter in enumerate("IXZY")}
    found = []
    for qubit in range(3):
        for letter in "XZ":
            image = matrix @ pauli_product("I" * qubit + letter + "I" * (2 - qubit)) @ matrix.conj().T
            (name,) = (
                name
                for name in map("".join, product("IXZY", repeat=3))
                if abs(np.trace(pauli_product(name) @ image)) > 1
            )
            found.append(sum(letters[one] << 2 * i for i, one in enumerate(name)))
    return tuple(found)


def test_cliffords_of_three_qubits_take_the_fewest_two_qubit_gates() -> None:
    fewest = _fewest()
    assert sorted(Counter(fewest.values()).items()) == [(0, 1), (1, 3), (2, 12), (3, 34), (4, 46), (5, 14), (6, 2)]
    for seed in range(15):
        text = f"{HEAD}qubit q[3]\nclifford({seed}) q\n"
        taken = sum(len(qubits) == 2 for _, qubits in rows(text))
        assert taken == fewest[_kind(_images(unitary(text)))], seed


def test_cliffords_of_many_qubits_are_found() -> None:
    """With no more two-qubit gates than clearing qubits one by one may take; a table that is not undone is an error."""
    for n, seed in ((4, 1), (5, 2), (6, 3), (9, 4), (16, 5)):
        taken = sum(len(qubits) == 2 for _, qubits in rows(f"{HEAD}qubit q[{n}]\nclifford({seed}) q\n"))
        assert 0 < taken <= 3 * n * (n - 1) / 2
