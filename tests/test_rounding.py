"""One account of errors for a whole circuit: written angles stay, rounding is bounded, `--verify` agrees.

Would catch a threshold that drops small rotations one by one, so that thousands of them add up; a bound that does not
hold; a written angle lost among numbers of order 1; a pass that spends and does not report it.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction

import mpmath
import numpy as np
import pytest

import ionqdsl as iq
from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.interactions import AxisRotation, Interaction
from ionqdsl.algebra.rotations import Axes, unit
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir import rounding
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.ir.unwinding import small
from ionqdsl.passes import Report, transpile
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.interactions.settle_axes import settle_axes
from ionqdsl.pipeline import load
from ionqdsl.simulation.simulate import unitary
from ionqdsl.verify import equivalent

SMALL = [1e-6, 1e-8, 1e-9, 3e-10, 1e-10, 2e-11, 1e-11, 5e-12, 1e-12, 1e-13, 1e-15]
MACHINES = ("qis", "aria", "forte")


def radians(size: float) -> Angle:
    """As a program would have it, exactly."""
    return Angle(0, Fraction(repr(size)))


def of_small_rotations(rows: int, width: int, seed: int) -> FlatCircuit:
    """Mostly rotations by nearly nothing or by nearly eighths of a turn, on one and two qubits, with barriers
    between.
    """
    draw = random.Random(seed)

    def size() -> Angle:
        small = draw.choice(SMALL) * draw.choice([1, -1])
        kind = draw.random()
        if kind < 0.75:
            return radians(small)
        return (
            Angle(Fraction(draw.randrange(-4, 5), 8), Fraction(repr(small)))
            if kind < 0.9
            else radians(round(draw.uniform(-3, 3), 3))
        )

    ops = []
    for _ in range(rows):
        a, b = draw.sample(range(width), 2)
        kind = draw.random()
        if kind < 0.5:
            ops.append(Op(draw.choice(["rx", "ry", "rz"]), (a,), (size(),)))
        elif kind < 0.75:
            ops.append(Op(draw.choice(["xx", "yy", "zz"]), (a, b), (size(),)))
        elif kind < 0.85:
            ops.append(Op(draw.choice(["h", "x", "s", "v"]), (a,)))
        elif kind < 0.92:
            ops.append(Op("cnot", (a, b)) if draw.random() < 0.5 else Op("p", (a, b), (size(),), 1))
        else:
            ops.append(Op("barrier", tuple(sorted(draw.sample(range(width), draw.randint(1, width))))))
    return FlatCircuit(width, rows=ops, origins=[None] * len(ops))


def deviation(source: FlatCircuit, result: FlatCircuit, report: Report) -> float:
    """Of the matrices, by the properties in the contract, worked out here: no code is shared with verify."""
    width = source.width
    before, after = unitary(source), unitary(result)
    if report.preserve == "outcomes":
        return float(np.abs(np.abs(before[:, 0]) ** 2 - np.abs(after[:, 0]) ** 2).sum()) / 2
    names = report.inputs or tuple(range(width))
    columns = [
        sum((index >> (width - 1 - q) & 1) << (width - 1 - name) for q, name in enumerate(names))
        for index in range(1 << width)
    ]
    before = before[:, columns]
    overlaps = np.einsum("ij,ij->i", before.conj(), after)
    phases = np.full(len(after), overlaps.sum()) if report.preserve in ("unitary", "permuted") else overlaps
    return float(np.linalg.norm(after - (phases / np.abs(phases))[:, None] * before, 2))


@pytest.mark.parametrize("target", MACHINES)
@pytest.mark.parametrize("preserve", PRESERVE[:4])
@pytest.mark.parametrize(("rows", "levels"), [(400, (0, 1, 2)), (60, (3,))])
def test_hundreds_of_small_rotations_stay_within_the_bound(
    target: str, preserve: str, rows: int, levels: tuple[int, ...]
) -> None:
    """By an independent comparison of matrices; the reported error bounds the true one, and --verify agrees."""
    source = of_small_rotations(rows, 3, rows)
    for level in levels:
        options = Options(target, level, preserve, effort=0.3, verify=level == 2)
        result, said, report = transpile(source, TARGETS[target], options)
        own = 1e-15 * rows  # of the matrices themselves
        assert said == []
        assert report.negligible == 1e-9
        assert report.neglected <= report.negligible
        assert deviation(source, result, report) <= report.neglected + own


@pytest.mark.parametrize(("width", "rows"), [(12, 400), (12, 1200), (24, 600)])
def test_wide_circuits_of_small_rotations_are_proven_equal(width: int, rows: int) -> None:
    """Row by row, where the compared angles are small as well: the sum of rounding errors is no difference."""
    source = of_small_rotations(rows, width, rows)
    for preserve in ("unitary", "permuted", "measurement"):
        _, said, report = transpile(source, TARGETS["forte"], Options("forte", 2, preserve, verify=True))
        assert said == []
        assert report.verdict
        assert report.verdict.deviation < 1e-9


def test_a_rotation_that_is_missing_is_seen_in_a_wide_circuit() -> None:
    """Of all the small ones, one that is above the tolerance."""
    source = of_small_rotations(300, 12, 3)
    source.add(Op("zz", (3, 7), (radians(1e-6),)))
    less = source.replace(rows=source.rows[:-1], origins=source.origins[:-1])
    verdict = equivalent(source, less, "unitary", tolerance=rounding.tolerance(300))
    assert verdict.equal is False
    assert equivalent(source, source, "unitary", tolerance=rounding.tolerance(300))


def test_ten_thousand_rows() -> None:
    """As many as a long experiment has: 1e-8 for all of them together, and in fact far less."""
    source = of_small_rotations(10_000, 2, 5)
    result, _, report = transpile(source, TARGETS["forte"], Options("forte", 2, "unitary"))
    assert deviation(source, result, report) <= min(1e-9, report.neglected + 1e-11)


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_thousand_rotations_between_barriers_are_kept(level: int) -> None:
    """Each is 1e-9, together they are 1e-6: dropped one by one they were 4.9e-7 off."""
    text = "qubit q[2]\nh q\nrz(0.3) q\nfor i in range(1000) { rx(1e-9) q[0]; barrier q }\nh q\n"
    program, _ = load(Source(text))
    for target in MACHINES:
        options = Options(target, level, effort=0.1, verify=True)
        result, _, report = transpile(program.runs[0], TARGETS[target], options)
        assert report.verdict
        assert deviation(program.runs[0], result, report) < 1e-12


@pytest.mark.parametrize("size", [1e-9, 1e-12, 1e-15, 1e-18])
@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("target", MACHINES)
def test_a_written_angle_is_kept_and_zero_is_not(size: float, level: int, target: str) -> None:
    """Alone on a qubit, after another, and as an interaction; a sum that is exactly zero goes."""

    def left(*lines: str) -> tuple[int, int]:
        source = iq.circuit("\n".join(["qubit a, b", *lines]))
        result, _, _ = transpile(source, TARGETS[target], Options(target, level, "unitary", effort=0.1))
        return cost_of(result).two_qubit_gates, len(result)

    for before, gate, qubits in (([], "rx", "a"), (["rz(0.3) a"], "rx", "a"), (["h a", "h b"], "zz", "a, b")):
        there, back = f"{gate}({size!r}) {qubits}", f"{gate}(-{size!r}) {qubits}"
        without, small, both = left(*before), left(*before, there), left(*before, there, back)
        assert small > without
        if level and target != "qis":
            assert both == without


def test_the_smallest_phases_of_a_wide_transform_stay() -> None:
    """QFT of 50 qubits: 1,225 phases, down to pi/2^49, each of them one interaction."""
    made = iq.Circuit(50)
    for first in range(50):
        made.h(first)
        for other in range(first + 1, 50):
            made.gate("p", iq.turn * Fraction(1, 2 ** (other - first + 1)), first, controls=other)
    for level in (1, 2):
        for target in ("aria", "forte"):
            result, _, report = transpile(made, TARGETS[target], Options(target, level))
            angles = [abs(op.angles[-1].in_turns()) for op in result.rows if len(op.qubits) == 2]
            assert len(angles) == 1225
            assert min(angles) == pytest.approx(2.0**-52, rel=1e-12)
            assert report.neglected < 1e-9


def test_rounding_of_sums_still_goes() -> None:
    """0.1 + 0.2 - 0.3 is 2.8e-17 in floating point: no two-qubit gate is spent on that, nor on 3.141592653589793 -
    pi.
    """
    (a, b, c, d) = ("zz(0.1) a, b", "zz(0.2) a, b", "zz(-0.3) a, b", "zz(3.141592653589793) a, b")
    source = iq.circuit("\n".join(["qubit a, b", "h a", a, b, c, d, "h a"]))
    for target in MACHINES[1:]:
        for level in (1, 2):
            result, _, report = transpile(source, TARGETS[target], Options(target, level, verify=True))
            assert cost_of(result).two_qubit_gates == 0
            assert 0 < report.neglected < 1e-14


def test_hidden_angles_are_items_of_their_own() -> None:
    """Exact, and merged exactly; larger ones are numbers."""
    form = from_circuit(
        FlatCircuit(
            2, rows=[Op("rx", (0,), (radians(1e-13),)), Op("zz", (0, 1), (radians(1e-14),))], origins=[None] * 2
        )
    )
    rotation, interaction = form.items
    assert isinstance(rotation, AxisRotation)
    assert isinstance(interaction, Interaction)
    assert (rotation.t, interaction.t) == (radians(1e-13) / 2, radians(1e-14) / 2)
    assert rounding.sized(radians(1e-9)) == 1e-9
    number, rest = rounding.parted(Angle(Fraction(1, 4), Fraction(1, 10**13)), Fraction(1, 4))
    assert number == math.pi / 2
    assert rest == radians(1e-13)
    assert rounding.parted(radians(1.5707963267948966), Fraction(1, 4)) == (math.pi / 2, None)


def test_axes_know_what_they_neglect() -> None:
    """Lines that are nearer than 1e-12 are one, also across the walls of the grid; all others are not."""
    draw = random.Random(1)
    for _ in range(300):
        u = unit((draw.gauss(0, 1), draw.gauss(0, 1), draw.gauss(0, 1)))
        axes = Axes()
        number = axes.number(u)
        near = (u[0] + 1e-14, u[1] - 1e-14, u[2])
        assert axes.number(near) == number
        assert axes.number((-near[0], -near[1], -near[2])) == number ^ 1
        assert 1e-14 < axes.neglected < 1e-13
        assert axes.number((u[0] + 3e-12, u[1], u[2])) // 2 != number // 2


def test_small_interactions_share_axes_where_that_is_rounding() -> None:
    """By 1e-5, an axis that is 1e-10 off is an error of 2e-15; one that is 1e-6 off is meant."""
    gates = [Op("zz", (0, 1), (radians(0.6),)), Op("rx", (1,), (radians(1e-10),)), Op("zz", (0, 1), (radians(2e-5),))]
    form = settle_axes(from_circuit(FlatCircuit(2, rows=gates, origins=[None] * 3)))
    large, small = form.items
    assert isinstance(large, Interaction)
    assert isinstance(small, Interaction)
    assert small.v == large.v
    assert 1e-15 < form.neglected < 1e-14
    gates[1] = Op("rx", (1,), (radians(1e-6),))
    _, meant = settle_axes(from_circuit(FlatCircuit(2, rows=gates, origins=[None] * 3))).items
    assert isinstance(meant, Interaction)
    assert meant.v != large.v


def test_all_that_is_spent_stays_below_what_is_allowed() -> None:
    """Approximations and rounding together, in the operator norm; below the limit of rounding there are none."""
    source = of_small_rotations(400, 3, 9)
    for allowed in (1e-10, 1e-7, 1e-3):
        result, _, report = transpile(source, TARGETS["forte"], Options("forte", 2, "unitary", approx=allowed))
        assert report.spent + report.neglected <= max(allowed, report.negligible)
        assert deviation(source, result, report) <= report.spent + report.neglected + 1e-12
        assert (report.spent > 0) == (allowed > 1e-9)


def test_a_result_that_neglects_too_much_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The circuit is then written gate by gate."""
    monkeypatch.setattr(rounding, "ROUNDING", 0.0)
    monkeypatch.setattr(rounding, "ROUNDING_OF_A_ROW", 0.0)
    monkeypatch.setattr(rounding, "ROUNDING_OF_A_PAIR", 0.0)
    source = iq.circuit("qubit a, b\nrx(0.3) a\nry(0.4) a\nzz(0.5) a, b\nrx(0.1) a\nzz(0.2) a, b\n")
    for level in (1, 2):
        result, _, report = transpile(source, TARGETS["forte"], Options("forte", level))
        plain, _, _ = transpile(source, TARGETS["forte"], Options("forte", 0))
        assert result.rows == plain.rows
        assert report.neglected == 0


def test_what_is_allowed_grows_with_the_circuit_and_the_check_with_it() -> None:
    """1e-9 up to 1,000 rows, 1e-12 a row beyond, 1e-17 a pair of rows at last; a check takes ten times that."""
    assert rounding.limit(1) == rounding.limit(1000) == 1e-9
    assert rounding.limit(100_000) == pytest.approx(1e-7)
    assert rounding.limit(300_000) == pytest.approx(9e-7)
    assert rounding.tolerance(10) == pytest.approx(1e-8)


@pytest.mark.parametrize("suffix", ["rad", "turn", "deg"])
@pytest.mark.parametrize("number", ["1.5e15", "123456789.123", "17152670000168578/774", "-1e30", "9.1e299"])
def test_angles_of_many_turns_lose_nothing(number: str, suffix: str) -> None:
    """Floats of them are coarse, 6e-11 at 65536 turns and whole turns from 1e16 on; mpmath has 400 digits."""
    with mpmath.workdps(400):
        over, _, under = number.partition("/")
        turn = {"rad": 1 / (2 * mpmath.pi), "turn": 1, "deg": mpmath.mpf(1) / 360}[suffix]
        half = mpmath.pi * (mpmath.mpf(over) / int(under or 1) * turn)
        cosine, sine = float(mpmath.cos(half)), float(mpmath.sin(half))
    expected = np.array([[cosine, -1j * sine], [-1j * sine, cosine]])
    source = iq.circuit(f"qubit q\nrx({over}{suffix} / {under or 1}) q")
    assert np.allclose(source.unitary(), expected, atol=1e-12)
    for target, level in (("forte", 0), ("forte", 2), ("qis", 2)):
        result = iq.compile(source, target, level, "unitary", verify=True)
        assert iq.equivalent(source, result, "unitary").equal
        assert np.allclose(abs(result.unitary()), abs(expected), atol=1e-9)
    assert iq.compile(source, "qis").rows == source.rows  # the text is sent as written


def test_turns_and_radians_are_taken_off_an_angle_that_has_many_of_both() -> None:
    few = Angle(Fraction(7, 2), Fraction(5))
    assert small(few) is few
    many = small(Angle(10**9 + 2 + Fraction(1, 8), Fraction(10**12)))
    assert many.turns == Fraction(1, 8)
    with mpmath.workdps(60):
        assert many.radians == pytest.approx(
            float((mpmath.mpf(10**12) + 2 * mpmath.pi) % (4 * mpmath.pi) - 2 * mpmath.pi)
        )


@pytest.mark.parametrize(("factor", "steps"), [("1", 0), ("1/7", 0), ("0.3", 3)])
@pytest.mark.parametrize("time", ["1.5e15", "1e17/3", "-1e30*pi/7", "9.1e299"])
def test_evolutions_for_a_time_of_many_turns_lose_nothing(time: str, factor: str, steps: int) -> None:
    with mpmath.workdps(400):
        over, *under = time.replace("*pi", "").split("/")
        angle = mpmath.mpf(over) * (mpmath.pi if "pi" in time else 1) / int(under[0] if under else 1)
        angle *= mpmath.mpf(Fraction(factor).numerator) / Fraction(factor).denominator
        sine, cosine = float(mpmath.sin(angle)), float(mpmath.cos(angle))
    operator = f"{factor}*X[0]*Y[1]" + (f", {steps}" if steps else "")
    source = iq.circuit(f"qubit q[2]\npauliexp({time}, {operator}) q")
    expected = cosine * np.eye(4) - 1j * sine * np.kron([[0, 1], [1, 0]], [[0, -1j], [1j, 0]])
    assert np.allclose(source.unitary(), expected, atol=1e-11)
    for target in ("forte", "qis"):
        result = iq.compile(source, target, 2, "unitary", verify=True)
        assert iq.equivalent(source, result, "unitary").equal
        assert np.allclose(abs(result.unitary()), abs(expected), atol=1e-9)


@pytest.mark.parametrize("value", [1e17, 12345678901234567.0, -1e20])
def test_a_value_of_many_turns_loses_nothing_after_compiling(value: float) -> None:
    """Phases of pulses were reduced as floats: at 1e17 the pulse was in another direction altogether."""
    theta = iq.param("theta")
    open_one = iq.compile(iq.Circuit(1).rx(theta / 3, 0), target="forte")
    whole = iq.Circuit(1).rx(theta / 3, 0).bind(theta=value)
    with mpmath.workdps(60):
        expected = float(mpmath.sin(mpmath.mpf(value) / 6) ** 2)
    for late in (open_one.bind(theta=value), open_one.bind(theta=value, simplify=True), iq.compile(whole, "forte")):
        assert abs(late.unitary()[1, 0]) ** 2 == pytest.approx(expected, abs=1e-9)
