"""The points of a sweep that run together have the results that they have alone.

Would catch a turn by half or twice the angle, a control that is left out, an angle of another point, and a family that
runs together though it has no such results.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.points import family
from ionqdsl.simulation import families, simulate
from tests.random_circuits import SYMBOLS, circuits

VALUES = {"a": [Angle(0, Fraction(n, 7)) for n in (0, 3, -9)], "b": [Angle(0, Fraction(n, 5)) for n in (4, 0, 31)]}


@given(source=circuits(st.one_of(SYMBOLS, st.just(Angle(0, Fraction(1, 3))))))
def test_points_together_are_the_points_alone(source) -> None:
    found = family(source.replace(registers=(("last", (source.width - 1,)),)), VALUES)
    assume(found is not None)
    members = found.members(["one", "two", "three"])
    if families.family_of(members) is None:
        assume(False)
    together = families.run(members, 20, [5, 6, 7])
    for seed, (circuit, result) in enumerate(zip(members, together, strict=True), 5):
        alone = simulate.run(circuit, 20, seed)
        assert np.abs(result.probabilities.vector - alone.probabilities.vector).max() < 1e-12
        assert (result.name, result.slots, result.names, result.qubits) == (
            circuit.name, alone.slots, alone.names, alone.qubits,
        )  # fmt: skip


def swept(circuit: iq.Circuit, **values: object) -> iq.Results:
    return iq.run(circuit.sweep(**values), shots=50, seed=3)


def test_a_sweep_runs_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """One array instead of a run for each point, with the same counts."""
    a = iq.param("a")
    circuit = iq.Circuit(3).h(0).ry(2 * a, 1).cnot(0, 1).p(a, 2).pauliexp(a, "X[0]*Z[2] + Y[1]", [0, 1, 2], steps=2)
    together = swept(circuit, a=[0.1, 0.2, 0.7])
    monkeypatch.setattr(families, "family_of", lambda circuits: None)
    assert [result.counts for result in swept(circuit, a=[0.1, 0.2, 0.7])] == [result.counts for result in together]


@pytest.mark.parametrize("program", [
    "param a\ngateset native\nqubit q\ngpi2(a) q",
    "param a\nqubit q\nrx(a) q\nreset q",
    f"param a\nqubit q[{families.WIDEST + 1}]\nrx(a) q",
])  # fmt: skip
def test_what_cannot_run_together_runs_alone(program: str) -> None:
    loaded = iq.program(program, sweeps={"a": [0.1, 0.2]})
    assert families.family_of(loaded.runs) is None
    assert len(iq.run(loaded, shots=10, seed=1)) == 2


def test_wrong_numbers_of_shots_are_refused() -> None:
    sweep = iq.Circuit(1).rx(iq.param("a"), 0).sweep(a=[0.1, 0.2])
    with pytest.raises(iq.CompileError, match="QC0657"):
        iq.run(sweep, shots=-1)
