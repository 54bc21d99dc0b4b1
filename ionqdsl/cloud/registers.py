"""Reads the results of jobs with measurements in the middle: their registers, shot by shot.

Takes the outcomes of a job's shots and the circuit, or the registers in the job's metadata, and returns a
`Result` whose outcomes have a character for each qubit and then one for each slot that a measurement wrote. Whatever
the answer lacks is reported as missing, and never read as 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ionqdsl.cloud.fields import at
from ionqdsl.cloud.shapes import ALL, Outcomes, ShotRow
from ionqdsl.cloud.submit import clean
from ionqdsl.emit.dynamic import NAMES_KEY, Bit, Reading, layout, readings_of
from ionqdsl.ir.circuit import FlatCircuit, Slot
from ionqdsl.simulation.results import Result, outcome_names

TYPE = "ionq.qasm3.v1"


def read(
    circuit: FlatCircuit, details: Mapping[str, Any], outcomes: Outcomes, noise: str | None, is_guess: bool
) -> Result:
    """The result of a circuit from its shots. One that is a guess gets the qubits and registers of the answer."""
    readings = _readings(circuit, details, outcomes, is_guess)
    if is_guess:
        circuit = _assumed(circuit.name, readings, outcomes)
    readings, notes = _by_number(readings, outcomes)
    own: dict[int, Bit] = {}
    for (_, places), (_, bits) in zip(circuit.readout, readings, strict=True):
        own |= {place: bit for place, bit in zip(places, bits, strict=True) if place is not None and bit is not None}
    everything = {qubit: (ALL, qubit) for qubit in range(circuit.width)}
    known = {place: bit for place, bit in {**everything, **own}.items() if _has(outcomes, bit)}
    known = {place: bit for place, bit in everything.items() if _has(outcomes, bit)} | known
    order = sorted(known)
    character = {place: number for number, place in enumerate(order)}
    missing = tuple([name for name, bits in readings if not all(bit is None or _has(outcomes, bit) for bit in bits)])
    registers = tuple(
        (name, tuple([None if place is None else character[place] for place in places]))
        for name, places in circuit.readout
        if name not in missing
    )
    names = outcome_names(circuit)
    qubits = circuit.width if order[: circuit.width] == [*range(circuit.width)] else 0  # otherwise some are not known
    rows = [_outcome(row, [known[place] for place in order]) for row in outcomes.rows]
    counts = dict(sorted(Counter(rows).items()))
    notes = [*outcomes.notes, *notes, *_remarks(details, outcomes, missing)]
    return Result(
        circuit.name,
        qubits,
        len(rows),
        counts,
        {bits: count / len(rows) for bits, count in counts.items()},
        registers,
        tuple([names[place] for place in order]),
        noise,
        notes=tuple(notes),
        by_shot=tuple(rows),
        leaked=outcomes.leaked,
        missing=missing,
        written=len(order) - qubits,
    )


def _readings(
    circuit: FlatCircuit, details: Mapping[str, Any], outcomes: Outcomes, is_guess: bool
) -> tuple[Reading, ...]:
    """The bits of the program's registers, by the job's metadata if they have other names in the text."""
    said = readings_of(at(details, "metadata", NAMES_KEY))
    if not is_guess:
        sizes = [(name, len(places)) for name, places in circuit.registers]
        fits = said is not None and [(name, len(bits)) for name, bits in said] == sizes
        return said if said is not None and fits else layout(circuit).readings
    if said is not None:
        return said
    return tuple(
        (name, tuple([(name, place) for place in range(width)]))
        for name, width in outcomes.widths.items()
        if name != ALL
    )


def _assumed(name: str, readings: Sequence[Reading], outcomes: Outcomes) -> FlatCircuit:
    """A stand-in for an unavailable circuit: every register counts as written by measurements."""
    registers = []
    for register, bits in readings:
        shown = clean(register, 100)
        slots = [None if bit is None else Slot(shown, place) for place, bit in enumerate(bits)]
        registers.append((shown, tuple(slots)))
    return FlatCircuit(outcomes.widths.get(ALL, 0), name, registers=tuple(registers))


def _by_number(readings: tuple[Reading, ...], outcomes: Outcomes) -> tuple[tuple[Reading, ...], list[str]]:
    """The readings of an answer that calls the registers c0, c1 ..., as the service's older compiler does.

    They are taken for the program's only if there are as many, each of the same number of bits.
    """
    sizes: dict[str, int] = {}
    for _, bits in readings:
        for bit in bits:
            if bit is not None:
                sizes[bit[0]] = max(sizes.get(bit[0], 0), bit[1] + 1)
    numbered = {name: f"c{number}" for number, name in enumerate(sizes)}
    given = {name: width for name, width in outcomes.widths.items() if name != ALL}
    if any(name in given for name in sizes) or given != {numbered[name]: size for name, size in sizes.items()}:
        return readings, []
    renamed = tuple(
        (name, tuple([None if bit is None else (numbered[bit[0]], bit[1]) for bit in bits])) for name, bits in readings
    )
    note = f"the service names the registers {', '.join(given)}, which are read as {', '.join(sizes)}, in this order"
    return renamed, [note] if given else []


def _has(outcomes: Outcomes, bit: Bit) -> bool:
    return bit[1] < outcomes.widths.get(bit[0], 0)


def _outcome(row: ShotRow, bits: Sequence[Bit]) -> str:
    return "".join(["01"[row[register] >> place & 1] for register, place in bits])


def _remarks(details: Mapping[str, Any], outcomes: Outcomes, missing: Sequence[str]) -> list[str]:
    """Notes about registers that the answer lacks, and shots that are left out."""
    notes = [*map(_is_missing, missing)]
    if outcomes.leaked:
        notes.append(f"{outcomes.leaked} more shots leaked, and are left out")
    asked = details.get("shots")
    if isinstance(asked, int) and not isinstance(asked, bool) and asked != len(outcomes.rows):
        notes.append(f"{asked} shots were asked for, and {len(outcomes.rows)} are in the answer")
    return notes


def without_shots(result: Result, circuit: FlatCircuit) -> Result:
    """A result from the outcomes of all qubits alone: registers that measurements have written are missing in it."""
    missing = [name for name, places in circuit.registers if any(isinstance(place, Slot) for place in places)]
    slots = tuple((name, places) for name, places in result.slots if name not in missing)
    notes = (*result.notes, *map(_is_missing, missing))
    return replace(result, slots=slots, notes=notes, missing=tuple(missing))


def _is_missing(name: str) -> str:
    return f"register `{name}` is missing in the answer, and is left out"
