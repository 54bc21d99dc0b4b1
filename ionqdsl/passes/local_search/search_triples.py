"""Shortens three-qubit unitaries by structures drawn at random, as far as an effort allows.

Takes a unitary of three qubits and returns it with as few interactions as were found: first by the table of
known_triples.py, then with ever fewer from random structures. Effort is counted, as in race.py.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ionqdsl.algebra.instantiation import Complexes, Instance, drawn, instantiated
from ionqdsl.passes.local_search.race import SearchBudget
from ionqdsl.passes.triples.blocks import Key, Task
from ionqdsl.passes.triples.known_triples import GENERIC, KnownTriples, valid
from ionqdsl.simulation.draws import generator

STARTS = 32
"""So many random structures find a form with one interaction fewer more often than not, if there is one."""

STEP = 3e-6
"""Seconds of a step of a start, for each interaction."""


class SearchedTriples:
    """Solves by the table and by search, and remembers; once the budget is spent, by the table alone."""

    def __init__(self, seed: int, budget: SearchBudget) -> None:
        self.budget = budget
        self._by_table = KnownTriples()
        self._generator = generator(seed)
        self._solved: dict[Key, Instance | None] = {}

    def __call__(self, tasks: Sequence[Task]) -> list[Instance | None]:
        """Each unitary with fewer interactions than it has now, or None."""
        results = self._by_table(tasks)
        for place, task in enumerate(tasks):
            best = results[place]
            length = task.length if best is None else len(best.t)
            key: Key = task.digits, length
            if key not in self._solved and self.budget.left > 0:
                self._solved[key] = self._searched(task.unitary, length)
            results[place] = valid(self._solved.get(key), task.unitary) or best
        return results

    def _searched(self, unitary: Complexes, length: int) -> Instance | None:
        """The unitary with fewer interactions than `length`, as few as are found."""
        best = None
        length = min(length, len(GENERIC) + 1)
        while length > 2 and self.budget.left > 0:
            length -= 1
            structures = np.empty((STARTS, length), dtype=int)
            structures[:, 0] = self._generator.integers(0, 3, STARTS)
            for place in range(1, length):  # the next interaction is on another pair
                structures[:, place] = (structures[:, place - 1] + self._generator.integers(1, 3, STARTS)) % 3
            values = drawn(STARTS, length, self._generator)
            unitaries = np.tile(unitary, (STARTS, 1, 1))
            solutions, work = instantiated(unitaries, structures, values, [0] * STARTS)
            self.budget.spend(STEP * work * length, length)
            if not solutions:
                break
            best = solutions[0]
        return best
