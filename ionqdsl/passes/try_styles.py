"""Synthesises a circuit in several styles and from both ends, and sweeps the results that are best for a contract.

Takes folded rotations, the forms of one circuit, and returns interaction forms. Synthesis is quick and sweeps are not,
so there are many tries, which are compared before any is swept. All is decided alike under every contract, so that a
weaker one has the candidates of the stricter ones and never costs more.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.paulis import Folded, PauliProgram, inverse, inverted, quarters
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases
from ionqdsl.passes.fold_rotations import form_of, renamed
from ionqdsl.passes.pauli_problems import PauliSolution, Style
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

SEED = 400
"""The seed of the first try: that of eight with the best results on the benchmark circuits."""

SWEPT = 150
"""The most two-qubit gates of the candidates of a quick synthesis that are swept; the best one is in any case."""


Strings = tuple[tuple[int, int], ...]
"""Pauli strings as their masks x and z."""


class Try:
    """A synthesis of one form of a circuit, with its two-qubit gates as each kind of contract counts them.

    `renamed` are all, `still` those with exchanges of wires that lead every qubit to its own, three gates each, and
    `seen` those that a measurement of every qubit depends on.
    """

    def __init__(self, folded: Folded, is_inverse: bool, style: int, solution: PauliSolution) -> None:
        self._made = folded, is_inverse, solution
        self.style = style
        self.renamed = solution.two_qubit_gates
        self.still = self.renamed + 3 * _exchanges(outputs_of(solution))

    @cached_property
    def program(self) -> PauliProgram:
        """The synthesis as a program."""
        folded, is_inverse, solution = self._made
        program = program_of_solution(folded, solution)
        return inverse(program) if is_inverse else program

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


def tried(folded: Folded, most: int) -> list[Try]:
    """The syntheses that have at most so many two-qubit gates; few are tried if the first ones have more."""
    draw = random.Random("quick")
    styles = [*STYLES, *(random_style(draw) for _ in range(TRIES - len(STYLES)))]
    del styles[max(1, CELLS // (folded.width * (len(folded.rotations) + 2 * folded.width))) :]
    ways = (folded, False), (inverted(folded), True)
    tries: list[Try] = []
    for start, end in ((0, FIRST), (FIRST, TRIES)):
        if start and not tries:
            break
        for way, is_inverse in ways:
            some = styles[start:end]
            seeds = range(SEED + start, SEED + start + len(some))
            solutions = solved([way] * len(some), some, [most] * len(some), seeds)
            made = [one for one in enumerate(solutions, start) if one[1].events is not None]
            tries += [Try(way, is_inverse, style, solution) for style, solution in made]
    return tries


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


def _exchanges(outputs: tuple[int, ...]) -> int:
    """The fewest exchanges of two wires that lead every qubit to its own: all but one of each circle."""
    exchanges = 0
    left = set(outputs)
    while left:
        wire = outputs[left.pop()]
        while wire in left:
            left.remove(wire)
            wire = outputs[wire]
            exchanges += 1
    return exchanges
