"""Routes a circuit on a machine that does not connect every pair of qubits: inserts swaps, and merges them again.

Takes rows with at most one control and returns native rows, those of two qubits on connected pairs. The |0> inputs
start wherever the fewest swaps are needed, except under `unitary`. Outputs stay in place, so that no result has to be
read differently; only under `registers` they end anywhere, and the registers read them there. Verbatim rows stay where
they are: before and after them every qubit is in its own place. Barriers follow their qubits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.interactions import (
    QUARTER,
    AxisRotation,
    BarrierItem,
    Interaction,
    Interactions,
    Item,
    moved,
)
from ionqdsl.algebra.rotations import Axes, X, Y, Z, dot
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.rounding import NOISE
from ionqdsl.passes.choose_native import choose_native
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import Price, cost_of, price_of
from ionqdsl.passes.interactions.pairs import merged
from ionqdsl.passes.interactions.sketches import sketch_of
from ionqdsl.passes.interactions.use_interactions import compressed
from ionqdsl.passes.resynthesise import Candidates, cheapest
from ionqdsl.passes.route_rows import route_rows
from ionqdsl.passes.routing import merged_pairs, router
from ionqdsl.passes.routing.merged_pairs import NO_AXIS, PARTIAL, MergedPairs, PairStep
from ionqdsl.passes.routing.places import Places
from ionqdsl.passes.routing.steps import free_ends, places_of, problem, sections
from ionqdsl.passes.routing.swap_search import Route, RoutingProblem
from ionqdsl.record import changed

WRITTEN = 4
"""The routes that are merged and written; the fewest two-qubit gates win, which the router only estimates."""

FEW = 500
"""Of a circuit with more items only one route is written, since that takes longer than to find it."""

SEARCHED = 0.8
"""The effort of level 3 for each second of `--effort`, as a factor of that of the other levels."""


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
    most = WRITTEN if len(form.items) <= FEW else 1
    for section in parts:
        steps = _problem_of_items([form.items[index] for index in section], places)
        free = free_ends(section, len(form.items), context)
        effort = max(1.0, SEARCHED * context.options.effort) if context.options.level == 3 else 1.0
        found.append(router.routes(steps, places, free, context.options.seed, most, effort, context.progress))
    best: tuple[Price, FlatCircuit, PassContext] | None = None
    for rank in range(max(map(len, found))):
        chosen = [options[min(rank, len(options) - 1)] for options in found]
        attempt = changed(context)
        result = _written(form, parts, chosen, circuit, attempt)
        if result is not None:
            attempt.move_outputs(chosen[-1].end)
            price = price_of(result, cost_of(result), context.options.characterization)
            if best is None or price < best[0]:
                best = price, result, attempt
    if best is None:
        return choose_native(route_rows(circuit, context), context)
    _, result, attempt = best
    context.inputs, context.outputs, context.budget = attempt.inputs, attempt.outputs, attempt.budget
    return result


def _written(
    form: Interactions, parts: Sequence[range], chosen: Sequence[Route], circuit: FlatCircuit, context: PassContext
) -> FlatCircuit | None:
    """The circuit of a route, with swaps and interactions merged; None if that neglects too much."""
    plain = _routed_form(form, parts, chosen)
    forms = [compressed(plain, context.options.preserve, may_rename=False), merged(plain)]
    return cheapest(Candidates(forms, []), circuit, context, lambda one: sketch_of(one, circuit, context))


def _is_pinned(item: Item) -> bool:
    return isinstance(item, BarrierItem) and bool(item.row.pinned)


def _problem_of_items(items: Sequence[Item], places: Places) -> RoutingProblem:
    """Items depend on each other unless they have one axis on every wire that they share."""
    axes = Axes()
    wires: list[tuple[int, ...]] = []
    pairs: list[PairStep | None] = []
    at: list[tuple[int, ...]] = []
    for item in items:
        match item:
            case Interaction():
                is_quarter = isinstance(item.t, float) and abs(abs(item.t) - QUARTER) < NOISE
                wires.append((item.a, item.b))
                i, j = axes.number(item.u) & -2, axes.number(item.v) & -2
                at.append((i, j))
                ordered = (i, j) if item.a < item.b else (j, i)
                pairs.append(PairStep(merged_pairs.QUARTER if is_quarter else PARTIAL, *ordered))
            case AxisRotation():
                wires.append((item.wire,))
                pairs.append(None)
                at.append((axes.number(item.axis) & -2,))
            case BarrierItem():
                wires.append(item.wires)
                pairs.append(None)
                at.append((NO_AXIS,) * len(item.wires))
    return problem(wires, pairs, at, MergedPairs(partial(_are_perpendicular, axes)), places)


def _are_perpendicular(axes: Axes, one: int, other: int) -> bool:
    return abs(dot(axes.vectors[one], axes.vectors[other])) < NOISE


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
    end = chosen[-1].end
    ends = [form.ends[end.index(place)] for place in range(form.width)]
    phase = (form.phase + Angle(0, swaps * QUARTER % math.tau)).reduced()  # of exp(-i pi/4 (XX + YY + ZZ))
    return Interactions(form.width, items, ends, phase, chosen[0].inputs, form.neglected)


def _moved(item: Item, place: Sequence[int]) -> Item:
    """The item on other wires, and the row of a barrier with it; a row without qubits stands for all."""
    result = moved(item, place)
    if isinstance(result, BarrierItem) and result.row.qubits:
        return BarrierItem(result.wires, result.turns, result.row._replace(qubits=result.wires), result.origin)
    return result
