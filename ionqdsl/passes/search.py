"""Level 3: several syntheses of a circuit compete and improve until the effort is spent.

Takes a circuit whose rows have at most one control and returns a native circuit that never costs more than level 2's,
since the candidates of level 2 compete too. The others come from race.py. Stretches between barriers share the effort.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.passes.barriers import is_barrier
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.resynthesise import Synthesis, Way, candidates, native, quick_synthesis

PER_PAIR = 0.01
"""The most seconds of effort for every pair of two-qubit gates: small circuits need no more."""


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
        form = min([way.forms[0] for way in ways], key=lambda form: form.two_qubit_gates)
        forms = quick_synthesis(ways, preserve)
        share = len(stretch.rows) / rows
        effort = min(options.effort * share, PER_PAIR * form.two_qubit_gates**2 / 2)
        start, before = before, before + share

        def tell(spent: float, two_qubit_gates: int) -> None:
            if context.progress is not None:
                context.progress(start + share * min(1.0, spent), two_qubit_gates)

        if effort > 0:
            from ionqdsl.passes.race import SearchBudget, searched

            forms += searched(stretch, form, preserve, options.seed, SearchBudget(effort, tell))
        return forms

    return synthesis
