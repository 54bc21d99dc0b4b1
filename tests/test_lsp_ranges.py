"""Signatures, folds, selections and semantic tokens, function by function.

Checked by the text they point at, by hand, and by properties of any text: tokens follow each other and cover every
word, selections are nested, nothing raises on half a program.
"""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.lsp import ranges, signatures, tokens
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import offset
from tests.programs import programs

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("*.qc"))
OWN = "## Both.\ngate both(x, k = 2) a, b { rx(x) a }\ncircuit ring(n, w = 0.5) { qubit q[n] }\nqubit q[3]\n"

CALLS = {  # text before the cursor: the call, the current parameter, and part of the help
    "rx(": ("rx(theta: rad) a", "theta: rad", "exp(-i theta/2 X)"),
    "rx(0.3) ": ("rx(theta: rad) a", "a", "exp"),
    "u3(1, (2 + 3), ": ("u3(theta: rad, phi: rad, lambda: rad) a", "lambda: rad", ""),
    "u3(phi = ": ("u3(theta: rad, phi: rad, lambda: rad) a", "phi: rad", ""),
    "cnot ": ("cnot a, b", "a", "where the first is |1>"),
    "cnot q[0, 1], ": ("cnot a, b", "b", ""),
    "zz(0.1) q[0],\n  ": ("zz(theta: rad) a, b", "b", "ZZ"),
    "ctrl @ cnot ": ("cnot control, a, b", "control", ""),
    "ctrl(2) @ inv @ s q[0], q[1], ": ("s control, control, a", "a", ""),
    "h q; rx(sqrt(": ("sqrt(x)", "x", "the square root"),
    "const v = linspace(0, ": ("linspace(first, last, count)", "last", "equally spaced"),
    "native { gpi(": ("gpi(phase: turn) a", "phase: turn", "pi pulse"),
    "both(": ("both(x, k = 2) a, b", "x", "Both."),
    "both(1, ": ("both(x, k = 2) a, b", "k = 2", "Both."),
    "both(k = 1, ": ("both(x, k = 2) a, b", "k = 2", "Both."),
    "both(1) q[0], ": ("both(x, k = 2) a, b", "b", ""),
    "run ring(": ("ring(n, w = 0.5)", "n", ""),
    "run ring(3, w = ": ("ring(n, w = 0.5)", "w = 0.5", ""),
}


@pytest.mark.parametrize(("typed", "expected"), CALLS.items(), ids=lambda text: str(text).replace("\n", "; "))
def test_the_call_being_written_is_shown(typed: str, expected: tuple[str, str, str]) -> None:
    document = Document(OWN + typed)
    found = signatures.signature(document, len(document.text))
    assert found is not None
    (signature,) = found["signatures"]
    start, end = signature["parameters"][found["activeParameter"]]["label"]
    assert (signature["label"], signature["label"][start:end]) == expected[:2]
    assert expected[2] in signature.get("documentation", {"value": ""})["value"]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "cnot",
        "h q\n",
        "qubit q",
        "gate g(",
        "circuit c(",
        "x = ",
        "# rx(",
        'job { name = "rx(',
        "unknown(",
        "const a = ",
    ],
)
def test_there_is_no_call(typed: str) -> None:
    assert signatures.signature(Document(typed), len(typed)) is None


def test_blocks_statements_comments_and_includes_fold() -> None:
    text = (
        'include "a.qc"\ninclude "b.qc"\n# one\n# two\nconst a = [1,\n  2]\n'
        "circuit c {\n  for i in a {\n    h q\n  }\n}\nqubit r\n# alone\ngate g a { h a }\ncircuit open {\n  h q\n"
    )
    folds = [(one["startLine"], one["endLine"], one.get("kind")) for one in ranges.folds(Document(text))]
    wanted = [(0, 1, "imports"), (2, 3, "comment"), (4, 5, None), (6, 9, None), (7, 8, None), (14, 15, None)]
    assert folds == wanted


def selections(document: Document, at: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    grown: dict[str, Any] | None = ranges.growing(document, at)
    while grown is not None:
        found.append((offset(document.source, grown["range"]["start"]), offset(document.source, grown["range"]["end"])))
        grown = grown.get("parent")
    return found


def test_a_selection_grows_by_what_belongs_together() -> None:
    text = "qubit q\ncircuit c {\n  rx(2 * (a + b)) q\n}\n"
    shown = [text[start:end] for start, end in selections(Document(text), text.index("a +"))]
    assert shown[0] == "a"
    assert "2 * (a + b)" in shown
    assert "rx(2 * (a + b)) q" in shown
    assert shown[-3:] == ["{\n  rx(2 * (a + b)) q\n}", text[8:-1], text]


@given(st.one_of(programs(), st.text(alphabet="q(){}[]\n ,;#\"'=@1 hforin😀", max_size=60)), st.data())
def test_selections_lie_in_each_other(text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    document = Document(text)
    found = selections(document, at)
    assert found[-1] == (0, len(text))
    for (start, end), (outer_start, outer_end) in pairwise(found):
        assert outer_start <= start <= at <= end <= outer_end
        assert (start, end) != (outer_start, outer_end)
    signatures.signature(document, at)
    lines = text.count("\n")
    assert all(0 <= one["startLine"] < one["endLine"] <= lines for one in ranges.folds(document))


def coloured(text: str) -> list[tuple[str, str]]:
    """The tokens, unpacked by the protocol's rules, as words with their types."""
    numbers, line, column = tokens.tokens(Document(text)), 0, 0
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    found, end = [], 0
    for down, right, length, kind, modifiers in zip(*[iter(numbers)] * 5, strict=True):
        line, column = line + down, right if down else column + right
        assert not modifiers
        assert down or column >= end  # one after the other
        end = column + length
        found.append((lines[line][2 * column : 2 * end].decode("utf-16-le"), tokens.LEGEND[kind]))
    return found


def test_words_are_coloured_by_what_they_are() -> None:
    text = '\nconst é = 90deg # 😀\njob { name = "😀"; noise { seed = 1 } }\nctrl @ rx(pi) q[0]\ngate own a { own a }\n'
    found = coloured(text)
    for pair in [
        ("const", "keyword"), ("90deg", "number"), ("# 😀", "comment"), ("name", "property"), ('"😀"', "string"),
        ("noise", "property"), ("ctrl", "modifier"), ("@", "operator"), ("rx", "function"), ("pi", "number"),
        ("q", "variable"), ("gate", "keyword"), ("own", "function"),
    ]:  # fmt: skip
        assert pair in found


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_word_of_the_examples_has_a_colour(example: Path) -> None:
    """Compared with the words of the text, comments and strings left out."""
    text = example.read_text(encoding="utf-8")
    found = coloured(text)
    words = [word for word, kind in found if re.match(r"[A-Za-z_]", word) and kind not in ("comment", "string")]
    bare = re.sub(r'"(?:[^"\\\n]|\\.)*"|#[^\n]*', " ", text)
    assert words == re.findall(r"(?<!\w)(?<!\d\.)[A-Za-z_]\w*", bare)
