"""The server's side of a session: the open texts and the results for them.

Takes texts as the editor shows them, and sends their diagnostics to the editor. Every edit makes a new `Document`,
cancels background work for the old one, and starts diagnostics and counts for the new one and for the open texts that
include it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Generator
from typing import Any
from urllib.parse import urlsplit

from cattrs import ClassValidationError, transform_error
from lsprotocol import types
from lsprotocol.converters import get_converter
from lsprotocol.types import ResponseErrorMessage
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidParams,
    JsonRpcInvalidRequest,
    JsonRpcParseError,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, lsp_method
from pygls.protocol.json_rpc import JsonRPCNotification, JsonRPCRequestMessage, JsonRPCResponseMessage

from ionqdsl import __version__
from ionqdsl.language.data import ENDINGS
from ionqdsl.lsp import formatting, lenses
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.background import Background
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.workspace import Workspace

PAUSE = 0.1
"""Seconds without an edit before a text is checked."""
LONG = 20_000
"""Characters above which errors and warnings are shown before the linter has run, and a text is formatted in another
process, so that nothing else waits for it."""
LONG_PAUSE = 0.6
"""Seconds without an edit before its circuits are compiled."""

CONVERTER = get_converter()
REFUSALS = (JsonRpcInvalidParams, json.JSONDecodeError, UnicodeDecodeError, RecursionError)
"""Exceptions that a malformed message causes."""


class _TextProtocol(LanguageServerProtocol):
    """The protocol with positions in UTF-16, which every client understands, even if it prefers another encoding.

    A message is typed when it is complete, not while it is read: then its `id` is known, and a malformed request gets
    an error as its answer. Without an answer, the client would wait for ever.
    """

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Returns each object of a message unchanged while it is read."""
        return data

    def handle_message(self, message: Any) -> None:
        """Types and handles a complete message."""
        try:
            typed = self._typed(message)
        except Exception as error:  # cattrs passes on any exception of the values
            if isinstance(number := _id(message), int | str):
                self._send_response(number, error=_refused(error))
            elif not (isinstance(message, dict) and "method" in message):  # a notification has no answer
                self._send_data(ResponseErrorMessage(error=_refused(error)))
            return
        super().handle_message(typed)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: Any) -> Generator[Any, Any, None]:
        """Shuts down as pygls does, but cancels from a copy of the table, since each cancelled request leaves it.

        Requests to the client are left alone: their answers may still arrive, and a cancelled one would take none.
        """
        if (handler := self.fm.features.get(types.SHUTDOWN)) is not None:
            yield handler, args, None
        for number, future in list(self._request_futures.items()):
            if number != self.msg_id and number not in self._result_types:
                future.cancel()
        self._shutdown = True

    def _typed(self, message: Any) -> Any:
        """The protocol's object for a message. Raises the error that describes a malformed one."""
        if not isinstance(message, dict) or message.get("jsonrpc") != self.VERSION:
            raise JsonRpcInvalidRequest("not a message of JSON-RPC 2.0")
        method, number = message.get("method"), message.get("id")
        if not isinstance(method, str | None) or not isinstance(number, int | str | None):
            raise JsonRpcInvalidRequest("`method` is a text, `id` a text or a number")
        if method is None:
            if number is None or not ("result" in message or "error" in message):
                raise JsonRpcInvalidRequest("neither a request nor an answer")
            kind = (
                ResponseErrorMessage if "error" in message else self._result_types.pop(number, JsonRPCResponseMessage)
            )
        else:
            kind = self._kind_of(method, number)
            message = {"params": None, **message}
            _check_addresses(message["params"])
            if method == types.INITIALIZE:
                _forget_encodings(message["params"])
            if method == types.CANCEL_REQUEST and not isinstance(_id(message["params"]), int | str):
                raise JsonRpcInvalidParams("`id` is a text or a number")
        return self._converter.structure(message, kind)

    def _kind_of(self, method: str, number: int | str | None) -> Any:
        """The type of a request or a notification. Raises if it is not allowed at this time."""
        if self._shutdown and method != types.EXIT:
            raise JsonRpcInvalidRequest("the server was shut down")
        if self._workspace is None and method not in (types.INITIALIZE, types.EXIT):
            raise JsonRpcServerNotInitialized("the server was not initialized")
        if number is not None and types.METHOD_TO_TYPES.get(method, (None, True))[1] is None:
            raise JsonRpcInvalidRequest(f"`{method}` is a notification, which has no `id`")
        return self.get_message_type(method) or (JsonRPCNotification if number is None else JsonRPCRequestMessage)


def _id(message: Any) -> Any:
    return message.get("id") if isinstance(message, dict) else None


def _check_addresses(params: Any) -> None:
    """Raises an error for an address that nothing can split, such as `file://[`; pygls would fail on it."""
    values = [params]
    while values:
        value = values.pop()
        if isinstance(value, list):
            values += value
        elif isinstance(value, dict):
            values += value.values()
            for key in ("uri", "rootUri"):
                try:
                    urlsplit(value.get(key) or "")
                except (ValueError, AttributeError, TypeError):
                    raise JsonRpcInvalidParams(f"`{key}` is not an address") from None


def _forget_encodings(params: Any) -> None:
    """Removes the encodings that a client prefers from its capabilities, if these are well-formed."""
    match params:
        case {"capabilities": {"general": dict() as general}}:
            general.pop("positionEncodings", None)


def _refused(error: Exception) -> types.ResponseError:
    """The answer to a malformed message."""
    if isinstance(error, JsonRpcException):
        return error.to_response_error()
    reason = "; ".join(transform_error(error)) if isinstance(error, ClassValidationError) else str(error)
    return JsonRpcInvalidParams(f"Invalid params: {reason}"[:1000]).to_response_error()


class Server(LanguageServer):
    """The open documents and the results for them."""

    def __init__(self) -> None:
        super().__init__("ionqdsl", __version__, protocol_cls=_TextProtocol)
        self.files = Workspace()
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.counts: dict[str, tuple[lenses.Counts, Document]] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.checker = Background()
        self.background = Background()
        self.formatter = Background()
        self.tester = Background()
        self.is_finished = False

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Answers a message that is not JSON, and so has no `id`; reports other errors that nothing else reports."""
        if isinstance(error, (json.JSONDecodeError, UnicodeDecodeError, RecursionError)):
            refused = JsonRpcParseError("not JSON").to_response_error()
            self.protocol._send_data(ResponseErrorMessage(error=refused))
        else:
            super().report_server_error(error, source)

    def take(self, text: str, uri: str, version: int | None, eol: str) -> None:
        """Makes a text the current one, and examines it and the texts that include it."""
        self._look(self.files.open(text, uri, version, eol))
        self.renew(self.files.documents[uri].path)

    def renew(self, path: str) -> None:
        """Examines again the open documents that include a file."""
        for old in self.files.includers(path) if path else ():
            self._look(self.files.open(old.text, old.uri, old.version, old.eol))

    def drop(self, uri: str) -> None:
        """Forgets a text; those that include its file now see the saved version."""
        self.forget_task(uri)
        document = self.files.documents.pop(uri, None)
        for kept in (self.diagnostics, self.counts):
            kept.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
        if document is not None:
            self.renew(document.path)

    def _look(self, document: Document) -> None:
        self.forget_task(document.uri)
        if document.path.endswith(ENDINGS):
            return  # data that programs load
        self.tasks[document.uri] = asyncio.ensure_future(self._look_at(document))

    def forget_task(self, uri: str) -> None:
        """Stops the background work for a text."""
        task = self.tasks.pop(uri, None)
        if task is not None:
            task.cancel()

    async def formatted(self, document: Document) -> list[dict[str, Any]] | None:
        """The edits of formatting; None if the text has changed meanwhile."""
        if len(document.text) <= LONG:
            return formatting.formatted(document)
        edits = await self.formatter.ask("format", document, {}) or []
        now = self.files.documents.get(document.uri)
        if now is None or now.text != document.text:
            return None
        return [{**edit, "newText": edit["newText"].replace("\n", document.eol)} for edit in edits]

    async def run_test(self, uri: str, name: str) -> None:
        """Runs the tests of a name, and shows the outcome and the places of failures, unless the text has changed."""
        document = self.files.documents.get(uri)
        if document is None:
            return
        answer = await self.tester.ask("test", document, self.files.beside(document), only=name)
        if answer is None or self.files.documents.get(uri) is not document:
            return
        failures = answer["failures"]
        self._publish(document, [*self.diagnostics.get(uri, []), *failures])
        kind = types.MessageType.Error if failures else types.MessageType.Info
        self.window_show_message(types.ShowMessageParams(kind, answer["summary"]))

    async def finish(self) -> None:
        """Ends all background work."""
        self.is_finished = True
        for uri in list(self.tasks):
            self.forget_task(uri)
        for worker in (self.checker, self.background, self.formatter, self.tester):
            await worker.finish()

    async def _look_at(self, document: Document) -> None:
        """Sends diagnostics after a short pause, counts after a longer one."""
        await asyncio.sleep(PAUSE)
        beside = self.files.beside(document)
        answer = await self.checker.ask("check", document, beside)
        if answer is None:
            return
        has_errors = any(one["severity"] == 1 for one in answer)
        if has_errors or len(document.text) > LONG:
            self._publish(document, answer)
        if has_errors:
            return
        self._publish(document, answer + (await self.background.ask("lint", document, beside) or []))
        await asyncio.sleep(LONG_PAUSE)
        counted = await self.background.ask("count", document, beside)
        if counted is not None:
            self.counts[document.uri] = (counted, document)
            workspace = self.client_capabilities.workspace
            if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
                self.workspace_code_lens_refresh(None)

    def folders(self) -> list[str]:
        """The folders open in the editor."""
        workspace = self.workspace
        uris = [folder.uri for folder in workspace.folders.values()] or (
            [workspace.root_uri] if workspace.root_uri else []
        )
        return [os.path.realpath(path) for uri in uris if (path := path_of(uri))]

    def _publish(self, document: Document, items: list[dict[str, Any]]) -> None:
        self.diagnostics[document.uri] = items
        diagnostics = CONVERTER.structure(items, list[types.Diagnostic])
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=document.uri, diagnostics=diagnostics, version=document.version)
        )
