"""Replaces windows of a program by their shortest syntheses.

Takes a program and a plan: windows with no entry in common, and the styles and seeds by which each is synthesised. A
window is brought together at the place of its first entry. Where the compiled kernel was built, kernel/windows.c does
all of a plan in one call, with the same result.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.paulis import (
    QUARTER,
    Folded,
    MovedMasks,
    NumericProgram,
    PauliProgram,
    Rotation,
    Size,
    fold,
    identity_images,
    inverse,
    missed,
    numeric_program,
    pulled_back,
    quarters,
    turn,
)
from ionqdsl.ir.rounding import NOISE
from ionqdsl.passes.rotations.pauli_problems import PauliSolution, Style, logarithms
from ionqdsl.passes.rotations.synthesise_paulis import (
    Meter,
    outputs_of,
    packed_cliffords,
    program_of_solution,
    solved,
)


class Window(NamedTuple):
    """Entries that can be brought together: their places, their wires, and the number of two-qubit gates."""

    places: Sequence[int]
    wires: Sequence[int]
    two_qubit_gates: int


class WindowPlan(NamedTuple):
    """How windows are synthesised: the most two-qubit gates of each, `tries` times with its seeds and styles in turn.

    `turns` says of each window whether its inverse is synthesised, and whether the Clifford parts of its angles move.
    """

    windows: Sequence[Window]
    bounds: Sequence[int]
    turns: Sequence[tuple[bool, bool]]
    tries: int
    styles: Sequence[Style]
    seeds: Sequence[int]


def replaced(program: PauliProgram, plan: WindowPlan, meter: Meter, renames: Sequence[bool]) -> list[PauliProgram]:
    """For each of `renames` the program with its windows replaced; their wires may be renamed if it is true."""
    arrays = numeric_program(program)
    if arrays is None:
        return replaced_in_python(program, plan, meter, renames)
    windows = [
        number
        for window, bound, (is_flipped, is_reduced) in zip(plan.windows, plan.bounds, plan.turns, strict=True)
        for number in (len(window.places), len(window.wires), bound, is_flipped + 2 * is_reduced)
    ]
    results, work = compiled.kernel.improve(
        arrays.width,
        arrays.strings,
        arrays.angles,
        array("i", arrays.outputs),
        arrays.neglected,
        array("i", windows),
        array("i", chain.from_iterable([window.places for window in plan.windows])),
        array("i", chain.from_iterable([window.wires for window in plan.windows])),
        b"".join([style.weights for style in plan.styles]) or Style().weights,
        array("Q", plan.seeds),
        plan.tries,
        logarithms(arrays.width),
        packed_cliffords(),
        _packed_locals(),
        bytes(renames),
        NOISE,
    )
    meter.add(*work)
    return [
        NumericProgram(arrays.width, strings, angles, tuple(memoryview(outputs).cast("i")), gates, neglected)
        for strings, angles, outputs, gates, neglected in results
    ]


def tidied(program: PauliProgram) -> PauliProgram:
    """The same with all one-qubit Cliffords at the end."""
    return replaced(program, WindowPlan((), (), (), 1, (), ()), Meter(), [True])[0]


# --- in Python -----------------------------------------------------------------------------------------------------


def replaced_in_python(
    program: PauliProgram, plan: WindowPlan, meter: Meter, renames: Sequence[bool]
) -> list[PauliProgram]:
    """Window by window."""
    inner = [_inner(program, window) for window in plan.windows]
    folded = [
        fold(inverse(one) if is_flipped else one, is_reduced, is_once=True)
        for one, (is_flipped, is_reduced) in zip(inner, plan.turns, strict=True)
    ]
    tries = plan.tries
    problems = [one for one in folded for _ in range(tries)]
    styles = [plan.styles[number % len(plan.styles)] for number in range(len(problems))]
    bounds = [bound for bound in plan.bounds for _ in range(tries)]
    solutions = solved(problems, styles, bounds, plan.seeds, meter)
    each = [solutions[k * tries : (k + 1) * tries] for k in range(len(folded))]
    results = []
    for may_rename in renames:
        best = {
            number: result
            for number, (one, found, (is_flipped, _)) in enumerate(zip(folded, each, plan.turns, strict=True))
            if (result := _shortest(one, found, is_flipped=is_flipped, may_rename=may_rename)) is not None
        }
        results.append(_spliced(program, plan.windows, best))
    return results


def _inner(program: PauliProgram, window: Window) -> PauliProgram:
    """The entries of a window as a program."""
    to = [0] * program.width
    for q, wire in enumerate(window.wires):
        to[wire] = q
    moved = MovedMasks(to)
    rotations = [(moved[x], moved[z], angle) for x, z, angle in (program.rotations[place] for place in window.places)]
    return PauliProgram(len(window.wires), rotations, tuple(range(len(window.wires))))


def _shortest(
    folded: Folded, solutions: Sequence[PauliSolution], *, is_flipped: bool, may_rename: bool
) -> PauliProgram | None:
    """The program with the fewest two-qubit gates, if there is any."""
    still = tuple(range(folded.width))
    found = [one for one in solutions if one.events is not None and (may_rename or outputs_of(one) == still)]
    if not found:
        return None
    result = program_of_solution(folded, min(found, key=lambda one: one.two_qubit_gates))
    return inverse(result) if is_flipped else result


def _spliced(program: PauliProgram, windows: Sequence[Window], best: dict[int, PauliProgram]) -> PauliProgram:
    """The program with the windows of these numbers replaced."""
    firsts = {windows[number].places[0]: number for number in best}
    gone = {place for number in best for place in windows[number].places}
    writer = _Writer(program.width)
    writer.neglected = program.neglected + sum([inner.neglected for inner in best.values()])
    for place, rotation in enumerate(program.rotations):
        if place not in gone:
            writer.write(*rotation)
        elif place in firsts:
            number = firsts[place]
            moved = MovedMasks(windows[number].wires)
            for x, z, angle in best[number].rotations:
                writer.write(moved[x], moved[z], angle)
            writer.rename(windows[number].wires, best[number].outputs)
    return writer.finished(program.outputs)


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

    def rename(self, labels: Sequence[int], outputs: tuple[int, ...]) -> None:
        """Gives label i of these the wire and Clifford of label `outputs[i]` of them."""
        places, cliffords = [self.place[q] for q in labels], [self.local[q] for q in labels]
        for label, output in zip(labels, outputs, strict=True):
            self.place[label], self.local[label] = places[output], cliffords[output]

    def finished(self, outputs: tuple[int, ...]) -> PauliProgram:
        """The program, with the pending Cliffords written at the end."""
        for wire, number in zip(self.place, self.local, strict=True):
            self.rotations += [(x << wire, z << wire, QUARTER * count) for x, z, count in self.table.turns[number]]
        return PauliProgram(len(self.place), self.rotations, tuple(self.place[q] for q in outputs), self.neglected)


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


@cache
def _packed_locals() -> bytes:
    """For each one-qubit Clifford, as 32-bit numbers: the letters before it and their signs for X, Z and Y; the numbers
    of the Clifford and one, two, three turns about each; how many turns it is, then letters and times, six numbers.
    """
    table, numbers = _locals(), array("i")
    letters = ((1, 0), (0, 1), (1, 1))
    for before, after, turns in zip(table.before, table.after, table.turns, strict=True):
        numbers.extend(before[letter][0] | before[letter][1] << 1 for letter in letters)
        numbers.extend(before[letter][2] for letter in letters)
        numbers.extend(after[(*letter, count)] for letter in letters for count in (1, 2, 3))
        steps = [number for x, z, count in turns for number in (x | z << 1, count)]
        numbers.extend([len(turns), *steps, *[0] * (6 - len(steps))])
    return numbers.tobytes()
