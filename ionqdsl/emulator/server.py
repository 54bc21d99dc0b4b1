"""Runs the application on a port of 127.0.0.1, in a thread; can close connections and restart.

Takes settings and returns an `Emulator`, a context manager with its address and methods to control it. loopback.py
serves; the only part of uvicorn's internals used here is the transport of a request's connection, which a fault must
close without an answer.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from types import TracebackType
from typing import Any

from starlette.requests import Request
from uvicorn.protocols.http.h11_impl import H11Protocol

from ionqdsl.emulator.app import all_jobs, application
from ionqdsl.emulator.loopback import HOST, Loopback
from ionqdsl.emulator.service import Service, Settings


class _HttpProtocol(H11Protocol):
    """uvicorn's HTTP/1.1, with the transport in every request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Stores the transport in the state of every request of the connection."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


class Emulator:
    """The emulated service on this computer: `with Emulator(queue=0.1) as service: service.url`.

    `port` 0 takes any free port. The other options are those of `Settings`.
    """

    def __init__(self, port: int = 0, **options: Any) -> None:
        self.service = Service(Settings(**options))
        try:
            self._server = Loopback("emulator", port, lambda: application(self.service, self), _HttpProtocol)
        except BaseException:
            self.service.store.close()
            raise
        self.port = self._server.port

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"http://{HOST}:{self.port}/v0.4"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that make ionqdsl's client use the emulator; any key will do."""
        return {"IONQ_API_URL": self.url, "IONQ_API_KEY": "emulator"}

    def start(self) -> Emulator:
        """Starts serving. Raises UsageError if the server does not start."""
        try:
            self._server.start()
        except BaseException:
            self.stop()
            raise
        return self

    def wait(self) -> None:
        """Waits until the server ends, usually by Ctrl-C."""
        self._server.wait()

    def stop(self) -> None:
        """Stops serving and closes the store."""
        self._server.stop()
        self.service.store.close()

    def __enter__(self) -> Emulator:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # For tests

    def fault(self, *texts: str) -> None:
        """Activates faults: `fault("503@POST /jobs:1")`. Raises UsageError."""
        self.service.faults.add(*texts)

    def clear(self) -> None:
        """Removes all faults."""
        self.service.faults.clear()

    def advance(self, seconds: float) -> None:
        """Moves the service's clock."""
        self.service.advance(seconds)

    def jobs(self) -> list[dict[str, Any]]:
        """Every job except children of others, oldest first, as GET shows it, whether listed yet or not."""
        return all_jobs(self.service)

    def requests(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """The requests so far: method, path (the part after /v0.4; filters by its start) and status, or the fault."""
        return [
            note
            for note in list(self.service.seen)
            if note["method"].startswith(method) and note["path"].startswith(path)
        ]

    # For faults

    async def close(self, request: Request, is_rude: bool) -> None:
        """Closes a request's connection without an answer."""
        transport: asyncio.Transport = request.scope["state"]["transport"]
        if is_rude:
            end = transport.get_extra_info("socket")
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
        await asyncio.sleep(0.01)  # until uvicorn has noticed

    def restart(self, seconds: float) -> None:
        """Stops the server and all its connections; it listens again after `seconds`."""
        self._server.restart(seconds)
