"""A deferred circuit has the outcomes of the one it was made from, compared with the engine of dynamic_programs.py.

`IONQDSL_DEFERRAL=5000` compares so many random programs.
"""

import os

import dynamic_programs
import numpy as np
import pytest
from reading import lowered

from ionqdsl.algebra.deferral import deferred
from ionqdsl.ir.circuit import MEASURE, RESET, Op
from ionqdsl.simulation import simulate

PROGRAMS = int(os.environ.get("IONQDSL_DEFERRAL", "40"))
BATCH = 200


def outcomes(circuit):
    """The distribution over the qubits and slots of a circuit, from its deferred form."""
    static = deferred(circuit)
    kept = circuit.width + len(circuit.slots)
    shares = simulate.probabilities(static).reshape(1 << kept, -1).sum(axis=1)
    return {format(number, f"0{kept}b"): float(shares[number]) for number in np.nonzero(shares > 1e-14)[0].tolist()}


def expected(circuit):
    names = [f"{slot.register}[{slot.place}]" for slot in circuit.slots]
    joint = dynamic_programs.distribution(circuit)
    return {
        final + "".join(str(dict(record)[name]) for name in names): share for (record, final), share in joint.items()
    }


@pytest.mark.parametrize("first", range(0, PROGRAMS, BATCH))
def test_outcomes_stay(first):
    for seed in range(first, min(PROGRAMS, first + BATCH)):
        circuit = lowered(dynamic_programs.text(seed, has_branches=seed % 2 == 1))
        if deferred(circuit).width > 18:
            continue
        wanted = expected(circuit)
        assert dynamic_programs.far(wanted, outcomes(circuit)) < 1e-12, seed
        tree = simulate.run(circuit, 0, exact=True).probabilities
        assert dynamic_programs.far(wanted, dict(tree)) < 1e-12, seed


def test_rows_by_hand():
    """The first reset finds |0>, the second leaves the measured qubit as the record, the third needs a new qubit."""
    text = "qubit a, b\nreset a\nh a\nregister m = measure a\nreset a\nh a\nreset a\nif not m[0] { x b }\n"
    static = deferred(lowered(text))
    assert static.width == 4
    assert dict(static.registers) == {"m": (2,)}
    assert not any(op.gate in (MEASURE, RESET) or op.when for op in static.rows)
    x = Op("x", (2,))
    assert static.rows == [Op("h", (2,)), Op("h", (3,)), x, Op("x", (2, 1), controls=1), x]


def test_a_measured_qubit_that_goes_on_is_copied():
    static = deferred(lowered("qubit a\nh a\nregister m = measure a\nh a\n"))
    assert static.rows == [Op("h", (0,)), Op("cnot", (0, 1)), Op("h", (0,))]


def test_a_reset_after_a_gate_on_a_measured_qubit_keeps_the_outcome():
    """The x stands between: the record must not follow it."""
    circuit = lowered("qubit a\nh a\nregister m = measure a\nx a\nreset a\n")
    assert outcomes(circuit) == pytest.approx({"00": 0.5, "01": 0.5})
    assert deferred(circuit).width == 3
