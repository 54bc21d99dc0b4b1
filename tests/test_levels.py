"""Every level, target and contract gives a circuit equal to its source, checked by dense simulation.

The judge is statevector.py, whose matrices are written by hand. Would catch a pulse with a wrong azimuth, an axis off
the equator, a frame lost at a barrier, a relabelling missing in the report, a dropped diagonal that was not final, and
a parameter bound with the wrong sign.
"""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.ir.angle import Angle, radians
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS, Target
from ionqdsl.passes import Report, transpile
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.fold_angles import fold_angles
from ionqdsl.passes.interactions.use_interactions import compressed
from ionqdsl.passes.interactions.write_qis import written_in_qis
from ionqdsl.verify import invariants
from tests.random_circuits import EIGHTHS, POSITIVE, SYMBOLS, bound, circuits, matrix, narrow
from tests.structured import structured
from tests.test_interactions import renamed

ION = ("aria", "forte", POSITIVE)
ALL = (*ION, "qis")


def compiled(source: FlatCircuit, target: str | Target, level: int, preserve: str) -> tuple[FlatCircuit, Report]:
    """The result with all promises checked after every pass."""
    row = TARGETS[target] if isinstance(target, str) else target
    result, _, report = transpile(source, row, Options(preserve=preserve, level=level), checked=True)
    assert invariants(result, row) == []
    return result, report


def assert_equal(source: FlatCircuit, result: FlatCircuit, report: Report, preserve: str) -> None:
    a, b = renamed(matrix(source), report.inputs, source.width), matrix(result)
    if preserve in ("unitary", "permuted"):
        assert preserve == "permuted" or report.inputs is None
        assert np.abs(a - b).max() < 1e-8  # the global phase too
    elif preserve == "measurement":
        rows = (a.conj() * b).sum(axis=1)
        assert np.abs(b - rows[:, None] * a).max() < 1e-7
    else:
        assert np.abs(np.abs(a[:, 0]) ** 2 - np.abs(b[:, 0]) ** 2).max() < 1e-8


@given(circuits(), st.sampled_from(ALL), st.sampled_from([1, 2]), st.sampled_from(PRESERVE[:4]))
@settings(max_examples=80, deadline=None)
def test_levels_keep_the_contract(source: FlatCircuit, target: str | Target, level: int, preserve: str) -> None:
    result, report = compiled(source, target, level, preserve)
    assert_equal(source, result, report, preserve)


@given(st.integers(0, 10**6), st.sampled_from(ALL), st.sampled_from(PRESERVE[:4]))
@settings(max_examples=40, deadline=None)
def test_circuits_of_all_families(seed: int, target: str | Target, preserve: str) -> None:
    source = structured(random.Random(seed))
    costs = []
    for level in (0, 1, 2):
        result, report = compiled(source, target, level, preserve)
        assert_equal(source, result, report, preserve)
        costs.append(cost_of(result))
    assert costs[2][:3] <= costs[1][:3] <= costs[0][:3]  # a higher level never costs more


@given(circuits(SYMBOLS | EIGHTHS), st.sampled_from(ALL), st.sampled_from([1, 2]), st.floats(-3, 3), st.floats(-3, 3))
@settings(max_examples=60, deadline=None)
def test_parameters_bind_afterwards(source: FlatCircuit, target: str | Target, level: int, a: float, b: float) -> None:
    values = {"a": a, "b": b}
    for preserve in ("unitary", "permuted", "measurement"):
        result, report = compiled(source, target, level, preserve)
        late = bound(result, values)
        if target != "qis" and not any(op.pinned for op in result.rows):
            row = TARGETS[target] if isinstance(target, str) else target
            late = fold_angles(late, PassContext(row, Options(preserve=preserve)))
            assert invariants(late, row) == []
        assert_equal(bound(source, values), late, report, preserve)


def qaoa(width: int, layers: int, gamma: Any, beta: Any) -> FlatCircuit:
    edges = [(i, (i + step) % width) for i in range(width) for step in (1, 2)]
    rows = [Op("h", (q,)) for q in range(width)]
    for _ in range(layers):
        rows += [Op("zz", edge, (gamma,)) for edge in edges]
        rows += [Op("rx", (q,), (beta,)) for q in range(width)]
    return FlatCircuit(width, rows=rows, origins=[None] * len(rows))


@pytest.mark.parametrize("symbolic", [False, True])
def test_qaoa_takes_one_pulse_a_qubit_on_an_ms_machine(symbolic: bool) -> None:
    """Bare numbers: 6 qubits, 3 layers of 12 edges."""
    angles = (Angle.of("g", radians=1), Angle.of("b", radians=2)) if symbolic else (radians("0.7"), radians("0.4"))
    source = qaoa(6, 3, *angles)
    result, report = compiled(source, "aria", 2, "measurement")
    assert sum(op.gate == "ms" for op in result.rows) == 36
    assert sum(len(op.qubits) == 1 for op in result.rows) == 6
    values = {"g": 0.7, "b": 0.2}
    assert_equal(bound(source, values), bound(result, values), report, "measurement")


def test_what_outcomes_and_measurement_allow() -> None:
    """Bernstein-Vazirani: known states need no interaction; the stricter contracts keep the gates on the machine."""
    secret = (0, 2, 3)
    rows = [Op("x", (4,)), *(Op("h", (q,)) for q in range(5)), *(Op("cnot", (q, 4)) for q in secret)]
    rows += [Op("h", (q,)) for q in range(5)]
    source = FlatCircuit(5, rows=rows, origins=[None] * len(rows))
    counts = {}
    for preserve in PRESERVE:
        result, report = compiled(source, "forte", 2, preserve)
        assert_equal(source, result, report, preserve)
        counts[preserve] = cost_of(result).two_qubit_gates
    assert counts == {"unitary": 3, "permuted": 3, "measurement": 3, "outcomes": 0, "registers": 0}


def test_a_final_diagonal_goes_only_where_it_is_measured() -> None:
    turned = [Op("ry", (q,), (radians("0.5"),)) for q in (0, 1)]
    rows = [Op("h", (0,)), Op("cnot", (0, 1)), *turned, Op("zz", (0, 1), (radians("0.3"),))]
    source = FlatCircuit(2, rows=rows, origins=[None] * 5)
    counts = [cost_of(compiled(source, "aria", 2, preserve)[0]).two_qubit_gates for preserve in PRESERVE[:3]]
    assert counts == [2, 2, 1]


@pytest.mark.parametrize("tilt", [1e-3, 1e-5, 3e-7, 2e-8, 1e-9])
@pytest.mark.parametrize("target", ["aria", "forte"])
def test_axes_nearly_parallel_are_not_taken_for_parallel(tilt: float, target: str) -> None:
    """Sums of small tilts show: a comparison of cosines lets 1e-7 rad and more through, and this circuit is off."""
    rows = []
    for _ in range(40):
        rows += [
            Op("zz", (0, 1), (radians("0.5"),)),
            Op("rx", (0,), (Angle(0, tilt),)),
            Op("ry", (1,), (Angle(0, tilt),)),
        ]
        rows += [Op("zz", (1, 2), (radians("0.7"),)), Op("rx", (2,), (Angle(0, tilt),))]
    source = FlatCircuit(3, rows=rows, origins=[None] * len(rows))
    for level in (1, 2):
        result, _ = compiled(source, target, level, "unitary")
        assert np.abs(matrix(source) - matrix(result)).max() < 1e-8


@given(circuits(), st.sampled_from(PRESERVE[:4]))
@settings(max_examples=60, deadline=None)
def test_qis_rows_say_the_same_whether_cheaper_or_not(source: FlatCircuit, preserve: str) -> None:
    """Rows that the runner would drop as dearer are right too; every rotation around an interaction is tried."""
    form = compressed(from_circuit(narrow(source)), preserve)
    rows, origins, phase, _ = written_in_qis(form, preserve)
    result = source.replace(rows=rows, origins=origins, phase=phase)
    assert all(
        GATES[op.gate].gateset == "qis" for op in rows if op.gate in GATES and not op.pinned and op.gate != "nop"
    )
    assert_equal(source, result, Report("", "", 2, inputs=form.inputs), preserve)
