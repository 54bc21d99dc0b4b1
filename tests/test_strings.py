"""Strings of rotations: they prove a synthesis of the same rotations, at any width, and nothing that is not true.

Would catch a wrong sign or power of i of a string, a rotation moved past one that does not commute with it, an eighth
turn taken for its inverse without the Clifford between them, and circuits called equal whose matrices differ.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ionqdsl.ir.angle import turns
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.passes.rotations import window_forms
from ionqdsl.passes.rotations.fold_rotations import circuit_of
from ionqdsl.passes.rotations.window_forms import ProgramPair
from ionqdsl.verify import by_strings, equivalent, exact
from tests.random_circuits import circuit
from tests.test_paths import EXACT, TURNED, few_rows, is_equal, row


@given(st.integers(0, 10**6), st.sampled_from([EXACT, TURNED]), st.sampled_from(["unitary", "measurement"]))
@settings(deadline=None)
def test_nothing_false_is_proven(seed: int, kinds: tuple[str, ...], preserve: str) -> None:
    """Circuits that differ in a row, or in the order of two, are often equal; a proof must agree with matrices."""
    draw = random.Random(seed)
    width, fitting, rows = few_rows(draw, kinds)
    others = [*rows]
    place, second = draw.randrange(len(rows)), draw.randrange(len(rows))
    others[place], others[second] = others[second], others[place]
    if draw.random() < 0.5:
        others.insert(place, row(draw.choice(fitting), draw, width))
    a, b = circuit(width, *rows), circuit(width, *others)
    if by_strings.proof(a, b, preserve, range(width), 1e-7).equal:
        assert is_equal(a, b, preserve)


@pytest.mark.parametrize("preserve", ["unitary", "measurement"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((Op("t", (0,)), Op("s", (0,))), (Op("ti", (0,)), Op("z", (0,)))),
        ((Op("h", (0,)), Op("t", (0,)), Op("h", (0,))), (Op("rx", (0,), (turns(0.125),)),)),
        ((Op("cnot", (0, 1)), Op("rz", (1,), (turns(0.1),)), Op("cnot", (0, 1))), (Op("zz", (0, 1), (turns(0.1),)),)),
        ((Op("gpi2", (0,), (turns(0.1),)),) * 2, (Op("gpi", (0,), (turns(0.1),)),)),
        ((Op("swap", (0, 1)), Op("rz", (1,), (turns(0.1),))), (Op("rz", (0,), (turns(0.1),)), Op("swap", (0, 1)))),
    ],
)
def test_rotations_are_found_after_other_cliffords(one: tuple[Op, ...], other: tuple[Op, ...], preserve: str) -> None:
    a, b = circuit(2, *one), circuit(2, *other)
    assert is_equal(a, b, preserve)
    assert by_strings.proof(a, b, preserve, range(2), 1e-9).equal


def test_only_a_measurement_forgets_a_diagonal_at_the_end() -> None:
    a = circuit(2, Op("h", (0,)), Op("cnot", (0, 1)))
    b = circuit(2, Op("h", (0,)), Op("cnot", (0, 1)), Op("zz", (0, 1), (turns(0.1),)), Op("s", (1,)))
    assert by_strings.proof(a, b, "measurement", range(2), 1e-9).equal
    assert not by_strings.proof(a, b, "unitary", range(2), 1e-9).equal
    late = b.replace(rows=[*b.rows, Op("h", (1,))], origins=[None] * 5)
    assert not by_strings.proof(circuit(2, *a.rows, Op("h", (1,))), late, "measurement", range(2), 1e-9).equal


def test_inputs_have_their_names() -> None:
    a = circuit(3, Op("rx", (0,), (turns(0.1),)), Op("cnot", (0, 1)))
    b = circuit(3, Op("swap", (0, 1)), Op("swap", (1, 2)), Op("rx", (0,), (turns(0.1),)), Op("cnot", (0, 1)))
    names = [2, 0, 1]  # qubit 0 of b holds, after the swaps, its input 1, which is input 0 of a
    assert by_strings.proof(a, b, "permuted", names, 1e-9).equal
    assert exact.proof(a, b, "permuted", names, 1e-9).equal
    assert not by_strings.proof(a, b, "permuted", range(3), 1e-9).equal


def _random_lines(rows: int, width: int) -> FlatCircuit:
    """Few turns after many flips, so that windows have shorter syntheses."""
    draw = random.Random(rows)
    made = []
    for _ in range(rows):
        pair = tuple(draw.sample(range(width), 2))
        kind = draw.random()
        turned = Op("rz", pair[:1], (turns(draw.uniform(-0.5, 0.5)),))
        made.append(turned if kind < 0.1 else Op("h", pair[:1]) if kind < 0.3 else Op("cnot", pair))
    return circuit(width, *made)


@pytest.fixture
def pairs(monkeypatch: pytest.MonkeyPatch) -> list[ProgramPair]:
    """The programs before and after windows of a compilation, which takes few rotations for many."""
    found: list[ProgramPair] = []
    monkeypatch.setattr("ionqdsl.passes.resynthesise.MOST_ROWS", 100)
    whole = window_forms.window_forms

    def noted(engines: object, preserve: str, met: list[ProgramPair]) -> object:
        forms = whole(engines, preserve, met)  # type: ignore[arg-type]
        found.extend(met)
        return forms

    monkeypatch.setattr("ionqdsl.passes.resynthesise.window_forms", noted)
    return found


def test_windows_are_proven_where_rows_cannot_be_matched(pairs: list[ProgramPair]) -> None:
    """Before, windows on more wires than a matrix may have left them undecided."""
    source = _random_lines(800, 30)
    transpile(source, TARGETS["forte"], Options(level=2, preserve="measurement"))
    assert pairs
    for pair in pairs:
        before, after = (circuit_of(program, pair.inputs) for program in pair[:2])
        assert by_strings.proof(before, after, "unitary", range(30), 1e-9).equal
        wrong = [*after.rows]
        wrong[200], wrong[201:203] = wrong[202], [wrong[200], wrong[201]]
        other = after.replace(rows=wrong[:-1], origins=[None] * (len(wrong) - 1))
        assert not by_strings.proof(before, other, "unitary", range(30), 1e-9).equal


@pytest.mark.parametrize("preserve", ["unitary", "measurement"])
def test_a_proof_goes_by_way_of_the_programs(
    preserve: str, pairs: list[ProgramPair], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With matrices of few wires a result of windows is proven only in steps, and a wrong result is not."""
    monkeypatch.setattr("ionqdsl.verify.matching.WIDEST", 4)
    monkeypatch.setattr("ionqdsl.verify.by_paths.MOST_ROWS", 0)  # which take long to find that they prove nothing
    source = _random_lines(800, 30)
    result, _, report = transpile(source, TARGETS["forte"], Options(level=2, preserve=preserve, verify=True))
    assert report.verdict is not None
    assert report.verdict.equal
    assert "states" not in report.verdict.method
    assert pairs
    ways = [[circuit_of(program, pair.inputs) for program in pair[:2]] for pair in pairs]
    rows = [*result.rows]
    place = next(number for number, op in enumerate(rows) if number > 300 and len(op.qubits) == 2)
    rows[place] = rows[place]._replace(angles=(rows[place].angles[0] + turns(0.01),))
    wrong = equivalent(source, result.replace(rows=rows), preserve, inputs=report.inputs or range(30), via=lambda: ways)
    assert not wrong.equal
