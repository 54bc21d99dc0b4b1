"""One style: formatting changes only spaces, is stable, and keeps every comment.

The judge is the parser: the formatted text must read like the original, down to the lowered circuits. Would catch a
token that is lost, joined to its neighbour or moved, a comment that is dropped or swallows code, a style that never
settles, and a text that ends in anything but a program or a list of errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import programs
from test_fuzz import CORPUS, HARD, TOKENS, mutated

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.cli.init import BELL
from ionqdsl.diagnostics import CompileError, InternalError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.emit import qc
from ionqdsl.language import familiar, lines, syntax
from ionqdsl.language.layout import WIDTH, Line
from ionqdsl.language.parse import parse
from ionqdsl.language.reformat import reformat

ROOT = Path(__file__).parent.parent
FILES = sorted([*(ROOT / "examples").rglob("*.qc"), *(ROOT / "grammar").glob("*.qc")])
COMMENT = re.compile(r'"(?:[^"\\\n]|\\.)*"|(#[^\n]*)')


def formatted(text: str) -> str:
    return reformat(Source(text))


def plain(node: Any) -> Any:
    """A syntax tree without places, with plain lines as the statements they stand for."""
    if isinstance(node, Span | Source):
        return None
    if isinstance(node, tuple):
        inner: list[Any] = []
        for item in node:
            inner += map(plain, lines.applications(item)) if isinstance(item, syntax.Lines) else [plain(item)]
        return inner
    if hasattr(node, "__fields__"):
        return type(node).__name__, [plain(getattr(node, name)) for name in node.__fields__ if name != "span"]
    return node


def comments(text: str) -> list[str]:
    """Every comment, found without the compiler."""
    return [match[1].rstrip() for match in COMMENT.finditer(text) if match[1]]


def judge(text: str) -> str:
    result = formatted(text)
    assert plain(parse(Source(result)).file.items) == plain(parse(Source(text)).file.items)
    assert comments(result) == comments(text)
    assert formatted(result) == result
    assert not re.search(r"[ \t]$|\n\n\n|\A\n|\n\n\Z", result, re.MULTILINE)
    return result


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_programs_of_the_project_are_formatted(path: Path) -> None:
    """Run `ionqdsl fmt` on the file where this fails."""
    text = path.read_text(encoding="utf-8")
    assert judge(text) == text


def _own_blocks(page: Path) -> str:
    """A page without the output of commands, in longer code blocks."""
    return re.sub(r"^````.*?^````$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def documented() -> list[pytest.param]:
    return [
        pytest.param(text, id=f"{page.name}-{number}")
        for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
        for number, text in enumerate(re.findall(r"```qc\n(.*?)```", _own_blocks(page), re.DOTALL))
    ]


@pytest.mark.parametrize("text", documented())
def test_programs_on_pages_are_formatted(text: str) -> None:
    """`ionqdsl fmt -` shows how the program should stand on its page."""
    assert judge(text) == text


def test_what_init_writes_is_formatted() -> None:
    assert judge(BELL) == BELL


@pytest.mark.parametrize("text", CORPUS, ids=range(len(CORPUS)))
def test_every_program_of_the_tests(text: str) -> None:
    try:
        judge(text)
    except CompileError:
        assert parse(Source(text)).diagnostics


@given(programs())
def test_generated_programs_mean_the_same(text: str) -> None:
    """Down to the rows of the circuits."""
    before, _ = stages.load(Source(text))
    after, _ = stages.load(Source(judge(text)))
    assert [list(circuit.rows) for circuit in before.runs] == [list(circuit.rows) for circuit in after.runs]
    assert [circuit.registers for circuit in before.runs] == [circuit.registers for circuit in after.runs]
    assert [circuit.name for circuit in before.runs] == [circuit.name for circuit in after.runs]


CALLS = [
    "c( 3 )", "c(3,m=2)", "c(\n  4)", "c(1+1,\n 2)", "c( # a\n # b\n 2*1 # d\n)", "c(m=[1,2,][0],n=2)", "c(-1+2,)",
    "c(" + "+".join(["1"] * 40) + ")", "c(len(\"a  b\"))", "c(n=4//2*1)", "c", "c()", "c(1)", "c(2, m = 1)",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
def test_formatting_changes_no_name(call: str) -> None:
    """A circuit without `as` is named after its call, and results are found by name."""
    text = f"circuit c(n = 2, m = 1) {{ qubit q[8]; for i in range(m) {{ rx(0.1*n) q }} }}\nrun {call}\n"
    (before,), (after,) = (stages.load(Source(one))[0].runs for one in (text, reformat(Source(text))))
    assert before.name == after.name
    assert "#" not in before.name
    assert len(call) > 60 or reformat(Source(f"run {before.name}\n")) == f"run {before.name}\n"


@given(programs())
def test_what_the_compiler_prints_is_formatted(text: str) -> None:
    printed = qc.program_text(stages.load(Source(text))[0])
    assert formatted(printed) == printed


WIDE = {
    "many circuits": "circuit a(t) { qubit q; rx(t) q }\n"
    'run a(k) for k in linspace(0, 1, 9) as "a long label, {k:.3f}"\n',
    "one wide gate": "qubit q[6]\nh q[0]\n"
    "pauliexp(0.1, sum([X[k]*Y[(k + 1) % 6]*Z[(k + 2) % 6]/7 for k in range(6)])) q\n",
    "many slots": "qubit a[40]\nh a\nregister out = " + ", ".join(f"a[{k * 7 % 40}]" for k in range(40)) + "\n",
    "a long list": 'function { type = "f"; data { rows = [' + ", ".join(f"0.1234{k}" for k in range(30)) + "] } }\n",
}


@pytest.mark.parametrize("text", WIDE.values(), ids=WIDE)
def test_what_the_compiler_prints_is_formatted_where_it_is_wide(text: str) -> None:
    program = stages.load(Source(text))[0]
    printed = qc.program_text(program)
    assert formatted(printed) == printed
    assert max(map(len, printed.splitlines())) <= qc.WIDTH == WIDTH
    again = stages.load(Source(printed))[0]
    assert [c.rows for c in again.runs] == [c.rows for c in program.runs]
    assert again.function == program.function or again.function.data == program.function.data
    for circuit in program.runs:
        assert formatted(qc.text(circuit)) == qc.text(circuit)


@st.composite
def disturbed(draw: st.DrawFn) -> str:
    """A program with comments, blank lines and blanks put wherever they may stand, and some that it cannot have."""
    text = draw(programs() | st.sampled_from(CORPUS))
    places = [match.end() for match in re.finditer(r"[\n,;{(\[]|(?=[)\]}])|(?=\{)|(?=else)", text)]
    for place in sorted(draw(st.sets(st.sampled_from(places or [0]), max_size=6)), reverse=True):
        put = draw(st.sampled_from(["# note\n", "  ## doc #2\n", "\n", "\n\n\n", "\t", " ", "#\n", '# "a\n', "\r\n"]))
        text = text[:place] + put + text[place:]
    return text


@given(disturbed())
def test_comments_stay_wherever_they_stand(text: str) -> None:
    try:
        formatted(text)
    except CompileError:
        assert parse(Source(text)).diagnostics
    else:
        judge(text)


@given(mutated() | st.text(max_size=100) | st.lists(st.sampled_from(TOKENS), max_size=40).map(" ".join))
def test_any_text_is_formatted_or_refused(text: str) -> None:
    try:
        judge(text)
    except CompileError:
        assert any(diagnostic.is_error for diagnostic in parse(Source(text)).diagnostics)


@pytest.mark.parametrize("text", [text for text in HARD if len(text) < 6_000], ids=lambda text: ascii(text[:30]))
def test_hard_texts(text: str) -> None:
    """Deep, long and odd ones; trees are too deep to be compared here, the tokens are compared by `reformat`."""
    try:
        result = formatted(text)
    except CompileError:
        assert any(diagnostic.is_error for diagnostic in parse(Source(text)).diagnostics)
    else:
        assert formatted(result) == result
        assert comments(result) == comments(text)


# -- the style ---------------------------------------------------------------------------------------------------


STYLE = {
    "a statement a line": ("h q[0]; x q[1];\n", "h q[0]\nx q[1]\n"),
    "one line for a block on one line": ("for i in range(2){h q[i]}", "for i in range(2) { h q[i] }\n"),
    "several for a block on several": ("if a {\nh q } else { x q }", "if a {\n  h q\n} else {\n  x q\n}\n"),
    "else if chains": ("if a {x q\n}\nelse if b {y q}", "if a {\n  x q\n} else if b {\n  y q\n}\n"),
    "empty blocks": ("circuit a(n=3) {\n\n}\ncircuit b { # c\n}", "circuit a(n = 3) { }\ncircuit b {  # c\n}\n"),
    "products": ("rx(2 * a / 3 ** k) q", "rx(2*a/3**k) q\n"),
    "products with a remainder": ("rx(2*a%3) q[a//2]", "rx(2 * a % 3) q[a // 2]\n"),
    "sums and signs": ("rx(- a+-b - + 1) q[ -1 ]", "rx(-a + -b - +1) q[-1]\n"),
    "slices": ("h q[ 0 : 4 : 2 ], q[ :: -1 ]", "h q[0:4:2], q[::-1]\n"),
    "modifiers": ("ctrl( 2 )@inv@x q", "ctrl(2) @ inv @ x q\n"),
    "named arguments": ("ms(0,0,angle=0.1) a,b", "ms(0, 0, angle = 0.1) a, b\n"),
    "words and brackets": ("const a = not(b) if (c) else [1][0]", "const a = not (b) if (c) else [1][0]\n"),
    "numbers as written": ("rx(1_000.50e-3) q; rx(.5turn) q", "rx(1_000.50e-3) q\nrx(.5turn) q\n"),
    "one blank line": ("\n\nh q\n\n\n\nx q\n\n", "h q\n\nx q\n"),
    "no blank line inside braces": ("circuit a {\n\n  h q\n\n}", "circuit a {\n  h q\n}\n"),
    "comments in a column": ("h q # a\ncnot q, r #b\n\nx q #c", "h q        # a\ncnot q, r  #b\n\nx q  #c\n"),
    "comments of their own": ("#  a\nif b {\n      # c\n}", "#  a\nif b {\n  # c\n}\n"),
    "comments before braces": ("if a # b\n{ h q }", "if a {  # b\n  h q\n}\n"),
    "comments before else": ("if a { h q } # b\n# c\nelse { x q }", "if a {\n  h q\n} else {  # b\n  # c\n  x q\n}\n"),
    "comments behind commas": ("cnot q[0], # a\n  q[1]", "cnot q[0],  # a\n    q[1]\n"),
    "comments in brackets": ("const a = [1 # b\n, 2, # c\n]", "const a = [\n  1,  # b\n  2,  # c\n]\n"),
    "a comma too many": ("const a = [1, 2,]", "const a = [1, 2]\n"),
    "a tuple of one": ("const a = ( 1 ,)", "const a = (1,)\n"),
    "tuples of one": ("const a=[(1,),((2,),)]; rx(0.5,) q", "const a = [(1,), ((2,),)]\nrx(0.5) q\n"),
    "a comment in a tuple of one": ("const a = (1, # b\n)", "const a = (\n  1,  # b\n)\n"),
    "loops over pairs": (
        f"const a = [{'first_value*' * 6}second_value for first_value, second_value in pairs_of_values]",
        f"const a = [\n  {'first_value*' * 6}second_value\n      for first_value, second_value in pairs_of_values\n]\n",
    ),
    "plain lines": ("h  q[0]\n" * 9, "h q[0]\n" * 9),
    "nothing": ("\n \n", ""),
    "only a comment": ("#a", "#a\n"),
}


@pytest.mark.parametrize(("text", "wanted"), STYLE.values(), ids=STYLE)
def test_style(text: str, wanted: str) -> None:
    assert judge(text) == wanted


LONG = {
    "short elements share lines": (
        "const a = [" + ", ".join(["0.125"] * 30) + "]",
        "const a = [\n  " + ", ".join(["0.125"] * 14) + ",\n  " + ", ".join(["0.125"] * 14)
        + ",\n  0.125, 0.125\n]\n",
    ),
    "long ones have lines of their own": (
        "const a = [" + ", ".join([f"[{k}, linspace(0, 100*pi, 7)]" for k in range(4)]) + "]",
        "const a = [\n" + "".join(f"  [{k}, linspace(0, 100*pi, 7)],\n" for k in range(4)) + "]\n",
    ),
    "runs": (
        "run " + ", ".join([f'ghz({k}) as "a name that is long"' for k in range(3)]),
        'run ghz(0) as "a name that is long",\n    ghz(1) as "a name that is long",\n    '
        'ghz(2) as "a name that is long"\n',
    ),
    "operands": (
        "barrier " + ", ".join(f"q[{k + 10}]" for k in range(15)),
        "barrier " + ", ".join(f"q[{k + 10}]" for k in range(13)) + ",\n    q[23], q[24]\n",
    ),
    "sums in brackets": (
        "pauliexp(0.5, " + " + ".join(["0.125*X[0]*X[1]"] * 7) + ") q",
        "pauliexp(\n  0.5,\n  " + " + ".join(["0.125*X[0]*X[1]"] * 5)
        + "\n      + 0.125*X[0]*X[1] + 0.125*X[0]*X[1],\n) q\n",
    ),
    "a block that is too wide for one line": (
        "for i in range(2) { " + "; ".join(["cnot q[0], q[1]"] * 6) + " }",
        "for i in range(2) {\n" + "  cnot q[0], q[1]\n" * 6 + "}\n",
    ),
    "a sum outside brackets": (
        "const total = " + " + ".join(["element[0]"] * 13),
        "const total = " + " + ".join(["element[0]"] * 6) + "\n" + "  + element[0]" + " + element[0]" * 6 + "\n",
    ),
    "a sum that is partly broken": (
        "const total = element[0]\n  - " + " - ".join(["element[0]"] * 8),
        "const total = element[0]\n  " + " ".join(["- element[0]"] * 7) + "\n  - element[0]\n",
    ),
    "a call in a sum": (
        "const y = " + "a" * 50 + " + sum(" + "b" * 30 + "[i] for i in range(3)) - c",
        "const y = " + "a" * 50 + "\n  + sum(" + "b" * 30 + "[i] for i in range(3)) - c\n",
    ),
    "a condition": (
        "if " + "a" * 50 + " == 1 and " + "b" * 40 + " == 2 { x q }",
        "if " + "a" * 50 + " == 1\n  and " + "b" * 40 + " == 2 {\n  x q\n}\n",
    ),
    "a product that cannot be broken": ("hamiltonian a = " + "*".join(["X[0]"] * 25), None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), LONG.values(), ids=LONG)
def test_lines_that_are_too_long(text: str, wanted: str | None) -> None:
    assert judge(text) == (wanted or text + "\n")


def test_a_change_of_the_program_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only checked texts are given back."""
    from ionqdsl.language import reformat as module

    for wrong in ("h q[1]\n", "h q[0]\nx q[0]\n", "h q[0]  # added\n"):
        monkeypatch.setattr(module, "_joined", lambda lines, wrong=wrong: wrong.splitlines(keepends=True))
        with pytest.raises(InternalError):
            formatted("h q[0]\n")


TIDY = """\
qubit q[2]
# above
const a = [1, 2]  # behind
h q[0]

if a[0] == 1 { x q[0] } else { y q[1] }
for i in range(2) {
  # inside
  rx(i*pi) q[1]
}
# at the end
"""


@pytest.mark.parametrize("text", [TIDY, TIDY.replace("h q[0]\n", "h  q[0]; x q\n"), TIDY.replace("\n", ";\n", 1)])
@pytest.mark.parametrize("damage", [lambda line: "", lambda line: line + line, lambda line: line[:-2] + "0\n"])
def test_a_change_of_any_line_would_be_noticed(
    text: str, damage: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that are as they were are not read again; none that is not may pass for one of them."""
    from ionqdsl.language import reformat as module

    joined = module._joined
    assert formatted(TIDY) == TIDY
    for number, line in enumerate(formatted(text).splitlines(keepends=True)):
        if line == "\n":
            continue

        def wrong(lines: list[Line], number: int = number) -> list[str]:
            written = joined(lines)
            return [*written[:number], damage(written[number]), *written[number + 1 :]]

        with monkeypatch.context() as patch:
            patch.setattr(module, "_joined", wrong)
            with pytest.raises(InternalError):
                formatted(text)


def test_what_is_in_the_style_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from ionqdsl.language import reformat as module

    read: list[str] = []
    lexemes = module.lexemes
    monkeypatch.setattr(module, "lexemes", lambda source: read.append(source.text) or lexemes(source))
    formatted(TIDY)
    assert read == [TIDY, "# at the end\n"]
    del read[:]
    formatted(TIDY.replace("x q[0] }", "x  q[0] }"))
    assert read[1] == "\nif a[0] == 1 { x q[0] } else { y q[1] }\n# at the end\n"


def outcome(text: str) -> str | list[tuple[str, Any, str]]:
    """The formatted text, or the errors with their places."""
    try:
        return formatted(text)
    except CompileError as error:
        return [(one.code, str(one.place), one.message) for one in error.diagnostics]


@contextmanager
def forms(least: int) -> Iterator[list[familiar.Shortened]]:
    """Looks for familiar forms in texts of so many lines; the texts that were shortened."""
    found: list[familiar.Shortened] = []
    shortened = familiar.shortened

    def noted(*arguments: Any) -> familiar.Shortened | None:
        short = shortened(*arguments)
        found.extend([short] if short is not None else [])
        return short

    with ExitStack() as stack:
        stack.enter_context(patch("ionqdsl.language.reformat.LONG", least))
        for name, value in (("_FEWEST", 1), ("_RARE", 0), ("shortened", noted)):
            stack.enter_context(patch.object(familiar, name, value))
        yield found


ALONE = [
    "rx(2*pi) q[0]", "rx( 0.5)   q[1]", "h q", "cx q[0] ,q[1]", "# above", "x q[0]  # behind", "x q[1] # there", "", "",
    "const a = 1 +", "b q[0]", "+ 1", "else { x q }", "for i in range(2) {\n  rx(i*pi) q[i]\n}", "if 1 {", "}",
    "qc 2", "const t = [a, b, (c,)]",
    "gate g(t) a, b { rx(t) a; cx a, b }", "for i in range(2) {\nrx(i*pi) q[i]\n}", "x q; y q", 'run a as "b"',
    "(", "]", "rx(1.2.3) q[0]", "rx(1.5e+3.2) q", "rx(.5) q", "rx(a.5) q", "x \u00a0# c", "rz(pi/2) \\", "x q,\ny q",
    "not q[1]", f"rx({'1 + ' * 30}1) q[0]", f"const {'long' * 20} = [{'1, ' * 9}2]", "else q", "\tx q\r", "x q\f",
]  # fmt: skip


@given(st.lists(st.sampled_from(ALONE) | st.sampled_from(ALONE[:8]), min_size=3, max_size=20), st.sampled_from("\n;"))
def test_familiar_statements_are_formatted_like_all_others(pieces: list[str], end: str) -> None:
    """Valid texts get the same lines, others the same errors, and nothing is left out that makes a text valid."""
    text = "\n".join(pieces) + end
    with forms(least=10**9):
        expected = outcome(text)
    with forms(least=0) as found:
        assert outcome(text) == expected
    if isinstance(expected, list):
        with forms(least=10**9):
            assert all(isinstance(outcome(short.text), list) for short in found)


@given(programs(), st.sampled_from(ALONE))
def test_programs_among_familiar_statements(text: str, piece: str) -> None:
    text = f"{text}{piece}\nx q[0]\n\nx q[0]\ny  q[0]\nx q[0]\n{piece}\n"
    with forms(least=10**9):
        expected = outcome(text)
    with forms(least=0) as found:
        assert outcome(text) == expected
    assert found


def test_a_long_text_is_read_once_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    from ionqdsl.language import reformat as module

    text = "".join(
        f"const a{k} = {k}*pi\nrx(a{k}/7) q[{k}]  # {k}\nfor i in a{k} {{\n  y q[i]\n}}\n" for k in range(500)
    )
    read: list[int] = []
    lexemes = module.lexemes
    monkeypatch.setattr(module, "lexemes", lambda source: read.append(len(source.text)) or lexemes(source))
    assert formatted(text) == text
    assert formatted(text.replace("*pi", " * pi").replace("  #", "#")) == text
    assert sum(read) < 2000


def test_line_endings_stay() -> None:
    assert iq.format("qubit  q\r\nh q\r\n") == "qubit q\r\nh q\r\n"
    assert iq.format("qubit  q\nh q\r\n") == "qubit q\nh q\n"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("const a = 1 +\n     2\n", "const a = 1 +\n  2\n"),
        ("const a = 1\n+ 2   # two\n  + 3\n", "const a = 1\n  + 2  # two\n  + 3\n"),
        ("hamiltonian h=Z[0]\n\n # more\n   +X[0]*\n Y[1]\n", None),
        ("if 1 > 2\nor 3>2 { x q }\n", "if 1 > 2\n  or 3 > 2 {\n  x q\n}\n"),
        ("const a = (1 +\n2)\n", "const a = (1 + 2)\n"),
        ("const a=~ x&3<<k|b . c\n", "const a = ~x & 3 << k | b.c\n"),
        ("def f( x ,k=1 )=x>>k\n", "def f(x, k = 1) = x >> k\n"),
        ("for a ,(b,c) in [( 1,(2,3) )]{x q}\n", "for a, (b, c) in [(1, (2, 3))] { x q }\n"),
    ],
)
def test_lines_that_go_on_stay_broken(text: str, wanted: str | None) -> None:
    """A line is broken where its writer broke it next to an operator; the lines that go on are indented."""
    once = reformat(Source(text))
    assert wanted is None or once == wanted
    assert reformat(Source(once)) == once
    assert "".join(once.split()) == "".join(text.split())
