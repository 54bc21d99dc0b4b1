"""Level 3: several syntheses of a circuit compete and improve until the effort is spent.

Takes a circuit whose rows have at most one control and returns a native circuit that never costs more than level 2's,
since the candidates of level 2 compete too. The others come from race.py. Stretches between barriers share the effort.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.numeric_forms import content_of
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.passes.barriers import is_barrier
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.resynthesise import Synthesis, Way, candidates, native, quick_synthesis
from ionqdsl.passes.triples import triples

PER_PAIR = 0.01
"""The most seconds of effort for every pair of two-qubit gates: small circuits need no more."""

TRIPLES = 0.1
"""The effort for blocks of three wires, which come last: this share in addition, so that the race has what it had."""

STARTS = 4
"""The number of forms of level 2, the shortest, from which a search may start."""

BEST = 3
"""The number of forms, the shortest, whose blocks of three wires are searched."""


def search(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Writes native rows, and renames the inputs if the contract allows it.

    Before (--target forte -O 3):
        qubit a, b, c
        cnot c, b
        cnot a, b
        cnot a, c
        cnot b, c
        t b
        zz(pi/4) a, c
    After:
        gateset native
        qubit a, b, c
        # inputs: b starts as c, c starts as b
        gpi2(-0.25) b
        zz(0.25) b, c
        zz(0.25) a, b
        gpi2(-0.25) b
    """
    return native(candidates(circuit, context.options.preserve, synthesis_of(circuit, context)), circuit, context)


def synthesis_of(circuit: FlatCircuit, context: PassContext) -> Synthesis:
    """The search with the options of the context; a stretch gets a share of the effort in proportion to its rows."""
    options = context.options
    rows = max(1, sum(not is_barrier(op) for op in circuit.rows))
    before = 0.0  # the share of the effort of earlier stretches

    def synthesis(ways: Sequence[Way], preserve: str) -> list[Interactions]:
        nonlocal before
        stretch = ways[0].circuit
        forms = quick_synthesis(ways, preserve)
        starts = _shortest([*(form for way in ways for form in way.forms), *forms], STARTS)
        share = len(stretch.rows) / rows
        effort = min(options.effort * share, PER_PAIR * starts[0].two_qubit_gates ** 2 / 2)
        start, before = before, before + share

        def tell(spent: float, two_qubit_gates: int) -> None:
            if context.progress is not None:
                context.progress(start + share * min(1.0, spent), two_qubit_gates)

        if effort > 0:
            from ionqdsl.passes.race import SearchBudget, searched
            from ionqdsl.passes.resynthesise_triples import shortened
            from ionqdsl.passes.search_triples import SearchedTriples

            whole = 1 + TRIPLES
            early = SearchBudget(effort, lambda spent, count: tell(min(1.0, spent) / whole, count))
            forms += searched([way.circuit for way in ways], starts, preserve, options.seed, early, context.workers)
            best = _shortest([*starts, *forms], BEST)
            fewest = best[0].two_qubit_gates
            late = SearchBudget(TRIPLES * effort, lambda spent, _: tell((1 + TRIPLES * spent) / whole, fewest))
            solve = SearchedTriples(options.seed, late)
            for each in best:
                forms += shortened(each, triples(each), preserve, solve)
        return forms

    return synthesis


def _shortest(forms: Sequence[Interactions], most: int) -> list[Interactions]:
    """The forms with the fewest two-qubit gates, none twice."""
    different = {content_of(form): form for form in sorted(forms, key=lambda form: -form.two_qubit_gates)}
    return sorted(different.values(), key=lambda form: form.two_qubit_gates)[:most]
