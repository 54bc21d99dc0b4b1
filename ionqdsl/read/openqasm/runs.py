"""Places the gates of runs of plain gate lines: each distinct line once, most of them without a syntax tree.

Takes a `tree.GateLines` and adds its rows to the circuit that a program makes. Lines that language/lower/plain.py does
not place are read by the grammar, among them those with an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial
from typing import Any, NamedTuple, Protocol

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.gates import NAMES
from ionqdsl.ir.plain_rows import PlainRows
from ionqdsl.language.lines import pieces, run_of, texts
from ionqdsl.language.lower.forms import FORMLESS, PARTIAL, TOTAL, GateForm, Units, linear, modifiers_of, symbols
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.plain import PlainGates
from ionqdsl.language.lower.templates import Template
from ionqdsl.language.syntax import Name, walk
from ionqdsl.language.values import NamedQubits
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.bodies import DefinedGate, called
from ionqdsl.read.openqasm.parse import application
from ionqdsl.read.openqasm.scope import QasmScope, Value, Variable
from ionqdsl.read.openqasm.subroutines import within

LINE = re.compile(r"([A-Za-z_]\w*[ ]?(?:\(.*\))?)[ \t]++([^()]*);")
"""A plain gate line: the gate with its arguments, its operands."""
OPERAND = re.compile(r"\b([A-Za-z_]\w*+)\[(\d++)\]")
_LONGEST = 10_000
"""The most characters of a line that is not left to the grammar, which limits the work for one statement."""


class PlainLines(NamedTuple):
    """Places plain lines of a scope while so many names, gates and files are known."""

    scope: QasmScope
    known: tuple[int, ...]
    gates: PlainGates


class LinesReader(Protocol):
    """The methods of the program reader that runs of lines use: see program.py."""

    circuit: FlatCircuit
    expander: Expander
    version: int
    measured: dict[int, Span]
    templates: dict[Any, Template]
    steps: int
    depth: int
    library: dict[str, str]
    own: dict[str, DefinedGate]
    opaque: dict[str, Span]
    plain: PlainLines | None

    @property
    def is_outermost(self) -> bool: ...
    def spend(self, steps: int, span: Span) -> None: ...
    def add_plain(self, rows: PlainRows, waits: bool) -> None: ...
    def application(self, node: tree.QuantumGate, scope: QasmScope) -> None: ...
    def template(self, node: tree.QuantumGate, scope: QasmScope, limit: int | None = None) -> Template: ...
    def find(self, name: Name, limit: int | None = None) -> DefinedGate | str: ...
    def place(self, template: Template, qubits: list[int], node: Any) -> None: ...
    def is_undeclared_native(self, name: str) -> bool: ...


def lines(reading: LinesReader, node: tree.GateLines, scope: QasmScope) -> None:
    """Adds the rows of all lines, in order. Raises CompileError for the first that is an error."""
    run, slow = run_of(node), _Heads(reading, scope)
    plain = None if reading.measured else _plain_gates(reading, node, scope)
    if plain is None:
        for piece, place in pieces(run):
            for text, start, end in texts(piece, place):
                slow.place(text, Span(run.source, start, end))
        return
    is_long = run.is_long and reading.is_outermost
    for part in plain.read(run):
        if isinstance(part, PlainRows):
            reading.add_plain(part, is_long)
        else:
            slow.place(part.text, Span(run.source, part.start, part.end))


class _Heads:
    """Lines whose arguments the grammar reads: each distinct gate with its arguments is expanded once."""

    def __init__(self, reading: LinesReader, scope: QasmScope) -> None:
        self._reading, self._scope = reading, scope
        self._heads: dict[str, tuple[Template, tree.QuantumGate]] = {}
        self._registers: dict[str, tuple[int, ...]] = {}

    def place(self, text: str, span: Span) -> None:
        """Adds the rows of a line. Raises CompileError."""
        reading, match = self._reading, LINE.fullmatch(text)
        assert match is not None
        head, operands = match.groups()
        if head not in self._heads:
            node = application(text, span.source, span.start, reading.version)
            self._heads[head] = reading.template(node, self._scope), node
        template, first = self._heads[head]
        qubits = []
        for name, index in OPERAND.findall(operands):
            if name not in self._registers:
                self._registers[name] = _register(self._scope, name)
            if int(index) >= len(self._registers[name]):
                break
            qubits.append(self._registers[name][int(index)])
        if len(qubits) != template.width or len(set(qubits)) != len(qubits) or len(text) > _LONGEST:
            reading.application(application(text, span.source, span.start, reading.version), self._scope)
            return
        reading.place(template, qubits, tree.QuantumGate((), first.gate, (), (), span))


def _register(scope: QasmScope, name: str) -> tuple[int, ...]:
    wires = scope.find(name)
    return wires.qubits if isinstance(wires, NamedQubits) and not wires.scalar else ()


def _plain_gates(reading: LinesReader, node: tree.GateLines, scope: QasmScope) -> PlainGates:
    """Names and gates are only added, so nothing else has a new meaning as long as there are as many."""
    known = scope.size, len(reading.own), len(reading.library), len(reading.opaque)
    if reading.plain is None or reading.plain.scope is not scope or reading.plain.known != known:
        register, form = partial(_register, scope), partial(_form, reading, node.span, scope)
        reading.plain = PlainLines(scope, known, PlainGates(form, register, scope.find("pi") is None))
    return reading.plain.gates


def _form(reading: LinesReader, place: Span, scope: QasmScope, gate: str, units: Units) -> GateForm | None:
    """The form of a gate; None if it has none, or if every expansion of its definition has a diagnostic."""
    arguments, inner = symbols(units), scope.child()
    inner.names |= {name: Variable(None, Value("float", value), True) for name, value in arguments.items()}
    given = tuple([tree.Identifier(name, place) for name in arguments])
    call = tree.QuantumGate((), Name(gate, place), given, (), place)
    steps, depth, notes, known = reading.steps, reading.depth, len(scope.noticed), len(reading.templates)
    try:
        template = reading.template(call, inner)
        is_native = reading.is_undeclared_native(gate)
        found = None if is_native else reading.find(call.gate)
        kinds = set() if is_native else _modifiers(reading, call.gate, None, set())
    except CompileError:
        reading.depth = depth
        return None
    finally:
        reading.steps = steps
        if says_more := len(scope.noticed) > notes:  # as the first call will say again
            del scope.noticed[notes:]
            for key in [*reading.templates][known:]:
                del reading.templates[key]
    own = found.same_as if isinstance(found, DefinedGate) and found.is_native else None
    if own is not None and [op.gate for op in template.rows] != [NAMES["native"][own]]:
        return None  # a native row for some arguments, and the rows of the definition for others
    return None if says_more or kinds & FORMLESS else linear(template, not kinds)


def _modifiers(reading: LinesReader, name: Name, limit: int | None, seen: set[int]) -> set[str]:
    """The kinds of modifiers in a gate's definition and in those that it calls."""
    gate = reading.find(name, limit)
    if isinstance(gate, str):
        return modifiers_of(reading.expander.library, gate, "qis")
    if id(gate) in seen:
        return set()
    seen.add(id(gate))
    body = gate.node.body
    kinds = {modifier.kind for part in within(body) for modifier in getattr(part, "modifiers", ())}
    names = {parameter.text for parameter in gate.node.parameters}
    kinds |= {PARTIAL for part in walk(body) if names and _is_partial(part, names)}
    inner: Iterable[Name] = [one for one in called(body) if one.text != "gphase"]
    return kinds.union(*[_modifiers(reading, one, gate.before, seen) for one in inner])


def _is_partial(part: Any, names: set[str]) -> bool:
    """Whether a part of a gate's body may be an error for some values of its parameters, or may change them."""
    match part:
        case tree.BinaryExpression():
            return part.operator not in TOTAL and _mentions(part.right if part.operator == "/" else part, names)
        case tree.FunctionCall() | tree.Cast() | tree.IndexExpression():
            return _mentions(part, names)
        case tree.Declaration() | tree.Assignment() | tree.ForInLoop():
            return True
    return False


def _mentions(node: Any, names: set[str]) -> bool:
    return any(isinstance(part, tree.Identifier) and part.name in names for part in walk(node))
