"""The language server over standard input and output: the protocol's requests, one short function or one row each.

Requests come in through pygls, which only this file and session.py know. Answers are the plain data that the functions
of this package make: to build the protocol's objects of them first would take half the time of a long answer.
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
    """The document a request is about."""
    return server.files.documents.get(params.text_document.uri)


def _at(params: Any) -> tuple[Document, int] | None:
    """The document and the offset a request is about."""
    document = _document(params)
    return None if document is None else (document, _offset(document, params.position))


def _offset(document: Document, position: types.Position) -> int:
    return offset(document.source, {"line": position.line, "character": position.character})


def _answer(params: Any, work: Callable[[Document, int], Any]) -> Any:
    """What a function of this package says about a place."""
    place = _at(params)
    return None if place is None else work(*place)


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
        changes = [CONVERTER.unstructure(change) for change in params.content_changes]
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
    await server.finish()


# --- requests --------------------------------------------------------------------------------------------------------

PLACES: dict[str, Callable[[Document, int], Any]] = {
    types.TEXT_DOCUMENT_HOVER: hover.hover,
    types.TEXT_DOCUMENT_DEFINITION: lambda document, at: navigation.definition(document, at, server.files),
    types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: navigation.highlights,
}
"""Requests about a place in a text, and what answers them."""
TEXTS: dict[str, Callable[[Document], Any]] = {
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: outline.outline,
    types.TEXT_DOCUMENT_FOLDING_RANGE: ranges.folds,
}
"""Requests about a whole text, in the same way."""


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
    """What may stand here. A blank asks for it only behind a word that wants more, not when a line is indented."""
    context = params.context
    if context is not None and context.trigger_character == " ":
        place = _at(params)
        if place is None or not completion.wants_more(*place):
            return []
    return _answer(params, completion.completions)


@server.feature(types.COMPLETION_ITEM_RESOLVE)
def resolve(item: types.CompletionItem) -> Any:
    """An item with its documentation."""
    return completion.resolved(CONVERTER.unstructure(item))


@server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpOptions(trigger_characters=["(", ","]))
def help_signature(params: types.SignatureHelpParams) -> Any:
    """How what is being written is called."""
    return _answer(params, signatures.signature)


@server.feature(types.TEXT_DOCUMENT_FORMATTING)
async def tidy(params: types.DocumentFormattingParams) -> Any:
    """The text in the one style; a long one is set in the background, where that can be cancelled."""
    document = _document(params)
    return None if document is None else await server.formatted(document)


@server.feature(types.TEXT_DOCUMENT_REFERENCES)
def refer(params: types.ReferenceParams) -> Any:
    """Where this is used."""
    options = server.files, params.context.include_declaration
    return _answer(params, lambda document, at: navigation.references(document, at, *options))


@server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
def prepare_rename(params: types.PrepareRenameParams) -> Any:
    """What would be renamed."""
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
    """What all files define, by name."""
    return outline.search(server.files.below(server.folders()), params.query)


@server.feature(types.TEXT_DOCUMENT_SELECTION_RANGE)
def select(params: types.SelectionRangeParams) -> Any:
    """What selections grow to."""
    document = _document(params)
    if document is None:
        return None
    return [ranges.growing(document, _offset(document, place)) for place in params.positions]


_LEGEND = types.SemanticTokensLegend(list(tokens.LEGEND), token_modifiers=[])


@server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, _LEGEND)
def colour(params: types.SemanticTokensParams) -> Any:
    """What each word is."""
    document = _document(params)
    return document and types.SemanticTokens(tokens.tokens(document))


@server.feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, _LEGEND)
def colour_lines(params: types.SemanticTokensRangeParams) -> Any:
    """What each word of some lines is."""
    document = _document(params)
    lines = range(params.range.start.line, params.range.end.line + 1)
    return document and types.SemanticTokens(tokens.tokens(document, lines))


@server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
def hint(params: types.InlayHintParams) -> Any:
    """Angles in their other unit."""
    document = _document(params)
    if document is None:
        return None
    start, end = _offset(document, params.range.start), _offset(document, params.range.end)
    return hints.hints(document, start, end)


@server.feature(types.TEXT_DOCUMENT_CODE_LENS)
def lens(params: types.CodeLensParams) -> Any:
    """Two-qubit gates and pulses of the circuits, as far as they have been counted."""
    document = _document(params)
    if document is None or document.uri not in server.counts:
        return []
    counts, of = server.counts[document.uri]
    return lenses.lenses(document, counts, of is document)


@server.feature(
    types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
)
def act(params: types.CodeActionParams) -> Any:
    """The edits that settle the diagnostics at a place."""
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
    """Whether something went wrong here; a renaming or a message that is refused is an answer like others."""
    return record.exc_info is None or not isinstance(record.exc_info[1], REFUSALS)


def quieten() -> None:
    """Has the log keep to faults of the server: a message that is none is answered, and no fault of it."""
    for name in ("pygls.protocol.json_rpc", "pygls.server", "pygls.io_"):
        logging.getLogger(name).addFilter(_is_fault)


def main() -> None:
    """Serves until the editor leaves. What is printed meanwhile goes to standard error, not between the messages."""
    logging.basicConfig(level=logging.ERROR)
    quieten()
    incoming, outgoing = open(os.dup(0), "rb"), open(os.dup(1), "wb")  # noqa: SIM115 (pygls closes them)
    os.dup2(2, 1)
    server.start_io(incoming, outgoing)
