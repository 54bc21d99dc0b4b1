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
from ionqdsl.ir.arguments import mapping_of, refused, shown, text_of, whole
from ionqdsl.ir.circuit import FlatCircuit, Operator
from ionqdsl.ir.job import Job, JobValue, LoweredProgram
from ionqdsl.ir.symbols import exact
from ionqdsl.python.means import model_of
from ionqdsl.record import record
from ionqdsl.variational.history import Evaluation, History
from ionqdsl.variational.problem import VariationalProblem, first_point, problem_of

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

    def __str__(self) -> str:
        error = f" ± {self.error:.2g}" if self.error else ""
        return f"{self.value:.9g}{error} after {self.evaluations} evaluations: {self.message}"


class _Enough(Exception):
    """The allowed number of evaluations is reached."""


def minimize(
    problem: str | PathLike[str] | Operator | Mapping[str, float] | LoweredProgram,
    ansatz: FlatCircuit | None = None,
    method: str | None = None,
    *,
    start: Mapping[Any, Any] | Sequence[Any] | None = None,
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
    every evaluation, `tolerance` and `options` go to scipy. Ctrl-C ends it with the best point so far. Raises
    CompileError, UsageError and the errors of the client.
    """
    shots = None if shots is None else whole(shots, "the number of shots", 1)
    seed = None if seed is None else whole(seed, "the seed")
    max_evaluations = None if max_evaluations is None else whole(max_evaluations, "the most evaluations", 1)
    noise = None if noise is None else text_of(noise, "the noise model")
    method = None if method is None else text_of(method, "the method")
    options = {text_of(name, "an option"): value for name, value in mapping_of(options, "the options").items()}
    backend = text_of(backend, "the backend")
    session = None if session is None else text_of(session, "the session")
    if tolerance is not None and not 0 <= exact(tolerance, "the tolerance") <= 1e300:
        raise fail("QC0881", role="the tolerance", wanted="a number from 0 on", given=shown(tolerance))
    if not isinstance(history, str | PathLike | None):
        raise refused("the history", "the path of a file", history)
    if progress is not None and not callable(progress):
        raise refused("the progress", "a function that takes an evaluation", progress)
    if isinstance(problem, PathLike) or (isinstance(problem, str) and ansatz is None):
        problem = _read(problem)
    found = problem_of(problem, ansatz)
    is_local = isinstance(on, str) and on == LOCAL
    if is_local and (session is not None or backend != "simulator"):
        raise fail("QC0881", role="`on`", wanted="a `Client`, for a backend or a session", given=repr(LOCAL))
    is_exact = is_local and shots is None and noise is None and found.rules.is_plain
    chosen = method or (WITH_GRADIENT[0] if is_exact else WITHOUT[0])
    if chosen not in METHODS:
        raise fail("QC0881", role="the method", wanted=f"one of {', '.join(METHODS)}", given=shown(method))
    if chosen in WITH_GRADIENT and not found.rules.is_plain:
        raise fail("QC0954", None, method=chosen, reason="cvar_alpha or a penalty")
    point = first_point(found, start, seed)
    said = {"problem": found.fingerprint, "parameters": [*found.names], "method": chosen, "start": point.tolist()}
    job = problem.job if isinstance(problem, LoweredProgram) and not is_local else Job()
    said |= {"on": LOCAL if is_local else backend, "shots": shots or job.get("shots"), "noise": noise, "seed": seed}
    if settings := {path: repr(job.get(path)) for path in sorted(job.settings) if path.startswith("settings.")}:
        said["settings"] = settings
    past = History(
        history, {**said, "tolerance": None if tolerance is None else float(tolerance), "options": repr(options)}
    )
    if is_local:
        evaluator = _local(found, is_exact, shots, seed, noise)
    else:
        given = {"backend": backend, "shots": shots, "session_id": session, "noise.model": noise}
        evaluator = _remote(found, on, job, given, past, max_evaluations, guard)
    return _minimized(found, evaluator, chosen, point, past, max_evaluations, tolerance, progress, options)


def _local(
    problem: VariationalProblem, is_exact: bool, shots: int | None, seed: int | None, noise: str | None
) -> Evaluator:
    from ionqdsl.variational.evaluators import ExactEvaluator, NoisyEvaluator, SampledEvaluator

    if is_exact:
        return ExactEvaluator(problem)
    model = None if noise is None else model_of(Job({"noise.model": JobValue(noise)}))
    return SampledEvaluator(problem, shots, seed) if model is None else NoisyEvaluator(problem, shots, seed, model)


def _read(what: str | PathLike[str]) -> LoweredProgram:
    """The program in a text or a file. Raises UsageError for an operator, which needs an ansatz."""
    from ionqdsl import formats
    from ionqdsl.accept import is_path, source_of
    from ionqdsl.python.choices import warn

    if isinstance(what, str) and not is_path(what) and "{" not in what and "include" not in what:
        raise fail("QC0881", role="the ansatz of an operator", wanted="a circuit", given="None")
    program, noticed = formats.loaded(source_of(what, "the problem"))
    warn(noticed)
    return program


def _remote(
    problem: VariationalProblem,
    client: Any,
    job: Job,
    given: Mapping[str, Any],
    past: History,
    max_evaluations: int | None,
    guard: Guard | None,
) -> Evaluator:
    """The evaluator of the service; what is `given` replaces settings of the program's `job`."""
    from ionqdsl.cloud.client import Client
    from ionqdsl.variational.service import ServiceEvaluator

    if not isinstance(client, Client):
        raise fail("QC0881", role="`on`", wanted='"local" or a `Client`', given=shown(client))
    backend = given["backend"]
    if backend != "simulator" and max_evaluations is None:
        raise UsageError([Diagnostic("QC0956", None, {"backend": backend})])
    said = Job({"name": JobValue("minimize"), "shots": JobValue(DEFAULT_SHOTS), **job.settings})
    for path, value in given.items():
        if value is not None:
            said.set(path, value)
    return ServiceEvaluator(problem, client, said, past, guard)


def _minimized(
    problem: VariationalProblem,
    evaluator: Evaluator,
    method: str,
    point: Any,
    past: History,
    most: int | None,
    tolerance: float | None,
    progress: Callable[[Evaluation], object] | None,
    options: dict[str, Any],
) -> Minimum:
    try:
        from scipy.optimize import minimize as scipy_minimize
    except ImportError:
        raise UsageError([Diagnostic("QC0957")]) from None
    import numpy as np

    needs_gradient = method in WITH_GRADIENT
    ended, is_converged, final = "", False, None

    def asked(x: Any) -> Any:
        if most is not None and len(past.evaluations) >= most:
            raise _Enough
        known = past.known(x.tolist(), needs_gradient)
        if known is None:
            known = evaluator.evaluate(np.array(x, dtype=float), needs_gradient, len(past.evaluations))
            past.add(known)
        if progress is not None:
            progress(known)
        return (known.value, np.array(known.gradient)) if needs_gradient else known.value

    try:
        result = scipy_minimize(asked, point, jac=needs_gradient, method=method, tol=tolerance, options=options)
        ended, is_converged, final = str(result.message), bool(result.success), tuple(np.atleast_1d(result.x).tolist())
    except _Enough:
        ended = f"stopped after {most} evaluations"
    except KeyboardInterrupt:
        ended = "interrupted"
        if not past.evaluations:
            raise
    best = min(past.evaluations, key=lambda one: one.value)
    best = next((one for one in past.evaluations if one.point == final), best)
    values = dict(zip(problem.names, best.point, strict=True))
    return Minimum(best.value, best.error, values, method, is_converged, ended, tuple(past.evaluations))
