"""Measurements, resets and registers of circuits that are built in Python.

Takes a circuit's registers and the names of a call, checks these as strictly as the language does, and returns
registers and slots. A register of qubits reads them at the very end. Measurements before it write to a register of
slots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, Self, SupportsIndex

from ionqdsl.diagnostics import fail
from ionqdsl.ir import habits
from ionqdsl.ir.arguments import refused, text_of, whole
from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Register, Slot, shared
from ionqdsl.ir.options import Options
from ionqdsl.language.lower.measurements import MAX_SLOTS, RESERVED
from ionqdsl.python.choices import warn_of_part

if TYPE_CHECKING:
    from ionqdsl.python.branching import Outcomes

Registers = tuple[Register, ...]
Qubits = SupportsIndex | Iterable[SupportsIndex]


class MeasureMethods(FlatCircuit):
    """The methods for rows that are no gates, and for registers."""

    compiled: Options | None
    _branches = 0
    """How many `with circuit.when(...)` are open."""
    if not TYPE_CHECKING:  # a type checker would take every name for one that exists

        def __getattr__(self, name: str) -> NoReturn:
            raise habits.unknown(self, name, habits.CIRCUIT)

    def _qubit(self, qubit: SupportsIndex) -> int:
        raise NotImplementedError

    def _qubits(self, qubits: Qubits) -> tuple[int, ...]:
        raise NotImplementedError

    def barrier(self, *qubits: Qubits) -> Self:
        """Adds a barrier, on all qubits if none is named: the optimiser moves nothing across it."""
        chosen = dict.fromkeys(qubit for group in qubits for qubit in self._qubits(group))
        self.add(shared(BARRIER, tuple(chosen) if qubits else tuple(range(self.width))))
        return self

    def register(self, name: str, qubits: Iterable[SupportsIndex | None] | SupportsIndex) -> Self:
        """Names a group of measured qubits, the leftmost bit first; None is a slot that nothing writes.

        A number in place of the qubits makes that many slots, which `measure` writes.
        """
        if isinstance(qubits, SupportsIndex) and not isinstance(qubits, Iterable):
            self.registers = declared(self.registers, name, slots_for(name, qubits))
            return self
        if not isinstance(qubits, Iterable) or getattr(qubits, "shape", None) == ():
            raise refused("the qubits of a register", "a list of qubits", qubits)
        slots = tuple(None if qubit is None else self._qubit(qubit) for qubit in qubits)
        used = [slot for slot in slots if slot is not None]
        registers = declared(self.registers, name, slots)
        if len(set(used)) != len(used) or not used:
            raise fail("QC0897", name=name)
        self.registers = registers
        return self

    def _edit(self, rows: Sequence[Op] | None = None, is_first: bool = True) -> None:
        """Notes before an edit that the circuit is no longer the compiler's; `rows` follow it if it `is_first`.

        Raises QC0344 for an edit of earlier rows while a condition is open.
        """
        if self._branches and not is_first:
            raise fail("QC0344")
        if rows is None or any(op.gate != BARRIER for op in rows):
            warn_of_part(self, is_first)
        self.compiled = None

    def measure(self, qubits: Qubits, into: str, place: Qubits | None = None) -> Self:
        """Measures qubits before the end, and writes the outcomes to a register: all of it, or one place or several.

        The register is made if there is none of that name and no `place` is given. Raises CompileError.
        """
        self._edit()
        chosen = self._qubits(qubits)
        self.registers, slots = written(self, chosen, text_of(into, "the name of a register"), place)
        for qubit, slot in zip(chosen, slots, strict=True):
            self.add(Op(MEASURE, (qubit,), slot=slot))
        return self

    @contextmanager
    def when(self, condition: str, value: Outcomes | None = None) -> Iterator[Self]:
        """Puts the gates that are added inside a `with` under a condition on outcomes, as `if` does in the language.

        `with circuit.when("m[0] and not m[1]"): circuit.x(2)`, or `when("m[0]", 1)` and `when("m", [1, 0])` for
        values of outcomes. Measurements, resets and blocks cannot depend on outcomes; `insert` and `del` wait for the
        end. If an error is raised inside, nothing is added. Raises CompileError and UsageError.
        """
        from ionqdsl.python import branching  # late: it loads the language, which few builders need

        with branching.under(self, branching.conditions(self, condition, value)):
            around, self._branches = self._branches, self._branches + 1
            try:
                yield self
            finally:
                self._branches = around

    def reset(self, *qubits: Qubits) -> Self:
        """Brings qubits to |0>, all if none is named, whatever their state is."""
        self._edit()
        for qubit in [qubit for group in qubits for qubit in self._qubits(group)] if qubits else range(self.width):
            self.add(shared(RESET, (qubit,)))
        return self


def declared(registers: Registers, name: str, slots: tuple[int | Slot | None, ...]) -> Registers:
    """The registers with one more. Raises CompileError for a name that is none or is taken."""
    from ionqdsl.emit.qc import is_name  # late: this module prints circuits, and few builders name registers

    if not is_name(text_of(name, "the name of a register")) or name in dict(registers):
        raise fail("QC0893", name=name)
    return (*registers, (name, slots))


def slots_for(name: str, size: SupportsIndex) -> tuple[None, ...]:
    """So many slots that nothing has written yet. Raises CompileError."""
    number = whole(size, "the number of slots")
    if not 1 <= number <= MAX_SLOTS:
        raise fail("QC0334", size=number, limit=MAX_SLOTS)
    if name in RESERVED:
        raise fail("QC0293", name=name)
    return (None,) * number


def written(
    circuit: FlatCircuit, qubits: Sequence[int], name: str, places: SupportsIndex | Iterable[SupportsIndex] | None
) -> tuple[Registers, list[Slot]]:
    """The registers after a measurement of qubits into places of one, and the slots it writes. Raises CompileError.

    Without `places` these are all of the register, which is made if there is none of that name.
    """
    if len(set(qubits)) < len(qubits) or not qubits:
        raise fail("QC0295")
    registers = circuit.registers
    if places is None and name not in dict(registers):
        registers = declared(registers, name, slots_for(name, len(qubits)))
    old = dict(registers).get(name)
    if old is None:
        raise fail("QC0335", name=name, unmade=name)
    if any(isinstance(slot, int) for slot in old):
        raise fail("QC0335", name=name, other=f"{name}_1")
    chosen = _places(places, len(old))
    if len(chosen) != len(qubits):
        facts: dict[str, Any] = {"slots": len(chosen), "qubits": len(qubits), "name": name}
        facts["places" if len(qubits) <= len(old) else "made"] = len(qubits)
        raise fail("QC0296", **facts)
    slots = list(old)
    for place in chosen:
        if slots[place] is not None:
            raise fail("QC0290", slot=f"{name}[{place}]")
        slots[place] = Slot(name, place)
    new = tuple([(one, tuple(slots) if one == name else its) for one, its in registers])
    return new, [Slot(name, place) for place in chosen]


def _places(places: SupportsIndex | Iterable[SupportsIndex] | None, size: int) -> list[int]:
    if places is None:
        return [*range(size)]
    given = places if isinstance(places, Iterable) else [places]
    return [whole(place, "the place in the register", 0, size - 1) for place in given]


def joined(circuit: FlatCircuit, other: FlatCircuit) -> Registers:
    """The registers of a circuit to which another one is added, with those that the other's measurements write."""
    registers = circuit.registers
    for name, slots in other.registers:
        if any(isinstance(slot, Slot) for slot in slots):
            registers = declared(registers, name, slots)
    return registers


def without_lost(registers: Registers, rows: Sequence[Op], is_whole: bool) -> Registers:
    """Registers without the slots that none of the rows writes; those of qubits only for the rows of a whole circuit.

    Raises CompileError if a row depends on the outcome of a measurement that is not among the rows before it.
    """
    found: set[Slot] = set()
    for op in rows:
        for slot, _ in op.when:
            if slot not in found:
                raise fail("QC0648", slot=f"{slot.register}[{slot.place}]")
        if op.slot is not None:
            found.add(op.slot)
    kept = []
    for name, slots in registers:
        read = tuple([None if isinstance(slot, Slot) and slot not in found else slot for slot in slots])
        has_slots = any(isinstance(slot, Slot) for slot in read)
        if has_slots or (is_whole and (read == slots or any(isinstance(slot, int) for slot in read))):
            kept.append((name, read))
    return tuple(kept)


def refuse(rows: Sequence[Op], name: str, what: str) -> None:
    """Raises CompileError if there are measurements or resets, which have no inverse, power or control."""
    if any(op.gate in (MEASURE, RESET) for op in rows):
        raise fail("QC0647", name=name, what=what)
