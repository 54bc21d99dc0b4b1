"""Writes Toffolis so that their first and last interactions meet their neighbours on the same pair of wires.

Takes a circuit after break_wide_gates.py and returns one in which other wires of a Toffoli may have the roles of its
controls and its target, and its rows another direction; or the circuit itself. A Toffoli is symmetric up to `h` on its
target, and its own inverse. Its five interactions lie on the pairs P Q P Q R or R Q P Q P of its three wires, and those
on one pair merge with the interactions before or after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import NamedTuple

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import FlatCircuit, Op, shared

Pair = tuple[int, int]
Neighbours = dict[int, int | None]
"""Wire -> the number of the nearest row on several wires that it is in; None if that has more than two."""


class Toffoli(NamedTuple):
    """The roles of three wires, and the direction of the rows."""

    first: int
    second: int
    target: int
    is_reversed: bool = False

    @property
    def ends(self) -> tuple[Pair, Pair]:
        """The pairs of its first and last interaction."""
        start, end = (self.second, self.target), (self.first, self.target)
        return (end, start) if self.is_reversed else (start, end)

    @property
    def rows(self) -> list[Op]:
        """Five interactions, as break_wide_gates.py has them."""
        first, second, target, is_reversed = self
        parity = shared("cnot", (first, second))
        root, back = (shared(gate, (second, target), (), 1) for gate in ("v", "vi"))
        last = shared("vi" if is_reversed else "v", (first, target), (), 1)
        return [last, parity, root, parity, back] if is_reversed else [root, parity, back, parity, last]


def turned(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit with its Toffolis in the roles that meet most neighbours; itself if none meets more than now."""
    places = dict(toffolis_of(circuit.rows))
    if not places:
        return circuit
    better = _better(circuit.rows, places)
    if not better:
        return circuit
    steps: list[tuple[Op, Span | None]] = []
    end = 0
    for place, step in enumerate(zip(circuit.rows, circuit.origins, strict=True)):
        if place in better:
            steps += [(row, step[1]) for row in _with_target(better[place], places[place].target)]
            end = place + len(places[place].rows)
        elif place >= end:
            steps.append(step)
    return circuit.with_rows(steps)


def _better(rows: Sequence[Op], places: dict[int, Toffoli]) -> dict[int, Toffoli]:
    """The Toffolis that meet more neighbours in other roles, in these roles, by place."""
    following = _following(rows, places)
    better: dict[int, Toffoli] = {}
    before: Neighbours = {}
    number = end = 0
    for place, row in enumerate(rows):
        old = places.get(place)
        if old is not None:
            new = _turned(old, before, following[place])
            if new is not old:
                better[place] = new
            end = place + len(old.rows)
            for each in new.rows:
                number += 1
                _pass(each, number, before)
        elif place >= end and len(row.qubits) > 1:
            number += 1
            _pass(row, number, before)
    return better


def _pass(row: Op, number: int, nearest: Neighbours) -> None:
    """Makes a row of a number the nearest one on its wires."""
    known = number if len(row.qubits) == 2 else None
    for qubit in row.qubits:
        nearest[qubit] = known


def toffolis_of(rows: Sequence[Op]) -> Iterator[tuple[int, Toffoli]]:
    """The places where a Toffoli's rows begin, and its roles."""
    end = 0
    for place in [place for place, op in enumerate(rows[:-4]) if op.gate == "v" and op.controls == 1]:
        root, parity = rows[place], rows[place + 1]
        if place >= end and parity.gate == "cnot" and parity.qubits[1] == root.qubits[0]:
            found = Toffoli(parity.qubits[0], root.qubits[0], root.qubits[1])
            if len({*found[:3]}) == 3 and rows[place : place + 5] == found.rows:
                yield place, found
                end = place + 5


def _following(rows: Sequence[Op], places: dict[int, Toffoli]) -> dict[int, Neighbours]:
    """For each Toffoli, the rows that follow on its wires; another Toffoli is on three wires."""
    result: dict[int, Neighbours] = {}
    after: Neighbours = {}
    inside = {place + step: place for place, each in places.items() for step in range(len(each.rows))}
    for place in range(len(rows) - 1, -1, -1):
        start = inside.get(place)
        if start is None and len(rows[place].qubits) > 1:
            _pass(rows[place], place, after)
        elif start == place:
            wires = places[place][:3]
            result[place] = {wire: after.get(wire) for wire in wires}
            after |= dict.fromkeys(wires)
    return result


def _turned(old: Toffoli, before: Neighbours, after: Neighbours) -> Toffoli:
    """A Toffoli in the roles in which most of its ends meet a neighbour; itself if none meets more."""
    for nearest in (before, after):
        numbers = [number for wire in old[:3] if (number := nearest.get(wire)) is not None]
        if len({*numbers}) < len(numbers):
            break
    else:  # no two wires meet a row
        return old
    most = _meetings(old, before, after)
    new = min(_variants(old), key=lambda each: -_meetings(each, before, after))
    return new if _meetings(new, before, after) > most else old


def _variants(toffoli: Toffoli) -> list[Toffoli]:
    """The roles as they are, then those that keep the target, then all others."""
    wires = toffoli[:3]
    others = [Toffoli(a, b, c, is_reversed) for a, b, c in permutations(wires) for is_reversed in (False, True)]
    return [toffoli, *sorted(others, key=lambda each: each.target != toffoli.target)]


def _meetings(toffoli: Toffoli, before: Neighbours, after: Neighbours) -> int:
    """How many of its ends are on the same pair as the row next to them."""
    start, end = toffoli.ends
    return _is_met(start, before) + _is_met(end, after)


def _is_met(pair: Pair, nearest: Neighbours) -> bool:
    """Whether the nearest row is the same on two wires, and on no other."""
    number = nearest.get(pair[0])
    return number is not None and number == nearest.get(pair[1])


def _with_target(toffoli: Toffoli, target: int) -> list[Op]:
    """The rows of a Toffoli whose target is another wire than its roles say."""
    if toffoli.target == target:
        return toffoli.rows
    around = [shared("h", (target,)), shared("h", (toffoli.target,))]
    return [*around, *toffoli.rows, *around]
