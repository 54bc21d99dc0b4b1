"""The points of a sweep that run together have the results that they have alone.

Would catch a turn by half or twice the angle, a control that is left out, an angle of another point, and a family that
runs together though it has no such results.
"""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.cli import main
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
    together = list(families.run(members, 20, [5, 6, 7]))
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


def test_the_command_runs_a_sweep_together(tmp_path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three circuits the one that measures in the middle runs alone; each point keeps its place and its seed."""
    path = tmp_path / "a.qc"
    path.write_text(
        "param t = 0\ncircuit one { qubit q; rx(t) q }\ncircuit two { qubit q; rx(t) q; register m = measure q; h q }\n"
        "circuit three { qubit q; ry(t) q }\nrun one, two, three\n"
    )
    alone, run = [], simulate.run
    monkeypatch.setattr(simulate, "run", lambda circuit, *rest, **named: (
        alone.append(circuit.name) if len(circuit) else None, run(circuit, *rest, **named),
    )[1])  # fmt: skip
    words = [
        "run",
        str(path),
        "--sweep",
        "t=linspace(0.1, 0.9, 9)",
        "--shots",
        "40",
        "--seed",
        "3",
        "--json",
        "-j",
        "1",
    ]
    assert main(words) == 0
    together, (said, *_) = alone[:], capsys.readouterr()
    assert len(together) == 9
    assert all("two" in name for name in together)
    monkeypatch.setattr(families, "family_of", lambda circuits: None)
    assert main(words) == 0
    assert len(alone) == 9 + 27
    first, second = (json.loads(text)["results"] for text in (said, capsys.readouterr().out))
    assert [one["counts"] for one in first] == [one["counts"] for one in second]
    assert [one["name"] for one in first] == [one["name"] for one in second]


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
