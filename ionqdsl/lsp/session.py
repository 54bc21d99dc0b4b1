"""The server's side of a session: the open texts and what is known about them.

Texts come in as the editor shows them; what is found in them goes out to the editor. Every edit makes a new `Document`,
cancels what is being worked out in the background for the old one, and asks for diagnostics and counts of the new one
and of the open texts that include it.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from ionqdsl import __version__
from ionqdsl.lsp import lenses
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.background import Background
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.workspace import Workspace

PAUSE = 0.1
"""Seconds without an edit before a text is checked."""
LONG = 20_000
"""Characters from which on errors and warnings are shown before the linter has had its look."""
LONG_PAUSE = 0.6
"""Seconds without an edit before its circuits are compiled."""

CONVERTER = get_converter()


class _Protocol(LanguageServerProtocol):
    """The protocol with positions in UTF-16, which every client understands, whatever else one may prefer."""

    def structure_message(self, data: dict[str, Any]) -> Any:
        if data.get("method") == "initialize":
            (data["params"]["capabilities"].get("general") or {}).pop("positionEncodings", None)
        return super().structure_message(data)


class Server(LanguageServer):
    """The open documents and what is known about them."""

    def __init__(self) -> None:
        super().__init__("ionqdsl", __version__, protocol_cls=_Protocol)
        self.files = Workspace()
        self.found: dict[str, list[dict[str, Any]]] = {}
        self.counts: dict[str, tuple[lenses.Counts, Document]] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self.background: Background | None = None

    def take(self, text: str, uri: str, version: int | None, eol: str) -> None:
        """Makes a text the current one, and has it looked at, with those that include it."""
        self._look(self.files.open(text, uri, version, eol))
        self.renew(self.files.documents[uri].path)

    def renew(self, path: str) -> None:
        """Has the open documents looked at again that include a file."""
        for old in self.files.includers(path) if path else ():
            self._look(self.files.open(old.text, old.uri, old.version, old.eol))

    def drop(self, uri: str) -> None:
        """Forgets a text; those that include its file get it as it is saved."""
        self.forget_task(uri)
        document = self.files.documents.pop(uri, None)
        for kept in (self.found, self.counts):
            kept.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
        if document is not None:
            self.renew(document.path)

    def _look(self, document: Document) -> None:
        self.forget_task(document.uri)
        self.tasks[document.uri] = asyncio.ensure_future(self._look_at(document))

    def forget_task(self, uri: str) -> None:
        """Stops what is being worked out for a text."""
        task = self.tasks.pop(uri, None)
        if task is not None:
            task.cancel()

    async def _look_at(self, document: Document) -> None:
        """Diagnostics after a short pause, counts after a longer one."""
        self.background = self.background or Background()
        await asyncio.sleep(PAUSE)
        beside = self.files.beside(document)
        found = await self.background.ask("check", document, beside)
        if found is None:
            return
        has_errors = any(one["severity"] == 1 for one in found)
        if has_errors or len(document.text) > LONG:
            self._publish(document, found)
        if has_errors:
            return
        self._publish(document, found + (await self.background.ask("lint", document, beside) or []))
        await asyncio.sleep(LONG_PAUSE)
        counted = await self.background.ask("count", document, beside)
        if counted is not None:
            self.counts[document.uri] = (counted, document)
            workspace = self.client_capabilities.workspace
            if workspace is not None and workspace.code_lens is not None and workspace.code_lens.refresh_support:
                self.workspace_code_lens_refresh(None)

    def folders(self) -> list[str]:
        """The folders the editor works in."""
        known = self.workspace
        uris = [folder.uri for folder in known.folders.values()] or ([known.root_uri] if known.root_uri else [])
        return [os.path.realpath(path) for uri in uris if (path := path_of(uri))]

    def _publish(self, document: Document, found: list[dict[str, Any]]) -> None:
        self.found[document.uri] = found
        diagnostics = CONVERTER.structure(found, list[types.Diagnostic])
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=document.uri, diagnostics=diagnostics, version=document.version)
        )
