"""Serves the language server protocol over standard input and output: one short function or row per request.

Requests arrive through pygls, which only this file and session.py know. Answers are plain data made by the functions of
this package: converting them to the protocol's objects first would take half the time of a long answer.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from ionqdsl.diagnostics import CompileError
from ionqdsl.lsp import (
    completion,
    hints,
    hover,
    lenses,
    navigation,
    outline,
    ranges,
    renaming,
    signatures,
    tokens,
)
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import edited, normal, offset
from ionqdsl.lsp.session import CONVERTER, REFUSALS, Server

server = Server()


def _document(params: Any) -> Document | None:
    """The document of a request."""
    return server.files.documents.get(params.text_document.uri)


def _at(params: Any) -> tuple[Document, int] | None:
    """The document and the offset of a request."""
    document = _document(params)
    return None if document is None else (document, _offset(document, params.position))


def _offset(document: Document, position: types.Position) -> int:
    return offset(document.source, {"line": position.line, "character": position.character})


def _answer(params: Any, work: Callable[[Document, int], Any]) -> Any:
    """The result of a function of this package for a place."""
    place = _at(params)
    return None if place is None else work(*place)


# --- texts -----------------------------------------------------------------------------------------------------------


@server.feature(types.INITIALIZED)
async def began(params: types.InitializedParams) -> None:
    """Asks editors that can do so to report when other programs write files."""
    workspace = server.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace is not None else None
    if watching is not None and watching.dynamic_registration:
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        options = types.DidChangeWatchedFilesRegistrationOptions([types.FileSystemWatcher("**/*.{qc,json,csv}")])
        server.client_register_capability(types.RegistrationParams([types.Registration("programs", method, options)]))


@server.feature(types.TEXT_DOCUMENT_DID_OPEN)
async def opened(params: types.DidOpenTextDocumentParams) -> None:
    """An editor opened a text."""
    item = params.text_document
    eol = "\r\n" if "\r\n" in item.text else "\n"
    server.take(normal(item.text), item.uri, item.version, eol)


@server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
async def changed(params: types.DidChangeTextDocumentParams) -> None:
    """The user edited a text."""
    old = _document(params)
    if old is not None:
        changes = [CONVERTER.unstructure(change) for change in params.content_changes]
        server.take(edited(old.text, changes), old.uri, params.text_document.version, old.eol)


@server.feature(types.TEXT_DOCUMENT_DID_SAVE)
async def saved(params: types.DidSaveTextDocumentParams) -> None:
    """The editor saved a file, perhaps one whose text is not sent to us."""
    server.renew(os.path.realpath(path_of(params.text_document.uri)))


@server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
async def written(params: types.DidChangeWatchedFilesParams) -> None:
    """Any program wrote, created or deleted files."""
    for change in params.changes:
        server.renew(os.path.realpath(path_of(change.uri)))


@server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
async def closed(params: types.DidCloseTextDocumentParams) -> None:
    """The editor closed a text."""
    server.drop(params.text_document.uri)


@server.feature(types.SHUTDOWN)
async def ended(*_: Any) -> None:
    """The editor exits."""
    await server.finish()


# --- requests --------------------------------------------------------------------------------------------------------

PLACES: dict[str, Callable[[Document, int], Any]] = {
    types.TEXT_DOCUMENT_HOVER: hover.hover,
    types.TEXT_DOCUMENT_DEFINITION: lambda document, at: navigation.definition(document, at, server.files),
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: navigation.highlights,
}
"""Requests about a place in a text, and the functions that answer them."""
TEXTS: dict[str, Callable[[Document], Any]] = {
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: outline.outline,
    types.TEXT_DOCUMENT_FOLDING_RANGE: ranges.folds,
}
"""Requests about a whole text, and the functions that answer them."""


def _about_place(work: Callable[[Document, int], Any]) -> Callable[[Any], Any]:
    return lambda params: _answer(params, work)


def _about_text(work: Callable[[Document], Any]) -> Callable[[Any], Any]:
    return lambda params: (document := _document(params)) and work(document)


for method, about_place in PLACES.items():
    server.feature(method)(_about_place(about_place))
for method, about_text in TEXTS.items():
    server.feature(method)(_about_text(about_text))


@server.feature(
    types.TEXT_DOCUMENT_COMPLETION,
    types.CompletionOptions(trigger_characters=["(", "@", '"', "=", " "], resolve_provider=True),
)
def complete(params: types.CompletionParams) -> Any:
    """Completions. A blank asks for them only after a word that needs more, not when a line is indented."""
    context = params.context
    if context is not None and context.trigger_character == " ":
        place = _at(params)
        if place is None or not completion.wants_more(*place):
            return []
    return _answer(params, completion.completions)


@server.feature(types.COMPLETION_ITEM_RESOLVE)
def resolve(item: types.CompletionItem) -> Any:
    """A completion item with its documentation."""
    return completion.resolved(CONVERTER.unstructure(item))


@server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpOptions(trigger_characters=["(", ","]))
def help_signature(params: types.SignatureHelpParams) -> Any:
    """The signature of the call being written."""
    return _answer(params, signatures.signature)


@server.feature(types.TEXT_DOCUMENT_FORMATTING)
async def tidy(params: types.DocumentFormattingParams) -> Any:
    """The formatted text; a long one is formatted in the background, where that can be cancelled."""
    document = _document(params)
    return None if document is None else await server.formatted(document)


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
def refer(params: types.ReferenceParams) -> Any:
    """The uses of a name."""
    options = server.files, params.context.include_declaration
    return _answer(params, lambda document, at: navigation.references(document, at, *options))


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
def prepare_rename(params: types.PrepareRenameParams) -> Any:
    """The range that would be renamed."""
    try:
        place = _at(params)
        result = None if place is None else renaming.renameable(*place, server.files)
    except CompileError as error:
        raise JsonRpcInvalidParams(renaming.refused(error)) from None
    return result and {"range": result[0], "placeholder": result[1]}


@server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
def rename(params: types.RenameParams) -> Any:
    """The edits of a renaming."""
    try:
        options = params.new_name, server.files
        return _answer(params, lambda document, at: renaming.rename(document, at, *options))
    except CompileError as error:
        raise JsonRpcInvalidParams(renaming.refused(error)) from None


@server.feature(types.WORKSPACE_SYMBOL)
def search(params: types.WorkspaceSymbolParams) -> Any:
    """The definitions of all files, by name."""
    return outline.search(server.files.below(server.folders()), params.query)


@server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
def select(params: types.SelectionRangeParams) -> Any:
    """The growing selections around places."""
    document = _document(params)
    if document is None:
        return None
    return [ranges.growing(document, _offset(document, place)) for place in params.positions]


_LEGEND = types.SemanticTokensLegend(list(tokens.LEGEND), token_modifiers=[])


@server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, _LEGEND)
def colour(params: types.SemanticTokensParams) -> Any:
    """The type of each token."""
    document = _document(params)
    return document and types.SemanticTokens(tokens.tokens(document))


@server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, _LEGEND)
def colour_lines(params: types.SemanticTokensRangeParams) -> Any:
    """The type of each token of some lines."""
    document = _document(params)
    lines = range(params.range.start.line, params.range.end.line + 1)
    return document and types.SemanticTokens(tokens.tokens(document, lines))


@server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
def hint(params: types.InlayHintParams) -> Any:
    """Hints with angles in their other unit."""
    document = _document(params)
    if document is None:
        return None
    start, end = _offset(document, params.range.start), _offset(document, params.range.end)
    return hints.hints(document, start, end)


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
def lens(params: types.CodeLensParams) -> Any:
    """Lenses with two-qubit gates and pulses of the circuits counted so far, and a command above each test."""
    document = _document(params)
    if document is None:
        return []
    counts, of = server.counts.get(document.uri, ({}, document))
    return lenses.lenses(document, counts, of is document)


@server.command(lenses.RUN_TEST)
async def run_test(uri: str, name: str) -> None:
    """Runs a test of an open text, shows whether it passed, and its failures at their places until the next edit."""
    await server.run_test(uri, name)


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
)
def act(params: types.CodeActionParams) -> Any:
    """The edits that fix the diagnostics at a place."""
    wanted = [(one.code, one.range.start.line, one.range.start.character) for one in params.context.diagnostics]
    actions = []
    for one in server.diagnostics.get(params.text_document.uri, ()):
        start = one["range"]["start"]
        if (one["code"], start["line"], start["character"]) not in wanted:
            continue
        for number, fix in enumerate(one["data"]["fixes"]):
            plain = {key: value for key, value in one.items() if key != "data"}
            edit = {"changes": {params.text_document.uri: fix["edits"]}}
            action = {"title": fix["title"], "kind": "quickfix", "diagnostics": [plain], "edit": edit}
            actions.append({**action, "isPreferred": number == 0})
    return actions


def _is_fault(record: logging.LogRecord) -> bool:
    """Whether a log record is a fault of the server; refusing a renaming or a message is an ordinary answer."""
    return record.exc_info is None or not isinstance(record.exc_info[1], REFUSALS)


def quieten() -> None:
    """Limits the log to faults of the server: a malformed message is answered, and is no fault of it."""
    for name in ("pygls.protocol.json_rpc", "pygls.server", "pygls.io_"):
        logging.getLogger(name).addFilter(_is_fault)


def main() -> int:
    """Serves until the editor exits; the exit code, which is 1 if the editor did not ask for a shutdown before.

    Output printed meanwhile goes to standard error, not between the messages.
    """
    logging.basicConfig(level=logging.ERROR)
    quieten()
    incoming, outgoing = open(os.dup(0), "rb"), open(os.dup(1), "wb")  # noqa: SIM115 (pygls closes them)
    os.dup2(2, 1)
    server.start_io(incoming, outgoing)
    return 0 if server.is_finished else 1
