"""Every gate a program can name against matrices written down here, alone and under control.

Would catch a wrong definition in grammar/stdgates.qc, a lost or wrong global phase (it becomes a relative phase under
control), swapped operands, and any disagreement with qiskit and cirq where they are installed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from by_hand import I2, H, X, Y, Z, controlled, kron, on, turned
from reading import same, unitary

from ionqdsl.ir.gates import NAMES
from ionqdsl.language.library import standard_definition, standard_definitions, standard_signatures
from ionqdsl.language.parse import must_parse

A, B, C, D = 0.37, -1.12, 2.71, 0.53


def phase(angle: float) -> np.ndarray:
    return np.diag([1, np.exp(1j * angle)])


def u3(theta: float, phi: float, lam: float) -> np.ndarray:
    c, s = np.cos(theta / 2), np.sin(theta / 2)
    return np.array([[c, -np.exp(1j * lam) * s], [np.exp(1j * phi) * s, np.exp(1j * (phi + lam)) * c]])


SWAP = np.eye(4, dtype=complex)[[0, 2, 1, 3]]
SX = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
ISWAP = np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]])


def ecr() -> np.ndarray:
    """rzx(pi/4) a, b; x a; rzx(-pi/4) a, b, with rzx(t) = exp(-i t/2 Z (x) X)."""
    zx = kron(Z, X)
    return turned(zx, -np.pi / 4) @ kron(X, I2) @ turned(zx, np.pi / 4)


GATES: dict[str, np.ndarray] = {
    # IonQ's own names
    "x": X,
    "y": Y,
    "z": Z,
    "h": H,
    "not": X,
    "s": phase(np.pi / 2),
    "si": phase(-np.pi / 2),
    "t": phase(np.pi / 4),
    "ti": phase(-np.pi / 4),
    "v": SX,
    "vi": SX.conj().T,
    f"rx({A})": turned(X, A),
    f"ry({A})": turned(Y, A),
    f"rz({A})": turned(Z, A),
    "cnot": controlled(X),
    "swap": SWAP,
    f"xx({A})": turned(kron(X, X), A),
    f"yy({A})": turned(kron(Y, Y), A),
    f"zz({A})": turned(kron(Z, Z), A),
    # OpenQASM's
    "id": I2,
    "sx": SX,
    "sxdg": SX.conj().T,
    "sdg": phase(-np.pi / 2),
    "tdg": phase(-np.pi / 4),
    f"p({A})": phase(A),
    f"phase({A})": phase(A),
    f"u1({A})": phase(A),
    f"u2({A}, {B})": u3(np.pi / 2, A, B),
    f"u3({A}, {B}, {C})": u3(A, B, C),
    f"u({A}, {B}, {C})": u3(A, B, C),
    f"U({A}, {B}, {C})": u3(A, B, C),
    "cx": controlled(X),
    "CX": controlled(X),
    "cy": controlled(Y),
    "cz": controlled(Z),
    "ch": controlled(H),
    "csx": controlled(SX),
    f"cp({A})": controlled(phase(A)),
    f"cphase({A})": controlled(phase(A)),
    f"cu1({A})": controlled(phase(A)),
    f"crx({A})": controlled(turned(X, A)),
    f"cry({A})": controlled(turned(Y, A)),
    f"crz({A})": controlled(turned(Z, A)),
    f"cu3({A}, {B}, {C})": controlled(u3(A, B, C)),
    f"cu({A}, {B}, {C}, {D})": controlled(np.exp(1j * D) * u3(A, B, C)),
    f"rxx({A})": turned(kron(X, X), A),
    f"ryy({A})": turned(kron(Y, Y), A),
    f"rzz({A})": turned(kron(Z, Z), A),
    "iswap": ISWAP,
    "ecr": ecr(),
    "ccx": controlled(X, 2),
    "ccz": controlled(Z, 2),
    "cswap": controlled(SWAP),
}

NATIVE: dict[str, np.ndarray] = {
    "gpi(0.1)": np.cos(0.2 * np.pi) * X + np.sin(0.2 * np.pi) * Y,
    "gpi2(0.1)": turned(np.cos(0.2 * np.pi) * X + np.sin(0.2 * np.pi) * Y, np.pi / 2),
    "zz(0.1)": turned(kron(Z, Z), 0.2 * np.pi),
    "ms(0, 0)": turned(kron(X, X), np.pi / 2),
    "ms(0.25, 0.25)": turned(kron(Y, Y), np.pi / 2),
    "ms(0, 0.25, 0.1)": turned(kron(X, Y), 0.2 * np.pi),
    "ms(phase0 = 0.25, phase1 = 0, angle = 0.1)": turned(kron(Y, X), 0.2 * np.pi),
}


def size(matrix: np.ndarray) -> int:
    return len(matrix).bit_length() - 1


def program(gate: str, operands: list[int], width: int, before: str = "") -> str:
    return f"qubit q[{width}]\n{before}{gate} " + ", ".join(f"q[{index}]" for index in operands) + "\n"


def test_the_tables_of_this_file_are_complete() -> None:
    """`pauliexp` and `nop` have tests of their own."""
    assert {gate.partition("(")[0] for gate in GATES} | {"pauliexp"} == {*standard_signatures(), *NAMES["qis"]}
    assert {gate.partition("(")[0] for gate in NATIVE} | {"nop"} == set(NAMES["native"])


@pytest.mark.parametrize("gate", GATES)
def test_every_name_has_its_matrix_exactly(gate: str) -> None:
    """Global phase included."""
    matrix = GATES[gate]
    width = size(matrix)
    assert same(unitary(program(gate, list(range(width)), width)), matrix)


@pytest.mark.parametrize("gate", GATES)
def test_operands_may_stand_anywhere(gate: str) -> None:
    """The first operand is the control, whatever its number."""
    matrix = GATES[gate]
    operands = list(range(size(matrix)))[::-1]
    width = len(operands) + 1
    assert same(unitary(program(gate, operands, width)), on(matrix, operands, width))


@pytest.mark.parametrize("gate", GATES)
def test_control_makes_global_phases_real(gate: str) -> None:
    matrix = GATES[gate]
    width = size(matrix) + 1
    assert same(unitary(program(gate, list(range(width)), width, "ctrl @ ")), controlled(matrix))


@pytest.mark.parametrize("gate", GATES)
def test_negative_control_fires_on_zero(gate: str) -> None:
    matrix = GATES[gate]
    width = size(matrix) + 1
    flip = on(X, [0], width)
    assert same(unitary(program(gate, list(range(width)), width, "negctrl @ ")), flip @ controlled(matrix) @ flip)


@pytest.mark.parametrize("gate", [*GATES])
@pytest.mark.parametrize("times", [-2, -1, 0, 2, 3])
def test_whole_powers_are_repetitions(gate: str, times: int) -> None:
    matrix = GATES[gate]
    width = size(matrix)
    powered = np.linalg.matrix_power(matrix, times)
    assert same(unitary(program(gate, list(range(width)), width, f"pow({times}) @ ")), powered)
    assert same(
        unitary(program(gate, list(range(width + 1)), width + 1, f"ctrl @ pow({times}) @ ")), controlled(powered)
    )


@pytest.mark.parametrize("gate", GATES)
def test_the_inverse_undoes(gate: str) -> None:
    matrix = GATES[gate]
    width = size(matrix)
    assert same(unitary(program(gate, list(range(width)), width, "inv @ ")), matrix.conj().T)


@pytest.mark.parametrize("gate", NATIVE)
def test_native_gates_count_in_turns(gate: str) -> None:
    matrix = NATIVE[gate]
    width = size(matrix)
    assert same(unitary("gateset native\n" + program(gate, list(range(width)), width)), matrix)
    inverse = "gateset native\n" + program(gate, list(range(width)), width, "inv @ ")
    assert same(unitary(inverse), matrix.conj().T)
    twice = "gateset native\n" + program(gate, list(range(width)), width, "pow(2) @ ")
    assert same(unitary(twice), matrix @ matrix)


def test_nop_does_nothing_and_takes_no_operands() -> None:
    assert same(unitary("gateset native\nqubit a\nnop(5)\n"), I2)


def test_u_has_a_real_cosine_at_the_top_left() -> None:
    assert abs(unitary("qubit q\nu(0.4, 1.3, 2.2) q")[0, 0] - np.cos(0.2)) < 1e-12


# --- other people's matrices -----------------------------------------------------------------------------------------

QISKIT = {
    "x": "XGate",
    "y": "YGate",
    "z": "ZGate",
    "h": "HGate",
    "s": "SGate",
    "si": "SdgGate",
    "t": "TGate",
    "ti": "TdgGate",
    "v": "SXGate",
    "vi": "SXdgGate",
    "sx": "SXGate",
    "sxdg": "SXdgGate",
    "id": "IGate",
    "cnot": "CXGate",
    "swap": "SwapGate",
    f"rx({A})": "RXGate",
    f"ry({A})": "RYGate",
    f"rz({A})": "RZGate",
    f"xx({A})": "RXXGate",
    f"yy({A})": "RYYGate",
    f"zz({A})": "RZZGate",
    f"p({A})": "PhaseGate",
    f"u1({A})": "U1Gate",
    f"u2({A}, {B})": "U2Gate",
    f"u3({A}, {B}, {C})": "U3Gate",
    f"u({A}, {B}, {C})": "UGate",
    "cy": "CYGate",
    "cz": "CZGate",
    "ch": "CHGate",
    "csx": "CSXGate",
    f"cp({A})": "CPhaseGate",
    f"crx({A})": "CRXGate",
    f"cry({A})": "CRYGate",
    f"crz({A})": "CRZGate",
    f"cu3({A}, {B}, {C})": "CU3Gate",
    f"cu({A}, {B}, {C}, {D})": "CUGate",
    "iswap": "iSwapGate",
    "ecr": "ECRGate",
    "ccx": "CCXGate",
    "ccz": "CCZGate",
    "cswap": "CSwapGate",
}
"""Classes of qiskit by calls, whose arguments they take in the same order."""

CIRQ: dict[str, Callable[[Any], Any]] = {
    "x": lambda cirq: cirq.X,
    "y": lambda cirq: cirq.Y,
    "z": lambda cirq: cirq.Z,
    "h": lambda cirq: cirq.H,
    "s": lambda cirq: cirq.S,
    "t": lambda cirq: cirq.T,
    "v": lambda cirq: cirq.X**0.5,
    "vi": lambda cirq: cirq.X**-0.5,
    "cnot": lambda cirq: cirq.CNOT,
    "swap": lambda cirq: cirq.SWAP,
    "cz": lambda cirq: cirq.CZ,
    "iswap": lambda cirq: cirq.ISWAP,
    "ccx": lambda cirq: cirq.CCX,
    "ccz": lambda cirq: cirq.CCZ,
    "cswap": lambda cirq: cirq.CSWAP,
    f"rx({A})": lambda cirq: cirq.rx(A),
    f"ry({A})": lambda cirq: cirq.ry(A),
    f"rz({A})": lambda cirq: cirq.rz(A),
    f"xx({A})": lambda cirq: cirq.XXPowGate(exponent=A / np.pi, global_shift=-0.5),
    f"yy({A})": lambda cirq: cirq.YYPowGate(exponent=A / np.pi, global_shift=-0.5),
    f"zz({A})": lambda cirq: cirq.ZZPowGate(exponent=A / np.pi, global_shift=-0.5),
    f"p({A})": lambda cirq: cirq.ZPowGate(exponent=A / np.pi),
    f"cp({A})": lambda cirq: cirq.CZPowGate(exponent=A / np.pi),
}
"""Gates of cirq, made from its module: importing either library takes longer than most of these tests."""


def reversed_qubits(matrix: np.ndarray) -> np.ndarray:
    """From qiskit's order, where the first qubit is the least significant bit."""
    width = size(matrix)
    order = [int(f"{index:0{width}b}"[::-1], 2) for index in range(2**width)]
    return matrix[np.ix_(order, order)]


@pytest.mark.parametrize("gate", QISKIT)
@pytest.mark.parametrize("controls", [0, 1, 2])
def test_qiskit_agrees(gate: str, controls: int) -> None:
    """Relative phases under control included."""
    library = pytest.importorskip("qiskit.circuit.library")
    from qiskit.quantum_info import Operator

    other = getattr(library, QISKIT[gate])(*map(float, re.findall(r"[-.\d]+", gate.partition("(")[2])))
    other = other.control(controls, annotated=False) if controls else other
    matrix = reversed_qubits(np.asarray(Operator(other).data))
    before = f"ctrl({controls}) @ " if controls else ""
    assert same(unitary(program(gate, list(range(size(matrix))), size(matrix), before)), matrix, 1e-7)


@pytest.mark.parametrize("gate", CIRQ)
@pytest.mark.parametrize("controls", [0, 1, 2])
def test_cirq_agrees(gate: str, controls: int) -> None:
    cirq = pytest.importorskip("cirq")
    other = CIRQ[gate](cirq)
    matrix = cirq.unitary(cirq.ControlledGate(other, num_controls=controls) if controls else other)
    before = f"ctrl({controls}) @ " if controls else ""
    assert same(unitary(program(gate, list(range(size(matrix))), size(matrix), before)), matrix, 1e-7)


def test_definitions_read_one_by_one_are_those_of_the_file() -> None:
    """Would catch a definition of several lines, which would be cut, and places that count from its line."""
    definitions = standard_definitions()
    items = must_parse(definitions["id"].span.source).items
    assert {item.name.text: item for item in items} == definitions
    assert standard_definition("teleport") is None
