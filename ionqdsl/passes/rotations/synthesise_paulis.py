"""Synthesises folded rotations as programs of one- and two-letter rotations, greedily.

Takes `Folded` rotations with a `Style` and a seed each, and returns an equal `PauliProgram` for each, or None if it
would need more two-qubit gates than its bound. Only the best next step is decided here.

A two-qubit gate may have any angle, so a two-letter rotation is emitted as it is, and with it, at no cost, a quarter
turn about the same string if that shortens later ones.

The steps are those of the compiled kernel, kernel/synthesis.c. Where it was not built, solve_in_step.py takes the same
steps with numpy: equal problems give equal programs on every machine, alone or among others.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.paulis import (
    QUARTER,
    Folded,
    NumericFolded,
    PauliProgram,
    Rotation,
    Size,
    added,
    identity_images,
    is_negative,
    turn,
)
from ionqdsl.passes.rotations.pauli_problems import PauliProblem, PauliSolution, Style, logarithms
from ionqdsl.record import record
from ionqdsl.workers.threads import shared, threads

WORTH, PORTIONS = 1 << 17, 4
"""The fewest letters, those of each synthesis counted again, that threads share: about three milliseconds of work, as
much as the import of threads takes. And the portions for each thread."""


@record(frozen=False)
class Meter:
    """Counts work: syntheses, their steps, the words that scores and the rows that sums looked at, and words set up."""

    tries: int = 0
    steps: int = 0
    scores: int = 0
    sums: int = 0
    entries: int = 0

    def add(self, tries: int, steps: int, scores: int, sums: int, entries: int) -> None:
        """Counts more work."""
        self.tries += tries
        self.steps += steps
        self.scores += scores
        self.sums += sums
        self.entries += entries

    @property
    def seconds(self) -> float:
        """About the time that the compiled kernel takes on one core; the same on every machine, since it is counted.

        Numpy takes about twenty times as long for the same work.
        """
        return 4e-7 * self.tries + 1.5e-7 * self.steps + 6e-9 * (self.scores + self.sums) + 4e-7 * self.entries


Solver = Callable[[Sequence[PauliProblem]], list[PauliSolution]]


def synthesise_paulis(
    problems: Sequence[Folded],
    styles: Sequence[Style],
    bounds: Sequence[int],
    seeds: Sequence[int],
    meter: Meter | None = None,
    solver: Solver | None = None,
) -> list[PauliProgram | None]:
    """The programs, in the order of the problems; None for one that has more than its bound of two-qubit gates.

    A hash of the problem's seed decides between equal steps, so a result depends on its own problem alone. `solver` is
    the fastest there is unless it is given.
    """
    solutions = solved(problems, styles, bounds, seeds, meter, solver)
    return [
        None if solution.events is None else program_of_solution(folded, solution)
        for folded, solution in zip(problems, solutions, strict=True)
    ]


def solved(
    problems: Sequence[Folded],
    styles: Sequence[Style],
    bounds: Sequence[int],
    seeds: Sequence[int],
    meter: Meter | None = None,
    solver: Solver | None = None,
) -> list[PauliSolution]:
    """The solutions alone, for a caller that writes only some of them as programs."""
    packed = {id(folded): _packed(folded) for folded in {id(folded): folded for folded in problems}.values()}
    weights = {id(style): style.weights for style in {id(style): style for style in styles}.values()}
    given = [
        PauliProblem(folded.width, *packed[id(folded)], weights[id(style)], bound, seed)
        for folded, style, bound, seed in zip(problems, styles, bounds, seeds, strict=True)
    ]
    solutions = (solver or fastest_solver())(given)
    if meter is not None:
        meter.tries += len(solutions)
        meter.entries += sum([len(rows) // 8 for rows, _ in packed.values()])
        for solution in solutions:
            meter.steps += solution.steps
            meter.scores += solution.scores
            meter.sums += solution.sums
    return solutions


class Syntheses(NamedTuple):
    """The syntheses of one problem: their styles and seeds, and the most two-qubit gates of each."""

    folded: Folded
    styles: tuple[Style, ...]
    seeds: Sequence[int]
    bound: int


def solved_in_styles(several: Sequence[Syntheses]) -> list[list[PauliSolution]]:
    """The solutions of each problem, in the order of its styles."""
    if not compiled.is_used():
        return [
            solved([folded] * len(styles), styles, [bound] * len(styles), seeds)
            for folded, styles, seeds, bound in several
        ]
    return _solved_by_kernel(
        [
            _KernelProblem(folded.width, *_packed(folded), bound, _joined(styles), seeds)
            for folded, styles, seeds, bound in several
        ]
    )


@lru_cache(maxsize=16)
def _joined(styles: tuple[Style, ...]) -> bytes:
    return b"".join([style.weights for style in styles])


def _packed(folded: Folded) -> tuple[bytes, bytes]:
    """The strings and the signs of the images, as `PauliProblem` has them."""
    if isinstance(folded, NumericFolded):
        return folded.strings, folded.minus
    size = -(-folded.width // 64) * 8
    masks = [mask for x, z, _ in (*folded.rotations, *folded.images) for mask in (x, z)]
    if size == 8 and sys.byteorder == "little":
        rows = array("Q", masks).tobytes()
    else:
        rows = b"".join([mask.to_bytes(size, "little") for mask in masks])
    return rows, bytes([is_negative(image) for image in folded.images])


# --- solvers -------------------------------------------------------------------------------------------------------


def fastest_solver() -> Solver:
    """The compiled kernel, or numpy where the kernel was not built or `IONQDSL_KERNEL` is `numpy`."""
    if compiled.is_used():
        return solve_compiled
    from ionqdsl.passes.rotations.solve_in_step import solve_in_step  # brings numpy

    return solve_in_step


def solve_compiled(problems: Sequence[PauliProblem]) -> list[PauliSolution]:
    """Solves problems by the compiled kernel, those with the same rows next to each other at once."""
    several = []
    for (width, rows, minus, bound), alike in groupby(problems, _SHARED):
        runs = [(problem.weights, problem.seed) for problem in alike]
        styles, seeds = b"".join([weights for weights, _ in runs]), [seed for _, seed in runs]
        several.append(_KernelProblem(width, rows, minus, bound, styles, seeds))
    return [*chain.from_iterable(_solved_by_kernel(several))]


class _KernelProblem(NamedTuple):
    """A `PauliProblem` with the weights and seeds of several syntheses."""

    width: int
    rows: bytes
    minus: bytes
    bound: int
    weights: bytes
    seeds: Sequence[int]

    @property
    def cells(self) -> int:
        """The letters of its strings."""
        return self.width * len(self.rows) // (16 * -(-self.width // 64))

    def calls(self, cells: int) -> list[tuple[Any, ...]]:
        """The arguments of calls of the kernel: of one synthesis each, or of so many as have at most so many cells."""
        each, most = len(self.weights) // max(1, len(self.seeds)), max(1, cells // self.cells)
        starts = range(0, len(self.seeds), most)
        parts = [(self.weights[k * each : (k + most) * each], array("Q", self.seeds[k : k + most])) for k in starts]
        width, rows, minus, bound = self[:4]
        return [(width, rows, minus, logarithms(width), weights, bound, seeds) for weights, seeds in parts]


def _solved_by_kernel(problems: Sequence[_KernelProblem]) -> list[list[PauliSolution]]:
    """The solutions of each problem. If there is much to do, threads share it."""
    cells = sum([problem.cells * len(problem.seeds) for problem in problems])
    count = threads() if cells >= WORTH else 1
    portion = cells // (PORTIONS * count) if count > 1 else cells
    calls = [call for problem in problems for call in problem.calls(portion)]
    answers = shared(compiled.kernel.solve, calls, count)
    solutions = map(PauliSolution._make, chain.from_iterable(answers))
    return [[*islice(solutions, len(problem.seeds))] for problem in problems]


_SHARED = attrgetter("width", "rows", "minus", "bound")


# --- the events as a program ---------------------------------------------------------------------------------------


@cache
def _generators(width: int) -> tuple[tuple[int, int], ...]:
    """The bits x and z of each generator on one wire."""
    return tuple(((letter < 2) << wire, (letter > 0) << wire) for wire in range(width) for letter in range(3))


def outputs_of(solution: PauliSolution) -> tuple[int, ...]:
    """The wire on which each qubit is read."""
    assert solution.qubits is not None, "a synthesis that stopped at its bound has no outputs"
    return tuple(memoryview(solution.qubits).cast("i")[::2])


def _numbers(data: bytes | None) -> list[int]:
    assert data is not None, "a synthesis that stopped at its bound has no program"
    return memoryview(data).cast("i").tolist()


def program_of_solution(problem: Folded, solution: PauliSolution) -> PauliProgram:
    """A solution of a problem as a program."""
    events, moves, qubits = (_numbers(part) for part in (solution.events, solution.moves, solution.qubits))
    rotations: list[Rotation] = []
    generators, given = _generators(problem.width), problem.rotations
    numbers = iter(events)
    for first, second, row, flags in zip(numbers, numbers, numbers, numbers, strict=True):
        x, z = generators[first]
        if second >= 0:
            other_x, other_z = generators[second]
            x, z = x | other_x, z | other_z
        angle: Size = QUARTER if flags & 2 else 0.0
        if row >= 0:
            own = -given[row][2] if flags & 1 else given[row][2]
            angle = own if isinstance(own, float) and not flags & 2 else added(angle, own)
        rotations.append((x, z, angle))
    for first, second in zip(moves[::2], moves[1::2], strict=True):
        (x, z), (other_x, other_z) = generators[first], generators[second]
        rotations.append((x | other_x, z | other_z, QUARTER))
    outputs = tuple(qubits[::2])
    for wire, letters in zip(outputs, qubits[1::2], strict=True):
        rotations += [(x << wire, z << wire, QUARTER * count) for x, z, count in local_cliffords()[letters]]
    return PauliProgram(problem.width, rotations, outputs, problem.neglected)


class QuarterTurn(NamedTuple):
    """A quarter turn about a one-qubit Pauli, by its bits x and z, so many times."""

    x: int
    z: int
    times: int


@cache
def local_cliffords() -> dict[int, tuple[QuarterTurn, ...]]:
    """The images of X and Z under each one-qubit Clifford, as in `PauliSolution.qubits` -> its quarter turns."""

    def letters(images: list[tuple[int, int, int]]) -> int:
        (x, z, _), (other_x, other_z, _) = images
        signs = [is_negative(image) for image in images]
        return x | z << 1 | other_x << 2 | other_z << 3 | signs[0] << 4 | signs[1] << 5

    start = identity_images(1)
    cliffords: dict[int, tuple[QuarterTurn, ...]] = {letters(start): ()}
    queue = [start]
    for images in queue:
        for x, z in ((0, 1), (1, 0), (1, 1)):
            for count in (1, 2, 3):
                after = list(images)
                turn(after, x, z, count)
                if (
                    letters(after) not in cliffords
                ):  # the new turn happens before the Clifford that it was multiplied to
                    cliffords[letters(after)] = (QuarterTurn(x, z, count), *cliffords[letters(images)])
                    queue.append(after)
    return cliffords


@cache
def packed_cliffords() -> bytes:
    """For each number of `local_cliffords` how many quarter turns there are, then bits and times of each (int32)."""
    rows = [[0] * 7 for _ in range(64)]
    for letters, turns in local_cliffords().items():
        numbers = [number for turn in turns for number in (turn.x | turn.z << 1, turn.times)]
        rows[letters][: 1 + len(numbers)] = [len(turns), *numbers]
    return array("i", [number for row in rows for number in row]).tobytes()
