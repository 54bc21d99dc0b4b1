"""Level 3: several ways to compile a circuit compete and improve, until the effort is spent.

In comes a circuit whose rows have at most one control, out goes a native circuit that is never dearer than what level 2
makes of it: that is one of those that run. The others come from race.py. Circuits with unbound parameters, fences or
verbatim rows are not searched: they are compiled as by level 2.
"""

from __future__ import annotations

from ionqdsl.circuit import Circuit
from ionqdsl.interactions import Interactions, from_circuit
from ionqdsl.passes.cost import Cost, cost_of
from ionqdsl.passes.fold_rotations import can_fold
from ionqdsl.passes.place_pulses import placed
from ionqdsl.passes.setting import Setting
from ionqdsl.passes.use_interactions import compressed

PER_PAIR = 0.01
"""Seconds of effort for every two entanglers, at most: small circuits are searched through sooner."""


def search(circuit: Circuit, setting: Setting) -> Circuit:
    """See the module. Writes native rows, and names the inputs anew where the contract allows it."""
    options = setting.options
    form = compressed(from_circuit(circuit), options.preserve)
    forms = [form]
    effort = min(options.effort, PER_PAIR * form.entanglers**2 / 2)
    if effort > 0 and form.entanglers > 1 and can_fold(circuit):
        from ionqdsl.passes.race import searched  # brings numpy

        forms += searched(circuit, form, options.preserve, options.seed, effort)
    return _cheapest(forms, circuit, setting)


def _cheapest(forms: list[Interactions], circuit: Circuit, setting: Setting) -> Circuit:
    """The native circuit that costs least, the first of equals."""
    best: tuple[Cost, Circuit, Interactions] | None = None
    for form in sorted(forms, key=_entanglers):
        if best is not None and form.entanglers > best[0].entanglers:
            break
        rows, origins, phase = placed(form, setting.target, setting.options.preserve)
        written = circuit.replace(rows=rows, origins=origins, phase=phase, gateset="native")
        cost = cost_of(written)
        if best is None or cost < best[0]:
            best = (cost, written, form)
    assert best is not None
    _, written, form = best
    if form.inputs is not None:
        before = setting.inputs or tuple(range(circuit.width))
        setting.inputs = tuple([before[q] for q in form.inputs])
    return written


def _entanglers(form: Interactions) -> int:
    return form.entanglers
