"""Interactions of a block that commute are put in the order that meets their neighbours' axes.

In come blocks, the same blocks go out, those of mutually commuting interactions in another order. A wire that goes on
along the axis it is at needs no pulse in between, so a block starts, if it can, with the axes its wires are at and
ends with those that come next. Blocks themselves stay: along a wire the axes of the others cannot be reordered.
"""

from __future__ import annotations

from itertools import permutations

from ionqdsl.interactions import ROTATION
from ionqdsl.passes.pairs import Block
from ionqdsl.rotations import Axes, dot

_FREE: frozenset[int] = frozenset()


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

            entries[:] = min(map(list, permutations(entries)), key=pulses)
        at[a], at[b] = entries[-1][:2]
    return blocks


def _following(blocks: list[Block], width: int) -> list[tuple[frozenset[int], frozenset[int]]]:
    """For each block the axes its two wires may meet next; none where nothing or a fence comes."""
    ahead: list[frozenset[int]] = [_FREE] * width
    found: list[tuple[frozenset[int], frozenset[int]]] = []
    for _, a, b, _, _, entries in reversed(blocks):
        if b >= 0:
            found.append((ahead[a], ahead[b]))
            ahead[a] = frozenset([entry[0] for entry in entries])
            ahead[b] = frozenset([entry[1] for entry in entries])
        elif b == ROTATION:
            found.append((ahead[a], _FREE))
            ahead[a] = frozenset([entries[0][0]])
        else:
            found.append((_FREE, _FREE))
            for wire in entries[2]:
                ahead[wire] = _FREE
    found.reverse()
    return found


def _commute(entries: list[tuple[int, int]], axes: Axes) -> bool:
    return all(
        _steps(axes, one[0], other[0]) == 1 and _steps(axes, one[1], other[1]) == 1
        for index, one in enumerate(entries)
        for other in entries[:index]
    )


def _steps(axes: Axes, i: int, j: int) -> int:
    if i == j:
        return 0
    return 1 if abs(dot(axes.vectors[i], axes.vectors[j])) < 1e-9 else 2
