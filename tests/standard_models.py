"""The claims about the standard library's gates for models, optimisation, ansatz circuits and codes.

See standard_library.py. Exponentials are taken of whole matrices, by their eigenvectors; Pauli products and fermions
are matrices written from their definitions.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, reduce
from itertools import combinations

import by_hand
import numpy as np
from by_hand import exponential
from standard_library import Claim, claims


def product(string: str) -> np.ndarray:
    """A Pauli product; the first letter acts on the first qubit, the fastest index."""
    return by_hand.product(reversed(string))


def on(n: int, **letters: str) -> np.ndarray:
    """A product of Paulis at some places of n: on(3, _0="X", _2="X")."""
    return product("".join(letters.get(f"_{i}", "I") for i in range(n)))


def pair(n: int, letter: str, a: int, b: int) -> np.ndarray:
    return on(n, **{f"_{a}": letter, f"_{b}": letter})


def total(n: int, letter: str) -> np.ndarray:
    return sum((on(n, **{f"_{i}": letter}) for i in range(n)), np.zeros((2**n, 2**n)))


def turned(t: float, hermitian: np.ndarray) -> np.ndarray:
    """exp(-1i t H)."""
    return exponential(hermitian, t)


def formula(t: float, parts: list[np.ndarray], steps: int, order: int) -> np.ndarray:
    """Suzuki's product of a sum of parts; the first part acts first."""
    return np.linalg.matrix_power(_step(t / steps, parts, order), steps)


def _step(t: float, parts: list[np.ndarray], order: int) -> np.ndarray:
    if order == 1:
        return reduce(lambda product, part: turned(t, part) @ product, parts, np.eye(len(parts[0])))
    if order == 2:
        return reduce(lambda product, part: turned(t / 2, part) @ product, parts + parts[::-1], np.eye(len(parts[0])))
    weight = 1 / (4 - 4 ** (1 / (order - 1)))
    outer, middle = _step(weight * t, parts, order - 2), _step((1 - 4 * weight) * t, parts, order - 2)
    return outer @ outer @ middle @ outer @ outer


# --- simulation -------------------------------------------------------------------------------------------------------


def _ising(n: int, edges: list[tuple[int, int]]) -> Iterator[tuple[str, np.ndarray]]:
    bonds = 0.8 * sum((pair(n, "Z", a, b) for a, b in edges), np.zeros((2**n, 2**n)))
    field = 0.7 * total(n, "X")
    for steps, order in ((1, 1), (3, 1), (2, 2), (2, 4)) if n < 6 else ((1, 2),):
        parts = [bonds, field] if order == 1 else [field, bonds]
        yield f"0.8, 0.7, steps = {steps}, order = {order}) q", formula(0.5, parts, steps, order)


@claims("simulation", "ising")
def _ising_chain() -> Iterator[Claim]:
    for n in (1, 2, 3, 4):
        for rest, want in _ising(n, [(i, i + 1) for i in range(n - 1)]):
            yield Claim(f"qubit q[{n}]\nising(0.5, {rest}", want)
    bonds, field = pair(2, "Z", 0, 1), 0.7 * total(2, "X")
    assert np.allclose(formula(0.5, [field, bonds], 4, 4), turned(0.5, bonds + field), atol=1e-5)


@claims("simulation", "ising_grid")
def _ising_grid() -> Iterator[Claim]:
    for rows, columns, edges in (
        (2, 2, [(0, 1), (2, 3), (0, 2), (1, 3)]),
        (1, 3, [(0, 1), (1, 2)]),
        (3, 1, [(0, 1), (1, 2)]),
        (2, 3, [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]),
    ):
        for rest, want in _ising(rows * columns, edges):
            yield Claim(f"qubit q[{rows * columns}]\nising_grid(0.5, {rows}, {columns}, {rest}", want)


@claims("simulation", "ising_graph")
def _ising_graph() -> Iterator[Claim]:
    for n, edges in ((3, [(0, 1), (1, 2), (0, 2)]), (4, [(0, 3), (2, 1), (1, 3)]), (2, [])):
        for rest, want in _ising(n, edges):
            yield Claim(f"qubit q[{n}]\nising_graph(0.5, {edges}, {rest}", want)


def _chain(n: int, jx: float, jy: float, jz: float, h: float, order: int) -> list[np.ndarray]:
    """The even bonds, the odd bonds, the field, in the order in which they act."""
    bonds = [
        sum(
            (
                j * pair(n, letter, i, i + 1)
                for i in range(first, n - 1, 2)
                for letter, j in (("X", jx), ("Y", jy), ("Z", jz))
            ),
            np.zeros((2**n, 2**n)),
        )
        for first in (0, 1)
    ]
    field = h * total(n, "Z")
    return [*bonds, field] if order == 1 else [field, *bonds]


@claims("simulation", "heisenberg")
def _heisenberg() -> Iterator[Claim]:
    for n in (1, 2, 3, 4):
        for steps, order in ((2, 1), (3, 2), (1, 4)):
            want = formula(0.4, _chain(n, 1, 0.6, -0.3, 0.2, order), steps, order)
            yield Claim(f"qubit q[{n}]\nheisenberg(0.4, 1, 0.6, -0.3, 0.2, {steps}, {order}) q", want)


@claims("simulation", "xy")
def _xy() -> Iterator[Claim]:
    for n in (2, 3, 4):
        for steps, order in ((1, 1), (2, 2), (1, 4)):
            want = formula(0.4, _chain(n, 0.7, 0.7, 0, 0.2, order), steps, order)
            yield Claim(f"qubit q[{n}]\nxy(0.4, 0.7, h = 0.2, steps = {steps}, order = {order}) q", want)


@cache
def destroyed(n: int) -> list[np.ndarray]:
    """The operators that destroy a fermion in each of n orbitals: the sign counts those in orbitals before."""
    found = []
    for orbital in range(n):
        matrix = np.zeros((2**n, 2**n))
        for number in range(2**n):
            if number >> orbital & 1:
                matrix[number ^ 1 << orbital, number] = (-1) ** (number % 2**orbital).bit_count()
        found.append(matrix)
    return found


@claims("simulation", "hubbard")
def _hubbard() -> Iterator[Claim]:
    """Orbitals: all of spin up, then all of spin down, as the two registers stand."""
    for n in (1, 2, 3):
        c = destroyed(2 * n)
        zero = np.zeros((4**n, 4**n))
        hops = []
        for first in (0, 1):
            bonds = [(i + s, i + s + 1) for s in (0, n) for i in range(first, n - 1, 2)]
            hops.append(sum((-0.9 * (c[a].T @ c[b] + c[b].T @ c[a]) for a, b in bonds), zero))
        repulsion = sum((3 * c[i].T @ c[i] @ c[i + n].T @ c[i + n] for i in range(n)), zero)
        for steps, order in ((2, 1), (1, 2), (1, 4)) if n < 3 else ((2, 2),):
            parts = [*hops, repulsion] if order == 1 else [repulsion, *hops]
            text = f"qubit up[{n}], down[{n}]\nhubbard(0.3, 0.9, 3, steps = {steps}, order = {order}) up, down"
            yield Claim(text, formula(0.3, parts, steps, order))


TERMS = (
    (1, 1, [(0.5, "X"), (-1.5, "Z")]),
    (2, 2, [(0.5, "XZ"), (0.3, "ZI"), (-0.2, "YY")]),
    (2, 1, [(0.5, "X"), (0.25, "Y"), (-0.2, "Z"), (-1, "I")]),
    (1, 2, [(-2, "XY")]),
    (3, 2, [(0.1 * k - 0.35, letters) for k, letters in enumerate(("XX", "IZ", "YZ", "ZZ", "ZX"))]),
)
"""Qubits of the index, of the system, and the terms of an operator."""


def _listed(terms: list[tuple[float, str]]) -> str:
    return "[" + ", ".join(f'({coefficient}, "{letters}")' for coefficient, letters in terms) + "]"


def _selected(m: int, n: int, terms: list[tuple[float, str]]) -> np.ndarray:
    """The matrix of `select_term`; the index is the fastest register."""
    matrix = np.zeros((2 ** (m + n), 2 ** (m + n)), complex)
    for k in range(2**m):
        here = np.zeros((2**m, 2**m))
        here[k, k] = 1
        block = np.sign(terms[k][0]) * product(terms[k][1]) if k < len(terms) else np.eye(2**n)
        matrix += np.kron(block, here)
    return matrix


@claims("simulation", "select_term")
def _select_term() -> Iterator[Claim]:
    for m, n, terms in TERMS:
        yield Claim(f"qubit a[{m}], q[{n}]\nselect_term({_listed(terms)}) a, q", _selected(m, n, terms))


@claims("simulation", "prepare_terms")
def _prepare_terms() -> Iterator[Claim]:
    for m, _, terms in TERMS:
        state = np.zeros(2**m)
        state[: len(terms)] = np.sqrt([abs(coefficient) for coefficient, _ in terms])
        yield Claim(f"qubit a[{m}]\nprepare_terms({_listed(terms)}) a", state / np.linalg.norm(state))


@claims("simulation", "block_encode")
def _block_encode() -> Iterator[Claim]:
    """The block where the index is 0: the other rows are not part of the claim."""
    for m, n, terms in TERMS:
        want = sum(coefficient * product(letters) for coefficient, letters in terms)
        want = want / sum(abs(coefficient) for coefficient, _ in terms)
        yield Claim(
            f"qubit a[{m}], q[{n}]\nblock_encode({_listed(terms)}) a, q",
            want,
            tuple(range(0, 2 ** (m + n), 2**m)),
            is_block=True,
        )


@claims("simulation", "qubitized_step")
def _qubitized_step() -> Iterator[Claim]:
    """T_k(H/scale), Chebyshev's polynomial, in the block of k steps."""
    for m, n, terms in TERMS:
        h = sum(coefficient * product(letters) for coefficient, letters in terms)
        values, vectors = np.linalg.eigh(h / sum(abs(coefficient) for coefficient, _ in terms))
        for k in (1, 2, 3):
            want = (vectors * np.cos(k * np.arccos(np.clip(values, -1, 1)))) @ vectors.conj().T
            text = f"qubit a[{m}], q[{n}]\npow({k}) @ qubitized_step({_listed(terms)}) a, q"
            yield Claim(text, want, tuple(range(0, 2 ** (m + n), 2**m)), is_block=True)


# --- optimisation -----------------------------------------------------------------------------------------------------

GRAPHS = (
    (2, [(0, 1)], [1.5]),
    (3, [(0, 1), (1, 2), (0, 2)], [1, -2, 0.5]),
    (4, [(0, 1), (1, 2), (2, 3), (3, 0)], []),
)


def _cost(n: int, edges: list[tuple[int, int]], weights: list[float], fields: list[float]) -> np.ndarray:
    """The cost of each number, from its bits."""
    spins = 1 - 2 * (np.arange(2**n)[:, None] >> np.arange(n) & 1)
    given = weights or [1.0] * len(edges)
    cost = sum((w * spins[:, a] * spins[:, b] for (a, b), w in zip(edges, given, strict=True)), np.zeros(2**n))
    return np.asarray(cost + spins @ np.array(fields or [0] * n))


@claims("optimisation", "cost_layer")
def _cost_layer() -> Iterator[Claim]:
    for n, edges, weights in GRAPHS:
        for fields in ([], [0.1 * i - 0.3 for i in range(n)]):
            want = np.diag(np.exp(-0.4j * _cost(n, edges, weights, fields)))
            yield Claim(f"qubit q[{n}]\ncost_layer({edges}, {weights}, 0.4, {fields}) q", want)


@claims("optimisation", "x_mixer")
def _x_mixer() -> Iterator[Claim]:
    for n in (1, 2, 3):
        yield Claim(f"qubit q[{n}]\nx_mixer(0.4) q", turned(0.4, total(n, "X")))


@claims("optimisation", "xy_mixer")
def _xy_mixer() -> Iterator[Claim]:
    for n in (2, 3, 4, 5):
        pairs = [(i, (i + 1) % n) for i in range(n if n > 2 else 1)]
        want = np.eye(2**n)
        for a, b in pairs[0::2] + pairs[1::2]:
            want = turned(0.2, pair(n, "X", a, b) + pair(n, "Y", a, b)) @ want
        yield Claim(f"qubit q[{n}]\nxy_mixer(0.4) q", want)


@claims("optimisation", "qaoa")
def _qaoa() -> Iterator[Claim]:
    for n, edges, weights in GRAPHS:
        for gammas, betas in (([], []), ([0.4], [0.7]), ([0.4, -0.3], [0.7, 0.2])):
            state = np.full(2**n, 2 ** (-n / 2), complex)
            for gamma, beta in zip(gammas, betas, strict=True):
                state = turned(beta, total(n, "X")) @ (np.exp(-1j * gamma * _cost(n, edges, weights, [])) * state)
            yield Claim(f"qubit q[{n}]\nqaoa({edges}, {weights}, {gammas}, {betas}) q", state)


# --- ansatz -----------------------------------------------------------------------------------------------------------


def _controlled(n: int, kind: str, a: int, b: int) -> np.ndarray:
    """cz or cnot from its action on numbers."""
    matrix = np.zeros((2**n, 2**n))
    for number in range(2**n):
        row = number ^ (number >> a & 1) << b if kind == "cnot" else number
        matrix[row, number] = -1 if kind == "cz" and number >> a & number >> b & 1 else 1
    return matrix


def _pairs(n: int, pattern: str) -> list[tuple[int, int]]:
    match pattern:
        case "linear":
            return [(i, i + 1) for i in range(n - 1)]
        case "reverse":
            return [(i, i + 1) for i in range(n - 2, -1, -1)]
        case "ring":
            return [(i, (i + 1) % n) for i in range(n if n > 2 else n - 1)]
        case "pairs":
            return [(i, i + 1) for i in range(0, n - 1, 2)] + [(i, i + 1) for i in range(1, n - 1, 2)]
    return [*combinations(range(n), 2)]


def _layer(n: int, letter: str, thetas: list[float]) -> np.ndarray:
    return turned(0.5, sum(theta * on(n, **{f"_{i}": letter}) for i, theta in enumerate(thetas)))


def _layered(n: int, letters: str, thetas: list[float], layers: int, kind: str, pattern: str) -> np.ndarray:
    want, left = np.eye(2**n), list(thetas)
    for layer in range(layers + 1):
        for letter in letters:
            want = _layer(n, letter, left[:n]) @ want
            left = left[n:]
        for a, b in _pairs(n, pattern) if layer < layers else ():
            want = _controlled(n, kind, a, b) @ want
    return want


@claims("ansatz", "hardware_efficient")
def _hardware_efficient() -> Iterator[Claim]:
    for n, layers in ((1, 1), (2, 2), (3, 1), (3, 0)):
        for pattern in ("reverse", "linear", "ring", "pairs", "full"):
            thetas = [round(0.3 + 0.17 * k, 3) for k in range(2 * n * (layers + 1))]
            want = _layered(n, "YZ", thetas, layers, "cnot", pattern)
            yield Claim(f'qubit q[{n}]\nhardware_efficient({thetas}, {layers}, "{pattern}") q', want)


@claims("ansatz", "two_local")
def _two_local() -> Iterator[Claim]:
    for n, layers, kind, pattern in (
        (1, 1, "cz", "linear"),
        (3, 2, "cz", "linear"),
        (3, 1, "cnot", "ring"),
        (4, 1, "cnot", "pairs"),
        (4, 1, "cz", "full"),
        (4, 2, "cnot", "reverse"),
    ):
        thetas = [round(0.3 + 0.17 * k, 3) for k in range(n * (layers + 1))]
        want = _layered(n, "Y", thetas, layers, kind, pattern)
        yield Claim(f'qubit q[{n}]\ntwo_local({thetas}, {layers}, "{kind}", "{pattern}") q', want)


def _plane(n: int, start: int, end: int, theta: float) -> np.ndarray:
    """|start> becomes cos(theta)|start> + sin(theta)|end>, for numbers."""
    matrix = np.eye(2**n)
    matrix[[start, end], start] = np.cos(theta), np.sin(theta)
    matrix[[start, end], end] = -np.sin(theta), np.cos(theta)
    return matrix


def _excitation(n: int, created: list[int], destroyed_: list[int], theta: float) -> np.ndarray:
    """exp(theta (T - T+)), T a product of fermions."""
    c = destroyed(n)
    t = reduce(np.matmul, [c[i].T for i in created] + [c[i] for i in destroyed_])
    return turned(theta, 1j * (t - t.T))


@claims("ansatz", "excitation_preserving")
def _excitation_preserving() -> Iterator[Claim]:
    for n, layers in ((1, 1), (2, 1), (3, 2)):
        thetas = [round(0.3 + 0.17 * k, 3) for k in range(n + layers * (2 * n - 1))]
        want, left = np.eye(2**n), list(thetas)
        for layer in range(layers + 1):
            want, left = _layer(n, "Z", left[:n]) @ want, left[n:]
            for i in range(n - 1) if layer < layers else ():
                for rest in range(2**n):
                    if not rest >> i & 3:
                        want = _plane(n, rest | 1 << i, rest | 2 << i, left[0]) @ want
                left = left[1:]
        yield Claim(f"qubit q[{n}]\nexcitation_preserving({thetas}, {layers}) q", want)


@claims("ansatz", "givens")
def _givens() -> Iterator[Claim]:
    for theta in (0.3, -1.2, 3):
        yield Claim(f"qubit a, b\ngivens({theta}) a, b", _plane(2, 0b01, 0b10, theta))


@claims("ansatz", "single_excitation")
def _single_excitation() -> Iterator[Claim]:
    for phi in (0.3, -1.2, 3):
        yield Claim(f"qubit a, b\nsingle_excitation({phi}) a, b", _plane(2, 0b10, 0b01, phi / 2))


@claims("ansatz", "double_excitation")
def _double_excitation() -> Iterator[Claim]:
    for phi in (0.3, -1.2, 3):
        want = _plane(4, 0b1100, 0b0011, phi / 2)
        yield Claim(f"qubit a, b, c, d\ndouble_excitation({phi}) a, b, c, d", want)


@claims("ansatz", "uccsd")
def _uccsd() -> Iterator[Claim]:
    for n, electrons in ((2, 0), (4, 2), (6, 2), (5, 3)):
        old, new = range(electrons), range(electrons, n)
        singles = [(r, p) for r in old for p in new if r % 2 == p % 2]
        doubles = [
            (s, r, q, p)
            for s, r in combinations(old, 2)
            for q, p in combinations(new, 2)
            if s % 2 + r % 2 == q % 2 + p % 2
        ]
        thetas = [round(0.3 + 0.17 * k, 3) for k in range(len(singles) + len(doubles))]
        state = np.zeros(2**n)
        state[2**electrons - 1] = 1
        for (s, r, q, p), theta in zip(doubles, thetas[len(singles) :], strict=True):
            state = _excitation(n, [p, q], [r, s], theta) @ state
        for (r, p), theta in zip(singles, thetas[: len(singles)], strict=True):
            state = _excitation(n, [p], [r], theta) @ state
        yield Claim(f"qubit q[{n}]\nuccsd({thetas}, {electrons}) q", state)
