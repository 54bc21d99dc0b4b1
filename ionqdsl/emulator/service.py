"""The state of the emulated service: its settings, its clock and the requests so far; requests and answers as data.

A `Service` holds the store and the faults; `ServedRequest` is a request after validation of its path, query and body,
`ServedAnswer` the response, `Problem` an error response. Nothing here knows HTTP libraries.
"""

from __future__ import annotations

import hashlib
import random
import threading
import time
import uuid
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ionqdsl.emulator.faults import Faults
from ionqdsl.emulator.store import Record, Store
from ionqdsl.ir.circuit import FlatCircuit

SHAPES = ("both", "may", "september")
"""Whose fields answers have: those of the specification of May 2026, of September 2026, or of both at once."""

KEPT = 8
"""The number of jobs whose circuits stay in memory; others are read again."""

_NAMES = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


@dataclass(frozen=True)
class Settings:
    """The emulator's options. `queue` and `run` are seconds that a job waits and runs, `rate` requests per second."""

    data: str | None = None
    faults: tuple[str, ...] = ()
    queue: float = 0.0
    run: float = 0.0
    rate: float | None = None
    seed: int | None = None  # None: different outcomes, ids and random faults each time
    shape: str = "both"
    strict: bool = False


@dataclass(frozen=True)
class ServedRequest:
    """A request: the parts of its path, its query and its body, all validated; `key` is a digest of the API key."""

    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Any = None
    key: str = ""
    hidden_seconds: float = 0.0  # how long a job created now is missing from lists
    hidden_lists: int = 0  # the number of lists it is missing from


@dataclass(frozen=True)
class ServedAnswer:
    """A status with JSON, or with bytes of another media type."""

    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = "application/json"


class Problem(Exception):
    """An error response in the service's form; `keys` are the fields of the request that are wrong."""

    def __init__(self, status: int, message: str, keys: tuple[str, ...] = (), source: str = "payload") -> None:
        super().__init__(message)
        self.status, self.message, self.keys, self.source = status, message, keys, source


NAMES_OF_STATUS = {
    400: "Bad Request Error",
    401: "Unauthorized Error",
    403: "Forbidden Error",
    404: "Not Found Error",
    405: "Method Not Allowed Error",
    409: "Conflict Error",
    410: "Gone Error",
    413: "Request Entity Too Large Error",
    415: "Unsupported Media Type Error",
    429: "Too Many Requests Error",
    500: "Internal Server Error",
    502: "Bad Gateway Error",
    503: "Service Unavailable Error",
}


def error_body(problem: Problem) -> dict[str, Any]:
    """The JSON of an error response."""
    body: dict[str, Any] = {
        "statusCode": problem.status,
        "error": NAMES_OF_STATUS.get(problem.status, "Error"),
        "message": problem.message,
    }
    if problem.keys:
        body["validation"] = {"keys": list(problem.keys), "source": problem.source}
    return body


class Service:
    """All state that lasts from one request to the next."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.faults = Faults(settings.faults, settings.seed)
        if settings.rate is not None:
            self.faults.add(f"rate({settings.rate:g})@/**")
        self.store = Store(settings.data)  # the last step that may fail, because nobody would close it
        self.lock = threading.Lock()  # held from looking at other jobs until a new one is among them
        self.ahead = 0.0
        begun = None if settings.seed is None else f"{settings.seed} {self.store.last_number()}"
        self.random = random.Random(begun)  # a store that has jobs continues with different ids
        self.seen: deque[dict[str, Any]] = deque(maxlen=10_000)
        self.circuits: OrderedDict[str, list[FlatCircuit]] = OrderedDict()  # of the most recently used jobs, by id

    def now(self) -> float:
        """The service's clock, in seconds since 1970; faults and tests may have moved it."""
        return time.time() + self.ahead

    def advance(self, seconds: float) -> None:
        """Moves the clock. Raises ValueError if the result is no year that a date can have."""
        if not 0 <= self.now() + seconds <= LAST:
            raise ValueError("the clock stays between 1970 and 9999")
        self.ahead += seconds

    def keep_circuits(self, job_id: str, circuits: list[FlatCircuit]) -> None:
        """Keeps the circuits of a job in memory, in place of the least recently used ones."""
        self.circuits[job_id] = circuits
        while len(self.circuits) > KEPT:
            self.circuits.popitem(last=False)

    def job(self, job_id: str) -> Record:
        """A job. Raises the 404 if there is none."""
        record = self.store.job(job_id)
        if record is None:
            raise Problem(404, f"Job not found. There is no job {job_id!r}.")
        return record


def identifier(name: str) -> str:
    """The UUID for a name, the same every time."""
    return str(uuid.uuid5(_NAMES, name))


def key_digest(key: str) -> str:
    """The digest of an API key, which is kept instead of the key."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


LAST = 253_402_300_799.0
"""The last second of the year 9999."""


def iso(moment: float | None) -> str | None:
    """A moment in the service's notation."""
    if moment is None:
        return None
    moment = min(max(moment, 0), LAST)
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


ORGANIZATION = "com.example.emulator"
PROJECT = identifier("project")
