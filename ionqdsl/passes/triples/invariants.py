"""Computes numbers of a three-qubit unitary that one-qubit gates do not change: its pattern and its class.

Takes a unitary and returns how far the images of one-qubit Paulis reach, their moments, and traces. The pattern says
which sets of wires they reach at all, and is alike for all angles of a family. The class rounds all the numbers: two
unitaries of one class are, as far as is known, the same up to one-qubit gates before and after, and names of wires.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import permutations
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra import compiled
from ionqdsl.algebra.instantiation import PAIRS, SINGLE, Complexes, Reals, Structure

_ABSENT = 1e-9
"""A part of an image with a smaller squared norm does not count."""

_SCALE, _OFFSET = 997371.34, 0.2718
"""Classes have the whole part of so many times a number: no fraction with a small denominator is near a border."""

Order = tuple[int, ...]
"""Wire w is wire order[w] of the structures."""

_ORDERS = tuple(permutations(range(3)))
_SOME = [tuple([order for bit, order in enumerate(_ORDERS) if bits >> bit & 1]) for bits in range(1 << len(_ORDERS))]
"""The orders that bits stand for."""


def _words() -> tuple[Complexes, Reals]:
    """All products of Paulis (64, 64), adjoint and row by row, and for each whether it is on a set of wires (64, 7)."""
    letters = [np.concatenate((np.eye(8)[None], SINGLE[wire].reshape(3, 8, 8))) for wire in range(3)]
    words = np.einsum("iab,jbc,kcd->ijkda", *letters).reshape(64, 64)
    number = np.arange(64)
    wires = (number // 16 % 4 > 0) + 2 * (number // 4 % 4 > 0) + 4 * (number % 4 > 0)
    return words / 8, (wires[:, None] == np.arange(1, 8)).astype(float)


_WORDS, _ON = _words()
_SIGNS = np.array([1, -1, -1, 1, -1, 1, 1, -1])
"""Those of Y Y Y, where its entries are not zero."""


class Invariants(NamedTuple):
    """Numbers that one-qubit gates before and after do not change.

    `reaches` are the squared norms of the part of the images of a wire's Paulis on each set of wires (3, 7); rows have
    the sum 3. Column s - 1 is for the set of the wires w with bit w in s. They are the traces of matrices, the products
    of the three parts with each other; `moments` (3, 7) are the traces of the squares of these matrices. `traces` (3)
    are |tr M|, |tr M M| and |tr M M M| for M = U Y Y Y U^T Y Y Y, which gates of determinant 1 only conjugate.
    """

    reaches: Reals
    moments: Reals
    traces: Reals


def invariants(unitary: Complexes) -> Invariants:
    """Those of a unitary (8, 8)."""
    if compiled.is_used():
        numbers = np.frombuffer(compiled.kernel.invariants(unitary))
        return Invariants(numbers[:21].reshape(3, 7), numbers[21:42].reshape(3, 7), numbers[42:])
    products = image_products(unitary)
    flipped = unitary @ (_SIGNS[:, None] * unitary.T[::-1, ::-1] * _SIGNS)
    square = flipped @ flipped
    traces = [abs(np.trace(power)) for power in (flipped, square, square @ flipped)]
    return Invariants(np.einsum("wsii->ws", products), (products**2).sum(axis=(2, 3)), np.array(traces))


def image_products(unitary: Complexes) -> Reals:
    """For each wire and set of wires the products of the parts there of the images of X, Y and Z (3, 7, 3, 3)."""
    images = (unitary @ SINGLE.reshape(9, 8, 8) @ unitary.conj().T).transpose(0, 2, 1).reshape(9, 64)
    parts = (images @ _WORDS.conj().T).real.reshape(3, 3, 64)
    products: Reals = np.einsum("wik,wjk,ks->wsij", parts, parts, _ON)
    return products


class ReachPattern(NamedTuple):
    """The pattern as a number, and the orders of the wires that give it."""

    number: int
    orders: tuple[Order, ...]


class UnitaryClass(NamedTuple):
    """The class of a unitary as a number of 32 bits, and the orders of the wires that give it.

    Two classes may have one number. That costs interactions at worst: a form is compared with its unitary.
    """

    number: int
    orders: tuple[Order, ...]


def pattern_of(reached: Reals) -> ReachPattern:
    """The pattern of the unitary whose images reach so far; the largest number among all orders of the wires."""
    return _pattern((reached > _ABSENT).tobytes())


@lru_cache(maxsize=4096)
def _pattern(is_reached: bytes) -> ReachPattern:
    bits = [(place // 7, place % 7 + 1) for place, is_one in enumerate(is_reached) if is_one]
    numbers: dict[int, list[Order]] = {}
    for order in _ORDERS:
        sets = _moved_sets(order)
        number = sum(1 << (7 * order[wire] + sets[wires] - 1) for wire, wires in bits)
        numbers.setdefault(number, []).append(order)
    number = max(numbers)
    return ReachPattern(number, tuple(numbers[number]))


class Classified(NamedTuple):
    """A unitary's class and its pattern."""

    own: UnitaryClass
    pattern: ReachPattern


def classified(unitaries: Sequence[bytes]) -> list[Classified]:
    """The classes and patterns of unitaries (8, 8), row by row."""
    if compiled.is_used():
        numbers = memoryview(compiled.kernel.unitary_classes(b"".join(unitaries))).cast("I").tolist()
        several = [iter(numbers)] * 4
        return [_classified(*found) for found in zip(*several, strict=True)]
    results = []
    for unitary in unitaries:
        found = invariants(np.frombuffer(unitary, dtype=complex).reshape(8, 8))
        pattern = pattern_of(found.reaches)
        results.append(Classified(class_of(found, pattern), pattern))
    return results


@lru_cache(maxsize=1 << 12)
def _classified(pattern: int, orders: int, number: int, own: int) -> Classified:
    """As the kernel has it, orders as bits."""
    return Classified(UnitaryClass(number, _SOME[own]), ReachPattern(pattern, _SOME[orders]))


def class_of(found: Invariants, pattern: ReachPattern) -> UnitaryClass:
    """The class of the unitary with these invariants; of the pattern's orders those with the greatest numbers count."""
    numbers = np.floor(np.concatenate(found, axis=None) * _SCALE + _OFFSET).astype("<i8")
    moved: dict[bytes, list[Order]] = {}
    for order in pattern.orders:
        moved.setdefault(numbers[_PLACES[order]].tobytes(), []).append(order)
    content = max(moved)
    return UnitaryClass(zlib.crc32(content, pattern.number), tuple(moved[content]))


def _moved_sets(order: Order) -> list[int]:
    """For each set of wires the set where the order takes them."""
    return [sum(1 << order[wire] for wire in range(3) if wires >> wire & 1) for wires in range(8)]


def _places(order: Order) -> list[int]:
    """The places of the invariants of a unitary that become the first, second, ... one in this order of the wires."""
    sets = _moved_sets(order)
    rooms = [0] * 21
    for wire in range(3):
        for wires in range(1, 8):
            rooms[7 * order[wire] + sets[wires] - 1] = 7 * wire + wires - 1
    return [*rooms, *(21 + room for room in rooms), 42, 43, 44]


_PLACES = {order: np.array(_places(order)) for order in _ORDERS}


def moved(structure: Structure, order: Order) -> Structure:
    """A structure on wires 0 to 2 on the wires that the order takes there."""
    back = [order.index(wire) for wire in range(3)]
    return tuple([PAIRS.index(_sorted(back[PAIRS[pair][0]], back[PAIRS[pair][1]])) for pair in structure])


def _sorted(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
