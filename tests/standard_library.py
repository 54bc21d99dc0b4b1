"""The claims about the gates of the standard library: for each gate some programs, and formulas for what they do.

A claim shares nothing with the library: it is written from the definition of the gate's task. `@claims("fourier",
"qft")` adds those of one gate of one file; test_standard_library.py checks that every gate has some, and each of them.
A register is a number whose first qubit has weight 1; the vectors and matrices of this module are indexed by the
numbers of the registers, in the order of their declaration, the first one fastest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source
from ionqdsl.simulation import simulate


class Claim(NamedTuple):
    """A program, without its include, and what it is: a matrix for its unitary, a vector for its state from |0>.

    `inputs` restricts a matrix to some columns, if the gate promises nothing about others.
    """

    text: str
    is_what: np.ndarray
    inputs: tuple[int, ...] | None = None


Claims = Callable[[], Iterator[Claim]]
CLAIMS: dict[str, dict[str, Claims]] = {}
"""File -> gate -> its claims."""


def claims(file: str, gate: str) -> Callable[[Claims], Claims]:
    """Adds the claims that a function yields about a gate."""

    def add(function: Claims) -> Claims:
        CLAIMS.setdefault(file, {})[gate] = function
        return function

    return add


def holds(file: str, claim: Claim) -> bool:
    """Whether a program does what is claimed, global phase included."""
    (circuit,) = stages.load(Source(f'include "std/{file}.qc"\n{claim.text}\n', "claim"))[0].runs
    matrix = _by_number(simulate.unitary(circuit))
    if claim.is_what.ndim == 1:
        return bool(np.allclose(matrix[:, 0], claim.is_what, rtol=0, atol=1e-9))
    inputs = list(claim.inputs) if claim.inputs is not None else list(range(len(matrix)))
    return bool(np.allclose(matrix[:, inputs], claim.is_what[:, inputs], rtol=0, atol=1e-9))


def _by_number(matrix: np.ndarray) -> np.ndarray:
    """A unitary whose first qubit is the most significant one, for numbers whose first qubit has weight 1."""
    width = len(matrix).bit_length() - 1
    order = [int(f"{number:0{width}b}"[::-1], 2) if width else 0 for number in range(2**width)]
    return np.asarray(matrix[np.ix_(order, order)])


def permuted(sizes: list[int], function: Callable[..., tuple[int, ...]]) -> np.ndarray:
    """The matrix that takes numbers of registers of these sizes to what a function makes of them."""
    total = 2 ** sum(sizes)
    matrix = np.zeros((total, total))
    for column in range(total):
        numbers, rest = [], column
        for size in sizes:
            numbers.append(rest % 2**size)
            rest >>= size
        row, shift = 0, 0
        for size, number in zip(sizes, function(*numbers), strict=True):
            assert 0 <= number < 2**size
            row |= number << shift
            shift += size
        matrix[row, column] = 1
    return matrix


# --- fourier ----------------------------------------------------------------------------------------------------------


def _fourier(n: int) -> np.ndarray:
    size = 2**n
    return np.exp(2j * np.pi * np.outer(range(size), range(size)) / size) / np.sqrt(size)


@claims("fourier", "qft")
def _qft() -> Iterator[Claim]:
    for n in range(1, 6):
        yield Claim(f"qubit q[{n}]\nqft q", _fourier(n))
        yield Claim(f"qubit q[{n}]\ninv @ qft q", _fourier(n).conj().T)


@claims("fourier", "approximate_qft")
def _approximate_qft() -> Iterator[Claim]:
    """Bit by bit: the phase of x's and k's bits, left out where their weights are far from a whole turn."""
    for n in range(1, 5):
        for degree in range(1, n + 1):
            want = np.ones((2**n, 2**n), complex) / np.sqrt(2**n)
            for k in range(2**n):
                for x in range(2**n):
                    for i in range(n):
                        for j in range(n):
                            turns = 2.0 ** (i + j - n)  # of bit i of x and bit j of k; whole ones do nothing
                            if (x >> i & 1) and (k >> j & 1) and n - 1 - i - j < degree and i + j < n:
                                want[k, x] *= np.exp(2j * np.pi * turns)
            yield Claim(f"qubit q[{n}]\napproximate_qft({degree}) q", want)


@claims("fourier", "phase_gradient")
def _phase_gradient() -> Iterator[Claim]:
    for n in range(1, 5):
        yield Claim(f"qubit q[{n}]\nphase_gradient(0.3) q", np.diag(np.exp(0.3j * np.arange(2**n))))


@claims("fourier", "phase_estimation")
def _phase_estimation() -> Iterator[Claim]:
    for n in range(1, 4):
        size = 2**n
        for turns in (0, 1 / size, 1 / 2, 0.3):
            k, y = np.arange(size), np.arange(size)
            amplitudes = np.exp(2j * np.pi * np.outer(k, turns * size - y) / size).sum(axis=0) / size
            state = np.zeros(2 * size, complex)
            state[size:] = amplitudes
            yield Claim(f"qubit c[{n}], t\nx t\nphase_estimation({turns}turn) c, t", state)
