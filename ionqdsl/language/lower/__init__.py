"""Lowers a checked syntax tree to a program: circuits as rows, and the job to send to IonQ.

Takes the items of a file and the values given for parameters, and returns a `job.Program` with all diagnostics found.
Loops, conditions, definitions and broadcasting are expanded here; no later stage sees syntax.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import Slot
from ionqdsl.ir.job import Energy, LoweredProgram
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import GoingOn, Poisoned, Scope, suggest
from ionqdsl.language.library import Library
from ionqdsl.language.lower import blocks
from ionqdsl.language.lower.gates import Expander
from ionqdsl.language.lower.labels import label_at
from ionqdsl.language.lower.names import Context, define_globals, sweep_points
from ionqdsl.language.lower.points import at
from ionqdsl.language.lower.runs import lower_circuits, needs, run_everything, run_listed
from ionqdsl.language.step_budget import StepBudget
from ionqdsl.language.values import PauliSum
from ionqdsl.record import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ionqdsl.language.lower.effects import Effects


def lower(
    file: syntax.File,
    expressions: Mapping[str, syntax.Expression] | None = None,
    sweeps: Mapping[str, syntax.Expression] | None = None,
    broken: frozenset[Span] = frozenset(),
    name: str = "main",
    effects: Effects | None = None,
) -> tuple[LoweredProgram, list[Diagnostic]]:
    """Lowers a file. `expressions` are values for parameters, `sweeps` lists of them, as expressions.

    With sweeps every run is repeated for every combination of their values. The program is complete only if no
    diagnostic is an error. `effects` are those of the same file before an edit, without such values.
    """
    context = context_of(file, expressions or {}, broken, name, effects)
    define_globals(context, {}, sweeps or {})
    if effects is not None:
        effects.settle(file.items, broken, context.scope)
    scope = context.scope
    program = LoweredProgram(parameters=context.parameters)
    function: syntax.SettingsBlock | None = None
    run: syntax.Run | None = None
    for item in file.items:
        if isinstance(item, syntax.SettingsBlock) and item.span not in broken:
            if item.kind == "job":
                program.job = blocks.lower_job(item, scope, context.diagnostics, broken)
            else:
                function = item
        elif isinstance(item, syntax.Run):
            run = item
    points = sweep_points(context, sweeps or {})
    for item in file.items:
        value = scope.names.get(item.name.text) if isinstance(item, syntax.HamiltonianDefinition) else None
        if isinstance(item, syntax.HamiltonianDefinition) and isinstance(value, PauliSum):
            program.hamiltonians[item.name.text] = value.operator(0)
    if function is not None and function.kind == "energy":
        _lower_energies(context, function, program, points)
    elif function is not None:
        program.span = function.span
        program.function = blocks.lower_function(function, context.scope, context.diagnostics)
    elif run is None:
        with GoingOn(context.report):
            run_everything(context, program, points)
    else:
        run_listed(context, run, program, points)
    if scope.budget.fault is not None:
        context.diagnostics.append(scope.budget.fault)  # it may be lost elsewhere; such a program is incomplete
    return program, context.diagnostics


def context_of(
    file: syntax.File,
    expressions: Mapping[str, syntax.Expression],
    broken: frozenset[Span],
    name: str,
    effects: Effects | None = None,
) -> Context:
    """The definitions of a file, before its names have values."""
    own: dict[str, syntax.GateDefinition] = {}
    definitions: dict[str, syntax.CircuitDefinition] = {}
    for item in file.items:  # if two have one name, which is an error, the first counts
        if isinstance(item, syntax.GateDefinition):
            own.setdefault(item.name.text, item)
        elif isinstance(item, syntax.CircuitDefinition):
            definitions.setdefault(item.name.text, item)
    sources = {item.span.source.whole for item in file.items} | {file.source}
    characters = sum(len(source.text) for source in sources)
    scope = Scope(budget=StepBudget(characters=characters) if effects is None else effects.budget(characters))
    context = Context(file, broken, scope, Expander(Library(own), scope, broken), name)
    context.definitions, context.expressions, context.effects = definitions, expressions, effects
    return context


def _lower_energies(
    context: Context, block: syntax.SettingsBlock, program: LoweredProgram, points: list[dict[str, Any]]
) -> None:
    """The energy, or that at each point of a sweep."""
    program.span = block.span
    unswept, bare = context.scope, None
    for point in points:
        at(context, point)
        before = len(context.diagnostics)
        energy = _lowered_energy(context, block, program)
        if energy is None:
            return
        program.energy = program.energy or energy
        if energy.params is not None and len(energy.params) != len(energy.parameters):
            if bare is None and (point or context.expressions):
                bare = lower(context.file, broken=context.broken)[0].energy
            _leave_given(energy, bare)
        if point:
            energy.name = label_at(energy.name, point)
            program.energies.append(energy)
        if len(context.diagnostics) > before and any(one.is_error for one in context.diagnostics[before:]):
            break
    context.scope = unswept


def _leave_given(energy: Energy, bare: Energy | None) -> None:
    """Leaves out the `params` of parameters whose values are given from outside, which count instead.

    `bare` is the energy without those values.
    """
    if bare is not None and bare.params is not None and len(bare.params) == len(bare.parameters):
        given = zip(bare.parameters, bare.params, strict=True)
        energy.params = tuple(value for name, value in given if name in energy.parameters)


def _lowered_energy(context: Context, block: syntax.SettingsBlock, program: LoweredProgram) -> Energy | None:
    chosen = blocks.energy_settings(block, blocks.ENERGY_KEYS, context.diagnostics)
    ansatz = getattr(chosen["ansatz"].value, "name", "") if "ansatz" in chosen else ""
    # An angle that the ansatz leaves open is never bound.
    lower_circuits(context, program, lambda name: name != ansatz)
    for key in ("hamiltonian", "ansatz"):
        if key not in chosen:
            context.diagnostics.append(Diagnostic("QC0413", blocks.word(block), {"block": "energy", "key": key}))
    if "hamiltonian" not in chosen or "ansatz" not in chosen:
        return None
    with GoingOn(context.report):
        return _energy(context, chosen, block.span, program)
    return None


def _with_defaults(circuit: syntax.CircuitDefinition, call: syntax.Call) -> str:
    """The first words of a circuit with the arguments of a call as defaults of its parameters."""
    names = [formal.name.text for formal in circuit.parameters]
    given = {argument.name.text: argument.value for argument in call.arguments if argument.name}
    given |= zip(names, [argument.value for argument in call.arguments if not argument.name], strict=False)
    formals = [
        f"{name} = {given[name].span.text}" if name in given else formal.span.text
        for name, formal in zip(names, circuit.parameters, strict=True)
    ]
    return f"circuit {circuit.name.text}({', '.join(formals)})" if names else f"circuit {circuit.name.text}"


def _settled(context: Context, definition: syntax.CircuitDefinition) -> tuple[str, ...]:
    """The parameters of an ansatz that have values: its own, and those of the file that it names."""
    named = {part.name for part in syntax.walk(definition) if isinstance(part, syntax.Reference)}
    declared = [item for item in context.file.items if isinstance(item, syntax.Param) and item.value is not None]
    own = [one.name.text for one in definition.parameters if one.default is not None]
    return (*own, *(name for item in declared if (name := item.declarator.name.text) in named))


def _energy(context: Context, chosen: dict[str, Any], span: Span, program: LoweredProgram) -> Energy:
    operator = blocks.taken(chosen, "hamiltonian", context.scope, context.diagnostics, blocks.operator_value)
    node = chosen["ansatz"].value
    name = node.name if isinstance(node, syntax.Reference) else ""
    if isinstance(node, syntax.Call) and (called := context.definitions.get(node.function.text)):
        raise fail("QC0280", node.span, (called.name.span, "circuit"), usage=_with_defaults(called, node))
    definition = context.definitions.get(name)
    if definition is None:
        raise fail("QC0414", node.span, name=node.span.text, suggestion=suggest(name, list(context.definitions)))
    if name not in program.circuits:
        raise Poisoned
    circuit = program.circuits[name]
    if circuit.is_dynamic or any(isinstance(slot, Slot) for _, slots in circuit.registers for slot in slots):
        raise fail("QC0300", node.span)
    unbound = [element for element, (_, value) in context.parameters.items() if value is None]
    parameters = (*(element for element in unbound), *needs(definition))
    used = {element for angle in circuit.symbols for element in re.findall(r"[A-Za-z_]\w*(?:\[\d+\])?", angle)}
    parameters = tuple(
        element
        for element in parameters
        if element in used or element.partition("[")[0] in {u.partition("[")[0] for u in used}
    )
    places = {key: setting.value.span for key, setting in chosen.items()}
    energy = Energy(operator, circuit, parameters, span=span, settled=_settled(context, definition), places=places)
    for key, convert in blocks.ENERGY_VALUES.items():
        if key in chosen:
            setattr(energy, key, blocks.taken(chosen, key, context.scope, context.diagnostics, convert))
    return energy
