"""The automaton reads every text as Lark does: the same tree with the same spans, or both refuse it.

Would catch a table that is copied wrong, a terminal that is tried in another order, and a child that is lost. Texts are
the examples, the libraries, the tests' programs, generated programs, and programs with a word changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cases
import lark
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openqasm_programs import openqasm
from programs import programs

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.language import automaton, faults, grammars, lark_parser, parse, statement_forms
from ionqdsl.language.actions import Parsed
from ionqdsl.language.brackets import Brackets, Stopped
from ionqdsl.read.openqasm import parse as openqasm_parse
from ionqdsl.read.openqasm.tree import QasmFile

ROOT = Path(__file__).parents[1]


def by_automaton(source: Source, express: bool = True) -> Parsed | None:
    """The tree, None if the automaton refuses the text."""
    parser, actions = parse._parser(express)
    actions.begin(source)
    try:
        file = parser.parse(source.text, Brackets())
    except (automaton.Unmatched, Stopped):
        return None
    return Parsed(file, tuple(actions.diagnostics), loads=tuple(actions.loads))


def by_lark(source: Source, express: bool = True) -> Parsed | None:
    parser = faults._parser(express and automaton.holds_runs(source.text))
    parser.actions.begin(source)
    try:
        file = parser.lark.parse(source.text)
    except lark.exceptions.UnexpectedInput:
        return None
    return Parsed(file, tuple(parser.actions.diagnostics), loads=tuple(parser.actions.loads))


def assert_alike(text: str, express: bool = True) -> bool:
    """Compares both; whether they read the text."""
    source = Source(text)
    one, other = by_automaton(source, express), by_lark(source, express)
    assert one == other
    assert repr(one) == repr(other)  # a token must not stand where a text should
    return one is not None


def texts() -> Iterator[tuple[str, str]]:
    """Every program of the project, and the programs in cases and pages, valid or not."""
    for path in sorted([*ROOT.glob("examples/**/*.qc"), *ROOT.glob("grammar/*.qc"), *ROOT.glob("tests/**/*.qc")]):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace")
    for path in sorted(cases.FOLDER.glob("**/*.case")):
        for case in cases.parse(path, path.read_text(encoding="utf-8")):
            yield from ((f"{case.name}, {name}", text) for name, text in case.files.items())
    for path in sorted(ROOT.glob("docs/*.md")):
        for number, block in enumerate(re.findall(r"```qc\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)):
            yield f"{path.name} {number}", block


TEXTS = dict(texts())
SHORT = sorted(name for name, text in TEXTS.items() if len(text) < 4_000)


def test_every_text_of_the_project_is_read_alike() -> None:
    valid = [assert_alike(text) for text in TEXTS.values()]
    assert sum(valid) > 250
    assert len(valid) - sum(valid) > 30, "some are wrong on purpose"


@given(programs())
def test_generated_programs_are_read_alike(text: str) -> None:
    assert assert_alike(text)
    assert assert_alike(text, express=False)


SOUP = r"""qubit q[3] ; \n h x cx(pi) rz(0.1) ( ) [ ] { } , = + - * ** / // < <= == != << >> & | ^ ~ @ . : 1 .5 2deg "a"
for i in inrange range if else elsewhere and or not nothing as ctrl inv pow measure =measure reset def def_f( test
test"t" expect within within1 native verbatim let const param gate circuit run true null in( #c\n \t qc % _ $ é 'a'
1.2.3 1..2 job energy"""
WORDS = SOUP.replace("\n", " ").replace("\\n", "\n").replace("\\t", "\t").split(" ")
_PIECE = re.compile(r"\w+|\s+|[^\w\s]")


@given(st.data())
def test_changed_programs_are_read_alike(data: st.DataObject) -> None:
    """One to three pieces are dropped, doubled or replaced, so that most texts are nearly right."""
    pieces = _PIECE.findall(TEXTS[data.draw(st.sampled_from(sorted(TEXTS)))])[:400]
    for _ in range(data.draw(st.integers(1, 3)) if pieces else 0):
        at = data.draw(st.integers(0, len(pieces) - 1))
        pieces[at] = data.draw(st.sampled_from(["", pieces[at] * 2, *WORDS]))
    assert_alike("".join(pieces))


@given(st.data())
def test_statements_built_by_their_forms_are_those_of_the_grammar(data: st.DataObject) -> None:
    """Every line comes twice, and a few places of the text are changed."""
    text = (TEXTS[data.draw(st.sampled_from(SHORT))] + "\n") * 2
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(text)))
        text = text[:at] + data.draw(st.sampled_from(WORDS)) + text[at:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(automaton, "LONG", 0)
        assert_alike(text)


@pytest.mark.parametrize(
    "line",
    [
        "rx({k} * pi / {k}.5) q[{k}]  # {k}", "const a{k} = b{k}[{k}] - f(c{k}, {k})",
        "if a{k} > {k} {{ g{k}(2e{k}) q }}", "for i{k} in range({k}) {{ ctrl @ x q[i{k}], q[00{k}] }} # }}",
        "rz(30deg*{k} + {k}turn) q[{k}], r{k}", "barrier q{k}", "x({k}) q[{k}],\n  q[{k}]", "rx({k} +\n  {k}) q",
        "h q{k}\n  + {k}", "const a{k} = x.field{k} + {k}.5", "h q[{k}]; x q[{k}]",
        "if {k} > 2 {{ h q{k} }}\nelse {{ x q{k} }}", 'assert {k} > 2, "a {k}"', "h _", "expect {k} == {k}",
        "rx((({k}))) q", "rx(a{k}=({k}, {k},)) q[:{k}:-1]\r", "let a{k} = q[{k}]", "gate g{k} a {{ h a }}",
        "qubit q{k}[{k}]",
    ],
)  # fmt: skip
def test_lines_of_one_form_are_those_of_the_grammar(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automaton, "LONG", 0)
    lines = [line.format(k=7**k) for k in range(9)]
    inside = "\n".join(f"  {text}" for text in lines)
    for text in ("\n".join(lines) + "\n", f"circuit c {{\n{inside}\n}}\n", f'test "t" {{\n{inside}\n}}\n'):
        assert_alike(text)


def test_few_statements_of_a_long_text_go_to_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch functions that cannot be written, so that every statement takes the slow road."""
    parse._forms.cache_clear()
    built = []
    builder = statement_forms._Sample.builder

    def counted(*given: Any) -> Callable[..., Any]:
        build = builder(*given)
        return lambda *words: built.append(0) or build(*words)

    monkeypatch.setattr(statement_forms._Sample, "builder", counted)
    text = "".join(f"const a{k} = {k} * pi / 7\nrx(a{k}) q[{k}]  # {k}\n" for k in range(400))
    parse.parse(Source("qubit q[999]\n" + text))
    assert len(built) > 760
    parse._forms.cache_clear()


def test_functions_are_written_for_a_hundredth_of_the_lines_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forms that come seldom take no more time than without: writing a function is not worth it."""
    parse._forms.cache_clear()
    written = []
    build = statement_forms._Sample.builder
    monkeypatch.setattr(statement_forms._Sample, "builder", lambda *given: written.append(0) or build(*given))
    text = "".join(f"const a{k} = [{'1, ' * k}2]\n" * 2 for k in range(95)) * 8
    parse.parse(Source(text))
    lines, allowed = text.count("\n"), statement_forms.FIRST
    assert statement_forms.FIRST // 2 < len(written) <= allowed + lines // statement_forms.EACH + 1


def test_forms_that_come_once_do_not_make_others_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch functions that are written again and again, and an allowance that forgotten ones have used up."""
    monkeypatch.setattr(statement_forms, "MOST", 20)
    monkeypatch.setattr(statement_forms, "EACH", 10**9)
    written = []
    build = statement_forms._Sample.builder
    monkeypatch.setattr(statement_forms._Sample, "builder", lambda *given: written.append(0) or build(*given))
    parse._forms.cache_clear()
    often = "const b = 2*pi\n" * 3
    parse.parse(Source("".join(f"const a = [{'1, ' * k}2]\n{often}" for k in range(1, 60)) + often * 99))
    assert len(written) == 1
    parse._forms.cache_clear()
    several = [f"const a = [{'1, ' * k}2]\n" for k in range(1, 60)]
    parse.parse(Source("".join(line * 3 for line in several) + often * 99))
    assert len(written) > 1 + statement_forms.FIRST
    parse._forms.cache_clear()


@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " ", "\n"]))))
def test_any_words_are_read_alike(words: list[tuple[str, str]]) -> None:
    assert_alike("".join(word + blank for word, blank in words))


@pytest.mark.parametrize("text", ["for i inrange(3) { h q[i] }", "h q\nelse", "a = [x for x in y if z]", "x ifq elser"])
def test_words_that_run_together_are_read_alike(text: str) -> None:
    assert_alike(text)


def test_a_run_of_lines_is_one_token_in_both() -> None:
    text = "qubit q[9]\n" + "".join(f"rz(pi/{n + 1}) q[{n}]\n" for n in range(automaton.LEAST)) + "h q\n"
    assert assert_alike(text)
    read = parse.parse(Source(text))
    assert len(read.file.items) == 3


def test_comments_on_lines_of_their_own_and_empty_lines_divide_no_run() -> None:
    text = "qubit q[9]\n" + "h q[0]\nx q[1]  # here\n\nrz(pi/2) q[1]\ncx q[0], q[1]\n# there\n" * 3
    assert assert_alike(text)
    read = parse.parse(Source(text))
    assert [type(item).__name__ for item in read.file.items] == [
        "Qubits", *["Application", "Application", "Lines"], *["Application", "Lines"] * 2
    ]  # fmt: skip


def test_statements_of_one_form_take_their_steps_once_and_few_stacks_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text of many forms, each nested deeper, forgets those of before and is read as ever."""
    nested = "\n".join(f"const a{n} = " + "[(" * n + str(n) + ")*2]" * n for n in range(1, 20)) + "\n"
    expected = by_lark(Source(nested))
    parser = automaton.Automaton(parse.tables_of("qc.lark"))
    parser.parse("qubit q[3]\nrx(2*pi + 1) q[0]\n" * 5, Brackets())
    with monkeypatch.context() as patched:
        patched.setattr(parser, "_step", lambda *_: pytest.fail("a form was not known again"))
        parser.parse("qubit q[3]\nrx(3*tau + 5) q[1]\n" * 7, Brackets())
    monkeypatch.setattr(automaton, "MOST_STACKS", 50)
    source = Source(nested)
    assert by_automaton(source) is not None
    assert repr(by_automaton(source)) == repr(expected)
    assert parse._parser(True)[0]._stacks <= 50 + 200


def test_saved_tables_are_read_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables of another grammar or by other code, and files that are no tables, are not used."""
    made = lark_parser.automaton("qc.lark")
    assert grammars.saved("qc.lark") in (None, made)
    monkeypatch.setattr(grammars, "TABLES", str(tmp_path))
    assert grammars.saved("qc.lark") is None
    grammars.save("qc.lark", made, str(tmp_path))
    assert grammars.saved("qc.lark") == made
    (file,) = tmp_path.glob("*.tables")
    whole = file.read_bytes()
    for broken in (b"", b"\x00", whole[:100], b"x" + whole):
        file.write_bytes(broken)
        assert grammars.saved("qc.lark") is None
    file.write_bytes(whole)
    for changed in ("grammar_text", "MAKERS"):
        with monkeypatch.context() as patched:
            patched.setattr(grammars, changed, ("automaton.py",) if changed == "MAKERS" else lambda name: "start: A\n")
            assert grammars.saved("qc.lark") is None
    assert grammars.saved("qc.lark") == made


def test_every_rule_has_its_action() -> None:
    """Rules that only pass on their one child need none."""
    _, actions = parse._parser(True)
    for *_, expands, action in lark_parser.automaton("qc.lark")["rules"]:
        assert action is None or expands or callable(getattr(actions, action))


# --- OpenQASM --------------------------------------------------------------------------------------------------------


def openqasm_trees(text: str, version: int) -> tuple[Any, Any]:
    """The results of the automaton and Lark for a text: a tree, the place where both must stop, an error, or None."""
    actions, words, parser = openqasm_parse._parser()
    careful = openqasm_parse._careful(automaton.holds_runs(text), actions, words)
    source, found = Source(text), []
    for read in (lambda: parser.parse(text, words), lambda: careful.parse(text, start="program")):
        actions.begin(source)
        words.begin(source, version)
        try:
            found.append(read())
        except (automaton.Unmatched, lark.exceptions.UnexpectedInput):
            found.append(None)
        except openqasm_parse._Stop as stop:
            found.append(vars(stop))
        except CompileError as error:
            found.append(error.diagnostics)
    return found[0], found[1]


def assert_openqasm_alike(text: str) -> bool:
    """Compares both for both versions; whether one of them reads the text."""
    is_read = False
    for version in (2, 3):
        one, other = openqasm_trees(text, version)
        assert one == other
        assert repr(one) == repr(other)
        is_read = is_read or isinstance(one, QasmFile)
    return is_read


OPENQASM_TEXT = r"""OPENQASM 2.0 ; 3.0; include "stdgates.inc"; qubit[3] q; qreg creg c[2]; h q[0]; cx q[0],q[1];
gate g(a) x { } ( ) [ ] { , = -> + - * ** / // /* */ < <= == != << >> & && | || ^ ~ ! @ : ++ += 1 .5 1e-3 0x1F 0b1_0
0o7 1_000 2.e1 "01" 'x' $0 for int i in [0:2] if else elsewhere input float output let const measure reset barrier inv
pow ctrl negctrl gphase bool true false pragma #pragma @note def opaque angle bit uint while return delay end _a é"""
OPENQASM_WORDS = [*OPENQASM_TEXT.split(), "\n", "\t", "\r\n"]


@given(openqasm(2) | openqasm(3), st.data())
def test_openqasm_programs_and_changed_ones_are_read_alike(text: str, data: st.DataObject) -> None:
    assert assert_openqasm_alike(text)
    pieces = _PIECE.findall(text)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(pieces) - 1))
        word = data.draw(st.sampled_from(OPENQASM_WORDS))
        pieces[at] = data.draw(st.sampled_from(["", pieces[at] * 2, word, f"{pieces[at]} {word}"]))
    assert_openqasm_alike("".join(pieces))


@given(st.lists(st.tuples(st.sampled_from(OPENQASM_WORDS), st.sampled_from(["", " ", "\n"]))))
def test_any_words_of_openqasm_are_read_alike(words: list[tuple[str, str]]) -> None:
    assert_openqasm_alike("".join(word + blank for word, blank in words))


def test_openqasm_of_the_project_is_read_alike() -> None:
    found = []
    for path in sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("tests/test_openqasm*.py")]):
        text = path.read_text(encoding="utf-8")
        found += [block.replace("\\n", "\n") for block in re.findall(r"OPENQASM [23](?:[^`'\"]|\"\w+\.inc\")*", text)]
    valid = [assert_openqasm_alike(text) for text in found]
    assert sum(valid) > 20
    assert assert_openqasm_alike("qreg q[2];\nh q[0];\nx q[1]; // c\nrz(pi/2) q[1];\ncx q[0],q[1];\n" * 3)
