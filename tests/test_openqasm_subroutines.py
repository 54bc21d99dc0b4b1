"""Subroutines of OpenQASM 3 and gates with loops: read as their gates, written in `.qc` as gates over registers.

Random programs are compared with a reading of their own: while a program is written down, the same statements are kept
as data and multiplied out by numpy. Would catch a range that ends one early, a register taken for another, a value that
leaks from one call into the next, and a statement that the text in `.qc` loses.

`IONQDSL_SUBROUTINES=500` takes as many programs, `IONQDSL_SEED=7` other ones.
"""

from __future__ import annotations

import cmath
import math
import os
from random import Random
from typing import Any

import numpy as np
import pytest
from test_openqasm_translate import translated

from ionqdsl import formats
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.simulation import simulate

COUNT = int(os.environ.get("IONQDSL_SUBROUTINES", "15"))
SEED = int(os.environ.get("IONQDSL_SEED", "1"))
THREE = 'OPENQASM 3.0;\ninclude "stdgates.inc";\n'
QUBITS = 5

X = np.array([[0, 1], [1, 0]])
H = np.array([[1, 1], [1, -1]]) / math.sqrt(2)


def rotated(axis: str, angle: float) -> Any:
    c, s = math.cos(angle / 2), math.sin(angle / 2)
    if axis == "rx":
        return np.array([[c, -1j * s], [-1j * s, c]])
    return np.diag([cmath.exp(-0.5j * angle), cmath.exp(0.5j * angle)])


class Applied:
    """The unitary so far; qubit 0 is the first factor."""

    def __init__(self) -> None:
        self.unitary = np.eye(2**QUBITS, dtype=complex)

    def apply(self, matrix: Any, target: int, control: int | None = None) -> None:
        factors = [np.eye(2)] * QUBITS
        if control is None:
            whole = _product([*factors[:target], matrix, *factors[target + 1 :]])
        else:
            off, on = [*factors], [*factors]
            off[control], on[control], on[target] = np.diag([1, 0]), np.diag([0, 1]), matrix
            whole = _product(off) + _product(on)
        self.unitary = whole @ self.unitary


def _product(factors: list[Any]) -> Any:
    result = np.eye(1)
    for factor in factors:
        result = np.kron(result, factor)
    return result


class Writer:
    """Writes a random program, and keeps its statements as functions of an environment of names."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.subroutines: list[tuple[str, list[tuple[str, str]], Any]] = []

    def number(self, names: list[str], reals: list[str]) -> tuple[str, Any]:
        """A real expression of whole and real names."""
        base = self.random.choice(["0.3", "pi/4", "-1.25", *reals])
        factor = self.random.choice(["", *names])
        if not factor:
            return base, lambda env: _value(base, env)
        return f"{base} * ({factor} + 1)", lambda env: _value(base, env) * (env[factor] + 1)

    def statements(
        self, qubits: dict[str, int], names: list[str], reals: list[str], depth: int
    ) -> tuple[list[str], Any]:
        """Some statements; `qubits` are the names of operands with their lengths, 0 for a single one."""
        parts = [self.statement(qubits, names, reals, depth) for _ in range(self.random.randint(1, 3))]

        def run(state: Applied, env: dict[str, Any]) -> None:
            for _, effect in parts:
                effect(state, env)

        return [line for lines, _ in parts for line in lines], run

    def statement(
        self, qubits: dict[str, int], names: list[str], reals: list[str], depth: int
    ) -> tuple[list[str], Any]:
        kind = self.random.choice(
            ["gate", "gate", "for", "if", "call", "all", "cx"] if depth < 2 else ["gate", "cx", "all"]
        )
        if kind == "for":
            name, first, last = f"i{depth}", self.random.randint(0, 1), self.random.randint(1, 2)
            lines, inner = self.statements(qubits, [*names, name], reals, depth + 1)

            def loop(state: Applied, env: dict[str, Any]) -> None:
                for value in range(first, last + 1):
                    inner(state, {**env, name: value})

            return [f"for int {name} in [{first}:{last}] {{", *lines, "}"], loop
        if kind == "if" and names:
            name, limit = self.random.choice(names), self.random.randint(0, 2)
            then, inner = self.statements(qubits, names, reals, depth + 1)
            other, outer = self.statements(qubits, names, reals, depth + 1)
            return [f"if ({name} >= {limit}) {{", *then, "} else {", *other, "}"], lambda state, env: (
                inner if env[name] >= limit else outer
            )(state, env)
        if kind == "call" and self.subroutines and (made := self.call(qubits, names, reals)) is not None:
            return made
        return self.gate(kind, qubits, names, reals)

    def gate(self, kind: str, qubits: dict[str, int], names: list[str], reals: list[str]) -> tuple[list[str], Any]:
        register = self.random.choice([*qubits])
        if kind == "all" and qubits[register]:  # broadcast
            return [f"h {register};"], lambda state, env: [state.apply(H, qubit) for qubit in env[register]]
        if kind == "cx" and sum(max(1, length) for length in qubits.values()) > 1:
            places = [(name, at) for name, length in qubits.items() for at in range(max(1, length))]
            (a, i), (b, j) = self.random.sample(places, 2)
            texts = [f"{name}[{at}]" if qubits[name] else name for name, at in ((a, i), (b, j))]
            return [f"cx {texts[0]}, {texts[1]};"], lambda state, env: state.apply(X, env[b][j], env[a][i])
        axis, (text, angle) = self.random.choice(["rx", "rz"]), self.number(names, reals)
        if not qubits[register]:
            return [f"{axis}({text}) {register};"], lambda state, env: state.apply(
                rotated(axis, angle(env)), env[register][0]
            )
        index = self.random.choice([*(name for name in names if qubits[register] > 2), "0", "-1"])
        return [f"{axis}({text}) {register}[{index}];"], lambda state, env: state.apply(
            rotated(axis, angle(env)), env[register][int(_value(index, env))]
        )

    def call(self, qubits: dict[str, int], names: list[str], reals: list[str]) -> tuple[list[str], Any] | None:
        """A call of an earlier subroutine on different qubits of these operands; None where they are too few."""
        name, parameters, body = self.random.choice(self.subroutines)
        free = {operand: [*range(max(1, length))] for operand, length in qubits.items()}
        texts, values = [], list[tuple[str, Any]]()
        for kind, parameter in parameters:
            if kind == "int":
                whole = self.random.choice([*names, "0", "1", "2"])
                texts.append(whole)
                values.append((parameter, lambda env, whole=whole: _value(whole, env)))
                continue
            if kind == "float":
                text, number = self.number(names, reals)
                texts.append(text)
                values.append((parameter, number))
                continue
            length = int(kind or 0)
            fitting = [o for o in free if len(free[o]) >= max(1, length) and (qubits[o] or not length)]
            if not fitting:
                return None
            operand = self.random.choice(fitting)
            start = free[operand][0]
            taken = [free[operand].pop(0) for _ in range(max(1, length))]
            if not qubits[operand]:
                texts.append(operand)
            else:
                texts.append(f"{operand}[{start}:{start + length - 1}]" if length else f"{operand}[{start}]")
            values.append((parameter, lambda env, operand=operand, taken=taken: [env[operand][at] for at in taken]))
        return [f"{name}({', '.join(texts)});"], lambda state, env: body(
            state, {parameter: value(env) for parameter, value in values}
        )

    def define(self, number: int) -> list[str]:
        """A subroutine with registers, single qubits and numbers, in any order."""
        kinds = [
            self.random.choice(["3", "2", ""]),
            *self.random.sample(["int", "float", ""], self.random.randint(1, 3)),
        ]
        self.random.shuffle(kinds)
        parameters = [(kind, f"{'abcd'[place]}") for place, kind in enumerate(kinds)]
        qubits = {name: int(kind or 0) for kind, name in parameters if kind not in ("int", "float")}
        names = [name for kind, name in parameters if kind == "int"]
        reals = [name for kind, name in parameters if kind == "float"]
        lines, body = self.statements(qubits, names, reals, 0)
        formals = [
            f"{kind} {name}" if kind in ("int", "float") else f"qubit{f'[{kind}]' if kind else ''} {name}"
            for kind, name in parameters
        ]
        self.subroutines.append((f"sub{number}", parameters, body))
        return [f"def sub{number}({', '.join(formals)}) {{", *lines, "}"]


def _value(text: str, env: dict[str, Any]) -> float:
    return env[text] if text in env else {"pi/4": math.pi / 4}.get(text) or float(text)


def program(random: Random) -> tuple[str, Any]:
    """A text and its unitary."""
    writer = Writer(random)
    heads = [line for number in range(random.randint(1, 3)) for line in writer.define(number)]
    lines, state = ["qubit[4] q;", "qubit r;"], Applied()
    for _ in range(3):
        more, effect = (random.random() < 0.7 and writer.call({"q": 4, "r": 0}, [], [])) or writer.statement(
            {"q": 4, "r": 0}, [], [], 0
        )
        lines += more
        effect(state, {"q": [0, 1, 2, 3], "r": [4]})
    return THREE + "\n".join([*heads, *lines]) + "\n", state.unitary


@pytest.mark.parametrize("number", range(COUNT))
def test_random_subroutines_do_what_another_reading_says(number: int) -> None:
    text, wanted = program(Random(1000 * SEED + number))
    circuit = formats.loaded(Source(text, "two.qasm"))[0].runs[0]
    assert circuit.width == QUBITS
    assert np.allclose(simulate.unitary(circuit), wanted, atol=1e-9), text
    assert "gate sub" in translated(text)


def test_a_subroutine_becomes_a_gate_over_registers() -> None:
    text = THREE + (
        "const int n = 3;\n// mixes\ndef mix(qubit[n] a, qubit b, float t, int k) {\n"
        "  for int i in [0:k] {  // each\n    rz(t / (i + 1)) a[i];\n    cx a[i], b;\n  }\n"
        "  let half = a[1:2];\n  h half;\n  gphase(t);\n}\n"
        "def twice(qubit[n] q, qubit r) { mix(q, r, 0.3, 1); mix(q, r, pi, 2); }\n"
        "qubit[4] q;\nqubit r;\ntwice(q[0:2], r);\nmix(q[1:3], q[0], 2 * pi / 3, 2);\n"
    )
    assert translated(text).partition("\n\n")[2] == (
        "const n = 3\n# mixes\ngate mix(t, k) a[n], b {\n  for i in range(k + 1) {\n    # each\n"
        "    rz(t/(i + 1)) a[i]\n    cx a[i], b\n  }\n  let half = a[1:3]\n  h half\n  gphase(t)\n}\n"
        "gate twice q[n], r { mix(0.3, 1) q, r; mix(pi, 2) q, r }\n"
        "qubit q[4]\nqubit r\ntwice q[0:3], r\nmix(2*pi/3, 2) q[1:4], q[0]\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        "def f(qubit[2] a) { barrier; h a; } qubit[2] q; f(q);",  # no barrier in a gate
        "def f(qubit a, int k) { k += 1; rx(k) a; } qubit q; f(q, 1); f(q, 1);",  # a value that changes
        "def f(qubit a, angle t) { rx(t) a; } qubit q; f(q, 7.0);",  # an angle wraps
        "def f(qubit a, int k) { rx(k / 2) a; } qubit q; f(q, 3);",  # a quotient of whole numbers
        "def f(qubit a, int[8] k) { rx(k) a; } qubit q; f(q, 3);",
        "def f(qubit[2] a) { let b = a[0]; cx b, a[1]; } qubit[2] q; f(q);",  # a single qubit with another name
        "const int n = 2; def f(int n, qubit[n] a) { rx(n) a; } qubit[2] q; f(1, q);",  # two meanings of n
        "def f(qubit a) { x a; } def g(qubit[2] a) { f(a[0]); barrier a; f(a[1]); } qubit[2] q; g(q);",
    ],
)
def test_what_no_gate_can_say_is_written_gate_by_gate(text: str) -> None:
    assert translated(THREE + text).count("gate ") == text.count("def ") - 1


def code(text: str) -> tuple[str, str]:
    with pytest.raises(CompileError) as caught:
        formats.loaded(Source(THREE + text, "two.qasm"))
    first = caught.value.diagnostics[0]
    return first.code, first.message


@pytest.mark.parametrize(
    ("text", "refused", "says"),
    [
        ("bit c; def f(qubit a) { c = measure a; } qubit q; f(q);", "QC1172", "measures"),
        ("def f(qubit a) { bit c = measure a; } qubit q; f(q);", "QC1172", "measures"),
        ("def f(qubit a) { for int i in [0:1] { measure a; } } qubit q;", "QC1172", "measures"),
        ("def f(qubit a) { reset a; } qubit q; f(q);", "QC1172", "resets"),
        ("def f(qubit a) -> bit { h a; } qubit q; f(q);", "QC1172", "has a result and acts on qubits"),
        ("def f() -> int { gphase(1); return 1; }", "QC1172", "has a result and acts on qubits"),
        ("bit c; def f() -> int { c = measure $0; return 1; }", "QC1172", "measures"),
        ("def f(int a) { } int b = f(1);", "QC1172", "is called for a result"),
        ("def f(qubit a) -> bit { return measure a; }", "QC1172", "measures"),
        ("def f(int n) -> int { return f(n - 1); } int b = f(1);", "QC1194", "calls itself"),
        ("def f(int n) -> int { if (n > 1) { return 1; } } int b = f(1);", "QC1194", "ends without its result"),
        ("def f(int n) -> int { return; } int b = f(1);", "QC1194", "ends without its result"),
        ("def f(qubit a) { return 1; } qubit q; f(q);", "QC1194", "no type for it"),
        ("def f(int n) -> int { return n; } int b = f(1, 2);", "QC1119", "takes 1 value"),
        ("def f(int n) -> uint[2] { return n; } int b = f(4);", "QC1117", "4 is not a value"),
        ("def sin(float x) -> float { return x; }", "QC0220", "sin"),
        ("int k = 1; k = 2; def f() -> int { return k; } int b = f();", "QC1147", "k"),
        ("qubit q; return;", "QC1195", "not inside a subroutine"),
        ("def f(qubit a) { while (true) { x a; } }", "QC1105", "without a fixed number of rounds"),
        ("def f(qubit[2] a) { } qubit[3] q; f(q);", "QC1173", "takes a register of 2 as `a`, not a register of 3"),
        ("def f(qubit a) { } qubit[1] q; f(q);", "QC1173", "takes a single qubit as `a`"),
        ("def f(qubit a) { x a; } qubit q; inv @ f(q);", "QC1173", "takes no modifiers"),
        ("def f(qubit a, qubit b) { x a; } qubit q; f(q, q);", "QC0209", ""),
        ("def f(qubit a) { x a; } qubit q; f();", "QC1119", ""),
        ("def f(qubit a) { f(a); } qubit q; f(q);", "QC1120", ""),
        ("def f(qubit a) { g(a); } def g(qubit a) { x a; } qubit q; f(q);", "QC1120", ""),
        ("def f(qubit a, qubit a) { } qubit q;", "QC0220", ""),
        ("def f(qubit a) { } def f(qubit a) { } qubit q;", "QC0220", ""),
        ("def f(qubit a) { } gate f a { x a; } qubit q;", "QC0220", ""),
        ("def h(qubit a) { } qubit q;", "QC0220", ""),
        ("qubit q; def f(qubit a) { cx a, q; } qubit r; f(r);", "QC1111", ""),
        ("int n = 1; def f(qubit a) { rx(n) a; } qubit r; f(r);", "QC1147", ""),
        ("qubit q; if (true) { def f(qubit a) { } }", "QC1126", ""),
        ("gate g a { f(a); } qubit q;", "QC1120", ""),
        ("def f(qubit a) { x a; } gate g a { f(a); } qubit q; g q;", "QC1120", ""),
    ],
)
def test_subroutines_that_are_no_gates_are_refused(text: str, refused: str, says: str) -> None:
    found, message = code(text)
    assert (found, says in message) == (refused, True), message


def test_an_error_in_a_subroutine_shows_the_call() -> None:
    with pytest.raises(CompileError) as caught:
        formats.loaded(Source(THREE + "def f(qubit[2] a, int k) { x a[k]; }\nqubit[2] q;\nf(q, 5);\n", "two.qasm"))
    (first,) = caught.value.diagnostics
    assert first.code == "QC1109"
    assert [span.text for span, _ in first.labels] == ["f(q, 5);"]
