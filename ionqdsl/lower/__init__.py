"""A checked syntax tree to a program: circuits as rows, and what to ask of IonQ.

The file's items and the values given for parameters go in; a `job.Program` comes out, with every diagnostic found on
the way. Loops, conditions, definitions and broadcasting end here; no later stage sees syntax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from string import Formatter
from typing import Any

from ionqdsl import syntax, values
from ionqdsl.angle import Angle
from ionqdsl.circuit import Circuit
from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.evaluate import POISON, Poisoned, Scope, elements, evaluate, suggest
from ionqdsl.functions import integer
from ionqdsl.job import Energy, Program
from ionqdsl.library import Library
from ionqdsl.lower import blocks
from ionqdsl.lower.circuits import Lowering
from ionqdsl.lower.gates import MAX_OPERATIONS, Expander
from ionqdsl.record import fresh, record
from ionqdsl.source import Span

MAX_RUNS = 100_000
"""Circuits one file may ask to run; the service's own, lower limit is checked with the payload."""


@record(frozen=False)
class _Context:
    """What lowering a file needs at hand."""

    file: syntax.File
    broken: frozenset[Span]
    scope: Scope
    expander: Expander
    name: str
    found: list[Diagnostic] = fresh(default_factory=list)
    operations: int = 0
    definitions: dict[str, syntax.CircuitDefinition] = fresh(default_factory=dict)
    parameters: dict[str, tuple[Span, Angle | None]] = fresh(default_factory=dict)


def lower(
    file: syntax.File,
    given: Mapping[str, syntax.Expression] | None = None,
    sweeps: Mapping[str, syntax.Expression] | None = None,
    broken: frozenset[Span] = frozenset(),
    name: str = "main",
) -> tuple[Program, list[Diagnostic]]:
    """Lowers a file. `given` are values for parameters, `sweeps` lists of them, as expressions.

    With sweeps every run is repeated for every combination of their values. The program is whole only where no
    diagnostic is an error.
    """
    own: dict[str, syntax.GateDefinition] = {}
    definitions: dict[str, syntax.CircuitDefinition] = {}
    for item in file.items:  # of two with one name, which is an error, the first counts
        if isinstance(item, syntax.GateDefinition):
            own.setdefault(item.name.text, item)
        elif isinstance(item, syntax.CircuitDefinition):
            definitions.setdefault(item.name.text, item)
    scope = Scope()
    context = _Context(file, broken, scope, Expander(Library(own), scope, broken), name)
    context.definitions = definitions
    _globals(context, given or {}, sweeps or {})
    program = Program(parameters=context.parameters)
    function: syntax.SettingsBlock | None = None
    run: syntax.Run | None = None
    for item in file.items:
        if isinstance(item, syntax.SettingsBlock) and item.span not in broken:
            if item.kind == "job":
                program.job = blocks.lower_job(item, scope, context.found)
            else:
                function = item
        elif isinstance(item, syntax.Run):
            run = item
    points = _sweep_points(context, sweeps or {})
    if function is not None:
        _lower_function(context, function, program)
    elif run is None:
        try:
            _run_everything(context, program, points)
        except CompileError as error:
            context.found += error.diagnostics
    else:
        _run(context, run, program, points)
    return program, context.found


# --- names -----------------------------------------------------------------------------------------------------------


def _globals(
    context: _Context, given: Mapping[str, syntax.Expression], sweeps: Mapping[str, syntax.Expression]
) -> None:
    """Constants, parameters and Hamiltonians into the scope all circuits and gates see."""
    names = context.scope.names
    for item in context.file.items:
        if not isinstance(item, (syntax.Const, syntax.Param, syntax.HamiltonianDefinition)):
            continue
        name = item.declarator.name if isinstance(item, syntax.Param) else item.name
        try:
            if item.span in context.broken:
                raise Poisoned
            if name.text in names:
                raise fail("QC0220", name.span, name=name.text)
            if isinstance(item, syntax.Param):
                names[name.text] = _parameter(context, item, given)
            elif isinstance(item, syntax.Const):
                names[name.text] = evaluate(item.value, context.scope)
            else:
                operator = blocks.operator_value(evaluate(item.value, context.scope), item.value.span)
                names[name.text] = values.PauliSum(dict(operator.terms))
        except CompileError as error:
            context.found += error.diagnostics
            names.setdefault(name.text, POISON)
        except Poisoned:
            names.setdefault(name.text, POISON)
    known = [item.declarator.name.text for item in context.file.items if isinstance(item, syntax.Param)]
    for wanted, node in {**given, **sweeps}.items():
        if wanted not in known and wanted not in context.parameters:
            context.found.append(
                Diagnostic("QC0420", node.span, {"name": wanted, "suggestion": suggest(wanted, known)})
            )


def _parameter(context: _Context, node: syntax.Param, given: Mapping[str, syntax.Expression]) -> Any:
    """A parameter's value: the one given, its default, or itself as a symbol."""
    name = node.declarator.name.text
    chosen = given.get(name, node.value)
    value = None if chosen is None else evaluate(chosen, context.scope)
    if node.declarator.size is None:
        if value is not None and not values.is_number(value):
            assert chosen is not None
            raise fail("QC0307", chosen.span, wanted="a number or an angle", given=values.kind(value))
        context.parameters[name] = (node.span, None if value is None else values.amount(value))
        return symbol(name) if value is None else value
    size = integer(evaluate(node.declarator.size, context.scope), node.declarator.size.span, "a number of parameters")
    if not 1 <= size <= 100_000:
        raise fail("QC0506", node.declarator.size.span, size=size)
    if value is not None and not values.is_number(value):
        assert chosen is not None
        items = list(elements(value, chosen.span, context.scope))
        if len(items) != size:
            raise fail("QC0421", chosen.span, name=name, size=size, given=len(items))
    else:
        items = [value] * size
    result = []
    for index, item in enumerate(items):
        atom = f"{name}[{index}]"
        if atom in given:
            item = evaluate(given[atom], context.scope)
        if item is not None and not values.is_number(item):
            at = given.get(atom, chosen) or node
            raise fail("QC0307", at.span, wanted="a number for each element", given=values.kind(item))
        context.parameters[atom] = (node.span, None if item is None else values.amount(item))
        result.append(symbol(atom) if item is None else item)
    return result


def symbol(name: str) -> values.Measure:
    """An unbound parameter as a value: a plain number nobody knows yet."""
    return values.Measure(Angle.of(name, radians=1))


def _sweep_points(context: _Context, sweeps: Mapping[str, syntax.Expression]) -> list[dict[str, Any]]:
    """Every combination of the swept values; one empty point without a sweep."""
    points: list[dict[str, Any]] = [{}]
    for name, node in sweeps.items():
        try:
            items = elements(evaluate(node, context.scope), node.span, context.scope)
            if len(points) * len(items) > MAX_RUNS:
                raise fail("QC0507", node.span, count=len(points) * len(items), limit=MAX_RUNS)
            points = [{**point, name: item} for point in points for item in items]
        except CompileError as error:
            context.found += error.diagnostics
    return points


# --- circuits --------------------------------------------------------------------------------------------------------


def _body(
    context: _Context, body: tuple[Any, ...], scope: Scope, name: str, quiet: bool = False
) -> tuple[Circuit, bool]:
    """A body's circuit; says whether it went without errors. `quiet` keeps quiet about missing values."""
    lowering = Lowering(context.expander, Circuit(0, name), context.broken)
    well = lowering.body(body, scope)
    known = {(diagnostic.code, diagnostic.place) for diagnostic in context.found}
    for diagnostic in lowering.diagnostics:
        if not (quiet and diagnostic.code == "QC0305") and (diagnostic.code, diagnostic.place) not in known:
            context.found.append(diagnostic)
    return lowering.circuit, well


def _bare_body(context: _Context) -> tuple[Any, ...]:
    """The statements of a file's anonymous circuit."""
    settled = (
        syntax.SettingsBlock,
        syntax.GateDefinition,
        syntax.CircuitDefinition,
        syntax.HamiltonianDefinition,
        syntax.Run,
        syntax.Include,
        syntax.Const,
        syntax.Param,
    )
    return tuple(item for item in context.file.items if not isinstance(item, settled))


def _circuit(
    context: _Context, definition: syntax.CircuitDefinition, arguments: dict[str, Any], name: str, quiet: bool = False
) -> tuple[Circuit, bool]:
    """A circuit with values for its parameters; those without are symbols."""
    scope = context.scope.child()
    for parameter in definition.parameters:
        text = parameter.name.text
        if text in arguments:
            scope.names[text] = arguments[text]
        elif parameter.default is not None:
            scope.names[text] = evaluate(parameter.default, scope)
        else:
            scope.names[text] = symbol(text)
    return _body(context, definition.body, scope.child(), name, quiet)


def _needs(definition: syntax.CircuitDefinition) -> list[str]:
    """Parameters of a circuit that have no default."""
    return [parameter.name.text for parameter in definition.parameters if parameter.default is None]


def _at(context: _Context, point: dict[str, Any]) -> _Context:
    """The context with swept parameters at a point."""
    if not point:
        return context
    for name, value in point.items():
        base, _, index = name.partition("[")
        if index and isinstance(context.scope.names.get(base), list):
            items = list(context.scope.names[base])
            items[int(index.rstrip("]"))] = value
            context.scope.names[base] = items
        else:
            context.scope.names[name] = value
    context.expander = Expander(context.expander.library, context.scope, context.broken)
    return context


def _label(name: str, point: dict[str, Any]) -> str:
    if not point:
        return name
    return f"{name} " + " ".join(f"{key}={format_value(value)}" for key, value in point.items())


def _count(context: _Context, circuit: Circuit, span: Span) -> None:
    """Counts the operations of a circuit that runs; raises when all runs have too many together."""
    context.operations += len(circuit.rows)
    if context.operations > MAX_OPERATIONS:
        raise fail("QC0501", span, limit=MAX_OPERATIONS)


def _run_everything(context: _Context, program: Program, points: list[dict[str, Any]]) -> None:
    """Without `run`: the anonymous circuit, or every circuit whose parameters all have values."""
    program.is_multi = len(points) > 1 or points != [{}]
    bare = _bare_body(context)
    for point in points:
        _at(context, point)
        if bare:
            circuit, _ = _body(context, bare, context.scope.child(), _label(context.name, point))
            program.circuits.setdefault(context.name, circuit)
            program.runs.append(circuit)
            _count(context, circuit, bare[0].span)
        for name, definition in context.definitions.items():
            if definition.span in context.broken:
                continue
            missing = _needs(definition)
            try:
                circuit, _ = _circuit(context, definition, {}, _label(name, point), quiet=bool(missing))
            except CompileError as error:
                context.found += error.diagnostics
                continue
            except Poisoned:
                continue
            program.circuits.setdefault(name, circuit)
            if not missing:
                program.runs.append(circuit)
                _count(context, circuit, definition.name.span)
    if len(program.runs) != 1 or program.runs[0].registers:
        program.is_multi = True
    if not program.runs and not any(diagnostic.is_error for diagnostic in context.found):
        facts = {"circuits": ", ".join(f"`{name}`" for name in context.definitions) or None}
        code = "QC0402" if context.definitions else "QC0401"
        context.found.append(Diagnostic(code, context.file.source, facts))
    program.span = bare[0].span if bare else None


def _run(context: _Context, run: syntax.Run, program: Program, points: list[dict[str, Any]]) -> None:
    """The circuits a `run` statement lists."""
    for name, definition in context.definitions.items():  # errors of circuits that do not run count too
        if definition.span not in context.broken:
            try:
                circuit, _ = _circuit(context, definition, {}, name, quiet=bool(_needs(definition)))
                program.circuits[name] = circuit
            except CompileError as error:
                context.found += error.diagnostics
            except Poisoned:
                pass
    names: dict[str, Span] = {}
    is_plain = len(run.items) == 1 and points == [{}]
    for point in points:
        _at(context, point)
        for item in run.items:
            is_plain = is_plain and item.variable is None and item.label is None
            try:
                for circuit in _run_item(context, item, point):
                    if circuit.name in names:
                        raise _same_name(circuit.name, item, names[circuit.name])
                    names[circuit.name] = item.span
                    program.runs.append(circuit)
                    if len(program.runs) > MAX_RUNS:
                        raise fail("QC0507", item.span, count=len(program.runs), limit=MAX_RUNS)
            except CompileError as error:
                context.found += error.diagnostics
            except Poisoned:
                pass
    program.span = run.span
    program.is_multi = not (is_plain and len(program.runs) == 1 and not program.runs[0].registers)


def _same_name(name: str, item: syntax.RunItem, first: Span) -> CompileError:
    """The error for two circuits of one name; a loop is told to put its variable into the name."""
    loop = item.variable.text if item.variable is not None and first == item.span else None
    fix = f'as "{name} {{{loop}}}"' if loop is not None else None
    return fail("QC0404", item.span, *([] if loop else [(first, "first")]), name=name, fix=fix)


def _run_item(context: _Context, item: syntax.RunItem, point: dict[str, Any]) -> list[Circuit]:
    definition = context.definitions.get(item.circuit.text)
    if definition is None or definition.span in context.broken or item.span in context.broken:
        raise Poisoned
    if context.operations > MAX_OPERATIONS:
        raise Poisoned
    rounds: list[Any] = [None]
    if item.variable is not None and item.iterable is not None:
        rounds = list(elements(evaluate(item.iterable, context.scope), item.iterable.span, context.scope))
        if not rounds:
            raise fail("QC0408", item.iterable.span)
        if len(rounds) > MAX_RUNS:
            raise fail("QC0507", item.iterable.span, count=len(rounds), limit=MAX_RUNS)
    circuits = []
    for value in rounds:
        scope = context.scope.child({} if item.variable is None else {item.variable.text: value})
        arguments = _run_arguments(item, definition, scope)
        if item.label is not None:
            name = _format(item.label, scope)
        elif item.variable is not None:
            try:
                name = f"{item.circuit.text}({', '.join(format_value(argument) for argument in arguments.values())})"
            except values.Mismatch as mismatch:
                raise fail(mismatch.code, item.span, **mismatch.facts) from None
        else:
            name = " ".join(item.circuit.span.to(item.span).text.split())
        circuit, well = _circuit(context, definition, arguments, _label(name, point) if item.label is None else name)
        circuits.append(circuit)
        _count(context, circuit, item.span)
        if not well:
            break
    return circuits


def _run_arguments(item: syntax.RunItem, definition: syntax.CircuitDefinition, scope: Scope) -> dict[str, Any]:
    names = [parameter.name.text for parameter in definition.parameters]
    arguments: dict[str, Any] = {}
    for position, argument in enumerate(item.arguments or ()):
        name = argument.name.text if argument.name else names[position] if position < len(names) else None
        if name is None or name not in names or name in arguments:
            given = len(item.arguments or ())
            raise fail("QC0406", item.span, circuit=item.circuit.text, wants=", ".join(names) or "none", given=given)
        arguments[name] = evaluate(argument.value, scope)
    missing = [name for name in _needs(definition) if name not in arguments]
    if missing:
        raise fail("QC0403", item.span, circuit=item.circuit.text, names=", ".join(f"`{name}`" for name in missing))
    return arguments


def format_value(value: Any, spec: str = "") -> str:
    """A value in a name: an angle as a number in the unit it was written in."""
    if isinstance(value, values.Measure) and value.unit:
        value = values.divide(value, values.literal(1, value.unit))
    if isinstance(value, values.Measure):
        value = values.as_float(value)
    if isinstance(value, Fraction):
        value = float(value)
    return format(value, spec)


def _format(label: syntax.Text, scope: Scope) -> str:
    """A name's text with its `{field:spec}` filled in; fields are names."""
    parts = []
    try:
        pieces = list(Formatter().parse(label.value))
    except ValueError as error:
        raise fail("QC0422", label.span, reason=str(error)) from None
    for before, name, spec, conversion in pieces:
        parts.append(before)
        if name is None:
            continue
        at = max(0, label.span.text.find("{" + name))
        field = Span(label.span.source, label.span.start + at + 1, label.span.start + at + 1 + len(name))
        if not re.fullmatch(r"[A-Za-z_]\w*", name) or conversion or "{" in (spec or ""):
            raise fail("QC0422", field, reason="a field is a name, perhaps with a format: `{t}`, `{t:.3f}`")
        if any(len(digits) > 3 for digits in re.findall(r"\d+", spec or "")):
            raise fail("QC0422", label.span, reason="a width of more than 999 characters")
        value = scope.lookup(name, field)
        try:
            parts.append(format_value(value, spec or ""))
        except (ValueError, TypeError, OverflowError) as error:
            reason = str(error)
            raise fail("QC0422", field, reason=reason[:1].lower() + reason[1:]) from None
        except values.Mismatch as mismatch:
            raise fail(mismatch.code, field, **mismatch.facts) from None
    return "".join(parts)


# --- functions -------------------------------------------------------------------------------------------------------


def _lower_function(context: _Context, block: syntax.SettingsBlock, program: Program) -> None:
    program.span = block.span
    if block.kind == "function":
        program.function = blocks.lower_function(block, context.scope, context.found)
        return
    for name, definition in context.definitions.items():
        if definition.span not in context.broken:
            try:
                program.circuits[name], _ = _circuit(context, definition, {}, name, quiet=True)
            except CompileError as error:
                context.found += error.diagnostics
            except Poisoned:
                pass
    chosen = blocks.energy_settings(block, blocks.ENERGY_KEYS, context.found)
    for key in ("hamiltonian", "ansatz"):
        if key not in chosen:
            context.found.append(Diagnostic("QC0413", blocks.word(block), {"block": "energy", "key": key}))
    if "hamiltonian" not in chosen or "ansatz" not in chosen:
        return
    try:
        program.energy = _energy(context, chosen, block.span, program)
    except CompileError as error:
        context.found += error.diagnostics
    except Poisoned:
        pass


def _energy(context: _Context, chosen: dict[str, Any], span: Span, program: Program) -> Energy:
    operator = blocks.taken(chosen, "hamiltonian", context.scope, context.found, blocks.operator_value)
    node = chosen["ansatz"].value
    name = node.name if isinstance(node, syntax.Reference) else ""
    definition = context.definitions.get(name)
    if definition is None:
        raise fail("QC0414", node.span, name=node.span.text, suggestion=suggest(name, list(context.definitions)))
    if name not in program.circuits:
        raise Poisoned
    circuit = program.circuits[name]
    unbound = [atom for atom, (_, value) in context.parameters.items() if value is None]
    parameters = (*(atom for atom in unbound), *_needs(definition))
    used = {atom for angle in circuit.atoms for atom in re.findall(r"[A-Za-z_]\w*(?:\[\d+\])?", angle)}
    parameters = tuple(
        atom for atom in parameters if atom in used or atom.partition("[")[0] in {u.partition("[")[0] for u in used}
    )
    energy = Energy(operator, circuit, parameters, span=span)
    for key, convert in blocks.ENERGY_VALUES.items():
        if key in chosen:
            setattr(energy, key, blocks.taken(chosen, key, context.scope, context.found, convert))
    return energy
