"""Checks that a text that is edited has the diagnostics of the same text read for the first time, places included, and
that an edit has little parsed and lowered again.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from edits import edited

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.language import step_budget, syntax
from ionqdsl.language.automaton import Automaton
from ionqdsl.language.edited_file import EditedFile
from ionqdsl.language.excerpts import Excerpts
from ionqdsl.language.lines import applications
from ionqdsl.language.lower import circuits, effects, runs
from ionqdsl.language.lower import edited as edited_lowering
from ionqdsl.language.lower.circuits import Lowering
from ionqdsl.language.parse import parse
from ionqdsl.lsp.problems import findings
from ionqdsl.pipeline import load, reload

ROOT = Path(__file__).parents[1]
HEAD = """qubit q[12]
param t = 0.3, u
gate flip(angle) a { rx(angle + s) a; rz(2*angle) a }
const n = 12
const s = 0.1
def twice(x) = 2 * x + n
"""
WRONG = [
    "rx(",
    "foo q[1]",
    "rx(1) q[12]",
    "for i in range(2 {",
    "h q[k]",
    "assert n == 3",
    "const t = 1",
    "cx q[0] q[1]",
]
"""Lines with errors of syntax, names, values and indices."""


def statements(count: int, pick: random.Random) -> list[str]:
    """So many statements of most kinds, each on lines of its own."""
    lines = []
    for number in range(count):
        a, b = pick.sample(range(12), 2)
        choices = (
            f"rx({pick.random():.4f}*pi) q[{a}]  # angle {number}",
            f"rz(t + {number}/7) q[{a}]",
            f"flip(u*{number % 9}) q[{a}]",
            f"const a{number} = {number} * pi / s",
            f"ry(twice(t)) q[({a}+1) % n]",
            f"for i in range({a}) {{\n  cx q[i], q[i + 1]\n  rz(i*{number}) q[i]\n}}",
            f"if {a} > 4 {{\n  cx q[{a}], q[{b}]\n}} else {{\n  h q[{a}]\n}}",
            f"ctrl @ rx(t/{1 + b}) q[{a}], q[{b}]",
            f"h q[{a}]\ncx q[{a}], q[{b}]\nrz(-pi/4) q[{b}]",
            f"let w{number} = q[{min(a, b)}:{max(a, b)}]\nh w{number}",
            f"verbatim {{ native {{ gpi({a}/12) q[{a}] }} }}",
            f"# comment {number}",
        )
        lines.append(pick.choice(choices))
    return lines


def shown(source: Source, file: EditedFile | None = None) -> list[dict[str, Any]]:
    """The diagnostics of a text that is not saved."""
    return findings(source, "untitled:main", file)


@pytest.mark.parametrize("seed", range(3))
def test_an_edited_text_has_the_diagnostics_of_a_fresh_one(seed: int) -> None:
    pick = random.Random(seed)
    body = statements(30, pick)
    text, lines = HEAD + "\n".join(body) + "\n", [*statements(20, pick), *WRONG]
    file = EditedFile()
    for now in edited(text, lines, pick, 8):
        assert shown(Source(now, "main"), file) == shown(Source(now, "main")), now


def test_programs_and_their_corrections_have_the_same_diagnostics_one_after_another() -> None:
    texts = [path.read_text() for path in sorted((ROOT / "examples").glob("*.qc"))]
    together = [text for text in texts if "include" not in text and "load" not in text][:6]
    file = EditedFile()
    for text in [*together, "\n".join(together[:3]), together[0] + "\n}", *together[:3]]:
        assert shown(Source(text, "main"), file) == shown(Source(text, "main")), text


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("rx(angle + s)", "rx(angle) a; h"),
        lambda text: text.replace("s = 0.1", "s = 0.2"),
        lambda text: text.replace("t = 0.3", "t = 0.4"),
        lambda text: text.replace("2 * x + n", "3 * x"),
        lambda text: text.replace("const n = 12", "const n = 11"),
        lambda text: text.replace("gate flip(angle) a", "gate flip(angle, more = 1) a"),
        lambda text: text.replace("qubit q[12]", "qubit r, q[12]"),
        lambda text: text.replace("qubit q[12]", "qubit q[13]"),
    ],
)
def test_a_definition_that_is_used_everywhere_changes_every_row(change: Callable[[str], str]) -> None:
    text = HEAD + "\n".join(statements(150, random.Random(1))) + "\n"
    file = EditedFile()
    for now in (text, change(text), text):
        program, _ = reload(Source(now, "main"), file)
        fresh, _ = load(Source(now, "main"))
        (circuit,), (other,) = program.runs, fresh.runs
        assert (circuit.rows, circuit.phase, circuit.wires) == (other.rows, other.phase, other.wires)
        assert [span and span.in_whole[1:] for span in circuit.origins] == [span and span[1:] for span in other.origins]
        assert {name: value for name, (_, value) in program.parameters.items()} == {
            name: value for name, (_, value) in fresh.parameters.items()
        }


def apart(name: str) -> str:
    """More statements than an excerpt has: those before them and after them are read separately."""
    return "".join(f"barrier q[{number % 4}]  # {name} {number}\n" for number in range(45))


@pytest.mark.parametrize(
    "change",
    [
        ("t = 0.3", "t = 0.4"),
        ("t = 0.3", "t"),
        ("s = 0.1", "s = 1/5"),
        ("n = 4", "n = 3"),
        ("n > 3", "n > 4"),
        ("s*10deg", "s*20deg"),
        ("q[0:2]", "q[1:3]"),
        ("qubit q", "qubit r, q"),
        ("rz(s) q[0]", "verbatim { rz(s) q[0] }"),
    ],
)
def test_a_value_that_is_used_far_away_changes_every_row(change: tuple[str, str]) -> None:
    """The definitions of gates stay as they are, so that effects are remembered, and must not be used."""
    used = "rz(t) q[0]\nrx(s) q[n - 2]\nif flag {\n  h q[1]\n}\nry(angles[1]) q[1]\nh part\ngphase(2*t)\n"
    used += "if n > 2 {\n  verbatim {\n    x q[2]\n  }\n}\nverbatim {\n  s q[1]\n}\n"
    values = "param t = 0.3\nconst n = 4\nconst s = 0.1\nconst flag = n > 3\nconst angles = [10deg, s*10deg]\n"
    values += "let part = q[0:2]\nrz(s) q[0]\n"
    text = f"gate own(a) x {{ rx(a) x }}\nqubit q[4]\n{apart('a')}{values}{apart('b')}{used}{apart('c')}"
    assert text.count(change[0]) == 1
    _assert_same_rows(text, text.replace(*change))


@pytest.mark.parametrize("order", [(0, 1, 0), (1, 0, 1)])
@pytest.mark.parametrize(
    ("hiding", "used"),
    [("let w = q[0:2]\n", "rx(w) q[0]\n"), ("const e = 3\n", "const a = 2*e\nrx(a) q[0]\nry(e) q[1]\n")],
)
def test_a_name_that_is_hidden_before_or_after_it_is_used_has_the_value_it_has_there(
    hiding: str, used: str, order: tuple[int, ...]
) -> None:
    head = f"const w = 1\nqubit q[4]\n{apart('a')}"
    texts = [
        f"{head}{apart('b')}{used}{apart('c')}{hiding}{apart('d')}",
        f"{head}{hiding}{apart('b')}{used}{apart('c')}{apart('d')}",
    ]
    file = EditedFile()
    for which in order:
        source, fresh = Source(texts[which], "main"), Source(texts[which], "main")
        assert shown(source, file) == shown(fresh)
        if "let" not in hiding:
            assert reload(source, file)[0].runs[0].rows == load(fresh)[0].runs[0].rows


def test_a_gateset_that_is_named_far_away_changes_every_row() -> None:
    text = f"qubit q[4]\n{apart('a')}zz(0.1) q[0], q[1]\n{apart('b')}"
    _assert_same_rows(text, text.replace("q[4]\n", "q[4]\ngateset native\n"))


def _assert_same_rows(text: str, changed: str) -> None:
    """The rows of a text, of another and of the first again, as if each were the only one."""
    file = EditedFile()
    for now in (text, changed, text):
        (circuit,), (other,) = reload(Source(now, "main"), file)[0].runs, load(Source(now, "main"))[0].runs
        assert (circuit.rows, circuit.phase, circuit.gateset) == (other.rows, other.phase, other.gateset)


def test_an_edited_text_is_parsed_to_the_same_nodes() -> None:
    pick = random.Random(3)
    text = HEAD + "\n".join(statements(60, pick)) + "\n"
    excerpts = Excerpts()
    for now in edited(text, statements(20, pick), pick, 6):
        found, fresh = excerpts.parse(Source(now)), parse(Source(now))
        assert _written(found.file) == _written(fresh.file)
        assert found.lost == fresh.lost


def _written(file: syntax.File) -> list[tuple[str, int, int]]:
    """Every node with its place in the whole text; plain lines as the nodes that the grammar would build."""
    written: list[tuple[str, int, int]] = []
    for node in syntax.walk(file.items):
        nodes = syntax.walk(list(applications(node))) if isinstance(node, syntax.Lines) else [node]
        for one in nodes:
            span: Span = one.span.in_whole
            written.append((type(one).__name__, span.start, span.end))
    return written


def test_an_edit_parses_and_lowers_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edit among three times as many statements costs no more: counts characters parsed and statements lowered."""
    few, many = _steps(250, monkeypatch), _steps(750, monkeypatch)
    assert min(few) > 0
    assert many[0] < 1.5 * few[0]
    assert many[1] < 1.5 * few[1]


def _steps(count: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """The characters parsed and the statements lowered for four edits of so many statements."""
    lines = [line for line in statements(count, random.Random(2)) if not line.startswith(("let", "verbatim"))]
    file = EditedFile()
    shown(Source(HEAD + "\n".join(lines), "main"), file)
    steps = {"parsed": 0, "lowered": 0}
    excerpt, statement = Automaton.excerpt, Lowering._statement

    def parsed(self: Automaton, text: str, begin: int, *more: Any) -> Any:
        found = excerpt(self, text, begin, *more)
        steps["parsed"] += found[1] - begin
        return found

    def lowered(self: Lowering, *more: Any) -> bool:
        steps["lowered"] += 1
        return statement(self, *more)

    with monkeypatch.context() as patched:
        patched.setattr(Automaton, "excerpt", parsed)
        patched.setattr(Lowering, "_statement", lowered)
        for line in ("h q[3]", "rx(t) q[4]", "rx( q[", "h q[99]"):
            lines[len(lines) // 2] = line
            shown(Source(HEAD + "\n".join(lines), "main"), file)
    return steps["parsed"], steps["lowered"]


COUNTED = (
    "gate twice(a) x { rx(a) x; rx(a) x; h x; x x }\n"
    "gate one(a) x { rx(a) x }\ngate two(a) x { one(a) x }\ngate three(a) x { two(a) x }\n"
    "gate four(a) x { three(a) x }\ngate five(a) x { four(a) x }\nqubit q[4]\n"
    + "const v = sum(k*k for k in range(40))\nconst s = 20540*[1][0]\nconst t = s + 1\nconst u = 3*t/7\n"
    + "twice(u) q[0]\nif s > 2 {\n  verbatim { h q[0] }\n}\ntwice(s) q[1]\n"
    + "for i in range(3) {\n  twice(i) q[i]\n}\nif sum(k for k in range(90)) > t {\n  x q\n}\nh q\nh q\nfive(t) q[2]\n"
)
"""A program that takes steps, makes rows, blocks and credit, in constants and in statements."""


def _counts(file: EditedFile, text: str, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """All that lowering a text has counted, in the end."""
    found: list[int] = []

    def finished(self: Lowering) -> None:
        budget = self.expander.globals.budget
        found.extend([budget.full - budget.left, budget.owed, budget.rows, self.operations, self.blocks])
        found.append(len(self.circuit))

    with monkeypatch.context() as patched:
        patched.setattr(Lowering, "finish", finished)
        reload(Source(text, "main"), file)
    return found


def test_what_is_repeated_counts_as_if_it_were_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Would catch steps, credit, rows or blocks that are given back twice, or not taken."""
    monkeypatch.setattr(step_budget, "PER_GATE", 1)
    again = "five(s) q[1]\nif s > 3 {\n  verbatim { h q[0] }\n}\n"
    file, text = EditedFile(), COUNTED + apart("a") + again
    first = _counts(file, text, monkeypatch)
    assert min(first) > 0
    lowered = []
    statement = Lowering._statement
    monkeypatch.setattr(Lowering, "_statement", lambda self, *more: lowered.append(more) or statement(self, *more))
    assert _counts(file, text, monkeypatch) == first
    assert not any(isinstance(node, effects.KEPT) for node, *_ in lowered)
    longer = text + apart("b")  # a longer text has more steps, of which as many are missing
    assert _counts(file, longer, monkeypatch)[:1] == _counts(EditedFile(), longer, monkeypatch)[:1]


def test_a_text_that_takes_half_of_its_steps_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_budget, "PER_CHARACTER", 0)
    file = EditedFile()
    reload(Source(COUNTED, "main"), file)
    most = max(effect.most for effect in file.effects._now.values())
    assert most > 100
    for steps, is_tight in ((2 * most, False), (2 * most - 1, True)):
        monkeypatch.setattr(step_budget, "STEPS", steps)
        file = EditedFile()
        source = Source(COUNTED, "main")
        load(source, opened=file.open(source), effects=file.effects)
        assert file.effects.is_tight is is_tight


@pytest.mark.parametrize("limit", range(19, 29))
def test_rows_that_are_too_many_are_refused_where_a_fresh_text_has_them(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = EditedFile()
    assert shown(Source(COUNTED, "main"), file) == shown(Source(COUNTED, "main"))
    for module in (circuits, edited_lowering, step_budget, runs):
        monkeypatch.setattr(module, "MAX_OPERATIONS", limit)
    assert shown(Source(COUNTED, "main"), file) == shown(Source(COUNTED, "main"))
