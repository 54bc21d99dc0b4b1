"""Orders the commuting interactions of a block so that their axes match the neighbouring blocks.

Takes and returns blocks; mutually commuting interactions change their order, and their axes if their angles are equal.
A wire needs no pulse between two equal axes, so a block begins, if it can, with the axes that its wires had last and
ends with those that come next. The blocks themselves stay: other items on a wire do not commute with them.
"""

from __future__ import annotations

from itertools import permutations
from typing import Any

from ionqdsl.algebra.interactions import ROTATION
from ionqdsl.algebra.rotations import Axes, Vector, cross, dot, opposite, unit
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE
from ionqdsl.passes.pairs import MIXED, Block

_FREE: frozenset[int] = frozenset()

Entry = tuple[int, int, float, Any]


def order_blocks(blocks: list[Block], axes: Axes, width: int) -> list[Block]:
    """Reorders entries in place; the number of pulses between two axes is counted as on a `zz` machine."""
    if not any(block[2] >= 0 and len(block[5]) > 1 for block in blocks):
        return blocks
    following = _following(blocks, width)
    at: list[int] = [axes.number((0.0, 0.0, 1.0)) & -2] * width
    for block, (next_a, next_b) in zip(blocks, following, strict=True):
        _, a, b, _, _, entries = block
        if b < 0:
            if b == ROTATION:
                at[a] = entries[0][0]
            continue
        if len(entries) > 1 and _commute(entries, axes):
            from_a, from_b = at[a], at[b]

            def pulses(
                order: list[tuple[int, int]],
                from_a: int = from_a,
                from_b: int = from_b,
                next_a: frozenset[int] = next_a,
                next_b: frozenset[int] = next_b,
            ) -> int:
                (i, j), (k, m) = order[0][:2], order[-1][:2]
                return (
                    _steps(axes, from_a, i)
                    + _steps(axes, from_b, j)
                    + min([_steps(axes, k, axis) for axis in next_a], default=0)
                    + min([_steps(axes, m, axis) for axis in next_b], default=0)
                )

            choices = list(map(list, permutations(entries)))
            if len(entries) == 3 and _is_isotropic(entries):
                choices += _realigned(entries, axes, (from_a, from_b), (next_a, next_b))
            best = min(choices, key=pulses)
            if best != entries:
                axes.neglected += _rounding(entries, axes)
            entries[:] = best
            block[3] = block[4] = MIXED
        at[a], at[b] = entries[-1][:2]
    return blocks


def _rounding(entries: list[Entry], axes: Axes) -> float:
    """A bound for the error of reordering commuting interactions, or of other axes for those of equal angle."""
    vectors = axes.vectors
    total = 0.0
    for index, (i, j, _, _) in enumerate(entries):
        for k, m, _, _ in entries[:index]:
            total += 2 * (abs(dot(vectors[i], vectors[k])) + abs(dot(vectors[j], vectors[m])))
    if len(entries) == 3 and _is_isotropic(entries):
        sizes = [abs(angle) for _, _, angle, _ in entries]
        total += 2 * (max(sizes) - min(sizes))
    return total


def _is_isotropic(entries: list[Entry]) -> bool:
    """Whether all interactions have one known angle, up to signs."""
    angles: list[Any] = [angle for _, _, angle, _ in entries]
    if any(isinstance(angle, Angle) for angle in angles):
        return False
    return bool(max(map(abs, angles)) - min(map(abs, angles)) < NOISE)


def _realigned(
    entries: list[Entry], axes: Axes, at: tuple[int, int], ahead: tuple[frozenset[int], frozenset[int]]
) -> list[list[Entry]]:
    """Three commuting interactions of one angle along other axes: any frame of wire a will do, and fixes wire b's.

    The first axis is the last one of a wire, the last one perpendicular to an axis that a wire meets next.
    """
    vectors = axes.vectors
    t, origin = abs(entries[0][2]), entries[0][3]
    pairs = [(vectors[i], vectors[j] if angle > 0 else opposite(vectors[j])) for i, j, angle, _ in entries]
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
                blocks_realigned = []
                for axis in frame:
                    i, j = axes.number(axis), axes.number(_image(pairs, axis))
                    blocks_realigned.append((i & -2, j & -2, -t if (i ^ j) & 1 else t, origin))
                choices.append(blocks_realigned)
    return choices


def _image(pairs: list[tuple[Vector, Vector]], vector: Vector) -> Vector:
    """The image of a vector under the rotation that takes the first of every pair to the second."""
    x, y, z = 0.0, 0.0, 0.0
    for u, v in pairs:
        share = dot(u, vector)
        x, y, z = x + share * v[0], y + share * v[1], z + share * v[2]
    return unit((x, y, z))


def _following(blocks: list[Block], width: int) -> list[tuple[frozenset[int], frozenset[int]]]:
    """For each block the axes that its two wires may meet next; none before a barrier or the end."""
    ahead: list[frozenset[int]] = [_FREE] * width
    meetings: list[tuple[frozenset[int], frozenset[int]]] = []
    for _, a, b, _, _, entries in reversed(blocks):
        if b >= 0:
            meetings.append((ahead[a], ahead[b]))
            ahead[a] = frozenset([entry[0] for entry in entries])
            ahead[b] = frozenset([entry[1] for entry in entries])
        elif b == ROTATION:
            meetings.append((ahead[a], _FREE))
            ahead[a] = frozenset([entries[0][0]])
        else:
            meetings.append((_FREE, _FREE))
            for wire in entries[2]:
                ahead[wire] = _FREE
    meetings.reverse()
    return meetings


def _commute(entries: list[tuple[int, int]], axes: Axes) -> bool:
    return all(
        _steps(axes, one[0], other[0]) == 1 and _steps(axes, one[1], other[1]) == 1
        for index, one in enumerate(entries)
        for other in entries[:index]
    )


def _steps(axes: Axes, i: int, j: int) -> int:
    if i == j:
        return 0
    return 1 if abs(dot(axes.vectors[i], axes.vectors[j])) < NOISE else 2
