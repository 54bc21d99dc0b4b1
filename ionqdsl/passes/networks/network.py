"""Networks of flips, Hadamards and eighth turns, the form in which Toffolis are found and paired.

Reads rows without barriers as gates of a network and writes such gates as rows, exactly, global phase included. A
controlled root of x becomes three phases between two Hadamards, a quarter turn about y a sign and a Hadamard, and one
of two wires, as in cz, zz and xx, a flip if there are Hadamards for it, so that all ways to write a Toffoli look alike.
Gates that cancel are left out.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import QUARTER_TURN, Angle
from ionqdsl.ir.circuit import Op, shared
from ionqdsl.ir.gates import GATES, phase_of, rotation_of
from ionqdsl.ir.rounding import multiple
from ionqdsl.passes.break_wide_gates import flip, inverse_rows, relative_flip
from ionqdsl.passes.networks.turn_toffolis import Toffoli, toffolis_of

EIGHTHS = 8
"""In a turn."""

PART = Fraction(1, 8 * EIGHTHS)
"""Of a turn: the angles of rows that are phases of eighths, and half of such angles, are multiples of it."""

HALVES = 16 * EIGHTHS
"""Halves of such parts in a turn: the global phases of rows are so many of them."""

H, FLIP, PHASE, CCZ, CCRZ, RELATIVE, UNDO, SWAP, OTHER = (
    "h", "flip", "phase", "ccz", "ccrz", "relative", "undo", "swap", "other"
)  # fmt: skip
"""Kinds of gates.

A flip is x on its last wire under all others, a phase so many eighths of a turn where the parity of its wires is odd.
`ccz` is the sign where three wires are |1>, `ccrz` half a turn about Z of the last wire under two others, `relative` a
flip under two others times the sign where the first is |1>, the second |0> and the last |1>, or a flip under more
others times the phases that break_wide_gates.py leaves, and `undo` the inverse of such a one. Any other row is `other`.
"""

REACH = 64
"""The most gates on one wire that a gate looks back over to find its inverse."""


class NetworkGate(NamedTuple):
    """A gate: its kind, its wires and its place in the source, and the row itself if its kind is `other`."""

    kind: str
    wires: tuple[int, ...]
    eighths: int = 0
    origin: Span | None = None
    op: Op | None = None

    def is_diagonal_on(self, wire: int) -> bool:
        """Whether it commutes with Z on one of its wires."""
        if self.kind == FLIP:
            return wire != self.wires[-1]
        if self.op is None:
            return self.kind in (PHASE, CCZ, CCRZ)
        row = GATES[self.op.gate]
        return set(row.axis) == {"Z"} or wire in self.wires[: self.op.controls + row.controls]


class Network(NamedTuple):
    """Gates in order, and the global phase in turns that they lack."""

    gates: list[NetworkGate]
    phase: Fraction


Shape = tuple[str, tuple[int, ...], int]
"""The kind of a gate, its wires or their positions in a row, and its eighths."""

Pattern = tuple[tuple[Shape, ...], int]
"""The gates of a row, and the global phase that they lack in halves of parts of a turn."""


# --- reading -------------------------------------------------------------------------------------------------------


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


def read(rows: Sequence[tuple[Op, Span | None]]) -> Network:
    """The network of rows; Toffolis in the rows of this compiler are flips."""
    tidy = Tidy(joins=True)
    toffolis = dict(toffolis_of([op for op, _ in rows]))
    known: dict[int, Pattern] = {}  # rows are shared, and the caller keeps them alive
    end = halves = 0
    for place, (op, origin) in enumerate(rows):
        if place in toffolis:
            tidy.add(NetworkGate(FLIP, toffolis[place][:3], 0, origin))
            end = place + len(toffolis[place].rows)
        if place < end:
            continue
        if id(op) not in known:
            known[id(op)] = _on_its_wires(op)
        gates, lacking = known[id(op)]
        halves += lacking
        for kind, wires, eighths in gates:
            tidy.add(NetworkGate(kind, wires, eighths, origin, op if kind == OTHER else None))
    return _with_flips(Network(tidy.gates, Fraction(halves, HALVES) + tidy.phase))


def _on_its_wires(op: Op) -> Pattern:
    """The gates of a row on its wires, and the phase that they lack."""
    gates, lacking = _pattern(op.gate, op.angles, op.controls)
    if op.when or any(kind == OTHER for kind, _, _ in gates):
        return ((OTHER, op.qubits, 0),), 0
    return tuple(
        [(kind, tuple([op.qubits[k] for k in positions]), eighths) for kind, positions, eighths in gates]
    ), lacking


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


def _with_flips(network: Network) -> Network:
    """The network without signs of two wires: flips where a Hadamard of one of them is next to it, otherwise phases.

    A cnot next to a Hadamard of its target has lost one of its own, mostly the one before it: texts of Toffolis begin
    so.
    """
    for side in ("after", "before", ""):
        if not any(map(is_sign_of_two, network.gates)):
            break
        tidy = Tidy(joins=True, side=side)
        for gate in network.gates:
            if is_sign_of_two(gate) and not side:
                for wires, eighths in ((gate.wires, 6), *[((wire,), 2) for wire in gate.wires]):
                    tidy.add(gate._replace(kind=PHASE, wires=wires, eighths=eighths))
            else:
                tidy.add(gate)
        network = Network(tidy.gates, network.phase + tidy.phase)
    return network


def is_sign_of_two(gate: NetworkGate) -> bool:
    """Whether it is the sign where two wires are |1>, which only this module sees."""
    return gate.kind == CCZ and len(gate.wires) == 2


# --- gates that cancel -----------------------------------------------------------------------------------------------


class Tidy:
    """Gates in order. One that is added and its inverse are both left out if all between them commute with it.

    Of two Hadamards with quarter turns between them, at most one is left: H Z H = X, and H S H = e^{i pi/4} S+ H S+.
    With `joins`, ccz between two Hadamards of one wire become flips of it, and a sign of two wires before a Hadamard if
    `side` is "after", or after one if it is "before". `phase` is the global phase in turns that the gates lack.
    """

    def __init__(self, joins: bool = False, side: str = "") -> None:
        self.phase = Fraction(0)
        self._gates: list[NetworkGate | None] = []
        self._on: dict[int, list[int]] = {}  # wire -> the places of the gates on it, in order
        self._joins = joins
        self._side = side

    @property
    def gates(self) -> list[NetworkGate]:
        """The gates that are left."""
        return [gate for gate in self._gates if gate is not None]

    def add(self, gate: NetworkGate) -> None:
        """Appends a gate, or leaves it out together with an earlier one."""
        if gate.kind == H:
            (wire,) = gate.wires
            stack = self._on.get(wire, [])
            if self._turn(gate, stack) or (self._joins and self._join(wire, stack)):
                return None
            if self._side == "after" and self._flip_after(gate, stack):
                return None
        elif gate.kind in (FLIP, CCZ):
            place = self._equal_to(gate)
            if place is not None:
                return self._drop(place)
            if self._side == "before" and is_sign_of_two(gate) and self._flip_before(gate):
                return None
        elif gate.kind == PHASE and gate.eighths % 2 == 0:  # odd ones stay apart: each may be of another Toffoli
            place = self._equal_to(gate)
            if place is not None and self._at(place).eighths % 2 == 0:
                eighths = (self._at(place).eighths + gate.eighths) % EIGHTHS
                self._gates[place] = self._at(place)._replace(eighths=eighths)
                return None if eighths else self._drop(place)
        for wire in gate.wires:
            self._on.setdefault(wire, []).append(len(self._gates))
        self._gates.append(gate)
        return None

    def _at(self, place: int) -> NetworkGate:
        gate = self._gates[place]
        assert gate is not None
        return gate

    def _drop(self, place: int) -> None:
        for wire in self._at(place).wires:
            stack = self._on[wire]
            del stack[bisect_left(stack, place)]
        self._gates[place] = None

    def _equal_to(self, gate: NetworkGate) -> int | None:
        """The last place of a gate of the same kind on the same wires, with which all gates between commute."""
        gates, (kind, wires) = self._gates, gate[:2]
        places: set[int] | None = None
        for wire in wires:
            is_target = kind == FLIP and wire == wires[-1]
            near = set()
            for place in islice(reversed(self._on.get(wire, ())), REACH):
                other = gates[place]
                assert other is not None
                if other.kind == kind and other.wires == wires:
                    near.add(place)
                is_flip = other.kind == FLIP
                if is_target:
                    if not is_flip or other.wires[-1] != wire:
                        break
                elif other.wires[-1] == wire if is_flip else not other.is_diagonal_on(wire):
                    break
            places = near if places is None else places & near
            if not places:
                return None
        return max(places) if places else None

    def _turn(self, gate: NetworkGate, stack: list[int]) -> bool:
        """Whether all gates on its wire back to a Hadamard are phases of it alone that add up to quarter turns; then
        they are written anew with this Hadamard.
        """
        count = eighths = 0
        while count < len(stack) and (other := self._at(stack[-1 - count])).kind == PHASE and len(other.wires) == 1:
            count += 1
            eighths += other.eighths
        if count == len(stack) or self._at(stack[-1 - count]).kind != H or eighths % 2:
            return False
        for place in stack[len(stack) - count - 1 :]:
            self._drop(place)
        if eighths % EIGHTHS == EIGHTHS // 2:
            self.add(gate._replace(kind=FLIP))
        elif eighths % EIGHTHS:
            sign = 1 if eighths % EIGHTHS == 2 else -1
            self.phase += Fraction(sign, EIGHTHS)
            turn = gate._replace(kind=PHASE, eighths=-2 * sign % EIGHTHS)
            for each in (turn, gate, turn):
                self.add(each)
        return True

    def _flip_after(self, hadamard: NetworkGate, stack: list[int]) -> bool:
        """Whether a Hadamard directly follows a sign of its wire and another; then it is written as a flip after it."""
        if not stack or not is_sign_of_two(sign := self._at(stack[-1])):
            return False
        (target,) = hadamard.wires
        control = next(wire for wire in sign.wires if wire != target)
        later = self._on[control][: -REACH - 1 : -1]
        if stack[-1] not in later:
            return False
        if not all(self._at(place).is_diagonal_on(control) for place in later[: later.index(stack[-1])]):
            return False
        self._drop(stack[-1])
        self.add(hadamard)
        self.add(sign._replace(kind=FLIP, wires=(control, target)))
        return True

    def _flip_before(self, sign: NetworkGate) -> bool:
        """Whether a sign of two wires directly follows a Hadamard of one; then it is written as a flip before that."""
        for control, target in (sign.wires, sign.wires[::-1]):
            stack = self._on.get(target, [])
            if stack and (hadamard := self._at(stack[-1])).kind == H:
                self._drop(stack[-1])
                self.add(sign._replace(kind=FLIP, wires=(control, target)))
                self.add(hadamard)
                return True
        return False

    def _join(self, wire: int, stack: list[int]) -> bool:
        """Whether all gates on a wire back to a Hadamard are ccz, and x and z of it; without both Hadamards they are
        flips of it, z and x.
        """
        count = signs = 0
        x, z = (FLIP, (wire,)), (PHASE, (wire,), EIGHTHS // 2)
        while count < len(stack):
            gate = self._at(stack[-1 - count])
            if gate.kind != CCZ and gate[:2] != x and gate[:3] != z:
                break
            count += 1
            signs += gate.kind == CCZ
        if not signs or count == len(stack) or self._at(stack[-1 - count]).kind != H:
            return False
        start = stack[-1 - count]
        for place in stack[len(stack) - count :]:
            old = self._at(place)
            if old.kind == FLIP:
                new = old._replace(kind=PHASE, eighths=EIGHTHS // 2)
            elif old.kind == PHASE:
                new = old._replace(kind=FLIP, eighths=0)
            else:
                new = old._replace(kind=FLIP, wires=(*[w for w in old.wires if w != wire], wire))
            self._gates[place] = new
        self._drop(start)
        return True


# --- writing -------------------------------------------------------------------------------------------------------


def written(
    network: Network, are_whole: bool = False, width: int = 0
) -> tuple[Iterable[tuple[Op, Span | None]], Fraction]:
    """Rows with at most one control, and the global phase in turns that they lack; Toffolis whole if `are_whole`.

    Flips under more controls may borrow any wire of a circuit of this width.
    """
    lacking = sum([gate.eighths for gate in network.gates if len(gate.wires) == 2])
    wires = frozenset(range(width))
    known: dict[tuple[object, ...], list[Op]] = {}
    rows = []
    for gate in network.gates:
        key = gate[:3] if gate.op is None else (id(gate.op),)
        if key not in known:
            known[key] = [*_rows(gate, are_whole, wires)]
        rows += [(row, gate.origin) for row in known[key]]
    return rows, network.phase + Fraction(lacking, 2 * EIGHTHS)


def _rows(gate: NetworkGate, are_whole: bool, all_wires: frozenset[int]) -> Iterator[Op]:
    """The rows of a gate. exp(-i pi t ZZ) lacks half the phase t of the parity."""
    *others, target = wires = gate.wires
    match gate.kind:
        case "flip" if len(wires) == 3:
            yield from (shared("x", wires, (), 2),) if are_whole else Toffoli(wires[0], wires[1], target).rows
        case "flip" if len(wires) > 3:
            yield from (shared("x", wires, (), len(others)),) if are_whole else _wide(gate, all_wires)
        case "flip":
            yield shared("cnot" if others else "x", wires)
        case "phase":
            yield shared("zz" if others else "p", wires, (Angle(Fraction(gate.eighths, EIGHTHS)),))
        case "ccz":
            h = shared("h", (target,))
            yield from (h, *_rows(gate._replace(kind=FLIP), are_whole, all_wires), h)
        case "ccrz":
            for sign in (1, -1):
                yield shared("rz", wires[1:], (QUARTER_TURN * sign,), 1)
                yield shared("cnot", (wires[0], target))
        case "relative" | "undo" if len(wires) > 3:
            rows = relative_flip(tuple(others), target, ())
            yield from rows if gate.kind == RELATIVE else inverse_rows(rows)
        case "relative":
            h = shared("h", wires[1:], (), 1)
            yield from (h, shared("z", (wires[0], target), (), 1), h)
        case "other" if gate.op is not None:
            yield gate.op
        case kind:
            yield shared(kind, wires)


def _wide(gate: NetworkGate, all_wires: frozenset[int]) -> list[Op]:
    """The rows of a flip under three controls or more, which may borrow the other wires."""
    *controls, target = gate.wires
    return flip(tuple(controls), target, tuple(sorted(all_wires.difference(gate.wires))))
