"""Reads the measurements and resets of an OpenQASM program, and the bits they write.

Takes statements and the program that is read, and adds rows to its circuit, or notes which qubits the bits read at the
end. A measurement into no bit ends its qubit, unless a reset follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, Protocol

from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Slot, shared
from ionqdsl.language.lower.measurements import MAX_DECIDING, conditioned, cubes
from ionqdsl.language.syntax import Name
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.expressions import Bits, QasmScope, Value, Variable, truth
from ionqdsl.read.openqasm.operands import Picked, bits_of, qubits_of


class MeasuredProgram(Protocol):
    """The parts of program.py's reading that measurements change."""

    circuit: FlatCircuit
    bits: list[Bits]
    measured: dict[int, Span]
    numbers: dict[int, int]
    spelled: set[str]
    scope: QasmScope

    def body(self, statements: tuple[Any, ...], scope: QasmScope) -> None:
        """Executes statements in order."""

    def spelling(self, name: Name) -> str:
        """The name in `.qc` text, unique in the program."""


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


def reset(reading: MeasuredProgram, node: tree.Reset, scope: QasmScope) -> None:
    """Adds resets; one of a qubit whose outcome nobody keeps makes that measurement forgotten too."""
    for qubit in qubits_of(node.operand, reading.circuit, scope).qubits:
        reading.measured.pop(qubit, None)
        reading.circuit.add(shared(RESET, (qubit,)), node.span)


def branches(reading: MeasuredProgram, node: tree.BranchingStatement, scope: QasmScope) -> bool:
    """Executes both branches of an `if` on measured bits, each under the outcomes for which it is taken.

    False for a condition without measured bits, which is known now. Global phases of a branch are left out, since
    shots with other outcomes cannot be compared with it.
    """
    deciding = _bits_of_condition(node.condition, scope)
    slots = [slot for bits in deciding.values() for slot in bits.slots if isinstance(slot, Slot)]
    if not slots:
        return False
    if len(slots) > MAX_DECIDING:
        raise fail("QC0338", node.condition.span, count=len(slots), limit=MAX_DECIDING)
    taken: dict[bool, set[tuple[int, ...]]] = {True: set(), False: set()}
    for outcomes in product((0, 1), repeat=len(slots)):
        inner = scope.child()
        inner.names |= {
            name: _in_case(bits, dict(zip(slots, outcomes, strict=True))) for name, bits in deciding.items()
        }
        taken[truth(node.condition, inner)].add(outcomes)
    for holds, body in ((True, node.then), (False, node.otherwise)):
        for condition in cubes(taken[holds], slots):
            circuit = reading.circuit
            first, phase = len(circuit.rows), circuit.phase
            reading.body(body, scope.child())
            wrong = next((op.gate for op in circuit.rows[first:] if op.gate in (MEASURE, RESET) or op.pinned), None)
            if wrong is not None:
                raise fail("QC0299", node.span, what=wrong)
            circuit.phase = phase
            conditioned(circuit, first, condition)
    return True


def _bits_of_condition(node: Any, scope: QasmScope) -> dict[str, Bits]:
    """The registers of bits that an expression names."""
    found: dict[str, Bits] = {}
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tree.Identifier):
            held = scope.find(part.name)
            if isinstance(held, Bits):
                found[part.name] = held
        elif isinstance(part, tuple | list):
            waiting += part
        else:
            waiting += [inner for key, inner in getattr(part, "__dict__", {}).items() if key != "span"]
    return found


def _in_case(bits: Bits, outcomes: Mapping[Slot, int]) -> Variable:
    """Bits as the number that they are in one case, the first bit the least significant; 0 where nothing is written."""
    digits = [str(outcomes.get(slot, 0)) if isinstance(slot, Slot) else "0" for slot in bits.slots]
    return Variable(None, Value("bits", "".join(reversed(digits)), len(digits)), True)


def registers(reading: MeasuredProgram) -> None:
    """The bits that were measured into, as registers."""
    reading.spelled = set()
    names: dict[str, str] = {}
    for bits in reading.bits:
        used = [slot for slot in bits.slots if slot is not None]
        if not used:
            if bits.slots:
                reading.scope.noticed.append(Diagnostic("QC1122", bits.span, {"name": bits.name}))
            continue
        spelled = reading.spelling(Name(bits.name, bits.span))
        names[str(reading.numbers.get(id(bits), ""))] = spelled
        slots = [slot._replace(register=spelled) if isinstance(slot, Slot) else slot for slot in bits.slots]
        reading.circuit.registers += ((spelled, tuple(slots)),)
    for number, op in enumerate(reading.circuit.rows):
        if op.slot is not None:
            slot = op.slot._replace(register=names[op.slot.register])
            reading.circuit.rows[number] = op._replace(slot=slot)
        elif op.when:
            when = tuple(sorted((slot._replace(register=names[slot.register]), bit) for slot, bit in op.when))
            reading.circuit.rows[number] = op._replace(when=when)
