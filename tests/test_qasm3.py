"""The ansatz as OpenQASM 3, read back by a small separate interpreter and, if installed, by OpenQASM's parsers.

Both sides are made of matrices typed by hand here: neither the gate table nor the project's simulator takes part.
"""

from __future__ import annotations

import importlib.util
import math
import re
import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from by_hand import FIXED, X, Y, Z, axis, controlled, kron, on, pauli_sum, phase, turned
from hypothesis import given, settings
from hypothesis import strategies as st
from wire_programs import circuit, pauliexp

from ionqdsl.emit.qasm3 import DEFINITIONS, ansatz_text, input_names, is_writable
from ionqdsl.ir.angle import Angle, radians, turns
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES

HAS_PARSER = importlib.util.find_spec("qiskit_qasm3_import") is not None and importlib.util.find_spec("qiskit")

# --- matrices by hand ----------------------------------------------------------------------------------------------


def gpi(turns: float) -> Any:
    return axis(2 * math.pi * turns)


OURS = FIXED | {"cnot": X}
THEIRS = {name: FIXED[name] for name in ("x", "y", "z", "h", "s", "t", "swap")}
THEIRS |= {"sdg": FIXED["si"], "tdg": FIXED["ti"], "sx": FIXED["v"]}
AXES = {"rx": X, "ry": Y, "rz": Z, "xx": kron(X, X), "yy": kron(Y, Y), "zz": kron(Z, Z)}
BY_HAND = {*OURS, *AXES, "p", "gpi", "gpi2", "ms", "zz_native"}
"""The rows whose matrices stand in this file; test_every_gate.py tries every row."""
CONTROLLED = {"cx": ("x", 1), "cy": ("y", 1), "cz": ("z", 1), "ch": ("h", 1), "cp": ("p", 1), "ccx": ("x", 2)}
CONTROLLED |= {"crx": ("rx", 1), "cry": ("ry", 1), "crz": ("rz", 1), "cswap": ("swap", 1)}


def by_hand(op: Op, width: int, values: dict[str, float]) -> Any:
    """The matrix of one of our rows."""
    angles = [angle.bind(values.get) for angle in op.angles]
    rad = [angle.in_radians() for angle in angles]
    turns = [angle.in_turns() for angle in angles]
    if op.gate == "barrier":
        return np.eye(2**width)
    if op.gate == "pauliexp":
        assert op.operator
        count = len(op.qubits) - op.controls
        result = np.eye(2**count, dtype=complex)
        steps = max(op.operator.steps, 1)
        for _ in range(steps):
            for product, factor in op.operator.terms:
                result = turned(pauli_sum([(product, 1)], count), 2 * rad[0] * float(factor) / steps) @ result
    elif op.gate in OURS:
        result = OURS[op.gate]
    elif op.gate in AXES:
        result = turned(AXES[op.gate], rad[0])
    elif op.gate == "p":
        result = phase(rad[0])
    elif op.gate == "gpi":
        result = gpi(turns[0])
    elif op.gate == "gpi2":
        result = turned(gpi(turns[0]), math.pi / 2)
    elif op.gate == "ms":
        result = turned(kron(gpi(turns[0]), gpi(turns[1])), 2 * math.pi * (turns[2] if len(turns) > 2 else 0.25))
    else:
        assert op.gate == "zz_native"
        result = turned(AXES["zz"], 2 * math.pi * turns[0])
    return on(controlled(result, op.controls + (op.gate == "cnot")), op.qubits, width)


def unitary(found: FlatCircuit, values: dict[str, float]) -> Any:
    result = np.eye(2**found.width)
    for op in found.rows:
        result = by_hand(op, found.width, values) @ result
    return result


# --- a reader of the text, as much of OpenQASM 3 as is used --------------------------------------------------------


def number(text: str, names: dict[str, float]) -> float:
    for kind in re.findall(r"(?<![\w.])\d+\s*/\s*\d+", text):
        raise AssertionError(f"{kind} would divide as integers")
    known = {name: getattr(math, name) for name in ("pi", "tau", "sin", "cos", "tan", "exp", "log", "sqrt", "floor")}
    known |= {"euler": math.e, "arcsin": math.asin, "arccos": math.acos, "arctan": math.atan, "ceiling": math.ceil}
    return float(eval(text, {"__builtins__": {}}, known | names))


def arguments(text: str) -> list[str]:
    """Split at commas outside brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == "," and not depth:
            parts.append("")
        else:
            parts[-1] += char
    return [part for part in parts if part.strip()]


def apply(text: str, gates: dict[str, Any], numbers: dict[str, float], qubits: dict[str, int], width: int) -> Any:
    """The matrix of a statement."""
    modifiers = re.match(r"((?:ctrl|inv)[^@]*@\s*)*", text)
    assert modifiers
    found = re.fullmatch(r"(\w+)\s*(?:\((.*)\))?\s+([^()]+)", text[modifiers.end() :].strip())
    assert found, text
    name, inner, places = found.groups()
    controls = sum(int(count or 1) for count in re.findall(r"ctrl(?:\((\d+)\))?", modifiers[0]))
    values = [number(part, numbers) for part in arguments(inner or "")]
    acted = tuple(qubits[part.strip()] for part in places.split(","))
    if name in CONTROLLED:
        name, more = CONTROLLED[name]
        controls += more
    if name in gates:
        formal, names, body = gates[name]
        inside = dict(zip(names, range(len(names)), strict=True))
        matrix = np.eye(2 ** len(names))
        for part in filter(None, map(str.strip, body.split(";"))):
            matrix = apply(part, gates, dict(zip(formal, values, strict=True)), inside, len(names)) @ matrix
    elif name in THEIRS:
        matrix = THEIRS[name]
    else:
        (value,) = values
        matrix = phase(value) if name == "p" else turned({"rx": X, "ry": Y, "rz": Z}[name], value)
    if "inv" in modifiers[0]:
        matrix = matrix.conj().T
    return on(controlled(matrix, controls), acted, width)


def run(text: str, values: dict[str, float]) -> Any:
    """The matrix of a whole program; `values` are those of its inputs, in their order."""
    assert text.startswith('OPENQASM 3.0;\ninclude "stdgates.inc";\n')
    inputs = re.findall(r"^input float\[64\] (\w+);$", text, re.MULTILINE)
    numbers = dict(zip(inputs, values.values(), strict=True))
    gates = {}
    for name, formal, names, body in re.findall(r"^gate (\w+)\(([^)]*)\) ([^{]*)\{(.*)\}$", text, re.MULTILINE):
        gates[name] = ([part.strip() for part in formal.split(",")], [part.strip() for part in names.split(",")], body)
    (width,) = map(int, re.findall(r"^qubit\[(\d+)\] q;$", text, re.MULTILINE))
    qubits = {f"q[{index}]": index for index in range(width)}
    result = np.eye(2**width)
    for line in text.partition("] q;\n")[2].splitlines():
        if not line.startswith("barrier"):
            result = apply(line.removesuffix(";"), gates, numbers, qubits, width) @ result
    return result


def same(one: Any, other: Any) -> bool:
    """Equal but for a global phase."""
    overlap = np.vdot(one, other) / len(one)
    return abs(abs(overlap) - 1) < 1e-10 and np.allclose(one * overlap, other, atol=1e-9)


def check(found: FlatCircuit, values: dict[str, float] | None = None) -> str:
    """The text, after it has been judged."""
    values = values or {}
    text = ansatz_text(found, tuple(values))
    assert same(run(text, values), unitary(found, values)), text
    if HAS_PARSER:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the parser's own
            _check_with_qiskit(text, found, values)
    return text


def _check_with_qiskit(text: str, found: FlatCircuit, values: dict[str, float]) -> None:
    """OpenQASM's reference parser and qiskit's own matrices. It knows no functions of parameters and no powers."""
    if re.search(r"\*\*|arc|ceiling|floor|euler", text):
        return
    from qiskit import qasm3
    from qiskit.quantum_info import Operator as Matrix

    read = qasm3.loads(text)
    names = input_names(tuple(values))
    assert [parameter.name for parameter in read.parameters] == sorted(names.values())[: len(read.parameters)]
    bound = read.assign_parameters(
        {names[name]: value for name, value in values.items() if read.has_parameter(names[name])}
    )
    assert same(Matrix(bound.reverse_bits()).data, unitary(found, values)), text


# --- tests ---------------------------------------------------------------------------------------------------------


def test_the_whole_text() -> None:
    found = circuit(
        3,
        Op("ry", (0,), (Angle.of("th[0]", radians=1),)),
        Op("rx", (1,), (Angle.of("th[1]", radians=-2) + turns("1/4"),)),
        Op("rz", (2,), (Angle.of("phi", turns=1) + radians("0.1"),)),
        Op("barrier", (0, 2)),
        Op("cnot", (0, 1)),
        Op("zz", (1, 2), (turns("-3/8"),)),
        Op("x", (0, 1, 2), (), 2),
        Op("s", (0, 1, 2), (), 2),
    )
    assert check(found, {"th[0]": 0.3, "th[1]": -1.1, "phi": 0.7}) == (
        "OPENQASM 3.0;\n"
        'include "stdgates.inc";\n'
        "input float[64] th_0;\n"
        "input float[64] th_1;\n"
        "input float[64] phi;\n"
        "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }\n"
        "qubit[3] q;\n"
        "ry(th_0) q[0];\n"
        "rx(-2.0*th_1 + pi/2) q[1];\n"
        "rz(2*pi*phi + 0.1) q[2];\n"
        "barrier q[0], q[2];\n"
        "cx q[0], q[1];\n"
        "rzz(-3*pi/4) q[1], q[2];\n"
        "ccx q[0], q[1], q[2];\n"
        "ctrl(2) @ s q[0], q[1], q[2];\n"
    )


def test_inputs_come_in_the_order_of_declaration_used_or_not() -> None:
    text = ansatz_text(circuit(1, Op("rx", (0,), (Angle.of("b", radians=1),))), ("c", "b", "a"))
    assert re.findall(r"input float\[64\] (\w+);", text) == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        (("th[0]", "th[1]"), ["th_0", "th_1"]),
        (("th[0]", "th_0"), ["th_0_", "th_0"]),
        (("th_0", "th[0]", "th_0_"), ["th_0", "th_0__", "th_0_"]),
        (("th[1]", "th_1[0]", "th_1"), ["th_1_", "th_1_0", "th_1"]),
        (("q", "h", "pi_", "rxx", "input"), ["q_", "h_", "pi_", "rxx_", "input_"]),
        (("h", "h_"), ["h__", "h_"]),
        (("ms", "gpi", "U", "angle", "float"), ["ms_", "gpi_", "U_", "angle_", "float_"]),
    ],
)
def test_names_of_inputs_never_collide(parameters: tuple[str, ...], names: list[str]) -> None:
    """With each other, with gates, with words of OpenQASM, or with the register."""
    assert list(input_names(parameters).values()) == names
    rows = [Op("xx", (0, 1), (Angle.of(name, radians=1),)) for name in parameters]
    check(circuit(2, *rows), {name: 0.1 + index for index, name in enumerate(parameters)})


WORDS = st.sampled_from(["a", "h", "q", "th", "th_", "th_0", "th_0_", "th_1", "rx", "_0"])
NAMES = st.lists(st.one_of(WORDS, st.builds("{}[{}]".format, WORDS, st.integers(0, 1))), unique=True, max_size=6)


@given(NAMES)
def test_names_of_inputs_differ(parameters: list[str]) -> None:
    names = input_names(parameters)
    assert len(set(names.values())) == len(parameters)
    assert not {"h", "q", "rx"} & set(names.values())
    assert all(re.fullmatch(r"[^\W\d]\w*", name) for name in names.values())


def one_of_each() -> list[Op]:
    rows = []
    for gate in GATES.values():
        if gate.key not in BY_HAND:
            continue
        angles = tuple(Angle(Fraction(index + 1, 10)) for index, _ in enumerate(gate.parameters))
        qubits = (2, 0)[: gate.operands]
        rows.append(Op(gate.key, qubits, angles))
        if gate.gateset == "qis":
            rows += [Op(gate.key, (1, *qubits), angles, 1), Op(gate.key, (3, 1, *qubits), angles, 2)]
    return [*rows, Op("ms", (0, 1), (turns("0.1"), turns("0.2")))]


@pytest.mark.parametrize("op", one_of_each(), ids=lambda op: f"{op.gate}-{op.controls}")
def test_every_gate_with_and_without_controls(op: Op) -> None:
    """Catches a wrong name, definition, order of operands or relative phase. h and y next to it make phases visible."""
    check(circuit(4, Op("h", (0,)), Op("h", (1,)), Op("h", (2,)), Op("h", (3,)), op, Op("y", (0,)), op))


def test_only_what_is_used_is_defined() -> None:
    assert "gate" not in ansatz_text(circuit(2, Op("cnot", (0, 1)))).replace("stdgates", "")
    text = ansatz_text(circuit(2, Op("ms", (0, 1), (turns(0), turns(0)))))
    assert re.findall(r"gate (\w+)", text) == ["rzz", "rxx", "ms"]
    for name, text in DEFINITIONS.items():
        assert text.startswith(f"gate {name}(")


@pytest.mark.parametrize(
    "op",
    [
        pauliexp("0.3", {"X0 Y1 Z2": 1, "Z0 Z1": Fraction(1, 2)}, 2, 0, 1),
        pauliexp("0.3", {"Y0": -1}, 1),
        pauliexp("0.3", {"X0": 1, "Z0": 2}, 1, steps=3),
        pauliexp("0.3", {"X0 Z1": 1, "": 2}, 3, 1, 2, controls=1),
        pauliexp("0.3", {"": 2}, 3, 0, 1, controls=2),
        pauliexp("0.3", {"": 2}, 0),
        Op("pauliexp", (0, 1), (Angle.of("t", radians=2),), 0, 0, Operator(((((("X", 0), ("X", 1))), 1),))),
    ],
)
def test_evolution(op: Op) -> None:
    check(circuit(4, Op("h", (3,)), Op("h", (0,)), op), {"t": 0.4})


@pytest.mark.parametrize(
    ("symbol", "text"),
    [
        ("sin(t)", "sin(t_)"),
        ("t*u", "(t_ * u)"),
        ("t**2", "(t_ ** 2.0)"),
        ("1/2*t + u", "(((1.0 / 2.0) * t_) + u)"),
        ("asin(t/4) - acos(u/9)*atan(t)", "(arcsin((t_ / 4.0)) - (arccos((u / 9.0)) * arctan(t_)))"),
        ("-exp(-t)", "(-exp((-t_)))"),
        ("sqrt(pi)*log(e + t)", "(sqrt(pi) * log((euler + t_)))"),
        ("floor(t) + ceil(u) + tau", "((floor(t_) + ceiling(u)) + tau)"),
        ("v[1]*t", "(v_1 * t_)"),
    ],
)
def test_expressions_of_parameters(symbol: str, text: str) -> None:
    from ionqdsl.ir.symbols import value

    values = {"t": 0.3, "u": 0.7, "v[1]": -0.2}
    assert is_writable(symbol)
    written = ansatz_text(circuit(1, Op("rx", (0,), (Angle.of(symbol, radians=1),))), tuple(values))
    assert f"rx({text}) q[0];" in written
    by_us = turned(X, value(symbol, values))
    assert same(run(written, values), by_us)


@pytest.mark.parametrize("symbol", ["atan2(t, u)", "abs(t)", "1 + min(t, u)", "sin(max(t, 1))"])
def test_expressions_openqasm_does_not_have(symbol: str) -> None:
    assert not is_writable(symbol)


@pytest.mark.parametrize(
    ("angle", "text"),
    [
        (turns("1/4"), "pi/2"),
        (turns("-1/2"), "-pi"),
        (turns("1"), "2*pi"),
        (turns("1/3"), "2*pi/3"),
        (radians("0.1"), "0.1"),
        (radians("0"), "0.0"),
        (radians("-3"), "-3.0"),
        (turns("1/4") + radians("0.1"), repr(math.pi / 2 + 0.1)),
        (Angle(0, -0.0), "0.0"),
        (Angle(Fraction(123, 100003)), "0.007728086085248334"),
        (Angle.of("a", radians=1), "a"),
        (Angle.of("a", radians=-1) - turns("1/4"), "-a - pi/2"),
        (Angle.of("a", turns=Fraction(1, 2)), "pi*a"),
        (Angle.of("a", turns=Fraction(-1, 4), radians=1), "-0.5707963267948967*a"),
        (Angle.of("a", radians=Fraction(1, 2)) + Angle.of("b", radians=-2), "0.5*a - 2.0*b"),
    ],
)
def test_angles(angle: Angle, text: str) -> None:
    written = ansatz_text(circuit(1, Op("rx", (0,), (angle,))), ("a", "b"))
    assert written.splitlines()[-1] == f"rx({text}) q[0];"


ANGLES = st.builds(
    lambda constant, a, b: constant + Angle.of("a", radians=a) * (a != 0) + Angle.of("th[0]", turns=b) * (b != 0),
    st.one_of(st.fractions(-2, 2, max_denominator=24).map(Angle), st.floats(-7, 7).map(lambda value: Angle(0, value))),
    st.sampled_from([0, 1, -1, 2, Fraction(1, 3)]),
    st.sampled_from([0, 1, Fraction(-1, 8)]),
)


@st.composite
def circuits(draw: st.DrawFn) -> FlatCircuit:
    """Random circuits on three qubits."""
    rows = []
    for _ in range(draw(st.integers(1, 8))):
        gate = GATES[draw(st.sampled_from([key for key in GATES if key in BY_HAND]))]
        controls = draw(st.integers(0, 3 - gate.operands)) if gate.gateset == "qis" else 0
        qubits = tuple(draw(st.permutations(range(3)))[: gate.operands + controls])
        rows.append(Op(gate.key, qubits, tuple(draw(ANGLES) for _ in gate.parameters), controls))
    return circuit(3, *rows)


@settings(deadline=None, max_examples=40)
@given(circuits(), st.floats(-3, 3), st.floats(-3, 3))
def test_random_circuits(found: FlatCircuit, a: float, b: float) -> None:
    check(found, {"a": a, "th[0]": b})


def test_the_reader_of_this_test_notices_mistakes() -> None:
    """A judge that agrees with everything is none."""
    found = circuit(2, Op("h", (0,)), Op("s", (0, 1), (), 1), Op("ry", (1,), (radians("0.3"),)), Op("h", (0,)))
    text = ansatz_text(found)
    for old, new in (("ctrl @ s", "ctrl @ t"), ("q[0], q[1]", "q[1], q[0]"), ("0.3", "0.31"), ("ry", "rx")):
        if old != "q[0], q[1]":  # a controlled phase is symmetric
            assert not same(run(text.replace(old, new), {}), unitary(found, {}))
    assert same(run(text, {}), unitary(found, {}))
