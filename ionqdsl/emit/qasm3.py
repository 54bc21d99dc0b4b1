"""OpenQASM 3 text of a circuit: the form in which the service takes the ansatz of an energy.

A circuit and its scalar parameters go in, a program on one register `q` with one `input float[64]` for each parameter
comes out. Gates are those of `stdgates.inc` (OpenQASM 3.0, qelib names) or are defined in the text from them. The
global phase is not written, because no energy depends on it; nothing is optimised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from ionqdsl.ir.angle import TAU, Angle, Exact
from ionqdsl.ir.atoms import Step, folded, is_call, steps
from ionqdsl.ir.circuit import BARRIER, Circuit, Op
from ionqdsl.ir.gates import GATES

_SPELLED = {"not": "x", "si": "sdg", "ti": "tdg", "v": "sx", "vi": "inv @ sx", "cnot": "x"}
_SPELLED |= {"xx": "rxx", "yy": "ryy", "zz": "rzz", "zz_native": "zz"}
"""Gates whose name differs from their key."""

_CONTROLLED = {("x", 1): "cx", ("y", 1): "cy", ("z", 1): "cz", ("h", 1): "ch", ("p", 1): "cp", ("swap", 1): "cswap"}
_CONTROLLED |= {("rx", 1): "crx", ("ry", 1): "cry", ("rz", 1): "crz", ("x", 2): "ccx"}
"""Gates with controls that have a name; all others take the modifier."""

DEFINITIONS = {
    "rzz": "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }",
    "rxx": "gate rxx(theta) a, b { h a; h b; rzz(theta) a, b; h a; h b; }",
    "ryy": "gate ryy(theta) a, b { rx(pi/2) a; rx(pi/2) b; rzz(theta) a, b; rx(-pi/2) a; rx(-pi/2) b; }",
    "gpi": "gate gpi(turns) a { x a; rz(4*pi*turns) a; }",
    "gpi2": "gate gpi2(turns) a { rz(-2*pi*turns) a; rx(pi/2) a; rz(2*pi*turns) a; }",
    "ms": "gate ms(turns0, turns1, turns2) a, b { rz(-2*pi*turns0) a; rz(-2*pi*turns1) b; rxx(2*pi*turns2) a, b; "
    "rz(2*pi*turns0) a; rz(2*pi*turns1) b; }",
    "zz": "gate zz(turns) a, b { rzz(2*pi*turns) a, b; }",
}
"""Gates that stdgates.inc lacks. A definition uses only those before it.

Parameters are in alphabetical order, because qiskit's importer takes those of a definition in that order.
"""

RESERVED = frozenset(
    re.findall(
        r"\w+",
        """
        OPENQASM include defcalgrammar def cal defcal gate extern box let break continue if else end return for while in
        switch case default nop pragma input output const readonly mutable qreg qubit creg bool bit int uint float angle
        complex array void duration stretch gphase inv pow ctrl negctrl dim durationof delay reset measure barrier true
        false im pi tau euler U

        arccos arcsin arctan ceiling cos exp floor log mod popcount real imag rotl rotr sin sqrt tan sizeof

        p x y z h s sdg t tdg sx rx ry rz cx cy cz cp crx cry crz ch swap ccx cswap cu CX phase cphase id u1 u2 u3

        q rxx ryy rzz gpi gpi2 ms zz
        """,
    )
)
"""What a parameter cannot be called in the text: the language's words, its functions, stdgates.inc, and our own."""


def ansatz_text(circuit: Circuit, parameters: Sequence[str] = ()) -> str:
    """The program; `parameters` are the names of the scalar parameters, in the order their values will have."""
    names = input_names(parameters)
    wires = [f"q[{qubit}]" for qubit in range(circuit.width)]
    statements = [text for op in circuit.rows for text in gate_statements(op, names, wires)]
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";']
    lines += [f"input float[64] {names[name]};" for name in parameters]
    lines += definitions(statements)
    return "\n".join([*lines, f"qubit[{circuit.width}] q;", *statements]) + "\n"


def definitions(statements: Iterable[str], table: Mapping[str, str] = DEFINITIONS) -> list[str]:
    """The definitions of a table that statements call for; a table lists each after those it uses."""
    wanted: set[str] = set()
    waiting = [word for text in dict.fromkeys(statements) for word in _CALLED.findall(text)]
    while waiting:
        name = waiting.pop()
        if name in table and name not in wanted:
            wanted.add(name)
            waiting += re.findall(r"\w+", table[name].partition("{")[2])
    return [text for name, text in table.items() if name in wanted]


_CALLED = re.compile(r"^(?:[^@]*@ )*(\w+)")


def input_names(parameters: Sequence[str]) -> dict[str, str]:
    """Parameters and their names in the text: `th[0]` is `th_0`, with `_` added while something else is called so."""
    result: dict[str, str] = {}
    taken = set(RESERVED) | {name for name in parameters if "[" not in name}
    for name in parameters:
        wanted = re.sub(r"\[(\d+)\]", r"_\1", name)
        while wanted in taken and (wanted != name or wanted in RESERVED):
            wanted += "_"
        taken.add(wanted)
        result[name] = wanted
    return result


def gate_statements(
    op: Op,
    names: Mapping[str, str],
    wires: Sequence[str],
    spelled: Mapping[str, str] = _SPELLED,
    controlled: Mapping[tuple[str, int], str] = _CONTROLLED,
) -> Iterator[str]:
    """The statements of one row, on qubits called `wires`, in the names of a library."""

    def applied(name: str, inner: str, qubits: tuple[int, ...], controls: int = 0) -> str:
        known = controlled.get((name, controls))
        if controls and not known:
            name = f"ctrl{f'({controls})' if controls > 1 else ''} @ {name}"
        operands = ", ".join([wires[qubit] for qubit in qubits])
        return f"{known or name}{f'({inner})' if inner else ''} {operands};"

    if op.gate == BARRIER:
        yield applied("barrier", "", op.qubits)
    elif op.gate == "pauliexp":
        yield from _evolution(op, names, applied)
    else:
        gate = GATES[op.gate]
        angles = op.angles
        if op.gate == "ms" and len(angles) == 2:
            angles = (*angles, Angle(Fraction(1, 4)))
        unit = "turn" if gate.gateset == "native" else "rad"
        inner = ", ".join(_angle(angle, unit, names) for angle in angles)
        yield applied(spelled.get(op.gate, op.gate), inner, op.qubits, op.controls + gate.controls)


def _evolution(op: Op, names: Mapping[str, str], applied: Callable[..., str]) -> Iterator[str]:
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
                    yield applied("p", _angle(angle * Fraction(-1, 2), "rad", names), controls, len(controls) - 1)
                continue
            into = [applied(*_BASIS[letter], (qubits[index],)) for letter, index in product if letter != "Z"]
            back = [applied(*_BACK[letter], (qubits[index],)) for letter, index in product if letter != "Z"]
            acted = [qubits[index] for _, index in product]
            ladder = [applied("x", "", pair, 1) for pair in pairwise(acted)]
            yield from (*into, *ladder)
            yield applied("rz", _angle(angle, "rad", names), (*controls, acted[-1]), len(controls))
            yield from (*reversed(ladder), *back)


_BASIS = {"X": ("h", ""), "Y": ("rx", "pi/2")}
_BACK = {"X": ("h", ""), "Y": ("rx", "-pi/2")}


# --- expressions ---------------------------------------------------------------------------------------------------


def radians_text(angle: Angle, names: Mapping[str, str]) -> str:
    """An angle as a number of radians."""
    return _angle(angle, "rad", names)


def _angle(angle: Angle, unit: str, names: Mapping[str, str]) -> str:
    """The angle as a number of radians or turns: parameters first, then what is constant."""
    parts = [_product(turns, radians, unit, _expression(atom, names)) for atom, turns, radians in angle.terms]
    if angle.turns or angle.radians or not parts:
        parts.append(_product(angle.turns, angle.radians, unit))
    return "".join(parts[:1] + [f" - {part[1:]}" if part.startswith("-") else f" + {part}" for part in parts[1:]])


def _product(turns: Exact, radians: Exact, unit: str, factor: str = "") -> str:
    """So many turns and radians, times an expression. Simple fractions of a turn stay multiples of pi."""
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


def is_writable(atom: str) -> bool:
    """Whether OpenQASM 3 has everything that an expression of parameters (symbolic.py) needs."""
    return all(step.word in _FUNCTIONS for step in steps(atom) if is_call(step))


def _expression(atom: str, names: Mapping[str, str]) -> str:
    """A parameter, or an expression that `is_writable`."""

    def leaf(step: Step) -> str:
        if step.number is not None:
            return repr(float(step.number))  # as an integer it would divide like one
        return names.get(step.word) or _CONSTANTS[step.word]

    return names.get(atom) or folded(atom, leaf, _applied)


def _applied(step: Step, given: list[str]) -> str:
    if is_call(step):
        return f"{_FUNCTIONS[step.word]}({', '.join(given)})"
    return f"({given[0]} {step.word} {given[1]})" if step.takes == 2 else f"(-{given[0]})"
