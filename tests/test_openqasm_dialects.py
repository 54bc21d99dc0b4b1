"""Texts as Amazon Braket and pytket write them: gates of their own, angles in radians, verbatim boxes.

The matrices are those of Braket's and pytket's documentation, written out here. Would catch an angle read in turns, a
gate with another's meaning, pulses of a verbatim box that are optimised, and a pragma with a meaning that is dropped.
"""

from __future__ import annotations

import json
import warnings
from cmath import exp
from math import cos, pi, sin, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

import ionqdsl as iq
from tests.test_openqasm_read import THREE, TWO, noticed, read, refused, same

BRAKET = "OPENQASM 3.0;\nqubit[2] q;\n"
A, B, C = 0.3, -1.1, 0.8


def rotation(generator: NDArray[np.complex128], theta: float) -> NDArray[np.complex128]:
    """exp(-i theta/2 P) for a matrix whose square is 1."""
    return cos(theta / 2) * np.eye(len(generator)) - 1j * sin(theta / 2) * generator


X, Z = np.array([[0, 1], [1, 0]], complex), np.diag([1, -1]).astype(complex)
Y = 1j * X @ Z
FLIP, SAME = np.kron(X, X), np.eye(4)
HALF = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2

MS = cos(C / 2) * SAME - 1j * sin(C / 2) * np.array(
    [
        [0, 0, 0, exp(-1j * (A + B))],
        [0, 0, exp(-1j * (A - B)), 0],
        [0, exp(1j * (A - B)), 0, 0],
        [exp(1j * (A + B))] + [0] * 3,
    ]
)
ONE = {
    "i": np.eye(2),
    "v": HALF,
    "vi": HALF.conj().T,
    "si": np.diag([1, -1j]),
    "ti": np.diag([1, exp(-1j * pi / 4)]),
    f"phaseshift({A})": np.diag([1, exp(1j * A)]),
    f"gpi({A})": np.array([[0, exp(-1j * A)], [exp(1j * A), 0]]),
    f"gpi2({A})": np.array([[1, -1j * exp(-1j * A)], [-1j * exp(1j * A), 1]]) / sqrt(2),
    f"prx({A}, {B})": rotation(cos(B) * X + sin(B) * Y, A),
}
TWO_QUBITS = {
    f"cphaseshift({A})": np.diag([1, 1, 1, exp(1j * A)]),
    f"cphaseshift00({A})": np.diag([exp(1j * A), 1, 1, 1]),
    f"cphaseshift01({A})": np.diag([1, exp(1j * A), 1, 1]),
    f"cphaseshift10({A})": np.diag([1, 1, exp(1j * A), 1]),
    "cv": np.block([[np.eye(2), np.zeros((2, 2))], [np.zeros((2, 2)), HALF]]),
    f"pswap({A})": np.array([[1, 0, 0, 0], [0, 0, exp(1j * A), 0], [0, exp(1j * A), 0, 0], [0, 0, 0, 1]]),
    "iswap": np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]]),
    f"xy({A})": np.array(
        [[1, 0, 0, 0], [0, cos(A / 2), 1j * sin(A / 2), 0], [0, 1j * sin(A / 2), cos(A / 2), 0], [0, 0, 0, 1]]
    ),
    f"xx({A})": rotation(FLIP, A),
    f"yy({A})": rotation(np.kron(Y, Y), A),
    f"zz({A})": rotation(np.kron(Z, Z), A),
    "ecr": np.array([[0, 0, 1, 1j], [0, 0, 1j, 1], [1, -1j, 0, 0], [-1j, 1, 0, 0]]) / sqrt(2),
    f"ms({A}, {B}, {C})": MS,
    f"ms({A}, {B})": (SAME - 1j * (MS - cos(C / 2) * SAME) / (-1j * sin(C / 2))) / sqrt(2),
    f"ctrl @ U({A}, {B}, {C})": np.block(
        [
            [np.eye(2), np.zeros((2, 2))],
            [
                np.zeros((2, 2)),
                np.array(
                    [
                        [cos(A / 2), -exp(1j * C) * sin(A / 2)],
                        [exp(1j * B) * sin(A / 2), exp(1j * (B + C)) * cos(A / 2)],
                    ]
                ),
            ],
        ]
    ),
}


@pytest.mark.parametrize("gate", ONE)
def test_brakets_gates_on_a_qubit(gate: str) -> None:
    written = read(f"OPENQASM 3.0;\nqubit q;\n{gate} q;\n#pragma braket result state_vector\n")
    assert np.allclose(written.unitary(), ONE[gate], atol=1e-12)


@pytest.mark.parametrize("gate", TWO_QUBITS)
def test_brakets_gates_on_two_qubits(gate: str) -> None:
    written = read(f"{BRAKET}{gate} q[0], q[1];\n#pragma braket result state_vector\n")
    assert np.allclose(written.unitary(), TWO_QUBITS[gate], atol=1e-12)


def test_a_gate_of_brakets_makes_a_text_brakets() -> None:
    """Also among plain lines; the natives alone are IonQ's, in turns, and an include makes it plain OpenQASM."""
    assert np.allclose(
        read(f"{BRAKET}h q[0];\nh q[0];\ngpi({A}) q[1];").unitary(), np.kron(np.eye(2), ONE[f"gpi({A})"])
    )
    assert np.allclose(read("OPENQASM 3.0; qubit q; gpi(0.25) q;").unitary(), np.array([[0, -1j], [1j, 0]]))
    assert refused(THREE + "qubit q; phaseshift(1) q;").code == "QC1120"
    assert refused(BRAKET + "h q; sdg q;").code == "QC1120"


def test_radians_by_guess_are_noted() -> None:
    """Not where a pragma says that the text is Braket's, nor where the text has no angle to doubt."""

    def notes(text: str) -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            iq.program(text)
        return [code for one in caught if (code := str(one.message)).count("QC1196")]

    text = f"{BRAKET}h q[0];\ngpi({A}) q[1];\n"
    (note,) = notes(text)
    assert "`gpi`" in note
    assert not notes(text + "#pragma braket result state_vector\n")
    assert not notes(f"{BRAKET}h q[0];\n")
    assert not notes(f"{BRAKET}gpi({A}) q[1];\n")


def test_a_gate_of_ones_own_makes_nothing_brakets() -> None:
    own = "OPENQASM 3.0; gate h a { U(pi/2, 0, pi) a; gphase(-pi/4); } qubit q; h q; gpi(0.25) q;"
    matrix = np.array([[0, -1j], [1j, 0]]) @ np.array([[1, 1], [1, -1]]) / sqrt(2)
    assert abs(np.vdot(matrix, read(own).unitary())) == pytest.approx(2)


VERBATIM = """OPENQASM 3.0;
bit[2] c;
#pragma braket verbatim
box {
  gpi(0) $0;
  gpi(0) $0;
  ms(0, 0) $0, $1;
}
c[0] = measure $0;
c[1] = measure $1;
"""


def test_a_verbatim_box_is_sent_as_written() -> None:
    body = iq.program(VERBATIM).payload(backend="qpu.aria-1", level=2)
    sent = json.dumps(body)
    assert sent.count('"gpi"') == 2
    assert sent.count('"ms"') == 1
    written = iq.convert(VERBATIM, to="qc")
    assert "verbatim {" in written
    assert iq.program(written)[0] == read(VERBATIM)


def test_two_boxes_are_two_blocks() -> None:
    box = "#pragma braket verbatim\nbox { gpi2(0.5) $0; }\n"
    written = iq.convert(f"OPENQASM 3.0;\n{box}{box}", to="qc")
    assert written.count("verbatim {") == 2


def test_pragmas_that_change_a_circuit_are_refused() -> None:
    for pragma in ("unitary([[0, 1], [1, 0]]) q[0]", "noise bit_flip(0.1) q[0]"):
        found = refused(f"{BRAKET}h q;\n#pragma braket {pragma}\n")
        assert (found.code, found.span.text if found.span else "") == ("QC1105", f"#pragma braket {pragma}")
    for text in (
        BRAKET + "box { h q[0]; }",
        BRAKET + "#pragma braket verbatim\nh q[0];\nbox { h q[0]; }",
        BRAKET + "#pragma braket verbatim\nbox[100ns] { h q[0]; }",
    ):
        assert refused(text).code == "QC1105"


def test_pytkets_library_for_quantinuum() -> None:
    """Up to the phases that OpenQASM 2 leaves open."""
    text = 'OPENQASM 2.0;\ninclude "hqslib1.inc";\nqreg q[2];\n'
    gates = {
        f"U1q({A},{B}) q[1]": np.kron(np.eye(2), rotation(cos(B) * X + sin(B) * Y, A)),
        f"Rz({A}) q[1]": np.kron(np.eye(2), rotation(Z, A)),
        "ZZ q[0],q[1]": rotation(np.kron(Z, Z), pi / 2),
        f"RZZ({A}) q[0],q[1]": rotation(np.kron(Z, Z), A),
        f"Rxxyyzz({A},{B},{C}) q[0],q[1]": rotation(FLIP, A) @ rotation(np.kron(Y, Y), B) @ rotation(np.kron(Z, Z), C),
        "cs q[0],q[1]": np.diag([1, 1, 1, 1j]),
        "csdg q[0],q[1]": np.diag([1, 1, 1, -1j]),
        "CX q[0],q[1]": np.eye(4)[[0, 1, 3, 2]],
    }
    for gate, matrix in gates.items():
        circuit = read(f"{text}{gate};")
        assert abs(np.vdot(matrix, circuit.unitary())) == pytest.approx(4), gate
        assert iq.equivalent(iq.program(iq.convert(f"{text}{gate};", to="qc"))[0], circuit)
    assert refused(TWO + "qreg q[1]; U1q(1,1) q[0];").code == "QC1120"


PENNYLANE = """OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
gphase(-0.7853981633974483) q[0];
sx q[0];
gphase(-0.0) ;
cx q[0],q[1];
gphase(0.3) q[0],q[1];
measure q[0] -> c[0];
"""
"""As PennyLane 0.45 writes `GlobalPhase`, in any of its decompositions, into OpenQASM 2."""


def test_a_phase_of_pennylane_is_left_out_with_a_note() -> None:
    """It was refused, with the advice to call the text OpenQASM 3, where it is an error, too."""
    same(PENNYLANE, "qubit q[2]; sx q[0]; cx q[0], q[1]; register c = q[0], _")
    assert noticed(PENNYLANE).count("QC1197") == 1


def test_a_phase_that_counts_is_refused_in_openqasm_2() -> None:
    """In a body it could come under a control; a gate of that name is no phase."""
    start = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\n'
    assert refused(f"{start}gate g a {{ gphase(0.1) a; }}\ng q[0];").code == "QC1104"
    assert refused(f"{start}gate gphase(t) a {{ rx(t) a; }}\ngphase(0.3) q[0];").code == "QC1104"
    assert refused(f"{start}gphase(0.1) q[2];").code == "QC1109"
    assert refused(f"{start}gphase(0.1, 0.2) q[0];").code == "QC1119"
    assert refused(f"{start}gphase(1/0) q[0];").is_error
