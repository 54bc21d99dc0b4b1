"""Races candidates for the fewest two-qubit gates: an interaction form and syntheses of a circuit's Pauli rotations.

Takes a circuit and its interaction form, and returns the forms with the fewest two-qubit gates found. The best
candidates are improved window by window and swept by the interaction engine; fewer of them stay after each race. Effort
is counted in operations, not by a clock: equal circuits, seeds and efforts give equal results on one machine, however
busy it is. A second of effort is about one of a core of a server of 2022, give or take half.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.paulis import PauliProgram, fold, inverse, inverted
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs
from ionqdsl.passes.fold_rotations import form_of, program_of, program_of_form, renamed
from ionqdsl.passes.pauli_problems import Style
from ionqdsl.passes.shorten_tails import Tail, TailContract, with_short_tail
from ionqdsl.passes.synthesise_paulis import Meter, program_of_solution, solved
from ionqdsl.passes.use_interactions import compressed
from ionqdsl.passes.windows import improve_windows, random_style
from ionqdsl.record import fresh, record

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

MOST = 256
"""The most whole syntheses of a search."""

_SWEEP = 1e-4
_TAIL = 1e-2
_WHOLE = 6000
"""Seconds of a sweep for each interaction, and of a search for a shorter Clifford at the end; with more rotations than
`_WHOLE` only windows are tried.
"""


@record(frozen=False)
class SearchBudget:
    """Seconds of effort, allowed and spent.

    `tell` is called with the share that is spent and the two-qubit gates of the current candidate. `marks` are the
    seconds spent and the two-qubit gates of the candidates then, to see how a search went.
    """

    limit: float
    tell: Callable[[float, int], None] | None = None
    spent: float = 0.0
    marks: list[tuple[float, int]] = fresh(default_factory=list)

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
        if not may_rename:
            still = with_short_tail(Tail(program), TailContract(is_still=True))
            budget.spent += _TAIL
            if still is not None:
                budget.spent += _SWEEP * still.two_qubit_gates
                results.append(compressed(form_of(still), preserve))
        if swept.two_qubit_gates < program.two_qubit_gates and may_rename:
            candidate = Candidate(program_of_form(swept), swept.inputs, candidate.number)
        else:
            candidate = Candidate(program, candidate.inputs, candidate.number)
        if candidate.two_qubit_gates < 2 or (lap and 2 * budget.spent < start + end):
            break
    return candidate


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
