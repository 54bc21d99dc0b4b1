"""A qis circuit goes through the interaction form and comes back in qis gates.

In come qis circuits, out go qis circuits, kept by the runner only where they cost less. Wide gates are taken apart
first, so that what they share with their neighbours merges; a circuit with a verbatim row that would have to be taken
apart, or with a `pauliexp` for the service, stays as it is.
"""

from __future__ import annotations

from ionqdsl.algebra.interactions import Interactions, from_circuit
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.targets import ANY_MACHINE
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.gather_controls import gather_controls
from ionqdsl.passes.pairs import merged
from ionqdsl.passes.resynthesise import Candidates, candidates, cheapest, quick_synthesis
from ionqdsl.passes.search import synthesis_of
from ionqdsl.passes.use_interactions import Written
from ionqdsl.passes.write_qis import written_in_qis


def optimise_qis(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """The same circuit with fewer interactions, where there are some to save."""
    if any(op.gate == "pauliexp" or (op.pinned and len(op.qubits) > 2) for op in circuit.rows):
        return circuit
    apart = PassContext(ANY_MACHINE, context.options)  # no gate of which the service may take controls
    narrow = break_wide_gates(gather_controls(circuit, apart), apart)
    preserve, level = context.options.preserve, context.options.level or 0
    if level < 2:
        forms = Candidates([merged(from_circuit(narrow))], [])
    else:
        forms = candidates(narrow, preserve, quick_synthesis if level < 3 else synthesis_of(narrow, context))

    def write(form: Interactions) -> Written:
        rows, origins, phase, neglected = written_in_qis(form, preserve)
        return Written(circuit.replace(rows=rows, origins=origins, phase=phase), form.neglected + neglected)

    best = cheapest(forms, circuit, context, write)
    return circuit if best is None else best
