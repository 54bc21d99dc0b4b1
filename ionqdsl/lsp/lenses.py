"""Code lenses: shows the two-qubit gates and pulses of each circuit on the machines, compiled at level 2.

`counts` compiles, which takes time and is done by worker.py; `lenses` places the counts above the circuits of a
document, which may have moved since.
"""

from __future__ import annotations

from typing import Any

import ionqdsl.pipeline as stages
from ionqdsl.describe import costs
from ionqdsl.describe.samples import typical
from ionqdsl.diagnostics import IonqdslError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.language import syntax
from ionqdsl.language.includes import open_includes
from ionqdsl.lsp import fragments
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.fragments import Fragment
from ionqdsl.lsp.positions import region

Counts = dict[str, str]
"""The name of a circuit (`""`: the bare statements) -> the text of its lens."""


def counts(source: Source) -> Counts:
    """The texts of a program's lenses; empty if it has errors."""
    try:
        opened = open_includes(source)
        program, _ = stages.load(source, opened=opened)
    except IonqdslError:
        return {}
    file = opened[0]
    heads = [item for item in file.items if isinstance(item, syntax.CircuitDefinition) and item.span.source is source]
    result: Counts = {}
    for head in heads:
        name = head.name.text
        circuit = typical(file, head, program.runs)
        if circuit is not None:
            of = f"{circuit.name}: " if circuit.name != name else ""
            result[name] = of + _text(circuit)
    if not heads and program.circuits:
        result[""] = _text(next(iter(program.circuits.values())))
    return result


def _text(circuit: FlatCircuit) -> str:
    if len(circuit) > costs.MAX_ROWS:
        return f"{len(circuit):,} gates: too many to compile while typing"
    return costs.shown(costs.costs(circuit))


RUN_TEST = "ionqdsl.test"
"""The command of the lens above each test: the address of the text, and the name of the test."""


def lenses(document: Document, counted: Counts, fresh: bool) -> list[dict[str, Any]]:
    """The lenses of a document; counts of an older text get a mark."""
    result = [
        {
            "range": region(document.source, piece.start, piece.start + len(piece.word)),
            "command": {"title": "run test", "command": RUN_TEST, "arguments": [document.uri, test.name.value]},
        }
        for piece in document.pieces
        if piece.word == "test" and piece.kind == "open" and piece.parent is None
        for test in fragments.nodes(piece)
        if isinstance(test, syntax.Test)
    ]
    for piece, name in _places(document):
        if text := counted.get(name):
            title = text if fresh else f"{text} …"
            result.append(
                {
                    "range": region(document.source, piece.start, piece.start + len(piece.word)),
                    "command": {"title": title, "command": ""},
                }
            )
    return result


def _places(document: Document) -> list[tuple[Fragment, str]]:
    """The heads of circuits, or the first bare statement that declares qubits."""
    heads = [
        d for group in document.definitions.values() for d in group if d.kind == "circuit" and d.document is document
    ]
    if heads:
        return [(d.piece, d.name) for d in heads]
    return [(piece, "") for piece in document.pieces if piece.word == "qubit" and piece.parent is None][:1]
