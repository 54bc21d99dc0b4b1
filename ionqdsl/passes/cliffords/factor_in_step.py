"""Searches as factor_cliffords.py describes, with numpy, where the compiled kernel is not there.

A state is an array (sides, x or z, wires) of columns of a tableau, 64-bit words with the X row of pair q in bit 2q and
its Z row above; states advance in step.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.passes.cliffords.factors import Factor, Goal, terms_of

Words = NDArray[Any]

MORE = 4
"""So many times the states that are kept are compared, because many are equal."""

EVEN = 0x5555555555555555


class _Step(NamedTuple):
    before: int
    factor: Factor


class _Columns(NamedTuple):
    """Blocks of rank 1 or 2, and of rank 2, as bits 2q of words, without the block at home; the cost of that one."""

    some: Words
    full: Words
    home: Words


def factors_in_step(rows: bytes, goal: Goal) -> list[Factor] | None:
    """The search over arrays (states, sides, x or z, wires) of columns."""
    states = _tableaus(rows, goal)
    last, steps = [-1], list[_Step]()
    if _is_goal(states[0], goal):
        return []
    for _ in range(goal.limit):
        costs, children = _children(states, goal)
        seen: set[int] = set()
        chosen, made = [], []
        for place in np.argsort(costs, kind="stable")[: MORE * goal.places].tolist():
            which, *numbers = children[place].tolist()
            step = _Step(last[which], Factor(*numbers))
            state = _multiplied(states[which], step.factor, goal)
            key = _key(state, goal)
            if key in seen:
                continue
            seen.add(key)
            chosen.append(state)
            made.append(len(steps))
            steps.append(step)
            if _is_goal(state, goal):
                return _traced(steps)
            if len(chosen) == goal.places:
                break
        if not chosen:
            return None
        states, last = np.stack(chosen), made
    return None


def _traced(steps: list[_Step]) -> list[Factor]:
    """The factors that led to the last step."""
    found, place = [], len(steps) - 1
    while place >= 0:
        found.append(steps[place].factor)
        place = steps[place].before
    return found[::-1]


def _tableaus(rows: bytes, goal: Goal) -> Words:
    """The first state: the columns, and those of the inverse, whose blocks are transposed with X and Z exchanged."""
    strings = np.frombuffer(rows, np.uint64).reshape(-1, 2)
    width = len(strings) // 2
    bits = (strings[:, :, None] >> np.arange(width, dtype=np.uint64)) & np.uint64(1)  # (rows, x or z, wires)
    powers = np.uint64(1) << np.arange(2 * width, dtype=np.uint64)
    own: Words = (bits * powers[:, None, None]).sum(axis=0, dtype=np.uint64)
    if goal.sides < 2:
        return own[None, None]
    blocks = bits.reshape(width, 2, 2, width).transpose(3, 2, 1, 0)[:, ::-1, ::-1].reshape(2 * width, 2, width)
    both: Words = np.stack([own, (blocks * powers[:, None, None]).sum(axis=0, dtype=np.uint64)])
    return both[None]


def _columns(x: Words, z: Words, wires: Words, goal: Goal) -> _Columns:
    one, even = np.uint64(1), np.uint64(EVEN)
    some = (x | z | x >> one | z >> one) & even
    full = ((x & z >> one) ^ (x >> one & z)) & even
    if not goal.is_still:
        return _Columns(some, full, np.zeros(some.shape, np.int64))
    own = one << (2 * wires).astype(np.uint64)
    home = np.where(full & own, 0, np.where(some & own, 3, 4))
    return _Columns(some & ~own, full & ~own, home)


def _costs(columns: _Columns, wires: Words, width: int) -> Words:
    """The cost of each block: (..., wires)."""
    places = np.uint64(2) * np.arange(width, dtype=np.uint64)
    some, full = ((part[..., None] >> places & np.uint64(1)).astype(np.int64) for part in columns[:2])
    costs: Words = 2 * some + full
    return costs + np.where(wires[..., None] == np.arange(width), columns.home[..., None], 0)


def _children(states: Words, goal: Goal) -> tuple[Words, Words]:
    """The cost of each child, then its state, side and generators, in order of these."""
    width = states.shape[3]
    terms = np.array(terms_of(width, goal.power), np.int64)[2 if goal.is_still else 0 :]
    x, z = states[:, :, 0], states[:, :, 1]  # (states, sides, wires)
    wires = np.arange(width)
    left, right = np.triu_indices(width, 1)
    before = _costs(_columns(x, z, wires, goal), wires, width)  # (states, sides, wires, pairs)
    rows, columns = before.sum(axis=2), before.sum(axis=3)
    total = (terms[rows] + terms[columns]).sum(axis=2)
    some = _blocks(x, z, width)
    meets = (some[:, :, left] & some[:, :, right]).any(axis=3)
    if goal.is_still:
        meets |= some[:, :, left, right] | some[:, :, right, left]
    state, side, pair = np.nonzero(meets)
    a, b = left[pair], right[pair]
    xa, za, xb, zb = (part[state, side, wire] for wire in (a, b) for part in (x, z))
    ends = total[state, side] - terms[columns[state, side, a]] - terms[columns[state, side, b]]
    own_rows = rows[state, side]
    rest = own_rows - before[state, side, a] - before[state, side, b]
    costs = np.empty((len(a), 9), np.int64)
    for kind in range(9):
        p, q = divmod(kind, 3)
        changed = (za if p < 2 else 0) ^ (xa if p else 0) ^ (zb if q < 2 else 0) ^ (xb if q else 0)
        at_a = _costs(_columns(xa ^ changed if p < 2 else xa, za ^ changed if p else za, a, goal), a, width)
        at_b = _costs(_columns(xb ^ changed if q < 2 else xb, zb ^ changed if q else zb, b, goal), b, width)
        own = terms[at_a.sum(axis=1)] + terms[at_b.sum(axis=1)]
        costs[:, kind] = ends + own + (terms[rest + at_a + at_b] - terms[own_rows]).sum(axis=1)
    kinds = np.arange(9)
    firsts, seconds = 3 * a[:, None] + kinds // 3, 3 * b[:, None] + kinds % 3
    which, sides = (np.repeat(part[:, None], 9, axis=1) for part in (state, side))
    return costs.ravel(), np.stack([which, sides, firsts, seconds], axis=2).reshape(-1, 4)


def _blocks(x: Words, z: Words, width: int) -> Words:
    """Whether there is a block, also at home: (..., wires, pairs)."""
    places = np.uint64(2) * np.arange(width, dtype=np.uint64)
    has_block: Words = ((x | z)[..., None] >> places & np.uint64(3)) > 0
    return has_block


def _multiplied(state: Words, factor: Factor, goal: Goal) -> Words:
    """The state after a factor: it acts on two columns of its side, and on the rows of the inverse."""
    state = state.copy()
    (a, p), (b, q) = divmod(factor.first, 3), divmod(factor.second, 3)
    x, z = state[factor.side]
    changed = (z[a] if p < 2 else 0) ^ (x[a] if p else 0) ^ (z[b] if q < 2 else 0) ^ (x[b] if q else 0)
    for columns, wire, has in ((x, a, p < 2), (z, a, p > 0), (x, b, q < 2), (z, b, q > 0)):
        if has:
            columns[wire] ^= changed
    if goal.sides == 2:
        own = ((p < 2) | (p > 0) << 1) << 2 * a | ((q < 2) | (q > 0) << 1) << 2 * b
        other = (own & EVEN) << 1 | own >> 1 & EVEN
        inverse = state[1 - factor.side]
        odd = np.bitwise_count(inverse & np.uint64(own)) & 1
        inverse ^= np.where(odd == 1, np.uint64(other), np.uint64(0))
    return state


_WORD = (1 << 64) - 1


def _mixed(word: int) -> int:
    word = ((word ^ word >> 30) * 0xBF58476D1CE4E5B9) & _WORD
    word = ((word ^ word >> 27) * 0x94D049BB133111EB) & _WORD
    return word ^ word >> 31


def _key(state: Words, goal: Goal) -> int:
    """The same for states that differ by one-qubit Cliffords at the start, and by wires if these may be exchanged."""
    key = 0
    for wire, (x, z) in enumerate(state[0].T.tolist()):
        letters = sum(_mixed(each + 1) for each in (x, z, x ^ z))
        key += _mixed((letters + (wire if goal.is_still else 0) * 0x9E3779B97F4A7C15) & _WORD)
    return key & _WORD


def _is_goal(state: Words, goal: Goal) -> bool:
    """Whether every wire has one block, if need be its own."""
    blocks = _blocks(state[0, 0], state[0, 1], state.shape[2])
    return bool((blocks == np.eye(len(blocks))).all() if goal.is_still else (blocks.sum(axis=1) == 1).all())
