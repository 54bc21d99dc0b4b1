"""Gathers interactions into blocks by triples of wires, past items that they commute with.

Takes an interaction form and returns blocks: sets of interactions on three wires that can all be moved to the place of
the last of them. An item that shares only one wire with a block may stand between its interactions if their axes on
that wire are parallel to its own. Blocks overlap: they are all there are, and the caller chooses. One pass over the
items; an item meets a bounded number of blocks.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.interactions import AxisRotation, BarrierItem, Interaction, Interactions
from ionqdsl.algebra.numeric_forms import LIMITS, Numbers, numbers_of
from ionqdsl.algebra.rotations import Axes, Vector
from ionqdsl.ir.angle import Angle
from ionqdsl.passes.interactions.pairs import MIXED
from ionqdsl.record import fresh, record

if TYPE_CHECKING:
    from ionqdsl.algebra.instantiation import Complexes

LEAST = 4
"""The fewest interactions of a block that can be more than its unitary needs."""

MOST_OPEN = 12
"""The most blocks of a wire that can still grow; beyond, the one that has not grown for the longest is closed."""

Wires = tuple[int, ...]


Key = tuple[bytes, int]
"""A unitary, rounded, and a number of interactions."""


class Task:
    """A unitary of three qubits, and the number of interactions that it has now.

    `digits` is the unitary to seven digits, and `key` has these and the number. `axes` has two of the interactions'
    axes for each wire, where possible not parallel, or nothing if none are known.
    """

    __slots__ = ("_several", "_start", "axes", "digits", "key", "length")

    def __init__(self, several: bytes, length: int, digits: bytes, axes: bytes = b"", start: int = 0) -> None:
        """The unitary starts at a byte of `several`."""
        self._several, self._start = several, start
        self.length, self.digits, self.axes = length, digits, axes
        self.key: Key = digits, length

    @property
    def packed(self) -> bytes:
        """Row by row."""
        return self._several[self._start : self._start + _UNITARY]

    @property
    def unitary(self) -> Complexes:
        """As a matrix (8, 8)."""
        import numpy as np

        return np.frombuffer(self.packed, dtype=complex).reshape(8, 8)


@record(frozen=False)
class TripleBlock:
    """The places of interactions on two or three wires, in order.

    `axes` are their axes by wire, MIXED if they differ.
    """

    wires: Wires
    places: list[int] = fresh(default_factory=list)
    axes: dict[int, int] = fresh(default_factory=dict)

    def add(self, place: int, axes: Iterable[tuple[int, int]]) -> None:
        """Adds an interaction with its axis on each of its wires."""
        self.places.append(place)
        for wire, axis in axes:
            if self.axes.setdefault(wire, axis) != axis:
                self.axes[wire] = MIXED


class Triples(NamedTuple):
    """The blocks on three wires in the order in which they end, and the axes by which their items commute.

    Items commute exactly once their axes are the vectors with their numbers in `axes`.
    """

    blocks: list[TripleBlock]
    axes: Axes

    @property
    def is_empty(self) -> bool:
        """Whether there is no block."""
        return not self.blocks


class NumericTriples:
    """The same of a form by numbers, by the compiled kernel; most are never asked for more than their tasks."""

    def __init__(self, width: int, numbers: Numbers) -> None:
        given = width, numbers.wires, numbers.values, LIMITS, LEAST, MOST_OPEN
        found = compiled.kernel.triple_tasks(*given)
        self._found, self._lengths, self._vectors, self._neglected, *self._products = found

    @property
    def is_empty(self) -> bool:
        """Whether there is no block."""
        return not self._found

    @cached_property
    def tasks(self) -> list[Task]:
        """The product of each block, whose first wire is the most significant."""
        unitaries, digits, axes = self._products
        starts = range(0, len(unitaries), _UNITARY)
        lengths, own = memoryview(self._lengths).cast("i"), range(0, len(axes), _AXES)
        return [
            Task(unitaries, length, digits[start : start + _UNITARY], axes[place : place + _AXES], start)
            for length, start, place in zip(lengths, starts, own, strict=True)
        ]

    @cached_property
    def blocks(self) -> list[TripleBlock]:
        """As `Triples` has them."""
        return _blocks(self._found)

    @cached_property
    def axes(self) -> Axes:
        """As `Triples` has them."""
        axes = Axes()
        axes.take(self._vectors, self._neglected)
        return axes


_UNITARY, _AXES = 1024, 144
"""The bytes of a unitary, and of two axes for each of three wires."""


def triples(form: Interactions) -> Triples | NumericTriples:
    """All blocks on three wires with at least `LEAST` interactions."""
    numbers = numbers_of(form)
    if numbers is not None:
        return NumericTriples(form.width, numbers)
    return triples_compiled(form) if compiled.is_used() else triples_in_python(form)


def triples_compiled(form: Interactions) -> Triples:
    """By the compiled kernel, kernel/triples.c."""
    axes = Axes()
    number, known = axes.number, axes.exact
    steps: list[int] = []
    for place, item in enumerate(form.items):
        if isinstance(item, Interaction):
            u, v = item.u, item.v
            i, j = known.get(u), known.get(v)
            i, j = (number(u) if i is None else i) & -2, (number(v) if j is None else j) & -2
            if isinstance(item.t, Angle):
                steps += (item.a, -1, i, 0, 0, item.b, -1, j, 0, 0)
            else:
                steps += (item.a, item.b, i, j, place)
        elif isinstance(item, AxisRotation):
            steps += (item.wire, -1, number(item.axis) & -2, 0, 0)
        else:
            for wire in item.wires:
                steps += (wire, -1, MIXED, 0, 0)
    return Triples(_blocks(compiled.kernel.triples(form.width, array("i", steps), LEAST, MOST_OPEN)), axes)


def _blocks(packed: bytes) -> list[TripleBlock]:
    """The blocks as the kernel has them: three wires, their axes, the number of their places, these."""
    found = memoryview(packed).cast("i").tolist()
    blocks = []
    start = 0
    while start < len(found):
        wires, end = tuple(found[start : start + 3]), start + 7 + found[start + 6]
        own_axes = dict(zip(wires, found[start + 3 : start + 6], strict=True))
        blocks.append(TripleBlock(wires, found[start + 7 : end], own_axes))
        start = end
    return blocks


def triples_in_python(form: Interactions) -> Triples:
    """Item by item."""
    axes = Axes()
    gathering = _TripleGathering(form.width, axes)
    for place, item in enumerate(form.items):
        match item:
            case Interaction():
                gathering.interact(place, item)
            case AxisRotation():
                gathering.stop({item.wire: gathering.line(item.axis)})
            case BarrierItem():
                gathering.stop(dict.fromkeys(item.wires, MIXED))
    gathering.stop(dict.fromkeys(range(form.width), MIXED))
    return Triples(gathering.closed, axes)


class _TripleGathering:
    """The blocks that are closed, and by wire those that can still grow, the last grown last."""

    def __init__(self, width: int, axes: Axes) -> None:
        self.numbers = axes
        self.closed: list[TripleBlock] = []
        self.open: list[dict[Wires, TripleBlock]] = [{} for _ in range(width)]
        self.axes_at: dict[int, tuple[tuple[int, int], tuple[int, int]]] = {}  # by place

    def line(self, axis: Vector) -> int:
        """The number of the line along an axis."""
        return self.numbers.number(axis) & -2

    def interact(self, place: int, item: Interaction) -> None:
        """Adds an interaction to all blocks with both its wires, and closes those that it separates."""
        a, b = item.a, item.b
        axes = ((a, self.line(item.u)), (b, self.line(item.v)))
        if isinstance(item.t, Angle):
            self.stop(dict(axes))
            return
        self.axes_at[place] = axes
        pair = _sorted(a, b)
        if pair not in self.open[a]:
            self._begin(TripleBlock(pair))
        for third in self._thirds(a, b):
            wires = _sorted(a, b, third)
            if wires not in self.open[a]:
                self._begin(self._joined(wires))
        self.stop(dict(axes), (a, b))
        for wires, block in list(self.open[a].items()):
            if b in wires:
                block.add(place, axes)
                for wire in wires:
                    self.open[wire][wires] = self.open[wire].pop(wires)

    def stop(self, axes: dict[int, int], pair: tuple[int, ...] = ()) -> None:
        """Closes the blocks that an item with these axes separates, except for those with both wires of `pair`."""
        for wire, axis in axes.items():
            for block in list(self.open[wire].values()):
                if pair and pair[0] in block.wires and pair[1] in block.wires:
                    continue
                if block.axes.get(wire, axis) != axis or axis == MIXED:
                    self._close(block)

    def _thirds(self, a: int, b: int) -> Iterator[int]:
        """The wires that an open block connects with one of a pair."""
        seen = {a, b}
        for wire in (a, b):
            for wires in list(self.open[wire]):
                if len(wires) == 2:
                    third = wires[0] + wires[1] - wire
                    if third not in seen:
                        seen.add(third)
                        yield third

    def _joined(self, wires: Wires) -> TripleBlock:
        """A block with the interactions of the open blocks on two of its wires."""
        block = TripleBlock(wires)
        a, b, c = wires
        parts = [self.open[one].get((one, other)) for one, other in ((a, b), (a, c), (b, c))]
        for place in sorted([place for part in parts if part is not None for place in part.places]):
            block.add(place, self.axes_at[place])
        return block

    def _begin(self, block: TripleBlock) -> None:
        for wire in block.wires:
            near = self.open[wire]
            if len(near) >= MOST_OPEN:
                self._close(next(iter(near.values())))
            near[block.wires] = block

    def _close(self, block: TripleBlock) -> None:
        for wire in block.wires:
            self.open[wire].pop(block.wires, None)
        if len(block.wires) == 3 and len(block.places) >= LEAST:
            self.closed.append(block)


def _sorted(*wires: int) -> Wires:
    return tuple(sorted(wires))
