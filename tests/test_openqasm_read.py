"""Reading OpenQASM 2 and 3: the meaning of a program, and every refusal at its place.

Checked by qiskit, where it reads the same text, and by matrices and rows written by hand. Would catch anything silently
dropped, a wrong version's arithmetic, indices in the wrong direction, and phases lost under controls.
"""

from __future__ import annotations

import math
import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openqasm_programs import openqasm

import ionqdsl as iq
from ionqdsl import formats
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.codes.formats import FORMATS as CODES
from ionqdsl.diagnostics.source import Source
from ionqdsl.read.openqasm import lines, parse

TWO = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'
THREE = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'


def read(text: str, values: dict[str, str] | None = None) -> iq.Circuit:
    return iq.Circuit.of(formats.loaded(Source(text), values)[0].runs[0])


def refused(text: str) -> Diagnostic:
    with pytest.raises(CompileError) as caught:
        formats.loaded(Source(text))
    return caught.value.diagnostics[0]


def noticed(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in formats.loaded(Source(text))[1]]


def same(text: str, qc: str) -> None:
    """The text means the `.qc` program: unitary, phase and registers."""
    first, second = read(text), iq.circuit(qc)
    assert first.width == second.width
    assert first.registers == second.registers
    assert np.allclose(first.unitary(), second.unitary(), atol=1e-9)


# --- what others leave out or change
# -----------------------------------------------------------------------------------


def test_a_loop_behind_a_gate_is_kept() -> None:
    same(
        THREE + "qubit[3] q; h q[0]; for int i in [0:1] { cx q[i], q[i+1]; }",
        "qubit q[3]; h q[0]; cx q[0], q[1]; cx q[1], q[2]",
    )


def test_an_inverse_is_inverted() -> None:
    same(THREE + "qubit q; inv @ s q;", "qubit q; si q")


def test_a_control_controls() -> None:
    same(THREE + "qubit a; qubit b; h a; ctrl @ x a, b;", "qubit a, b; h a; cnot a, b")


def test_a_controlled_phase_is_one() -> None:
    """Not a controlled rz, whose relative phase is another."""
    same(THREE + "qubit[2] q; h q; cp(0.3) q[0], q[1];", "qubit q[2]; h q; cp(0.3) q[0], q[1]")
    matrix = read(THREE + "qubit[2] q; cp(0.3) q[0], q[1];").unitary()
    assert np.allclose(matrix, np.diag([1, 1, 1, np.exp(0.3j)]))


def test_a_value_does_not_choose_the_gate() -> None:
    """`zz` is what the program defines, whatever the angle."""
    for angle in ("0.2", "0.3"):
        text = THREE + f"gate zz(t) a, b {{ cx a, b; rz(t) b; cx a, b; }} qubit[2] q; zz({angle}) q[0], q[1];"
        same(text, f"qubit q[2]; zz({angle}) q[0], q[1]")


def test_aliases_and_registers_are_numbered_on() -> None:
    same(
        THREE
        + "qubit[2] a; qubit[2] b; let all = a ++ b; let back = all[3:-1:0]; x back[0]; cx b[1], a[0]; h all[{0, 2}];",
        "qubit a[2], b[2]; x b[1]; cx b[1], a[0]; h a[0]; h b[0]",
    )


# --- OpenQASM 2 ----------------------------------------------------------------------------------------------------


def test_the_whole_of_openqasm_2() -> None:
    same(
        TWO
        + """// comment
        qreg a[2]; qreg b[2]; creg c[3]; creg unused[2];
        gate own(x, y) p, q { U(x/2, 0, -y^2) p; barrier p, q; CX p, q; rz(sin(x) + ln(exp(y))) q; }
        own(1/2, 0.3) a[0], b[1];
        cx a, b; cx a[0], b; h a;
        barrier a, b[0];
        measure b -> c[0]; """.replace("measure b -> c[0];", "measure b[0] -> c[2]; measure a[1] -> c[0];"),
        """qubit a[2], b[2]
        u(0.25, 0, -0.09) a[0]; cx a[0], b[1]; rz(sin(0.5) + 0.3) b[1]
        cx a, b; cx a[0], b; h a
        register c = a[1], _, b[0]""",
    )


def test_half_is_a_half_in_two_and_nothing_in_three() -> None:
    same(TWO + "qreg q[1]; rx(1/2) q[0];", "qubit q[1]; rx(0.5) q")
    assert noticed(THREE + "qubit q; rx(1/2) q;") == ["QC1114"]
    same(THREE + "qubit q; rx(1/2) q;", "qubit q; rx(0) q")
    same(THREE + "qubit q; rx(-7/2) q; rx(1.0/2) q;", "qubit q; rx(-3) q; rx(0.5) q")  # cut, not floored


def test_the_hat_is_a_power_in_two_only() -> None:
    same(TWO + "qreg q[1]; rx(2^3) q[0];", "qubit q[1]; rx(8) q")
    same(THREE + "qubit q; rx(6 ^ 3) q; ry(2**3) q; rz(-2**2) q;", "qubit q; rx(5) q; ry(8) q; rz(-4) q")


NAMES_OF_QELIB1 = "u3 u2 u1 cx id x y z h s sdg t tdg rx ry rz cz cy swap ch ccx cswap crx cry crz cu1 cp cu3 csx cu"
NAMES_OF_QELIB1 += " rxx rzz rccx rc3x c3x c3sqrtx c4x u p sx sxdg"


def test_words_of_three_are_names_in_two() -> None:
    """Where the program gives something such a name; nine plain gate lines are read without the grammar."""
    same(
        TWO + "gate turn(angle) box { rz(angle*2) box; }\nqreg input[2]; creg end[1];\nturn(0.3) input[1]; h input;\n"
        "barrier input;\n" + "cx input[0], input[1];\n" * 9 + "measure input[1] -> end[0];",
        "qubit q[2]; rz(0.6) q[1]; h q; barrier q; for k in range(9) { cnot q[0], q[1] }; register end = q[1]",
    )


def test_a_text_without_a_version_is_what_it_looks_like() -> None:
    """Powers, halves and the phase of U tell; single quotes and comments must not."""
    old = "qreg q[1]; U(2^3/16, 1/2, ln(1)) q[0];"
    for text in (old, "include 'qelib1.inc';\n" + old, "// stdgates.inc, qubit\n" + old):
        same(text, "qubit q; u(0.5, 0.5, 0) q")
    new = "qreg q[1]; ctrl @ gphase(1/2) q[0]; p(3^2) q[0];"
    same('include "stdgates.inc"; ' + new, "qubit q; p(1) q")


def test_what_does_nothing_does_no_harm() -> None:
    """A semicolon too many, and an opaque gate that is never applied."""
    same(TWO + "opaque magic(a) q, r;; qreg q[1]; gate g a { x a;; }; g q[0];;", "qubit q; x q")


@pytest.mark.parametrize("name", NAMES_OF_QELIB1.split())
def test_gates_of_qelib1_are_qiskits(name: str) -> None:
    """Up to a global phase, which OpenQASM 2 does not have."""
    qasm2 = pytest.importorskip("qiskit.qasm2")
    from qiskit.quantum_info import Operator

    custom = {gate.name: gate for gate in qasm2.LEGACY_CUSTOM_INSTRUCTIONS}
    known = {
        "cu3": (3, 2),
        "u3": (3, 1),
        "u2": (2, 1),
        "u1": (1, 1),
        "cu1": (1, 2),
        "rx": (1, 1),
        "ry": (1, 1),
        "rz": (1, 1),
    }
    known |= {"crz": (1, 2), "cx": (0, 2), "cz": (0, 2), "cy": (0, 2), "ch": (0, 2), "ccx": (0, 3)}
    if name in known:
        parameters, qubits = known[name]
    elif name in custom:
        parameters, qubits = custom[name].num_params, custom[name].num_qubits
    else:
        parameters, qubits = 0, 1
    inner = f"({', '.join(['0.3', '0.5', '-1.1', '0.7'][:parameters])})" if parameters else ""
    text = TWO + f"qreg q[{qubits}]; {name}{inner} {', '.join(f'q[{k}]' for k in range(qubits))};"
    theirs = Operator(qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS).reverse_bits()).data
    mine = read(text).unitary()
    place = np.unravel_index(abs(mine).argmax(), mine.shape)
    assert np.allclose(mine, theirs * (mine[place] / theirs[place]), atol=1e-9)


# --- OpenQASM 3 ----------------------------------------------------------------------------------------------------


def spec_u(theta: float, phi: float, lam: float) -> Any:
    """The definition of U in OpenQASM 3's specification."""
    e = np.exp
    return (
        np.array(
            [
                [1 + e(1j * theta), -1j * e(1j * lam) * (1 - e(1j * theta))],
                [1j * e(1j * phi) * (1 - e(1j * theta)), e(1j * (phi + lam)) * (1 + e(1j * theta))],
            ]
        )
        / 2
    )


def test_u_has_the_phase_of_the_specification() -> None:
    matrix = read("OPENQASM 3; qubit q; U(0.3, 0.5, 0.7) q;").unitary()
    assert np.allclose(matrix, spec_u(0.3, 0.5, 0.7))
    under_control = read("OPENQASM 3; qubit[2] q; ctrl @ U(0.3, 0.5, 0.7) q[0], q[1];").unitary()
    assert np.allclose(under_control[2:, 2:], spec_u(0.3, 0.5, 0.7))
    assert np.allclose(under_control[:2, :2], np.eye(2))


STANDARD: dict[str, Any] = {
    "x": spec_u(math.pi, 0, math.pi) * np.exp(-0.5j * math.pi),
    "h": spec_u(math.pi / 2, 0, math.pi) * np.exp(-0.25j * math.pi),
    "rx(0.3)": spec_u(0.3, -math.pi / 2, math.pi / 2) * np.exp(-0.15j),
    "ry(0.3)": spec_u(0.3, 0, 0) * np.exp(-0.15j),
    "rz(0.3)": spec_u(0, 0, 0.3) * np.exp(-0.15j),
    "p(0.3)": np.diag([1, np.exp(0.3j)]),
    "phase(0.3)": np.diag([1, np.exp(0.3j)]),
    "sx": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
    "u1(0.3)": np.diag([1, np.exp(0.3j)]),
    "u2(0.3, 0.5)": spec_u(math.pi / 2, 0.3, 0.5) * np.exp(-0.5j * (0.8 + math.pi / 2)),
    "u3(0.3, 0.5, 0.7)": spec_u(0.3, 0.5, 0.7) * np.exp(-0.75j),
    "pow(1/2.0) @ x": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
    "inv @ t": np.diag([1, np.exp(-0.25j * math.pi)]),
}


@pytest.mark.parametrize("call", STANDARD)
def test_gates_of_stdgates(call: str) -> None:
    """By the definitions of the specification's library, phases included."""
    assert np.allclose(read(THREE + f"qubit q; {call} q;").unitary(), STANDARD[call])
    controlled = read(THREE + f"qubit[2] q; negctrl @ {call} q[0], q[1];").unitary()
    assert np.allclose(controlled[:2, :2], STANDARD[call])
    assert np.allclose(controlled[2:, 2:], np.eye(2))


def test_the_whole_of_openqasm_3() -> None:
    same(
        THREE
        + """
        pragma something
        const int n = 4; const float step = π/n; const uint[8] mask = 0b101;
        /* a gate
           with a loop */
        gate chain(θ) a, b { for int k in {1, 2} { rx(θ*k) a; } if (n > 3) { ctrl @ p(θ) a, b; } gphase(θ/2); }
        @note
        qubit[n] q; qubit anc;
        bit[3] c; bit last;
        int total = 0;
        for uint i in [0:2:n-1] { h q[i]; total += i; }
        for int i in [3:-1:2] { if (bool(mask[i - 1])) x q[i]; else y q[i]; }
        rz(total*step) anc;
        let half = q[0:1] ++ anc;
        chain(step) half[0], half[2];
        ctrl(2) @ pow(2) @ chain(0.1) q[1], q[2], q[0], q[3];
        inv @ pow(0.5) @ rz(arccos(0.5)) q[0];
        { x q[0]; }
        gphase(0.25);
        barrier q;
        c[0] = measure q[2];
        measure q[0] -> c[2];
        last = measure anc;
        """,
        """
        gate chain(theta) a, b { rx(theta) a; rx(2*theta) a; ctrl @ p(theta) a, b; gphase(theta/2) }
        qubit q[4], anc
        h q[0]; h q[2]; x q[3]; y q[2]
        rz(pi/2) anc
        chain(pi/4) q[0], anc
        ctrl(2) @ pow(2) @ chain(0.1) q[1], q[2], q[0], q[3]
        rz(-acos(0.5)/2) q[0]
        x q[0]
        gphase(0.25)
        barrier q
        register c = q[2], _, q[0]
        register last = anc
        """,
    )


def test_inputs_stay_open_or_get_a_value() -> None:
    text = (
        THREE + "input float theta; input int n; input angle φ; qubit[n] q; rx(2*theta + pi/n) q[n - 1]; p(φ/2) q[0];"
    )
    assert refused(text).code == "QC1129"
    circuit = read(text, {"n": "2"})
    assert circuit.parameters == ("theta", "phi")
    assert np.allclose(
        circuit.bind(theta=0.3, phi=0.4).unitary(), iq.circuit("qubit q[2]; rx(0.6 + pi/2) q[1]; p(0.2) q[0]").unitary()
    )


def test_angles_wrap() -> None:
    """An angle is a number below a full turn: half of 3 pi is half of pi."""
    same(THREE + "const angle a = 3*pi; qubit q; rx(a/2) q;", "qubit q; rx(pi/2) q")
    assert refused(THREE + "input angle a; qubit q; rx(2*a) q;").code == "QC1116"


def test_included_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the main file, once or not at all, and never round in a circle."""
    monkeypatch.chdir(tmp_path)
    Path("more.inc").write_text("gate flip a { x a; }\n")
    Path("main.qasm").write_text(THREE + 'include "more.inc"; qubit q; flip q;')
    program, _ = formats.load("main.qasm")
    assert [op.gate for op in program.runs[0].rows] == ["x"]
    Path("more.inc").write_text('include "main.qasm";\n')
    assert refused_file("main.qasm").code == "QC0427"
    Path("main.qasm").write_text('include "../../../etc/hosts"; qubit q;')
    assert refused_file("main.qasm").code == "QC0425"
    Path("main.qasm").write_text('include "missing.inc"; qubit q;')
    assert refused_file("main.qasm").code == "QC0424"


def refused_file(path: str) -> Diagnostic:
    with pytest.raises(CompileError) as caught:
        formats.load(path)
    return caught.value.diagnostics[0]


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
        THREE + "def f(qubit q) -> bit { return measure q; }",
        THREE + "extern f(int) -> int;",
        THREE + "qubit q; delay[100ns] q;",
        THREE + "qubit q; box { x q; }",
        THREE + "array[int, 3] a;",
        THREE + "cal { }",
        THREE + "qubit q; end;",
        THREE + "duration d = 100ns;",
        THREE + "switch (1) { case 1 { } }",
        THREE + "complex[float] z;",
    ],
    "QC1106": [TWO + "qreg q[1]; rx(1e999999) q[0];", THREE + "qubit q; rx(" + "1" * 2000 + ") q;"],
    "QC1107": [
        THREE + "qubit q; bit[2] c; int n = int(c);",
        THREE + "qubit q; int n = measure q;",
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
    """A barrier left out would let the optimiser merge what the program keeps apart."""
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


# --- generated programs ----------------------------------------------------------------------------------------------


factors = st.tuples(
    st.sampled_from(["", "-", "+", "- ", "--"]),
    st.sampled_from(
        ["pi", "0", "3", "007", "0.5", "2.", ".5", "1e3", "1.5E-2", "12345678901234567890", "1_0", "0x1F", "tau"]
    )
    | st.floats(0, 1e9).map(repr)
    | st.integers(0, 10**40).map(str),
).map("".join)
arguments = st.tuples(
    factors, st.lists(st.tuples(st.sampled_from(["*", "/", " * ", "/ ", "+", "**"]), factors), max_size=3)
).map(lambda parts: parts[0] + "".join(operator + factor for operator, factor in parts[1]))
gate_lines = st.builds(
    lambda gate, given, blank, operands, end: (
        gate
        + (f"({given[0]}{given[1].join(given[2])})" if given is not None else "")
        + blank
        + ", ".join(operands)
        + end
    ),
    st.sampled_from(["rx", "u3", "h", "input", "ctrl", "my_gate", "gphase", "while", "é"]),
    st.none()
    | st.tuples(st.sampled_from(["", " "]), st.sampled_from([",", ", ", " , "]), st.lists(arguments, max_size=3)),
    st.sampled_from([" ", "\t", "  "]),
    st.lists(
        st.sampled_from(["q[0]", "q[12]", "if[0]", "turn[1]", "q", "q[01]", "q[0][1]", "q[-1]", "$0"]), max_size=3
    ),
    st.sampled_from([";", " ;"]),
)


@given(gate_lines, st.sampled_from([2, 3]))
@settings(max_examples=400)
def test_a_plain_line_is_read_as_the_grammar_reads_it(text: str, version: int) -> None:
    source = Source(f"// in a comment\n{text}\n")
    offset = source.text.index(text)
    plain = lines.application(text, source, offset, parse.KEYWORDS)
    if plain is not None:
        assert plain == parse.by_grammar(text, source, offset, version)


def test_most_lines_are_plain() -> None:
    source = Source("")
    for text in (
        "h q[0];",
        "cx q[0],q[1];",
        "u3(0.1,-pi/2, 3*pi/4) q[3];",
        "rz(-1.5e-3)\tq[2] ;",
        "ms(0, .25, 1/4) a[0], b[1];",
    ):
        assert lines.application(text, source, 0, parse.KEYWORDS) is not None, text
    for text in (
        "rx(2**3) q[0];",
        "rx(a) q[0];",
        "h q;",
        "ctrl @ x q[0], q[1];",
        "rx((1)) q[0];",
        "rx(1_0) q[0];",
        "if[0];",
    ):
        assert lines.application(text, source, 0, parse.KEYWORDS) is None, text


@settings(max_examples=15)
@given(openqasm(2))
def test_openqasm_2_means_what_qiskit_says(text: str) -> None:
    qasm2 = pytest.importorskip("qiskit.qasm2")
    from qiskit.quantum_info import Operator

    theirs = Operator(qasm2.loads(text).reverse_bits()).data
    mine = read(text).unitary()
    place = np.unravel_index(abs(mine).argmax(), mine.shape)
    assert np.allclose(mine, theirs * (mine[place] / theirs[place]), atol=1e-8)


@settings(max_examples=12)
@given(openqasm(3))
def test_openqasm_3_means_what_qiskit_says(text: str) -> None:
    """Up to a phase of the whole, which its importer loses in definitions."""
    pytest.importorskip("qiskit_qasm3_import")
    qasm3 = pytest.importorskip("qiskit.qasm3")
    from qiskit.quantum_info import Operator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its importer uses what it warns of
        theirs = Operator(qasm3.loads(text).reverse_bits()).data
    mine = read(text).unitary()
    place = np.unravel_index(abs(mine).argmax(), mine.shape)
    assert np.allclose(mine, theirs * (mine[place] / theirs[place]), atol=1e-8)


def test_texts_of_any_number_of_statements_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit of words, numbers and signs counts for each statement."""
    monkeypatch.setattr(parse, "MAX_TOKENS", 20)
    lines = "x q[0];\n" * 9  # a run of plain lines is one token
    statements = f"pragma x\n@a\nx q[0];\nfor int i in [0:1] {{ x q[0]; x q[0]; }}\nif (true) {{ x q[0]; }}\n{lines}"
    assert len(read(THREE + "qubit[1] q;\n" + statements * 30).rows) == 30 * (1 + 4 + 1 + 9)
    assert refused(THREE + "qubit q; rx(1+1+1+1+1+1+1+1+1+1) q;").code == "QC0511"
