"""Writes jobs and results in the fields and formats of both specifications.

Takes a job's record and its outcome and returns the JSON of the response, with the fields of the specification of May
2026, of September 2026, or of both at once: they contradict each other in `results`, where one has addresses by kind
and the other has descriptions by format. Nothing is computed here but the status, which follows from the times.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from ionqdsl.emulator.machine import Outcome, shots
from ionqdsl.emulator.service import PROJECT, identifier, iso
from ionqdsl.emulator.store import Record

AGGREGATE = "ionq.result.probabilities-aggregate.json.v1"
NATIVE = "ionq.native.v1"
QASM3 = "ionq.qasm3.v1"
"""The type of a job in OpenQASM 3, and the format of its compiled circuit."""
COUNTED = ("histogram", "shots")
"""Kinds of results that exist only if shots were counted."""

KINDS = {kind: f"ionq.result.{kind}.json." for kind in ("probabilities", *COUNTED)}

FINAL = ("completed", "failed", "canceled")


def status(job: Record, now: float) -> str:
    """The status of a job, from its times."""
    if job["canceled"] is not None:
        return "canceled"
    if now >= job["ends"]:
        return "failed" if job["failure"] else "completed"
    if job["failure"] or now < job["ready"]:
        return "submitted"
    return "started" if now >= job["started"] else "ready"


def ticket(job: Record) -> dict[str, Any]:
    """The response to a POST that creates a job."""
    return {"id": job["id"], "status": "submitted", "session_id": job["session_id"]}


def view(job: Record, now: float, shape: str, is_listed: bool = False) -> dict[str, Any]:
    """A job as in the response to GET; lists leave the children out."""
    result = status(job, now)
    is_started = now >= job["started"] and not job["failure"] and job["canceled"] is None
    is_over = result in FINAL
    ended = job["canceled"] if job["canceled"] is not None else job["ends"]
    answer: dict[str, Any] = {
        "id": job["id"],
        "status": result,
        "type": job["type"],
        "backend": job["backend"],
        "dry_run": job["dry_run"],
        "submitter_id": job["submitter"],
        "project_id": PROJECT,
        "parent_job_id": job["parent_job_id"],
        "session_id": job["session_id"],
        "metadata": job["metadata"],
        "name": job["name"],
        "submitted_at": iso(job["submitted"]),
        "started_at": iso(job["started"]) if is_started else None,
        "completed_at": iso(ended) if is_over else None,
        "predicted_wait_time_ms": None if is_over else _milliseconds(job["started"] - now),
        "predicted_execution_duration_ms": None if is_over else _milliseconds(job["ends"] - job["started"]),
        "execution_duration_ms": _milliseconds(job["ends"] - job["started"]) if result == "completed" else None,
        "failure": job["failure"] if result == "failed" else None,
        "output": output(job, shape) if result == "completed" else {},
        "settings": job["settings"],
        "stats": job["stats"],
        "results": results(job, shape) if result == "completed" and not job["dry_run"] else None,
    }
    if is_counted(job) or shape != "september":
        answer["shots"] = job["shots"]
    if job["backend"] == "simulator":
        answer["noise"] = job["noise"] or {"model": "ideal"}
    else:
        answer["cost_model"] = "quantum_compute_time" if shape == "may" else "QCT"
    if not is_listed:
        answer["child_job_ids"] = job["children"]
    return answer


def _milliseconds(seconds: float) -> int:
    return max(0, min(round(seconds * 1000), 2**31 - 1))


def is_counted(job: Record) -> bool:
    """Whether shots were drawn: the ideal simulator returns only the distribution."""
    return bool(job["backend"] != "simulator" or (job["noise"] or {}).get("model", "ideal") != "ideal")


def formats(job: Record) -> list[str]:
    """The formats in which a job's results are available."""
    if job["children"] is not None:
        return [AGGREGATE]
    kinds = ["probabilities", *(COUNTED if is_counted(job) else ())]
    if job["type"] == QASM3:
        return [KINDS[kind] + "v2" for kind in kinds]
    return [KINDS[kind] + version for kind in kinds for version in ("v1", "v2")]


def results(job: Record, shape: str) -> dict[str, Any]:
    """The places of the results: addresses by kind (May), descriptions by format (September), or both."""
    if job["value"] is not None:
        return dict(job["value"])
    descriptors = {name: descriptor(job["id"], name) for name in formats(job)}
    if shape == "september" or job["type"] == QASM3:
        return descriptors
    by_kind: dict[str, Any] = {}
    for kind in KINDS:
        name = AGGREGATE if job["children"] is not None else KINDS[kind] + "v1"
        if name in descriptors and not (job["children"] is not None and kind != "probabilities"):
            end = "probabilities/aggregated" if name == AGGREGATE else kind
            by_kind[kind] = {"url": f"/v0.4/jobs/{job['id']}/results/{end}"}
            if shape == "both":
                by_kind[kind] |= descriptors[name]
    return by_kind if shape == "may" else by_kind | descriptors


def descriptor(job_id: str, name: str, variant: str = "") -> dict[str, str]:
    """The description of an artifact."""
    return {"id": artifact_id(job_id, name, variant), "format": name, "media_type": "application/json"}


def artifact_id(job_id: str, name: str, variant: str = "") -> str:
    """The id under which an artifact is fetched."""
    return identifier(f"{job_id} {name} {variant}")


def output(job: Record, shape: str) -> dict[str, Any]:
    """The output of the job's compilation and mitigation."""
    if job["value"] is not None or job["children"] is not None:
        return {}
    result: dict[str, Any] = {"compilation": {}}
    if job["type"] == QASM3:
        text = descriptor(job["id"], QASM3) | {"media_type": "text/plain"}
        result["compilation"] = {"compiled_circuits": {QASM3: text}}
    elif shape != "may":
        result["compilation"] = {"compiled_circuits": {NATIVE: descriptor(job["id"], NATIVE)}}
    if not job["variants"] and shape != "may":
        result["error_mitigation"] = {"debiasing": False}
    if job["variants"]:
        variants = [_variant(job, variant, shape) for variant in job["variants"]]
        result["error_mitigation"] = {"debiasing": {"variants": variants}}
    return result


def _variant(job: Record, variant: Mapping[str, Any], shape: str) -> dict[str, Any]:
    name = variant["id"]
    start = f"/v0.4/jobs/{job['id']}/variants/{name}/results/"
    addresses = {kind: {"url": start + kind} for kind in KINDS}
    artifacts = {
        start + version: descriptor(job["id"], start + version, name)
        for start in KINDS.values()
        for version in ("v1", "v2")
    }
    if shape == "both":
        addresses = {kind: url | artifacts[KINDS[kind] + "v1"] for kind, url in addresses.items()}
    links = addresses if shape == "may" else artifacts if shape == "september" else addresses | artifacts
    return {
        "variant_id": name,
        "qubit_map": variant["qubit_map"],
        "shots": variant["shots"],
        "results": links,
    }


# --- the formats ---------------------------------------------------------------------------------------------------

Registers = Sequence[tuple[str, Sequence[int | None]]]


LEAKING = "qpu.tempo-"
"""The machines that notice leakage, by the beginning of their names."""

LEAKED = 0.05
"""The share of shots that leak there; they are measured in addition to those asked for."""


def registers_result(name: str, outcome: Outcome, job: Record) -> Any:
    """An outcome of a job in OpenQASM 3: its registers, and `output_all` with the final state of all qubits.

    Bit strings have bit 0 first. The ideal simulator gives `output_all` alone. Without `service_version` the registers
    are c0, c1 ...
    """
    width, seed = job["width"], job["seed"]
    version = (job["settings"].get("compilation") or {}).get("service_version")
    named = [
        (register if version else f"c{number}", slots) for number, (register, slots) in enumerate(job["registers"])
    ]
    everything = [*(named if is_counted(job) else ()), ("output_all", list(range(width)))]
    kind = name.removeprefix("ionq.result.").partition(".")[0]
    joint = outcome.get("joint") or outcome.get("counts") or outcome["probabilities"]
    if kind == "shots":
        states = [int(state) for state in shots(joint, seed)]
        rows = [{"registers": {register: _bits(slots, state) for register, slots in everything}} for state in states]
        return {"shots": _with_leaked(rows, width, seed) if job["backend"].startswith(LEAKING) else rows}
    total = 1 if kind == "histogram" or not is_counted(job) else sum(joint.values())
    tables: dict[str, dict[str, float]] = {}
    for register, slots in everything:
        table = tables.setdefault(register, {})
        for state, value in joint.items():
            bits = "".join(map(str, _bits(slots, int(state))))
            table[bits] = table.get(bits, 0) + (value if total == 1 else value / total)
    return {kind: {"registers": tables}}


def _with_leaked(rows: list[dict[str, Any]], width: int, seed: int) -> list[dict[str, Any]]:
    """The shots and, among them, copies of some in which a qubit has leaked."""
    chance, result = random.Random(f"{seed} leaked"), []
    for row in rows:
        if chance.random() < LEAKED:
            leaked = chance.randrange(width)
            result.append(row | {"leakage_bits": [int(qubit == leaked) for qubit in range(width)]})
        result.append(row)
    return result


def result(name: str, outcome: Outcome, width: int, registers: Registers, seed: int) -> Any:
    """An outcome in one of the formats of results. `registers` are the job's own; `output_all` has every qubit."""
    kind, version = name.removeprefix("ionq.result.").split(".json.")
    if version == "v1":
        if kind == "shots":
            return shots(outcome["counts"], seed)
        return outcome["counts"] if kind == "histogram" else outcome["probabilities"]
    everything = [*registers, ("output_all", list(range(width)))]
    if kind == "shots":
        drawn = (int(state) for state in shots(outcome["counts"], seed))
        return {"shots": [{"registers": {n: _bits(s, state) for n, s in everything}} for state in drawn]}
    values = outcome["counts"] if kind == "histogram" else outcome["probabilities"]
    tables: dict[str, dict[str, float]] = {}
    for register, slots in everything:
        table: dict[str, float] = {}
        for state, value in values.items():
            bits = "".join(map(str, reversed(_bits(slots, int(state)))))
            table[bits] = table.get(bits, 0) + value
        tables[register] = table
    return {kind: {"registers": tables}}


def _bits(slots: Sequence[int | None], state: int) -> list[int]:
    """The bits of a register, entry 0 first; a slot that nothing writes is 0."""
    return [0 if slot is None else state >> slot & 1 for slot in slots]
