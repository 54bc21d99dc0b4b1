"""Reads calls of gates that a `.qc` file defines, such as those of the standard library.

Takes the file as an `include` names it, the name of a gate, and values for its parameters and qubits; returns rows and
the qubits they act on. The compiler reads the call from a text like one that a user would write: lists of qubits are
registers there, and open parameters stay symbols.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple

from ionqdsl.diagnostics import CompileError, fail
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import notation
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.symbols import exact
from ionqdsl.language import standard, syntax
from ionqdsl.language.includes import open_includes
from ionqdsl.language.library import definition_signature
from ionqdsl.python.calls import PYTHON, angle_of, only_circuit, wrong_call
from ionqdsl.record import changed


class IncludedCall(NamedTuple):
    """Rows on qubits 0, 1, ..., their phase, and the operands that are these qubits."""

    rows: Sequence[Op]
    phase: Angle
    operands: Sequence[Any]


def called(
    include: str, name: str, gateset: str, arguments: Sequence[Any], parameters: Mapping[str, Any]
) -> IncludedCall:
    """The call of a gate from a file: parameters, qubits and lists of qubits, then parameters with defaults by name.

    Raises CompileError for a file or a gate that does not exist, and for every error of the call.
    """
    gate = _definition(include, name)
    signature = changed(definition_signature(gate), operands=len(gate.operands))
    optional = signature.parameters[signature.required :]
    unknown = {*parameters} - {*optional}
    if len(arguments) != signature.required + signature.operands or unknown:
        raise wrong_call(signature, len(arguments), unknown, [operand.is_register for operand in gate.operands])
    symbols: dict[str, Angle] = {}
    texts = [_text(value, symbols) for value in arguments[: signature.required]]
    texts += [f"{key} = {_text(parameters[key], symbols)}" for key in optional if key in parameters]
    operands = arguments[signature.required :]
    wires = [f"q{number}" for number in range(len(operands))]
    if not gate.takes_registers:  # lists are walked in parallel, as those of any gate
        lines = [f"qubit {', '.join(wires)}"] * bool(wires)
        places: Sequence[Any] = operands
    else:
        groups = [[*group] if isinstance(group, Iterable) else group for group in operands]
        sizes = [f"[{max(1, len(group))}]" if isinstance(group, list) else "" for group in groups]
        lines = [f"qubit {', '.join(wire + size for wire, size in zip(wires, sizes, strict=True))}"]
        wires = [f"{wire}[0:0]" if group == [] else wire for wire, group in zip(wires, groups, strict=True)]
        places = [qubit for group in groups for qubit in (group if isinstance(group, list) else [group])]
    call = f"{name}({', '.join(texts)})" if texts else name
    head = [f'include "{include}"', *(f"param {symbol}" for symbol in symbols)]
    text = "\n".join([*head, f"gateset {gateset}", *lines, f"{call} {', '.join(wires)}"])
    circuit = (_read_once if standard.find(include) else only_circuit)(text + "\n")
    rows = [op._replace(angles=tuple([angle.bind(symbols.get) for angle in op.angles])) for op in circuit.rows]
    return IncludedCall(_without_gaps(rows, operands, gate), circuit.phase.bind(symbols.get), places)


def _without_gaps(rows: list[Op], operands: Sequence[Any], gate: syntax.GateDefinition) -> list[Op]:
    """The rows with qubits numbered without those that stand for empty registers, which no row touches."""
    if not gate.takes_registers:
        return rows
    number, numbers, next_wire = 0, dict[int, int](), 0
    for group in operands:
        size = len([*group]) if isinstance(group, Iterable) else 1
        for wire in range(next_wire, next_wire + size):
            numbers[wire] = number
            number += 1
        next_wire += max(1, size)
    return [op.on(numbers) for op in rows]


def _definition(include: str, name: str) -> syntax.GateDefinition:
    file, diagnostics, _ = open_includes(Source(f'include "{include}"\n', PYTHON))
    errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error]
    if errors:
        raise CompileError(errors)
    gates = {item.name.text: item for item in file.items if isinstance(item, syntax.GateDefinition)}
    if name not in gates:
        shown = [gate for gate in gates if not gate.startswith("_")]
        close = get_close_matches(name, shown, 1)
        raise fail("QC0883", name=name, home=f"`{include}`", file=include, suggestion=close[0] if close else None)
    return gates[name]


def _text(value: Any, symbols: dict[str, Angle]) -> str:
    """A value as an expression of the language; open ones become symbols."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    if hasattr(value, "free_symbols") or isinstance(value, Angle):
        angle = angle_of(value)
        if angle.is_bound and isinstance(value, Angle):
            return f"({notation.angle(angle, 'turn')})*turn" if not angle.radians else f"({notation.angle(angle)})*rad"
        if angle.is_bound:
            return notation.angle(angle)
        symbol = f"given{len(symbols)}"
        symbols[symbol] = angle
        return symbol
    if isinstance(value, Iterable):
        return f"[{', '.join(_text(item, symbols) for item in value)}]"
    return notation.number(exact(value, "the argument"))


_read_once = lru_cache(maxsize=256)(only_circuit)
"""For texts that include nothing that can change."""
