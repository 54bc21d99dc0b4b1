"""Bounds the price of a circuit of an interaction form from below, before it is written.

Takes a form and returns a `Sketch`, so that of many forms only those are written that may turn out to be the cheapest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ionqdsl.algebra.interactions import Interactions
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import Price, price_of_cost
from ionqdsl.passes.interactions.use_interactions import Written, written
from ionqdsl.passes.native.place_pulses import least_cost


class Sketch(NamedTuple):
    """A circuit that may be written, and its price at least; the empty price if that is not known."""

    least: Price
    write: Callable[[], Written]


def sketch_of(form: Interactions, circuit: FlatCircuit, context: PassContext) -> Sketch:
    """The circuit with the form's native rows."""
    if context.options.characterization is not None:  # fidelities of single gates decide
        return Sketch((), lambda: written(form, circuit, context))
    cost = least_cost(form, context.target)
    return Sketch(() if cost is None else price_of_cost(cost), lambda: written(form, circuit, context))
