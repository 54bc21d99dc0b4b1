"""Improves forms window by window where a circuit is too large to be synthesised as a whole.

Takes interaction forms and returns those with fewer two-qubit gates, if any. One or two rounds of windows gain most of
what many would.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.ir.contracts import fixes_inputs
from ionqdsl.passes.fold_rotations import form_of, program_of_form, renamed
from ionqdsl.passes.use_interactions import compressed_under
from ionqdsl.passes.windows import improve_once

AGAIN = 2000
GAIN = 0.01
"""A second round of windows follows on forms with at most so many two-qubit gates, if the first saved this share."""

SIZES, WIRES = (40, 160), (8, 30)
"""The two-qubit gates and the wires of a window: larger than in a search, since each is tried only a few times."""


def window_forms(engines: Sequence[Interactions], preserve: str) -> list[Interactions]:
    """The engine's forms under the contract and stricter ones, the strictest last, improved and swept.

    A weaker contract has all that the stricter ones have. Where nothing gains with wires in their places, nothing is
    renamed.
    """
    results = _improved(engines[-1], "unitary", "unitary")
    if results and not fixes_inputs(preserve):
        for form in engines:
            results += _improved(form, preserve, "permuted")
    return results


def _improved(form: Interactions, preserve: str, strictest: str) -> list[Interactions]:
    program = program_of_form(form)
    for number in (0, 1):
        before = program.two_qubit_gates
        program = improve_once(program, number, SIZES, WIRES, may_rename=not fixes_inputs(preserve))
        if before > AGAIN or program.two_qubit_gates > (1 - GAIN) * before:
            break
    if program.two_qubit_gates >= form.two_qubit_gates:
        return []
    return compressed_under(preserve, renamed(form_of(program), program.outputs, form.inputs), strictest)
