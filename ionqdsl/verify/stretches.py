"""Matches long circuits stretch by stretch: which rows commute is found for some thousand rows at a time.

Takes two forms and returns the state of their comparison, or None if it cannot go on. The time grows with the rows, the
memory beyond the forms does not. Rows that cancel must be near each other: rows are multiplied out before those further
on are looked at, so that other circuits stay undecided.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from ionqdsl.algebra.rotations import Z, cross, turned_back
from ionqdsl.record import record
from ionqdsl.verify.matching import Meeting, begun, offer, proceed
from ionqdsl.verify.order import Order, order_of
from ionqdsl.verify.product_rotations import PARALLEL, Form, ProductRotation
from ionqdsl.verify.sides import Side, side_without_rows

STRETCH = 1 << 10
"""Rows of each circuit that are looked at together."""

LONGEST = 1 << 12
"""Most rows that are looked at together where fewer do not suffice."""

MOST_WORK = 1 << 20
"""Most entries of matrices to compute in a stretch."""


@record(frozen=False)
class _Supply:
    """The rows of a form that count, and the rounding of leaving out the others; `taken` have been in a stretch.

    `places` has the rows that count, in order.
    """

    rows: Sequence[ProductRotation]
    places: Sequence[int]
    neglected: float
    taken: int = 0

    def __iter__(self) -> Iterator[ProductRotation]:
        return (self.rows[place] for place in self.places)

    @property
    def left(self) -> int:
        """The number of rows that have not been in a stretch."""
        return len(self.places) - self.taken

    def take(self, count: int) -> list[ProductRotation]:
        """The next rows, so many at most."""
        places = self.places[self.taken : self.taken + max(0, count)]
        self.taken += len(places)
        return [self.rows[place] for place in places]


def met_in_stretches(forms: tuple[Form, Form], names: Sequence[int], measured: frozenset[int] | None) -> Meeting | None:
    """The state after all rows have been matched; the arguments are those of `met` and `side_of`."""
    circuits = [_counting(form, measured or frozenset()) for form in forms]
    first, second = [_side(form, circuit, measured) for form, circuit in zip(forms, circuits, strict=True)]
    meeting = begun((first, second), names)
    meeting.deviation = sum(circuit.neglected for circuit in circuits)
    size = STRETCH
    while True:
        for which, circuit in enumerate(circuits):
            _refill(meeting, which, circuit, size)
        more = [circuit.left > 0 for circuit in circuits]
        if proceed(meeting, kept=(size // 2 * more[0], size // 2 * more[1]), most_work=MOST_WORK):
            continue
        if not any(more):
            return None if meeting.left else meeting
        if meeting.left and size == LONGEST:
            return None
        size = min(LONGEST, 2 * size)


def _counting(form: Form, measured: frozenset[int]) -> _Supply:
    """A circuit without the rows at its end that no measurement of these qubits sees.

    Such a row is diagonal, and on each of its wires so are all later rows that count.
    """
    if not measured:
        return _Supply(form.rows, range(len(form.rows)), 0.0)
    axes = {form.outputs[qubit]: turned_back(form.ends[form.outputs[qubit]], Z) for qubit in measured}
    kept = array("q")
    neglected = 0.0
    for place in range(len(form.rows) - 1, -1, -1):
        row = form.rows[place]
        on = [(wire, math.hypot(*cross(vector, axes[wire]))) for wire, vector in row.factors if wire in axes]
        if len(on) == len(row.wires) and all(error < PARALLEL for _, error in on):
            neglected += 2 * sum(error for _, error in on)
            continue
        kept.append(place)
        for wire, error in on:
            if error >= PARALLEL:
                del axes[wire]
    return _Supply(form.rows, kept[::-1], neglected)


def _side(form: Form, circuit: _Supply, measured: frozenset[int] | None) -> Side:
    """A side that has no rows yet, and counts those that are to come."""
    nothing = np.zeros(0, np.int64)
    order = Order(nothing, [0], nothing, np.zeros(len(circuit.places), bool))
    return side_without_rows(form, circuit, order, measured)


def _refill(meeting: Meeting, which: int, circuit: _Supply, size: int) -> None:
    """Gives a side more rows, until it has a number of them or the circuit ends."""
    side = meeting.sides[which]
    left = _remaining(side)
    more = circuit.take(size - len(left))
    if not more:
        return
    side.rows = [*left, *more]
    side.order = order_of(side.rows, len(meeting.turns))
    side.left, side.earlier = len(side.rows), circuit.taken - len(side.rows)
    side.ready.clear()
    offer(meeting, which, side.order.ready())


def _remaining(side: Side) -> list[ProductRotation]:
    """The rows of a side that have not been retired, in order."""
    numbers = {number for ready in side.ready.values() for number in ready}
    numbers.update(np.flatnonzero(side.order.waits > 0).tolist())
    return [side.rows[number] for number in sorted(numbers)]
