"""Gates over registers in every tool: the language server, the linter, the formatter, `doc`, drawings.

Would catch a tool that takes a register for a qubit, or that does not know that expressions see registers.
"""

from __future__ import annotations

import pytest

from ionqdsl import formats
from ionqdsl import pipeline as stages
from ionqdsl.describe.reference.markdown import markdown
from ionqdsl.describe.reference.reading import chapters
from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Source
from ionqdsl.language.reformat import reformat
from ionqdsl.linter import lint
from ionqdsl.lsp import completion, hover, navigation, renaming, signatures
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.workspace import Workspace

TEXT = """include "std/fourier.qc"

## Pairs up, and transforms.
gate pairs(n) q[], b[len(q)], t {
  let half = q[0:n], t
  for i in range(len(q)) { cnot q[i], b[i] }
  h half
  ctrl @ qft t, b
}

qubit r[3], s[3], t
pairs(1) r, s, t
"""


def document(text: str = TEXT) -> tuple[Document, Workspace]:
    files = Workspace()
    return files.open(text, "file:///tmp/registers/main.qc"), files


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("q[]", "a register: `q[]`"),
        ("q[0:n]", "a register: `q[]`"),
        ("q[i]", "a register: `q[]`"),
        ("b[i]", "a register: `b[len(q)]`"),
        ("t {", "operand, one qubit"),
        ("half\n  ctrl", "a choice of qubits"),
        ("pairs(1)", "Pairs up"),
        ("qft t", "The quantum Fourier transform"),
    ],
)
def test_hover_says_what_a_name_in_a_gate_is(mark: str, says: str) -> None:
    found = hover.hover(document()[0], TEXT.index(mark))
    assert found is not None
    assert says in found["contents"]["value"]


def test_a_register_is_renamed_in_lengths_too() -> None:
    shown, files = document()
    (edits,) = renaming.rename(shown, TEXT.index("q[0:n]"), "data", files)["changes"].values()
    assert len(edits) == TEXT.count("q[") + TEXT.count("(q)") == 5
    with pytest.raises(Exception, match=r"QC0998|would"):
        renaming.rename(shown, TEXT.index("q[0:n]"), "half", files)


def test_the_file_and_the_gate_of_the_library_are_found() -> None:
    shown, files = document()
    for mark in ("std/", "qft t"):
        found = navigation.definition(shown, TEXT.index(mark), files)
        assert found is not None
        assert str(found).count("grammar/std/fourier.qc") == 1


def test_completion_offers_registers_aliases_and_the_library() -> None:
    shown, _ = document()
    offered = [item["label"] for item in completion.completions(shown, TEXT.index("h half") + 2)]
    assert {"q", "b", "t", "half"} <= {*offered}
    assert "r" not in offered
    for text, label in (('include "', "std"), ('include "st', "std"), ('include "std/', "fourier.qc")):
        items = completion.completions(document(text)[0], len(text))
        assert label in [item["label"] for item in items]


def test_signature_help_shows_registers_and_controls() -> None:
    text = TEXT + "ctrl @ pairs(1) t, "
    found = signatures.signature(document(text)[0], len(text))
    assert found is not None
    (signature,) = found["signatures"]
    start, end = signature["parameters"][found["activeParameter"]]["label"]
    assert signature["label"] == "pairs(n) control, q[], b[len(q)], t"
    assert signature["label"][start:end] == "q[]"


def problems(text: str) -> list[Diagnostic]:
    return [found.diagnostic for found in lint(Source(text, "main.qc"))]


def test_the_linter_knows_operands() -> None:
    found = [(one.code, one.span and one.span.text) for one in problems(TEXT)]
    assert found == []
    text = "gate g(n) q[n], w[], t { h w }\ngate none a, b[] { }\nqubit q[2], w[2], t\ng(2) q, w, t\nnone t, q\n"
    found = [(one.code, one.span and one.span.text) for one in problems(text) if one.code == "QC1004"]
    assert found == [("QC1004", "q"), ("QC1004", "t")]
    broadcast = "gate g q[], t { cnot q, t; cnot q, t }\nqubit q[2], t\ng q, t\n"
    assert not [one for one in problems(broadcast) if one.code == "QC1010"]


def test_the_formatter_keeps_registers() -> None:
    text = "gate   g(n)  q[ ],b[ n ] ,t{h q;x t}\n"
    assert reformat(Source(text)) == "gate g(n) q[], b[n], t { h q; x t }\n"


def test_the_reference_shows_the_call_and_counts_a_sample() -> None:
    source = Source("## Transforms.\ngate mix q[], t { h q; ctrl(len(q)) @ x q, t }\n", "mix.qc")
    found, errors = chapters([source])
    assert not errors
    text = markdown(found)
    assert "q[], t" in text
    assert "`mix q[3], t`" in text
    assert "`pow` of whole numbers" in text  # for three qubits; for one, the body is a gate with a root
    assert chapters([stages.read("std/fourier.qc")])[0][0].entries[0].costs["forte"][0] > 0


def test_circuits_with_such_gates_are_written_as_text_that_means_the_same() -> None:
    program, _ = stages.load(Source(TEXT, "main.qc"))
    text, _ = formats.WRITERS["qc"].write(program, None)
    again, _ = stages.load(Source(text, "main.qc"))
    assert [(op.gate, op.qubits) for op in again.runs[0].rows] == [(op.gate, op.qubits) for op in program.runs[0].rows]
