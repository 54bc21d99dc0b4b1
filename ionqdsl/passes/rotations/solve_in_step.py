"""Takes the steps of synthesise_paulis.py with numpy, many problems in step: where the compiled kernel is not there.

Takes problems and returns solutions equal to the kernel's, number by number, which the tests compare. Strings are
stored as columns of bits, so one operation on words serves 64 rows, and one on arrays all problems. A problem narrower
than the widest has wires without a letter; nothing is decided by their number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.passes.rotations.pauli_problems import LEVELS, PauliProblem, PauliSolution
from ionqdsl.passes.rotations.reduce_tableaus import (
    Numbers,
    Words,
    best_of_each,
    conjugate,
    least_gates,
    letters_of,
    qubits_of,
    reduce_tableaus,
)

ACTIVE = 2
"""The number of words of rows, 64 each, that are looked at, from the first that is left."""

_ONE = np.uint64(1)
_WORD = 64


@dataclass
class _State:
    """B problems on n wires: rows in words, rotations first (`rotations` words), then the Cliffords' 2n rows."""

    ids: Numbers
    x: Words  # (B, n, W)
    z: Words
    signs: Words  # (B, W)
    alive: Words  # (B, R)
    pred: Words  # (B, 64 R, R): the earlier rows each row anticommutes with
    widths: Numbers  # of each problem alone
    spans: Numbers  # words of rows that a problem alone would look at
    seeds: Words
    weights: Numbers  # (B, LEVELS + 1)
    tableau: Numbers  # (B, LEVELS + 2), by layers left
    threshold: Numbers  # (B,)
    chance: Words  # (B,)
    spent: Numbers  # two-qubit gates
    idle: Numbers  # steps since the last emission
    bounds: Numbers
    first: Numbers  # the first word that is looked at
    near: Words  # the predecessors of the words looked at, among themselves

    @property
    def rotations(self) -> int:
        return int(self.alive.shape[1])

    def keep(self, chosen: NDArray[np.bool_]) -> None:
        """Drops the problems that are not chosen."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name)[chosen])


def solve_in_step(problems: Sequence[PauliProblem]) -> list[PauliSolution]:
    """The solutions, in the order of the problems."""
    if not problems:
        return []
    state = _started(problems)
    widths = state.widths
    words = state.rotations
    log: list[Numbers] = []  # events: (id, first, second, row, flags)
    shape = len(problems), state.x.shape[1], state.x.shape[2] - words
    x, z, signs = np.zeros(shape, np.uint64), np.zeros(shape, np.uint64), np.zeros((shape[0], shape[2]), np.uint64)
    is_finished = np.zeros(len(problems), bool)
    steps, scores = np.zeros(len(problems), np.int64), np.zeros(len(problems), np.int64)
    while len(state.ids):
        if words:
            layers = _emit_singles(state, log)
            is_done = ~state.alive.any(axis=1)
        else:
            is_done = np.ones(len(state.ids), bool)
        if is_done.any():
            done = state.ids[is_done]
            x[done], z[done] = state.x[is_done, :, words:], state.z[is_done, :, words:]
            signs[done] = state.signs[is_done, words:]
            is_finished[done] = True
        going = ~is_done & (state.bounds - state.spent >= _least_gates(state))
        if not going.all():
            state.keep(going)
            if not len(state.ids):
                break
            layers = [layer[going] for layer in layers]
        steps[state.ids] += 1
        scores[state.ids] += _step(state, layers, log)
    finished = np.flatnonzero(is_finished)
    parts = x[finished], z[finished], signs[finished]
    bounds = np.array([problem.bound for problem in problems], np.int64)[finished] - steps[finished]
    all_moves, is_reduced, sums = reduce_tableaus(*parts, bounds, widths[finished])
    qubits = qubits_of(*parts)
    events = _by_problem(log, len(problems))
    solutions = []
    places = {index: place for place, index in enumerate(finished.tolist())}
    for index, problem in enumerate(problems):
        gates, score, place = int(steps[index]), int(scores[index]), places.get(index)
        if place is None:
            solutions.append(PauliSolution(None, None, None, gates, gates, score, 0))
            continue
        moves, own = np.array(all_moves[place]), qubits[place, : problem.width]
        gates += len(moves)
        work = gates, gates, score, int(sums[place])
        if gates > problem.bound or not is_reduced[place]:
            solutions.append(PauliSolution(None, None, None, *work))
        else:
            data = [part.astype(np.int32).tobytes() for part in (events[index], moves, own)]
            solutions.append(PauliSolution(data[0], data[1], data[2], *work))
    return solutions


def _started(problems: Sequence[PauliProblem]) -> _State:
    width = max(problem.width for problem in problems)
    counts = [len(problem.rows) // (-(-problem.width // _WORD) * 16) - 2 * problem.width for problem in problems]
    words = -(-max(counts) // _WORD)
    rows = np.zeros((2, len(problems), (words + -(-2 * width // _WORD)) * _WORD, width), np.uint8)
    minus = np.zeros(rows.shape[1:3], np.uint8)
    alive = np.zeros((len(problems), words * _WORD), np.uint8)
    pred = np.zeros((len(problems), words * _WORD, words), np.uint64)
    place_of: dict[int, int] = {}
    for place, (problem, size) in enumerate(zip(problems, counts, strict=True)):
        alive[place, :size] = 1
        same = place_of.setdefault(id(problem.rows), place)
        if same < place:
            rows[:, place], minus[place], pred[place] = rows[:, same], minus[same], pred[same]
            continue
        own = problem.width
        bits = np.frombuffer(problem.rows, np.uint8).reshape(size + 2 * own, 2, -1)
        letters = np.unpackbits(bits, axis=2, bitorder="little")[:, :, :own].transpose(1, 0, 2)
        at = words * _WORD
        rows[:, place, :size, :own], rows[:, place, at : at + 2 * own, :own] = letters[:, :size], letters[:, size:]
        minus[place, at : at + 2 * own] = np.frombuffer(problem.minus, np.uint8)
        for q in range(own, width):
            rows[0, place, at + 2 * q, q] = rows[1, place, at + 2 * q + 1, q] = 1
        if size:
            pred[place, :size] = _earlier(rows[0, place, :size], rows[1, place, :size], words)
    weights = np.array([np.frombuffer(problem.weights, np.int64) for problem in problems])
    widths = np.array([problem.width for problem in problems])
    active = np.minimum(-(-np.array(counts) // _WORD), ACTIVE)
    return _State(
        ids=np.arange(len(problems)),
        x=_packed(rows[0].transpose(0, 2, 1)),
        z=_packed(rows[1].transpose(0, 2, 1)),
        signs=_packed(minus),
        alive=_packed(alive),
        pred=pred,
        widths=widths,
        spans=active + -(-2 * widths // _WORD),
        seeds=np.array([problem.seed for problem in problems], np.uint64),
        weights=weights[:, : LEVELS + 1],
        tableau=weights[:, LEVELS + 1 : -2],
        threshold=weights[:, -2],
        chance=weights[:, -1].astype(np.uint64),
        spent=np.zeros(len(problems), np.int64),
        idle=np.zeros(len(problems), np.int64),
        bounds=np.array([problem.bound for problem in problems], np.int64),
        first=np.full(len(problems), -1),
        near=np.zeros((len(problems), 0), np.uint64),
    )


def _packed(bits: NDArray[np.uint8] | NDArray[np.bool_]) -> Words:
    """(..., 64 W) zeros and ones to (..., W) words, the first the lowest."""
    packed: Words = np.ascontiguousarray(np.packbits(bits, axis=-1, bitorder="little")).view(np.uint64)
    return packed


def _earlier(x: NDArray[np.uint8], z: NDArray[np.uint8], words: int) -> Words:
    """For each row the earlier rows that it anticommutes with, (rows, words)."""
    left, right = x.astype(np.float32), z.astype(np.float32)
    products = left @ right.T
    odd = (products + products.T).astype(np.int64) & 1
    bits = np.zeros((len(x), words * _WORD), np.uint8)
    bits[:, : len(x)] = np.tril(odd, -1)
    return _packed(bits)


# --- one step ------------------------------------------------------------------------------------------------------


def _window(state: _State) -> tuple[Numbers | None, Words, Words]:
    """The words that are looked at (None for all), their rows that are left, and their predecessors."""
    if state.rotations <= ACTIVE:
        return None, state.alive, state.pred
    first = np.minimum((state.alive != 0).argmax(axis=1), state.rotations - ACTIVE)
    which = first[:, None] + np.arange(ACTIVE)
    if not np.array_equal(first, state.first):
        owner = np.arange(len(first))
        rows = (which[:, :, None] * _WORD + np.arange(_WORD)).reshape(len(first), -1)
        state.near = state.pred[owner[:, None, None], rows[:, :, None], which[:, None, :]]
        state.first = first
    return which, np.take_along_axis(state.alive, which, 1), state.near


def _front(rest: Words, pred: Words) -> Words:
    """The rows that have no predecessor in the rest."""
    before = pred[:, :, 0] & rest[:, :1]
    for word in range(1, rest.shape[1]):
        before |= pred[:, :, word] & rest[:, word : word + 1]
    return _packed(before == 0) & rest


def _layers(front: Words, alive: Words, pred: Words) -> list[Words]:
    """The front, and the layers that become the front when the earlier ones have gone; the last is all the rest."""
    layers = [front]
    rest = alive ^ front
    for _ in range(LEVELS - 1):
        layers.append(_front(rest, pred))
        rest = rest ^ layers[-1]
    layers.append(rest)
    return layers


def _columns(state: _State, which: Numbers | None) -> tuple[Words, Words]:
    """The columns that are looked at: the words of the window and of the tableau."""
    words = state.rotations
    if which is None:
        return state.x, state.z
    owner = np.arange(len(state.ids))[:, None, None]
    wires = np.arange(state.x.shape[1])[None, :, None]
    tail = np.arange(words, state.x.shape[2])
    taken = np.concatenate([which, np.broadcast_to(tail, (len(which), len(tail)))], axis=1)[:, None, :]
    return state.x[owner, wires, taken], state.z[owner, wires, taken]


def _lengths(where: Words) -> NDArray[np.uint8]:
    """The number of letters of each row, (B, 64 words), from (B, n, words)."""
    bits = np.unpackbits(where.view(np.uint8), axis=2, bitorder="little")
    lengths: NDArray[np.uint8] = bits.sum(axis=1, dtype=np.uint8)
    return lengths


def _shortest(front: Words, lengths: NDArray[np.uint8]) -> tuple[Words, Words]:
    """The rows of the front with the fewest letters, and those with two."""
    bits = np.unpackbits(front.view(np.uint8), axis=1, bitorder="little")
    lengths = np.where(bits, lengths, 255)
    least = _packed(lengths == lengths.min(axis=1)[:, None]) & front
    return least, _packed(lengths == 2)


def _emit_singles(state: _State, log: list[Numbers]) -> list[Words]:
    """Emits one-letter rotations without predecessors until there are none.

    Returns the layers then, the shortest rows of the front, and those of two letters.
    """
    while True:
        which, alive, pred = _window(state)
        words = alive.shape[1]
        front = _front(alive, pred)
        x, z = _columns(state, which)
        lengths = _lengths(x[:, :, :words] | z[:, :, :words])
        single = front & _packed(lengths == 1)
        if not single.any():
            return [*_layers(front, alive, pred), *_shortest(front, lengths)]
        bits = np.unpackbits(single.view(np.uint8), axis=1, bitorder="little")
        owner, row = np.nonzero(bits)
        word, bit = row // _WORD, (row % _WORD).astype(np.uint64)
        own_x, own_z = (columns[owner, :, word] >> bit[:, None] & _ONE for columns in (x, z))
        wire = (own_x | own_z).argmax(axis=1)
        each = np.arange(len(owner))
        letter = np.where(own_x[each, wire] == 0, 2, own_z[each, wire].astype(np.int64))
        full = word if which is None else which[owner, word]
        sign = (state.signs[owner, full] >> bit & _ONE).astype(np.int64)
        events = np.empty((len(owner), 5), np.int64)
        events[:, 0], events[:, 1], events[:, 2] = state.ids[owner], 3 * wire + letter, -1
        events[:, 3], events[:, 4] = full * _WORD + row % _WORD, sign
        log.append(events)
        if which is None:
            state.alive &= ~single
        else:
            np.put_along_axis(state.alive, which, alive & ~single, 1)
        state.idle[single.any(axis=1)] = 0


def _least_gates(state: _State) -> Numbers:
    """The fewest two-qubit gates that are still needed, or one where the bound is too far to ask."""
    least = np.ones(len(state.ids), np.int64)
    near = np.flatnonzero(state.bounds - state.spent < state.widths)
    if len(near) and state.rotations:
        which, alive, _ = _window(state)
        x, z = _columns(state, which)
        here = x[near] | z[near]
        here[:, :, : alive.shape[1]] &= alive[near, None]
        least[near] = least_gates(here)
    return least


class _Moves(NamedTuple):
    """K candidates: the problem of each, two generators, a score, and the rotations (K, words) that it would emit."""

    owner: Numbers
    first: Numbers
    second: Numbers
    score: Numbers
    emitted: Words


def _moves(state: _State, which: Numbers | None, layers: list[Words], least: Words, two: Words) -> _Moves:
    """Two-qubit Cliffords whose generator shortens one of the shortest rows, or equals one that has two letters."""
    x, z = _columns(state, which)
    count, width, total = x.shape
    words = layers[0].shape[1]
    where = x | z
    equal, differs = (part.reshape(count, 3 * width, total) for part in letters_of(x, z))
    in_front = equal[:, :, :words] & least[:, None]
    useful = differs[:, :, :words] | equal[:, :, :words] & two[:, None]
    hits = in_front[:, :, None, 0] & useful[:, None, :, 0]
    for word in range(1, words):
        hits |= in_front[:, :, None, word] & useful[:, None, :, word]
    is_useful = hits != 0
    owner, first, second = np.nonzero((is_useful | is_useful.transpose(0, 2, 1)) & _upper(width))
    equal_a, equal_b = equal[owner, first], equal[owner, second]  # (K, words)
    differs_a, differs_b = differs[owner, first], differs[owner, second]
    here_a, here_b = where[owner, first // 3], where[owner, second // 3]
    shorter = equal_a & differs_b | differs_a & equal_b
    longer = differs_a & ~here_b | ~here_a & differs_b
    score = np.zeros(len(owner), np.int64)
    for level, layer in enumerate(layers):
        if not layer.any():
            break
        score += state.weights[owner, level] * _balance(shorter[:, :words], longer[:, :words], layer[owner])
    left = sum(layer.any(axis=1).astype(np.int64) for layer in layers)
    share = state.tableau[np.arange(count), left]
    score += share[owner] * _balance(shorter[:, words:], longer[:, words:], None)
    return _Moves(owner, first, second, score, equal_a[:, :words] & equal_b[:, :words] & two[owner])


def _step(state: _State, layers: list[Words], log: list[Numbers]) -> Numbers:
    """Applies the best two-qubit Clifford or emission of every problem; returns the words that its scores looked at."""
    which, _, _ = _window(state)
    count, _, _ = state.x.shape
    *layers, least, two = layers
    tired = state.idle > 3 * state.widths
    if tired.any():  # a single rotation, until it is emitted
        lowest = _lowest(least)
        least = np.where(tired[:, None], lowest, least)
        two = np.where(tired[:, None], two & lowest, two)
    owner, first, second, score, emitted = _moves(state, which, layers, least, two)
    is_emission = emitted.any(axis=1)
    has_shift = ~is_emission | (score > np.maximum(state.threshold[owner], 0))
    value = np.where(is_emission, state.weights[owner, 0] + np.where(has_shift, score, 0), score)
    salt = _mixed(state.seeds + (state.spent + 1).astype(np.uint64) * _GOLDEN)
    tie = _mixed(salt[owner] ^ (first << 32 | second).astype(np.uint64)) >> np.uint64(32)
    value = value + (tie * state.chance[owner] >> np.uint64(32)).astype(np.int64)
    best, _ = best_of_each((value << 32) + tie.astype(np.int64), owner)
    first, second, has_shift, emitted = first[best], second[best], has_shift[best], emitted[best]
    word = (emitted != 0).argmax(axis=1)
    each = np.arange(count)
    bits = emitted[each, word]
    full = word if which is None else which[each, word]
    bit = np.bitwise_count((bits & (~bits + _ONE)) - _ONE).astype(np.uint64)
    is_emission = bits != 0
    low = np.where(is_emission, _ONE << np.where(is_emission, bit, 0), 0).astype(np.uint64)
    events = np.empty((count, 5), np.int64)
    events[:, 0], events[:, 1], events[:, 2] = state.ids, first, second
    events[:, 3] = np.where(is_emission, full * _WORD + bit.astype(np.int64), -1)
    events[:, 4] = ((state.signs[each, full] & low) != 0) + 2 * has_shift
    log.append(events)
    state.alive[each, full] &= ~low
    state.spent += 1
    state.idle = np.where(is_emission, 0, state.idle + 1)
    _shift(state, first, second, has_shift)
    scores: Numbers = np.bincount(owner, minlength=count) * state.spans
    return scores


_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def _mixed(words: Words) -> Words:
    """Hashes of words: the finaliser of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    words = (words ^ words >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ words >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return words ^ words >> np.uint64(31)


def _shift(state: _State, first: Numbers, second: Numbers, has_shift: NDArray[np.bool_]) -> None:
    """Conjugates the rows of the problems that have a shift by its generator."""
    if has_shift.all():
        conjugate(state.x, state.z, state.signs, first, second)
    elif has_shift.any():
        shifted = np.flatnonzero(has_shift)
        x, z, signs = state.x[shifted], state.z[shifted], state.signs[shifted]
        conjugate(x, z, signs, first[shifted], second[shifted])
        state.x[shifted], state.z[shifted], state.signs[shifted] = x, z, signs


def _balance(shorter: Words, longer: Words, rows: Words | None) -> Numbers:
    """The number of rows that get shorter less the number that get longer."""
    if rows is not None:
        shorter, longer = shorter & rows, longer & rows
    less, more = np.bitwise_count(shorter), np.bitwise_count(longer)
    balance: Numbers = less.sum(axis=1, dtype=np.int64) - more.sum(axis=1, dtype=np.int64)
    return balance


def _lowest(rows: Words) -> Words:
    """The first row alone."""
    lowest = rows & (~rows + _ONE)
    seen = np.zeros(len(rows), bool)
    for word in range(rows.shape[1]):
        lowest[seen, word] = 0
        seen |= lowest[:, word] != 0
    return lowest


_UPPER: dict[int, NDArray[np.bool_]] = {}


def _upper(width: int) -> NDArray[np.bool_]:
    """(3n, 3n): whether the wire of the first is below that of the second."""
    if width not in _UPPER:
        wires = np.repeat(np.arange(width), 3)
        _UPPER[width] = wires[:, None] < wires[None, :]
    return _UPPER[width]


# --- the events ----------------------------------------------------------------------------------------------------


def _by_problem(log: list[Numbers], count: int) -> list[Numbers]:
    """The events (first, second, row, flags) of each problem, in order."""
    events = np.concatenate(log) if log else np.zeros((0, 5), np.int64)
    events = events[np.argsort(events[:, 0], kind="stable")]
    return np.split(events[:, 1:], np.searchsorted(events[:, 0], np.arange(1, count)))
