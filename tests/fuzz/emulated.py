"""Requests to the emulator, a few in a row, straight to its application."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from ionqdsl.emulator import app
from ionqdsl.emulator.endpoints import ENDPOINTS
from ionqdsl.emulator.service import Service, Settings
from tests.fuzz import changes, texts
from tests.fuzz.judging import Kind, data_of

_BODY = json.loads(texts.JSON[0])
_CREATE = {"method": "POST", "path": "/v0.4/jobs", "query": "", "headers": {}, "body": _BODY}
_BODIES: dict[str | None, Any] = {
    "Job": _BODY,
    "Ids": {"ids": ["JOB"]},
    "Changes": {"backend": "simulator", "shots": 10, "name": "b"},
    "NewSession": {"backend": "qpu.forte-1", "settings": {"job_count_limit": 2}},
}


def _request(row: Any) -> dict[str, Any]:
    path = re.sub(
        r"\{(\w+)\}", lambda part: {"backend": "simulator", "kind": "histogram"}.get(part[1], "JOB"), row.path
    )
    query = "&".join(f"{one.name}=1" for one in row.query)
    return {"method": row.method, "path": "/v0.4" + path, "query": query, "headers": {}, "body": _BODIES.get(row.body)}


CORPUS = [json.dumps([_CREATE, _request(row)]) for row in ENDPOINTS] + [
    json.dumps([{"method": "POST", "path": f"/_emulator/{name}", "query": "", "headers": {}, "body": body}, _CREATE])
    for name, body in (("faults", {"faults": ["503@POST /jobs:1"]}), ("clock", {"advance": 5}))
]


class _Connection:
    """A connection that nothing happens to."""

    async def close(self, request: Any, is_rude: bool) -> None:
        pass

    def restart(self, seconds: float) -> None:
        pass


async def _here(work: Callable[..., Any], *arguments: Any) -> Any:
    return work(*arguments)


async def _no_time(seconds: float) -> None:
    pass


app.run_in_threadpool = _here  # type: ignore[assignment]
app.asyncio = SimpleNamespace(sleep=_no_time)  # type: ignore[assignment]
_loop = asyncio.new_event_loop()


async def _ask(served: Any, asked: dict[str, Any], job: str) -> bytes:
    """One request; the body of the answer."""
    body = asked.get("body")
    content = (
        b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).replace("JOB", job).encode()
    )
    path = str(asked.get("path")).replace("JOB", job)
    headers = {"authorization": "apiKey k", "content-type": "application/json"}
    more = asked.get("headers")
    headers.update({str(key).lower(): str(value) for key, value in (more.items() if isinstance(more, dict) else ())})
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": str(asked.get("method")),
        "scheme": "http", "path": path, "raw_path": quote(path, errors="replace").encode(),
        "query_string": str(asked.get("query")).replace("JOB", job).encode("utf-8", "replace"),
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
        "headers": [tuple(word.encode("latin-1", "replace") for word in pair) for pair in headers.items()],
    }  # fmt: skip
    found = bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Any) -> None:
        found.extend(message.get("body", b""))

    await served(scope, receive, send)
    return bytes(found)


def emulated(text: str) -> None:
    data = data_of(text)
    service = Service(Settings(seed=1))
    served, job = app.application(service, _Connection()), "JOB"
    try:
        for asked in [one for one in data if isinstance(one, dict)][:5] if isinstance(data, list) else []:
            found = _loop.run_until_complete(_ask(served, asked, job))
            made = data_of(found.decode("utf-8", "replace"))
            if isinstance(made, dict) and isinstance(made.get("id"), str):
                job = made["id"]
    finally:
        service.store.close()


KINDS = {"emulated": Kind(emulated, CORPUS, changes.tree)}
