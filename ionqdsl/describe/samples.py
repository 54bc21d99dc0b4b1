"""A gate or a circuit by itself: what one call of it does, as a circuit.

A program's tree and one of its definitions go in; the lowered circuit of a call comes out, its parameters symbols or
what they are given, or None where no such call can be made. Whatever else the program says or runs does not count.
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
    """The circuit of a call; a gate's operands are its qubits, `modifier` (`ctrl @`) gets one qubit more in front.

    `values` are expressions by parameter; `symbols` are left open, by default those that have neither a value nor a
    default. An open parameter is the symbol `symbol(file, name)`.
    """
    expressions = dict(values or {})
    if symbols is None:
        symbols = [p.name.text for p in definition.parameters if p.default is None and p.name.text not in expressions]
    free = {name: symbol(file, name) for name in symbols}
    arguments = ", ".join(f"{name} = {text}" for name, text in {**expressions, **free}.items())
    call = f"{definition.name.text}({arguments})" if arguments else definition.name.text
    lines = [f"param {name}" for name in free.values() if name not in _open(file)]
    if isinstance(definition, syntax.CircuitDefinition):
        lines.append(f"run {call}")
    else:
        taken = {*_names(file), *free.values()}
        wires = [_unlike(operand.text, taken) for operand in definition.operands]
        if modifier.startswith("ctrl"):
            wires = [_unlike("control", {*taken, *wires}), *wires]
        lines += [f"qubit {', '.join(wires)}"] * bool(wires) + [f"{modifier} {call} {', '.join(wires)}"]
    items = [item for item in file.items if isinstance(item, _SEEN) or item is definition]
    text = must_parse(Source("\n".join(lines) + "\n", definition.name.text))
    try:
        program, diagnostics = lower(syntax.File(text.source, (*items, *text.items)), name=definition.name.text)
    except CompileError:
        return None
    if any(diagnostic.is_error for diagnostic in diagnostics) or len(program.runs) != 1:
        return None
    return program.runs[0].replace(name=definition.name.text)


def typical(file: syntax.File, definition: Definition, runs: Iterable[FlatCircuit]) -> FlatCircuit | None:
    """The circuit of a call with open parameters; where the shape depends on them, the first of `runs` that it made."""
    circuit = sample(file, definition)
    return circuit if circuit is not None else next((run for run in runs if _stems_from(run, definition.span)), None)


def _stems_from(circuit: FlatCircuit, span: Span) -> bool:
    """Whether a circuit was lowered from a definition."""
    origin = next((origin for origin in circuit.origins if origin is not None), None)
    return origin is not None and origin.source is span.source and span.start <= origin.start < span.end


def symbol(file: syntax.File, name: str) -> str:
    """The symbol that stands for a parameter: its name, or one like it where something with a value has that."""
    return _unlike(name, _names(file) - _open(file))


def _open(file: syntax.File) -> set[str]:
    """The `param` names without a value, which can as well stand for the parameters of a definition."""
    parameters = [item for item in file.items if isinstance(item, syntax.Param)]
    return {p.declarator.name.text for p in parameters if p.value is None and p.declarator.size is None}


_SEEN = (syntax.Const, syntax.Param, syntax.HamiltonianDefinition, syntax.GateDefinition)
"""What definitions see of a program."""


def _names(file: syntax.File) -> set[str]:
    names = {item.name.text for item in file.items if isinstance(item, syntax.Const | syntax.HamiltonianDefinition)}
    return names | {item.declarator.name.text for item in file.items if isinstance(item, syntax.Param)}


def _unlike(name: str, taken: Collection[str]) -> str:
    while name in taken:
        name += "_"
    return name
