"""Converts circuits from and to cirq, with symbols, measurement keys, conditions and the exact global phase.

`read` takes a Circuit: qubits keep cirq's own order; unknown gates are decomposed, and the result is compared with
their matrix, phase included. `write` makes one. A key becomes a register: its qubit i is slot i, leftmost in ionqdsl's
bit strings and the most significant bit of the number that cirq's conditions see. Keys `s[0]`, `s[1]` of one qubit each
are the slots of one register `s`, and a register that is not measured all at once is written as such keys. Both refuse
a circuit that the other side cannot express.
"""

from __future__ import annotations

import cmath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import chain, groupby
from numbers import Integral
from typing import Any, NamedTuple

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics import Diagnostic, fail
from ionqdsl.emit.qc import is_name
from ionqdsl.exchange.assembly import (
    MAX_DEPTH,
    Assembly,
    plain_rows,
    renamed,
    single,
)
from ionqdsl.exchange.cirq_gates import gate_template
from ionqdsl.ir import symbolic
from ionqdsl.ir.angle import ZERO, Angle
from ionqdsl.ir.circuit import BARRIER, RESET, Condition, FlatCircuit, Op, Register, Slot, canonical
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.language.lower.measurements import readable
from ionqdsl.nesting import roomy
from ionqdsl.record import fresh, record


def is_one(source: Any) -> bool:
    """Whether a value is one of cirq's circuits."""
    import cirq

    return isinstance(source, cirq.AbstractCircuit)


@roomy
def read(source: Any) -> tuple[FlatCircuit, list[Diagnostic]]:
    """The circuit of a cirq Circuit, and notes. Raises CompileError for one that cannot be expressed."""
    import cirq

    names, noticed = renamed(sorted(cirq.parameter_names(source)))
    if names:
        source = cirq.resolve_parameters(source, {old: symbolic.parameter(new) for old, new in names.items()})
    qubits = sorted(source.all_qubits())
    if wide := [qubit for qubit in qubits if qubit.dimension != 2]:
        raise fail("QC1144", None, what="levels", qubit=wide[0], levels=wide[0].dimension)
    assembly = Assembly(FlatCircuit(len(qubits), wires=_wires(qubits)))
    reading = _OperationReading(assembly, {qubit: number for number, qubit in enumerate(qubits)})
    for operation in source.all_operations():
        reading.place(operation, 0)
    circuit, renamings = assembly.finished(reading.registers())
    return circuit, noticed + renamings


_SLOT = re.compile(r"(\w+)\[(\d{1,4})\]")
"""A key that names a slot of a register."""


@record(frozen=False)
class _OperationReading:
    """The operations of a circuit as rows. `places` are the numbers of its qubits, `keys` the slots of its keys.

    `names` are the registers in order: a name, and whether its slots have keys of their own -> its provisional name.
    `turned` are the qubits that were flipped for an inverted measurement and are flipped back before their next gate.
    """

    assembly: Assembly
    places: dict[Any, int]
    keys: dict[Any, tuple[Slot, ...]] = fresh(default_factory=dict)
    names: dict[tuple[str, bool], str] = fresh(default_factory=dict)
    turned: set[int] = fresh(default_factory=set)

    def place(self, operation: Any, depth: int) -> None:
        """Adds an operation."""
        import cirq

        if depth > MAX_DEPTH:
            raise fail("QC1103", None, limit=MAX_DEPTH)
        qubits, gate = [self.places[qubit] for qubit in operation.qubits], operation.gate
        is_group = isinstance(operation.untagged, cirq.CircuitOperation)
        if operation.classical_controls:
            self.turn_back(qubits)
            body = partial(self.place, operation.without_classical_controls(), depth + 1)
            self.under(sorted(operation.classical_controls, key=str), body)
        elif isinstance(gate, cirq.MeasurementGate):
            self.measure(operation, qubits)
        elif isinstance(gate, cirq.ResetChannel):
            self.turned.discard(qubits[0])
            self.assembly.reset(qubits[0])
        elif isinstance(gate, cirq.WaitGate):
            raise fail("QC1144", None, what="wait", gate=operation)
        elif is_group or cirq.is_measurement(operation):
            for part in self.parts(operation):
                self.place(part, depth + 1)
        else:
            self.turn_back(qubits)
            self.assembly.place(gate_template(operation, 0), qubits)

    def parts(self, operation: Any) -> Sequence[Any]:
        """The operations that a circuit operation, or a measurement of something else than qubits, consists of."""
        import cirq

        group = operation.untagged
        if isinstance(group, cirq.CircuitOperation):
            if group.repeat_until:
                raise fail("QC1149", None, construct="repeat_until")
            if isinstance(group.repetitions, Integral):
                self.assembly.spend(abs(int(group.repetitions)) * sum(1 for _ in group.circuit.all_operations()))
        parts: Sequence[Any] | None = cirq.decompose_once(operation, default=None)
        if parts is None:
            raise fail("QC1144", None, what="gate", gate=operation.gate or operation)
        if any(qubit not in self.places for part in parts for qubit in part.qubits):
            raise fail("QC1144", None, what="more qubits", gate=operation.gate or operation)
        return parts

    def measure(self, operation: Any, qubits: Sequence[int]) -> None:
        """Adds a measurement; an inverted one between two flips, since a register holds the outcome itself."""
        import cirq

        key = cirq.measurement_key_obj(operation)
        if operation.gate.confusion_map:
            raise fail("QC1192", None, key=key)
        self.turn_back(qubits)
        self.keys[key] = self.slots(str(key), len(qubits))
        inverted = operation.gate.full_invert_mask()
        for qubit, slot, is_inverted in zip(qubits, self.keys[key], inverted, strict=True):
            if is_inverted:
                self.turned.add(qubit)
                self.assembly.place(_FLIP, [qubit])
            self.assembly.measure(qubit, slot, str(key))

    def turn_back(self, qubits: Iterable[int]) -> None:
        """Flips qubits back that were flipped for a measurement."""
        for qubit in self.turned.intersection(qubits):
            self.turned.remove(qubit)
            self.assembly.place(_FLIP, [qubit])

    def slots(self, key: str, count: int) -> tuple[Slot, ...]:
        """The slots of a key that measures so many qubits."""
        match = _SLOT.fullmatch(key) if count == 1 else None
        name = (match[1], True) if match else (key, False)
        register = self.names.setdefault(name, str(len(self.names)))
        return tuple([Slot(register, int(match[2]) if match else place) for place in range(count)])

    def registers(self) -> Iterator[tuple[str, str, list[Slot | None]]]:
        """The registers, as `Assembly.finished` takes them."""
        for (name, _), register in self.names.items():
            places = [slot.place for slots in self.keys.values() for slot in slots if slot.register == register]
            yield register, name, [Slot(register, place) for place in range(max(places) + 1)]

    def under(self, conditions: Sequence[Any], body: Callable[[], None]) -> None:
        """Adds the rows of a body under conditions that must all hold."""
        if not conditions:
            body()
            return
        condition = conditions[0]
        unknown = next((key for key in condition.keys if key not in self.keys), None)
        if unknown is not None:
            raise fail("QC1190", None, key=unknown)
        used = {key: self.keys[key] for key in condition.keys}
        deciding = [slot for slots in used.values() for slot in slots]
        mask = getattr(condition, "bitmask", None)
        if mask is not None:
            deciding = [slot for place, slot in enumerate(reversed(deciding)) if mask >> place & 1]
        inner = partial(self.under, conditions[1:], body)
        self.assembly.branches(deciding, partial(_decided, condition, used), [lambda: None, inner])


_FLIP = single("x")


def _decided(condition: Any, used: Mapping[Any, Sequence[Slot]], outcomes: Mapping[Slot, int]) -> bool:
    """Whether a condition holds for outcomes, as cirq itself decides it. Raises CompileError if it cannot."""
    import cirq

    store = cirq.ClassicalDataDictionaryStore()
    for key, slots in used.items():
        store.record_measurement(key, [outcomes.get(slot, 0) for slot in slots], cirq.LineQubit.range(len(slots)))
    try:
        return bool(condition.resolve(store))
    except (TypeError, ValueError, IndexError, KeyError, AttributeError):
        raise fail("QC1191", None, condition=str(condition)[:100]) from None


def _wires(qubits: list[Any]) -> tuple[tuple[str, int | None], ...]:
    """Named qubits keep their names, others are one register."""
    names = [str(getattr(qubit, "name", "")) for qubit in qubits]
    if all(map(is_name, names)) and len(set(names)) == len(names):
        return tuple((name, None) for name in names)
    return (("q", len(qubits)),) if qubits else ()


# --- writing ---------------------------------------------------------------------------------------------------------


def write(circuit: FlatCircuit) -> Any:
    """The cirq Circuit of a circuit, qubit i on LineQubit(i). Raises CompileError if cirq cannot express it.

    Barriers are edges of moments: no gate after one shares a moment with a gate before it.
    """
    import cirq

    qubits = cirq.LineQubit.range(circuit.width)
    plain = plain_rows(circuit)
    result = cirq.Circuit()
    stretch: list[Any] = []
    keys: dict[Slot, _KeyBit] = {}
    for is_measured, rows in groupby(plain.rows, lambda op: op.slot is not None):
        if is_measured:
            stretch += _measurements(list(rows), circuit.registers, keys, qubits)
            continue
        for op in rows:
            if op.gate == BARRIER:
                result += cirq.Circuit(stretch)
                stretch = []
            else:
                stretch += _operations(op, qubits, keys)
    result += cirq.Circuit(stretch)
    phase = plain.phase.reduced()
    if phase:
        if not phase.is_bound:
            raise fail("QC1144", None, what="open phase")
        result.append(cirq.global_phase_operation(cmath.exp(1j * phase.in_radians())))
    idle = set(qubits) - set(result.all_qubits())
    result.append(cirq.I(qubit) for qubit in qubits if qubit in idle)
    for name, slots in circuit.registers:
        if slots[-1] is None:
            raise fail("QC1144", None, what="empty slot", register=name)
        places = {number: slot for number, slot in enumerate(slots) if isinstance(slot, int)}
        if places and len(places) == len(slots):
            result.append(cirq.measure(*(qubits[slot] for slot in places.values()), key=name))
        else:
            result.append(cirq.measure(qubits[slot], key=f"{name}[{number}]") for number, slot in places.items())
    return result


class _KeyBit(NamedTuple):
    """The bit of a key that has the outcome of a slot: its weight in the key's number, and the number of bits."""

    key: str
    weight: int
    bits: int


def _measurements(
    rows: Sequence[Op], registers: Iterable[Register], keys: dict[Slot, _KeyBit], qubits: Sequence[Any]
) -> Iterator[Any]:
    """Measurements that stand together. A register that they write as a whole has one key, others one a slot."""
    import cirq

    written = {op.slot: op.qubits[0] for op in rows}
    for name, slots in registers:
        places = [written[slot] for slot in slots if slot in written]
        if len({*places}) == len(slots):
            bits = len(slots)
            keys |= {Slot(name, place): _KeyBit(name, 1 << bits - 1 - place, bits) for place in range(bits)}
            yield cirq.measure(*(qubits[place] for place in places), key=name)
            continue
        for slot in slots:
            if isinstance(slot, Slot) and slot in written:
                keys[slot] = _KeyBit(f"{name}[{slot.place}]", 1, 1)
                yield cirq.measure(qubits[written[slot]], key=keys[slot].key)


def _operations(op: Op, qubits: Sequence[Any], keys: Mapping[Slot, _KeyBit]) -> Iterator[Any]:
    """A row that is no measurement. Global phases under a condition are left out: no shot shows them."""
    import cirq

    if op.gate == RESET:
        yield cirq.reset(qubits[op.qubits[0]])
        return
    conditions = _conditions(op.when, keys)
    for gate, places in _gates(op):
        operation = gate.on(*(qubits[place] for place in places))
        if not conditions:
            yield operation
        elif places:
            yield operation.with_classical_controls(*conditions)


def _conditions(when: Condition, keys: Mapping[Slot, _KeyBit]) -> list[Any]:
    """A condition as one of cirq's for each key, or for some bits of a key that has many."""
    import cirq

    found: list[Any] = []
    parts = [groupby([(keys[slot], bit) for slot, bit in part], lambda pair: pair[0].key) for part in readable(when)]
    for key, group in chain.from_iterable(parts):
        pairs = list(group)
        mask, value = sum(place.weight for place, _ in pairs), sum(place.weight * bit for place, bit in pairs)
        if value and pairs[0][0].bits == 1:
            found.append(cirq.KeyCondition(cirq.MeasurementKey(key)))
        else:
            found.append(cirq.BitMaskKeyCondition(key, target_value=value, equal_target=True, bitmask=mask))
    return found


def _exponent(value: Angle) -> Any:
    """An angle in half turns."""
    if value.is_bound:
        return float(value.in_turns() * 2)
    turned = symbolic.to_sympy(value) / symbolic.to_sympy(Angle(Fraction(1, 2)))
    plain = {symbol: type(symbol)(symbol.name) for symbol in turned.free_symbols}  # cirq finds symbols by equality
    return turned.xreplace(plain)


_POWERS = {axis: f"{axis}PowGate" for axis in ("X", "Y", "Z", "H", "XX", "YY", "ZZ")} | {"SWAP": "SwapPowGate"}
"""The axis of a row -> cirq's class of the powers of that axis; those of P are `PhasedXPowGate`."""


def _gates(op: Op) -> Iterator[tuple[Any, tuple[int, ...]]]:
    """A row as gates of cirq with their operands: the power of an axis, or elementary gates if that has no class.

    A power t is a rotation by t/2 turns with the phase t/4 turns; `global_shift` -1/2 removes the phase.
    """
    import cirq

    op = canonical(op)
    axis, rotation, phase = GATES[op.gate].axis, rotation_of(op.gate, op.angles), phase_of(op.gate, op.angles)
    shift = {ZERO: -0.5, rotation / 2: 0.0}.get(phase)
    if shift is None or (axis not in _POWERS and axis != "P"):
        rows, phase = elementary(op)
        for row in rows:
            yield from _gates(row)
        if phase:
            yield cirq.GlobalPhaseGate(cmath.exp(1j * phase.in_radians())), ()
        return
    gate: Any
    if axis == "P":
        start = _exponent(op.angles[0])
        gate = cirq.PhasedXPowGate(phase_exponent=start, exponent=_exponent(rotation), global_shift=shift)
    else:
        gate = getattr(cirq, _POWERS[axis])(exponent=_exponent(rotation), global_shift=shift)
    yield gate.controlled(op.controls) if op.controls else gate, op.qubits
