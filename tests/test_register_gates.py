"""The manual's section on gates over registers: operands, their lengths, modifiers, and operands strung together.

Would catch registers given to the wrong operand, a body expanded for the length of another call, a broadcast where the
whole register was meant, the power of a product taken as a product of powers, and a change of the meaning of version 1.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from by_hand import H, X, Z, controlled, kron, on, principal_power
from meaning import judged
from reading import agree, codes, diagnostics, rows, same, spans, unitary
from register_programs import program

QFT = """gate qft q[] {
  const n = len(q)
  for i in range(n) {
    h q[i]
    for j in range(i + 1, n) { cp(pi / 2**(j - i)) q[j], q[i] }
  }
  for i in range(n // 2) { swap q[i], q[n - 1 - i] }
}
"""


def fourier(n: int) -> np.ndarray:
    size = 2**n
    return np.exp(2j * np.pi * np.outer(range(size), range(size)) / size) / np.sqrt(size)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_gate_takes_a_register_of_any_length(n: int) -> None:
    assert same(unitary(f"{QFT}qubit r[{n}]\nqft r"), fourier(n))
    assert same(unitary(f"{QFT}qubit r[{n}]\ninv @ qft r"), fourier(n).conj())
    assert same(unitary(f"{QFT}qubit r[{n}]\npow(2) @ qft r"), fourier(n) @ fourier(n))
    assert same(unitary(f"{QFT}qubit t, r[{n}]\nctrl @ qft t, r"), controlled(fourier(n)))


def test_an_operand_is_a_register_a_slice_a_choice_or_an_alias() -> None:
    at = lambda qubits: on(fourier(len(qubits)), qubits, 4)  # noqa: E731
    for operand, qubits in {
        "r": [0, 1, 2, 3],
        "r[1:3]": [1, 2],
        "r[::-1]": [3, 2, 1, 0],
        "r[3, 0, 2]": [3, 0, 2],
        "r[-2:]": [2, 3],
        "r[2:3]": [2],
    }.items():
        assert same(unitary(f"{QFT}qubit r[4]\nqft {operand}"), at(qubits)), operand
        assert same(unitary(f"{QFT}qubit r[4]\nlet some = {operand}\nqft some"), at(qubits)), operand
    assert same(unitary(f"{QFT}qubit r[3], t\nlet all = r[1:], t\nqft all"), at([1, 2, 3]))


def test_operands_match_one_to_one_with_their_controls_first() -> None:
    gate = "gate sums a[], b[len(a)], t { for i in range(len(a)) { cnot a[i], b[i] }; x t }\n"
    text = "qubit r[2], s[2], t, c[2]\n"
    plain = "cnot r[0], s[0]; cnot r[1], s[1]; x t"
    assert agree(f"{gate}{text}sums r, s, t", text + plain)
    flat = "; ".join(f"ctrl(2) @ {part.replace(' ', ' c[0], c[1], ', 1)}" for part in plain.split("; "))
    for controls in ("c", "c[0], c[1]", "c[0:1], c[1]"):
        assert agree(f"{gate}{text}ctrl(2) @ sums {controls}, r, s, t", text + flat), controls
    negative = f"x c; {flat}; x c"
    assert agree(f"{gate}{text}negctrl(2) @ sums c, r, s, t", text + negative)
    assert agree(f"{gate}{text}ctrl @ negctrl @ sums c, r, s, t", text + f"x c[1]; {flat}; x c[1]")


def test_bodies_hold_all_that_circuits_do_with_qubits() -> None:
    body = """gate g(n) q[], t {
  assert len(q) > n, "too short"
  let head = q[0:n]
  let rest = q[n:], t
  h q
  for i in range(len(head)) { if i % 2 == 0 { x head[i] } else { z head[i] } }
  cnot head, rest[0:n]
  ctrl(len(rest)) @ x rest, q[0]
  for i in range(2) { let q1 = q[i], t; swap q1 }
}
"""
    flat = """h q; x q[0]; z q[1]; cnot q[0], q[2]; cnot q[1], q[3]; ctrl(3) @ x q[2], q[3], t, q[0]
swap q[0], t; swap q[1], t"""
    assert agree(f"{body}qubit q[4], t\ng(2) q, t", f"qubit q[4], t\n{flat}")
    assert "too short" in diagnostics(f"{body}qubit q[2], t\ng(2) q, t")[0].message


def test_registers_pass_through_calls() -> None:
    text = f"{QFT}gate back q[], t {{ ctrl @ inv @ qft t, q[1:]; flip q[0:1] }}\ngate flip one[1] {{ x one }}\n"
    want = on(X, [0], 4) @ on(controlled(fourier(2).conj()), [3, 1, 2], 4)
    assert same(unitary(f"{text}qubit q[3], t\nback q, t"), want)
    assert same(unitary(f"{text}qubit q[3], t\npow(-1) @ back q, t"), want.conj().T)


def test_empty_registers_are_registers() -> None:
    gate = "gate g q[], t { for i in range(len(q)) { cnot q[i], t }; h q; x t; let none = q[5:]; h none }\n"
    assert agree(f"{gate}qubit q[2], t\ng q[2:], t", "qubit q[2], t\nx t")
    assert agree(f"{QFT}qubit q[2]\nqft q[1:1]; h q[0]", "qubit q[2]\nh q[0]")


def test_many_plain_lines_in_a_body_are_read() -> None:
    lines = "\n".join(f"  h q[{k % 3}]" for k in range(12))
    assert rows(f"gate g q[3] {{\n{lines}\n}}\nqubit q[5]\ng q[2:5]\n") == [("h", (2 + k % 3,)) for k in range(12)]
    calls = "\n".join("  g q[0], q[1]" for _ in range(12))
    assert codes(f"gate g a, b {{ f a, b }}\ngate f a, b {{ g a, b }}\nqubit q[2]\n{calls}\n").count("QC0230") == 1
    assert "QC0230" in codes(f"gate g a, b {{ let q = a, b\n{calls}\n}}\nqubit q[2]\ng q\n")


# --- bodies are expanded once for the same arguments and lengths ------------------------------------------------------


def test_a_body_is_expanded_anew_for_other_lengths() -> None:
    gate = "gate g(k) a[], b[] { for i in range(len(a)) { h a[i] }; for i in range(len(b)) { x b[i] } }\n"
    calls = ["r[0:1], r[1:4]", "r[0:2], r[2:4]", "r[0:3], r[3:4]", "r[0:4], r[4:4]", "r[0:0], r[0:4]", "r[0:2], r[2:4]"]
    got = rows(f"{gate}qubit r[4]\n" + "\n".join(f"g(1) {call}" for call in calls))
    want = []
    for call in calls:
        stop = int(call.split(",")[0][-2])
        want += [("h" if qubit < stop else "x", (qubit,)) for qubit in range(4)]
    assert got == want


def test_a_power_is_kept_for_its_lengths_too() -> None:
    gate = "gate g q[] { ctrl(len(q) - 1) @ x q }\n"
    lines = "\n".join(f"pow({k}) @ g r[0:{n}]" for n in (2, 3, 2) for k in ("0.5", "1/4", "0.5"))
    want = np.eye(8)
    for n in (2, 3, 2):
        for k in (0.5, 0.25, 0.5):
            want = on(principal_power(controlled(X, n - 1), k), list(range(n)), 3) @ want
    assert same(unitary(f"{gate}qubit r[3]\n{lines}"), want)


def test_a_register_as_an_argument_is_a_length_and_no_operand() -> None:
    gate = "gate g(r) q[] { for i in range(len(r)) { x q[0] } }\n"
    got = rows(f"{gate}qubit q[3], s[2]\ng(q) q; g(s) q; g(q) q[1:]")
    assert got == [("x", (0,))] * 5 + [("x", (1,))] * 3
    assert codes("gate g(r) q[] { h r }\nqubit q[2]\ng(q) q") == ["QC0213"]


# --- real powers ------------------------------------------------------------------------------------------------------


def test_real_powers_are_known_for_a_single_application() -> None:
    gate = "gate g(t) q[] { ctrl(len(q) - 1) @ rx(t) q }\n"
    assert agree(f"{gate}qubit q[3]\npow(0.5) @ g(0.7) q", "qubit q[3]\nctrl(2) @ rx(0.35) q")
    assert agree(f"{gate}qubit q[3]\npow(0.5) @ g(0.7) q[1:]", "qubit q[3]\nctrl @ rx(0.35) q[1], q[2]")


@pytest.mark.parametrize("body", ["x q", "ctrl @ x t, q", "rx(0.3) q"])
def test_the_power_of_a_product_is_no_product_of_powers(body: str) -> None:
    """The square root of X (x) X has eigenvalues 1 and i; the product of the roots of X has i * i = -1."""
    gate = f"gate g q[], t {{ {body} }}\n"
    assert codes(f"{gate}qubit q[2], t\npow(0.5) @ g q, t") == ["QC0212"]
    assert codes(f"{gate}qubit q[2], t\npow(0.5) @ g q[0:1], t") == []
    assert codes(f"{gate}qubit q[2], t\npow(2) @ g q, t") == []


# --- operands strung together -----------------------------------------------------------------------------------------


def test_operands_are_strung_together_where_the_number_fits() -> None:
    text = "qubit r[4], t, s[2]\n"
    for strung, plain in {
        "ctrl(4) @ x r, t": "ctrl(4) @ x r[0], r[1], r[2], r[3], t",
        "ctrl(2) @ x r[0], r[2], t": "ccx r[0], r[2], t",
        "ccx s, t": "ccx s[0], s[1], t",
        "ccx t, s": "ccx t, s[0], s[1]",
        "ctrl(5) @ zz(0.3) r[1:], s, r[0], t": "ctrl(5) @ zz(0.3) r[1], r[2], r[3], s[0], s[1], r[0], t",
        "ctrl(3) @ gphase(0.4) s, t": "ctrl(3) @ gphase(0.4) s[0], s[1], t",
    }.items():
        assert agree(text + strung, text + plain), strung


def test_version_1_meanings_stay() -> None:
    text = "qubit r[3], s[3], t\n"
    for statement, plain in {
        "ctrl @ x r, t": "cnot r[0], t; cnot r[1], t; cnot r[2], t",
        "ctrl @ x t, r": "cnot t, r[0]; cnot t, r[1]; cnot t, r[2]",
        "cnot r, s": "cnot r[0], s[0]; cnot r[1], s[1]; cnot r[2], s[2]",
        "ccx r": "ccx r[0], r[1], r[2]",
        "cnot r[0:2]": "cnot r[0], r[1]",
        "cnot r[0:0], s[0:2]": "",
        "gphase(0.1)": "gphase(0.1)",
    }.items():
        assert agree(text + statement, text + plain), statement
    for wrong, code in {
        "cnot r[0:2], s": "QC0224",
        "cnot r, s, t": "QC0203",
        "ccx r, t": "QC0203",
        "h r[0], r[1]": "QC0203",
        "cnot r": "QC0203",
        "ccx r[0:2], r[1]": "QC0209",
    }.items():
        assert codes(text + wrong) == [code], wrong


# --- errors -----------------------------------------------------------------------------------------------------------

GATES = f"{QFT}gate add a[], b[len(a)], t {{ cnot a, b; x t }}\ngate three d[3] {{ x d }}\n"


@pytest.mark.parametrize(
    ("call", "code", "place"),
    [
        ("qft r, t", "QC0232", "r, t"),
        ("qft", "QC0232", "qft"),
        ("add r, s", "QC0232", "r, s"),
        ("ctrl @ add r, s", "QC0232", "r, s"),
        ("ctrl(2) @ qft t, r", "QC0233", "t"),
        ("ctrl @ qft s, r", "QC0233", "s"),
        ("ctrl @ qft r", "QC0233", "qft"),
        ("qft t", "QC0234", "t"),
        ("qft r[0]", "QC0234", "r[0]"),
        ("add r, s, r", "QC0235", "r"),
        ("add r, s, s[0:1]", "QC0235", "s[0:1]"),
        ("add r, s[0:2], t", "QC0236", "s[0:2]"),
        ("ctrl @ three c, r", "QC0236", "r"),
        ("ctrl @ qft r[0], r", "QC0209", "r"),
        ("add r, r, t", "QC0209", "r"),
        ("let d = r[0], r[0]; qft d", "QC0209", "d"),
        ("main r", "QC0237", "main"),
    ],
)
def test_errors_point_into_the_call(call: str, code: str, place: str) -> None:
    text = f"{GATES}circuit main {{ qubit r[4], s[4], t, c; {call} }}\nrun main\n"
    assert codes(text) == [code]
    assert spans(text) == [place]
    inner = (
        f"{GATES}gate outer r[], s[], t, c {{ {call} }}\ncircuit main {{ qubit r[4], s[4], t, c; outer r, s, t, c }}\n"
    )
    assert codes(inner) == [code]
    assert spans(inner) == [place]


def test_an_error_in_a_body_says_which_call_it_is_about() -> None:
    found = diagnostics(f"{QFT}gate g q[] {{ cnot q[0], q[3] }}\nqubit r[3]\ng r")
    assert [(one.code, one.span.text) for one in found if one.span] == [("QC0206", "3")]
    assert [(span.text, role) for span, role in found[0].labels] == [("g r", "in this call")]


def test_the_helps_show_what_to_write() -> None:
    assert diagnostics(f"{QFT}qubit r[3], t\nqft r, t")[0].helps == [
        "name them together: `let all = r, t`, then `qft all`"
    ]
    circuits = (
        "circuit pair(x, n = 2) { qubit q[n], a; rx(x) q; cnot q[0], a }\ncircuit main { qubit q[2]; pair(1) q }\n"
    )
    assert diagnostics(circuits)[0].helps == ["make it a gate over registers: `gate pair(x, n = 2) q[], a { ... }`"]


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("h w", ["QC0213"]),
        ("h a[0]", ["QC0213"]),
        ("let x1 = a[0:1]", ["QC0213"]),
        ("const q = 2", ["QC0220"]),
        ("for q in range(2) { h a }", ["QC0220"]),
        ("let q = a", ["QC0220"]),
        ("let a = q", ["QC0220"]),
        ("if true { let a = q }", ["QC0220"]),
        ("let v = q; for v in [1] { h q }", ["QC0220"]),
        ("if true { let v = q }; h v", ["QC0213"]),
        ("const a = 2; rx(a) a", []),
        ("for a in [1] { rx(a) q }", []),
        ("h q[k]", ["QC0201"]),
        ("qft a", ["QC0202"]),
        ("barrier q", ["QC0407"]),
    ],
)
def test_names_in_a_body(body: str, found: list[str]) -> None:
    assert codes(f"gate g q[], a {{ {body} }}\nqubit r[2], t\ng r, t\n") == found


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("g(q) q[]", ["QC0220"]),
        ("g q[], q", ["QC0220"]),
        ("g pi[]", ["QC0228"]),
        ("g(a) q[a], a", []),
        ("g q[m]", ["QC0201"]),
        ("g q[len(w)], w[]", ["QC0201"]),
    ],
)
def test_names_in_the_first_line(head: str, found: list[str]) -> None:
    assert codes(f"gate {head} {{ }}\nqubit r[2]\nh r\n") == found


def test_calls_nested_too_deep_and_gates_that_call_themselves_are_refused() -> None:
    chain = "".join(f"gate g{k} q[] {{ g{k + 1} q[1:] }}\n" for k in range(200)) + "gate g200 q[] { x q }\n"
    assert codes(f"{chain}qubit r[300]\ng0 r") == ["QC0504"]
    assert "QC0230" in codes("gate g q[] { if len(q) > 1 { g q[1:] } }\nqubit r[3]\ng r")


# --- random programs --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_random_programs_mean_what_the_plain_interpreter_reads() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(120):
        found = judged(program(seed))
        assert found.kind != "differs", f"{found.said}\n{program(seed)}"
        kinds[found.kind] += 1
    assert kinds["same"] > 40
    assert kinds["refused"] > 10


def test_programs_and_matrices_agree() -> None:
    """A gate over registers, against matrices built without the compiler."""
    text = "gate g(t) a[], b { h a; ctrl(len(a)) @ z a, b; zz(t) a[0], b }\n"
    zz = np.diag(np.exp(-0.5j * 0.3 * np.array([1, -1, -1, 1])))
    want = on(zz, [1, 0], 4) @ on(controlled(Z, 2), [1, 3, 0], 4) @ on(kron(H, H), [1, 3], 4)
    assert same(unitary(f"{text}qubit r[4]\ng(0.3) r[1, 3], r[0]"), want)
