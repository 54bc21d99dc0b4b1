"""The language server's answers about documents, function by function.

Names are checked by the compiler: a program with a renamed symbol must compile to the same gates. Places are checked by
the whole tree, values by numbers computed by hand, fixes by whether the message goes away.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.codes import CODES
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.keywords import KEYWORDS
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import CONSTANTS
from ionqdsl.language.functions import FUNCTIONS
from ionqdsl.language.parse import parse
from ionqdsl.language.reformat import reformat
from ionqdsl.lsp import (
    completion,
    fixes,
    formatting,
    fragments,
    hints,
    hover,
    keyword_docs,
    lenses,
    navigation,
    outline,
    renaming,
)
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.mentions import mentions
from ionqdsl.lsp.positions import edited, offset, position
from ionqdsl.lsp.workspace import Workspace
from tests import steps
from tests.programs import programs

ALONE = Workspace()
"""No other file is open."""
EXAMPLES = sorted((Path(__file__).parent.parent / "examples").rglob("*.qc"))
MANY = """job { name = "all"; shots = 10; noise { model = "ideal" } }
const n = 3
param theta = 0.3
## Turns both.
gate both(x, k = 2) a, b { const y = k * x; rz(y) a; for i in range(2) { cnot a, b } }
circuit ring(n, w = pi / n) {
  qubit q[n]
  let first = q[0:2]
  const y = w * 2
  for i in range(n - 1) { both(y, k = 3) q[i], q[i + 1]; rx(sum([t * i for t in range(n)])) q[i] }
  if n > 2 { ry(theta) first } else { h q }
  register out = q[0], _, first[1]
}
circuit other { qubit q; both(n) q, q }
run ring(3, w = 0.5), ring(n, w = t) for t in linspace(0, pi, 3) as "ring {t:.2f}"
"""
MANY = MANY.replace("both(n) q, q", "rx(n) q")


def marked(text: str) -> tuple[Document, int]:
    """A document and the offset of the mark ‸ in it."""
    at = text.index("‸")
    return Document(text.replace("‸", "", 1)), at


# --- places ----------------------------------------------------------------------------------------------------------


@given(st.text(alphabet="ab\n😀é\t", max_size=30), st.data())
def test_offsets_and_positions_are_each_others_inverse(text: str, data: st.DataObject) -> None:
    source = Source(text)
    at = data.draw(st.integers(0, len(text)))
    place = position(source, at)
    before = text[:at]
    assert place["line"] == before.count("\n")
    assert place["character"] == len(before.rpartition("\n")[2].encode("utf-16-le")) // 2
    assert offset(source, place) == at


@given(st.text(alphabet="ab\n😀", max_size=20), st.text(alphabet="c\n😀", max_size=5), st.data())
def test_edits_replace_what_they_say(text: str, new: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    source = Source(text)
    change = {"range": {"start": position(source, start), "end": position(source, end)}, "text": new}
    assert edited(text, [change]) == text[:start] + new + text[end:]
    assert edited(text, [change, {"text": "x\r\ny"}]) == "x\ny"


def whole_tree(text: str) -> set[tuple[str, int, int]]:
    """Every mention by a parse of the whole text, blocks walked by hand."""
    found = set()
    waiting: list[Any] = list(parse(Source(text)).file.items)
    while waiting:
        node = waiting.pop()
        if isinstance(node, syntax.SettingsBlock):
            waiting += node.settings
        elif isinstance(node, syntax.SettingEntry) and isinstance(node.value, tuple):
            waiting += node.value
        else:
            found |= {(m.name, m.start, m.end) for m in mentions((node,))}
            waiting += [*getattr(node, "body", ()), *getattr(node, "then", ()), *getattr(node, "otherwise", ())]
    return found


def by_pieces(text: str) -> set[tuple[str, int, int]]:
    document = Document(text)
    return {(m.name, m.start, m.end) for piece in document.pieces for m in document.mentions_in(piece)}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_pieces_hold_every_name_of_the_examples(example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    assert by_pieces(text) == whole_tree(text)
    assert by_pieces(reformat(Source(text))) == whole_tree(reformat(Source(text)))


@settings(max_examples=30)
@given(programs())
def test_pieces_hold_every_name_of_generated_programs(text: str) -> None:
    """Would catch a statement that is cut in the wrong place: its names would be missing or moved."""
    assert by_pieces(text) == whole_tree(text)


def test_pieces_hold_what_is_written_over_several_lines() -> None:
    text = (
        "const a = [1,  # one\n  2,\n\n  3]\nqubit q[3], # three\n r\nif len(a) > 2\n# why\n{ h q }\nelse\n{ x q }\n"
        "rx(a[0] *\n  (1 +\n 2)\n) q; cnot q[0],\n  q[1] # end\ncircuit_like q\n"
    )
    assert by_pieces(text) == whole_tree(text)
    assert by_pieces(MANY) == whole_tree(MANY)


EDITS = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.integers(0, 6),
        st.sampled_from(["", " ", "\n", ";", "{", "}", "(", ")", ",", '"', "#", "f", "for", "x q", "@", "=", "[", "]"]),
    ),
    min_size=1,
    max_size=5,
)


@given(st.one_of(st.just(MANY), programs()), EDITS)
def test_pieces_after_an_edit_are_those_of_the_text(text: str, edits: list[tuple[int, int, str]]) -> None:
    """Would catch a piece that is kept although the edit after it has changed its kind, or its end."""

    def shape(found: list[fragments.Fragment]) -> list[Any]:
        return [(p.kind, p.start, p.end, p.text, p.word, p.until, p.parent and p.parent.start) for p in found]

    known = fragments.cut(text)
    for at, length, new in edits:
        at %= len(text) + 1
        after = text[:at] + new + text[at + length :]
        found = fragments.cut(after, (text, known))
        assert shape(found) == shape(fragments.cut(after))
        text, known = after, found


# --- hover, hints, completion ----------------------------------------------------------------------------------------

HOVERS = {
    "const a = ‸90deg": "`0.25turn = 1.5708rad = 90deg`",
    "const ‸a = 90deg": "`0.25turn = 1.5708rad = 90deg`",
    "const a = 1\nconst ‸b = 2*a + 1/2": "`2.5`",
    "const ‸a = pi/3": "as an angle in qis: `1/6turn = 1.0472rad`",
    "qubit q\nrx(‸0.5) q": "`0.0795775turn = 0.5rad`",
    "gateset native\nqubit q\ngpi(‸0.5) q": "`0.5turn = 3.14159rad`",
    "qubit q\nnative { gpi2(1/‸8) q }": "`0.125turn = 0.785398rad`",
    "const d = 30deg\nqubit q\nrz(2*d +‸ d) q": "`0.25turn = 1.5708rad`",
    "qubit q[2]\n‸zz(1) q": "exp(-i theta/2 ZZ), theta in radians",
    "gateset native\nqubit q[2]\n‸zz(0.1) q": "exp(-i pi angle ZZ), angle in turns",
    "qubit q[3]\n‸ccx q": "gate ccx c, d, a",
    "qubit q\nctrl @ ‸inv @ s q": "the inverse of a gate",
    "param ‸x": "without a value",
    "## Both.\ngate g a {\n  h a\n}\nqubit q\n‸g q": "```qc\ngate g a {\n  h a\n}\n```\n\ngate\n\nBoth.",
    "for ‸i in range(4) { }": "4 values: 0, 1, 2, 3",
    "job { ‸shots = 5 }": "`shots`\n\ninteger: how often each circuit runs",
    "job { settings { compilation { ‸opt = 0 } } }": "`settings.compilation.opt`",
    'job { backend = "qpu.‸forte-1" }': "at most 36 qubits",
    'job { noise { model = "‸aria-1" } }': "two-qubit gates 0.0133",
    "energy { ‸ansatz = a }": "the circuit that prepares the state",
    "const x = ‸linspace(0, 1, 3)": "`linspace(first, last, count)`",
    "const x = ‸tau": "a full turn",
    "gate g a { h a\njob { settings { compilation { ‸opt = 0 } } }": "`settings.compilation.opt`",
    "gate g a { h a\nfunction { ‸type = 3 }": "`type`",
    "gateset ‸native": "plain number as an angle is in turns",
}


@pytest.mark.parametrize(("text", "part"), HOVERS.items(), ids=lambda text: text.replace("\n", "; "))
def test_hover_says(text: str, part: str) -> None:
    found = hover.hover(*marked(text))
    assert found is not None
    assert part in found["contents"]["value"]


def test_hover_is_silent_where_there_is_nothing() -> None:
    for text in ("# com‸ment", "qubit q ‸  ", "‸", "h unknown‸"):
        assert hover.hover(*marked(text)) is None


def test_a_matrix_is_shown_as_it_is() -> None:
    """The numbers are those of the definition of `s`, by hand."""
    found = hover.hover(*marked("qubit q\n‸s q"))
    assert found is not None
    assert "|0>  1  .\n|1>  .  i" in found["contents"]["value"]


def test_angles_get_their_other_unit() -> None:
    text = """const a = 45deg
param t
qubit q[2]
rx(pi/2) q[0]; ry(90deg) q[0]; rz(a/2) q; rx(0.25turn) q
u3(pi, 0, 1rad) q[0]
rx(t) q; rx(0) q; h q
native { gpi(0.5) q[0]; ms(0, 0.25, angle = 0.1) q[0], q[1] }
pow(2) @ rx(tau/3) q[0]
"""
    document = Document(text)
    labels = [hint["label"] for hint in hints.hints(document, 0, len(text))]
    expected = ["1/4", "1.5708", "0.392699", "1.5708", "0.5", "0.159155", "3.14159", "1.5708", "0.628319", "1/3"]
    expected[0] = "0.25"
    units = ["turn", "rad", "rad", "rad", "turn", "turn", "rad", "rad", "rad", "turn"]
    assert labels == [f"= {number}{unit}" for number, unit in zip(expected, units, strict=True)]
    first = hints.hints(document, 0, text.index("ry"))[0]
    assert first["position"] == {"line": 3, "character": 7}
    assert hints.hints(document, 0, text.index("rx(pi")) == []


COMPLETIONS = {  # text: (the words that must be there, those that must not)
    "‸": ("job qubit cnot circuit", "q gpi"),
    "qubit q[2]\nh q\n‸": ("h rx ccx register", "q gpi2"),
    "qubit q[2]\nct‸": ("ctrl cnot cx", ""),
    "qubit q[2]\nctrl @ ‸": ("x rz inv", "qubit job"),
    "qubit q[2]\ncnot ‸": ("q", "cnot pi"),
    "qubit q[2]\nlet half = q[0:1]\ncnot q[0], ‸": ("q half", "cnot pi"),
    "const n = 2\nqubit q[2]\nrx(‸": ("n pi sqrt turn theta", "q cnot"),
    "const n = 2\nqubit q[2]\nrx(n) q[‸": ("n len", "cnot"),
    "qubit q\nrx(90‸": ("90deg 90turn 90rad", "q"),
    "qubit q\nrx(90d‸) q": ("90deg", "90turn"),
    "gate g(x) a, b { ‸": ("h for g", "qubit register job"),
    "gate g(x) a, b { rx(‸": ("x pi", "a b"),
    "gate g(x) a, b { cnot ‸": ("a b", "x"),
    "circuit a { qubit q; native { ‸": ("gpi ms zz", "h cx"),
    "circuit a { gateset native; qubit q; ‸": ("gpi ms", "h cx"),
    "circuit a { gateset native; qubit q }\ncircuit b { ‸ }": ("h cx", "gpi"),
    "circuit a(n) { }\nrun ‸": ("a", "cnot"),
    "gateset ‸": ("qis native", "h"),
    "job { ‸": ("name shots backend noise settings", "qubit opt"),
    "job { shots = 1\n  ‸ }": ("name backend", "shots"),
    "job { settings { compilation { ‸": ("opt precision", "shots"),
    "circuit a { qubit q\njob { noise { ‸": ("model seed", "shots h"),
    "job { backend = ‸": ('"simulator" "qpu.forte-1"', '"aria-1"'),
    'job { backend = "q‸" }': ('"qpu.forte-1"', ""),
    "job { noise { model = ‸": ('"aria-1" "ideal"', '"simulator"'),
    "job { dry_run = ‸": ("true false", ""),
    "hamiltonian m = Z[0]\ncircuit a { qubit q }\nenergy { ansatz = ‸": ("a", "m pi"),
    "hamiltonian m = Z[0]\nenergy { hamiltonian = ‸": ("m", "cnot"),
    "for i in range(2) { rx(‸": ("i range", ""),
    "for i in range(2) { }\nrx(‸": ("range", "i"),
    "# a comment ‸": ("", "h qubit"),
    'job { name = "a ‸': ("", "h shots"),
    "qubit ‸": ("", "h q"),
    "qubit q[2]\ncnot q[0],\n  ‸": ("q", "cnot"),
}


@pytest.mark.parametrize(("text", "expected"), COMPLETIONS.items(), ids=lambda text: str(text).replace("\n", "; "))
def test_completion_offers(text: str, expected: tuple[str, str]) -> None:
    labels = {item["label"].removesuffix(" @").removesuffix(" =") for item in completion.completions(*marked(text))}
    assert set(expected[0].split()) <= labels
    assert not set(expected[1].split()) & labels


def test_a_chosen_unit_replaces_the_number() -> None:
    document, at = marked("qubit q\nrx(90de‸) q")
    (item,) = completion.completions(document, at)
    change = {"range": item["textEdit"]["range"], "text": item["textEdit"]["newText"]}
    assert edited(document.text, [change]) == "qubit q\nrx(90deg) q"


def test_a_chosen_backend_replaces_what_was_typed_in_quotes() -> None:
    document, at = marked('job { backend = "qp‸" }')
    item = next(item for item in completion.completions(document, at) if "forte-1" in item["label"])
    change = {"range": item["textEdit"]["range"], "text": item["textEdit"]["newText"]}
    assert edited(document.text, [change]) == 'job { backend = "qpu.forte-1" }'


def test_every_word_has_its_line() -> None:
    assert set(keyword_docs.MEANINGS) >= KEYWORDS
    assert set(keyword_docs.FUNCTIONS) == {*FUNCTIONS, "env", "load"}
    assert set(keyword_docs.CONSTANTS) == set(CONSTANTS)


# --- fixes and formatting --------------------------------------------------------------------------------------------


def reported(text: str) -> list[Any]:
    try:
        return list(stages.load(Source(text))[1])
    except CompileError as error:
        return list(error.diagnostics)


@pytest.mark.parametrize("code", [code for code in CODES.values() if code.example], ids=lambda code: code.name)
def test_a_fix_settles_its_diagnostic(code: Any) -> None:
    """Every edit offered for the example of a code takes that message away."""
    for diagnostic in reported(code.example):
        for title, edits in fixes.fixes(diagnostic):
            text = code.example
            for span, new in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
                text = text[: span.start] + new + text[span.end :]
            assert code.name not in [one.code for one in reported(text)], (title, text)


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("qubit q\nrx(90deg + 0.5) q", "rx(90deg + 0.5rad) q"),
        ("qubit q\nrx(90deg + pi/4) q", "rx(90deg + (pi/4)*rad) q"),
        ("qubit q[2]\nrx(1) q[0], q[1]", "rx(1) q"),
        ("qubit q\nh q\ngpi(0.25) q", "native { gpi(0.25) q }"),
        ("qubit q\nrx(90degrees) q", "rx(90deg) q"),
        ("qubit q\nrx(2*π) q", "rx(2*pi) q"),
        ("x = 1\nqubit q\nrx(x) q", "const x = 1"),
        ("qubit q\nfor i in 3 { rx(i) q }", "for i in range(3) { rx(i) q }"),
        ('qubit q\nh q\njob { backend = "simulator"; shot = 1 }', "shots = 1"),
        ("job { name = 4 }\nqubit q\nh q", 'name = "4"'),
    ],
)
def test_first_fix(text: str, mended: str) -> None:
    offered = [fix for diagnostic in reported(text) for fix in fixes.fixes(diagnostic)]
    ((span, new),) = offered[0][1]
    assert mended in text[: span.start] + new + text[span.end :]


@settings(max_examples=15)
@given(programs())
def test_formatting_edits_make_what_fmt_makes(text: str) -> None:
    changes = [{"range": e["range"], "text": e["newText"]} for e in formatting.formatted(Document(text))]
    assert edited(text, changes) == reformat(Source(text))


def test_a_broken_text_is_not_formatted() -> None:
    assert formatting.formatted(Document("qubit  q[2\n")) == []


# --- any text --------------------------------------------------------------------------------------------------------


def poke(document: Document, at: int) -> None:
    """Asks everything at one place."""
    hover.hover(document, at)
    completion.completions(document, at)
    navigation.definition(document, at, ALONE)
    navigation.references(document, at, ALONE)
    navigation.highlights(document, at)
    document.gateset_at(at)
    with suppress(CompileError):
        renaming.rename(document, at, "fresh", ALONE)


@pytest.mark.parametrize("seed", range(4))
def test_any_beginning_of_a_program_gets_answers(seed: int) -> None:
    """Half-written text is the normal case: nothing may raise at any place of it."""
    for cut in range(seed, len(MANY), 29):
        document = Document(MANY[:cut])
        poke(document, cut)
        outline.outline(document)
        hints.hints(document, 0, cut)
        poke(Document(MANY[:cut] + "(" + MANY[cut:]), min(len(MANY), cut + 40))


@given(st.text(alphabet="q(){}[]\n ,;#\"'=@1 hforin", max_size=60), st.integers(0, 60))
def test_nonsense_gets_answers(text: str, at: int) -> None:
    document = Document(text)
    poke(document, min(at, len(text)))
    outline.outline(document)
    hints.hints(document, 0, len(text))


def test_a_missing_bracket_spoils_one_statement() -> None:
    document = Document("const a = 1\nqubit q[3]\nrx(a q[0]\nh q\nlet r = q[0:2]\nx r\n")
    assert [d.name for d in document.visible(len(document.text))] == ["a", "q", "r"]


def test_an_edit_costs_a_fraction_of_reading_the_whole() -> None:
    """In calls, counted; the time stands in docs/editor.md."""
    lines = [f"const a{k} = {k} * pi / 7\nrx(a{k}) q[{k % 5}]  # {k}\nif a{k} > 2 {{ h q }}" for k in range(700)]
    text = "qubit q[5]\n" + "\n".join(lines) + "\n"
    hover.hover(Document(text), text.index("rx(a350)") + 3)
    whole = steps.of(lambda: stages.load(Source(text)))
    with steps.counted(most=whole // 5):
        after = Document(text.replace("350 * pi", "351 * pi"))
        found = hover.hover(after, after.text.index("rx(a350)") + 3)
    assert found is not None
    assert "351 * pi" in found["contents"]["value"]


def test_a_circuit_whose_shape_is_open_is_counted_as_it_first_runs() -> None:
    """Not the part before the loop alone, which has no two-qubit gate."""
    found = lenses.counts(Source("circuit c(n) { qubit q[2]; h q; for i in range(n) { cnot q } }\nrun c(3), c(2)\n"))
    assert found["c"].startswith("c(3): aria 1 two-qubit gate,")
