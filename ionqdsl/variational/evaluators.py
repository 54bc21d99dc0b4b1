"""Evaluates energies and gradients at many points on this computer.

Takes a problem and returns an evaluation for each point. Work that does not depend on the point is done once: the
angles are made ready for numbers, and the operator for state vectors. service.py has the evaluator of the service.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from ionqdsl.ir.options import AUTO, Options
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.simulation import energy, gradient, simulate
from ionqdsl.simulation.open_circuits import Numbers, OpenCircuit
from ionqdsl.simulation.pauli_sums import HermitianSum
from ionqdsl.variational.history import Evaluation
from ionqdsl.variational.problem import VariationalProblem
from ionqdsl.variational.shifts import Shifted
from ionqdsl.variational.templates import Templates
from ionqdsl.workers import Workers


class Evaluator(Protocol):
    """Computes the energy at a point, and its gradient if wanted."""

    def evaluate(self, point: Numbers, wants_gradient: bool, number: int) -> Evaluation:
        """The evaluation, which is the `number`th of the history; the caller adds it there."""
        ...


class ExactEvaluator:
    """The exact energy from the state vector, with the gradient by the adjoint method."""

    def __init__(self, problem: VariationalProblem) -> None:
        self.circuit = OpenCircuit(problem.ansatz, problem.names)
        self.operator = HermitianSum(problem.operator, problem.ansatz.width)
        self.is_checked = False

    def evaluate(self, point: Numbers, wants_gradient: bool, number: int) -> Evaluation:
        """One pass over the state, or three with the gradient."""
        if not self.is_checked:
            simulate.check(self.circuit.at(point), states=3)
            self.is_checked = True
        if wants_gradient:
            value, slopes = gradient.adjoint(self.circuit, self.operator, point)
            return Evaluation(tuple(point.tolist()), value, 0.0, tuple(slopes.tolist()))
        return Evaluation(tuple(point.tolist()), self.operator.mean(simulate.state(self.circuit.at(point))))


class SampledEvaluator:
    """Energies of an ideal machine by any engine, from shots, or exact without; gradients by shifts of the angles."""

    def __init__(
        self,
        problem: VariationalProblem,
        shots: int | None,
        seed: int | None,
        workers: Workers,
        engine: str = AUTO,
    ) -> None:
        self.problem, self.shots, self.workers, self.engine = problem, shots, workers, engine
        self.shifted = Shifted(problem)
        self.seed = _seed(seed)

    def evaluate(self, point: Numbers, wants_gradient: bool, number: int) -> Evaluation:
        """Every mean takes all the shots, with random numbers of its own."""
        problem, points = self.problem, self.shifted.angles(point, wants_gradient)
        seeds = range(self.seed + number * len(points), self.seed + (number + 1) * len(points))
        calls = [
            (
                self.shifted.circuit.bound(angles),
                problem.operator,
                self.shots,
                seed,
                None,
                None,
                problem.rules,
                self.engine,
            )
            for angles, seed in zip(points, seeds, strict=True)
        ]
        return self.shifted.combined(point, list(self.workers.each(energy.expectation, calls)))


class NoisyEvaluator:
    """Energies with a noise model, exact or from shots; the circuit of each basis is compiled once."""

    def __init__(
        self,
        problem: VariationalProblem,
        shots: int | None,
        seed: int | None,
        noise: NoiseModel,
        workers: Workers,
        engine: str = AUTO,
    ) -> None:
        self.noise, self.seed, self.workers, self.engine = noise, _seed(seed), workers, engine
        self.shifted = Shifted(problem)
        self.templates = Templates(problem, self.shifted, Options(noise.target))
        spreads = [group.spread or problem.rules.penalty for group in self.templates.groups]
        self.shares = [0] * len(spreads) if shots is None else energy.shared(shots, spreads)
        self.is_exact = shots is None

    def evaluate(self, point: Numbers, wants_gradient: bool, number: int) -> Evaluation:
        """Every mean takes all the shots, with random numbers of its own."""
        points, bases = self.shifted.angles(point, wants_gradient), len(self.shares)
        circuits = [circuit for angles in points for circuit in self.templates.bound(angles)]
        first = self.seed + number * len(circuits)
        calls = [
            (circuit, self.shares[place % bases], first + place, self.noise, self.is_exact, self.engine)
            for place, circuit in enumerate(circuits)
        ]
        results = list(self.workers.each(simulate.run, calls))
        means = [self.templates.mean(results[place * bases : (place + 1) * bases]) for place in range(len(points))]
        return self.shifted.combined(point, means)


def _seed(seed: int | None) -> int:
    return int(np.random.default_rng().integers(2**32)) if seed is None else seed
