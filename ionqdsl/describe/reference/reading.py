"""Reads programs and collects the facts about their definitions: comments, calls, matrices, costs.

Takes sources and returns a `Chapter` for each, with an `Entry` for every gate, circuit, constant, parameter and
operator. Statements about a gate are tested, not promised: modifiers that lower, counts of compiled circuits.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, get_args

from ionqdsl.describe import handbook
from ionqdsl.describe.costs import costs
from ionqdsl.describe.reference.entries import Chapter, DocumentedParameter, DocumentedPart, Entry
from ionqdsl.describe.samples import Definition, sample, symbol, typical
from ionqdsl.diagnostics import CompileError, Diagnostic, IonqdslError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.gates import GATES
from ionqdsl.language import comments, expectations, standard, syntax
from ionqdsl.language.evaluate import Scope
from ionqdsl.language.library import Library
from ionqdsl.language.lower import lower
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.names import Context, define_globals
from ionqdsl.language.readable import shown
from ionqdsl.linter.subject import Subject, used_gates, used_names
from ionqdsl.nesting import roomy

MAX_MATRIX = 3
"""Operands of the largest gate whose matrix is shown."""
LONGEST = 300
"""Characters of the longest gate definition that is shown in full."""
MODIFIERS = {"ctrl": "ctrl @", "inv": "inv @", "pow(2)": "pow(2) @", "pow(1/2)": "pow(1/2) @"}
"""The modifiers tried on every gate."""

_UNITS = {"rad": "radians", "turn": "turns", "us": "microseconds"}
_SAMPLES = {"radians": "pi/2", "turns": "0.25"}


@roomy
def chapters(sources: Sequence[Source]) -> tuple[list[Chapter], list[Diagnostic]]:
    """A chapter for every program without errors, and the errors of the others."""
    result: list[Chapter] = []
    errors: list[Diagnostic] = []
    for source in sources:
        try:
            result.append(_chapter(source))
        except CompileError as error:
            errors += error.diagnostics
    names = {_place(chapter.file): chapter.file for chapter in result}
    return [_connected(chapter, result, names) for chapter in result], errors


def _place(path: str) -> str:
    return os.path.realpath(path)


def _connected(chapter: Chapter, chapters: list[Chapter], names: Mapping[str, str]) -> Chapter:
    """A chapter that names other files as they are named here, and knows which of them include it."""
    here = _place(chapter.file)
    by = tuple(other.file for other in chapters if here in map(_place, other.includes))
    return chapter._replace(includes=tuple(names.get(_place(path), path) for path in chapter.includes), included_by=by)


def _chapter(source: Source) -> Chapter:
    subject = Subject(source)
    folder = os.path.dirname(source.name)
    includes = [item.path.value for item in subject.file.items if isinstance(item, syntax.Include)]
    return Chapter(
        source.name,
        comments.head(source),
        tuple(path if standard.find(path) else os.path.normpath(os.path.join(folder, path)) for path in includes),
        (),
        _with_units(list(_entries(source, subject))),
    )


def _entries(source: Source, subject: Subject) -> Iterator[Entry]:
    file = subject.opened
    program = subject.program or lower(file)[0]
    runs = program.runs or ([program.energy.ansatz] if program.energy else [])
    scope = _values(file)
    names = _defined(file)
    bare: list[Any] = []
    tests = [item for item in file.items if isinstance(item, syntax.Test)]
    for item in file.items:
        if item.span.source is not source:
            continue
        match item:
            case syntax.GateDefinition():
                yield _gate(file, item, names)._replace(tests=_tested(tests, item))
            case syntax.CircuitDefinition():
                yield _circuit(file, item, names, runs)._replace(tests=_tested(tests, item))
            case syntax.FunctionDefinition() | syntax.HamiltonianDefinition() if syntax.is_function(item):
                yield _function(item, names)._replace(tests=_tested(tests, item))
            case syntax.Const() | syntax.HamiltonianDefinition():
                yield _named(item, item.span, item.name.text, names, scope)
            case syntax.Param():
                yield _named(item, _statement_of(item), item.declarator.name.text, names, scope)
            case syntax.SettingsBlock() | syntax.Run() | syntax.Test():
                pass
            case _:
                bare.append(item)
    if bare and runs:
        yield _bare(bare, names, runs[0])


def _tested(tests: Sequence[syntax.Test], item: Definition | syntax.Function) -> tuple[str, ...]:
    """The names of the tests that apply a gate, call a function, or call or compare with a circuit."""
    name = item.name.text
    is_called = _called if isinstance(item, syntax.Function) else used_gates
    return tuple(test.name.value for test in tests if name in is_called(test) | _compared(test))


def _called(test: syntax.Test) -> set[str]:
    """The functions that a test calls."""
    return {node.function.text for node in syntax.walk(test) if isinstance(node, syntax.Call)}


def _compared(test: syntax.Test) -> set[str]:
    """The circuits that a test is compared with."""
    parts = [expectations.parts_of(node) for node in syntax.walk(test.body) if isinstance(node, syntax.Expect)]
    return {circuit.text for part in parts for circuit in part.circuits}


def _values(file: syntax.File) -> Mapping[str, Any]:
    """The values of constants, parameters and operators."""
    scope = Scope()
    context = Context(file, frozenset(), scope, Expander(Library(), scope, frozenset()), "")
    define_globals(context, {}, {})
    return scope.names


def _defined(file: syntax.File) -> set[str]:
    names = {item.declarator.name.text for item in file.items if isinstance(item, syntax.Param)}
    return names | {item.name.text for item in file.items if isinstance(item, _NAMED)}


_NAMED = (syntax.GateDefinition, syntax.CircuitDefinition, syntax.Const, *get_args(syntax.Function))


def _uses(node: Any, names: set[str], own: str, hidden: Collection[str] = ()) -> tuple[str, ...]:
    """The other names of the program that a node mentions; `hidden` names are its own."""
    inner = {part.name.text for part in syntax.walk(node) if isinstance(part, syntax.Const | syntax.Alias)}
    loops = (part for part in syntax.walk(node) if isinstance(part, syntax.For | syntax.Clause))
    inner |= {name.text for loop in loops for name in syntax.names_of(loop.target)}
    values = (used_names(node) & names) - inner - {*hidden}  # of all names few are used here
    return tuple(sorted((used_gates(node) & names | values) - {own}))


def _named(item: Any, statement: Span, name: str, names: set[str], scope: Mapping[str, Any]) -> Entry:
    """A constant, a parameter or an operator; its value if that says more than the text."""
    kind = {syntax.Const: "const", syntax.Param: "param"}.get(type(item), "hamiltonian")
    source, start, end = statement
    worth = "" if item.value is None or _is_literal(item.value) else shown(scope.get(name))
    return Entry(
        kind,
        name,
        f"param {item.span.text}" if kind == "param" else item.span.text,
        comments.about(source, start, end),
        source.position(item.span.start)[0],
        value=worth,
        uses=_uses(item, names, name),
    )


def _function(item: syntax.Function, names: set[str]) -> Entry:
    """A `def`, or an operator with parameters."""
    parameters = item.parameters or ()
    own = {parameter.name.text for parameter in parameters}
    return Entry(
        "def" if isinstance(item, syntax.FunctionDefinition) else "hamiltonian",
        item.name.text,
        item.span.text,
        comments.about(*item.span),
        item.span.source.position(item.span.start)[0],
        tuple(_documented(parameter, "") for parameter in parameters),
        uses=_uses(item, names, item.name.text, own),
    )


def _is_literal(node: syntax.Expression) -> bool:
    """Whether an expression already shows its value; an angle is shown in other units too."""
    match node:
        case syntax.ListExpression():
            return all(map(_is_literal, node.items))
        case syntax.Number():
            return not node.unit
    return isinstance(node, syntax.Text | syntax.Constant)


_PARAM = re.compile(r"\bparam\b")


def _statement_of(item: syntax.Param) -> Span:
    """From the word `param`, which several names may share, to the end of the name."""
    text, start = item.span.source.text, item.span.start
    while True:
        start = text.rindex("param", 0, start)
        if _PARAM.match(text, start):
            return Span(item.span.source, start, item.span.end)


# --- gates and circuits ----------------------------------------------------------------------------------------------


def _gate(file: syntax.File, node: syntax.GateDefinition, global_names: set[str]) -> Entry:
    names = {parameter.name.text for parameter in node.parameters}
    parameters = _parameters(file, node)
    circuit = sample(file, node)
    values = {p.name: _SAMPLES.get(p.unit, "1") for p in parameters if not p.default}
    is_small = 0 < len(node.operands) <= MAX_MATRIX and not node.takes_registers
    valued = sample(file, node, values) if is_small and values else circuit
    text, matrix = _matrix(node, values, valued) if is_small else ("", None)
    return _definition(node, parameters, circuit)._replace(
        operands=tuple(operand.text for operand in node.operands),
        modifiers=tuple(
            name for name, prefix in MODIFIERS.items() if sample(file, node, values, None, prefix) is not None
        ),
        sample=text,
        matrix=matrix,
        uses=_uses(node, global_names, node.name.text, names | {operand.name.text for operand in node.operands}),
    )


def _matrix(node: Definition, values: dict[str, str], circuit: FlatCircuit | None) -> tuple[str, Any]:
    """The call that has a matrix, and the matrix, if there is one; `circuit` is that of the call."""
    from ionqdsl.simulation import simulate  # late: numpy

    if circuit is None or circuit.symbols:
        return "", None
    try:
        matrix = handbook.plain(simulate.unitary(circuit))
    except IonqdslError:
        return "", None
    return node.name.text + (f"({', '.join(values.values())})" if values else ""), matrix


def _circuit(file: syntax.File, node: syntax.CircuitDefinition, names: set[str], runs: list[FlatCircuit]) -> Entry:
    circuit = typical(file, node, runs)
    parts = _parts(node.body)
    hidden = {parameter.name.text for parameter in node.parameters} | {name for part in parts for name in part.names}
    return _definition(node, _parameters(file, node), circuit)._replace(
        qubits=circuit.width if circuit is not None else None,
        parts=parts,
        uses=_uses(node, names, node.name.text, hidden),
    )


def _definition(node: Definition, parameters: tuple[DocumentedParameter, ...], circuit: FlatCircuit | None) -> Entry:
    """The facts that gates and circuits have in common."""
    source, start, _ = node.span
    is_gate = isinstance(node, syntax.GateDefinition)
    text = node.span.text
    return Entry(
        "gate" if is_gate else "circuit",
        node.name.text,
        text if is_gate and len(text) <= LONGEST else text.partition("{")[0].strip(),
        comments.about(source, start),
        source.position(start)[0],
        parameters,
        counted=circuit.name if circuit is not None else "",
        costs=costs(circuit, "unitary" if is_gate else "measurement") if circuit is not None else {},
        circuit=circuit,
    )


def _bare(items: list[Any], names: set[str], circuit: FlatCircuit) -> Entry:
    """The circuit of a file's bare statements."""
    first: Span = items[0].span
    parts = _parts(items)
    return Entry(
        "circuit",
        circuit.name,
        "",
        "",
        first.source.position(first.start)[0],
        qubits=circuit.width,
        parts=parts,
        counted=circuit.name,
        costs=costs(circuit),
        uses=_uses(tuple(items), names, "", {name for part in parts for name in part.names}),
        circuit=circuit,
    )


def _parts(items: Sequence[Any]) -> tuple[DocumentedPart, ...]:
    declarations = []
    for item in items:
        match item:
            case syntax.Qubits():
                names = tuple(declarator.name.text for declarator in item.declarators)
            case syntax.Alias() | syntax.RegisterStatement() | syntax.SlotsStatement():
                names = (item.name.text,)
            case syntax.MeasureStatement() if item.declares:
                names = (item.name.text,)
            case _:
                continue
        comment = comments.about(item.span.source, item.span.start, item.span.end)
        declarations.append(DocumentedPart(names, item.span.text, comment))
    return tuple(declarations)


# --- parameters ------------------------------------------------------------------------------------------------------


def _parameters(file: syntax.File, node: Definition) -> tuple[DocumentedParameter, ...]:
    names = [parameter.name.text for parameter in node.parameters]
    units: dict[str, str] = {}
    for symbols in (names, None) if names else ():  # the second time with defaults: products may become linear
        circuit = sample(file, node, None, symbols)
        units |= _units(circuit) if circuit is not None else {}
    return tuple(_documented(p, units.get(symbol(file, p.name.text), "")) for p in node.parameters)


def _documented(parameter: syntax.FormalParameter, unit: str) -> DocumentedParameter:
    default = parameter.default.span.text if parameter.default is not None else ""
    return DocumentedParameter(parameter.name.text, default, unit)


def _with_units(entries: list[Entry]) -> tuple[Entry, ...]:
    """The entries, `param` with the unit its plain numbers have in every circuit."""
    units: dict[str, set[str]] = {}
    for entry in entries:
        if entry.circuit is not None and entry.kind == "circuit":
            for name in entry.circuit.symbols:
                units.setdefault(name, set()).add(_units(entry.circuit).get(name, ""))
    return tuple(
        entry._replace(unit=next(iter(units[entry.name])))
        if entry.kind == "param" and len(units.get(entry.name, ())) == 1
        else entry
        for entry in entries
    )


def _units(circuit: FlatCircuit) -> dict[str, str]:
    """The unit of a plain number given for a parameter that is an angle or a time in every gate."""
    units_of: dict[str, set[str]] = {}
    for op in dict.fromkeys(circuit.rows):
        for parameter, angle in zip(GATES[op.gate].parameters if op.angles else (), op.angles, strict=False):
            for name, turns, radians in angle.terms:
                is_scaled = bool(turns) if parameter.unit == "rad" else bool(radians) and parameter.unit == "turn"
                units_of.setdefault(name, set()).add("" if is_scaled else _UNITS.get(parameter.unit, ""))
    for name, turns, _ in circuit.phase.terms:
        units_of.setdefault(name, {"" if turns else "radians"})
    return {name: next(iter(units)) for name, units in units_of.items() if len(units) == 1}
