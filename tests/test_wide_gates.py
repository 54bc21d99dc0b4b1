"""Gates with many controls, and exponentials of sums, keep their meaning at the promised cost."""

from __future__ import annotations

from fractions import Fraction
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source, Span
from ionqdsl.ir.angle import Angle, turns
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.operators import anticommuting
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import PassContext, transpile
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.fold_angles import fold_angles
from ionqdsl.simulation.statevector import evolve
from tests.counting import two_qubit_gates

# --- wide gates ----------------------------------------------------------------------------------------------------
from tests.random_circuits import ION, assert_exact, bound, circuit, compiled, matrix, operator_of, two_qubit_rows


@pytest.mark.parametrize("idle", [0, 2])
@pytest.mark.parametrize("controls", [2, 3, 4])
@pytest.mark.parametrize(
    "key", ["x", "y", "z", "h", "s", "t", "v", "p", "rx", "ry", "rz", "cnot", "swap", "xx", "yy", "zz"]
)
def test_wide_gates(key: str, controls: int, idle: int) -> None:
    """Exact with and without wires to borrow, which come back as they were; never more than one control is left."""
    gate = GATES[key]
    controls -= gate.controls + (gate.operands - gate.controls - 1)
    width = controls + gate.operands
    op = Op(key, tuple(range(width))[::-1], (turns("0.137"),) * len(gate.parameters), controls)
    source = circuit(width + idle, op)
    seen: dict[str, FlatCircuit] = {}
    transpile(source, TARGETS["aria"], Options(level=0, preserve="unitary"), watch=seen.setdefault, checked=True)
    broken = seen["break_wide_gates"]
    assert all(op.controls + GATES[op.gate].controls <= 1 for op in broken.rows)
    assert_exact(source, broken)


@pytest.mark.parametrize("key", ["p", "x"])
@pytest.mark.parametrize("controls", [5, 6, 7])
def test_phases_that_count(key: str, controls: int) -> None:
    """The number that the controls hold comes back in every state, the last one, which overflows, included."""
    angles = (turns("0.137"),) * len(GATES[key].parameters)
    source = circuit(controls + 1, Op(key, tuple(range(controls + 1))[::-1], angles, controls))
    seen: dict[str, FlatCircuit] = {}
    transpile(source, TARGETS["forte"], Options(level=0, preserve="unitary"), watch=seen.setdefault)
    assert_exact(source, seen["break_wide_gates"])


def _broken(source: FlatCircuit, preserve: str) -> FlatCircuit:
    seen: dict[str, FlatCircuit] = {}
    transpile(source, TARGETS["forte"], Options(level=0, preserve=preserve), watch=seen.setdefault)
    return seen["break_wide_gates"]


@pytest.mark.parametrize("key", ["x", "z", "p", "ry", "h"])
@pytest.mark.parametrize("controls", [3, 4, 5, 6, 7])
def test_a_wire_in_zero_gathers_controls(key: str, controls: int) -> None:
    """6 n - 7 two-qubit gates, exact for every state of the other wires; the wire is in |0> again afterwards."""
    angles = (turns("0.137"),) * len(GATES[key].parameters)
    source = circuit(controls + 2, Op(key, tuple(range(1, controls + 2)), angles, controls))
    broken = _broken(source, "outcomes")
    difference = np.abs(matrix(broken) - matrix(source))
    assert difference[:, : 2 ** (controls + 1)].max() < 1e-9  # qubit 0, in |0>, is the highest bit
    assert two_qubit_rows(broken) <= 6 * controls - 7
    assert difference.max() > 0.1 or two_qubit_rows(broken) < 6 * controls - 7  # the wire is needed in |0>


def test_a_spare_wire_never_costs_two_qubit_gates() -> None:
    """Gates on four wires merge in blocks; gathered on a fifth, they would be on more pairs."""
    rows = [Op("ry", (q,), (turns("0.1"),)) for q in (0, 2, 3)] + [Op("h", (1,))]
    rows += [Op("h", (2, 0, 1, 3), (), 3), Op("t", (2,)), Op("h", (2, 1), (), 1), Op("h", (0, 1, 2), (), 2)]
    source = circuit(5, *rows, Op("ry", (0, 3, 2), (turns("0.1"),), 2), *(Op("h", (q,)) for q in range(5)))
    counts = [two_qubit_gates(source, preserve) for preserve in ("measurement", "outcomes")]
    assert counts == sorted(counts, reverse=True)


def test_a_wire_that_may_not_be_in_zero_is_only_borrowed() -> None:
    """After a gate, after a barrier, under a contract for all inputs; a reset makes it known again."""
    wide = Op("p", (0, 1, 2, 3, 4), (turns("0.1"),), 4)
    used, barrier, reset = Op("h", (5,)), Op("barrier", (5,)), Op("reset", (5,))
    rows = {"plain": [wide], "used": [used, wide], "barrier": [barrier, wide], "reset": [used, reset, wide]}
    counts = {name: two_qubit_rows(_broken(circuit(6, *several), "outcomes")) for name, several in rows.items()}
    assert counts == {"plain": 17, "used": 25, "barrier": 25, "reset": 17}
    assert two_qubit_rows(_broken(circuit(6, wide), "measurement")) == 25


def _two_qubit_gates(key: str, controls: int, idle: int) -> int:
    angles = (turns("0.137"),) * len(GATES[key].parameters)
    source = circuit(controls + 1 + idle, Op(key, tuple(range(controls + 1)), angles, controls))
    seen: dict[str, FlatCircuit] = {}
    transpile(source, TARGETS["forte"], Options(level=0), watch=seen.setdefault)
    return two_qubit_rows(seen["break_wide_gates"])


def test_counts_of_wide_gates() -> None:
    """Five for a Toffoli; linear with a wire to borrow and nearly so for rotations; quadratic for phases."""
    assert [_two_qubit_gates("x", n, 0) for n in range(1, 7)] == [1, 5, 13, 25, 41, 61]  # 2 n (n - 1) + 1
    assert [_two_qubit_gates("p", n, 0) for n in range(1, 7)] == [1, 5, 13, 25, 41, 61]
    assert [_two_qubit_gates("x", n, 1) for n in (3, 4, 5, 6)] == [13, 20, 28, 36]
    assert [_two_qubit_gates("x", n, n) for n in (4, 5, 6, 7)] == [20, 28, 36, 44]  # 8 n - 12
    assert [_two_qubit_gates("rz", n, 0) for n in (1, 2, 3, 4, 5)] == [1, 4, 8, 14, 20]
    assert [_two_qubit_gates("rx", n, 0) for n in (2, 3)] == [4, 8]
    for n in (8, 20, 50):
        assert _two_qubit_gates("x", n, n) <= 8 * n
        assert _two_qubit_gates("x", n, 1) <= 16 * n
        assert _two_qubit_gates("ry", n, 0) <= 24 * n
        assert _two_qubit_gates("x", n, 0) <= 2 * n * n


def _dense(rows: list[Op], width: int) -> np.ndarray:
    return matrix(circuit(width, *rows))


@pytest.mark.parametrize("gathered", [0, 2, 3], ids=["planned", "two", "three"])
@pytest.mark.parametrize("is_turned", [True, False])
@pytest.mark.parametrize("idle", [1, 3])
def test_every_way_to_break_a_flip(monkeypatch: pytest.MonkeyPatch, gathered: int, is_turned: bool, idle: int) -> None:
    """Also those that only pay for thirty controls: forced here on four, and judged by matrices.

    A relative flip is right up to phases of basis states, on borrowed wires too; a toggle may flip these besides.
    """
    wide = import_module("ionqdsl.passes.break_wide_gates")
    width = 5 + idle
    controls, target, lent = (4, 2, 0, 1), 3, tuple(range(5, width))
    expected = _dense([Op("x", (*controls, target), (), 4)], width)
    if gathered:
        known, flips = wide.relative_plan, wide.flip_plan
        forced, plan = wide.GatheringPlan(0, gathered), wide.FlipPlan(0, gathered, is_turned)
        monkeypatch.setattr(wide, "relative_plan", lambda n, i: forced if n == 4 else known(n, i))
        monkeypatch.setattr(wide, "flip_plan", lambda n, i: plan if n == 4 else flips(n, i))
    for is_toggled in (False, True) if gathered else (None,):
        if is_toggled is not None:
            monkeypatch.setattr(wide, "_is_toggled", lambda *sizes, way=is_toggled: way)
        relative = _dense(wide.relative_flip(controls, target, lent), width)
        assert np.abs(np.abs(relative) - expected).max() < 1e-9
        assert np.abs(_dense(wide.flip(controls, target, lent), width) - expected).max() < 1e-9


def test_wide_flips_on_basis_states() -> None:
    """Ten controls and one wire to borrow, where controls are gathered in two groups: all 4096 basis states at once."""
    op = Op("x", tuple(range(11)), (), 10)
    seen: dict[str, FlatCircuit] = {}
    transpile(circuit(12, op), TARGETS["forte"], Options(level=0), watch=seen.setdefault)
    generator = np.random.default_rng(5)
    before = generator.normal(size=(1, 2**12)) + 1j * generator.normal(size=(1, 2**12))
    expected, found = before.copy(), before.copy()
    evolve(expected, [op])
    evolve(found, seen["break_wide_gates"].rows)
    assert two_qubit_rows(seen["break_wide_gates"]) == 84
    assert np.abs(expected - found).max() < 1e-9


def test_fredkin_is_six_interactions() -> None:
    source = circuit(3, Op("swap", (0, 1, 2), (), 1))
    assert cost_of(compiled(source, "forte")).two_qubit_gates == 6


def test_wide_symbolic_rotations_stay_linear() -> None:
    theta = Angle.of("a", radians=1)
    source = circuit(5, *(Op(key, (4, 2, 0, 1), (theta,), 3) for key in ("rx", "rz", "p")))
    result = compiled(source, "aria")
    for value in (0.0, 0.3, -2.0, 7.0):
        folded = fold_angles(bound(result, {"a": value}), PassContext(TARGETS["aria"], Options(preserve="unitary")))
        assert_exact(bound(source, {"a": value}), folded)


# --- pauliexp ------------------------------------------------------------------------------------------------------


COMMUTING = [
    operator_of(("X", 1)),
    operator_of(("II", 2), ("XY", Fraction(1, 3))),
    operator_of(("XXI", 0.5), ("IXX", -1), ("XIX", Fraction(2, 7))),
    operator_of(("XYZ", 1), ("III", Fraction(1, 2))),
    operator_of(("XX", 1), ("YY", 2), ("ZZ", 3)),
    operator_of(("ZIYX", 1), ("IZII", -2)),
]


@pytest.mark.parametrize("controls", [0, 1, 2])
@pytest.mark.parametrize("operator", COMMUTING, ids=range(len(COMMUTING)))
def test_commuting_pauliexp(operator: Operator, controls: int) -> None:
    operands = 1 + max((index for product, _ in operator.terms for _, index in product), default=0)
    width = operands + controls
    op = Op("pauliexp", tuple(range(width))[::-1], (Angle(0, Fraction(7, 10)),), controls, operator=operator)
    source = circuit(width, op)
    for target in ("qis", *ION):
        assert_exact(source, compiled(source, target))
    assert_exact(source, compiled(source, "qis", wire="v0.4-clients"))


def test_the_clients_profile_keeps_what_it_can_spell() -> None:
    """Uncontrolled and commuting; steps of commuting terms are dropped, the identity becomes a phase."""

    def kept(operator: Operator, controls: int = 0) -> list[Operator | None]:
        op = Op("pauliexp", tuple(range(2 + controls)), (Angle(0, 1),), controls, operator=operator)
        result = compiled(circuit(2 + controls, op), "qis", wire="v0.4-clients")
        return [row.operator for row in result.rows if row.gate == "pauliexp"]

    assert kept(operator_of(("II", 5), ("XX", 1), ("ZZ", 2), steps=3)) == [operator_of(("XX", 1), ("ZZ", 2))]
    assert kept(operator_of(("II", 5))) == []
    assert kept(operator_of(("XX", 1)), controls=1) == []
    assert kept(operator_of(("XI", 1), ("ZZ", 2), steps=3)) == []


def test_terms_that_do_not_commute_ask_for_steps() -> None:
    span = Span(Source("pauliexp"), 0, 8)
    operator = operator_of(("XX", 1), ("ZZ", 1), ("ZI", 0.5), ("IY", 1))
    source = circuit(2)
    source.add(Op("pauliexp", (0, 1), (Angle(0, 1),), operator=operator), span)
    for target in ("qis", *ION):
        with pytest.raises(CompileError) as error:
            transpile(source, TARGETS[target], Options(wire="v0.4-clients"))
        (found,) = error.value.diagnostics
        assert (found.code, found.place) == ("QC0600", span)
        assert (found.facts["first"], found.facts["second"]) == ("X[0]*X[1]", "Z[0]")
        assert any("steps" in text for text in found.helps)
    stepped = circuit(2, Op("pauliexp", (0, 1), (Angle(0, 1),), operator=operator._replace(steps=3)))
    for target in ("qis", *ION):
        assert_exact(stepped, compiled(stepped, target))


def test_too_many_steps_are_refused_before_memory_is() -> None:
    operator = operator_of(("X", 1), ("Z", 1), steps=10**9)
    with pytest.raises(CompileError) as error:
        transpile(circuit(1, Op("pauliexp", (0,), (Angle(0, 1),), operator=operator)), TARGETS["qis"])
    assert error.value.diagnostics[0].code == "QC0601"


@given(st.lists(st.text("IXYZ", min_size=3, max_size=3), min_size=1, max_size=6))
def test_commutation_against_matrices(letters: list[str]) -> None:
    """The linear test finds a clash exactly when some pair of matrices does not commute, and names such a pair."""
    operator = operator_of(*((text, 1) for text in letters))

    def dense(product: Any) -> np.ndarray:
        states = np.eye(8, dtype=complex)
        exponential = Op("pauliexp", (0, 1, 2), (Angle(0, 1),), operator=Operator(((product, 1),)))
        evolve(states, [exponential])
        return states

    matrices = [dense(product) for product, _ in operator.terms]
    clash = any(np.abs(a @ b - b @ a).max() > 1e-9 for a in matrices for b in matrices)
    found = anticommuting(operator)
    assert (found is not None) == clash
    if found is not None:
        a, b = map(dense, found)
        assert np.abs(a @ b - b @ a).max() > 1e-9
