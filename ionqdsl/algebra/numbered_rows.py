"""Numbers the rows of a circuit by object, so that a step looks at each different row once.

Equal rows are mostly one object, but nothing relies on that: those that are several have several numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from itertools import islice

from ionqdsl.algebra import compiled
from ionqdsl.ir.circuit import Op

AT_ONCE = 1 << 14
"""Rows that are numbered together: those of a long circuit may be made as they are read."""


def numbered(rows: Iterable[Op], *, counts_on: bool) -> Iterator[tuple[list[Op], bytes]]:
    """Some rows at a time: the different ones, and for each place the number of its row (int32).

    If the numbers count on, a row that was among earlier ones gets another number; otherwise they begin again.
    """
    rows, first = iter(rows), 0
    while some := [*islice(rows, AT_ONCE)]:
        different, places = (compiled.kernel.number_rows if compiled.is_used() else number_rows)(some, first)
        first += len(different) * counts_on
        yield different, places


def number_rows(rows: list[Op], first: int) -> tuple[list[Op], bytes]:
    """Without the kernel."""
    numbers: dict[int, int] = {}
    places = array("i", [numbers.setdefault(id(op), first + len(numbers)) for op in rows])
    return [*{id(op): op for op in rows}.values()], places.tobytes()
