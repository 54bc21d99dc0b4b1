"""Lists the circuits that run: all of a file, or those named by `run` statements, at every point of a sweep.

Takes definitions and values and adds circuits to the program. Circuits that do not run are lowered too, for their
diagnostics.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir import input_permutation
from ionqdsl.ir.circuit import MAX_OPERATIONS, FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.language import syntax, values
from ionqdsl.language.comparison import count, elements
from ionqdsl.language.evaluate import GoingOn, Poisoned, Scope, bind, evaluate
from ionqdsl.language.lower.circuits import Lowering
from ionqdsl.language.lower.labels import format_value, formatted, label_at
from ionqdsl.language.lower.names import MAX_RUNS, Context, symbol
from ionqdsl.language.lower.points import at_all, columns_of, lowered_once
from ionqdsl.record import Any

PER_RUN = 8
"""Steps of work for each circuit that runs, in addition to making its rows."""


def circuit_of(
    context: Context,
    definition: syntax.CircuitDefinition,
    arguments: dict[str, Any],
    name: str,
    quiet: bool = False,
    run: Span | None = None,
) -> tuple[FlatCircuit, bool]:
    """A circuit with values for its parameters; those without are symbols. `run` is the place that gives the values."""
    scope = _inside(context, definition, arguments)
    scope.budget.spend(20, definition.name.span)
    given = {run: arguments} if run is not None else None
    circuit, well = _body(context, definition.body, scope.child(), name, quiet, given)
    if input_permutation.MARK in definition.span.source.whole.text:
        _note_inputs(circuit, definition.span.text)
    return circuit, well


def _inside(context: Context, definition: syntax.CircuitDefinition, arguments: dict[str, Any]) -> Scope:
    """The scope in which a circuit's body stands: its parameters, given, by default or without a value."""
    scope = context.scope.child()
    for parameter in definition.parameters:
        text = parameter.name.text
        if text in arguments:
            scope.names[text] = arguments[text]
        elif parameter.default is not None:
            scope.names[text] = evaluate(parameter.default, scope)
        else:
            scope.names[text] = values.Unknown(symbol(text).amount)
    return scope


def lower_circuits(context: Context, program: LoweredProgram, is_quiet: Callable[[str], bool]) -> None:
    """All circuits as defined, by name; `is_quiet` says which may lack values."""
    for name, definition in context.definitions.items():
        if definition.span not in context.broken:
            with GoingOn(context.report):
                program.circuits[name], _ = circuit_of(context, definition, {}, name, quiet=is_quiet(name))


def needs(definition: syntax.CircuitDefinition) -> list[str]:
    """Parameters of a circuit that have no default."""
    return [parameter.name.text for parameter in definition.parameters if parameter.default is None]


def _body(
    context: Context,
    body: tuple[Any, ...],
    scope: Scope,
    name: str,
    quiet: bool = False,
    by_place: Mapping[Span, Mapping[str, Any]] | None = None,
) -> tuple[FlatCircuit, bool]:
    """A body's circuit, and whether it had no errors. `quiet` suppresses errors that a missing value explains.

    `by_place` has the values of its names, by the place that sets them.
    """
    lowering = Lowering(context.expander, FlatCircuit(0, name), context.broken)
    if context.effects is not None:
        from ionqdsl.language.lower.edited import EditedLowering  # late: only editors need it

        lowering = EditedLowering(context.expander, lowering.circuit, context.broken)
        lowering.effects, lowering.top = context.effects, scope
    well = lowering.body(body, scope)
    lowering.finish()
    told = [diagnostic for diagnostic in lowering.diagnostics if not (quiet and _lacks_value(diagnostic))]
    context.report_once(told, by_place)
    return lowering.circuit, well


def _lacks_value(diagnostic: Diagnostic) -> bool:
    """Whether an error is about a parameter that has no value yet, and may have a list or a text later."""
    return diagnostic.code == "QC0305" or values.OPEN in diagnostic.facts.values()


def _bare_body(context: Context) -> tuple[Any, ...]:
    """The statements of a file's anonymous circuit."""
    settled = syntax.TopLevel | syntax.Const | syntax.Param
    return tuple(item for item in context.file.items if not isinstance(item, settled))


def _note_inputs(circuit: FlatCircuit, text: str) -> None:
    """Adopts the note in the text about renamed inputs."""
    names = (name if size is None else f"{name}[{place}]" for name, size in circuit.wires for place in range(size or 1))
    circuit.inputs = input_permutation.noted(text, tuple(names))


def _count(context: Context, circuit: FlatCircuit, span: Span) -> None:
    """Counts the operations of a circuit that runs; raises if all runs together have too many."""
    context.operations += len(circuit)
    if context.operations > MAX_OPERATIONS:
        raise fail("QC0501", span, limit=MAX_OPERATIONS)


_NO_FILES = {"<stdin>": "-", "<string>": "FILE"}
"""Names of texts that are no files, as a command takes them."""


def run_everything(context: Context, program: LoweredProgram, points: list[dict[str, Any]]) -> None:
    """Without `run`: the anonymous circuit, or every circuit whose parameters all have values."""
    program.is_multi = len(points) > 1 or points != [{}]
    bare = _bare_body(context)

    def everything(label: dict[str, Any]) -> Iterator[tuple[FlatCircuit, str, Span | None]]:
        if bare:
            circuit, _ = _body(context, bare, context.scope.child(), label_at(context.name, label))
            _note_inputs(circuit, context.file.source.text)
            yield circuit, context.name, bare[0].span
        for name, definition in context.definitions.items():
            if definition.span in context.broken:
                continue
            missing = needs(definition)
            with GoingOn(context.report):
                circuit, _ = circuit_of(context, definition, {}, label_at(name, label), quiet=bool(missing))
                yield circuit, name, None if missing else definition.name.span

    ran: dict[str, Span] = {}
    for circuit, name, span in at_all(context, points, everything):
        program.circuits.setdefault(name, circuit)
        if span is not None:
            ran[name] = span
            program.runs.append(circuit)
            _count(context, circuit, span)
    if not bare:
        _note_included(context, ran)
    if len(program.runs) != 1 or program.runs[0].registers:
        program.is_multi = True
    if not program.runs and not any(diagnostic.is_error for diagnostic in context.diagnostics):
        code = "QC0402" if context.definitions else "QC0401"
        has_tests = any(isinstance(item, syntax.Test) for item in context.file.items)
        name = _NO_FILES.get(context.file.source.name, context.file.source.name)
        facts = {"circuits": tuple(context.definitions), "tested": name if has_tests else None}
        context.diagnostics.append(Diagnostic(code, context.file.source, facts))
    program.span = bare[0].span if bare else None


def _note_included(context: Context, ran: Mapping[str, Span]) -> None:
    """Notes, at the file's first circuit, that circuits of included files run too, which may be a mistake."""
    own = {name: span for name, span in ran.items() if span.source is context.file.source}
    for name, span in ran.items():
        if own and name not in own:
            facts = {"name": name, "file": span.source.name, "own": ", ".join(own)}
            place = next(iter(own.values()))
            context.diagnostics.append(Diagnostic("QC0459", place, facts, ((span, "it runs too"),)))


def run_listed(context: Context, run: syntax.Run, program: LoweredProgram, points: list[dict[str, Any]]) -> None:
    """The circuits a `run` statement lists."""
    # Errors of circuits that do not run count too.
    lower_circuits(context, program, lambda name: bool(needs(context.definitions[name])))
    names: dict[str, Span] = {}

    def listed(label: dict[str, Any]) -> Iterator[tuple[FlatCircuit, syntax.RunItem, Span | None]]:
        for item in run.items:
            with GoingOn(context.report):
                for circuit in _run_item(context, item, label):
                    yield circuit, item, item.span

    is_plain = len(run.items) == 1 and points == [{}] and run.items[0].target is None and run.items[0].label is None
    told: set[Span] = set()
    with GoingOn(context.report):
        for circuit, item, _ in at_all(context, points, listed, all(item.label is None for item in run.items)):
            if circuit.name in names:
                if item.span not in told:
                    context.diagnostics += _same_name(circuit.name, item, names[circuit.name]).diagnostics
                told.add(item.span)
                continue
            names[circuit.name] = item.span
            program.runs.append(circuit)
            if len(program.runs) > MAX_RUNS:
                raise fail("QC0507", item.span, count=len(program.runs), limit=MAX_RUNS)
            _count(context, circuit, item.span)
    program.span = run.span
    program.is_multi = not (is_plain and len(program.runs) == 1 and not program.runs[0].registers)


def _same_name(name: str, item: syntax.RunItem, first: Span) -> CompileError:
    """The error for two circuits of one name; in a loop it suggests to put the variable into the name."""
    loop = syntax.names_of(item.target)[0].text if item.target is not None and first == item.span else None
    fix = f'as "{name} {{{loop}}}"' if loop is not None else None
    return fail("QC0404", item.span, *([] if loop else [(first, "first")]), name=name, fix=fix)


def _run_item(context: Context, item: syntax.RunItem, point: dict[str, Any]) -> Iterator[FlatCircuit]:
    definition = context.definitions.get(item.circuit.text)
    if definition is None or definition.span in context.broken or item.span in context.broken:
        raise Poisoned
    target = item.target
    variable = target.text if isinstance(target, syntax.Name) else ""
    rounds: list[Any] = [None]
    if target is not None and item.iterable is not None:
        found = elements(evaluate(item.iterable, context.scope), item.iterable.span)
        if not found:
            raise fail("QC0408", item.iterable.span)
        if len(found) > MAX_RUNS:
            raise fail("QC0507", item.iterable.span, count=len(found), limit=MAX_RUNS)
        context.scope.budget.spend(PER_RUN * len(found), item.iterable.span)
        rounds = list(found)

    def labelled(value: Any) -> tuple[str, dict[str, Any]]:
        scope = context.scope.child()
        if target is not None:
            bind(target, value, scope.names)
        arguments = run_arguments(item, definition, scope)
        if item.label is not None:
            return formatted(item.label, scope, lambda: _inside(context, definition, arguments).names), arguments
        if target is None:
            from ionqdsl.language.one_line import one_line  # late: for calls of `run` alone

            return label_at(one_line(item.circuit.span.to(item.span).text), point), arguments
        for argument in arguments.values():
            count(argument, item.span, scope.budget)
        try:
            named = [f"{one.name.text} = " if one.name is not None else "" for one in item.arguments or ()]
            shown = ", ".join(
                name + format_value(argument) for name, argument in zip(named, arguments.values(), strict=True)
            )
        except values.Mismatch as mismatch:
            raise fail(mismatch.code, item.span, **mismatch.facts) from None
        return label_at(f"{item.circuit.text}({shown})", point), arguments

    def template() -> list[FlatCircuit]:
        scope = context.scope.child({variable: symbol(variable)})
        return [circuit_of(context, definition, run_arguments(item, definition, scope), item.circuit.text)[0]]

    columns = (
        None if variable in ("", "e", *context.parameters) else columns_of([{variable: value} for value in rounds])
    )
    shared = lowered_once(context, columns, template) if columns else None
    if shared is not None:
        yield from shared[0].members([labelled(value)[0] for value in rounds])
        return
    for value in rounds:
        name, arguments = labelled(value)
        circuit, well = circuit_of(context, definition, arguments, name, run=item.span)
        yield circuit
        if not well:
            break


def run_arguments(item: syntax.RunItem, definition: syntax.CircuitDefinition, scope: Scope) -> dict[str, Any]:
    """The values that a call gives to a circuit's parameters, by name. Raises CompileError."""
    names = [parameter.name.text for parameter in definition.parameters]
    arguments: dict[str, Any] = {}
    for position, argument in enumerate(item.arguments or ()):
        name = argument.name.text if argument.name else names[position] if position < len(names) else None
        if name is None or name not in names or name in arguments:
            given = len(item.arguments or ())
            raise fail("QC0406", item.span, circuit=item.circuit.text, wants=tuple(names) or None, given=given)
        arguments[name] = evaluate(argument.value, scope)
    missing = [name for name in needs(definition) if name not in arguments]
    if missing:
        raise fail("QC0403", item.span, circuit=item.circuit.text, names=tuple(missing))
    return arguments
