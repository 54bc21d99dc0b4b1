"""Resolves operands to qubits or bits, and loops to the values they run over.

Takes an operand's expression and a scope and returns positions in the order written. Ranges include both ends; indices
below 0 count from the end.
"""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import MAX_QUBITS, FlatCircuit
from ionqdsl.language.values import NamedQubits
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.expressions import evaluate, part_of_array, whole
from ionqdsl.read.openqasm.scope import Array, Bits, QasmScope, Value
from ionqdsl.record import record


@record
class Picked:
    """Qubits, or positions in `bits`. A single one, unlike a register of one, combines with registers of any length."""

    qubits: tuple[int, ...]
    is_single: bool
    bits: Any = None


def qubits_of(node: Any, circuit: FlatCircuit, scope: QasmScope) -> Picked:
    """The qubits of an operand. Raises CompileError."""
    if isinstance(node, tree.Identifier):
        if node.name.startswith("$"):
            return _physical(node, circuit)
        wires = scope.find(node.name)
        if wires is None:
            raise fail("QC1111", node.span, name=node.name)
        if not isinstance(wires, NamedQubits):
            raise fail("QC1110", node.span, wanted="qubits", found="a classical value")
        return Picked(wires.qubits, wires.scalar)
    if not isinstance(node, tree.IndexExpression):
        raise fail("QC1110", node.span, wanted="qubits", found="a classical value")
    base = qubits_of(node.value, circuit, scope)
    if base.is_single:
        raise fail("QC0227", node.span, name=node.value.span.text)
    positions, is_single = picked(node, len(base.qubits), scope)
    return Picked(tuple([base.qubits[position] for position in positions]), is_single)


def _physical(node: tree.Identifier, circuit: FlatCircuit) -> Picked:
    """`$3` is qubit 3, in a program that declares no qubits."""
    number = int(node.name[1:6])
    if circuit.wires or number >= MAX_QUBITS or len(node.name) > 6:
        raise fail("QC1136", node.span, qubit=node.name)
    circuit.width = max(circuit.width, number + 1)
    return Picked((number,), True)


def bits_of(node: Any, scope: QasmScope) -> Picked:
    """The bits a measurement writes. Raises CompileError."""
    if isinstance(node, tree.Identifier):
        bits = scope.find(node.name)
        if bits is None:
            raise fail("QC1111", node.span, name=node.name)
        if not isinstance(bits, Bits):
            raise fail("QC1127", node.span, name=node.name)
        return Picked(tuple(range(len(bits.slots))), bits.is_scalar, bits)
    base = bits_of(node.value, scope)
    if base.is_single:
        raise fail("QC0227", node.span, name=node.value.span.text)
    positions, is_single = picked(node, len(base.qubits), scope)
    return Picked(tuple([base.qubits[position] for position in positions]), is_single, base.bits)


def picked(node: tree.IndexExpression, length: int, scope: QasmScope) -> tuple[list[int], bool]:
    """The positions an index picks out of `length`, and whether it is a single position."""
    if len(node.items) != 1:
        raise fail("QC1110", node.span, wanted="one index", found=str(len(node.items)))
    item = node.items[0]
    if isinstance(item, tree.SetOf):
        return [_position(entry, length, scope) for entry in item.items], False
    if not isinstance(item, tree.Range):
        return [_position(item, length, scope)], True
    step = 1 if item.step is None else whole(item.step, scope, "a step")
    if not step:
        raise fail("QC0314", item.span)
    ends = (0, length - 1) if step > 0 else (length - 1, 0)
    start = ends[0] if item.start is None else _position(item.start, length, scope)
    stop = ends[1] if item.stop is None else _position(item.stop, length, scope)
    places = list(range(start, stop + (1 if step > 0 else -1), step))
    if not places:
        raise fail("QC1137", item.span)
    return places, False


def _position(node: Any, length: int, scope: QasmScope) -> int:
    index = whole(node, scope, "an index")
    if not -length <= index < length:
        raise fail("QC1109", node.span, index=index, indices=range(length))
    return index % length


def base(node: Any) -> str:
    """The name that an operand begins with."""
    while isinstance(node, tree.IndexExpression):
        node = node.value
    return str(node.name)


MAX_ROUNDS = 100_000
"""Longest loop."""


def loop_values(node: Any, scope: QasmScope) -> list[Value]:
    """The values a loop runs over: a range, a set, or the bits of a known value, the least significant first."""
    if isinstance(node, tree.SetOf):
        return [evaluate(item, scope) for item in node.items]
    if isinstance(node, tree.Range):
        if node.start is None or node.stop is None:
            raise fail("QC1110", node.span, wanted="a range with both ends", found=f"`{node.span.text[:40]}`")
        start, stop = whole(node.start, scope, "a whole number"), whole(node.stop, scope, "a whole number")
        step = 1 if node.step is None else whole(node.step, scope, "a step")
        if not step:
            raise fail("QC0314", node.span)
        if (stop - start) // step >= MAX_ROUNDS:  # not by len, which takes no range of 2^63
            raise fail("QC0501", node.span, limit=MAX_ROUNDS)
        return [Value("int", value) for value in range(start, stop + (1 if step > 0 else -1), step)]
    part = part_of_array(node, scope)
    if isinstance(part, Array):
        return [_loop_value(item, node) for item in part.items]
    value = evaluate(node, scope)
    if value.kind != "bits":
        raise fail("QC1110", node.span, wanted="a range, a set or bits", found="another value")
    return [Value("bits", bit, 1) for bit in reversed(value.value)]


def _loop_value(item: Any, node: Any) -> Value:
    """An element of an array that a loop runs over."""
    if isinstance(item, Array):
        raise fail("QC1110", node.span, wanted="an array of one dimension", found="one of several")
    if item is None:
        raise fail("QC1112", node.span, name=node.span.text)
    value: Value = item
    return value
