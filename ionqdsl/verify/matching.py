"""Matches two forms row by row: equal rows cancel, small differences are multiplied out.

Between two circuits there is A M B+, where M begins as the identity and A and B are the rows still to come. The first
rows of A and of B, those that no remaining row has to precede, are absorbed into M: the same rotation on both sides
cancels at once, and others become matrices on as few wires as possible. As soon as such a matrix is a product of turns
of single wires, these turn the axes of later rows instead. When all rows are gone, M is the answer, and it is
exact; if a matrix would need more than `WIDEST` wires, rows are left. M carries a permutation of the wires as well: an
exchange of wires splits like any other product.

A wire that begins in |0> or |1> does not feel a turn about z at its beginning, so there M may begin with any. Such a
wire goes on where a qubit was measured or reset. M begins there with the turn at the end of the wire before it, as a
frame that is kept across a measurement; if `may_turn`, with the turn that makes the first row fit.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from itertools import product as product_of
from types import MappingProxyType

import numpy as np

from ionqdsl.algebra.rotations import (
    IDENTITY,
    Turn,
    Vector,
    Z,
    cross,
    dot,
    inverse,
    normalised,
    product,
    turn,
    turned_back,
)
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
from ionqdsl.verify.product_rotations import PARALLEL, Form, ProductRotation
from ionqdsl.verify.sides import Side

WIDEST = 8
"""Most wires of a matrix: 8 take a megabyte."""

NARROW = 4
"""Most wires of a matrix that is tried for being a diagonal, if there are many such attempts."""

MOST_WORK = 1 << 23
"""Most entries of matrices to compute before giving up."""


@record(frozen=False)
class Meeting:
    """The state of a comparison.

    For wires in no block, `turns[w]` is the turn between wire w of A and the wire of B that continues it; `inner` and,
    in the other direction, `outer` map the wires. `deviation` bounds the neglected part. `loose` are wires of A on
    which any turn about z may come first, with the qubit whose end decides which does, or -1 once it is decided; rows
    on `postponed` wires wait for that. If `may_turn`, such turns are chosen anew where rows cancel better then.
    """

    sides: tuple[Side, Side]
    turns: list[Turn]
    inner: list[int]
    outer: list[int]
    deviation: float = 0.0
    news: set[frozenset[int]] = fresh(default_factory=set)  # wires of A on which rows may cancel now
    forms: tuple[Form, Form] | None = None
    loose: dict[int, int] = fresh(default_factory=dict)
    postponed: set[frozenset[int]] = fresh(default_factory=set)
    may_turn: bool = False

    @property
    def left(self) -> int:
        """The number of remaining rows."""
        return sum(side.left for side in self.sides)

    def blocks(self) -> list[WireMatrix]:
        """The matrices that are not products."""
        return list({id(block): block for block in self.sides[0].homes.values()}.values())


def met(
    sides: tuple[Side, Side],
    names: Sequence[int],
    is_patient: bool = False,
    forms: tuple[Form, Form] | None = None,
    before: Mapping[int, int] = MappingProxyType({}),
    is_early: bool = True,
    may_turn: bool = False,
) -> Meeting:
    """Matches two circuits as far as possible; wire `names[w]` of the first starts as wire w of the second.

    `before` has the wires that begin in |0> or |1>, with the qubit that ended there. Rotations that no
    measurement can see are dropped early, or only at the end, so that more rows tell how such wires begin.
    """
    meeting = begun(sides, names)
    meeting.forms, meeting.loose, meeting.may_turn = forms, dict(before), may_turn
    for which in (0, 1):
        offer(meeting, which, sides[which].order.ready())
    proceed(meeting, is_patient, "late" if not is_early else "early" if before else "")
    return meeting


def begun(sides: tuple[Side, Side], names: Sequence[int]) -> Meeting:
    """Two circuits of which nothing has been matched, and no rows have been offered."""
    inner = [0] * len(names)
    for wire, name in enumerate(names):
        inner[name] = wire
    return Meeting(sides, [IDENTITY] * len(names), inner, list(names))


def proceed(
    meeting: Meeting,
    is_patient: bool = False,
    dropping: str = "",
    kept: tuple[int, int] = (0, 0),
    most_work: int = MOST_WORK,
) -> bool:
    """Matches rows until nothing more can be done, or no rows cancel and a side has fewer than `kept` left.

    The latter is True: with more rows of a longer circuit at hand, some may cancel that would be multiplied out now.
    `dropping` says when rows are dropped that no measurement sees: early, or late, after everything else.
    """
    work = 0
    while meeting.left and work < most_work:
        while meeting.news:
            _cancel(meeting, meeting.news.pop())
        ready = {wires for wires in meeting.postponed if all(_has_begun(meeting, wire) for wire in wires)}
        if ready:
            meeting.postponed -= ready
            meeting.news |= ready
            continue
        if dropping == "early" and _drop_unseen(meeting):
            continue
        if any(side.left < least for side, least in zip(meeting.sides, kept, strict=True)):
            return True
        step = _next_step(meeting, is_patient)
        if step is None and dropping == "late" and _drop_unseen(meeting):
            continue
        if step is None and meeting.postponed:
            wires = meeting.postponed.pop()
            meeting.loose.update({wire: -1 for wire in wires if wire in meeting.loose})
            meeting.news.add(wires)
            continue
        if step is None:
            break
        work += _take(meeting, *step)
    return False


def offer(meeting: Meeting, which: int, numbers: Iterable[int]) -> None:
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
    unbegun = [wire for wire in wires if not _has_begun(meeting, wire)] if meeting.loose else []
    inner = frozenset([meeting.inner[wire] for wire in wires])
    if not meeting.loose:
        for which, key in enumerate((wires, inner)):
            _add_up(meeting, which, key)
    while True:
        rows, others = sorted(a.ready.get(wires, ())), sorted(b.ready.get(inner, ()))
        if unbegun:  # only rows along z, which no turn about z changes
            meeting.postponed.add(wires)
            rows = [row for row in rows if _is_along_z(a.rows[row], unbegun)]
        pair = _pair(meeting, rows, others)
        if meeting.may_turn and not unbegun and (pair is None or _halves(meeting, pair) % 2):
            pair = _pair_of_loose(meeting, rows, others) or pair
        if pair is None:
            return
        number, other, sign, error = pair
        row = a.rows[number]
        _tie(meeting, row)
        rest = row.angle - sign * b.rows[other].angle
        halves = 0 if row.controls else round(rest / math.pi)
        rest = math.remainder(rest, 4 * math.pi) if row.controls else rest - halves * math.pi
        meeting.deviation += error
        a.advance(number)
        b.advance(other)
        offer(meeting, 1, b.drop(other))
        if abs(rest) > EXACT:
            a.rows[number] = changed(row, angle=rest)
        else:
            meeting.deviation += abs(rest)
            offer(meeting, 0, a.drop(number))
        if halves % 2:
            _turn(meeting, 0, row)


def _add_up(meeting: Meeting, which: int, wires: frozenset[int]) -> None:
    """Adds up equal rotations of one side on these wires, and takes a half turn that they make as one of each wire."""
    side = meeting.sides[which]
    numbers = sorted(side.ready.get(wires, ()))
    while len(numbers) > 1:
        number, *numbers = numbers
        row = side.rows[number]
        axes = {wire: (vector, place < row.controls) for place, (wire, vector) in enumerate(row.factors)}
        for other in numbers:
            sign, error = _alike(axes, side.rows[other])
            if error >= PARALLEL * len(row.wires):
                continue
            total = side.rows[other].angle + sign * row.angle
            halves = 0 if row.controls else round(total / math.pi)
            total = math.remainder(total, 4 * math.pi) if row.controls else total - halves * math.pi
            meeting.deviation += error
            side.rows[other] = changed(side.rows[other], angle=total)
            offer(meeting, which, side.drop(number))
            if abs(total) <= EXACT:
                meeting.deviation += abs(total)
                numbers.remove(other)
                offer(meeting, which, side.drop(other))
            if halves % 2:
                _turn(meeting, which, row)
            break


_Axes = dict[int, tuple[Vector, bool]]
"""The axis of a row on each wire, and whether it is a control there."""


def _alike(axes: _Axes, row: ProductRotation) -> tuple[float, float]:
    """The sign between a row and one with these axes on the same wires, and the angle between the axes."""
    sign, error = 1.0, 0.0
    for place, (wire, vector) in enumerate(row.factors):
        axis, is_control = axes[wire]
        direction = dot(axis, vector)
        error += math.hypot(*cross(axis, vector))
        if is_control != (place < row.controls) or (is_control and direction < 0):
            error = math.inf
        sign = math.copysign(sign, sign * direction)
    return sign, error


def _turn(meeting: Meeting, which: int, row: ProductRotation) -> None:
    """Takes a half turn of a row, which is one of each of its wires, into the turns between the sides."""
    for wire, vector in row.factors:
        half, outer = turn(vector, math.pi), meeting.outer[wire] if which else wire
        turns = meeting.turns[outer]
        meeting.turns[outer] = product(turns, half) if which else product(half, turns)
    _look_again(meeting, [meeting.outer[wire] if which else wire for wire in row.wires])


def _pair(meeting: Meeting, rows: Sequence[int], others: Sequence[int]) -> tuple[int, int, float, float] | None:
    """Two rows with the same axes, the sign between them and the angle between the axes."""
    a, b = meeting.sides
    for number in rows:
        row = a.rows[number]
        seen = {
            meeting.inner[wire]: (turned_back(meeting.turns[wire], vector), place < row.controls)
            for place, (wire, vector) in enumerate(row.factors)
        }
        for other in others:
            candidate = b.rows[other]
            sign, error = _alike(seen, candidate)
            weight = min(1.0, abs(candidate.angle))  # axes of small rotations are known less well, and matter less
            if error < PARALLEL * len(row.wires) or error * weight < EXACT:
                return number, other, sign, error * weight
    return None


def _is_along_z(row: ProductRotation, wires: Collection[int]) -> bool:
    pairs = zip(row.wires, row.vectors, strict=True)
    return all(math.hypot(vector[0], vector[1]) <= PARALLEL for wire, vector in pairs if wire in wires)


def _halves(meeting: Meeting, pair: tuple[int, int, float, float]) -> int:
    """How many half turns are left of two rows after they have cancelled."""
    row, other = meeting.sides[0].rows[pair[0]], meeting.sides[1].rows[pair[1]]
    return 0 if row.controls else round((row.angle - pair[2] * other.angle) / math.pi)


def _drop_unseen(meeting: Meeting) -> bool:
    """Drops rows along the measured axes of wires on which no other rows are left, and such matrices."""
    found = False
    for which, side in enumerate(meeting.sides):
        unseen = [
            number
            for wires, numbers in side.ready.items()
            if not any(wire in side.homes or side.skew[wire] or side.measured[wire] is None for wire in wires)
            for number in numbers
        ]
        for number in unseen:
            row = side.rows[number]
            axes = [axis for wire in row.wires if (axis := side.measured[wire]) is not None]
            meeting.deviation += 2 * sum(math.hypot(*cross(v, axis)) for v, axis in zip(row.vectors, axes, strict=True))
            offer(meeting, which, side.drop(number))
        found = found or bool(unseen)
    small = [block for block in meeting.blocks() if len(block.wires[0]) <= NARROW]
    return found or any(_drop_diagonal(meeting, block) for block in small)


def _tie(meeting: Meeting, row: ProductRotation) -> None:
    """The turns of the wires of a row of A are fixed once it is matched, unless it is along z there."""
    if meeting.loose:
        for wire, vector in zip(row.wires, row.vectors, strict=True):
            if wire in meeting.loose and math.hypot(vector[0], vector[1]) > PARALLEL:
                del meeting.loose[wire]


def _has_begun(meeting: Meeting, wire: int) -> bool:
    """Whether it is decided which turn comes first on a wire of A: that at the end of the wire before it."""
    chain = [wire]
    while meeting.loose.get(chain[-1], -1) >= 0:  # wires without rows pass their turns on
        assert meeting.forms is not None
        chain.append(meeting.forms[0].outputs[meeting.loose[chain[-1]]])
    for later, earlier in reversed([*pairwise(chain)]):
        assert meeting.forms is not None
        qubit = meeting.loose[later]
        a, b = meeting.forms
        other = b.outputs[qubit]
        is_settled = earlier not in meeting.sides[0].homes and meeting.inner[earlier] == other
        if not is_settled or meeting.sides[0].busy[earlier] or meeting.sides[1].busy[other]:
            return False
        w, x, y, z = product(product(a.ends[earlier], meeting.turns[earlier]), inverse(b.ends[other]))
        if math.hypot(x, y) < PARALLEL:
            meeting.turns[later] = normalised(product(meeting.turns[later], (w, 0.0, 0.0, z)))
        meeting.loose[later] = -1
    return True


def _pair_of_loose(
    meeting: Meeting, rows: Sequence[int], others: Sequence[int]
) -> tuple[int, int, float, float] | None:
    """As `_pair`, with other turns about z on the loose wires, if these make two rows the same rotation."""
    if not meeting.loose:
        return None
    a, b = meeting.sides
    for number in rows:
        row = a.rows[number]
        wires = [wire for wire in row.wires if wire in meeting.loose]
        kept = [meeting.turns[wire] for wire in wires]
        for other in others if wires else ():
            candidate = b.rows[other]
            theirs = dict(zip(candidate.wires, candidate.vectors, strict=True))
            mine = dict(zip(row.wires, row.vectors, strict=True))
            for signs in product_of((1, -1), repeat=len(wires)):
                for wire, sign in zip(wires, signs, strict=True):
                    (ux, uy, _), (vx, vy, _) = mine[wire], theirs[meeting.inner[wire]]
                    azimuth = math.atan2(uy, ux) - math.atan2(sign * vy, sign * vx)
                    meeting.turns[wire] = turn(Z, azimuth)
                pair = _pair(meeting, [number], [other])
                if pair is not None and abs(math.remainder(row.angle - pair[2] * candidate.angle, math.tau)) < EXACT:
                    return pair
        for wire, old in zip(wires, kept, strict=True):
            meeting.turns[wire] = old
    return None


def _look_again(meeting: Meeting, wires: Iterable[int]) -> None:
    """Notes that something between the sides has changed on these wires of A."""
    changed_wires = frozenset(wires)
    meeting.news.update(key for key in meeting.sides[0].ready if key & changed_wires)


# --- rows that are multiplied out ----------------------------------------------------------------------------------


def _next_step(meeting: Meeting, is_patient: bool) -> tuple[int, int] | None:
    """The side and the row to multiply out next: one that makes no block larger, else the first.

    First refers to the place of the last rows that cancelled, so that both circuits are walked at one pace; if
    `is_patient`, rows that begin a new block come last.
    """
    best: tuple[bool, int] | None = None
    chosen = None
    for which, side in enumerate(meeting.sides):
        for key, numbers in side.ready.items():
            if meeting.loose:
                free = [meeting.outer[wire] if which else wire for wire in key if wire not in side.homes]
                if not all(_has_begun(meeting, wire) for wire in free):
                    continue
            homes = {id(side.homes[wire]): side.homes[wire] for wire in key if wire in side.homes}
            size = sum(len(block.wires[0]) for block in homes.values()) + sum(wire not in side.homes for wire in key)
            number = min(numbers)
            if len(homes) == 1 and size == len(next(iter(homes.values())).wires[0]):
                return which, number
            if size > WIDEST:
                continue
            price = (is_patient and not homes, side.lead(number))
            if best is None or price < best:
                best, chosen = price, (which, number)
    return chosen


def _take(meeting: Meeting, which: int, number: int) -> int:
    """Multiplies a row into the matrix between the sides, and splits off new factors; returns its size."""
    side = meeting.sides[which]
    row = side.rows[number]
    for wire in row.wires if meeting.loose else ():
        if wire not in side.homes:
            meeting.loose.pop(meeting.outer[wire] if which else wire, None)
    block = _joined(meeting, [wire if which == 0 else meeting.outer[wire] for wire in row.wires], which, row.wires)
    block.matrix = multiplied(block, row, which)
    offer(meeting, which, side.drop(number))
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


def _drop_diagonal(meeting: Meeting, block: WireMatrix) -> bool:
    """Drops a block that is a diagonal after single wires, if the diagonal commutes with all remaining rows."""
    for which, side in enumerate(meeting.sides):
        own = block.wires[which]
        axes = [axis for wire in own if side.measured and (axis := side.measured[wire]) is not None]
        if len(axes) < len(own) or any(side.skew[wire] for wire in own):
            continue
        matrix = block.matrix.conj().T if which else block.matrix
        diagonal = up_to_diagonal(matrix, axes)
        if diagonal is None:
            continue
        own, others = own[:], block.wires[1 - which][:]
        for wire, (place, factor) in zip(own, diagonal, strict=True):
            outer, inner = (others[place], wire) if which else (wire, others[place])
            _release(meeting, block, outer, inner, factor.conj().T if which else factor, block.matrix)
        _look_again(meeting, others if which else own)
        return True
    return False
