"""Finds which rows of a form must keep their order: those that do not commute.

Takes rows and returns, for each, how many earlier rows it waits for and which later rows wait for it. Two rows commute
if their axes are parallel on every wire they share or, without projectors, if they are perpendicular on an even number
of shared wires and parallel on the others. Rows that are far apart on a wire count as not commuting, which keeps the
work linear and only makes the order stricter than necessary.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ionqdsl.record import record
from ionqdsl.verify.product_rotations import PARALLEL, ProductRotation

Integers = NDArray[np.int64]

REACH = 128
"""Rows of a wire that are compared with each other at once."""


@record(frozen=False)
class Order:
    """`waits[r]` counts the rows r still waits for; those that wait for it are `followers[starts[r]:starts[r + 1]]`."""

    waits: Integers
    starts: list[int]
    followers: Integers
    is_dropped: NDArray[np.bool_]

    @property
    def left(self) -> int:
        """The number of rows that are not dropped, before any has been retired."""
        return int((~self.is_dropped).sum())

    def copy(self) -> Order:
        """A copy whose rows can be retired and dropped independently."""
        return Order(self.waits.copy(), self.starts, self.followers, self.is_dropped.copy())

    def drop(self, row: int) -> None:
        """Drops a row that only dropped rows wait for."""
        self.is_dropped[row] = True

    def has_followers(self, row: int) -> bool:
        """Whether a row that is not dropped waits for this one."""
        return not self.is_dropped[self.after(row)].all()

    def ready(self) -> list[int]:
        """The rows that wait for none."""
        rows: list[int] = np.flatnonzero((self.waits == 0) & ~self.is_dropped).tolist()
        return rows

    def after(self, row: int) -> Integers:
        """The rows that wait for a row."""
        return self.followers[self.starts[row] : self.starts[row + 1]]

    def retire(self, row: int) -> list[int]:
        """Retires a row; returns the rows that waited only for it."""
        after = self.after(row)
        waits = self.waits[after] - 1
        self.waits[after] = waits
        rows: list[int] = after[(waits == 0) & ~self.is_dropped[after]].tolist()
        return rows


def order_of(rows: Sequence[ProductRotation], width: int) -> Order:
    """The order of rows on a number of wires."""
    count = len(rows)
    places: list[list[int]] = [[] for _ in range(width)]
    vectors: list[list[tuple[float, float, float]]] = [[] for _ in range(width)]
    for number, row in enumerate(rows):
        for wire, vector in zip(row.wires, row.vectors, strict=True):
            places[wire].append(number)
            vectors[wire].append(vector)
    is_plain = np.array([not row.controls for row in rows], dtype=bool)
    keys, tilts = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for on, directions in zip(places, vectors, strict=True):
        for earlier, later, tilt in _crossing(np.array(on, np.int64), np.array(directions)):
            both = is_plain[earlier] & is_plain[later]
            keys.append(earlier * count + later)
            tilts.append(np.where(both, tilt, 2))
    pairs = _not_commuting(np.concatenate(keys), np.concatenate(tilts))
    earlier, later = np.divmod(pairs, max(count, 1))
    starts = np.searchsorted(earlier, np.arange(count + 1)).tolist()
    return Order(np.bincount(later, minlength=count).astype(np.int64), starts, later, np.zeros(count, bool))


def _not_commuting(keys: Integers, tilts: Integers) -> Integers:
    """The keys of pairs of rows that are skew on a wire, or perpendicular on an odd number of wires, in order."""
    found = np.sort(keys * _TILTS + tilts)  # those of one pair together, skew ones last; quicker than sorting places
    keys, tilts = np.divmod(found, _TILTS)
    last = np.append(np.flatnonzero(keys[1:] != keys[:-1]), len(keys) - 1) if len(keys) else np.empty(0, np.int64)
    ones = (tilts == 1).astype(np.int64)  # the sum of whole numbers lets other threads run, that of booleans does not
    perpendicular = np.diff(np.cumsum(ones, out=ones)[last], prepend=0)
    pairs: Integers = keys[last[(tilts[last] == 2) | (perpendicular % 2 == 1)]]
    return pairs


_TILTS = 4
"""More than the largest tilt of `_crossing`, and a power of two."""


def _crossing(on: Integers, directions: NDArray[np.float64]) -> list[tuple[Integers, Integers, Integers]]:
    """Pairs of rows of one wire whose axes are not parallel: 1 if they are perpendicular, else 2.

    The wire is cut into runs. Rows of one run and of the one before are compared; those of the two runs before these
    count as skew, and from there on the order follows from that of the runs between.
    """
    crossings = []
    for start in range(0, len(on), REACH):
        low, end = max(0, start - REACH), min(start + REACH, len(on))
        here, near = directions[start:end], directions[low:end]
        cosine = near @ here.T
        sine = np.sqrt(
            sum((np.outer(near[:, i], here[:, j]) - np.outer(near[:, j], here[:, i])) ** 2 for i, j in _AXES)
        )
        is_before = np.arange(low, end)[:, None] < np.arange(start, end)
        first, second = np.nonzero((sine > PARALLEL) & is_before)
        tilt = np.where(np.abs(cosine[first, second]) < PARALLEL, 1, 2)
        crossings.append((on[first + low], on[second + start], tilt))
        far = on[max(0, start - 3 * REACH) : low]
        if len(far):
            pairs = np.meshgrid(far, on[start:end], indexing="ij")
            crossings.append((pairs[0].ravel(), pairs[1].ravel(), np.full(pairs[0].size, 2)))
    return crossings


_AXES = ((0, 1), (1, 2), (2, 0))
