"""Drops diagonal items before measurements, which a Z measurement cannot see, and turns before resets.

Takes an interaction form and returns it without the interactions and rotations along the measured axes that commute
with all later items up to the measurements of their wires, in the middle or at the end. An interaction goes only if
both its wires are measured next. Only for contracts that end in a measurement.
"""

from __future__ import annotations

from ionqdsl.algebra.interactions import AxisRotation, BarrierItem, Interaction, Interactions, Item
from ionqdsl.algebra.rotations import Z, angle_between, is_parallel, turned_back
from ionqdsl.ir.circuit import MEASURE


def without_final_diagonals(form: Interactions) -> Interactions:
    """The form without its final diagonal items; on each wire, only items along the measured axis are passed over."""
    measured = [turned_back(end, Z) for end in form.ends]
    is_open = [True] * form.width
    kept: list[Item] = []
    neglected = form.neglected
    reopens = any(isinstance(item, BarrierItem) for item in form.items)
    for place in range(len(form.items) - 1, -1, -1):
        if not reopens and not any(is_open):
            if place + 1 + len(kept) == len(form.items):
                return form
            kept += form.items[place::-1]
            break
        item = form.items[place]
        match item:
            case Interaction():
                a, b = item.a, item.b
                first = is_open[a] and is_parallel(item.u, measured[a])
                second = is_open[b] and is_parallel(item.v, measured[b])
                if first and second:
                    neglected += 2 * (angle_between(item.u, measured[a]) + angle_between(item.v, measured[b]))
                    continue
                is_open[a] = first
                is_open[b] = second
            case AxisRotation():
                wire, axis = item.wire, item.axis
                if is_open[wire] and is_parallel(axis, measured[wire]):
                    neglected += 2 * angle_between(axis, measured[wire])
                    continue
                is_open[wire] = False
            case BarrierItem():
                for wire, turn in zip(item.wires, item.turns, strict=True):
                    is_open[wire] = item.row.gate == MEASURE and not item.row.pinned
                    measured[wire] = turned_back(turn, Z)
        kept.append(item)
    if len(kept) == len(form.items):
        return form
    kept.reverse()
    return Interactions(form.width, kept, form.ends, form.phase, form.inputs, neglected)
