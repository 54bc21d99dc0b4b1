"""The manual's section Modifiers: `ctrl @`, `negctrl @`, `inv @`, `pow(k) @`, in any order, on gates of every kind.

Would catch modifiers applied in the wrong order, controls on the wrong operands, a power that is not the principal
one, and a global phase that gets lost before it becomes real.
"""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from by_hand import I2, H, X, Y, Z, controlled, kron, on, principal_power, turned
from hypothesis import given
from hypothesis import strategies as st
from reading import circuit, codes, rows, same, unitary

S = np.diag([1, 1j])
T = np.diag([1, np.exp(0.25j * np.pi)])
V = np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2
SWAP = np.eye(4)[[0, 2, 1, 3]]


def gpi(phase: float) -> np.ndarray:
    return np.cos(2 * np.pi * phase) * X + np.sin(2 * np.pi * phase) * Y


# name -> matrix, whether a real power scales the angle
TABLE: dict[str, tuple[np.ndarray, int]] = {
    "x": (X, 1),
    "not": (X, 1),
    "y": (Y, 1),
    "z": (Z, 1),
    "h": (H, 1),
    "s": (S, 1),
    "si": (S.conj(), 1),
    "t": (T, 1),
    "ti": (T.conj(), 1),
    "v": (V, 1),
    "vi": (V.conj().T, 1),
    "cnot": (controlled(X), 2),
    "swap": (SWAP, 2),
}
ROTATIONS = {"rx": X, "ry": Y, "rz": Z, "xx": kron(X, X), "yy": kron(Y, Y), "zz": kron(Z, Z)}
EXPONENTS = ["0.5", "-0.5", "1/3", "0.25", "1.5", "2.5", "-1.75", "3.999", "pi", "0.1"]


def value(exponent: str) -> float:
    return float(eval(exponent, {"pi": np.pi}))


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("gate", TABLE)
def test_real_powers_of_table_gates_are_principal(gate: str, exponent: str) -> None:
    """Eigenphases in (-pi, pi], times the exponent; phases exact, as control shows."""
    matrix, width = TABLE[gate]
    want = principal_power(matrix, value(exponent))
    assert same(unitary(f"qubit q[{width}]\npow({exponent}) @ {gate} q"), want)
    assert same(unitary(f"qubit q[{width + 1}]\nctrl @ pow({exponent}) @ {gate} q"), controlled(want))
    assert same(unitary(f"qubit q[{width + 1}]\npow({exponent}) @ ctrl @ {gate} q"), controlled(want))


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("gate", ROTATIONS)
@pytest.mark.parametrize("theta", [0.3, -2.0, 7.5, 12.0])
def test_real_powers_of_rotations_scale_their_angle(gate: str, exponent: str, theta: float) -> None:
    """Whatever the angle: `pow(0.5) @ rx(3pi)` is rx(1.5pi), which is not the principal root."""
    generator = ROTATIONS[gate]
    width = len(generator).bit_length() - 1
    want = turned(generator, theta * value(exponent))
    assert same(unitary(f"qubit q[{width}]\npow({exponent}) @ {gate}({theta}) q"), want)
    assert same(unitary(f"qubit q[{width + 1}]\nctrl @ pow({exponent}) @ {gate}({theta}) q"), controlled(want))


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("angle", ["0.3", "2.5*pi", "7.853981633974483", "-5rad", "1.25turn"])
def test_phases_scale_too(exponent: str, angle: str) -> None:
    """A phase is an angle, however it is written."""
    radians = {"1.25turn": 2.5 * np.pi, "-5rad": -5.0, "2.5*pi": 2.5 * np.pi}.get(angle) or float(angle)
    want = np.diag([1, np.exp(1j * radians * value(exponent))])
    assert same(unitary(f"qubit q\npow({exponent}) @ p({angle}) q"), want)
    assert same(unitary(f"qubit q\nctrl @ pow({exponent}) @ gphase({angle}) q"), want)
    assert same(unitary(f"qubit q\npow({exponent}) @ ctrl @ gphase({angle}) q"), want)


@pytest.mark.parametrize("exponent", EXPONENTS)
def test_real_powers_of_native_gates(exponent: str) -> None:
    """gpi and gpi2 take the principal power, ms and zz scale their angle."""
    k = value(exponent)
    before = f"gateset native\nqubit q[2]\npow({exponent}) @ "
    assert same(unitary(before + "gpi(0.1) q[0]"), kron(principal_power(gpi(0.1), k), I2))
    assert same(unitary(before + "gpi2(0.1) q[0]"), kron(turned(gpi(0.1), np.pi / 2 * k), I2))
    axes = kron(gpi(0.1), gpi(0.3))
    assert same(unitary(before + "ms(0.1, 0.3, 0.2) q"), turned(axes, 0.4 * np.pi * k))
    assert same(unitary(before + "zz(0.2) q"), turned(kron(Z, Z), 0.4 * np.pi * k))


SCALING = (  # noqa: SIM905
    "crx(0.7) cry(0.7) crz(0.7) rxx(0.7) ryy(0.7) rzz(0.7) p(0.7) phase(0.7) u1(0.7) cp(0.7) cphase(0.7) cu1(0.7)"
).split()
PRINCIPAL = (  # noqa: SIM905
    "id sx sxdg sdg tdg cx CX cy cz ch csx ccx ccz cswap iswap ecr u(1,2,3) u2(1,2) u3(1,2,3) cu3(1,2,3) cu(1,2,3,4)"
).split()


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("gate", [*SCALING, *PRINCIPAL])
def test_real_powers_of_standard_gates_are_principal_or_refused(gate: str, exponent: str) -> None:
    """Powers that follow from the definition are applied; nothing is guessed."""
    from test_stdgates import GATES, size

    name = gate.partition("(")[0]
    width = {key.partition("(")[0]: size(matrix) for key, matrix in GATES.items()}[name]
    text = f"qubit q[{width}]\n{{}}{gate} q"
    found = codes(text.format(f"pow({exponent}) @ "))
    assert found in ([], ["QC0212"])
    if not found:
        want = principal_power(unitary(text.format("")), value(exponent))
        assert same(unitary(text.format(f"pow({exponent}) @ ")), want, 1e-7)


def test_which_real_powers_are_refused() -> None:
    """A product of several gates on several qubits has no power that can be read off."""
    text = "gate g a, b {{ h a; cnot a, b }}\nqubit q[2]\npow({}) @ g q"
    assert codes(text.format("0.5")) == ["QC0212"]
    assert codes(text.format("-3")) == []
    assert codes("qubit q\npow(90deg) @ x q") == ["QC0307"]
    assert codes("param t\nqubit q\npow(t) @ x q") == ["QC0305"]


def test_a_power_of_a_one_line_gate_is_that_line_s() -> None:
    assert same(unitary("gate g a { x a }\nqubit q\npow(0.5) @ g q"), V)
    assert same(unitary("gate g a { inv @ s a }\nqubit q\npow(0.5) @ g q"), T.conj())
    assert same(unitary("gate g a { gphase(1); }\nqubit q\npow(0.5) @ g q"), np.exp(0.5j) * I2)


def test_the_leftmost_modifier_is_the_outermost() -> None:
    """Its controls come first among the operands."""
    assert same(
        unitary("qubit q[3]\nctrl @ negctrl @ x q"),
        on(controlled(X, 2), [0, 1, 2], 3) @ permuted_x(1, controlled(X, 2)),
    )
    want = np.eye(8, dtype=complex)
    want[4:6, 4:6] = X  # first control on 1, second on 0
    assert same(unitary("qubit q[3]\nctrl @ negctrl @ x q[0], q[1], q[2]"), want)
    want = np.eye(8, dtype=complex)
    want[2:4, 2:4] = X
    assert same(unitary("qubit q[3]\nnegctrl @ ctrl @ x q[0], q[1], q[2]"), want)


def permuted_x(qubit: int, matrix: np.ndarray) -> np.ndarray:
    """The matrix that turns one into the same one with that control on zero."""
    flip = on(X, [qubit], 3)
    return matrix.conj().T @ flip @ matrix @ flip


def test_counts_of_controls() -> None:
    assert same(unitary("qubit q[4]\nctrl(3) @ z q"), controlled(Z, 3))
    assert same(unitary("qubit q[3]\nctrl(1 + 1) @ x q"), controlled(X, 2))
    both_zero = np.eye(8, dtype=complex)
    both_zero[0:2, 0:2] = X
    assert same(unitary("qubit q[3]\nnegctrl(2) @ x q"), both_zero)
    for count in ("0", "-1", "2000"):
        assert codes(f"qubit q[3]\nctrl({count}) @ x q") == ["QC0214"]
    for count in ("0.5", "90deg"):
        assert codes(f"qubit q[3]\nctrl({count}) @ x q") == ["QC0307"]


def test_inv_takes_no_argument_and_pow_needs_one() -> None:
    assert codes("qubit q\ninv(2) @ x q") == ["QC0210"]
    assert codes("qubit q\npow @ x q") == ["QC0211"]


def test_native_gates_have_no_controls() -> None:
    assert codes("gateset native\nqubit q[2]\nctrl @ gpi(0) q") == ["QC0215"]
    assert codes("gate g a { native { gpi(0) a } }\nqubit q[2]\nctrl @ g q") == ["QC0215"]


def test_the_global_phase_of_a_body_becomes_real_under_control() -> None:
    before = "gate g(t) a { gphase(t); x a; gphase(-3*t) }\nqubit q[3]\n"
    assert same(unitary(before + "g(0.3) q[0]"), np.exp(-0.6j) * on(X, [0], 3))
    assert same(unitary(before + "ctrl @ g(0.3) q[0:2]"), on(controlled(np.exp(-0.6j) * X), [0, 1], 3))
    assert same(unitary(before + "ctrl(2) @ g(0.3) q"), controlled(np.exp(-0.6j) * X, 2))
    assert same(unitary(before + "ctrl @ inv @ g(0.3) q[0:2]"), on(controlled(np.exp(0.6j) * X), [0, 1], 3))
    assert same(unitary(before + "ctrl @ pow(3) @ g(0.3) q[0:2]"), on(controlled(np.exp(-1.8j) * X), [0, 1], 3))
    nested = "gate f a, b { ctrl @ g(0.3) a, b }\n" + before
    assert same(unitary(nested + "ctrl @ f q"), controlled(np.exp(-0.6j) * X, 2))


def test_a_bare_phase_and_a_bodys_phase_are_kept_in_the_circuit() -> None:
    assert circuit("gate g a { gphase(0.25) }\nqubit q[3]\ng q").phase.in_radians() == 0.75


def test_modifiers_on_broadcast_and_spread_operands() -> None:
    assert rows("qubit a, b[2]\nctrl @ h a, b") == [("h", (0, 1)), ("h", (0, 2))]
    assert same(
        unitary("qubit c, q[2]\nnegctrl @ swap c, q[0], q[1]"), on(X, [0], 3) @ controlled(SWAP) @ on(X, [0], 3)
    )
    assert same(
        unitary("gate g a, b { h a; cnot a, b }\nqubit q[3]\nctrl @ g q"), controlled(controlled(X) @ kron(H, I2))
    )


# --- any sequence ----------------------------------------------------------------------------------------------------

GATES: list[tuple[str, np.ndarray]] = [
    ("h", H),
    ("t", T),
    ("v", V),
    ("rx(1.1)", turned(X, 1.1)),
    ("cnot", controlled(X)),
    ("swap", SWAP),
    ("zz(2.2)", turned(kron(Z, Z), 2.2)),
    ("sx", V),
    ("u2(0.3, 0.4)", np.array([[1, -np.exp(0.4j)], [np.exp(0.3j), np.exp(0.7j)]]) * np.sqrt(0.5)),
    ("iswap", np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]])),
    ("own(0.3)", np.exp(0.3j) * turned(Y, 0.3) @ S),
    ("two(0.3)", controlled(X) @ kron(turned(Z, 0.3), H) * np.exp(1j)),
]
OWN = "gate own(t) a { s a; ry(t) a; gphase(t) }\ngate two(t) a, b { rz(t) a; h b; gphase(1); cnot a, b }\n"


@given(
    st.sampled_from(GATES),
    st.lists(
        st.sampled_from(["ctrl", "ctrl(2)", "negctrl", "inv", "pow(2)", "pow(-1)", "pow(3)", "pow(0)"]), max_size=3
    ),
)
def test_sequences_of_whole_modifiers(gate: tuple[str, np.ndarray], modifiers: list[str]) -> None:
    """Judged from the innermost outwards, by matrices alone."""
    name, matrix = gate

    def applied(inner: np.ndarray, modifier: str) -> np.ndarray:
        match modifier:
            case "ctrl":
                return controlled(inner)
            case "ctrl(2)":
                return controlled(inner, 2)
            case "negctrl":
                return kron(np.diag([0, 1]), np.eye(len(inner))) + kron(np.diag([1, 0]), inner)
            case "inv":
                return inner.conj().T
        return np.linalg.matrix_power(inner, int(modifier[4:-1]))

    want = reduce(applied, reversed(modifiers), matrix)
    width = len(want).bit_length() - 1
    text = f"{OWN}qubit q[{width}]\n{''.join(m + ' @ ' for m in modifiers)}{name} " + ", ".join(
        f"q[{i}]" for i in range(width)
    )
    assert same(unitary(text), want)


@given(
    st.sampled_from([gate for gate in GATES if gate[0] in ("h", "t", "v", "cnot", "swap")]),
    st.lists(st.sampled_from(["ctrl", "inv", "pow(2)", "pow(0.5)", "pow(-0.75)"]), max_size=3),
)
def test_sequences_with_real_powers(gate: tuple[str, np.ndarray], modifiers: list[str]) -> None:
    """Each real power is the principal one of the gate to its right, or an error says that it is not known."""
    name, want = gate
    for modifier in reversed(modifiers):
        if modifier == "ctrl":
            want = controlled(want)
        elif modifier == "inv":
            want = want.conj().T
        elif modifier == "pow(2)":
            want = want @ want
        else:
            want = principal_power(want, float(modifier[4:-1]))
    width = len(want).bit_length() - 1
    text = f"qubit q[{width}]\n{''.join(m + ' @ ' for m in modifiers)}{name} " + ", ".join(
        f"q[{i}]" for i in range(width)
    )
    if codes(text) != ["QC0212"]:
        assert same(unitary(text), want, 1e-7)
