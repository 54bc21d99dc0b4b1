"""Synthesises windows of a program anew, in many styles, and keeps those with no more two-qubit gates.

Takes a program of one- and two-letter rotations and returns an equal one with fewer two-qubit gates. A window is a set
of two-qubit gates on a few wires that can be brought together; windows of equal length are replaced too, so that the
search can leave a local minimum. Work is counted and not timed, so equal seeds give equal programs.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from ionqdsl.algebra.paulis import (
    QUARTER,
    Folded,
    MovedMasks,
    PauliProgram,
    Rotation,
    Size,
    fold,
    identity_images,
    inverse,
    missed,
    pulled_back,
    quarters,
    turn,
)
from ionqdsl.passes.rotations.pauli_problems import PauliSolution, Style
from ionqdsl.passes.rotations.synthesise_paulis import Meter, outputs_of, program_of_solution, solved

MOST = 128
TOGETHER = 64
LEAST = 8
"""The most windows of a round, the number of their syntheses if there are few, and the fewest of each."""

FEW = 4
"""The syntheses of each window where there are windows all over the program."""

STYLES = 61
"""The number of styles of a round: windows share them, in other places each."""


class Window(NamedTuple):
    """Entries that can be brought together: their places, their wires, and the number of two-qubit gates."""

    places: list[int]
    wires: list[int]
    two_qubit_gates: int


def random_style(draw: random.Random) -> Style:
    """A style in the ranges that experiments have shown to work."""
    return Style(draw.uniform(0.2, 0.7), draw.uniform(0, 0.3), draw.uniform(0, 0.03), draw.uniform(-0.05, 0.1))


class WindowLimits(NamedTuple):
    """Each window has its own limits, drawn from these ranges: of its two-qubit gates and of its wires."""

    sizes: tuple[int, int]
    wires: tuple[int, int]


NARROW = WindowLimits((8, 80), (4, 12))


def _new_styles(draw: random.Random) -> list[Style]:
    return [random_style(draw) for _ in range(STYLES)]


@cache
def _pool() -> list[Style]:
    return _new_styles(random.Random("styles of windows")) * 2


def _styles_of_pool(draw: random.Random) -> list[Style]:
    """Always the same styles, of which weights are known, from another one on."""
    first = draw.randrange(STYLES)
    return _pool()[first : first + STYLES]


def improved_in_round(
    program: PauliProgram,
    draw: random.Random,
    meter: Meter,
    limits: WindowLimits = NARROW,
    *,
    may_rename: bool = True,
    longer: float = 0.0,
) -> PauliProgram:
    """The `tidied` program after a round of some windows, many syntheses of each.

    So large a share of the windows as `longer` may have a two-qubit gate more than before: without them the program
    gets no longer. Its outputs stay if wires may not be renamed.
    """
    windows = _windows(program, draw, *limits, MOST)
    meter.entries += len(program.rotations)
    if not windows:
        return program
    bounds = [window.two_qubit_gates + (draw.random() < longer) for window in windows]
    tries = max(LEAST, TOGETHER // len(windows))
    syntheses = _synthesised(program, windows, bounds, draw, tries, meter, _styles_of_pool)
    meter.entries += sum(len(window.places) for window in windows)
    return _replaced(program, windows, _chosen(syntheses, may_rename=may_rename))


def improve_once(
    program: PauliProgram, seed: int, sizes: tuple[int, int], wires: tuple[int, int], *, may_rename: bool
) -> PauliProgram:
    """Improves windows all over the program, a few times each; its outputs stay if wires may not be renamed."""
    return round_of(program, seed, sizes, wires).improved(may_rename=may_rename)


class Round(NamedTuple):
    """A `tidied` program, windows all over it, and the syntheses of each: what is taken depends on the contract."""

    program: PauliProgram
    windows: list[Window]
    syntheses: list[_Syntheses]

    def improved(self, *, may_rename: bool) -> PauliProgram:
        """The program with the best syntheses in place; its outputs stay if wires may not be renamed."""
        return _replaced(self.program, self.windows, _chosen(self.syntheses, may_rename=may_rename))


def round_of(program: PauliProgram, seed: int, sizes: tuple[int, int], wires: tuple[int, int]) -> Round:
    """A round of windows all over the program, with a few syntheses of each."""
    draw = random.Random(f"windows {seed}")
    program = tidied(program)
    windows = _windows(program, draw, sizes, wires, len(program.rotations))
    bounds = [window.two_qubit_gates for window in windows]
    return Round(program, windows, _synthesised(program, windows, bounds, draw, FEW, Meter(), _new_styles))


class _Syntheses(NamedTuple):
    """The syntheses of a window, folded, that need no more than its bound; of its inverse if it is flipped."""

    folded: Folded
    is_flipped: bool
    found: list[PauliSolution]


def _synthesised(
    program: PauliProgram,
    windows: list[Window],
    bounds: list[int],
    draw: random.Random,
    tries: int,
    meter: Meter,
    styles_from: Callable[[random.Random], list[Style]],
) -> list[_Syntheses]:
    """So many tries of each window."""
    ways = [(draw.random() < 0.5, draw.random() < 0.5) for _ in windows]
    inner = [_inner(program, window) for window in windows]
    folded = [
        fold(inverse(one) if flip else one, is_reduced, is_once=True)
        for one, (flip, is_reduced) in zip(inner, ways, strict=True)
    ]
    pool = styles_from(draw)
    problems = [one for one in folded for _ in range(tries)]
    styles = [pool[number % STYLES] for number in range(len(problems))]
    each = [bound for bound in bounds for _ in range(tries)]
    solutions = solved(problems, styles, each, [draw.getrandbits(64) for _ in problems], meter)
    return [
        _Syntheses(one, flip, [found for found in solutions[k * tries : (k + 1) * tries] if found.events is not None])
        for k, (one, (flip, _)) in enumerate(zip(folded, ways, strict=True))
    ]


def _chosen(syntheses: list[_Syntheses], *, may_rename: bool) -> dict[int, PauliProgram]:
    """For each window that has any: the program with the fewest two-qubit gates."""
    best = {}
    for index, (folded, is_flipped, found) in enumerate(syntheses):
        if not may_rename:
            still = tuple(range(folded.width))
            found = [one for one in found if outputs_of(one) == still]
        if found:
            least = min(found, key=lambda one: one.two_qubit_gates)
            result = program_of_solution(folded, least)
            best[index] = inverse(result) if is_flipped else result
    return best


# --- choosing ------------------------------------------------------------------------------------------------------


def _windows(
    program: PauliProgram, draw: random.Random, sizes: tuple[int, int], wires: tuple[int, int], most: int
) -> list[Window]:
    """Windows that have no entry in common.

    Each is brought together at the place of its first entry; later windows leave the entries of earlier ones out.
    """
    where = [x | z for x, z, _ in program.rotations]
    starts = [place for place, mask in enumerate(where) if mask & (mask - 1)]
    draw.shuffle(starts)
    taken = bytearray(len(where))
    windows: list[Window] = []
    for start in starts[: 4 * most]:
        if taken[start]:
            continue
        window = _collected(where, start, taken, draw.randint(*sizes), draw.randint(*wires))
        if window.two_qubit_gates > 1:
            windows.append(window)
            for place in window.places:
                taken[place] = 1
            if len(windows) == most:
                break
    return windows


def _collected(where: list[int], start: int, taken: bytearray, most: int, wires: int) -> Window:
    """Forward from `start` up to `most` two-qubit gates on so many wires; entries left out block their wires."""
    inside = blocked = count = 0
    places: list[int] = []
    waiting: dict[int, list[int]] = {}  # one-letter rotations on wires that are not inside yet
    for place in range(start, min(len(where), start + 40 * most)):
        mask = where[place]
        if mask & blocked or taken[place]:
            blocked |= mask
        elif not mask & (mask - 1):
            if mask & inside:
                places.append(place)
            else:
                waiting.setdefault(mask, []).append(place)
            continue
        elif (mask | inside).bit_count() <= wires:
            added = mask & ~inside
            if added:
                inside |= mask
                for wire in (added & -added, added & (added - 1)):
                    places += waiting.pop(wire, ())
            places.append(place)
            count += 1
            if count == most:
                break
            continue
        else:
            blocked |= mask
        if not inside & ~blocked:
            break
    return Window(places, [q for q in range(inside.bit_length()) if inside >> q & 1], count)


def _inner(program: PauliProgram, window: Window) -> PauliProgram:
    """The entries of a window as a program."""
    to = [0] * program.width
    for q, wire in enumerate(window.wires):
        to[wire] = q
    moved = MovedMasks(to)
    rotations = [(moved[x], moved[z], angle) for x, z, angle in (program.rotations[place] for place in window.places)]
    return PauliProgram(len(window.wires), rotations, tuple(range(len(window.wires))))


# --- replacing -----------------------------------------------------------------------------------------------------

_LOCAL = [(x, z) for x, z in ((1, 0), (1, 1), (0, 1))]


class _Locals(NamedTuple):
    """The one-qubit Cliffords by number: the images of letters before each, its products with turns, its turns."""

    before: list[dict[tuple[int, int], tuple[int, int, int]]]
    after: list[dict[tuple[int, int, int], int]]
    turns: list[tuple[tuple[int, int, int], ...]]


@cache
def _locals() -> _Locals:
    """The table, computed from images, starting at the identity, number 0."""
    numbers = {tuple(identity_images(1)): 0}
    queue = [identity_images(1)]
    turns: list[tuple[tuple[int, int, int], ...]] = [()]
    before, after = [], []
    for number, images in enumerate(queue):
        row = {}
        for x, z in _LOCAL:
            new_x, new_z, p = pulled_back((x, z, x & z), images)
            row[x, z] = (new_x, new_z, -1 if (p - (new_x & new_z)) & 2 else 1)
        before.append(row)
        follow = {}
        for x, z in _LOCAL:
            for count in (1, 2, 3):
                # the turn follows the Clifford; moved before it, it is a turn about another letter
                new_x, new_z, sign = row[x, z]
                later = list(images)
                turn(later, new_x, new_z, sign * count % 4)
                if tuple(later) not in numbers:
                    numbers[tuple(later)] = len(queue)
                    queue.append(later)
                    turns.append((*turns[number], (x, z, count)))
                follow[x, z, count] = numbers[tuple(later)]
        after.append(follow)
    return _Locals(before, after, turns)


class _Writer:
    """Writes entries one after another; one-qubit Cliffords and renamed wires are carried to the end."""

    def __init__(self, width: int) -> None:
        self.place = list(range(width))  # a label's wire
        self.local = [0] * width  # the Clifford pending on the wire of a label
        self.rotations: list[Rotation] = []
        self.neglected = 0.0
        self.table = _locals()

    def write(self, x: int, z: int, angle: Size) -> None:
        """Appends a rotation, or turns the wire's Clifford by it."""
        where = x | z
        low = where & -where
        first = low.bit_length() - 1
        if where == low:
            count = quarters(angle)
            kind = (x >> first, z >> first)
            if count is not None:
                self.neglected += missed(angle)
                if count:
                    self.local[first] = self.table.after[self.local[first]][(*kind, count)]
                return
            new_x, new_z, sign = self.table.before[self.local[first]][kind]
            wire = self.place[first]
            self.rotations.append((new_x << wire, new_z << wire, sign * angle))
            return
        second = where.bit_length() - 1
        ax, az, sign = self.table.before[self.local[first]][x >> first & 1, z >> first & 1]
        bx, bz, other = self.table.before[self.local[second]][x >> second, z >> second]
        a, b = self.place[first], self.place[second]
        self.rotations.append((ax << a | bx << b, az << a | bz << b, sign * other * angle))

    def rename(self, labels: list[int], outputs: tuple[int, ...]) -> None:
        """Gives label i of these the wire and Clifford of label `outputs[i]` of them."""
        places, cliffords = [self.place[q] for q in labels], [self.local[q] for q in labels]
        for label, output in zip(labels, outputs, strict=True):
            self.place[label], self.local[label] = places[output], cliffords[output]

    def finished(self, outputs: tuple[int, ...]) -> PauliProgram:
        """The program, with the pending Cliffords written at the end."""
        for wire, number in zip(self.place, self.local, strict=True):
            self.rotations += [(x << wire, z << wire, QUARTER * count) for x, z, count in self.table.turns[number]]
        return PauliProgram(len(self.place), self.rotations, tuple(self.place[q] for q in outputs), self.neglected)


def tidied(program: PauliProgram) -> PauliProgram:
    """The same with all one-qubit Cliffords at the end."""
    return _spliced(program, {}, set())


def _replaced(program: PauliProgram, windows: list[Window], best: dict[int, PauliProgram]) -> PauliProgram:
    """The program with the windows of these numbers replaced."""
    return _spliced(
        program,
        {windows[index].places[0]: (windows[index], new) for index, new in best.items()},
        {place for index in best for place in windows[index].places},
    )


def _spliced(program: PauliProgram, new: dict[int, tuple[Window, PauliProgram]], gone: set[int]) -> PauliProgram:
    """The program with windows, by their first place, replaced; `gone` are the places of all their entries."""
    writer = _Writer(program.width)
    writer.neglected = program.neglected + sum([inner.neglected for _, inner in new.values()])
    for place, rotation in enumerate(program.rotations):
        if place not in gone:
            writer.write(*rotation)
        elif place in new:
            window, inner = new[place]
            moved = MovedMasks(window.wires)
            for x, z, angle in inner.rotations:
                writer.write(moved[x], moved[z], angle)
            writer.rename(window.wires, inner.outputs)
    return writer.finished(program.outputs)
