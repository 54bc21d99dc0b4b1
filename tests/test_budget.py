"""Work that makes no gates ends with one error that names the loop; work that makes gates does not.

Checked by the calls Python makes, not by seconds: however large the numbers in a text are, lowering makes no more calls
than the steps of the budget times the calls that one step may cost.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.garbage import uncollected
from ionqdsl.language import step_budget
from ionqdsl.language.lower import labels
from ionqdsl.pipeline import load

STEPS = 5_000
CALLS_PER_STEP = 40
"""Of Python's functions and of built-in ones."""

NOTHING = {
    "nested loops": "".join(f"for i{k} in range(2) {{ " for k in range(30)) + "}" * 30,
    "loops that may make a gate": "for i in range(10**6) { if i > 10**7 { h q } }",
    "two loops": "for i in range(10**6) { for j in range(10**6) { } }",
    "constants": "for i in range(10**6) { const a = sin(i)*cos(i) + i**2/7 }",
    "assertions": 'for i in range(10**6) { assert i >= 0, "never" }',
    "phases": "for i in range(10**6) { gphase(i) }",
    "aliases": "for i in range(10**6) { let a = q[0:3] }",
    "no operands": "for i in range(10**6) { h q[0:0] }",
    "powers of nothing": "for i in range(10**5) { pow(0) @ turned(i) q[0] }",
    "barriers": "qubit wide[9000]\nfor i in range(10**5) { barrier }",
    "inverses": "inv @ pow(1) @ " * 3000 + "pow(100000) @ turned(1) q[0]",
    "controls": "qubit wide[9000]\n" + "ctrl @ negctrl @ " * 4000 + "x wide[0:8001]",
    "linspace": "const c = linspace(0, pi, 1_000_000)",
    "comprehensions": "const c = [[[k for k in range(100)] for j in range(100)] for i in range(100)]",
    "sums": "const c = sum([sum([i*j for j in range(1000)]) for i in range(1000)])",
    "a long range": "const c = sum(range(10**7))",
    "a search": "const c = -1 in range(10**7)",
    "the largest": "const c = max(range(10**7))",
    "digits": "const c = [1/3**400/5**300 + k/7**300 for k in range(10**4)]",
    "digits of angles": "const c = [sum([pi / (7**20 + k) for k in range(50)]) for j in range(10**4)]",
    "formulas": "param t\nfor i in range(10**4) { rx(sin(t*i)*t) q[0] }",
    "powers of formulas": "param t\nfor i in range(10**4) { const f = (t + i)**2 }",
    "long formulas": "param t[1000]\nfor i in range(1000) { const f = sum(t) }",
    "a formula of many parameters": "param "
    + ", ".join(f"p{k}" for k in range(400))
    + "\nrx("
    + " + ".join(f"p{k}" for k in range(400))
    + ") q[0]",
    "operators": "const a = sum([Z[i] for i in range(100)])\nconst b = [a*a for i in range(1000)]",
    "operator copies": "const a = sum([Z[i] for i in range(1000)])\nconst b = [a*i for i in range(10**5)]",
    "parameters": "".join(f"param p{k}[100000]\n" for k in range(100)),
    "definitions": "".join(f"gate g{k}(x) a {{ g{k + 1}(2*x + 1) a; g{k + 1}(2*x) a }}\n" for k in range(60))
    + "gate g60(x) a { if x < 0 { rx(x) a } }\ng0(0) q[0]",
    "doubled lists": "const c0 = [1, 2]\n"
    + "".join(f"const c{k} = [c{k - 1}, c{k - 1}]\n" for k in range(1, 60))
    + "const d0 = [1, 2]\n"
    + "".join(f"const d{k} = [d{k - 1}, d{k - 1}]\n" for k in range(1, 60))
    + "assert c59 == d59",
    "doubled lists shown": "const c0 = [1, 2]\n"
    + "".join(f"const c{k} = [c{k - 1}, c{k - 1}]\n" for k in range(1, 60))
    + "assert false, c59",
    "powers of bodies": "pow(0) @ grown(20000) q",
    "roots of bodies": "for k in range(2, 40) { pow(1/k) @ grown(k*1000) q[0] }",
    "no operands for bodies": "for k in range(40) { grown(k*1000) q[0:0] }",
    "squares that cancel": "gate squares a { for i in range(10**6) { pow(2) @ flipped(i) a } }\nsquares q[0]",
    "squares in a circuit": "for i in range(10**6) { pow(2) @ flipped(i) q[0] }",
    "powers in bodies": "gate nothing(k) a { pow(0) @ grown(k) a }\nfor k in range(40) { nothing(1000*k) q[0] }",
    "definitions with gates": "".join(f"gate g{k}(x) a {{ g{k + 1}(2*x + 1) a; g{k + 1}(2*x) a }}\n" for k in range(60))
    + "gate g60(x) a { rx(x) a }\ng0(0) q[0]",
    "doubled lists as arguments": "gate listed(l) a { h a }\nconst c0 = [1, 2]\n"
    + "".join(f"const c{k} = [c{k - 1}, c{k - 1}]\n" for k in range(1, 60))
    + "listed(c59) q[0]",
}

CIRCUITS = {
    "runs": "circuit a(t) { qubit q; for i in range(1000) { if i < 0 { rx(t[0]) q } } }\n"
    "run a([t]) for t in range(50000)",
    "labels": 'circuit a(t) { qubit q; rx(t) q }\nrun a(t) for t in range(50000) as "' + "{t:999}" * 20 + '"',
    "lists in labels": "const c0 = [1, 2]\n"
    + "".join(f"const c{k} = [c{k - 1}, c{k - 1}]\n" for k in range(1, 60))
    + 'circuit a(t) { qubit q; h q }\nrun a(1) for t in [c59] as "{t}"',
    "lists in data": "const c0 = [1, 2]\n"
    + "".join(f"const c{k} = [c{k - 1}, c{k - 1}]\n" for k in range(1, 60))
    + 'function { type = "x"; data { l = c59 } }',
}


class TooMuch(BaseException):
    """More calls than the budget's steps explain."""


@contextmanager
def counted(limit: int | None = None) -> Iterator[list[int]]:
    """Counts calls, and stops after so many; no garbage is collected, since Hypothesis listens to that."""
    calls = [0]

    def seen(_frame: Any, event: str, _argument: Any) -> None:
        calls[0] += event in ("call", "c_call")
        if limit is not None and calls[0] > limit:
            sys.setprofile(None)
            raise TooMuch(calls[0])

    with uncollected():
        sys.setprofile(seen)
        try:
            yield calls
        finally:
            sys.setprofile(None)


@pytest.fixture(autouse=True, scope="module")
def parsers() -> None:
    """Makes the parsers of broken texts, for which the calls count where no tables are saved, as in a fresh clone."""
    for lines in (0, 9):
        with suppress(CompileError):
            load(Source("qubit q[9]\n" + "h q[0]\n" * lines + "rx( q\n"))


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    load(Source("param t\nqubit q\nrx(t*t + sin(t)*t) q\n"))  # loads late imports
    monkeypatch.setattr(step_budget, "STEPS", STEPS)
    monkeypatch.setattr(step_budget, "PER_CHARACTER", 0)
    monkeypatch.setattr(step_budget, "_LOAN", 200)


LONG = {
    "sum": "const c = " + "1+" * 800 + "1",
    "product of sums": "const c = " + "(1+1)*" * 800 + "1",
    "list over lines": "const c = [\n" + "1,\n" * 800 + "]",
    "signs": "const c = " + "-" * 1600 + "1",
    "index": "const c = [1]\nconst d = c" + "[0]" * 800,
    "operands": "barrier " + "q[0], " * 800 + "q[1]",
    "modifiers": "inv @ " * 800 + "x q[0]",
    "operator": "const c = " + "Z[0]*X[1] + " * 270 + "Z[0]",
    "arguments": "const c = max(" + "1, " * 800 + "1)",
    "condition": "if " + "true and " * 800 + "true { x q[0] }",
    "settings": "job { seeds = [" + "1, " * 800 + "1] }",
    "names": "param " + ", ".join(f"p{k}" for k in range(800)),
    "broken": "const c = " + "1+" * 800 + "$",
}


@pytest.mark.parametrize("kind", LONG)
def test_a_statement_nobody_would_write_is_refused_where_it_begins(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_budget, "MAX_TOKENS", 1333)
    text = f"qubit q[2]\nx q[0]\n{LONG[kind]}\nx q[1]\n"
    (found,) = errors(text, 1333 * 240)  # a text with errors is read twice
    assert found.code == "QC0511"
    last = LONG[kind].split("\n")[-1 if kind == "index" else 0].removeprefix("job { ")
    assert text[found.span.start :].startswith(last)
    assert "words, numbers and signs" in found.render()


def test_many_statements_may_be_as_long_as_one_may_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_budget, "MAX_TOKENS", 50)
    load(Source("qubit q; " + "x q; " * 500 + "for i in range(2) { " + "y q; " * 500 + "}\n" + "h q\n" * 500))
    (found,) = errors("qubit q\n" + "for i in range(1) { " * 30 + "rx(" + "1+" * 30 + "1) q" + "}" * 30, 10**6)
    assert found.span.text == "rx"


def errors(text: str, limit: int) -> list[Any]:
    """The errors of a text, lowered within so many calls."""
    with counted(limit):
        try:
            load(Source(text))
        except CompileError as error:
            return [one for one in error.diagnostics if one.is_error]
    return []


HEAD = (
    "gate turned(x) a { rx(x) a; x a }\n"
    "gate flipped(i) a { if i >= 0 { x a } }\n"
    "gate grown(k) a { for i in range(k) { rx(i) a } }\n"
    "qubit q[4]\n"
)


@pytest.mark.parametrize("text", [*NOTHING.values(), *CIRCUITS.values()], ids=[*NOTHING, *CIRCUITS])
def test_work_for_nothing_ends_in_one_error(text: str) -> None:
    """Each of these texts uses up all steps that it has."""
    whole = text if "circuit" in text or "function" in text else HEAD + text
    found = errors(whole, CALLS_PER_STEP * STEPS + 60 * len(whole))
    assert [one.code for one in found] == ["QC0511"]
    assert found[0].render()


def test_the_error_names_the_outermost_loop() -> None:
    (found,) = errors(HEAD + "for i in range(3) { for j in range(10**6) { const c = j } }\nh q", 100 * STEPS)
    assert found.span.text.startswith("for i in range(3)")
    assert [span.text for span, _ in found.labels] == ["j"]


@pytest.mark.parametrize(
    "text",
    [
        "for i in range(5000) { rx(2*pi*i/5000 + sin(i)) q[i % 4] }",
        "for i in range(5000) { h q[0] }",
        "for i in range(100) { for j in range(50) { const a = i*j; if a >= 0 { rx(a) q[0] } } }",
        "gate many(x) a { for i in range(500) { rx(x + i) a } }\nfor i in range(10) { many(i) q }",
        "gate some(x) a { for i in range(50) { rx(x + i) a } }\nfor i in range(100) { inv @ some(i) q[0] }",
        "grown(5000) q[0]",
        "ctrl @ inv @ grown(5000) q[0], q[1]",
        "gate twice a { grown(2500) a; grown(2499) a }\ntwice q[0]",
        "gate outer a { grown(5000) a }\ngate outest a { outer a }\noutest q[0]",
        "gate outer(x) a { turned(x) a }\ngate all a { for i in range(5000) { outer(sin(i)) a } }\nall q[0]",
        "gate wide r[] { for i in range(1250) { rx(i) r } }\nwide q",
        "grown(2250) q[0]\npow(0) @ grown(75) q[0]\ngrown(2251) q[0]",
        "pow(125000) @ turned(1) q[0]\ninv @ pow(15000) @ turned(1) q[1]\n" * 4,
    ],
)
def test_what_makes_gates_goes_on(text: str) -> None:
    """Many times as many steps as there are at the start."""
    load(Source(HEAD + text))


@pytest.mark.parametrize("gates", ["for i in range(5000) { h q[0] }", "grown(5000) q[0]"])
@pytest.mark.parametrize("nothing", ["for i in range(10**6) { }", "pow(0) @ grown(5001) q[0]"])
def test_gates_keep_no_steps_for_later(gates: str, nothing: str) -> None:
    limit = 100 * 5000 + CALLS_PER_STEP * STEPS
    assert [one.code for one in errors(f"{HEAD}{gates}\n{nothing}", limit)] == ["QC0511"]


def test_bodies_that_fail_give_their_steps_once() -> None:
    """As many as a circuit that fails after its gates; not for each time a body is tried again."""
    fails = "gate fails(k) a { grown(k) a; assert k < 0 }\n"
    once = calls_of(HEAD + fails + "fails(5000) q[0]")
    assert calls_of(HEAD + fails + "\n".join(f"fails({5000 + k}) q[0]" for k in range(40))) < 3 * once


def test_loops_in_bodies_are_refused_in_their_first_iteration() -> None:
    (found,) = errors(HEAD + "gate most a { for i in range(10**8) { rx(i) a } }\nmost q[0]", 20_000)
    assert found.code == "QC0501"
    assert found.span.text.startswith("for i in range(10**8)")


def test_a_long_text_has_steps_for_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_budget, "PER_CHARACTER", 4)
    load(Source("const c = " + "1+" * 30000 + "1\nqubit q\nh q\n"))
    load(Source("qubit q\n" + "".join(f"const c{k} = {k}\n" for k in range(20000)) + "h q\n"))


def test_a_list_that_holds_itself_many_times_over_can_be_used() -> None:
    """Its parts are few as long as nobody writes them out."""
    lists = "const c0 = [1, 2]\n" + "".join(f"const c{k} = [c{k - 1}, c{k - 1}]\n" for k in range(1, 60))
    load(Source(lists + "qubit q\nrx(len(c59) + c59[0][1][0]" + "[0]" * 56 + "[1]) q\n"))


@pytest.mark.parametrize("depth", [99, 4000])
def test_lists_in_lists(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = "const c0 = [1]\n" + "".join(f"const c{k} = [c{k - 1}]\n" for k in range(1, depth))
    monkeypatch.setattr(step_budget, "STEPS", 1_000_000)
    found = errors(lists + f"qubit q\nassert false, c{depth - 1}\n", 4_000_000)
    assert [one.code for one in found] == ["QC0409" if depth < 100 else "QC0503"]


def test_counting_operands_of_a_long_list_takes_one_step_each() -> None:
    def calls(count: int) -> int:
        return calls_of("qubit q[4]\nh " + ", ".join(f"q[{k % 4}]" for k in range(count)) + "\n")

    assert calls(2000) < 5 * calls(500)


def calls_of(text: str) -> int:
    """The calls that loading a text takes, whatever comes of it."""
    with counted() as calls, suppress(CompileError):
        load(Source(text))
    return calls[0]


BROKEN = {
    "keywords": lambda count: "qubit q\n" + "rx(let) q\n" * count,
    "braces on a line": lambda count: "qubit q\n" + "for i in range(1) {};" * count + "for i in range(2) { h q\n",
    "unknown names": lambda count: "".join(f"const a{k} = b{k}\n" for k in range(count)),
    "unknown gates": lambda count: (
        "".join(f"gate gate{k} a {{ h a }}\n" for k in range(count)) + "qubit q\n" + "gat q\n" * count
    ),
    "the same error": lambda count: "qubit q\n" + "h r[0]\n" * count,
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_said_about_a_long_text_grows_with_it(kind: str) -> None:
    make = BROKEN[kind]
    _, few, many = map(calls_of, (make(9), make(100), make(400)))  # what is loaded late has been loaded
    assert many < 5 * few


def test_a_long_sum_in_a_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names in a loop's body are found without recursion."""
    monkeypatch.setattr(step_budget, "STEPS", 20_000)
    load(Source("qubit q\nfor i in range(3) { const k = " + "1+" * 3000 + "1; rx(k) q }\n"))


def test_labels_of_many_fields_cost_what_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine thousand circuits, two thousand fields in each name: eighteen million values to write, of which few are."""
    written: list[Any] = []
    monkeypatch.setattr(labels, "format_value", lambda value, spec: written.append(value) or "")
    text = 'circuit c(n) { qubit q; rx(n) q }\nrun c(n) for n in range(9000) as "%s"'
    with pytest.raises(CompileError) as caught:
        load(Source(text % ("{n}" * 2000)))
    assert caught.value.diagnostics[0].code == "QC0511"
    assert len(written) < step_budget.STEPS
