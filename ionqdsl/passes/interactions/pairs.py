"""Gathers interactions into blocks by pairs of wires, sliding them past items that they commute with.

Takes an interaction form and returns blocks in order: runs of interactions of one pair that no other item need
separate. Parallel interactions of a pair merge into one; half turns beyond a quarter turn become local half turns,
which only turn later axes. Two interactions commute if their axes on every shared wire are parallel or, on the same
pair, both perpendicular; axes are numbered, so this compares integers.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.interactions import (
    AxisRotation,
    BarrierItem,
    Interaction,
    Interactions,
    Item,
    LateTurns,
    folded,
    phase_of_halves,
)
from ionqdsl.algebra.numeric_forms import (
    LIMITS,
    REACH,
    EndTurns,
    Numbers,
    NumericForm,
    content_of,
    numbers_of,
    packed_ends,
)
from ionqdsl.algebra.rotations import Axes, Turn, dot, normalised, turned_back
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE, sized
from ionqdsl.record import changed, record

MIXED = -1
"""The number of no axis."""


Entry = tuple[int, int, float | Angle, Span | None]
"""(i, j, t, origin), an interaction of a block: the even numbers of its axes on wires a and b, their signs in t."""


@record(frozen=False, slots=True)
class PairBlock:
    """Interactions of one pair of wires, a < b, in order.

    `i` is the axis of all of them on wire a and `j` on wire b, MIXED if they differ. Blocks are ordered by `place`.
    """

    place: float
    a: int
    b: int
    i: int
    j: int
    entries: list[Entry]

    def renew_axes(self) -> None:
        """Finds the axes again after a change of the entries."""
        i, j, _, _ = self.entries[0]
        for k, m, _, _ in self.entries:
            if k != i:
                i = MIXED
            if m != j:
                j = MIXED
        self.i, self.j = i, j


@record(frozen=False, slots=True)
class RotationBlock:
    """A rotation of wire a about axis `i` by an unbound angle."""

    place: float
    a: int
    i: int
    t: Angle
    origin: Span | None

    j = MIXED


@record(frozen=False, slots=True)
class BarrierBlock:
    """A barrier, which nothing slides past."""

    place: float
    item: BarrierItem

    a = i = j = MIXED


Block = PairBlock | RotationBlock | BarrierBlock


class Gathered(NamedTuple):
    """The blocks in order, the turn that follows them on each wire, and the phase in radians that they lack."""

    blocks: list[Block]
    ends: list[Turn]
    phase: float


def gathered(form: Interactions, axes: Axes) -> Gathered:
    """The blocks of a form."""
    numbers = numbers_of(form)
    if numbers is None:
        return gathered_in_python(form, axes)
    found = _found(form, numbers, axes)
    return Gathered([*found.read_blocks(numbers.origins)], found.ends, found.phase)


class _Found(NamedTuple):
    """Blocks as the compiled kernel has them, kernel/pairs.c; all items are interactions by numbers."""

    heads: bytes
    numbers: bytes
    angles: bytes
    pairs: bytes
    values: bytes
    ends: list[Turn]
    phase: float

    def read_blocks(self, origins: Sequence[Span | None] | None) -> Iterator[Block]:
        """The blocks, given the origins of the items that they were found among."""
        number = iter(memoryview(self.numbers).cast("i"))
        steps = zip(number, number, number, memoryview(self.angles).cast("d"), strict=True)
        head = iter(memoryview(self.heads).cast("i"))
        for place, (a, b, i, j, count) in enumerate(zip(head, head, head, head, head, strict=True)):
            entries: list[Entry] = [
                (k, m, t, None if origins is None else origins[at]) for k, m, at, t in islice(steps, count)
            ]
            yield PairBlock(place, a, b, i, j, entries)


def _found(form: Interactions, numbers: Numbers, axes: Axes) -> _Found:
    """The blocks of a numeric form by the compiled kernel; the axes learn of their vectors."""
    given = numbers.wires, numbers.values
    found = compiled.kernel.pairs(form.width, *given, LIMITS, axes.packed(), axes.neglected)
    heads, entries, angles, pairs, values, vectors, late, phase, neglected = found
    axes.take(vectors, neglected)
    size = iter(memoryview(late).cast("d"))
    turns = LateTurns(form.width)
    turns.turns = [tuple(turn) if is_late else None for is_late, *turn in zip(*[size] * 5, strict=True)]
    return _Found(heads, entries, angles, pairs, values, turns.before(form.ends), phase)


def gathered_in_python(form: Interactions, axes: Axes) -> Gathered:
    """Item by item."""
    gathering = _Gathering(form.width, axes)
    interact = gathering.interact
    for place, item in enumerate(form.items):
        match item:
            case Interaction():
                interact(place, item)
            case AxisRotation():
                gathering.rotate(place, item)
            case BarrierItem():
                gathering.stop(place, item)
    gone = gathering.gone
    blocks = [block for block in gathering.blocks if id(block) not in gone] if gone else gathering.blocks
    blocks.sort(key=attrgetter("place"))
    return Gathered(blocks, gathering.late.before(form.ends), gathering.phase)


class _Gathering:
    """The blocks so far, those on each wire and of each pair of wires, and the half turns so far."""

    def __init__(self, width: int, axes: Axes) -> None:
        self.axes = axes
        self.blocks: list[Block] = []
        self.gone: set[int] = set()  # the ids of blocks whose entries cancel
        self.chains: list[list[Block]] = [[] for _ in range(width)]
        self.stacks: dict[tuple[int, int], list[PairBlock]] = {}
        self.late = LateTurns(width)
        self.phase = 0.0

    def interact(self, place: float, item: Interaction) -> None:
        """Adds an interaction to the last block of its pair, or begins a block."""
        a, b, u, v, t = item.a, item.b, item.u, item.v, item.t
        if a > b:
            a, b, u, v = b, a, v, u
        axes, turns = self.axes, self.late.turns
        left, right = turns[a], turns[b]
        i = axes.number(u if left is None else turned_back(left, u))
        j = axes.number(v if right is None else turned_back(right, v))
        if (i ^ j) & 1:
            t = -t
        i &= -2
        j &= -2
        chain, other = self.chains[a], self.chains[b]
        stack = self.stacks.get((a, b))
        if stack is None:
            stack = self.stacks[a, b] = []
        if not stack or not _meet(stack[-1], chain, other, i, j):
            block = PairBlock(place, a, b, i, j, [(i, j, t, item.origin)])
            self.blocks.append(block)
            chain.append(block)
            other.append(block)
            stack.append(block)
            return
        block = stack[-1]
        halves = _joined(block.entries, i, j, t, item.origin, axes)
        if halves:
            self.phase += phase_of_halves(halves)
            if halves % 2:
                self.late.add(a, axes.vectors[i], math.pi)
                self.late.add(b, axes.vectors[j], math.pi)
        if block.entries:
            block.renew_axes()
        else:
            stack.pop()
            self._remove(block, a, b)

    def rotate(self, place: float, item: AxisRotation) -> None:
        """Adds a rotation to an earlier one about the same axis, or begins a block."""
        wire, t = item.wire, item.t
        i = self.axes.number(self.late.pulled(wire, item.axis))
        if i & 1:
            i, t = i - 1, -t
        block = _met(self.chains[wire], wire, i)
        if block is None:
            self._add(RotationBlock(place, wire, i, t, item.origin), wire)
            return
        total = sized(block.t + t)
        if isinstance(total, Angle):
            block.t = total
        else:  # the parameters cancel: the rotation commutes with all it has met and turns later axes
            self._remove(block, wire)
            self.late.add(wire, self.axes.vectors[i], 2 * total)

    def stop(self, place: float, item: BarrierItem) -> None:
        """Adds a barrier, which takes over the half turns of its wires."""
        self._add(BarrierBlock(place, self.late.given_to(item)), *item.wires)

    def _add(self, block: Block, *wires: int) -> None:
        self.blocks.append(block)
        for wire in wires:
            self.chains[wire].append(block)

    def _remove(self, block: Block, *wires: int) -> None:
        self.gone.add(id(block))
        for wire in wires:
            _forget(self.chains[wire], block)


def _meet(target: PairBlock, chain: list[Block], other: list[Block], i: int, j: int) -> bool:
    """Whether a new interaction can slide back to the last block of its pair, or the two to each other.

    `chain` and `other` are the blocks on the two wires; in the second case the block moves there.
    """
    a, b = target.a, target.b
    blocker = _blocker(chain, target, a, i)
    stopped = _blocker(other, target, b, j)
    if blocker is None and stopped is None:
        return True
    # The block may slide too: to just after the last row that the interaction cannot pass.
    cut = max(-1.0 if blocker is None else blocker, -1.0 if stopped is None else stopped)
    if cut == math.inf or (target.i == MIXED and target.j == MIXED):
        return False
    nexts = cut + 1.0
    for wire, line, axis in ((a, chain, target.i), (b, other, target.j)):
        for block in reversed(line):
            if block is target:
                break
            place = block.place
            if place > cut:
                nexts = min(nexts, place)
            elif (block.i if block.a == wire else block.j) != axis or axis == MIXED:
                return False
    if nexts - cut < 1e-6:
        return False
    target.place = (cut + nexts) / 2
    for line in (chain, other):
        _forget(line, target)
        index = len(line)
        while index and line[index - 1].place > target.place:
            index -= 1
        line.insert(index, target)
    return True


def _blocker(chain: list[Block], target: PairBlock, wire: int, axis: int) -> float | None:
    """The place of the last block after the target that is not parallel on the wire, None if none; inf if too far."""
    steps = REACH
    for block in reversed(chain):
        if block is target:
            return None
        if (block.i if block.a == wire else block.j) != axis:
            return block.place
        steps -= 1
        if not steps:
            return math.inf
    return math.inf


def _joined(entries: list[Entry], i: int, j: int, t: float | Angle, origin: Span | None, axes: Axes) -> int:
    """Adds an interaction to a block, merged with a parallel one within reach; returns the remaining half turns."""
    for index in range(len(entries) - 1, -1, -1):
        k, m, before, first = entries[index]
        if k == i and m == j:
            if isinstance(before, Angle) or isinstance(t, Angle):
                total = sized(_angle(before) + _angle(t))
                if isinstance(total, Angle):
                    entries[index] = (i, j, total, first)
                    return 0
                before, t = 0.0, total
            rest, halves = folded(before + t)
            if abs(rest) > NOISE:
                entries[index] = (i, j, rest, first)
            else:
                axes.neglected += abs(rest)
                del entries[index]
            return halves
        if k == i or m == j:
            break
        skew, other = _skew(axes, i, k), _skew(axes, j, m)
        if skew >= NOISE or other >= NOISE:
            break
        axes.neglected += 2 * (skew + other)
    entries.append((i, j, t, origin))
    return 0


def _met(chain: list[Block], wire: int, axis: int) -> RotationBlock | None:
    """An earlier rotation about the same axis that a rotation can reach."""
    for block in reversed(chain):
        if (block.i if block.a == wire else block.j) != axis:
            return None
        if isinstance(block, RotationBlock):
            return block
    return None


def _angle(t: float | Angle) -> Angle:
    return t if isinstance(t, Angle) else Angle(0, t)


def _skew(axes: Axes, i: int, j: int) -> float:
    """How far two axes are from perpendicular: the cosine of their angle."""
    return abs(dot(axes.vectors[i], axes.vectors[j]))


def _forget(chain: list[Block], block: Block) -> None:
    for index in range(len(chain) - 1, -1, -1):
        if chain[index] is block:
            del chain[index]
            return


def items_of(blocks: Iterable[Block], axes: Axes) -> list[Item]:
    """The blocks as items again, in order."""
    vectors = axes.vectors
    items: list[Item] = []
    for block in blocks:
        match block:
            case PairBlock():
                a, b = block.a, block.b
                items += [Interaction(a, b, vectors[i], vectors[j], t, origin) for i, j, t, origin in block.entries]
            case RotationBlock():
                items.append(AxisRotation(block.a, vectors[block.i], block.t, block.origin))
            case BarrierBlock():
                items.append(block.item)
    return items


class SweptForm:
    """A form after one sweep of sliding and merging.

    `content` decides its cost, as `content_of` does; its items and blocks are only made if they are asked for. Its
    rounding is added to `axes.neglected` and not to the form's.
    """

    def __init__(self, form: Interactions, axes: Axes) -> None:
        self._form, self._axes = form, axes
        self._numbers = numbers = numbers_of(form)
        self._found: _Found | Gathered = (
            gathered_in_python(form, axes) if numbers is None else _found(form, numbers, axes)
        )
        self._ends = [normalised(end) for end in self._found.ends]
        self.content: tuple[Any, ...]
        if isinstance(self._found, _Found):
            self.content = self._found.pairs, self._found.values, tuple(self._ends), form.inputs
        else:
            self.content = content_of(self.form)

    @cached_property
    def blocks(self) -> list[Block]:
        """The blocks in order."""
        return [*self._each_block()]

    def _each_block(self) -> Iterable[Block]:
        found, numbers = self._found, self._numbers
        if not isinstance(found, _Found):
            return found.blocks
        return found.read_blocks(None if numbers is None else numbers.origins)

    @cached_property
    def form(self) -> Interactions:
        """The form with the items of the blocks: by numbers, as long as nothing asked for the blocks, if they are."""
        form, ends = self._form, self._ends
        rest = form.phase + Angle(0, self._found.phase), form.inputs, form.neglected
        if isinstance(self._found, _Found) and "blocks" not in vars(self):
            return NumericForm(form.width, _numbers(self._each_block(), self._axes), EndTurns(ends), *rest)
        return Interactions(form.width, items_of(self.blocks, self._axes), ends, *rest)


def _numbers(blocks: Iterable[Block], axes: Axes) -> Numbers:
    """The numbers of the items of blocks of interactions by numbers: a sixth of the memory of the items."""
    size = memoryview(axes.packed()).cast("B").cast("d")
    wires, values, origins = array("i"), array("d"), list[Span | None]()
    for block in blocks:
        assert isinstance(block, PairBlock)
        for i, j, t, origin in block.entries:
            assert not isinstance(t, Angle)
            wires.extend((block.a, block.b))
            values.extend(size[3 * i : 3 * i + 3])
            values.extend(size[3 * j : 3 * j + 3])
            values.append(t)
            origins.append(origin)
    known = None if all(origin is None for origin in origins) else origins
    return Numbers(wires.tobytes(), values.tobytes(), known)


def swept(form: Interactions, axes: Axes) -> tuple[Interactions, list[Block]]:
    """The form after one sweep, and the blocks its items are in."""
    sweep = SweptForm(form, axes)
    blocks = sweep.blocks
    return sweep.form, blocks


def merged(form: Interactions) -> Interactions:
    """The form after one sweep."""
    axes, numbers = Axes(), numbers_of(form)
    if numbers is not None:  # so that the items of a long circuit go
        form = NumericForm(form.width, numbers, EndTurns(packed_ends(form)), form.phase, form.inputs, form.neglected)
    result = SweptForm(form, axes).form
    return changed(result, neglected=result.neglected + axes.neglected)
