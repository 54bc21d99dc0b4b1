"""Plans the means of a value and its gradient by shifts, and combines them.

Takes a problem and a point and returns the angles at which means are needed; any machine may measure them, in any
order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ionqdsl.diagnostics import fail
from ionqdsl.simulation.observables import Expectation
from ionqdsl.simulation.open_circuits import Numbers, OpenCircuit, effect, shifts
from ionqdsl.variational.history import Evaluation
from ionqdsl.variational.problem import VariationalProblem


class Shift(NamedTuple):
    """A point that is evaluated for a gradient: the open angle that moves, by how much, and the factor of its mean."""

    which: int
    shift: float
    factor: float


class Shifted:
    """The angles at which means are needed for a value and a gradient, and their combination."""

    def __init__(self, problem: VariationalProblem) -> None:
        self.circuit = OpenCircuit(problem.ansatz, problem.names)
        self.is_plain = problem.rules.is_plain
        self._moves: list[Shift] | None = None

    @property
    def moves(self) -> list[Shift]:
        """The shifts of a gradient. Raises CompileError if there is none."""
        if self._moves is None:
            self._moves = []
            for which, (row, place) in enumerate(self.circuit.open):
                act = effect(self.circuit.template[row], place)
                if not self.is_plain:
                    raise fail("QC0954", None, method="a gradient", reason="cvar_alpha or a penalty")
                if not act.frequencies:
                    raise fail("QC0437")
                self._moves += [Shift(which, *one) for one in shifts(act)]
        return self._moves

    def angles(self, point: Numbers, wants_gradient: bool) -> list[Numbers]:
        """The open angles of the point itself, and then of each shift."""
        here = self.circuit.angles(point)
        result = [here]
        for move in self.moves if wants_gradient else ():
            moved = here.copy()
            moved[move.which] += move.shift
            result.append(moved)
        return result

    def combined(self, point: Numbers, means: Sequence[Expectation], job: str | None = None) -> Evaluation:
        """The evaluation, from the means in the order of `angles`."""
        slopes = None
        if len(means) > 1:
            by_angle = np.zeros(len(self.circuit.open))
            for move, mean in zip(self.moves, means[1:], strict=True):
                by_angle[move.which] += move.factor * mean.value
            slopes = tuple(self.circuit.chained(by_angle, point).tolist())
        return Evaluation(tuple(point.tolist()), means[0].value, means[0].error, slopes, job)
