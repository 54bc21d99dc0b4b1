"""Exact angles: their values as floats, checked by mpmath, and the laws of their arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ionqdsl.ir.angle import HALF_TURN, TAU, ZERO, Angle, Unbound, radians, turns

rationals = st.builds(Fraction, st.integers(-1000, 1000), st.sampled_from([1, 2, 3, 7, 16, 360, 10**9]))
single = st.builds(
    lambda symbol, turned, plain: Angle.of(symbol, turns=turned, radians=plain) if turned or plain else ZERO,
    st.sampled_from(["a", "b", "sin(c)"]),
    rationals,
    rationals,
)
angles = st.builds(lambda turned, plain, *rest: sum(rest, Angle(turned, plain)), rationals, rationals, single, single)
numbers = st.builds(Angle, rationals, rationals)


def mpmath_float(turned: Fraction, plain: Fraction) -> float:
    """The float nearest to `turned` turns + `plain` radians, worked out with 400 bits by mpmath."""
    with mpmath.workprec(400):
        return float(
            2 * mpmath.pi * mpmath.mpf(turned.numerator) / turned.denominator
            + mpmath.mpf(plain.numerator) / plain.denominator
        )


def test_tau_is_two_pi_to_its_last_digit() -> None:
    """Catches a mistyped digit, which would be invisible in most floats."""
    with mpmath.workdps(120):
        assert abs(mpmath.mpf(TAU.numerator) / TAU.denominator - 2 * mpmath.pi) < mpmath.mpf(10) ** -76


@pytest.mark.parametrize(
    ("angle", "expected"),
    [
        (radians("0.1"), 0.1),
        (radians("1e-300"), 1e-300),
        (turns("1/4"), math.pi / 2),  # rx(pi/2): math.pi/2 is the nearest float, halving is exact
        (turns(Fraction(90, 360)), math.pi / 2),  # rx(90deg)
        (turns(Fraction(1, 2)), math.pi),
        (turns(1), 2 * math.pi),
        (turns("1/3"), float("2.09439510239319549230842892218633525614")),  # 2 pi/3
        (turns("1/12"), float("0.52359877559829887307710723054658381403")),  # pi/6
        (turns("-3/8"), float("-2.3561944901923449288469825374596271631")),  # -3 pi/4
    ],
)
def test_angles_come_to_the_nearest_radians(angle: Angle, expected: float) -> None:
    assert angle.in_radians() == expected


@pytest.mark.parametrize(
    ("angle", "expected"),
    [
        (turns("0.1"), 0.1),
        (turns("1/3"), 1 / 3),
        (turns(Fraction(45, 360)), 0.125),
        (radians(1), float("0.15915494309189533576888376337251436203")),  # 1/(2 pi), OEIS A086201
    ],
)
def test_angles_come_to_the_nearest_turns(angle: Angle, expected: float) -> None:
    assert angle.in_turns() == expected


@pytest.mark.parametrize(("turned", "plain"), [(0.1, Fraction(1, 3)), (Fraction(1, 3), 0.1), (0.1, 0.3), (2, 0.7)])
def test_a_sum_with_a_float_is_the_sum_of_the_nearest_floats(turned: Fraction | float, plain: Fraction | float) -> None:
    assert Angle(turned, plain).in_turns() == float(turned) + float(plain / TAU)
    assert Angle(turned, plain).in_radians() == float(turned * TAU) + float(plain)


@given(rationals, rationals)
def test_every_exact_angle_comes_to_the_float_mpmath_finds(turned: Fraction, plain: Fraction) -> None:
    assert Angle(turned, plain).in_radians() == mpmath_float(turned, plain)


def test_a_turn_and_six_radians_nearly_cancel_to_full_precision() -> None:
    """Catches a conversion that rounds before it adds: 2 pi to 16 digits leaves the difference with none."""
    close = Fraction("6.283185307179586476925286766559")
    with mpmath.workdps(60):
        expected = float(2 * mpmath.pi - mpmath.mpf("6.283185307179586476925286766559"))
    assert Angle(1, -close).in_radians() == expected
    assert 0 < expected < 1e-29


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_decimal_comes_back_bit_for_bit(number: float) -> None:
    assert radians(repr(number)).in_radians() == number
    assert turns(repr(number)).in_turns() == number


@given(angles, angles, angles)
def test_addition_is_a_commutative_group(a: Angle, b: Angle, c: Angle) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + ZERO == a
    assert a - a == ZERO
    assert hash(a + b) == hash(b + a)
    assert not (a - a)


@given(angles, angles, rationals, rationals)
def test_multiplication_distributes(a: Angle, b: Angle, k: Fraction, m: Fraction) -> None:
    assert (a + b) * k == a * k + b * k
    assert a * (k + m) == a * k + a * m
    assert (a * k) * m == a * (k * m)
    assert k * a == a * k
    assert a * 0 == ZERO
    if k:
        assert (a / k) * k == a


@given(angles, angles)
def test_terms_stay_sorted_and_hold_no_zero(a: Angle, b: Angle) -> None:
    """Equality and hashing compare `terms` as they stand, so a zero or another order would make equal angles differ."""
    total = a + b
    assert list(total.symbols) == sorted(set(total.symbols))
    assert all(turned or plain for _, turned, plain in total.terms)


@given(angles, rationals, rationals, rationals)
def test_binding_commutes_with_arithmetic(a: Angle, x: Fraction, y: Fraction, k: Fraction) -> None:
    values = {"a": x, "b": y, "sin(c)": Fraction(1, 2)}
    assert (a * k + a).bind(values.get) == a.bind(values.get) * k + a.bind(values.get)
    assert a.bind(values.get).is_bound


def test_numbers_count_in_the_unit_of_their_coefficient_and_angles_for_themselves() -> None:
    assert Angle.of("t", radians=2).bind({"t": Fraction(1, 10)}.get) == radians("0.2")
    assert Angle.of("t", turns=2).bind({"t": Fraction(1, 10)}.get) == turns("0.2")
    assert Angle.of("t", radians=2).bind({"t": HALF_TURN}.get) == turns(1)
    assert Angle.of("t", turns=2).bind({"t": HALF_TURN}.get) == turns(1)
    assert Angle.of("t", radians=2).bind({"other": 1}.get) == Angle.of("t", radians=2)


def test_an_angle_in_two_units_takes_no_angle_value() -> None:
    with pytest.raises(ValueError, match="plain number"):
        Angle.of("t", turns=1, radians=1).bind({"t": HALF_TURN}.get)


def test_an_unbound_angle_says_what_is_missing() -> None:
    with pytest.raises(Unbound, match="sin"):
        (Angle.of("sin(t)", radians=1) + HALF_TURN).in_radians()
    with pytest.raises(Unbound) as caught:
        (Angle.of("b", turns=1) + Angle.of("a", turns=1)).in_turns()
    assert caught.value.names == ("a", "b")


@given(numbers, st.integers(1, 4))
def test_reduction_drops_whole_periods_only(a: Angle, period: int) -> None:
    reduced = a.reduced(period)
    assert -Fraction(period, 2) < reduced.turns <= Fraction(period, 2)
    assert (Fraction(a.turns) - Fraction(reduced.turns)) % period == 0
    assert reduced.radians == a.radians


def test_reduction_at_its_edges() -> None:
    """Half a turn stays, minus half a turn is the same angle: the range is open below."""
    assert turns("1/2").reduced() == turns("1/2")
    assert turns("-1/2").reduced() == turns("1/2")
    assert turns("3/2").reduced(2) == turns("-1/2")
    assert turns(1).reduced(2) == turns(1)
