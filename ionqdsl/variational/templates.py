"""Compiles the circuits that measure an energy once, with every angle open that has a parameter, and binds them.

Takes a problem and the options of a machine. Returns, for angles of `Shifted`, one circuit for each basis, and makes a
mean of their results.
"""

from __future__ import annotations

from collections.abc import Sequence

import ionqdsl.pipeline as stages
from ionqdsl.ir import symbolic
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.simulation import energy
from ionqdsl.simulation.grouping import TermGroup, identity_of, measured_in
from ionqdsl.simulation.observables import Expectation
from ionqdsl.simulation.open_circuits import Numbers
from ionqdsl.simulation.results import Result
from ionqdsl.variational.problem import VariationalProblem
from ionqdsl.variational.shifts import Shifted


class Templates:
    """The compiled circuits of all bases; `groups` are the terms that each of them measures."""

    def __init__(self, problem: VariationalProblem, shifted: Shifted, options: Options) -> None:
        self.problem, self.options = problem, options
        self.groups = energy.groups_of(problem.ansatz, problem.operator, problem.rules)
        self._opened, self._names = shifted.circuit.opened(), shifted.circuit.slots
        self._compiled = [self._template(group) for group in self.groups]

    def _template(self, group: TermGroup) -> FlatCircuit:
        circuit = measured_in(self._opened.replace(registers=()), group.rows)
        return stages.transpile(LoweredProgram(runs=[circuit]), self.options)[0].runs[0]

    def bound(self, angles: Numbers, name: str = "") -> list[FlatCircuit]:
        """The circuit of each basis with these open angles, in the machine's range; names begin with `name`."""
        values = dict(zip(self._names, angles.tolist(), strict=True))
        circuits = []
        for place, (group, template) in enumerate(zip(self.groups, self._compiled, strict=True)):
            whole = stages.fitted(symbolic.bind(template, values, declared=self._names), self.options)
            circuits.append(whole.replace(name=f"{name} {group.basis or f'entangled {place}'}".strip()))
        return circuits

    def mean(self, results: Sequence[Result]) -> Expectation:
        """The energy, from the results of the circuits in their order."""
        pairs = zip(self.groups, results, strict=True)
        parts = [energy.group_mean(group, self.problem.rules, result) for group, result in pairs]
        return energy.total(identity_of(self.problem.operator), parts)
