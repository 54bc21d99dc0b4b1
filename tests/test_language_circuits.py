"""The manual's sections Circuit statements, Operands, Gates and Registers, checked by rows and by unitaries.

Would catch wrong qubits (slices, aliases, broadcasting), rows lost or repeated, a gateset that leaks out of its block,
and a gate body that accepts invalid statements.
"""

from __future__ import annotations

import math
from itertools import groupby

import numpy as np
import pytest
from by_hand import I2, X, Y, Z, controlled, exponential, kron, on, turned
from reading import agree, angles, circuit, codes, diagnostics, load, payload, rows, same, spans, unitary, wire

from ionqdsl import pipeline as stages
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.options import Options


def touched(operands: str, before: str = "qubit q[6]") -> list[int]:
    """The qubits `x` is applied to."""
    return [qubits[0] for _, qubits in rows(f"{before}\nx {operands}")]


# --- circuit statements ----------------------------------------------------------------------------------------------


def test_qubits_are_numbered_in_the_order_declared() -> None:
    assert circuit("qubit q[2], a\nqubit b\nqubit c[3]\nh q").width == 7
    assert rows("qubit q[2], a\nqubit b\nx b; x a; x q[1]") == [("x", (3,)), ("x", (2,)), ("x", (1,))]


def test_an_alias_is_another_name_for_the_same_qubits() -> None:
    before = "qubit q[6], a\nlet half = q[1:5:2]\nlet all = half, a, q[0]\nlet last = all[-1]"
    assert touched("half", before) == [1, 3]
    assert touched("all", before) == [1, 3, 6, 0]
    assert touched("last", before) == [0]
    assert touched("all[1:3]", before) == [3, 6]
    assert touched("a[0]", "qubit q[2]\nlet a = q[1]") == [1]


def test_names_of_qubits_and_values_are_defined_once() -> None:
    assert codes("qubit q\nqubit q\nh q") == ["QC0220"]

    assert codes("circuit c { qubit q; const n = 1; const n = 2; h q }") == ["QC0220"]


def test_constants_are_scoped_by_block() -> None:
    text = "circuit c { qubit q; const n = 1; if true { const n = 2; rx(n) q } rx(n) q }"
    assert angles(text) == [2, 1]
    assert codes("circuit c { qubit q; if true { const n = 2 } rx(n) q }") == ["QC0201"]
    assert angles("const n = 1\ncircuit c { qubit q; const n = 3; rx(n) q }") == [3]


def test_loops_run_over_ranges_and_lists() -> None:
    assert angles("qubit q\nfor i in range(1, 10, 3) { rx(i) q }") == [1, 4, 7]
    assert angles("qubit q\nfor i in range(3, 0, -1) { rx(i) q }") == [3, 2, 1]
    assert angles("qubit q\nfor a in [0.5, 90deg, [1, 2][1]] { rx(a) q }") == [0.5, math.pi / 2, 2]
    assert angles("qubit q\nfor p in [[1, 2], [3, 4]] { rx(p[0]) q; ry(p[1]) q }") == [1, 2, 3, 4]
    assert rows("qubit q\nfor i in [] { h q }\nx q") == [("x", (0,))]
    nested = "qubit q[3]\nfor i in range(3) { for j in range(i) { cnot q[j], q[i] } }"
    assert rows(nested) == [("cnot", (0, 1)), ("cnot", (0, 2)), ("cnot", (1, 2))]


def test_the_loop_variable_ends_with_the_loop() -> None:
    assert codes("qubit q\nfor i in range(2) { h q }\nrx(i) q") == ["QC0201"]


def test_conditions_are_decided_at_compile_time() -> None:
    assert rows("qubit q\nif 2 > 1 and not 1 == 2 { x q } else { y q }") == [("x", (0,))]
    assert rows("qubit q\nif 0 { x q } else { y q }") == [("y", (0,))]
    assert codes("param t\nqubit q\nif t > 0 { x q }") == ["QC0305"]


def test_both_branches_are_checked() -> None:
    assert codes("qubit q\nif false { foo q } else { h q }") == ["QC0202"]


def test_barriers_barrier_some_qubits_or_all() -> None:
    assert rows("qubit q[3]\nbarrier") == [("barrier", (0, 1, 2))]
    assert rows("qubit q[3], a\nbarrier q[0:2], a") == [("barrier", (0, 1, 3))]
    assert rows("qubit q[3]\nbarrier q, q[0]") == [("barrier", (0, 1, 2))]
    assert [row["gate"] for row in wire("qubit q[3]\nh q[0]\nbarrier\nx q[0]")] == ["h", "x"]


def test_verbatim_is_left_as_written() -> None:
    text = "qubit q\nh q\nverbatim { h q; h q\n if true { h q } }\nverbatim { x q }\nh q"
    pinned = [op.pinned for op in circuit(text).rows]
    assert pinned[0] == pinned[-1] == 0
    assert pinned[1] == pinned[2] == pinned[3] != 0
    assert pinned[4] not in (0, pinned[1])


def test_every_call_and_repetition_of_a_gate_has_blocks_of_its_own() -> None:
    text = "gate g a { native { gpi(0) a; gpi(0) a } native { gpi(0) a } }\nqubit q\n"
    for call in ("pow(2) @ g q", "g q; g q", "pow(-2) @ g q", "for i in range(2) { inv @ g q }"):
        pinned = [op.pinned for op in circuit(text + call).rows]
        assert len(pinned) == 6
        assert all(pinned)
        assert len({number for number, _ in groupby(pinned)}) == len(list(groupby(pinned))) == 4, call
    pinned = [op.pinned for op in circuit(text.replace("qubit q", "qubit q[2]") + "g q").rows]
    assert len({number for number, _ in groupby(pinned)}) == len(list(groupby(pinned))) == 4


def test_verbatim_native_pulses_come_out_unchanged() -> None:
    """On a machine that has them; the optimiser touches nothing between or around them."""
    pulses = "gpi2(0.1) q; gpi2(0.6) q; gpi(0.3) q; gpi(0.3) q"
    text = f"gateset native\nqubit q\nverbatim {{ {pulses} }}"
    sent = wire(text, target="forte")
    assert sent == [
        {"gate": "gpi2", "target": 0, "phase": 0.1},
        {"gate": "gpi2", "target": 0, "phase": 0.6},
        {"gate": "gpi", "target": 0, "phase": 0.3},
        {"gate": "gpi", "target": 0, "phase": 0.3},
    ]
    inside = wire(f"qubit q\nh q\nnative {{ {pulses} }}\nh q", target="forte", preserve="unitary")
    places = [index for index in range(len(inside)) if inside[index : index + 4] == sent]
    assert len(places) == 1


def test_native_gates_in_a_qis_circuit_are_translated_exactly_with_a_warning() -> None:
    """Where the target has not got them."""
    text = "qubit a, b\nh a\nnative { ms(0.1, 0.2) a, b; gpi(0.1) a }\nh b"
    want = on(np.sqrt(0.5) * (X + Z), [1], 2)
    axis = [np.cos(2 * np.pi * p) * X + np.sin(2 * np.pi * p) * Y for p in (0.1, 0.2)]
    want = want @ on(axis[0], [0], 2) @ turned(kron(*axis), np.pi / 2) @ on(np.sqrt(0.5) * (X + Z), [0], 2)
    assert same(unitary(text), want)
    program, _ = stages.load(Source(text))
    from ionqdsl.simulation import simulate

    for target in ("qis", "forte"):
        result, warnings, _ = stages.transpile(program, Options(target=target, preserve="unitary"))
        assert [warning.code for warning in warnings] == ["QC0610"], target
        assert same(simulate.unitary(result.runs[0]), want)
    _, warnings, _ = stages.transpile(program, Options(target="aria", preserve="unitary"))
    assert warnings == []


def test_names_mean_native_gates_inside_a_native_block_only() -> None:
    text = "qubit a, b\nzz(0.5) a, b\nnative { zz(0.5) a, b\n if true { zz(0.25) a, b } }\nzz(0.5) a, b"
    assert [op.gate for op in circuit(text).rows] == ["zz", "zz_native", "zz_native", "zz"]
    assert codes("qubit a\ngpi(0) a") == ["QC0204"]
    assert codes("qubit a\nnative { h a }") == ["QC0205"]
    assert codes("gateset native\nqubit a\nh a") == ["QC0205"]
    assert codes("gateset native\nqubit a, b\ncx a, b") == ["QC0205"]
    assert codes("qubit a\nnative { gpi(0) a }\ngpi(0) a") == ["QC0204"]


def test_gphase_is_a_global_phase() -> None:
    assert same(unitary("qubit q\ngphase(0.3) "), np.exp(0.3j) * I2)
    assert same(unitary("qubit q\ngphase(90deg); gphase(0.25turn)"), -I2)
    assert same(unitary("qubit q\nctrl @ gphase(0.3) q"), np.diag([1, np.exp(0.3j)]))
    assert same(unitary("qubit q[2]\nctrl(2) @ gphase(0.3) q"), np.diag([1, 1, 1, np.exp(0.3j)]))
    assert same(unitary("qubit q[2]\nctrl @ gphase(0.3) q"), kron(*[np.diag([1, np.exp(0.3j)])] * 2))
    assert same(unitary("qubit q[2]\nctrl @ negctrl @ gphase(0.3) q"), np.diag([1, 1, np.exp(0.3j), 1]))


def test_the_gateset_stands_before_the_gates_and_once() -> None:
    assert codes("qubit q\nh q\ngateset native") == ["QC0223"]
    assert codes("gateset qis\ngateset qis\nqubit q\nh q") == ["QC0222"]
    assert codes("gateset quill\nqubit q\nh q") == ["QC0221"]
    assert circuit("qubit q\ngateset native\ngpi(0) q").gateset == "native"
    assert circuit("gateset qis\nqubit q\nx q").gateset == "qis"


def test_assertions_hold_or_end_the_compilation() -> None:
    assert rows('qubit q[3]\nassert len([1, 2]) == 2, "two"\nh q[0]') == [("h", (0,))]
    (found,) = diagnostics('circuit c(n = 3) { qubit q[n]; assert n % 2 == 0, "n must be even"; h q }')
    assert found.code == "QC0409"
    assert "n must be even" in found.message
    assert codes("qubit q\nassert 1 > 2\nh q") == ["QC0409"]


def test_everything_is_static() -> None:
    """No recursion, direct or through others."""
    assert codes("gate g a { g a }\nqubit q\ng q") == ["QC0230"]
    assert codes("gate f a { g a }\ngate g a { f a }\nqubit q\ng q") == ["QC0230"]
    assert codes("gate f a { if false { f a } }\nqubit q\nf q") == ["QC0230"]


# --- operands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "index",
    [
        "0", "5", "-1", "-6", "0:2", ":", "1:", ":-1", "::2", "4:1:-1", "::-1", "1:5:3", "-2:", "-2:100",
        "-100:2", "3:3", "5:2",
        "0, 2, 5", "-1, 0", "0:2, 5", "5, ::-2", "1 + 1, 2 * 2", "len([1, 2, 3])",
    ],
)  # fmt: skip
def test_indices_are_python_s(index: str) -> None:
    """`q`, `q[0]`, `q[-1]`, `q[a:b]`, `q[a:b:c]`, `q[0, 2, 5]`."""
    values = list(range(6))
    parts = eval(f"np.s_[{index},]", {"np": np, "len": len})
    want = [value for part in parts for value in (values[part] if isinstance(part, slice) else [values[part]])]
    assert touched(f"q[{index}]") == want


@pytest.mark.parametrize(("index", "at"), [("6", "6"), ("-7", "-7"), ("0, 6", "6"), ("2 * 3", "2 * 3")])
def test_indices_out_of_range_are_errors_at_the_index(index: str, at: str) -> None:
    text = f"qubit q[6]\nx q[{index}]"
    assert codes(text) == ["QC0206"]
    assert spans(text) == [at]


def test_other_indices_that_mean_nothing() -> None:
    assert codes("qubit q[6]\nx q[0:2:0]") == ["QC0314"]
    assert codes("qubit q[6]\nx q[0.5]") == ["QC0307"]
    assert codes("qubit q[6]\nx q[90deg]") == ["QC0307"]
    assert codes("qubit q\nx q[0]") == ["QC0227"]
    assert codes("const n = 3\nqubit q\nx n") == ["QC0226"]
    assert codes("qubit q\nx _") == ["QC0225"]
    assert codes("param t\nqubit q[3]\nx q[t]") == ["QC0305"]


def test_a_single_register_is_spread_over_the_operands() -> None:
    """If its length equals the operand count of a gate that takes more than one."""
    assert rows("qubit q[2]\ncnot q") == [("cnot", (0, 1))]
    assert rows("qubit q[4]\ncnot q[2:4]") == [("cnot", (2, 3))]
    assert rows("qubit q[4]\nctrl(3) @ z q") == [("z", (0, 1, 2, 3))]
    assert rows("qubit q[3]\nctrl @ cnot q[::-1]") == [("cnot", (2, 1, 0))]
    assert rows("gate g a, b, c { ccx c, b, a }\nqubit q[3]\ng q") == [("cnot", (2, 1, 0))]
    assert rows("qubit q[2], a\nlet r = a, q[1]\nswap r") == [("swap", (2, 1))]
    assert codes("qubit q[4]\ncnot q") == ["QC0203"]
    assert codes("qubit q[1]\ncnot q") == ["QC0203"]
    assert codes("qubit q\ncnot q") == ["QC0203"]


def test_one_qubit_gates_apply_to_each() -> None:
    assert rows("qubit q[3]\nh q") == [("h", (0,)), ("h", (1,)), ("h", (2,))]
    assert rows("gate g a { h a; x a }\nqubit q[2]\ng q") == [("h", (0,)), ("x", (0,)), ("h", (1,)), ("x", (1,))]


def test_registers_of_equal_length_zip() -> None:
    assert rows("qubit a[3], b[3]\ncnot a, b") == [("cnot", (0, 3)), ("cnot", (1, 4)), ("cnot", (2, 5))]
    assert rows("qubit q[4]\ncnot q[0:2], q[2:4]") == [("cnot", (0, 2)), ("cnot", (1, 3))]
    assert rows("qubit q[3]\ncnot q[0:2], q[1:3]") == [("cnot", (0, 1)), ("cnot", (1, 2))]
    assert rows("qubit a[2], b[2], c[2]\nccx a, b, c") == [("cnot", (0, 2, 4)), ("cnot", (1, 3, 5))]
    assert codes("qubit a[3], b[2]\ncnot a, b") == ["QC0224"]


def test_a_single_qubit_beside_a_register_repeats() -> None:
    assert rows("qubit a, b[3]\ncnot a, b") == [("cnot", (0, 1)), ("cnot", (0, 2)), ("cnot", (0, 3))]
    assert rows("qubit a[2], b[2]\ncnot a, b[1]") == [("cnot", (0, 3)), ("cnot", (1, 3))]
    assert rows("qubit a, b[2], c[2]\nccx b, a, c") == [("cnot", (1, 0, 3)), ("cnot", (2, 0, 4))]
    assert rows("qubit a, b[2]\nctrl @ rx(1) a, b") == [("rx", (0, 1)), ("rx", (0, 2))]


def test_the_same_qubit_twice_is_an_error() -> None:
    assert codes("qubit q[2]\ncnot q[0], q[0]") == ["QC0209"]
    assert codes("qubit q[2]\ncnot q[0], q[-2]") == ["QC0209"]
    assert codes("qubit q[2]\ncnot q[0], q") == ["QC0209"]
    assert codes("qubit q[2]\nlet a = q[0]\nctrl @ x a, q[0]") == ["QC0209"]
    assert codes("qubit q[3]\ncnot q[0, 0]") == ["QC0209"]
    assert codes("gate g a, b { cnot a, a }\nqubit q[2]\ng q") == ["QC0209"]


def test_an_empty_slice_applies_to_nothing() -> None:
    assert rows("qubit q[3]\nh q[0:0]\nx q[0]") == [("x", (0,))]


def test_operands_of_pauliexp() -> None:
    """Its only operand is spread; otherwise registers broadcast as for every gate."""
    assert rows("qubit q[3]\npauliexp(1, Z[0]*Z[2]) q") == [("pauliexp", (0, 1, 2))]
    assert rows("qubit q[3]\npauliexp(1, Z[0]) q[1]") == [("pauliexp", (1,))]
    assert rows("qubit a[2], b[2]\npauliexp(1, Z[0]*X[1]) a, b") == [("pauliexp", (0, 2)), ("pauliexp", (1, 3))]
    assert rows("qubit a, b[2]\npauliexp(1, Z[0]*X[1]) a, b") == [("pauliexp", (0, 1)), ("pauliexp", (0, 2))]
    assert rows("qubit q[3]\nctrl @ pauliexp(1, Z[0]*X[1]) q") == [("pauliexp", (0, 1, 2))]
    assert codes("qubit q[2]\npauliexp(1, Z[2]) q") == ["QC0216"]
    assert codes("qubit q[2]\npauliexp(1, Z[0]) q[1], q[1]") == ["QC0209"]


# --- gates -----------------------------------------------------------------------------------------------------------


def test_user_gates_take_values_names_and_defaults() -> None:
    gate = "gate g(a, b = 2 * a, c = 0.5) x { rx(a) x; ry(b) x; rz(c) x }\nqubit q\n"
    assert angles(gate + "g(1) q") == [1, 2, 0.5]
    assert angles(gate + "g(1, 7) q") == [1, 7, 0.5]
    assert angles(gate + "g(1, c = 3) q") == [1, 2, 3]
    assert angles(gate + "g(b = 1, a = 4) q") == [4, 1, 0.5]
    for call in ("g q", "g() q", "g(1, 2, 3, 4) q", "g(1, a = 2) q"):
        assert codes(gate + call) == ["QC0207"], call
    assert codes(gate + "g(1, d = 2) q") == ["QC0208"]
    assert codes("gate g(a = 1, b) x { rx(b) x }\nqubit q\ng(1, 2) q") == ["QC0229"]


def test_gate_parameters_may_be_any_value() -> None:
    text = "gate g(list, flag) a, b { for t in list { rx(t) a } if flag { h b } }\nqubit q[2]\n"
    text += "g([1, 2], true) q\ng([], false) q"
    assert rows(text) == [("rx", (0,)), ("rx", (0,)), ("h", (1,))]


def test_gate_bodies_hold_gates_loops_conditions_constants_and_phases() -> None:
    text = """
    const k = 3
    gate g(n) a, b {
      const m = n + k
      for i in range(m) { if i % 2 == 0 { cnot a, b } else { cnot b, a } }
      gphase(90deg)
      native { gpi(0.25turn) a }
      assert n < 10
    }
    qubit q[2]
    g(0) q[1], q[0]
    """
    assert rows(text) == [("cnot", (1, 0)), ("cnot", (0, 1)), ("cnot", (1, 0)), ("gpi", (1,))]
    assert circuit(text).phase.in_radians() == math.pi / 2


@pytest.mark.parametrize("statement", ["qubit b", "barrier a", "register r = a", "gateset native", "verbatim { h a }"])
def test_gate_bodies_hold_nothing_else(statement: str) -> None:
    assert codes(f"gate g a {{ {statement} }}\nqubit q\ng q") == ["QC0407"]


def test_each_operand_of_a_gate_is_one_qubit() -> None:
    assert codes("gate g a { h a[0] }\nqubit q\ng q") == ["QC0213"]
    assert codes("qubit q\ngate g a { h q }\ng q") == ["QC0213"]
    assert codes("gate g a, a { h a }\nqubit q[2]\ng q") == ["QC0220"]


def test_gate_bodies_are_qis_whatever_the_circuit_s_gateset() -> None:
    """So a native circuit takes only gates whose bodies are native blocks."""
    assert codes("gate g a { gpi(0) a }\nqubit q\ng q") == ["QC0204"]
    assert codes("gate g a { h a }\ngateset native\nqubit q\ng q") == ["QC0205"]
    assert rows("gate g a { native { gpi(0) a } }\ngateset native\nqubit q\ng q") == [("gpi", (0,))]


@pytest.mark.parametrize("name", ["x", "not_", "rx", "cx", "u", "ccx", "gpi", "ms", "nop", "pauliexp", "id", "ecr"])
def test_redefining_a_built_in_gate_is_an_error(name: str) -> None:
    want = [] if name == "not_" else ["QC0228"]
    assert codes(f"gate {name} a {{ h a }}\nqubit q\nh q") == want


@pytest.mark.parametrize("name", ["pi", "tau", "turn", "deg", "rad", "sin", "range", "X", "Y", "Z"])
def test_redefining_a_built_in_value_is_an_error(name: str) -> None:
    assert codes(f"const {name} = 1\nqubit q\nh q") == ["QC0228"]
    assert codes(f"qubit q\nfor {name} in range(2) {{ h q }}") == ["QC0228"]
    assert codes(f"qubit {name}\nh {name}") == ["QC0228"]
    assert "QC0228" in codes(f"qubit q\nrx([1 for {name} in range(2)][0]) q")


def test_zz_is_qis_or_native_by_its_block_never_by_its_value() -> None:
    """qis: exp(-i t/2 ZZ), radians. native: exp(-i pi t ZZ), turns."""
    zz = kron(Z, Z)
    assert same(unitary("qubit q[2]\nzz(0.25) q"), turned(zz, 0.25))
    assert same(unitary("gateset native\nqubit q[2]\nzz(0.25) q"), turned(zz, np.pi / 2))
    assert same(unitary("qubit q[2]\nnative { zz(0.25) q }"), turned(zz, np.pi / 2))
    assert same(unitary("qubit q[2]\nzz(0.25turn) q"), turned(zz, np.pi / 2))
    assert same(unitary("gateset native\nqubit q[2]\nzz(0.25rad) q"), turned(zz, 0.25))
    assert same(
        unitary("gate g a, b { zz(0.25) a, b; native { zz(0.25) a, b } }\nqubit q[2]\ng q"),
        turned(zz, 0.25 + np.pi / 2),
    )


# --- pauliexp --------------------------------------------------------------------------------------------------------


COMMUTING = [
    ("Z[0]", kron(Z, I2, I2)),
    ("0.5*X[0]*X[1] + 0.25*Z[0]*Z[1]", 0.5 * kron(X, X, I2) + 0.25 * kron(Z, Z, I2)),
    ("-1.5*Z[2]*X[0] + 2", -1.5 * kron(X, I2, Z) + 2 * np.eye(8)),
    ("Y[0]*(X[1] + 1/3)", kron(Y, X, I2) + kron(Y, I2, I2) / 3),
    ("(X[0] + Z[1])*(X[0] + Z[1])", 2 * np.eye(8) + 2 * kron(X, Z, I2)),
    (
        "sum([0.1*(k + 1)*Z[k] for k in range(3)])",
        0.1 * kron(Z, I2, I2) + 0.2 * kron(I2, Z, I2) + 0.3 * kron(I2, I2, Z),
    ),
    ("(X[0]*X[1])*(Y[0]*Y[1])", -kron(Z, Z, I2)),
    ("-X[1]/2 + X[1] - X[1]/2", np.zeros((8, 8))),
]


@pytest.mark.parametrize(("operator", "matrix"), COMMUTING)
@pytest.mark.parametrize("target", [None, "qis", "aria", "forte"])
def test_pauliexp_is_the_exponential(operator: str, matrix: np.ndarray, target: str | None) -> None:
    """exp(-i time operator), the identity's phase included, also after synthesis."""
    from ionqdsl.simulation import simulate

    text = f"qubit q[3]\npauliexp(0.7, {operator}) q"
    want = exponential(matrix, 0.7)
    assert same(unitary(text), want)
    if target is not None:
        program, _, _ = stages.transpile(load(text), Options(target=target, preserve="unitary"))
        assert same(simulate.unitary(program.runs[0]), want, 1e-8)


def test_pauliexp_under_control_and_inverse() -> None:
    operator = 0.5 * kron(X, X) + 0.25 * kron(Z, Z) + 0.125 * np.eye(4)
    text = "pauliexp(0.7, 0.5*X[0]*X[1] + 0.25*Z[0]*Z[1] + 0.125)"
    assert same(unitary(f"qubit q[3]\nctrl @ {text} q"), controlled(exponential(operator, 0.7)))
    assert same(unitary(f"qubit q[2]\ninv @ {text} q"), exponential(operator, -0.7))
    assert same(unitary(f"qubit q[2]\npow(0.5) @ {text} q"), exponential(operator, 0.35))


def test_terms_that_do_not_commute_need_steps() -> None:
    """`steps = n` is that many Trotter steps, terms in the order written."""
    text = "qubit q[2]\npauliexp(0.7, X[0] + 0.5*Z[0]*Z[1]{}) q"
    with pytest.raises(Exception, match="QC0600"):
        stages.transpile(load(text.format("")), Options(target="qis"))
    step = exponential(0.5 * kron(Z, Z), 0.7 / 3) @ exponential(kron(X, I2), 0.7 / 3)
    assert same(unitary(text.format(", steps = 3")), np.linalg.matrix_power(step, 3))
    assert codes(text.format(", steps = 0")) == ["QC0320"]
    assert codes(text.format(", steps = -2")) == ["QC0320"]


def test_operators_are_real() -> None:
    assert codes("qubit q\npauliexp(1, X[0]*Y[0]) q") == ["QC0312"]
    assert codes("qubit q\npauliexp(1, 2deg*X[0]) q") == ["QC0311"]
    assert codes("qubit q\npauliexp(1deg, X[0]) q") == ["QC0318"]
    assert codes("qubit q\npauliexp(1, X[-1]) q") == ["QC0313"]
    assert codes("qubit q\npauliexp(1, 3deg) q") == ["QC0307"]
    assert codes("qubit q\npauliexp(1, true) q") == ["QC0307"]


# --- registers -------------------------------------------------------------------------------------------------------


def test_registers_name_measured_qubits_in_order() -> None:
    found = circuit("qubit q[4], a\nregister hi = q[2:4]\nregister lo = q[1], _, q[0]\nregister z = a, q[::3]\nh q")
    assert found.registers == (("hi", (2, 3)), ("lo", (1, None, 0)), ("z", (4, 0, 3)))
    text = "qubit q[4]\nregister hi = q[2:4]\nregister lo = q[1], _, q[0]\nh q"
    assert payload(text)["input"]["circuits"][0]["registers"] == {"hi": [2, 3], "lo": [1, None, 0]}


def test_registers_need_qubits_and_names_of_their_own() -> None:
    assert codes("qubit q[2]\nregister r = q, q[0]\nh q") == ["QC0217"]
    assert codes("qubit q[2]\nregister r = _\nh q") == ["QC0218"]
    assert codes("qubit q[2]\nregister r = q\nregister r = q\nh q") == ["QC0219"]


def test_the_start_is_zero_and_q0_is_the_leftmost_bit() -> None:
    from ionqdsl.simulation import simulate

    result = simulate.run(circuit("qubit q[3]\nx q[0]"), 10, seed=1)
    assert result.counts == {"100": 10}


def test_the_manual_s_ghz_example() -> None:
    text = """
    gate rzx(theta) c, x { h x; zz(theta) c, x; h x }
    circuit ghz(n = 4) {
      qubit q[n]
      h q[0]
      for i in range(n - 1) { cnot q[i], q[i + 1] }
      inv @ rzx(45deg) q[0], q[1]
      ctrl(2) @ z q[0], q[1], q[2]
      register hi = q[2:4]
      register lo = q[1], _, q[0]
    }
    """
    want = controlled(Z, 2)
    rzx = turned(kron(Z, X), np.pi / 4)
    want = on(want, [0, 1, 2], 4) @ on(rzx.conj().T, [0, 1], 4)
    for i in (2, 1, 0):
        want = want @ on(controlled(X), [i, i + 1], 4)
    want = want @ on(np.sqrt(0.5) * (X + Z), [0], 4)
    assert same(unitary(text), want)
    assert agree("circuit c { qubit q[2]; cnot q }", "qubit q[2]\ncnot q[0], q[1]")
