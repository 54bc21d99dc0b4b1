"""Lowers one call of a gate or circuit separately from the rest of its program.

Takes a program's tree and one of its definitions, and returns the lowered circuit of a call, with symbols or given
values for its parameters, or None if no such call can be made. The other statements and runs of the program are
ignored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.language import syntax
from ionqdsl.language.lower import lower
from ionqdsl.language.parse import must_parse

Definition = syntax.GateDefinition | syntax.CircuitDefinition


def sample(
    file: syntax.File,
    definition: Definition,
    values: Mapping[str, str] | None = None,
    symbols: Collection[str] | None = None,
    modifier: str = "",
) -> FlatCircuit | None:
    """The circuit of a call; a gate's operands are its qubits, `modifier` (`ctrl @`) gets one more qubit before them.

    `values` are expressions by parameter; `symbols` stay open, by default those that have neither a value nor a
    default. An open parameter is the symbol `symbol(file, name)`. Registers have the first length that a gate can have.
    """
    if not (isinstance(definition, syntax.GateDefinition) and definition.takes_registers):
        return _sample(file, definition, values, symbols, modifier, 1)
    for length in LENGTHS:
        circuit = _sample(file, definition, values, symbols, "", length)
        if circuit is not None:
            return _sample(file, definition, values, symbols, modifier, length) if modifier else circuit
    return None


LENGTHS = (3, 2, 4, 1, 5)
"""The lengths of registers that are tried where a gate's first line leaves them open."""


def _sample(
    file: syntax.File,
    definition: Definition,
    values: Mapping[str, str] | None,
    symbols: Collection[str] | None,
    modifier: str,
    length: int,
) -> FlatCircuit | None:
    expressions = dict(values or {})
    if symbols is None:
        symbols = [p.name.text for p in definition.parameters if p.default is None and p.name.text not in expressions]
    free = {name: symbol(file, name) for name in symbols}
    arguments = ", ".join(f"{name} = {text}" for name, text in {**expressions, **free}.items())
    call = f"{definition.name.text}({arguments})" if arguments else definition.name.text
    lines = [f"param {name}" for name in free.values() if name not in _open(file)]
    name = definition.name.text
    if isinstance(definition, syntax.CircuitDefinition):
        lines.append(f"run {call}")
    else:
        taken = {*_names(file), *free.values()}
        wires = [_unlike(operand.name.text, taken) for operand in definition.operands]
        sizes = [_size(operand, length) for operand in definition.operands]
        declared = [wire + size for wire, size in zip(wires, sizes, strict=True)]
        name += f" {', '.join(declared)}" if definition.takes_registers else ""
        if modifier.startswith("ctrl"):
            control = _unlike("control", {*taken, *wires})
            wires, declared = [control, *wires], [control, *declared]
        lines += [f"qubit {', '.join(declared)}"] * bool(wires) + [f"{modifier} {call} {', '.join(wires)}"]
    items = [item for item in file.items if isinstance(item, _SEEN) or item is definition]
    text = must_parse(Source("\n".join(lines) + "\n", definition.name.text))
    try:
        program, diagnostics = lower(syntax.File(text.source, (*items, *text.items)), name=definition.name.text)
    except CompileError:
        return None
    if any(diagnostic.is_error for diagnostic in diagnostics) or len(program.runs) != 1:
        return None
    return program.runs[0].replace(name=name)


def _size(operand: syntax.OperandFormal, length: int) -> str:
    """The brackets of a declaration for an operand: its own length if that is a number."""
    if not operand.is_register:
        return ""
    return f"[{operand.size.span.text if isinstance(operand.size, syntax.Number) else length}]"


def typical(file: syntax.File, definition: Definition, runs: Iterable[FlatCircuit]) -> FlatCircuit | None:
    """The circuit of a call with open parameters; if they decide the shape, the first of `runs` made from it."""
    circuit = sample(file, definition)
    return circuit if circuit is not None else next((run for run in runs if _stems_from(run, definition.span)), None)


def _stems_from(circuit: FlatCircuit, span: Span) -> bool:
    """Whether a circuit was lowered from a definition."""
    origin = next((origin for origin in circuit.origins if origin is not None), None)
    return origin is not None and origin.source is span.source and span.start <= origin.start < span.end


def symbol(file: syntax.File, name: str) -> str:
    """The symbol for a parameter: its name, or a similar one if the name already has a value."""
    return _unlike(name, _names(file) - _open(file))


def _open(file: syntax.File) -> set[str]:
    """The `param` names without a value, which may also serve for the parameters of a definition."""
    parameters = [item for item in file.items if isinstance(item, syntax.Param)]
    return {p.declarator.name.text for p in parameters if p.value is None and p.declarator.size is None}


_SEEN = (syntax.Const, syntax.Param, syntax.HamiltonianDefinition, syntax.GateDefinition)
"""The statements of a program that definitions see."""


def _names(file: syntax.File) -> set[str]:
    names = {item.name.text for item in file.items if isinstance(item, syntax.Const | syntax.HamiltonianDefinition)}
    return names | {item.declarator.name.text for item in file.items if isinstance(item, syntax.Param)}


def _unlike(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name
