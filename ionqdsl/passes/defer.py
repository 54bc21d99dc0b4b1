"""Moves measurements to the end, on qubits of their own, and makes controls of conditions on outcomes.

Takes a circuit with measurements, resets and conditions and returns one without them, for machines that measure only at
the end: its registers have the same distribution (deferred measurement; M. Nielsen and I. Chuang, section 4.4). A qubit
lives on a new wire after every reset. A measured qubit keeps its own outcome as long as later gates only control on it
or are diagonal on it; otherwise a cnot copies the outcome to a new wire first.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import BARRIER, MAX_QUBITS, MEASURE, NOT_GATES, RESET, FlatCircuit, Op, Slot, canonical
from ionqdsl.ir.gates import GATES


def deferred(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit without measurements in the middle. Its first qubits are those of the source as they end.

    A qubit that is reset and never used again is not replaced if there are registers, which alone count then.
    Raises CompileError for a native gate under a condition.

    Before:
        qubit a, b
        register m[1]
        h a
        m[0] = measure a
        if m[0] { x b }
        reset a
        h a
    After:
        qubit a, b, kept[1]
        h kept[0]
        cnot kept[0], b
        h a
        register m = kept[0]
    """
    return _Deferring(circuit).result() if circuit.is_dynamic else circuit


def refuse_copies(circuit: FlatCircuit) -> None:
    """Raises CompileError if a native circuit that stays as written has gates by which deferral copies outcomes."""
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if op.gate not in NOT_GATES and circuit.gateset == "native" != GATES[op.gate].gateset:
            raise fail("QC0636", origin, circuit=circuit.name)


class _Deferring:
    """`wires[q]` is the number of the wire on which qubit q lives now; wires are numbered as they begin."""

    def __init__(self, circuit: FlatCircuit) -> None:
        self.circuit = circuit
        self.wires = [*range(circuit.width)]
        self.count = circuit.width
        self.held: dict[Slot, int] = {}
        self.pairs: list[tuple[Op, Span | None]] = []
        self.uses = _uses(circuit)
        self.read = {slot for _, slots in circuit.registers for slot in slots if isinstance(slot, int)}

    def result(self) -> FlatCircuit:
        circuit = self.circuit
        for place, (op, origin) in enumerate(zip(circuit.rows, circuit.origins, strict=True)):
            if op.gate == MEASURE:
                self._measure(op, place, origin)
            elif op.gate == RESET:
                self._reset(op.qubits[0], place)
            else:
                self._gate(op, origin)
        if self.count > MAX_QUBITS:
            raise fail("QC0505", size=self.count, limit=MAX_QUBITS)
        final = {wire: qubit for qubit, wire in enumerate(self.wires)}
        others = [wire for wire in range(self.count) if wire not in final]
        final |= {wire: circuit.width + number for number, wire in enumerate(others)}
        rows = [(op.on(final), origin) for op, origin in self.pairs]
        registers = tuple(
            [
                (name, tuple([final[self.held[slot]] if isinstance(slot, Slot) else slot for slot in slots]))
                for name, slots in circuit.registers
            ]
        )
        wires = (*circuit.wires, (_free_name(circuit), len(others))) if others and circuit.wires else circuit.wires
        return circuit.with_rows(rows, width=self.count, registers=registers, wires=wires, inputs=None)

    def _new(self) -> int:
        self.count += 1
        return self.count - 1

    def _measure(self, op: Op, place: int, origin: Span | None) -> None:
        assert op.slot is not None
        qubit = op.qubits[0]
        wire = self.wires[qubit]
        is_shared = any(held == wire and slot.register == op.slot.register for slot, held in self.held.items())
        if is_shared or not self._keeps(qubit, place, op.slot):
            wire = self._new()
            self.pairs.append((Op("cnot", (self.wires[qubit], wire)), origin))
        self.held[op.slot] = wire

    def _keeps(self, qubit: int, place: int, slot: Slot) -> bool:
        """Whether a measured qubit holds its outcome until it is reset, or the circuit ends."""
        for later in self.uses[qubit]:
            if later <= place:
                continue
            op = self.circuit.rows[later]
            if op.gate == RESET:
                return True
            if op.gate not in (MEASURE, BARRIER) and not _is_diagonal_on(op, qubit):
                return False
            if any(other == slot for other, _ in op.when):
                return False
        return True

    def _reset(self, qubit: int, place: int) -> None:
        """The qubit lives on a new wire, unless nobody needs it any more."""
        is_used = any(later > place and self.circuit.rows[later].gate != BARRIER for later in self.uses[qubit])
        if is_used or qubit in self.read or not self.circuit.registers:
            self.wires[qubit] = self._new()

    def _gate(self, op: Op, origin: Span | None) -> None:
        wires = tuple([self.wires[qubit] for qubit in op.qubits])
        if not op.when:
            self.pairs.append((op._replace(qubits=wires), origin))
            return
        if GATES[op.gate].gateset == "native":
            raise fail("QC0341", origin, gate=GATES[op.gate].name)
        held: dict[int, int] = {}
        for slot, bit in op.when:
            if held.setdefault(self.held[slot], bit) != bit:
                return  # two slots on one wire have the same outcome: this case never occurs
        turned = [(Op("x", (wire,)), origin) for wire, bit in held.items() if not bit]
        gate = canonical(op)
        controlled = gate._replace(qubits=_once((*held, *wires)), controls=gate.controls + len(held), when=())
        self.pairs += [*turned, (controlled, origin), *turned]


def _once(wires: Sequence[int]) -> tuple[int, ...]:
    assert len({*wires}) == len(wires)
    return tuple(wires)


def _uses(circuit: FlatCircuit) -> list[list[int]]:
    """The places of the rows that meet each qubit."""
    uses: list[list[int]] = [[] for _ in range(circuit.width)]
    for place, op in enumerate(circuit.rows):
        for qubit in op.qubits:
            uses[qubit].append(place)
    return uses


def _is_diagonal_on(op: Op, qubit: int) -> bool:
    """Whether a gate leaves the outcome of a Z measurement of one of its qubits alone."""
    place = op.qubits.index(qubit)
    gate = GATES[op.gate]
    if place < op.controls + gate.controls:
        return True
    if op.operator is not None:
        number = place - op.controls
        return all(letter == "Z" for product, _ in op.operator.terms for letter, index in product if index == number)
    axis = gate.axis
    return axis != "SWAP" and axis[place - op.controls - gate.controls] == "Z"


def _free_name(circuit: FlatCircuit) -> str:
    """A name for the new wires that no qubit or register has."""
    taken = {name for name, _ in (*circuit.wires, *circuit.registers)} | set(circuit.symbols)
    name = "kept"
    while name in taken or any(symbol.startswith(name) for symbol in circuit.symbols):
        name += "_"
    return name
