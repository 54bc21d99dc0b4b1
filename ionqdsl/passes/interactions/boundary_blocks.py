"""Finds other unitaries for blocks whose wires start in |0> or are measured next, as far as a contract allows.

Takes blocks and says for each which of its wires are still in |0>, and along which axes both are measured next; for the
unitary of such a block it returns others that may take its place because nobody can tell them apart:

- Both wires start in |0>: one interaction prepares any state of two wires (its Schmidt decomposition).
- One wire does: two interactions always do, and one if two orthogonal states of the other wire become products.
- Both wires are measured next: two interactions do, up to one along the measured axes, which no measurement sees.

Source of the last two: Shende, Bullock and Markov, IEEE Trans. CAD 25, 1000 (2006), for cnots.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra.rotations import Turn, Vector, Z, is_parallel, turned_back
from ionqdsl.algebra.weyl import MAGIC, PAULIS, TOLERANCE, Complexes
from ionqdsl.ir.circuit import MEASURE, RESET
from ionqdsl.ir.contracts import fixes_phases, holds_for_all_inputs
from ionqdsl.passes.interactions.pairs import MIXED, BarrierBlock, Block, PairBlock, RotationBlock

_BACK = MAGIC.conj().T
"""Leads to the magic basis."""

_ONE = np.eye(4)


class Freedom(NamedTuple):
    """Which wires of a block are in |0> before it, and the axes along which both are measured after it, if they are."""

    is_known: tuple[bool, bool]
    measured: tuple[Vector, Vector] | None

    def __bool__(self) -> bool:
        return any(self.is_known) or self.measured is not None


class Other(NamedTuple):
    """A unitary in the magic basis that may replace a block's, and the rounding of an entry that matters."""

    unitary: Complexes
    error: float


def freedoms(
    blocks: Sequence[Block], ends: Sequence[Turn], vectors: Sequence[Vector], preserve: str
) -> dict[int, Freedom]:
    """The freedom that the contract leaves to blocks of several interactions, by the block's id."""
    if fixes_phases(preserve):
        return {}
    known = {} if holds_for_all_inputs(preserve) else _known(blocks, len(ends))
    measured = _measured(blocks, ends, vectors)
    found = {
        id(block): Freedom(known.get(id(block), (False, False)), measured.get(id(block)))
        for block in blocks
        if isinstance(block, PairBlock) and len(block.entries) > 1
    }
    return {key: freedom for key, freedom in found.items() if freedom}


def _known(blocks: Sequence[Block], width: int) -> dict[int, tuple[bool, bool]]:
    """Whether the wires of each block are in |0> before it."""
    is_known = [True] * width
    result: dict[int, tuple[bool, bool]] = {}
    for block in blocks:
        match block:
            case PairBlock():
                result[id(block)] = is_known[block.a], is_known[block.b]
                is_known[block.a] = is_known[block.b] = False
            case RotationBlock():
                is_known[block.a] = False
            case BarrierBlock():
                for wire in block.item.wires:
                    is_known[wire] = block.item.row.gate == RESET
    return result


def _measured(
    blocks: Sequence[Block], ends: Sequence[Turn], vectors: Sequence[Vector]
) -> dict[int, tuple[Vector, Vector]]:
    """The measured axes of the blocks all of whose later items on both wires are along them, up to the measurement."""
    axes: list[Vector | None] = [turned_back(end, Z) for end in ends]
    result: dict[int, tuple[Vector, Vector]] = {}

    def pass_by(wire: int, axis: int) -> None:
        seen = axes[wire]
        if seen is not None and (axis == MIXED or not is_parallel(vectors[axis], seen)):
            axes[wire] = None

    for block in reversed(blocks):
        match block:
            case PairBlock():
                first, second = axes[block.a], axes[block.b]
                if first is not None and second is not None:
                    result[id(block)] = first, second
                pass_by(block.a, block.i)
                pass_by(block.b, block.j)
            case RotationBlock():
                pass_by(block.a, block.i)
            case BarrierBlock():
                row = block.item.row
                is_seen = row.gate in (MEASURE, RESET) and not row.pinned  # a reset may measure and forget the outcome
                for wire, turn in zip(block.item.wires, block.item.turns, strict=True):
                    axes[wire] = turned_back(turn, Z) if is_seen else None
    return result


def others(unitary: Complexes, freedom: Freedom, count: int) -> Iterator[Other]:
    """Unitaries that may replace that of a block of `count` interactions; all in the magic basis."""
    plain = MAGIC @ unitary @ _BACK
    for other in _others(plain, freedom, count):
        yield Other(_BACK @ other.unitary @ MAGIC, other.error)


class Answers(NamedTuple):
    """Other unitaries, for the compiled kernel: the number of the block of each (int32), all of them, their errors."""

    owners: bytes
    unitaries: bytes
    errors: bytes


def answers(counts: bytes, asked: bytes) -> Answers:
    """The other unitaries of blocks that are measured next, none of whose wires is known to be in |0>.

    `counts` has the number of interactions of each block, `asked` six coordinates of the measured axes and the unitary.
    """
    owners: list[int] = []
    found: list[Other] = []
    for number, (count, row) in enumerate(
        zip(memoryview(counts).cast("i"), np.frombuffer(asked).reshape(-1, 38), strict=True)
    ):
        x, y, z, p, q, r = row[:6].tolist()
        freedom = Freedom((False, False), ((x, y, z), (p, q, r)))
        for other in others(row[6:].view(complex).reshape(4, 4), freedom, count):
            owners.append(number)
            found.append(other)
    unitaries = b"".join([other.unitary.tobytes() for other in found])
    return Answers(array("i", owners).tobytes(), unitaries, array("d", [other.error for other in found]).tobytes())


def _others(unitary: Complexes, freedom: Freedom, count: int) -> Iterator[Other]:
    if freedom.measured is not None:
        seen = (np.outer(*freedom.measured).reshape(9) @ _PRODUCTS).reshape(4, 4)
        if all(freedom.is_known):
            yield _prepared(_without_phases(unitary[:, 0], _seen_basis(freedom.measured)))
        for theta in _angles(unitary, seen):
            yield Other(_exponential(seen, theta) @ unitary, 0.0)
    if all(freedom.is_known):
        yield _prepared(unitary[:, 0])
    elif freedom.is_known[0]:
        yield from _from_one(unitary, count)
    elif freedom.is_known[1]:
        for other in _from_one(_EXCHANGE @ unitary @ _EXCHANGE, count):
            yield Other(_EXCHANGE @ other.unitary @ _EXCHANGE, other.error)


_EXCHANGE = np.eye(4)[[0, 2, 1, 3]]

_PRODUCTS = np.array([np.kron(one, other).reshape(16) for one in PAULIS for other in PAULIS])
"""The products of Paulis on two wires, in the order of the entries of an outer product."""


def _exponential(generator: Complexes, theta: float) -> Complexes:
    """exp(i theta generator) for a generator with square 1."""
    result: Complexes = math.cos(theta) * _ONE + 1j * math.sin(theta) * generator
    return result


# --- both wires start in |0> ---------------------------------------------------------------------------------------


def _prepared(state: Complexes) -> Other:
    """A local unitary after exp(-i t XY) that takes |00> to the state; cos t and sin t are its Schmidt coefficients."""
    left, sizes, right = np.linalg.svd(state.reshape(2, 2))
    t = math.atan2(sizes[1], sizes[0])
    unitary = np.kron(left, right.T) @ _exponential(np.kron(PAULIS[0], PAULIS[1]), -t)
    return Other(unitary, float(np.abs(unitary[:, 0] - state).max()))


def _seen_basis(measured: tuple[Vector, Vector]) -> Complexes:
    """The local unitary whose columns are the states of both wires along the measured axes, up before down."""
    bases = []
    for axis in measured:
        _, columns = np.linalg.eigh(np.einsum("k,kij->ij", axis, PAULIS))
        bases.append(columns[:, ::-1])
    result: Complexes = np.kron(*bases)
    return result


def _without_phases(state: Complexes, basis: Complexes) -> Complexes:
    """A state with the same probabilities in a basis, and none of the phases."""
    result: Complexes = basis @ np.abs(basis.conj().T @ state)
    return result


# --- one wire starts in |0> ----------------------------------------------------------------------------------------


def _from_one(unitary: Complexes, count: int) -> Iterator[Other]:
    """Unitaries that do the same to |0> on the first wire and any state of the second."""
    yield from _from_products(unitary)
    if count > 2:
        for theta in _angles(unitary.T, _ZZ):  # exp(i theta ZZ) turns the second wire there, and is turned back
            yield Other(unitary @ _exponential(_ZZ, theta) @ _exponential(_IZ, -theta), 0.0)


_ZZ, _IZ = np.kron(PAULIS[2], PAULIS[2]), np.kron(np.eye(2), PAULIS[2])


def _from_products(unitary: Complexes) -> Iterator[Other]:
    """With one interaction or none, and perhaps a swap, if there are such.

    The block takes |0> and two states b, b' of the other wire to products a c and a' c'. If b and b' are orthogonal, so
    are c and c', or a and a'. In the first case the block is a turn of the first wire controlled by c and c'.
    """
    first, second = unitary[:, 0].reshape(2, 2), unitary[:, 1].reshape(2, 2)
    inputs = np.array(_roots(first, second)).T
    if abs(np.vdot(inputs[:, 0], inputs[:, 1])) > TOLERANCE**0.5:
        return
    sides = []
    for x, y in inputs.T:
        left, sizes, right = np.linalg.svd(x * first + y * second)
        sides.append((left[:, 0] * sizes[0], right[0]))
    (a, c), (b, d) = sides
    if abs(np.vdot(c, d)) < abs(np.vdot(a, b)):
        other = _controlled(inputs, (a, b), (c, d))
    else:
        other = _EXCHANGE @ _controlled(inputs, (c, d), (a, b))
    yield Other(other, float(np.abs(other[:, :2] - unitary[:, :2]).max()))


def _roots(first: Complexes, second: Complexes) -> list[tuple[complex, complex]]:
    """Two states (x, y), normalised, for which x first + y second has determinant 0."""
    p, r = complex(np.linalg.det(first)), complex(np.linalg.det(second))
    q = complex(np.linalg.det(first + second)) - p - r
    if max(abs(p), abs(q), abs(r)) < TOLERANCE:
        return [(1, 0), (0, 1)]  # all are products
    root = (q * q - 4 * p * r) ** 0.5
    half = -(q + root if abs(q + root) > abs(q - root) else q - root) / 2
    pairs = [(half, p), (r, half)] if abs(half) > TOLERANCE else [(1, 0), (1, 0)]
    return [(x / size, y / size) for x, y in pairs if (size := math.hypot(abs(x), abs(y)))]


def _controlled(inputs: Complexes, on_a: Sequence[Complexes], on_b: Sequence[Complexes]) -> Complexes:
    """Takes |0> and each input to the product of its states on both wires, and |1> to the nearest that is unitary."""
    overlap = complex(np.vdot(on_a[0], on_a[1]))
    phases = 1.0, (overlap / abs(overlap)) ** 2 if abs(overlap) > TOLERANCE else 1.0
    result = np.zeros((4, 4), complex)
    for number, (a, b, phase) in enumerate(zip(on_a, on_b, phases, strict=True)):
        across = np.array([-a[1].conj(), a[0].conj()]) * phase
        turn = np.array([a, across]).T
        result += np.kron(turn, np.outer(b, inputs[:, number].conj()))
    return result


# --- both wires are measured next ----------------------------------------------------------------------------------


def _angles(unitary: Complexes, generator: Complexes) -> list[float]:
    """Angles for which exp(i theta generator) unitary needs at most two interactions, or fewer.

    In the magic basis let N = exp(2 i theta G) M M^T with det M = 1, whose eigenvalues the coordinates give: two
    interactions do if tr N is real, or imaginary with a swap. If that holds for all angles, one does if the eigenvalues
    are a pair of conjugates twice, so that the sum of products of two of them is tr(N)^2/4 + 2.
    """
    rotated = _BACK @ unitary @ MAGIC
    rotated = rotated * np.linalg.det(rotated) ** -0.25
    square, inner = rotated @ rotated.T, _BACK @ generator @ MAGIC
    both = inner @ square
    plain, turned = complex(square.trace()), complex(both.trace())
    angles = []
    if abs(plain.imag) + abs(turned.real) > _FLAT:
        angles.append(math.atan2(-plain.imag, turned.real) / 2)
    if abs(plain.real) + abs(turned.imag) > _FLAT:
        angles.append(math.atan2(plain.real, turned.imag) / 2)

    # the traces of N^2 with no generator, one and two; tr(A B) is the sum over A and B transposed
    twice, mixed, turned_twice = (complex((a * b.T).sum()) for a, b in ((square,) * 2, (both, square), (both,) * 2))

    def excess(theta: float) -> float:
        cos, sin = math.cos(2 * theta), math.sin(2 * theta)
        once = cos * plain + 1j * sin * turned
        return (once**2 / 4 - (cos * cos * twice + 2j * sin * cos * mixed - sin * sin * turned_twice) / 2).real - 2

    # a + b cos 4 theta + c sin 4 theta, from three places
    at = [excess(0), excess(math.pi / 8), excess(math.pi / 4)]
    a, b = (at[0] + at[2]) / 2, (at[0] - at[2]) / 2
    c = at[1] - a
    size = math.hypot(b, c)
    if size > _FLAT and abs(a) <= size * (1 + _FLAT):
        cosine = -a / size  # a double root is found exactly where it is taken for one
        middle, half = math.atan2(c, b), math.acos(cosine if abs(cosine) < 1 - _FLAT else round(cosine))
        angles += [(middle + half) / 4, (middle - half) / 4]
    return angles


_FLAT = 1e-9
"""Below this a function of the angle is taken as constant: its roots are no help then."""
