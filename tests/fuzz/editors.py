"""Messages of editors to the language server: frames of a session, read by the loop that reads them from a pipe.

An input is a list of messages; one that is a text is sent as it is. The findings of the server's process in the
background are left out: it gets the same texts as the kinds "qc" and "lint".
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import Any

from lsprotocol import types
from pygls.io_ import run_async

from ionqdsl.lsp import server as served
from ionqdsl.lsp import session
from ionqdsl.lsp.background import Background
from ionqdsl.lsp.workspace import Workspace
from tests.fuzz import changes, places
from tests.fuzz.judging import Kind, data_of

_URI = (places.FOLDER / "a.qc").as_uri()
_TEXT = "gate g(a) b { rz(a/2) b }\nqubit q[2]\nfor i in range(2) { g(pi*i) q[i] }\nh q[0]; cx q[0], q[1]  # é🎉\n"
_PLACE = {"line": 2, "character": 21}
_RANGE = {"start": {"line": 1, "character": 0}, "end": _PLACE}
_DOCUMENT = {"textDocument": {"uri": _URI}}
_AT = {**_DOCUMENT, "position": _PLACE}
_DIAGNOSTIC = {"range": _RANGE, "message": "m", "code": "QC0101", "severity": 1}
_REQUESTS: dict[str, Any] = {
    "hover": _AT, "definition": _AT, "documentHighlight": _AT, "documentSymbol": _DOCUMENT, "foldingRange": _DOCUMENT,
    "formatting": {**_DOCUMENT, "options": {"tabSize": 4, "insertSpaces": True}},
    "completion": {**_AT, "context": {"triggerKind": 2, "triggerCharacter": " "}}, "signatureHelp": _AT,
    "references": {**_AT, "context": {"includeDeclaration": True}}, "prepareRename": _AT,
    "rename": {**_AT, "newName": "r"}, "selectionRange": {**_DOCUMENT, "positions": [_PLACE]},
    "semanticTokens/full": _DOCUMENT, "inlayHint": {**_DOCUMENT, "range": _RANGE}, "codeLens": _DOCUMENT,
    "codeAction": {**_DOCUMENT, "range": _RANGE, "context": {"diagnostics": [_DIAGNOSTIC]}},
}  # fmt: skip


def _message(method: str, params: Any, number: int | None = None) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "method": method, "params": params, **({} if number is None else {"id": number})}


_HELLO = _message("initialize", {"processId": None, "rootUri": places.FOLDER.as_uri(), "capabilities": {
    "general": {"positionEncodings": ["utf-8"]},
    "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}}}}, 0)  # fmt: skip
_READY = _message("initialized", {})
_OPEN = _message(
    "textDocument/didOpen", {"textDocument": {"uri": _URI, "languageId": "qc", "version": 1, "text": _TEXT}}
)
_CHANGE = _message(
    "textDocument/didChange",
    {"textDocument": {"uri": _URI, "version": 2}, "contentChanges": [{"range": _RANGE, "text": "let r = q\n"}]},
)
_OTHERS = [
    _message("workspace/symbol", {"query": "g"}, 8),
    _message("completionItem/resolve", {"label": "cx", "data": {"name": "cx"}, "kind": 3}, 9),
    _message("textDocument/didSave", _DOCUMENT),
    _message("textDocument/didClose", _DOCUMENT),
    _message("workspace/didChangeWatchedFiles", {"changes": [{"uri": _URI, "type": 2}]}),
    _message("workspace/didChangeWorkspaceFolders", {"event": {"added": [{"uri": _URI, "name": "a"}], "removed": []}}),
    _message("$/cancelRequest", {"id": 5}),
    _message("$/setTrace", {"value": "verbose"}),
    _message("workspace/executeCommand", {"command": "x", "arguments": [1]}, 10),
    _message("shutdown", None, 11),
    {"jsonrpc": "2.0", "id": 3, "result": None},
    {"jsonrpc": "2.0", "id": 3, "error": {"code": 1, "message": "m"}},
]
CORPUS = [
    json.dumps([_HELLO, _READY, _OPEN, _CHANGE, last])
    for last in [*(_message(f"textDocument/{name}", params, 5) for name, params in _REQUESTS.items()), *_OTHERS]
] + [json.dumps([_OPEN, _message("textDocument/hover", _AT, 5)]), json.dumps([_HELLO, "{", '{"id": 1', _CHANGE])]


class _Pipe:
    """The server's output."""

    def __init__(self) -> None:
        self.content: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.content.append(data)

    def close(self) -> None:
        pass


class _Log(logging.Handler):
    """The server's messages for standard error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record)


async def _nothing(self: Background, task: str, document: Any, beside: Any) -> Any:
    return []


Background.ask = _nothing  # type: ignore[method-assign]
session.PAUSE = session.LONG_PAUSE = 0.0
_log = _Log()
served.quieten()
logging.getLogger().addHandler(_log)
_loop = asyncio.new_event_loop()
_errors: list[dict[str, Any]] = []
_loop.set_exception_handler(lambda loop, context: _errors.append(context))


async def _session(frames: list[bytes]) -> None:
    reader = asyncio.StreamReader()
    for frame in frames:
        reader.feed_data(b"Content-Length: %d\r\n\r\n%s" % (len(frame), frame))
    reader.feed_eof()
    server = served.server
    await run_async(threading.Event(), reader, server.protocol, error_handler=server.report_server_error)
    for _ in range(3):
        await asyncio.sleep(0)
    for task in server.tasks.values():
        task.cancel()
    await asyncio.gather(*server.tasks.values(), return_exceptions=True)


def _afresh() -> _Pipe:
    """The server as it starts."""
    server, pipe = served.server, _Pipe()
    protocol = server.protocol
    protocol._shutdown, protocol._workspace = False, None
    protocol._request_futures.clear()
    protocol._result_types.clear()
    protocol.set_writer(pipe)
    for kept in (server.diagnostics, server.counts, server.tasks):
        kept.clear()
    server.files = Workspace()
    _log.found.clear()
    _errors.clear()
    return pipe


def messages(text: str) -> None:
    data = data_of(text)
    if not isinstance(data, list):
        return
    pipe = _afresh()
    frames = [one.encode("utf-8", "replace") if isinstance(one, str) else json.dumps(one).encode() for one in data[:8]]
    asked = [
        one["id"] for one in data[:8]
        if isinstance(one, dict) and one.get("jsonrpc") == "2.0" and isinstance(one.get("id"), int | str)
        and isinstance(one.get("method"), str)
    ]  # fmt: skip
    leaves = any(isinstance(one, dict) and one.get("method") in ("exit", "shutdown") for one in data)
    try:
        _loop.run_until_complete(_session([frame for frame in frames if frame]))
    except SystemExit:
        return
    if _errors:
        raise _errors[0].get("exception") or AssertionError(_errors[0]["message"])
    for record in _log.found:
        if record.exc_info is not None and isinstance(record.exc_info[1], Exception):
            raise record.exc_info[1]
        if "Traceback" in record.getMessage():
            raise AssertionError(record.getMessage().strip().rpartition("\n")[2])
    answers = [json.loads(content.partition(b"\r\n\r\n")[2]) for content in pipe.content]
    answered = [answer.get("id") for answer in answers if "method" not in answer]
    for answer in answers:
        if answer.get("error", {}).get("code") == types.ErrorCodes.InternalError.value:
            raise AssertionError(answer["error"]["message"])
    if not leaves and any(number not in answered for number in asked):
        raise AssertionError("a request without an answer")


KINDS = {"editor": Kind(messages, CORPUS, changes.tree)}
