"""Reads the service's answers about keys, machines, sessions, jobs and money.

Takes an answer and returns a record. Reading is lenient: unknown fields are ignored, missing ones are None, unknown
words are kept; only a field without which the record is useless must be there (ServiceError, QC0844). results.py reads
the results of jobs. Sources: the specifications of 15 May and 2 September 2026; both are understood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ionqdsl.cloud.fields import block, number, objects
from ionqdsl.cloud.submit import Answer, Request, clean
from ionqdsl.diagnostics import Diagnostic, ServiceError


@dataclass(frozen=True)
class KeyInfo:
    """The key in use: `GET /whoami`."""

    id: str
    name: str | None = None
    project: str | None = None


@dataclass(frozen=True)
class Figures:
    """Measured figures of a machine, as far as the service gives them: median fidelities in [0, 1], times in seconds.

    `connectivity` lists the pairs of qubits on which a two-qubit gate may act. characterization.py decides which of
    these the compiler needs, and how strictly.
    """

    id: str | None
    date: str | None = None
    qubits: int | None = None
    fidelity: Mapping[str, float] = field(default_factory=dict)  # "1q", "2q", "spam"
    seconds: Mapping[str, float] = field(default_factory=dict)  # "t1", "t2", "1q", "2q", "readout", "reset"
    connectivity: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Backend:
    """A machine that takes jobs."""

    name: str
    status: str = "unknown"
    qubits: int | None = None
    queue_seconds: float | None = None  # the average
    is_degraded: bool = False
    characterization: str | None = None  # the id of the latest
    gates: tuple[str, ...] = ()
    native_gates: tuple[str, ...] = ()
    mitigations: tuple[str, ...] = ()
    location: str | None = None
    last_updated: str | None = None


@dataclass(frozen=True)
class Money:
    """An amount and its unit: a currency, or credits."""

    value: float
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.value:,.2f} {self.unit}".strip()


@dataclass(frozen=True)
class Session:
    """Time reserved on a machine; `jobs`, `minutes` and `cost` are its limits."""

    id: str
    status: str = "unknown"
    backend: str | None = None
    is_active: bool = False
    jobs: int | None = None
    minutes: int | None = None
    cost: Money | None = None
    created: str | None = None
    started: str | None = None
    ended: str | None = None
    expires: str | None = None


@dataclass(frozen=True)
class JobCost:
    """The cost of a job: estimated, and actual once it has run. None if the service names no amount."""

    estimated: Money | None
    actual: Money | None = None
    is_dry_run: bool = False


@dataclass(frozen=True)
class JobEstimate:
    """The estimated cost and duration of a job."""

    cost: Money
    execution_seconds: float | None = None
    queue_seconds: float | None = None


@dataclass(frozen=True)
class Spent:
    """Usage of one day, week or month. `groups` are its largest shares: name, jobs and cost."""

    since: str
    jobs: int | None
    cost: Money | None
    qpu_seconds: float | None
    groups: tuple[tuple[str, int | None, Money | None], ...] = ()


@dataclass(frozen=True)
class Usage:
    """An organisation's usage, period by period."""

    jobs: int | None
    cost: Money | None
    qpu_seconds: float | None
    periods: tuple[Spent, ...] = ()


Details = Mapping[str, Any]
"""A job as the service describes it."""


@dataclass(frozen=True)
class Page:
    """One page of the list of jobs; `next` leads to the following page, exactly as it came, and is None at the end."""

    jobs: tuple[Details, ...]
    next: Any = None


# -- readers -----------------------------------------------------------------------------------------------------


def whoami(request: Request, answer: Answer) -> KeyInfo:
    """The key."""
    body = _table(request, answer)
    return KeyInfo(_needed(request, body, "key_id"), _text(body, "key_name"), _text(body, "project_id"))


def backends(request: Request, answer: Answer) -> list[Backend]:
    """Every backend; entries without a name are left out."""
    body = answer.json
    rows = body.get("backends") if isinstance(body, dict) else body
    if not isinstance(rows, list):
        raise unreadable(request, "it is not a list of backends")
    return [_backend(row) for row in objects(rows) if _text(row, "backend")]


def backend(request: Request, answer: Answer) -> Backend:
    """One backend."""
    body = _table(request, answer)
    _needed(request, body, "backend")
    return _backend(body)


def _backend(row: Mapping[str, Any]) -> Backend:
    return Backend(
        _text(row, "backend") or "",
        _text(row, "status") or "unknown",
        _integer(row, "qubits"),
        _scaled(row, "average_queue_time", 1000),
        row.get("degraded") is True,
        _text(row, "characterization_id"),
        _words(row, "supported_gates"),
        _words(row, "supported_native_gates"),
        _words(row, "supported_error_mitigations"),
        _text(row, "location"),
        _text(row, "last_updated"),
    )


def characterization(request: Request, answer: Answer) -> Figures:
    """One characterization; a field that is missing or not a number is left out."""
    return _characterization(_table(request, answer))


def characterizations(request: Request, answer: Answer) -> list[Figures]:
    """A page of characterizations, newest first; the service says null if there are none."""
    return [_characterization(row) for row in objects(_table(request, answer), "characterizations")]


def _characterization(row: Mapping[str, Any]) -> Figures:
    fidelity = {}
    for key, figure in block(row, "fidelity").items():
        value = number(figure.get("median") if isinstance(figure, dict) else figure)
        if value is not None and 0 <= value <= 1:
            fidelity[clean(key, 20)] = value
    timing = block(row, "timing")
    seconds = {clean(key, 20): value for key in timing if (value := number(timing[key])) is not None}
    pairs = row.get("connectivity")
    return Figures(
        _text(row, "id"),
        _text(row, "date"),
        _integer(row, "qubits"),
        fidelity,
        seconds,
        tuple((pair[0], pair[1]) for pair in pairs if _is_pair(pair)) if isinstance(pairs, list) else (),
    )


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(type(qubit) is int and qubit >= 0 for qubit in pair)


def session(request: Request, answer: Answer) -> Session:
    """One session."""
    body = _table(request, answer)
    _needed(request, body, "id")
    return _session(body)


def sessions(request: Request, answer: Answer) -> list[Session]:
    """The sessions of the key's organisation."""
    rows = _table(request, answer).get("sessions")
    if not isinstance(rows, list):
        raise unreadable(request, "it is not a list of sessions")
    return [_session(row) for row in objects(rows) if row]


def organization(request: Request, answer: Answer) -> str | None:
    """The id of the key's organisation, which only the list of sessions contains."""
    return _text(_table(request, answer), "organization_id")


def _session(row: Mapping[str, Any]) -> Session:
    limits = block(row, "settings")
    return Session(
        _text(row, "id") or "",
        _text(row, "status") or "unknown",
        _text(row, "backend"),
        row.get("active") is True,
        _integer(limits, "job_count_limit"),
        _integer(limits, "duration_limit_min"),
        _money(block(limits, "cost_limit")),
        _text(row, "created_at"),
        _text(row, "started_at"),
        _text(row, "ended_at"),
        _text(limits, "expires_at"),
    )


def cost(request: Request, answer: Answer) -> JobCost:
    """The cost of a job; the service names no amount for jobs that are never priced, such as simulations."""
    body = _table(request, answer)
    return JobCost(_money(block(body, "estimated_cost")), _money(block(body, "cost")), body.get("dry_run") is True)


def estimate(request: Request, answer: Answer) -> JobEstimate:
    """The estimated cost of a job, in the words of either specification."""
    body = _table(request, answer)
    for key, unit in (("estimated_total_cost", "estimated_unit"), ("estimated_cost", "cost_unit")):
        value = number(body.get(key))
        if value is not None:
            money = Money(value, _text(body, unit, 20) or "")
            waiting = _scaled(body, "current_predicted_queue_time", 1000)
            return JobEstimate(money, _scaled(body, "estimated_execution_time", 1000), waiting)
    raise unreadable(request, "it holds no amount")


def usage(request: Request, answer: Answer) -> Usage:
    """The usage; the May specification counts in dollars without saying so."""
    body = _table(request, answer)
    unit = _text(body, "usage_unit", 20) or "USD"
    return Usage(
        _integer(body, "job_count"),
        _amount(body, "amount_total", unit),
        _scaled(body, "time_us_total", 1e6),
        tuple(_spent(row, unit) for row in objects(body, "usage_data")),
    )


def _spent(row: Mapping[str, Any], unit: str) -> Spent:
    unit = _text(row, "amount_unit", 20) or unit
    return Spent(
        _text(row, "from") or "",
        _integer(row, "job_count"),
        _amount(row, "amount", unit),
        _scaled(row, "time_us", 1e6),
        tuple(
            (
                _text(group, "group_name") or _text(group, "group_id") or "",
                _integer(group, "job_count"),
                _amount(group, "amount", _text(group, "amount_unit", 20) or unit),
            )
            for group in objects(row, "group_usages")
        ),
    )


def jobs(request: Request, answer: Answer) -> Page:
    """A page of jobs; entries that are not jobs are left out."""
    body = _table(request, answer)
    rows = body.get("jobs")
    if not isinstance(rows, list):
        raise unreadable(request, "it is not a list of jobs")
    return Page(tuple(objects(rows)), body.get("next"))


def job(request: Request, answer: Answer) -> Details:
    """A job as the service describes it; `id` and `status` are texts."""
    body = _table(request, answer)
    _needed(request, body, "id")
    _needed(request, body, "status")
    return body


def done(request: Request, answer: Answer) -> tuple[tuple[str, ...], str | None]:
    """The jobs that were cancelled or deleted, and their new status; reads the singular and the bulk forms.

    Success without a body counts as success, and the jobs are then not named.
    """
    body = answer.json
    if not isinstance(body, dict):
        return (), None
    ids = body.get("ids")
    ids_done = _words(body, "ids") if isinstance(ids, list) else tuple(filter(None, [_text(body, "id")]))
    return ids_done, _text(body, "status")


def health(request: Request, answer: Answer) -> bool:
    """Whether the service says that it is healthy."""
    return _text(_table(request, answer), "status") in ("pass", "ok", "healthy")


# -- fields ------------------------------------------------------------------------------------------------------


def unreadable(request: Request, reason: str) -> ServiceError:
    """The error about an answer that is not as the API describes."""
    return ServiceError([Diagnostic("QC0844", facts={"what": request.about, "reason": reason, "resume": None})])


def _table(request: Request, answer: Answer) -> dict[str, Any]:
    body = answer.json
    if not isinstance(body, dict):
        raise unreadable(request, "it is not a JSON object")
    return body


def _needed(request: Request, body: Mapping[str, Any], key: str) -> str:
    value = _text(body, key)
    if not value:
        raise unreadable(request, f"`{key}` is missing")
    return value


def _text(body: Mapping[str, Any], key: str, length: int = 200) -> str | None:
    value = body.get(key)
    return clean(value, length) if isinstance(value, str) and value else None


def _integer(body: Mapping[str, Any], key: str) -> int | None:
    value = number(body.get(key))
    return None if value is None else round(value)


def _scaled(body: Mapping[str, Any], key: str, divisor: float) -> float | None:
    value = number(body.get(key))
    return None if value is None else value / divisor


def _words(body: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = body.get(key)
    return tuple(clean(word, 100) for word in value if isinstance(word, str)) if isinstance(value, list) else ()


def _money(body: Mapping[str, Any]) -> Money | None:
    return _amount(body, "value", _text(body, "unit", 20) or "")


def _amount(body: Mapping[str, Any], key: str, unit: str) -> Money | None:
    value = number(body.get(key))
    return None if value is None else Money(value, unit)
