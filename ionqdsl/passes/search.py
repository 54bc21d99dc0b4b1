"""Level 3: several ways to compile a circuit compete and improve, until the effort is spent.

In comes a circuit whose rows have at most one control, out goes a native circuit that is never dearer than what level 2
makes of it: its candidates run too. The others come from race.py. Stretches between barriers share the effort.
"""

from __future__ import annotations

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.passes.barriers import is_barrier
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.resynthesise import Synthesis, candidates, native, quick_synthesis

PER_PAIR = 0.01
"""Seconds of effort for every pair of two-qubit gates, at most: small circuits are searched through sooner."""


def search(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """See the module. Writes native rows, and names the inputs anew where the contract allows it."""
    return native(candidates(circuit, context.options.preserve, synthesis_of(circuit, context)), circuit, context)


def synthesis_of(circuit: FlatCircuit, context: PassContext) -> Synthesis:
    """The search as the setting wants it; a stretch of the circuit gets its share of the effort by rows."""
    options = context.options
    rows = max(1, sum(not is_barrier(op) for op in circuit.rows))
    before = 0.0  # the share of the effort that earlier stretches had

    def synthesis(stretch: FlatCircuit, form: Interactions, preserve: str) -> list[Interactions]:
        nonlocal before
        forms = quick_synthesis(stretch, form, preserve)
        share = len(stretch.rows) / rows
        effort = min(options.effort * share, PER_PAIR * form.two_qubit_gates**2 / 2)
        start, before = before, before + share

        def tell(spent: float, two_qubit_gates: int) -> None:
            if context.progress is not None:
                context.progress(start + share * min(1.0, spent), two_qubit_gates)

        if effort > 0:
            from ionqdsl.passes.race import SearchBudget, searched  # brings numpy

            forms += searched(stretch, form, preserve, options.seed, SearchBudget(effort, tell))
        return forms

    return synthesis
