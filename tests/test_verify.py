"""The verifier distinguishes circuits that differ, and no others, under each contract.

Every pair here is known to be equal or not from algebra. A verifier that says "equal" too easily would hide every fault
of the optimiser, so most tests are about small differences: one phase, one swapped input, one dropped gate.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.ir.angle import Angle, turns
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Operator
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.verify import STATE_QUBITS, UNITARY_QUBITS, equivalent, in_range, invariants, takes_angle
from tests.random_circuits import circuit

CONTRACTS = ("unitary", "permuted", "measurement", "outcomes")


def scrambled(width: int, rows: int, seed: int) -> FlatCircuit:
    """A circuit without structure: its inputs and outputs are all told apart."""
    generator = random.Random(seed)
    result = circuit(width)
    for row in range(rows):
        a, b = (row % width, (row + 1) % width) if row < width else generator.sample(range(width), 2)
        result.add(Op("rx", (a,), (Angle(generator.uniform(0, 1)),)))
        result.add(Op("rz", (b,), (Angle(generator.uniform(0, 1)),)))
        result.add(Op("cnot", (a, b)))
    return result


def with_rows(source: FlatCircuit, before: list[Op], after: list[Op]) -> FlatCircuit:
    rows = [*before, *source.rows, *after]
    return source.replace(rows=rows, origins=[None] * len(rows))


def renamed_inputs(source: FlatCircuit, inputs: tuple[int, ...]) -> FlatCircuit:
    """The circuit after swaps that bring input q to where inputs[q] was."""
    place, swaps = list(range(source.width)), []
    for q in range(source.width):
        p = place.index(inputs[q])
        if p != q:
            place[p], place[q] = place[q], place[p]
            swaps.append(Op("swap", (p, q)))
    # place[q] says which of `source`'s inputs wire q has to hold; the swaps carry it there
    return with_rows(source, swaps, [])


SIZES = [4, UNITARY_QUBITS + 1]
"""One compared by whole unitaries, one by states."""


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("preserve", CONTRACTS)
def test_equal_circuits(width: int, preserve: str) -> None:
    """Written in another way, with another global phase and a barrier."""
    a = scrambled(width, 12, 1)
    b = with_rows(
        a, [Op("h", (0,)), Op("h", (0,)), Op(BARRIER, (0, 1))], [Op("x", (1,)), Op("rx", (1,), (turns("-1/2"),))]
    )
    b = b.replace(phase=turns("0.123"))
    verdict = equivalent(a, b, preserve)
    assert verdict
    assert verdict.equal is True
    assert verdict.deviation < 1e-9
    assert verdict.checked
    assert verdict.method in ("unitary", "rotations", "distribution")


@pytest.mark.parametrize("width", SIZES)
@pytest.mark.parametrize("place", [0, 7, 35])
@pytest.mark.parametrize("preserve", CONTRACTS)
def test_one_small_difference(width: int, preserve: str, place: int) -> None:
    """A turn of a thousandth somewhere inside is seen."""
    a = scrambled(width, 12, 1)
    rows = list(a.rows)
    rows.insert(place, Op("ry", (place % width,), (turns("0.001"),)))
    verdict = equivalent(a, a.replace(rows=rows, origins=[None] * len(rows)), preserve)
    assert verdict.equal is False
    assert 1e-6 < verdict.deviation < 1


@pytest.mark.parametrize("width", SIZES)
def test_final_diagonals(width: int) -> None:
    """Any diagonal at the very end counts under `unitary` only; the same gates at the start count under both."""
    a = scrambled(width, 12, 2)
    diagonal = [Op("rz", (0,), (turns("0.1"),)), Op("zz", (0, 2), (turns("0.2"),)), Op("t", (3, 1), (), 1)]
    b = with_rows(a, [], diagonal)
    assert not equivalent(a, b, "unitary")
    assert equivalent(a, b, "measurement")
    assert equivalent(a, b, "outcomes")
    c = with_rows(a, diagonal, [])
    assert not equivalent(a, c, "unitary")
    assert not equivalent(a, c, "measurement")
    assert equivalent(a, c, "outcomes"), "on |0...0> a diagonal is a phase"


@pytest.mark.parametrize("inputs", [(1, 0, 2, 3), (1, 2, 3, 0), (3, 1, 0, 2)])
def test_renamed_inputs(inputs: tuple[int, ...]) -> None:
    a = scrambled(4, 12, 3)
    b = with_rows(renamed_inputs(a, inputs), [], [Op("rz", (2,), (turns("0.3"),))])
    found = equivalent(a, b, "measurement")
    assert found, "found without being told"
    given_ = equivalent(a, b, "measurement", inputs=found.inputs)
    assert given_
    assert given_.inputs == found.inputs
    others = [(0, 1, 2, 3), (1, 0, 2, 3), (1, 2, 3, 0), (3, 1, 0, 2), (2, 3, 1, 0)]
    for other in others:
        if other != found.inputs:
            assert not equivalent(a, b, "measurement", inputs=other)
    assert not equivalent(a, b, "unitary")
    assert equivalent(a, b, "outcomes"), "all inputs are |0>"


def test_what_a_renaming_means() -> None:
    """inputs[q] is the qubit of the first circuit whose |0> qubit q of the second takes; a cycle has a direction."""
    a = circuit(3, Op("x", (0,)), Op("h", (1,)), Op("v", (2,)), Op("cnot", (0, 1)), Op("cnot", (1, 2)))
    # U_b = U_a P: input 0 of b is carried to wire 1, 1 to 2 and 2 to 0 before the circuit starts.
    b = with_rows(a, [Op("swap", (0, 1)), Op("swap", (0, 2))], [])
    assert equivalent(a, b, "measurement", inputs=(1, 2, 0))
    assert not equivalent(a, b, "measurement", inputs=(2, 0, 1))


def test_renamed_inputs_of_wide_circuits() -> None:
    """The renaming is worked out where it is not given, and a wrong one proves nothing."""
    width = UNITARY_QUBITS + 1
    a = scrambled(width, 30, 4)
    inputs = (1, 2, 0, *range(3, width))
    b = with_rows(a, [Op("swap", (0, 1)), Op("swap", (0, 2))], [])
    assert equivalent(a, b, "measurement", inputs=inputs)
    assert equivalent(a, b, "measurement").inputs == inputs
    assert not equivalent(a, b, "measurement", inputs=(2, 0, 1, *range(3, width)))


def test_renamings_of_a_fourier_transform_are_found() -> None:
    """All its inputs look alike in every output's distribution; only the whole matrix tells them apart."""
    rows = []
    for q in range(4):
        rows.append(Op("h", (q,)))
        rows += [Op("p", (other, q), (Angle(Fraction(1, 2 ** (other - q + 1))),), 1) for other in range(q + 1, 4)]
    a = circuit(4, *rows)
    b = with_rows(a, [Op("swap", (0, 3)), Op("swap", (1, 2))], [])
    assert equivalent(a, b, "measurement").inputs == (3, 2, 1, 0)
    assert not equivalent(a, with_rows(b, [Op("x", (0,))], []), "measurement")


def test_outcomes_are_a_weaker_contract() -> None:
    """From |0...0> a cnot does nothing, and only the contract `outcomes` may know."""
    a, b = circuit(2, Op("cnot", (0, 1)), Op("h", (0,))), circuit(2, Op("h", (0,)))
    assert equivalent(a, b, "outcomes")
    assert not equivalent(a, b, "measurement")
    assert not equivalent(a, circuit(2, Op("h", (1,))), "outcomes")


def test_only_wires_in_use_count() -> None:
    """Forty qubits of which four do something are compared by their unitary."""
    small = scrambled(4, 12, 5)
    places = (3, 17, 22, 39)
    rows = [op._replace(qubits=tuple(places[q] for q in op.qubits)) for op in small.rows]
    a = circuit(40, *rows)
    b = circuit(40, *rows, Op("rz", (17,), (turns("0.1"),)), Op(BARRIER, tuple(range(40))))
    assert equivalent(a, b, "measurement").method == "unitary"
    assert equivalent(a, b, "measurement").inputs == tuple(range(40))
    assert not equivalent(a, b, "unitary")
    swapped = list(range(40))
    swapped[0], swapped[3] = 3, 0
    assert equivalent(a, a, "measurement", inputs=swapped).equal is False
    swapped = list(range(40))
    swapped[0], swapped[1] = 1, 0
    assert equivalent(a, a, "measurement", inputs=swapped).equal is False


def test_what_cannot_be_judged_is_not_equal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Interactions of a width that no matrix holds are undone; sums over paths would prove it."""
    monkeypatch.setattr("ionqdsl.verify.by_paths.MOST_ROWS", 0)
    width = STATE_QUBITS + 1
    a = scrambled(width, 40, 8)
    conjugated = [*a.rows, *(op._replace(angles=tuple(-x for x in op.angles)) for op in reversed(a.rows))]
    b = with_rows(circuit(width), conjugated, [])
    verdict = equivalent(circuit(width, *(Op("rx", (q,), (turns("1"),)) for q in range(width))), b)
    assert verdict.equal is None
    assert not verdict
    assert str(width) in verdict.unchecked
    assert not equivalent(circuit(2), circuit(3))
    assert equivalent(circuit(3), circuit(3))


def test_parameters_without_values() -> None:
    theta, opaque = Angle.of("theta", radians=1), Angle.of("sin(theta)", radians=1)
    a = circuit(2, Op("rx", (0,), (theta,)), Op("rx", (0,), (theta,)), Op("ry", (1,), (opaque,)))
    b = circuit(2, Op("ry", (1,), (opaque,)), Op("rx", (0,), (theta * 2,)))
    assert equivalent(a, b)
    assert "parameters" in equivalent(a, b).unchecked
    assert not equivalent(a, circuit(2, Op("ry", (1,), (opaque,)), Op("rx", (0,), (theta * 3,))))
    assert not equivalent(a, circuit(2, Op("ry", (1,), (theta,)), Op("rx", (0,), (theta * 2,))))


def test_equal_runs_give_equal_verdicts() -> None:
    a = scrambled(UNITARY_QUBITS + 1, 12, 1)
    assert equivalent(a, a, "measurement") == equivalent(a, a, "measurement")


@given(st.integers(0, 10**6), st.sampled_from(CONTRACTS))
@settings(max_examples=25, deadline=None)
def test_different_circuits_are_different(seed: int, preserve: str) -> None:
    assert not equivalent(scrambled(3, 6, seed), scrambled(3, 6, seed + 1), preserve)


# --- invariants ----------------------------------------------------------------------------------------------------


FAULTS = {
    "not among": Op("h", (2,)),
    "a qubit twice": Op("cnot", (1, 1)),
    "not in the gate table": Op("hadamard", (0,)),
    "but 1 qubits": Op("cnot", (0,)),
    "1 controls and 1 operands": Op("h", (0,), (), 1),
    "0 angles": Op("rx", (0,)),
    "1 angles": Op("h", (0,), (turns("1"),)),
    "belongs to pauliexp": Op("rx", (0,), (turns("1"),), operator=Operator(())),
    "operator belongs": Op("pauliexp", (0,), (turns("1"),)),
}


@pytest.mark.parametrize("text", FAULTS)
def test_faults_of_rows(text: str) -> None:
    assert invariants(circuit(2, Op("h", (0,)))) == []
    faults = invariants(circuit(2, Op("h", (0,)), FAULTS[text]))
    assert any(text in fault for fault in faults), faults


def test_origins_run_parallel() -> None:
    broken = circuit(1, Op("h", (0,)))
    broken.origins.append(None)
    assert "1 rows but 2 origins" in invariants(broken)


def test_faults_against_a_target() -> None:
    ms, zz = (
        Op(key, (0, 1), (turns("0"),) * (count - 1) + (turns("0.1"),)) for key, count in (("ms", 3), ("zz_native", 1))
    )
    gpi = Op("gpi", (0,), (turns("0.3"),))
    accepted = {
        "aria": [ms, gpi, Op("nop", (), (Angle(0, 1),)), Op(BARRIER, (0, 1))],
        "forte": [zz, gpi, zz._replace(angles=(turns("-0.2"),))],
        "qis": [Op("h", (0,)), Op("x", (0, 1), (), 1), Op("swap", (1, 0))],
    }
    for target, rows in accepted.items():
        assert invariants(circuit(2, *rows), TARGETS[target]) == []
    refused = {
        "aria": [
            zz,
            Op("h", (0,)),
            Op("gpi", (0, 1), (turns("0"),), 1),
            ms._replace(angles=(*ms.angles[:2], turns("0.3"))),
        ],
        "forte": [ms, zz._replace(angles=(turns("-1/4"),)), gpi._replace(angles=(turns("1.1"),))],
        "qis": [ms, gpi, Op("p", (0,), (turns("0.1"),))],
    }
    for target, rows in refused.items():
        for row in rows:
            assert len(invariants(circuit(2, row), TARGETS[target])) == 1, (target, row)


def test_ranges_of_machines() -> None:
    """The ends: 0 and 1/4 for ms; -1/4 is excluded for zz, as it equals 1/4 up to frames."""
    aria, forte = TARGETS["aria"], TARGETS["forte"]
    assert [takes_angle(aria, turns(t)) for t in ("-0.001", "0", "1/4", "0.251")] == [False, True, True, False]
    assert [takes_angle(forte, turns(t)) for t in ("-1/4", "-0.249", "1/4", "0.251")] == [False, True, True, False]
    assert takes_angle(aria, Angle.of("theta", turns=1))
    assert in_range(Op("gpi", (0,), (turns("-1"),)), aria)
    assert not in_range(Op("gpi", (0,), (turns("-1.01"),)), aria)
    assert in_range(Op("gpi", (0,), (turns("7"),), pinned=1), aria)
    assert not in_range(Op("ms", (0, 1), (turns("0"), turns("2"), turns("0.1"))), aria)


def test_compilation_notes_how_it_renames() -> None:
    """Compilation notes how it renames inputs; without the note, or with a wrong one, equality is found as well."""
    source = with_rows(
        scrambled(12, 24, 5), [], [Op("swap", (0, 5)), Op("ry", (5,), (turns("0.05"),)), Op("swap", (3, 5))]
    )
    result, _, report = transpile(source, TARGETS["aria"], Options(level=2))
    assert report.inputs is not None
    assert result.inputs == report.inputs
    assert equivalent(source, result, "measurement").equal is True
    assert equivalent(result, source, "measurement").equal is True
    blank = result.replace(inputs=None)
    assert equivalent(source, blank, "measurement").inputs == report.inputs
    lie = result.replace(inputs=tuple(reversed(range(12))))
    assert equivalent(source, lie, "measurement").equal is True
    wrong = with_rows(blank, [], [Op("gpi", (0,), (Angle(0),))])
    assert equivalent(source, wrong, "measurement").equal is False


def test_an_unused_zero_is_as_good_as_a_used_one() -> None:
    """Only from |0...0>: a spare qubit may lend its input, so that others pass theirs on."""
    one = circuit(3, Op("h", (0,)), Op("cnot", (0, 1)))
    names = (2, 1, 0)  # qubit 0 starts as the spare one
    assert equivalent(one, one, "outcomes", 0, names).equal
    assert equivalent(one, one, "outcomes", 0, (1, 2, 0)).equal
    verdict = equivalent(one, one, "measurement", 0, names)
    assert verdict.equal is False
    assert "neither circuit uses" in verdict.checked
