"""A circuit goes through the interaction form and comes back as pulses.

In come circuits whose rows have at most one control, out go native circuits. Level 1 merges what is parallel and places
pulses. `compressed` is the interaction engine of the other levels: it slides blocks together, takes as few interactions
for each as its unitary needs, renames wires and drops what the measurement cannot see where the contract allows it.
"""

from __future__ import annotations

from ionqdsl.circuit import Circuit
from ionqdsl.interactions import Interactions, from_circuit
from ionqdsl.passes.final_diagonals import without_final_diagonals
from ionqdsl.passes.known_states import use_known_states
from ionqdsl.passes.order_blocks import order_blocks
from ionqdsl.passes.pairs import items_of, merged, swept
from ionqdsl.passes.place_pulses import placed
from ionqdsl.passes.resynthesise_pairs import resynthesised
from ionqdsl.passes.setting import Setting
from ionqdsl.passes.unwrap_rotations import unwrap_rotations
from ionqdsl.rotations import Axes

ROUNDS = 5
"""At most so many sweeps over the circuit; the first two or three find nearly everything."""


def merge_interactions(circuit: Circuit, setting: Setting) -> Circuit:
    """Level 1: parallel interactions merge, one-qubit gates turn axes, pulses are placed."""
    return written(merged(from_circuit(circuit)), circuit, setting)


def compressed(form: Interactions, preserve: str) -> Interactions:
    """Sweeps of merging and resynthesis until one gains nothing, then what the contract lets drop."""
    may_rename = preserve != "unitary"
    axes = Axes()
    form, blocks = swept(_unseen_left_out(unwrap_rotations(form), preserve), axes)
    for _ in range(ROUNDS):
        before = form.entanglers
        changed = resynthesised(form, blocks, axes, may_rename)
        if changed is form:
            break
        form, blocks = swept(_unseen_left_out(changed, preserve), axes)
        if before - form.entanglers <= before // 1000:
            break
    form = form.replace(items=items_of(order_blocks(blocks, axes, form.width), axes))
    return _unseen_left_out(form, preserve)


def _unseen_left_out(form: Interactions, preserve: str) -> Interactions:
    """What the contract lets go."""
    if preserve == "unitary":
        return form
    if preserve == "outcomes":
        form = use_known_states(form)
    return without_final_diagonals(form)


def written(form: Interactions, circuit: Circuit, setting: Setting) -> Circuit:
    """The circuit with the form's native rows; the setting is not told of renamed inputs."""
    rows, origins, phase = placed(form, setting.target, setting.options.preserve)
    return circuit.replace(rows=rows, origins=origins, phase=phase, gateset="native")


def named_inputs(form: Interactions, setting: Setting) -> None:
    """Tells the setting how the form has renamed the inputs."""
    if form.inputs is not None:
        before = setting.inputs or tuple(range(form.width))
        setting.inputs = tuple([before[q] for q in form.inputs])
