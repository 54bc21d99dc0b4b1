"""The language server knows tests: their names in the outline, a command above each, the words and names in `expect`.

Would catch an `expect` that is read as a gate, a register that is not found, a circuit's call that leads nowhere, and a
command whose failures do not appear at their places.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.lsp import completion, hover, lenses, navigation, outline, renaming
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import edited, offset
from ionqdsl.lsp.workspace import Workspace
from tests.language_client import Client

TEXT = """const n = 2
circuit ghz(m) { qubit q[m]; h q[0] }
test "states" for a in range(n) for b in [a] {
  qubit p[n], t
  let first = p[0]
  register out = t, p
  x p[a]
  expect value(out) == 2**(a + 1) and prob("00", p) == 0
  expect prob("1", first) <= b + 1 within 0.1
}
test "other" {
  ghz(3)
  expect same(ghz(3))
}
"""


def at(text: str, number: int = 0) -> int:
    """The offset of the number-th occurrence of a text, marked with | before the wanted character."""
    before, _, after = text.partition("|")
    start = -1
    for _ in range(number + 1):
        start = TEXT.index(before + after, start + 1)
    return start + len(before)


@pytest.mark.parametrize(
    ("use", "definition"),
    [
        ("value(|out)", "register |out"),
        ('"00", |p)', "qubit |p"),
        ('"1", |first)', "let |first"),
        ("(|a + 1)", "for |a in"),
        ("in [|a]", "for |a in"),
        ("|b + 1", "for |b in"),
        ("range(|n)", "const |n"),
        ("same(|ghz(3))", "circuit |ghz"),
        ("  |ghz(3)", "circuit |ghz"),
    ],
)
def test_names_in_tests_lead_to_their_definitions(use: str, definition: str) -> None:
    document = Document(TEXT)
    link = navigation.definition(document, at(use), Workspace())
    assert link is not None
    assert offset(document.source, link["range"]["start"]) == at(definition)


def test_a_register_is_renamed_where_it_is_expected() -> None:
    document = Document(TEXT)
    edits = renaming.rename(document, at("register |out"), "sum", Workspace())["changes"][document.uri]
    assert sorted(offset(document.source, edit["range"]["start"]) for edit in edits) == [
        at("register |out"),
        at("value(|out)"),
    ]


CALLED = """circuit pair(theta) {
  qubit |a, b
  ry(theta) a; cnot a, b
  register |m = measure a
  reset a
  register |out = b
}
const other = 2
test "pair" for k in range(2) {
  pair(0.3)
  expect prob("1", m[0]) == sin(0.15)**2 and value(a) == 0 within 1e-12
  x a
  expect prob("11", out, a) == sin(0.15)**2 or prob("1", m) < 1 or k == other within 1e-12
}
"""


@pytest.mark.parametrize(("name", "uses"), [("a", 5 + 3), ("m", 1 + 2), ("out", 1 + 1)])
@pytest.mark.parametrize("from_test", [False, True])
def test_what_a_circuit_brings_into_a_test_is_renamed_there(
    name: str, uses: int, from_test: bool, tmp_path: Path
) -> None:
    """Its qubits and registers, asked for at either place."""
    text = CALLED.replace("|", "")
    last = [match.start() for match in re.finditer(rf"\b{name}\b", text)][-1]
    place = last if from_test else _marked(name)
    document = Document(text)
    edits = renaming.rename(document, place, "fresh", Workspace())["changes"][document.uri]
    assert len(edits) == uses
    program = edited(text, [{"range": edit["range"], "text": edit["newText"]} for edit in reversed(edits)])
    assert not re.search(rf"\b{name}\b", program)
    path = tmp_path / "t.qc"
    path.write_text(program, encoding="utf-8")
    assert main(["test", str(path)]) == 0


@pytest.mark.parametrize(("name", "other"), [("a", "k"), ("m", "b"), ("out", "k"), ("a", "out")])
def test_a_name_that_the_test_has_is_refused(name: str, other: str) -> None:
    with pytest.raises(CompileError, match="QC0998"):
        renaming.rename(Document(CALLED.replace("|", "")), _marked(name), other, Workspace())


def _marked(name: str) -> int:
    """The place of a name's definition, marked with | there."""
    return len(CALLED[: CALLED.index(f"|{name}")].replace("|", ""))


def test_the_outline_has_tests_with_their_names() -> None:
    symbols = outline.outline(Document(TEXT))
    assert [(symbol["name"], symbol["detail"]) for symbol in symbols[2:]] == [("states", "test"), ("other", "test")]
    assert [child["name"] for child in symbols[2]["children"]] == ["p", "t", "first", "out"]


def test_a_command_stands_above_each_test() -> None:
    found = lenses.lenses(Document(TEXT, "untitled:t"), {}, True)
    assert [lens["command"] for lens in found] == [
        {"title": "run test", "command": "ionqdsl.test", "arguments": ["untitled:t", name]}
        for name in ("states", "other")
    ]
    assert [lens["range"]["start"]["line"] for lens in found] == [2, 10]


def test_words_of_tests_are_explained_there_and_nowhere_else() -> None:
    def shown(place: int, text: str = TEXT) -> str:
        answer = hover.hover(Document(text), place)
        return "" if answer is None else answer["contents"]["value"]

    assert "ionqdsl test" in shown(at('|test "states"'))
    assert "holds at this place" in shown(at("|expect value"))
    assert "how far apart" in shown(at("|within"))
    assert "number in a register" in shown(at("|value(out)"))
    assert shown(0, "within = 3\n") == ""
    assert "holds at" not in shown(0, "expect q\n")


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("  exp", {"expect", "ghz"}),
        ("  expect ", {"prob", "mean", "value", "same", "depth", "within"}),
        ("  expect value(", {"out", "p", "t", "first"}),
        ('  expect prob("0", ', {"out", "p", "t", "first"}),
        ("  expect same(", {"identity", "ghz"}),
    ],
)
def test_completion_in_tests(typed: str, wanted: set[str]) -> None:
    place = TEXT.index("  expect value")
    text = TEXT[:place] + typed + "\n" + TEXT[place:]
    offered = {item["label"] for item in completion.completions(Document(text), place + len(typed))}
    assert wanted <= offered
    outside = {item["label"] for item in completion.completions(Document(TEXT + "e"), len(TEXT) + 1)}
    assert "test" in outside
    assert "expect" not in outside


@pytest.mark.skipif(find_spec("pygls") is None, reason="pygls is not installed")
def test_the_command_shows_failures_at_their_places(tmp_path: Path) -> None:
    client = Client(tmp_path, {})
    uri = (tmp_path / "t.qc").as_uri()
    text = TEXT.replace("2**(a + 1)", "2**a")
    client.open(uri, text)
    client.diagnostics(uri, 1)
    client.ask("workspace/executeCommand", {"command": "ionqdsl.test", "arguments": [uri, "states"]})
    _, shown = client.published[uri]
    assert [(one["code"], one["range"]["start"]["line"]) for one in shown if one["severity"] == 1] == [
        ("QC0440", 7)
    ] * 2
    client.ask("workspace/executeCommand", {"command": "ionqdsl.test", "arguments": [uri, "other"]})
    assert client.close() == 0
