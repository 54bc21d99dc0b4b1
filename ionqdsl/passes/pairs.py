"""Gathers interactions into blocks by pairs of wires, sliding them past items that they commute with.

Takes an interaction form and returns blocks in order: runs of interactions of one pair that no other item need
separate. Parallel interactions of a pair merge into one; half turns beyond a quarter turn become local half turns,
which only turn later axes. Two interactions commute if their axes on every shared wire are parallel or, on the same
pair, both perpendicular; axes are numbered, so this compares integers.
"""

from __future__ import annotations

import math
from typing import Any

from ionqdsl.algebra.interactions import BARRIER_ROW, ROTATION, Interactions, Item, folded, phase_of_halves
from ionqdsl.algebra.rotations import IDENTITY, Axes, Turn, dot, normalised, product, turn, turned_back
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE, sized
from ionqdsl.record import changed

Block = list[Any]
"""[place, a, b, axis on a, axis on b, entries]: entries (axis, axis, t, origin), axes even numbers, signs in t.

The axis of a block is MIXED if its entries differ. Rotations have b == ROTATION; the `entries` of a barrier are its
item, and its axes are MIXED.
"""

MIXED = -1
REACH = 150
"""The most blocks of a wire that an interaction slides past."""


def gathered(form: Interactions, axes: Axes) -> tuple[list[Block], list[Turn], float]:
    """The blocks in order, the turn that follows them on each wire, and the phase in radians that they lack."""
    chains: list[list[Block]] = [[] for _ in range(form.width)]
    latest: dict[tuple[int, int], list[Block]] = {}
    frames: list[Turn | None] = [None] * form.width  # half turns so far, to be put at the end
    phase = 0.0
    blocks: list[Block] = []
    number, numbers = axes.number, axes
    for place, (a, b, u, v, t, origin) in enumerate(form.items):
        if b >= 0:
            if a > b:
                a, b, u, v = b, a, v, u
            left, right = frames[a], frames[b]
            if left is not None:
                u = turned_back(left, u)
            if right is not None:
                v = turned_back(right, v)
            i, j = number(u), number(v)
            if (i ^ j) & 1:
                t = -t
            i &= -2
            j &= -2
            chain, other = chains[a], chains[b]
            stack = latest.get((a, b))
            if stack is None:
                stack = latest[a, b] = []
            block = _reached(stack, chain, other, a, b, i, j) if stack else None
            if block is None:
                block = [float(place), a, b, i, j, [(i, j, t, origin)]]
                blocks.append(block)
                chain.append(block)
                other.append(block)
                stack.append(block)
                continue
            halves = _joined(block[5], i, j, t, origin, numbers)
            if halves:
                phase += phase_of_halves(halves)
                if halves % 2:
                    frames[a] = product(left or IDENTITY, turn(numbers.vectors[i], math.pi))
                    frames[b] = product(right or IDENTITY, turn(numbers.vectors[j], math.pi))
            entries = block[5]
            if not entries:
                _forget(chain, block)
                _forget(other, block)
                stack.pop()
            else:
                i, j = entries[0][0], entries[0][1]
                block[3] = i if all(entry[0] == i for entry in entries) else MIXED
                block[4] = j if all(entry[1] == j for entry in entries) else MIXED
        elif b == ROTATION:
            left = frames[a]
            i = number(u if left is None else turned_back(left, u))
            if i & 1:
                i, t = i - 1, -t
            block = _met(chains[a], a, i)
            if block is None:
                block = [float(place), a, b, i, MIXED, [(i, MIXED, t, origin)]]
                blocks.append(block)
                chains[a].append(block)
                continue
            total = sized(block[5][0][2] + t)
            if isinstance(total, Angle):
                block[5][0] = (i, MIXED, total, block[5][0][3])
            else:  # the parameters cancel: the rotation commutes with all it has met and turns later axes
                del block[5][:]
                _forget(chains[a], block)
                frames[a] = product(left or IDENTITY, turn(numbers.vectors[i], 2 * total))
        else:
            turns = tuple([product(before, frames[q] or IDENTITY) for q, before in zip(u, v, strict=True)])
            block = [float(place), a, b, MIXED, MIXED, (a, b, u, turns, t, origin)]
            blocks.append(block)
            for q in u:
                frames[q] = None
                chains[q].append(block)
    ends = [end if frame is None else product(end, frame) for end, frame in zip(form.ends, frames, strict=True)]
    blocks = [block for block in blocks if block[5]]
    blocks.sort(key=_place)
    return blocks, ends, phase


def _place(block: Block) -> float:
    place: float = block[0]
    return place


def _reached(
    stack: list[Block], chain: list[Block], other: list[Block], a: int, b: int, i: int, j: int
) -> Block | None:
    """The last block of the pair if the new interaction can slide back to it, or the two can slide to each other."""
    target = stack[-1]
    blocker = _blocker(chain, target, a, i)
    stopped = _blocker(other, target, b, j)
    if blocker is None and stopped is None:
        return target
    # The block may slide too: to just after the last row that the interaction cannot pass.
    cut = max(-1.0 if blocker is None else blocker, -1.0 if stopped is None else stopped)
    if cut == math.inf or (target[3] == MIXED and target[4] == MIXED):
        return None
    nexts = cut + 1.0
    for wire, line, axis in ((a, chain, target[3]), (b, other, target[4])):
        for block in reversed(line):
            if block is target:
                break
            if block[0] > cut:
                nexts = min(nexts, block[0])
            elif (block[3] if block[1] == wire else block[4]) != axis or axis == MIXED:
                return None
    if nexts - cut < 1e-6:
        return None
    target[0] = (cut + nexts) / 2
    for line in (chain, other):
        _forget(line, target)
        index = len(line)
        while index and line[index - 1][0] > target[0]:
            index -= 1
        line.insert(index, target)
    return target


def _blocker(chain: list[Block], target: Block, wire: int, axis: int) -> float | None:
    """The place of the last block after the target that is not parallel on the wire, None if none; inf if too far."""
    steps = REACH
    for block in reversed(chain):
        if block is target:
            return None
        if (block[3] if block[1] == wire else block[4]) != axis:
            place: float = block[0]
            return place
        steps -= 1
        if not steps:
            return math.inf
    return math.inf


def _joined(entries: list[Any], i: int, j: int, t: Any, origin: Any, axes: Axes) -> int:
    """Adds an interaction to a block, merged with a parallel one if it can reach it; returns the half turns left."""
    for index in range(len(entries) - 1, -1, -1):
        k, m, before, place = entries[index]
        if k == i and m == j:
            if isinstance(before, Angle) or isinstance(t, Angle):
                total = sized(_angle(before) + _angle(t))
                if isinstance(total, Angle):
                    entries[index] = (i, j, total, place)
                    return 0
                before, t = 0.0, total
            rest, halves = folded(before + t)
            if abs(rest) > NOISE:
                entries[index] = (i, j, rest, place)
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


def _met(chain: list[Block], wire: int, axis: int) -> Block | None:
    """An earlier rotation about the same axis that a rotation can reach."""
    for block in reversed(chain):
        if (block[3] if block[1] == wire else block[4]) != axis:
            return None
        if block[2] == ROTATION:
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


def items_of(blocks: list[Block], axes: Axes) -> list[Item]:
    """The blocks as items again, in order."""
    vectors = axes.vectors
    items: list[Item] = []
    for _, a, b, _, _, entries in blocks:
        if b >= 0:
            items += [(a, b, vectors[i], vectors[j], t, origin) for i, j, t, origin in entries]
        elif b == BARRIER_ROW:
            items.append(entries)
        else:
            items += [(a, b, vectors[i], None, t, origin) for i, _, t, origin in entries]
    return items


def swept(form: Interactions, axes: Axes) -> tuple[Interactions, list[Block]]:
    """The form after one sweep of sliding and merging, and the blocks its items are in.

    Its rounding is added to `axes.neglected` and not to the form's.
    """
    blocks, ends, phase = gathered(form, axes)
    ends = [normalised(end) for end in ends]
    phases = form.phase + Angle(0, phase)
    return Interactions(form.width, items_of(blocks, axes), ends, phases, form.inputs, form.neglected), blocks


def merged(form: Interactions) -> Interactions:
    """The form after one sweep."""
    axes = Axes()
    result, _ = swept(form, axes)
    return changed(result, neglected=result.neglected + axes.neglected)
