"""Checks which pairs a circuit lacks, and writes its rows or items as steps for the router.

The routing passes share this: `places_of` refuses circuits that no swaps can help, `sections` cuts at verbatim rows,
and `problem` orders steps by the axes they have on their wires.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ionqdsl.diagnostics import CompileError, Diagnostic
from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op
from ionqdsl.ir.contracts import fixes_inputs
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.routing.merged_pairs import NO_AXIS, MergedPairs, PairStep
from ionqdsl.passes.routing.places import Places
from ionqdsl.passes.routing.router import FreeEnds
from ionqdsl.passes.routing.swap_search import RoutingProblem


def places_of(circuit: FlatCircuit, context: PassContext) -> Places | None:
    """The places of the machine, None if there is nothing to route.

    Raises CompileError for verbatim rows on unconnected qubits, and for qubits that no way connects.
    """
    figures = context.options.characterization
    if figures is None or figures.pairs is None or not context.may_route:
        return None
    apart = {
        op.qubits: (op, origin)
        for op, origin in zip(reversed(circuit.rows), reversed(circuit.origins), strict=True)
        if len(op.qubits) == 2 and op.gate != BARRIER and _pair(op.qubits) not in figures.pairs
    }
    if not apart:
        return None
    places = Places(circuit.width, figures.pairs)
    faults = []
    for op, origin in reversed(apart.values()):
        if op.pinned or places.distances[op.qubits[0]][op.qubits[1]] < 0:
            faults.append(Diagnostic("QC0763" if op.pinned else "QC0762", origin, _facts(op, circuit.width, figures)))
    if faults:
        raise CompileError(faults)
    return places


def _pair(qubits: tuple[int, ...]) -> tuple[int, int]:
    a, b = qubits
    return (a, b) if a < b else (b, a)


def _facts(op: Op, width: int, machine: Characterization) -> dict[str, Any]:
    """The facts about a pair that cannot interact: the qubits near the first one, or how many qubits to add."""
    pair = _pair(op.qubits)
    assert machine.pairs is not None
    near = tuple(sorted({a + b - pair[0] for a, b in machine.pairs if pair[0] in (a, b)}))
    facts: dict[str, Any] = {"gate": GATES[op.gate].name, "first": pair[0], "second": pair[1], "source": machine.source}
    if op.pinned:
        return facts | ({"near": near} if near else {"alone": pair[0]})
    facts["qubits"] = width
    for wider in sorted({max(a, b) + 1 for a, b in machine.pairs}):
        if wider > width and Places(wider, machine.pairs).distances[pair[0]][pair[1]] > 0:
            return facts | {"more": wider - width}
    return facts


def sections(pinned: Sequence[bool]) -> list[range]:
    """The places between the pinned entries, the empty ones included."""
    cuts = [-1, *(index for index, is_pinned in enumerate(pinned) if is_pinned), len(pinned)]
    return [range(first + 1, last) for first, last in pairwise(cuts)]


def free_ends(section: range, count: int, context: PassContext) -> FreeEnds:
    """Whether qubits may start and end anywhere in a section of `count` steps, as the contract says."""
    starts, ends = section.start == 0, section.stop == count
    return FreeEnds(starts and not fixes_inputs(context.options.preserve), ends and context.may_move_outputs)


def problem(
    wires: list[tuple[int, ...]],
    pairs: list[PairStep | None],
    axes: Sequence[tuple[int, ...]],
    merged: MergedPairs,
    places: Places,
) -> RoutingProblem:
    """The order on each wire: groups of steps with one axis, each after all of the group before."""
    before: list[list[int]] = [[] for _ in wires]
    after: list[list[int]] = [[] for _ in wires]
    groups: list[tuple[int, list[int], list[int]]] = [(NO_AXIS, [], []) for _ in range(places.width)]
    count = [0] * places.width
    ranks: list[tuple[int, ...]] = []
    for number, (qubits, lines) in enumerate(zip(wires, axes, strict=True)):
        for wire, axis in zip(qubits, lines, strict=True):
            line, group, earlier = groups[wire]
            if axis == NO_AXIS or axis != line:
                group, earlier = [], group
                groups[wire] = (axis, group, earlier)
                count[wire] += 1
            group.append(number)
            for one in earlier:
                if one not in before[number]:
                    before[number].append(one)
                    after[one].append(number)
        ranks.append(tuple([count[wire] for wire in qubits]))
    return RoutingProblem(wires, pairs, ranks, before, after, merged)
