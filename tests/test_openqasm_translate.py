"""OpenQASM as `.qc` text: definitions, loops, names and comments stay, and the circuit is the same row by row.

Checked by texts written by hand and by reading back. Would catch a loop that ends one early, a quotient taken for
another, a name that hides another, a lost comment, and a dropped statement that `.qc` cannot express.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openqasm_programs import openqasm

from ionqdsl import formats
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.language.reformat import reformat
from ionqdsl.read.openqasm import translate

FOLDER = Path(os.environ.get("IONQDSL_OPENQASM", "../shared/openqasm"))
CIRCUITS = Path(os.environ.get("IONQDSL_CIRCUITS", "../shared/circuits"))
THREE = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'


def translated(text: str, name: str = "two.qasm") -> str:
    """The `.qc` text, which gives the same circuit."""
    source = Source(text, name)
    program, _ = formats.loaded(source)
    made, _ = formats.write(program, "qc", source)
    assert plain(formats.loaded(Source(made))[0].runs[0]) == plain(program.runs[0])
    kept = reformat(Source(translate.text(program, source, keeps=True)))
    assert made.partition("\n\n")[2].startswith(kept)  # the second way is not taken
    return made


def plain(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without its name, which is its file's."""
    return circuit.replace(name="", phase=circuit.phase.reduced())


def body(text: str) -> list[str]:
    """The lines after the title."""
    title, empty, *lines = translated(text).splitlines()
    assert (title[:9], empty) == ("# from tw", "")
    return lines


WHOLE = """OPENQASM 3.0;
include "stdgates.inc";
// a variational circuit
input float theta;
const int n = 4;
qubit[n] q;
qubit anc;
bit[n] c;
let half = q[0:1] ++ q[-1];

/* entangles
 * two */
gate ent(a) x, y { h x; ctrl @ rx(a/2) x, y; inv @ s y; }
gate layer(a) x, y, z {
  // both
  for int i in [0:2] { ent(a) x, y; ent(a*i) y, z; }
}
for int i in [0:n-2] { ent(theta + i*pi/4) q[i], q[i+1]; }
layer(theta**2) q[0], q[1], anc; // on three
h half;
U(pi/2, 0, theta) q[3];
ctrl(2) @ negctrl @ x q[0], q[1], q[2], q[3];
for int i in {1, 3} if (i > 1 && !(n == 3)) { x q[i]; } else { z q[i]; }
for int k in [3:-2:0] rz(-k/2.0) q[k];
barrier q;
x q[{0, 2}]; y q[1:2:3]; z q[2:-1];
gphase(pi/8);
c = measure q;
"""
EXPECTED = """# from two.qasm, OpenQASM

gate _U(theta, phi, lambda) a { gphase(theta/2); u(theta, phi, lambda) a }

# a variational circuit
param theta
const n = 4
qubit q[n]
qubit anc
let half = q[0:2], q[-1]

# entangles
# two
gate ent(a) x, y { h x; ctrl @ rx(a/2) x, y; inv @ s y }
gate layer(a) x, y, z {
  # both
  for i in range(3) { ent(a) x, y; ent(a*i) y, z }
}
for i in range(n - 1) { ent(theta + i*pi/4) q[i], q[i + 1] }
layer(theta**2) q[0], q[1], anc  # on three
h half
_U(pi/2, 0, theta) q[3]
ctrl(2) @ negctrl @ x q[0], q[1], q[2], q[3]
for i in [1, 3] { if i > 1 and not n == 3 { x q[i] } else { z q[i] } }
for k in range(3, -1, -2) { rz(-k/2.0) q[k] }
barrier q
x q[0, 2]
y q[1:4:2]
z q[2:]
gphase(pi/8)
register c = q
"""


def test_a_program_keeps_its_form() -> None:
    assert translated(WHOLE) == EXPECTED


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (
            "int k = 1; for int i in [0:1] { x q[i]; k += 1; } rx(k) q[0];",
            ["# for int i in [0:1] { x q[i]; k += 1; }", "x q[0]", "x q[1]", "rx(3) q[0]"],
        ),
        (
            "gate g a { h a; barrier a; s a; } x q[0]; g q[1];",
            ["x q[0]", "# g q[1];", "h q[1]", "barrier q[1]", "s q[1]"],
        ),
        ("gate cp(t) a, b { cx a, b; } cp(1) q[0], q[1];", ["gate cp_(t) a, b { cx a, b }", "cp_(1) q[0], q[1]"]),
        ("rx(3/2) q[0]; rx(3/2.0) q[1];", ["rx(1) q[0]", "rx(3/2.0) q[1]"]),
        ("pow(0) @ x q[0]; x q[1];", ["pow(0) @ x q[0]", "x q[1]"]),
        ("for int i in [0:1] { if (i == 5) { x q[0]; } }", ["for i in range(2) { if i == 5 { x q[0] } }"]),
        ("{ x q[0]; h q[1]; }", ["# { x q[0]; h q[1]; }", "x q[0]", "h q[1]"]),
        ("const float turn = 0.5; rx(turn) q[0];", ["const turn_ = 0.5", "rx(turn_) q[0]"]),
        ("const angle a = 3*pi; rx(a) q[0];", ["rx(pi) q[0]"]),
        ("const int m = 0x10; rx(pi/m) q[0];", ["const m = 16", "rx(pi/m) q[0]"]),
        ("@twice\nx q[0];", ["# @twice", "x q[0]"]),
    ],
)
def test_what_cannot_be_said_is_written_gate_by_gate(statements: str, expected: list[str]) -> None:
    """A statement at a time: the others stay as they are."""
    assert body(THREE + "qubit[2] q;\n" + statements) == ["qubit q[2]", *expected]


def test_physical_qubits_and_included_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert body(THREE + "h $0; cx $0, $2;") == ["qubit q[3]", "h q[0]", "cnot q[0], q[2]"]
    Path("more.inc").write_text("qubit[2] r;\ngate g a { h a; }\ng r[1];\n")
    Path("main.qasm").write_text(THREE + 'include "more.inc";\ng r[0];\n')
    assert "h r[0]" in translated(Path("main.qasm").read_text(), "main.qasm")


def test_a_text_without_a_version() -> None:
    """`qreg` makes it OpenQASM 2, where `U` is another gate and 1/2 a half."""
    assert body("qreg q[1];\nU(pi/2, 0, 1/2) q[0];") == ["qubit q[1]", "u(pi/2, 0, 1/2) q[0]"]


def test_a_value_given_is_a_number() -> None:
    source = Source(THREE + "input float t; qubit q; rx(2*t) q; x q;", "t.qasm")
    program, _ = formats.loaded(source, {"t": "0.25"})
    made, _ = formats.write(program, "qc", source)
    assert made.splitlines()[2:] == ["qubit q", "rx(0.5) q", "x q"]


@settings(max_examples=25)
@given(st.one_of(openqasm(2), openqasm(3)))
def test_generated_programs(text: str) -> None:
    assert "own(" in translated(text)


@pytest.mark.skipif(not CIRCUITS.exists(), reason="the published circuits are not here")
@pytest.mark.parametrize("path", sorted(CIRCUITS.glob("*.qasm")), ids=lambda path: path.stem)
def test_published_circuits(path: Path) -> None:
    if path.stat().st_size < 300_000:
        made = translated(path.read_text(), path.name)
        assert made.count("\ngate ") == path.read_text().count("\ngate ")


@pytest.mark.skipif(not FOLDER.exists(), reason="OpenQASM's examples are not here")
@pytest.mark.parametrize("name", ["adder", "qft", "qpt", "rb"])
def test_openqasms_own_examples(name: str) -> None:
    text = (FOLDER / "examples" / f"{name}.qasm").read_text()
    translated(text, f"{name}.qasm")
