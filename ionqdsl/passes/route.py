"""Routes a circuit on a machine that does not connect every pair of qubits: inserts swaps, and merges them again.

Takes rows with at most one control and returns native rows, those of two qubits on connected pairs. Outputs stay in
place under every contract, so that no result has to be read differently. The |0> inputs start wherever the fewest swaps
are needed, except under `unitary`. Verbatim rows stay where they are: before and after them every qubit is in its own
place. Barriers follow their qubits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ionqdsl.algebra.interactions import (
    QUARTER,
    AxisRotation,
    BarrierItem,
    Interaction,
    Interactions,
    Item,
    from_circuit,
    moved,
)
from ionqdsl.algebra.rotations import Axes, X, Y, Z
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs
from ionqdsl.ir.rounding import NOISE
from ionqdsl.passes import router
from ionqdsl.passes.choose_native import choose_native
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.pairs import merged
from ionqdsl.passes.resynthesise import Candidates, cheapest
from ionqdsl.passes.route_rows import route_rows
from ionqdsl.passes.router import FREE, PARTIAL, Places, Route, RoutingProblem
from ionqdsl.passes.routing import NO_AXIS, places_of, problem, sections
from ionqdsl.passes.use_interactions import compressed, written

WRITTEN = 4
"""The routes that are merged and written; the fewest two-qubit gates win, which the router only estimates."""

SEARCHED = 8.0
"""The effort of level 3, as a factor."""


def route(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Inserts swaps, merges them with interactions next to them, and writes native rows; renames inputs if allowed.

    Before (--target forte --characterization examples/line.json):
        qubit a, b, c
        cnot a, b
        cnot a, c
    After:
        gateset native
        qubit a, b, c
        # inputs: a starts as b, b starts as a
        gpi2(-0.25) c
        zz(0.25) b, c
        gpi2(-0.25) b
        zz(0.25) a, b
        gpi2(0.5) a
        gpi2(0.5) b
        zz(0.25) a, b
        gpi2(0.25) a
        gpi2(0.5) c
    """
    places = places_of(circuit, context)
    if places is None:
        return circuit
    form = from_circuit(circuit)
    parts = sections([_is_pinned(item) for item in form.items])
    found = []
    for section in parts:
        steps = _problem_of_items([form.items[index] for index in section], places)
        is_free = section.start == 0 and not fixes_inputs(context.options.preserve)
        effort = SEARCHED if context.options.level == 3 else 1.0
        found.append(router.routes(steps, places, is_free, context.options.seed, WRITTEN, effort))
    forms: list[Interactions] = []
    for rank in range(max(map(len, found))):
        chosen = [options[min(rank, len(options) - 1)] for options in found]
        plain = _routed_form(form, parts, chosen)
        forms.append(compressed(plain, context.options.preserve, may_rename=False))
        if not rank:
            forms.append(merged(plain))
    result = cheapest(Candidates(forms, []), circuit, context, lambda one: written(one, circuit, context))
    return choose_native(route_rows(circuit, context), context) if result is None else result


def _is_pinned(item: Item) -> bool:
    return isinstance(item, BarrierItem) and bool(item.row.pinned)


def _problem_of_items(items: Sequence[Item], places: Places) -> RoutingProblem:
    """Items depend on each other unless they have one axis on every wire that they share."""
    axes = Axes()
    wires: list[tuple[int, ...]] = []
    kinds: list[str] = []
    at: list[tuple[int, ...]] = []
    for item in items:
        match item:
            case Interaction():
                is_quarter = isinstance(item.t, float) and abs(abs(item.t) - QUARTER) < NOISE
                wires.append((item.a, item.b))
                kinds.append(router.QUARTER if is_quarter else PARTIAL)
                at.append((axes.number(item.u) & -2, axes.number(item.v) & -2))
            case AxisRotation():
                wires.append((item.wire,))
                kinds.append(FREE)
                at.append((axes.number(item.axis) & -2,))
            case BarrierItem():
                wires.append(item.wires)
                kinds.append(FREE)
                at.append((NO_AXIS,) * len(item.wires))
    return problem(wires, kinds, at, places)


def _routed_form(form: Interactions, parts: Sequence[range], chosen: Sequence[Route]) -> Interactions:
    """The form with its items on the places of their wires, and three interactions for each swap."""
    items: list[Item] = []
    swaps = 0
    for section, route_found in zip(parts, chosen, strict=True):
        if section.start:
            items.append(form.items[section.start - 1])
        place = list(route_found.start)
        origin = None
        for step in route_found.steps:
            if step.number >= 0:
                item = form.items[section[step.number]]
                items.append(_moved(item, place))
                origin = item.origin
                continue
            p, q = step.places
            items += [Interaction(p, q, axis, axis, QUARTER, origin) for axis in (X, Y, Z)]
            swaps += 1
            one, other = place.index(p), place.index(q)
            place[one], place[other] = q, p
    start = chosen[0].start
    inputs = tuple(sorted(range(form.width), key=start.__getitem__))
    phase = (form.phase + Angle(0, swaps * QUARTER % math.tau)).reduced()  # of exp(-i pi/4 (XX + YY + ZZ))
    renamed = None if inputs == tuple(range(form.width)) else inputs
    return Interactions(form.width, items, form.ends, phase, renamed, form.neglected)


def _moved(item: Item, place: Sequence[int]) -> Item:
    """The item on other wires, and the row of a barrier with it; a row without qubits stands for all."""
    result = moved(item, place)
    if isinstance(result, BarrierItem) and result.row.qubits:
        return BarrierItem(result.wires, result.turns, result.row._replace(qubits=result.wires), result.origin)
    return result
