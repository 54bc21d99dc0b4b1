"""Tries the requests of an editor on a program: each at every name, renames, lenses and highlighting.

Each function raises if an answer is wrong: it differs from the command's, or an edit changes the effect of the program.
"""

from __future__ import annotations

import contextlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sameness import circuits_of
from tool_subjects import IDENTIFIER, IS_LARGE, Subject, command
from whole_programs import MAIN

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit, Slot
from ionqdsl.language.reformat import reformat
from ionqdsl.lsp import completion, hints, hover, navigation, outline, ranges, renaming, signatures, tokens
from ionqdsl.lsp.addresses import path_of
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import edited, offset
from ionqdsl.lsp.worker import TASKS
from ionqdsl.lsp.workspace import Workspace
from ionqdsl.record import changed


def language_server(subject: Subject) -> None:
    """Every request at every name; the command's diagnostics; fixes and formatting with the promised effect."""
    text = subject.source.text
    files = Workspace()
    document = files.open(text, subject.path.resolve().as_uri())
    ours = TASKS["check"](document.source, document.uri)
    ours += [] if any(one["severity"] == 1 for one in ours) else TASKS["lint"](document.source, document.uri)
    assert [comparable(one) for one in structured(ours)] == [comparable(one) for one in command_says(subject)]
    assert all(0 <= offset(document.source, one["range"][end]) <= len(text) for one in ours for end in ("start", "end"))
    for one in ours:
        for fix in one["data"]["fixes"]:
            edited(text, [{"range": e["range"], "text": e["newText"]} for e in reversed(fix["edits"])])
    assert len(outline.outline(document)) <= len(document.pieces)
    outline.search(files.below([str(subject.path.parent)]), "q")
    ranges.folds(document)
    assert len(tokens.tokens(document)) % 5 == 0
    labels = hints.hints(document, 0, len(text))
    assert all(label["label"].startswith("= ") for label in labels)
    matches = list(IDENTIFIER.finditer(text))
    for match in matches[:: 1 if IS_LARGE else 1 + len(matches) // 8]:
        for place in (match.start(), match.end()):
            hover.hover(document, place)
            at = navigation.definition(document, place, files)
            places = navigation.references(document, place, files)
            marks = navigation.highlights(document, place)
            for item in completion.completions(document, place)[:: 1 if IS_LARGE else 40]:
                completion.resolved(item)
            completion.wants_more(document, place)
            signatures.signature(document, place)
            ranges.growing(document, place)
            if at is not None and places and at["uri"] == document.uri:
                assert at in places
                assert len(marks) == len([p for p in places if p["uri"] == document.uri])
        rename(subject, files, document, match.start())
    edits = [{"range": e["range"], "text": e["newText"]} for e in formatted_by_server(document)]
    with contextlib.suppress(CompileError):
        assert edited(text, edits) == reformat(Source(text))


def formatted_by_server(document: Document) -> list[dict[str, Any]]:
    from ionqdsl.lsp import formatting

    return formatting.formatted(document)


def rename(subject: Subject, files: Workspace, document: Document, place: int) -> None:
    """Refused with a reason, or another name for the same, in every file of the program."""
    try:
        _, name = renaming.renameable(document, place, files)
        changes = renaming.rename(document, place, "fresh_name", files)["changes"]
    except CompileError:
        return
    if subject.program is None:
        return
    path = subject.beside(document.text)
    for uri, edits in changes.items():
        file = files.find(path_of(uri))
        assert file is not None
        text = edited(file.text, [{"range": e["range"], "text": e["newText"]} for e in reversed(edits)])
        changed = path.parent / Path(file.path).relative_to(subject.path.parent.resolve())
        changed.write_text(text, encoding="utf-8", newline="")
    after = stages.load(stages.read(str(path)))[0]
    before = subject.program
    assert len(before.runs) == len(after.runs)
    for one, other in zip(circuits_of(before), circuits_of(after), strict=True):
        one, other = (with_slot_names(circuit, name, "fresh_name") for circuit in (one, other))
        assert (one.width, [q for _, q in one.registers]) == (other.width, [q for _, q in other.registers]), name
        if not one.symbols:
            assert one.rows == other.rows, name


def with_slot_names(circuit: FlatCircuit, name: str, other: str) -> FlatCircuit:
    """The slots of one register under another name."""

    def slot(one: Slot) -> Slot:
        return one._replace(register=other) if one.register == name else one

    rows = [
        op._replace(slot=op.slot and slot(op.slot), when=tuple((slot(one), bit) for one, bit in op.when))
        for op in circuit.rows
    ]
    registers = tuple(
        (label, tuple(slot(one) if isinstance(one, Slot) else one for one in slots))
        for label, slots in circuit.registers
    )
    return changed(circuit, rows=rows, registers=registers)


def lenses(subject: Subject) -> None:
    """Counts for the editor, and lenses at their circuits."""
    from ionqdsl.lsp.lenses import counts
    from ionqdsl.lsp.lenses import lenses as placed

    found = counts(subject.source)
    shown = placed(Document(subject.source.text, subject.path.resolve().as_uri()), found, True)
    counted = [lens for lens in shown if not lens["command"]["command"]]  # the others run a test
    assert len(counted) <= len(found)
    assert subject.program is not None or not found


def highlighting(subject: Subject) -> None:
    """The tokens are the text; a whole program has no token that is none."""
    if find_spec("pygments") is None:
        pytest.skip("pygments is not installed")
    from pygments.token import Error

    from ionqdsl.describe.highlight import QcLexer

    text = subject.source.text
    tokens = list(QcLexer(ensurenl=False, stripnl=False).get_tokens_unprocessed(text))
    assert "".join(value for _, _, value in tokens) == text
    assert subject.program is None or not [value for _, kind, value in tokens if kind in Error]


def structured(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """As the protocol's types carry them, where these are there."""
    if find_spec("lsprotocol") is None:
        return found
    from lsprotocol import types
    from lsprotocol.converters import get_converter

    converter = get_converter()
    return converter.unstructure(converter.structure(json.loads(json.dumps(found)), list[types.Diagnostic]))


def command_says(subject: Subject) -> list[dict[str, Any]]:
    """The diagnostics of `check` about a file, and of `lint` where there are no errors."""
    path = str(subject.path.resolve())
    found = command("check", path, codes=(0, 1))["diagnostics"]
    if not any(one["severity"] == 1 for one in found):
        found += command("lint", path, codes=(0, 1))["diagnostics"]
    return found


def comparable(diagnostic: dict[str, Any]) -> dict[str, Any]:
    """A diagnostic without edits, and without the place of an included file's fault, which differs."""
    data = {key: value for key, value in diagnostic["data"].items() if key != "fixes"}
    elsewhere = Path(data["file"] or MAIN).name != MAIN
    related = diagnostic.get("relatedInformation", [])
    places = [(one["location"]["range"], one["message"]) for one in related] if not elsewhere else []
    return {
        **diagnostic,
        "data": data,
        "relatedInformation": places,
        "range": None if elsewhere else diagnostic["range"],
    }
