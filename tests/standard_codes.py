"""Claims about the gates of std/codes.qc: encoders and syndromes, in numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from standard_library import Claim, claims
from standard_models import on, product

# --- codes ------------------------------------------------------------------------------------------------------------


def _encoded(stabilizers: list[str], logical: list[tuple[str, str]], inputs: list[int]) -> np.ndarray:
    """The isometry of a code, as columns of a square matrix: the state of all zeros is the projection of |0...0>.

    `logical` holds X and Z of each logical qubit, and `inputs` the qubit that carries its value before.
    """
    n = len(stabilizers[0])
    zeros = np.zeros(2**n, complex)
    zeros[0] = 1
    for string in stabilizers + [z for _, z in logical]:
        zeros = (zeros + product(string) @ zeros) / 2
    zeros /= np.linalg.norm(zeros)
    matrix = np.zeros((2**n, 2**n), complex)
    for value in range(2 ** len(inputs)):
        column, state = 0, zeros
        for k, wire in enumerate(inputs):
            if value >> k & 1:
                column, state = column | 1 << wire, product(logical[k][0]) @ state
        matrix[:, column] = state
    return matrix


def _inputs(wires: list[int]) -> tuple[int, ...]:
    return tuple(sum((value >> k & 1) << wire for k, wire in enumerate(wires)) for value in range(2 ** len(wires)))


def _syndrome(checks: list[str], n: int) -> np.ndarray:
    """Flips a qubit, after the n of the code, for each check whose eigenvalue is -1."""
    size = 2 ** len(checks)
    want = np.eye(2**n * size, dtype=complex)
    for k, check in enumerate(checks):
        flip = np.zeros((size, size))
        for number in range(size):
            flip[number ^ 1 << k, number] = 1
        p = product(check)
        want = (np.kron(np.eye(size), np.eye(2**n) + p) / 2 + np.kron(flip, np.eye(2**n) - p) / 2) @ want
    return want


@claims("codes", "repetition_encode")
def _repetition_encode() -> Iterator[Claim]:
    for n in (1, 2, 3, 5):
        want = np.zeros((2**n, 2**n))
        want[0, 0] = want[-1, 1] = 1
        yield Claim(f"qubit q[{n}]\nrepetition_encode q", want, (0, 1))


def _neighbours(letter: str, n: int) -> list[str]:
    return ["I" * i + 2 * letter + "I" * (n - 2 - i) for i in range(n - 1)]


@claims("codes", "repetition_syndrome")
def _repetition_syndrome() -> Iterator[Claim]:
    for n in (2, 3, 4):
        want = _syndrome(_neighbours("Z", n), n)
        yield Claim(f"qubit d[{n}], s[{n - 1}]\nrepetition_syndrome d, s", want)


@claims("codes", "phase_repetition_encode")
def _phase_repetition_encode() -> Iterator[Claim]:
    for n in (1, 2, 3, 5):
        want = np.zeros((2**n, 2**n))
        want[:, 0] = 2 ** (-n / 2)
        want[:, 1] = [(-1) ** number.bit_count() * 2 ** (-n / 2) for number in range(2**n)]
        yield Claim(f"qubit q[{n}]\nphase_repetition_encode q", want, (0, 1))


@claims("codes", "phase_repetition_syndrome")
def _phase_repetition_syndrome() -> Iterator[Claim]:
    for n in (2, 3, 4):
        want = _syndrome(_neighbours("X", n), n)
        yield Claim(f"qubit d[{n}], s[{n - 1}]\nphase_repetition_syndrome d, s", want)


@claims("codes", "four_two_two_encode")
def _four_two_two_encode() -> Iterator[Claim]:
    want = _encoded(["XXXX", "ZZZZ"], [("XIXI", "IZZI"), ("IXXI", "ZIZI")], [0, 1])
    yield Claim("qubit q[4]\nfour_two_two_encode q", want, _inputs([0, 1]))


@claims("codes", "four_two_two_syndrome")
def _four_two_two_syndrome() -> Iterator[Claim]:
    yield Claim("qubit d[4], s[2]\nfour_two_two_syndrome d, s", _syndrome(["XXXX", "ZZZZ"], 4))


HAMMING = ["PIPIPIP", "IPPIIPP", "IIIPPPP"]
"""The checks of Hamming's code: check k holds the places 1 ... 7 with bit k."""


@claims("codes", "steane_encode")
def _steane_encode() -> Iterator[Claim]:
    checks = [check.replace("P", letter) for letter in "XZ" for check in HAMMING]
    yield Claim("qubit q[7]\nsteane_encode q", _encoded(checks, [("XXXIIII", "ZZZIIII")], [0]), (0, 1))


@claims("codes", "steane_syndrome")
def _steane_syndrome() -> Iterator[Claim]:
    """On the encoded states with every error of one qubit."""
    encoded = _encoded([c.replace("P", letter) for letter in "XZ" for c in HAMMING], [("XXXIIII", "ZZZIIII")], [0])
    for error, place in [("I", 0), ("X", 0), ("Z", 6), ("Y", 3), ("X", 5), ("Z", 1)]:
        code = on(7, **{f"_{place}": error}) @ encoded[:, 1]
        state = np.zeros((64, 128), complex)
        state[(place + 1) * (error in "XY") + 8 * (place + 1) * (error in "ZY")] = code
        call = "" if error == "I" else f"{error.lower()} d[{place}]\n"
        text = f"qubit d[7], x[3], z[3]\nx d[0]\nsteane_encode d\n{call}steane_syndrome d, x, z"
        yield Claim(text, state.reshape(-1))
