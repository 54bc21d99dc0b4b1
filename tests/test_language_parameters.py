"""The manual's section Parameters: symbols, defaults, values from outside, sweeps.

Would catch a parameter that gets a value it should not have, or none, and a symbol that compiling changes.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from by_hand import X, Y, turned
from meaning import judged
from reading import angles, circuit, codes, diagnostics, load, same, unitary
from test_language_values import PI

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.ir import symbolic
from ionqdsl.ir.options import Options
from ionqdsl.simulation import simulate


def test_parameters_without_a_value_stay_symbolic() -> None:
    (op,) = circuit("param theta\nqubit q\nrx(2*theta + pi/2) q").rows
    assert op.angles[0].symbols == ("theta",)
    assert symbolic.bind(circuit("param theta\nqubit q\nrx(2*theta + pi/2) q"), {"theta": 0.3}).rows[0].angles[
        0
    ].in_radians() == float(Fraction("0.6") + PI / 2)


def test_a_parameter_counts_in_the_gate_s_unit() -> None:
    """An unbound parameter is a plain number: radians in qis, turns in native."""
    text = "param t\nqubit q\nrx(t) q\nnative { gpi(t) q }"
    bound = symbolic.bind(circuit(text), {"t": 0.25})
    assert same(simulate.unitary(bound), Y @ turned(X, 0.25))
    assert same(unitary(text, values={"t": "0.25"}), Y @ turned(X, 0.25))
    assert same(unitary(text, values={"t": "90deg"}), Y @ turned(X, math.pi / 2))


def test_defaults_and_arrays() -> None:
    text = "param a = 0.3\nparam b[2] = [1, 2]\nparam c[2] = 7, d = 9\nqubit q\n"
    assert angles(text + "for x in [a, b[0], b[-1], c[0], c[1], d] { rx(x) q }") == [0.3, 1, 2, 7, 7, 9]
    text = "param th[3]\nqubit q\nfor t in th { rx(t) q }\nry(sum(th)) q; rz(len(th)) q"
    assert circuit(text).symbols == ("th[0]", "th[1]", "th[2]")
    assert codes("param th[3]\nqubit q\nrx(th[3]) q") == ["QC0206"]
    assert codes("param th[2] = [1, 2, 3]\nqubit q\nrx(th[0]) q") == ["QC0421"]
    assert codes("param th[0]\nqubit q\nh q") == ["QC0506"]
    assert codes('param t = "a"\nqubit q\nrx(t) q') == ["QC0307"]
    assert codes("circuit c { param t; qubit q; rx(t) q }") == ["QC0405"]


def test_values_given_from_outside() -> None:
    """`--set` beats the default, reads expressions with units and constants, and sets arrays whole or by element."""
    text = "const k = 2\nparam a = 0.3\nparam th[2]\nqubit q\nrx(a) q; ry(th[0]) q; rz(th[1]) q"
    given = {"a": "k*pi/4", "th": "[1, 90deg]"}
    assert [op.angles[0].in_radians() for op in circuit(text, values=given).rows] == [math.pi / 2, 1, math.pi / 2]
    given = {"th": "[1, 2]", "th[1]": "5"}
    assert [op.angles[0].in_radians() for op in circuit(text, values=given).rows] == [0.3, 1, 5]
    assert codes(text, values={"b": "1"}) == ["QC0420"]
    assert codes(text, values={"th": "[1]"}) == ["QC0421"]
    assert codes(text, values={"a": "90deg + 1"}) == ["QC0301"]


def test_parameters_may_decide_what_is_built_once_they_have_a_value() -> None:
    text = "param n\nqubit q[5]\nfor i in range(n) { h q[i] }"
    assert codes(text) == ["QC0305"]
    assert len(circuit(text, values={"n": "3"})) == 3


def test_sweeps_repeat_the_runs_for_every_combination() -> None:
    text = "param a\nparam b\nqubit q\nrx(a) q; ry(b) q"
    program = load(text, sweeps={"a": "linspace(0, 1, 3)", "b": "[10deg, 20deg]"})
    assert program.is_multi
    got = [[op.angles[0].in_radians() for op in run.rows] for run in program.runs]
    assert got == [[a, float(b * PI / 180)] for a in (0, 0.5, 1) for b in (10, 20)]
    names = [run.name for run in program.runs]
    assert len(set(names)) == 6
    assert names[0] == "test a=0 b=10deg"
    assert codes(text, sweeps={"c": "[1]"}) == ["QC0420"]
    assert codes(text, sweeps={"a": "5"}) == ["QC0307"]
    with pytest.raises(CompileError, match=r"write `\[0\.5\]`"):
        load(text, sweeps={"a": "0.5"})
    assert codes(text, sweeps={"a": "[]"}) == ["QC0408"]  # not that there is nothing to run


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ("[0.4, 0.4]", 6),
        ("[1/2, 0.1, 0.5]", 11),
        ("[0, -0]", 4),
        ("linspace(1, 1, 3)", 0),
        ("[x*x for x in [-1, 1]]", 0),
    ],
)
def test_a_sweep_has_each_value_once(values: str, place: int) -> None:
    """The error once was at the first gate, only when a job was made, and advised a `run` that was none."""
    text = "param a, b[2]\nqubit q\nrx(a + b[0] + b[1]) q"
    with pytest.raises(CompileError) as caught:
        load(text, sweeps={"a": values})
    (error,) = caught.value.diagnostics
    assert error.code == "QC0460"
    assert error.span.start == len("const value = ") + place  # as a value of a flag is read
    assert codes(text, sweeps={"b": "[[1, 2], [2, 1], [1, 2]]"}) == ["QC0460"]
    assert len(load(text, sweeps={"a": "[1, 2]", "b": "[[1, 2], [2, 1]]"}).runs) == 4
    assert len(load(text, sweeps={"a": "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]"}).runs) == 10


def test_arrays_are_swept_by_rows() -> None:
    """A list a circuit, or one number for all elements; few points, and so many that circuits are lowered once."""
    text = "param t[2]\nqubit q\nrx(t[0]) q\nry(t[1]) q"
    program = load(text, sweeps={"t": "[[0.1, 0.2], 0.3]"})
    assert [run.name for run in program.runs] == ["test t=[0.1, 0.2]", "test t=0.3"]
    assert [[op.angles[0].in_radians() for op in run.rows] for run in program.runs] == [[0.1, 0.2], [0.3, 0.3]]
    many = load(text, sweeps={"t": "[[k/8, -k/8] for k in range(20)]"})
    assert [[op.angles[0].in_radians() for op in run.rows] for run in many.runs] == [[k / 8, -k / 8] for k in range(20)]
    assert [run.name for run in load(text, sweeps={"t[1]": "[1]"}).runs] == ["test t[1]=1"]
    assert codes(text, sweeps={"t": "[[1, 2, 3]]"}) == ["QC0421"]
    assert codes(text, sweeps={"t": "[[1, X[0]]]"}) == ["QC0307"]


def test_a_payload_needs_every_parameter_bound_and_names_those_that_are_not() -> None:
    text = "param a\nparam b = 1\nparam th[2]\nqubit q\nrx(a + b) q\nry(th[1]) q"
    program = load(text)
    with pytest.raises(CompileError) as caught:
        stages.payload(program, Options())
    message = str(caught.value)
    assert "`a`" in message or " a" in message
    assert "th[1]" in message
    assert "th[0]" not in message
    lines = {d.span.source.position(d.span.start)[0] for d in caught.value.diagnostics if d.span}
    places = lines | {span.source.position(span.start)[0] for d in caught.value.diagnostics for span, _ in d.labels}
    assert places & {1, 5}
    assert places & {3, 6}


NONLINEAR = [
    ("2*a - b/3 + 1", lambda a, b: 2 * a - b / 3 + 1),
    ("a*b", lambda a, b: a * b),
    ("sin(a) + b", lambda a, b: math.sin(a) + b),
    ("a**2 - a", lambda a, b: a * a - a),
    ("(a + b)*(a - b)", lambda a, b: a * a - b * b),
    ("a/b", lambda a, b: a / b),
    ("pi*a + b*pi/2", lambda a, b: math.pi * (a + b / 2)),
    ("max(a, b)", max),
    ("abs(a - b)", lambda a, b: abs(a - b)),
    ("sqrt(a*a + 1)", lambda a, b: math.sqrt(a * a + 1)),
    ("a*1turn + 90deg", lambda a, b: 2 * math.pi * a + math.pi / 2),
    ("-(a - 1)", lambda a, b: 1 - a),
    ("atan2(a, b)", math.atan2),
]


@pytest.mark.parametrize(("expression", "function"), NONLINEAR)
def test_expressions_of_parameters(expression: str, function: Any) -> None:
    """Bound before or after compiling, the value is the same."""
    text = f"param a\nparam b\nqubit q\nrx({expression}) q"
    for a, b in ((0.3, 1.7), (-1.25, 0.5)):
        want = turned(X, function(a, b))
        opened = circuit(text)
        given = {name: {"a": a, "b": b}[name] for name in symbolic.parameters(opened)}
        assert same(simulate.unitary(symbolic.bind(opened, given)), want)
        assert same(unitary(text, values={"a": str(a), "b": str(b)}), want)


@pytest.mark.parametrize("target", ["qis", "aria", "forte"])
def test_symbols_survive_compiling(target: str) -> None:
    """`compile` then `bind` equals `bind` then `compile`."""
    text = "param t\nparam s\nqubit q[3]\nh q\nrx(2*t) q[0]\nzz(t - s) q[0:2]\ncrz(s) q[1:3]\nctrl(2) @ p(t) q\n"
    text += "u(t, s, 0.3) q[1]\n"
    program = load(text)
    compiled, _, _ = stages.transpile(program, Options(target=target, preserve="unitary"))
    (result,) = compiled.runs
    assert set(symbolic.parameters(result)) == {"t", "s"}
    for point in ({"t": 0.3, "s": -1.2}, {"t": 2.0, "s": 0.0}):
        want = simulate.unitary(symbolic.bind(program.runs[0], point))
        assert same(simulate.unitary(symbolic.bind(result, point)), want, 1e-8)


def test_circuit_and_gate_parameters_may_have_defaults() -> None:
    """Defaults may use parameters before them, constants and `param`s."""
    text = "const k = 2\nparam t = 0.5\ncircuit c(n = k, m = n + 1, a = t) { qubit q[m]; rx(a) q[n] }\n"
    assert [(run.width, run.rows[0].qubits, run.rows[0].angles[0].in_radians()) for run in load(text).runs] == [
        (3, (2,), 0.5)
    ]
    (run,) = load(text + "run c(1, a = 7)").runs
    assert (run.width, run.rows[0].qubits, run.rows[0].angles[0].in_radians()) == (2, (1,), 7)


def test_what_needs_a_number_says_which_parameter_has_none() -> None:
    (found,) = diagnostics("param theta\nqubit q[3]\nh q[theta]")
    assert found.code == "QC0305"
    assert "theta" in found.message


def test_the_linear_part_of_a_symbol_is_exact() -> None:
    (op,) = circuit("param t\nqubit q\nrx(0.1*t + 0.2*t) q").rows
    assert op.angles[0].terms == (("t", 0, Fraction(3, 10)),)


def test_nothing_of_a_parameter_is_nothing() -> None:
    """Would catch a parameter that has to be bound although nothing depends on it."""
    program, _ = stages.load(Source("param t\nqubit q\nfor k in range(2) { rx(k*t) q }\n"))
    assert [len(op.angles[0].terms) for op in program.runs[0].rows] == [0, 1]


def test_words_of_python_are_names() -> None:
    """Physicists call things lambda. The symbol survives compiling, printing and binding."""
    text = "param lambda\nparam is\nqubit q\nrx(2*lambda + sin(is)) q"
    native = stages.transpile(stages.load(Source(text))[0], Options(target="forte"))[0].runs[0]
    again = stages.load(Source(qc.text(native)))[0].runs[0]
    assert again == native
    bound = symbolic.bind(native, {"lambda": 0.2, "is": 0.5})
    assert same(abs(simulate.unitary(bound)), abs(turned_x(2 * 0.2 + math.sin(0.5))))


def turned_x(angle: float) -> Any:
    """exp(-i angle/2 X)."""
    return np.array(
        [[math.cos(angle / 2), -1j * math.sin(angle / 2)], [-1j * math.sin(angle / 2), math.cos(angle / 2)]]
    )


# --- names and other values ------------------------------------------------------------------------------------------


def names(text: str, **given: Any) -> list[str]:
    return [run.name for run in load(text, **given).runs]


def test_the_names_of_points_tell_units() -> None:
    """`as` prints the number alone, as the manual says."""
    text = "circuit a(t) { qubit q; rx(t) q }\n"
    runs = "run a(t) for t in [10deg, 10, 0.1turn, 0.3rad, 2*20deg]"
    assert names(text + runs) == ["a(10deg)", "a(10)", "a(0.1turn)", "a(0.3rad)", "a(40deg)"]
    assert names(text + "run a(t) for t in [10deg, 20deg] as 'at {t}, {t:.1f}'".replace("'", '"')) == [
        "at 10, 10.0",
        "at 20, 20.0",
    ]
    swept = "param t\nqubit q\nrx(t) q"
    assert names(swept, sweeps={"t": "[10deg, 10]"}) == ["test t=10deg", "test t=10"]
    arrays = "param t[2]\nqubit q\nrx(t[0]) q; ry(t[1]) q"
    assert names(arrays, sweeps={"t": "[[10deg, 2], 3rad]"}) == ["test t=[10deg, 2]", "test t=3rad"]


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("for i, j in p { cz q[i], q[j] }", "[[(0, 1)], [(0, 1), (1, 2)]]"),
        ("rx(p[0]) q[0]; ry(p[-1]) q", "[(0.1, 0.2), (0.3, 0.4)]"),
        ("for k in range(len(p)) { rx(p[k]) q[k] }; ry(sum(p)) q", "[[1, 2], [3]]"),
        ('if p == "flip" { x q } else { h q }', '["flip", "turn"]'),
        ("pauliexp(0.1, pauli(p)) q", '["XYZ", "ZZ"]'),
        ("const f = sorted([x for x in p if x > 1]); if any(x > 2 for x in p) { ry(f[0]) q }", "[[1, 2, 3], [2]]"),
        ("for a, b in zip(p, reversed(p)) { ry(a + b) q }; assert p + [1] != p, \"no\"", "[[1, 2], [3]]"),
    ],
)  # fmt: skip
def test_a_parameter_of_a_circuit_may_be_any_value(body: str, values: str) -> None:
    """Runs with it, and does not keep other circuits from running: the same rows as those written out."""
    definition = f"circuit c(p) {{ qubit q[3]; {body} }}\n"
    swept = load(f"{definition}run c(p) for p in {values}\n").runs
    made = Source(f"{definition}run c(p) for p in {values}\n")
    assert judged(made).kind == "same"
    for place, run in enumerate(swept):
        (alone,) = load(f"const p = {values}[{place}]\nqubit q[3]\n{body}\n").runs
        assert run.rows == alone.rows
    assert [run.name for run in load(f"{definition}circuit d {{ qubit q; h q }}\n").runs] == ["d"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("circuit c(p) { qubit q; rx([1]) q }\ncircuit d { qubit q; h q }", ["QC0307"]),
        ("circuit c(p) { qubit q; rx(p[0]) q }\nrun c(1)", ["QC0307"]),
        ("circuit c(p) { qubit q; rx(p[0]) q }\nrun c(t) for t in [1, 2]", ["QC0307"]),
        ("param p\nqubit q\nrx(p[0]) q", ["QC0307"]),
    ],
)
def test_a_wrong_value_is_still_an_error(text: str, wanted: list[str]) -> None:
    assert codes(text) == wanted


def test_a_sweep_over_an_open_parameter_is_refused() -> None:
    for sweep in ("[u, 2*u]", "[1deg, u*1deg]", "[t]"):
        with pytest.raises(CompileError) as caught:
            iq.program("param t\nparam u\nqubit q\nrx(t) q\nrz(u) q", sweeps={"t": sweep})
        assert caught.value.diagnostics[0].code == "QC0305"
    with pytest.raises(CompileError, match="QC0305"):
        iq.program("param th[2]\nparam u\nqubit q\nrx(th[0] + th[1]) q\nrz(u) q", sweeps={"th": "[[1, u]]"})
