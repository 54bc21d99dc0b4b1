"""The manual's section Expressions: tuples, the functions of lists, operators on bits.

Would catch an operator or a function that is not Python's, a tuple that counts as a list, a name that version 1 allowed
and version 2 took away, and a list or a number that grows without bound.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from meaning import judged
from reading import angles, circuit, codes, diagnostics, load, rows, value

PYTHON = {
    "any": any, "all": all, "zip": lambda *lists: list(zip(*lists, strict=False)), "len": len, "range": range,
    "min": min,
    "enumerate": lambda *given: list(enumerate(*given)), "sorted": sorted, "reversed": lambda x: list(reversed(x)),
    "sum": sum, "max": max, "true": True, "false": False,
}  # fmt: skip


@pytest.mark.parametrize(
    "expression",
    [
        "6 & 3", "6 | 3", "6 ^ 3", "~6", "~-1", "1 << 10", "1000 >> 3", "-5 >> 1", "-5 & 255", "-1 ^ 4", "0 << 5000",
        "5 >> 100000000000000000000", "1 | 2 ^ 3 & 4", "1 + 2 << 3", "1 << 2 + 3", "3 & 1 == 1", "~1 ** 2", "-2 ^ 3",
        "1 < 2 | 4", "[n >> k & 1 for n in [5] for k in range(4)]",
        "any([])", "all([])", "any(x > 2 for x in [1, 2, 3])", "all(x > 2 for x in (1, 2, 3))", "any([0, 0.0])",
        "all([1, [0], (0,)])", "zip([1, 2], (3, 4))", "zip([1, 2, 3], [4])", "zip([1], range(5, 9), [[7]])", "zip([])",
        "enumerate([7, 8])", "enumerate((7, 8), 5)", "enumerate([], -1)", "sorted([3, 1, 2])", "sorted((0.5, 0.25))",
        "sorted([(1, 2), (0, 9), (1, 0)])", "sorted([\"b\", \"a\", \"c\"])", "sorted([[2], [1, 5], [1]])",
        "reversed([1, 2, 3])", "reversed((1, 2))", "[x for x in reversed(range(1, 8, 3))]",
        "len((1, 2, 3))", "sum((1, 2, 3))", "sum((x for x in range(5)), 2)", "min((3, 1, 2))", "max((1, 5))",
        "2 in (1, 2)", "(1, 2) in [(1, 2)]", "[1, 2] in [(1, 2)]", "(1, 2) == (1, 2)", "(1, 2) == [1, 2]",
        "(1, 2) != (1, 3)", "(1, 2) < (1, 3)", "(1, 2) < (1,)", "(1,) <= (1, 0)", "[1, 2] > [1]", "(2, 0) >= (2, 0)",
        "(1, 2, 3)[1]", "(1, 2, 3)[-1]", "(1, 2, 3)[1:]", "(1, 2, 3)[::-1]", "(1, 2) + (3,)", "(0, 1) * 2",
        "min([(2, 1), (1, 9)])", "max([2, 1], [2, 3])", "[a + b for a, b in zip([1, 2], [3, 4])]",
        "[(i, x) for i, x in enumerate(\"ab\"[0:2])]", "1 if (0,) else 2",
    ],
)  # fmt: skip
def test_lists_tuples_and_bits_are_python_s(expression: str) -> None:
    want = eval(expression, {"__builtins__": {}, **PYTHON})
    assert value(f"({expression}) == {_written(want)}") is True
    assert value(f"len([{expression}])") == 1  # it is a value of its own, not spread out


def _written(want: object) -> str:
    if isinstance(want, bool):
        return str(want).lower()
    if isinstance(want, str):
        return f'"{want}"'
    if isinstance(want, list):
        return "[" + ", ".join(map(_written, want)) + "]"
    if isinstance(want, tuple):
        return "(" + ", ".join(map(_written, want)) + ",)"
    return str(want)


NUMBERS = st.integers(-40, 40).map(lambda n: f"({n})")


@given(
    st.recursive(
        NUMBERS,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["&", "|", "^", "+", "-", "*"]), inner).map(" ".join),
            st.tuples(inner, st.sampled_from(["<<", ">>"]), st.integers(0, 9)).map(lambda p: f"({p[0]}) {p[1]} {p[2]}"),
            inner.map(lambda text: f"~({text})"),
            inner.map(lambda text: f"({text})"),
        ),
        max_leaves=8,
    )
)
def test_random_bits_are_python_s(expression: str) -> None:
    assert value(expression) == eval(expression)


def test_a_whole_quotient_has_bits() -> None:
    """Quotients of whole numbers are exact here, so a whole one is whole."""
    assert value("[4 / 2 & 3, 2.0 | 1, pi*0 ^ 5] == [2, 3, 5]") is True


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=6))
def test_random_pairs_are_sorted_as_python_sorts_them(pairs: list[tuple[int, int]]) -> None:
    assert value(f"sorted({pairs}) == {sorted(pairs)}") is True


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("pi/2^2", "QC0322"), ("0.5 ^ 1", "QC0322"), ("90deg & 1", "QC0322"), ("true & false", "QC0322"),
        ("~[1]", "QC0322"), ('"a" | 1', "QC0322"), ("(1, 2) ^ 1", "QC0322"), ("1 << -1", "QC0323"),
        ("1 >> -2", "QC0323"), ("1 << 5000", "QC0308"), ("1 << 10**40", "QC0308"), ("(1, 2) + [3]", "QC0306"),
        ("(1, 2) < [1, 3]", "QC0306"), ("(1,)[1]", "QC0206"), ("sorted([1, true])", "QC0306"),
        ("sorted([1, 1deg])", "QC0301"), ("zip()", "QC0316"), ("zip(5)", "QC0307"), ("any(5)", "QC0307"),
        ("all([(1, 2), X])", "QC0307"), ("enumerate([1], 0.5)", "QC0307"), ("reversed(3)", "QC0307"),
        ("sorted([2, 1], true)", "QC0316"), ("(1, 2)", "QC0307"), ("[1].length", "QC0307"), ("X.letter", "QC0307"),
    ],
)  # fmt: skip
def test_what_lists_and_bits_cannot_say(expression: str, code: str) -> None:
    text = f"qubit q\nrx({expression}) q\n"
    assert codes(text) == [code]
    assert judged(text).kind in ("refused", "early", "limit")


def test_a_caret_in_an_angle_is_explained_as_a_power() -> None:
    (found,) = diagnostics("qubit q[3]\nfor k in range(3) { rz(pi/2^k) q[k] }\n")
    assert "a power is written `**`" in found.render()


@pytest.mark.parametrize(
    "text",
    [
        "const big = [[0]*1000 for i in range(1000)]\nconst b = sorted([big]*1000)\nqubit q\nx q\n",
        "const a = range(2**40)\nqubit q\nrx(len(zip(a, a))) q\n",
        "const a = range(2**40)\nqubit q\nif any(x < 0 for x in a) { x q }\n",
        "qubit q\nrx(len(reversed([0]*10**6 + [1]))) q\n",
        "const a = range(0, 2**40, 1)\nconst b = range(1, 2**40)\nqubit q\nif all(b) { x q }\n",
    ],
)  # fmt: skip
def test_lists_are_bounded(text: str) -> None:
    assert set(codes(text)) <= {"QC0502", "QC0511"}
    assert codes(text)


def test_a_reversed_range_is_as_long_as_it_was() -> None:
    assert value("len(reversed(range(2**40)))") == 2**40


NEW = ("any", "all", "zip", "enumerate", "sorted", "reversed", "load", "pauli", "test", "expect", "within")


@pytest.mark.parametrize("name", NEW)
def test_new_functions_and_words_stay_names(name: str) -> None:
    """A program of version 1 that has such a name keeps its meaning."""
    text = f"const {name} = 2\nqubit q[{name} + 1]\nfor {name} in range({name}) {{ rx({name}*deg) q[{name}] }}\n"
    assert [row for _, row in rows(text)] == [(0,), (1,)]
    assert codes(f"gate g({name}) a {{ rx({name}) a }}\nqubit {name}x, {name}[2]\ng(0.5) {name}\n") == []
    assert codes(f"param {name}\nqubit q\nrx({name}*2) q\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[c for c in "a" + "bc"] == ["a", "b", "c"]', True),
        ('[k for k, bit in enumerate("0110") if bit == "1"] == [1, 2]', True),
        ('zip("ab", reversed("01")) == [("a", "1"), ("b", "0")]', True),
        ('sorted("ba") == ["a", "b"]', True),
        ('[max("021"), min("021"), max("b", "c")] == ["2", "0", "c"]', True),
        ('any(c == "1" for c in "")', False),
        ('"11" in "0110"', True),
        ('"101" not in "0110"', True),
        ('"ab" == ["a", "b"]', False),
    ],
)
def test_a_string_is_read_like_a_list_of_its_characters(text: str, expected: bool) -> None:
    assert value(text) is expected
    condition = f"if {text} {{ h q }} else {{ x q }}"
    assert judged(f"qubit q\n{condition}\n").kind == "same"


def test_only_strings_are_parts_of_a_string() -> None:
    assert codes('assert 1 in "12"') == ["QC0307"]
    assert codes('const a = sum("12")') == ["QC0307"]


def test_functions_and_values_of_one_name_are_separate() -> None:
    assert value("[zip, zip([1], [2])] == [7, [(1, 2)]]", "const zip = 7") is True


def test_e_may_be_any_name_but_a_parameter() -> None:
    text = "const edges = [(0, 1), (1, 2)]\nqubit q[3]\nfor e in edges { cnot q[e[0]], q[e[1]] }\n"
    assert [qubits for _, qubits in rows(text)] == [(0, 1), (1, 2)]
    assert circuit("qubit e[2]\nh e[1]").rows[0].qubits == (1,)
    assert angles("const e = 3\nqubit q\nrx(e) q") == [3]
    assert angles("qubit q\nrx(e) q") == pytest.approx([2.718281828459045])
    assert angles("gate g(e) a { rx(2*e) a }\nqubit q\ng(0.25) q") == [0.5]
    assert codes("param e\nqubit q\nrx(e) q") == ["QC0228"]
    assert codes("circuit c(e) {\n  qubit q\n  rx(e) q\n}\nrun c(1)") == ["QC0228"]


def test_a_run_over_e_counts_with_its_values() -> None:
    """Formulas, in which the name would be Euler's number, are not made of it."""
    text = "circuit c(t) {\n  qubit q\n  rx(sin(t)) q\n}\nrun c(e) for e in linspace(0, 1, 20)\n"
    assert judged(text).kind == "same"


@pytest.mark.parametrize("name", ["pi", "X", "deg", "sin", "range", "env"])
def test_other_built_in_names_stay_reserved(name: str) -> None:
    assert "QC0228" in codes(f"const {name} = 1\nqubit q\nx q")


def test_tuples_show_as_tuples() -> None:
    text = "circuit c(p = (0, 1)) {\n  qubit q[3]\n  cnot q[p[0]], q[p[1]]\n}\nrun c(p) for p in [(0, 1), (1, 2)]\n"
    assert [run.name for run in load(text).runs] == ["c((0, 1))", "c((1, 2))"]
    (found,) = diagnostics("qubit q\nrx((0, 1)) q\n")
    assert "a tuple" in found.render()
