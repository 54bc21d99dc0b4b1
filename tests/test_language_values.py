"""The manual's sections Angles, Expressions and Parameters: numbers, units, functions, symbols.

Would catch an operator that is not Python's, a unit lost or invented, a float where the program was exact, and a
parameter that gets a value it should not have, or none.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from by_hand import X, Y, kron, turned
from hypothesis import given
from hypothesis import strategies as st
from reading import angles, circuit, codes, same, unitary, value, wire

PI = Fraction("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")


def sent(argument: str, gate: str = "rx", before: str = "") -> float:
    """The number on the wire for an argument."""
    (row,) = wire(f"{before}\nqubit q\n{gate}({argument}) q")
    return row["rotation" if gate.startswith("r") else "phase"]


# --- Angles ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argument", "want"),
    [
        ("0.1", 0.1),
        ("1e-3", 0.001),
        ("-0.3", -0.3),
        (".5", 0.5),
        ("1_000.5", 1000.5),
        ("0.1 + 0.2", 0.3),
        ("3 * 0.1", 0.3),
        ("1/3", 1 / 3),
        ("pi/2", math.pi / 2),
        ("90deg", math.pi / 2),
        ("0.25turn", math.pi / 2),
        ("tau/4", math.pi / 2),
        ("1.5rad", 1.5),
        ("0.25*turn", math.pi / 2),
        ("90*deg", math.pi / 2),
        ("2*rad", 2.0),
        ("-pi/4", -math.pi / 4),
        ("pi", math.pi),
        ("e", math.e),
        ("45deg + 0.125turn", math.pi / 2),
        ("45deg - 0.125turn", 0.0),
        ("3 * 30deg", math.pi / 2),
        ("180deg / 2", math.pi / 2),
        ("90deg / (45deg)", 2.0),
        ("1turn / (1rad)", 2 * math.pi),
        ("sqrt(2)", math.sqrt(2)),
    ],
)
def test_units_and_plain_numbers_in_qis(argument: str, want: float) -> None:
    """Exact until emission: the float nearest to the written number."""
    assert sent(argument) == want


@pytest.mark.parametrize(
    ("argument", "want"),
    [
        ("0.1", 0.1),
        ("0.1turn", 0.1),
        ("36deg", 0.1),
        ("-0.3", -0.3),
        ("0.1 + 0.2", 0.3),
        ("pi/10", math.pi / 10),
        ("(pi/5)*rad", 0.1),
        ("0.1*turn", 0.1),
        ("1/3", 1 / 3),
    ],
)
def test_units_and_plain_numbers_in_native(argument: str, want: float) -> None:
    """A plain number means turns there, pi too."""
    (row,) = wire(f"gateset native\nqubit q\ngpi2({argument}) q")
    assert row["phase"] == want


@given(st.fractions(-8, 8, max_denominator=1000))
def test_multiples_of_pi_become_the_nearest_float(k: Fraction) -> None:
    want = float(k * PI)
    text = f"{k.numerator}*pi/{k.denominator}"
    assert angles(f"qubit q\nrx({text}) q") == [want]
    assert angles(f"qubit q\nrx(({k.numerator}/{k.denominator})*180deg) q") == [want]
    assert angles(f"qubit q\nrx({k.numerator}*0.5turn/{k.denominator}) q") == [want]


@given(st.decimals(-1000, 1000, allow_nan=False, places=12))
def test_decimals_become_the_nearest_float(number: Any) -> None:
    assert angles(f"qubit q\nrx({number:f}) q") == [float(number)]
    (op,) = circuit(f"gateset native\nqubit q\ngpi({number:f}) q").rows
    assert op.angles[0].in_turns() == float(number)


def test_the_unit_of_a_plain_number_is_the_gate_s_not_the_caller_s() -> None:
    """It is settled where the number meets a table gate."""
    before = "gate g(a) x, y { rx(a) x; native { gpi(a) y } }\nqubit q[2]\n"
    want = kron(turned(X, 0.25), Y)
    assert same(unitary(before + "g(0.25) q"), want)
    assert same(unitary(before + "g(90deg) q"), kron(turned(X, math.pi / 2), Y))


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("90deg + 1", "QC0301"),
        ("1 - 90deg", "QC0301"),
        ("pi + 90deg", "QC0301"),
        ("90deg * 90deg", "QC0302"),
        ("90deg ** 2", "QC0302"),
        ("2 ** 90deg", "QC0302"),
        ("1 / 90deg", "QC0304"),
        ("[1 for a in [1] if 90deg < 1][0]", "QC0301"),
        ("[1 for a in [1] if 90deg == 90][0]", "QC0301"),
        ("min(90deg, 1)", "QC0301"),
        ("max([1, 90deg])", "QC0301"),
        ("sum([90deg, 1])", "QC0301"),
        ("linspace(0, 90deg, 3)[1]", "QC0301"),
        ("sqrt(90deg)", "QC0317"),
        ("exp(90deg)", "QC0317"),
        ("range(90deg)[0]", "QC0307"),
        ("1foo", "QC0106"),
        ("90degrees", "QC0106"),
    ],
)
def test_angles_and_numbers_do_not_mix(expression: str, code: str) -> None:
    assert codes(f"qubit q\nrx({expression}) q") == [code]


@pytest.mark.parametrize(
    ("expression", "want"),
    [
        ("90deg == 0.25turn", True),
        ("90deg != 0.25turn", False),
        ("90deg < 2rad", True),
        ("180deg > 3.1415926535rad", True),
        ("180deg > 3.1415926536rad", False),
        ("abs(-90deg) == 90deg", True),
        ("min(1turn, 90deg, 2rad) == 90deg", True),
        ("max([10deg, 20deg]) == 20deg", True),
        ("sum([10deg, 20deg]) == 30deg", True),
        ("sum([]) + 90deg == 90deg", True),
        ("90deg + sum([]) == 90deg", True),
        ("sum([]) + 1 == 1", True),
        ("sum([]) == 0", True),
        ("sum([]) + sum([]) == 0", True),
        ("linspace(0deg, 90deg, 3) == [0deg, 45deg, 90deg]", True),
        ("round(44.6deg) == 45deg", True),
        ("round(0.26turn, 1) == 0.3turn", True),
        ("abs(sin(90deg) - 1) < 1e-15", True),
        ("abs(cos(60deg) - 0.5) < 1e-15", True),
        ("abs(tan(45deg) - 1) < 1e-15", True),
        ("abs(sin(pi/6) - 0.5) < 1e-15", True),
        ("-(-90deg) == +90deg", True),
        ("turn == 360deg", True),
        ("turn/deg == 360", True),
        ("90deg % 1turn == 90deg", True),
        ("450deg % turn == 90deg", True),
        ("tau == 2*pi", True),
        ("pi < 3.1415926535897932384627", True),
        ("pi > 3.1415926535897932384626", True),
    ],
)
def test_arithmetic_of_angles(expression: str, want: bool) -> None:
    """Angle +- angle, angle times and over a number are angles; angle over angle is a number; functions take angles."""
    assert value(expression) is want


# --- Expressions -----------------------------------------------------------------------------------------------------

PYTHON = {
    "sqrt": math.sqrt, "exp": math.exp, "log": math.log, "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "asin": math.asin, "acos": math.acos, "atan": math.atan, "atan2": math.atan2, "floor": math.floor,
    "ceil": math.ceil,
    "range": range, "len": len, "abs": abs, "min": min, "max": max, "round": round, "sum": sum, "pi": math.pi,
    "tau": math.tau, "e": math.e, "true": True, "false": False, "null": None,
}  # fmt: skip


@pytest.mark.parametrize(
    "expression",
    [
        "1 + 2 * 3", "(1 + 2) * 3", "2 ** 3 ** 2", "-2 ** 2", "2 ** -1", "-3 // 2", "-3 % 2", "3 % -2", "7 / 2",
        "7 // 2.0",
        "1 - 2 - 3", "8 / 4 / 2", "2 * 3 % 4", "--1", "+-1", "- 2 * 3", "1 < 2 < 3", "1 < 3 < 2",
        "3 > 2 >= 2 != 1", "1 == 1.0",
        "not 1 == 2", "not true or true", "true or false and false", "(true or false) and false", "not not true",
        "1 if true else 2", "1 if false else 2 if false else 3", "(1 if 2 > 1 else 0) + 1", "0 or 5", "3 and 4",
        "0 and 5",
        "[] or 7", "[1, 2, 3]", "[1, 2] + [3]", "[0, 1] * 2", "[1, 2, 3][0]", "[1, 2, 3][-1]", "[1, 2, 3][1:]",
        "[1, 2, 3][::-1]",
        "[1, 2, 3][5:]", "[[1, 2], [3, 4]][1][0]", "[x * x for x in range(4)]",
        "[x for x in range(9) if x % 2 == 0]",
        "[[x + y for y in range(2)] for x in range(2)]", "3 in [1, 2, 3]",
        "3 not in [1, 2]", "2 in range(0, 9, 2)", "len([1, 2])", "len(range(3, 9, 2))", "len([])", "abs(-2.5)",
        "min(3, 1, 2)",
        "min([3, 1, 2])", "max(3, 1, 2)", "max([0.5])", "round(2.5)", "round(3.5)", "round(-2.5)",
        "round(2.567, 2)", "round(1234, -2)",
        "floor(-1.5)", "ceil(-1.5)", "ceil(2)", "sum([1, 2, 3])", "sum([1, 2], 10)", "sum(range(5))", "sum([])",
        "sqrt(16)", "sqrt(2)",
        "exp(1)", "log(10)", "log(8, 2)", "sin(1)", "cos(1)", "tan(1)", "asin(1)", "acos(0.5)", "atan(1)",
        "atan2(1, -1)",
        "[1, 2,]", "[\n1,\n2\n]", "1e3", "1.5e-3", "1_000", "2 ** 0.5", "0.1 * 3", "pi * 2", "e ** 2",
        "10 ** 18 + 1", "\"abc\" == \"abc\"",
        "\"a\" < \"b\"", "null == null", "true == true", "true == false", "[1, 2] == [1, 2]", "range(5)[2]",
        "range(10)[2:5][1]",
        "len(\"abc\")", "1 + 1 == 2 and 2 + 2 == 4", "not 0", "not []",
    ],
)  # fmt: skip
def test_expressions_are_python_s(expression: str) -> None:
    want = eval(expression.replace("\n", " "), {"__builtins__": {}, **PYTHON})
    found = value(expression)
    if isinstance(want, float):
        assert found == pytest.approx(want, rel=1e-15, abs=1e-15)
    else:
        assert found == want
        assert isinstance(found, bool) == isinstance(want, bool)


NUMBERS = st.one_of(st.integers(-20, 20), st.sampled_from([0.5, 0.25, 1.5, 3.0, -2.75]))
COMPARE = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])


def joined(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(children, st.sampled_from(["+", "-", "*", "/", "//", "%"]), children).map(" ".join),
        children.map(lambda text: f"-{text}"),
        children.map(lambda text: f"({text})"),
        st.tuples(children, children, COMPARE, children, children).map(
            lambda p: f"({p[0]} if {p[1]} {p[2]} {p[3]} else {p[4]})"
        ),
        st.tuples(children, st.integers(0, 3)).map(lambda p: f"({p[0]}) ** {p[1]}"),
        st.lists(children, min_size=1, max_size=3).map(lambda items: f"max([{', '.join(items)}])"),
        st.tuples(children, children).map(lambda p: f"[{p[0]}, {p[1]}][-1]"),
        children.map(lambda text: f"abs({text})"),
        children.map(lambda text: f"floor({text})"),
    )


@given(st.recursive(NUMBERS.map(lambda n: f"({n})" if n < 0 else str(n)), joined, max_leaves=12))
def test_random_arithmetic_agrees_with_python_s(expression: str) -> None:
    """Python with fractions in place of floats, since the language is exact."""
    import re

    exact = re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)(?![\w.\]])", r'F("\1")', expression)
    exact = re.sub(r"\*\* F\(\"(\d)\"\)", r"** \1", exact)
    try:
        want = eval(exact, {"F": Fraction, "max": max, "abs": abs, "floor": math.floor})
    except ZeroDivisionError:
        assert codes(f"qubit q\nrx({expression}) q") == ["QC0303"]
        return
    if abs(want) < 10**15:
        assert value(expression) == float(want)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("foo(1)", "QC0315"),
        ("eval(1)", "QC0315"),
        ("print(1)", "QC0315"),
        ("__import__(1)", "QC0315"),
        ("undefined", "QC0201"),
        ("1 / 0", "QC0303"),
        ("1 % 0", "QC0303"),
        ("0 ** -1", "QC0303"),
        ("sqrt(-1)", "QC0310"),
        ("log(0)", "QC0310"),
        ("asin(2)", "QC0310"),
        ("(-8) ** 0.5", "QC0310"),
        ("9 ** 9 ** 9", "QC0308"),
        ("2 ** 100000", "QC0308"),
        ("exp(1000)", "QC0309"),
        ("10 ** 400", "QC0309"),
        ("1e200 * 1e200", "QC0309"),
        ("(1e200*deg) * 1e200", "QC0309"),
        ("1e999", "QC0107"),
        ("sin()", "QC0316"),
        ("sin(1, 2)", "QC0316"),
        ("sin(x = 1)", "QC0316"),
        ("1 + [2]", "QC0306"),
        ('1 + "a"', "QC0306"),
        ("-[1]", "QC0307"),
        ("[1][1]", "QC0206"),
        ("[1][0.5]", "QC0307"),
        ("1[0]", "QC0307"),
        ("range(0, 1, 0)[0]", "QC0314"),
        ("[x for x in 5][0]", "QC0307"),
        ("min([])", "QC0316"),
    ],
)
def test_what_expressions_cannot_say(expression: str, code: str) -> None:
    assert codes(f"qubit q\nrx({expression}) q") == [code]


@pytest.mark.parametrize("expression", ["a.b", "(1).real", "x => 1", "lambda x: x", "{}", "a = 1", "f'x'"])
def test_nothing_else_is_an_expression(expression: str) -> None:
    """No attributes, no imports, no evaluation of strings."""
    assert codes(f"const a = 1\nqubit q\nrx([{expression}][0]) q") != []


@pytest.mark.parametrize(
    "expression",
    [
        "9**9**9**9**9",
        "[0] * 10 ** 12",
        "len([x for x in range(10 ** 12)])",
        "linspace(0, 1, 10 ** 9)[0]",
        "range(10 ** 40)[0]",
        "(2 ** 4000) * (2 ** 4000)",
        "round(1, 10 ** 9)",
    ],
)
def test_sizes_are_bounded(expression: str) -> None:
    """An error in bounded time and memory, whatever is asked."""
    (code,) = codes(f"qubit q\nrx({expression}) q")
    assert code in ("QC0308", "QC0309", "QC0316", "QC0502")


def test_constants_hold_any_value() -> None:
    before = 'const n = 4\nconst a = 90deg\nconst l = [1, [2, 3]]\nconst s = "t"\nconst b = true\n'
    assert value("[n, l, s, b, a/deg]", before) == [4, [1, [2, 3]], "t", True, 90]


def test_constants_are_defined_before_their_use_and_once() -> None:
    assert codes("const a = 1\nconst a = 2\nqubit q\nrx(a) q") == ["QC0220"]
    assert codes("const a = b\nconst b = 1\nqubit q\nrx(a) q") == ["QC0201"]


@pytest.mark.parametrize(
    "text",
    [
        "param t\njob { shots = t }\nqubit q\nh q",
        "param t\ncircuit c(n) { qubit q; rx(n) q }\nrun c(n) for n in [t]",
        'param t\ncircuit c(n) { qubit q; rx(n) q }\nrun c(n) for n in [t] as "{n}"',
    ],
)
def test_settings_and_names_need_known_numbers(text: str) -> None:
    assert codes(text) == ["QC0305"]


@pytest.mark.parametrize(
    "statement",
    [
        "rx(10**302 * pi) q",
        "pow(1e300) @ pow(1e300) @ rx(1) q",
        "pauliexp(10**300, 10**300*Z[0]) q",
        "native { gpi(exp(690) * exp(690)) q }",
        "gphase(1e200 * 1e200turn)",
        "rx(1e300deg / 1e-300) q",
        "rx(max([1e300, 2]) // 1e-300) q",
    ],
)
def test_numbers_beyond_floats_are_an_error_not_a_crash(statement: str) -> None:
    assert codes(f"qubit q\n{statement}") == ["QC0309"]
