"""The manual's sections on functions and on Hamiltonians with parameters.

Would catch a function that sees the wrong names, an argument in the wrong place, a definition whose fault is told at
every call or not at all, and a recursion that is not found.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from by_hand import X, Z, kron
from meaning import judged
from reading import agree, angles, circuit, codes, diagnostics, load, same, spans, unitary, value

from ionqdsl.ir.circuit import Operator
from ionqdsl.language import step_budget

BIT = "def bit(x, k = 0) = x >> k & 1\n"


@pytest.mark.parametrize(
    ("call", "want"),
    [("bit(6, 1)", 1), ("bit(6)", 0), ("bit(k = 2, x = 4)", 1), ("bit(7, k = 3)", 0), ("bit(bit(5), 0)", 1)],
)
def test_arguments_by_position_and_name(call: str, want: int) -> None:
    assert value(call, BIT) == want


@pytest.mark.parametrize(
    ("definitions", "call", "want"),
    [
        ("def f(x) = g(x) + 1\ndef g(x) = 2*x\n", "f(3)", 7),
        ("const a = f(2)\ndef f(x) = x + 1\n", "a", 3),
        ("const k = 10\ndef f(x) = x + k\n", "[f(k) for k in range(2)] == [10, 11]", True),
        ("def f(k, m = k + 1) = [k, m]\n", "f(1) == [1, 2] and f(1, 5) == [1, 5]", True),
        ("const k = 7\ndef f(m = k, k = 1) = [m, k]\n", "f() == [7, 1]", True),
        ("def f() = [1, 2]\n", "len(f()) + f()[1]", 4),
        ("def f(pair) = pair[0] - pair[1]\n", "f((5, 3))", 2),
        ("def f(edges) = sum(a*b for a, b in edges)\n", "f([(1, 2), (3, 4)])", 14),
        ("const f = 3\ndef f(x) = x + f\n", "f(f)", 6),
        ("def f(f) = f\n", "f(2)", 2),
        ('def f(x) = "yes" if x else "no"\n', 'f(true) == "yes"', True),
        ("def f(x) = null\n", "f(1) == null", True),
    ],
)
def test_what_functions_see(definitions: str, call: str, want: object) -> None:
    assert value(call, definitions) == want
    text = f"{definitions}qubit q\nif ({call}) == {str(want).lower()} {{ x q }}\n"
    assert [op.gate for op in circuit(text).rows] == ["x"]
    assert judged(text).kind == "same"


def test_functions_of_parameters_stay_formulas() -> None:
    text = "def lam(t, k) = sin(k*t)/2 + pi\nparam theta\nqubit q\nrx(lam(theta, 3)) q\n"
    assert judged(text).kind == "same"
    assert angles(text.replace("param theta", "const theta = 0.3")) == pytest.approx(
        [0.5 * 0.7833269096 + 3.14159265359]
    )
    assert agree(text.replace("param theta", "param theta = 0.3"), "qubit q\nrx(sin(0.9)/2 + pi) q\n")


def test_functions_where_expressions_stand() -> None:
    text = (
        "def n() = 2\ndef half(x) = x/2\ngate turn(t) a { rx(half(t)) a }\n"
        "qubit q[n()]\nlet r = q[0:n()]\nfor k in range(n()) { turn(half(4)) r[half(2*k)] }\nassert n() == 2\n"
        "pow(half(1)) @ x q[0]\nctrl(half(2)) @ z q\n"
    )
    assert judged(text).kind == "same"
    job = "def shots(k) = 100*k\njob { shots = shots(3) }\nqubit q\nh q\n"
    assert load(job).job.settings["shots"].value == 300


def test_a_function_of_an_included_file(tmp_path: Path) -> None:
    (tmp_path / "f.qc").write_text("const k = 3\ndef f(x) = x*k\nhamiltonian h(n) = sum(Z[i] for i in range(n))\n")
    main = tmp_path / "main.qc"
    main.write_text('include "f.qc"\nqubit q[2]\nrx(f(2)) q[0]\npauliexp(0.1, h(2)) q\n')
    from ionqdsl.diagnostics.source import Source
    from ionqdsl.pipeline import examine
    from ionqdsl.pipeline import load as read

    (made,) = read(Source(main.read_text(), str(main)))[0].runs
    assert [op.gate for op in made.rows] == ["rx", "pauliexp"]
    assert made.rows[0].angles[0].radians == 6
    (note,) = examine(Source((tmp_path / "f.qc").read_text(), str(tmp_path / "f.qc")))
    assert note.code == "QC0431"


@pytest.mark.parametrize(
    ("definition", "use", "code", "place"),
    [
        ("def f(x) = y", "f(1)", "QC0201", "y"),
        ("def f(x) = g(x)", "f(1)", "QC0315", "g"),
        ("def f(x, x) = 1", "f(1, 2)", "QC0220", "x"),
        ("def f(x = 1, y) = 1", "f(1, 2)", "QC0229", "y"),
        ("def sin(x) = x", "sin(1)", "QC0228", "sin"),
        ("def zip(x) = x", "1", "QC0228", "zip"),
        ("def f(x) = x\ndef f(y) = y", "f(1)", "QC0220", "f"),
        ("def f(pi) = 1", "f(1)", "QC0228", "pi"),
        ("def f(x) = f(x)", "f(1)", "QC0325", "f"),
        ("def f(x) = 1/x", "f(0)", "QC0303", "1/x"),
        ("def f(x) = x", "f()", "QC0316", "f()"),
        ("def f(x) = x", "f(1, 2)", "QC0316", "f(1, 2)"),
        ("def f(x) = x", "f(y = 2)", "QC0316", "y"),
        ("def f(x) = x", "f(1, x = 2)", "QC0316", "x = 2"),
        ("def f(x) = x", "f", "QC0324", "f"),
        ("def f(x) = x", "F(1)", "QC0315", "F"),
        ("hamiltonian h(n) = Z[n]\n", "h", "QC0324", "h"),
        ("hamiltonian h(n) = [n]\n", "h(1)", "QC0307", "[n]"),
        ("def f(x) = f", "f(1)", "QC0324", "f"),
        ("def f = 3", "1", "QC0130", "def f ="),
        ("def f(a) { x a }", "1", "QC0130", "def f(a) {"),
        ("def f(a): return a", "1", "QC0130", "def f(a):"),
    ],
)  # fmt: skip
def test_a_fault_is_told_once_where_it_is(definition: str, use: str, code: str, place: str) -> None:
    text = f"{definition}\nqubit q\nrx({use}) q\n"
    assert [codes(text), spans(text)] == [[code], [place]]
    assert judged(text).kind in ("refused", "early", "limit")


def test_a_fault_in_a_definition_is_told_once_for_all_calls() -> None:
    text = "def f(x) = 1/x\ndef g(x) = f(x) + 1\nconst a = f(0)\nqubit q[3]\n"
    text += "for k in range(3) { rx(g(0)) q[k] }\nry(f(0)) q\n"
    (found,) = diagnostics(text)
    assert found.code == "QC0303"
    assert found.labels


def test_the_chain_of_a_recursion_is_shown() -> None:
    text = "def a(x) = b(x)\ndef b(x) = [c(k) for k in range(x)]\ndef c(x) = a(x) if x else 0\nqubit q\nrx(a(1)) q\n"
    (found,) = diagnostics(text)
    assert "`a` -> `b` -> `c` -> `a`" in found.render()


def test_chains_of_functions_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def chain(length: int) -> str:
        calls = "".join(f"def f{k}(x) = f{k + 1}(x)\n" for k in range(length))
        return f"{calls}def f{length}(x) = x\nqubit q\nrx(f0(1)) q\n"

    assert codes(chain(90)) == []
    assert codes(chain(3000)) == ["QC0504"]
    monkeypatch.setattr(step_budget, "STEPS", 20_000)
    doubled = "".join(f"def f{k}(x) = f{k + 1}(x) + f{k + 1}(x)\n" for k in range(60))
    assert codes(f"{doubled}def f60(x) = x\nqubit q\nrx(f0(1)) q\n") == ["QC0511"]


# --- operators -------------------------------------------------------------------------------------------------------


def operator(expression: str, before: str = "") -> Operator:
    found = circuit(f"{before}\nqubit q[6]\npauliexp(1, {expression}) q\n").rows[0].operator
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("expression", "other"),
    [
        ('pauli("XZI")', "X[0]*Z[1]"), ('pauli("IIY")', "Y[2]"), ('pauli("XZ", [2, 5])', "X[2]*Z[5]"),
        ('pauli("ZX", (5, 2))', "X[2]*Z[5]"), ('2*pauli("XX") - 1', "2*X[0]*X[1] - 1"),
        ('pauli("XX")*pauli("ZZ")', "-Y[0]*Y[1]"), ('sum(pauli("ZZ", [i, i + 1]) for i in range(3))',
        "Z[0]*Z[1] + Z[1]*Z[2] + Z[2]*Z[3]"), ('pauli("IXI", range(3)) + pauli("I")', "X[1] + 1"),
    ],
)  # fmt: skip
def test_products_by_letters(expression: str, other: str) -> None:
    assert operator(expression) == operator(other)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ('pauli("XQ")', "QC0326"), ('pauli("xz")', "QC0326"), ('pauli("XZ", [1])', "QC0327"),
        ('pauli("XZ", [1, 1])', "QC0328"), ('pauli("XZ", [-1, 0])', "QC0313"), ("pauli(3)", "QC0307"),
        ('pauli("X", 3)', "QC0307"), ("pauli()", "QC0316"), ('pauli("X", [0.5])', "QC0307"),
    ],
)  # fmt: skip
def test_what_is_no_product(expression: str, code: str) -> None:
    text = f"qubit q[3]\npauliexp(0.1, {expression}) q\n"
    assert codes(text) == [code]
    assert judged(text).kind in ("refused", "early")


@pytest.mark.parametrize(("word", "product"), [("ZZ", "Z[0]*Z[1]"), ("XZI", "X[0]*Z[1]"), ("X0Y2", "X[0]*Y[2]")])
def test_a_product_as_one_word_is_named(word: str, product: str) -> None:
    (found,) = diagnostics(f"hamiltonian h = 0.5*{word}\nqubit q\nx q\n")
    assert (found.code, product in found.render()) == ("QC0201", True)


ISING = "hamiltonian ising(n, J = 1) = sum(J*Z[i]*Z[i + 1] for i in range(n - 1))\n"


def test_hamiltonians_with_parameters() -> None:
    assert operator("ising(4)", ISING) == operator("Z[0]*Z[1] + Z[1]*Z[2] + Z[2]*Z[3]")
    assert operator("ising(n = 3, J = 0.5)", ISING) == operator("0.5*Z[0]*Z[1] + 0.5*Z[1]*Z[2]")
    assert operator("ising(2) + 0.3*X[0]", ISING) == operator("Z[0]*Z[1] + 0.3*X[0]")
    assert operator("one(2)", "hamiltonian one(k) = k\n") == operator("2*Z[0]*Z[0]")
    text = f"{ISING}circuit a(t) {{\n  qubit q[3]\n  pauliexp(t, ising(3)) q\n}}\n"
    text += "energy {\n  hamiltonian = ising(3)\n  ansatz = a\n}\n"
    energy = load(text).energy
    assert energy is not None
    assert energy.hamiltonian == operator("ising(3)", ISING)
    assert judged(text).kind == "same"


def test_hamiltonians_in_circuits_see_the_circuit_s_names() -> None:
    text = (
        "circuit c(n, J = 0.5) {\n  qubit q[n]\n  const k = 2\n  hamiltonian h = J*Z[0]*Z[1]\n"
        "  hamiltonian g(s) = s*k*X[n - 1] + h\n  pauliexp(0.2, h) q\n  pauliexp(0.1, g(0.25)) q\n"
        "  for i in range(2) {\n    hamiltonian own(s) = s*i*Z[i]\n    pauliexp(0.3, own(2)) q\n  }\n}\nrun c(2)\n"
    )
    assert judged(text).kind == "same"
    (made,) = load(text).runs
    wanted = "0.5*Z[0]*Z[1]", "0.5*X[1] + 0.5*Z[0]*Z[1]", "0*Z[0]", "2*Z[1]"
    assert [row.operator.terms for row in made.rows if row.operator] == [operator(one).terms for one in wanted]


def test_a_local_function_hides_no_other() -> None:
    text = f"{ISING}circuit c {{\n  qubit q[2]\n  hamiltonian ising(n) = Z[n]\n  pauliexp(0.1, ising(1)) q\n}}\n"
    assert codes(text) == ["QC0220"]
    assert codes("circuit c {\n  qubit q\n  hamiltonian h(n) = h(n)\n  pauliexp(0.1, h(0)) q\n}\n") == ["QC0315"]


def test_sweeps_see_functions_at_every_point() -> None:
    from ionqdsl.diagnostics.source import Source
    from ionqdsl.pipeline import load as read

    text = "param t\ndef f(x) = x*t\nhamiltonian h(s) = s*t*Z[0]\nqubit q\nrx(f(2)) q\npauliexp(1, h(3)) q\n"
    program, _ = read(Source(text), sweeps={"t": "[0.1, 0.2]"})
    assert [float(run.rows[0].angles[0].radians) for run in program.runs] == pytest.approx([0.2, 0.4])
    assert [float(run.rows[1].operator.terms[0][1]) for run in program.runs if run.rows[1].operator] == pytest.approx(
        [0.3, 0.6]
    )


def test_pauli_products_are_the_matrices() -> None:
    found = unitary('qubit q[2]\npauliexp(pi/2, pauli("XZ")) q\n')
    assert same(found, -1j * kron(X, Z))
