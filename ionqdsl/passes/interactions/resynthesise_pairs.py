"""Rewrites each block of a pair of wires with as few interactions as its unitary needs, or fewer and a swap.

Takes blocks and returns an interaction form. A block is replaced if that takes fewer interactions, or as many with a
much smaller total angle. Under a contract that allows renaming the |0> inputs a swap costs nothing: the wires of all
items before it are exchanged instead, and the outputs stay in place.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from ionqdsl.algebra.interactions import (
    QUARTER,
    AxisRotation,
    BarrierItem,
    Interaction,
    Interactions,
    Item,
    LateTurns,
    folded,
    moved,
    phase_of_halves,
)
from ionqdsl.algebra.rotations import (
    IDENTITY,
    Axes,
    Turn,
    Vector,
    X,
    Y,
    Z,
    cross,
    dot,
    normalised,
    opposite,
    product,
    turn,
    turned_back,
    unit,
)
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.ir.rounding import NOISE
from ionqdsl.passes.interactions.pairs import BarrierBlock, Block, PairBlock, RotationBlock

if TYPE_CHECKING:
    from ionqdsl.algebra import weyl
    from ionqdsl.passes.interactions.boundary_blocks import Freedom

_LETTERS = (X, Y, Z)
_HALF_TURNS = tuple(turn(axis, math.pi) for axis in _LETTERS)

WORTH = 0.6
"""As many interactions replace a block only if their total angle is below this share: other axes cost pulses."""

Part = tuple[Vector, Vector, float]
"""An interaction exp(-i t u (x) v) of a replacement: u, v, t."""


class Replacement(NamedTuple):
    """Interactions, a turn on each wire after them, a phase in radians, and whether the wires are then exchanged.

    `is_other` says that its unitary is another than the block's, which the contract allows.
    """

    parts: list[Part]
    on_a: Turn
    on_b: Turn
    phase: float
    is_swapped: bool
    is_other: bool


class Resynthesis(NamedTuple):
    """A form with replaced blocks, and whether any was chosen because wires may be exchanged, or unitaries changed."""

    form: Interactions
    is_exchanging: bool
    is_other: bool


def resynthesised(
    form: Interactions, blocks: list[Block], axes: Axes, may_rename: bool, preserve: str = "unitary"
) -> Resynthesis:
    """The form with its blocks replaced; `form.ends` and `form.phase` are already those that follow the blocks.

    Under a contract that allows it, blocks at the start and before measurements may get another unitary. If no block is
    replaced, it is the form itself.
    """
    chosen = _replacements(form, blocks, axes, may_rename, preserve)
    if not chosen:
        return Resynthesis(form, is_exchanging=False, is_other=False)
    writing = _BlockWriting(form.width, axes.vectors)
    for block in blocks:
        match block:
            case PairBlock():
                writing.pair(block, chosen.get(id(block)))
            case RotationBlock():
                writing.rotation(block)
            case BarrierBlock():
                writing.barrier(block)
    items, places, inputs = writing.items, writing.places, form.inputs
    late = [writing.late.turns[place] for place in places]
    ends = [end if turn is None else normalised(product(end, turn)) for end, turn in zip(form.ends, late, strict=True)]
    if places != sorted(places):  # each place is named after the wire that ends there
        names = sorted(range(form.width), key=places.__getitem__)
        items = [moved(item, names) for item in items]
        before = inputs or tuple(range(form.width))
        inputs = tuple([before[place] for place in places])
    result = Interactions(form.width, items, ends, form.phase + Angle(0, writing.phase), inputs, form.neglected)
    is_exchanging, is_other = (any(row[number] for row in chosen.values()) for number in (-2, -1))
    return Resynthesis(result, is_exchanging, is_other)


class _BlockWriting:
    """The items so far, on places; the place of each wire; and by place the turns that follow its items."""

    def __init__(self, width: int, vectors: list[Vector]) -> None:
        self.vectors = vectors
        self.items: list[Item] = []
        self.places = list(range(width))
        self.late = LateTurns(width)
        self.has_barrier = [False] * width  # by place: its wire stays there
        self.phase = 0.0

    def pair(self, block: PairBlock, replacement: Replacement | None) -> None:
        """Adds the interactions of a block, or those that replace them."""
        places, vectors, turns, items = self.places, self.vectors, self.late.turns, self.items
        p, q = places[block.a], places[block.b]
        left, right = turns[p], turns[q]
        if replacement is not None and replacement.is_swapped and (self.has_barrier[p] or self.has_barrier[q]):
            replacement = None
        if replacement is None:
            for i, j, t, origin in block.entries:
                u = vectors[i] if left is None else turned_back(left, vectors[i])
                v = vectors[j] if right is None else turned_back(right, vectors[j])
                items.append(Interaction(p, q, u, v, t, origin))
            return
        *_, origin = block.entries[-1]
        for u, v, t in replacement.parts:
            items.append(Interaction(p, q, self.late.pulled(p, u), self.late.pulled(q, v), t, origin))
        turns[p] = replacement.on_a if left is None else normalised(product(replacement.on_a, left))
        turns[q] = replacement.on_b if right is None else normalised(product(replacement.on_b, right))
        self.phase += replacement.phase
        if replacement.is_swapped:
            places[block.a], places[block.b] = q, p

    def rotation(self, block: RotationBlock) -> None:
        """Adds a rotation."""
        place = self.places[block.a]
        axis = self.late.pulled(place, self.vectors[block.i])
        self.items.append(AxisRotation(place, axis, block.t, block.origin))

    def barrier(self, block: BarrierBlock) -> None:
        """Adds a barrier, which takes over the turns of its places."""
        item = block.item
        places = tuple([self.places[wire] for wire in item.wires])
        self.items.append(self.late.given_to(BarrierItem(places, item.turns, item.row, item.origin)))
        for place in places:
            self.has_barrier[place] = True


def _replacements(
    form: Interactions, blocks: list[Block], axes: Axes, may_rename: bool, preserve: str
) -> dict[int, Replacement]:
    """The replacements of blocks, by the block's id."""
    vectors = axes.vectors
    several = [
        block for block in blocks if isinstance(block, PairBlock) and len(block.entries) > 1 and _is_numeric(block)
    ]
    if not several:
        return {}
    free: dict[int, Freedom] = {}
    if not fixes_phases(preserve):
        from ionqdsl.passes.interactions.boundary_blocks import freedoms

        free = freedoms(blocks, form.ends, vectors, preserve)
    wanted = [block for block in several if id(block) in free or _may_shrink(block, vectors, may_rename)]
    if not wanted:
        return {}
    import numpy as np

    from ionqdsl.algebra import weyl
    from ionqdsl.passes.interactions.boundary_blocks import others

    total = weyl.products([_factors(block, vectors) for block in wanted])
    choices = [(block, 0.0) for block in wanted]
    more = [
        (block, other)
        for block, own in zip(wanted, total, strict=True)
        if id(block) in free
        for other in others(own, free[id(block)], len(block.entries))
    ]
    if more:
        choices += [(block, other.error) for block, other in more]
        total = np.concatenate([total, [other.unitary for _, other in more]])
    decomposition = weyl.decomposed(total)
    after = decomposition.after[0].tolist(), decomposition.after[1].tolist()
    before = decomposition.before[0].tolist(), decomposition.before[1].tolist()
    coordinates, phases, errors = (
        decomposition.coordinates.tolist(),
        decomposition.phase.tolist(),
        decomposition.error.tolist(),
    )
    best = {
        id(block): (len(block.entries), WORTH * sum([abs(t) for t in _known_angles(block)]) - 1e-7) for block in wanted
    }
    winners: dict[int, tuple[int, bool]] = {}
    for index, (block, error) in enumerate(choices):
        if max(errors[index], error) > weyl.TOLERANCE:
            continue
        sizes = [abs(folded(x)[0]) for x in coordinates[index]]
        ways = [(sum([size > NOISE for size in sizes]), sum(sizes))]
        if may_rename:
            ways.append((sum([abs(size - QUARTER) > NOISE for size in sizes]), 3 * QUARTER - sum(sizes) + 1e-7))
        for is_swapped, way in enumerate(ways):
            if way < best[id(block)]:
                best[id(block)], winners[id(block)] = way, (index, bool(is_swapped))
    chosen: dict[int, Replacement] = {}
    for key, (index, is_swapped) in winners.items():
        block, error = choices[index]
        turns = (after[0][index], after[1][index], before[0][index], before[1][index])
        hints = [vectors[i] for i, _, _, _ in block.entries]
        replacement = _replacement(coordinates[index], turns, phases[index], is_swapped, hints, axes)
        chosen[key] = replacement._replace(is_other=index >= len(wanted))
        axes.neglected += 4 * (errors[index] + error)  # of entries
    return chosen


def _may_shrink(block: PairBlock, vectors: list[Vector], may_rename: bool) -> bool:
    """Whether a numeric block may take fewer interactions, or much less of their angle, by its Weyl coordinates.

    Those of interactions along axes perpendicular on both wires are their angles, which nothing can shorten but a swap,
    and two of them only if one is a quarter turn.
    """
    entries, sizes = block.entries, [abs(t) for t in _known_angles(block)]
    if min(sizes) < 2 * NOISE:
        return True
    if may_rename and (len(entries) > 2 or max(sizes) > QUARTER - 2 * NOISE):
        return True
    return not all(
        abs(dot(vectors[i], vectors[k])) < NOISE and abs(dot(vectors[j], vectors[m])) < NOISE
        for index, (i, j, _, _) in enumerate(entries)
        for k, m, _, _ in entries[:index]
    )


def _is_numeric(block: PairBlock) -> bool:
    return len(_known_angles(block)) == len(block.entries)


def _factors(block: PairBlock, vectors: list[Vector]) -> list[weyl.Factors]:
    """The interactions of a numeric block."""
    from ionqdsl.algebra.weyl import Factors

    return [Factors(vectors[i], vectors[j], t) for i, j, t, _ in block.entries if not isinstance(t, Angle)]


def _known_angles(block: PairBlock) -> list[float]:
    """The angles that are numbers."""
    return [t for _, _, t, _ in block.entries if not isinstance(t, Angle)]


def _replacement(
    coordinates: list[float], turns: Any, phase: float, is_swapped: bool, hints: list[Vector], axes: Axes
) -> Replacement:
    """The interactions of a decomposition, along the axes of the block if they can be chosen.

    U = e^{ip} (a (x) b) exp(-i sum) (c (x) d) = e^{ip} (a c (x) b d) exp(-i sum'), where c and d take the axes of sum'
    to the letters. With SWAP = e^{i pi/4} exp(-i pi/4 (XX + YY + ZZ)), U = SWAP (b (x) a) exp(...) (c (x) d)
    with a quarter subtracted from every coordinate.
    """
    a, b, c, d = (tuple(turn) for turn in turns)
    if is_swapped:
        coordinates = [x - QUARTER for x in coordinates]
        a, b, phase = b, a, phase - QUARTER
    parts = []
    local_a, local_b = IDENTITY, IDENTITY
    for x, letter, half_turn in zip(coordinates, _LETTERS, _HALF_TURNS, strict=True):
        rest, halves = folded(x)
        phase += phase_of_halves(halves)
        if halves % 2:
            local_a, local_b = product(half_turn, local_a), product(half_turn, local_b)
        if abs(rest) > NOISE:
            parts.append((turned_back(c, letter), turned_back(d, letter), rest))
        else:
            axes.neglected += abs(rest)
    on_a, on_b = product(product(a, local_a), c), product(product(b, local_b), d)
    return Replacement(_tidied(parts, hints, axes), on_a, on_b, phase, is_swapped, is_other=False)


_UNITS = 1e10


def _size(part: Part) -> int:
    """The angle in small units, so that rounding does not decide an order."""
    _, _, t = part
    return round(abs(t) * _UNITS)


def _tidied(parts: list[Part], hints: list[Vector], axes: Axes) -> list[Part]:
    """The interactions, those of equal angle along axes that the wire already has, as far as they can be chosen.

    Two that commute and have equal angles span a plane in which any pair of axes will do, three the whole space: with
    t = t', t A1 B1 + t' A2 B2 keeps its value when the A and the B turn together.
    """
    if len(parts) < 2:
        return parts
    parts = parts[::-1]
    parts.sort(key=_size)
    sizes = [abs(t) for _, _, t in parts]
    if len(parts) == 3 and max(sizes) - min(sizes) < NOISE:
        axes.neglected += 2 * (max(sizes) - min(sizes))
        return _realigned(parts, hints)
    for i in range(len(parts) - 1):
        if abs(sizes[i + 1] - sizes[i]) < NOISE:
            axes.neglected += abs(sizes[i + 1] - sizes[i])
            (u, _, _), (p, _, _) = parts[i : i + 2]
            shares = [(dot(u, hint), dot(p, hint)) for hint in hints]
            x, y = max(shares, key=_length)  # the first of equal ones
            if math.sqrt(x * x + y * y) > 0.1:
                towards = unit((x * u[0] + y * p[0], x * u[1] + y * p[1], x * u[2] + y * p[2]))
                parts[i : i + 2] = _realigned(parts[i : i + 2], [towards, cross(cross(u, p), towards)])
            return parts
    return parts


def _length(share: tuple[float, float]) -> int:
    x, y = share
    return round(math.sqrt(x * x + y * y) * _UNITS)


def _realigned(parts: list[Part], wanted: list[Vector]) -> list[Part]:
    """Parts of one angle along other axes of the same plane or space: the first of `wanted`, and axes across it."""
    _, _, t = parts[0]
    old = [(u, v if s * t > 0 else opposite(v)) for u, v, s in parts]
    first = wanted[0]
    across = next((line for line in (cross(first, hint) for hint in wanted[1:]) if dot(line, line) > 0.01), None)
    third = unit(cross(first, X if abs(first[0]) < 0.8 else Y) if across is None else across)
    new = [first, cross(third, first), third][: len(parts)]
    result = []
    for axis in new:
        x, y, z = 0.0, 0.0, 0.0
        for u, v in old:
            share = dot(axis, u)
            x, y, z = x + share * v[0], y + share * v[1], z + share * v[2]
        result.append((axis, unit((x, y, z)), t))
    return result
