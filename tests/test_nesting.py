"""Deep nesting: the same answer in every interpreter, on every stack.

Each input is read from a stack that is six hundred calls deep, and in a thread with a small stack; those that are
refused also directly, where most recursion would fit. Only the project's own limit counts, so `DEEP` is refused by its
code and `FINE` is read, everywhere.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sympy

import ionqdsl.pipeline as stages
from ionqdsl import formats
from ionqdsl import linter as rules
from ionqdsl.cloud import plan
from ionqdsl.cloud.submit import Answer
from ionqdsl.describe.reference.reading import chapters
from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import characterization, symbolic, symbols
from ionqdsl.ir.options import Options
from ionqdsl.ir.symbolic import form
from ionqdsl.language.reformat import reformat
from ionqdsl.nesting import MAX_NESTING, is_too_deep, loads, roomy
from ionqdsl.read import payload
from ionqdsl.settings import load as load_settings


def outcome(call: Callable[[], Any]) -> str:
    """ "" or the codes of a refusal; anything but a refusal is a bug and escapes."""
    try:
        call()
    except (CompileError, UsageError) as error:
        return ", ".join(sorted({diagnostic.code for diagnostic in error.diagnostics}))
    return ""


def from_deep(call: Callable[[], str], calls: int = 600) -> str:
    return call() if calls == 0 else from_deep(call, calls - 1)


def from_a_small_stack(call: Callable[[], str]) -> str:
    """In a thread with half a megabyte, as macOS gives it."""
    found: list[str | BaseException] = []

    def work() -> None:
        try:
            found.append(call())
        except BaseException as error:
            found.append(error)

    before = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=work)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if isinstance(found[0], BaseException):
        raise found[0]
    return found[0]


WAYS: list[Callable[[Callable[[], str]], str]] = [lambda call: call(), from_deep, from_a_small_stack]
TIGHT = WAYS[1:]
"""Where there is least room: what is read there is read anywhere."""


def qc(angle: str) -> Source:
    return Source(f"param t\nqubit q\nrx({angle}) q\n")


def gates(depth: int, body: str = "g{} a") -> Source:
    """Gates that call each other; `body` has the text around each call."""
    chain = "".join(f"gate g{k + 1} a {{ {body.format(k)} }}\n" for k in range(depth))
    return Source(f"gate g0 a {{ x a }}\n{chain}qubit q\ng{depth} q\n")


def nested(opening: str, inner: str, closing: str, depth: int) -> str:
    return opening * depth + inner + closing * depth


IN_TWENTY = nested("if true { ", "g{} a", " }", 20).replace("{ ", "{{ ").replace(" }", " }}")

QASM = 'OPENQASM 3; include "stdgates.inc"; qubit q; '


def run(source: Source) -> Callable[[], Any]:
    return lambda: stages.load(source)


def everything(source: Source) -> Callable[[], Any]:
    """All that reads a program's tree."""

    def read() -> None:
        stages.load(source)
        rules.lint(source)
        reformat(source)
        chapters([source])

    return read


def translated(source: Source) -> Callable[[], Any]:
    def read() -> None:
        program, _ = formats.loaded(source)
        formats.write(program, "qc", source)

    return read


def sines(depth: int) -> Any:
    expression = sympy.Symbol("a")
    for _ in range(depth):
        expression = sympy.sin(expression, evaluate=False)
    return expression


FINE: dict[str, Callable[[], Any]] = {
    "parentheses": everything(qc(nested("(", "1", ")", 99))),
    "lists": everything(qc(f"len({nested('[', '1', ']', 98)})")),
    "functions": run(qc(nested("sin(", "1", ")", 99))),
    "functions of sums": everything(qc(nested("sin(1 + ", "1", ")", 49))),
    "sums to the right": everything(qc(nested("1 + (", "1", ")", 98))),
    "signs": everything(qc("-" * 99 + "1")),
    "powers": everything(qc("1**" * 99 + "1")),
    "indices": everything(qc(nested("[0][", "0", "]", 99))),
    "a long sum": everything(qc("1" + " + 1" * 2000)),
    "a long product": everything(qc("1" + " * 1" * 2000)),
    "a long `or`": everything(Source("qubit q\nif " + "false or " * 2000 + "true { x q }\n")),
    "a long choice": everything(qc("1 if false else " * 2000 + "2")),
    "many `else if`": everything(
        Source("qubit q\nif false { h q }" + " else if false { h q }" * 200 + " else { x q }\n")
    ),
    "many `else if` in a gate": everything(
        Source("gate g a { if false { h a }" + " else if false { h a }" * 200 + " else { x a } }\nqubit q\ng q\n")
    ),
    "blocks": everything(Source("qubit q\n" + nested("if true { ", "x q", " }", 99))),
    "loops": everything(Source("qubit q\n" + nested("for i in range(1) { ", "x q", " }", 99))),
    "gates": everything(gates(90)),
    "gates in blocks": run(gates(90, IN_TWENTY)),
    "parameters": run(qc(nested("sin(t + ", "t", ")", 45))),
    "text of parameters": lambda: form(nested("sin(1 + a*", "b", ")", 33)),
    "least values": lambda: form(nested("min(c, 1 - ", "a", ")", 30)),
    "a sympy expression": lambda: symbolic.from_sympy(sines(99)),
    "a long sum of parameters": lambda: symbols.names("a" + "+a" * 9000),
    "JSON": lambda: loads(nested("[", "1", "]", 100)),
    "JSON with brackets in strings": lambda: loads(json.dumps(["[" * 5000, '"]{' * 200, "\\", "\\["])),
    "OpenQASM: signs": translated(Source(f"{QASM}rx({'-' * 99}1.0) q;", "a.qasm")),
    "OpenQASM: a long sum": translated(Source(f"{QASM}rx(0.5{' + 0.5' * 3000}) q;", "a.qasm")),
    "OpenQASM: parentheses": translated(Source(f"{QASM}rx({nested('sin(', '1.0', ')', 98)}) q;", "a.qasm")),
    "OpenQASM: blocks": translated(Source(QASM + nested("if (true) { ", "x q;", " }", 90), "a.qasm")),
    "OpenQASM: blocks without braces": translated(Source(f"{QASM}{'if (true) ' * 90} x q;", "a.qasm")),
}

DEEP: dict[str, tuple[str, Callable[[], Any]]] = {
    "parentheses": ("QC0105", run(qc(nested("(", "1", ")", 1000)))),
    "unclosed parentheses": ("QC0128", run(qc("(" * 90))),
    "lists": ("QC0105", run(qc(nested("[", "1", "]", 5000)))),
    "signs": ("QC0503", run(qc("-" * 20_000 + "1"))),
    "signs just too many": ("QC0503", run(qc("-" * 101 + "1"))),
    "not": ("QC0503", run(Source("qubit q\nif " + "not " * 1000 + "true { x q }\n"))),
    "powers": ("QC0503", run(qc("1**" * 300 + "1"))),
    "functions of sums": ("QC0503", run(qc(nested("sin(1 + ", "1", ")", 60)))),
    "indices": ("QC0503", run(qc("a" + "[0]" * 3000))),
    "blocks": ("QC0105", run(Source("qubit q\n" + nested("if true { ", "x q", " }", 300)))),
    "gates": ("QC0504", run(gates(150))),
    "gates in blocks": ("QC0504", run(gates(150, IN_TWENTY))),
    "blocks with conditions": ("QC0105", run(Source("qubit q\n" + nested("if 1 == 1 {\n", "x q\n", "}\n", 102)))),
    "values from the command line": ("QC0503", lambda: stages.load(qc("t"), {"t": "-" * 3000 + "1"})),
    "text of parameters": ("QC0888", lambda: form(nested("sin(1 + a*", "b", ")", 40))),
    "parentheses around a parameter": ("QC0888", lambda: form(nested("(", "a", ")", 3000))),
    "powers of parameters": ("QC0888", lambda: form("a**" * 200 + "b")),
    "a sympy expression": ("QC0888", lambda: symbolic.from_sympy(sines(101))),
    "a payload": ("QC0989", lambda: payload.parse(nested("[", "1", "]", 101).encode())),
    "a payload, unclosed": ("QC0989", lambda: payload.parse(b"[" * 100_000)),
    "a plan": ("QC0922", lambda: plan.read(Source(nested('{"a":', "1", "}", 3000), "p"))),
    "a characterization": ("QC0612", lambda: characterization.parse(nested("[", "1", "]", 3000), "c")),
    "OpenQASM: parentheses": ("QC1103", translated(Source(f"{QASM}rx({nested('(', '1.0', ')', 300)}) q;", "a.qasm"))),
    "OpenQASM: signs": ("QC1103", translated(Source(f"{QASM}rx({'-' * 3000}1.0) q;", "a.qasm"))),
    "OpenQASM: powers": ("QC1103", translated(Source(f"{QASM}rx({'1**' * 3000}1.0) q;", "a.qasm"))),
    "OpenQASM: blocks": ("QC1103", translated(Source(QASM + nested("if (true) { ", "x q;", " }", 300), "a.qasm"))),
    "OpenQASM: blocks without braces": ("QC1103", translated(Source(f"{QASM}{'if (true) ' * 3000} x q;", "a.qasm"))),
    "OpenQASM: `else if`": (
        "QC1103",
        translated(Source(f"{QASM}if (false) x q; {'else if (false) x q; ' * 3000}", "a.qasm")),
    ),
}


@pytest.mark.parametrize("way", TIGHT, ids=["deep", "small"])
@pytest.mark.parametrize("name", FINE)
def test_what_is_nested_within_the_limit_is_read_everywhere(name: str, way: Callable[[Callable[[], str]], str]) -> None:
    assert way(lambda: outcome(FINE[name])) == ""


@pytest.mark.parametrize("way", WAYS, ids=["as it is", "deep", "small"])
@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_deeper_is_refused_everywhere(name: str, way: Callable[[Callable[[], str]], str]) -> None:
    code, call = DEEP[name]
    assert way(lambda: outcome(call)) == code


def test_an_answer_that_is_nested_too_deep_is_no_json() -> None:
    assert Answer(200, {}, nested("[", "1", "]", 101).encode()).json is None
    assert Answer(200, {}, nested("[", "1", "]", 100).encode()).json is not None


def test_settings_that_are_nested_too_deep(tmp_path: Path) -> None:
    path = tmp_path / "ionqdsl.toml"
    path.write_text(f"target = {nested('[', '1', ']', 3000)}\n")
    with pytest.raises(UsageError, match="nested more than 100 deep"):
        load_settings(str(path), is_personal=True)


def test_the_depth_of_json_is_that_of_what_it_says() -> None:
    """Counted without reading it; compared here with the depth of the read value."""

    def depth(value: Any) -> int:
        return (
            1 + max(map(depth, value.values() if isinstance(value, dict) else value), default=0)
            if isinstance(value, dict | list)
            else 0
        )

    value: Any = ["]" * 300, '"' * 7, "\\" * 3, {"}": "{"}, "é["]
    for number in range(97):
        value = {"[": value, '\\"]': [1] * 5} if number % 2 else [value, "[[", "\\\\"]
    assert depth(value) == 99
    assert not is_too_deep(json.dumps([value]))
    assert is_too_deep(json.dumps([[value]]))
    assert is_too_deep(json.dumps([[value]]).encode())


def test_a_stack_of_its_own_has_the_callers_context_and_errors() -> None:
    from contextvars import ContextVar

    setting: ContextVar[str] = ContextVar("setting", default="")
    setting.set("mine")

    @roomy
    def told(text: str, *, twice: bool = False) -> tuple[str, str]:
        if not text:
            raise KeyError("nothing")
        return text * (1 + twice), setting.get()

    found: list[Any] = []
    from_deep(lambda: str(found.append(told("a", twice=True))))
    assert found == [("aa", "mine")]
    with pytest.raises(KeyError, match="nothing"):
        from_deep(lambda: str(told("")))


def test_the_limit_is_the_one_that_is_documented() -> None:
    assert MAX_NESTING == 100


VERIFIED = {
    "brackets": f"qubit q\nrx({nested('(', '0.1', ')', 90)}) q\n",
    "signs": f"qubit q\nrx({'-' * 90}0.1) q\n",
    "a sum": f"qubit q\nrx({'0.001 + ' * 3000}0.1) q\n",
    "else if": f"qubit q\nif false {{ x q }} {'else if false { x q } ' * 800}else {{ h q }}\n",
    "gates": "gate g0 a { h a }\n"
    + "".join(f"gate g{i} a {{ g{i - 1} a }}\n" for i in range(1, 95))
    + "qubit q\ng94 q\n",
    "loops": "qubit q\n" + "for i in range(1) { " * 60 + "h q " + "} " * 60 + "\n",
}


@pytest.mark.parametrize("way", TIGHT, ids=["deep", "small"])
@pytest.mark.parametrize("name", VERIFIED)
def test_what_is_nested_within_the_limit_is_verified_everywhere(
    name: str, way: Callable[[Callable[[], str]], str]
) -> None:
    """Catches a second reading that needs more stack than the first: it would call a right program wrong."""

    def verified() -> str:
        program, _ = stages.load(Source(VERIFIED[name], "a.qc"))
        _, _, (report,) = stages.transpile(program, Options("qis", verify=True))
        assert report.text is not None
        return str(report.text.rows)

    assert way(verified) == "1"
