"""Estimates how many two-qubit gates the interactions and swaps of a pair take once they are merged.

Takes the axes of interactions that follow each other on a pair of wires, and says how the count changes with the next
one or with a swap. Three interactions along perpendicular axes have Weyl coordinates (a, b, c), a swap makes
(pi/4 - c, pi/4 - b, pi/4 - a) of them: so a swap costs three gates alone, one more next to a quarter turn, and one less
next to two of them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

QUARTER, PARTIAL = "quarter", "partial"
"""An interaction by a quarter turn, and one by another angle."""

NO_AXIS = -1
"""The axis of a step that commutes with no other."""

_MOST = 3
"""No unitary of two qubits takes more interactions."""


class PairStep(NamedTuple):
    """An interaction: its kind, and its axes on the wire of the lower number and on the other one."""

    kind: str
    first: int = NO_AXIS
    second: int = NO_AXIS


class _Merged(NamedTuple):
    """Interactions along axes perpendicular on both wires, or any that take `least` gates, and perhaps a swap."""

    steps: tuple[PairStep, ...] = ()
    least: int = 0
    is_swapped: bool = False

    @property
    def cost(self) -> int:
        if not self.is_swapped:
            return self.least or len(self.steps)
        return _MOST - sum(step.kind == QUARTER for step in self.steps)


class MergedPairs:
    """The states that the gates of a pair can be in, by number; 0 is the state without gates.

    `costs` are their two-qubit gates. If nothing `merges`, every interaction is one gate and every swap three.
    """

    def __init__(self, are_perpendicular: Callable[[int, int], bool], merges: bool = True) -> None:
        self.costs = [0]
        self.merges = merges
        self._are_perpendicular = are_perpendicular
        self._states = [_Merged()]
        self._numbers = {_Merged(): 0}
        self._swapped: dict[int, int] = {}
        self._after: dict[tuple[int, PairStep], int] = {}

    def after(self, state: int, step: PairStep) -> int:
        """The state once an interaction follows."""
        number = self._after.get((state, step))
        if number is None:
            number = self._after[state, step] = self._number(self._joined(self._states[state], step))
        return number

    def swapped(self, state: int) -> int:
        """The state once a swap follows."""
        number = self._swapped.get(state)
        if number is None:
            before = self._states[state]
            number = self._number(before._replace(is_swapped=not before.is_swapped))
            self._swapped[state] = number
        return number

    def _number(self, state: _Merged) -> int:
        if state not in self._numbers:
            self._numbers[state] = len(self._states)
            self._states.append(state)
            self.costs.append(state.cost)
        return self._numbers[state]

    def _joined(self, before: _Merged, step: PairStep) -> _Merged:
        if before.least:
            return before._replace(least=_MOST)
        for number, other in enumerate(before.steps):
            if (other.first, other.second) == (step.first, step.second) and NO_AXIS not in (step.first, step.second):
                rest = before.steps[:number] + before.steps[number + 1 :]
                if other.kind == step.kind == QUARTER:
                    return before._replace(steps=rest)
                return before._replace(steps=(*rest, step._replace(kind=PARTIAL)))
        if all(self._commute(other, step) for other in before.steps):
            return before._replace(steps=tuple(sorted((*before.steps, step))))
        if len(before.steps) == 1:
            (other,) = before.steps
            if other.first == step.first != NO_AXIS:
                return before._replace(steps=(PairStep(PARTIAL, step.first),))
            if other.second == step.second != NO_AXIS:
                return before._replace(steps=(PairStep(PARTIAL, second=step.second),))
        return before._replace(steps=(), least=min(len(before.steps) + 1, _MOST))

    def _commute(self, one: PairStep, other: PairStep) -> bool:
        return all(
            NO_AXIS not in axes and self._are_perpendicular(*axes)
            for axes in ((one.first, other.first), (one.second, other.second))
        )
