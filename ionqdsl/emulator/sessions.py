"""Serves sessions: opens, shows, lists and closes them; their limits are on time and on the number of jobs.

Each function answers one endpoint, as in jobs.py; times come from the clock.
"""

from __future__ import annotations

from typing import Any

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


def create(service: Service, request: ServedRequest) -> ServedAnswer:
    """Opens a session on a backend."""
    now = service.now()
    settings = dict(request.body.get("settings") or {})
    minutes = settings.get("duration_limit_min")
    session: Record = {
        "id": identifier(f"session {now} {service.random.random()}"),
        "created": now,
        "backend": request.body["backend"],
        "creator": request.key,
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


def _known_session(service: Service, request: ServedRequest) -> Record:
    session = service.store.session(request.parts["session_id"])
    if session is None:
        raise Problem(404, "Session not found.")
    return session


def sessions(service: Service, request: ServedRequest) -> ServedAnswer:
    """All sessions, newest first; `active` selects those that are open, or those that are not."""
    records = [_session(service, session) for session in service.store.sessions()]
    wanted = request.query.get("active")
    shown = [session for session in records if wanted in (None, session["active"])]
    return ServedAnswer({"organization_id": ORGANIZATION, "sessions": shown})


def session(service: Service, request: ServedRequest) -> ServedAnswer:
    """One session."""
    return ServedAnswer(_session(service, _known_session(service, request)))


def end(service: Service, request: ServedRequest) -> ServedAnswer:
    """Closes a session; a closed one stays unchanged."""
    session = _known_session(service, request)
    if is_active(service, session):
        session |= {"ended": service.now(), "ender": request.key}
        service.store.put_session(session)
    return ServedAnswer(_session(service, session))
