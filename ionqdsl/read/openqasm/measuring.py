"""Reads the measurements and resets of an OpenQASM program, and the bits they write.

Takes statements and the program that is read, and adds rows to its circuit, or notes which qubits the bits read at the
end. A measurement into no bit ends its qubit, unless a reset follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Slot, shared
from ionqdsl.language import syntax
from ionqdsl.language.lower.measurements import by_branch, under
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.expressions import truth
from ionqdsl.read.openqasm.operands import Picked, bits_of, qubits_of
from ionqdsl.read.openqasm.scope import Bits, QasmScope, Value, Variable


class MeasuredProgram(Protocol):
    """The parts of program.py's reading that measurements change."""

    circuit: FlatCircuit
    bits: list[Bits]
    measured: dict[int, Span]
    numbers: dict[int, int]
    scope: QasmScope

    def body(self, statements: tuple[Any, ...], scope: QasmScope) -> None:
        """Executes statements in order."""


def measure(reading: MeasuredProgram, operand: Any, target: Any, span: Span, scope: QasmScope) -> None:
    """Measures qubits into the bits of a target, or into none."""
    qubits = qubits_of(operand, reading.circuit, scope)
    if target is None:
        reading.measured.update(dict.fromkeys(qubits.qubits, span))
        return
    into: Picked = bits_of(target, scope)
    if len(into.qubits) != len(qubits.qubits):
        raise fail("QC1132", span, qubits=len(qubits.qubits), bits=len(into.qubits))
    bits: Bits = into.bits
    for place, qubit in zip(into.qubits, qubits.qubits, strict=True):
        bits.slots[place] = _written(reading, bits, place, qubit, span)


def _written(reading: MeasuredProgram, bits: Bits, place: int, qubit: int, span: Span) -> Slot:
    """Adds a measurement into a bit; `registers` knows the name of its register."""
    if bits.slots[place] is not None:
        raise fail("QC1188", span, name=bits.name)
    slot = Slot(str(reading.numbers.setdefault(id(bits), len(reading.numbers))), place)
    reading.circuit.add(shared(MEASURE, (qubit,), slot=slot), span)
    return slot


def outcome(node: Any, kind: tree.Type, scope: QasmScope) -> Bits | None:
    """The bits that a number without a size is read from, as they are now; None if a value is no such bits."""
    held = scope.find(node.name) if isinstance(node, tree.Identifier) else None
    bits = held.value if isinstance(held, Variable) else held
    if not isinstance(bits, Bits) or kind.kind not in ("int", "uint") or kind.size is not None:
        return None
    return Bits(bits.name, list(bits.slots), bits.is_scalar, bits.span)


def reset(reading: MeasuredProgram, node: tree.Reset, scope: QasmScope) -> None:
    """Adds resets; one of a qubit whose outcome nobody keeps makes that measurement forgotten too."""
    for qubit in qubits_of(node.operand, reading.circuit, scope).qubits:
        reading.measured.pop(qubit, None)
        reading.circuit.add(shared(RESET, (qubit,)), node.span)


def branches(reading: MeasuredProgram, node: tree.BranchingStatement, scope: QasmScope) -> bool:
    """Executes both branches of an `if` on measured bits, each under the outcomes for which it is taken.

    False for a condition without measured bits, which is known now.
    """
    deciding, slots = _deciding(node.condition, scope)
    if not slots:
        if deciding:
            raise fail("QC0337", node.condition.span, slot=next(iter(deciding)))
        return False

    def chosen(outcomes: Mapping[Slot, int]) -> int:
        inner = scope.child()
        inner.names |= {name: _in_case(bits, outcomes) for name, bits in deciding.items()}
        return not truth(node.condition, inner)

    taken = by_branch(slots, chosen, 2, node.condition.span)
    for body, conditions in zip((node.then, node.otherwise), taken, strict=True):
        for condition in conditions:
            with under(reading.circuit, condition, node.span):
                reading.body(body, scope.child(is_branch=True))
    return True


def _deciding(node: Any, scope: QasmScope) -> tuple[dict[str, Bits], list[Slot]]:
    """The registers of bits that an expression names, and their slots: those at known indices, or all."""

    def bits_named(part: Any) -> Bits | None:
        held = scope.find(part.name) if isinstance(part, tree.Identifier) else None
        found = held.value if isinstance(held, Variable) else held
        return found if isinstance(found, Bits) else None

    def is_known(part: Any) -> bool:
        bits = bits_named(part.value) if isinstance(part, tree.IndexExpression) else None
        return bits is not None and not bits.is_scalar and not any(map(bits_named, syntax.walk(part.items)))

    registers: dict[str, Bits] = {}
    slots: dict[int | Slot | None, None] = {}
    for part in syntax.walk(node, is_known):
        name = part.value if is_known(part) else part
        bits = bits_named(name)
        if bits is not None:
            registers[name.name] = bits
            places = range(len(bits.slots)) if name is part else bits_of(part, scope).qubits
            slots |= dict.fromkeys(bits.slots[place] for place in places)
    return registers, [slot for slot in slots if isinstance(slot, Slot)]


def _in_case(bits: Bits, outcomes: Mapping[Slot, int]) -> Variable:
    """Bits as the number that they are in one case, the first bit the least significant; 0 where nothing is written."""
    digits = [str(outcomes.get(slot, 0)) if isinstance(slot, Slot) else "0" for slot in bits.slots]
    return Variable(None, Value("bits", "".join(reversed(digits)), len(digits)), True)


def registers(reading: MeasuredProgram) -> dict[str, tuple[str, Span | None]]:
    """Gives the circuit the bits that were measured into as registers, and returns their names and places."""
    wanted: dict[str, tuple[str, Span | None]] = {}
    for bits in reading.bits:
        if any(slot is not None for slot in bits.slots):
            key = str(reading.numbers[id(bits)])
            wanted[key] = bits.name, bits.span
            reading.circuit.registers += ((key, tuple(bits.slots)),)
        elif bits.slots:
            reading.scope.noticed.append(Diagnostic("QC1122", bits.span, {"name": bits.name}))
    return wanted
