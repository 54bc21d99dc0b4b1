"""Takes out pairs of equal flips, and joins flips with the same factors but one, where that saves interactions.

The kernel takes the same steps (kernel/flips.c) on at most 64 wires.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from ionqdsl.algebra import compiled
from ionqdsl.passes.networks.flip_costs import cost, flip_cost, relative_cost
from ionqdsl.passes.networks.masked_gates import REACH, MaskedGate, append

MOST = 6
"""The most controls of a flip that is made."""

WORD = 64
"""The most wires of the masks of the kernel."""


def fewer_flips(steps: Sequence[MaskedGate], width: int, *, gathers: bool, least: int) -> list[MaskedGate]:
    """The gates with pairs of flips taken out, if it `gathers`, and with flips joined that have at least so many
    controls: those that take fewer interactions in a circuit of this width.
    """
    is_small = all(step.target | step.controls < 1 << WORD for step in steps)
    of_gates = in_the_kernel if compiled.is_used() and is_small else in_python
    return of_gates(steps, width, gathers=gathers, least=least)


def in_the_kernel(steps: Sequence[MaskedGate], width: int, *, gathers: bool, least: int) -> list[MaskedGate]:
    """The same steps as `in_python` takes, on at most 64 wires."""
    numbers = [
        number
        for place, step in enumerate(steps)
        for number in (step.target, step.controls, step.ones, 2 * place + step.is_flip)
    ]
    most = min(max([MOST, *[step.controls.bit_count() for step in steps if step.is_flip]]), width - 1)
    none = [0] * (WORD - most)
    plain = array("q", [flip_cost(count, width - count - 1) for count in range(most + 1)] + none)
    relative = array("q", [relative_cost(count) for count in range(most + 1)] + none)
    found = memoryview(compiled.kernel.gather(array("Q", numbers), plain, relative, gathers, least)).cast("Q")
    return [
        MaskedGate(target, controls, ones, bool(gate & 1), steps[gate >> 1].gate)
        for target, controls, ones, gate in zip(*[found[start::4] for start in range(4)], strict=True)
    ]


def in_python(steps: Sequence[MaskedGate], width: int, *, gathers: bool, least: int) -> list[MaskedGate]:
    """The same without the kernel."""
    result = [*steps]
    if gathers:
        _gather(result, width)
    _join(result, width, least)
    return result


# --- pairs that are taken out ----------------------------------------------------------------------------------------


def _gather(steps: list[MaskedGate], width: int) -> None:
    """Takes out pairs of equal flips if the flips that replace them cost less."""
    place = 0
    while place < len(steps):
        start = _equal_before(steps, place)
        is_fewer = start is not None and _take_out(steps, start, place, width)
        place = max(0, start - REACH) if start is not None and is_fewer else place + 1


def _equal_before(steps: Sequence[MaskedGate], place: int) -> int | None:
    """The last place of the same flip before one under two controls or more."""
    step = steps[place]
    if not step.is_wide:
        return None
    near = range(place - 1, max(-1, place - 1 - REACH), -1)
    return next((start for start in near if steps[start].is_flip and steps[start].same(step)), None)


def _take_out(steps: list[MaskedGate], start: int, end: int, width: int) -> bool:
    """Takes out two equal flips and writes the flips that replace them, if that saves interactions."""
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
            append(near, each)
    for step in steps[end + 1 : high]:
        append(near, step)
    return len(near) < count and _replace(steps, low, high, near, width)


def _replace(steps: list[MaskedGate], low: int, high: int, near: list[MaskedGate], width: int) -> bool:
    """Writes steps in place of those from `low` to `high`, if that saves interactions."""
    if cost(near, width) >= cost(steps[low:high], width):
        return False
    steps[low:high] = near
    return True


def _passed(moved: MaskedGate, other: MaskedGate) -> list[MaskedGate] | None:
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
    return [other, MaskedGate(moved.target if reads else other.target, controls, ones, True, other.gate)]


# --- products with all factors in common but one --------------------------------------------------------------------


def _join(steps: list[MaskedGate], width: int, least: int) -> None:
    """Writes one flip in place of two that have the same controls, or the same target and all controls but one.

    They have at least so many controls. The two are one between cnots, which add the target to the other one, or a
    control to the other one.
    """
    place = 0
    while place < len(steps):
        is_tried = steps[place].is_flip and steps[place].controls.bit_count() >= least
        place = max(0, place - REACH) if is_tried and _join_before(steps, place, width) else place + 1


def _join_before(steps: list[MaskedGate], place: int, width: int) -> bool:
    """Joins a flip to an earlier one, the last with which this saves interactions, if there is one."""
    step = steps[place]
    for start in range(place - 1, max(-1, place - 1 - REACH), -1):
        joined = _joined(steps[start], step)
        if joined is not None:
            low, high = max(0, start - REACH), min(len(steps), place + 1 + REACH)
            near = steps[low:start]
            for each in (*joined, *steps[start + 1 : place], *steps[place + 1 : high]):
                append(near, each)
            if _replace(steps, low, high, near, width):
                return True
        if not step.commutes(steps[start]):
            break
    return False


def _joined(one: MaskedGate, other: MaskedGate) -> list[MaskedGate] | None:
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
    around = MaskedGate(target, control, control, True, one.gate)
    return [around, joined, around]
