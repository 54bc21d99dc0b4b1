"""Places the parts of a circuit in a drawing.

Takes a circuit and returns a `Layout`: a piece for each row, in columns, with the labels on each of its wires. Text and
SVG are drawn from it (emit/drawing.py, emit/svg.py); it does not depend on the widths of characters or on pixels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from ionqdsl.diagnostics.source import Span
from ionqdsl.emit import qc
from ionqdsl.ir import notation
from ionqdsl.ir.circuit import BARRIER, RESET, FlatCircuit, Op, Slot, canonical
from ionqdsl.ir.gates import GATES
from ionqdsl.record import record

BOX, CONTROL, TARGET, SWAP, BARRIER_MARK, WAIT = "box", "control", "target", "swap", "barrier", "wait"
"""Kinds of marks."""


class Mark(NamedTuple):
    """The symbol of a gate on one wire: its kind, and the text of a box."""

    wire: int
    kind: str
    text: str = ""


class PlacedGate(NamedTuple):
    """A row in its column. A line joins its marks, unless it is a barrier; `statement` is the row as `.qc`.

    `row` is its place in the circuit.
    """

    column: int
    marks: tuple[Mark, ...]
    statement: str
    op: Op
    origin: Span | None
    row: int

    @property
    def top(self) -> int:
        """The first wire."""
        return min(mark.wire for mark in self.marks)

    @property
    def bottom(self) -> int:
        """The last wire."""
        return max(mark.wire for mark in self.marks)


@record
class Layout:
    """`wires` are the names of the qubits, `outputs` the slot that reads each at the end, such as `c[0]`, or "".

    `qubits` are the places of the wires in the circuit.
    """

    wires: tuple[str, ...]
    outputs: tuple[str, ...]
    qubits: tuple[int, ...]
    pieces: tuple[PlacedGate, ...]
    columns: int
    left_out: int = 0  # rows after the last one shown


def layout(circuit: FlatCircuit, most: int | None = None) -> Layout:
    """Every row as far left as possible without crossing another, or coming before an outcome that it depends on.

    At most `most` rows.
    """
    names = qubit_names(circuit)
    free = [0] * circuit.width  # the first column of each wire that is empty
    after: dict[Slot, int] = {}  # the first column after the measurement of an outcome
    pieces = []
    for row, (op, origin) in enumerate(islice(circuit.stream_steps(), most)):
        marks = _marks(op, circuit.width)
        if not marks:
            continue
        top, bottom = min(mark.wire for mark in marks), max(mark.wire for mark in marks) + 1
        column = max([*free[top:bottom], *[after.get(slot, 0) for slot, _ in op.when]])
        if op.slot is not None:
            after[op.slot] = column + 1
        free[top:bottom] = [column + 1] * (bottom - top)
        pieces.append(PlacedGate(column, marks, qc.row(op, names), op, origin, row))
    return Layout(
        names,
        _outputs(circuit),
        tuple(range(circuit.width)),
        tuple(pieces),
        max(free, default=0),
        max(0, len(circuit) - most) if most is not None else 0,
    )


FEW = 20
"""Up to this many wires are all drawn, even those without gates."""


def part(plan: Layout, first: int, stop: int) -> Layout:
    """The columns of a fold. Of more than FEW wires, only those with a gate in it, or that end in a register."""
    pieces = [piece for piece in plan.pieces if first <= piece.column < stop]
    shown = list(range(len(plan.wires)))
    if len(shown) > FEW:
        busy = {mark.wire for piece in pieces for mark in piece.marks}
        is_last = stop == plan.columns
        shown = [wire for wire in shown if wire in busy or (is_last and plan.outputs[wire])]
    place = {wire: number for number, wire in enumerate(shown)}
    moved = (
        piece._replace(marks=tuple(mark._replace(wire=place[mark.wire]) for mark in piece.marks)) for piece in pieces
    )
    names, ends = (tuple(texts[wire] for wire in shown) for texts in (plan.wires, plan.outputs))
    return Layout(names, ends, tuple(shown), tuple(moved), plan.columns)


def left_out(plan: Layout) -> str:
    """The line in a drawing about rows and wires it does not show, "" if it shows everything."""
    busy = {mark.wire for piece in plan.pieces for mark in piece.marks}
    idle = sum(wire not in busy and not read for wire, read in enumerate(plan.outputs)) if len(plan.wires) > FEW else 0
    parts = [f"{plan.left_out:,} gate{'s' * (plan.left_out > 1)} more"] * bool(plan.left_out)
    parts += [f"{idle:,} qubit{'s' * (idle > 1)} that nothing happens on"] * bool(idle)
    return f"… and {', '.join(parts)}" if parts else ""


def folds(sizes: Sequence[float], room: float, last: float = 0) -> Iterator[tuple[int, int]]:
    """Runs of columns of these sizes that fit next to each other; the last leaves room for the text after it."""
    first, used = 0, 0.0
    for column, size in enumerate(sizes):
        tail = last if column == len(sizes) - 1 else 0
        if used and used + size + tail > room:
            yield first, column
            first, used = column, 0.0
        used += size
    yield first, len(sizes)


def title_of(circuit: FlatCircuit) -> str:
    """The title of a picture among others: the circuit's name, and whether its gates are those of a machine."""
    return f"{circuit.name}, native gates" if circuit.gateset == "native" else circuit.name


def qubit_names(circuit: FlatCircuit) -> tuple[str, ...]:
    """The names of the qubits in the program, if it gives them."""
    wires = circuit.wires or (("q", circuit.width),)
    names = [name if size is None else f"{name}[{index}]" for name, size in wires for index in range(size or 1)]
    return tuple(names) if len(names) == circuit.width else tuple(f"q[{q}]" for q in range(circuit.width))


def _outputs(circuit: FlatCircuit) -> tuple[str, ...]:
    read = [""] * circuit.width
    for name, slots in circuit.registers:
        for place, qubit in enumerate(slots):
            if isinstance(qubit, int):
                read[qubit] += f"{', ' * bool(read[qubit])}{name}[{place}]"
    return tuple(read)


def _marks(op: Op, width: int) -> tuple[Mark, ...]:
    if op.gate == BARRIER:
        return tuple(Mark(qubit, BARRIER_MARK) for qubit in op.qubits)
    if op.gate == "nop":
        text = f"{notation.number(op.angles[0].radians)} µs" if op.angles[0].is_bound else GATES["nop"].label
        return tuple(Mark(qubit, WAIT, text if not qubit else "") for qubit in range(width))
    if op.slot is not None:
        return (Mark(op.qubits[0], BOX, f"M {op.slot.register}[{op.slot.place}]"),)
    if op.gate == RESET:
        return (Mark(op.qubits[0], BOX, "|0⟩"),)
    op = canonical(op)
    controls, operands = op.qubits[: op.controls], op.qubits[op.controls :]
    marks = [Mark(qubit, CONTROL) for qubit in controls]
    if op.when:
        first, *others = _texts(op)
        texts = [f"{first} if {_short(qc.condition(op.when))}", *others]
        return (*marks, *(Mark(qubit, BOX, text) for qubit, text in zip(operands, texts, strict=True)))
    if op.gate == "swap":
        return (*marks, *(Mark(qubit, SWAP) for qubit in operands))
    if controls and op.gate == "x":
        return (*marks, Mark(operands[0], TARGET))
    if controls and op.gate == "z":
        return (*marks, Mark(operands[0], CONTROL))
    return (*marks, *(Mark(qubit, BOX, text) for qubit, text in zip(operands, _texts(op), strict=True)))


def _texts(op: Op) -> list[str]:
    """The texts of a gate's boxes, one per operand."""
    gate = GATES[op.gate]
    count = len(op.qubits) - op.controls
    if op.operator is not None:
        return [f"{gate.label}({_short(qc.operator(op.operator))})", *[gate.label] * (count - 1)]
    unit = "turn" if gate.parameters and gate.parameters[-1].unit == "turn" else "rad"
    angles = [_short(notation.angle(angle, unit)) for angle in op.angles]
    if op.gate == "ms":
        first, second, angle = angles
        shown = first if angle == "0.25" else f"{first}, {angle}"
        return [f"{gate.label}({shown})", f"{gate.label}({second})"]
    return [f"{gate.label}({', '.join(angles)})" if angles else gate.label, *[gate.label] * (count - 1)]


_LONGEST = 20
_DIGITS = re.compile(r"(?<!\d)\d++\.\d{5,}")


def _short(text: str) -> str:
    """An expression in conventional notation, no longer than a box."""
    text = _DIGITS.sub(lambda found: f"{float(found[0]):.4f}".rstrip("0").rstrip("."), text)
    text = re.sub(r"\bpi\b", "π", text).replace("*", "·").replace("·π", "π")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
