"""Writes a form whose inputs are renamed as one whose inputs are in their places, by swaps that cost little.

Takes an interaction form with an input permutation, and returns forms without one. A swap of two wires takes three
interactions; next to an interaction on the same wires all of them together take no more than three. A permutation is a
product of swaps, one fewer than the wires of each cycle, and a swap of two wires of one cycle splits it.
"""

from __future__ import annotations

import math
import random
from array import array
from collections.abc import Callable, Sequence

from ionqdsl.algebra.interactions import Interaction, Interactions, Item, moved
from ionqdsl.algebra.numeric_forms import EACH, EndTurns, Numbers, NumericForm, numbers_of, packed_ends
from ionqdsl.algebra.rotations import X, Y, Z
from ionqdsl.passes.interactions.use_interactions import compressed

SHARES = (1.0, *(0.6, 0.4, 0.2) * 5)
"""For each attempt, the share of the swaps that are made where they first can be."""

SWAP = array("d", [part for axis in (X, Y, Z) for part in (*axis, *axis, math.pi / 4)]).tobytes()
"""The axes and angles of a swap's interactions."""

BEST = 2
"""The shortest results are kept, so many."""


def restored(form: Interactions, preserve: str) -> list[Interactions]:
    """The form with its inputs in their places, swept under the contract: the shortest of several attempts."""
    if form.inputs is None or list(form.inputs) == list(range(form.width)):
        return []
    draw = random.Random("inputs")

    def attempt(share: float) -> Interactions:
        return compressed(with_swaps(form, lambda: draw.random() < share), preserve)

    return sorted([attempt(share) for share in SHARES], key=lambda each: each.two_qubit_gates)[:BEST]


def with_swaps(form: Interactions, is_taken: Callable[[], bool] | None = None) -> Interactions:
    """The form with a swap after each interaction whose wires are of one cycle, if it `is_taken`, and the rest at the
    end.

    The global phase is that of the form only up to those of the swaps.
    """
    numbers = numbers_of(form)
    return with_swaps_by_item(form, is_taken) if numbers is None else _by_numbers(form, numbers, is_taken)


def _by_numbers(form: Interactions, numbers: Numbers, is_taken: Callable[[], bool] | None) -> NumericForm:
    at = list(form.inputs or range(form.width))
    wires, values, origins = array("i"), [], None if numbers.origins is None else [*numbers.origins]
    start = swaps = 0
    given = iter(memoryview(numbers.wires).cast("i"))
    for place, (a, b) in enumerate(zip(given, given, strict=True), 1):
        wires.extend((at[a], at[b]))
        if at[a] != a and _are_in_one_cycle(at, a, b) and (is_taken is None or is_taken()):
            wires.extend(_exchanged(at, a, b) * 3)
            values += [numbers.values[start : place * EACH], SWAP]
            if origins is not None:
                origins[place + 3 * swaps : place + 3 * swaps] = [None] * 3
            start, swaps = place * EACH, swaps + 1
    values.append(numbers.values[start:])
    for wire in range(form.width):
        if at[wire] != wire:
            wires.extend(_exchanged(at, wire, at.index(wire)) * 3)
            values.append(SWAP)
            if origins is not None:
                origins += [None] * 3
    done = Numbers(wires.tobytes(), b"".join(values), origins)
    return NumericForm(form.width, done, EndTurns(packed_ends(form)), form.phase, neglected=form.neglected)


def with_swaps_by_item(form: Interactions, is_taken: Callable[[], bool] | None = None) -> Interactions:
    """The same item by item."""
    at = list(form.inputs or range(form.width))  # the wire of the result on which each wire of the form is
    items: list[Item] = []
    for item in form.items:
        items.append(moved(item, at))
        if isinstance(item, Interaction) and _are_in_one_cycle(at, item.a, item.b):
            items += _swap(at, item.a, item.b) if is_taken is None or is_taken() else []
    for wire in range(form.width):
        if at[wire] != wire:
            items += _swap(at, wire, at.index(wire))
    return Interactions(form.width, items, form.ends, form.phase, neglected=form.neglected)


def _are_in_one_cycle(at: Sequence[int], first: int, second: int) -> bool:
    wire = at[first]
    while wire not in (first, second):
        wire = at[wire]
    return wire == second


def _swap(at: list[int], first: int, second: int) -> list[Item]:
    """Exchanges two wires of the form."""
    one, other = _exchanged(at, first, second)
    return [Interaction(one, other, axis, axis, math.pi / 4, None) for axis in (X, Y, Z)]


def _exchanged(at: list[int], first: int, second: int) -> tuple[int, int]:
    """Exchanges two wires of the form, and returns where they were."""
    one, other = at[first], at[second]
    at[first], at[second] = other, one
    return one, other
