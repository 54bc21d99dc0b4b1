"""Work grows in proportion to the text: four times any construct takes about four times the calls.

Would catch a walk through the rest of a chain at each of its links, a list searched for each of its members, a block
compared with all others, a scope copied for each block. Calls are counted, so that it is the same on every machine.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.language.actions import Actions
from ionqdsl.language.check import check
from ionqdsl.language.includes import open_includes
from ionqdsl.language.reformat import reformat
from ionqdsl.linter import fixed, lint
from ionqdsl.lsp import fragments, hints, lenses, mentions, outline, ranges, tokens
from ionqdsl.lsp.document import Document
from ionqdsl.pipeline import examine, load
from tests import steps


def many(text: str, count: int, between: str = "") -> str:
    """A text so many times, `@` the number."""
    return between.join(text.replace("@", str(number)) for number in range(count))


SHAPES: dict[str, Callable[[int], str]] = {
    "links of else if": lambda n: "qubit q\nif 0 == 1 { x q }" + many(" else if 1 == @ { x q }", n) + "\n",
    "links of else if in a gate": lambda n: (
        "gate g a { if 0 == 1 { x a }" + many(" else if 1 == @ { x a }", n) + " }\nqubit q\ng q\n"
    ),
    "blocks after constants": lambda n: (
        "qubit q\n" + many("const a@ = @\n", n) + many("if 1 == 1 { const b = a1; rx(b) q }\n", n)
    ),
    "loops that hide a constant": lambda n: "qubit q\nconst i = 1\n" + many("for i in range(2) { rx(i) q }\n", n),
    "gates with equal parameters": lambda n: (
        many("gate g@(t) a { rx(t) a }\n", n) + "qubit q\n" + many("g@(t=1) q\n", n)
    ),
    "operands of a gate with blocks": lambda n: (
        "gate g " + many("a@", n, ", ") + " { " + many("if 1 == 1 { x a@ }; ", n) + "}\nqubit q\nx q\n"
    ),
    "gates that call each other in a row": lambda n: (
        "gate g0 a { x a }\n" + "".join(f"gate g{k} a {{ g{k - 1} a }}\n" for k in range(1, n)) + "qubit q\nx q\n"
    ),
    "gates that call each other in a circle": lambda n: (
        "".join(f"gate g{k} a {{ g{k + 1} a; g0 a }}\n" for k in range(n)) + f"gate g{n} a {{ x a }}\nqubit q\nx q\n"
    ),
    "circuits that run": lambda n: (
        many("const a@ = @\n", n)
        + many("circuit c@ { gateset qis; qubit q, r; if 1 == 1 { rx(a@) q }; rx(0.5rad) q }\n", n)
    ),
    "circuits with a gate set": lambda n: many("circuit c@ { gateset native\nqubit q\ngpi(0.1) q }\n", n),
    "registers": lambda n: many("qubit q@\n", n) + "x q0\n",
    "aliases": lambda n: "qubit q[4]\n" + many("let b@ = q[1]\nx b@\n", n),
    "parameters": lambda n: many("param a@\n", n) + "qubit q\n" + many("rx(a@) q\n", n),
    "findings and comments that silence them": lambda n: "qubit q\n" + many("rx(1) q # lint: off QC1001\n", n),
    "findings and comments that silence a file": lambda n: (
        "qubit q\n" + many("# lint: off-file QC1001\n", n) + many("rx(1) q\n", n)
    ),
    "comments in a row that silence one line": lambda n: "qubit q\n" + many("# lint: off QC1001\n", n) + "rx(1) q\n",
    "gates that do nothing, on a line": lambda n: "qubit q\nx q; " + many("rx(0rad) q; ", n) + "\n",
    "empty blocks": lambda n: "qubit q\nx q\n" + many("if 1 == 1 { }\n", n),
    "terms of a sum": lambda n: "qubit q\nconst b = 1\nrx(" + many("b", n, " + ") + ") q\n",
    "settings": lambda n: "qubit q\nx q\njob { metadata { " + many('k@ = "v"; ', n) + "} }\n",
    "comments": lambda n: "qubit q\n" + many("x q # @\n# @\n\n", n),
    "wrong gates": lambda n: "qubit q\n" + many("foo@ q\n", n),
    "names that are defined twice": lambda n: "qubit q\nx q\n" + many("const a = @\n", n),
    "plain lines": lambda n: "qubit q[5]\n" + many("rx(@*pi/7) q[1]\n", n),
}


def checked(text: str) -> None:
    file, _, lost = open_includes(Source(text))
    check(file, lost)


def meant(text: str) -> None:
    """The definition of every name of a text, and the gate set at each."""
    document = Document(text)
    for piece in document.pieces:
        for mention in document.mentions_in(piece):
            document.definition_of(mention)
            document.gateset_at(mention.start)


def shown(text: str) -> None:
    document = Document(text)
    outline.outline(document)
    ranges.folds(document)
    hints.hints(document, 0, len(text))
    tokens.tokens(document)


WORK: dict[str, Callable[[str], object]] = {
    "check": checked,
    "lint": lambda text: lint(Source(text)),
    "lint --fix": lambda text: fixed(Source(text)),
    "fmt": lambda text: reformat(Source(text)),
    "names": meant,
    "shown": shown,
}


def calls(work: Callable[[str], object], text: str) -> int:
    for remembered in (fragments.read, mentions.mentions_of, tokens._packed):
        remembered.cache_clear()

    def done() -> None:
        with suppress(CompileError):
            work(text)

    return steps.of(done)


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_text_is_four_times_the_work(shape: str) -> None:
    """A share that grows with the square of a text shows in the differences, in which constant parts are left out."""
    grown = {
        name: steps.growth(lambda size, work=work: calls(work, SHAPES[shape](size)), 8, 40, 160)
        for name, work in WORK.items()
    }
    assert {name: ratio for name, ratio in grown.items() if ratio > 1.4} == {}


@pytest.mark.parametrize("work", [load, examine, lint, lenses.counts])
def test_a_text_is_parsed_once(work: Callable[[Source], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading a long text takes most of the time of those that look at its statements and at its circuits."""
    source = Source('include "std/fourier.qc"\nqubit q[3]\nqft q\nif 1 > 0 { x q[0] }\n')
    work(source)  # libraries are parsed once for all
    parsed: list[Source] = []
    begin = Actions.begin

    def counted(actions: Actions, read: Source) -> None:
        parsed.append(read)
        begin(actions, read)

    monkeypatch.setattr(Actions, "begin", counted)
    work(source)
    assert sum(read is source for read in parsed) == 1  # a rule may read a line of its own


def test_the_middle_of_a_long_circle_of_gates_is_left_out() -> None:
    """Each gate of a hundred calls the next, and the last one the third: those before it are in no circle."""
    text = "".join(f"gate g{k} a {{ g{k + 1 if k < 99 else 2} a }}\n" for k in range(100))
    file, _, lost = open_includes(Source(text))
    (found,), broken = check(file, lost)
    names = [*range(2, 12), None, *range(90, 100), 2]
    assert found.facts["chain"] == " -> ".join("..." if name is None else f"`g{name}`" for name in names)
    spans = {item.span for item in file.items[2:]}  # type: ignore[union-attr]
    assert {span for span in broken if span in spans} == spans
    assert not broken & {item.span for item in file.items[:2]}  # type: ignore[union-attr]
