"""The fewest pulses that make a turn."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.algebra.pulses import exact_pulses
from ionqdsl.algebra.rotations import matrix_entries, normalised

AZIMUTHS = st.one_of(st.integers(-8, 8).map(lambda n: n * math.pi / 8), st.floats(-7, 7))
PULSES = st.lists(st.tuples(st.sampled_from(["gpi", "gpi2"]), AZIMUTHS), max_size=2)
TINY = [0.0, 1e-13, 1e-9, 1e-6, 1e-3]


def matrix(pulses: list[tuple[str, float]]) -> np.ndarray:
    """Of pulses in order of time, by IonQ's definitions of their matrices."""
    result = np.eye(2, dtype=complex)
    for gate, azimuth in pulses:
        flip = np.array([[0, cmath.exp(-1j * azimuth)], [cmath.exp(1j * azimuth), 0]])
        result = (flip if gate == "gpi" else (np.eye(2) - 1j * flip) / math.sqrt(2)) @ result
    return result


def turn_in(matrix: np.ndarray) -> tuple[float, float, float, float]:
    """The quaternion of a unitary, whose phase is taken out."""
    (w, y), (z, x) = matrix / cmath.sqrt(np.linalg.det(matrix))
    return normalised(((w + x).real / 2, -(y + z).imag / 2, (z - y).real / 2, (x - w).imag / 2))


def differ(one: np.ndarray, other: np.ndarray) -> float:
    """The largest difference of the entries of two unitaries up to a phase."""
    overlap = np.vdot(one, other)
    return float(np.abs(one * overlap / abs(overlap) - other).max())


def pulses_for(wanted: np.ndarray) -> list[tuple[str, float]]:
    """The pulses for a unitary, which they make up to a phase."""
    turn = turn_in(wanted)
    assert differ(np.reshape(matrix_entries(turn), (2, 2)), wanted) < 1e-14
    result = exact_pulses(turn)
    assert differ(matrix(result), wanted) < 3e-12
    return result


@given(PULSES)
def test_as_few_pulses_as_made_the_turn(pulses: list[tuple[str, float]]) -> None:
    assert len(pulses_for(matrix(pulses))) <= len(pulses)


@pytest.mark.parametrize("about_z", TINY)
@pytest.mark.parametrize("about_x", TINY)
@pytest.mark.parametrize("pulses", [[], [("gpi", 0.3)], [("gpi2", 0.3)], [("gpi2", 0.3), ("gpi2", 1.1)]])
def test_turns_that_nearly_take_fewer_pulses(pulses: list[tuple[str, float]], about_x: float, about_z: float) -> None:
    nearly = np.diag([cmath.exp(-0.5j * about_z), cmath.exp(0.5j * about_z)])
    turned = np.array([[math.cos(about_x), -1j * math.sin(about_x)], [-1j * math.sin(about_x), math.cos(about_x)]])
    assert len(pulses_for(nearly @ turned @ matrix(pulses))) <= 3


def test_a_unitary_in_two_quarter_turns() -> None:
    """gpi(a) on both sides of a pulse reflects its azimuth: gpi2(b) becomes gpi2(2a - b)."""
    source = iq.Circuit(1, gateset="native").gpi(0.11, 0).gpi2(0.07, 0).gpi2(0.31, 0).gpi(0.11, 0)
    for target in ("aria", "forte"):
        compiled = iq.compile(source, target, level=2, preserve="unitary", verify=True)
        assert [row.gate for row in compiled.rows] == ["gpi2", "gpi2"]
        phases = [row.angles[0].in_turns() for row in compiled.rows]
        assert phases == pytest.approx([0.15, -0.09])
