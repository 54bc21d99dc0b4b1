"""Finds one-qubit gates that turn one three-qubit unitary into another.

Takes two unitaries and returns turns of the wires before and after the second one that turn it into the first, where
the tried ones have any. A class of invariants.py says that there may be some. Each wire gets a frame:
the axes along which the images of its Paulis differ, and where they do not differ, axes of the interactions that the
unitary was made of. In circuits of eighth turns a frame goes to that of a like unitary in few ways: each is tried. The
effect on one state shows nearly always whether they are right.

Where the compiled kernel is there, kernel/likeness.c takes the same steps, up to rounding.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import product as combinations
from typing import Any, NamedTuple

import numpy as np

from ionqdsl.algebra import compiled
from ionqdsl.algebra.instantiation import Complexes, Reals
from ionqdsl.algebra.numeric_forms import turns_of
from ionqdsl.algebra.rotations import (
    IDENTITY,
    Turn,
    Vector,
    X,
    Y,
    cross,
    dot,
    inverse,
    matrix_entries,
    normalised,
    product,
    turn,
    unit,
)
from ionqdsl.passes.triples.invariants import image_products

_APART, _EQUAL = 1e-6, 1e-9

_WEIGHTS = np.array([2.73, 3.15, 1.07, 4.79, 3.4, 1.91, 6.64])
"""Those of the sets of wires, in the sum of products whose eigenvectors are the axes of a frame. Of some hundred drawn
at random they keep the eigenvalues of the forms of forms.py farthest apart, by 0.02, so that axes are exact."""

_DISTINCT, _SYMMETRIC, _AXIAL, _FREE = range(4)
"""Kinds of a wire's frame. Its axes are known up to their signs; or the first one is, and turns about it become turns
after the unitary, or may matter; or none is."""


class Frame(NamedTuple):
    """The kind of a wire's frame, and the turn that takes its axes to X, Y and Z."""

    kind: int
    turn: Turn


Frames = tuple[Frame, ...] | bytes
"""Those of three wires, as Python or the kernel has them."""


class Likeness(NamedTuple):
    """Turns of the three wires before and after a unitary that make another one of it, up to a phase."""

    before: list[Turn]
    after: list[Turn]


def frames_of(unitary: Complexes, axes: bytes) -> Frames:
    """The frames of a unitary's wires; `axes` has two for each wire, where possible not parallel (18 doubles)."""
    if compiled.is_used():
        found: bytes = compiled.kernel.frames(unitary, axes)
        return found
    vectors: Any = [tuple(vector) for vector in np.frombuffer(axes).reshape(6, 3).tolist()]
    sums = np.einsum("s,wsij->wij", _WEIGHTS, image_products(unitary))
    return tuple([_frame(unitary, sums, wire, vectors[2 * wire : 2 * wire + 2]) for wire in range(3)])


def _frame(unitary: Complexes, sums: Reals, wire: int, axes: Sequence[Vector]) -> Frame:
    values, vectors = np.linalg.eigh(sums[wire])
    own: list[Vector] = [tuple(vector) for vector in vectors.T.tolist()]
    is_low_alone, is_high_alone = (np.diff(values) > _APART).tolist()
    if is_low_alone and is_high_alone:
        return Frame(_DISTINCT, _turn_to_letters(own[0], own[1]))
    if not (is_low_alone or is_high_alone):
        first = unit(axes[0])
        return Frame(_FREE, _turn_to_letters(first, _across(first, axes)))
    first = own[0 if is_low_alone else 2]
    alone = np.einsum("i,sij,j->s", first, image_products(unitary)[wire, [0, 1, 3]], first)
    kind = _SYMMETRIC if np.any(np.abs(alone - 1) < _APART) else _AXIAL
    return Frame(kind, _turn_to_letters(first, _across(first, axes)))


def _across(axis: Vector, axes: Sequence[Vector]) -> Vector:
    """The direction across an axis of the first vector that is not along it: two axes are tried, then X and Y."""
    for vector in (*axes, X, Y):
        along = dot(axis, vector)
        a, b, c = [part - along * own for part, own in zip(vector, axis, strict=True)]
        if math.hypot(a, b, c) > _APART:
            return unit((a, b, c))
    raise AssertionError


def _turn_to_letters(x: Vector, y: Vector) -> Turn:
    """The turn that takes these axes, and their vector product, to X, Y and Z."""
    p, q, r = x, y, cross(x, y)
    a, b, c = r[1] - q[2], p[2] - r[0], q[0] - p[1]
    d, e, f = p[1] + q[0], p[2] + r[0], q[2] + r[1]
    signs = ((1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1))
    squares = [1 + i * p[0] + j * q[1] + k * r[2] for i, j, k in signs]
    own = max(squares)
    turns = [(own, a, b, c), (a, own, d, e), (b, d, own, f), (c, e, f, own)]
    return normalised(turns[squares.index(own)])


def likeness(unitary: Complexes, frames: Frames, standard: Complexes, theirs: Frames) -> Likeness | None:
    """Turns that make the unitary (8, 8) of a standard one, each with its frames; None if none were found."""
    if isinstance(frames, bytes):
        found = compiled.kernel.likeness(unitary, frames, standard, theirs)
        if found is None:
            return None
        turns = turns_of(found)
        return Likeness(turns[:3], turns[3:])
    assert not isinstance(theirs, bytes)
    if [one.kind for one in frames] != [one.kind for one in theirs]:
        return None
    for before in _ways(frames, theirs):
        after = _turns_after(unitary @ _matrix([inverse(each) for each in before]) @ standard.conj().T)
        if after is not None:
            return Likeness(before, after)
    return None


def _ways(frames: Sequence[Frame], theirs: Sequence[Frame]) -> Iterator[list[Turn]]:
    """Turns that take each frame to theirs."""
    choices = [
        [product(product(inverse(their.turn), choice), own.turn) for choice in _choices(own.kind)]
        for own, their in zip(frames, theirs, strict=True)
    ]
    for chosen in combinations(*choices):
        yield [*chosen]


@lru_cache(maxsize=4)
def _choices(kind: int) -> list[Turn]:
    """The turns of a frame that may be the right one, by its kind."""
    flip, cycle = turn(Y, math.pi), (0.5, 0.5, 0.5, 0.5)
    cycles = IDENTITY, cycle, product(cycle, cycle)
    if kind == _DISTINCT:
        return [IDENTITY, (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0)]
    if kind == _SYMMETRIC:
        return [IDENTITY, flip]
    about = [turn(X, step * math.pi / 4) for step in range(8)]
    if kind == _FREE:
        about = [product(one, other) for one in about[::2] for other in cycles]
    return [product(one, other) for one in about for other in (IDENTITY, flip)]


def _matrix(turns: Sequence[Turn]) -> Complexes:
    a, b, c = [np.array(matrix_entries(each)).reshape(2, 2) for each in turns]
    result: Complexes = np.kron(np.kron(a, b), c)
    return result


def _turns_after(whole: Complexes) -> list[Turn] | None:
    """The turns whose product a unitary is, up to a phase; None if it is none."""
    best = int(np.abs(whole[:, 0]).argmax())
    turns = []
    for wire in range(3):
        bit = 4 >> wire
        block: Any = whole[np.ix_([best & ~bit, best | bit], [0, bit])]
        size = np.linalg.det(block)
        if abs(size) < _EQUAL:
            return None
        own = block / np.sqrt(size)
        turns.append(normalised((own[0, 0].real, -own[1, 0].imag, own[1, 0].real, -own[0, 0].imag)))
    inner = np.diag(_matrix(turns).conj().T @ whole)
    is_product = np.all(np.abs(inner - inner[0]) < _EQUAL) and abs(abs(inner[0]) - 1) < _EQUAL
    return turns if is_product else None
