"""Writes diagnostics for CI services: SARIF for code scanning, workflow commands for GitHub.

Takes diagnostics and returns text, in the order of the diagnostics and without times, so that it is reproducible.
Sources: SARIF 2.1.0 (OASIS); GitHub Actions, "Workflow commands".
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ionqdsl import __version__
from ionqdsl.cli.explain import title
from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source, Span

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(diagnostics: list[Diagnostic]) -> str:
    """One SARIF run; its rules are the codes that occur. Columns count UTF-16 units, as `columnKind` states."""
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    run = {
        "tool": {
            "driver": {
                "name": "ionqdsl",
                "version": __version__,
                "rules": [
                    {
                        "id": code,
                        "shortDescription": {"text": title(CODES[code])},
                        "fullDescription": {"text": CODES[code].explanation},
                        "defaultConfiguration": {"level": CODES[code].severity},
                    }
                    for code in codes
                ],
            }
        },
        "columnKind": "utf16CodeUnits",
        "results": [_sarif_result(diagnostic, codes.index(diagnostic.code)) for diagnostic in diagnostics],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)


def _sarif_result(diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    text = "\n".join([diagnostic.message, *(f"help: {line}" for line in diagnostic.helps)])
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": diagnostic.severity,
        "message": {"text": text},
    }
    if diagnostic.place is not None:
        result["locations"] = [{"physicalLocation": _sarif_place(diagnostic.place)}]
    if diagnostic.labels:
        result["relatedLocations"] = [{"physicalLocation": _sarif_place(span)} for span, _ in diagnostic.labels]
    return result


def _sarif_place(place: Span | Source) -> dict[str, Any]:
    source = place.source if isinstance(place, Span) else place
    location: dict[str, Any] = {
        "artifactLocation": {"uri": quote(source.name.replace("\\", "/"), errors="surrogateescape")}
    }
    if isinstance(place, Span):
        (line, column), (last_line, last_column) = _corners(place)
        location["region"] = {
            "startLine": line,
            "startColumn": _utf16(source, line, column),
            "endLine": last_line,
            "endColumn": _utf16(source, last_line, last_column),
        }
    return location


def _corners(span: Span) -> tuple[tuple[int, int], tuple[int, int]]:
    return span.source.position(span.start), span.source.position(max(span.start, span.end))


def _utf16(source: Source, line: int, column: int) -> int:
    return len(source.line(line)[: column - 1].encode("utf-16-le")) // 2 + 1


def github(diagnostics: list[Diagnostic]) -> str:
    """One line for each diagnostic; GitHub shows it next to the code."""
    return "\n".join(_github_line(diagnostic) for diagnostic in diagnostics)


def _github_line(diagnostic: Diagnostic) -> str:
    fields: dict[str, object] = {}
    if isinstance(diagnostic.place, Span):
        (line, column), (last_line, last_column) = _corners(diagnostic.place)
        fields = {"file": diagnostic.place.source.name, "line": line, "endLine": last_line}
        if line == last_line:  # GitHub takes columns only within one line
            fields |= {"col": column, "endColumn": max(column, last_column - 1)}
    elif diagnostic.place is not None:
        fields = {"file": diagnostic.place.name}
    fields["title"] = f"ionqdsl {diagnostic.code}"
    text = "\n".join([diagnostic.message, *(f"help: {line}" for line in diagnostic.helps)])
    shown = ",".join(f"{key}={_escape(str(value), ':,')}" for key, value in fields.items())
    level = "notice" if diagnostic.severity == "note" else diagnostic.severity
    return f"::{level} {shown}::{_escape(text)}"


def _escape(text: str, also: str = "") -> str:
    for char in "%\r\n" + also:  # the percent sign first
        text = text.replace(char, f"%{ord(char):02X}")
    return text
