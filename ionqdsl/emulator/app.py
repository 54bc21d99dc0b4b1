"""The emulated service as a web application: receives requests, injects faults and sends responses.

Starlette finds the endpoint; the key, the path, the query and the body are validated; the endpoint's function answers
in a thread, because circuits take time. Faults occur before or after. `/_emulator` controls the emulator itself.
Actions on the connection (closing it, stopping the server) are those of `Connection`, which server.py provides.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ionqdsl.diagnostics import UsageError
from ionqdsl.diagnostics.foreign import read_json
from ionqdsl.emulator import judging, shapes
from ionqdsl.emulator.endpoints import ENDPOINTS, ServedEndpoint, openapi
from ionqdsl.emulator.faults import Fault, single
from ionqdsl.emulator.service import Problem, ServedAnswer, ServedRequest, Service, error_body, key_digest
from ionqdsl.ir.targets import PROFILES

MAX_BYTES = PROFILES["v0.4"].max_bytes
HEADER = "x-emulator-fault"
"""A request with this header gets that fault, independently of the rules."""

PIECES = 10
PAGE = b"<!doctype html><title>Sorry</title><p>The service is having a rest.</p>\n"


class Connection(Protocol):
    """The actions on a connection besides answering."""

    def close(self, request: Request, is_rude: bool) -> Awaitable[None]:
        """Closes the connection without an answer; rudely means with a reset."""

    def restart(self, seconds: float) -> None:
        """Stops the server, which listens again after `seconds`."""


def application(service: Service, connection: Connection) -> Starlette:
    """The application that serves a service."""
    routes = [Route("/v0.4" + row.path, _handler(row, service, connection), methods=[row.method]) for row in ENDPOINTS]
    routes.sort(key=lambda route: route.path.count("{"))  # /jobs/estimate before /jobs/{UUID}
    routes += [
        Route("/_emulator/faults", _faults(service), methods=["GET", "POST", "DELETE"]),
        Route("/_emulator/clock", _clock(service), methods=["GET", "POST"]),
        Route("/_emulator/jobs", _all_jobs(service), methods=["GET"]),
        Route("/_emulator/requests", _requests(service), methods=["GET"]),
        Route("/_emulator/openapi.json", _document, methods=["GET"]),
    ]
    return Starlette(routes=routes, exception_handlers={HTTPException: _unrouted, Exception: _crashed})


def _response(answer: ServedAnswer, request_id: str) -> Response:
    content = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body, allow_nan=False).encode()
    headers = {"x-request-id": request_id, **answer.headers}
    return Response(content, answer.status, headers, answer.media)


def _refusal(problem: Problem, headers: dict[str, str] | None = None) -> ServedAnswer:
    return ServedAnswer(error_body(problem), problem.status, headers or {})


async def _unrouted(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    words = {404: "Resource not found.", 405: f"{request.method} is not for this address."}
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    return _response(_refusal(Problem(status, words.get(status, "Something went wrong.")), headers), _new_id())


async def _crashed(request: Request, error: Exception) -> Response:
    return _response(_refusal(Problem(500, f"The emulator itself failed: {type(error).__name__}: {error}")), _new_id())


def _new_id() -> str:
    return str(uuid.uuid4())


def _handler(row: ServedEndpoint, service: Service, connection: Connection) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        path = request.url.path.removeprefix("/v0.4")
        note: dict[str, Any] = {"method": request.method, "path": path, "status": None}
        service.seen.append(note)
        try:
            faults = service.faults.befalling(request.method, path, time.monotonic())
            if HEADER in request.headers:
                faults.append(single(request.headers[HEADER]))
        except UsageError as error:
            return _response(_refusal(Problem(400, error.diagnostics[0].message, (HEADER,), "headers")), _new_id())
        content = await _content(request)
        for fault in faults:
            if fault.kind == "clock":
                with suppress(ValueError):  # the clock is at its end
                    service.advance(fault.argument or 0)
            elif not fault.is_done:
                note["status"] = fault.kind
                return await _strike(fault, request, connection, None)
        answer = await run_in_threadpool(_carry_out, row, service, request, content, faults)
        if any(fault.kind == "twice" for fault in faults):
            answer = await run_in_threadpool(_carry_out, row, service, request, content, faults)
        note["status"] = answer.status
        response = _response(answer, _new_id())
        for fault in faults:
            response = await _strike(fault, request, connection, response)
        return response

    return handle


async def _content(request: Request) -> bytes | None:
    """The body, or None if it exceeds the service's limit; the rest of a long one is received all the same."""
    content, size = bytearray(), 0
    async for piece in request.stream():
        size += len(piece)
        if size <= MAX_BYTES:
            content += piece
    return None if size > MAX_BYTES else bytes(content)


def _carry_out(
    row: ServedEndpoint, service: Service, request: Request, content: bytes | None, faults: list[Fault]
) -> ServedAnswer:
    """Validates a request and calls its endpoint."""
    try:
        key = _key(row, request)
        if content is None:
            raise Problem(413, f"The request body may not exceed {MAX_BYTES // 10**6}MB.")
        judging.part(row, request.path_params)
        query = judging.query(row, request.query_params.multi_items(), service.settings.strict)
        body = judging.body(row, content, request.headers.get("content-type", ""), service.settings.strict)
        hidden = {fault.kind: fault.argument or 0.0 for fault in faults}
        seconds, lists = hidden.get("lag", 0.0), round(hidden.get("unlisted", 0))
        return row.answers(service, ServedRequest(request.path_params, query, body, key, seconds, lists))
    except Problem as problem:
        return _refusal(problem)


def _key(row: ServedEndpoint, request: Request) -> str:
    """The digest of the key; every key is accepted, but there must be one."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    if kind == "apiKey" and key.strip():
        return key_digest(key.strip())
    if row.is_public:
        return ""
    raise Problem(401, "Invalid key provided. The header `Authorization: apiKey KEY` is needed.")


# --- faults --------------------------------------------------------------------------------------------------------


async def _strike(fault: Fault, request: Request, connection: Connection, response: Response | None) -> Response:
    """The response sent under a fault instead of `response` (None: the request was not carried out)."""
    if fault.kind == "rate" and response is None:
        return _response(_refusal(Problem(429, "Too many requests."), {"retry-after": "1"}), _new_id())
    if fault.status is not None:
        headers = {} if fault.argument is None else {"retry-after": f"{fault.argument:g}"}
        return _response(_refusal(Problem(fault.status, "This fault was requested."), headers), _new_id())
    whole = None if isinstance(response, StreamingResponse) else response  # one already in pieces stays so
    body = bytes(whole.body) if whole is not None else b""
    match fault.kind:
        case "drop" | "reset":
            await connection.close(request, is_rude=fault.kind == "reset")
        case "restart":
            connection.restart(fault.argument or 0)
            await connection.close(request, is_rude=True)
        case "slow":
            await asyncio.sleep(fault.argument or 0)
        case "html":
            return Response(PAGE, 200, media_type="text/html")
        case "empty" if whole is not None:
            return Response(b"", whole.status_code, media_type="application/json")
        case "garbage" if whole is not None:
            return Response(body[: len(body) // 2], whole.status_code, media_type="application/json")
        case "text" if whole is not None:
            return Response(body, whole.status_code, media_type="text/plain")
        case "truncate" if whole is not None:
            return _pieces(whole, [body[: len(body) // 2]], 0)
        case "drip" if whole is not None:
            size = max(1, -(-len(body) // PIECES))
            parts = [body[start : start + size] for start in range(0, len(body), size)]
            return _pieces(whole, parts, fault.argument or 0)
    return response if response is not None else Response(status_code=500)


def _pieces(response: Response, parts: list[bytes], seconds: float) -> Response:
    """The same headers, including the length, and a body sent in parts over `seconds`, or cut short."""

    async def send() -> AsyncIterator[bytes]:
        for part in parts:
            await asyncio.sleep(seconds / len(parts))
            yield part

    headers = dict(response.headers.items())
    return StreamingResponse(send(), response.status_code, headers)


# --- the emulator itself -------------------------------------------------------------------------------------------

Handle = Callable[[Request], Awaitable[Response]]


def _json(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value, indent=1, allow_nan=False), status, media_type="application/json")


async def _document(request: Request) -> Response:
    return _json(openapi())


def _faults(service: Service) -> Handle:
    async def handle(request: Request) -> Response:
        try:
            if request.method == "DELETE":
                service.faults.clear()
            elif request.method == "POST":
                service.faults.add(*map(str, read_json(await request.body())["faults"]))
        except UsageError as error:
            return _json({"message": error.diagnostics[0].message}, 400)
        except (ValueError, KeyError, TypeError):
            return _json({"message": 'send {"faults": ["503@POST /jobs:2"]}'}, 400)
        return _json({"faults": service.faults.describe()})

    return handle


def _clock(service: Service) -> Handle:
    async def handle(request: Request) -> Response:
        if request.method == "POST":
            try:
                service.advance(float(read_json(await request.body())["advance"]))
            except (ValueError, KeyError, TypeError, OverflowError):
                return _json({"message": 'send {"advance": SECONDS}'}, 400)
        return _json({"now": service.now(), "ahead": service.ahead})

    return handle


def _all_jobs(service: Service) -> Handle:
    async def handle(request: Request) -> Response:
        return _json({"jobs": all_jobs(service)})

    return handle


def all_jobs(service: Service) -> list[dict[str, Any]]:
    """Every job except children of others, oldest first, listed or not."""
    now = service.now()
    views = [shapes.view(job, now, service.settings.shape) for _, job in service.store.jobs("parent IS NULL")]
    return views[::-1]


def _requests(service: Service) -> Handle:
    async def handle(request: Request) -> Response:
        return _json({"requests": list(service.seen)})

    return handle
