"""Slips of other languages and of the hand get a code of their own, a place, and one thing to try that can be read.

Would catch a slip that is only "unexpected", a message at another statement, a suggested line that the grammar refuses
or that changes the gates of the line, and a table of names that differs from the gates there are.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from ionqdsl.diagnostics import CompileError, Diagnostic, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.language.library import Library, standard_signatures
from ionqdsl.language.parse import parse
from ionqdsl.language.slips import calls
from ionqdsl.language.slips.patterns import Pattern, split
from ionqdsl.lsp.fixes import fixes
from ionqdsl.pipeline import load

FOLDER = Path(__file__).parent / "slips"
FILES = sorted(FOLDER.glob("*.txt"))


class Slip(NamedTuple):
    program: str
    answers: list[str]

    @property
    def text(self) -> str:
        return self.program.replace("\\n", "\n") + "\n"


def slips(path: Path) -> list[Slip]:
    found: list[Slip] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            found[-1].answers.append(line.strip())
        elif line:
            found.append(Slip(line, []))
    return found


def said(text: str) -> list[Diagnostic]:
    try:
        return [one for one in load(Source(text))[1] if one.is_error]
    except (CompileError, UsageError) as error:
        return [one for one in error.diagnostics if one.is_error]


def answer(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.code} {diagnostic.helps[0] if diagnostic.helps else '-'}"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_slip_has_its_answer(path: Path, request: pytest.FixtureRequest) -> None:
    rows = [(slip, [answer(one) for one in said(slip.text)]) for slip in slips(path)]
    if request.config.getoption("--update"):
        path.write_text("".join(f"{slip.program}\n" + "".join(f"    {a}\n" for a in new) for slip, new in rows))
    wrong = [f"{slip.program}\n  {slip.answers}\n  {new}" for slip, new in rows if slip.answers != new]
    assert request.config.getoption("--update") or not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_every_answer_helps_and_stands_in_the_statement(path: Path) -> None:
    for slip in slips(path):
        found = said(slip.text)
        assert found, slip.program
        for one in found:
            assert one.helps, slip.program
            assert one.span is not None, slip.program
            assert one.span.end <= len(slip.text) + 1, slip.program
            if one.facts.get("fixed") and one.facts.get("replaced"):
                start, end = one.facts["replaced"]
                assert start <= one.span.start <= end, f"{slip.program}: {one.span} is outside the line"


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_grammar_reads_the_lines_that_are_shown(path: Path) -> None:
    """As an editor would put them in the place of the slip; the head of a block is closed at once."""
    shown = 0
    for slip in slips(path):
        for one in said(slip.text):
            if not (one.facts.get("fixed") and one.facts.get("replaced")):
                continue
            shown += 1
            (start, end), line = one.facts["replaced"], one.facts["fixed"]
            closed = line + " }" * (line.count("{") - line.count("}") - slip.text[start:end].count("{"))
            changed = slip.text[:start] + closed + slip.text[end:]
            inside = [d.span.start for d in parse(Source(changed)).diagnostics if d.span]
            assert not [at for at in inside if start <= at < start + len(closed)], f"{slip.program}: {closed}"
    assert shown > 5


def test_few_slips_are_only_unexpected() -> None:
    every = [slip for path in FILES for slip in slips(path)]
    bare = [slip.program for slip in every if any(answer.startswith("QC0100") for answer in slip.answers)]
    assert len(every) > 700
    assert len(bare) <= 5, bare


def test_the_numbers_of_angles_are_those_of_the_gates() -> None:
    library = Library({})
    for name, count in calls.ANGLES.items():
        signature = library.signature(name, "qis")
        assert signature is not None, name
        assert len(signature.parameters) == count, name
        assert (signature.operands == 1) is (name in calls.ONE_QUBIT), name
    assert {*NAMES["qis"], *standard_signatures()} == {*calls.ANGLES}
    assert all(calls.angles(gate) or gate.rpartition(" ")[2] in calls.ANGLES for gate in calls.ALIASES.values())
    assert GATES["rx"].operands == 1


@pytest.mark.parametrize(
    ("line", "statement"),
    [
        ("cx(q[0], q[1])", "cx q[0], q[1]"),
        ("ctrl @ h(q[0], q[1])", "ctrl @ h q[0], q[1]"),
        ("rx(q[1], pi/2)", "rx(pi/2) q[1]"),
        ("CCNOT(q[0], q[1], q[2])", "ccx q[0], q[1], q[2]"),
        ("h(q[0], q[1])", "h q[0]; h q[1]"),
        ("qc.mcx([0, 1], 2)", "ctrl(2) @ x q[0], q[1], q[2]"),
        ("Controlled H([q[0]], q[1])", "ctrl @ h q[0], q[1]"),
        ("ctrl x q[0], q[1]", "ctrl @ x q[0], q[1]"),
        ("cirq.X(q[0])**0.5", "pow(0.5) @ x q[0]"),
        ("U(0.1, 0.2, 0.3, q[0])", "U(0.1, 0.2, 0.3) q[0]"),
        ("cu3(0.1, 0.2, 0.3, 0, 1)", "cu3(0.1, 0.2, 0.3) q[0], q[1]"),
        ("if 1 > 0: h q[0]", "if 1 > 0 { h q[0] }"),
    ],
)
def test_the_line_means_what_was_meant(line: str, statement: str) -> None:
    """The right side by hand: controls first, qubits in their order, each angle at its place."""
    (one,) = said(f"qubit q[3]\n{line}\n")
    assert one.facts["fixed"] == statement
    ((title, edits),) = fixes(one)
    assert title == f"write `{statement}`"
    assert [(span.text, text) for span, text in edits] == [(line, statement)]
    assert not said(f"qubit q[3]\n{statement}\n")


@pytest.mark.parametrize("line", ["let n = 4 // size", "cnot q[0] q[1] // 2", "x = n // 2"])
def test_no_line_is_shown_that_may_divide_where_a_comment_was_meant(line: str) -> None:
    assert not [one for one in said(f"qubit q[2]\n{line}\n") if one.facts.get("fixed")]


def test_a_slip_causes_no_further_errors() -> None:
    for text in (
        "qubit 2\nh q[0]\n",
        "for (int i = 0; i < 2; i++) { h q[i]; x q[i] }\nqubit q[2]\n",
        "qubit q[2]\nfor i in range(2):\n    h q[i]\n    if i == 1:\n        x q[i]\n    else:\n        z q[i]\nz q\n",
        "/* a\n * comment; of [several\n   lines */\nqubit q\nh q\n",
        "DEFGATE A:\n    1, 0\n    0, 1\nqubit q\nh q\n",
        "qubit q2]\nh q[1]\n",
        "quibt q[2]\nh q[1]\n",
    ):
        assert len(said(text)) == 1, text


def test_patterns() -> None:
    """`<x*>` takes brackets whole and stops at the first word that fits; `<x?>` may take nothing."""
    line = "for i in range(f(2), 3) h"
    match = Pattern("for <n> in !range ( <x*> ) <rest?> ;;").matches(line, split(line), 3)
    assert match is not None
    assert match.captured["x"] == "f(2), 3"
    assert match.captured["rest"] == "h"
    assert match.pointed == (3, 4)
    assert Pattern("~ <a#> !<b>").matches("x 2 pi", split("x 2 pi"), 2) is not None
    assert Pattern("<a> <b*> ;;").matches("x (2", split("x (2"), 1) is not None
    assert Pattern("<g> <b*> ;;").matches("ctrl x", split("ctrl x"), 1) is None
    assert re.fullmatch(r"\w+", split("a#b")[0].text)


PAGE = Path(__file__).parents[1] / "docs" / "coming-from.md"
ROWS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize(("there", "here"), ROWS)
def test_the_table_of_other_languages(there: str, here: str) -> None:
    """The left side is one error whose first help is the right side; without one, its advice leads there."""
    (one,) = said(f"qubit q[3]\n{there}\n")
    fixed = one.facts.get("fixed")
    comment = here.partition(" #")[2]
    if fixed:
        assert fixed.rstrip(";").replace("; }", " }") == (f"#{comment}" if comment else here)
    else:
        assert one.helps
    assert not said(f"qubit q[3]\nh q\n{here}\n")


def test_the_page_has_rows() -> None:
    assert len(ROWS) > 35
