"""Level 3: several syntheses of a circuit compete and improve until the effort is spent.

Takes a circuit whose rows have at most one control and returns a native circuit that never costs more than level 2's,
since all candidates of level 2 compete too. The others come from race.py. Stretches between barriers share the effort.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.numeric_forms import content_of
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs
from ionqdsl.passes.barriers import is_barrier
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.interactions.restore_inputs import restored
from ionqdsl.passes.interactions.use_interactions import compressed_under
from ionqdsl.passes.resynthesise import Candidates, Synthesis, Way, candidates, native, quick_synthesis
from ionqdsl.passes.triples.blocks import triples

PER_PAIR = 0.01
"""The most seconds of effort for every pair of two-qubit gates: small circuits need no more."""

TRIPLES = 0.1
"""The effort for blocks of three wires, which come last: this share is added, so that the race loses nothing."""

STARTS = 4
"""The number of forms of level 2, the shortest, from which a search may start."""

RENAMED = 0.25
"""The share of the effort for forms with renamed inputs, if the contract fixes these and such forms are shorter."""

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
    return native(searched_candidates(circuit, context), circuit, context)


def searched_candidates(circuit: FlatCircuit, context: PassContext) -> Candidates:
    """The candidates of level 2 and those that the search finds."""
    preserve = context.options.preserve
    known = candidates(circuit, preserve, quick_synthesis)
    found = candidates(circuit, preserve, _synthesis_of(circuit, context, known))
    return Candidates([*known.exact, *found.exact], [*known.synthesised, *found.synthesised], found.ways, known.met)


def _synthesis_of(circuit: FlatCircuit, context: PassContext, known: Candidates) -> Synthesis:
    """The search with the options of the context, from the candidates of level 2 if the circuit is one stretch.

    Of several, each gets a share of the effort in proportion to its rows, and a quick synthesis to start from.
    """
    options = context.options
    rows = max(1, sum(not is_barrier(op) for op in circuit.rows))
    before = 0.0  # the share of the effort of earlier stretches

    def synthesis(ways: Sequence[Way], preserve: str) -> list[Interactions]:
        nonlocal before
        stretch = ways[0].circuit
        if stretch is circuit:
            forms: list[Interactions] = []
            starts = _shortest([*known.exact, *known.synthesised], STARTS)
        else:
            forms = quick_synthesis(ways, preserve)
            starts = _shortest([*(form for way in ways for form in way.forms), *forms], STARTS)
        share = len(stretch.rows) / rows
        effort = min(options.effort * share, PER_PAIR * starts[0].two_qubit_gates ** 2 / 2)
        start, before = before, before + share

        def tell(spent: float, two_qubit_gates: int) -> None:
            if context.progress is not None:
                context.progress(start + share * min(1.0, spent / (1 + TRIPLES)), two_qubit_gates)

        if effort > 0:
            forms += _searched(ways, starts, preserve, context, effort, tell)
        return forms

    return synthesis


def _searched(
    ways: Sequence[Way],
    starts: list[Interactions],
    preserve: str,
    context: PassContext,
    effort: float,
    tell: Callable[[float, int], None],
) -> list[Interactions]:
    """The forms found within so many seconds of effort; `tell` is called with the share that is spent, in `effort`."""
    from ionqdsl.passes.local_search.race import SearchBudget, searched
    from ionqdsl.passes.local_search.search_triples import SearchedTriples
    from ionqdsl.passes.triples.resynthesise_triples import shortened

    circuits, seed = [way.circuit for way in ways], context.options.seed
    forms: list[Interactions] = []
    spent = 0.0

    def budget(part: float, fewest: int | None = None) -> SearchBudget:
        nonlocal spent
        before, spent = spent, spent + part
        return SearchBudget(part * effort, lambda own, count: tell(before + part * min(1.0, own), fewest or count))

    fewest = starts[0].two_qubit_gates
    renamed = _renamed(ways, fewest) if fixes_inputs(preserve) else []
    if renamed:
        renamed += searched(circuits, renamed, "permuted", seed, budget(RENAMED, fewest), context.workers)
        forms = [each for form in renamed for each in restored(form, preserve)]
        starts = _shortest([*starts, *forms], 2 * STARTS)
    forms += searched(circuits, starts, preserve, seed, budget(1 - spent), context.workers)
    best = _shortest([*starts, *forms], BEST)
    solve = SearchedTriples(seed, budget(TRIPLES, best[0].two_qubit_gates))
    for each in best:
        forms += shortened(each, triples(each), preserve, solve)
    return forms


def _renamed(ways: Sequence[Way], most: int) -> list[Interactions]:
    """The shortest forms with renamed inputs, though the contract fixes these, of fewer than `most` two-qubit gates.

    Where a circuit exchanges qubits, they are often shorter even after their inputs are put in their places again.
    """
    looser = [way._replace(forms=compressed_under("permuted", from_circuit(way.circuit))) for way in ways]
    forms = [*(form for way in looser for form in way.forms), *quick_synthesis(looser, "permuted")]
    return _shortest([form for form in forms if form.inputs is not None and form.two_qubit_gates < most], STARTS)


def _shortest(forms: Sequence[Interactions], most: int) -> list[Interactions]:
    """The forms with the fewest two-qubit gates, none twice."""
    different = {content_of(form): form for form in sorted(forms, key=lambda form: -form.two_qubit_gates)}
    return sorted(different.values(), key=lambda form: form.two_qubit_gates)[:most]
