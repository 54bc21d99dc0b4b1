"""Runs the passes of a level in order, if need be in several ways, of which the cheapest result stays.

Each function says when it tries another way, and why. Every compilation has a context of its own; warnings are shared.
"""

from __future__ import annotations

from typing import NamedTuple

from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.passes.approximate import approximate
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import Price, cost_of, fewest_translated, price_of
from ionqdsl.passes.drop_unread import drop_unread, read_at
from ionqdsl.passes.error_budget import ErrorBudget
from ionqdsl.passes.pipelines import PIPELINES, PULSES, ROUTE, Pass
from ionqdsl.passes.report import Done, LateCost, PassReport, told
from ionqdsl.record import changed

SMALL = 300
"""The most rows of a circuit for which a candidate always runs."""


class Manner(NamedTuple):
    """How passes run: whether somebody sees the circuit after each, and whether each result is examined."""

    is_watched: bool = False
    is_checked: bool = False


class Compilation(NamedTuple):
    """A circuit before and after all passes, with their reports and the context, in which they left their findings."""

    start: FlatCircuit
    result: FlatCircuit
    done: Done
    context: PassContext

    @property
    def price(self) -> Price:
        """The price of the result."""
        return price_of(self.result, cost_of(self.result), self.context.options.characterization)

    @property
    def price_as_read(self) -> Price:
        """The price of the rows that the registers see, which follow the qubits to where they end."""
        ends = self.context.outputs
        kept = drop_unread(self.result if ends is None else read_at(self.result, ends))
        return price_of(kept, cost_of(kept), self.context.options.characterization)


def cheapest_compilation(level: int, circuit: FlatCircuit, context: PassContext, manner: Manner) -> Compilation:
    """The cheapest result for a prepared circuit."""
    return (_within if context.options.approx else _routed)(level, circuit, context, manner)


def _within(level: int, circuit: FlatCircuit, context: PassContext, manner: Manner) -> Compilation:
    """The cheapest of three: compiled exactly; approximated and then compiled; compiled, approximated and compiled.

    No error is made that saves neither two-qubit gates nor pulses. The approximated circuits are not searched.
    """
    options = context.options
    exactly = changed(context, options=changed(options, approx=0.0), budget=ErrorBudget())
    exact = _routed(level, circuit, exactly, manner)
    early = _gathered(min(level, 2), circuit, changed(context), manner)
    after = changed(context, inputs=exact.context.inputs, outputs=exact.context.outputs)
    after.budget = context.budget.with_rounding(exact.context.budget.neglected)
    left = approximate(exact.result, after)
    drops = told(approximate.__name__, exact.result, left, after.budget.spent > 0)
    late = _run(min(level, 2), left, after, manner)
    late = late._replace(start=circuit, done=[*exact.done, (drops, left if manner.is_watched else None), *late.done])
    return min((exact, late, early), key=_gain)


def _gain(compilation: Compilation) -> Price:
    """The price without angle and depth: a smaller one of these is worth no error."""
    infidelity, two_qubit_gates, _, pulses, _ = compilation.price
    return (infidelity, two_qubit_gates, pulses)


def _routed(level: int, circuit: FlatCircuit, context: PassContext, manner: Manner) -> Compilation:
    """The cheaper of two results if qubits had to be swapped: the level's own, and that of level 1.

    A synthesis has few two-qubit gates, but on nearly every pair of its qubits.
    """
    plain = changed(context)
    best = _gathered(level, circuit, context, manner)
    if level < 2 or not any(step.name == ROUTE.name and step.changed for step, _ in best.done):
        return best
    return _cheaper(best, _gathered(1, circuit, plain, manner))


def _gathered(level: int, circuit: FlatCircuit, context: PassContext, manner: Manner) -> Compilation:
    """The cheapest of two or three results if a wire in |0> gathered controls or unseen phases went: with this, and
    without, not searched.

    The wire saves two-qubit gates, but those that are left are on more pairs, of which fewer merge. A phase that goes
    may have been one of a value that is computed back.
    """
    plain = changed(context, may_use_zeros=False)
    whole = changed(plain, may_drop_phases=False)
    best = _run(level, circuit, context, manner)
    for is_tried, apart in ((context.uses_zeros, plain), (context.drops_phases, whole)):
        if is_tried:
            best = _cheaper(best, _run(min(level, 2), circuit, apart, manner))
    return best


def _cheaper(one: Compilation, other: Compilation) -> Compilation:
    """The cheaper of two, the first of equals."""
    return other if other.price < one.price else one


def _run(level: int, circuit: FlatCircuit, context: PassContext, manner: Manner) -> Compilation:
    """Runs all passes of a level in order."""
    pipeline, done, start = PIPELINES[context.target.gateset, level], Done(), circuit
    late, machine = LateCost(circuit), context.options.characterization
    for number, step in enumerate(pipeline, 1):
        inputs, budget, candidate = context.inputs, context.budget, ""
        result = step.run(circuit, context)
        after = late if result is circuit else LateCost(result)
        if step.candidate is not None and _may_win(step, circuit, late, after, machine):
            found = context.inputs, context.budget
            context.inputs, context.budget = inputs, budget
            plain = step.candidate(circuit, context)
            other = LateCost(plain)
            if price_of(plain, other.cost, machine) < price_of(result, after.cost, machine):
                result, after, candidate = plain, other, step.candidate.__name__
            else:
                context.inputs, context.budget = found
        kept = (
            result is circuit
            or not step.optimises
            or price_of(result, after.cost, machine) <= price_of(circuit, late.cost, machine)
        )
        differs = result is not circuit and (result.is_plain or circuit.is_plain or result.rows != circuit.rows)
        report = PassReport(step.name, (len(circuit), len(result)), (late, after), kept, differs, candidate)
        if kept:
            if manner.is_checked:
                from ionqdsl.passes.examine import examine

                examine(step, circuit, result, context, is_last=number == len(pipeline))
            circuit, late = result, after
        else:
            context.inputs, context.budget = inputs, budget
        done.append((report, circuit if manner.is_watched else None))
    return Compilation(start, circuit, done, context)


def _may_win(
    step: Pass, circuit: FlatCircuit, before: LateCost, after: LateCost, machine: Characterization | None
) -> bool:
    """Whether the candidate of a step may cost less than its result, as far as it is tried."""
    if len(circuit) > SMALL and after.cost[:2] < before.cost[:2]:
        return False
    if step.candidate is not PULSES or machine is not None:
        return True
    return fewest_translated(circuit) <= after.cost.two_qubit_gates
