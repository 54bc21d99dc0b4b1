"""The API v0.4 as one table: every request the service understands.

Takes an endpoint's name, the ids in its path, a query and a body, and returns a `Request`; fields that the endpoint
does not have are refused here, before they are sent. answers.py and results.py read the answers, transport.py sends.
Sources: the specifications of 15 May and 2 September 2026; an endpoint that only one of them has names it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from ionqdsl.cloud.submit import Request, quoted


class Endpoint(NamedTuple):
    """One row: ids fill the path's `{}`; `query` and `body` are the fields it knows."""

    method: str
    path: str
    about: str  # the subject in messages; `{}` are the ids again
    query: tuple[str, ...] = ()
    body: tuple[str, ...] = ()


_JOB_FILTERS = ("ids", "parent_job_id", "status", "target", "session_id", "submitter_id", "limit", "next")
_CLONE = ("name", "metadata", "shots", "backend", "session_id", "settings", "dry_run", "noise")
_ESTIMATE = ("backend", "type", "qubits", "shots", "1q_gates", "2q_gates", "error_mitigation")
_USAGE = ("start_date", "end_date", "group_by", "modality")
_VARIANT = "/jobs/{}/variants/{}/results"

ENDPOINTS: dict[str, Endpoint] = {
    "health": Endpoint("GET", "/health", "its health"),
    "whoami": Endpoint("GET", "/whoami", "the API key"),
    # machines
    "backends": Endpoint("GET", "/backends", "the backends"),
    "backend": Endpoint("GET", "/backends/{}", "the backend `{}`"),
    "characterizations": Endpoint(
        "GET", "/backends/{}/characterizations", "the backend `{}`", ("start", "end", "limit", "page")
    ),
    "characterization": Endpoint("GET", "/backends/{}/characterizations/{}", "the backend `{}`"),
    # jobs
    "create_job": Endpoint("POST", "/jobs", "your job"),
    "jobs": Endpoint("GET", "/jobs", "the jobs", _JOB_FILTERS),
    "job": Endpoint("GET", "/jobs/{}", "job {}"),
    "cancel_job": Endpoint("PUT", "/jobs/{}/status/cancel", "job {}"),
    "delete_job": Endpoint("DELETE", "/jobs/{}", "job {}"),
    "cancel_jobs": Endpoint("PUT", "/jobs/status/cancel", "the jobs", body=("ids",)),
    "delete_jobs": Endpoint("DELETE", "/jobs", "the jobs", body=("ids",)),
    "clone_job": Endpoint("POST", "/jobs/{}/clone", "job {}", body=_CLONE),  # September
    "move_job": Endpoint("POST", "/jobs/{}/move", "job {}", body=_CLONE),  # September
    "job_cost": Endpoint("GET", "/jobs/{}/cost", "the cost of job {}"),
    "estimate": Endpoint("GET", "/jobs/estimate", "the cost", _ESTIMATE),
    "compiled": Endpoint("GET", "/jobs/{}/circuits/{}", "the compiled circuit of job {}"),  # May: native, qasm3
    # results
    "probabilities": Endpoint("GET", "/jobs/{}/results/probabilities", "job {}", ("sharpen", "aggregation")),
    "aggregated": Endpoint("GET", "/jobs/{}/results/probabilities/aggregated", "job {}"),  # in no specification
    "histogram": Endpoint("GET", "/jobs/{}/results/histogram", "job {}"),  # May: the job contains its address
    "shots": Endpoint("GET", "/jobs/{}/results/shots", "job {}"),  # May: likewise
    "variant_probabilities": Endpoint("GET", f"{_VARIANT}/probabilities", "a variant of job {}"),  # May
    "variant_histogram": Endpoint("GET", f"{_VARIANT}/histogram", "a variant of job {}"),  # May
    "variant_shots": Endpoint("GET", f"{_VARIANT}/shots", "a variant of job {}"),  # May
    "artifact": Endpoint("GET", "/jobs/{}/artifacts/{}", "job {}"),  # September
    "format": Endpoint("GET", "/schemas/formats/{}", "the format `{}`"),  # September
    # sessions and money
    "start_session": Endpoint("POST", "/sessions", "the session", body=("backend", "settings")),
    "sessions": Endpoint("GET", "/sessions", "the sessions", ("active",)),
    "session": Endpoint("GET", "/sessions/{}", "session {}"),
    "end_session": Endpoint("POST", "/sessions/{}/end", "session {}"),
    "session_jobs": Endpoint("GET", "/sessions/{}/jobs", "the jobs of session {}", _JOB_FILTERS),
    "usage": Endpoint("GET", "/organizations/{}/usage", "the usage", _USAGE),
}
"""Name -> endpoint. payload.py has the fields of a new job."""


def request(
    name: str, *ids: str, query: Mapping[str, Any] | None = None, body: Mapping[str, Any] | None = None
) -> Request:
    """The request to an endpoint. None among the values of `query` and `body` means that the field is omitted.

    Raises TypeError for a field the endpoint does not have or the wrong number of ids, which are our mistakes, and
    UsageError for an empty id.
    """
    endpoint = ENDPOINTS[name]
    if endpoint.path.count("{}") != len(ids):
        raise TypeError(f"{name} takes {endpoint.path.count('{}')} ids, not {ids!r}")
    path = endpoint.path.format(*map(quoted, ids))
    asked = {key: _text(value) for key, value in _known(name, query, endpoint.query).items()}
    told = _known(name, body, endpoint.body)
    return Request(
        endpoint.method,
        path + ("?" + urlencode(asked, doseq=True, errors="surrogatepass") if asked else ""),
        json.dumps(told, separators=(",", ":"), allow_nan=False).encode() if endpoint.body else None,
        endpoint.about.format(*ids[: endpoint.about.count("{}")]),
    )


def _known(name: str, fields_by_name: Mapping[str, Any] | None, fields: tuple[str, ...]) -> dict[str, Any]:
    said = {key: value for key, value in (fields_by_name or {}).items() if value is not None}
    if unknown := set(said) - set(fields):
        raise TypeError(f"{name} has no field {sorted(unknown)}")
    return said


def _text(value: Any) -> Any:
    """A value of a query: booleans as in JSON; a list repeats its key."""
    return str(value).lower() if isinstance(value, bool) else value
