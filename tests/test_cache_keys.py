"""Results that are remembered are those of their own call: keys, points of sweeps, files that change.

Would catch a key that takes `true` for 1 or one operator for another, a sweep that is not its points, and a file that
is not read again.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from by_hand import X, Y, Z, kron, turned
from reading import same, unitary

import ionqdsl
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import qc
from ionqdsl.ir import notation
from ionqdsl.ir.angle import TAU, Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator, shared
from ionqdsl.ir.options import Options
from ionqdsl.language import values
from ionqdsl.language.lower.keys import NULL, key_of
from ionqdsl.language.values import EMPTY_SUM, PI, Measure, NamedQubits, PauliLetter, PauliSum
from ionqdsl.pipeline import load, transpile
from ionqdsl.simulation import simulate

# --- keys ------------------------------------------------------------------------------------------------------------

ALIKE = [
    [True, 1, 1.0, "1", [1], range(1, 2), Measure(Angle(0, 1)), Measure(Angle(0, 1), "rad"), PauliSum({(): 1})],
    [False, 0, 0.0, -0.0, "", [], range(0), EMPTY_SUM, Measure(Angle()), None, NULL, PauliSum({})],
    [0.5, Fraction(1, 2), Measure(Angle(0, Fraction(1, 2))), Measure(Angle(0, 0.5)), "0.5"],
    [values.literal(90, "deg"), values.literal(Fraction(1, 4), "turn"), Measure(Angle(0.25), "turn")],
    [PI, 3.141592653589793, Measure(Angle(0, 3.141592653589793))],
    [[1, 2], [1, [2]], [[1, 2]], ["1", 2], [True, 2], [1, 2.0], range(1, 3)],
    [PauliSum({(("X", 0),): 1, (("Z", 0),): 2}), PauliSum({(("Z", 0),): 2, (("X", 0),): 1})],
    [PauliSum({(("X", 0),): 1}), PauliSum({(("X", 0),): 1.0}), PauliLetter("X"), "X"],
    [NamedQubits((0,)), NamedQubits((0,), scalar=True), [0], 0],
]
"""Values that Python takes for equal, or that would print alike, and that a program can tell apart."""


@pytest.mark.parametrize("group", ALIKE, ids=lambda group: repr(group[0])[:20])
def test_values_that_differ_have_different_keys(group: list[object]) -> None:
    assert len({key_of(value) for value in group}) == len(group)


def test_equal_values_have_equal_keys() -> None:
    one, other = (PauliSum({(("X", 0),): Fraction(1, 3), (): 2}) for _ in range(2))
    assert key_of([one, "a", [1, None]]) == key_of([other, "a", [1, None]])
    with pytest.raises(TypeError):
        key_of(object())


def test_angles_that_are_written_differently_are_not_equal() -> None:
    """A row kept for a float must not come back for the exact angle it equals, or texts depend on earlier ones."""
    exact, rounded = Angle(Fraction(3, 8)), Angle(0.375)
    assert exact != rounded
    assert len({notation.angle(rounded), notation.angle(exact)}) == 2
    assert shared("rx", (0,), (rounded,)).angles[0].turns.__class__ is float
    assert shared("rx", (0,), (exact,)).angles[0].turns.__class__ is Fraction
    assert Angle(0, 0.0) != Angle(0, 0)
    assert Angle.of("t", turns=0.5) != Angle.of("t", turns=Fraction(1, 2))
    product = ((("X", 0),), 0.5), ((("X", 0),), Fraction(1, 2))
    assert Operator(product[:1]) != Operator(product[1:])
    assert shared("pauliexp", (0,), (exact,), operator=Operator(product[:1])) != shared(
        "pauliexp", (0,), (exact,), operator=Operator(product[1:])
    )


def test_numbers_are_rounded_by_their_type() -> None:
    """3/8 turns is the float nearest to 3 pi/4 where it is exact, whatever was asked before."""
    for value in (0.3, 0.7, 0.375, 1 / 3):
        exact = Fraction(value)
        assert Angle(value).in_radians() == float(value * TAU)
        assert Angle(exact).in_radians() == float(exact * TAU)
    assert notation.number(2.0**70) != notation.number(2**70)


# --- the gates of a program ------------------------------------------------------------------------------------------


def rows(text: str) -> list[Op]:
    program, _ = load(Source(text))
    return program.runs[0].rows


def codes(text: str) -> list[str]:
    try:
        load(Source(text))
    except CompileError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]
    return []


G = "gate g(op) a { pauliexp(0.3, op) a }\n"
CALLS = ["g(0.1*X[0]) q[0]", "g(0.2*Y[0]) q[1]", "g(0.3*Z[0]) q[2]"]


WANTED = kron(turned(X, 0.06), turned(Y, 0.12), turned(Z, 0.18))
WRAPPED = [
    (G, CALLS),
    (G + "gate k(op) a { g(op) a }\n", [call.replace("g(", "k(") for call in CALLS]),
    (
        "gate g(ops) a { for op in ops { pauliexp(0.3, op) a } }\n",
        [call.replace("g(", "g([").replace(")", "])") for call in CALLS],
    ),
    ("gate g(op) a { pauliexp(0.15, op) a }\n", [f"pow(2) @ {call}" for call in CALLS]),
    ("gate g(op) a { pauliexp(0.6, op) a }\n", [f"pow(1/2) @ {call}" for call in CALLS]),
    ("gate g(op) a { pauliexp(-0.3, op) a }\n", [f"inv @ {call}" for call in CALLS]),
    ("gate g(op, n = 1) a { pauliexp(0.3*n, op) a }\n", CALLS),
    (G, [f"g({c}*{letter}[0]) q[{i}]" for i, (c, letter) in enumerate([(0.1, "X"), (0.2, "Y"), (0.3, "Z")])]),
]


@pytest.mark.parametrize(("gates", "calls"), WRAPPED)
def test_operators_given_to_a_gate_are_told_apart(gates: str, calls: list[str]) -> None:
    """They are freed after the call, and the next one may get their identity."""
    for _ in range(20):
        assert np.allclose(unitary(f"{gates}qubit q[3]\n" + "\n".join(calls)), WANTED, atol=1e-12)


def test_operators_of_a_loop_are_told_apart() -> None:
    text = f"{G}qubit q\nfor k in range(200) {{ g(k*X[0] if k % 2 else k*Z[0]) q }}"
    found = [op.operator.terms for op in rows(text) if op.operator is not None]
    assert found == [() if not k else ((((("X" if k % 2 else "Z"), 0),), k),) for k in range(200)]


def test_equal_commands_give_equal_bytes(tmp_path: Path) -> None:
    path = tmp_path / "operators.qc"
    path.write_text(G + "qubit q[3]\n" + "\n".join(CALLS) + "\n")
    made = {
        subprocess.run(
            [sys.executable, "-m", "ionqdsl", "compile", str(path), "--target", "forte"],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONPATH": str(Path(ionqdsl.__file__).parents[1])},
        ).stdout
        for _ in range(3)
    }
    assert len(made) == 1


def test_a_gate_may_be_named_as_something_inside() -> None:
    """A name is no key: definitions are told apart by identity."""
    assert [op.gate for op in rows('gate call(a, b, c) w { x w }\nqubit q[2]\nh q[0]\ncall("h", "qis", 1) q[1]')] == [
        "h",
        "x",
    ]
    own = "gate _u4(theta, phi, lambda, gamma) a { h a }\ngate _zx(t) a, b { swap a, b }\n"
    own += "gate _power_iswap(k) a, b { swap a, b }\ngate _power_g(k) a { y a }\ngate g a { x a }\n"
    body = "qubit q[2]\ncu(0.1, 0.2, 0.3, 0.4) q\necr q\npow(1/2) @ iswap q\npow(1/2) @ cu(0.1, 0.2, 0.3, 0.4) q\n"
    body += "pow(1/2) @ g q[0]"
    called = "_power_iswap(1/2) q\n"
    assert rows(own + body) == rows("gate g a { x a }\n" + body)
    both = rows(own + body.replace("pow(1/2) @ iswap q\n", called + "pow(1/2) @ iswap q\n"))
    assert [op for op in both if op.gate != "swap"] == rows(own + body)
    direct = rows(own + "qubit q[2]\n_u4(1, 2, 3, 4) q[0]\n_zx(1) q\n" + called)
    assert [op.gate for op in direct] == ["h", "swap", "swap"]


@pytest.mark.parametrize("order", [["1", "true"], ["true", "1"], ["1.0", "true"], ["1.0", "1", "true"]])
def test_true_is_never_one(order: list[str]) -> None:
    text = "gate g(n) a { rx(n) a }\nqubit q\n" + "\n".join(f"g({value}) q" for value in order)
    assert codes(text) == ["QC0307"]
    assert codes(text.replace("true", "1")) == []


def test_arguments_of_every_type_are_told_apart() -> None:
    """Each call gives the same result as alone, in any order."""
    gate = "gate g(n) a { if n == 1 { x a } else if n == 1deg { y a } else { h a } }\n"
    plain = "gate g(n) a { if n == [1] { x a } else if n == null { y a } else { h a } }\n"
    calls = ["1", "true", '"1"', "null", "[1]", "[true]", "range(1, 2)", "[1.0]", "[[1]]", "2", "0*X[0]", "-0.0", "0"]
    alone = {call: [op.gate for op in rows(f"{plain}qubit q\ng({call}) q")] for call in calls}
    assert alone["null"] == ["y"]
    assert alone["[1]"] == alone["[1.0]"] == ["x"]
    for seed in range(5):
        order = random.Random(seed).sample(calls, len(calls))
        text = f"{plain}qubit q\n" + "\n".join(f"g({call}) q" for call in order)
        assert [op.gate for op in rows(text)] == [gate for call in order for gate in alone[call]]
    assert codes(f"{gate}qubit q\ng(1) q\ng(1deg) q") == ["QC0301"]


def test_a_body_that_was_opened_may_still_stand_too_deep() -> None:
    """Depth belongs to a place, not to a gate: which call comes first decides nothing."""
    chain = "gate g0 a { x a }\n" + "\n".join(f"gate g{k} a {{ g{k - 1} a }}" for k in range(1, 120)) + "\nqubit q\n"
    assert codes(f"{chain}g99 q") == []
    deep = codes(f"{chain}g100 q")
    assert deep == ["QC0504"]
    assert codes(f"{chain}g50 q\ng100 q") == deep
    assert codes(f"{chain}" + "\n".join(f"g{k} q" for k in range(101))) == deep
    assert codes(f"{chain}" + "\n".join(f"g{k} q" for k in range(100))) == []


def test_a_refusal_is_that_of_its_call() -> None:
    text = "gate g(n) a { rx(n) a }\nqubit q\ng(1) q\ng(true) q\ng(1.0) q\ng(true) q\n"
    with pytest.raises(CompileError) as caught:
        load(Source(text))
    (error,) = {d.labels for d in caught.value.diagnostics[:1]}
    assert error[0][0].text == "g(true) q"
    assert error[0][0].start == text.index("g(true)")


@pytest.mark.parametrize("many", [10, 1500])
def test_all_rows_of_a_body_count(many: int) -> None:
    """A qis row after many native ones is still one in a native circuit."""
    body = f"for k in range({many}) {{ native {{ gpi(0) a }} }}"
    call = "circuit c { gateset native; qubit q; g q }"
    assert codes(f"gate g a {{ {body} }}\n{call}") == []
    assert codes(f"gate g a {{ {body}; x a }}\n{call}") == ["QC0205"]


# --- numbers as operators --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "weight"),
    [
        *[("7/5", 1.4), ("2", 2), ("0", 0), ("sum([])", 0), ("pi", np.pi)],
        *[("0*X[0]", 0), ("X[0] - X[0]", 0), ("X[0]*X[0]", 1), ("X[0]*X[0] + 0.4", 1.4)],
    ],
)
def test_a_number_is_a_multiple_of_the_identity(operator: str, weight: float) -> None:
    """A global phase, and a real one under control."""
    phase = np.exp(-0.3j * weight)
    text = f"qubit c, q\nctrl @ pauliexp(0.3, {operator}) c, q"
    assert np.allclose(unitary(text), np.diag([1, 1, phase, phase]), atol=1e-12)
    assert codes(f"qubit q\npauliexp(0.3, {operator}) q") == []
    for target in ("qis", "forte", "aria"):
        program = load(Source(f"{text}\nh c"))[0]
        compiled = transpile(program, Options(target=target, verify=True))[0]
        assert len(compiled.runs) == 1


def test_operators_are_equal_where_they_do_the_same() -> None:
    for condition in ["X[0]*X[0] == 1", "0*X[0] == Z[1] - Z[1]", "X[0] + Z[0] == Z[0] + X[0]", "X[0] - X[0] == 0"]:
        assert codes(f'qubit q\nassert {condition}, "so"') == [], condition
    for condition in ["X[0] == 1", "X[0] == Y[0]", "X[0] == [X[0]]", "X[0] == true", "X[0] == null", "X[0] == 1deg"]:
        assert codes(f'qubit q\nassert {condition}, "so"') == ["QC0409"], condition


# --- the points of a sweep -------------------------------------------------------------------------------------------

SWEPT = [
    "if [t] == [0] { x q } else { h q }",
    "if t == 0 { x q } else { h q }",
    "if t { x q }",
    "if t in [1, 2] { x q }",
    "rx(1 if t else 2) q",
    "rx([3, 4, 5, 6, 7, 8, 9, 10, 11, 12][t]) q",
    "rx(round(t/2)) q",
    "for k in range(t) { x q }",
    "rx(0/t) q",
    "rx(t/t) q",
    "rx(1/t) q",
    "rx(t/(t - 3)) q",
    "rx(log(t) - log(t)) q",
    "rx(sqrt(t - 1)**2) q",
    "rx((t - 1)**0.5 * 0) q",
    "rx(min(t, 2) + max([t, 3]) + abs(t - 4)) q",
    "pow(t) @ x q",
    "pow(t) @ g(1) q",
    "g(t) q",
    "ctrl @ g(t) c, q",
    "pauliexp(1, t*Z[0]) q",
    "pauliexp(t, Z[0]) q",
    "ctrl @ gphase(t) c",
    "native { gpi(t) q }",
    "gphase(t*t)",
    "rx(1e290*t*10**(20*t)) q",
    "rx(t//2 + t%2) q",
    "rx(sum([t, t*t])) q",
    "if len([k for k in range(3) if k != t]) == 3 { x q }",
    'assert t < 9, "so"',
]


@pytest.mark.parametrize("body", SWEPT)
@pytest.mark.parametrize(
    "points", ["range(9)", "[0, 1.0, 2, 1/2, 3, 4, 5.5, 6, pi]", "linspace(0, pi, 9)", "[1, true, 2, 3, 4, 5, 6, 7, 8]"]
)
def test_a_sweep_is_its_points(body: str, points: str) -> None:
    """Many points are lowered once, with a symbol; each must be the same as alone, refusals included."""
    program = f"gate g(a) x {{ rx(a) x; gphase(a/2) }}\ncircuit c(t) {{ qubit c, q; h c; {body} }}\n"
    alone: list[FlatCircuit] = []
    refused: list[str] = []
    for k in range(9):
        try:
            alone += load(Source(f'const p = {points}\n{program}run c(p[{k}]) as "{k}"'))[0].runs
        except CompileError as error:
            refused += [diagnostic.code for diagnostic in error.diagnostics]
    text = f'const p = {points}\n{program}run c(p[k]) for k in range(9) as "{{k}}"'
    swept = f'const p = {points}\n{program}run c(t) for t in p as "{{t}} {{t:.9f}}"'
    for whole in (text, swept.replace(" {t:.9f}", "")):
        if refused:
            assert set(codes(whole)) & {*refused}
            continue
        for one, other in zip(alone, load(Source(whole))[0].runs, strict=True):
            assert same(simulate.unitary(one), simulate.unitary(other)), body


def test_circuits_that_share_rows_keep_their_own_names_of_qubits() -> None:
    text = "circuit c(n) { qubit a[n], b[3 - n]; h a[0] }\nrun c(1), c(2)"
    program = transpile(load(Source(text))[0], Options(target="forte"))[0]
    assert [circuit.wires for circuit in program.runs] == [(("a", 1), ("b", 2)), (("a", 2), ("b", 1))]


# --- files that change -----------------------------------------------------------------------------------------------


def test_a_file_that_changes_within_one_tick_of_the_clock_is_read_again(tmp_path: Path) -> None:
    from ionqdsl.lsp.workspace import saved

    path = tmp_path / "a.qc"
    path.write_text("const a = 1\n")
    before, stamp = saved(str(path)), path.stat()
    path.write_text("const a = 1234\n")
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    after = saved(str(path))
    assert before is not None
    assert after is not None
    assert after.text == "const a = 1234\n"


def test_the_page_reads_included_files_again(tmp_path: Path) -> None:
    from ionqdsl.playground.answers import answer

    (tmp_path / "lib.qc").write_text("gate g a { x a }\n")
    main = tmp_path / "main.qc"
    main.write_text('include "lib.qc"\nqubit q\ng q\n')
    memory: dict[object, object] = {}
    request = {"text": main.read_text(), "parts": ["program"]}
    first = answer(request, str(main), memory)
    (tmp_path / "lib.qc").write_text("gate g a { h a }\n")
    second = answer(request, str(main), memory)
    assert "program" in first
    assert first["program"]["compiled"] != second["program"]["compiled"]


def test_printing_does_not_depend_on_what_was_printed_before() -> None:
    """A native circuit compiled before leaves floats; the exact angles of the next are still printed exactly."""
    text = "gateset native\nqubit q[2]\nms(0, 0.375turn, 0.125) q\ngpi(0.375) q[0]\n"
    rounded = [Op("ms", (0, 1), (Angle(0), Angle(0.375), Angle(0.125))), Op("gpi", (0,), (Angle(0.375),))]
    for op in rounded:
        shared(*op)
        qc.text(FlatCircuit(2, gateset="native", rows=[op], origins=[None]))
    exact = load(Source(text))[0].runs[0]
    assert all(type(angle.turns) is not float for op in exact.rows for angle in op.angles)
