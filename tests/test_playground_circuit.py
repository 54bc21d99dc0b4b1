"""The playground's circuits: the state between gates, gates that are added, noise, and the editor's colours.

Would catch a state after the wrong gate, a colour that is not the phase, a dropped gate that changes another one or
stands in the wrong line, noise that differs from the command's, and a word in the colour of another kind.
"""

from __future__ import annotations

import cmath
import math
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from programs import programs
from test_playground import BELL, ask, codes, command

from ionqdsl import pipeline
from ionqdsl.describe.colouring import pieces
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.amplitudes import amplitudes, colour, degrees
from ionqdsl.playground.answers import addition

# -- adding gates -----------------------------------------------------------------------------------------------------


def with_gate(text: str, gate: str, wire: int, after: int | None = None, **request: Any) -> str:
    """The text after the edit, made as the page makes it; the code if it is refused."""
    found = addition({"text": text, "gate": gate, "wire": wire, "after": after, **request})
    if "diagnostics" in found:
        return str(codes(found)[0])
    units = text.encode("utf-16-le")
    return (units[: 2 * found["at"]] + found["text"].encode("utf-16-le") + units[2 * found["at"] :]).decode("utf-16-le")


@pytest.mark.parametrize(
    ("text", "gate", "wire", "after", "expected"),
    [
        ("qubit q[2]\nh q[0]", "x", 1, None, "qubit q[2]\nx q[1]\nh q[0]"),
        ("qubit q[2]\nh q[0]", "cz", 1, 0, "qubit q[2]\nh q[0]\ncz q[1], q[0]"),
        ("# é😀\nqubit a, b  # two\nh a # b\nx b\n", "rx(pi/2)", 0, 0,
         "# é😀\nqubit a, b  # two\nh a # b\nrx(pi/2) a\nx b\n"),
        ("qubit q; h q; x q", "s", 0, 0, "qubit q; h q; s q; x q"),
        ("qubit q; h q;\nx q", "s", 0, 0, "qubit q; h q;\ns q\nx q"),
        ("qubit q[2]\nfor i in range(2) {\n  h q[i]\n}\n", "s", 0, 1,
         "qubit q[2]\nfor i in range(2) {\n  h q[i]\n}\ns q[0]\n"),
        ("qubit q\n" + "h q\n" * 9, "x", 0, 3, "qubit q\n" + "h q\n" * 4 + "x q\n" + "h q\n" * 5),
        ("circuit one() {\n  qubit q\n  h q\n}\nrun one\n", "x", 0, 0,
         "circuit one() {\n  qubit q\n  h q\n  x q\n}\nrun one\n"),
        ("circuit one() { qubit q; h q }\nrun one\n", "x", 0, 0, "circuit one() { qubit q; h q; x q }\nrun one\n"),
        ("gate twice a { h a; h a }\nqubit q\ntwice q\nx q\n", "y", 0, 0,
         "gate twice a { h a; h a }\nqubit q\ntwice q\ny q\nx q\n"),
        ("qubit q\nh q\n", "cnot", 0, 0, "QC1159"),  # for which there are too few qubits
        ("qubit q\nhh q\n", "x", 0, 0, "QC0202"),
        ("const a = 1\n", "x", 0, None, "QC0401"),
        ("gateset native\nqubit q\ngpi(0) q\n", "x", 0, 0, "QC1159"),  # which is no native gate
        ("qubit q\nh q\n", "ccx", 0, 0, "QC1150"),
    ],
)  # fmt: skip
def test_a_dropped_gate_is_a_line(text: str, gate: str, wire: int, after: int | None, expected: str) -> None:
    assert with_gate(text, gate, wire, after) == expected


@given(programs(), st.integers(0, 5), st.integers(0, 30), st.sampled_from(["h", "cz", "rz(pi/2)"]))
def test_a_dropped_gate_adds_itself_alone(text: str, wire: int, after: int, gate: str) -> None:
    """Every program with a further gate is the program with a further row, in every run, or as it was refused."""
    found = with_gate(text, gate, wire, after)
    if found.startswith("QC"):
        assert found != "QC1155"
        return
    name = gate.partition("(")[0]
    before, now = (pipeline.load(Source(one, "x.qc"))[0].runs[0] for one in (text, found))
    rows = list(now.rows)
    extra = [row for row, op in enumerate(rows) if rows[:row] + rows[row + 1 :] == list(before.rows)]
    assert extra
    assert {"h": "h", "cz": "z", "rz": "rz"}[name] == rows[extra[0]].gate


# -- the state between gates ----------------------------------------------------------------------------------------


def test_the_state_after_each_gate() -> None:
    """Against amplitudes worked out by hand."""
    text = "param a = 0.5\nqubit q[2]\nh q[0]\ns q[0]\ncnot q[0], q[1]\nx q[1]\n"
    half = "0.707107"
    expected = [["00: 1+0i"], [f"00: {half}+0i", f"10: {half}+0i"], [f"00: {half}+0i", f"10: 0+{half}i"],
                [f"00: {half}+0i", f"11: 0+{half}i"], [f"01: {half}+0i", f"10: 0+{half}i"]]  # fmt: skip
    for step, wanted in enumerate(expected):
        found = ask(text, "state", step=step)["state"]
        assert (found["step"], found["steps"]) == (step, 4)
        titles = ElementTree.fromstring(found["amplitudes"]).findall("{*}g/{*}title")
        assert [str(title.text).split(",")[0] for title in titles] == wanted
    assert ask(text, "state")["state"] == found
    assert ask(text, "state", step=99)["state"]["step"] == 4
    assert ask("qubit q[7]\nh q\n", "state")["state"] == {}
    assert ask("qubit q\nh q\nregister m = measure q\nh q\n", "state")["state"] == {}


@given(st.lists(st.complex_numbers(max_magnitude=1), min_size=8, max_size=8), st.integers(240, 1200))
def test_amplitudes_have_the_phase_that_is_written(values: list[complex], width: int) -> None:
    picture = ElementTree.fromstring(amplitudes(values, ["a", "b", "c"], width))
    assert float(picture.attrib["width"]) <= max(width, 300)
    for row in picture.findall("{*}g"):
        title = str(row[0].text)
        value = values[int(title[:3], 2)]
        assert f"phase {degrees(value)}°" in title
        assert abs(math.remainder(math.degrees(cmath.phase(value)) - degrees(value), 360)) <= 0.5
    assert [colour(value) for value in (1, 1j, -1, -1j)] == [f"hsl({hue} 62% 55%)" for hue in (215, 305, 35, 125)]


def test_noise_is_that_of_the_command(tmp_path: Path) -> None:
    said = command(tmp_path, f'job {{ backend = "simulator"; noise {{ model = "aria-1" }} }}\n{BELL}', "run", "--exact")
    found = ask(BELL, "outcome", target="aria", noise="aria-1")["outcome"]["result"]
    assert found["probabilities"] == pytest.approx(said["results"][0]["probabilities"])
    assert codes(ask(BELL, "outcome", target="forte", noise="aria-1")["outcome"]) == ["QC0811"]
    assert codes(ask(BELL, "outcome", noise="harmony")) == ["QC1150"]  # whose rates nobody has published


# -- colours ----------------------------------------------------------------------------------------------------------


def kinds(line: str) -> list[tuple[str, str]]:
    """The coloured words of a line, as the page and reports colour it."""
    found = list(pieces(line))
    assert "".join(text for text, _ in found) == line
    return [(text, kind) for text, kind in found if kind]


def test_the_editor_colours_the_vocabulary() -> None:
    assert kinds("qubit q[2]  # two") == [("qubit", "keyword"), ("2", "number"), ("# two", "comment")]
    assert kinds("cnot q[0], q[1]; h q") == [("cnot", "gate"), ("0", "number"), ("1", "number"), ("h", "gate")]
    assert kinds("inv @ rx(90deg + pi) q") == [
        ("inv", "keyword"), ("rx", "gate"), ("90", "number"), ("deg", "unit"), ("pi", "constant"),
    ]  # fmt: skip
    assert kinds('gate twice(a) q { include "x" }')[:2] == [("gate", "keyword"), ("twice", "definition")]


@given(st.text())
def test_any_line_has_colours(line: str) -> None:
    kinds(line.replace("\n", " "))
