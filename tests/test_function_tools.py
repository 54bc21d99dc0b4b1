"""Functions and operators with parameters in every tool: the language server, the linter, `doc`, highlighting.

Would catch a tool that takes a function for a value, that mixes up a parameter with a name it hides, or a renaming that
changes the effect of a program.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from meaning import judged

from ionqdsl import pipeline as stages
from ionqdsl.describe.reference.markdown import markdown
from ionqdsl.describe.reference.reading import chapters
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.linter import fixed, lint
from ionqdsl.lsp import completion, hints, hover, navigation, outline, ranges, renaming, signatures, tokens
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.positions import edited
from ionqdsl.lsp.workspace import Workspace

SHADOWS = """qc 2
## The bit of x at k.
def bit(x, k = 0) = x >> k & 1
def twice(x, y = x) = bit(x, k = 1) + sum(y for y in range(y))
const x = 3
const k = 2
const y = sum([x for x in range(x)])
hamiltonian h = x*Z[0]
hamiltonian ising(n, J = x) = sum(J*Z[i]*Z[i + 1] for i in range(n - 1))
gate g(x, y = x) a, r[] { for i in range(len(r)) { rx(x*bit(5, i)) r[i] }; ry(twice(y)) a }
circuit c(n = 2, J = 1) {
  qubit q[n], k
  hamiltonian local(n, J = J) = J*Z[n] + h
  hamiltonian both = ising(2) + local(1, J = 2)
  let x = q
  g(y = 2, x = 0.5) k, x
  pauliexp(0.1, both, steps = 2, order = 2) q
  for n in range(n) { rx(n*0.1 + bit(n)) q[n] }
  pauliexp(time = bit(x = 3, k = 1), operator = local(0)) q
}
run c(n = 3), c(J = k) for k in [k, bit(6, 1)] as "l{k}"
test "one" for x in range(x) for y in range(x + 1) {
  c(n = 2)
  const z = twice(x, y = 1)
  expect same(c(n = 2, J = 1))
  expect prob("0", k) >= bit(2) within 1e-6
}
"""
BARE = """const n = 3
const m = [[1, 2], [3, 4]]
def f(x, n = n) = x + n
def entry(i, j = i, m = m) = m[i][j]
hamiltonian e(f = 2) = f*Z[0]
gate rot(m, k = entry(0, m = m)) q[], t[len(q)] {
  let u = q, t
  for i in range(len(q)) { const k = k + i; rx(k*0.1) q[i]; if k > 1 { const t2 = k; ry(t2) t[i] } }
}
qubit q[n], f
let half = q[0:2], f
hamiltonian inner(q, half = q) = q*Z[half] + e()
for i, (a, b) in [(f(1), (0, 1)), (f(x = 2), (1, entry(0)))] {
  const s = i + f(a)
  rx(s) half[a]
  if a == 0 { hamiltonian local(f) = f*Z[0]; pauliexp(0.1, local(f(a))) half[b] }
}
rx(sum(f for f in [f(n) for n in range(n)]) + len(q)) q
pauliexp(time = 0.2, operator = inner(1, half = 0), order = 2, steps = 3) q[0]
rot(m) q[0:1], q[1:2]
"""


def opened(text: str) -> tuple[Document, Workspace]:
    files = Workspace()
    return files.open(text, "file:///tmp/functions/main.qc"), files


@pytest.mark.parametrize("text", [SHADOWS, BARE], ids=["circuits", "bare"])
def test_every_request_has_an_answer_everywhere(text: str) -> None:
    shown, files = opened(text)
    for at in range(len(text) + 1):
        hover.hover(shown, at)
        navigation.definition(shown, at, files)
        navigation.highlights(shown, at)
        completion.completions(shown, at)
        signatures.signature(shown, at)
        ranges.growing(shown, at)
    assert tokens.tokens(shown)
    hints.hints(shown, 0, len(text))


def meaning(text: str) -> Any:
    """The rows of every circuit, without the names that its parameters give it; the codes of a program with errors."""
    try:
        program, _ = stages.load(Source(text, "/tmp/functions/main.qc"))
    except CompileError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return [(circuit.width, circuit.rows, circuit.phase) for circuit in program.runs]


@pytest.mark.parametrize("text", [SHADOWS, BARE], ids=["circuits", "bare"])
def test_no_renaming_changes_a_program(text: str) -> None:
    """Every name, each to a fresh one, which must succeed, and to two of the others, which may be refused."""
    shown, files = opened(text)
    before = meaning(text)
    assert not isinstance(before[0], str)
    names = [*shown.own, "range", "prob", "e", "any", "X"]
    allowed = 0
    for number, definition in enumerate(d for group in shown.own.values() for d in group):
        for new in ("fresh", *(names[(5 * number + 7 * step) % len(names)] for step in range(2))):
            try:
                change = renaming.rename(shown, definition.start, new, files)["changes"]
            except CompileError:
                assert new != "fresh", definition
                continue
            allowed += 1
            edits = [{"range": one["range"], "text": one["newText"]} for one in reversed(change.get(shown.uri, []))]
            assert meaning(edited(text, edits)) == before, (definition.name, definition.kind, new)
    assert allowed > 60


def test_a_local_operator_sees_the_names_defined_before_it() -> None:
    """A later name of the circuit does not change the meaning of a line above it; the interpreter agrees."""
    text = (
        "const b = 1\ncircuit c {{ qubit q; hamiltonian h(n) = {}; const b = 2; pauliexp(0.1, h(b - 2)) q }}\nrun c\n"
    )
    assert meaning(text.format("b*Z[n]")) == meaning(text.format("1*Z[n]"))
    assert judged(text.format("b*Z[n]")).kind == "same"


@pytest.mark.parametrize(
    ("mark", "says"),
    [
        ("bit(x, k = 1)", "The bit of x at k."),
        ("bit(x, k = 1)", "def bit(x, k = 0) = x >> k & 1"),
        ("local(1", "operator with parameters"),
        ("k = 1) +", "parameter"),
        ("y = sum", "`3`"),
        ("def twice", "whose value is one expression"),
    ],
)
def test_hover_describes_functions(mark: str, says: str) -> None:
    found = hover.hover(opened(SHADOWS)[0], SHADOWS.index(mark))
    assert found is not None
    assert says in found["contents"]["value"]


def test_hover_computes_calls_of_functions() -> None:
    text = "const two = 2\ndef f(x, y = x*two) = x + y\ndef g(x) = f(x)*f(y = 1, x = 0)\nconst n = g(3)\n"
    found = hover.hover(opened(text)[0], text.index("n = g"))
    assert found is not None
    assert "`9`" in found["contents"]["value"]
    chain = "const a0 = 1\nconst a1 = 1\n"
    chain += "".join(f"const a{number} = a{number - 1} + a{number - 2}\n" for number in range(2, 29))
    found = hover.hover(opened(chain)[0], chain.index("a28"))  # each value once: 2**28 otherwise
    assert found is not None
    assert "`514229`" in found["contents"]["value"]
    circle = "def f(x) = g(x)\ndef g(x) = f(x)\nconst n = f(1)\n"
    assert hover.hover(opened(circle)[0], circle.index("n = f")) is not None


def test_names_are_found_where_they_are_defined() -> None:
    shown, files = opened(SHADOWS)

    def line(mark: str, further: int = 0) -> int:
        found = navigation.definition(shown, SHADOWS.index(mark) + further, files)
        assert found is not None
        return int(found["range"]["start"]["line"]) + 1

    assert line("bit(2)") == 3
    assert line("k = 1) +") == 3  # a named argument
    assert line("= x) = bit", 2) == 4  # a default sees the parameter before it
    assert line("range(x)])", 6) == 5  # the first list of a comprehension does not see its variable
    assert line("J = J", 4) == 11  # a default sees the circuit's parameter
    assert line("n = 2)\n", 0) == 11  # a test calls a circuit
    assert line("n = 2, J = 1))") == 11
    references = navigation.references(shown, SHADOWS.index("bit(x, k = 0)"), files)
    assert len(references) == SHADOWS.count("bit(")


def test_completion_offers_functions_and_their_parameters() -> None:
    def labels(text: str) -> dict[str, Any]:
        return {item["label"]: item for item in completion.completions(opened(text)[0], len(text))}

    head = "def bit(x, k = 0) = x >> k & 1\nhamiltonian ising(n) = n*Z[0]\n"
    assert labels(head + "const n = ")["bit"]["insertText"] == "bit(${1:x})"
    assert {"k =", "x ="} <= labels(head + "const n = bit(1, ").keys()
    assert {"a", "b", "bit"} <= labels(head + "def other(a, b) = ").keys()
    assert "a" not in labels(head + "def other(a, b) = 1\nconst n = ")
    assert {"def", "test", "hamiltonian"} <= labels(head).keys()
    assert "let" in labels("gate g q[] { ")
    inside = labels("circuit c { ")
    assert "hamiltonian" in inside
    assert "def" not in inside


@pytest.mark.parametrize(
    ("written", "label", "active"),
    [
        ("const n = bit(1, ", "bit(x, k = 0)", 1),
        ("const n = sum([bit(k = ", "bit(x, k = 0)", 1),
        ("qubit q\npauliexp(bit(", "bit(x, k = 0)", 0),
        ("qubit q\npauliexp(0.1, Z[0], 2, ", "pauliexp(time: number, operator: operator, steps: number = 0, "
         "order: number = 1) operands", 3),
        ("run c for i in bit(", "bit(x, k = 0)", 0),
    ],
)  # fmt: skip
def test_signature_help_shows_parameters(written: str, label: str, active: int) -> None:
    text = "def bit(x, k = 0) = x >> k & 1\n" + written
    found = signatures.signature(opened(text)[0], len(text))
    assert found is not None
    assert found["signatures"][0]["label"] == label
    assert found["activeParameter"] == active


def test_a_head_is_no_call() -> None:
    for text in ("def bit(x, ", "hamiltonian h(n, ", "gate g(x, "):
        assert signatures.signature(opened("def bit(x, k) = x\n" + text)[0], len(text) + 18) is None


def test_the_outline_shows_how_to_call_a_function() -> None:
    found = {one["name"]: one for one in outline.outline(opened(SHADOWS)[0])}
    assert found["bit"]["detail"] == "def(x, k = 0)"
    assert found["ising"]["detail"] == "hamiltonian(n, J = x)"
    assert {"local", "both"} <= {child["name"] for child in found["c"]["children"]}


def test_functions_have_their_own_colour() -> None:
    text = "def bit(x) = max(x, bits)\nconst n = bit(1)\nhamiltonian h(n) = n*Z[0]\nconst def = bit\n"
    shown, _ = opened(text)
    numbers = tokens.tokens(shown)
    found, line, start = [], 0, 0
    for place in range(0, len(numbers), 5):
        down, right, length, kind, _ = numbers[place : place + 5]
        line, start = line + down, right if down else start + right
        found.append((text.split("\n")[line][start : start + length], tokens.LEGEND[kind]))
    assert [word for word, kind in found if kind == "function"] == ["bit", "max", "bit", "h"]
    assert found[0] == ("def", "keyword")
    assert ("def", "variable") in found


def problems(text: str) -> list[tuple[str, str]]:
    found = [one.diagnostic for one in lint(Source(text, "main.qc"))]
    return [(one.code, one.span.text if one.span else "") for one in found]


def test_the_linter_knows_functions() -> None:
    text = (
        "const n = 2\nconst lost = 1\n"
        "def used(x, idle, n) = x + n\ndef unused(y) = y\nhamiltonian h(n, k) = n*Z[0]\nhamiltonian never = Z[0]\n"
        "circuit c {\n  qubit q[n]\n  hamiltonian here(a) = Z[0]\n  hamiltonian spare = Z[0]\n"
        "  pauliexp(used(1, 2, 3), h(n, k = 2) + here(1)) q\n}\nrun c\n"
        'test "t" for n in range(2) { qubit q; const lost = n; rx(lost) q; expect prob("0") > 0.2 }\n'
    )
    assert problems(text) == [
        ("QC1004", "idle"),
        ("QC1016", "n"),
        ("QC1005", "unused"),
        ("QC1016", "n"),
        ("QC1004", "k"),
        ("QC1005", "never"),
        ("QC1004", "a"),
        ("QC1005", "spare"),
        ("QC1016", "n"),
        ("QC1016", "lost"),
    ]
    after, count = fixed(Source(text, "main.qc"))
    assert count == 3
    assert meaning(after) == meaning(text)
    assert not problems("def f(x, y = x) = y\nhamiltonian h(n = f(1)) = n*Z[0]\nqubit q\npauliexp(0.1, h()) q\n")


def test_the_reference_lists_functions() -> None:
    found, errors = chapters([Source(SHADOWS, "main.qc")])
    assert not errors
    text = markdown(found)
    assert "## function bit\n\n```qc\ndef bit(x, k = 0) = x >> k & 1\n```\n\nThe bit of x at k." in text
    assert "- parameter: `k`, `0` if not given" in text
    ising = next(entry for entry in found[0].entries if entry.name == "ising")
    assert (ising.kind, [p.default for p in ising.parameters], ising.uses) == ("hamiltonian", ["", "x"], ("x",))
    assert next(entry for entry in found[0].entries if entry.name == "bit").tests == ("one",)


def test_functions_of_other_files_are_renamed_everywhere(tmp_path: Path) -> None:
    texts = {
        "main.qc": 'include "lib.qc"\nqubit q\ndef own(x) = shift(x, by = 2)\nrx(own(1) + shift(1)) q\n',
        "lib.qc": "const step = 1\ndef shift(x, by = step) = x + by\nhamiltonian up(k) = shift(k)*Z[0]\n",
    }
    files = Workspace()
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        files.open(text, (tmp_path / name).as_uri())
    main = files.documents[(tmp_path / "main.qc").as_uri()]
    for mark, new, count in (("shift(x", "move", 4), ("by = 2", "far", 3)):
        change = renaming.rename(main, main.text.index(mark), new, files)["changes"]
        assert sum(len(edits) for edits in change.values()) == count
    with pytest.raises(CompileError, match="QC0998"):
        renaming.rename(main, main.text.index("own"), "up", files)  # a function hides no other
    with pytest.raises(CompileError, match="QC0997"):
        renaming.rename(main, main.text.index("own"), "max", files)
