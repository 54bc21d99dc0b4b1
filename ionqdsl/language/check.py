"""Checks the names and shapes of a program before anything is evaluated.

Takes a syntax tree and returns diagnostics for the whole text, including branches that are never taken: unknown names,
gates called with the wrong arguments, duplicate or recursive definitions, misplaced statements. Errors that depend on
values (indices, sizes, units) are found by lower/.
"""

from __future__ import annotations

from ionqdsl.diagnostics import Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MEASURE
from ionqdsl.ir.keywords import KEYWORDS, UNCALLABLE
from ionqdsl.language import expectations, lines, measurements, standard, structure, syntax
from ionqdsl.language.evaluate import CONSTANTS
from ionqdsl.language.gate_operands import GateQubits, first_line, opened
from ionqdsl.language.library import Library, is_builtin
from ionqdsl.language.lower.blocks import ENERGY_KEYS
from ionqdsl.language.naming import (
    Check,
    Names,
    define,
    define_function,
    expression,
    formals,
    function_body,
    loop_names,
    sent,
)
from ionqdsl.language.recursion import calls_of, circles
from ionqdsl.language.slips.applications import (
    as_statement,
    declared,
    leftmost,
    qubits_in_parentheses,
    root,
    unknown_gate,
    whole_register,
)
from ionqdsl.language.slips.words import FOREIGN
from ionqdsl.record import Any, lazy_pattern


def check(file: syntax.File, lost: frozenset[str] = frozenset()) -> tuple[list[Diagnostic], frozenset[Span]]:
    """Every fault of names and shapes, and the spans of the statements and items that have one.

    `lost` are names of statements that could not be read: no fault is reported about them.
    """
    gates: dict[str, syntax.GateDefinition] = {}
    circuits: dict[str, syntax.CircuitDefinition] = {}
    state = Check(Library(gates), lost, circuits)
    names = Names()
    _definitions(file, state, gates, circuits, names)
    declared = [declarator for item in file.items if isinstance(item, syntax.Qubits) for declarator in item.declarators]
    state.bare_qubits = frozenset(declarator.name.text for declarator in declared)
    state.items = file.items
    for fault, at in structure.faults(file, circuits):
        state.diagnostics.append(fault)
        state.broken.add(at)
    for gate in gates.values():
        _gate(gate, state, names)
    _recursion(gates, state)
    _functions(file, state, names)
    for circuit in circuits.values():
        for parameter in circuit.parameters:
            sent(parameter.name, state, circuit.span)
        inner = Names({}, formals(circuit.parameters, state, names))
        _body(circuit.body, state, inner, "qis")
    bare = Names({}, names)
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
    state: Check,
    gates: dict[str, syntax.GateDefinition],
    circuits: dict[str, syntax.CircuitDefinition],
    names: Names,
) -> None:
    """The definitions at a file's top level."""
    for item in file.items:
        match item:
            case syntax.GateDefinition(name=name):
                if is_builtin(name.text):
                    state.report("QC0228", name.span, name=name.text, kind="gate", at=item.span)
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
            case syntax.FunctionDefinition():
                define_function(item, state, names)
            case syntax.HamiltonianDefinition() if item.parameters is not None:
                define_function(item, state, names)
            case syntax.Const(name=name) | syntax.HamiltonianDefinition(name=name):
                define(name, state, names, item.span)
            case syntax.Param(declarator=declarator):
                sent(declarator.name, state, item.span)
                define(declarator.name, state, names, item.span)


def _gate(gate: syntax.GateDefinition, state: Check, names: Names) -> None:
    visible = formals(gate.parameters, state, names)
    operands = Names()
    for operand in gate.operands:
        define(operand.name, state, operands, gate.span)
        if operand.size is not None:
            expression(operand.size, state, visible, gate.span)
        if operand.is_register:  # expressions see it, for its length
            define(operand.name, state, visible, gate.span)
    used, header = qubits_in_parentheses(gate)
    if used is not None:
        state.report("QC0213", used, gate=gate.name.text, operand=used.text, fixed=header, at=gate.span)
        return
    before = len(state.diagnostics)
    qubits = GateQubits(gate, {operand.name.text: operand for operand in gate.operands})
    _gate_body(gate.body, state, Names({}, visible), "qis", qubits)
    if len(state.diagnostics) > before:
        state.broken.add(gate.span)


def _gate_body(body: tuple[Any, ...], state: Check, names: Names, gateset: str, qubits: GateQubits) -> None:
    """The statements of a gate; `qubits` are those they see."""
    for node in opened(body):
        match node:
            case syntax.Application():
                _gate_line(node, state, names, gateset, qubits)
            case syntax.Const():
                expression(node.value, state, names)
                define(node.name, state, names, node.span)
                state.found(qubits.hidden([node.name]), node.span)
            case syntax.Alias():
                _own_operands(node, state, names, qubits)
                define(node.name, state, names, node.span)
                state.found(qubits.hidden([node.name], also_single=True), node.span)
                qubits = qubits.with_alias(node)
            case syntax.For():
                expression(node.iterable, state, names)
                state.found(qubits.hidden(syntax.names_of(node.target)), node.span)
                _gate_body(node.body, state, loop_names(node.target, state, names, node.span), gateset, qubits)
            case syntax.If():
                for link in node.chain:
                    expression(link.condition, state, names)
                    _gate_body(link.then, state, Names({}, names), gateset, qubits)
                _gate_body(link.otherwise, state, Names({}, names), gateset, qubits)
            case syntax.GateBlock(kind="native"):
                _gate_body(node.body, state, Names({}, names), "native", qubits)
            case syntax.Assert():
                _simple(node, state, names)
            case _:
                what = "param" if isinstance(node, syntax.Param) else structure.head(node.span).text
                state.report("QC0407", node.span, what=what, gate=qubits.gate.name.text)


def _gate_line(node: syntax.Application, state: Check, names: Names, gateset: str, qubits: GateQubits) -> None:
    """A gate on qubits of the gate that applies it."""
    if node.gate.text in UNCALLABLE:
        state.broken.add(qubits.gate.span)  # reported while reading
        return
    if measurements.is_word(node, state.library):
        state.found([*measurements.faults(node, is_gate=True)], node.span)
        return
    _application(node, state, names, gateset)
    _own_operands(node, state, names, qubits)
    if node.span not in state.broken:
        state.found(qubits.wrong_count(node, state.library, gateset), node.span)


def _own_operands(node: syntax.Application | syntax.Alias, state: Check, names: Names, qubits: GateQubits) -> None:
    """The operands of a statement in a gate, and the values in their indices."""
    state.found(qubits.foreign(node.operands), node.span)
    for operand in node.operands:
        for item in operand.items or ():
            expression(item, state, names)


def _recursion(gates: dict[str, syntax.GateDefinition], state: Check) -> None:
    """Gates that call themselves, directly or through others."""
    found, members = circles(calls_of(gates))
    for circle in found:
        state.report("QC0230", circle.place, chain=circle.chain, at=gates[circle.caller].span)
    state.broken.update(gates[name].span for name in members)


def _functions(file: syntax.File, state: Check, names: Names) -> None:
    """The expressions of functions, and those that call themselves, directly or through others."""
    calls: dict[str, list[tuple[str, Span]]] = {}
    for item in file.items:
        if syntax.is_function(item) and names.function(item.name.text) is item:
            before = len(state.called)
            function_body(item, state, names)
            calls[item.name.text] = state.called[before:]
    found, members = circles(calls)
    places = {name: function.span for name, function in (names.functions or {}).items()}
    for circle in found:
        state.report("QC0325", circle.place, chain=circle.chain, at=places[circle.caller])
    state.broken.update(places[name] for name in members)


# --- circuits --------------------------------------------------------------------------------------------------------


def _body(body: tuple[Any, ...], state: Check, names: Names, gateset: str) -> None:
    for node in body:
        if isinstance(node, syntax.GatesetStatement) and node.gateset.text == "native":
            gateset = "native"
        _statement(node, state, names, gateset, "")


def _block(body: tuple[Any, ...], state: Check, names: Names, gateset: str, kind: str) -> None:
    for node in body:
        _statement(node, state, names, gateset, kind)


def _statement(node: Any, state: Check, names: Names, gateset: str, kind: str) -> None:
    """One statement of a circuit, inside a block of some kind ("" at the circuit's top)."""
    if kind == "for" and _is_declaration(node):
        facts = {}
        if isinstance(node, syntax.MeasureStatement):  # once before the loop would be another program
            facts = {"register": node.name.text, "measured": node.operands[0].span.text}
        state.report("QC0423", node.span, what=structure.head(node.span).text, at=node.span, **facts)
        names.own.update({part.text: None for part in syntax.parts(node) if isinstance(part, syntax.Name)})
        return
    match node:
        case syntax.Application():
            _gate_or_circuit(node, state, names, gateset)
        case syntax.HamiltonianDefinition() if node.parameters is not None:
            function_body(node, state, names)
            define_function(node, state, names)
        case syntax.For():
            expression(node.iterable, state, names, node.span)
            _block(node.body, state, loop_names(node.target, state, names, node.span), gateset, "for")
        case syntax.If():
            for link in node.chain:
                expression(link.condition, state, names, link.span)
                _block(link.then, state, Names({}, names), gateset, kind or "if")
            _block(link.otherwise, state, Names({}, names), gateset, kind or "if")
        case syntax.GateBlock():
            inner = "native" if node.kind == "native" else gateset
            _block(node.body, state, Names({}, names), inner, kind or node.kind)
        case syntax.Expect():
            _expect(node, state, names)
        case syntax.Lines():
            _lines(node, state, names, gateset, kind)
        case syntax.Param():
            state.report("QC0405", node.span, name=node.declarator.name.text, at=node.span)
            names.own.setdefault(node.declarator.name.text, None)
        case _:
            _simple(node, state, names)


def _is_declaration(node: Any) -> bool:
    """Whether a statement declares something for a whole circuit, which no loop repeats."""
    if isinstance(node, syntax.MeasureStatement):
        return node.declares
    return isinstance(node, syntax.Qubits | syntax.RegisterStatement | syntax.SlotsStatement | syntax.GatesetStatement)


def _simple(node: Any, state: Check, names: Names) -> None:
    """A statement without a block: the names it uses, and those it defines."""
    if isinstance(node, syntax.MeasureStatement) and not (
        node.declares or node.name.text in names or node.name.text in state.lost
    ):
        state.report("QC0335", node.name.span, name=node.name.text, undeclared=node.name.text, at=node.span)
    for part in syntax.parts(node):
        match part:
            case syntax.Name():
                define(part, state, names, node.span)
            case syntax.Operand():
                _operand(part, state, names, node.span)
            case _:
                expression(part, state, names, node.span)


def _gate_or_circuit(node: syntax.Application, state: Check, names: Names, gateset: str) -> None:
    """A gate on its operands, `reset`, or a circuit as the statement of a test."""
    name = node.gate.text
    if name in UNCALLABLE:
        state.broken.add(node.span)  # reported while reading
        return
    if state.is_test and name in state.circuits and expectations.called(node):
        for argument in node.arguments:
            expression(argument.value, state, names, node.span)
        names.own.update(dict.fromkeys(expectations.qubit_names(state.circuits[name].body)))
        state.registers |= expectations.registers(state.circuits[name].body)
        return
    if measurements.is_word(node, state.library):
        state.found([*measurements.faults(node)], node.span)
    else:
        _application(node, state, names, gateset)
    for operand in node.operands:
        _operand(operand, state, names, node.span)


def _lines(node: syntax.Lines, state: Check, names: Names, gateset: str, kind: str) -> None:
    """Plain lines: their names in bulk, and one by one if a name is unknown."""
    gates, registers = lines.names(node)
    known = all(state.library.signature(gate, gateset) is not None and gate not in FOREIGN for gate in gates)
    if not known or not all(register in names for register in registers):
        for statement in lines.applications(node):
            _statement(statement, state, names, gateset, kind)


_ELEMENT = lazy_pattern(r"([A-Za-z_]*[A-Za-z])_?([0-9]+)")
"""A qubit such as `q0`, as some languages name those of a register `q`."""


def _operand(operand: syntax.Operand, state: Check, names: Names, at: Span) -> None:
    if operand.name is None:
        state.report("QC0225", operand.span, at=at)
        return
    if operand.name in KEYWORDS and operand.name not in names:  # plain gate lines may contain them
        name = Span(operand.span.source, operand.span.start, operand.span.start + len(operand.name))
        state.report("QC0103", name, word=operand.name, at=at)
    elif operand.name == MEASURE and operand.name not in names:
        state.report("QC0131", operand.span, at=at)  # its qubits are missing
    elif operand.name not in names and operand.name not in state.lost:
        element = _ELEMENT.fullmatch(operand.name)
        if element and element[1] in names and operand.items is None:
            suggestion: str | None = f"{element[1]}[{element[2]}]"
        elif operand.name == "all":
            suggestion = whole_register(operand)
        else:
            suggestion = state.suggest(operand.name, names.all)
        start = operand.span.start
        span = Span(operand.span.source, start, start + len(operand.name))
        state.report("QC0231", span, name=operand.name, suggestion=suggestion, at=at)
    for item in operand.items or ():
        expression(item, state, names, at)


def _application(node: syntax.Application, state: Check, names: Names, gateset: str) -> None:
    for modifier in node.modifiers:
        if modifier.argument is not None:
            expression(modifier.argument, state, names, node.span)
    name = node.gate.text
    if name in FOREIGN and name not in state.library.own:
        is_bits = name in ("bit", "creg") and len(node.operands) == 1 and not node.modifiers and not node.arguments
        better = {"fixed": f"register {node.operands[0].span.text}"} if is_bits else {}
        state.report("QC0112", node.gate.span, at=node.span, word=name, instead=FOREIGN[name], **better)
        names.own.update(declared(node))
        return
    signature = state.library.signature(name, gateset)
    if signature is not None and signature.operands > 0:
        fixed = as_statement(node, len(signature.parameters))
        if fixed is not None:
            state.report("QC0120", node.span, word=name, fixed=fixed, replaced=node.span[1:], at=node.span)
            return
    if signature is not None or name == "gphase" or name in state.lost:
        for argument in node.arguments:
            expression(argument.value, state, names, node.span)
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
    facts = unknown_gate(node, name in names, lambda: state.suggest(name, lambda: state.library.names(gateset)))
    if facts.get("suggestion") == "qubit":
        names.own.update(declared(node))
    elif library := standard.defining(name):
        facts = {"gate": name, "library": library}
    state.report("QC0202", node.gate.span, at=node.span, **facts)


# --- tests -----------------------------------------------------------------------------------------------------------


def _test(node: syntax.Test, state: Check, names: Names) -> None:
    for loop in node.loops:
        expression(loop.iterable, state, names, node.span)
        names = loop_names(loop.target, state, names, node.span)
    state.is_test, state.registers = True, expectations.registers(node.body)
    _body(node.body, state, Names({}, names), "qis")
    state.is_test, state.registers = False, set()


def _expect(node: syntax.Expect, state: Check, names: Names) -> None:
    parts = expectations.parts_of(node)
    for fault in parts.faults:
        state.report(fault.code, fault.span or node.span, at=node.span, **fault.facts)
    for part in parts.expressions:
        expression(part, state, names, node.span)
    for operand in parts.operands:
        if operand.name not in state.registers:
            _operand(operand, state, names, node.span)
    known = [expectations.IDENTITY, *state.circuits]
    for circuit in parts.circuits:
        if circuit.text not in known and circuit.text not in state.lost:
            suggestion = state.suggest(circuit.text, lambda: known)
            state.report("QC0452", circuit.span, name=circuit.text, suggestion=suggestion, at=node.span)


# --- items -----------------------------------------------------------------------------------------------------------


def _item(item: Any, state: Check, names: Names) -> None:
    match item:
        case syntax.Const() if root(item.value) in state.bare_qubits:
            fixed = f"let {item.name.text} = {item.value.span.text}"
            state.report("QC0127", item.value.span, word="const", fixed=fixed, replaced=item.span[1:], at=item.span)
        case syntax.Const() | syntax.HamiltonianDefinition() if not syntax.is_function(item):
            expression(item.value, state, names, item.span)
        case syntax.Param():
            for part in (item.declarator.size, item.value):
                if part is not None:
                    expression(part, state, names, item.span)
        case syntax.SettingsBlock():
            _settings(item.settings, state, names, item.kind)
        case syntax.Run():
            for run in item.items:
                _run_item(run, state, names)


def _run_item(run: syntax.RunItem, state: Check, names: Names) -> None:
    name = run.circuit.text
    if name not in state.circuits and name not in state.lost:
        suggestion = state.suggest(name, lambda: list(state.circuits))
        state.report("QC0414", run.circuit.span, name=name, suggestion=suggestion, at=run.span)
    if run.iterable is not None:
        expression(run.iterable, state, names, run.span)
    inner = loop_names(run.target, state, names, run.span) if run.target is not None else names
    for argument in run.arguments or ():
        if isinstance(argument.value, syntax.Comprehension) and argument.value.span.text[0] not in "[(":
            item, clause = argument.value.item.span.text, argument.value.clauses[0].span.text
            facts = {"word": "for", "fixed": f"run {name}({item}) {clause}", "statement": "run"}
            state.report("QC0124", argument.value.clauses[0].span, at=run.span, **facts)
        expression(argument.value, state, inner, run.span)


def _settings(settings: tuple[syntax.SettingEntry, ...], state: Check, names: Names, kind: str) -> None:
    for setting in settings:
        if isinstance(setting.value, tuple):
            _settings(setting.value, state, names, "")
        elif kind == "job" and root(leftmost(setting.value)) not in (None, *names.all(), *CONSTANTS):
            text = setting.value.span
            state.report(
                "QC0201",
                Span(text.source, text.start, text.start + len(root(leftmost(setting.value)) or "")),
                name=text.text,
                suggestion=f'"{text.text}"',
                at=setting.span,
            )
        elif not (kind == "energy" and setting.key.text == "ansatz" and "ansatz" in ENERGY_KEYS):
            expression(setting.value, state, names, setting.span)
