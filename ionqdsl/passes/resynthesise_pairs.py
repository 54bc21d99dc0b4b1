"""Rewrites each block of a pair of wires with as few interactions as its unitary needs, or fewer and a swap.

Takes blocks and returns an interaction form. A block is replaced if that takes fewer interactions, or as many with a
much smaller total angle. Under a contract that allows renaming the |0> inputs a swap costs nothing: the wires of all
items before it are exchanged instead, and the outputs stay in place.
"""

from __future__ import annotations

import math
from typing import Any

from ionqdsl.algebra.interactions import BARRIER_ROW, QUARTER, Interactions, Item, folded, phase_of_halves
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
from ionqdsl.ir.rounding import NOISE
from ionqdsl.passes.pairs import Block

_LETTERS = (X, Y, Z)
_HALF_TURNS = tuple(turn(axis, math.pi) for axis in _LETTERS)

WORTH = 0.6
"""As many interactions replace a block only if their total angle is below this share: other axes cost pulses."""

Part = tuple[Vector, Vector, float]

Replacement = tuple[list[Part], Turn, Turn, float, bool]
"""Interactions, a turn on each wire after them, a phase in radians, and whether the two wires are then exchanged."""


def resynthesised(form: Interactions, blocks: list[Block], axes: Axes, may_rename: bool) -> Interactions:
    """The form with its blocks replaced; `form.ends` and `form.phase` are already those that follow the blocks."""
    chosen = _replacements(blocks, axes, may_rename)
    if not chosen:
        return form
    width, vectors = form.width, axes.vectors
    frames: list[Turn | None] = [None] * width  # by place
    places = list(range(width))  # the place of the wire of each name
    fenced: set[int] = set()
    items: list[Item] = []
    phase = 0.0
    for block in blocks:
        _, a, b, _, _, entries = block
        if b < 0:
            if b == BARRIER_ROW:
                _, _, wires, turns, op, origin = entries
                where = tuple([places[q] for q in wires])
                fenced.update(where)
                turns = tuple([product(end, frames[q] or IDENTITY) for end, q in zip(turns, where, strict=True)])
                items.append((-1, BARRIER_ROW, where, turns, op, origin))
                for q in where:
                    frames[q] = None
            else:
                p = places[a]
                frame = frames[p]
                for i, _, t, origin in entries:
                    u = vectors[i] if frame is None else turned_back(frame, vectors[i])
                    items.append((p, b, u, None, t, origin))
            continue
        p, q = places[a], places[b]
        left, right = frames[p], frames[q]
        replacement = chosen.get(id(block))
        if replacement is not None and replacement[4] and (p in fenced or q in fenced):
            replacement = None
        parts: Any
        if replacement is None:
            parts = [(vectors[i], vectors[j], t, origin) for i, j, t, origin in entries]
        else:
            parts = [(u, v, t, entries[-1][3]) for u, v, t in replacement[0]]
        for u, v, t, origin in parts:
            if left is not None:
                u = turned_back(left, u)
            if right is not None:
                v = turned_back(right, v)
            items.append((p, q, u, v, t, origin))
        if replacement is not None:
            _, on_a, on_b, extra, is_swapped = replacement
            frames[p] = normalised(product(on_a, left)) if left else on_a
            frames[q] = normalised(product(on_b, right)) if right else on_b
            phase += extra
            if is_swapped:
                places[a], places[b] = q, p
    ends = [
        end if frames[places[wire]] is None else normalised(product(end, frames[places[wire]] or IDENTITY))
        for wire, end in enumerate(form.ends)
    ]
    inputs = form.inputs
    if places != sorted(places):
        items = _renamed(items, places)
        before = inputs or tuple(range(width))
        inputs = tuple([before[place] for place in places])
    return Interactions(width, items, ends, form.phase + Angle(0, phase), inputs, form.neglected)


def _renamed(items: list[Item], places: list[int]) -> list[Item]:
    """The items with each place named after the wire that ends there."""
    names = {place: wire for wire, place in enumerate(places)}
    names[-1] = -1
    names[BARRIER_ROW] = BARRIER_ROW
    return [
        (a, b, tuple([names[q] for q in u]), v, t, origin)
        if b == BARRIER_ROW
        else (names[a], names[b] if b >= 0 else b, u, v, t, origin)
        for a, b, u, v, t, origin in items
    ]


def _replacements(blocks: list[Block], axes: Axes, may_rename: bool) -> dict[int, Replacement]:
    """The replacements of blocks, by the block's id."""
    wanted = [block for block in blocks if block[2] >= 0 and len(block[5]) > 1 and _is_numeric(block)]
    if not wanted:
        return {}
    import numpy as np

    from ionqdsl.algebra import weyl

    vectors = axes.vectors
    longest = max(len(block[5]) for block in wanted)
    wanted.sort(key=lambda block: -len(block[5]))
    total = np.broadcast_to(np.eye(4, dtype=complex), (len(wanted), 4, 4)).copy()
    for step in range(longest):
        rows = [block[5][step] for block in wanted if len(block[5]) > step]
        u = np.array([vectors[row[0]] for row in rows])
        v = np.array([vectors[row[1]] for row in rows])
        t = np.array([row[2] for row in rows])
        total[: len(rows)] = weyl.interaction_matrices(u, v, t) @ total[: len(rows)]
    decomposition = weyl.decomposed(total)
    after = decomposition.after[0].tolist(), decomposition.after[1].tolist()
    before = decomposition.before[0].tolist(), decomposition.before[1].tolist()
    coordinates, phases, errors = (
        decomposition.coordinates.tolist(),
        decomposition.phase.tolist(),
        decomposition.error.tolist(),
    )
    chosen: dict[int, Replacement] = {}
    for index, block in enumerate(wanted):
        entries = block[5]
        old = (len(entries), WORTH * sum([abs(entry[2]) for entry in entries]) - 1e-7)
        if errors[index] > weyl.TOLERANCE:
            continue
        sizes = [abs(folded(x)[0]) for x in coordinates[index]]
        direct = (sum([size > NOISE for size in sizes]), sum(sizes))
        is_swapped = False
        best = min(old, direct)
        if may_rename:
            swapped = (sum([abs(size - QUARTER) > NOISE for size in sizes]), 3 * QUARTER - sum(sizes) + 1e-7)
            is_swapped = swapped < best
        if is_swapped or direct < old:
            turns = (after[0][index], after[1][index], before[0][index], before[1][index])
            found_parts = _replacement(coordinates[index], turns, phases[index], is_swapped, axes)
            hints = [vectors[entry[0]] for entry in entries]
            chosen[id(block)] = (_tidied(found_parts[0], hints, axes), *found_parts[1:])
            axes.neglected += 4 * errors[index]  # of entries
    return chosen


def _is_numeric(block: Block) -> bool:
    return not any(isinstance(entry[2], Angle) for entry in block[5])


def _replacement(coordinates: list[float], turns: Any, phase: float, is_swapped: bool, axes: Axes) -> Replacement:
    """The interactions of a decomposition.

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
    return parts, product(product(a, local_a), c), product(product(b, local_b), d), phase, is_swapped


def _tidied(parts: list[Part], hints: list[Vector], axes: Axes) -> list[Part]:
    """The interactions, those of equal angle along axes that the wire already has, as far as they can be chosen.

    Two that commute and have equal angles span a plane in which any pair of axes will do, three the whole space: with
    t = t', t A1 B1 + t' A2 B2 keeps its value when the A and the B turn together.
    """
    if len(parts) < 2:
        return parts
    parts = sorted(parts, key=lambda part: abs(part[2]))
    sizes = [abs(part[2]) for part in parts]
    if len(parts) == 3 and sizes[2] - sizes[0] < NOISE:
        axes.neglected += 2 * (sizes[2] - sizes[0])
        return _realigned(parts, hints)
    for i in range(len(parts) - 1):
        if sizes[i + 1] - sizes[i] < NOISE:
            axes.neglected += sizes[i + 1] - sizes[i]
            u, p = parts[i][0], parts[i + 1][0]
            size, x, y = max((math.hypot(dot(u, hint), dot(p, hint)), dot(u, hint), dot(p, hint)) for hint in hints)
            if size > 0.1:
                towards = unit((x * u[0] + y * p[0], x * u[1] + y * p[1], x * u[2] + y * p[2]))
                parts[i : i + 2] = _realigned(parts[i : i + 2], [towards, cross(cross(u, p), towards)])
            return parts
    return parts


def _realigned(parts: list[Part], wanted: list[Vector]) -> list[Part]:
    """Parts of one angle along other axes of the same plane or space: the first of `wanted`, and axes across it."""
    t = parts[0][2]
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
