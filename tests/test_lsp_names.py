"""Names in the editor: mentions, definitions, and renamings that change no program."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.lsp import (
    navigation,
    outline,
    renaming,
)
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import edited, offset
from tests.programs import programs
from tests.test_lsp import ALONE, MANY, marked

# --- names -----------------------------------------------------------------------------------------------------------


def rows(text: str) -> list[tuple[Any, ...]]:
    """The rows of a program, without the names in it."""
    program, _ = stages.load(Source(text))
    circuits: list[FlatCircuit] = [*program.circuits.values(), *program.runs]
    return [(circuit.width, circuit.rows, [qubits for _, qubits in circuit.registers]) for circuit in circuits]


def renamed(document: Document, at: int, new: str) -> str:
    (edits,) = renaming.rename(document, at, new, ALONE)["changes"].values()
    return edited(document.text, [{"range": e["range"], "text": e["newText"]} for e in reversed(edits)])


def definitions(document: Document) -> list[Any]:
    return [d for group in document.definitions.values() for d in group]


def check_renaming(text: str, to: str) -> int:
    """Renames everything there is to a name, from every place that means it; returns how often that was allowed."""
    document, before, allowed = Document(text), rows(text), 0
    refusals: set[str] = set()
    for definition in definitions(document):
        if definition.name == to:
            continue
        try:
            after = renamed(document, definition.start, to)
        except CompileError as error:
            refusals.add(error.diagnostics[0].code)
            continue
        allowed += 1
        assert rows(after) == before, (definition.name, to)
        assert renamed(document, document.references(definition)[-1].start, to) == after
    assert refusals <= {"QC0996", "QC0997", "QC0998"}
    return allowed


def test_every_name_can_be_changed_to_a_new_one() -> None:
    assert check_renaming(MANY, "fresh") == len(definitions(Document(MANY))) == 21


@pytest.mark.parametrize("to", ["n", "q", "theta", "t", "i", "y", "a", "first", "ring", "other", "both", "out", "w"])
def test_a_name_that_is_taken_is_refused_or_harmless(to: str) -> None:
    """Would catch a name caught by another definition, and a use that catches another name's."""
    check_renaming(MANY, to)


@settings(max_examples=6, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(programs(), st.data())
def test_renaming_leaves_generated_programs_the_same(text: str, data: st.DataObject) -> None:
    document = Document(text)
    names = sorted({d.name for d in definitions(document)})
    assert check_renaming(text, "fresh_name") == len(definitions(document))
    check_renaming(text, data.draw(st.sampled_from(names)))


@pytest.mark.parametrize(
    ("text", "marked_uses"),
    [
        ("const k = 1\ngate g(b) x { const k = ‸k/2; rx(k) x }\nqubit q\ng(1) q\n", 2),
        ("const k = 2\nqubit q\nfor k in range(‸k) { rx(k) q }\n", 2),
        ("const a = 0.5\ncircuit c(a = ‸a) { qubit q; rx(a) q }\n", 2),
        ("const x = [1, 2]\nconst y = [x for x in ‸x if x > 0]\nqubit q\nrx(y[0]) q\n", 2),
        ("qubit q[2]\nfor k in [1] { let q = ‸q[0]; h q }\nx q\n", 3),
        ("const n = 2\ncircuit c { qubit n[‸n]; h n }\n", 2),
        ('circuit c(‸t = 0) { qubit q; rx(t) q }\nrun c(0.3) as "{t}"\n', 3),
        ("const k = [1]\ncircuit c(a = 0) { qubit q; rx(a) q }\nrun c(k) for k in ‸k\n", 2),
    ],
)
def test_a_name_means_what_it_meant_before_within_its_own_definition(text: str, marked_uses: int) -> None:
    """The marked use is of the outer name: the one defined first in the text."""
    document, at = marked(text)
    found = navigation.definition(document, at, ALONE)
    assert found is not None
    first = min(definition.start for definition in document.definitions[document.text[at]])
    assert offset(document.source, found["range"]["start"]) == first
    assert len(navigation.references(document, at, ALONE)) == marked_uses
    assert rows(renamed(document, at, "fresh")) == rows(document.text)


@pytest.mark.parametrize("new", ["1x", "x y", "", "for", "pi", "sum", "Z", "über", "_"])
def test_what_is_no_name_is_refused(new: str) -> None:
    document, at = marked("const ‸a = 1\nqubit q[a]\n")
    with pytest.raises(CompileError) as caught:
        renaming.rename(document, at, new, ALONE)
    assert caught.value.diagnostics[0].code == "QC0997"


def test_gates_are_not_called_like_built_in_ones() -> None:
    document, at = marked("gate ‸g a { h a }\nqubit q\ng q\n")
    for new, code in (("cnot", "QC0997"), ("gpi", "QC0997")):
        with pytest.raises(CompileError) as caught:
            renaming.rename(document, at, new, ALONE)
        assert caught.value.diagnostics[0].code == code
    assert renaming.rename(document, at, "pi", ALONE)["changes"]  # values have a namespace of their own


def test_a_line_that_cannot_be_read_forbids_renaming_its_names() -> None:
    document, at = marked("const ‸a = 1\nqubit q\nrx(a b) q\n")
    with pytest.raises(CompileError) as caught:
        renaming.rename(document, at, "b2", ALONE)
    assert caught.value.diagnostics[0].code == "QC0999"
    assert caught.value.diagnostics[0].facts["line"] == 3


def test_the_outline_nests() -> None:
    def flat(symbols: list[dict[str, Any]]) -> list[Any]:
        return [(s["name"], flat(s["children"])) if s["children"] else s["name"] for s in symbols]

    expected = ["job", "n", "theta", "both", ("ring", ["q", "first", "y", "out"]), ("other", ["q"]), "run"]
    assert flat(outline.outline(Document(MANY))) == expected
