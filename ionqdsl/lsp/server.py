"""The language server over standard input and output: the protocol's requests, one short function each.

Requests come in through pygls, which no other file knows; answers are made by the functions of this package and turned
into the protocol's types here. Every edit makes a new `Document`, cancels what is being worked out in the background
for the old one, and asks for diagnostics and counts of the new one.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol

from ionqdsl import __version__
from ionqdsl.diagnostics import CompileError
from ionqdsl.lsp import completion, formatting, hints, hover, lenses, navigation, outline, renaming
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.background import Background
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import edited, normal, offset
from ionqdsl.lsp.workspace import Workspace

PAUSE = 0.1
"""Seconds without an edit before a text is checked."""
LONG = 20_000
"""Characters from which on errors and warnings are shown before the linter has had its look."""
LONG_PAUSE = 0.6
"""Seconds without an edit before its circuits are compiled."""

_CONVERTER = get_converter()


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
        self._forget_task(uri)
        document = self.files.documents.pop(uri, None)
        for kept in (self.found, self.counts):
            kept.pop(uri, None)
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
        if document is not None:
            self.renew(document.path)

    def _look(self, document: Document) -> None:
        self._forget_task(document.uri)
        self.tasks[document.uri] = asyncio.ensure_future(self._look_at(document))

    def _forget_task(self, uri: str) -> None:
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

    def _publish(self, document: Document, found: list[dict[str, Any]]) -> None:
        self.found[document.uri] = found
        diagnostics = _CONVERTER.structure(found, list[types.Diagnostic])
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=document.uri, diagnostics=diagnostics, version=document.version)
        )


server = Server()


def _document(params: Any) -> Document | None:
    """The document a request is about."""
    return server.files.documents.get(params.text_document.uri)


def _at(params: Any) -> tuple[Document, int] | None:
    """The document and the offset a request is about."""
    document = _document(params)
    return None if document is None else (document, _offset(document, params.position))


def _offset(document: Document, position: types.Position) -> int:
    return offset(document.source, {"line": position.line, "character": position.character})


def _typed(answer: Any, kind: Any) -> Any:
    return None if answer is None else _CONVERTER.structure(answer, kind)


def _answer(params: Any, work: Callable[[Document, int], Any], kind: Any) -> Any:
    """What a function of this package says about a place."""
    place = _at(params)
    return None if place is None else _typed(work(*place), kind)


def _folders() -> list[str]:
    """The folders the editor works in."""
    known = server.workspace
    uris = [folder.uri for folder in known.folders.values()] or ([known.root_uri] if known.root_uri else [])
    return [os.path.realpath(path) for uri in uris if (path := path_of(uri))]


# --- texts -----------------------------------------------------------------------------------------------------------


@server.feature(types.INITIALIZED)
async def began(params: types.InitializedParams) -> None:
    """Editors that can are asked to say when programs are written by others."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    if watching is not None and watching.dynamic_registration:
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*.qc")])
        server.client_register_capability(types.RegistrationParams([types.Registration("programs", method, options)]))


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
async def opened(params: types.DidOpenTextDocumentParams) -> None:
    """A text is shown."""
    item = params.text_document
    eol = "\r\n" if "\r\n" in item.text else "\n"
    server.take(normal(item.text), item.uri, item.version, eol)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
async def changed(params: types.DidChangeTextDocumentParams) -> None:
    """A text was edited."""
    old = _document(params)
    if old is not None:
        changes = [_CONVERTER.unstructure(change) for change in params.content_changes]
        server.take(edited(old.text, changes), old.uri, params.text_document.version, old.eol)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
async def saved(params: types.DidSaveTextDocumentParams) -> None:
    """A file was written, perhaps one whose text is not sent to us."""
    server.renew(os.path.realpath(path_of(params.text_document.uri)))


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
async def written(params: types.DidChangeWatchedFilesParams) -> None:
    """Files were written, made or taken away, by anybody."""
    for change in params.changes:
        server.renew(os.path.realpath(path_of(change.uri)))


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
async def closed(params: types.DidCloseTextDocumentParams) -> None:
    """A text is no longer shown."""
    server.drop(params.text_document.uri)


@server.feature(types.SHUTDOWN)
async def ended(*_: Any) -> None:
    """The editor closes."""
    for uri in list(server.tasks):
        server._forget_task(uri)
    if server.background is not None:
        server.background.end()


# --- requests --------------------------------------------------------------------------------------------------------


@server.feature(
    types.TEXT_DOCUMENT_COMPLETION,
    types.CompletionOptions(trigger_characters=["(", "@", '"', "=", " "], resolve_provider=True),
)
def complete(params: types.CompletionParams) -> Any:
    """What may stand here. A blank asks for it only behind a word that wants more, not when a line is indented."""
    context = params.context
    if context is not None and context.trigger_character == " ":
        place = _at(params)
        if place is None or not completion.wants_more(*place):
            return []
    return _answer(params, completion.completions, list[types.CompletionItem])


@server.feature(types.COMPLETION_ITEM_RESOLVE)
def resolve(item: types.CompletionItem) -> Any:
    """An item with its documentation."""
    return _typed(completion.resolved(_CONVERTER.unstructure(item)), types.CompletionItem)


@server.feature(types.TEXT_DOCUMENT_HOVER)
def hovered(params: types.HoverParams) -> Any:
    """What this is."""
    return _answer(params, hover.hover, types.Hover)


@server.feature(types.TEXT_DOCUMENT_DEFINITION)
def define(params: types.DefinitionParams) -> Any:
    """Where this is defined."""
    return _answer(params, lambda document, at: navigation.definition(document, at, server.files), types.Location)


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
def refer(params: types.ReferenceParams) -> Any:
    """Where this is used."""
    options = server.files, params.context.include_declaration
    return _answer(params, lambda document, at: navigation.references(document, at, *options), list[types.Location])


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
def highlight(params: types.DocumentHighlightParams) -> Any:
    """Where this stands in the text shown."""
    return _answer(params, navigation.highlights, list[types.DocumentHighlight])


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
def prepare_rename(params: types.PrepareRenameParams) -> Any:
    """What would be renamed."""
    try:
        place = _at(params)
        found = None if place is None else renaming.renameable(*place, server.files)
    except CompileError as error:
        raise JsonRpcInvalidParams(renaming.refused(error)) from None
    return found and _typed({"range": found[0], "placeholder": found[1]}, types.PrepareRenamePlaceholder)


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
def rename(params: types.RenameParams) -> Any:
    """The edits of a renaming."""
    try:
        options = params.new_name, server.files
        return _answer(params, lambda document, at: renaming.rename(document, at, *options), types.WorkspaceEdit)
    except CompileError as error:
        raise JsonRpcInvalidParams(renaming.refused(error)) from None


@server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
def symbols(params: types.DocumentSymbolParams) -> Any:
    """What the text defines."""
    document = _document(params)
    return document and _typed(outline.outline(document), list[types.DocumentSymbol])


@server.feature(types.WORKSPACE_SYMBOL)
def search(params: types.WorkspaceSymbolParams) -> Any:
    """What all files define, by name."""
    return _typed(outline.search(server.files.below(_folders()), params.query), list[types.SymbolInformation])


@server.feature(types.TEXT_DOCUMENT_FORMATTING)
def reformat(params: types.DocumentFormattingParams) -> Any:
    """The one style."""
    document = _document(params)
    return document and _typed(formatting.formatted(document), list[types.TextEdit])


@server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
def hint(params: types.InlayHintParams) -> Any:
    """Angles in their other unit."""
    document = _document(params)
    if document is None:
        return None
    start, end = _offset(document, params.range.start), _offset(document, params.range.end)
    return _typed(hints.hints(document, start, end), list[types.InlayHint])


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
def lens(params: types.CodeLensParams) -> Any:
    """Entanglers and pulses of the circuits, as far as they have been counted."""
    document = _document(params)
    if document is None or document.uri not in server.counts:
        return []
    known, of = server.counts[document.uri]
    return _typed(lenses.lenses(document, known, of.text == document.text), list[types.CodeLens])


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
)
def act(params: types.CodeActionParams) -> Any:
    """The edits that settle the diagnostics at a place."""
    wanted = {(one.code, one.range.start.line, one.range.start.character) for one in params.context.diagnostics}
    actions = []
    for one in server.found.get(params.text_document.uri, ()):
        start = one["range"]["start"]
        if (one["code"], start["line"], start["character"]) not in wanted:
            continue
        for number, fix in enumerate(one["data"]["fixes"]):
            plain = {key: value for key, value in one.items() if key != "data"}
            edit = {"changes": {params.text_document.uri: fix["edits"]}}
            action = {"title": fix["title"], "kind": "quickfix", "diagnostics": [plain], "edit": edit}
            actions.append({**action, "isPreferred": number == 0})
    return _typed(actions, list[types.CodeAction])


def main() -> None:
    """Serves until the editor leaves. What is printed meanwhile goes to standard error, not between the messages."""
    logging.basicConfig(level=logging.ERROR)
    incoming, outgoing = open(os.dup(0), "rb"), open(os.dup(1), "wb")  # noqa: SIM115 (pygls closes them)
    os.dup2(2, 1)
    server.start_io(incoming, outgoing)
