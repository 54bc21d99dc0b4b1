"""Races walks to the fewest two-qubit gates, from interaction forms and syntheses of a circuit's Pauli rotations.

Takes the best interaction forms of a circuit, with the circuit and other ways to write it, and returns the forms with
the fewest two-qubit gates found. Fewer walks go on after each race. Effort is counted in operations, not by a clock:
equal circuits, seeds and efforts give equal results on one machine, however busy it is. A second of effort is about one
of a core of a server of 2022, give or take half.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import NamedTuple

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.paulis import PauliProgram, fold, inverse, inverted
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs
from ionqdsl.passes.local_search.walks import Walk
from ionqdsl.passes.rotations.fold_rotations import form_of, program_of, renamed
from ionqdsl.passes.rotations.pauli_problems import Style
from ionqdsl.passes.rotations.shorten_tails import Tail, TailContract, with_short_tail
from ionqdsl.passes.rotations.synthesise_paulis import Meter, program_of_solution, solved
from ionqdsl.passes.rotations.windows import random_style
from ionqdsl.record import fresh, record
from ionqdsl.workers import ALONE, Workers

GREEDY = 0.15
"""The share of the effort that whole syntheses may take."""


class Race(NamedTuple):
    """The most walks, and the share of the remaining effort that they have together."""

    places: int
    share: float


RACES = (Race(12, 0.3), Race(3, 0.4), Race(1, 1.0))

NEAR = 1.3
"""A form with more than this factor of the fewest two-qubit gates is no start."""

FAIR = 5e-4
"""The fewest seconds of effort for each two-qubit gate of a walk: if there are less, fewer walks start."""

MOST = 256
BEST = 8
"""The most whole syntheses of a circuit, and how many of them, the shortest, may become starts."""

MOST_FORMS = 8
"""The most forms that are returned."""

_TAIL = 1e-2
_WHOLE = 6000
"""Seconds of a search for a shorter Clifford at the end; with more rotations than `_WHOLE` nothing is synthesised as a
whole.
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
        self.told(self.spent, two_qubit_gates)

    def told(self, spent: float, two_qubit_gates: int) -> None:
        """Tells how far a search is, given the seconds spent."""
        if self.tell is not None:
            self.tell(spent / self.limit, two_qubit_gates)


class Stage(NamedTuple):
    """A walk after some steps, and the seconds that these counted for."""

    walk: Walk
    seconds: float


def searched(
    circuits: Sequence[FlatCircuit],
    forms: Sequence[Interactions],
    preserve: str,
    seed: int,
    budget: SearchBudget,
    workers: Workers | None = None,
) -> list[Interactions]:
    """The shortest interaction forms found, the shortest first, from these and from syntheses of the circuits.

    The circuits are ways to write one, and the forms hold for it under the contract. Workers share the walks of a race,
    each of which decides alone: their number makes no difference to the result.
    """
    starts = [*forms, *_synthesised(circuits, preserve, seed, budget)]
    best = min([form.two_qubit_gates for form in starts])
    starts = [form for form in starts if form.two_qubit_gates <= NEAR * best]
    starts.sort(key=lambda form: form.two_qubit_gates)
    walks = [Walk(form, preserve, seed, number) for number, form in enumerate(starts[: RACES[0].places])]
    for places, share in RACES:
        walks.sort(key=lambda walk: (walk.two_qubit_gates, walk.number))
        fewest = walks[0].two_qubit_gates
        walks = walks[: max(1, min(places, int(budget.left * share / (FAIR * fewest + 0.1))))]
        ration = budget.left * share / len(walks) if len(walks) > 1 else budget.left
        calls = [(walk, ration) for walk in walks]
        team = workers if workers is not None and ration * len(walks) > ALONE else Workers()
        stages = team.each(walked, calls, _telling(budget), are_long=True)
        walks = []
        for stage in stages:
            walks.append(stage.walk)
            budget.spend(stage.seconds, stage.walk.two_qubit_gates)
            budget.marks.append((round(budget.spent, 2), stage.walk.two_qubit_gates))
        if budget.left <= 0:
            break
    found = [form for walk in walks for form in walk.forms]
    return sorted(found, key=lambda form: form.two_qubit_gates)[:MOST_FORMS]


def walked(walk: Walk, seconds: float, tell: Callable[[float, int], None] | None = None) -> Stage:
    """Goes on with a walk for so many seconds; `tell` is called with those spent and its two-qubit gates so far."""
    spent = 0.0
    while spent < seconds and walk.two_qubit_gates > 1:
        spent += walk.step()
        if tell is not None:
            tell(spent, walk.two_qubit_gates)
    return Stage(walk, spent + walk.finish())


def _telling(budget: SearchBudget) -> Callable[[Walk, float], Stage]:
    """The same in this process, telling how far it is."""

    def here(walk: Walk, seconds: float) -> Stage:
        return walked(walk, seconds, lambda spent, gates: budget.told(budget.spent + spent, gates))

    return here


# --- whole syntheses -----------------------------------------------------------------------------------------------


def _synthesised(circuits: Sequence[FlatCircuit], preserve: str, seed: int, budget: SearchBudget) -> list[Interactions]:
    """Interaction forms of whole syntheses that hold for the contract, in order."""
    draw = random.Random(f"search {seed}")
    share = GREEDY * budget.limit / len(circuits)
    programs = [one for circuit in circuits for one in _syntheses(program_of(circuit), draw, budget, share)]
    may_rename = not fixes_inputs(preserve)
    if not may_rename:
        programs = [_still(program) for program in programs]
        budget.spent += _TAIL * len(programs)
    return [renamed(form_of(program), program.outputs, None, may_rename) for program in programs]


def _still(program: PauliProgram) -> PauliProgram:
    """The program with a shorter Clifford at its end, after which every qubit is on its own wire, if there is one."""
    return with_short_tail(Tail(program), TailContract(is_still=True)) or program


def _syntheses(program: PauliProgram, draw: random.Random, budget: SearchBudget, limit: float) -> list[PauliProgram]:
    """Greedy syntheses in both directions within so many seconds, the shortest first; none if there are too many
    rotations.
    """
    budget.spent += 2e-5 * len(program.rotations)
    folded = fold(program)
    if len(folded.rotations) > _WHOLE:
        return []
    ways = [folded, inverted(folded)]
    meter = Meter()
    solutions = solved(ways, [Style(), Style()], [1 << 40] * 2, [draw.getrandbits(64) for _ in ways], meter)
    count = min(MOST, int(limit / meter.seconds)) // 2 * 2
    styles = [random_style(draw) for _ in range(count)]
    seeds = [draw.getrandbits(64) for _ in styles]
    solutions += solved(ways * (count // 2), styles, [1 << 40] * count, seeds, meter)
    budget.spent += meter.seconds
    order = sorted(range(len(solutions)), key=lambda place: solutions[place].two_qubit_gates)
    results = []
    for place in order[:BEST]:
        result = program_of_solution(ways[place % 2], solutions[place])
        results.append(inverse(result) if place % 2 else result)
    return results
