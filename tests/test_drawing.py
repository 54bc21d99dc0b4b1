"""Drawings show every gate once, in order, in its place, and fit.

Would catch gates drawn over each other, a line through an unrelated gate, a fold that loses a column, text that is not
escaped, and a picture that is not XML.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.emit.bars import bars
from ionqdsl.emit.drawing import drawing
from ionqdsl.emit.placement import layout
from ionqdsl.emit.svg import page, svg
from ionqdsl.ir.circuit import BARRIER, FlatCircuit
from ionqdsl.simulation.results import Result
from tests.random_circuits import EIGHTHS, SYMBOLS, circuits

SVG = "{http://www.w3.org/2000/svg}"


def test_by_hand() -> None:
    """Drawn by hand: controls, a target, a swap across a wire, parameters, a register."""
    program = """
qubit q[2]
qubit anc
param theta
h q[0]
cnot q[0], anc
ctrl @ z q[0], q[1]
swap q[0], anc
rx(pi/2) q[1]; rz(2*theta) anc
register c = q
"""
    assert drawing(iq.circuit(program), 80) == "\n".join(
        (
            "q[0]: ─H──●──●──╳─────────────── → c[0]",
            "          │  │  │",
            "q[1]: ────┼──●──┼────Rx(π/2)──── → c[1]",
            "          │     │",
            " anc: ────⊕─────╳──Rz(2·theta)──",
        )
    )


def test_a_gate_stands_after_the_outcome_that_decides_about_it() -> None:
    circuit = iq.circuit("qubit q[3]; h q[0]; register m = measure q[0]; x q[2]; if m[0] { x q[1] }")
    assert drawing(circuit, 80) == "\n".join(
        (
            "q[0]: ─H──M m[0]─────────────",
            "",
            "q[1]: ────────────X if m[0]──",
            "",
            "q[2]: ─X─────────────────────",
        )
    )
    places = {piece.op.gate: piece.column for piece in layout(circuit).pieces if piece.op.when or piece.op.slot}
    assert places == {"measure": 1, "x": 2}


@settings(max_examples=60, deadline=None)
@given(circuits(SYMBOLS | EIGHTHS))
def test_layout(circuit: FlatCircuit) -> None:
    """No two pieces meet in a cell, rows of a wire stay in order, and no row is lost."""
    plan = layout(circuit)
    taken: set[tuple[int, int]] = set()
    last = [-1] * circuit.width
    for piece in plan.pieces:
        for wire in range(piece.top, piece.bottom + 1):
            assert (piece.column, wire) not in taken
            taken.add((piece.column, wire))
            assert piece.column > last[wire]
            last[wire] = piece.column
        assert {mark.wire for mark in piece.marks} == set(piece.op.qubits or range(circuit.width))
    shown = [op for op in circuit.rows if op.qubits or (op.gate == "nop" and circuit.width)]
    assert Counter(piece.op for piece in plan.pieces) == Counter(shown)


@settings(max_examples=40, deadline=None)
@given(circuits(SYMBOLS | EIGHTHS), st.integers(40, 100))
def test_text_fits(circuit: FlatCircuit, width: int) -> None:
    """Folded to the width, all lines of a block equally long up to their last mark, and as many boxes as there are."""
    text = drawing(circuit, width)
    boxes = [mark.text for piece in layout(circuit).pieces for mark in piece.marks if mark.kind == "box"]
    widest = max(map(len, boxes), default=0) + 12
    assert all(len(line) <= max(width, widest) for line in text.split("\n"))
    for box, count in Counter(boxes).items():
        assert text.count(box) >= count
    plain = drawing(circuit, width, unicode=False)
    assert plain.isascii()
    for block in plain.split("\n\n"):
        assert len({len(line) for line in block.split("\n")[::2]}) == 1  # `pi` is longer than π: wires end together


@settings(max_examples=40, deadline=None)
@given(circuits(SYMBOLS | EIGHTHS), st.integers(200, 1000))
def test_svg_is_whole(circuit: FlatCircuit, width: int) -> None:
    root = ET.fromstring(svg(circuit, width))
    titles = [gate.findtext(f"{SVG}title", "").split("\n")[0] for gate in root.iter(f"{SVG}g")]
    assert sorted(titles) == sorted(piece.statement for piece in layout(circuit).pieces)
    across = float(root.get("width", "0"))
    for box in root.iter(f"{SVG}rect"):
        assert 0 <= float(box.get("x", "")) <= across - float(box.get("width", ""))


def test_hints_say_line_and_matrix() -> None:
    circuit = iq.circuit("qubit q[2]\nh q[0]\ncnot q[0], q[1]\n")
    titles = [element.text for element in ET.fromstring(circuit.svg()).iter(f"{SVG}title")]
    assert "h q[0]\n<string>, line 2\n0.7071   0.7071\n0.7071  -0.7071" in titles
    assert any(title.startswith("cnot q[0], q[1]") and title.endswith("0  0  1  0") for title in titles if title)


def test_names_are_escaped() -> None:
    """A label from a program is text, not markup."""
    first, second = FlatCircuit(1, name="<b>&"), FlatCircuit(1, name="two")
    assert ET.fromstring(page([first, second])) is not None
    assert "<b>" not in page([first, second])


def test_long_circuits_are_cut() -> None:
    circuit = iq.Circuit(2)
    for _ in range(30):
        circuit.h(0)
    assert drawing(circuit, 80, most=10).endswith("… and 20 gates more")
    assert "… and 20 gates more" in svg(circuit, most=10)
    assert drawing(circuit, 80, most=29).endswith("… and 1 gate more")


@pytest.mark.parametrize("form", ["text", "svg"])
def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str) -> None:
    """`draw`, `compile --emit` and a file's name agree."""
    bell, picture = tmp_path / "bell.qc", tmp_path / "bell.svg"
    bell.write_text("qubit q[2]; h q[0]; cnot q[0], q[1]")
    assert main(["draw", str(bell), "--as", form, "--target", "aria"]) == 0
    drawn = capsys.readouterr().out
    assert main(["compile", str(bell), "--emit", form, "--target", "aria"]) == 0
    assert capsys.readouterr().out == drawn
    assert "MS(" in drawn
    assert main(["draw", str(bell), "-o", str(picture), "--target", "aria"]) == 0
    assert form == "text" or picture.read_text() == drawn


def test_before_and_after(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "swap.qc").write_text("qubit q[2]; swap q[0], q[1]; h q")
    assert main(["draw", str(tmp_path / "swap.qc"), "--before", "--target", "aria", "--columns", "60"]) == 0
    titles = re.findall(r"^(\w.*):$", capsys.readouterr().out, re.MULTILINE)
    assert titles == ["swap", "swap, native gates"]


def test_barriers_and_blocks() -> None:
    """A barrier stands on its qubits only; gates kept as they are stand in brackets."""
    circuit = iq.circuit("qubit q[3]; h q; barrier q[0], q[1]; verbatim { x q[2] }; h q")
    text = drawing(circuit, 80)
    assert text.split("\n")[0].count("░") == text.split("\n")[1].count("░") == 1
    assert "░" not in text.split("\n")[4]
    assert "[X]" in text.split("\n")[4]
    assert any(op.gate == BARRIER for op in circuit.rows)


def texts_of(picture: str) -> list[tuple[str, float, float]]:
    """Every text of a picture: its letters, where it begins and ends, by its anchor and the width of a letter."""
    found = []
    for element in ET.fromstring(picture).iter(f"{SVG}text"):
        kind, x, wide = element.get("class"), float(element.get("x", "")), 7.3 * len(element.text or "")
        start = x if kind == "output" else x - wide if kind == "name" else x - wide / 2
        found.append((element.text or "", start, start + wide))
    return found


def test_folds_of_wide_circuits_show_the_wires_that_matter() -> None:
    """A staircase over 60 qubits: every fold has its steps alone, the last one the register's qubits too."""
    text = "qubit q[60]\nfor i in range(58) { cnot q[i], q[i + 1] }\nregister out = q[0], q[57]\n"
    circuit = iq.circuit(text)
    joined = drawing(circuit, 80)
    assert joined.count("●") == joined.count("⊕") == 58
    assert joined.endswith("… and 1 qubit that nothing happens on")  # q[59]
    assert joined.count("q[30]:") <= 2
    assert re.findall(r"^ *(q\[\d+\]): .*→ (.*)", joined, re.MULTILINE) == [("q[0]", "out[0]"), ("q[57]", "out[1]")]
    picture = svg(circuit, 600)
    assert picture.count('<circle class="dot"') == 58
    assert [said for said, _, _ in texts_of(picture) if said.startswith("→")] == ["→ out[0]", "→ out[1]"]
    assert "1 qubit that nothing happens on" in picture
    few = iq.circuit("qubit q[5]\nh q[0]\n")
    assert len(drawing(few, 80).split("\n")) == 9  # all wires of a narrow circuit are there


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29)), min_size=1, max_size=60), st.integers(300, 900))
def test_folds_lose_no_gate(pairs: list[tuple[int, int]], width: int) -> None:
    circuit = iq.Circuit(30)
    for a, b in pairs:
        circuit = circuit.h(a) if a == b else circuit.cnot(a, b)
    root = ET.fromstring(svg(circuit, width))
    assert sum(g.get("class", "").startswith("gate") for g in root.iter(f"{SVG}g")) == len(pairs)
    ends = [float(line.get("y2", "")) for line in root.iter(f"{SVG}line")]
    assert max(ends) < float(root.get("height", ""))
    text = drawing(circuit, max(40, width // 8))
    assert text.count("⊕") == sum(a != b for a, b in pairs)


def test_a_qubit_in_two_registers_says_both() -> None:
    circuit = iq.circuit("qubit q[2]; h q[0]; register left = q[0]; register both = q[1], _, q[0]")
    assert drawing(circuit, 80).split("\n")[0].endswith("→ left[0], both[2]")
    assert ("→ left[0], both[2]") in [said for said, _, _ in texts_of(svg(circuit))]


@pytest.mark.parametrize("width", [240, 300, 640])
@pytest.mark.parametrize("qubits", [1, 6, 14, 100])
def test_histograms_fit(qubits: int, width: int) -> None:
    """No bar of negative length, no caption or figure beyond the edge; the whole caption is in the title."""
    counts = {"01" * (qubits // 2) + "0" * (qubits % 2): 3, "1" * qubits: 7}
    shares = {key: count / 10 for key, count in counts.items()}
    result = Result("a rather long name", qubits, 10, counts, shares)
    picture = bars(result, width)
    root = ET.fromstring(picture)
    across = float(root.get("width", ""))
    assert across == width or qubits > 6
    assert all(end <= across for _, _, end in texts_of(picture))
    assert all(float(bar.get("width", "")) > 20 for bar in root.iter(f"{SVG}rect"))
    assert f"q[{qubits - 1}]" in (root.findtext(f"{SVG}title") or "")


def test_waiting_is_shown_on_every_qubit() -> None:
    circuit = iq.circuit("gateset native; qubit q[3]; gpi(0) q[1]; nop(10)")
    root = ET.fromstring(svg(circuit))
    (wait,) = [g for g in root.iter(f"{SVG}g") if (g.findtext(f"{SVG}title") or "").startswith("nop")]
    assert len(list(wait.iter(f"{SVG}rect"))) == 3
