"""Level 3: several ways to compile a circuit compete and improve, until the effort is spent.

In comes a circuit whose rows have at most one control, out goes a native circuit that is never dearer than what level 2
makes of it: its rivals run too. The others come from race.py. Stretches between fences share the effort.
"""

from __future__ import annotations

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.ir.circuit import Circuit
from ionqdsl.passes.fences import is_fence
from ionqdsl.passes.resynthesise import Synthesis, native, quick_synthesis, rivals
from ionqdsl.passes.setting import Setting

PER_PAIR = 0.01
"""Seconds of effort for every two entanglers, at most: small circuits are searched through sooner."""


def search(circuit: Circuit, setting: Setting) -> Circuit:
    """See the module. Writes native rows, and names the inputs anew where the contract allows it."""
    return native(rivals(circuit, setting.options.preserve, synthesis_of(circuit, setting)), circuit, setting)


def synthesis_of(circuit: Circuit, setting: Setting) -> Synthesis:
    """The search as the setting wants it; a stretch of the circuit gets its share of the effort by rows."""
    options = setting.options
    rows = max(1, sum(not is_fence(op) for op in circuit.rows))
    before = 0.0  # the share of the effort that earlier stretches had

    def synthesis(stretch: Circuit, form: Interactions, preserve: str) -> list[Interactions]:
        nonlocal before
        forms = quick_synthesis(stretch, form, preserve)
        share = len(stretch.rows) / rows
        effort = min(options.effort * share, PER_PAIR * form.entanglers**2 / 2)
        start, before = before, before + share

        def tell(spent: float, entanglers: int) -> None:
            if setting.progress is not None:
                setting.progress(start + share * min(1.0, spent), entanglers)

        if effort > 0:
            from ionqdsl.passes.race import Purse, searched  # brings numpy

            forms += searched(stretch, form, preserve, options.seed, Purse(effort, tell))
        return forms

    return synthesis
