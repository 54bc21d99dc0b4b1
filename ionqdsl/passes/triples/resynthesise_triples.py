"""Rewrites blocks of three wires with fewer interactions.

Takes an interaction form and a function that writes three-qubit unitaries with fewer interactions, and returns forms
in which the function has shortened blocks. The longest blocks come first, and blocks that share an interaction with one
that was rewritten wait for the next round.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.instantiation import PAIRS, Instance, product_of
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
from ionqdsl.algebra.numeric_forms import LIMITS, EndTurns, Numbers, NumericForm, numbers_of, packed_ends
from ionqdsl.algebra.rotations import Axes, Turn, Vector, normalised, product
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE
from ionqdsl.passes.interactions.use_interactions import Met, compressed_under
from ionqdsl.passes.triples.blocks import NumericTriples, Task, TripleBlock, Triples, triples
from ionqdsl.passes.triples.exact_triples import PART, two_axes
from ionqdsl.passes.triples.known_triples import task_of_unitary

ROUNDS = 4
"""The most rounds; most circuits have two that gain."""

GatheredTriples = Triples | NumericTriples

Solve = Callable[[Sequence[Task]], list[Instance | None]]
"""A function that writes each unitary with fewer interactions than it has, or returns None in its place."""


class Prospects(NamedTuple):
    """The forms that are worth the work: `most` are the two-qubit gates they may be left with if all goes well.

    `least` is a function from the blocks' tasks to the fewest interactions that each may be written with.
    """

    most: int
    least: Callable[[Sequence[Task]], list[int]]

    def include(self, form: Interactions, gathered: GatheredTriples) -> bool:
        """Whether the form may get shorter, and short enough, if every block has its least number."""
        fewest = fewest_gates(form, gathered, self.least)
        return fewest < form.two_qubit_gates and fewest <= self.most


def fewest_gates(form: Interactions, gathered: GatheredTriples, least: Callable[[Sequence[Task]], list[int]]) -> int:
    """The two-qubit gates that the form has left if every block has its least number, the longest blocks first."""
    count = form.two_qubit_gates
    tasks = tasks_of(form, gathered)
    saved = [task.length - fewest for task, fewest in zip(tasks, least(tasks), strict=True)]
    if not any(saved):
        return count
    taken: set[int] = set()
    shorter = [pair for pair in zip(gathered.blocks, saved, strict=True) if pair[1]]
    for block, saving in sorted(shorter, key=lambda pair: _by_length(pair[0])):
        if taken.isdisjoint(block.places):
            count -= saving
            taken.update(block.places)
    return count


def shortened(
    form: Interactions,
    gathered: GatheredTriples,
    preserve: str,
    solve: Solve,
    met: Met | None = None,
    prospects: Prospects | None = None,
) -> list[Interactions]:
    """The form with shorter blocks, swept under the contract and the stricter ones; empty if `solve` shortens none.

    Blocks and sweeps take turns, up to `ROUNDS` times: shorter blocks bring others together. A form that was `met` on
    the way from another one has been here already; one without prospects stays as it is.
    """
    met = Met() if met is None else met
    results: list[Interactions] = []
    forms = [form]
    for number in range(ROUNDS):
        following = []
        for form in forms:
            gathered = triples(form) if number else gathered
            if prospects is not None and not prospects.include(form, gathered):
                continue
            shorter = triples_resynthesised(form, gathered, solve)
            if shorter is not form:
                swept = compressed_under(preserve, shorter, met=met)
                results += [shorter, *swept]
                following += swept  # each goes on, so that a weaker contract goes where a stricter one does
        forms = following
    return results


def triples_resynthesised(form: Interactions, gathered: GatheredTriples, solve: Solve) -> Interactions:
    """The form with fewer interactions, or itself if `solve` shortens none of its blocks."""
    chosen: list[tuple[TripleBlock, Instance]] = []
    taken: set[int] = set()
    blocks = sorted(
        [*zip(gathered.blocks, tasks_of(form, gathered), strict=True)], key=lambda pair: _by_length(pair[0])
    )
    while blocks:
        apart: list[tuple[TripleBlock, Task]] = []  # blocks that have no interaction in common
        later: list[tuple[TripleBlock, Task]] = []
        met = set(taken)
        for block, task in blocks:
            (apart if met.isdisjoint(block.places) else later).append((block, task))
            met.update(block.places)
        instances = solve([task for _, task in apart])
        for (block, _), instance in zip(apart, instances, strict=True):
            if instance is not None:
                chosen.append((block, instance))
                taken.update(block.places)
        blocks = [pair for pair in later if taken.isdisjoint(pair[0].places)]
    if not chosen:
        return form
    numbers = numbers_of(form)
    if numbers is None or not isinstance(gathered, NumericTriples):
        return _rewritten(form, chosen, gathered.axes)
    return _rewritten_compiled(form, numbers, chosen, gathered.axes)


def _by_length(block: TripleBlock) -> tuple[int, list[int]]:
    """The longest come first."""
    return -len(block.places), block.places


def tasks_of(form: Interactions, gathered: GatheredTriples) -> list[Task]:
    """The product of each block."""
    if isinstance(gathered, NumericTriples):
        return gathered.tasks
    return [task_of(form, block) for block in gathered.blocks]


def task_of(form: Interactions, block: TripleBlock) -> Task:
    """The product of a block's interactions; its first wire is the most significant."""
    pairs: list[int] = []
    us: list[float] = []
    vs: list[float] = []
    angles: list[Any] = []
    first, second, _ = block.wires
    for place in block.places:
        item: Any = form.items[place]
        a, b, u, v = item.a, item.b, item.u, item.v
        if a > b:
            a, b, u, v = b, a, v, u
        pairs.append(2 if a != first else 0 if b == second else 1)  # the number in PAIRS
        us += u
        vs += v
        angles.append(item.t)
    return _product(bytes(pairs), array("d", us + vs + angles).tobytes())


@lru_cache(maxsize=1 << 11)
def _product(pairs: bytes, numbers: bytes) -> Task:
    """The product of interactions; forms of one circuit have most of their blocks in common."""
    values, count = memoryview(numbers).cast("d").tolist(), len(pairs)
    u, v = values[: 3 * count], values[3 * count : 6 * count]
    unitary = product_of([*pairs], u, v, values[6 * count :])
    met: list[list[Vector]] = [[], [], []]  # the axes of each wire
    for place, pair in enumerate(pairs):
        for wire, axes in zip(PAIRS[pair], (u, v), strict=True):
            x, y, z = axes[3 * place : 3 * place + 3]
            met[wire].append((x, y, z))
    return task_of_unitary(unitary, count, array("d", [part for own in met for part in two_axes(own)]).tobytes())


def _rewritten(form: Interactions, chosen: list[tuple[TripleBlock, Instance]], axes: Axes) -> Interactions:
    """The form with instances in place of blocks, each at the place of its last interaction."""
    at_end = {block.places[-1]: (block, instance) for block, instance in chosen}
    inside = {place for block, _ in chosen for place in block.places}
    writing = _TripleWriting(form.width, axes)
    for place, item in enumerate(form.items):
        if place in at_end:
            block, instance = at_end[place]
            writing.instance(block.wires, instance, item)
        elif place not in inside:
            writing.item(item)
    ends = [normalised(end) for end in writing.late.before(form.ends)]
    phase = form.phase + Angle(0, writing.phase)
    return Interactions(form.width, writing.items, ends, phase, form.inputs, form.neglected + axes.neglected)


def _rewritten_compiled(
    form: Interactions, numbers: Numbers, chosen: list[tuple[TripleBlock, Instance]], axes: Axes
) -> Interactions:
    """The same by the compiled kernel, kernel/rewrite.c, of a form by numbers."""
    places: list[int] = []
    values: list[float] = []
    for block, instance in chosen:
        places += (*block.wires, len(block.places), *block.places, len(instance.structure), *instance.structure)
        for part in (instance.u, instance.v, instance.t, instance.turns):
            values += part.ravel().tolist()
        values += (instance.phase, instance.error)
    given = form.width, numbers.wires, numbers.values, packed_ends(form), LIMITS, axes.packed(), axes.neglected
    *arrays, turns, phase, neglected = compiled.kernel.rewrite_triples(*given, array("i", places), array("d", values))
    phases, rounding = form.phase + Angle(0, phase), form.neglected + neglected
    return NumericForm(form.width, numbers.rewritten(*arrays), EndTurns(turns), phases, form.inputs, rounding)


class _TripleWriting:
    """The items so far, the turns that follow them, and the phase in radians."""

    def __init__(self, width: int, axes: Axes) -> None:
        self.axes = axes
        self.items: list[Item] = []
        self.late = LateTurns(width)
        self.phase = 0.0

    def item(self, item: Item) -> None:
        """Adds an item that stays."""
        late = self.late
        match item:
            case Interaction():
                u, v = late.pulled(item.a, self._line(item.u)), late.pulled(item.b, self._line(item.v))
                self.items.append(Interaction(item.a, item.b, u, v, item.t, item.origin))
            case AxisRotation():
                axis = late.pulled(item.wire, self._line(item.axis))
                self.items.append(AxisRotation(item.wire, axis, item.t, item.origin))
            case BarrierItem():
                self.items.append(late.given_to(item))

    def _line(self, axis: Vector) -> Vector:
        return self.axes.vectors[self.axes.number(axis)]

    def instance(self, wires: Sequence[int], instance: Instance, last: Item) -> None:
        """Adds the interactions and turns of an instance, with the origin of the block's last item."""
        late, axes = self.late, self.axes
        for pair, u, v, t in zip(instance.structure, instance.u, instance.v, instance.t.tolist(), strict=True):
            a, b = (wires[wire] for wire in PAIRS[pair])
            one, other = late.pulled(a, tuple(u.tolist())), late.pulled(b, tuple(v.tolist()))
            rest, halves = folded(t)
            near = round(rest / PART) * PART
            if abs(rest - near) < NOISE:
                axes.neglected += abs(rest - near)
                rest = near
            if rest:
                self.items.append(Interaction(a, b, one, other, rest, last.origin))
            if halves % 2:
                late.add(a, one, math.pi)
                late.add(b, other, math.pi)
            self.phase += phase_of_halves(halves)
        for wire, turn in zip(wires, instance.turns.tolist(), strict=True):
            self._follow(wire, tuple(turn))
        self.phase += instance.phase
        axes.neglected += instance.error

    def _follow(self, wire: int, turn: Turn) -> None:
        """Adds a turn about axes that are not pulled."""
        before = self.late.turns[wire]
        self.late.turns[wire] = turn if before is None else normalised(product(turn, before))
