"""Parameters: expressions of them, binding, sweeps; checked by numbers computed with plain Python and numpy."""

from __future__ import annotations

import math
import random
import subprocess
import sys
import textwrap
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.diagnostics import CompileError
from ionqdsl.ir import notation, symbolic, symbols
from ionqdsl.ir.angle import ZERO, Angle, radians, turns
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.sweep import sweep
from tests import steps

THETA = Angle.of("theta", radians=1)


def rx(*angles: Angle) -> FlatCircuit:
    rows = [Op("rx", (0,), (angle,)) for angle in angles]
    return FlatCircuit(1, rows=rows, origins=[None] * len(rows))


def code_of(call: Any, *arguments: Any, **keywords: Any) -> str:
    with pytest.raises(CompileError) as caught:
        call(*arguments, **keywords)
    return caught.value.diagnostics[0].code


# --- symbols
# -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("symbol", "values", "expected"),
    [
        ("theta", {"theta": 0.3}, 0.3),
        ("th[0]*th[12]", {"th[0]": 3, "th[12]": 0.5}, 1.5),
        ("-a**2", {"a": 3}, -9),  # as in Python: the power binds tighter than the sign
        ("2**-1", {}, 0.5),
        ("2**3**2", {}, 512),  # and is right-associative
        ("1 - 2 - 3", {}, -4),
        ("7/2/2", {}, 1.75),
        ("sqrt(a)", {"a": 2}, math.sqrt(2)),
        ("atan2(a, -1)", {"a": 1}, 3 * math.pi / 4),
        ("min(a, 3, 2) + max(a, 5)", {"a": 4}, 7),
        ("floor(a) + ceil(a) + abs(-a)", {"a": 1.5}, 4.5),
        ("exp(log(a))*pi + tau + e", {"a": 2}, 2 * math.pi + 2 * math.pi + math.e),
        ("sin(a) + cos(a) + tan(a)", {"a": 0.5}, math.sin(0.5) + math.cos(0.5) + math.tan(0.5)),
        ("asin(a) + acos(a) + atan(a)", {"a": 0.5}, math.asin(0.5) + math.acos(0.5) + math.atan(0.5)),
    ],
)
def test_symbols_have_pythons_values(symbol: str, values: dict[str, float], expected: float) -> None:
    assert symbolic.value(symbol, values) == pytest.approx(expected, rel=1e-15)
    columns = {name: np.array([float(number)] * 3) for name, number in values.items()}
    assert symbols.column(symbol, columns) == pytest.approx(expected, rel=1e-14)


def test_sums_and_products_of_decimals_are_exact() -> None:
    """0.1 + 0.2 is 0.3 here; floats would make it 0.30000000000000004."""
    assert symbols.exact_value("a + b", {"a": Fraction(1, 10), "b": Fraction(1, 5)}) == Fraction(3, 10)
    assert symbolic.value("a*b/3", {"a": Fraction(1, 10), "b": 3}) == 0.1
    assert symbols.exact_value("0.1*a**2", {"a": 3}) == Fraction(9, 10)


def test_names_stand_in_the_order_written() -> None:
    assert symbols.names("sin(b)*a + th[3]*b - pi") == ("b", "a", "th[3]")


@pytest.mark.parametrize(
    ("symbol", "values"),
    [
        ("1/a", {"a": 0}),
        ("log(a)", {"a": -1}),
        ("a**0.5", {"a": -1}),
        ("exp(a)", {"a": 1e4}),
        ("a**b", {"a": 10, "b": 1e9}),
    ],
)
def test_what_has_no_real_value_is_refused(symbol: str, values: dict[str, float]) -> None:
    assert code_of(symbolic.value, symbol, values) == "QC0889"


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "().__class__",
        "a.b",
        "f(a)",
        "sin(a, b)",
        "sin(x=a)",
        "[a for a in b]",
        "a if b else c",
        "a < b",
        "a // b",
        "lambda: a",
        "'a'",
        "True",
        "None",
        "1j",
        "a; b",
        "th[i]",
        "th[0][1]",
        "",
        "(",
        "(" * 3000 + "a" + ")" * 3000,
        "-" * 5000 + "a",
        "a" * 30_000,
        "\0",
    ],
)
def test_only_arithmetic_is_read(text: str) -> None:
    """Nothing reaches an evaluator that could do more than arithmetic."""
    assert code_of(symbolic.value, text, {}) == "QC0888"
    assert code_of(symbolic.form, text) == "QC0888"


@pytest.mark.parametrize(
    "text",
    [
        "2**10**9*a",
        "9**9**9**9",
        "a*exp(exp(exp(100)))",
        "sin(10**400)",
        "1/0",
        "sqrt(-1)*a",
        "log(0)",
        "(a+b)**(10**8)",
    ],
)
def test_bombs_do_not_go_off(text: str) -> None:
    """Each is refused, or kept as it is, within a moment."""
    symbolic.form("a*b")  # sympy's import is not counted
    with steps.counted(most=500_000):
        if "10**8" in text:
            assert symbolic.form(text).symbols == ("(a + b)**100000000",)
        else:
            assert code_of(symbolic.form, text) == "QC0888"


# --- the linear form -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", ZERO),
        ("a - a", ZERO),
        ("0.1 + pi/3", Angle(Fraction(1, 6), Fraction(1, 10))),
        ("2*theta", Angle.of("theta", radians=2)),
        ("theta*pi/3 - 0.1*theta", Angle.of("theta", turns=Fraction(1, 6), radians=Fraction(-1, 10))),
        ("a*(b + 1)", Angle.of("a", radians=1) + Angle.of("a*b", radians=1)),
        ("a*b/a", Angle.of("b", radians=1)),
        ("sin(-a)/2", Angle.of("sin(a)", radians=Fraction(-1, 2))),
        ("th[1] - 3*th[0]/4", Angle.of("th[0]", radians=Fraction(-3, 4)) + Angle.of("th[1]", radians=1)),
        ("sqrt(4)*a", Angle.of("a", radians=2)),
        ("tau*a", Angle.of("a", turns=1)),
    ],
)
def test_the_linear_part_is_exact_and_the_rest_are_symbols(text: str, expected: Angle) -> None:
    assert symbolic.form(text) == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a*b", "b*a"),
        ("a*(b + c)", "c*a + a*b"),
        ("(a + b)**2", "a**2 + 2*a*b + b*b"),
        ("sin(a + b)", "sin(b + a)"),
        ("sin(2*(a + b))", "sin(2*b + 2*a)"),
        ("max(a, b, 1)", "max(1, b, a)"),
        ("a/b", "(1/b)*a"),
        ("exp(a)", "e**a"),
        ("abs(-a)", "abs(a)"),
        ("0.5*a*b", "a*b/2"),
    ],
)
def test_equal_expressions_have_equal_text(left: str, right: str) -> None:
    """Otherwise two rotations by the same angle would not merge."""
    assert notation.angle(symbolic.form(left)) == notation.angle(symbolic.form(right))


numbers = st.sampled_from(["1", "2", "3", "0.5", "0.1", "pi"])
leaves = st.one_of(numbers, st.sampled_from(["a", "b", "th[0]", "th[1]"]))
expressions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(st.sampled_from(["sin", "cos", "atan", "exp", "abs", "-", ""]), inner).map(
            lambda t: f"{t[0]}({t[1]})"
        ),
        st.tuples(inner, st.sampled_from(["2", "3"])).map(lambda t: f"({t[0]})**{t[1]}"),
        st.tuples(st.sampled_from(["max", "min"]), inner, inner).map(lambda t: f"{t[0]}({t[1]}, {t[2]})"),
    ),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None)
@given(expressions)
def test_rewriting_keeps_the_value(text: str) -> None:
    """Python's own evaluator is the judge: at a random point, before and after rewriting and reading back."""
    point = {"a": 0.7321, "b": -1.234, "th[0]": 0.415, "th[1]": 1.9}
    names: dict[str, Any] = {"a": point["a"], "b": point["b"], "th": [point["th[0]"], point["th[1]"]], "pi": math.pi}
    names |= {name: getattr(math, name) for name in ("sin", "cos", "atan", "exp")}
    try:
        expected = float(eval(text, {"abs": abs, "max": max, "min": min, **names}))
        canonical = notation.angle(symbolic.form(text))
    except (ZeroDivisionError, OverflowError, CompileError):
        return
    if not math.isfinite(expected) or abs(expected) > 1e6:
        return
    assert symbolic.value(canonical, point) == pytest.approx(expected, rel=1e-7, abs=1e-7)
    again = notation.angle(symbolic.form(canonical))  # the same but for the last digit of a float
    assert symbolic.value(again, point) == pytest.approx(symbolic.value(canonical, point), rel=1e-12, abs=1e-12)


def test_sympy_expressions_become_angles_and_come_back() -> None:
    theta, other = symbolic.parameter("theta"), sympy.Symbol("th[1]")  # a symbol of the user's own making is as good
    angle = symbolic.from_sympy(2 * theta + sympy.pi / 3 - 0.1 + sympy.sin(other))
    assert angle == Angle(Fraction(1, 6), Fraction(-1, 10)) + THETA * 2 + Angle.of("sin(th[1])", radians=1)
    assert symbolic.from_sympy(symbolic.to_sympy(angle)) == angle
    assert symbolic.from_sympy(0.1 * theta) == THETA * Fraction(1, 10)  # the decimal, not the binary float


@pytest.mark.parametrize("name", ["pi", "for", "qubit", "a b", "a.b", "1a", "sin(a)"])
def test_symbols_that_cannot_be_parameters_are_refused(name: str) -> None:
    assert code_of(symbolic.from_sympy, sympy.Symbol(name) * 2) == "QC0888"


@pytest.mark.parametrize(
    "expression", [sympy.I, sympy.oo, sympy.nan, sympy.gamma(symbolic.parameter("a")), sympy.eye(2)]
)
def test_sympy_expressions_beyond_the_language_are_refused(expression: Any) -> None:
    assert code_of(symbolic.from_sympy, expression) == "QC0888"


# --- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (3, 3),
        (0.1, Fraction(1, 10)),
        (Fraction(1, 3), Fraction(1, 3)),
        (np.float64(0.1), Fraction(1, 10)),
        (np.int64(7), 7),
        (np.array(0.25), Fraction(1, 4)),
        (sympy.Rational(2, 3), Fraction(2, 3)),
        (sympy.Integer(4), 4),
        (1e-300, Fraction(1, 10**300)),
    ],
)
def test_any_real_number_is_taken_exactly(number: Any, expected: Fraction) -> None:
    assert symbols.exact(number) == expected


@pytest.mark.parametrize("number", [True, "0.3", b"1", None, 1j, math.nan, math.inf, [1.0], np.array([1.0, 2.0])])
def test_anything_else_is_no_number(number: Any) -> None:
    assert code_of(symbols.exact, number) == "QC0881"


# --- binding ---------------------------------------------------------------------------------------------------------


def test_binding_is_exact_and_shares_rows() -> None:
    circuit = rx(THETA * 2, THETA * 2, radians("0.5"), THETA + Angle.of("phi", turns=1))
    bound = symbolic.bind(circuit, {"theta": 0.1})
    assert [op.angles[0] for op in bound.rows[:3]] == [radians("0.2"), radians("0.2"), radians("0.5")]
    assert bound.rows[0] is bound.rows[1]
    assert bound.rows[2] is circuit.rows[2]
    assert bound.rows[3].angles[0] == Angle.of("phi", turns=1) + radians("0.1")
    assert circuit.rows[0].angles[0] == THETA * 2  # the circuit itself is as it was


def test_binding_reaches_the_global_phase_and_array_elements() -> None:
    circuit = rx(Angle.of("th[0]", radians=1), Angle.of("th[2]", radians=3)).replace(phase=Angle.of("th[0]", turns=1))
    by_list = symbolic.bind(circuit, {"th": [0.5, 99, 0.25]})
    assert by_list.phase == turns("0.5")
    assert [op.angles[0] for op in by_list.rows] == [radians("0.5"), radians("0.75")]
    assert symbolic.bind(circuit, {"th[0]": 0.5, "th[2]": 0.25}) == by_list


def test_symbols_are_evaluated_and_half_bound_ones_become_linear() -> None:
    circuit = rx(Angle.of("a*b", radians=2), Angle.of("sin(a + b)", radians=1))
    half = symbolic.bind(circuit, {"a": 3})
    assert half.rows[0].angles[0] == Angle.of("b", radians=6)
    assert half.rows[1].angles[0] == Angle.of("sin(b + 3)", radians=1)
    whole = symbolic.bind(half, {"b": Fraction(1, 2)})
    assert whole.rows[0].angles[0] == radians(3)
    assert whole.rows[1].angles[0].in_radians() == pytest.approx(math.sin(3.5), rel=1e-15)


def test_pi_inside_a_half_bound_symbol_becomes_turns() -> None:
    half = symbolic.bind(rx(Angle.of("a*asin(b)", radians=1)), {"b": 1})  # asin(1) = pi/2
    assert half.rows[0].angles[0] == Angle.of("a", turns=Fraction(1, 4))


def test_angles_bind_where_a_parameter_is_linear_or_under_a_sine() -> None:
    linear = symbolic.bind(rx(THETA * 2), {"theta": turns("1/12")})
    assert linear.rows[0].angles[0] == turns("1/6")
    wave = symbolic.bind(rx(Angle.of("sin(theta)", radians=1)), {"theta": turns("1/12")})
    assert wave.rows[0].angles[0].in_radians() == pytest.approx(0.5, rel=1e-15)
    assert code_of(symbolic.bind, rx(Angle.of("theta**2", radians=1)), {"theta": turns("1/12")}) == "QC0896"
    assert code_of(symbolic.bind, rx(Angle.of("theta*sin(theta)", radians=1)), {"theta": turns(1)}) == "QC0896"


def test_bad_names_and_values_are_told_together_with_what_is_meant() -> None:
    circuit = rx(THETA, Angle.of("phi", radians=1))
    with pytest.raises(CompileError) as caught:
        symbolic.bind(circuit, {"thta": 1, "zzz": 2})
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["QC0880", "QC0880"]
    assert "did you mean `theta`?" in caught.value.diagnostics[0].helps
    assert "use one of its open parameters: `theta`, `phi`" in caught.value.diagnostics[1].helps
    assert code_of(symbolic.bind, circuit, {"theta": "0.3"}) == "QC0881"
    assert code_of(symbolic.bind, circuit, {"theta": 0.3}, partial=False) == "QC0882"
    assert symbolic.bind(circuit, {"theta": 1, "gone": 2}, declared=["gone"]).symbols == ("phi",)
    assert code_of(symbolic.bind, rx(Angle.of("1/theta", radians=1)), {"theta": 0}) == "QC0889"


# --- sweeps ----------------------------------------------------------------------------------------------------------


def sample() -> FlatCircuit:
    rows = [
        Op("rx", (0,), (THETA * 2,)),
        Op("h", (0,)),
        Op("ry", (1,), (THETA * Fraction(1, 3) + Angle.of("th[1]", turns=Fraction(1, 7)) + radians("0.1"),)),
        Op("rx", (0,), (THETA * 2,)),
        Op("ms", (0, 1), (Angle.of("th[0]", turns=1), ZERO, Angle.of("sin(theta)", radians=1))),
    ]
    return FlatCircuit(2, rows=rows, origins=[None] * 5, phase=Angle.of("th[0]", radians=1))


def test_every_point_of_a_sweep_is_the_bound_circuit() -> None:
    """Bit for bit: the fast road of sweeps must not differ from `bind` in any angle."""
    generator = random.Random(3)
    thetas = [generator.uniform(-3, 3) for _ in range(20)] + [0.0, 1e-300, 12345678.9]
    rows = [(generator.uniform(0, 1), generator.uniform(0, 1)) for _ in thetas]
    points = sweep(sample(), {"theta": thetas, "th": rows})
    assert len(points) == 23
    for index, circuit in enumerate(points):
        expected = symbolic.bind(sample(), {"theta": thetas[index], "th": rows[index]})
        assert [op.angles for op in circuit.rows] == [op.angles for op in expected.rows]
        assert circuit.phase == expected.phase
        assert circuit.rows[0] is circuit.rows[3]


def test_sweeps_index_slice_and_stay_open_where_nothing_is_given() -> None:
    points = sweep(sample(), {"theta": np.linspace(0, 1, 11), "th[0]": 0.5})
    assert points[-1].symbols == ("th[1]",)
    assert len(points[2:5]) == 3
    assert points[2:5][1] == points[3]
    with pytest.raises(IndexError):
        points[11]
    assert points.values(10) == {"theta": 1, "th[0]": Fraction(1, 2)}


def test_all_angles_at_once_agree_with_the_points() -> None:
    thetas, rows = np.linspace(-2, 2, 50), np.random.default_rng(1).uniform(size=(50, 2))
    points = sweep(sample(), {"theta": thetas, "th": rows})
    for unit in ("rad", "turn"):
        table = points.angles(unit)
        assert table.shape == (50, 5)
        for index in (0, 17, 49):
            bound = [points[index].rows[row].angles[place] for row, place in points.slots]
            expected = [angle.in_radians() if unit == "rad" else angle.in_turns() for angle in bound]
            assert table[index] == pytest.approx(expected, rel=1e-14, abs=1e-15)


def test_sweeps_refuse_what_does_not_fit() -> None:
    assert code_of(sweep, sample(), {"theta": [1, 2], "th[0]": [1, 2, 3]}) == "QC0890"
    assert code_of(sweep, sample(), {"thet": [1]}) == "QC0880"
    assert code_of(sweep, sample(), {"theta": [1, "x"]}) == "QC0881"
    assert code_of(sweep(sample(), {"theta": [1]}).angles) == "QC0882"
    hole = rx(Angle.of("1/theta", radians=1))
    with pytest.raises(CompileError, match=r"at theta = 0\.0"):
        sweep(hole, {"theta": [1.0, 0.0]}).angles()


def test_a_sweep_does_not_follow_later_changes_of_its_circuit() -> None:
    circuit = rx(THETA)
    points = sweep(circuit, {"theta": [0.1]})
    circuit.add(Op("h", (0,)))
    assert len(points[0]) == 1


def test_plain_names_need_neither_sympy_nor_numpy() -> None:
    """Binding and sweeping linear expressions must not pay for importing sympy."""
    program = """
        import sys
        from ionqdsl.ir.angle import Angle
        from ionqdsl.ir.circuit import FlatCircuit, Op
        from ionqdsl.ir.symbolic import bind
        from ionqdsl.ir.sweep import sweep
        circuit = FlatCircuit(1, rows=[Op("rx", (0,), (Angle.of("theta", radians=2),))], origins=[None])
        assert bind(circuit, {"theta": 0.1}).rows[0].angles[0].in_radians() == 0.2
        assert sweep(circuit, {"theta": [0.1, 0.2]})[1].rows[0].angles[0].in_radians() == 0.4
        assert "sympy" not in sys.modules and "numpy" not in sys.modules
        sweep(circuit, {"theta": [0.1, 0.2]}).angles()
        assert "sympy" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)
