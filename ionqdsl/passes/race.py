"""Races candidates for the fewest two-qubit gates: an interaction form and syntheses of a circuit's Pauli rotations.

Takes a circuit and its interaction form, and returns the forms with the fewest two-qubit gates found. The best
candidates are improved window by window and swept by the interaction engine; fewer of them stay after each race. Effort
is counted in operations, not by a clock: equal circuits, seeds and efforts give equal results on one machine, however
busy it is. A second of effort is about one of a core of a server of 2022, give or take half.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.paulis import Folded, PauliProgram, fold, inverse, inverted, quarters
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases
from ionqdsl.passes.fold_rotations import form_of, program_of, program_of_form, renamed
from ionqdsl.passes.pauli_problems import PauliSolution, Style
from ionqdsl.passes.synthesise_paulis import Meter, outputs_of, program_of_solution, solved
from ionqdsl.passes.use_interactions import compressed, compressed_under
from ionqdsl.passes.windows import improve_windows, random_style

GREEDY = 0.15
"""The share of the effort that whole syntheses may take."""

RACES = ((4, 0.35), (2, 0.3), (1, 0.35))
"""For each race the number of candidates, and the share of the remaining effort that they have together."""

NEAR = 1.3
"""An interaction form with more than this factor of the best's two-qubit gates does not run."""

LAPS = 5
"""The most sweeps of the interaction engine over a candidate within a race."""

FAIR = 5e-4
"""The fewest seconds of effort for each two-qubit gate of a candidate: if there are less, fewer candidates run."""

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

MOST = 256
"""The most whole syntheses of a search."""

_SWEEP = 1e-4
_WHOLE = 6000
"""Seconds of a sweep for each interaction; with more rotations than `_WHOLE` only windows are tried."""


@dataclass
class SearchBudget:
    """Seconds of effort, allowed and spent.

    `tell` is called with the share that is spent and the two-qubit gates of the current candidate. `marks` are the
    seconds spent and the two-qubit gates of the candidates then, to see how a search went.
    """

    limit: float
    tell: Callable[[float, int], None] | None = None
    spent: float = 0.0
    marks: list[tuple[float, int]] = field(default_factory=list)

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self.limit - self.spent

    def spend(self, seconds: float, two_qubit_gates: int) -> None:
        """Spends seconds."""
        self.spent += seconds
        if self.tell is not None:
            self.tell(self.spent / self.limit, two_qubit_gates)


class Candidate(NamedTuple):
    """A program, with the input permutation that belongs to it, and a number for its seed."""

    program: PauliProgram
    inputs: tuple[int, ...] | None
    number: int

    @property
    def two_qubit_gates(self) -> int:
        """The two-qubit gates of its program."""
        return self.program.two_qubit_gates


def searched(
    circuit: FlatCircuit, form: Interactions, preserve: str, seed: int, budget: SearchBudget
) -> list[Interactions]:
    """The best interaction forms found, in order; `form` is the one to beat."""
    budget.spent += _SWEEP * len(circuit.rows)
    draw = random.Random(f"search {seed}")
    program = program_of(circuit)
    candidates = [Candidate(result, None, number) for number, result in enumerate(_syntheses(program, draw, budget), 1)]
    best = min([candidate.two_qubit_gates for candidate in candidates], default=form.two_qubit_gates)
    if form.two_qubit_gates <= NEAR * best:
        candidates.append(Candidate(program_of_form(form), form.inputs, 0))
    results: list[Interactions] = []
    for places, share in RACES:
        candidates.sort(key=lambda candidate: (candidate.two_qubit_gates, candidate.number))
        least = candidates[0].two_qubit_gates
        places = max(1, min(places, int(budget.left * share / (FAIR * least + 0.1))))
        candidates = _chosen(candidates, places)
        ration = budget.left * share / len(candidates) if places > 1 else budget.left
        candidates = [_improved(candidate, preserve, seed, budget, ration, results) for candidate in candidates]
        for candidate in candidates:
            budget.marks.append((round(budget.spent, 2), candidate.two_qubit_gates))
        if budget.left <= 0:
            break
    results.sort(key=lambda result: result.two_qubit_gates)
    return results[:4]


def _chosen(candidates: list[Candidate], places: int) -> list[Candidate]:
    """The first candidates; if there are several, one is the interaction form, for variety."""
    chosen = candidates[:places]
    if places > 1:
        for candidate in candidates[places:]:
            if candidate.number == 0:
                chosen[-1] = candidate
    return chosen


def _improved(
    candidate: Candidate, preserve: str, seed: int, budget: SearchBudget, ration: float, results: list[Interactions]
) -> Candidate:
    """Improves a candidate in laps of windows and a sweep; the next lap starts from the sweep if that gained."""
    may_rename = not fixes_inputs(preserve)
    laps = max(1, min(LAPS, int(ration / (FAIR * (candidate.two_qubit_gates + 1)))))
    for lap in range(laps):
        start = budget.spent
        end = start + ration / laps

        def goes_on(seconds: float, end: float = end, two_qubit_gates: int = candidate.two_qubit_gates) -> bool:
            budget.spend(seconds, two_qubit_gates)
            return budget.spent < end

        window_seed = (seed * 1009 + candidate.number) * 1009 + len(results)
        program = improve_windows(candidate.program, window_seed, goes_on)
        swept = compressed(renamed(form_of(program), program.outputs, candidate.inputs, may_rename), preserve)
        budget.spent += _SWEEP * program.two_qubit_gates
        results.append(swept)
        if swept.two_qubit_gates < program.two_qubit_gates and may_rename:
            candidate = Candidate(program_of_form(swept), swept.inputs, candidate.number)
        else:
            candidate = Candidate(program, candidate.inputs, candidate.number)
        if candidate.two_qubit_gates < 2 or (lap and 2 * budget.spent < start + end):
            break
    return candidate


class _Try:
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
    def seen(self) -> int:
        """The two-qubit gates that are not dropped at the end."""
        return self.renamed - _unseen(self.program)


def quick(programs: Sequence[Folded], preserve: str, most: int) -> list[Interactions]:
    """Greedy syntheses of programs in several styles and both directions; the best of them are swept.

    The programs are forms of one circuit; results with more than `most` two-qubit gates are left out. A weaker contract
    has all the candidates of the stricter ones, so it never costs more.
    """
    tries = [one for folded in programs for one in _tries(folded, most)]
    tries.sort(key=lambda one: (one.renamed, one.style))  # among equals, those in one style differ most
    results: list[Interactions] = []
    if not fixes_phases(preserve):
        for program in _best(tries[:TRIES], lambda one: one.seen):
            results += compressed_under(preserve, renamed(form_of(program), program.outputs))
    if not fixes_inputs(preserve):
        for program in _best(tries, lambda one: one.renamed):
            results.append(compressed(renamed(form_of(program), program.outputs), "permuted"))
    for program in _best([one for one in tries if one.still <= most], lambda one: one.still):
        results.append(compressed(renamed(form_of(program), program.outputs, may_rename=False), "unitary"))
    return results


def _tries(folded: Folded, most: int) -> list[_Try]:
    """The syntheses that have at most so many two-qubit gates; few are tried if the first ones have more."""
    draw = random.Random("quick")
    styles = [*STYLES, *(random_style(draw) for _ in range(TRIES - len(STYLES)))]
    del styles[max(1, CELLS // (folded.width * (len(folded.rotations) + 2 * folded.width))) :]
    ways = (folded, False), (inverted(folded), True)
    tries: list[_Try] = []
    for start, end in ((0, FIRST), (FIRST, TRIES)):
        if start and not tries:
            break
        for way, is_inverse in ways:
            some = styles[start:end]
            seeds = range(SEED + start, SEED + start + len(some))
            solutions = solved([way] * len(some), some, [most] * len(some), seeds)
            made = [one for one in enumerate(solutions, start) if one[1].events is not None]
            tries += [_Try(way, is_inverse, style, solution) for style, solution in made]
    return tries


def _best(tries: list[_Try], gates: Callable[[_Try], int]) -> Iterator[PauliProgram]:
    """The programs with the fewest gates, as many as may be swept."""
    left = SWEPT
    seen: set[tuple[tuple[int, int], ...]] = set()
    for one in sorted(tries, key=gates):
        strings = tuple([(x, z) for x, z, _ in one.program.rotations if (x | z).bit_count() > 1])
        if strings not in seen:
            left -= gates(one)
            if left < 0 and seen:
                break
            seen.add(strings)
            yield one.program


def _unseen(program: PauliProgram) -> int:
    """The two-qubit gates that a measurement of every qubit does not depend on: those about the measured letters.

    From the end, a wire's measured letter is Z until a rotation about another one; a quarter turn leads to the third.
    """
    letters = [(0, 1)] * program.width
    unseen = 0
    for x, z, angle in reversed(program.rotations):
        wires = [q for q in range((x | z).bit_length()) if (x | z) >> q & 1]
        own = [(x >> q & 1, z >> q & 1) for q in wires]
        others = [q for q, letter in zip(wires, own, strict=True) if letters[q] != letter]
        if not others:
            unseen += len(wires) > 1
        elif len(wires) == 1 and (turns := quarters(angle)) is not None and letters[wires[0]] != (0, 0):
            (measured_x, measured_z), (own_x, own_z) = letters[wires[0]], own[0]
            letters[wires[0]] = (measured_x ^ own_x, measured_z ^ own_z) if turns % 2 else letters[wires[0]]
        else:
            for q in others:
                letters[q] = (0, 0)
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


# --- whole syntheses -----------------------------------------------------------------------------------------------


def _syntheses(program: PauliProgram, draw: random.Random, budget: SearchBudget) -> list[PauliProgram]:
    """Greedy syntheses in both directions, the shortest first; none if there are too many rotations."""
    budget.spent += 2e-5 * len(program.rotations)
    folded = fold(program)
    if len(folded.rotations) > _WHOLE:
        return []
    ways = [folded, inverted(folded)]
    meter = Meter()
    solutions = solved(ways, [Style(), Style()], [1 << 40] * 2, [draw.getrandbits(64) for _ in ways], meter)
    count = min(MOST, int(GREEDY * budget.limit / meter.seconds)) // 2 * 2
    styles = [random_style(draw) for _ in range(count)]
    seeds = [draw.getrandbits(64) for _ in styles]
    solutions += solved(ways * (count // 2), styles, [1 << 40] * count, seeds, meter)
    budget.spent += meter.seconds
    order = sorted(range(len(solutions)), key=lambda place: solutions[place].two_qubit_gates)
    results = []
    for place in order[: 2 * RACES[0][0]]:
        result = program_of_solution(ways[place % 2], solutions[place])
        results.append(inverse(result) if place % 2 else result)
    return results
