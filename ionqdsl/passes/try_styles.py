"""Synthesises a circuit in several styles and from both ends, and sweeps the results that are best for a contract.

Takes folded rotations, the forms of one circuit, and returns interaction forms. Synthesis is quick and sweeps are not,
so there are many tries, which are compared before any is swept. All is decided alike under every contract, so that a
weaker one has the candidates of the stricter ones and never costs more.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.paulis import Folded, PauliProgram, inverse, inverted, quarters
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases
from ionqdsl.passes.fold_rotations import form_of, renamed
from ionqdsl.passes.pauli_problems import PauliSolution, Style
from ionqdsl.passes.shorten_tails import TailContract, exchanges, with_short_tail
from ionqdsl.passes.synthesise_paulis import outputs_of, program_of_solution, solved
from ionqdsl.passes.use_interactions import Met, compressed_under
from ionqdsl.passes.windows import random_style

STYLES = (
    Style(),
    Style(0.29, 0.12, 0.03, -0.04),
    Style(0.22, 0.05, 0.03, 0.08),
    Style(0.23, 0.26, 0.025, 0.03),
    Style(0.46, 0.12, 0.025, 0.03),
    Style(0.7, 0.25, 0.03),
    Style(0.6, 0.0, 0.01),
    Style(0.8, 0.25, 0.0),
)
"""The first styles of a quick synthesis: those with which benchmark circuits came closest to their best of a hundred
styles, beginning with those that suit large circuits, for which there is no time for all."""

TRIES = 16
FIRST = 2
CELLS = 120_000
"""The most styles of a quick synthesis in each direction, the first of them, and the most letters in all of them."""

TAILS = 2
LONG = 3
"""The number of solutions, the best ones, whose Cliffords at the end are searched for shorter ones; all are compared if
that of the best one is longer than such a part of it.
"""

SEED = 400
"""The seed of the first try: that of eight with the best results on the benchmark circuits."""

SWEPT = 150
"""The most two-qubit gates of the candidates of a quick synthesis that are swept; the best one is in any case."""


Strings = tuple[tuple[int, int], ...]
"""Pauli strings as their masks x and z."""


class Try:
    """A synthesis of one form of a circuit, with its two-qubit gates as each kind of contract counts them.

    `renamed` are all, `still` those with exchanges of wires that lead every qubit to its own, three gates each, and
    `seen` those that a measurement of every qubit depends on. The program is only written if it is needed.
    """

    def __init__(self, style: int, gates: int, outputs: tuple[int, ...], write: Callable[[], PauliProgram]) -> None:
        self._write = write
        self.style = style
        self.renamed = gates
        self.still = self.renamed + 3 * exchanges(outputs)

    @cached_property
    def program(self) -> PauliProgram:
        """The synthesis as a program."""
        return self._write()

    @cached_property
    def form(self) -> Interactions:
        """The program's interaction form, without its permutation of the wires."""
        return form_of(self.program)

    @cached_property
    def strings(self) -> Strings:
        """The strings on two wires, in order: what decides the form but for one-qubit gates."""
        return tuple([(x, z) for x, z, _ in self.program.rotations if (x | z) & ((x | z) - 1)])

    @cached_property
    def seen(self) -> int:
        """The two-qubit gates that are not dropped at the end."""
        return self.renamed - _unseen(self.program)


class _Way(NamedTuple):
    """Folded rotations, and whether they are the inverse of what is wanted."""

    folded: Folded
    is_inverse: bool

    def wanted(self, program: PauliProgram) -> PauliProgram:
        return inverse(program) if self.is_inverse else program


class Tries(NamedTuple):
    """Syntheses of one form of a circuit, and the best of them with shorter Cliffords at their ends.

    These are apart, so that they crowd out no other in a comparison before the sweeps.
    """

    plain: list[Try]
    shorter: list[Try]


def tried(folded: Folded, most: int, preserve: str, *, is_measured: bool = False) -> Tries:
    """The syntheses that have at most so many two-qubit gates; few are tried if the first ones have more.

    With `is_measured`, some of the shorter ones are equal to the others only up to phases of the outcomes.
    """
    draw = random.Random("quick")
    styles = [*STYLES, *(random_style(draw) for _ in range(TRIES - len(STYLES)))]
    del styles[max(1, CELLS // (folded.width * (len(folded.rotations) + 2 * folded.width))) :]
    if not folded.rotations:
        del styles[1:]  # they only differ in how they treat rotations
    ways = _Way(folded, False), _Way(inverted(folded), True)
    solutions: list[_Solution] = []
    for start, end in ((0, FIRST), (FIRST, TRIES)):
        if start and not solutions:
            break
        for way in ways:
            some = styles[start:end]
            seeds = range(SEED + start, SEED + start + len(some))
            found = solved([way.folded] * len(some), some, [most] * len(some), seeds)
            solutions += [
                _Solution(way, style, one) for style, one in enumerate(found, start) if one.events is not None
            ]
    return Tries([one.as_try() for one in solutions], _with_short_tails(solutions, preserve, is_measured))


class _Solution(NamedTuple):
    way: _Way
    style: int
    found: PauliSolution

    def as_try(self) -> Try:
        outputs = outputs_of(self.found)
        return Try(self.style, self.found.two_qubit_gates, outputs, lambda: self.way.wanted(self.program))

    @property
    def program(self) -> PauliProgram:
        """The synthesis of the way itself."""
        return program_of_solution(self.way.folded, self.found)

    @property
    def tail(self) -> int:
        """The two-qubit gates of the Clifford at its end."""
        return len(self.found.moves or b"") // 8


def _with_short_tails(solutions: Sequence[_Solution], preserve: str, is_measured: bool) -> list[Try]:
    """The best solutions with shorter Cliffords at their ends; where these are long, a short search compares all."""
    kinds = [TailContract(is_still=True)]
    kinds += [TailContract()] * (not fixes_inputs(preserve)) + [TailContract(is_measured=True)] * is_measured
    solutions = sorted(solutions, key=lambda one: (one.found.two_qubit_gates, one.style))
    if not solutions:
        return []
    best, has_rotations = solutions[0], bool(solutions[0].way.folded.rotations)
    several = solutions[: TAILS if has_rotations else 1]
    if has_rotations and best.tail * LONG > best.found.two_qubit_gates:
        several = [one for one in solutions if one.tail > 1]
    programs = [(one, one.program) for one in several]
    tries: list[Try] = []
    for kept in kinds:
        those = [each for each in programs if not (kept.is_measured and each[0].way.is_inverse)]
        if len(those) > TAILS:
            short = [(with_short_tail(program, kept, 1) or program, one, program) for one, program in those]
            short.sort(key=lambda each: each[0].two_qubit_gates + 3 * exchanges(each[0].outputs) * kept.is_still)
            those = [(one, program) for _, one, program in short[:TAILS]]
        for one, program in those:
            shorter = with_short_tail(program, kept)
            if shorter is not None:
                tries.append(_shorter(one, shorter))
    return tries


def _shorter(one: _Solution, program: PauliProgram) -> Try:
    result = one.way.wanted(program)
    return Try(one.style, result.two_qubit_gates, result.outputs, lambda: result)


def best_forms(
    tries: Sequence[Try], preserve: str, most: int | None = None, met: Met | None = None
) -> list[Interactions]:
    """The forms of the best tries for the contract and for each stricter one, but not of those with more than `most`
    two-qubit gates, and none twice, nor one that a call before with the same `met` has returned.
    """
    met = {} if met is None else met
    tries = sorted(tries, key=lambda one: (one.renamed, one.style))  # among equals, those in one style differ most
    results: list[Interactions] = []
    if not fixes_phases(preserve):
        for one in _best(tries[:TRIES], lambda one: one.seen):
            form = renamed(one.form, one.program.outputs)
            results += compressed_under(preserve, form, strictest="measurement", met=met)
    if not fixes_inputs(preserve):
        for one in _best(tries, lambda one: one.renamed):
            form = renamed(one.form, one.program.outputs)
            results += compressed_under("permuted", form, strictest="permuted", met=met)
    for one in _best([one for one in tries if most is None or one.still <= most], lambda one: one.still):
        form = renamed(one.form, one.program.outputs, may_rename=False)
        results += compressed_under("unitary", form, met=met)
    return results


def _best(tries: list[Try], gates: Callable[[Try], int]) -> Iterator[Try]:
    """The tries with the fewest gates, as many as may be swept."""
    left = SWEPT
    seen: set[Strings] = set()
    for one in sorted(tries, key=gates):
        if one.strings not in seen:
            left -= gates(one)
            if left < 0 and seen:
                break
            seen.add(one.strings)
            yield one


def _unseen(program: PauliProgram) -> int:
    """The two-qubit gates that a measurement of every qubit does not depend on: those about the measured letters.

    From the end, a wire's measured letter is Z until a rotation about another one; a quarter turn leads to the third.
    """
    measured_x, measured_z = 0, (1 << program.width) - 1  # the bits of the letters, none where there is no letter left
    unseen = 0
    for x, z, angle in reversed(program.rotations):
        where = x | z
        measured = measured_x | measured_z
        if not measured:
            break
        if not where & measured:
            continue
        others = (x ^ measured_x | z ^ measured_z) & where
        is_single = not where & (where - 1)
        if not others:
            unseen += not is_single
        elif is_single and (turns := quarters(angle)) is not None:
            if turns % 2:
                measured_x, measured_z = measured_x ^ x, measured_z ^ z
        else:
            measured_x, measured_z = measured_x & ~others, measured_z & ~others
    return unseen
