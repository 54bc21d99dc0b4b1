"""Writes the OpenQASM 3 text of a circuit, the form in which the service takes the ansatz of an energy.

Takes a circuit and its scalar parameters and returns a program on one register `q` with one `input float[64]` for each
parameter. Gates have their names in the gate table; the text defines those that `stdgates.inc` lacks. The global phase
is omitted because no energy depends on it; nothing is optimised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from ionqdsl.algebra.elementary import elementary
from ionqdsl.ir.angle import QUARTER_TURN, TAU, Angle, Exact
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.gates import GATES, Gate
from ionqdsl.ir.symbols import PostfixStep, folded, is_call, steps

_STDGATES = "p x y z h s sdg t tdg sx rx ry rz cx cy cz cp crx cry crz ch swap ccx cswap cu CX phase cphase id u1 u2 u3"
LIBRARY = frozenset(_STDGATES.split())
"""The gates of stdgates.inc."""

_WORDS = """
OPENQASM include defcalgrammar def cal defcal gate extern box let break continue if else end return for while in
switch case default nop pragma input output const readonly mutable qreg qubit creg bool bit int uint float angle
complex array void duration stretch gphase inv pow ctrl negctrl dim durationof delay reset measure barrier true
false im pi tau euler U

arccos arcsin arctan ceiling cos exp floor log mod popcount real imag rotl rotr sin sqrt tan sizeof
"""

RESERVED = LIBRARY | set(_WORDS.split()) | {name for gate in GATES.values() for name in gate.qasm3} | {"q"}
"""Names a parameter cannot have in the text: the language's words, its functions, stdgates.inc, and our own."""


def ansatz_text(circuit: FlatCircuit, parameters: Sequence[str] = ()) -> str:
    """The program; `parameters` are the names of the scalar parameters, in the order of their values."""
    names = input_names(parameters)
    wires = [f"q[{qubit}]" for qubit in range(circuit.width)]
    statements = [text for op in circuit.rows for text in gate_statements(op, names, wires)]
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    lines += [f"input float[64] {names[name]};" for name in parameters]
    lines += definitions(statements, DEFINITIONS)
    return "\n".join([*lines, f"qubit[{circuit.width}] q;", *statements]) + "\n"


def definitions(statements: Iterable[str], table: Mapping[str, str]) -> list[str]:
    """The definitions of a table that statements call for, each after those it uses."""
    found: dict[str, str] = {}

    def add(name: str) -> None:
        if name in table and name not in found:
            for used in re.findall(r"\w+", table[name].partition("{")[2]):
                add(used)
            found[name] = table[name]

    for text in dict.fromkeys(statements):
        for name in _CALLED.findall(text):
            add(name)
    return [*found.values()]


_CALLED = re.compile(r"^(?:[^@]*@ )*(\w+)")


def input_names(parameters: Sequence[str]) -> dict[str, str]:
    """Maps parameters to names in the text: `th[0]` is `th_0`, with `_` added while that name is taken."""
    result: dict[str, str] = {}
    taken = set(RESERVED) | {name for name in parameters if "[" not in name}
    for name in parameters:
        wanted = re.sub(r"\[(\d+)\]", r"_\1", name)
        while wanted in taken and (wanted != name or wanted in RESERVED):
            wanted += "_"
        taken.add(wanted)
        result[name] = wanted
    return result


def gate_statements(op: Op, names: Mapping[str, str], wires: Sequence[str], dialect: str = "qasm3") -> Iterator[str]:
    """The statements of one row, on qubits named `wires`, with the names of a column of the gate table."""

    def applied(key: str, angles: Sequence[Angle], qubits: Sequence[int], controls: int = 0) -> str:
        gate = GATES[key]
        controls += gate.controls
        name_of_gate: tuple[str, ...] = getattr(gate, dialect)
        before = "" if controls < len(name_of_gate) else f"ctrl{f'({controls})' if controls > 1 else ''} @ "
        unit = "turn" if gate.gateset == "native" else "rad"
        inner = ", ".join(_angle(angle, unit, names) for angle in angles)
        operands = ", ".join([wires[qubit] for qubit in qubits])
        return f"{before}{name_of_gate[0 if before else controls]}{f'({inner})' if inner else ''} {operands};"

    if op.gate == BARRIER:
        yield f"barrier {', '.join([wires[qubit] for qubit in op.qubits])};"
    elif op.gate == "pauliexp":
        yield from _evolution(op, applied)
    else:
        left_out = [parameter.default for parameter in GATES[op.gate].parameters[len(op.angles) :]]
        yield applied(op.gate, [*op.angles, *(Angle(value or 0) for value in left_out)], op.qubits, op.controls)


def _evolution(op: Op, applied: Callable[..., str]) -> Iterator[str]:
    """exp(-i time sum c P), a term at a time: into the basis of Z, parities onto one qubit, rz there, and back."""
    if op.operator is None:
        return
    controls, qubits = op.qubits[: op.controls], op.qubits[op.controls :]
    steps = max(op.operator.steps, 1)
    for _ in range(steps):
        for product, factor in op.operator.terms:
            angle = op.angles[0] * (2 * factor if steps == 1 else 2 * factor / Fraction(steps))
            if not product:  # a phase, visible under controls only
                if controls:
                    yield applied("p", [angle * Fraction(-1, 2)], controls, len(controls) - 1)
                continue
            into = [applied(*_BASIS[letter], (qubits[index],)) for letter, index in product if letter != "Z"]
            back = [applied(*_BACK[letter], (qubits[index],)) for letter, index in product if letter != "Z"]
            acted = [qubits[index] for _, index in product]
            ladder = [applied("cnot", (), pair) for pair in pairwise(acted)]
            yield from (*into, *ladder)
            yield applied("rz", [angle], (*controls, acted[-1]), len(controls))
            yield from (*reversed(ladder), *back)


_BASIS = {"X": ("h", ()), "Y": ("rx", (QUARTER_TURN,))}
_BACK = {"X": ("h", ()), "Y": ("rx", (-QUARTER_TURN,))}


# --- definitions ---------------------------------------------------------------------------------------------------


def defined(dialect: str, library: Container[str]) -> dict[str, str]:
    """Definitions of all names in a column of the gate table, `qasm2` or `qasm3`, that a library lacks.

    Parameters are in alphabetical order, because qiskit's importer takes those of a definition in that order.
    """
    found: dict[str, str] = {}
    for gate in GATES.values():
        for controls, name in enumerate(getattr(gate, dialect)):
            if name not in library and name not in found and name.isidentifier():
                found[name] = _definition(name, gate, controls - gate.controls, dialect)
    return found


def _definition(name: str, gate: Gate, controls: int, dialect: str) -> str:
    """The gate by elementary gates, which the library has or which are defined from those that it has."""
    unit = gate.parameters[-1].unit if gate.parameters else "rad"
    word = "turns" if unit == "turn" else "theta"
    numbers = range(len(gate.parameters))
    names = [word] if len(numbers) == 1 else [f"{word}{number}" for number in numbers]
    wires = "abcdefgh"[: controls + gate.operands]
    angles = tuple(Angle.of(text, turns=1) if unit == "turn" else Angle.of(text, radians=1) for text in names)
    rows, phase = elementary(Op(gate.key, tuple(range(len(wires))), angles, controls))
    if phase:  # for one value of a qubit and then the other: OpenQASM 2 has no other way
        rows += [Op("p", (0,), (phase,)), Op("x", (0,))] * 2
    body = [text for row in rows for text in gate_statements(row, dict(zip(names, names, strict=True)), wires, dialect)]
    head = f"{name}({', '.join(names)})" if names else name
    return f"gate {head} {', '.join(wires)} {{ {' '.join(body)} }}"


# --- expressions ---------------------------------------------------------------------------------------------------


def radians_text(angle: Angle, names: Mapping[str, str]) -> str:
    """An angle as a number of radians."""
    return _angle(angle, "rad", names)


def _angle(angle: Angle, unit: str, names: Mapping[str, str]) -> str:
    """The angle as a number of radians or turns: parameters first, then the constant."""
    parts = [_product(turns, radians, unit, _expression(symbol, names)) for symbol, turns, radians in angle.terms]
    if angle.turns or angle.radians or not parts:
        parts.append(_product(angle.turns, angle.radians, unit))
    return "".join(parts[:1] + [f" - {part[1:]}" if part.startswith("-") else f" + {part}" for part in parts[1:]])


def _product(turns: Exact, radians: Exact, unit: str, factor: str = "") -> str:
    """An angle in turns and radians, times an expression. Simple fractions of a turn stay multiples of pi."""
    if (
        unit == "rad"
        and turns
        and not radians
        and not isinstance(turns, float)
        and (2 * Fraction(turns)).denominator < 1000
    ):
        halves = 2 * Fraction(turns)
        words = [str(abs(halves.numerator))] * (abs(halves.numerator) != 1) + ["pi"] + [factor] * bool(factor)
        return "-" * (halves < 0) + "*".join(words) + (f"/{halves.denominator}" if halves.denominator > 1 else "")
    total = float(turns * TAU + radians) if unit == "rad" else float(turns + radians / TAU)
    if not factor:
        return repr(total or 0.0)
    return {1.0: factor, -1.0: f"-{factor}"}.get(total) or f"{total!r}*{factor}"


_FUNCTIONS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "ceil": "ceiling"}
_FUNCTIONS |= {name: name for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "floor")}
_CONSTANTS = {"pi": "pi", "tau": "tau", "e": "euler"}


def is_writable(symbol: str) -> bool:
    """Whether OpenQASM 3 has every function that an expression of parameters (symbolic.py) needs."""
    return all(step.word in _FUNCTIONS for step in steps(symbol) if is_call(step))


def _expression(symbol: str, names: Mapping[str, str]) -> str:
    """A parameter, or an expression that `is_writable`."""

    def leaf(step: PostfixStep) -> str:
        if step.number is not None:
            return repr(float(step.number))  # an integer would divide as one
        return names.get(step.word) or _CONSTANTS[step.word]

    return names.get(symbol) or folded(symbol, leaf, _applied)


def _applied(step: PostfixStep, operands: list[str]) -> str:
    if is_call(step):
        return f"{_FUNCTIONS[step.word]}({', '.join(operands)})"
    return f"({operands[0]} {step.word} {operands[1]})" if step.takes == 2 else f"(-{operands[0]})"


DEFINITIONS = defined("qasm3", LIBRARY)
"""The gates of the table that stdgates.inc lacks."""
