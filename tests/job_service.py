"""A service on loopback that keeps and lists the jobs it takes, and injects faults on request.

A fault happens before or after taking a job. In the end a test counts `jobs`: those the account would be billed for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from service import Reply, Seen, Service


@dataclass
class Fault:
    """The fault of a POST: whether the job is taken first, and the answer then."""

    takes: bool
    reply: Reply
    copies: int = 1


@dataclass
class Kept:
    """A job of the service; `hidden` is how many readings of the list do not show it yet."""

    id: str
    body: Any
    hidden: int = 0
    status: str = "completed"
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> dict[str, Any]:
        keys = ("type", "name", "metadata", "shots", "backend")
        stats = {"qubits": self.body.get("input", {}).get("qubits")}
        return {
            "id": self.id,
            "status": self.status,
            "stats": stats,
            **{key: self.body.get(key) for key in keys},
            **self.extra,
        }


class JobService(Service):
    """`faults` are used up one a POST; then jobs are simply taken. `lag` hides new jobs from that many listings."""

    def __init__(self, faults: Iterable[Fault] = (), lag: int = 0, page: int = 100) -> None:
        super().__init__()
        self.jobs: list[Kept] = []
        self.lag, self.page = lag, page
        self._faults: Iterator[Fault] = iter(faults)

    def take(self, body: Any) -> Kept:
        kept = Kept(str(uuid4()), body, self.lag)
        self.jobs.append(kept)
        return kept

    def tags(self) -> list[str]:
        """The tag of every job, oldest first."""
        return [(kept.body.get("metadata") or {}).get("ionqdsl") for kept in self.jobs]

    def _reply_to(self, seen: Seen) -> Reply:
        parts = urlsplit(seen.path.removeprefix("/v0.4"))
        query = parse_qs(parts.query)
        if seen.method == "POST" and parts.path == "/jobs":
            return self._post(json.loads(seen.body))
        if seen.method == "GET" and parts.path == "/jobs":
            return self._list(query)
        words = parts.path.split("/")
        kept = next((kept for kept in self.jobs if len(words) > 2 and kept.id == words[2]), None)
        if kept is None:
            return super()._reply_to(seen)
        if seen.method == "POST" and parts.path.endswith("/clone"):
            return self._post({**kept.body, **json.loads(seen.body)})
        if seen.method == "PUT":
            kept.status = "canceled"
            return Reply(200, {"id": kept.id, "status": "canceled"})
        if parts.path.endswith("/probabilities"):
            return Reply(200, {"0": 0.5, "3": 0.5})
        return Reply(200, kept.json)

    def _post(self, body: Any) -> Reply:
        fault = next(self._faults, None)
        if fault is None:
            return Reply(201, {"id": self.take(body).id, "status": "submitted"})
        for _ in range(fault.copies if fault.takes else 0):
            self.take(body)
        return fault.reply

    def _list(self, query: dict[str, list[str]]) -> Reply:
        shown = []
        for kept in self.jobs:
            if kept.hidden <= 0:
                shown.append(kept.json)
            kept.hidden -= 1
        shown.reverse()
        if "ids" in query:
            shown = [job for job in shown if job["id"] in query["ids"]]
        start = int(query.get("next", ["0"])[0])
        size = min(self.page, int(query.get("limit", ["100"])[0]))
        end = start + size
        return Reply(200, {"jobs": shown[start:end], "next": str(end) if end < len(shown) else None})
