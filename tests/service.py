"""A real HTTP server on loopback that answers as told and records its requests.

Not a mock of the client's library: the bytes go through sockets, so lost connections, truncated bodies and timeouts are
the real ones.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import defaultdict
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """An answer. `fault`: "reset" closes the connection without a word, "truncate" in the middle of the body."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    fault: str = ""
    delay: float = 0.0

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def refused(status: int, message: str, **more: Any) -> Reply:
    """A refusal in the form the service documents."""
    return Reply(status, {"statusCode": status, "error": "Refused", "message": message, **more})


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Service:
    """`with Service() as service:` listens until the block ends; `on` sets the answers."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self._replies: dict[tuple[str, str], list[Reply]] = defaultdict(list)
        self._released = threading.Event()

    def on(self, method: str, path: str, *replies: Reply) -> None:
        """The answers to a path (without its query), one after the other; the last one for ever."""
        self._replies[method, path] = list(replies)

    def asked(self, method: str, path: str = "") -> list[Seen]:
        """The requests of a method whose path starts so."""
        return [seen for seen in self.seen if seen.method == method and seen.path.startswith("/v0.4" + path)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v0.4"

    def __enter__(self) -> Service:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def _reply_to(self, seen: Seen) -> Reply:
        replies = self._replies.get((seen.method, seen.path.split("?")[0].removeprefix("/v0.4")))
        if not replies:
            return Reply(404, {"statusCode": 404, "error": "Not Found", "message": "no such thing"})
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def _handler(service) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen = Seen(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                service.seen.append(seen)
                reply = service._reply_to(seen)
                if reply.delay:
                    service._released.wait(reply.delay)
                if reply.fault == "reset":
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.connection.close()
                    self.close_connection = True
                    return
                content = reply.content
                try:
                    self.send_response(reply.status)
                    for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    cut = len(content) // 2 if reply.fault == "truncate" else len(content)
                    self.wfile.write(content[:cut])
                except OSError:
                    self.close_connection = True  # the client has gone
                if reply.fault:
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815 - the library's names

            def finish(self) -> None:
                try:
                    super().finish()
                except (OSError, ValueError):
                    return

            def log_message(self, *values: object) -> None:
                return

        return Handler
