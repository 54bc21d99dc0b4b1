"""Orders the commuting interactions of a block so that their axes match the neighbouring blocks.

Takes and returns blocks; mutually commuting interactions change their order, and their axes if their angles are equal.
A wire needs no pulse between two equal axes. So a block begins, if it can, with the last axes of its wires before it,
and ends with the first ones after it. The blocks themselves stay: other items on a wire do not commute with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

from ionqdsl.algebra.rotations import Axes, Vector, cross, dot, opposite, unit
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE
from ionqdsl.passes.interactions.pairs import BarrierBlock, Block, Entry, PairBlock, RotationBlock

_FREE: frozenset[int] = frozenset()

Ahead = tuple[frozenset[int], frozenset[int]]
"""The axes that the two wires of a block may meet next."""


def order_blocks(blocks: list[Block], axes: Axes, width: int) -> list[Block]:
    """Reorders entries in place; the number of pulses between two axes is counted as on a `zz` machine."""
    if not any(isinstance(block, PairBlock) and len(block.entries) > 1 for block in blocks):
        return blocks
    at: list[int] = [axes.number((0.0, 0.0, 1.0)) & -2] * width
    for block, ahead in zip(blocks, _following(blocks, width), strict=True):
        match block:
            case PairBlock():
                a, b, entries = block.a, block.b, block.entries
                if len(entries) > 1 and _commute(entries, axes):
                    best = _cheapest(entries, axes, (at[a], at[b]), ahead)
                    if best != entries:
                        axes.neglected += _rounding(entries, axes)
                    entries[:] = best
                at[a], at[b], _, _ = entries[-1]
            case RotationBlock():
                at[block.a] = block.i
    return blocks


def _cheapest(entries: list[Entry], axes: Axes, at: tuple[int, int], ahead: Ahead) -> list[Entry]:
    """The order, or the other axes, with the fewest pulses before and after."""
    (at_a, at_b), (next_a, next_b) = at, ahead
    vectors = axes.vectors

    def pulses(order: list[Entry]) -> int:
        (i, j, _, _), (k, m, _, _) = order[0], order[-1]
        total = _steps(vectors, at_a, i) + _steps(vectors, at_b, j)
        if next_a:
            total += 0 if k in next_a else min([_steps(vectors, k, axis) for axis in next_a])
        if next_b:
            total += 0 if m in next_b else min([_steps(vectors, m, axis) for axis in next_b])
        return total

    choices = list(map(list, permutations(entries)))
    if len(entries) == 3 and _isotropic_sizes(entries):
        choices += _realigned(entries, axes, at, ahead)
    return min(choices, key=pulses)


def _rounding(entries: list[Entry], axes: Axes) -> float:
    """A bound for the error of reordering commuting interactions, or of other axes for those of equal angle."""
    vectors = axes.vectors
    total = 0.0
    for index, (i, j, _, _) in enumerate(entries):
        for k, m, _, _ in entries[:index]:
            total += 2 * (abs(dot(vectors[i], vectors[k])) + abs(dot(vectors[j], vectors[m])))
    sizes = _isotropic_sizes(entries)
    if len(entries) == 3 and sizes:
        total += 2 * (max(sizes) - min(sizes))
    return total


def _isotropic_sizes(entries: list[Entry]) -> list[float]:
    """The sizes of the angles if they are one known angle, up to signs; otherwise none."""
    sizes = [abs(t) for _, _, t, _ in entries if not isinstance(t, Angle)]
    return sizes if len(sizes) == len(entries) and max(sizes) - min(sizes) < NOISE else []


def _realigned(entries: list[Entry], axes: Axes, at: tuple[int, int], ahead: Ahead) -> list[list[Entry]]:
    """Three commuting interactions of one angle along other axes: any frame of wire a will do, and fixes wire b's.

    The first axis is the last one of a wire, the last one perpendicular to an axis that a wire meets next.
    """
    vectors = axes.vectors
    t, (*_, origin) = _isotropic_sizes(entries)[0], entries[0]
    pairs = [(vectors[i], _along(vectors[j], t)) for i, j, t, _ in entries]
    back = [(v, u) for u, v in pairs]
    firsts = [vectors[at[0]], _image(back, vectors[at[1]])]
    nexts = [vectors[i] for i in sorted(ahead[0])[:1]] + [_image(back, vectors[j]) for j in sorted(ahead[1])[:1]]
    choices = []
    for first in firsts:
        for goal in nexts or [pairs[0][0]]:
            normal = cross(first, goal)
            if dot(normal, normal) < 0.01:
                continue
            normal = unit(normal)
            flat = cross(normal, first)
            for frame in ((first, flat, normal), (first, normal, flat)):
                choice: list[Entry] = []
                for axis in frame:
                    i, j = axes.number(axis), axes.number(_image(pairs, axis))
                    choice.append((i & -2, j & -2, -t if (i ^ j) & 1 else t, origin))
                choices.append(choice)
    return choices


def _along(vector: Vector, t: float | Angle) -> Vector:
    """The vector, or its opposite for a negative number."""
    return opposite(vector) if isinstance(t, float) and t < 0 else vector


def _image(pairs: list[tuple[Vector, Vector]], vector: Vector) -> Vector:
    """The image of a vector under the rotation that takes the first of every pair to the second."""
    x, y, z = 0.0, 0.0, 0.0
    for u, v in pairs:
        share = dot(u, vector)
        x, y, z = x + share * v[0], y + share * v[1], z + share * v[2]
    return unit((x, y, z))


def _following(blocks: list[Block], width: int) -> list[Ahead]:
    """For each block the axes that its two wires may meet next; none before a barrier or the end."""
    ahead: list[frozenset[int]] = [_FREE] * width
    meetings: list[Ahead] = []
    for block in reversed(blocks):
        match block:
            case PairBlock():
                a, b = block.a, block.b
                meetings.append((ahead[a], ahead[b]))
                ahead[a] = frozenset([i for i, _, _, _ in block.entries])
                ahead[b] = frozenset([j for _, j, _, _ in block.entries])
            case RotationBlock():
                meetings.append((ahead[block.a], _FREE))
                ahead[block.a] = frozenset([block.i])
            case BarrierBlock():
                meetings.append((_FREE, _FREE))
                for wire in block.item.wires:
                    ahead[wire] = _FREE
    meetings.reverse()
    return meetings


def _commute(entries: list[Entry], axes: Axes) -> bool:
    vectors = axes.vectors
    for index, (i, j, _, _) in enumerate(entries):
        for k, m, _, _ in entries[:index]:
            if _steps(vectors, i, k) != 1 or _steps(vectors, j, m) != 1:
                return False
    return True


def _steps(vectors: Sequence[Vector], i: int, j: int) -> int:
    """Pulses from an axis to another one."""
    if i == j:
        return 0
    u, v = vectors[i], vectors[j]
    return 1 if abs(u[0] * v[0] + u[1] * v[1] + u[2] * v[2]) < NOISE else 2
