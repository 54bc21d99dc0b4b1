"""Creates, shows, lists, cancels, deletes, clones and prices jobs.

Each function answers one endpoint (see endpoints.py): it takes the service and the request, and returns a
`ServedAnswer` or raises a `Problem`. Circuits are read when a job is created and run when its results are requested
(results.py); in between, the clock alone decides the status of a job.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from ionqdsl.emulator import energy, machine, qaoa, sessions, shapes
from ionqdsl.emulator.failure import Failed
from ionqdsl.emulator.service import Problem, ServedAnswer, ServedRequest, Service, iso
from ionqdsl.emulator.store import Record
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.targets import PROFILES

MAX_GATES = PROFILES["v0.4"].max_gates
PAGE, LONGEST_PAGE = 25, 100
PRICES = {"1q": 0.00022, "2q": 0.000975, "minimum": 12.4166, "minimum_mitigated": 97.5}
"""US dollars for each gate and shot, and per job; another provider's public figures, good for examples only.

Circuits of a job are billed together: their gates add up and the amount per job is due once. Dry runs, failed jobs and
cancelled ones cost nothing.
"""


def create(service: Service, request: ServedRequest) -> ServedAnswer:
    """Takes a job: 400 if it can never be one, a job that will fail if only its circuits are wrong."""
    body = request.body
    _check_size(body)
    content = _content(service, body)
    with service.lock:  # or requests at one time would exceed a session's limit, and jobs of a machine overlap
        if body.get("session_id") is not None:
            _check_session(service, body)
        records = _records(service, request, content)
        service.store.add(records, json.dumps(body, separators=(",", ":")))
    service.keep_circuits(records[0]["id"], content.circuits)
    return ServedAnswer(shapes.ticket(records[0]), 201)


def _check_size(body: Mapping[str, Any]) -> None:
    """Checks the rule that a schema cannot express."""
    gates = sum(len(entry["circuit"]) for entry in body["input"].get("circuits", []))
    if gates > MAX_GATES:
        raise Problem(400, f"A job may have at most {MAX_GATES} gates in total, not {gates}.", ("input.circuits",))


def _check_session(service: Service, body: Mapping[str, Any]) -> None:
    session = service.store.session(body["session_id"])
    if session is None:
        raise Problem(404, "Session not found.")
    if not sessions.is_active(service, session):
        raise Problem(409, "The session has ended.", ("session_id",))
    if session["backend"] != body["backend"]:
        raise Problem(409, f"The session is for {session['backend']}.", ("backend", "session_id"))
    limit = session["settings"].get("job_count_limit")
    if limit is not None and sessions.count_jobs(service, session["id"]) >= limit:
        raise Problem(409, f"The session's limit of {limit} jobs is reached.", ("session_id",))


class JobContent(NamedTuple):
    """The circuits of a job, or its results at once if it has none; or why it fails. `seed` is for its outcomes."""

    seed: int
    circuits: list[FlatCircuit]
    value: dict[str, Any] | None
    failure: Record | None


def _content(service: Service, body: Mapping[str, Any]) -> JobContent:
    """Reads the circuits of a job, or computes its results."""
    seed = (body.get("noise") or {}).get("seed")
    seed = seed if seed is not None else service.random.randrange(2**31)
    try:
        if body["type"] in machine.KINDS["circuit"]:
            return JobContent(seed, machine.circuits(body, service.settings.strict), None, None)
        return JobContent(seed, [], _value(body, seed), None)
    except Failed as error:
        return JobContent(seed, [], None, {"code": error.code, "message": error.message})


def _records(service: Service, request: ServedRequest, content: JobContent) -> list[Record]:
    """The job, and one for each circuit of several; the times are scheduled now."""
    body, (seed, circuits, value, failure) = request.body, content
    common = _common(service, request, body, failure)
    own = {"id": _new_id(service), "type": body["type"], "name": body.get("name"), "seed": seed, "index": 0}
    own["is_mitigated"] = machine.is_mitigated(body, {circuit.gateset for circuit in circuits} or {"qis"})
    if body["type"] != machine.MULTI:
        shape = _circuit_fields(circuits[0], body, seed) if circuits else {"width": 0, "registers": [], "stats": {}}
        if value is not None and body["type"] != machine.QAOA:
            shape["stats"] = energy.stats(body)
        return [common | own | shape | {"value": value}]
    children = [
        common
        | {"id": _new_id(service), "type": "ionq.circuit.v1", "name": circuit.name or None, "parent_job_id": own["id"]}
        | {"seed": seed + number, "index": number, "ends": _ends(common, number + 1, len(circuits))}
        | _circuit_fields(circuit, body, seed + number)
        | {"is_mitigated": machine.is_mitigated(body, {circuit.gateset})}
        for number, circuit in enumerate(circuits)
    ]
    shape = {"width": max((c.width for c in circuits), default=0), "registers": [], "stats": _stats(circuits)}
    parent = common | own | shape | {"children": [child["id"] for child in children]}
    return [parent, *children]


def _common(service: Service, request: ServedRequest, body: Mapping[str, Any], failure: Record | None) -> Record:
    """The fields that a job shares with its children, including the times."""
    now = service.now()
    ready = now + service.settings.queue / 2
    started = now + service.settings.queue
    if service.settings.queue:
        started = max(started, service.store.busy_until(body["backend"]))
    ends = ready if failure else started if body.get("dry_run") else started + service.settings.run
    return {
        "backend": body["backend"],
        "metadata": body.get("metadata"),
        "shots": body.get("shots", 100),
        "session_id": body.get("session_id"),
        "settings": body.get("settings") or {},
        "dry_run": body.get("dry_run", False),
        "noise": body.get("noise"),
        "submitter": request.key,
        "submitted": now,
        "ready": ready,
        "started": started,
        "ends": ends,
        "canceled": None,
        "failure": failure,
        "hidden_until": now + request.hidden_seconds if request.hidden_seconds else 0.0,
        "hidden_lists": request.hidden_lists,
        "value": None,
        "variants": None,
        "children": None,
        "parent_job_id": None,
    }


def _value(body: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """The results of a quantum function or of QAOA; other jobs without circuits are accepted, and fail."""
    if body["type"] == machine.QAOA:
        return qaoa.results(body)
    if body["type"] not in machine.KINDS["function"]:
        raise Failed("InvalidInput", f"The emulator does not play jobs of type {body['type']}.")
    return energy.value(body, seed)


def _new_id(service: Service) -> str:
    return str(uuid.UUID(int=service.random.getrandbits(128), version=4))


def _ends(times: Record, number: int, count: int) -> float:
    """The end of a child: children end one after the other."""
    started, ends = float(times["started"]), float(times["ends"])
    return started + (ends - started) * number / count


def _circuit_fields(circuit: FlatCircuit, body: Mapping[str, Any], seed: int) -> Record:
    return {
        "variants": machine.variants(body, circuit, body.get("shots", 100), seed),
        "width": circuit.width,
        "registers": [[name, list(slots)] for name, slots in circuit.readout],
        "stats": _stats([circuit]),
    }


def _stats(circuits: list[FlatCircuit]) -> dict[str, Any]:
    counts = [machine.counts_of_gates(circuit) for circuit in circuits]
    total = {key: sum(count[key] for count in counts) for key in ("1q", "2q")}
    time_us = min(110 * total["1q"] + 900 * total["2q"], 2**31 - 1)
    return {
        "qubits": max((circuit.width for circuit in circuits), default=0),
        "circuits": len(circuits),
        "gate_counts": total,
        "predicted_quantum_compute_time_us": time_us,
        "billed_quantum_compute_time_us": time_us,
    }


def get(service: Service, request: ServedRequest) -> ServedAnswer:
    """One job."""
    job = service.job(request.parts["UUID"])
    return ServedAnswer(shapes.view(job, service.now(), service.settings.shape))


def jobs(service: Service, request: ServedRequest) -> ServedAnswer:
    """A page of the list, newest first, without the children of other jobs unless requested."""
    query = request.query
    where: list[str] = []
    values: list[Any] = []
    if ids := query.get("ids"):
        where.append(f"id IN ({', '.join('?' * len(ids))})")
        values += ids
    if (parent := query.get("parent_job_id")) is not None:
        where.append("parent = ?")
        values.append(parent)
    if not where:
        where.append("parent IS NULL")
    if query.get("target") is not None:
        names = [name.strip() for name in query["target"].split(",")]
        where.append(f"backend IN ({', '.join('?' * len(names))})")
        values += names
    session = request.parts.get("session_id", query.get("session_id"))
    if session is not None:
        where.append("session = ?")
        values.append(session)
    before = _cursor(service, query.get("next"))
    now, limit = service.now(), min(query.get("limit", PAGE), LONGEST_PAGE)
    page: list[tuple[int, Record]] = []
    for number, job in service.store.jobs(" AND ".join(where), *values, before=before):
        if not _is_listed(service, job, now) or query.get("status") not in (None, shapes.status(job, now)):
            continue
        if query.get("submitter_id") not in (None, job["submitter"]):
            continue
        page.append((number, job))
        if len(page) > limit:
            break
    views = [shapes.view(job, now, service.settings.shape, is_listed=True) for _, job in page[:limit]]
    return ServedAnswer({"jobs": views, "next": page[limit - 1][1]["id"] if len(page) > limit else None})


def _cursor(service: Service, job_id: str | None) -> int | None:
    """The number for a cursor, which is the id of the last job of the page before."""
    if job_id is None:
        return None
    number = service.store.number(job_id)
    if number is None:
        raise Problem(404, "Page not found. It may have begun after a job that was deleted.")
    return number


def _is_listed(service: Service, job: Record, now: float) -> bool:
    """Whether the list shows a job yet; counts down a job that is to be missing from lists."""
    if now < job["hidden_until"]:
        return False
    if job["hidden_lists"] > 0:
        job["hidden_lists"] -= 1
        service.store.put(job)
        return False
    return True


def cancel(service: Service, request: ServedRequest) -> ServedAnswer:
    """Cancels a job that is not over; a job that is over stays unchanged."""
    _cancel(service, request.parts["UUID"])
    return ServedAnswer({"id": request.parts["UUID"], "status": "canceled"})


def _cancel(service: Service, job_id: str) -> None:
    now = service.now()
    job = service.job(job_id)
    for each in [job, *(service.job(child) for child in job["children"] or ())]:
        if shapes.status(each, now) not in shapes.FINAL:
            each["canceled"] = each["ends"] = now
            service.store.put(each)


def cancel_several(service: Service, request: ServedRequest) -> ServedAnswer:
    """Cancels jobs, all or none."""
    ids = request.body["ids"]
    for job_id in ids:
        service.job(job_id)
    for job_id in ids:
        _cancel(service, job_id)
    return ServedAnswer({"ids": ids, "status": "canceled"})


def delete(service: Service, request: ServedRequest) -> ServedAnswer:
    """Deletes a job and its children."""
    service.store.delete(service.job(request.parts["UUID"])["id"])
    return ServedAnswer({"id": request.parts["UUID"], "status": "deleted"})


def delete_several(service: Service, request: ServedRequest) -> ServedAnswer:
    """Deletes jobs, all or none."""
    for job_id in request.body["ids"]:
        service.job(job_id)
    for job_id in request.body["ids"]:
        service.store.delete(job_id)
    return ServedAnswer({"ids": request.body["ids"], "status": "deleted"})


def clone(service: Service, request: ServedRequest) -> ServedAnswer:
    """Creates a job like another, with some settings changed."""
    body = dict(_posted(service, request.parts["UUID"]))
    body |= {key: value for key, value in request.body.items() if key != "parent"}
    return create(service, replace(request, body=body))


def move(service: Service, request: ServedRequest) -> ServedAnswer:
    """Cancels a job and creates one like it, usually on another backend."""
    if shapes.status(service.job(request.parts["UUID"]), service.now()) in shapes.FINAL:
        raise Problem(409, "The job is over and cannot be moved.", ("UUID",), "params")
    answer = clone(service, request)
    _cancel(service, request.parts["UUID"])
    return answer


def _posted(service: Service, job_id: str) -> Mapping[str, Any]:
    """The payload that created a job; for a child, only its own circuit."""
    job = service.job(job_id)
    if job["parent_job_id"] is None:
        return dict(service.store.payload(job_id))
    body = dict(service.store.payload(job["parent_job_id"]))
    shared = body["input"]
    both = shared | shared["circuits"][job["index"]]
    own = {key: both[key] for key in ("qubits", "gateset", "circuit") if key in both}
    return body | {"type": "ionq.circuit.v1", "input": own}


def cost(service: Service, request: ServedRequest) -> ServedAnswer:
    """The cost of a job. The simulator is free."""
    job = service.job(request.parts["UUID"])
    counts = job["stats"].get("gate_counts", {"1q": 0, "2q": 0})
    value = price(job["backend"], counts, job["shots"], job.get("is_mitigated", bool(job["variants"])))
    answer: dict[str, Any] = {"dry_run": job["dry_run"]}
    if job["backend"] != "simulator" or service.settings.shape == "may":  # September: none for free jobs
        answer["estimated_cost"] = {"value": value, "unit": "usd"}
    if shapes.status(job, service.now()) == "completed":
        answer["cost"] = {"value": 0.0 if job["dry_run"] else value, "unit": "usd"}
    return ServedAnswer(answer)


def price(backend: str, counts: Mapping[str, int], shots: int, is_mitigated: bool) -> float:
    """The price in US dollars."""
    if backend == "simulator":
        return 0.0
    least = PRICES["minimum_mitigated" if is_mitigated else "minimum"]
    return round(least + shots * (PRICES["1q"] * counts["1q"] + PRICES["2q"] * counts["2q"]), 2)


def estimate(service: Service, request: ServedRequest) -> ServedAnswer:
    """The estimated cost and duration of a job."""
    query: dict[str, Any] = {"type": "ionq.circuit.v1", "qubits": 25, "shots": 1000, "1q_gates": 0, "2q_gates": 0}
    query |= {"error_mitigation": False} | dict(request.query)
    counts = {"1q": query["1q_gates"], "2q": query["2q_gates"]}
    total = price(query["backend"], counts, query["shots"], query["error_mitigation"])
    time_us = query["shots"] * (110 * counts["1q"] + 900 * counts["2q"])
    rates = {"cost_1q_gate": PRICES["1q"], "cost_2q_gate": PRICES["2q"], "job_cost_minimum": PRICES["minimum"]}
    queue = round(service.settings.queue * 1000)
    may = {
        "input_values": query,
        "cost_unit": "usd",
        "rate_information": rates | {"organization": "emulator"},
        "estimated_cost": total,
    }
    september = {
        "estimate_context": query | {"organization": None, "project": None},
        "estimated_unit": "usd",
        "rate_card": {"id": "emulator", "rates": [{"sku": query["backend"], "unit": "gates"} | rates]},
        "estimated_total_cost": total,
    }
    answer: dict[str, Any] = {
        "estimated_at": iso(service.now()),
        "estimated_execution_time": min(time_us // 1000, 2**31 - 1),
        "current_predicted_queue_time": queue,
    }
    shape = service.settings.shape
    answer |= (may if shape != "september" else {}) | (september if shape != "may" else {})
    return ServedAnswer(answer)
