"""Inserts swaps between the rows of a circuit on a machine that does not connect every pair of qubits.

Takes rows with at most one control and returns them on connected pairs, as they are: nothing is merged. route.py does
that, and has the rules for outputs, inputs and verbatim rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, shared
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.routing import router
from ionqdsl.passes.routing.merged_pairs import NO_AXIS, PARTIAL, MergedPairs, PairStep
from ionqdsl.passes.routing.places import Places
from ionqdsl.passes.routing.steps import free_ends, places_of, problem, sections
from ionqdsl.passes.routing.swap_search import Route, RoutingProblem


def route_rows(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Inserts `swap` rows between the rows, which stay as they are.

    Level 0 is translated gate by gate, and this does not merge anything either.

    Before (--target forte -O 0 --characterization examples/line.json):
        qubit a, b, c
        h a
        cnot a, b
        cnot a, c
    After:
        qubit a, b, c
        # inputs: a starts as b, b starts as a
        h b
        cnot b, a
        cnot b, c
        swap a, b
    """
    places = places_of(circuit, context)
    if places is None:
        return circuit
    pairs = list(zip(circuit.rows, circuit.origins, strict=True))
    steps: list[tuple[Op, Span | None]] = []
    chosen: list[Route] = []
    for section in sections([bool(op.pinned) for op in circuit.rows]):
        if section.start:
            steps.append(pairs[section.start - 1])
        rows = _problem_of_rows([circuit.rows[index] for index in section], circuit.width, places)
        free = free_ends(section, len(pairs), context)
        best = router.routes(rows, places, free, context.options.seed, 1)[0]
        chosen.append(best)
        origin = None
        for step in best.steps:
            if step.number < 0:
                steps.append((shared("swap", step.places), origin))
            else:
                op, origin = pairs[section[step.number]]
                steps.append((op._replace(qubits=step.places) if op.qubits else op, origin))
    context.rename_inputs(chosen[0].inputs)
    context.move_outputs(chosen[-1].end)
    return circuit.with_rows(steps)


def _problem_of_rows(rows: Sequence[Op], width: int, places: Places) -> RoutingProblem:
    """Rows on one qubit stay in order; rows in the order in which they are written."""
    wires = [op.qubits or tuple(range(width)) if op.gate == BARRIER or op.gate == "nop" else op.qubits for op in rows]
    is_apart = [len(op.qubits) == 2 and op.gate != BARRIER for op in rows]
    pairs = [PairStep(PARTIAL) if apart else None for apart in is_apart]
    merged = MergedPairs(lambda one, other: False, merges=False)
    return problem(wires, pairs, [(NO_AXIS,) * len(qubits) for qubits in wires], merged, places)
