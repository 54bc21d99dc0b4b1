"""Serves results: distributions, histograms, shots, variants, artifacts, and compiled circuits.

Each function answers one endpoint, as in jobs.py. A circuit is run when its results are first requested, and its
outcome is kept; until the job is completed there are none, and the service answers 404 as for an unknown job.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ionqdsl.diagnostics import CompileError
from ionqdsl.emit.payload import gate_object
from ionqdsl.emit.qasm3 import ansatz_text
from ionqdsl.emulator import machine, shapes
from ionqdsl.emulator.machine import Outcome
from ionqdsl.emulator.service import Problem, ServedAnswer, ServedRequest, Service
from ionqdsl.emulator.store import Record
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.targets import PROFILES


def _completed(service: Service, job_id: str) -> Record:
    job = service.job(job_id)
    if shapes.status(job, service.now()) != "completed" or job["dry_run"] or job["value"] is not None:
        raise Problem(404, "Results not found. The job is not completed, or it has no results of this kind.")
    return job


def _circuit(service: Service, job: Record) -> FlatCircuit:
    """The circuit of a job, read again if it is not in memory."""
    owner = str(job["parent_job_id"] or job["id"])
    circuit = service.circuits.get(owner)
    if circuit is None:
        circuit = machine.circuits(service.store.payload(owner))
        service.keep_circuits(owner, circuit)
    return circuit[job["index"]]


def outcome(service: Service, job: Record) -> Outcome:
    """The outcome of a circuit, run now unless it was before."""
    result = service.store.outcome(job["id"])
    if result is None:
        try:
            result = machine.play(_circuit(service, job), job, job["shots"], job["seed"], job["variants"])
        except CompileError as error:
            raise Problem(500, error.diagnostics[0].message) from None
        service.store.put_outcome(job["id"], result)
    return dict(result)


def probabilities(service: Service, request: ServedRequest) -> ServedAnswer:
    """A job's distribution; for a job with several circuits, their average."""
    job = _completed(service, request.parts["UUID"])
    if job["children"] is None:
        return ServedAnswer(_distribution(service, job, request.query))
    total: dict[str, float] = {}
    for child in _aggregate(service, job, request.query).values():
        for state, share in child.items():
            total[state] = total.get(state, 0) + share / len(job["children"])
    return ServedAnswer(total)


def aggregated(service: Service, request: ServedRequest) -> ServedAnswer:
    """The distribution of each circuit, by the id of its job, in the order they were posted."""
    return ServedAnswer(_aggregate(service, _completed(service, request.parts["UUID"]), request.query))


def _aggregate(service: Service, job: Record, query: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    ids = [job["id"]] if job["children"] is None else job["children"]
    return {child: _distribution(service, service.job(child), query) for child in ids}


def _distribution(service: Service, job: Record, query: Mapping[str, Any]) -> dict[str, float]:
    result = outcome(service, job)
    if query.get("sharpen") or query.get("aggregation") in ("voting", "majority"):
        return machine.sharpened(result, job["seed"])
    return dict(result["probabilities"])


def histogram(service: Service, request: ServedRequest) -> ServedAnswer:
    """The number of times each state was measured."""
    return _kind(service, request, "histogram")


def shots(service: Service, request: ServedRequest) -> ServedAnswer:
    """The state of each shot."""
    return _kind(service, request, "shots")


def _kind(service: Service, request: ServedRequest, kind: str) -> ServedAnswer:
    job = _completed(service, request.parts["UUID"])
    name = shapes.KINDS[kind] + "v1"
    if name not in shapes.formats(job):
        raise Problem(404, f"Results not found. This job has no {kind}.")
    return ServedAnswer(_formatted(service, job, name))


def _formatted(service: Service, job: Record, name: str) -> Any:
    if job["type"] == shapes.QASM3:
        return shapes.registers_result(name, outcome(service, job), job)
    return shapes.result(name, outcome(service, job), job["width"], job["registers"], job["seed"])


def variant(service: Service, request: ServedRequest) -> ServedAnswer:
    """One variant's distribution, histogram or shots."""
    job = _completed(service, request.parts["UUID"])
    number = _variant_number(job, request.parts["variantId"])
    return ServedAnswer(_variant_result(service, job, number, shapes.KINDS[request.parts["kind"]] + "v1"))


def _variant_number(job: Record, name: str) -> int:
    for number, each in enumerate(job["variants"] or ()):
        if each["id"] == name:
            return number
    raise Problem(404, "Variant not found.")


def _variant_result(service: Service, job: Record, number: int, name: str) -> Any:
    counts = outcome(service, job)["variants"][number]
    part = {"probabilities": machine.shares(counts), "counts": counts}
    return shapes.result(name, part, job["width"], job["registers"], job["seed"] + number)


def artifact(service: Service, request: ServedRequest) -> ServedAnswer:
    """The artifact of a description in `results` or `output`."""
    job = _finished(service, request.parts["UUID"])
    wanted = request.parts["artifactId"]
    if job["type"] == shapes.QASM3 and wanted == shapes.artifact_id(job["id"], shapes.QASM3):
        return ServedAnswer(_text(service, job), media="text/plain")
    if (
        wanted == shapes.artifact_id(job["id"], shapes.NATIVE)
        and job["type"] != shapes.QASM3
        and job["children"] is None
        and job["value"] is None
    ):
        return ServedAnswer(_native(service, job))
    if not job["dry_run"] and job["value"] is None:
        for name in shapes.formats(job):
            if wanted == shapes.artifact_id(job["id"], name):
                if name == shapes.AGGREGATE:
                    return ServedAnswer(_aggregate(service, job, request.query))
                return ServedAnswer(_formatted(service, job, name))
        for number, each in enumerate(job["variants"] or ()):
            for name in shapes.formats(job):
                if wanted == shapes.artifact_id(job["id"], name, each["id"]):
                    return ServedAnswer(_variant_result(service, job, number, name))
    raise Problem(404, "Artifact not found.")


def _finished(service: Service, job_id: str) -> Record:
    """A completed job, including dry runs and functions."""
    job = service.job(job_id)
    if shapes.status(job, service.now()) != "completed":
        raise Problem(404, "Artifact not found. The job is not completed.")
    return job


def _compiled(service: Service, job: Record) -> FlatCircuit:
    return machine.compiled(_circuit(service, job), job["backend"], machine.noise_model(job))


def _native(service: Service, job: Record) -> dict[str, Any]:
    circuit = _compiled(service, job)
    rows = (gate_object(op, "native", PROFILES["v0.4-clients"]) for op in circuit.rows)
    return {"qubits": circuit.width, "circuit": [row for row in rows if row]}


def _text(service: Service, job: Record) -> bytes:
    """The compiled program of a job in OpenQASM 3: that which was posted."""
    return str(service.store.payload(job["id"])["input"]["data"]).encode()


def compiled(service: Service, request: ServedRequest) -> ServedAnswer:
    """The circuit as the machine ran it, in native gates or as OpenQASM 3."""
    if service.settings.shape == "september":
        raise Problem(410, "This endpoint is gone. Compiled circuits are artifacts of the job's output.")
    job = _finished(service, request.parts["UUID"])
    if job["children"] is not None or job["value"] is not None:
        raise Problem(404, "Circuit not found. Ask for the circuits of the child jobs.")
    if job["type"] == shapes.QASM3:
        return ServedAnswer(_text(service, job), media="text/plain")
    if request.parts["lang"] == "native":
        return ServedAnswer(_native(service, job))
    return ServedAnswer(ansatz_text(_compiled(service, job)).encode(), media="text/plain")
