"""A checked syntax tree to a program: circuits as rows, and what to ask of IonQ.

The file's items and the values given for parameters go in; a `job.Program` comes out, with every diagnostic found on
the way. Loops, conditions, definitions and broadcasting end here; no later stage sees syntax.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir import renaming
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import MAX_OPERATIONS, Circuit
from ionqdsl.ir.job import Energy, Program
from ionqdsl.language import syntax, values
from ionqdsl.language.budget import Budget
from ionqdsl.language.evaluate import Poisoned, Scope, count, elements, evaluate, suggest
from ionqdsl.language.library import Library
from ionqdsl.language.lower import blocks
from ionqdsl.language.lower.circuits import Lowering
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.labels import format_value, formatted
from ionqdsl.language.lower.names import MAX_RUNS, Context, define_globals, sweep_points, symbol

if TYPE_CHECKING:
    from ionqdsl.ir.points import Family


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
    sources = {item.span.source for item in file.items} | {file.source}
    scope = Scope(budget=Budget(characters=sum(len(source.text) for source in sources)))
    context = Context(file, broken, scope, Expander(Library(own), scope, broken), name)
    context.definitions, context.given = definitions, given or {}
    define_globals(context, {}, sweeps or {})
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
    points = sweep_points(context, sweeps or {})
    if function is not None:
        _lower_function(context, function, program)
    elif run is None:
        try:
            _run_everything(context, program, points)
        except CompileError as error:
            context.found += error.diagnostics
    else:
        _run(context, run, program, points)
    if scope.budget.fault is not None:
        context.found.append(scope.budget.fault)  # wherever else it may have got lost, such a program is not whole
    return program, context.found


# --- points ----------------------------------------------------------------------------------------------------------

PER_RUN = 8
"""Steps of work that a circuit takes which runs, besides making its rows."""
ENOUGH = 8
"""From so many points on, a circuit is lowered once with symbols, to be bound at each."""


def _columns(points: Sequence[Mapping[str, Any]]) -> dict[str, list[Angle]] | None:
    """The values of enough points by name, None where one of them is not a plain number."""
    numbers = [value for point in points for value in point.values()]
    is_plain = all(values.is_number(x) and not values.is_angle(x) and values.amount(x).is_bound for x in numbers)
    if len(points) < ENOUGH or not numbers or not is_plain:
        return None
    return {name: [values.amount(point[name]) for point in points] for name in points[0]}


def _lowered_once(
    context: Context, columns: Mapping[str, list[Angle]], templates: Callable[[], list[Circuit]]
) -> list[Family] | None:
    """The families of circuits that were lowered with symbols; None where more than angles depends on the values."""
    from ionqdsl.ir.points import family  # late: `check` seldom needs it

    found, context.found = context.found, []
    try:
        with values.formulas() as formulas:
            made = templates()
        is_clean = not context.found
    except (CompileError, Poisoned):
        is_clean = False
    finally:
        context.found = found
    families = [family(template, columns, formulas) for template in made] if is_clean else []
    return [whole for whole in families if whole is not None] if families and None not in families else None


def _at_all(
    context: Context,
    points: list[dict[str, Any]],
    make: Callable[[dict[str, Any]], Iterator[tuple[Circuit, Any, Span | None]]],
    may_share: bool = True,
) -> Iterator[tuple[Circuit, Any, Span | None]]:
    """What `make` gives at every point, which is in its circuits' names."""
    rest: list[tuple[Any, Span | None]] = []

    def templates() -> list[Circuit]:
        assert columns is not None
        _at(context, {name: symbol(name) for name in columns})
        made = list(make({}))
        rest[:] = [(key, span) for _, key, span in made]
        return [circuit for circuit, _, _ in made]

    columns = _columns(points) if may_share else None
    shared = _lowered_once(context, columns, templates) if columns else None
    if shared is not None:
        members = [one.members([_label(one.template.name, point) for point in points]) for one in shared]
        for circuits in zip(*members, strict=True):
            yield from ((circuit, *facts) for circuit, facts in zip(circuits, rest, strict=True))
        return
    for point in points:
        _at(context, point)
        yield from make(point)


# --- circuits --------------------------------------------------------------------------------------------------------


def _body(
    context: Context, body: tuple[Any, ...], scope: Scope, name: str, quiet: bool = False
) -> tuple[Circuit, bool]:
    """A body's circuit; says whether it went without errors. `quiet` keeps quiet about missing values."""
    lowering = Lowering(context.expander, Circuit(0, name), context.broken)
    well = lowering.body(body, scope)
    known = {(diagnostic.code, diagnostic.place) for diagnostic in context.found}
    for diagnostic in lowering.diagnostics:
        if not (quiet and diagnostic.code == "QC0305") and (diagnostic.code, diagnostic.place) not in known:
            context.found.append(diagnostic)
    return lowering.circuit, well


def _bare_body(context: Context) -> tuple[Any, ...]:
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
    context: Context, definition: syntax.CircuitDefinition, arguments: dict[str, Any], name: str, quiet: bool = False
) -> tuple[Circuit, bool]:
    """A circuit with values for its parameters; those without are symbols."""
    scope = context.scope.child()
    scope.budget.spend(20, definition.name.span)
    for parameter in definition.parameters:
        text = parameter.name.text
        if text in arguments:
            scope.names[text] = arguments[text]
        elif parameter.default is not None:
            scope.names[text] = evaluate(parameter.default, scope)
        else:
            scope.names[text] = symbol(text)
    circuit, well = _body(context, definition.body, scope.child(), name, quiet)
    if renaming.MARK in definition.span.source.text:
        _note_inputs(circuit, definition.span.text)
    return circuit, well


def _note_inputs(circuit: Circuit, text: str) -> None:
    """Takes over how the text says its inputs were renamed."""
    names = (name if size is None else f"{name}[{place}]" for name, size in circuit.wires for place in range(size or 1))
    circuit.inputs = renaming.noted(text, tuple(names))


def _needs(definition: syntax.CircuitDefinition) -> list[str]:
    """Parameters of a circuit that have no default."""
    return [parameter.name.text for parameter in definition.parameters if parameter.default is None]


def _at(context: Context, point: dict[str, Any]) -> None:
    """The context with swept parameters at a point, and all that depends on them."""
    if not point:
        return
    context.scope, before = Scope(budget=context.scope.budget), context.found
    context.found = []
    define_globals(context, point, {})
    context.found = before + [diagnostic for diagnostic in context.found if diagnostic not in before]
    context.expander = Expander(context.expander.library, context.scope, context.broken)


def _label(name: str, point: dict[str, Any]) -> str:
    """The circuit's name at a point of a sweep: `ansatz t=0.5 th=[0.1, 0.2]`."""
    if not point:
        return name
    groups: dict[str, dict[str, str]] = {}
    for key, value in point.items():
        groups.setdefault(key.partition("[")[0], {})[key] = format_value(value)
    parts = []
    for base, shown in groups.items():
        if len(shown) > 1 and [*shown] == [f"{base}[{index}]" for index in range(len(shown))]:
            texts = list(dict.fromkeys(shown.values()))  # one number stands for all elements
            shown = {base: texts[0] if len(texts) == 1 else f"[{', '.join(shown.values())}]"}
        parts += [f"{key}={text}" for key, text in shown.items()]
    return f"{name} {' '.join(parts)}"


def _count(context: Context, circuit: Circuit, span: Span) -> None:
    """Counts the operations of a circuit that runs; raises when all runs have too many together."""
    context.operations += len(circuit)
    if context.operations > MAX_OPERATIONS:
        raise fail("QC0501", span, limit=MAX_OPERATIONS)


def _run_everything(context: Context, program: Program, points: list[dict[str, Any]]) -> None:
    """Without `run`: the anonymous circuit, or every circuit whose parameters all have values."""
    program.is_multi = len(points) > 1 or points != [{}]
    bare = _bare_body(context)

    def everything(label: dict[str, Any]) -> Iterator[tuple[Circuit, str, Span | None]]:
        if bare:
            circuit, _ = _body(context, bare, context.scope.child(), _label(context.name, label))
            _note_inputs(circuit, context.file.source.text)
            yield circuit, context.name, bare[0].span
        for name, definition in context.definitions.items():
            if definition.span in context.broken:
                continue
            missing = _needs(definition)
            try:
                circuit, _ = _circuit(context, definition, {}, _label(name, label), quiet=bool(missing))
            except CompileError as error:
                context.found += error.diagnostics
            except Poisoned:
                pass
            else:
                yield circuit, name, None if missing else definition.name.span

    for circuit, name, span in _at_all(context, points, everything):
        program.circuits.setdefault(name, circuit)
        if span is not None:
            program.runs.append(circuit)
            _count(context, circuit, span)
    if len(program.runs) != 1 or program.runs[0].registers:
        program.is_multi = True
    if not program.runs and not any(diagnostic.is_error for diagnostic in context.found):
        facts = {"circuits": ", ".join(f"`{name}`" for name in context.definitions) or None}
        code = "QC0402" if context.definitions else "QC0401"
        context.found.append(Diagnostic(code, context.file.source, facts))
    program.span = bare[0].span if bare else None


def _run(context: Context, run: syntax.Run, program: Program, points: list[dict[str, Any]]) -> None:
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

    def listed(label: dict[str, Any]) -> Iterator[tuple[Circuit, syntax.RunItem, Span | None]]:
        for item in run.items:
            try:
                for circuit in _run_item(context, item, label):
                    yield circuit, item, item.span
            except CompileError as error:
                context.found += error.diagnostics
            except Poisoned:
                pass

    is_plain = len(run.items) == 1 and points == [{}] and run.items[0].variable is None and run.items[0].label is None
    told: set[Span] = set()
    try:
        for circuit, item, _ in _at_all(context, points, listed, all(item.label is None for item in run.items)):
            if circuit.name in names:
                if item.span not in told:
                    context.found += _same_name(circuit.name, item, names[circuit.name]).diagnostics
                told.add(item.span)
                continue
            names[circuit.name] = item.span
            program.runs.append(circuit)
            if len(program.runs) > MAX_RUNS:
                raise fail("QC0507", item.span, count=len(program.runs), limit=MAX_RUNS)
            _count(context, circuit, item.span)
    except CompileError as error:
        context.found += error.diagnostics
    program.span = run.span
    program.is_multi = not (is_plain and len(program.runs) == 1 and not program.runs[0].registers)


def _same_name(name: str, item: syntax.RunItem, first: Span) -> CompileError:
    """The error for two circuits of one name; a loop is told to put its variable into the name."""
    loop = item.variable.text if item.variable is not None and first == item.span else None
    fix = f'as "{name} {{{loop}}}"' if loop is not None else None
    return fail("QC0404", item.span, *([] if loop else [(first, "first")]), name=name, fix=fix)


def _run_item(context: Context, item: syntax.RunItem, point: dict[str, Any]) -> Iterator[Circuit]:
    definition = context.definitions.get(item.circuit.text)
    if definition is None or definition.span in context.broken or item.span in context.broken:
        raise Poisoned
    variable = item.variable.text if item.variable is not None else ""
    rounds: list[Any] = [None]
    if variable and item.iterable is not None:
        found = elements(evaluate(item.iterable, context.scope), item.iterable.span)
        if not found:
            raise fail("QC0408", item.iterable.span)
        if len(found) > MAX_RUNS:
            raise fail("QC0507", item.iterable.span, count=len(found), limit=MAX_RUNS)
        context.scope.budget.spend(PER_RUN * len(found), item.iterable.span)
        rounds = list(found)

    def labelled(value: Any) -> tuple[str, dict[str, Any]]:
        scope = context.scope.child({variable: value} if variable else {})
        arguments = _run_arguments(item, definition, scope)
        if item.label is not None:
            return formatted(item.label, scope), arguments
        if not variable:
            return _label(" ".join(item.circuit.span.to(item.span).text.split()), point), arguments
        for argument in arguments.values():
            count(argument, item.span, scope)
        try:
            shown = ", ".join(format_value(argument) for argument in arguments.values())
        except values.Mismatch as mismatch:
            raise fail(mismatch.code, item.span, **mismatch.facts) from None
        return _label(f"{item.circuit.text}({shown})", point), arguments

    def template() -> list[Circuit]:
        scope = context.scope.child({variable: symbol(variable)})
        return [_circuit(context, definition, _run_arguments(item, definition, scope), item.circuit.text)[0]]

    columns = None if variable in context.parameters else _columns([{variable: value} for value in rounds])
    shared = _lowered_once(context, columns, template) if columns else None
    if shared is not None:
        yield from shared[0].members([labelled(value)[0] for value in rounds])
        return
    for value in rounds:
        name, arguments = labelled(value)
        circuit, well = _circuit(context, definition, arguments, name)
        yield circuit
        if not well:
            break


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


# --- functions -------------------------------------------------------------------------------------------------------


def _lower_function(context: Context, block: syntax.SettingsBlock, program: Program) -> None:
    program.span = block.span
    if block.kind == "function":
        program.function = blocks.lower_function(block, context.scope, context.found)
        return
    chosen = blocks.energy_settings(block, blocks.ENERGY_KEYS, context.found)
    ansatz = getattr(chosen["ansatz"].value, "name", "") if "ansatz" in chosen else ""
    for name, definition in context.definitions.items():
        if definition.span not in context.broken:
            try:  # what the ansatz leaves open is left open for good
                program.circuits[name], _ = _circuit(context, definition, {}, name, quiet=name != ansatz)
            except CompileError as error:
                context.found += error.diagnostics
            except Poisoned:
                pass
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


def _energy(context: Context, chosen: dict[str, Any], span: Span, program: Program) -> Energy:
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
