"""The table of endpoints: method, path, function, request and response schemas.

Routes, validation and the OpenAPI document all come from `ENDPOINTS`. `source` says where an endpoint is specified: in
both specifications, in that of May 2026, in that of September 2026, or only in clients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ionqdsl import __version__
from ionqdsl.emulator import account, jobs, results, schemas, sessions
from ionqdsl.emulator.schemas import COUNT, POSITIVE, SHOTS, STATUSES, TEXT, YES_NO, Schema, listed, one_of, ref
from ionqdsl.emulator.service import ServedAnswer, ServedRequest, Service


@dataclass(frozen=True)
class Query:
    """A parameter of the query."""

    name: str
    schema: Schema
    is_needed: bool = False


@dataclass(frozen=True)
class ServedEndpoint:
    """A row. `body` and `answer` name schemas; `parts` has the schemas of those path parts that are not any text."""

    method: str
    path: str
    answers: Callable[[Service, ServedRequest], ServedAnswer]
    answer: str
    query: tuple[Query, ...] = ()
    body: str | None = None
    status: int = 200
    is_public: bool = False
    source: str = "both"
    media: str = "application/json"
    parts: tuple[tuple[str, Schema], ...] = ()

    @property
    def summary(self) -> str:
        """Its effect, in one sentence."""
        return (self.answers.__doc__ or "").splitlines()[0]


DATE: Schema = {"type": "string", "format": "date"}
_LIST = (
    Query("ids", listed(TEXT)),
    Query("parent_job_id", TEXT),
    Query("status", one_of(*STATUSES)),
    Query("target", TEXT),
    Query("session_id", TEXT),
    Query("submitter_id", TEXT),
    Query("limit", POSITIVE),
    Query("next", TEXT),
)
_ESTIMATE = (
    Query("backend", schemas.BACKEND, is_needed=True),
    Query("type", TEXT),
    Query("qubits", POSITIVE),
    Query("shots", SHOTS),
    Query("1q_gates", COUNT),
    Query("2q_gates", COUNT),
    Query("error_mitigation", YES_NO),
    Query("session", YES_NO),
)
_PAGES = (
    Query("start", TEXT),
    Query("end", TEXT),
    Query("limit", {"type": "integer", "minimum": 1, "maximum": 10}),
    Query("page", POSITIVE),
)
_USAGE = (
    Query("start_date", DATE, is_needed=True),
    Query("end_date", DATE, is_needed=True),
    Query("group_by", one_of("job", "project", "user"), is_needed=True),
    Query("modality", one_of("daily", "weekly", "monthly"), is_needed=True),
)
_AGGREGATION = (Query("sharpen", YES_NO), Query("aggregation", one_of("average", "voting", "majority", "dnl")))
_RESULTS = "/jobs/{UUID}/results"
_VARIANT = (("kind", one_of("probabilities", "histogram", "shots")),)

ENDPOINTS: tuple[ServedEndpoint, ...] = (
    ServedEndpoint("GET", "/health", account.health, "Health", is_public=True, source="clients"),
    ServedEndpoint("GET", "/whoami", account.whoami, "Whoami"),
    ServedEndpoint("GET", "/backends", account.backends, "Backends", is_public=True),
    ServedEndpoint("GET", "/backends/{backend}", account.backend, "Backend", is_public=True),
    ServedEndpoint(
        "GET", "/backends/{backend}/characterizations", account.characterizations, "Characterizations", _PAGES,
        is_public=True,
    ),
    ServedEndpoint("GET", "/backends/{backend}/characterizations/{UUID}", account.characterization, "Characterization",
             is_public=True),
    ServedEndpoint("POST", "/jobs", jobs.create, "Ticket", body="Job", status=201),
    ServedEndpoint("GET", "/jobs", jobs.jobs, "JobList", _LIST),
    ServedEndpoint("DELETE", "/jobs", jobs.delete_several, "SeveralDeleted", body="Ids"),
    ServedEndpoint("PUT", "/jobs/status/cancel", jobs.cancel_several, "SeveralCanceled", body="Ids"),
    ServedEndpoint("GET", "/jobs/estimate", jobs.estimate, "Estimate", _ESTIMATE),
    ServedEndpoint("GET", "/jobs/{UUID}", jobs.get, "JobView"),
    ServedEndpoint("DELETE", "/jobs/{UUID}", jobs.delete, "Deleted"),
    ServedEndpoint("GET", "/jobs/{UUID}/cost", jobs.cost, "Cost"),
    ServedEndpoint("PUT", "/jobs/{UUID}/status/cancel", jobs.cancel, "Canceled"),
    ServedEndpoint("POST", "/jobs/{UUID}/clone", jobs.clone, "Ticket", body="Changes", status=201, source="september"),
    ServedEndpoint("POST", "/jobs/{UUID}/move", jobs.move, "Ticket", body="Changes", status=201, source="september"),
    ServedEndpoint("GET", "/jobs/{UUID}/circuits/{lang}", results.compiled, "Anything", source="may",
             parts=(("lang", one_of("native", "qasm3")),)),
    ServedEndpoint("GET", f"{_RESULTS}/probabilities", results.probabilities, "Numbers", _AGGREGATION),
    ServedEndpoint("GET", f"{_RESULTS}/probabilities/aggregated", results.aggregated, "NumbersByJob", _AGGREGATION,
             source="clients"),
    ServedEndpoint("GET", f"{_RESULTS}/histogram", results.histogram, "Numbers", source="clients"),
    ServedEndpoint("GET", f"{_RESULTS}/shots", results.shots, "Texts", source="clients"),
    ServedEndpoint("GET", "/jobs/{UUID}/variants/{variantId}/results/{kind}", results.variant, "Anything", source="may",
             parts=_VARIANT),
    ServedEndpoint("GET", "/jobs/{UUID}/artifacts/{artifactId}", results.artifact, "Anything", source="september"),
    ServedEndpoint("GET", "/schemas/formats/{format}", account.result_format, "Format", source="september",
             parts=(("format", one_of(*schemas.FORMATS)),)),
    ServedEndpoint("POST", "/sessions", sessions.create, "Session", body="NewSession", status=201),
    ServedEndpoint("GET", "/sessions", sessions.sessions, "Sessions", (Query("active", YES_NO),)),
    ServedEndpoint("GET", "/sessions/{session_id}", sessions.session, "Session"),
    ServedEndpoint("POST", "/sessions/{session_id}/end", sessions.end, "Session"),
    ServedEndpoint("GET", "/sessions/{session_id}/jobs", jobs.jobs, "JobList", _LIST),
    ServedEndpoint("GET", "/organizations/{organization_id}/usage", account.usage, "Usage", _USAGE),
)  # fmt: skip


def openapi() -> dict[str, Any]:
    """The specification as an OpenAPI 3.1 document."""
    paths: dict[str, Any] = {}
    for row in ENDPOINTS:
        paths.setdefault(row.path, {})[row.method.lower()] = _operation(row)
    return {
        "openapi": "3.1.0",
        "info": {"title": "IonQ's API v0.4, as ionqdsl's emulator answers it", "version": __version__},
        "servers": [{"url": "/v0.4"}],
        "paths": paths,
        "components": {
            "schemas": schemas.SCHEMAS,
            "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        },
    }


def _operation(row: ServedEndpoint) -> dict[str, Any]:
    parts = dict(row.parts)
    names = [part[1:-1] for part in row.path.split("/") if part.startswith("{")]
    places = [{"name": name, "in": "path", "required": True, "schema": parts.get(name, TEXT)} for name in names]
    places += [{"name": q.name, "in": "query", "required": q.is_needed, "schema": q.schema} for q in row.query]
    good: dict[str, Any] = {"description": "The data asked for.", "content": {row.media: {"schema": ref(row.answer)}}}
    if row.answer == "Anything":
        good["content"]["text/plain"] = {"schema": TEXT}
    operation: dict[str, Any] = {
        "operationId": f"{row.answers.__module__.rpartition('.')[2]}.{row.answers.__name__} {row.path}",
        "summary": row.summary,
        "parameters": places,
        "security": [] if row.is_public else [{"key": []}],
        "responses": {
            str(row.status): good,
            "4XX": {"description": "It says no.", "content": {"application/json": {"schema": ref("Error")}}},
        },
    }
    if row.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": ref(row.body)}}}
    return operation
