"""Drops diagonal items at the end of a circuit, which a Z measurement cannot see.

Takes an interaction form and returns it without the interactions and rotations along the measured axes that commute
with all later items. Only for contracts that end in a measurement.
"""

from __future__ import annotations

from ionqdsl.algebra.interactions import BARRIER_ROW, Interactions, Item
from ionqdsl.algebra.rotations import Z, angle_between, is_parallel, turned_back


def without_final_diagonals(form: Interactions) -> Interactions:
    """The form without its final diagonal items; on each wire, only items along the measured axis are passed over."""
    measured = [turned_back(end, Z) for end in form.ends]
    is_open = [True] * form.width
    kept: list[Item] = []
    neglected = form.neglected
    for item in reversed(form.items):
        a, b, u, v, _, _ = item
        if b == BARRIER_ROW:
            for wire in u:
                is_open[wire] = False
            kept.append(item)
            continue
        first = is_open[a] and is_parallel(u, measured[a])
        second = b < 0 or (is_open[b] and is_parallel(v, measured[b]))
        if first and second:
            neglected += 2 * (angle_between(u, measured[a]) + (angle_between(v, measured[b]) if b >= 0 else 0.0))
            continue
        kept.append(item)
        is_open[a] = first
        if b >= 0:
            is_open[b] = second
    if len(kept) == len(form.items):
        return form
    kept.reverse()
    return Interactions(form.width, kept, form.ends, form.phase, form.inputs, neglected)
