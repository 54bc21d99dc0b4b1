"""Writes a circuit as an OpenQASM 2 or 3 program.

Takes a circuit and returns text and notes. Gates have their names in the gate table, and definitions if the standard
library lacks them; parameters are inputs; registers are bits that are measured at the end, in the register's order.
A circuit that the version cannot express is refused. In OpenQASM 2, gates with controls need names (`is_plain`),
which formats.py gives them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count
from typing import NamedTuple

from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.emit.plain_text import LineStyle, template, written
from ionqdsl.emit.qasm3 import (
    DEFINITIONS,
    RESERVED,
    defined,
    definitions,
    gate_statements,
    is_writable,
    radians_text,
)
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import BARRIER, NOT_GATES, RESET, FlatCircuit, Op, Steps
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.plain_rows import LineForm, argument, unscaled
from ionqdsl.ir.symbols import names as names_in
from ionqdsl.language.lower.measurements import readable
from ionqdsl.record import record


@record
class Dialect:
    """One version: its header, its column in the gate table, definitions of the gates its library lacks, its names."""

    version: int
    head: tuple[str, ...]
    column: str
    definitions: Mapping[str, str]
    taken: frozenset[str]
    name: re.Pattern[str]


_SPECIFIED = "u3 u2 u1 cx id x y z h s sdg t tdg rx ry rz cz cy ch ccx crz cu1 cu3"
_SINCE = "u0 u p sx sxdg swap cswap crx cry cp csx cu rxx rzz rccx rc3x c3x c3sqrtx c4x"
QELIB1 = tuple(f"{_SPECIFIED} {_SINCE}".split())
"""The gates of qelib1.inc. Copies of that file add different gates to those of OpenQASM 2's specification, so programs
written here take only the gates of the specification from it.
"""
_WORDS = "OPENQASM include qreg creg gate opaque barrier measure reset if U CX pi sin cos tan exp ln sqrt"

_OLD = defined("qasm2", _SPECIFIED.split())

DIALECTS: dict[int, Dialect] = {
    2: Dialect(
        2,
        ("OPENQASM 2.0;", 'include "qelib1.inc";'),
        "qasm2",
        _OLD,
        frozenset([*QELIB1, *_WORDS.split(), *_OLD]),
        re.compile(r"[a-z][A-Za-z0-9_]*"),
    ),
    3: Dialect(
        3,
        ("OPENQASM 3.0;", 'include "stdgates.inc";'),
        "qasm3",
        DEFINITIONS,
        RESERVED - {"q"},
        re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
    ),
}


def definition(name: str) -> tuple[str, str] | None:
    """The definition of a gate that OpenQASM's libraries lack, and its name here; None for any other name."""
    for dialect in DIALECTS.values():
        if name in dialect.definitions:
            own = next((gate.name for gate in GATES.values() if getattr(gate, dialect.column)[:1] == (name,)), name)
            return dialect.definitions[name], own
    return None


def text(circuit: FlatCircuit, version: int, parameters: Sequence[str] = ()) -> tuple[str, list[Diagnostic]]:
    """The program and notes. `parameters` are declared even if no gate uses them.

    Raises CompileError for a circuit that the version cannot express.
    """
    dialect = DIALECTS[version]
    symbols = [name for symbol in circuit.symbols for name in names_in(symbol)]
    everything = list(dict.fromkeys([*parameters, *symbols]))
    _check(circuit, dialect, everything)
    noticed: list[Diagnostic] = []
    taken = set(dialect.taken)
    names = {name: _name(re.sub(r"\[(\d+)\]", r"_\1", name), dialect, taken) for name in everything}
    bits = {name: _name(name, dialect, taken) for name, _ in circuit.registers}
    for old, new in (*names.items(), *bits.items()):
        if new not in (old, re.sub(r"\[(\d+)\]", r"_\1", old)):
            noticed.append(Diagnostic("QC1138", None, {"name": old, "instead": new, "version": version}))
    wires = _wires(circuit, dialect, taken)
    qubits = [name if size is None else f"{name}[{i}]" for name, size in wires for i in range(size or 1)]
    statements, gates = _statements(circuit, dialect, _Names(names, qubits, bits), noticed)
    lines = [*dialect.head, *(f"input float[64] {name};" for name in names.values())]
    lines += definitions([part for text in gates for part in _parts(text)], dialect.definitions)
    lines += [_declared("qubit", name, size, version) for name, size in wires]
    lines += [_declared("bit", bits[name], len(slots), version) for name, slots in circuit.registers]
    lines += statements
    phase = sum((_left_out(op) for op in circuit.patterns if op.operator), circuit.phase).reduced()
    if phase and version == 3:
        lines.append(f"gphase({radians_text(phase, names)});")
    elif phase:
        lines.append(f"// global phase: {radians_text(phase, names)}")
    for name, slots in circuit.registers:
        for place, qubit in enumerate(slots):
            if isinstance(qubit, int):
                lines.append(_measured(f"{bits[name]}[{place}]", qubits[qubit], version))
    return "\n".join(lines) + "\n", noticed


def _measured(bit: str, qubit: str, version: int) -> str:
    return f"measure {qubit} -> {bit};" if version == 2 else f"{bit} = measure {qubit};"


class _Names(NamedTuple):
    """The names in the text: of parameters, of the qubits in order, of registers."""

    parameters: Mapping[str, str]
    qubits: Sequence[str]
    bits: Mapping[str, str]


def _row(op: Op, names: _Names, dialect: Dialect) -> Iterator[str]:
    """The statements of one row; a gate that depends on outcomes stands under an `if`."""
    if op.slot is not None:
        yield _measured(f"{names.bits[op.slot.register]}[{op.slot.place}]", names.qubits[op.qubits[0]], dialect.version)
    elif op.gate == RESET:
        yield f"reset {names.qubits[op.qubits[0]]};"
    else:
        statements = gate_statements(op, names.parameters, names.qubits, dialect.column)
        if not op.when:
            yield from statements
            return
        text = " ".join(statements)
        for part in reversed(readable(op.when)):
            bits = [f"{names.bits[slot.register]}[{slot.place}] == {bit}" for slot, bit in part]
            text = f"if ({' && '.join(bits)}) {{ {text} }}"
        yield text


def _parts(statement: str) -> list[str]:
    """The statements inside an `if`, which may be nested, or the statement itself."""
    while statement.startswith("if ("):
        statement = statement.partition(" { ")[2].removesuffix(" }")
    return statement.split("; ")


def _check(circuit: FlatCircuit, dialect: Dialect, parameters: Sequence[str]) -> None:
    """Raises for rows that the version cannot express."""
    if dialect.version == 2 and parameters:
        raise fail("QC1139", None, names=", ".join(f"`{name}`" for name in parameters), first=parameters[0])
    for symbol in circuit.symbols:
        if not is_writable(symbol):
            raise fail("QC1140", None, what="expression", expression=symbol[:60], version=dialect.version)
    if not any(op.gate == "nop" or op.when for op in circuit.patterns):
        return
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate == "nop":
            raise fail("QC1140", origin, what="nop", version=dialect.version)
        if op.when and dialect.version == 2:
            raise fail("QC1140", origin, what="condition", version=dialect.version)


def is_plain(op: Op) -> bool:
    """Whether OpenQASM 2 can express a row directly: gates with controls need a name there."""
    if op.gate in NOT_GATES or op.gate == "pauliexp":
        return op.gate in NOT_GATES
    return op.controls + GATES[op.gate].controls < max(1, len(GATES[op.gate].qasm2))


class _Statements(NamedTuple):
    """The statements of a circuit, and some of them in which each of its gates occurs."""

    texts: list[str]
    gates: list[str]


def _statements(circuit: FlatCircuit, dialect: Dialect, names: _Names, noticed: list[Diagnostic]) -> _Statements:
    """The statements of a circuit; those of plain lines by a template for each of their forms."""
    if not circuit.is_plain or any(op.pinned for op in circuit.patterns):
        texts = list(_gates(circuit.rows, dialect, names, noticed))
        return _Statements(texts, texts)
    texts, gates = [], dict[str, None]()
    row_text = lambda op: "\n".join(_row(op, names, dialect))  # noqa: E731
    for part in circuit.parts:
        if isinstance(part, Steps):
            found = list(_gates(part.rows, dialect, names, noticed))
            texts += found
            gates |= dict.fromkeys(found)
            continue
        for chunk in written(part, lambda form: template(form, _open(form, names, dialect), _STYLE), row_text, _STYLE):
            texts += chunk
        gates |= dict.fromkeys(text for form in part.used for text in _open(form, names, dialect))
    return _Statements(texts, [*gates])


_STYLE = LineStyle("\n", is_json=False)


def _open(form: LineForm, names: _Names, dialect: Dialect) -> list[str]:
    """The statements of a form with `%r` for each number."""
    holes = {argument(number): "%r" for number in range(form.arity)}
    there = names._replace(parameters={**names.parameters, **holes})
    return [text for op in form.rows for text in _row(unscaled(op), there, dialect)]


def _gates(rows: Sequence[Op], dialect: Dialect, names: _Names, noticed: list[Diagnostic]) -> Iterator[str]:
    """The rows, verbatim blocks between barriers on their qubits."""
    written: dict[Op, list[str]] = {}
    block = 0
    spans: dict[int, dict[int, None]] = {}
    for op in rows:
        if op.pinned:
            spans.setdefault(op.pinned, {}).update(dict.fromkeys(op.qubits))
    if spans:
        noticed.append(Diagnostic("QC1141", None, {"version": dialect.version}))

    def barrier(number: int) -> str:
        return f"barrier {', '.join(names.qubits[qubit] for qubit in sorted(spans[number]))};"

    for op in rows:
        if op.pinned != block and op.gate != BARRIER:
            if block:
                yield barrier(block)
            block = op.pinned
            if block:
                yield barrier(block)
        if op not in written:
            written[op] = list(_row(op, names, dialect))
        yield from written[op]
    if block:
        yield barrier(block)


def _left_out(op: Op) -> Angle:
    """The global phase of the identity term of a `pauliexp`, which its statements omit."""
    assert op.operator is not None
    return sum(
        (op.angles[0] * -factor for product, factor in op.operator.terms if not product and not op.controls), ZERO
    )


def _name(wanted: str, dialect: Dialect, taken: set[str]) -> str:
    """A valid name for the text, the wanted one if possible; it counts as taken from then on."""
    plain = wanted if dialect.name.fullmatch(wanted) else "".join(re.findall(r"\w", wanted, re.ASCII))
    if not dialect.name.fullmatch(plain):
        plain = f"c_{plain}"
    name_free = next(name for name in chain([plain], (f"{plain}_{number}" for number in count(1))) if name not in taken)
    taken.add(name_free)
    return name_free


def _wires(circuit: FlatCircuit, dialect: Dialect, taken: set[str]) -> list[tuple[str, int | None]]:
    """The declared qubits, or one register `q` if they no longer fit the circuit."""
    wires = circuit.wires
    if sum(1 if size is None else size for _, size in wires) != circuit.width:
        wires = (("q", circuit.width),) if circuit.width else ()
    return [(_name(name, dialect, taken), size if dialect.version == 3 else size or 1) for name, size in wires]


def _declared(kind: str, name: str, size: int | None, version: int) -> str:
    if version == 2:
        return f"{'qreg' if kind == 'qubit' else 'creg'} {name}[{size}];"
    return f"{kind} {name};" if size is None else f"{kind}[{size}] {name};"
