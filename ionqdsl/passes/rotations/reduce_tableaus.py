"""Breaks Cliffords into two-qubit Cliffords, greedily and many tableaus at once.

Takes tableaus as columns of bits, (B, n, W) words for x and z, and returns for each the generators P_a Q_b of
exp(-i pi/4 P_a Q_b), in order. After these every pair of rows is on one wire: a permutation of the wires and one-qubit
Cliffords. The tableaus advance in step, so that a candidate costs a few operations on arrays; kernel/tableau.c is the
same for one tableau. The networks are good, not minimal.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.algebra.paulis import Image
from ionqdsl.passes.rotations.pauli_problems import logarithms

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]

EVEN = np.uint64(0x5555555555555555)
ONE = np.uint64(1)


class _Half(NamedTuple):
    """One letter of a generator in each of B tableaus: its wire, its bits, which rows anticommute with it, and which of
    the products with these rows are negative.
    """

    wire: Numbers
    has_x: NDArray[np.bool_]
    has_z: NDArray[np.bool_]
    differs: NDArray[Any]
    minus: NDArray[Any]


PREVIOUS = np.array([2, 0, 1])
"""For each letter P, X Y Z being 0 1 2, the letter L with P L = -i times the third letter."""


def letters_of(x: Words, z: Words) -> tuple[Words, Words]:
    """The rows that have each letter, and those that anticommute with it: (B, n, 3, W) each, from (B, n, W)."""
    return np.stack([x & ~z, x & z, z & ~x], axis=2), np.stack([z, x ^ z, x], axis=2)


def conjugate(x: Words, z: Words, signs: Words, first: Numbers, second: Numbers) -> None:
    """Rows R become V R V+ for V = exp(-i pi/4 G), in place; G = P_a Q_b as 3 a + P and 3 b + Q, one for each of B.

    A row that anticommutes becomes -i G R: one of its two letters anticommutes, the other commutes or is absent.
    """
    which = np.arange(len(x))
    halves = []
    for generator in (first, second):
        wire, letter = np.divmod(generator, 3)
        own_x, own_z = x[which, wire], z[which, wire]
        has_x, has_z = (letter < 2)[:, None], (letter > 0)[:, None]
        differs = np.where(has_x, own_z, 0) ^ np.where(has_z, own_x, 0)
        back = PREVIOUS[letter]
        wanted_x, wanted_z = (back < 2)[:, None], (back > 0)[:, None]
        minus = np.where(wanted_x, own_x, ~own_x) & np.where(wanted_z, own_z, ~own_z)
        halves.append(_Half(wire, has_x, has_z, differs, minus))
    one, other = halves
    changed = one.differs ^ other.differs
    signs ^= changed & (one.minus | other.minus)
    for wire, has_x, has_z, _, _ in halves:
        x[which, wire] ^= np.where(has_x, changed, 0)
        z[which, wire] ^= np.where(has_z, changed, 0)


def best_of_each(value: Numbers, owner: Numbers) -> tuple[Numbers, Numbers]:
    """The place of the greatest value of each owner, the first of equals, and the owners; `owner` ascends."""
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    greatest = np.maximum.reduceat(value, starts)
    lengths = np.diff(starts, append=len(owner))
    hits = np.flatnonzero(value == np.repeat(greatest, lengths))
    first = np.searchsorted(hits, starts)
    return hits[first], owner[starts]


def least_gates(here: Words) -> Numbers:
    """The fewest two-qubit gates that bring each row to one letter, for each of B: from the rows that have a letter on
    each wire, (B, n, W).

    Two wires that share a row must be joined by gates, directly or not: gates within two groups leave a letter of the
    row in each.
    """
    count, width, _ = here.shape
    is_joined = (here[:, :, None] & here[:, None, :]).any(axis=3) | np.eye(width, dtype=bool)
    groups = np.broadcast_to(np.arange(width), (count, width))
    while True:
        lower: Numbers = np.where(is_joined, groups[:, None, :], width).min(axis=2)
        if np.array_equal(lower, groups):
            least: Numbers = width - (groups == np.arange(width)).sum(axis=1, dtype=np.int64)
            return least
        groups = lower


def reduce_tableaus(
    x: Words, z: Words, signs: Words, bounds: Numbers, widths: Numbers | None = None
) -> tuple[list[list[tuple[int, int]]], NDArray[np.bool_], Numbers]:
    """Generators for each of B tableaus of shape (B, n, W), which are changed in place, whether they are all, and the
    rows that were summed.

    Those of a tableau end where there would be more than its bound. `widths` are the wires of each, if some are not
    used by all.
    """
    count, width, _ = x.shape
    moves: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    sums = np.zeros(count, np.int64)
    is_reduced = np.ones(count, bool)
    if not count or width < 2:
        return moves, is_reduced, sums
    own_widths = np.full(count, width) if widths is None else widths
    ids = np.arange(count)
    stale = np.zeros(count, np.int64)
    least = np.full(count, 1 << 60)
    logs = np.array(logarithms(width), np.int64)
    shape = (len(_pairs(width)[0]),)
    while len(ids):
        own_x, own_z, own_signs = x[ids], z[ids], signs[ids]
        blocks = _blocks(own_x | own_z)  # (B, n, W), bit 2q: pair q is on this wire
        bits = _unpacked(blocks, width)  # (B, n, q)
        rows, columns = bits.sum(axis=1, dtype=np.int64), bits.sum(axis=2, dtype=np.int64)
        scores = logs[rows].sum(axis=1) + logs[columns].sum(axis=1)
        is_done = (rows == 1).all(axis=1)
        stale[ids] = np.where(scores < least[ids], 0, stale[ids] + 1)
        least[ids] = np.minimum(least[ids], scores)
        left = bounds[ids] - np.array([len(moves[index]) for index in ids.tolist()])
        is_late = ~is_done & (left < least_gates(blocks))
        is_reduced[ids[is_late]] = False
        is_stuck = ~(is_done | is_late) & (stale[ids] > 2 * own_widths[ids] + 2)
        for index in ids[is_stuck].tolist():
            moves[index] += _eliminate(x, z, signs, index)
        going = ~(is_done | is_late | is_stuck)
        if not going.all():
            ids, own_x, own_z, own_signs = ids[going], own_x[going], own_z[going], own_signs[going]
            blocks, bits, rows, columns = blocks[going], bits[going], rows[going], columns[going]
            if not len(ids):
                break
        low, high = _pairs(width)
        owner, pair = np.nonzero((blocks[:, low] & blocks[:, high]).any(axis=2).reshape(len(ids), *shape))
        sums[ids] += np.bincount(owner, minlength=len(ids)) * own_widths[ids]
        a, b = low[pair], high[pair]
        gain = _gains(own_x, own_z, owner, a, b, bits, rows, columns, logs)  # (K, 9)
        best, owners = best_of_each(gain.reshape(-1), np.repeat(owner, 9))
        place, kind = np.divmod(best, 9)
        first, second = 3 * a[place] + kind // 3, 3 * b[place] + kind % 3
        conjugate(own_x, own_z, own_signs, first, second)
        x[ids], z[ids], signs[ids] = own_x, own_z, own_signs
        for index, one, other in zip(ids[owners].tolist(), first.tolist(), second.tolist(), strict=True):
            moves[index].append((one, other))
    return moves, is_reduced, sums


@cache
def _pairs(width: int) -> tuple[Numbers, Numbers]:
    left, right = np.triu_indices(width, 1)
    return left, right


def _blocks(where: Words) -> Words:
    return (where | where >> ONE) & EVEN


def _unpacked(blocks: Words, width: int) -> NDArray[np.uint8]:
    """(..., W) words to (..., n) zeros and ones."""
    data = np.ascontiguousarray(blocks).view(np.uint8)
    return np.unpackbits(data, axis=-1, bitorder="little")[..., : 2 * width : 2]


def _gains(
    x: Words,
    z: Words,
    owner: Numbers,
    a: Numbers,
    b: Numbers,
    bits: NDArray[np.uint8],
    rows: Numbers,
    columns: Numbers,
    logs: Numbers,
) -> Numbers:
    """The decrease of the sum of the logarithms of the numbers of blocks, in rows and columns: (K, 9)."""
    width = x.shape[1]
    xa, za, xb, zb = x[owner, a], z[owner, a], x[owner, b], z[owner, b]
    rest = rows[owner] - bits[owner, a] - bits[owner, b]  # (K, n)
    before = logs[rows[owner]].sum(axis=1) + logs[columns[owner, a]] + logs[columns[owner, b]]
    at_a, at_b = (za, xa ^ za, xa), (zb, xb ^ zb, xb)
    gain = np.empty((len(owner), 9), np.int64)
    for p in range(3):
        for q in range(3):
            changed = at_a[p] ^ at_b[q]
            new_a = (xa ^ changed if p < 2 else xa) | (za ^ changed if p else za)
            new_b = (xb ^ changed if q < 2 else xb) | (zb ^ changed if q else zb)
            on_a, on_b = _unpacked(_blocks(new_a), width), _unpacked(_blocks(new_b), width)
            after: Numbers = logs[rest + on_a + on_b].sum(axis=1)
            after += logs[on_a.sum(axis=1, dtype=np.int64)] + logs[on_b.sum(axis=1, dtype=np.int64)]
            gain[:, 3 * p + q] = before - after
    return gain


# --- reduced tableaus ------------------------------------------------------------------------------------------------


def qubits_of(x: Words, z: Words, signs: Words) -> Numbers:
    """The wire, letters and signs of each qubit of B reduced tableaus: (B, n, 2), as in `PauliSolution.qubits`."""
    count, width, _ = x.shape
    bits = [np.unpackbits(part.view(np.uint8), axis=-1, bitorder="little")[..., : 2 * width] for part in (x, z, signs)]
    own_x, own_z, minus = (part.astype(np.int64) for part in bits)
    wires = (own_x | own_z)[:, :, ::2].argmax(axis=1)  # (B, n)
    each, qubits = np.arange(count)[:, None], np.arange(width)
    letters = minus[:, ::2] << 4 | minus[:, 1::2] << 5
    for row in (0, 1):
        letters |= own_x[each, wires, 2 * qubits + row] << 2 * row | own_z[each, wires, 2 * qubits + row] << 2 * row + 1
    return np.stack([wires, letters], axis=2)


def images_of(x: Words, z: Words, signs: Words) -> list[list[Image]]:
    """The rows of B tableaus, (B, n, W) columns and (B, W) signs, as images."""
    width = x.shape[1]
    size = -(-width // 8)
    minus = np.unpackbits(signs.view(np.uint8), axis=1, bitorder="little")[:, : 2 * width].tolist()
    masks = []
    for columns in (x, z):
        bits = np.unpackbits(np.ascontiguousarray(columns).view(np.uint8), axis=2, bitorder="little")[..., : 2 * width]
        data = np.packbits(bits.transpose(0, 2, 1), axis=2, bitorder="little").tobytes()
        masks.append([int.from_bytes(data[k : k + size], "little") for k in range(0, len(data), size)])
    images = []
    for place, own in enumerate(minus):
        start = 2 * width * place
        rows = zip(masks[0][start:], masks[1][start:], own, strict=False)
        images.append([(a, b, ((a & b).bit_count() + 2 * sign) & 3) for a, b, sign in rows])
    return images


def _letter(image: Image, wire: int) -> int:
    """The letter on a wire: 0 1 2 for X Y Z, -1 for the identity."""
    x, z, _ = image
    return (-1, 0, 2, 1)[(x >> wire & 1) + 2 * (z >> wire & 1)]


def _eliminate(x: Words, z: Words, signs: Words, index: int) -> list[tuple[int, int]]:
    """Reduces a tableau pair by pair, which always works: first the X row to one letter, then the Z row, without
    changing the X row.
    """
    width = x.shape[1]
    moves: list[tuple[int, int]] = []
    own = slice(index, index + 1)

    def apply(first: int, second: int) -> None:
        moves.append((first, second))
        conjugate(x[own], z[own], signs[own], np.array([first]), np.array([second]))

    for q in range(width):
        while True:
            row_x, row_z = images_of(x[own], z[own], signs[own])[0][2 * q : 2 * q + 2]
            wires = [wire for wire in range(width) if _letter(row_x, wire) >= 0]
            if len(wires) < 2:
                break
            # keeps the letter on the first wire, removes it from the second
            apply(3 * wires[0] + (_letter(row_x, wires[0]) + 1) % 3, 3 * wires[1] + _letter(row_x, wires[1]))
        home, kept = wires[0], _letter(row_x, wires[0])
        while True:
            row_z = images_of(x[own], z[own], signs[own])[0][2 * q + 1]
            others = [wire for wire in range(width) if wire != home and _letter(row_z, wire) >= 0]
            if not others:
                break
            apply(3 * home + kept, 3 * others[0] + _letter(row_z, others[0]))
    return moves
