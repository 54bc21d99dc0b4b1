"""The server: the application on a port of 127.0.0.1, in a thread, with a way to close connections and to restart.

Settings come in, an `Emulator` goes out, a context manager with its address and what to tell it. uvicorn does HTTP; the
one thing taken from its inside is the transport of a request's connection, which a fault must close without an answer.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import socket
import struct
import threading
import time
from types import TracebackType
from typing import Any

import uvicorn
from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.emulator.app import all_jobs, application
from ionqdsl.emulator.service import Service, Settings

HOST = "127.0.0.1"
PATIENCE = 10.0
"""Seconds to wait for the server to listen."""


class _Protocol(H11Protocol):
    """uvicorn's HTTP/1.1, whose requests know their transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Puts the transport into the state of every request of the connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Emulator:
    """The service on this computer: `with Emulator(queue=0.1) as service: service.url`.

    `port` 0 takes any that is free. The other options are those of `Settings`.
    """

    def __init__(self, port: int = 0, **options: Any) -> None:
        self.service = Service(Settings(**options))
        self._socket = _listening(port)
        self.port: int = self._socket.getsockname()[1]
        self._pause = 0.0
        self._ends = False
        self._listens = threading.Event()
        self._server: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._serve, name="ionqdsl emulator", daemon=True)

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"http://{HOST}:{self.port}/v0.4"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make ionqdsl's client use it; any key will do."""
        return {"IONQ_API_URL": self.url, "IONQ_API_KEY": "emulator"}

    def start(self) -> Emulator:
        """Starts to serve. Raises UsageError if it does not get to it."""
        self._thread.start()
        if not self._listens.wait(PATIENCE):
            raise UsageError([Diagnostic("QC0995", facts={"seconds": f"{PATIENCE:g}"})])
        return self

    def wait(self) -> None:
        """Waits until it ends, which takes somebody's Ctrl-C."""
        while self._thread.is_alive():
            self._thread.join(0.2)

    def stop(self) -> None:
        """Stops serving and closes the store."""
        self._ends = True
        if self._server is not None:
            self._server.should_exit = self._server.force_exit = True
        if self._thread.is_alive():
            self._thread.join(PATIENCE)
        self._socket.close()
        self.service.store.close()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # What tests tell it and ask it

    def fault(self, *texts: str) -> None:
        """Puts faults in force: `fault("503@POST /jobs:1")`. Raises UsageError."""
        self.service.faults.add(*texts)

    def clear(self) -> None:
        """Takes all faults away."""
        self.service.faults.clear()

    def advance(self, seconds: float) -> None:
        """Moves the service's clock."""
        self.service.ahead += seconds

    def jobs(self) -> list[dict[str, Any]]:
        """Every job but the children of others, oldest first, as GET shows it; the listing's lag does not count."""
        return all_jobs(self.service)

    def requests(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """What was asked so far: method, path (behind /v0.4, it starts so) and status, or the fault that came."""
        return [
            note
            for note in list(self.service.seen)
            if note["method"].startswith(method) and note["path"].startswith(path)
        ]

    # The server

    def _serve(self) -> None:
        """Serves until the end, with a new server after each restart."""
        while not self._ends:
            config = uvicorn.Config(
                application(self.service, self),
                http=_Protocol,
                ws="none",
                lifespan="off",
                log_level=logging.CRITICAL,
                access_log=False,
                timeout_graceful_shutdown=1,
            )
            self._server = uvicorn.Server(config)
            listener = self._socket if self._pause == 0 else _listening(self.port)
            self._pause, self._socket = 0.0, listener
            asyncio.run(self._run(listener))
            if self._pause and not self._ends:
                time.sleep(self._pause)

    async def _run(self, listener: socket.socket) -> None:
        assert self._server is not None
        watch = asyncio.create_task(self._announce())
        await self._server.serve(sockets=[listener])
        watch.cancel()

    async def _announce(self) -> None:
        while self._server is not None and not self._server.started:
            await asyncio.sleep(0.005)
        self._listens.set()

    async def close(self, request: Request, is_rude: bool) -> None:
        """Closes a request's connection without an answer."""
        transport: asyncio.Transport = request.scope["state"]["transport"]
        if is_rude:
            end = transport.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0.01)  # until uvicorn has noticed

    def restart(self, seconds: float) -> None:
        """Stops the server, all its connections with it; it listens again after so long."""
        assert self._server is not None
        self._pause = max(seconds, 0.001)
        for listener in self._server.servers:
            listener.close()
        for connection in list(self._server.server_state.connections):
            connection.transport.abort()
        self._server.should_exit = self._server.force_exit = True


def _listening(port: int) -> socket.socket:
    """A socket that is bound; raises UsageError where that fails."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named, or asyncio keeps Nagle on
    try:
        if os.name == "posix":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((HOST, port))
        found.listen(128)
    except (OSError, OverflowError) as error:
        found.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise UsageError([Diagnostic("QC0992", facts={"port": port})]) from None
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError([Diagnostic("QC0993", facts={"port": port, "reason": reason})]) from None
    found.set_inheritable(False)
    return found
