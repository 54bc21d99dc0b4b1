"""Writes Toffolis so that their first and last interactions meet their neighbours on the same pair of wires.

Takes a circuit after break_wide_gates.py and returns one in which other wires of a Toffoli may have the roles of its
controls and its target, and its rows another direction; or the circuit itself. A Toffoli is symmetric up to `h` on its
target, and its own inverse. Its five interactions lie on the pairs P Q P Q R or R Q P Q P of its three wires, and those
on one pair merge with what comes before or after.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import NamedTuple

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import FlatCircuit, Op, shared

Pair = frozenset[int]
Neighbours = dict[int, tuple[int, Pair]]
"""Wire -> the number of the nearest row on several wires that it is in, and all wires of that row."""


class Toffoli(NamedTuple):
    """The roles of three wires, and the direction of the rows."""

    first: int
    second: int
    target: int
    is_reversed: bool = False

    @property
    def ends(self) -> tuple[Pair, Pair]:
        """The pairs of its first and last interaction."""
        start, end = frozenset((self.second, self.target)), frozenset((self.first, self.target))
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
    following = _following(circuit.rows, places)
    steps: list[tuple[Op, Span | None]] = []
    before: Neighbours = {}
    is_better = False
    place = 0
    while place < len(circuit.rows):
        old, origin = places.get(place), circuit.origins[place]
        rows = [circuit.rows[place]]
        if old is not None:
            new = min(_variants(old), key=lambda each: -_meetings(each, before, following[place]))
            is_better = is_better or _meetings(new, before, following[place]) > _meetings(old, before, following[place])
            rows = _with_target(new, old.target)
        for row in rows:
            steps.append((row, origin))
            if len(row.qubits) > 1:
                before |= dict.fromkeys(row.qubits, (len(steps), frozenset(row.qubits)))
        place += 1 if old is None else len(old.rows)
    return circuit.with_rows(steps) if is_better else circuit


def toffolis_of(rows: Sequence[Op]) -> Iterator[tuple[int, Toffoli]]:
    """The places where a Toffoli's rows begin, and its roles."""
    place = 0
    while place < len(rows) - 4:
        root, parity = rows[place], rows[place + 1]
        if root.gate == "v" and root.controls == 1 and parity.gate == "cnot" and parity.qubits[1] == root.qubits[0]:
            found = Toffoli(parity.qubits[0], root.qubits[0], root.qubits[1])
            if len({*found[:3]}) == 3 and rows[place : place + 5] == found.rows:
                yield place, found
                place += 4
        place += 1


def _following(rows: list[Op], places: dict[int, Toffoli]) -> dict[int, Neighbours]:
    """For each Toffoli, the rows that follow on its wires; for another Toffoli all of its three wires are told."""
    result: dict[int, Neighbours] = {}
    after: Neighbours = {}
    inside = {place + step: place for place, each in places.items() for step in range(len(each.rows))}
    for place in range(len(rows) - 1, -1, -1):
        start = inside.get(place)
        if start is None and len(rows[place].qubits) > 1:
            after |= dict.fromkeys(rows[place].qubits, (place, frozenset(rows[place].qubits)))
        elif start == place:
            wires = places[place][:3]
            result[place] = {wire: after[wire] for wire in wires if wire in after}
            after |= dict.fromkeys(wires, (place, frozenset(wires)))
    return result


def _variants(toffoli: Toffoli) -> list[Toffoli]:
    """The roles as they are, then those that keep the target, then all others."""
    wires = toffoli[:3]
    others = [Toffoli(a, b, c, is_reversed) for a, b, c in permutations(wires) for is_reversed in (False, True)]
    return [toffoli, *sorted(others, key=lambda each: each.target != toffoli.target)]


def _meetings(toffoli: Toffoli, before: Neighbours, after: Neighbours) -> int:
    """How many of its ends are on the same pair as the row next to them."""
    return sum(
        near.get(a) is not None and near.get(a) == near.get(b) and near[a][1] == end
        for end, near in zip(toffoli.ends, (before, after), strict=True)
        for a, b in [tuple(end)]
    )


def _with_target(toffoli: Toffoli, target: int) -> list[Op]:
    """The rows of a Toffoli whose target is another wire than its roles say."""
    if toffoli.target == target:
        return toffoli.rows
    around = [shared("h", (target,)), shared("h", (toffoli.target,))]
    return [*around, *toffoli.rows, *around]
