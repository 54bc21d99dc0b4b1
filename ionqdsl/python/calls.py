"""Reads the arguments of a gate method.

Takes a gate's name and the values given for its parameters, and returns rows on qubits 0, 1, ... The compiler reads
standard gates and operators from one line of the language, once per kind; builder.py places them on qubits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import Any

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import notation, symbolic
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.arguments import refused, shown, whole
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator, shared
from ionqdsl.ir.gates import GATES, NAMES
from ionqdsl.ir.symbols import exact
from ionqdsl.language import values
from ionqdsl.language.library import Signature, standard_signatures
from ionqdsl.simulation.observables import is_theirs, observable

PYTHON = "<python>"
"""The file name in errors about texts given to methods."""


@lru_cache(maxsize=1024)
def signature_of(name: str, gateset: str) -> Signature:
    """How a gate is called in a circuit of a gateset. Raises QC0883."""
    key = NAMES[gateset].get(name)
    if key is not None:
        gate = GATES[key]
        return Signature(name, tuple(p.name for p in gate.parameters), gate.required, gate.operands)
    standard = standard_signatures()
    if gateset == "qis" and name in standard:
        return standard[name]
    other = "native" if gateset == "qis" else "qis"
    if name in NAMES[other] or (other == "qis" and name in standard):
        raise fail("QC0883", name=name, home=f"a {gateset} circuit", other=other)
    names = [*NAMES[gateset], *(standard if gateset == "qis" else ())]
    close = get_close_matches(str(name), names, 1) or get_close_matches(str(name).lower(), names, 1)
    raise fail("QC0883", name=name, home=f"a {gateset} circuit", suggestion=close[0] if close else None)


def wrong_call(
    signature: Signature, count: int, unknown: Iterable[str], registers: Sequence[bool] = ()
) -> CompileError:
    """QC0884: too many or too few arguments, or a keyword that the gate does not have.

    `registers` says for each operand of a gate of a file whether it is a register.
    """
    required = signature.parameters[: signature.required]
    qubits = max(signature.operands, 0) - sum(registers)
    counts = [(len(required), "parameter"), (sum(registers), "register"), (qubits, "qubit")]
    *most, last = [_count(number, noun) for number, noun in counts if number] or ["no qubits"]
    wanted = f"{', '.join(most)} and {last}" if most else last
    example = ", ".join([*required, *_operands(registers or [False] * qubits)])
    extra = ", ".join(f"`{name}`" for name in sorted(unknown))
    were = f"the keyword {extra} was" if extra else f"{_count(count, 'argument')} {'was' if count == 1 else 'were'}"
    return fail("QC0884", gate=signature.name, wanted=wanted, given=were, example=f"{signature.name}({example})")


def _operands(registers: Sequence[bool]) -> list[str]:
    """Operands for an example: registers of two qubits, and single ones."""
    firsts = accumulate([1 + is_register for is_register in registers[:-1]], initial=0)
    return [str([first, first + 1] if wide else first) for first, wide in zip(firsts, registers, strict=False)]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def angle_of(value: Any, unit: str = "rad", role: str = "the angle") -> Angle:
    """An argument as the angle of a parameter: a number counts in `unit`, an `Angle` is taken as it is.

    Parameters and sympy expressions stay exact where they are linear. A parameter whose unit is neither "rad" nor
    "turn" is a plain number, kept in radians. Raises QC0881 and QC0888.
    """
    angle = _any_angle_of(value, unit, role)
    if not angle.is_moderate:
        raise fail(
            "QC0881", role=role, wanted="a number below 1e301", given=shown(value), example="a number such as 0.3"
        )
    return angle.exact()


def _any_angle_of(value: Any, unit: str, role: str) -> Angle:
    """The same, however large."""
    if isinstance(value, Angle) and unit in ("rad", "turn"):
        parts = (value.turns, value.radians, *(number for _, *pair in value.terms for number in pair))
        if all(isinstance(part, int | Fraction | float) for part in parts):
            return value
    if hasattr(value, "free_symbols"):
        number = symbolic.from_sympy(value)
    elif isinstance(value, Angle):
        example = "a plain number" if unit not in ("rad", "turn") else '`param("theta")` times a plain number'
        raise fail("QC0881", role=role, wanted="a number", given=shown(value), example=example)
    else:
        number = Angle(0, exact(value, role))
    return values.in_turns(number) if unit == "turn" else number


def rows_of(name: str, gateset: str, arguments: Sequence[Any]) -> tuple[Sequence[Op], Angle]:
    """A gate's rows on qubits 0, 1, ... and their global phase; None selects a parameter's default."""
    key = NAMES[gateset].get(name)
    if key is None:
        return _standard_rows(name, [angle_of(value) for value in arguments])
    gate = GATES[key]
    angles = tuple(
        Angle(parameter.default or 0) if value is None else angle_of(value, parameter.unit, f"`{parameter.name}`")
        for value, parameter in zip(arguments, gate.parameters, strict=True)
    )
    if key == "nop" and angles[0].is_bound and angles[0].in_radians() < 0:
        raise fail("QC0881", role="the time", wanted="0 or more", given=notation.angle(angles[0]))
    return (shared(key, tuple(range(gate.operands)), angles),), ZERO


def _standard_rows(name: str, angles: Sequence[Angle]) -> tuple[Sequence[Op], Angle]:
    """A standard gate: the compiler's rows for parameters p0, p1 ... with the angles inserted."""
    template = _standard(name)
    chosen = {f"p{index}": angle for index, angle in enumerate(angles)}.get
    rows = [op._replace(angles=tuple([angle.bind(chosen) for angle in op.angles])) for op in template.rows]
    return rows, template.phase.bind(chosen)


@lru_cache(maxsize=256)
def _standard(name: str) -> FlatCircuit:
    signature = standard_signatures()[name]
    names = [f"p{index}" for index in range(len(signature.parameters))]
    arguments = f"({', '.join(names)})" if names else ""
    qubits = ", ".join(f"q[{index}]" for index in range(signature.operands))
    lines = [*(f"param {name}" for name in names), f"qubit q[{signature.operands}]", f"{name}{arguments} {qubits}"]
    return only_circuit("\n".join(lines))


def only_circuit(text: str) -> FlatCircuit:
    """The circuit of a text that contains just one."""
    from ionqdsl.pipeline import load  # late: it imports the parser

    program, _ = load(Source(text, PYTHON))
    (circuit,) = program.circuits.values()
    return circuit


def operator_of(operator: str | Operator | Mapping[str, float], qubits: int, steps: int) -> Operator:
    """An operator on `qubits` qubits, checked by the compiler. Raises CompileError."""
    from ionqdsl.emit import qc  # late: only needed here

    if is_theirs(operator):
        operator = observable(operator, qubits)
    if not isinstance(operator, str | Operator | Mapping):
        raise refused("the operator", "text or a dict from Pauli letters to numbers", operator)
    steps = whole(steps, "`steps`")
    if not isinstance(operator, str):
        operator = qc.operator(operator if isinstance(operator, Operator) else _from_letters(operator, qubits))
    chosen = f", steps = {steps}" if steps else ""
    circuit = only_circuit(f"qubit q[{max(qubits, 1)}]\npauliexp(1, {operator}{chosen}) q\n")
    if not qubits or len(circuit.rows) != 1 or circuit.rows[0].operator is None:
        reason = "it is no sum of Pauli products" if qubits else "there are no qubits for it"
        raise fail("QC0888", text=operator[:200], reason=reason)
    return circuit.rows[0].operator


def _from_letters(operator: Mapping[str, float], qubits: int) -> Operator:
    """`{"XX": 0.5, "ZI": 1}`: one letter per qubit, the leftmost for the first."""
    terms = []
    for letters, coefficient in operator.items():
        if not isinstance(letters, str) or len(letters) != qubits or set(letters) - set("IXYZ"):
            raise fail("QC0899", text=str(letters)[:60], qubits=qubits)
        product = tuple((letter, index) for index, letter in enumerate(letters) if letter != "I")
        terms.append((product, exact(coefficient, f"the coefficient of `{letters}`")))
    return Operator(tuple(terms))
