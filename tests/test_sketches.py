"""Forms are compared before they are written, and only those are written that may be the cheapest."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of, price_of
from ionqdsl.passes.interactions.pairs import merged
from ionqdsl.passes.interactions.sketches import sketch_of
from ionqdsl.passes.interactions.use_interactions import written
from ionqdsl.passes.resynthesise import candidates, native, quick_synthesis
from tests.test_paulis import circuits

MACHINES = st.sampled_from(["aria", "forte"])
CONTRACTS = st.sampled_from(["unitary", "permuted", "measurement"])


@settings(max_examples=60)
@given(circuits(most=20, controls=1), MACHINES, CONTRACTS)
def test_a_circuit_costs_no_less_than_its_sketch_says(source: FlatCircuit, machine: str, preserve: str) -> None:
    """Only pulses may be more: all else is known before."""
    context = PassContext(TARGETS[machine], Options(preserve=preserve))
    least, write = sketch_of(merged(from_circuit(source)), source, context)
    cost = cost_of(write().circuit)
    assert least <= price_of(source, cost, None)
    if least:
        assert (*least[:3], least[4]) == (0.0, cost.two_qubit_gates, cost.angle, cost.depth)


@settings(max_examples=15, deadline=None)
@given(circuits(most=20, controls=1), MACHINES, CONTRACTS)
def test_the_cheapest_of_some_is_the_cheapest_of_all(source: FlatCircuit, machine: str, preserve: str) -> None:
    context = PassContext(TARGETS[machine], Options(preserve=preserve))
    found = candidates(source, preserve, quick_synthesis)
    forms = [*found.exact, *found.synthesised]
    written_out = [written(form, source, context).circuit for form in forms]
    assert cost_of(native(found, source, context)) == min(map(cost_of, written_out))
