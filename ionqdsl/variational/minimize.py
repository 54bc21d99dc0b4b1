"""Minimises an energy over the parameters of an ansatz, with the methods of scipy.

Takes a problem, a method and a machine; returns the best point with the history of all evaluations. Interrupting it
returns the best point so far, and with a file for its history the same call continues where it stopped: the methods are
deterministic, so they ask for the same points again, and known ones are not evaluated again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any

from ionqdsl.diagnostics import Diagnostic, UsageError, fail
from ionqdsl.diagnostics.choices import nearest
from ionqdsl.ir.arguments import Point, mapping_of, refused, seed_if_any, shown, text_of, whole
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.ir.job import Job, JobValue, LoweredProgram
from ionqdsl.ir.options import AUTO
from ionqdsl.ir.symbols import exact
from ionqdsl.python.choices import engine_of, warn, workers_for
from ionqdsl.python.means import model_of
from ionqdsl.record import record
from ionqdsl.variational.history import Evaluation, History
from ionqdsl.variational.problem import VariationalProblem, first_point, problem_of
from ionqdsl.workers import Workers

if TYPE_CHECKING:
    from ionqdsl.cloud.client import Client
    from ionqdsl.variational.evaluators import Evaluator
    from ionqdsl.variational.service import Guard

WITH_GRADIENT = ("L-BFGS-B", "BFGS", "CG", "SLSQP", "TNC", "trust-constr")
WITHOUT = ("COBYLA", "Nelder-Mead", "Powell")
METHODS = (*WITH_GRADIENT, *WITHOUT)
"""Methods of `scipy.optimize.minimize`: those that take gradients, and those that need values alone."""

LOCAL = "local"

DEFAULT_SHOTS = 1000
"""Shots of each circuit on the service."""

FLAT = 1e-8
"""Slopes, and differences of exact energies, that are rounding: a method of scipy ends at slopes of 1e-5."""

DISCERNED = 6
"""Standard errors within which some fifty energies lie though all are equal."""


@record
class Minimum:
    """The lowest energy found, and where.

    `point` has the values of the parameters by name, in their order. `error` is the standard error of `value`, 0 if it
    is exact. A value that was chosen for being the lowest of several noisy ones is too low on average: take the mean at
    `point` again, with more shots. `is_converged` says that the method ended by itself, `message` how it ended.
    """

    value: float
    error: float | None
    point: dict[str, float]
    method: str
    is_converged: bool
    message: str
    history: tuple[Evaluation, ...]

    @property
    def standard_error(self) -> float | None:
        """The same as `error`."""
        return self.error

    @property
    def evaluations(self) -> int:
        """The number of points at which the energy was evaluated."""
        return len(self.history)

    @property
    def doubts(self) -> tuple[Diagnostic, ...]:
        """Why this may be no minimum although the method ended by itself: it saw no slope (QC0959)."""
        doubt = _without_slope(self.history) if self.is_converged else None
        return () if doubt is None else (doubt,)

    def __str__(self) -> str:
        error = f" ± {self.error:.2g}" if self.error else ""
        return f"{self.value:.9g}{error} after {self.evaluations} evaluations: {self.message}"


def _without_slope(history: Sequence[Evaluation]) -> Diagnostic | None:
    """A warning if the energy did not depend on the point in these evaluations; None if it did, or may have."""
    slopes = [one.gradient for one in history]
    if all(slopes):
        is_level = all(abs(slope) <= FLAT for one in slopes if one for slope in one)
        return Diagnostic("QC0959", facts={"reason": "stationary", "also": ""}) if is_level else None
    values, errors = [one.value for one in history], [one.error or 0.0 for one in history]
    spread = max(values) - min(values)
    if spread <= FLAT * max(map(abs, (*values, 1.0))):
        return Diagnostic("QC0959", facts={"reason": "flat", "also": ""})
    if spread <= DISCERNED * max(errors):
        return Diagnostic("QC0959", facts={"reason": "noisy", "also": ", or take more shots"})
    return None


class _Enough(Exception):
    """The allowed number of evaluations is reached."""


def minimize(
    problem: str | PathLike[str] | Operator | Mapping[str, float] | LoweredProgram,
    ansatz: FlatCircuit | None = None,
    method: str | None = None,
    *,
    start: Point | None = None,
    on: str | Client = LOCAL,
    shots: int | None = None,
    noise: str | None = None,
    seed: int | None = None,
    backend: str = "simulator",
    session: str | None = None,
    max_evaluations: int | None = None,
    tolerance: float | None = None,
    history: str | PathLike[str] | None = None,
    progress: Callable[[Evaluation], object] | None = None,
    options: Mapping[str, Any] | None = None,
    guard: Guard | None = None,
    executor: object = None,
    engine: str = AUTO,
) -> Minimum:
    """The lowest mean of a Hamiltonian over the parameters of an ansatz, or the lowest energy of a program.

    Without an ansatz, the first argument is a program with an `energy`: loaded, as text, or as the path of a file.

    `method` is one of `METHODS`, by default L-BFGS-B with exact gradients, or COBYLA where values have errors. `start`
    is the first point, by name or in the order of the parameters; by default that of the program, or a random one near
    0.

    `on` is the local machine, exact unless `shots` or `noise` is given, or a `Client`: then each evaluation is one
    submission to `backend`, within `session` if it is given, with `shots` for each circuit (1000), and with the other
    settings of the program's job. A QPU needs `max_evaluations`. `guard` is called before the first submission, with
    its compiled circuits and its requests, and stops everything by raising.

    `history` is a file to which every evaluation is written; the same call with it continues. `progress` is called with
    every evaluation, `tolerance` and `options` go to scipy. `executor` is as for `compile`: on the local machine the
    circuits of an evaluation run at once. `engine` is as for `run`: an ansatz on more than 29 qubits has a chain of
    tensors, and gradients by shifts of its angles. Ctrl-C ends it with the best point so far. Raises CompileError,
    UsageError and the errors of the client.
    """
    task = Minimisation(
        shots=_unless_none(whole, shots, "the number of shots", 1),
        seed=seed_if_any(seed),
        most=_unless_none(whole, max_evaluations, "the most evaluations", 1),
        noise=_unless_none(text_of, noise, "the noise model"),
        method=_unless_none(text_of, method, "the method"),
        options={text_of(name, "an option"): value for name, value in mapping_of(options, "the options").items()},
        backend=text_of(backend, "the backend"),
        session=_unless_none(text_of, session, "the session"),
        tolerance=_tolerance(tolerance),
        history=history,
        progress=progress,
        start=start,
        on=on,
        guard=guard,
        engine=engine_of(engine, None if isinstance(on, str) else text_of(backend, "the backend")),
    )
    if not isinstance(history, str | PathLike | None):
        raise refused("the history", "the path of a file", history)
    if progress is not None and not callable(progress):
        raise refused("the progress", "a function that takes an evaluation", progress)
    if isinstance(problem, PathLike) or (isinstance(problem, str) and ansatz is None):
        problem = _read(problem)
    job = problem.job if isinstance(problem, LoweredProgram) and not task.is_local else Job()
    posed = problem_of(problem, ansatz)
    with workers_for(executor).for_states([posed.ansatz.width]) as workers:
        found = _minimum(posed, task, job, workers)
    warn(found.doubts)
    return found


@record
class Minimisation:
    """The arguments of `minimize`, checked; see there."""

    shots: int | None
    seed: int | None
    most: int | None
    noise: str | None
    method: str | None
    options: dict[str, Any]
    backend: str
    session: str | None
    tolerance: float | None
    history: str | PathLike[str] | None
    progress: Callable[[Evaluation], object] | None
    start: Point | None
    on: str | Client
    guard: Guard | None
    engine: str

    @property
    def is_local(self) -> bool:
        """Whether this computer evaluates."""
        return isinstance(self.on, str) and self.on == LOCAL

    def is_exact(self, problem: VariationalProblem) -> bool:
        """Whether values have no errors, and so gradients."""
        return self.is_local and self.shots is None and self.noise is None and problem.rules.is_plain


def _unless_none(check: Callable[..., Any], value: Any, *role: Any) -> Any:
    return None if value is None else check(value, *role)


def _tolerance(value: float | None) -> float | None:
    if value is None:
        return None
    tolerance = exact(value, "the tolerance")
    if tolerance < 0:
        raise fail("QC0881", role="the tolerance", wanted="a number from 0 on", given=shown(value))
    return float(tolerance)


def _minimum(problem: VariationalProblem, task: Minimisation, job: Job, workers: Workers) -> Minimum:
    if task.is_local and (task.session is not None or task.backend != "simulator"):
        raise fail("QC0881", role="`on`", wanted="a `Client`, for a backend or a session", given=repr(LOCAL))
    method = _method(problem, task)
    point = first_point(problem, task.start, task.seed)
    said = {"problem": problem.fingerprint, "parameters": [*problem.names], "method": method, "start": point.tolist()}
    past = History(task.history, {**said, **_conditions(task, job)})
    evaluator = _local(problem, task, workers) if task.is_local else _remote(problem, task, job, past)
    return _minimized(problem, evaluator, task, (method, point), past)


def _method(problem: VariationalProblem, task: Minimisation) -> str:
    """The method, by default the one for values with errors or without."""
    asked = task.method or (WITH_GRADIENT if task.is_exact(problem) else WITHOUT)[0]
    method = next((name for name in METHODS if name.lower() == asked.lower()), None)  # scipy takes `cobyla`, too
    if method is None:
        suggestion = nearest(asked.upper(), METHODS) or nearest(asked, METHODS)
        wanted_name = f"one of {', '.join(METHODS)}"
        raise fail("QC0881", role="the method", wanted=wanted_name, given=shown(asked), suggestion=suggestion)
    if method in WITH_GRADIENT and not problem.rules.is_plain:
        raise fail("QC0954", None, method=method, reason="cvar_alpha or a penalty")
    return method


def _conditions(task: Minimisation, job: Job) -> dict[str, Any]:
    """The conditions under which values are measured: a history goes on only under the same."""
    shots = task.shots or job.get("shots")
    said = {"on": LOCAL if task.is_local else task.backend, "shots": shots, "noise": task.noise}
    said["seed"] = task.seed
    if settings := {path: repr(job.get(path)) for path in sorted(job.settings) if path.startswith("settings.")}:
        said["settings"] = settings
    tolerance = None if task.tolerance is None else float(task.tolerance)
    if task.engine != AUTO:
        said["engine"] = task.engine
    return {**said, "tolerance": tolerance, "options": repr(task.options)}


def _local(problem: VariationalProblem, task: Minimisation, workers: Workers) -> Evaluator:
    from ionqdsl.simulation.engines import MAX_QUBITS  # late: numpy
    from ionqdsl.variational.evaluators import ExactEvaluator, NoisyEvaluator, SampledEvaluator

    width = problem.ansatz.width
    if task.is_exact(problem) and (task.engine == "statevector" or (task.engine == AUTO and width <= MAX_QUBITS)):
        return ExactEvaluator(problem)
    model = None if task.noise is None else model_of(Job({"noise.model": JobValue(task.noise)}))
    if model is None:
        return SampledEvaluator(problem, task.shots, task.seed, workers, task.engine)
    return NoisyEvaluator(problem, task.shots, task.seed, model, workers, task.engine)


def _read(what: str | PathLike[str]) -> LoweredProgram:
    """The program in a text or a file. Raises UsageError for an operator, which needs an ansatz."""
    from ionqdsl import formats
    from ionqdsl.accept import is_path, source_of

    if isinstance(what, str) and not is_path(what) and "{" not in what and "include" not in what:
        raise fail("QC0881", role="the ansatz of an operator", wanted="a circuit", given="None")
    program, noticed = formats.loaded(source_of(what, "the problem"))
    warn(noticed)
    return program


def _remote(problem: VariationalProblem, task: Minimisation, job: Job, past: History) -> Evaluator:
    """The evaluator of the service; the arguments replace settings of the program's `job`."""
    from ionqdsl.cloud.client import Client
    from ionqdsl.variational.service import ServiceEvaluator

    if not isinstance(task.on, Client):
        raise fail("QC0881", role="`on`", wanted='"local" or a `Client`', given=shown(task.on))
    if task.backend != "simulator" and task.most is None:
        raise UsageError([Diagnostic("QC0956", None, {"backend": task.backend})])
    settings = {"backend": task.backend, "shots": task.shots, "session_id": task.session}
    said = Job({"name": JobValue("minimize"), "shots": JobValue(DEFAULT_SHOTS), **job.settings})
    for path, value in {**settings, "noise.model": task.noise}.items():
        if value is not None:
            said.set(path, value)
    return ServiceEvaluator(problem, task.on, said, past, task.guard)


def _minimized(
    problem: VariationalProblem, evaluator: Evaluator, task: Minimisation, begin: tuple[str, Any], past: History
) -> Minimum:
    """The lowest energy by a method of scipy from a first point, both in `begin`."""
    method, point = begin
    try:
        from scipy.optimize import minimize as scipy_minimize
    except ImportError:
        raise UsageError([Diagnostic("QC0957")]) from None
    import numpy as np

    needs_gradient = method in WITH_GRADIENT
    ended, is_converged, final = "", False, None

    def asked(x: Any) -> Any:
        if task.most is not None and len(past.evaluations) >= task.most:
            raise _Enough
        known = past.known(x.tolist(), needs_gradient)
        if known is None:
            known = evaluator.evaluate(np.array(x, dtype=float), needs_gradient, len(past.evaluations))
            past.add(known)
        if task.progress is not None:
            task.progress(known)
        return (known.value, np.array(known.gradient)) if needs_gradient else known.value

    try:
        result = scipy_minimize(
            asked, point, jac=needs_gradient, method=method, tol=task.tolerance, options=task.options
        )
        ended, is_converged, final = str(result.message), bool(result.success), tuple(np.atleast_1d(result.x).tolist())
    except _Enough:
        ended = f"stopped after {task.most} evaluations"
    except KeyboardInterrupt:
        ended = "interrupted"
        if not past.evaluations:
            raise
    best = min(past.evaluations, key=lambda one: one.value)
    best = next((one for one in past.evaluations if one.point == final), best)
    values = dict(zip(problem.names, best.point, strict=True))
    return Minimum(best.value, best.error, values, method, is_converged, ended, tuple(past.evaluations))
