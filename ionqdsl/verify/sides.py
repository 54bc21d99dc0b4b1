"""One of two circuits that are matched row by row: its remaining rows, and those that may come next."""

from __future__ import annotations

from collections.abc import Iterable

from ionqdsl.algebra.rotations import Vector, Z, turned_back
from ionqdsl.record import fresh, record
from ionqdsl.verify.blocks import WireMatrix
from ionqdsl.verify.order import Order
from ionqdsl.verify.product_rotations import Form, ProductRotation, is_parallel


@record(frozen=False)
class Side:
    """The remaining rows of a circuit, and those that may come next, by the wires they act on.

    If `rows` are a stretch of a longer circuit, `earlier` of its rows come before them. `front` is the place in the
    circuit of the last row that has cancelled with one of the other side.
    """

    rows: list[ProductRotation]
    order: Order
    left: int
    ready: dict[frozenset[int], set[int]] = fresh(default_factory=dict)
    homes: dict[int, WireMatrix] = fresh(default_factory=dict)  # of the wires that are in a block
    measured: list[Vector | None] = fresh(default_factory=list)  # the axis at the end, if that is all that counts
    skew: list[int] = fresh(default_factory=list)  # the number of remaining rows not along it, for each wire
    busy: list[int] = fresh(default_factory=list)  # the number of all remaining rows, for each wire
    earlier: int = 0
    front: int = 0

    def add(self, number: int) -> frozenset[int]:
        """Marks a row as one that may come next."""
        key = frozenset(self.rows[number].wires)
        self.ready.setdefault(key, set()).add(number)
        return key

    def advance(self, number: int) -> None:
        """Notes that a row has cancelled with one of the other side."""
        self.front = max(self.front, self.earlier + number)

    def lead(self, number: int) -> int:
        """How far a row is from the last one that has cancelled, in rows."""
        return self.earlier + number - self.front

    def drop(self, number: int) -> list[int]:
        """Removes a row; returns those that may come next now."""
        key = frozenset(self.rows[number].wires)
        self.ready[key].discard(number)
        if not self.ready[key]:
            del self.ready[key]
        self.left -= 1
        for wire in self.tilted(self.rows[number]):
            self.skew[wire] -= 1
        if self.busy:
            for wire in self.rows[number].wires:
                self.busy[wire] -= 1
        return self.order.retire(number)

    def tilted(self, row: ProductRotation) -> list[int]:
        """The wires on which a row is not along the measured axis; none if no wire is measured."""
        if not self.measured:
            return []
        tilted: list[int] = []
        for wire, vector in zip(row.wires, row.vectors, strict=True):
            axis = self.measured[wire]
            if axis is None or not is_parallel(vector, axis):
                tilted.append(wire)
        return tilted


def side_of(form: Form, order: Order, measured: frozenset[int] | None = None, is_counted: bool = False) -> Side:
    """A circuit before anything has been matched; of the `measured` qubits only the outcomes count.

    If `is_counted`, the remaining rows of each wire are counted.
    """
    side = side_without_rows(form, form.rows, order, measured, is_counted)
    side.rows, side.left = [*form.rows], order.left
    return side


def side_without_rows(
    form: Form,
    rows: Iterable[ProductRotation],
    order: Order,
    measured: frozenset[int] | None = None,
    is_counted: bool = False,
) -> Side:
    """The same before any of the rows of a form that count are at hand."""
    axes: list[Vector | None] = [] if measured is None else [None] * form.width
    for qubit in measured or ():
        wire = form.outputs[qubit]
        axes[wire] = turned_back(form.ends[wire], Z)
    side = Side([], order, 0, measured=axes, skew=[0] * form.width)
    side.busy = [0] * form.width if is_counted else []
    for number, row in enumerate(rows):
        if not order.is_dropped[number]:
            for wire in side.tilted(row):
                side.skew[wire] += 1
            for wire in row.wires if is_counted else ():
                side.busy[wire] += 1
    return side
