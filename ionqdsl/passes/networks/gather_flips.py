"""Gathers flips that are computed, used and computed back into flips under more controls.

Takes a network and returns one with fewer interactions. A flip is moved over the gates up to its equal, and both
cancel. Where it meets one that reads what it flips, or that flips what it reads, a third flip stays, under the controls
of both. Texts that borrow a wire for a flip under three controls write four Toffolis, of which two pairs cancel so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from ionqdsl.passes.break_wide_gates import flip_plan, relative_plan
from ionqdsl.passes.networks.network import FLIP, RELATIVE, UNDO, Network, NetworkGate, Tidy
from ionqdsl.passes.networks.parities import Parity, Wires, wires_of

REACH = 64
"""The most gates that a flip looks back over to find its equal, and those on either side that a change is weighed by.
"""

MOST = 6
"""The most controls of a flip that is made."""

WORTH = 0.95
"""A network is worth a try if it has at most this share of the interactions."""

LEAST = 2
"""The fewest flips under two controls or more that can become fewer interactions."""


class _MaskedGate(NamedTuple):
    """A gate by masks of wires: those that it changes, those that it only reads, and those that must be |1> for it.

    A gate that is no flip has no wires that must be |1>.
    """

    target: int
    controls: int
    ones: int
    is_flip: bool
    gate: NetworkGate

    @property
    def is_wide(self) -> bool:
        """Whether it is a flip under two controls or more."""
        return self.is_flip and bool(self.controls & (self.controls - 1))

    def commutes(self, other: _MaskedGate) -> bool:
        """Whether the order of two gates does not matter; of two flips that never happen both it does not."""
        if self.is_flip and other.is_flip:
            if not (self.target & other.controls or self.controls & other.target):
                return True
            return bool(self.controls & other.controls & (self.ones ^ other.ones))
        return not (self.target & other.controls or self.controls & other.target or self.target & other.target)

    def same(self, other: _MaskedGate) -> bool:
        """Whether two flips are one."""
        return self.target == other.target and self.controls == other.controls and self.ones == other.ones

    def sum(self, other: _MaskedGate) -> list[_MaskedGate] | None:
        """The one flip that two next to each other are, or none; None if they stay two.

        Of the products of bits that they add to their target, one has a factor more, or the opposite one.
        """
        if self.target != other.target or not (self.is_flip and other.is_flip):
            return None
        more, opposite = self.controls ^ other.controls, self.ones ^ other.ones
        if not more:
            if not opposite:
                return []
            left = self.controls & ~opposite
            return [self._replace(controls=left, ones=self.ones & left)] if not opposite & (opposite - 1) else None
        if more & (more - 1) or opposite & ~more or not (self.controls and other.controls):
            return None
        wide = self if self.controls & more else other
        return [wide._replace(ones=wide.ones ^ more)]


class GatheredFlips(NamedTuple):
    """A network with its flips gathered, and the same with Toffolis joined, as far as each is worth a try.

    `interactions` are those of the flips without joined Toffolis, `before` those of the source.
    """

    networks: list[Network]
    interactions: int
    before: int


def gathered(network: Network, width: int) -> GatheredFlips | None:
    """The network with flips gathered, which may borrow any wire of a circuit of this width; None if few are saved."""
    wires = wires_of(network.gates)
    steps = _steps(network.gates, wires)
    if sum(step.is_wide for step in steps) < LEAST:
        return None
    before = cost(steps, width)
    _gather(steps, width)
    _join(steps, width, 3)
    after = cost(steps, width)
    found = [steps] * (after <= WORTH * before)
    joined = [*steps]
    _join(joined, width, 2)
    if cost(joined, width) <= WORTH * after:
        found.append(joined)
    networks = []
    for each in found:
        tidy = Tidy(joins=True)
        for step in each:
            for gate in _written(step, wires):
                tidy.add(gate)
        networks.append(Network(tidy.gates, network.phase + tidy.phase))
    return GatheredFlips(networks, after, before) if found else None


def _gather(steps: list[_MaskedGate], width: int) -> None:
    """Takes out pairs of flips that cost more than those that stay without them."""
    place = 0
    while place < len(steps):
        start = _equal_before(steps, place)
        is_fewer = start is not None and _take_out(steps, start, place, width)
        place = max(0, start - REACH) if start is not None and is_fewer else place + 1


def _steps(gates: Iterable[NetworkGate], wires: Sequence[int]) -> list[_MaskedGate]:
    """The gates by masks; flips without controls are moved up to the next gate that is no flip."""
    bits = {wire: 1 << place for place, wire in enumerate(wires)}
    inverted = 0
    steps: list[_MaskedGate] = []

    def settle(mask: int) -> None:
        for wire, bit in bits.items():
            if bit & mask:
                _add(steps, _MaskedGate(bit, 0, 0, True, NetworkGate(FLIP, (wire,))))

    for gate in gates:
        if gate.kind == FLIP:
            *others, target = gate.wires
            controls = sum([bits[wire] for wire in others])
            if controls:
                _add(steps, _MaskedGate(bits[target], controls, controls & ~inverted, True, gate))
            else:
                inverted ^= bits[target]
            continue
        read = sum([bits[wire] for wire in gate.wires if gate.is_diagonal_on(wire)])
        changed = sum([bits[wire] for wire in gate.wires]) & ~read
        settle(inverted & (read | changed))
        inverted &= ~(read | changed)
        steps.append(_MaskedGate(changed, read, 0, False, gate))
    settle(inverted)
    return steps


def _add(steps: list[_MaskedGate], new: _MaskedGate) -> None:
    """Appends a flip, or adds it to an earlier one that it can be next to."""
    for place in range(len(steps) - 1, max(-1, len(steps) - 1 - REACH), -1):
        total = steps[place].sum(new)
        if total is not None:
            later = steps[place + 1 :]
            del steps[place:]
            for each in (*total, *later):
                _append(steps, each)
            return
        if not new.commutes(steps[place]):
            break
    steps.append(new)


def _append(steps: list[_MaskedGate], step: _MaskedGate) -> None:
    if step.is_flip:
        _add(steps, step)
    else:
        steps.append(step)


def _equal_before(steps: Sequence[_MaskedGate], place: int) -> int | None:
    """The last place of the same flip before one under two controls or more."""
    step = steps[place]
    if not step.is_wide:
        return None
    near = range(place - 1, max(-1, place - 1 - REACH), -1)
    return next((start for start in near if steps[start].is_flip and steps[start].same(step)), None)


def _take_out(steps: list[_MaskedGate], start: int, end: int, width: int) -> bool:
    """Writes steps without two equal flips and with those that stay instead, if that saves interactions."""
    moved = steps[start]
    low, high = max(0, start - REACH), min(len(steps), end + 1 + REACH)
    near = steps[low:start]
    count = len(near) + high - end - 1
    for step in steps[start + 1 : end]:
        passed = _passed(moved, step)
        if passed is None:
            return False
        count += len(passed)
        for each in passed:
            _append(near, each)
    for step in steps[end + 1 : high]:
        _append(near, step)
    return len(near) < count and _replace(steps, low, high, near, width)


def _replace(steps: list[_MaskedGate], low: int, high: int, near: list[_MaskedGate], width: int) -> bool:
    """Writes steps in place of those from `low` to `high`, if that saves interactions."""
    if cost(near, width) >= cost(steps[low:high], width):
        return False
    steps[low:high] = near
    return True


def _passed(moved: _MaskedGate, other: _MaskedGate) -> list[_MaskedGate] | None:
    """The gates before a flip that was moved over another gate; None if it cannot be moved."""
    if moved.commutes(other):
        return [other]
    if not other.is_flip:
        return None
    reads, is_read = moved.controls & other.target, moved.target & other.controls
    if reads and is_read:
        return None
    left, right = moved.controls & ~reads, other.controls & ~is_read
    controls = left | right
    if controls.bit_count() > MOST:
        return None
    ones = moved.ones & left | other.ones & right
    return [other, _MaskedGate(moved.target if reads else other.target, controls, ones, True, other.gate)]


# --- products with all factors in common but one --------------------------------------------------------------------


def _join(steps: list[_MaskedGate], width: int, least: int) -> None:
    """Writes one flip in place of two that have the same controls, or the same target and all controls but one.

    They have at least so many controls. The two are one between cnots, which add the target to the other one, or a
    control to the other one.
    """
    place = 0
    while place < len(steps):
        is_tried = steps[place].is_flip and steps[place].controls.bit_count() >= least
        place = max(0, place - REACH) if is_tried and _join_before(steps, place, width) else place + 1


def _join_before(steps: list[_MaskedGate], place: int, width: int) -> bool:
    """Joins a flip to the last one before it with which this saves interactions, if there is one."""
    step = steps[place]
    for start in range(place - 1, max(-1, place - 1 - REACH), -1):
        joined = _joined(steps[start], step)
        if joined is not None:
            low, high = max(0, start - REACH), min(len(steps), place + 1 + REACH)
            near = steps[low:start]
            for each in (*joined, *steps[start + 1 : place], *steps[place + 1 : high]):
                _append(near, each)
            if _replace(steps, low, high, near, width):
                return True
        if not step.commutes(steps[start]):
            break
    return False


def _joined(one: _MaskedGate, other: _MaskedGate) -> list[_MaskedGate] | None:
    """One flip between two cnots in place of two flips next to each other; None if they have too little in common."""
    if not one.is_flip or one.target & other.controls or one.controls & other.target:
        return None
    if one.same(other._replace(target=one.target)):
        control, target, joined = one.target, other.target, one
    elif one.target == other.target and one.controls.bit_count() == other.controls.bit_count():
        target, control = one.controls & ~other.controls, other.controls & ~one.controls
        if not target or target & (target - 1) or (one.ones ^ other.ones) & one.controls & other.controls:
            return None
        is_opposite = bool(one.ones & target) != bool(other.ones & control)
        joined = one._replace(ones=one.ones & ~target | (0 if is_opposite else target))
    else:
        return None
    around = _MaskedGate(target, control, control, True, one.gate)
    return [around, joined, around]


def _written(step: _MaskedGate, wires: Sequence[int]) -> list[NetworkGate]:
    """A step as gates of a network."""
    if not step.is_flip:
        return [step.gate]
    origin = step.gate.origin
    named = [(wire, 1 << place) for place, wire in enumerate(wires)]
    controls = [(wire, bool(step.ones & bit)) for wire, bit in named if step.controls & bit]
    (target,) = [wire for wire, bit in named if step.target & bit]
    around = [NetworkGate(FLIP, (wire,), 0, origin) for wire, is_one in controls if not is_one]
    return [*around, NetworkGate(FLIP, (*[wire for wire, _ in controls], target), 0, origin), *around]


# --- phases that cancel ---------------------------------------------------------------------------------------------


def with_relative_flips(network: Network, is_free: Sequence[bool] = ()) -> Network:
    """The network with flips under three controls or more that are wrong by phases, where these cancel or are free.

    The phases of one are those of the bits on its controls and its target, where that is not flipped. Another one that
    has the same bits there can be its inverse, with the opposite phases.
    """
    gates = [*network.gates]
    waiting: dict[object, int] = {}
    order: dict[int, list[Parity]] = {}
    wires = Wires(wires_of(gates))
    for place, gate in enumerate(network.gates):
        if gate.kind != FLIP or not 3 < len(gate.wires) <= MOST + 1:
            wires.follow(gate)
            continue
        *controls, target = gate.wires
        if is_free and is_free[place]:
            gates[place] = gate._replace(kind=RELATIVE)
        held = {wires.parities[control]: control for control in controls}
        before = wires.parities[target]
        wires.follow(gate)
        key = frozenset(held), frozenset((before, wires.parities[target]))
        earlier = waiting.pop(key, None)
        if earlier is None:
            waiting[key] = place
            order[place] = [*held]
        elif gates[earlier].kind == FLIP or gates[place].kind == FLIP:
            first = gates[earlier]
            gates[earlier] = first._replace(kind=RELATIVE)
            gates[place] = gate._replace(kind=UNDO, wires=(*[held[parity] for parity in order[earlier]], target))
    return network._replace(gates=gates)


# --- the interactions of flips ----------------------------------------------------------------------------------------


@cache
def flip_cost(controls: int, idle: int) -> int:
    """The interactions of a flip."""
    return flip_plan(controls, idle).two_qubit_gates if controls else 0


@cache
def relative_cost(controls: int) -> int:
    """The interactions of a flip that is wrong by phases: of one of a pair whose phases cancel."""
    return relative_plan(controls, 0).two_qubit_gates if controls > 2 else (0, 1, 3)[controls]


def cost(steps: Sequence[_MaskedGate], width: int) -> int:
    """The interactions of the flips, those counted as pairs whose controls and target have the same bits twice."""
    values = _HeldBits()
    waiting: set[tuple[object, ...]] = set()
    total = 0
    for step in steps:
        if not step.is_flip:
            values.renew(step.target)
            continue
        count = step.controls.bit_count()
        total += flip_cost(count, width - count - 1)
        before = values.of(step.target)
        factors = values.factors(step)
        after = values.follow(step, factors)
        if count > 1:
            key = factors, min(before, after), max(before, after)
            if key in waiting:
                waiting.remove(key)
                total -= 2 * (flip_cost(count, width - count - 1) - relative_cost(count))
            else:
                waiting.add(key)
    return total


class _HeldBits:
    """The parity of variables that each wire holds, as a mask; the lowest bit is always 1."""

    def __init__(self) -> None:
        self._held: dict[int, int] = {}
        self._last = 1
        self._products: dict[frozenset[int], int] = {}

    def _variable(self) -> int:
        self._last <<= 1
        return self._last

    def of(self, bit: int) -> int:
        """What a wire holds."""
        if bit not in self._held:
            self._held[bit] = self._variable()
        return self._held[bit]

    def renew(self, mask: int) -> None:
        """Gives wires new variables."""
        while mask:
            self._held[mask & -mask] = self._variable()
            mask &= mask - 1

    def factors(self, step: _MaskedGate) -> frozenset[int]:
        """The bits that must all be 1 for a flip."""
        found, mask = [], step.controls
        while mask:
            bit = mask & -mask
            found.append(self.of(bit) ^ (0 if step.ones & bit else 1))
            mask ^= bit
        return frozenset(found)

    def follow(self, step: _MaskedGate, factors: frozenset[int]) -> int:
        """What the target of a flip holds after it."""
        if len(factors) < 2:
            product = next(iter(factors), 1)
        elif len(factors) == 2:
            a, b = factors
            product = self._product(frozenset((a & ~1, b & ~1)))
            product ^= (b & ~1 if a & 1 else 0) ^ (a & ~1 if b & 1 else 0) ^ (a & b & 1)
        else:
            product = self._product(factors)
        self._held[step.target] = self.of(step.target) ^ product
        return self._held[step.target]

    def _product(self, factors: frozenset[int]) -> int:
        if factors not in self._products:
            self._products[factors] = self._variable()
        return self._products[factors]
