"""The refusals of the reader of OpenQASM, each with its code and its place."""

from __future__ import annotations

import re

import numpy as np
import pytest

import ionqdsl as iq
from ionqdsl.diagnostics.codes.formats import FORMATS as CODES
from tests.test_openqasm_read import THREE, TWO, noticed, read, refused, same

REFUSED = {
    "QC1172": [THREE + "def f(qubit a) { reset a; } qubit q;"],
    "QC1173": [THREE + "def f(qubit[2] a) { } qubit[3] q; f(q);"],
    "QC1101": [THREE + "qubit[2] q\nh q;", TWO + "qreg q[2]; h q[0]", "OPENQASM 3; qubit if;", "OPENQASM 3; x@x;"],
    "QC1102": ["OPENQASM 4.0; qubit q;"],
    "QC1103": ["OPENQASM 3; qubit q; rx(" + "(" * 200 + "1" + ")" * 200 + ") q;"],
    "QC1147": [
        THREE + "qubit q; int n = 1; gate g a { for int i in [1:n] { h a; } } g q; n = 2; g q;",
        THREE + "qubit q; int n = 1; gate g a { n = 2; h a; } g q;",
        THREE + "qubit q; float t = 1; gate g a { rx(t) a; } g q;",
    ],
    "QC1104": [
        "OPENQASM 2.0;\nqubit q;",
        TWO + "qreg input[1]; let a = input;",
        TWO + "qreg q[2]; ctrl @ x q[0], q[1];",
    ],
    "QC1105": [
        THREE + "qubit q; bit c; while (c) { x q; }",
        THREE + "def f(readonly array[int, 3] a) { }",
        THREE + "def f(mutable array[int, #dim=1] a) { }",
        THREE + "extern f(int) -> int;",
        THREE + "qubit q; delay[100ns] q;",
        THREE + "qubit q; box { x q; }",
        THREE + "cal { }",
        THREE + "qubit q; end;",
        THREE + "duration d = 100ns;",
        THREE + "complex[float] z;",
    ],
    "QC0309": [
        TWO + "qreg q[1]; rz(1e400) q[0];",
        THREE + "const float a = 1e400; qubit q; rz(a) q;",
        THREE + "qubit q; rz(1" + "0" * 400 + ") q;",
    ],
    "QC1106": [TWO + "qreg q[1]; rx(1e999999) q[0];", THREE + "qubit q; rx(" + "1" * 2000 + ") q;"],
    "QC1107": [
        THREE + "qubit q; bit[2] c; int n = int(c);",
        THREE + "qubit q; int n = measure q;",
        THREE + "qubit[2] q; bit[2] c; c = measure q; int n; n = c; rx(n) q[0];",
        THREE + "qubit[2] q; bit[2] c; c = measure q; int n = c; n += 1;",
        THREE + "qubit[2] q; bit[2] c; c = measure q; int[8] n = c;",
    ],
    "QC1108": [
        THREE + "qubit[2] q; measure q[0]; cx q[0], q[1];",
    ],
    "QC1109": [TWO + "qreg q[2]; h q[2];", THREE + "qubit[2] q; h q[-3];", THREE + "qubit[2] q; let a = q[0:2];"],
    "QC1110": [
        THREE + "int n = 1; h n;",
        THREE + "qubit q; rx(q) q;",
        THREE + "qubit q; for int i in 3 { }".replace(" 3 ", " q "),
    ],
    "QC1111": [TWO + "qreg q[1]; h r[0];", THREE + "qubit q; rx(a) q;", TWO + "qreg q[1]; measure q[0] -> c[0];"],
    "QC1112": [THREE + "int n; qubit q; rx(n) q;", THREE + "const int n; qubit q;"],
    "QC1113": [THREE + "input float a; qubit q; if (a > 0) x q;", THREE + "input float a; qubit q; pow(a) @ x q;"],
    "QC1115": [THREE + "const angle a = 1.0; qubit q; rx(a*1.5) q;"],
    "QC1116": [THREE + "input angle a; qubit q; rx(-a) q;"],
    "QC1117": [
        THREE + "const uint[2] n = 4; qubit q;",
        THREE + "const angle[4] a = 0.1; qubit q;",
        THREE + "qubit q; int[8] n = 128;",
    ],
    "QC1118": [THREE + "qubit q; rx(sinh(1)) q;", TWO + "qreg q[1]; rx(arcsin(1)) q[0];"],
    "QC1119": [
        THREE + "gate g(a) q { } qubit q; g q;",
        THREE + "qubit q; rx(sin(1, 2)) q;",
        THREE + "qubit q; inv(2) @ x q;",
    ],
    "QC1120": [
        TWO + "qreg q[1]; hh q[0];",
        "OPENQASM 2.0; qreg q[1]; h q[0];",
        THREE + "gate g a { g a; } qubit q; g q;",
    ],
    "QC1124": [THREE + "bit c;", "OPENQASM 3;"],
    "QC1125": [TWO + "opaque magic(a) q, r; qreg q[2]; magic(1) q[0], q[1];"],
    "QC1126": [THREE + "if (true) { qubit q; }"],
    "QC1127": [THREE + "qubit q; bit c; c = 1;", THREE + "qubit q; int c = 1; c = measure q;"],
    "QC1128": [THREE + "const int n = 1; n = 2;"],
    "QC1129": [THREE + "input uint n; qubit[n] q;"],
    "QC1132": [TWO + "qreg q[2]; creg c[3]; measure q -> c;"],
    "QC1134": [THREE + "qubit q; gate g a { x q; } g q;", TWO + "gate g a { h a[0]; } qreg q[1]; g q[0];"],
    "QC1135": [TWO + "qreg q[3]; cx q[0], q[1], q[2];", TWO + "qreg q[2]; cx q;"],
    "QC1136": [THREE + "qubit q; x $0;", THREE + "x $0; qubit q;"],
    "QC1137": [THREE + "qubit[3] q; h q[2:1];"],
    "QC0209": [TWO + "qreg q[2]; cx q[0], q[0];", TWO + "qreg q[2]; cx q, q;"],
    "QC0220": [TWO + "qreg q[2]; qreg q[1];", TWO + "gate g a { } gate g a { } qreg q[1];"],
    "QC0224": [TWO + "qreg q[2]; qreg r[3]; cx q, r;"],
    "QC0303": [THREE + "qubit q; rx(1/0) q;"],
    "QC0501": [
        THREE + "qubit q; for int i in [0:1000000000] { x q; }",
        THREE + "qubit q; for int i in [-33333333333333333333:33333333333333333333] { x q; }",
        THREE + "qubit q; for int i in [33333333333333333333:-1:0] { x q; }",
    ],
    "QC0511": [
        THREE + "qubit q; rx(" + "1+" * 100_000 + "1) q;",
        TWO + "qreg q[1]; barrier " + "q[0]," * 50_000 + "q[0];",
    ],
    "QC0505": [TWO + "qreg q[1000000];", TWO + "qreg q[0];", TWO + "qreg q[3]; qreg r[0];"],
}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        pytest.param(code, text, marks=[pytest.mark.slow] if len(text) > 100_000 else [])
        for code, texts in REFUSED.items()
        for text in texts
    ],
)
def test_refusals(code: str, text: str) -> None:
    found = refused(text)
    assert found.code == code, found.render()
    assert "QC" in found.render()
    assert not re.search(r"\{\w+\}", found.render().split("-->")[0])


def test_every_code_has_a_text() -> None:
    reading = {code.name for code in CODES if code.name < "QC1138" or code.name == "QC1147"}
    elsewhere = {"QC1114", "QC1121", "QC1122", "QC1130", "QC1131"}
    assert reading <= set(REFUSED) | elsewhere


def test_a_barrier_names_each_qubit_once() -> None:
    circuit = read(TWO + "gate g a, b { barrier b, a, b; } qreg q[2]; g q[0], q[1]; barrier q, q[0];")
    assert [op.qubits for op in circuit.rows] == [(1, 0), (0, 1)]


def test_the_size_that_is_wrong_is_the_registers() -> None:
    assert refused(TWO + "qreg q[3]; qreg r[0];").facts["size"] == 0
    assert refused(TWO + "qreg q[3]; qreg r[9999];").facts["size"] == 10002


def test_places_are_exact() -> None:
    found = refused(TWO + "qreg q[2];\nh q[0];\n  cx q[0], q[2];\n")
    assert found.span is not None
    assert found.span.text == "2"
    assert found.span.source.position(found.span.start) == (5, 14)
    lines = TWO + "qreg q[2];\n" + "h q[0];\n" * 20 + "hh q[1];\n" + "h q[0];\n" * 20
    found = refused(lines)
    assert found.span is not None
    assert (found.code, found.span.text) == ("QC1120", "hh")


def test_the_help_of_an_open_number_is_a_flag_for_one_input() -> None:
    found = refused(THREE + "input float a; input float b; qubit q; if (a + b > 0) x q;")
    assert found.message.endswith("it depends on `a`, `b`")
    assert "`--set a=0.3`" in found.helps[0]


@pytest.mark.parametrize(
    ("statement", "word"),
    [("extern f(int) -> int;", "the value of the function"), ("delay[10ns] q;", "leave the statement out")],
)
def test_a_statement_that_no_circuit_has_gets_its_replacement(statement: str, word: str) -> None:
    found = refused(THREE + "qubit q; const int n = 2; " + statement)
    assert (found.code, found.helps) == ("QC1105", [found.helps[0]])
    assert word in found.helps[0]


def test_a_known_definition_by_other_gates_is_another_gate() -> None:
    """rxx as we write it, on a rzz that turns twice as far."""
    text = """OPENQASM 3.0; include "stdgates.inc";
    gate rzz(theta) a, b { cx a, b; rz(2*theta) b; cx a, b; }
    gate rxx(theta) a, b { h a; h b; rzz(theta) a, b; h a; h b; }
    qubit[2] q; rxx(0.3) q[0], q[1];"""
    assert np.allclose(read(text).unitary(), iq.circuit("qubit q[2]; xx(0.6) q[0], q[1]").unitary())
    own = (
        'OPENQASM 2.0; include "qelib1.inc"; gate h a { x a; } gate sx a { h a; u1(pi/2) a; h a; } qreg q[1]; sx q[0];'
    )
    assert np.allclose(read(own).unitary(), iq.circuit("qubit q; x q; s q; x q").unitary())


def test_barriers_stay_under_modifiers() -> None:
    """A barrier left out would let the optimiser merge gates that the program keeps apart."""
    gate = THREE + "gate g a, b { h a; barrier a, b; s a; } qubit[3] q; "
    for call, gates in {
        "inv @ g q[0], q[1];": ["si", "barrier", "h"],
        "pow(2) @ g q[0], q[1];": ["h", "barrier", "s"] * 2,
        "ctrl @ g q[2], q[0], q[1];": ["h", "barrier", "s"],
    }.items():
        circuit = read(gate + call)
        assert [op.gate for op in circuit.rows] == gates
        assert {tuple(sorted(op.qubits)) for op in circuit.rows if op.gate == "barrier"} == {(0, 1)}


def test_notes() -> None:
    assert noticed(THREE + "pragma x\n@y\nqubit q; x q;") == ["QC1130", "QC1130"]
    assert noticed(TWO + "qreg q[1]; creg c[1]; h q[0];") == ["QC1122"]
    assert noticed(TWO + "gate h a { x a; } qreg q[1]; h q[0];") == ["QC1131"]
    same(TWO + "gate h a { x a; } qreg q[1]; h q[0];", "qubit q[1]; x q")
    assert noticed(THREE + "input float β; qubit job; rx(β) job;") == ["QC1121", "QC1121"]
    assert read(THREE + "input float β; qubit job; rx(β) job;").parameters == ("beta",)


def test_a_run_of_lines_reads_as_single_lines_do() -> None:
    """Eight plain lines travel as one token; a blank line more, and they do not."""
    lines = ["h q[0];", "rx(pi/2*(1)) q[1];", "cx q[0], r[1];", "u3(0.1,-pi/4,2e-1) r[0];", "sdg q[1];"] * 4
    head = TWO + "qreg q[2];\nqreg r[2];\n"
    assert read(head + "\n".join(lines) + "\n") == read(head + " ".join(lines))
