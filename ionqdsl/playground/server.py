"""Serves the page's files, its initial data, and answers to its requests.

Takes a file's name and a port and returns a `Playground`, a context manager with an address. The address contains a
random token, and requests must name this very host and come from the page itself, so that no other page in the browser
gets an answer (DNS rebinding included). answers.py makes the answers.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Awaitable, Callable, Mapping
from importlib.resources import files
from types import TracebackType
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

import ionqdsl.pipeline as stages
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.foreign import read_json
from ionqdsl.emulator.loopback import HOST, Loopback
from ionqdsl.playground.answers import MOST_CHARACTERS
from ionqdsl.playground.asking import adding, asked, completing
from ionqdsl.playground.messages import alone
from ionqdsl.playground.setup import PAGE, setup
from ionqdsl.playground.worker import Worker

MOST_BYTES = 8 * MOST_CHARACTERS
"""Largest request in bytes; a program above the limit of characters still gets an answer that says so."""

FILES = {"": "page.html", **{name: name for name in PAGE}}
"""Address -> file of the package."""

_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript", "LICENSE": "text/plain"}

_CHECKS: Mapping[str, Callable[[Any], object]] = {"answer": asked, "complete": completing, "add": adding}
"""Task of tasks.py -> the check of its requests."""

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Headers of every answer: nothing loaded from elsewhere, nothing cached, no framing."""


class Playground:
    """The page on this computer: `with Playground() as page: page.url`."""

    def __init__(self, port: int = 0, path: str | None = None) -> None:
        self.token = secrets.token_urlsafe(18)
        self.worker = Worker(path)
        self.setup = setup(path, None if path is None else stages.read(path).text)
        self._server = Loopback("playground", port, self._application, headers=_HEADERS)
        self.port = self._server.port

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{HOST}:{self.port}/{self.token}/"

    def wait(self) -> None:
        """Waits until the server ends, usually by Ctrl-C."""
        self._server.wait()

    def __enter__(self) -> Playground:
        try:
            self._server.start()
            self.worker.start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        self._server.stop()
        self.worker.stop()

    def _application(self) -> ASGIApp:
        routes = [
            *(Route(f"/{self.token}/{place}", _file(name)) for place, name in FILES.items()),
            Route(f"/{self.token}/setup.json", self._begin),
            *(Route(f"/{self.token}/{task}", self._does(task), methods=["POST"]) for task in _CHECKS),
        ]
        return Starlette(routes=routes)

    async def _begin(self, request: Request) -> Response:
        return JSONResponse(self.setup)

    def _does(self, task: str) -> Callable[[Request], Awaitable[Response]]:
        async def work(request: Request) -> Response:
            return await self._worked(request, task, _CHECKS[task])

        return work

    async def _worked(self, request: Request, task: str, check: Callable[[Any], object]) -> Response:
        """The worker's answer to a request, unless the page stops waiting for it."""
        size, chunks = 0, list[bytes]()
        async for chunk in request.stream():  # to its end: a client that is cut off would not read the refusal
            size += len(chunk)
            if size <= MOST_BYTES:
                chunks.append(chunk)
        if size > MOST_BYTES:
            return _refused(413, Diagnostic("QC1151", facts={"size": size, "limit": MOST_CHARACTERS}))
        try:
            fields = read_json(b"".join(chunks))
            check(fields)
        except ValueError:
            return _refused(400, Diagnostic("QC1150", facts={"reason": "it is no JSON"}))
        except UsageError as error:
            return _refused(400, error.diagnostics[0])
        is_gone = threading.Event()
        work = asyncio.create_task(asyncio.to_thread(self.worker.ask, fields, is_gone.is_set, task))
        while not work.done():
            if not is_gone.is_set() and await request.is_disconnected():
                is_gone.set()
            await asyncio.wait([work], timeout=0.02)
        answer = work.result()
        return Response(status_code=204) if answer is None else JSONResponse(answer)


def _refused(status: int, diagnostic: Diagnostic) -> Response:
    return JSONResponse(alone(diagnostic), status)


def _file(name: str) -> Any:
    async def show(request: Request) -> Response:
        content = files("ionqdsl.playground").joinpath("static", name).read_bytes()
        return Response(content, media_type=_TYPES[name.rpartition(".")[2]])

    return show
