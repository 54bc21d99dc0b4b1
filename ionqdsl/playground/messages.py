"""Prepares diagnostics for the page: their places in its text, and the edits that fix them.

Takes diagnostics and the page's source and returns plain data: the same as `check --json`, with `here` (whether there
is a place in the text), `elsewhere` (the included file it is about) and `fixes` under `data`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source
from ionqdsl.lsp.fixes import Edits, Fix, fixes
from ionqdsl.lsp.problems import linted, shown


def messages(diagnostics: Iterable[Diagnostic], source: Source) -> list[dict[str, Any]]:
    """Errors and warnings; a misspelt name gets an edit that corrects it."""
    return [_message(diagnostic, source, fixes(diagnostic)) for diagnostic in diagnostics]


def remarks(source: Source) -> list[dict[str, Any]]:
    """The linter's findings in a program without errors, with edits that change no circuit."""
    return [_message(diagnostic, source, mends) for diagnostic, mends in linted(source)]


def with_fix(diagnostic: Diagnostic, source: Source, fix: Fix) -> dict[str, Any]:
    """A message about the text, with one edit."""
    return _message(diagnostic, source, [fix])


def alone(diagnostic: Diagnostic) -> dict[str, Any]:
    """An answer that is one error, about no place in a text."""
    return {"diagnostics": messages([diagnostic], Source("", "<playground>"))}


def _message(diagnostic: Diagnostic, source: Source, mends: list[tuple[str, Edits]]) -> dict[str, Any]:
    message = shown(diagnostic, source, "", mends)
    span = diagnostic.span
    message["data"]["explanation"] = " ".join(CODES[diagnostic.code].explanation.split())
    message["data"]["here"] = span is not None
    is_elsewhere = span is not None and span.source.name != source.name
    message["data"]["elsewhere"] = _relative(message["data"]["file"], source) if is_elsewhere else None
    return message


def _relative(name: str, source: Source) -> str:
    folder = os.path.dirname(os.path.realpath(source.name))
    return os.path.relpath(os.path.realpath(name), folder).replace(os.sep, "/")
