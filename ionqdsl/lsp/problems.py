"""Converts the errors and warnings of `check` and `lint` into the editor's diagnostics, with edits that fix them.

Takes a source and returns the protocol's diagnostics. An error in an included file is shown at the `include`, with its
place as related information.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import ionqdsl.pipeline as stages
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Source
from ionqdsl.language import standard
from ionqdsl.language.edited_file import EditedFile
from ionqdsl.language.includes import without_folder
from ionqdsl.linter import lint
from ionqdsl.lsp.addresses import path_of, uri_of
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.fixes import Edits, fixes
from ionqdsl.lsp.positions import region
from ionqdsl.testing import suite


def findings(source: Source, uri: str, edited: EditedFile | None = None) -> list[dict[str, Any]]:
    """Every error and warning of a program; `data` holds the same as the command's output, and `fixes`.

    `edited` is that of earlier texts of the document.
    """
    try:
        without = (
            [] if path_of(uri) else without_folder(source, edited.parse(source) if edited else None, buffer="text")
        )
        diagnostics: Iterable[Diagnostic] = without or stages.examine(source, edited=edited)
    except CompileError as error:
        diagnostics = error.diagnostics
    return [shown(diagnostic, source, uri, fixes(diagnostic)) for diagnostic in diagnostics]


def remarks(source: Source, uri: str) -> list[dict[str, Any]]:
    """The linter's findings in a program without errors."""
    return [shown(diagnostic, source, uri, mends) for diagnostic, mends in linted(source)]


def failures(source: Source, uri: str, name: str) -> dict[str, Any]:
    """The outcome of the tests of a name: a `summary` in a line, and the `failures` as diagnostics."""
    try:
        file = suite.TestedFile(source)
    except CompileError as error:
        return {
            "summary": "the program has errors",
            "failures": [shown(one, source, uri, []) for one in error.diagnostics],
        }
    numbers = [number for number in range(len(file.cases)) if file.listed(number).name == name]
    outcomes = [file.outcome(number) for number in numbers]
    found = [diagnostic for outcome in outcomes for diagnostic in outcome.diagnostics]
    failed = sum(not outcome.passed for outcome in outcomes)
    cases = f" ({failed} of {len(outcomes)} cases failed)" if failed and len(outcomes) > 1 else ""
    summary = f"{found[0].message}{cases}" if found else f"test `{name}` passed"
    return {"summary": summary, "failures": [shown(diagnostic, source, uri, []) for diagnostic in found]}


def linted(source: Source) -> Iterator[tuple[Diagnostic, list[tuple[str, Edits]]]]:
    """The linter's findings in a program without errors, with titled edits that change no circuit."""
    try:
        findings = lint(source)
    except CompileError:
        return
    for one in findings:
        title = next(iter(one.diagnostic.helps), one.diagnostic.message).partition(", or ")[0]
        edits = [(edit.span, edit.text) for edit in one.edits]
        yield one.diagnostic, [(title, edits)] if edits else []


def shown(diagnostic: Diagnostic, source: Source, uri: str, mends: list[tuple[str, Edits]]) -> dict[str, Any]:
    """A diagnostic for the document of a source."""
    result = diagnostic.to_lsp()
    for (place, _), related in zip(diagnostic.labels, result.get("relatedInformation", ()), strict=True):
        related["location"]["uri"] = _uri(place.source, source, uri)
    span = diagnostic.span
    if span is not None and span.source.name != source.name:
        location = {"uri": _uri(span.source, source, uri), "range": result["range"]}
        result.setdefault("relatedInformation", []).insert(0, {"location": location, "message": diagnostic.message})
        result["range"] = _include_of(source, span.source)
        mends = []
    result["data"]["fixes"] = [
        {"title": title, "edits": [{"range": region(source, s.start, s.end), "newText": text} for s, text in edits]}
        for title, edits in mends
        if all(span.source.name == source.name for span, _ in edits)
    ]
    return result


def _uri(place: Source, source: Source, uri: str) -> str:
    return uri if place is source or place.name == source.name else uri_of(_path(place))


def _path(source: Source) -> str:
    return standard.find(source.name) or source.name


def _include_of(source: Source, other: Source) -> dict[str, Any]:
    """The range of the include for another file; the first include, if it is included through others."""
    first = region(source, 0, 0)
    for piece, path in reversed(Document(source.text, uri_of(source.name)).includes):
        first = region(source, piece.start, piece.end)
        if path == os.path.realpath(_path(other)):
            return first
    return first
