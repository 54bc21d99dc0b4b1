"""Keeps the data of a program that its results need later, so that they can be read without compiling again.

Turns a program into plain JSON data and back: circuits with their names, qubits, registers and points of a sweep but
without rows, the identity term of an energy, and the first place in the text of each circuit and each gate. ledger.py
stores it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.emit.limits import rows_sent
from ionqdsl.ir.circuit import MAX_QUBITS, FlatCircuit, Operator, Slot
from ionqdsl.ir.job import Energy, LoweredProgram

Keepsake = dict[str, Any]


def keepsake(program: LoweredProgram, source: Source | None = None, order: Sequence[int] | None = None) -> Keepsake:
    """The data to keep; places are offsets in `source`, and those in other files are left out.

    `order` has the position of each circuit in the program, if the circuits are sent in another order.
    """
    result: Keepsake = {"circuits": [_circuit(circuit, source) for circuit in program.runs]}
    if order is not None:
        result["order"] = list(order)
    for row, point in zip(result["circuits"], program.points, strict=False):
        row |= {"point": point} if point else {}
    if program.energy:
        terms = program.energy.hamiltonian.terms
        result["identity"] = float(sum(factor for product, factor in terms if not product))
    return result


def is_keepsake(data: Any) -> bool:
    """Whether stored data can be a keepsake: every field that is read has the right kind of value."""
    if not isinstance(data, dict) or not isinstance(data.get("circuits"), list):
        return False
    identity, numbers = data.get("identity", 0.0), list(range(len(data["circuits"])))
    order = data.get("order", numbers)
    is_order = isinstance(order, list) and all(type(number) is int for number in order) and sorted(order) == numbers
    return is_order and isinstance(identity, int | float) and all(map(_is_circuit, data["circuits"]))


def _is_circuit(row: Any) -> bool:
    match row:
        case {"qubits": int() as qubits, "name": str()}:
            registers, wires, places = row.get("registers", []), row.get("wires", []), row.get("places", {})
            point = row.get("point", {})
        case _:
            return False
    return (
        0 <= qubits <= MAX_QUBITS
        and _are_pairs(
            registers, lambda slots: isinstance(slots, list) and all(_is_slot(slot, qubits) for slot in slots)
        )
        and _are_pairs(wires, lambda size: isinstance(size, int | None))
        and isinstance(point, dict)
        and all(isinstance(value, int | float) for value in point.values())
        and isinstance(places, dict)
        and all(isinstance(place, list) and list(map(type, place)) == [int, int] for place in places.values())
    )


def _is_slot(slot: Any, qubits: int) -> bool:
    match slot:
        case [str(), int()]:
            return True
    return slot is None or (isinstance(slot, int) and 0 <= slot < qubits)


def _are_pairs(rows: Any, check: Callable[[Any], bool]) -> bool:
    return isinstance(rows, list) and all(
        isinstance(row, list) and len(row) == 2 and isinstance(row[0], str) and check(row[1]) for row in rows
    )


def part_of(data: Mapping[str, Any], first: int, count: int) -> Keepsake:
    """The data of some of the circuits."""
    rest = {key: value for key, value in data.items() if key != "order"}
    return {**rest, "circuits": data["circuits"][first : first + count]}


def program_of(data: Mapping[str, Any]) -> LoweredProgram:
    """A program for reading results: its circuits have no rows."""
    points = [dict(row.get("point", {})) for row in data["circuits"]]
    program = LoweredProgram(runs=[_blank(row) for row in data["circuits"]], is_multi=True, points=points)
    if "identity" in data:
        program.energy = Energy(Operator((((), data["identity"]),)), FlatCircuit(0), ())
    return program


def place_of(data: Mapping[str, Any], source: Source | None, failure: str) -> Span | None:
    """The place of a failure in the text: the first gate it names, or the only circuit."""
    if source is None:
        return None
    words = {word.strip(".,:;'\"`[](){}").lower() for word in failure.replace("[", " ").replace(",", " ").split()}
    rows: Sequence[Mapping[str, Any]] = data["circuits"]
    for row in rows:
        for gate, place in row.get("places", {}).items():
            if gate.lower() in words:
                return Span(source, *place)
    places = [place for row in rows for place in row.get("places", {}).values()] if len(rows) == 1 else []
    return Span(source, *min(places)) if places else None


_FIELD = re.compile(r"input\W*(?:circuits\W*(?P<circuit>\d+)\W*)?(?:circuit\W*(?P<row>\d+))?")


def place_of_field(program: LoweredProgram, field: str) -> Span | None:
    """The place in the text of a field of the request: `shots`, or `input.circuits[2].circuit[5].target`."""
    if (span := program.job.span(field)) is not None:
        return span
    match = _FIELD.match(field)
    number = int(match["circuit"] or 0) if match else len(program.runs)
    if match is None or number >= len(program.runs):
        return None
    circuit = program.runs[number]
    rows = rows_sent(circuit)
    row = int(match["row"]) if match["row"] else 0
    return circuit.origins[rows[row]] if row < len(rows) else None


def _circuit(circuit: FlatCircuit, source: Source | None) -> dict[str, Any]:
    result: dict[str, Any] = {"name": circuit.name, "qubits": circuit.width}
    if circuit.registers:
        result["registers"] = [[name, list(slots)] for name, slots in circuit.registers]
    if circuit.wires:
        result["wires"] = [list(wire) for wire in circuit.wires]
    places: dict[str, list[int]] = {}
    for op, origin in zip(circuit.rows, circuit.origins, strict=False):
        if op.gate not in places and origin is not None and origin.source is source:
            places[op.gate] = [origin.start, origin.end]
    if places:
        result["places"] = places
    return result


def _blank(row: Mapping[str, Any]) -> FlatCircuit:
    registers = tuple(
        (name, tuple([Slot(*slot) if isinstance(slot, list) else slot for slot in slots]))
        for name, slots in row.get("registers", ())
    )
    wires = tuple((name, size) for name, size in row.get("wires", ()))
    return FlatCircuit(row["qubits"], row["name"], registers=registers, wires=wires)
