"""Reads rows without barriers as gates of a network, exactly, global phase included.

So all ways to write a Toffoli look alike: a controlled root of x becomes three phases between two Hadamards, and a
quarter turn about y a sign and a Hadamard. A quarter turn of two wires, as in cz, zz and xx, becomes a flip if there
are Hadamards for it. Gates that cancel are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple, overload

from ionqdsl.algebra import compiled
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.ir.rounding import multiple
from ionqdsl.passes.gather_controls import fredkin
from ionqdsl.passes.networks.network import CCZ, EIGHTHS, FLIP, OTHER, PHASE, H, Network, NetworkGate
from ionqdsl.passes.networks.packed_gates import packed, unpacked
from ionqdsl.passes.networks.tidy import tidied
from ionqdsl.passes.networks.turn_toffolis import toffolis_of

PART = Fraction(1, 8 * EIGHTHS)
"""Of a turn: the angles of rows that are phases of eighths, and half of such angles, are multiples of it."""

HALVES = 16 * EIGHTHS
"""Halves of such parts in a turn: the global phases of rows are so many of them."""

Shape = tuple[str, tuple[int, ...], int]
"""The kind of a gate, the positions of its wires in a row, and its eighths."""

Pattern = tuple[tuple[Shape, ...], int]
"""The gates of a row, and the global phase that they lack in halves of parts of a turn."""


def has_toffolis(rows: Iterable[Op]) -> bool:
    """Whether there are enough eighth turns for a Toffoli: three, since a controlled root of x counts once."""
    are_eighths: dict[int, bool] = {}  # rows are shared, and the circuit keeps them alive
    count = 0
    for op in rows:
        is_eighth = are_eighths.get(id(op))
        if is_eighth is None:
            gates, _ = _pattern(op.gate, op.angles, op.controls)
            is_eighth = are_eighths[id(op)] = any(part[2] % 2 for part in gates)
        count += is_eighth
        if count == 3:
            return True
    return False


class _Whole(NamedTuple):
    """Flips that several rows in a row are, and how many."""

    flips: list[NetworkGate]
    length: int


def _wholes(rows: Sequence[Op]) -> Iterator[tuple[int, _Whole]]:
    """The places where the rows of a Toffoli or a controlled swap begin, with their flips."""
    for place, toffoli in toffolis_of(rows):
        yield place, _Whole([NetworkGate(FLIP, toffoli[:3])], len(toffoli.rows))
    for place, op in enumerate(rows):
        if op.gate == "y" and op.controls == 1 and place + 2 < len(rows):
            b, a = op.qubits
            control = rows[place + 2].qubits[0]
            whole = fredkin(control, a, b)
            if [*rows[place : place + len(whole)]] == whole:
                around = NetworkGate(FLIP, (b, a))
                yield place, _Whole([around, NetworkGate(FLIP, (control, a, b)), around], len(whole))


class RowGates(Sequence[NetworkGate]):
    """The gates of rows, none of them left out, each made on demand.

    `numbers` are those of the kernel; `phase` is the global phase in turns that the gates lack.
    """

    def __init__(self, rows: Sequence[tuple[Op, Span | None]]) -> None:
        """Toffolis in the rows of this compiler are flips, and so are the parts of its controlled swaps."""
        wholes = dict(_wholes([op for op, _ in rows]))
        known: dict[int, _RowReading] = {}  # rows are shared, and the caller keeps them alive
        self._plain: list[NetworkGate] = []
        self._origins: list[Span | None] = []
        parts: list[bytes] = []
        end = halves = 0
        for place, (op, origin) in enumerate(rows):
            if place in wholes:
                whole = wholes[place]
                self._plain += whole.flips
                self._origins += [origin] * len(whole.flips)
                parts.append(packed(whole.flips).tobytes())
                end = place + whole.length
            if place < end:
                continue
            found = known.get(id(op))
            if found is None:
                found = known[id(op)] = _on_its_wires(op)
            halves += found.halves
            self._plain += found.gates
            self._origins += [origin] * len(found.gates)
            parts.append(found.numbers)
        self.numbers = b"".join(parts)
        self.phase = Fraction(halves, HALVES)

    def __len__(self) -> int:
        return len(self._plain)

    @overload
    def __getitem__(self, place: int) -> NetworkGate: ...
    @overload
    def __getitem__(self, place: slice) -> list[NetworkGate]: ...
    def __getitem__(self, place: int | slice) -> NetworkGate | list[NetworkGate]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        gate, origin = self._plain[place], self._origins[place]
        return gate if origin is None else NetworkGate(*gate[:3], origin, gate.op)

    @property
    def network(self) -> Network:
        """The gates without those that cancel, and without signs of two wires."""
        if compiled.is_used():
            network = unpacked(self, compiled.kernel.tidy(self.numbers, True, True))
        else:
            network = tidied([*self], reads=True)
        return network._replace(phase=network.phase + self.phase)


def read(rows: Sequence[tuple[Op, Span | None]]) -> Network:
    """The network of rows."""
    return RowGates(rows).network


class _RowReading(NamedTuple):
    """The gates of a row on its wires, their numbers, and the phase that they lack, in halves of parts of a turn."""

    gates: list[NetworkGate]
    numbers: bytes
    halves: int


def _on_its_wires(op: Op) -> _RowReading:
    shapes, halves = _pattern(op.gate, op.angles, op.controls)
    if op.when or any(kind == OTHER for kind, _, _ in shapes):
        halves = 0
        gates = [NetworkGate(OTHER, op.qubits, op=op)]
    else:
        qubits = op.qubits
        gates = [NetworkGate(kind, tuple([qubits[k] for k in places]), eighths) for kind, places, eighths in shapes]
    return _RowReading(gates, packed(gates).tobytes(), halves)


_OTHER: Pattern = (((OTHER, (), 0),), 0)


@lru_cache(maxsize=1 << 12)
def _pattern(gate: str, angles: tuple[Angle, ...], controls: int) -> Pattern:
    """The gates of a row by the positions of its qubits, `OTHER` if it is of no kind of a network."""
    row = GATES.get(gate)
    if row is None:
        return _OTHER
    wires = tuple(range(controls + max(row.operands, 0)))
    controls += row.controls
    if gate in ("h", "swap") and not controls:
        return ((gate, wires, 0),), 0
    if gate == "x" and controls == 2:
        return ((FLIP, wires, 0),), 0
    rotation, phase = rotation_of(gate, angles), phase_of(gate, angles)
    if controls > 1 or rotation.terms or phase.terms:
        return _OTHER
    counts = multiple(rotation, PART), multiple(phase, PART)
    if counts[0] is None or counts[1] is None:
        return _OTHER
    turn, extra = counts[0] * PART, counts[1] * PART
    is_flip = turn == 2 * extra == Fraction(1, 2)
    match row.axis:
        case "X" if is_flip:
            return ((FLIP, wires, 0),), 0
        case "Y" if controls and is_flip:
            target = wires[-1:]
            return ((PHASE, target, 3 * EIGHTHS // 4), (FLIP, wires, 0), (PHASE, target, EIGHTHS // 4)), 0
        case "Y" if not controls and (4 * turn).denominator == 1:
            quarters = int(4 * turn) % 8
            sign = ((PHASE, wires, EIGHTHS // 2),)
            half = ((H, wires, 0),)
            gates = ((), (*sign, *half), (*sign, (FLIP, wires, 0)), (*half, *sign))[quarters % 4]
            return gates, int(HALVES * extra) + (0 if quarters in (0, 1, 2, 7) else HALVES // 2)
        case "X" | "Z":
            parts = _phases(wires, turn, extra) if controls else [(wires, turn)]
        case "ZZ" | "XX" if not controls:
            parts = [(wires, turn)]
        case _:
            return _OTHER
    if any((EIGHTHS * part).denominator > 1 for _, part in parts):
        return _OTHER
    around = tuple([(H, (wire,), 0) for wire in wires[-len(row.axis) :] if row.axis[0] == "X"])
    inner = [gate for each, part in parts if part % 1 for gate in _signs(each, int(EIGHTHS * part) % EIGHTHS)]
    return (*around, *inner, *around), 0 if controls else int(HALVES * (extra - turn / 2))


def _phases(wires: tuple[int, ...], turn: Fraction, extra: Fraction) -> list[tuple[tuple[int, ...], Fraction]]:
    """The phases of exp(i 2 pi extra) exp(-i pi turn Z) under a control: 2 a b = a + b - (a xor b) for bits a, b."""
    return [(wires[1:], turn / 2), (wires, turn / -2), (wires[:1], extra)]


def _signs(wires: tuple[int, ...], eighths: int) -> list[Shape]:
    """A phase; a quarter turn of two wires as one of each and a sign where both are |1>, from which cnots are made."""
    if len(wires) == 1 or eighths not in (2, 6):
        return [(PHASE, wires, eighths)]
    return [(CCZ, wires, 0), *[(PHASE, (wire,), eighths) for wire in wires]]
