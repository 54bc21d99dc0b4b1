"""Optimises a qis circuit in the interaction form and writes it in qis gates again.

Takes and returns a qis circuit; the runner keeps the result unless it costs more. Gates with several controls are
broken up first, so that their parts merge with their neighbours. A circuit stays as it is if that would break up a
verbatim row, or if it has a `pauliexp` for the service.
"""

from __future__ import annotations

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.interactions import Interactions
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.targets import ANY_MACHINE
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.gather_controls import gather_controls
from ionqdsl.passes.interactions.pairs import merged
from ionqdsl.passes.interactions.sketches import Sketch
from ionqdsl.passes.interactions.use_interactions import Written
from ionqdsl.passes.interactions.write_qis import written_in_qis
from ionqdsl.passes.release_controls import release_controls
from ionqdsl.passes.resynthesise import Candidates, candidates, cheapest, note_ways, quick_synthesis
from ionqdsl.passes.search import searched_candidates


def optimise_qis(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Returns the circuit with fewer interactions, or the circuit itself if there is none to save.

    Before (--target qis -O 1):
        qubit a, b
        xx(pi/8) a, b
        h a
        h b
        zz(pi/4) a, b
    After:
        qubit a, b
        xx(3*pi/8) a, b
        ry(-pi/2) a
        ry(-pi/2) b
    """
    if any(op.gate == "pauliexp" or (op.pinned and len(op.qubits) > 2) for op in circuit.rows):
        return circuit
    apart = PassContext(ANY_MACHINE, context.options, may_use_zeros=False)  # breaks up every controlled gate, swaps too
    narrow = break_wide_gates(release_controls(gather_controls(circuit, apart), apart), apart)
    preserve, level = context.options.preserve, context.options.level or 0
    if level < 2:
        forms = Candidates([merged(from_circuit(narrow))], [])
    else:
        is_searched = level == 3
        forms = searched_candidates(narrow, context) if is_searched else candidates(narrow, preserve, quick_synthesis)

    note_ways(forms, narrow, context)

    def write(form: Interactions) -> Written:
        rows, origins, phase, neglected = written_in_qis(form, preserve)
        return Written(circuit.replace(rows=rows, origins=origins, phase=phase), form.neglected + neglected)

    best = cheapest(forms, circuit, context, lambda form: Sketch((), lambda: write(form)))
    return circuit if best is None else best
