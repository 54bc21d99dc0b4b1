"""Guesses which |0> input of one circuit is which of another, if no note says so; other modules prove the guesses.

Takes two circuits without parameters and returns permutations. Outputs have fixed names under every contract, so both
circuits are walked backwards from their outputs. One walk looks only at which wires interact: optimisers drop final
diagonals and rewrite the interactions of a pair, but seldom change the order of pairs. The other goes row by row, as in
exact.py, so that an exchange of wires that one circuit plays as gates moves the names.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra.rotations import inverse, turned
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.record import changed
from ionqdsl.verify.blocks import Matrix, WireMatrix, multiplied
from ionqdsl.verify.exact import MOST_ROWS, drop_final_diagonals
from ionqdsl.verify.matching import Meeting, met
from ionqdsl.verify.order import Order, order_of
from ionqdsl.verify.product_rotations import Form, NotComparable, form_of
from ionqdsl.verify.sides import Side, side_of


def guesses(a: FlatCircuit, b: FlatCircuit) -> Iterator[tuple[int, ...]]:
    """For each qubit of `b` the qubit of `a` whose input it seems to start as, in two ways."""
    if max(len(a.rows), len(b.rows)) > MOST_ROWS:
        return
    try:
        forms = form_of(a), form_of(b)
    except NotComparable:
        return
    yield _by_interactions(forms)
    names = [0] * a.width
    for outer, inner in zip(forms[0].outputs, forms[1].outputs, strict=True):
        names[inner] = outer
    first, second = [_backwards(form, order_of(form.rows, form.width)) for form in forms]
    yield _names(met((_side(first), _side(second)), names))


def _side(form: Form) -> Side:
    return side_of(form, order_of(form.rows, form.width))


def _backwards(form: Form, order: Order) -> Form:
    """The inverse, without the rows dropped from the order: U+ = ends+ (ends R+ ends+), the last row first."""
    rows = []
    for number in range(len(form.rows) - 1, -1, -1):
        row = form.rows[number]
        if not order.is_dropped[number]:
            vectors = tuple([turned(form.ends[wire], v) for wire, v in zip(row.wires, row.vectors, strict=True)])
            rows.append(changed(row, vectors=vectors, angle=-row.angle))
    return Form(form.width, rows, [inverse(end) for end in form.ends], list(range(form.width)))


# --- row by row ------------------------------------------------------------------------------------------------------


def _names(meeting: Meeting) -> tuple[int, ...]:
    """The names of the wires at the inputs; within a matrix that is no product, their earlier names."""
    names = list(meeting.outer)
    for block in meeting.blocks():
        free, unnamed = set(block.wires[0]), []
        for inner in block.wires[1]:
            if names[inner] in free:
                free.remove(names[inner])
            else:
                unnamed.append(inner)
        for inner, outer in zip(unnamed, sorted(free), strict=True):
            names[inner] = outer
    return tuple(names)


# --- by who interacts with whom --------------------------------------------------------------------------------------


def _by_interactions(forms: tuple[Form, Form]) -> tuple[int, ...]:
    """Sorts wires of both circuits into classes of equal size, whose members may correspond.

    At the outputs every wire is alone. Rows on wires of the same classes, which may come last in both circuits, are
    removed together, with all others on these wires; as they may exchange them, they are one class before. So are two
    wires that interact in one circuit alone: an exchange that the other leaves to names.
    """
    sides: list[Side] = []
    classes: list[list[int]] = []
    orders = [order_of(form.rows, form.width) for form in forms]
    for form, whole in zip(forms, orders, strict=True):
        order = whole.copy()
        drop_final_diagonals(form, order)
        sides.append(_side(_backwards(form, order)))
        for number in sides[-1].order.ready():
            sides[-1].add(number)
        classes.append(sorted(range(form.width), key=form.outputs.__getitem__))
    fresh = forms[0].width
    after: dict[int, _Group] = {}
    while (group := _alike(sides, classes) or _alone(sides, classes)) is not None:
        after[fresh] = group
        for side, own, wires in zip(sides, classes, group, strict=True):
            for wire in wires:
                own[wire] = fresh
            _absorb(side, wires)
        fresh += 1
    return _resolved(forms, orders, classes, after)


class _Group(NamedTuple):
    """Wires of the two circuits that may correspond, as many of each."""

    first: list[int]
    second: list[int]


class _Earliest(NamedTuple):
    """The wires of some classes whose row may come next, and the number of that row."""

    number: int
    wires: frozenset[int]


def _alike(sides: Sequence[Side], classes: Sequence[Sequence[int]]) -> _Group | None:
    """Wires of both circuits with rows that may come next, the earliest ones of the same classes, in order."""
    seen: list[dict[tuple[int, ...], _Earliest]] = [{}, {}]
    for keys, side, own in zip(seen, sides, classes, strict=True):
        for wires, numbers in side.ready.items():
            key = tuple(sorted([own[wire] for wire in wires]))
            if key not in keys or min(numbers) < keys[key].number:
                keys[key] = _Earliest(min(numbers), wires)
    both = seen[0].keys() & seen[1].keys()
    if not both:
        return None
    key = min(both, key=lambda key: seen[0][key].number)
    return _Group(*[sorted(keys[key].wires, key=own.__getitem__) for keys, own in zip(seen, classes, strict=True)])


def _alone(sides: Sequence[Side], classes: Sequence[Sequence[int]]) -> _Group | None:
    """The same for the earliest two wires that interact in one circuit only, and two that may match in the other."""
    least, best = math.inf, None
    for which, side in enumerate(sides):
        for wires, numbers in side.ready.items():
            here = sorted(wires, key=classes[which].__getitem__)
            numbered = [classes[which][wire] for wire in here]
            there = [wire for number in numbered for wire, own in enumerate(classes[1 - which]) if own == number]
            price = min(numbers) / len(side.rows)
            if len(here) == len(there) == 2 and price < least:
                least, best = price, _Group(there, here) if which else _Group(here, there)
    return best


def _absorb(side: Side, wires: Collection[int]) -> None:
    """Removes all rows that act only on some of these wires and may come next."""
    waiting = [number for key, numbers in side.ready.items() if key <= set(wires) for number in numbers]
    while waiting:
        for number in side.drop(waiting.pop()):
            if side.add(number) <= set(wires):
                waiting.append(number)


def _resolved(
    forms: tuple[Form, Form], orders: Sequence[Order], classes: Sequence[Sequence[int]], after: dict[int, _Group]
) -> tuple[int, ...]:
    """A permutation that keeps classes. The first rows of two wires show whether one circuit exchanges them."""
    members: list[dict[int, list[int]]] = [{}, {}]
    for own, group in zip(classes, members, strict=True):
        for wire, number in enumerate(own):
            group.setdefault(number, []).append(wire)
    names = [-1] * forms[0].width
    for number, inner in members[1].items():
        outer = members[0].get(number, [])
        if len(inner) == len(outer) == 2 and number in after:
            outer, inner = after[number]
            one, other = (
                _first_rows(side_of(form, order.copy()), pair)
                for form, order, pair in zip(forms, orders, (outer, inner), strict=True)
            )
            if _entangling(other @ _SWAP @ one.conj().T) < _entangling(other @ one.conj().T):
                outer = outer[::-1]
        for wire, name in zip(inner, outer, strict=False):
            names[wire] = name
    rest = iter(sorted(set(range(len(names))) - set(names)))
    return tuple([next(rest) if name < 0 else name for name in names])


_SWAP = np.eye(4)[[0, 2, 1, 3]]


def _first_rows(side: Side, pair: Sequence[int]) -> Matrix:
    """The matrix of all rows on two wires that no other rows precede."""
    block = WireMatrix((list(pair), list(pair)), np.eye(4, dtype=np.complex128))
    waiting = side.order.ready()
    while waiting:
        number = waiting.pop()
        side.add(number)
        if set(side.rows[number].wires) <= set(pair):
            block.matrix = multiplied(block, side.rows[number], 0)
            waiting += side.drop(number)
    return block.matrix


def _entangling(matrix: Matrix) -> float:
    """The distance of a matrix on two wires from a product, 0 to 3."""
    values = np.linalg.svd(matrix.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4), compute_uv=False)
    return float(4 - values[0] ** 2)
