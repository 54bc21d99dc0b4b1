"""Improves forms and syntheses window by window: forms of circuits too large to be synthesised as a whole, and the best
syntheses of others.

Takes interaction forms or tries, and returns forms with fewer two-qubit gates, if any. One or two rounds of windows
gain nearly as much as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.paulis import PauliProgram
from ionqdsl.ir.contracts import fixes_inputs
from ionqdsl.passes.interactions.use_interactions import Met, compressed_under
from ionqdsl.passes.rotations.fold_rotations import form_of, program_of_form, put_back, renamed
from ionqdsl.passes.rotations.replace_windows import tidied
from ionqdsl.passes.rotations.try_styles import Try
from ionqdsl.passes.rotations.windows import improve_once

AGAIN = 2000
GAIN = 0.01
"""A second round of windows follows on forms with at most so many two-qubit gates, if the first saved this share."""

SIZES, WIRES = (40, 160), (8, 30)
"""The two-qubit gates and the wires of a window: larger than in a search, since each is tried only a few times."""


class ProgramPair(NamedTuple):
    """A program and a synthesis of its rotations; wire q of both starts as input `inputs[q]`, or as its own."""

    before: PauliProgram
    after: PauliProgram
    inputs: tuple[int, ...] | None


def window_forms(engines: Sequence[Interactions], preserve: str, met: list[ProgramPair]) -> list[Interactions]:
    """The engine's forms under the contract and stricter ones, the strictest last, improved and swept.

    A weaker contract has all that the stricter ones have. Where nothing gains with wires in their places, nothing is
    renamed. The programs of the forms before and after are added to `met`.
    """
    results = _improved(engines[-1], "unitary", "unitary", met)
    if results and not fixes_inputs(preserve):
        for form in engines:
            results += _improved(form, preserve, "permuted", met)
    return results


def _improved(form: Interactions, preserve: str, strictest: str, met: list[ProgramPair]) -> list[Interactions]:
    first = program = tidied(program_of_form(form))
    for number in (0, 1):
        before = program.two_qubit_gates
        (program,) = improve_once(program, number, SIZES, WIRES, [not fixes_inputs(preserve)])
        if before > AGAIN or program.two_qubit_gates > (1 - GAIN) * before:
            break
    if program.two_qubit_gates >= form.two_qubit_gates:
        return []
    met.append(ProgramPair(first, program, form.inputs))
    return compressed_under(preserve, renamed(form_of(program), program.outputs, form.inputs), strictest)


def improved_tries(tries: Sequence[Try], preserve: str, most: int, met: Met) -> list[Interactions]:
    """The best try, improved as long as a round gains, and swept; nothing if it has `most` two-qubit gates or more.

    So is the one whose wires may not be renamed, for a weaker contract has all that the stricter ones have. Where a try
    is no better than the known forms, both are mostly as short as they can be.
    """
    near = [one for one in tries if one.renamed < most]
    if not near:
        return []
    still, best = (min(near, key=key) for key in (_STILL, _RENAMED))
    is_renamed = not fixes_inputs(preserve)
    renames = [False, True] if is_renamed and best is still else [False]
    first, *others = improve_once(still.program, 0, SIZES, WIRES, renames)  # one search serves both
    results = _improved_try(still, first, preserve, met, may_rename=False)
    if is_renamed:
        (other,) = others or improve_once(best.program, 0, SIZES, WIRES, [True])
        results += _improved_try(best, other, preserve, met, may_rename=True)
    return results


_STILL, _RENAMED = attrgetter("still", "style"), attrgetter("renamed", "style")


def _improved_try(one: Try, program: PauliProgram, preserve: str, met: Met, *, may_rename: bool) -> list[Interactions]:
    """The forms of a try whose program a round improved, after more rounds, as long as each gains."""
    before = one.renamed
    number = 1
    while program.two_qubit_gates < before:
        before = program.two_qubit_gates
        (program,) = improve_once(program, number, SIZES, WIRES, [may_rename])
        number += 1
    if program.two_qubit_gates >= one.renamed:
        return []
    form = form_of(program)
    forms = [renamed(form, program.outputs)] if may_rename else put_back(form, program.outputs)
    strictest = "permuted" if may_rename else "unitary"
    return [result for each in forms for result in compressed_under(preserve, each, strictest, met)]
