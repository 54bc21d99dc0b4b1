"""Matches two forms row by row: equal rows cancel, small differences are multiplied out.

Between two circuits there is A M B+, where M begins as the identity and A and B are the rows still to come. The first
rows of A and of B, those that no remaining row has to precede, are absorbed into M: the same rotation on both sides
cancels at once, others become matrices on as few wires as possible, and as soon as such a matrix is a product, its
factors are turns of single wires through which later axes are read. When all rows are gone, M is the answer, and it is
exact; if a matrix would need more than `WIDEST` wires, rows are left. M carries a permutation of the wires as well: an
exchange of wires splits like any other product.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ionqdsl.algebra.rotations import IDENTITY, Turn, Vector, cross, dot, product, turn, turned_back
from ionqdsl.record import changed, fresh, record
from ionqdsl.verify.blocks import (
    EXACT,
    Matrix,
    WireMatrix,
    as_matrix,
    as_turn,
    factored,
    kron,
    multiplied,
    up_to_diagonal,
)
from ionqdsl.verify.order import Order
from ionqdsl.verify.product_rotations import PARALLEL, Form, ProductRotation, is_parallel

WIDEST = 8
"""Most wires of a matrix: 8 take a megabyte."""

MOST_WORK = 1 << 23
"""Most entries of matrices to compute before giving up."""


@record(frozen=False)
class Side:
    """The remaining rows of a circuit, and those that may come next, by the wires they act on."""

    rows: list[ProductRotation]
    order: Order
    left: int
    ready: dict[frozenset[int], set[int]] = fresh(default_factory=dict)
    homes: dict[int, WireMatrix] = fresh(default_factory=dict)  # of the wires that are in a block
    measured: list[Vector] | None = None  # the axes measured at the end, if that is all that counts
    skew: list[int] = fresh(default_factory=list)  # the number of remaining rows not along them, for each wire

    def add(self, number: int) -> frozenset[int]:
        """Marks a row as one that may come next."""
        key = frozenset(self.rows[number].wires)
        self.ready.setdefault(key, set()).add(number)
        return key

    def drop(self, number: int) -> list[int]:
        """Removes a row; returns those that may come next now."""
        key = frozenset(self.rows[number].wires)
        self.ready[key].discard(number)
        if not self.ready[key]:
            del self.ready[key]
        self.left -= 1
        for wire in self.tilted(self.rows[number]):
            self.skew[wire] -= 1
        return self.order.retire(number)

    def tilted(self, row: ProductRotation) -> list[int]:
        """The wires on which a row is not along the measured axis."""
        if self.measured is None:
            return []
        pairs = zip(row.wires, row.vectors, strict=True)
        return [wire for wire, vector in pairs if not is_parallel(vector, self.measured[wire])]


def side_of(form: Form, order: Order, is_measured: bool) -> Side:
    """A circuit before anything has been matched."""
    measured = [turned_back(end, (0.0, 0.0, 1.0)) for end in form.ends] if is_measured else None
    side = Side(form.rows[:], order, order.left, measured=measured, skew=[0] * form.width)
    for number, row in enumerate(form.rows):
        if not order.is_dropped[number]:
            for wire in side.tilted(row):
                side.skew[wire] += 1
    return side


@record(frozen=False)
class Meeting:
    """The state of a comparison.

    For wires in no block, `turns[w]` is the turn between wire w of A and the wire of B that continues it; `inner` and,
    in the other direction, `outer` map the wires. `deviation` bounds the neglected part.
    """

    sides: tuple[Side, Side]
    turns: list[Turn]
    inner: list[int]
    outer: list[int]
    deviation: float = 0.0
    news: set[frozenset[int]] = fresh(default_factory=set)  # wires of A on which rows may cancel now

    @property
    def left(self) -> int:
        """The number of remaining rows."""
        return sum(side.left for side in self.sides)

    def blocks(self) -> list[WireMatrix]:
        """The matrices that are not products."""
        return list({id(block): block for block in self.sides[0].homes.values()}.values())


def met(sides: tuple[Side, Side], names: Sequence[int], is_patient: bool = False) -> Meeting:
    """Matches two circuits as far as possible; wire `names[w]` of the first starts as wire w of the second."""
    inner = [0] * len(names)
    for wire, name in enumerate(names):
        inner[name] = wire
    meeting = Meeting(sides, [IDENTITY] * len(names), inner, list(names))
    for which in (0, 1):
        _offer(meeting, which, sides[which].order.ready())
    work = 0
    while meeting.left and work < MOST_WORK:
        while meeting.news:
            _cancel(meeting, meeting.news.pop())
        step = _next_step(meeting, is_patient)
        if step is None:
            break
        work += _take(meeting, *step)
    return meeting


def _offer(meeting: Meeting, which: int, numbers: Iterable[int]) -> None:
    """Notes rows that may come next: those of the other side are worth another look."""
    for number in numbers:
        key = meeting.sides[which].add(number)
        meeting.news.add(frozenset([meeting.outer[wire] for wire in key]) if which else key)


# --- rows that cancel ----------------------------------------------------------------------------------------------


def _cancel(meeting: Meeting, wires: frozenset[int]) -> None:
    """Cancels equal rotations on these wires of A from both sides, as long as there are any."""
    a, b = meeting.sides
    if any(wire in a.homes for wire in wires):
        return
    inner = frozenset([meeting.inner[wire] for wire in wires])
    while True:
        pair = _pair(meeting, sorted(a.ready.get(wires, ())), sorted(b.ready.get(inner, ())))
        if pair is None:
            return
        number, other, sign, error = pair
        row = a.rows[number]
        rest = row.angle - sign * b.rows[other].angle
        halves = 0 if row.controls else round(rest / math.pi)
        rest = math.remainder(rest, 4 * math.pi) if row.controls else rest - halves * math.pi
        meeting.deviation += error
        _offer(meeting, 1, b.drop(other))
        if abs(rest) > EXACT:
            a.rows[number] = changed(row, angle=rest)
        else:
            meeting.deviation += abs(rest)
            _offer(meeting, 0, a.drop(number))
        if halves % 2:
            for wire, vector in zip(row.wires, row.vectors, strict=True):
                meeting.turns[wire] = product(turn(vector, math.pi), meeting.turns[wire])
            _look_again(meeting, wires)


def _pair(meeting: Meeting, rows: Sequence[int], others: Sequence[int]) -> tuple[int, int, float, float] | None:
    """Two rows with the same axes, the sign between them and the angle between the axes."""
    a, b = meeting.sides
    for number in rows:
        row = a.rows[number]
        seen = {
            meeting.inner[wire]: (turned_back(meeting.turns[wire], vector), place < row.controls)
            for place, (wire, vector) in enumerate(zip(row.wires, row.vectors, strict=True))
        }
        for other in others:
            candidate = b.rows[other]
            sign, error = 1.0, 0.0
            for place, (wire, vector) in enumerate(zip(candidate.wires, candidate.vectors, strict=True)):
                axis, is_control = seen[wire]
                error += math.hypot(*cross(axis, vector))
                direction = dot(axis, vector)
                if is_control != (place < candidate.controls) or (is_control and direction < 0):
                    error = math.inf
                sign = math.copysign(sign, sign * direction)
            weight = min(1.0, abs(candidate.angle))  # axes of small rotations are known less well, and matter less
            if error < PARALLEL * len(row.wires) or error * weight < EXACT:
                return number, other, sign, error * weight
    return None


def _look_again(meeting: Meeting, wires: Iterable[int]) -> None:
    """Notes that something between the sides has changed on these wires of A."""
    changed_wires = frozenset(wires)
    meeting.news.update(key for key in meeting.sides[0].ready if key & changed_wires)


# --- rows that are multiplied out ----------------------------------------------------------------------------------


def _next_step(meeting: Meeting, is_patient: bool) -> tuple[int, int] | None:
    """The side and the row to multiply out next: one that makes no block larger, else the first.

    First refers to the position in its circuit, so that both circuits are walked at one pace; if `is_patient`, rows
    that begin a new block come last.
    """
    best: tuple[bool, float] | None = None
    chosen = None
    for which, side in enumerate(meeting.sides):
        for key, numbers in side.ready.items():
            homes = {id(side.homes[wire]): side.homes[wire] for wire in key if wire in side.homes}
            size = sum(len(block.wires[0]) for block in homes.values()) + sum(wire not in side.homes for wire in key)
            number = min(numbers)
            if len(homes) == 1 and size == len(next(iter(homes.values())).wires[0]):
                return which, number
            if size > WIDEST:
                continue
            price = (is_patient and not homes, number / len(side.rows))
            if best is None or price < best:
                best, chosen = price, (which, number)
    return chosen


def _take(meeting: Meeting, which: int, number: int) -> int:
    """Multiplies a row into the matrix between the sides, and splits off new factors; returns its size."""
    side = meeting.sides[which]
    row = side.rows[number]
    block = _joined(meeting, [wire if which == 0 else meeting.outer[wire] for wire in row.wires], which, row.wires)
    block.matrix = multiplied(block, row, which)
    _offer(meeting, which, side.drop(number))
    size: int = block.matrix.size
    _split(meeting, block, which, row.wires)
    if len(block.wires[0]) > 1:
        _drop_diagonal(meeting, block)
    return size


def _joined(meeting: Meeting, singles: Sequence[int], which: int, wires: Sequence[int]) -> WireMatrix:
    """One block with all these wires of a side; `singles` maps those in no block to their wires of A."""
    homes = meeting.sides[which].homes
    blocks = list({id(homes[wire]): homes[wire] for wire in wires if wire in homes}.values())
    if len(blocks) == 1 and all(wire in homes for wire in wires):
        return blocks[0]
    for outer, wire in zip(singles, wires, strict=True):
        if wire not in homes:
            blocks.append(WireMatrix(([outer], [meeting.inner[outer]]), as_matrix(meeting.turns[outer])))
    result = WireMatrix(([], []), np.eye(1, dtype=complex))
    for block in blocks:
        for own, more in zip(result.wires, block.wires, strict=True):
            own += more
        result.matrix = kron([result.matrix, block.matrix])
    for side, own in zip(meeting.sides, result.wires, strict=True):
        side.homes.update(dict.fromkeys(own, result))
    return result


def _split(meeting: Meeting, block: WireMatrix, which: int, touched: Sequence[int]) -> None:
    """Splits off wires on which a block is a product: only those just touched can have become so."""
    free: set[int] = set()
    looking = True
    while looking and len(block.wires[0]) > 1:
        looking = False
        for outer, inner in _crossings(block, which, touched):
            factors = factored(block, outer, inner)
            if factors is None:
                continue
            factor, rest, error = factors
            meeting.deviation += error
            free.add(_release(meeting, block, outer, inner, factor, rest))
            looking = True
            break
    if len(block.wires[0]) == 1:
        free.add(_release(meeting, block, block.wires[0][0], block.wires[1][0], block.matrix, np.eye(1, dtype=complex)))
    if free:
        _look_again(meeting, free)


def _crossings(block: WireMatrix, which: int, touched: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Wires of both sides that may belong together, earlier partners first."""
    for own in block.wires[which]:
        if own in touched:
            for other in block.wires[1 - which]:
                yield (other, own) if which else (own, other)


def _release(meeting: Meeting, block: WireMatrix, outer: int, inner: int, factor: Matrix, rest: Matrix) -> int:
    """Removes a wire from a block."""
    meeting.turns[outer] = as_turn(factor)
    meeting.inner[outer], meeting.outer[inner] = inner, outer
    for side, own, wire in zip(meeting.sides, block.wires, (outer, inner), strict=True):
        own.remove(wire)
        del side.homes[wire]
    block.matrix = rest
    return outer


def _drop_diagonal(meeting: Meeting, block: WireMatrix) -> None:
    """Drops a block that is a diagonal after single wires, if the diagonal commutes with all remaining rows."""
    for which, side in enumerate(meeting.sides):
        own = block.wires[which]
        if side.measured is None or any(side.skew[wire] for wire in own):
            continue
        matrix = block.matrix.conj().T if which else block.matrix
        diagonal = up_to_diagonal(matrix, [side.measured[wire] for wire in own])
        if diagonal is None:
            continue
        own, others = own[:], block.wires[1 - which][:]
        for wire, (place, factor) in zip(own, diagonal, strict=True):
            outer, inner = (others[place], wire) if which else (wire, others[place])
            _release(meeting, block, outer, inner, factor.conj().T if which else factor, block.matrix)
        _look_again(meeting, others if which else own)
        return
