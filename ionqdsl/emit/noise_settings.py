"""Reads the noise that a job names: the faults that the service would find, and the model and seed of a local run.

Takes a job and returns findings, a row of NOISE_MODELS, or a number. It simulates nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.diagnostics.choices import choices
from ionqdsl.ir.arguments import SEEDS
from ionqdsl.ir.job import Job, Value
from ionqdsl.ir.targets import NOISE_MODELS, BackendFamily, NoiseModel


def noise_findings(job: Job, backend: BackendFamily | None, name: Value) -> Iterator[Diagnostic]:
    """The settings of the noise that the service refuses, or may, for a backend and its name in the job."""
    model, seed = job.get("noise.model"), job.get("noise.seed")
    if model is None and seed is None:
        return
    place = job.span("noise.model") or job.span("noise.seed")
    if isinstance(name, str) and not (backend and backend.is_simulator):
        yield Diagnostic("QC0708", place, {"backend": name})
    if model is None:
        yield Diagnostic("QC0709", place)
    elif isinstance(model, str) and model not in NOISE_MODELS:
        yield Diagnostic("QC0758", place, {"name": model, **choices(model, NOISE_MODELS)})
    if seed is not None and seed not in SEEDS:
        yield _wrong_seed(job)


def _wrong_seed(job: Job) -> Diagnostic:
    return Diagnostic("QC0711", job.span("noise.seed"), {"seed": job.get("noise.seed")})


def noise_model(job: Job) -> NoiseModel | None:
    """The noise model that the local machine uses, None without one.

    Raises CompileError for a model that only the service may know, UsageError if a flag names it.
    """
    name, span = job.get("noise.model"), job.span("noise.model")
    if name is None or name in NOISE_MODELS:
        return None if name is None else NOISE_MODELS[name]
    facts = {"name": name, **choices(str(name), NOISE_MODELS)}
    raise (UsageError if span is None else CompileError)([Diagnostic("QC0710", span, facts)])


def seed_for(job: Job, given: int | None) -> int | None:
    """The seed of the local machine: the given one, or that of the job's noise. Raises CompileError if that is none."""
    seed: int | None = job.get("noise.seed")
    if given is not None or seed is None:
        return given
    if seed not in SEEDS:
        raise CompileError([_wrong_seed(job)])
    return seed
