"""Lint rules about the settings of a job."""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.linter.subject import Finding, Subject, finding

DEBIASED_FROM = 500
"""The number of shots from which the service debiases by default (docs.ionq.com, error mitigation)."""


def ignored_shots(subject: Subject) -> Iterator[Finding]:
    """Finds shots for the simulator without noise, which returns exact probabilities."""
    program = subject.program
    if program is None or program.energy is not None or program.function is not None:
        return
    job = program.job
    span = job.span("shots")
    noise = job.get("noise.model", "ideal")
    if span is not None and job.get("backend") == "simulator" and noise == "ideal":
        yield finding("QC1012", span)


def undecided_debiasing(subject: Subject) -> Iterator[Finding]:
    """Finds QPU jobs with enough shots for debiasing that do not set it."""
    program = subject.program
    if program is None or program.energy is not None or program.function is not None:
        return
    job = program.job
    backend, shots = job.get("backend"), job.get("shots", 100)
    span = job.span("backend")
    if span is None or not str(backend).startswith("qpu.") or "settings.error_mitigation.debiasing" in job.settings:
        return
    if isinstance(shots, int) and shots >= DEBIASED_FROM:
        yield finding("QC1013", span, backend=backend)
