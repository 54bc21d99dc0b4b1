"""Reads the measurements and resets of an OpenQASM program, and the bits they write.

Takes statements and the program that is read, and adds rows to its circuit, or notes which qubits the bits read at the
end. What may follow a measurement depends on the caller of `read`.
"""

from __future__ import annotations

from typing import Any, Protocol

from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Slot, shared
from ionqdsl.language.syntax import Name
from ionqdsl.read.openqasm import tree
from ionqdsl.read.openqasm.expressions import Bits, QasmScope
from ionqdsl.read.openqasm.operands import Picked, bits_of, qubits_of


class MeasuredProgram(Protocol):
    """The parts of program.py's reading that measurements change."""

    circuit: FlatCircuit
    is_dynamic: bool
    bits: list[Bits]
    measured: dict[int, Span]
    touched: set[int]
    numbers: dict[int, int]
    spelled: set[str]
    scope: QasmScope

    def spelling(self, name: Name) -> str:
        """The name in `.qc` text, unique in the program."""


def measure(reading: MeasuredProgram, operand: Any, target: Any, span: Span, scope: QasmScope) -> None:
    """Measures qubits into the bits of a target, or into none."""
    qubits = qubits_of(operand, reading.circuit, scope)
    if target is not None:
        into: Picked = bits_of(target, scope)
        if len(into.qubits) != len(qubits.qubits):
            raise fail("QC1132", span, qubits=len(qubits.qubits), bits=len(into.qubits))
        bits: Bits = into.bits
        for place, qubit in zip(into.qubits, qubits.qubits, strict=True):
            bits.slots[place] = _written(reading, bits, place, qubit, span) if reading.is_dynamic else qubit
        if reading.is_dynamic:
            return
    for qubit in qubits.qubits:
        reading.measured[qubit] = span


def _written(reading: MeasuredProgram, bits: Bits, place: int, qubit: int, span: Span) -> Slot:
    """Adds a measurement into a bit; `registers` knows the name of its register."""
    if bits.slots[place] is not None:
        raise fail("QC1188", span, name=bits.name)
    slot = Slot(str(reading.numbers.setdefault(id(bits), len(reading.numbers))), place)
    reading.circuit.add(shared(MEASURE, (qubit,), slot=slot), span)
    reading.touched.add(qubit)
    return slot


def reset(reading: MeasuredProgram, node: tree.Reset, scope: QasmScope) -> None:
    """A reset before any gate on a qubit changes nothing; later, it needs a measurement."""
    for qubit in qubits_of(node.operand, reading.circuit, scope).qubits:
        if reading.is_dynamic and qubit not in reading.measured:
            reading.circuit.add(shared(RESET, (qubit,)), node.span)
        elif qubit in reading.touched or qubit in reading.measured:
            raise fail("QC1133", node.span)


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
        if len(set(used)) != len(used):
            raise fail("QC1123", bits.span, name=bits.name)
        spelled = reading.spelling(Name(bits.name, bits.span))
        names[str(reading.numbers.get(id(bits), ""))] = spelled
        slots = [slot._replace(register=spelled) if isinstance(slot, Slot) else slot for slot in bits.slots]
        reading.circuit.registers += ((spelled, tuple(slots)),)
    for number, op in enumerate(reading.circuit.rows if reading.is_dynamic else ()):
        if op.slot is not None:
            slot = op.slot._replace(register=names[op.slot.register])
            reading.circuit.rows[number] = op._replace(slot=slot)
