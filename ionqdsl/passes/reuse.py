"""Lets qubits that begin late live on wires of qubits that end early: fewer qubits, for machines that can reset.

Takes a circuit with registers and returns a narrower one with the same joint distribution of them, or the same circuit
if nothing can be shared. As soon as a qubit's last row is done its outcome is measured, the wire is reset, and another
qubit begins there. The order of the rows is chosen so that few qubits live at a time: whichever qubit needs the fewest
new wires until its end comes next (the greedy order of M. DeCross et al., arXiv:2210.08039).
"""

from __future__ import annotations

from ionqdsl.diagnostics import fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MEASURE, RESET, FlatCircuit, Op, Register, Slot
from ionqdsl.record import record

MOST_WORK = 20_000_000
"""The most steps of choosing an order: rows times qubits; larger circuits stay as they are."""

FEW_STEPS = 3_000_000
"""The most steps to find out how narrow a circuit becomes, only to say so: about half a second."""


@record
class Piece:
    """Rows that stay together: one row, or a verbatim block. `before` are the pieces that must come first."""

    rows: tuple[tuple[Op, Span | None], ...]
    qubits: tuple[int, ...]
    before: tuple[int, ...]


def sharing(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit on as few wires as the greedy order needs.

    Raises CompileError for a circuit without registers, since only they are preserved.

    Before:
        qubit q[3]
        h q[0]
        cnot q[0], q[1]
        cnot q[1], q[2]
        register m = q
    After:
        qubit q[2]
        register m[3]
        h q[0]
        cnot q[0], q[1]
        m[0] = measure q[0]
        reset q[0]
        cnot q[1], q[0]
        m[1] = measure q[1]
        m[2] = measure q[0]
    """
    if not circuit.registers:
        raise fail("QC0342", circuit=circuit.name)
    pieces = _pieces(circuit)
    if len(pieces) * circuit.width > MOST_WORK:
        return circuit
    result = _Narrowing(circuit, pieces).result()
    return result if result.width < circuit.width else circuit


def least_width(circuit: FlatCircuit) -> int | None:
    """The width of the circuit once qubits share wires; None if that takes more than `FEW_STEPS` to find out."""
    pieces = _pieces(circuit)
    if len(pieces) * circuit.width > FEW_STEPS:
        return None
    try:
        return _Narrowing(circuit, pieces, FEW_STEPS).result().width
    except _TooMuch:
        return None


class _TooMuch(Exception):
    """The steps are used up."""


class _Narrowing:
    """`wire` has the wire of each qubit that lives; `left` counts the pieces that each qubit still waits for.

    Raises _TooMuch after looking at more than `steps` pieces, if a number is given.
    """

    def __init__(self, circuit: FlatCircuit, pieces: list[Piece], steps: int | None = None) -> None:
        self.circuit, self.pieces, self.steps = circuit, pieces, steps
        self.done = [False] * len(pieces)
        self.left = [0] * circuit.width
        for piece in pieces:
            for qubit in piece.qubits:
                self.left[qubit] += 1
        self.read = _read(circuit.registers)
        self.wire: dict[int, int] = {}
        self.free: list[int] = []
        self.count = 0
        self.pairs: list[tuple[Op, Span | None]] = []

    def result(self) -> FlatCircuit:
        cones = {qubit: self._cone(qubit) for qubit in range(self.circuit.width) if self.left[qubit]}
        while cones:
            qubit = min(cones, key=lambda qubit: (self._new_wires(cones[qubit]), qubit))
            for place in cones[qubit]:
                if not self.done[place]:
                    self._play(place)
            cones = {other: cone for other, cone in cones.items() if self.left[other]}
        idle = [qubit for qubit in self.read if not any(qubit in piece.qubits for piece in self.pieces)]
        for qubit in idle:
            self._begin(qubit, None)
            self._end(qubit, None)
        registers = tuple([(name, _written(name, slots)) for name, slots in self.circuit.registers])
        wires = (("q", self.count),)
        return self.circuit.with_rows(self.pairs, width=self.count, registers=registers, wires=wires, inputs=None)

    def _cone(self, qubit: int) -> list[int]:
        """The pieces that must be done until the last one of a qubit, in order."""
        last = max(place for place, piece in enumerate(self.pieces) if qubit in piece.qubits)
        needed, waiting = {last}, [last]
        while waiting:
            for place in self.pieces[waiting.pop()].before:
                if place not in needed:
                    needed.add(place)
                    waiting.append(place)
        return sorted(needed)

    def _new_wires(self, cone: list[int]) -> int:
        """How many qubits begin if the pieces of a cone are played."""
        if self.steps is not None:
            self.steps -= len(cone)
            if self.steps < 0:
                raise _TooMuch
        begun = {qubit for place in cone if not self.done[place] for qubit in self.pieces[place].qubits}
        return len(begun - self.wire.keys())

    def _play(self, place: int) -> None:
        self.done[place] = True
        piece = self.pieces[place]
        origin = piece.rows[0][1]
        for qubit in piece.qubits:
            if qubit not in self.wire:
                self._begin(qubit, origin)
        for op, where in piece.rows:
            self.pairs.append((op.on(self.wire), where))
        for qubit in piece.qubits:
            self.left[qubit] -= 1
            if not self.left[qubit]:
                self._end(qubit, piece.rows[-1][1])

    def _begin(self, qubit: int, origin: Span | None) -> None:
        """Gives a qubit a wire: one whose qubit has ended, after a reset, or a new one."""
        if self.free:
            self.wire[qubit] = wire = self.free.pop()
            self.pairs.append((Op(RESET, (wire,)), origin))
        else:
            self.wire[qubit] = self.count
            self.count += 1

    def _end(self, qubit: int, origin: Span | None) -> None:
        wire = self.wire[qubit]
        for slot in self.read.get(qubit, ()):
            self.pairs.append((Op(MEASURE, (wire,), slot=slot), origin))
        self.free.append(wire)


def _written(name: str, slots: tuple[int | Slot | None, ...]) -> tuple[int | Slot | None, ...]:
    """The register's slots once measurements write those that it used to read at the end."""
    return tuple([Slot(name, place) if isinstance(slot, int) else slot for place, slot in enumerate(slots)])


def _read(registers: tuple[Register, ...]) -> dict[int, list[Slot]]:
    """The slots of each qubit that is read at the end."""
    read: dict[int, list[Slot]] = {}
    for name, slots in registers:
        for place, qubit in enumerate(slots):
            if isinstance(qubit, int):
                read.setdefault(qubit, []).append(Slot(name, place))
    return read


def _pieces(circuit: FlatCircuit) -> list[Piece]:
    """The rows in order, each with the ones right before it: on its qubits, and those that write its conditions."""
    last: dict[int, int] = {}
    written: dict[Slot, int] = {}
    pieces: list[Piece] = []
    block: list[tuple[Op, Span | None]] = []

    def add(rows: list[tuple[Op, Span | None]]) -> None:
        every = [qubit for op, _ in rows for qubit in (op.qubits or range(circuit.width))]
        qubits = tuple(dict.fromkeys(every))
        before = {last[qubit] for qubit in qubits if qubit in last}
        before |= {written[slot] for op, _ in rows for slot, _ in op.when}
        for qubit in qubits:
            last[qubit] = len(pieces)
        for op, _ in rows:
            if op.slot is not None:
                written[op.slot] = len(pieces)
        pieces.append(Piece(tuple(rows), qubits, tuple(before)))

    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        if block and op.pinned != block[0][0].pinned:
            add(block)
            block = []
        if op.pinned:
            block.append((op, origin))
        else:
            add([(op, origin)])
    if block:
        add(block)
    return pieces
