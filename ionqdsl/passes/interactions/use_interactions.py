"""Optimises a circuit in the interaction form and writes it as pulses: level 1, and the engine of the levels above.

Takes circuits whose rows have at most one control and returns native circuits. Level 1 merges parallel interactions and
places pulses. `compressed` is the interaction engine of the other levels: it slides blocks together, gives each as few
interactions as its unitary needs and, if the contract allows it, renames wires and drops items unseen by measurements.
"""

from __future__ import annotations

import sys
from functools import reduce
from operator import add
from typing import NamedTuple

from ionqdsl.algebra import compiled
from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.interactions import Interactions
from ionqdsl.algebra.numeric_forms import LIMITS, EndTurns, Numbers, NumericForm, numbers_of, packed_ends
from ionqdsl.algebra.rotations import Axes
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_inputs, fixes_phases, holds_for_all_inputs, not_weaker
from ionqdsl.passes.choose_native import choose_native
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.interactions.final_diagonals import without_final_diagonals
from ionqdsl.passes.interactions.known_states import use_known_states
from ionqdsl.passes.interactions.order_blocks import order_blocks
from ionqdsl.passes.interactions.pairs import SweptForm, items_of, merged, swept
from ionqdsl.passes.interactions.resynthesise_pairs import resynthesised
from ionqdsl.passes.interactions.settle_axes import settle_axes
from ionqdsl.passes.interactions.unwrap_rotations import unwrap_rotations
from ionqdsl.passes.native.place_pulses import placed
from ionqdsl.record import changed, fresh, record

ROUNDS = 5
"""The most sweeps over the circuit; the first two or three find nearly everything."""


def merge_interactions(circuit: FlatCircuit, context: PassContext) -> FlatCircuit:
    """Level 1: merges parallel interactions, turns axes by one-qubit gates and places pulses.

    Before (--target aria):
        param t
        qubit a, b
        xx(t) a, b
        h a
        h b
        zz(pi/5) a, b
    After:
        param t
        gateset native
        qubit a, b
        ms(0, 0, t*rad + 0.1turn) a, b
        gpi2(-0.25) a
        gpi2(-0.25) b
    """
    form = merged(from_circuit(circuit))
    writing = written(form, circuit, context)
    if not context.budget.has_room(writing.neglected, len(circuit)):
        return choose_native(circuit, context)
    return taken(form, writing, context)


def compressed(form: Interactions, preserve: str, *, may_rename: bool = True) -> Interactions:
    """Merges and resynthesises in sweeps until one gains nothing, dropping the items that the contract allows.

    Wires are renamed only if the contract allows that too; every interaction stays on its pair of wires if they are
    not.
    """
    return _compressed(form, preserve, may_rename, Met()).form


def compressed_under(
    preserve: str, form: Interactions, strictest: str = "unitary", met: Met | None = None
) -> list[Interactions]:
    """The form compressed under the contract, and under each one up to the strictest that leads elsewhere, in order.

    A sweep that drops or renames more may end with more two-qubit gates. A form whose inputs are renamed is left out
    where they are fixed, and so is one that an earlier call with the same `met` has returned, up to its phase.
    """
    met = Met() if met is None else met
    results: list[Interactions] = []
    last: _Compressed | None = None
    contracts = not_weaker(preserve)
    for contract in contracts[: contracts.index(strictest) + 1]:
        if fixes_inputs(contract) and form.inputs is not None:
            break
        if last is not None and last.is_valid_under(contract):
            continue
        last = _compressed(form, contract, may_rename=True, met=met)
        if not last.is_met:
            results.append(last.form)
        if not last.form.two_qubit_gates:
            break
    return results


class _Compressed(NamedTuple):
    """A form compressed under a contract, and whether wires were exchanged, and items dropped, on the way to it.

    `is_met` says that another form came this way before.
    """

    form: Interactions
    preserve: str
    is_renamed: bool
    is_shortened: bool
    is_met: bool = False

    def is_valid_under(self, preserve: str) -> bool:
        """Whether the stricter contract would have led to the same form; unknown if another form's way was met, since
        this one may have lost more in its first sweep.
        """
        return (
            not self.is_met
            and holds_for_all_inputs(self.preserve)
            and not (self.is_shortened and fixes_phases(preserve))
            and not (self.is_renamed and fixes_inputs(preserve))
        )


Contents = tuple[object, ...]
"""Decide a form after its first sweep, but for its phase."""


class _Swept(NamedTuple):
    """A form after its first sweep, and the contract: the later sweeps depend on these alone."""

    content: Contents
    preserve: str


@record
class Met:
    """The ways that forms of one circuit have come: many are alike after one sweep, under several contracts.

    The key of `ways` is all that later sweeps look at: a form but for its phase, origins and rounding, and the
    contract; they are kept as they are returned to others that meet them. `sweeps` has the content after a sweep of
    forms, which it keeps alive, by the lists that they share.
    """

    ways: dict[_Swept, _Compressed] = fresh(default_factory=dict)
    sweeps: dict[_Shared, _FirstSweep] = fresh(default_factory=dict)

    def way_of(self, shared: _Shared, preserve: str) -> _Compressed | None:
        """The way of a form with these parts, if a sweep of them is remembered and leads to a known form."""
        known = self.sweeps.get(shared)
        return None if known is None else self.ways.get(_Swept(known.content, preserve))

    def note(self, content: Contents, done: _Compressed) -> None:
        """Notes the way of a form with this content after a sweep, for all contracts that lead there."""
        known = done._replace(is_met=True)
        for contract in not_weaker(done.preserve):
            if contract == done.preserve or done.is_valid_under(contract):
                self.ways[_Swept(content, contract)] = known


class _Shared(NamedTuple):
    """The ids of the parts of a form that others share, its inputs, and which of its items the contract needs."""

    items: int
    ends: int
    inputs: tuple[int, ...] | None
    fixes_phases: bool
    holds_for_all_inputs: bool

    @staticmethod
    def of(form: Interactions, preserve: str) -> _Shared:
        items, ends = (form.numbers, form.end_turns) if isinstance(form, NumericForm) else (form.items, form.ends)
        return _Shared(id(items), id(ends), form.inputs, fixes_phases(preserve), holds_for_all_inputs(preserve))


class _FirstSweep(NamedTuple):
    form: Interactions
    content: Contents


def _compressed(form: Interactions, preserve: str, may_rename: bool, met: Met) -> _Compressed:
    shared = _Shared.of(form, preserve)
    known = met.way_of(shared, preserve)
    if known is None:
        numbers = numbers_of(form) if holds_for_all_inputs(preserve) else None
        first = _PythonSweep(form, preserve) if numbers is None else _KernelSweep(form, numbers, preserve)
        met.sweeps[shared] = _FirstSweep(form, first.content)
        known = met.ways.get(_Swept(first.content, preserve))
    if known is not None:
        return known
    done = first.compressed(may_rename and not fixes_inputs(preserve))
    met.note(first.content, done)
    return done


class _PythonSweep:
    """A form after its first sweep, to be compressed step by step."""

    def __init__(self, form: Interactions, preserve: str) -> None:
        self._preserve = preserve
        self._axes = Axes()
        self._is_shortened = False
        self._swept = SweptForm(self._needed(unwrap_rotations(form)), self._axes)
        self.content: Contents = self._swept.content

    def _needed(self, form: Interactions) -> Interactions:
        rest = _unseen_left_out(form, self._preserve)
        self._is_shortened = self._is_shortened or rest is not form
        return rest

    def compressed(self, may_rename: bool) -> _Compressed:
        """The form after all sweeps."""
        axes, preserve = self._axes, self._preserve
        form, blocks = self._swept.form, self._swept.blocks
        is_renamed = is_other = False
        for _ in range(ROUNDS):
            before = form.two_qubit_gates
            shorter = resynthesised(form, blocks, axes, may_rename, preserve)
            if shorter.form is form:
                break
            is_renamed = is_renamed or shorter.is_exchanging
            is_other = is_other or shorter.is_other
            form, blocks = swept(self._needed(settle_axes(shorter.form)), axes)
            if before - form.two_qubit_gates <= before // 1000:
                break
        form = self._needed(form.replace(items=items_of(order_blocks(blocks, axes, form.width), axes)))
        result = changed(form, neglected=form.neglected + axes.neglected)
        return _Compressed(result, preserve, is_renamed, self._is_shortened or is_other)


class _KernelSweep:
    """The same by the compiled kernel, kernel/forms.c, for forms by numbers; Python takes the rest.

    The contract holds for all inputs.
    """

    def __init__(self, form: Interactions, numbers: Numbers, preserve: str) -> None:
        self._form, self._numbers, self._preserve = form, numbers, preserve
        self._is_measured = not fixes_phases(preserve)
        given = form.width, numbers.wires, numbers.values, packed_ends(form), LIMITS, self._is_measured, form.neglected
        self._swept, *content = compiled.kernel.sweep(*given)
        self.content: Contents = (*content, form.inputs)

    def compressed(self, may_rename: bool) -> _Compressed:
        """The form after all sweeps."""
        for are_needed in (False, True):
            given = self._swept, _weyl_tables(are_needed), may_rename, self._is_measured
            found = compiled.kernel.compress(*given, *_NO_ANSWERS)
            if found is not False:
                break
        while found is not None and len(found) == 2:
            from ionqdsl.passes.interactions.boundary_blocks import answers

            found = compiled.kernel.compress(*given, *answers(*found))
        if found is None:
            return _PythonSweep(self._form, self._preserve).compressed(may_rename)
        *arrays, ends, phases, inputs, neglected, is_renamed, is_moved, is_cut = found
        form = self._form
        radians = reduce(add, memoryview(phases).cast("d"), form.phase.radians)
        phase = Angle(form.phase.turns, radians, form.phase.terms)
        names = form.inputs
        if is_moved:
            before = names or range(form.width)
            names = tuple([before[wire] for wire in memoryview(inputs).cast("i")])
        numbers = self._numbers.rewritten(*arrays)
        result = NumericForm(form.width, numbers, EndTurns(ends), phase, names, neglected)
        return _Compressed(result, self._preserve, is_renamed, is_cut)


_NO_ANSWERS = (b"", b"", b"")


def _weyl_tables(are_needed: bool) -> bytes:
    """The kernel's tables for two-qubit unitaries, which bring numpy; empty as long as no block needed them."""
    if not are_needed and "ionqdsl.algebra.weyl" not in sys.modules:
        return b""
    from ionqdsl.algebra.weyl import TABLES

    return TABLES


def _unseen_left_out(form: Interactions, preserve: str) -> Interactions:
    """The form without the items that the contract does not need."""
    if fixes_phases(preserve):
        return form
    if not holds_for_all_inputs(preserve):
        form = use_known_states(form)
    return without_final_diagonals(form)


class Written(NamedTuple):
    """A circuit written from an interaction form, and the rounding neglected on the way to it."""

    circuit: FlatCircuit
    neglected: float


def written(form: Interactions, circuit: FlatCircuit, context: PassContext) -> Written:
    """The circuit with the form's native rows; the context does not learn of renamed inputs or of rounding."""
    rows, origins, phase, neglected = placed(form, context.target, context.options.preserve)
    result = circuit.replace(rows=rows, origins=origins, phase=phase, gateset="native")
    return Written(result, form.neglected + neglected)


def taken(form: Interactions, writing: Written, context: PassContext) -> FlatCircuit:
    """The circuit, after telling the context of the form's renamed inputs and of the rounding."""
    context.budget = context.budget.with_rounding(writing.neglected)
    context.rename_inputs(form.inputs)
    return writing.circuit
