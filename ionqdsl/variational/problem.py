"""The problem of a minimisation: an operator, an ansatz with open parameters, and the rules of an energy.

Takes the problem as users give it and returns it checked. evaluators.py computes its energies.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.emit.limits import energy_findings
from ionqdsl.ir.arguments import Point, shown
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.symbolic import parameters
from ionqdsl.python.means import operator_on
from ionqdsl.record import changed, record
from ionqdsl.simulation.rules import PLAIN, Rules, rules_of


@record
class VariationalProblem:
    """An energy to minimise; `names` are the open parameters in their order, `start` their first values, if given."""

    operator: Operator
    ansatz: FlatCircuit
    names: tuple[str, ...]
    rules: Rules = PLAIN
    start: tuple[float, ...] | None = None

    @property
    def fingerprint(self) -> str:
        """Equal for equal problems."""
        parts = (self.operator, self.ansatz.width, self.ansatz.rows, self.names, self.rules)
        return sha256(repr(parts).encode()).hexdigest()[:16]


def problem_of(
    what: str | Operator | Mapping[str, float] | LoweredProgram, ansatz: FlatCircuit | None
) -> VariationalProblem:
    """The problem of an operator and an ansatz, or of a program with an energy. Raises CompileError and UsageError."""
    if not isinstance(what, LoweredProgram):
        if not isinstance(ansatz, FlatCircuit):
            raise fail("QC0881", role="the ansatz", wanted="a circuit", given=shown(ansatz))
        return _with_parameters(VariationalProblem(operator_on(ansatz, what), ansatz, parameters(ansatz)))
    energy = what.energy
    if energy is None or ansatz is not None:
        given = "a program without one" if energy is None else "an ansatz in addition to that of the program"
        raise fail("QC0881", role="the problem", wanted="a program with an `energy`, alone", given=given)
    checked = changed(energy, params=energy.params or (0.0,) * len(energy.parameters))
    if found := [*energy_findings(checked)]:
        raise CompileError(found)
    return _with_parameters(
        VariationalProblem(energy.hamiltonian, energy.ansatz, energy.parameters, rules_of(energy), energy.params)
    )


def _with_parameters(problem: VariationalProblem) -> VariationalProblem:
    if not problem.names:
        raise fail("QC0881", role="the ansatz", wanted="a circuit with open parameters", given="one without")
    return problem


def first_point(problem: VariationalProblem, start: Point | None, seed: int | None) -> Any:
    """Where to begin, as floats: the given point, or that of the program, or a small random one.

    All parameters zero is often a stationary point, from which a gradient leads nowhere.
    """
    from ionqdsl.simulation.draws import generator
    from ionqdsl.simulation.open_circuits import OpenCircuit

    chosen = start if start is not None else problem.start
    if chosen is None:
        return generator(seed or 0).uniform(-0.1, 0.1, len(problem.names))
    return OpenCircuit(problem.ansatz, problem.names).vector(chosen)
