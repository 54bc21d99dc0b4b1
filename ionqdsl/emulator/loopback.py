"""Serves a web application on a port of 127.0.0.1, in a thread, for the emulator and the playground.

Takes a function that makes an application and returns a `Loopback`, which starts, stops and restarts it and knows its
port. uvicorn does HTTP; the application answers the requests. Requests must name this very host and, if a browser sends
an origin, come from a page served here: no other page in the browser gets an answer, DNS rebinding included.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from ionqdsl.diagnostics import Diagnostic, UsageError

HOST = "127.0.0.1"
PATIENCE = 60.0
"""Seconds to wait for the server to listen, and to end: a busy computer is slow."""


class Loopback:
    """The server of one application, which `make` makes anew for every start.

    `port` 0 takes any free port; `protocol` is uvicorn's HTTP/1.1 or a subclass of it; `headers` are added to every
    response. Raises UsageError if the port is not available.
    """

    def __init__(
        self,
        name: str,
        port: int,
        make: Callable[[], ASGIApp],
        protocol: type[H11Protocol] = H11Protocol,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._socket = _listening(port)
        self.port: int = self._socket.getsockname()[1]
        self._make, self._protocol, self._headers = make, protocol, headers or {}
        self._pause = 0.0
        self._ends = False
        self._listens = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._serve, name=f"ionqdsl {name}", daemon=True)

    def start(self) -> None:
        """Starts serving. Raises UsageError if the server does not start."""
        self._thread.start()
        if not self._listens.wait(PATIENCE):
            raise UsageError([Diagnostic("QC0995", facts={"seconds": f"{PATIENCE:g}"})])

    def wait(self) -> None:
        """Waits until the server ends, usually by Ctrl-C."""
        while self._thread.is_alive():
            self._thread.join(0.2)

    def stop(self) -> None:
        """Stops serving."""
        self._ends = True
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
        if self._thread.is_alive():
            self._thread.join(PATIENCE)
        self._socket.close()

    def restart(self, seconds: float) -> None:
        """Stops the server and all its connections; it listens again after `seconds`."""
        assert self._server is not None
        self._pause = max(seconds, 0.001)
        for listener in self._server.servers:
            listener.close()
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        self._server.should_exit = self._server.force_exit = True

    def _serve(self) -> None:
        """Serves until `stop`, with a new server after each restart."""
        while not self._is_over():
            config = uvicorn.Config(
                _Guard(self._make(), self.port, self._headers),
                http=self._protocol,
                ws="none",
                lifespan="off",
                log_level=logging.CRITICAL,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
            self._server = uvicorn.Server(config)
            listener = self._socket if self._pause == 0 else _listening(self.port)
            self._pause, self._socket = 0.0, listener
            if self._is_over():  # stopped while it was being made, so nothing told it
                return
            try:
                asyncio.run(self._run(listener))
            except (OSError, ValueError):  # `stop` closed its socket
                if not self._is_over():
                    raise
            if self._pause and not self._ends:
                time.sleep(self._pause)

    def _is_over(self) -> bool:
        """Whether `stop` was called, which may happen at any moment."""
        return self._ends

    async def _run(self, listener: socket.socket) -> None:
        assert self._server is not None
        watch = asyncio.create_task(self._announce())
        await self._server.serve(sockets=[listener])
        watch.cancel()

    async def _announce(self) -> None:
        while self._server is not None and not self._server.started:
            await asyncio.sleep(0.005)
        self._listens.set()


def _listening(port: int) -> socket.socket:
    """A bound socket. Raises UsageError if binding fails."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # or asyncio keeps Nagle on
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise UsageError([Diagnostic("QC0992", facts={"port": port})]) from None
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError([Diagnostic("QC0993", facts={"port": port, "reason": reason})]) from None
    listener.set_inheritable(False)
    return listener


class _Guard:
    """Passes on requests that are addressed to this host and port and come from its own page if they name an origin."""

    def __init__(self, inner: ASGIApp, port: int, headers: Mapping[str, str]) -> None:
        self.inner = inner
        self.own = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self.hosts = {f"{name}:{port}" for name in (HOST, "localhost")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *self.own]
            await send(message)

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self.hosts or (origin is not None and origin != f"http://{host}"):
            await Response("not for this page or host", 403)(scope, receive, guarded)
        else:
            await self.inner(scope, receive, guarded)
