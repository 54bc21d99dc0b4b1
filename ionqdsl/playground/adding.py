"""Adds a gate that was dropped on the picture of a circuit to its program: decides which line is written, and where.

Takes a request (asking.adding), the program's items and the circuit, and returns an edit of the text. The line stands
after the statement that made the gate to its left, or else where the statements of the circuit begin.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.emit.placement import qubit_names
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.language import syntax
from ionqdsl.playground.asking import TAKES_TWO, AddingRequest

_DECLARING = (syntax.Qubits, syntax.Alias, syntax.Const, syntax.Param, syntax.GatesetStatement)


def added(query: AddingRequest, source: Source, items: Sequence[Any], circuit: FlatCircuit | None) -> tuple[int, str]:
    """The edit: an offset, and the text to insert there. Raises UsageError (QC1159)."""
    if circuit is None:
        raise refused("the program runs no circuit")
    names = qubit_names(circuit)
    count = 2 if query.gate in TAKES_TWO else 1
    if len(names) < count:
        raise refused("there are too few qubits for it")
    first = min(query.wire, len(names) - 1)
    second = first + 1 if first + 1 < len(names) else first - 1
    line = f"{query.gate} {', '.join([names[first], names[second]][:count])}"
    origin = None
    if query.after is not None and query.after < len(circuit.origins):
        origin = circuit.origins[query.after]
        if origin is not None and origin.source.name != source.name:
            raise refused("the gate to its left comes from another file")
    return _placed(source.text, _body(items, circuit), origin, line)


def refused(reason: str) -> UsageError:
    """The error that says why the gate is not added."""
    return UsageError([Diagnostic("QC1159", facts={"reason": reason})])


def _body(items: Sequence[Any], circuit: FlatCircuit) -> Sequence[Any]:
    """The statements of the circuit: those of the file, or those of its only definition."""
    defined = [item for item in items if isinstance(item, syntax.CircuitDefinition)]
    if not defined:
        return items
    named = [item for item in defined if item.name.text == circuit.name] or defined
    if len(named) > 1 or not named[0].body:
        raise refused("it is not clear which definition makes this circuit")
    return named[0].body


def _placed(text: str, items: Sequence[Any], origin: Span | None, line: str) -> tuple[int, str]:
    """An offset into the text, and the text to insert there."""
    before = [item for item in items if isinstance(item, _DECLARING)]
    span = before[-1].span if before else None
    if origin is not None:
        around = [item for item in items if item.span.start <= origin.start and origin.end <= item.span.end]
        if not around:
            raise refused("the gate to its left is part of another definition")
        span = origin if isinstance(around[0], syntax.Lines) else around[0].span
    if span is None:
        raise refused("the program declares no qubit")
    end = text.find("\n", span.end)
    end = len(text) if end < 0 else end
    if text[span.end : end].lstrip().startswith(";") and text[span.end : end].strip() != ";":
        return span.end, f"; {line}"
    head = text[text.rfind("\n", 0, span.start) + 1 : span.start]
    indent = head[: len(head) - len(head.lstrip())]
    rest = text[span.end : end].lstrip("; \t")
    if rest and not rest.startswith("#"):  # a closing brace on the same line
        return span.end, f"; {line}"
    return end, f"\n{indent}{line}"
