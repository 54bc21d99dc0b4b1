"""Arrays of OpenQASM 3, and subroutines that compute a value: the gates they make against numbers of plain Python.

Would catch indices in the wrong order, a copy that stays tied to its source, a result of the wrong type, and a gate that
keeps the value which an element had before it was changed.
"""

from __future__ import annotations

import math

import pytest

import ionqdsl as iq
from ionqdsl import formats
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from tests.test_openqasm_read import THREE, read


def angles(text: str) -> list[float]:
    """The angles of the gates of a program on one qubit, in radians."""
    return [op.angles[0].in_radians() for op in read(f"{THREE}qubit q;\n{text}").rows]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("array[float, 3] a = {0.5, 1, pi}; rx(a[0] + a[-1]) q; rx(a[1]) q;", [0.5 + math.pi, 1]),
        ("array[int[8], 2, 3] a = {{1, 2, 3}, {4, 5, 6}}; rx(a[1, 0]) q; rx(a[0][2]) q; rx(a[1][-1]) q;", [4, 3, 6]),
        ("const array[uint, 2] a = {6, 2}; gate g t { rx(a[0]) t; } g q; rx(a[0][1]) q; rx(a[0][0]) q;", [6, 1, 0]),
        ("array[int, 3] a; a[2] = 4; a[0] = a[2] * 2; a[0] -= 3; rx(a[0]) q;", [5]),
        ("array[float, 2] a = {1, 2}; for int i in [0:2] { rx(a[1]) q; a[1] += a[0]; }", [2, 3, 4]),
        ("array[float, 3] a = {1, 2, 3}; for float x in a { rx(x/2) q; }", [0.5, 1, 1.5]),
        ("array[int, 2, 2] a = {{1, 2}, {3, 4}}; for int x in a[1] { rx(x) q; }", [3, 4]),
        ("array[int, 4, 2] a; rx(sizeof(a)) q; rx(sizeof(a, 1)) q; rx(sizeof(a[0])) q;", [4, 2, 2]),
        # an array is copied: neither side changes with the other
        ("array[int, 2] a = {1, 2}; array[int, 2] b = a; a[0] = 7; b[1] = 9; rx(a[1]) q; rx(b[0]) q;", [2, 1]),
        ("array[int, 2, 2] a = {{1, 2}, {3, 4}}; a[0] = a[1]; a[1][0] = 8; rx(a[0, 0]) q; rx(a[1, 0]) q;", [3, 8]),
        ("array[int, 2] a = {1, 2}; array[int, 2] b; b = a; a[1] = 6; rx(b[1]) q; rx(a[1]) q;", [2, 6]),
        ("array[angle, 2] a = {3*pi, pi/2}; rx(a[0]) q; rx(a[0] + a[1]) q;", [math.pi, 1.5 * math.pi]),
        ("array[bool, 2] a = {true, false}; if (a[1] || !a[0]) { rx(1) q; } else { rx(2) q; }", [2]),
    ],
)
def test_elements_are_read_and_changed(text: str, expected: list[float]) -> None:
    assert angles(text) == pytest.approx(expected)


def test_plain_lines_see_the_elements_as_they_are_then() -> None:
    lines = "\nrx(a[0]) q[0];\nrx(a[0]) q[0];\nrx(2*a[0]) q[0];\n"
    text = f"{THREE}qubit[1] q; array[float, 1] a = {{1}}; for int i in [1:2] {{{lines} a[0] = 5; }}"
    assert [op.angles[0].in_radians() for op in read(text).rows] == [1, 1, 2, 5, 5, 10]


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("array[int, 2] a = {1};", "QC1110", "expected a list of 2 in braces, but this is 1"),
        ("array[int, 2] a = 1;", "QC1110", "a single value"),
        ("array[int, 2] a = {{1}, 2};", "QC1110", "a list in braces"),
        ("array[int, 2, 2] a = {{1, 2}, 3};", "QC1110", "a list of 2 in braces"),
        ("array[int, 2] a = {1, 2}; array[int, 3] b = a;", "QC1110", "an array of 3, but this is one of 2"),
        ("array[int, 2] a = {1, 2}; rx(a[2]) q;", "QC1109", "2 is out of range"),
        ("array[int, 2] a = {1, 2}; rx(a) q;", "QC1110", "a single value, but this is an array"),
        ("array[int, 2, 2] a; rx(a[1]) q;", "QC1110", "a single value, but this is an array"),
        ("array[int, 2] a; rx(a[1]) q;", "QC1112", "`a[1]` has no value yet"),
        ("array[int, 2] a; a[0] += 1;", "QC1112", "`a[0]` has no value yet"),
        ("array[int, 2] a; for int i in a { rx(i) q; }", "QC1112", "`a` has no value yet"),
        ("array[int, 2, 2] a; for int i in a { rx(i) q; }", "QC1110", "one dimension"),
        ("array[int, 2] a = {1, 2}; a[0:1] = a;", "QC1110", "an index for each dimension"),
        ("array[int, 2] a = {1, 2}; rx(a[0, 0]) q;", "QC1110", "an index for each dimension"),
        ("array[int, 2] a = {1, 2}; a += a;", "QC1110", "an element of the array"),
        ("array[int, 2] a = {1, 2}; a[0][1] = 0;", "QC1110", "a bit of one"),
        ("array[uint[2], 2] a = {1, 4};", "QC1117", "4 is not a value of type uint[2]"),
        ("const array[int, 2] a = {1, 2}; a[0] = 3;", "QC1128", "`a` is constant"),
        ("const array[int, 2] a;", "QC1112", "`a` has no value yet"),
        ("array[int, 0] a;", "QC1109", "0 is out of range"),
        ("array[int, 1000000, 1000000] a;", "QC0502", "more than 1000000 elements"),
        ("array[int, 2] a = {1, 2}; gate g t { rx(a[0]) t; } g q;", "QC1147", "a"),
        ("bit c; c = measure q; array[int, 2] a = {1, 2}; if (c) { a[0] = 3; }", "QC1189", "a"),
        ("rx(sizeof(q)) q;", "QC1110", "an array"),
        ("array[int, 2] a; rx(sizeof(a, 1)) q;", "QC1109", "1 is out of range"),
    ],
)
def test_wrong_uses_of_arrays_are_refused(text: str, code: str, message: str) -> None:
    with pytest.raises(CompileError) as error:
        read(f"{THREE}qubit q;\n{text}")
    found = error.value.diagnostics[0]
    assert found.code == code
    assert message in found.message
    assert found.span is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(float x) -> float { return x/4; } rx(f(1)) q; rx(f(f(2)) + 1) q;", [0.25, 1.125]),
        (
            "def f(float a, int k) -> float { float s = 0; for int i in [1:k] { s += a*i; } return s; }"
            "for int i in [1:3] { rx(f(0.1, i)) q; }",
            [0.1, 0.3, 0.6],
        ),
        (
            "def f(int n) -> int { for int i in [2:n] { if (n % i == 0) { return i; } } return 0; }"
            "rx(f(15)) q; rx(f(7)) q; rx(f(1)) q;",
            [3, 7, 0],
        ),
        (
            "def odd(int x) -> bool { return popcount(x) % 2 == 1; } if (odd(7)) { rx(1) q; } if (odd(3)) { rx(2) q; }",
            [1],
        ),
        ("const int n = 3; def f() -> int { int k = n; k += 1; return k; } int k = 8; rx(f()) q; rx(k) q;", [4, 8]),
        ("def f(float x) -> int { return x; } rx(f(2.9)) q;", [2]),  # the result has the declared type
        ("def f(int k) -> float { array[float, 2] a = {0.5, 1.5}; return a[k]; } rx(f(1)) q; rx(f(0)) q;", [1.5, 0.5]),
        ("def turn(qubit t, int n) { if (n < 2) { return; } rx(n) t; } turn(q, 1); turn(q, 2);", [2]),
        ("def f(int x) -> int { return x + 1; } gate g(t) a { rx(t*f(1)) a; } g(0.25) q; g(0.5) q;", [0.5, 1]),
        ("def unused(int x) -> int { return 1/0; } rx(1) q;", [1]),
    ],
)
def test_subroutines_compute_values(text: str, expected: list[float]) -> None:
    assert angles(text) == pytest.approx(expected)


def test_a_subroutine_decides_about_outcomes() -> None:
    text = "def odd(uint[2] x) -> bool { return popcount(x) % 2 == 1; } qubit[3] q; bit[2] c;"
    text += "h q[0]; h q[1]; c = measure q[0:1]; if (odd(c)) { x q[2]; } bit o; o = measure q[2];"
    found = iq.run(formats.loaded(Source(THREE + text))[0], exact=True)
    for outcome, share in found.probabilities.items():
        assert share == pytest.approx(0.25)
        assert int(outcome[2]) == (int(outcome[3]) + int(outcome[4])) % 2
    assert len(found.probabilities) == 4


def test_an_endless_computation_is_refused() -> None:
    text = "def f(int n) -> int { int s = 0; for int i in [1:n] { s += i; } return s; }"
    text += "qubit q; for int i in [1:99999] { rx(f(99999)) q; }"
    with pytest.raises(CompileError) as error:
        read(THREE + text)
    assert error.value.diagnostics[0].code == "QC0501"


def test_the_names_are_free_in_openqasm_2() -> None:
    text = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg array[1]; gate return(sizeof) a { rx(sizeof) a; } return(0.5) array[0];'
    assert [op.angles[0].in_radians() for op in read(text).rows] == [0.5]


def test_programs_with_arrays_and_results_become_text_that_makes_the_same_circuit() -> None:
    text = "def f(int k) -> float { return k/4.0; } array[float, 2] a = {0.25, 0.5}; qubit[2] q;"
    text += "for int i in [0:1] { rx(a[i]) q[i]; rz(f(i + 1)) q[i]; } cx q[0], q[1]; a[0] = 1; ry(a[0]) q;"
    program = formats.loaded(Source(THREE + text))[0]
    assert iq.circuit(formats.write(program, "qc")[0]) == iq.Circuit.of(program.runs[0])
