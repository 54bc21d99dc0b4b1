"""Serves sessions with their limits, and the account: key, backends, characterizations, usage, health, formats.

Each function answers one endpoint, as in jobs.py. Machines and their figures come from targets.py; a characterization
is derived from the rates of a machine's noise model; dates come from the clock.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.emulator import machine, schemas
from ionqdsl.emulator.service import (
    ORGANIZATION,
    PROJECT,
    Problem,
    ServedAnswer,
    ServedRequest,
    Service,
    identifier,
    iso,
)
from ionqdsl.emulator.store import Record
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.ir.targets import BACKEND_NAMES, NOISE_MODELS, TARGETS, backend_of


def health(service: Service, asked: ServedRequest) -> ServedAnswer:
    """Confirms that the service is running."""
    return ServedAnswer({"status": "pass"})


def whoami(service: Service, asked: ServedRequest) -> ServedAnswer:
    """The key, as a digest."""
    return ServedAnswer(
        {"key_id": identifier(asked.key), "key_name": f"emulator {asked.key[:4]}", "project_id": PROJECT}
    )


# --- backends ------------------------------------------------------------------------------------------------------


def backends(service: Service, asked: ServedRequest) -> ServedAnswer:
    """All machines."""
    return ServedAnswer([_backend(service, name) for name in BACKEND_NAMES])


def backend(service: Service, asked: ServedRequest) -> ServedAnswer:
    """One machine."""
    return ServedAnswer(_backend(service, _known(asked)))


def _known(asked: ServedRequest) -> str:
    if asked.parts["backend"] not in BACKEND_NAMES:
        raise Problem(404, "Backend not found.")
    return asked.parts["backend"]


def _backend(service: Service, name: str) -> dict[str, Any]:
    row = backend_of(name)
    assert row is not None, name
    native = TARGETS[row.target].gates if row.target is not None else NAMES["native"].values()
    answer: dict[str, Any] = {
        "backend": name,
        "status": "retired" if row.retired else "available",
        "degraded": False,
        "qubits": row.qubits,
        "average_queue_time": round(service.settings.queue * 1000),
        "last_updated": iso(service.now()),
        "supported_gates": [key for key, gate in ((n, GATES[k]) for n, k in NAMES["qis"].items()) if gate.payload_name],
        "supported_native_gates": [GATES[gate].name for gate in native if gate != "nop"],
    }
    if not row.is_simulator:
        answer |= {"characterization_id": identifier(name), "kw": 0.0, "location": "127.0.0.1"}
        answer |= {"supported_error_mitigations": ["debiasing", "symmetry_verification"]}
    if service.settings.shape == "may":
        return {key: value for key, value in answer.items() if not key.startswith("supported_")}
    return answer


def characterizations(service: Service, asked: ServedRequest) -> ServedAnswer:
    """The machine's only characterization, on the first page."""
    name = _known(asked)
    records = [] if name == "simulator" or asked.query.get("page", 1) > 1 else [_characterization(service, name)]
    return ServedAnswer({"characterizations": records, "pages": 0})


def characterization(service: Service, asked: ServedRequest) -> ServedAnswer:
    """A characterization by its id."""
    name = _known(asked)
    if name == "simulator" or asked.parts["UUID"] != identifier(name):
        raise Problem(404, "Characterization not found.")
    return ServedAnswer(_characterization(service, name))


def _characterization(service: Service, name: str) -> dict[str, Any]:
    model = machine.noise_model({"backend": name}) or NOISE_MODELS["ideal"]
    row = backend_of(name)
    width = row.qubits if row is not None else model.qubits
    return {
        "id": identifier(name),
        "backend": name,
        "date": iso(service.now() // 86400 * 86400),
        "qubits": width,
        "connectivity": [list(pair) for pair in machine.pairs(name, width)],
        "fidelity": {
            "spam": {"median": 1, "stderr": 0},
            "1q": {"median": 1 - (model.one_qubit or 0) / 2},
            "2q": {"median": 1 - 3 * (model.two_qubit or 0) / 4},
        },
        "timing": {"readout": 0.00015, "reset": 0.00005, "1q": 0.00011, "2q": 0.0009, "t1": 100, "t2": 1},
    }


# --- sessions ------------------------------------------------------------------------------------------------------


def create(service: Service, asked: ServedRequest) -> ServedAnswer:
    """Opens a session on a backend."""
    now = service.now()
    settings = dict(asked.body.get("settings") or {})
    minutes = settings.get("duration_limit_min")
    session: Record = {
        "id": identifier(f"session {now} {service.random.random()}"),
        "created": now,
        "backend": asked.body["backend"],
        "creator": asked.key,
        "ended": None,
        "ender": None,
        "settings": settings,
        "expires": None if minutes is None else now + 60 * minutes,
    }
    service.store.put_session(session)
    return ServedAnswer(_session(service, session), 201)


def is_active(service: Service, session: Record) -> bool:
    """Whether jobs may still be added."""
    return session["ended"] is None and (session["expires"] is None or service.now() < session["expires"])


def count_jobs(service: Service, session_id: str) -> int:
    """The number of jobs of a session, without children of other jobs."""
    return sum(1 for _ in service.store.jobs("session = ? AND parent IS NULL", session_id))


def _session(service: Service, session: Record) -> dict[str, Any]:
    is_open = is_active(service, session)
    first = [job["submitted"] for _, job in service.store.jobs("session = ?", session["id"])]
    ended = session["ended"] if session["ended"] is not None else None if is_open else session["expires"]
    settings = dict(session["settings"])
    if session["expires"] is not None:
        settings["expires_at"] = iso(session["expires"])
    return {
        "id": session["id"],
        "created_at": iso(session["created"]),
        "organization_id": ORGANIZATION,
        "backend": session["backend"],
        "project_id": PROJECT,
        "creator_id": session["creator"],
        "ended_at": iso(ended),
        "ender_id": session["ender"],
        "settings": settings,
        "active": is_open,
        "status": "ended" if not is_open else "started" if first else "created",
        "started_at": iso(min(first)) if first else None,
    }


def _known_session(service: Service, asked: ServedRequest) -> Record:
    session = service.store.session(asked.parts["session_id"])
    if session is None:
        raise Problem(404, "Session not found.")
    return session


def sessions(service: Service, asked: ServedRequest) -> ServedAnswer:
    """All sessions, newest first; `active` selects those that are open, or those that are not."""
    records = [_session(service, session) for session in service.store.sessions()]
    wanted = asked.query.get("active")
    shown = [session for session in records if wanted in (None, session["active"])]
    return ServedAnswer({"organization_id": ORGANIZATION, "sessions": shown})


def session(service: Service, asked: ServedRequest) -> ServedAnswer:
    """One session."""
    return ServedAnswer(_session(service, _known_session(service, asked)))


def end(service: Service, asked: ServedRequest) -> ServedAnswer:
    """Closes a session; a closed one stays unchanged."""
    session = _known_session(service, asked)
    if is_active(service, session):
        session |= {"ended": service.now(), "ender": asked.key}
        service.store.put_session(session)
    return ServedAnswer(_session(service, session))


# --- usage and formats ---------------------------------------------------------------------------------------------


def usage(service: Service, asked: ServedRequest) -> ServedAnswer:
    """The usage, which is zero: the emulator bills nobody."""
    query = asked.query
    return ServedAnswer(
        {
            "organization": asked.parts["organization_id"],
            "group_type": query["group_by"],
            "modality": query["modality"],
            "start_date": query["start_date"],
            "end_date": query["end_date"],
            "usage_from": f"{query['start_date']}T00:00:00Z",
            "usage_to": f"{query['end_date']}T00:00:00Z",
            "usage_unit": "usd",
            "usage_data": [],
            "amount_total": 0,
            "time_us_total": 0,
            "job_count": 0,
        }
    )


def result_format(service: Service, asked: ServedRequest) -> ServedAnswer:
    """The schema of a format."""
    name = asked.parts["format"]
    start = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": name}
    return ServedAnswer(start | schemas.FORMATS[name])
