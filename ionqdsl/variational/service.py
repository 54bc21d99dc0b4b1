"""Evaluates energies by the service: a point, with all shifts of its gradient, is one submission of many circuits.

Takes a problem and a client and returns an evaluation for each point. The circuit of each basis is compiled once, every
angle that has a parameter open, and then only bound. Each submission is in the ledger; the history has its name before
anybody waits for it, so that a minimisation that was interrupted fetches it and sends nothing twice.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

import ionqdsl.pipeline as stages
from ionqdsl.cloud.draft import Draft, prepare
from ionqdsl.diagnostics import Diagnostic, ServiceError
from ionqdsl.ir.job import Job, LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES, TARGETS, choose_target
from ionqdsl.simulation.open_circuits import Numbers
from ionqdsl.simulation.results import Result
from ionqdsl.variational.history import Evaluation, History
from ionqdsl.variational.problem import VariationalProblem
from ionqdsl.variational.shifts import Shifted
from ionqdsl.variational.templates import Templates

if TYPE_CHECKING:
    from ionqdsl.cloud.client import Client, Handle

Guard = Callable[[LoweredProgram, Draft], object]
"""Called with the compiled circuits of an evaluation and its requests; raises unless they may be sent."""


class ServiceEvaluator:
    """The energies of a problem, measured by a backend of the service.

    All circuits of a submission have the same shots, because a job has one number of them.
    """

    def __init__(
        self, problem: VariationalProblem, client: Client, job: Job, history: History, guard: Guard | None = None
    ) -> None:
        self.problem, self.client, self.job, self.history, self.guard = problem, client, job, history, guard
        self.shifted = Shifted(problem)
        target = choose_target(None, job.get("backend"), problem.ansatz.gateset)
        self.options = Options(target.name if target.name in TARGETS else None)
        self.templates = Templates(problem, self.shifted, self.options)
        self.is_begun = False

    def evaluate(self, point: Numbers, wants_gradient: bool, number: int) -> Evaluation:
        """One submission, or the one that an interrupted run had made for this point."""
        angles, count = self.shifted.angles(point, wants_gradient), len(self.templates.groups)
        runs = [circuit for step, one in enumerate(angles) for circuit in self.templates.bound(one, str(step))]
        program = LoweredProgram(job=Job(dict(self.job.settings)), runs=runs, is_multi=True)
        name = self.history.sent(point.tolist())
        handle = self.client.job(name, program) if name else self._sent(program, point)
        tables = [result for result in handle.results() if isinstance(result, Result)]
        if len(tables) != len(runs):
            facts = {"job": handle.id, "count": len(tables), "all": len(runs)}
            raise ServiceError([Diagnostic("QC0955", None, facts)])
        means = [self.templates.mean(tables[step * count : (step + 1) * count]) for step in range(len(angles))]
        return self.shifted.combined(point, means, handle.id)

    def _sent(self, program: LoweredProgram, point: Numbers) -> Handle:
        compiled = stages.transpile(program, self.options)[0]
        draft, warnings = prepare(compiled, PROFILES["v0.4"], os.environ)
        if not self.is_begun:  # every evaluation has as many circuits and gates as the first
            for warning in warnings:
                self.client.link.warn(warning)
            if self.guard is not None:
                self.guard(compiled, draft)
        self.is_begun = True
        return self.client.send(draft, lambda handle: self.history.sending(point.tolist(), handle.id))
