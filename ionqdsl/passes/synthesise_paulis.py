"""Synthesises folded rotations as programs of one- and two-letter rotations, greedily, many problems in step.

Takes `Folded` rotations with a `Style` each, and returns an equal `PauliProgram` for each, or None if it would need
more two-qubit gates than its bound. Strings are stored as columns of bits, so one operation on words serves 64 rows,
and one on arrays all problems. Only the best next step is decided here.

A two-qubit gate may have any angle, so a two-letter rotation is emitted as it is, and with it, at no cost, a quarter
turn about the same string if that shortens later ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.algebra.paulis import QUARTER, Folded, PauliProgram, Rotation, Size, added, is_negative
from ionqdsl.passes.reduce_tableaus import (
    Numbers,
    Words,
    best_of_each,
    conjugate,
    images_of,
    letters_of,
    locals_of,
    reduce_tableaus,
)

LEVELS = 4
"""The number of layers of rotations that are distinguished, the front included; all later ones count as one more."""

ACTIVE = 2
"""The number of words of rows, 64 each, that are looked at, from the first that is left."""

SCALE = 4096
"""The score of one letter less in the front. Scores are integers, whose sums do not depend on their order."""

_ONE = np.uint64(1)
_WORD = 64


class Style(NamedTuple):
    """The weights by which a problem is solved.

    A later layer counts `decay`^layer of the front, the Clifford's rows `tableau` * decay^(layers left) + `always`; a
    quarter turn joins an emission if its score is above `threshold` (in letters of the front).
    """

    decay: float = 0.45
    tableau: float = 0.1
    always: float = 0.01
    threshold: float = 0.0
    noise: int = 0


@dataclass
class Meter:
    """Counts work: steps of all problems together, the cells they looked at, and the rows that were set up."""

    steps: int = 0
    cells: int = 0
    entries: int = 0

    @property
    def seconds(self) -> float:
        """About the time on one core of a server of 2022; the same on every machine, since it is counted."""
        return 1.2e-3 * self.steps + 1.2e-7 * self.cells + 1e-5 * self.entries


@dataclass
class _State:
    """B problems on n wires: rows in words, rotations first (`rotations` words), then the Cliffords' 2n rows."""

    ids: Numbers
    x: Words  # (B, n, W)
    z: Words
    signs: Words  # (B, W)
    alive: Words  # (B, R)
    pred: Words  # (B, 64 R, R): the earlier rows each row anticommutes with
    weights: Numbers  # (B, LEVELS + 1)
    tableau: Numbers  # (B, LEVELS + 2), by layers left
    threshold: Numbers  # (B,)
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


def synthesise_paulis(
    problems: Sequence[Folded],
    styles: Sequence[Style],
    bounds: Sequence[int],
    generator: np.random.Generator | Sequence[np.random.Generator],
    meter: Meter | None = None,
) -> list[PauliProgram | None]:
    """The programs, in the order of the problems; None for one that has more than its bound of two-qubit gates.

    Ties are decided at random. Several generators share the problems, in order and equally: then other problems change
    nothing about the programs of the first.
    """
    generators = [generator] if isinstance(generator, np.random.Generator) else [*generator]
    meter = meter or Meter()
    if not problems:
        return []
    width = max(problem.width for problem in problems)
    state = _started(problems, styles, bounds, width)
    words = state.rotations
    meter.entries += sum(len(problem.rotations) + 2 * width for problem in problems)
    log: list[Numbers] = []  # events: (id, first, second, row, sign, shift), -1 for none
    tableaus_x = np.zeros((len(problems), width, state.x.shape[2] - words), np.uint64)
    tableaus_z, tableaus_signs = np.zeros_like(tableaus_x), np.zeros((len(problems), tableaus_x.shape[2]), np.uint64)
    is_finished = np.zeros(len(problems), bool)
    while len(state.ids):
        if words:
            layers = _emit_singles(state, log)
            is_done = ~state.alive.any(axis=1)
        else:
            is_done = np.ones(len(state.ids), bool)
        if is_done.any():
            done = state.ids[is_done]
            tableaus_x[done], tableaus_z[done] = state.x[is_done, :, words:], state.z[is_done, :, words:]
            tableaus_signs[done] = state.signs[is_done, words:]
            is_finished[done] = True
        going = ~is_done & (state.spent < state.bounds)
        if not going.all():
            state.keep(going)
            if not len(state.ids):
                break
            layers = [layer[going] for layer in layers]
        _step(state, layers, log, generators, len(problems) // len(generators))
        meter.steps += 1
        meter.cells += len(state.ids) * width * width * layers[0].shape[1]
    finished = np.flatnonzero(is_finished)
    parts = tableaus_x[finished], tableaus_z[finished], tableaus_signs[finished]
    noise = max(style.noise for style in styles)
    moves = reduce_tableaus(*parts, generators[0], noise)
    meter.steps += max((len(own) for own in moves), default=0)
    meter.cells += sum(len(own) for own in moves) * width * width
    events = _by_problem(log, len(problems))
    results: list[PauliProgram | None] = [None] * len(problems)
    for index, own_moves, images in zip(finished.tolist(), moves, images_of(*parts), strict=True):
        problem, own = problems[index], events[index]
        if int((own[:, 1] >= 0).sum()) + len(own_moves) <= bounds[index]:
            results[index] = _program(problem, own.tolist(), own_moves, images[: 2 * problem.width], width)
    return results


def _started(problems: Sequence[Folded], styles: Sequence[Style], bounds: Sequence[int], width: int) -> _State:
    count = len(problems)
    words = -(-max(len(problem.rotations) for problem in problems) // _WORD)
    rows = np.zeros((3, count, (words + -(-2 * width // _WORD)) * _WORD, width), np.uint8)
    minus = np.zeros(rows.shape[1:3], np.uint8)
    alive = np.zeros((count, words * _WORD), np.uint8)
    pred = np.zeros((count, words * _WORD, words), np.uint64)
    number_of: dict[int, int] = {}
    for place, problem in enumerate(problems):
        size = len(problem.rotations)
        alive[place, :size] = 1
        same = number_of.setdefault(id(problem), place)
        if same < place:
            rows[:, place], minus[place], pred[place] = rows[:, same], minus[same], pred[same]
            continue
        strings = [(x, z) for x, z, _ in problem.rotations]
        _spread(rows[:2, place, :size], strings)
        if size:
            pred[place, :size] = _earlier(rows[0, place, :size], rows[1, place, :size], words)
        at = words * _WORD
        images = list(problem.images)
        for q in range(problem.width, width):
            images += [(1 << q, 0, 0), (0, 1 << q, 0)]
        _spread(rows[:2, place, at : at + 2 * width], [(x, z) for x, z, _ in images])
        minus[place, at : at + 2 * width] = [is_negative(image) for image in images]
    powers = np.array([style.decay for style in styles])[:, None] ** np.arange(LEVELS + 2)
    tableau = np.array([style.tableau for style in styles])[:, None] * powers
    tableau += np.array([style.always for style in styles])[:, None]
    return _State(
        ids=np.arange(count),
        x=_packed(rows[0].transpose(0, 2, 1)),
        z=_packed(rows[1].transpose(0, 2, 1)),
        signs=_packed(minus),
        alive=_packed(alive),
        pred=pred,
        weights=np.rint(SCALE * powers[:, : LEVELS + 1]).astype(np.int64),
        tableau=np.rint(SCALE * tableau).astype(np.int64),
        threshold=np.rint(SCALE * np.array([style.threshold for style in styles])).astype(np.int64),
        spent=np.zeros(count, np.int64),
        idle=np.zeros(count, np.int64),
        bounds=np.array(bounds, np.int64),
        first=np.full(count, -1),
        near=np.zeros((count, 0), np.uint64),
    )


def _spread(rows: NDArray[np.uint8], strings: list[tuple[int, int]]) -> None:
    """Writes the bits of strings into `rows`, (2, rows, n)."""
    width = rows.shape[2]
    size = -(-width // 8)
    for kind in (0, 1):
        data = b"".join(string[kind].to_bytes(size, "little") for string in strings)
        bits = np.unpackbits(np.frombuffer(data, np.uint8).reshape(len(strings), size), axis=1, bitorder="little")
        rows[kind] = bits[:, :width]


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
        events = np.empty((len(owner), 6), np.int64)
        events[:, 0], events[:, 1], events[:, 2] = state.ids[owner], letter * x.shape[1] + wire, -1
        events[:, 3], events[:, 4], events[:, 5] = full * _WORD + row % _WORD, sign, 0
        log.append(events)
        if which is None:
            state.alive &= ~single
        else:
            np.put_along_axis(state.alive, which, alive & ~single, 1)
        state.idle[single.any(axis=1)] = 0


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
    here_a, here_b = where[owner, first % width], where[owner, second % width]
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


def _step(
    state: _State, layers: list[Words], log: list[Numbers], generators: Sequence[np.random.Generator], share: int
) -> None:
    """Applies the best two-qubit Clifford or emission of every problem; each generator decides the ties of a share."""
    which, _, _ = _window(state)
    count, width, _ = state.x.shape
    *layers, least, two = layers
    tired = state.idle > 3 * width
    if tired.any():  # a single rotation, until it is emitted
        lowest = _lowest(least)
        least = np.where(tired[:, None], lowest, least)
        two = np.where(tired[:, None], two & lowest, two)
    owner, first, second, score, emitted = _moves(state, which, layers, least, two)
    is_emission = emitted.any(axis=1)
    has_shift = ~is_emission | (score > np.maximum(state.threshold[owner], 0))
    value = np.where(is_emission, state.weights[owner, 0] + np.where(has_shift, score, 0), score)
    counts = np.bincount(state.ids[owner] // share, minlength=len(generators)).tolist()
    ties = [each.integers(0, 64, count) for each, count in zip(generators, counts, strict=True)]
    value = value * 64 + np.concatenate(ties)
    best, _ = best_of_each(value, owner)
    first, second, has_shift, emitted = first[best], second[best], has_shift[best], emitted[best]
    word = (emitted != 0).argmax(axis=1)
    each = np.arange(count)
    bits = emitted[each, word]
    full = word if which is None else which[each, word]
    bit = np.bitwise_count((bits & (~bits + _ONE)) - _ONE).astype(np.uint64)
    is_emission = bits != 0
    low = np.where(is_emission, _ONE << np.where(is_emission, bit, 0), 0).astype(np.uint64)
    events = np.empty((count, 6), np.int64)
    events[:, 0], events[:, 1], events[:, 2], events[:, 5] = state.ids, first, second, has_shift
    events[:, 3] = np.where(is_emission, full * _WORD + bit.astype(np.int64), -1)
    events[:, 4] = (state.signs[each, full] & low) != 0
    log.append(events)
    state.alive[each, full] &= ~low
    state.spent += 1
    state.idle = np.where(is_emission, 0, state.idle + 1)
    _shift(state, first, second, has_shift)


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
        wires = np.tile(np.arange(width), 3)
        _UPPER[width] = wires[:, None] < wires[None, :]
    return _UPPER[width]


# --- the events as a program ---------------------------------------------------------------------------------------


def _by_problem(log: list[Numbers], count: int) -> list[Numbers]:
    """The events (first, second, row, sign, shift) of each problem, in order."""
    events = np.concatenate(log) if log else np.zeros((0, 6), np.int64)
    events = events[np.argsort(events[:, 0], kind="stable")]
    return np.split(events[:, 1:], np.searchsorted(events[:, 0], np.arange(1, count)))


def _program(
    problem: Folded,
    events: list[list[int]],
    moves: list[tuple[int, int]],
    images: list[tuple[int, int, int]],
    width: int,
) -> PauliProgram:
    def bits(generator: int) -> tuple[int, int]:
        letter, wire = divmod(generator, width)
        return (letter < 2) << wire, (letter > 0) << wire

    rotations: list[Rotation] = []
    for first, second, row, sign, shift in events:
        x, z = bits(first)
        angle: Size = QUARTER if shift else 0.0
        if row >= 0:
            own = problem.rotations[row][2]
            angle = added(angle, -own if sign else own)
        if second >= 0:
            other_x, other_z = bits(second)
            x, z = x | other_x, z | other_z
        rotations.append((x, z, angle))
    for first, second in moves:
        (x, z), (other_x, other_z) = bits(first), bits(second)
        rotations.append((x | other_x, z | other_z, QUARTER))
    turns, outputs = locals_of(images)
    rotations += [(x, z, QUARTER * count) for x, z, count in turns]
    return PauliProgram(problem.width, rotations, outputs, problem.neglected)
