"""Answers with results, read and checked.

The service's JSON and the circuits that were sent come in, `Result`s of results.py go out, matched by name where a job
has several circuits. Asking for the answers is client.py's, the order of bits results.py's. Sources: the API
specification v0.4 (results/probabilities, GetJobResponse), docs.ionq.com (hosted hybrid service).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ionqdsl.circuit import Circuit
from ionqdsl.cloud.submit import Answer, clean
from ionqdsl.diagnostics import Diagnostic, ServiceError
from ionqdsl.job import Energy
from ionqdsl.results import Result, from_probabilities

Details = Mapping[str, Any]

Child = tuple[str, Details]
"""The id of a child job and what the service says of it."""

TOLERANCE = 1e-3
"""How far a distribution's sum may be from 1; the service rounds."""


@dataclass(frozen=True)
class EnergyResult:
    """The value of a `hamiltonian-energy` job, the identity term included, and the variance the service states."""

    value: float
    variance: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"value": self.value, "variance": self.variance}


def distribution(job_id: str, answer: Answer) -> dict[str, float]:
    """The probabilities of an answer, decimal states as keys; ServiceError where they are no distribution."""
    body = answer.json
    if not isinstance(body, dict) or not body:
        raise _nonsense(job_id, "it is not a table of probabilities")
    for state, value in body.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not -TOLERANCE <= value <= 1 + TOLERANCE:
            raise _nonsense(job_id, f"state {clean(state, 40)} has the probability {clean(value, 40)}")
    total = math.fsum(body.values())
    if abs(total - 1) > TOLERANCE:
        raise _nonsense(job_id, f"the probabilities add up to {total:.6g}")
    return {str(state): max(0.0, float(value)) for state, value in body.items()}


def read(circuit: Circuit, details: Details, probabilities: Mapping[str, float]) -> Result:
    """A circuit's result. Counts are worked out where the service counted: on a QPU or with a noise model."""
    noise = details.get("noise")
    model = noise.get("model") if isinstance(noise, dict) else None
    model = None if model == "ideal" or not isinstance(model, str) else model
    shots = details.get("shots")
    is_counted = str(details.get("backend", "")).startswith("qpu.") or model is not None
    return from_probabilities(circuit, probabilities, shots if is_counted and isinstance(shots, int) else None, model)


def children(details: Details) -> list[str]:
    """The ids of a job's child jobs, one a circuit; none for a job with a single circuit."""
    ids = details.get("child_job_ids")
    return [job_id for job_id in ids if isinstance(job_id, str)] if isinstance(ids, list) else []


def matched(job_id: str, circuits: Sequence[Circuit], found: Sequence[Child]) -> list[Child]:
    """The children in the order of the circuits: by name, or by position where no child says its name."""
    names = [details.get("name") for _, details in found]
    if not any(names) and len(found) == len(circuits):
        return list(found)
    by_name = dict(zip(names, found, strict=True))
    for circuit in circuits:
        if circuit.name not in by_name:
            raise ServiceError([Diagnostic("QC0865", facts={"id": job_id, "name": circuit.name})])
    return [by_name[circuit.name] for circuit in circuits]


def assumed(details: Details, fallback: str) -> Circuit:
    """A stand-in for a circuit that is not at hand, as wide as the service says."""
    stats = details.get("stats")
    qubits = stats.get("qubits") if isinstance(stats, dict) else None
    width = int(qubits) if isinstance(qubits, int | float) and 0 < qubits < 1000 else 0
    return Circuit(width, clean(details.get("name") or fallback))


def energy(job_id: str, details: Details, asked: Energy | None) -> EnergyResult:
    """The value of an energy job. The identity term is never sent, so it is added here."""
    for place, key in (("results", "value"), ("output", "value"), ("output", "energy")):
        block = details.get(place)
        value = block.get(key) if isinstance(block, dict) else None
        if isinstance(block, dict) and isinstance(value, int | float) and math.isfinite(value):
            variance = block.get("variance")
            variance = float(variance) if isinstance(variance, int | float) else None
            return EnergyResult(float(value) + _identity(asked), variance)
    raise ServiceError([Diagnostic("QC0863", facts={"id": job_id})])


def _identity(asked: Energy | None) -> float:
    return float(sum(factor for product, factor in asked.hamiltonian.terms if not product)) if asked else 0.0


def _nonsense(job_id: str, reason: str) -> ServiceError:
    return ServiceError([Diagnostic("QC0864", facts={"id": job_id, "reason": reason})])
