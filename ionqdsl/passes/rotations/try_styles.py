"""Synthesises a circuit in several styles and from both ends, and sweeps the results that are best for a contract.

Takes folded rotations, the forms of one circuit, and returns interaction forms. Synthesis is quick and sweeps are not,
so there are many tries, which are compared before any is swept. All is decided alike under every contract, so that a
weaker one has the candidates of the stricter ones and never costs more.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.paulis import Folded, PauliProgram, inverse, inverted, numeric, quarters
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases
from ionqdsl.passes.cliffords.factors import WIDEST
from ionqdsl.passes.interactions.use_interactions import Met, compressed_under
from ionqdsl.passes.rotations.fold_rotations import form_of, put_back, renamed
from ionqdsl.passes.rotations.pauli_problems import PauliSolution, Style
from ionqdsl.passes.rotations.shorten_tails import Tail, TailContract, exchanges, shorter_factors, with_short_tail
from ionqdsl.passes.rotations.solution_forms import SolutionForm, form_of_solution
from ionqdsl.passes.rotations.synthesise_paulis import Syntheses, outputs_of, program_of_solution, solved_in_styles
from ionqdsl.passes.rotations.windows import random_style
from ionqdsl.record import record

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

UNBOUNDED = 1 << 30
"""The most two-qubit gates of a synthesis that a search will shorten."""

CHANCES = 32
"""The styles with a chance, in each direction, of a program that is small enough for them too."""

SCOUTS = tuple([TRIES + number for number in (3, 13, 14, 17, 19, 24)])
OTHERS = tuple([number for number in range(TRIES, TRIES + CHANCES) if number not in SCOUTS])
HOPE = 4
"""The styles with a chance that are tried first, those that may follow, and how many two-qubit gates more than the
fewest so far the best of the first ones may have for that. Of 1,008 programs of benchmark circuits 155 get shorter by
chance. Where these six, which were chosen on those programs, all have more, none does: leaving the rest out saves two
fifths of the time."""

TAILS = 2
"""The number of syntheses, the best ones, whose Cliffords at the end are searched for shorter ones."""

SEED = 400
"""The seed of the first try: that of eight with the best results on the benchmark circuits."""

SWEPT = 150
"""The most two-qubit gates of the candidates of a quick synthesis that are swept; the best one is in any case."""


EVENT = 16
"""The bytes of an event of a solution: four 32-bit numbers."""


Strings = tuple[tuple[int, int], ...]
"""Pauli strings as their masks x and z."""


@record
class Direction:
    """Folded rotations, and whether they are the inverse of what is wanted."""

    folded: Folded
    is_inverse: bool

    @cached_property
    def angles(self) -> bytes | None:
        """The angles for the compiled kernel, None if it cannot take them."""
        given = numeric(self.folded)
        return None if given is None else given.angles

    @cached_property
    def written(self) -> dict[tuple[bytes | None, ...], SolutionForm]:
        """The forms of solutions so far, by their steps: a quarter of the styles take the same ones as another."""
        return {}

    def wanted(self, program: PauliProgram) -> PauliProgram:
        """The program of these rotations, or its inverse."""
        return inverse(program) if self.is_inverse else program


class Try:
    """A synthesis of one form of a circuit, with its two-qubit gates as each kind of contract counts them.

    `renamed` are all, `still` those with exchanges of wires that lead every qubit to its own, three gates each, and
    `seen` those that a measurement of every qubit depends on.
    """

    def __init__(self, way: Direction, style: int, found: PauliSolution | PauliProgram) -> None:
        self.way = way
        self.style = style
        self.found = found
        self.renamed = found.two_qubit_gates
        outputs = found.outputs if isinstance(found, PauliProgram) else outputs_of(found)
        self.still = self.renamed + 3 * exchanges(outputs)

    @property
    def moves(self) -> int:
        """The two-qubit gates of the Clifford at the end of a solution."""
        return 0 if isinstance(self.found, PauliProgram) else len(self.found.moves or b"") // 8

    @property
    def is_direct(self) -> bool:
        """Whether every step of a solution emits a rotation, so that it has no Clifford of its own."""
        if isinstance(self.found, PauliProgram):
            return False
        return not self.moves and len(self.found.events or b"") == EVENT * self.way.folded.count

    @cached_property
    def tail(self) -> Tail:
        """The program of its way with the Clifford at its end."""
        found = self.found
        return Tail(found if isinstance(found, PauliProgram) else program_of_solution(self.way.folded, found))

    @cached_property
    def program(self) -> PauliProgram:
        """The synthesis as a program."""
        return self.way.wanted(self.tail.program)

    @cached_property
    def _written(self) -> SolutionForm | None:
        """The same as the program says, by the compiled kernel and without a program."""
        found, angles = self.found, self.way.angles
        if angles is None or isinstance(found, PauliProgram):
            return None
        written, steps = self.way.written, (found.events, found.moves, found.qubits)
        if steps not in written:
            written[steps] = form_of_solution(self.way.folded, angles, found, self.way.is_inverse)
        return written[steps]

    @property
    def outputs(self) -> tuple[int, ...]:
        """The wire on which each qubit is read."""
        return self._written.outputs if self._written else self.program.outputs

    @cached_property
    def form(self) -> Interactions:
        """The program's interaction form, without its permutation of the wires."""
        return self._written.form if self._written else form_of(self.program)

    @cached_property
    def strings(self) -> Strings | bytes:
        """The strings on two wires, in order: what decides the form but for one-qubit gates."""
        if self._written:
            return self._written.strings
        return tuple([(x, z) for x, z, _ in self.program.rotations if (x | z) & ((x | z) - 1)])

    @cached_property
    def seen(self) -> int:
        """The two-qubit gates that are not dropped at the end."""
        return self.renamed - (self._written.unseen if self._written else _unseen(self.program))


@cache
def _styles() -> tuple[Style, ...]:
    """The styles of all tries, and after them those whose steps are partly left to chance."""
    draw, chances = random.Random("quick"), random.Random("chances")
    others = [random_style(draw) for _ in range(TRIES - len(STYLES))]
    return (*STYLES, *others, *(random_style(chances)._replace(chance=chances.uniform(0.3, 1)) for _ in range(CHANCES)))


@cache
def _styles_of(numbers: tuple[int, ...]) -> tuple[Style, ...]:
    return tuple([_styles()[number] for number in numbers])


class _Trial(NamedTuple):
    """A program and its inverse, the numbers of the styles to try, and the most two-qubit gates."""

    ways: tuple[Direction, Direction]
    styles: tuple[int, ...]
    most: int


def tried(programs: Sequence[Folded], most: int) -> list[Try]:
    """The syntheses of programs for one circuit that have at most so many two-qubit gates, or any number if they will
    be searched. Equal programs are tried once.

    There are few of a program if the first ones have too many two-qubit gates, or are all direct, since others would
    only emit in another order.
    """
    distinct = _distinct(programs)
    styles = [range(min(TRIES, _most_styles(each) if each.count else 1)) for each in distinct]
    trials = [
        _Trial(_ways(each), tuple(numbers[:FIRST]), UNBOUNDED if _is_searched(each) else most)
        for each, numbers in zip(distinct, styles, strict=True)
    ]
    found = _solved(trials)
    going = [place for place, tries in enumerate(found) if not all(one.is_direct for one in tries)]  # no try as well
    _go_on(found, {place: trials[place]._replace(styles=tuple(styles[place][FIRST:])) for place in going})
    return [*chain.from_iterable(found)]


def tried_by_chance(programs: Sequence[Folded], others: Sequence[Try], most: int) -> list[Try]:
    """Syntheses of small programs that take steps which look a little worse, if they are shorter than all others.

    Most styles of a program are tried only if the scouts nearly reach the fewest gates of others.
    """
    renamed = min([one.renamed for one in others], default=most + 1)
    still = min([one.still for one in others], default=most + 1)
    bound = max(renamed, still) - 1
    small = [each for each in _distinct(programs) if each.count and _most_styles(each) >= TRIES + CHANCES]
    trials = [_Trial(_ways(each), SCOUTS, bound + HOPE) for each in small]
    found = _solved(trials)
    near = [
        place
        for place, tries in enumerate(found)
        if any(one.renamed <= renamed + HOPE or one.still <= still + HOPE for one in tries)
    ]
    _go_on(found, {place: trials[place]._replace(styles=OTHERS, most=bound) for place in near})
    return [one for tries in found for one in tries if one.renamed < renamed or one.still < still]


def _go_on(found: list[list[Try]], trials: dict[int, _Trial]) -> None:
    """Adds the syntheses of more trials, by the places of their programs."""
    for place, tries in zip(trials, _solved([*trials.values()]), strict=True):
        found[place] += tries


def _distinct(programs: Sequence[Folded]) -> list[Folded]:
    distinct: list[Folded] = []
    for folded in programs:
        if folded not in distinct:
            distinct.append(folded)
    return distinct


def _most_styles(folded: Folded) -> int:
    return max(1, CELLS // (folded.width * (folded.count + 2 * folded.width)))


def _ways(folded: Folded) -> tuple[Direction, Direction]:
    return Direction(folded, False), Direction(inverted(folded), True)


def _solved(trials: Sequence[_Trial]) -> list[list[Try]]:
    """The syntheses of each trial."""
    wanted = [
        Syntheses(way.folded, _styles_of(numbers), [SEED + number for number in numbers], most)
        for ways, numbers, most in trials
        for way in ways
    ]
    solutions = iter(solved_in_styles(wanted))
    return [
        [
            Try(way, number, one)
            for way in ways
            for number, one in zip(numbers, next(solutions), strict=True)
            if one.events is not None
        ]
        for ways, numbers, _ in trials
    ]


def _is_searched(folded: Folded) -> bool:
    """Whether the program is a Clifford that a search for its factors begins with, however long a synthesis is."""
    return not folded.count and folded.width <= WIDEST


def tried_by_qubits(program: PauliProgram, folded: Folded) -> list[Try]:
    """The program of a wide Clifford written qubit by qubit, from both ends, with its qubits in place and renamed."""
    tries = []
    for way in _ways(folded):
        tail = Tail(way.wanted(program))
        shorter = [with_short_tail(tail, kept) for kept in (TailContract(is_still=True), TailContract())]
        tries += [Try(way, 0, one) for one in shorter if one is not None]
    return tries


def with_short_tails(tries: Sequence[Try], preserve: str, *, is_measured: bool = False) -> list[Try]:
    """The best tries with shorter Cliffords at their ends, if that makes them better than all.

    With `is_measured`, some are equal to the others only up to phases of the outcomes.
    """
    tries = sorted(tries, key=lambda one: (one.renamed, one.style))
    if not tries:
        return []
    renamed, still = tries[0].renamed, min([one.still for one in tries])
    kinds = [TailContract(is_still=True)]
    kinds += [TailContract()] * (not fixes_inputs(preserve)) + [TailContract(is_measured=True)] * is_measured
    results = []
    for kept in kinds:
        for one in _best_tails(tries, is_still=kept.is_still):
            shorter = None if kept.is_measured and one.way.is_inverse else with_short_tail(one.tail, kept)
            if shorter is not None:
                found = Try(one.way, one.style, shorter)
                if found.renamed < renamed or found.still < still:
                    results.append(found)
    return results


def _best_tails(tries: Sequence[Try], *, is_still: bool) -> Sequence[Try]:
    """The tries to shorten: the best ones; if the Clifford at the end of the best is long, by short searches in all."""
    best = tries[0]
    if not best.way.folded.count:  # the others are the same or its inverse, and the search works from both ends
        return [best]
    if not best.tail.is_long:
        return [one for one in tries[:TAILS] if one.moves]
    kept = TailContract(is_still)
    compared = []
    for one in tries[: TAILS * best.tail.places(kept)]:
        factors = shorter_factors(one.tail, kept, 1)
        if factors is not None:
            compared.append((one.renamed - one.moves + len(factors), one))
    compared.sort(key=itemgetter(0))
    return [one for _, one in compared[:TAILS]]


def best_forms(
    tries: Sequence[Try], preserve: str, most: int | None = None, met: Met | None = None, swept: int = SWEPT
) -> list[Interactions]:
    """The forms of the best tries for the contract and for each stricter one, but not of those with more than `most`
    two-qubit gates, and none twice, nor one that a call before with the same `met` has returned. Those of `swept`
    two-qubit gates in all are swept, and the best one in any case.
    """
    met = Met() if met is None else met
    tries = sorted(tries, key=lambda one: (one.renamed, one.style))  # among equals, those in one style differ most
    results: list[Interactions] = []
    if not fixes_phases(preserve):
        for one in _best(tries[:TRIES], swept, lambda one: one.seen):
            form = renamed(one.form, one.outputs)
            results += compressed_under(preserve, form, strictest="measurement", met=met)
    if not fixes_inputs(preserve):
        for one in _best(tries, swept, lambda one: one.renamed):
            form = renamed(one.form, one.outputs)
            results += compressed_under("permuted", form, strictest="permuted", met=met)
    near = [one for one in tries if most is None or one.still <= most]
    for one in _best(near, swept, lambda one: one.still):
        for form in put_back(one.form, one.outputs):
            results += compressed_under("unitary", form, met=met)
    return results


def _best(tries: list[Try], left: int, gates: Callable[[Try], int]) -> Iterator[Try]:
    """The tries with the fewest gates, so many in all, and one in any case."""
    seen: set[Strings | bytes] = set()
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
