"""Writes a circuit with measurements in the middle as the OpenQASM 3 program of an `ionq.qasm3.v1` job.

Takes a circuit in qis gates and returns the text, and where the program's registers are found among those of the text.
The service does not publish the part of OpenQASM 3 that it takes, so the text has only constructs known to be taken:
the include, one qubit register `q`, a bit register a register, gates of stdgates.inc with decimal angles, `measure` a
bit and `reset` a qubit (docs/mid-circuit.md names the evidence). Gates without such a name are written as gates that
have one, exactly; barriers are left out, as in other jobs; the global phase is omitted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.diagnostics.source import Span
from ionqdsl.emit.qasm3 import LIBRARY, RESERVED
from ionqdsl.ir.circuit import BARRIER, MAX_QUBITS, MEASURE, NOT_GATES, RESET, FlatCircuit, Op, Slot
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.targets import BackendFamily
from ionqdsl.record import record

ALL = "output_all"
"""The service's name for the register of all qubits, which it adds to every program."""

NAMES_KEY = "ionqdsl-registers"
"""The metadata key under which a job carries the registers of its program, if its text has others (`name_map`)."""

SERVICE_VERSION = "v0.4"
"""The compiler that keeps the names of registers; an older one calls them c0, c1 ..."""

_NUMBERED = re.compile(r"c[0-9]+")

Bit = tuple[str, int]
"""A bit of the text: its register and its number."""

Reading = tuple[str, tuple[Bit | None, ...]]
"""A register of the program, and the bit of each of its slots; None for a slot that nothing writes."""


def sending_order(program: LoweredProgram) -> tuple[int, ...] | None:
    """The circuits in the order in which they are sent: those with measurements in the middle last.

    None if that is the program's order.
    """
    numbers = tuple(sorted(range(len(program.runs)), key=lambda number: program.runs[number].is_dynamic))
    return None if numbers == tuple(range(len(numbers))) else numbers


@record
class BitLayout:
    """The bits of the text.

    `sizes` are its registers in order, `bits` the bit that each slot is written to, `finals` the bit that each qubit is
    measured into at the end if a register reads it.
    """

    sizes: dict[str, int]
    bits: dict[Slot, Bit]
    finals: dict[int, Bit]
    readings: tuple[Reading, ...]


def layout(circuit: FlatCircuit) -> BitLayout:
    """The bits of a circuit's text: every outcome has one of its own, a qubit read by two registers has one for both.

    A register keeps its name unless OpenQASM, stdgates.inc or the service has it already; then `_` is added to it. The
    service has c0, c1 ..., too: an older compiler of its own calls registers so, by their number.
    """
    sizes: dict[str, int] = {}
    bits: dict[Slot, Bit] = {}
    finals: dict[int, Bit] = {}
    readings: list[Reading] = []
    taken = {name for name, _ in circuit.registers}
    for name, places in circuit.registers:
        wire_name = _free(name, taken, sizes)
        read: list[Bit | None] = []
        count = 0
        for place in places:
            bit = finals.get(place) if isinstance(place, int) else bits.get(place) if place is not None else None
            if bit is None and place is not None:
                bit = wire_name, count
                count += 1
                if isinstance(place, int):
                    finals[place] = bit
                else:
                    bits[place] = bit
            read.append(bit)
        if count:
            sizes[wire_name] = count
        readings.append((name, tuple(read)))
    return BitLayout(sizes, bits, finals, tuple(readings))


def _free(name: str, taken: Iterable[str], used: Mapping[str, int]) -> str:
    """A name that the text may use for a register."""
    wanted = name if name.isascii() else "r"
    reserved = {ALL, *RESERVED}
    while wanted in reserved or _NUMBERED.fullmatch(wanted) or wanted in used or (wanted != name and wanted in taken):
        wanted += "_"
    return wanted


def name_map(circuit: FlatCircuit) -> str | None:
    """The places of the program's registers as JSON for the job's metadata; None if the text keeps them as they are.

    `{"output": ["output_", [0, 1]]}`: the register of the text, and the bit of each slot; a slot that another
    register has too is `["name", 0]`, one that nothing writes is null.
    """
    plan = layout(circuit)
    if all(bits == tuple((name, place) for place in range(len(bits))) for name, bits in plan.readings):
        return None
    named: dict[str, Any] = {}
    for name, bits in plan.readings:
        home = next((bit[0] for bit in bits if bit is not None), name)
        named[name] = [home, [None if bit is None else bit[1] if bit[0] == home else [*bit] for bit in bits]]
    return json.dumps(named, separators=(",", ":"))


def readings_of(text: Any) -> tuple[Reading, ...] | None:
    """The registers that `name_map` has described; None for anything else."""
    try:
        named = json.loads(text)
        return tuple([(name, tuple([_bit(place, home) for place in places])) for name, (home, places) in named.items()])
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _bit(place: Any, home: Any) -> Bit | None:
    """A bit of the map. Raises ValueError for anything else."""
    register, number = place if isinstance(place, list) else (home, place)
    if number is None:
        return None
    if not isinstance(register, str) or type(number) is not int or not 0 <= number < MAX_QUBITS:
        raise ValueError
    return register, number


def text(circuit: FlatCircuit) -> str:
    """The program. Raises CompileError for a row that has no form in it (`faults` finds them all)."""
    plan = layout(circuit)
    lines = ["OPENQASM 3.0;", 'include "stdgates.inc";', f"qubit[{circuit.width}] q;"]
    lines += [f"bit[{size}] {name};" for name, size in plan.sizes.items()]
    for op in circuit.rows:
        if op.gate == MEASURE and op.slot is not None:
            lines.append(_measured(plan.bits[op.slot], op.qubits[0]))
        elif op.gate == RESET:
            lines.append(f"reset q[{op.qubits[0]}];")
        else:
            lines += _gates(op)
    lines += [_measured(bit, qubit) for qubit, bit in plan.finals.items()]
    return "\n".join(lines) + "\n"


def gates_written(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit in the gates of the text: a gate without a name there becomes several others."""
    pairs = zip(circuit.rows, circuit.origins, strict=True)
    return circuit.with_rows((part, origin) for op, origin in pairs for part in _written(op))


def _written(op: Op) -> Sequence[Op]:
    return [op] if op.gate in NOT_GATES else _parts(op)


def _measured(bit: Bit, qubit: int) -> str:
    return f"{bit[0]}[{bit[1]}] = measure q[{qubit}];"


def sent_alone(program: LoweredProgram) -> Iterator[Diagnostic]:
    """Why several circuits are not one request, said once: at the first that has measurements in the middle."""
    circuit = next((circuit for circuit in program.runs if circuit.is_dynamic), None)
    if circuit is not None and len(program.runs) > 1:
        yield Diagnostic("QC0796", _place(circuit), {"circuit": circuit.name, "count": len(program.runs)})


def _place(circuit: FlatCircuit) -> Span | None:
    """Where the first measurement or reset is written."""
    pairs = zip(circuit.rows, circuit.origins, strict=True)
    return next((origin for op, origin in pairs if op.gate in (MEASURE, RESET)), None)


def findings(
    circuit: FlatCircuit,
    program: LoweredProgram,
    backend: BackendFamily | None,
    name: Any,
) -> Iterator[Diagnostic]:
    """Why a circuit cannot be sent to a backend by the name `name` in this form."""
    place = _place(circuit)
    if backend is not None and not backend.measures:
        yield Diagnostic("QC0792", place, {"backend": name})
    elif backend is not None and backend.is_simulator and program.job.get("noise.model") in (None, "ideal"):
        yield Diagnostic("QC0795", place)
    yield from faults(circuit)


def faults(circuit: FlatCircuit) -> Iterator[Diagnostic]:
    """The rows that the text has no form for: each kind once, at its first row."""
    seen: set[tuple[str, str]] = set()
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        fault = None if op.gate in (BARRIER, MEASURE, RESET) and not op.when else _fault(op)
        if fault is not None and (fault.code, op.gate) not in seen:
            seen.add((fault.code, op.gate))
            yield Diagnostic(fault.code, origin, fault.facts)


@lru_cache(maxsize=1 << 12)
def _fault(op: Op) -> Diagnostic | None:
    if op.when:
        return Diagnostic("QC0297")
    gate = GATES[op.gate]
    if gate.gateset == "native":
        return Diagnostic("QC0791", None, {"gate": gate.name})
    if not all(_name(part) for part in _parts(op)):
        return Diagnostic("QC0794", None, {"gate": gate.name, "controls": op.controls})
    return None


@lru_cache(maxsize=1 << 16)
def _gates(op: Op) -> tuple[str, ...]:
    """The statements of a gate; none for a barrier."""
    if op.gate == BARRIER:
        return ()
    fault = _fault(op)
    if fault is not None:
        raise CompileError([fault])
    return tuple([_statement(part) for part in _parts(op)])


def _parts(op: Op) -> Sequence[Op]:
    """A gate as rows that have a name, as far as there is a way."""
    if _name(op) or op.gate == "pauliexp":
        return [op]
    parts, _ = elementary(op)
    if parts == [op]:
        return [op]
    return [inner for part in parts for inner in _parts(part)]


def _name(op: Op) -> str | None:
    """The gate's name in stdgates.inc, None if it has none with so many controls."""
    gate = GATES[op.gate]
    names, controls = gate.qasm3, op.controls + gate.controls
    name = names[controls] if controls < len(names) and op.gate != "pauliexp" else ""
    return name if name in LIBRARY else None


def _statement(op: Op) -> str:
    angles = ", ".join([_decimal(angle.in_radians()) for angle in op.angles])
    operands = ", ".join([f"q[{qubit}]" for qubit in op.qubits])
    return f"{_name(op)}{f'({angles})' if angles else ''} {operands};"


def _decimal(value: float) -> str:
    """A number with all its digits and without an exponent."""
    digits = format(Decimal(repr(value or 0.0)), "f")
    return digits if "." in digits else f"{digits}.0"
