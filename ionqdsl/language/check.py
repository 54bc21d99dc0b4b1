"""Checks the names and shapes of a program before anything is evaluated.

Takes a syntax tree and returns diagnostics for the whole text, including branches that are never taken: unknown names,
gates called with the wrong arguments, duplicate or recursive definitions, misplaced statements. Errors that depend on
values (indices, sizes, units) are found by lower.py.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.keywords import KEYWORDS, UNCALLABLE
from ionqdsl.language import expectations, lines, structure, syntax
from ionqdsl.language.evaluate import CONSTANTS, RESERVED, Suggestions
from ionqdsl.language.functions import FUNCTIONS
from ionqdsl.language.gate_operands import Qubits, first_line, foreign, hidden, opened, wrong_count
from ionqdsl.language.library import Library, is_builtin
from ionqdsl.language.lower.blocks import ENERGY_KEYS
from ionqdsl.language.recover import FOREIGN
from ionqdsl.language.recursion import circles
from ionqdsl.record import fresh, record


@record(frozen=False)
class _Names:
    """Names visible at a place, inner ones first, with the places of their definitions."""

    own: dict[str, Span | None] = fresh(default_factory=dict)
    outer: _Names | None = None

    def __contains__(self, name: str) -> bool:
        return name in self.own or (self.outer is not None and name in self.outer)

    def all(self) -> list[str]:
        return [*self.own, *(self.outer.all() if self.outer else [])]


@record(frozen=False)
class _Check:
    library: Library
    lost: frozenset[str]
    circuits: dict[str, syntax.CircuitDefinition] = fresh(default_factory=dict)
    diagnostics: list[Diagnostic] = fresh(default_factory=list)
    broken: set[Span] = fresh(default_factory=set)
    suggest: Suggestions = fresh(default_factory=Suggestions)
    is_test: bool = False
    """Whether this is the body of a test, which may call circuits."""
    registers: set[str] = fresh(default_factory=set)

    def report(self, code: str, span: Span, *labels: tuple[Span, str], at: Span | None = None, **facts: Any) -> None:
        """Notes a fault; `at` is the statement to skip from then on."""
        self.diagnostics.append(Diagnostic(code, span, facts, labels))
        if at is not None:
            self.broken.add(at)

    def found(self, diagnostics: list[Diagnostic], at: Span) -> None:
        """Notes faults that others found in the statement at a place."""
        if diagnostics:
            self.diagnostics += diagnostics
            self.broken.add(at)


def check(file: syntax.File, lost: frozenset[str] = frozenset()) -> tuple[list[Diagnostic], frozenset[Span]]:
    """Every fault of names and shapes, and the spans of the statements and items that have one.

    `lost` are names of statements that could not be read: no fault is reported about them.
    """
    gates: dict[str, syntax.GateDefinition] = {}
    circuits: dict[str, syntax.CircuitDefinition] = {}
    state = _Check(Library(gates), lost, circuits)
    names = _Names()
    _definitions(file, state, gates, circuits, names)
    for fault, at in structure.faults(file, circuits):
        state.diagnostics.append(fault)
        state.broken.add(at)
    for gate in gates.values():
        _gate(gate, state, names)
    _recursion(gates, state)
    for circuit in circuits.values():
        for parameter in circuit.parameters:
            _sent(parameter.name, state, circuit.span)
        inner = _Names({}, _formals(circuit.parameters, state, names))
        _body(circuit.body, state, inner, "qis", circuit.span)
    bare = _Names({}, names)
    gateset = "qis"
    for item in file.items:
        if isinstance(item, structure.BARE):
            if isinstance(item, syntax.GatesetStatement) and item.gateset.text == "native":
                gateset = "native"
            _statement(item, state, bare, gateset, "")
        elif isinstance(item, syntax.Test):
            _test(item, state, names)
        else:
            _item(item, state, names)
    return state.diagnostics, frozenset(state.broken)


def _definitions(
    file: syntax.File,
    state: _Check,
    gates: dict[str, syntax.GateDefinition],
    circuits: dict[str, syntax.CircuitDefinition],
    names: _Names,
) -> None:
    """The definitions at a file's top level."""
    for item in file.items:
        match item:
            case syntax.GateDefinition(name=name):
                if is_builtin(name.text):
                    state.report("QC0228", name.span, name=name.text, at=item.span)
                elif name.text in gates:
                    state.report(
                        "QC0220", name.span, (gates[name.text].name.span, "first"), name=name.text, at=item.span
                    )
                else:
                    gates[name.text] = item
            case syntax.CircuitDefinition(name=name):
                if name.text in circuits:
                    first = circuits[name.text].name.span
                    state.report("QC0220", name.span, (first, "first"), name=name.text, at=item.span)
                else:
                    circuits[name.text] = item
            case syntax.Const(name=name) | syntax.HamiltonianDefinition(name=name):
                _define(name, state, names, item.span)
            case syntax.Param(declarator=declarator):
                _sent(declarator.name, state, item.span)
                _define(declarator.name, state, names, item.span)


def _define(name: syntax.Name, state: _Check, names: _Names, at: Span) -> None:
    """Adds a name to a block's own names; each is defined once."""
    _variable(name, state, at)
    first = names.own.setdefault(name.text, name.span)
    if first is not None and first != name.span:
        state.report("QC0220", name.span, (first, "first"), name=name.text, at=at)


def _variable(name: syntax.Name, state: _Check, at: Span | None) -> None:
    if name.text in RESERVED:
        state.report("QC0228", name.span, name=name.text, at=at)


def _loop_names(target: syntax.Target, state: _Check, outer: _Names, at: Span | None) -> _Names:
    """The names inside a loop, a comprehension or a run."""
    names = _Names({}, outer)
    for name in syntax.names_of(target):
        _variable(name, state, at)
        first = names.own.setdefault(name.text, name.span)
        if first is not None and first != name.span:
            state.report("QC0220", name.span, (first, "first"), name=name.text, at=at)
    return names


def _formals(parameters: tuple[syntax.FormalParameter, ...], state: _Check, outer: _Names) -> _Names:
    """The parameters of a gate or circuit as names, for its body."""
    names = _Names({}, outer)
    with_default: Span | None = None
    for parameter in parameters:
        if parameter.default is not None:
            _expression(parameter.default, state, names)
            with_default = parameter.span
        elif with_default is not None:
            state.report("QC0229", parameter.span, (with_default, "default"), name=parameter.name.text)
        _define(parameter.name, state, names, parameter.span)
    return names


def _sent(name: syntax.Name, state: _Check, at: Span) -> None:
    """The name of a value that may stay open: formulas that are sent contain it, in which `e` is Euler's number."""
    if name.text in CONSTANTS and name.text not in RESERVED:
        state.report("QC0228", name.span, name=name.text, at=at)


def _gate(gate: syntax.GateDefinition, state: _Check, names: _Names) -> None:
    visible = _formals(gate.parameters, state, names)
    operands = _Names()
    for operand in gate.operands:
        _define(operand.name, state, operands, gate.span)
        if operand.size is not None:
            _expression(operand.size, state, visible, gate.span)
        if operand.is_register:  # expressions see it, for its length
            _define(operand.name, state, visible, gate.span)
    qubits = {operand.name.text: operand for operand in gate.operands}
    _gate_body(gate.body, state, _Names({}, visible), "qis", gate, qubits)


def _gate_body(
    body: tuple[Any, ...], state: _Check, names: _Names, gateset: str, gate: syntax.GateDefinition, qubits: Qubits
) -> None:
    """The statements of a gate; `qubits` are the operands and aliases they see."""
    before = len(state.diagnostics)
    for node in opened(body):
        match node:
            case syntax.Application() if node.gate.text in UNCALLABLE:
                state.broken.add(gate.span)  # reported while reading
            case syntax.Application():
                _application(node, state, names, gateset)
                _own_operands(node, state, names, gate, qubits)
                if node.span not in state.broken:
                    state.found(wrong_count(node, state.library, gateset, qubits), node.span)
            case syntax.Const():
                _expression(node.value, state, names)
                _define(node.name, state, names, node.span)
                state.found(hidden([node.name], qubits), node.span)
            case syntax.Alias():
                _own_operands(node, state, names, gate, qubits)
                _define(node.name, state, names, node.span)
                state.found(hidden([node.name], qubits, also_single=True), node.span)
                qubits = {**qubits, node.name.text: syntax.OperandFormal(node.name, True, None, node.span)}
            case syntax.For():
                _expression(node.iterable, state, names)
                state.found(hidden(syntax.names_of(node.target), qubits), node.span)
                _gate_body(node.body, state, _loop_names(node.target, state, names, node.span), gateset, gate, qubits)
            case syntax.If():
                for link in node.chain:
                    _expression(link.condition, state, names)
                    _gate_body(link.then, state, _Names({}, names), gateset, gate, qubits)
                _gate_body(link.otherwise, state, _Names({}, names), gateset, gate, qubits)
            case syntax.GateBlock(kind="native"):
                _gate_body(node.body, state, _Names({}, names), "native", gate, qubits)
            case syntax.Assert():
                _assert(node, state, names)
            case _:
                what = "param" if isinstance(node, syntax.Param) else structure.head(node.span).text
                state.report("QC0407", node.span, what=what, gate=gate.name.text)
    if len(state.diagnostics) > before:
        state.broken.add(gate.span)


def _own_operands(
    node: syntax.Application | syntax.Alias,
    state: _Check,
    names: _Names,
    gate: syntax.GateDefinition,
    qubits: Qubits,
) -> None:
    """The operands of a statement in a gate, and the values in their indices."""
    state.found(foreign(node, gate, qubits), node.span)
    for operand in node.operands:
        for item in operand.items or ():
            _expression(item, state, names)


def _recursion(gates: dict[str, syntax.GateDefinition], state: _Check) -> None:
    """Gates that call themselves, directly or through others."""
    found, members = circles(gates)
    for circle in found:
        state.report("QC0230", circle.place, chain=circle.chain, at=gates[circle.caller].span)
    state.broken.update(gates[name].span for name in members)


# --- circuits --------------------------------------------------------------------------------------------------------


def _body(body: tuple[Any, ...], state: _Check, names: _Names, gateset: str, circuit: Span) -> None:
    for node in body:
        if isinstance(node, syntax.GatesetStatement) and node.gateset.text == "native":
            gateset = "native"
        _statement(node, state, names, gateset, "")


def _block(body: tuple[Any, ...], state: _Check, names: _Names, gateset: str, kind: str) -> None:
    for node in body:
        _statement(node, state, names, gateset, kind)


def _statement(node: Any, state: _Check, names: _Names, gateset: str, kind: str) -> None:
    """One statement of a circuit, inside a block of some kind ("" at the circuit's top)."""
    match node:
        case syntax.Application() if node.gate.text in UNCALLABLE:
            state.broken.add(node.span)  # reported while reading
        case syntax.Application() if state.is_test and node.gate.text in state.circuits and expectations.called(node):
            for argument in node.arguments:
                _expression(argument.value, state, names, node.span)
            names.own.update(dict.fromkeys(expectations.qubit_names(state.circuits[node.gate.text].body)))
            state.registers |= expectations.registers(state.circuits[node.gate.text].body)
        case syntax.Application():
            _application(node, state, names, gateset)
            for operand in node.operands:
                _operand(operand, state, names, node.span)
        case syntax.Qubits() | syntax.RegisterStatement() | syntax.GatesetStatement() if kind == "for":
            state.report("QC0423", node.span, what=structure.head(node.span).text, at=node.span)
            if isinstance(node, syntax.Qubits):
                names.own.update({declarator.name.text: None for declarator in node.declarators})
        case syntax.Qubits():
            for declarator in node.declarators:
                if declarator.size is not None:
                    _expression(declarator.size, state, names, node.span)
                _define(declarator.name, state, names, node.span)
        case syntax.Alias():
            for operand in node.operands:
                _operand(operand, state, names, node.span)
            _define(node.name, state, names, node.span)
        case syntax.Const():
            _expression(node.value, state, names, node.span)
            _define(node.name, state, names, node.span)
        case syntax.For():
            _expression(node.iterable, state, names, node.span)
            _block(node.body, state, _loop_names(node.target, state, names, node.span), gateset, "for")
        case syntax.If():
            for link in node.chain:
                _expression(link.condition, state, names, link.span)
                _block(link.then, state, _Names({}, names), gateset, kind or "if")
            _block(link.otherwise, state, _Names({}, names), gateset, kind or "if")
        case syntax.GateBlock():
            inner = "native" if node.kind == "native" else gateset
            _block(node.body, state, _Names({}, names), inner, kind or node.kind)
        case syntax.Barrier() | syntax.RegisterStatement():
            for operand in node.operands:
                if operand.name is not None or isinstance(node, syntax.Barrier):
                    _operand(operand, state, names, node.span)
        case syntax.Assert():
            _assert(node, state, names)
        case syntax.Expect():
            _expect(node, state, names)
        case syntax.Lines():
            _lines(node, state, names, gateset, kind)
        case syntax.Param():
            state.report("QC0405", node.span, name=node.declarator.name.text, at=node.span)
            names.own.setdefault(node.declarator.name.text, None)


def _lines(node: syntax.Lines, state: _Check, names: _Names, gateset: str, kind: str) -> None:
    """Plain lines: their names in bulk, and one by one if a name is unknown."""
    gates, registers = lines.names(node)
    known = all(state.library.signature(gate, gateset) is not None and gate not in FOREIGN for gate in gates)
    if not known or not all(register in names for register in registers):
        for statement in lines.applications(node):
            _statement(statement, state, names, gateset, kind)


def _assert(node: syntax.Assert, state: _Check, names: _Names) -> None:
    for part in (node.condition, node.message):
        if part is not None:
            _expression(part, state, names, node.span)


def _operand(operand: syntax.Operand, state: _Check, names: _Names, at: Span) -> None:
    if operand.name is None:
        state.report("QC0225", operand.span, at=at)
        return
    if operand.name in KEYWORDS:  # plain gate lines may contain them
        name = Span(operand.span.source, operand.span.start, operand.span.start + len(operand.name))
        state.report("QC0103", name, word=operand.name, at=at)
    elif operand.name not in names and operand.name not in state.lost:
        suggestion = state.suggest(operand.name, names.all)
        start = operand.span.start
        span = Span(operand.span.source, start, start + len(operand.name))
        state.report("QC0231", span, name=operand.name, suggestion=suggestion, at=at)
    for item in operand.items or ():
        _expression(item, state, names, at)


def _application(node: syntax.Application, state: _Check, names: _Names, gateset: str) -> None:
    for modifier in node.modifiers:
        if modifier.argument is not None:
            _expression(modifier.argument, state, names, node.span)
    for argument in node.arguments:
        _expression(argument.value, state, names, node.span)
    name = node.gate.text
    if name in FOREIGN and name not in state.library.own:
        state.report("QC0112", node.gate.span, word=name, instead=FOREIGN[name], at=node.span)
        names.own.update(
            {operand.name: None for operand in node.operands if operand.name}
        )  # `qreg q[2]` means to declare q
        return
    if name == "gphase" or name in state.lost:
        return
    signature = state.library.signature(name, gateset)
    if signature is not None:
        return
    if name in state.circuits:
        circuit = state.circuits[name]
        label = circuit.name.span, "circuit"
        state.report("QC0237", node.gate.span, label, name=name, gate=first_line(circuit), at=node.span)
        return
    other = "native" if gateset == "qis" else "qis"
    if state.library.signature(name, other) is not None:
        state.report("QC0204" if gateset == "qis" else "QC0205", node.gate.span, gate=name, at=node.span)
        return
    suggestion = state.suggest(name, lambda: state.library.names(gateset))
    state.report("QC0202", node.gate.span, gate=name, suggestion=suggestion, at=node.span)


# --- tests -----------------------------------------------------------------------------------------------------------


def _test(node: syntax.Test, state: _Check, names: _Names) -> None:
    for loop in node.loops:
        _expression(loop.iterable, state, names, node.span)
        names = _loop_names(loop.target, state, names, node.span)
    state.is_test, state.registers = True, expectations.registers(node.body)
    _body(node.body, state, _Names({}, names), "qis", node.span)
    state.is_test, state.registers = False, set()


def _expect(node: syntax.Expect, state: _Check, names: _Names) -> None:
    parts = expectations.parts_of(node)
    for fault in parts.faults:
        state.report(fault.code, fault.span or node.span, at=node.span, **fault.facts)
    for part in parts.expressions:
        _expression(part, state, names, node.span)
    for operand in parts.operands:
        if operand.name not in state.registers or operand.items is not None:
            _operand(operand, state, names, node.span)
    known = [expectations.IDENTITY, *state.circuits]
    for circuit in parts.circuits:
        if circuit.text not in known and circuit.text not in state.lost:
            suggestion = state.suggest(circuit.text, lambda: known)
            state.report("QC0452", circuit.span, name=circuit.text, suggestion=suggestion, at=node.span)


# --- items -----------------------------------------------------------------------------------------------------------


def _item(item: Any, state: _Check, names: _Names) -> None:
    match item:
        case syntax.Const() | syntax.HamiltonianDefinition():
            _expression(item.value, state, names, item.span)
        case syntax.Param():
            for part in (item.declarator.size, item.value):
                if part is not None:
                    _expression(part, state, names, item.span)
        case syntax.SettingsBlock():
            _settings(item.settings, state, names, item.kind)
        case syntax.Run():
            for run in item.items:
                _run_item(run, state, names)


def _run_item(run: syntax.RunItem, state: _Check, names: _Names) -> None:
    name = run.circuit.text
    if name not in state.circuits and name not in state.lost:
        suggestion = state.suggest(name, lambda: list(state.circuits))
        state.report("QC0414", run.circuit.span, name=name, suggestion=suggestion, at=run.span)
    if run.iterable is not None:
        _expression(run.iterable, state, names, run.span)
    inner = _loop_names(run.target, state, names, run.span) if run.target is not None else names
    for argument in run.arguments or ():
        _expression(argument.value, state, inner, run.span)


def _settings(settings: tuple[syntax.SettingEntry, ...], state: _Check, names: _Names, kind: str) -> None:
    for setting in settings:
        if isinstance(setting.value, tuple):
            _settings(setting.value, state, names, "")
        elif not (kind == "energy" and setting.key.text == "ansatz" and "ansatz" in ENERGY_KEYS):
            _expression(setting.value, state, names, setting.span)


# --- expressions -----------------------------------------------------------------------------------------------------


def _expression(node: Any, state: _Check, names: _Names, at: Span | None = None) -> None:
    """Every name an expression uses; walked with a list, as sums may be long."""
    todo: list[tuple[Any, _Names]] = [(node, names)]
    while todo:
        part, is_known = todo.pop()
        match part:
            case syntax.Reference(name=name):
                if name not in is_known and name not in CONSTANTS and name not in state.lost:
                    suggestion = state.suggest(name, lambda: [*is_known.all(), *CONSTANTS])  # noqa: B023
                    state.report("QC0201", part.span, name=name, suggestion=suggestion, at=at)
            case syntax.Call():
                if part.function.text in expectations.QUANTITIES and part.function.text not in FUNCTIONS:
                    state.report("QC0451", part.function.span, name=part.function.text, at=at)
                elif part.function.text not in FUNCTIONS and part.function.text != "env":
                    suggestion = state.suggest(part.function.text, lambda: list(FUNCTIONS))
                    state.report("QC0315", part.function.span, name=part.function.text, suggestion=suggestion, at=at)
                todo += [(argument.value, is_known) for argument in part.arguments]
            case syntax.Unary():
                todo.append((part.operand, is_known))
            case syntax.Binary():
                todo += [(part.right, is_known), (part.left, is_known)]
            case syntax.Conditional():
                todo += [(part.then, is_known), (part.condition, is_known), (part.otherwise, is_known)]
            case syntax.ListExpression() | syntax.TupleExpression():
                todo += [(item, is_known) for item in part.items]
            case syntax.Comprehension():
                inner = is_known
                for clause in part.clauses:
                    todo.append((clause.iterable, inner))
                    inner = _loop_names(clause.target, state, inner, at)
                    todo += [(condition, inner) for condition in clause.conditions]
                todo.append((part.item, inner))
            case syntax.Field():
                todo.append((part.value, is_known))
            case syntax.Index():
                todo += [(part.value, is_known), *((item, is_known) for item in part.items)]
            case syntax.Slice():
                todo += [(bound, is_known) for bound in (part.start, part.stop, part.step) if bound is not None]
