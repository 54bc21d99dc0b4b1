"""The claims about the gates of the standard library: for each gate some programs, and formulas for their effect.

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
    """A program, without its include, and its effect: a matrix for its unitary, a vector for its state from |0>.

    `inputs` restricts a matrix to some columns, if the gate promises nothing about others; of a block, also to those
    rows.
    """

    text: str
    is_what: np.ndarray
    inputs: tuple[int, ...] | None = None
    is_block: bool = False


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
    """Whether a program has the claimed effect, global phase included."""
    (circuit,) = stages.load(Source(f'include "std/{file}.qc"\n{claim.text}\n', "claim"))[0].runs
    if claim.is_what.ndim == 1:
        state = simulate.state(circuit).reshape((2,) * circuit.width).T.ravel()  # the first qubit is the fastest index
        return bool(np.allclose(state, claim.is_what, rtol=0, atol=1e-9))
    matrix = _by_number(simulate.unitary(circuit))
    inputs = list(claim.inputs) if claim.inputs is not None else list(range(len(matrix)))
    if claim.is_block:
        return bool(np.allclose(matrix[np.ix_(inputs, inputs)], claim.is_what, rtol=0, atol=1e-9))
    return bool(np.allclose(matrix[:, inputs], claim.is_what[:, inputs], rtol=0, atol=1e-9))


def _by_number(matrix: np.ndarray) -> np.ndarray:
    """A unitary whose first qubit is the most significant one, for numbers whose first qubit has weight 1."""
    width = len(matrix).bit_length() - 1
    order = [int(f"{number:0{width}b}"[::-1], 2) if width else 0 for number in range(2**width)]
    return np.asarray(matrix[np.ix_(order, order)])


def permuted(sizes: list[int], function: Callable[..., tuple[int, ...]]) -> np.ndarray:
    """The matrix that takes numbers of registers of these sizes to their images under a function."""
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


@claims("fourier", "qft_reversed")
def _qft_reversed() -> Iterator[Claim]:
    for n in range(1, 5):
        reversed_bits = [int(f"{number:0{n}b}"[::-1], 2) for number in range(2**n)]
        yield Claim(f"qubit q[{n}]\nqft_reversed q", _fourier(n)[reversed_bits])


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


# --- arithmetic -------------------------------------------------------------------------------------------------------


def _sums(gate: str) -> Iterator[Claim]:
    for n in range(1, 4):
        yield Claim(f"qubit a[{n}], b[{n}]\n{gate} a, b", permuted([n, n], lambda a, b: (a, (a + b) % 2**n)))  # noqa: B023


def _sums_with_carry(gate: str) -> Iterator[Claim]:
    for n in range(1, 4):
        want = permuted([n, n, 1], lambda a, b, c: (a, (a + b) % 2**n, c ^ (a + b) // 2**n))  # noqa: B023
        yield Claim(f"qubit a[{n}], b[{n}], c\n{gate} a, b, c", want)


@claims("arithmetic", "add")
def _add() -> Iterator[Claim]:
    yield from _sums("add")


@claims("arithmetic", "add_with_carry")
def _add_with_carry() -> Iterator[Claim]:
    yield from _sums_with_carry("add_with_carry")


@claims("arithmetic", "ripple_add")
def _ripple_add() -> Iterator[Claim]:
    yield from _sums("ripple_add")
    yield Claim("qubit a[4], b[4]\nripple_add a, b", permuted([4, 4], lambda a, b: (a, (a + b) % 16)))


@claims("arithmetic", "ripple_add_with_carry")
def _ripple_add_with_carry() -> Iterator[Claim]:
    yield from _sums_with_carry("ripple_add_with_carry")


@claims("arithmetic", "fourier_add")
def _fourier_add() -> Iterator[Claim]:
    for m, n in ((1, 1), (1, 3), (2, 2), (3, 3), (2, 4)):
        want = permuted([m, n], lambda a, b: (a, (a + b) % 2**n))  # noqa: B023
        yield Claim(f"qubit a[{m}], b[{n}]\nfourier_add a, b", want)


@claims("arithmetic", "add_constant")
def _add_constant() -> Iterator[Claim]:
    for n, k in ((1, 1), (2, 3), (3, 5), (4, -3), (3, 100), (3, 0)):
        yield Claim(f"qubit b[{n}]\nadd_constant({k}) b", permuted([n], lambda b: ((b + k) % 2**n,)))  # noqa: B023


@claims("arithmetic", "less_than")
def _less_than() -> Iterator[Claim]:
    for n in range(1, 4):
        yield Claim(
            f"qubit a[{n}], b[{n}], t\nless_than a, b, t", permuted([n, n, 1], lambda a, b, t: (a, b, t ^ (a < b)))
        )


@claims("arithmetic", "less_than_constant")
def _less_than_constant() -> Iterator[Claim]:
    for n in range(1, 4):
        for k in {0, 1, 2**n // 2 + 1, 2**n}:
            want = permuted([n, 1], lambda a, t: (a, t ^ (a < k)))  # noqa: B023
            yield Claim(f"qubit a[{n}], t\nless_than_constant({k}) a, t", want)


@claims("arithmetic", "multiply")
def _multiply() -> Iterator[Claim]:
    for m, n, size in ((1, 1, 2), (2, 1, 3), (2, 2, 4), (2, 2, 3), (3, 2, 3), (1, 2, 4)):
        want = permuted([m, n, size], lambda a, b, out: (a, b, (out + a * b) % 2**size))  # noqa: B023
        yield Claim(f"qubit a[{m}], b[{n}], out[{size}]\nmultiply a, b, out", want)


@claims("arithmetic", "add_constant_modulo")
def _add_constant_modulo() -> Iterator[Claim]:
    for n, k, m in ((2, 1, 3), (3, 2, 5), (3, 4, 8), (3, 0, 7), (2, 2, 3)):
        want = permuted([n, 1], lambda b, zero: ((b + k) % m if b < m else b, zero))  # noqa: B023
        yield Claim(f"qubit b[{n}], flag\nadd_constant_modulo({k}, {m}) b, flag", want, tuple(range(m)))


@claims("arithmetic", "add_modulo")
def _add_modulo() -> Iterator[Claim]:
    for n, m in ((1, 2), (2, 3), (2, 4), (3, 5)):
        want = permuted([n, n, 2], lambda a, b, zero: (a, (a + b) % m if max(a, b) < m else b, zero))  # noqa: B023
        inputs = tuple(a + 2**n * b for a in range(m) for b in range(m))
        yield Claim(f"qubit a[{n}], b[{n}], top, flag\nadd_modulo({m}) a, b, top, flag", want, inputs)


# --- states -----------------------------------------------------------------------------------------------------------


def _even(numbers: list[int], n: int) -> np.ndarray:
    """The equal superposition of some numbers."""
    state = np.zeros(2**n, complex)
    state[numbers] = 1 / np.sqrt(len(numbers))
    return state


@claims("states", "basis")
def _basis() -> Iterator[Claim]:
    for n in range(1, 4):
        for k in range(2**n):
            yield Claim(f"qubit q[{n}]\nbasis({k}) q", permuted([n], lambda b: (b ^ k,)))  # noqa: B023


@claims("states", "ghz")
def _ghz() -> Iterator[Claim]:
    for n in range(1, 7):
        yield Claim(f"qubit q[{n}]\nghz q", _even([0, 2**n - 1], n))


@claims("states", "w")
def _w() -> Iterator[Claim]:
    for n in range(1, 7):
        yield Claim(f"qubit q[{n}]\nw q", _even([2**i for i in range(n)], n))


@claims("states", "dicke")
def _dicke() -> Iterator[Claim]:
    for n in range(1, 6):
        for k in range(n + 1):
            yield Claim(f"qubit q[{n}]\ndicke({k}) q", _even([x for x in range(2**n) if x.bit_count() == k], n))


@claims("states", "uniform")
def _uniform() -> Iterator[Claim]:
    for n in range(1, 5):
        for m in range(1, 2**n + 1):
            yield Claim(f"qubit q[{n}]\nuniform({m}) q", _even([*range(m)], n))


@claims("states", "amplitudes")
def _amplitudes() -> Iterator[Claim]:
    generator = np.random.default_rng(1)
    for n in range(1, 5):
        for is_complex in (False, True):
            a = np.round(generator.normal(size=2**n), 3)
            phases = np.round(generator.uniform(-3, 3, size=2**n), 3)
            given = f", {phases.tolist()}" if is_complex else ""
            want = a / np.linalg.norm(a) * (np.exp(1j * phases) if is_complex else 1)
            yield Claim(f"qubit q[{n}]\namplitudes({a.tolist()}{given}) q", want)
    yield Claim("qubit q[2]\namplitudes([0, 0, -1, 0]) q", np.array([0, 0, -1, 0]))
    for n in range(1, 6):  # zeros, equal sizes, signs, and phases that belong to single qubits
        for zeros in (0.3, 0.7):
            a = np.where(generator.random(2**n) < zeros, 0, generator.choice([1, 1, -1, 2], 2**n))
            a[generator.integers(2**n)] = 1
            phases = generator.choice([0, 0.5, np.pi / 2, np.pi, -3], 2**n)
            want = a / np.linalg.norm(a) * np.exp(1j * phases)
            yield Claim(f"qubit q[{n}]\namplitudes({a.tolist()}, {phases.tolist()}) q", want)
        yield Claim(
            f"qubit q[{n}]\namplitudes([1]*{2**n}, [0.2*k for k in range({2**n})]) q",
            np.exp(0.2j * np.arange(2**n)) / np.sqrt(2**n),
        )


@claims("states", "diagonal")
def _diagonal() -> Iterator[Claim]:
    generator = np.random.default_rng(2)
    for n in range(1, 5):
        phases = np.round(generator.uniform(-3, 3, size=2**n), 3)
        yield Claim(f"qubit q[{n}]\ndiagonal({phases.tolist()}) q", np.diag(np.exp(1j * phases)))


# --- search -----------------------------------------------------------------------------------------------------------


def _flipped(numbers: list[int], n: int) -> np.ndarray:
    """The identity but for the signs of some numbers."""
    return np.diag([-1.0 if number in numbers else 1.0 for number in range(2**n)])


@claims("search", "mark")
def _mark() -> Iterator[Claim]:
    for string in ("0", "1", "01", "110", "0100", "0000"):
        yield Claim(f'qubit q[{len(string)}]\nmark("{string}") q', _flipped([int(string[::-1], 2)], len(string)))


@claims("search", "mark_number")
def _mark_number() -> Iterator[Claim]:
    for n in range(1, 4):
        for k in range(2**n):
            yield Claim(f"qubit q[{n}]\nmark_number({k}) q", _flipped([k], n))


@claims("search", "reflect")
def _reflect() -> Iterator[Claim]:
    for n in range(1, 5):
        yield Claim(f"qubit q[{n}]\nreflect q", -_flipped([0], n))


@claims("search", "diffusion")
def _diffusion() -> Iterator[Claim]:
    for n in range(1, 5):
        mirror = 2 * np.full((2**n, 2**n), 1 / 2**n) - np.eye(2**n)
        yield Claim(f"qubit q[{n}]\ndiffusion q", mirror)
        yield Claim(
            f"qubit t, q[{n}]\nctrl @ diffusion t, q",
            np.kron(mirror, np.diag([0, 1])) + np.kron(np.eye(2**n), np.diag([1, 0])),
        )


@claims("search", "search")
def _search() -> Iterator[Claim]:
    """Boyer et al., arXiv:quant-ph/9605034: amplitudes after so many rounds for M marked strings of N."""
    for n, strings, rounds in ((2, ["01"], 1), (3, ["011"], 2), (3, ["000", "111"], 1), (4, ["1010"], 3)):
        marked = [int(string[::-1], 2) for string in strings]
        angle = (2 * rounds + 1) * np.arcsin(np.sqrt(len(marked) / 2**n))
        want = np.full(2**n, np.cos(angle) / np.sqrt(2**n - len(marked)))
        want[marked] = np.sin(angle) / np.sqrt(len(marked))
        listed = ", ".join(f'"{string}"' for string in strings)
        yield Claim(f"qubit q[{n}]\nsearch([{listed}], {rounds}) q", want)
