"""A client of the language server protocol over standard input and output, like an editor.

Frames, ids and notifications are written from the protocol's text alone, so nothing is shared with the server; answers
are checked by the types of lsprotocol, which the server does not use to make them.
"""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

PATIENCE = 120.0
"""Seconds after which a server that says nothing hangs; nothing else is concluded from it."""


class Client:
    """A running server and the conversation with it. `capabilities` are the client's."""

    def __init__(self, folder: Path, capabilities: dict[str, Any] | None = None, judges: bool = True) -> None:
        words = [sys.executable, "-P", "-m", "ionqdsl", "lsp"]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder)
        self.inbox: queue.Queue[dict[str, Any]] = queue.Queue()
        self.published: dict[str, tuple[int | None, list[dict[str, Any]]]] = {}
        self.requested: list[str] = []
        self.number = 0
        self.said = ""
        self.judges = judges
        threading.Thread(target=self._read, daemon=True).start()
        parameters = {"processId": None, "rootUri": folder.as_uri(), "capabilities": capabilities or {}}
        self.server = self.ask("initialize", parameters)
        self.tell("initialized", {})

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            if not length:
                self.inbox.put({"closed": True})
                return
            self.inbox.put(json.loads(stream.read(length)))

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def _next(self, deadline: float) -> dict[str, Any]:
        """The next message, notifications and the server's own requests dealt with."""
        message = self.inbox.get(timeout=max(0.01, deadline - time.monotonic()))
        assert "closed" not in message, "the server has gone"
        if message.get("method") == "textDocument/publishDiagnostics":
            given = message["params"]
            self.published[given["uri"]] = given.get("version"), given["diagnostics"]
        elif "method" in message and "id" in message:
            self.requested.append(message["method"])
            self._send({"id": message["id"], "result": None})
        return message

    def tell(self, method: str, params: Any) -> None:
        """Sends a notification."""
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        """Sends a request and waits for its answer. Raises LookupError with the server's message where it refuses."""
        self.number += 1
        number = self.number
        self._send({"id": number, "method": method, "params": params})
        deadline = time.monotonic() + PATIENCE
        while True:
            message = self._next(deadline)
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    raise LookupError(message["error"]["message"])
                self._judge(method, message)
                return message["result"]

    def _judge(self, method: str, message: dict[str, Any]) -> None:
        """Fails where an answer is not of the protocol's type, or has fields that this lacks."""
        if not self.judges:
            return
        from lsprotocol import types
        from lsprotocol.converters import get_converter

        converter, kind = get_converter(), types.METHOD_TO_TYPES[method][1]
        typed = converter.structure(message, kind)
        assert _bare(converter.unstructure(typed, kind)) == _bare(message), method

    def open(self, uri: str, text: str, version: int = 1) -> None:
        """Shows a text to the server."""
        item = {"uri": uri, "languageId": "qc", "version": version, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, version: int, *changes: dict[str, Any]) -> None:
        """Edits a text."""
        self.tell(
            "textDocument/didChange",
            {"textDocument": {"uri": uri, "version": version}, "contentChanges": list(changes)},
        )

    def about(self, method: str, uri: str, line: int = 0, character: int = 0, **more: Any) -> Any:
        """A request about a place of a text."""
        place = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": place, **more})

    def diagnostics(self, uri: str, version: int) -> list[dict[str, Any]]:
        """The diagnostics of a version of a text, once they are there."""
        deadline = time.monotonic() + PATIENCE
        while self.published.get(uri, (None, []))[0] != version:
            self._next(deadline)
        return self.published[uri][1]

    def wait_for(self, method: str) -> None:
        """Waits until the server has sent a request of its own."""
        deadline = time.monotonic() + PATIENCE
        while method not in self.requested:
            self._next(deadline)

    def close(self) -> int:
        """Says goodbye; the server's exit code. Its output to standard error is `said` then."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        code = self.process.wait(PATIENCE)
        assert self.process.stderr is not None
        self.said = self.process.stderr.read().decode()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code


def _bare(value: Any) -> Any:
    """JSON without the fields that say nothing."""
    if isinstance(value, dict):
        return {key: _bare(part) for key, part in value.items() if part is not None}
    return [_bare(part) for part in value] if isinstance(value, list) else value
