"""Writes three-qubit unitaries by forms that are known exactly, without a search.

Takes a unitary with its class and returns the shortest form that is known of its like, with angles that are exact. The
forms are those of forms.py. A unitary that is like the product of one, up to one-qubit gates, has that form with
turned axes; the unitaries of a class that need more interactions than others have a form of their own.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra import compiled
from ionqdsl.algebra.instantiation import PAIRS, TOLERANCE, Complexes, Instance, Reals, Structure, compared, product_of
from ionqdsl.algebra.rotations import Vector, X, Z, is_parallel, product, turned_back
from ionqdsl.passes.triples.forms import LETTERS
from ionqdsl.passes.triples.invariants import Order, UnitaryClass
from ionqdsl.passes.triples.likeness import Frames, Likeness, frames_of, likeness

PART = math.pi / 192
"""The angles of forms are multiples of this, and angles as near as `NOISE` to a multiple are that multiple."""

LETTER_AXES = array("d", (*Z, *X) * 3).tobytes()
"""The axes of a unitary of which no interactions are known."""


class _Standard(NamedTuple):
    """A form on some order of the wires: its product, the frames of this, and the values of its interactions."""

    unitary: Complexes
    frames: Frames
    structure: Structure
    u: list[Vector]
    v: list[Vector]
    t: Reals


class Lengths(NamedTuple):
    """The fewest and the most interactions of some forms."""

    fewest: int
    most: int


@lru_cache(maxsize=1 << 9)
def range_of(forms: str) -> Lengths:
    """The lengths of forms, of which the shortest comes first."""
    lengths = [form.count(",") + 1 for form in forms.split()]
    return Lengths(lengths[0], lengths[-1])


def exact_instance(unitary: Complexes, axes: bytes, own: UnitaryClass, forms: str) -> Instance | None:
    """An instance of a unitary (8, 8) by one of the forms of its class, None if it is like none of them.

    `axes` has two axes for each wire, of interactions that the unitary is made of, where possible not parallel; or it
    is empty.
    """
    frames = frames_of(unitary, axes or LETTER_AXES)
    for form in forms.split():
        for order in own.orders:
            standard = _standard(form, order, compiled.is_used())
            found = likeness(unitary, frames, standard.unitary, standard.frames)
            if found is not None:
                instance = compared(_turned(standard, found), unitary)
                if instance.error < TOLERANCE:
                    return instance
    return None


def _turned(standard: _Standard, found: Likeness) -> Instance:
    """The form of a unitary that is a standard between turns."""
    before = found.before
    pairs = [PAIRS[pair] for pair in standard.structure]
    u = [turned_back(before[a], axis) for (a, _), axis in zip(pairs, standard.u, strict=True)]
    v = [turned_back(before[b], axis) for (_, b), axis in zip(pairs, standard.v, strict=True)]
    turns = [product(after, early) for after, early in zip(found.after, before, strict=True)]
    return Instance(standard.structure, np.array(u), np.array(v), standard.t, np.array(turns), 0.0, 0.0)


@lru_cache(maxsize=1 << 11)
def _standard(form: str, order: Order, is_compiled: bool) -> _Standard:
    """A form whose wire order[w] is wire w; its frames are the kernel's if it `is_compiled`."""
    back = [order.index(wire) for wire in range(3)]
    structure: list[int] = []
    us: list[Vector] = []
    vs: list[Vector] = []
    for text in form.split(","):
        a, b = (back[wire] for wire in PAIRS[int(text[0])])
        u, v = _axis(text[1:4]), _axis(text[4:7])
        if a > b:
            a, b, u, v = b, a, v, u
        structure.append(PAIRS.index((a, b)))
        us.append(u)
        vs.append(v)
    angles = [int(text[7:]) * PART for text in form.split(",")]
    unitary = product_of(structure, _flat(us), _flat(vs), angles)
    return _Standard(unitary, frames_of(unitary, LETTER_AXES), tuple(structure), us, vs, np.array(angles))


def two_axes(axes: Sequence[Vector]) -> tuple[float, ...]:
    """Two of a wire's axes, where possible not parallel; others if there is none."""
    first = axes[0] if axes else Z
    return *first, *next((axis for axis in axes if not is_parallel(first, axis)), first)


def _axis(letters: str) -> Vector:
    x, y, z = [LETTERS[letter.lower()] * (1 if letter.islower() else -1) for letter in letters]
    return x, y, z


def _flat(axes: Sequence[Vector]) -> list[float]:
    return [part for axis in axes for part in axis]
