"""Reading OpenQASM 2 and 3: the meaning of a program, and every refusal at its place.

Checked by qiskit, where it reads the same text, and by matrices and rows written by hand. Would catch anything silently
dropped, a wrong version's arithmetic, indices in the wrong direction, and phases lost under controls.
"""

from __future__ import annotations

import math
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


def refused_file(path: str) -> Diagnostic:
    with pytest.raises(CompileError) as caught:
        formats.load(path)
    return caught.value.diagnostics[0]


def noticed(text: str) -> list[str]:
    return [diagnostic.code for diagnostic in formats.loaded(Source(text))[1]]


def same(text: str, qc: str) -> None:
    """The text means the `.qc` program: unitary, phase and registers."""
    first, second = read(text), iq.circuit(qc)
    assert first.width == second.width
    assert first.registers == second.registers
    assert np.allclose(first.unitary(), second.unitary(), atol=1e-9)


# --- gates that others leave out or change
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
    """`zz` is the gate that the program defines, whatever the angle."""
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


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("13 << 2", 52),
        ("13 >> 2", 3),
        ("13 & 6", 4),
        ("13 | 6", 15),
        ("13 ^ 6", 11),
        ("13 % 6", 1),
        ("1 << 2 + 1", 8),  # sums before shifts
        ("5 & 24 >> 3", 1),  # shifts before `&`
        ("(1 << 2 < 5) + (8 >> 1 > 5)", 1),  # and before comparisons
        ("(3 <= 3) + (3 >= 4) + (3 != 4) + (3 == 4)", 2),
    ],
)
def test_operators_of_whole_numbers(written: str, value: int) -> None:
    """By the specification's order of operators, worked out by hand."""
    same(THREE + f"qubit q; rx({written}) q;", f"qubit q; rx({value}) q")


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


CASES = "case 0 { ry(0.1) q[2]; } case 1, 2 { ry(0.2) q[2]; } default { ry(0.3) q[2]; }"
CHOSEN = (0.1, 0.2, 0.2, 0.3)


@pytest.mark.parametrize("value", range(4))
def test_a_switch_on_a_known_value(value: int) -> None:
    text = f"{THREE}const int k = {value}; qubit[3] q; switch (k) {{ {CASES} }}"
    same(text, f"qubit q[3]; ry({CHOSEN[value]}) q[2]")
    assert iq.program(iq.convert(text, to="qc"))[0] == read(text)


@pytest.mark.parametrize("value", range(4))
@pytest.mark.parametrize(
    "target", ["switch (c)", "switch (int(c))", "int k;\nk = c;\nswitch (k)", "int k = c;\nswitch (k)"]
)
def test_a_switch_on_outcomes(target: str, value: int) -> None:
    """Also of a number that is read from bits, as qiskit writes it. Bit 0 has weight 1."""
    ones = "".join(f"x q[{k}];" for k in range(2) if value >> k & 1)
    text = f"{THREE}qubit[3] q; bit[2] c; {ones} c = measure q[0:1]; {target} {{ {CASES} }}"
    for program in (text, iq.convert(text, to="qc"), iq.convert(text, to="qasm3")):
        state = iq.run(iq.program(program), exact=True).probabilities
        assert sum(chance for bits, chance in state.items() if bits[2] == "1") == pytest.approx(
            math.sin(CHOSEN[value] / 2) ** 2
        )


def test_a_number_keeps_the_bits_that_it_was_read_from() -> None:
    text = "qubit[2] q; bit[2] c; x q; c[0] = measure q[0]; int k = c; c[1] = measure q[1]; if (k == 1) { x q[0]; }"
    assert iq.run(iq.program(THREE + text), exact=True).probabilities.keys() == {"0111"}


def test_an_empty_switch_and_one_with_a_default_alone() -> None:
    same(THREE + "qubit q; switch (1) { }", "qubit q")
    same(THREE + "qubit q; switch (1) { default { x q; } }", "qubit q; x q")


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
    """Next to the main file, once or not at all, and never round in a circle."""
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
        warnings.simplefilter("ignore")  # its importer uses functions that it warns of
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
