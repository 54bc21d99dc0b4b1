"""The engine that is chosen for each kind of circuit, and the refusals of each.

Would catch an engine that gives a wrong result where it should refuse, a choice that nobody is told, and a seed whose
counts depend on the engine's name alone.
"""

from __future__ import annotations

import json

import pytest

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError, UsageError
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.ir.options import AUTO, ENGINES
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.simulation import engines, simulate
from tests.random_circuits import circuit

NOISE = NoiseModel("harsh", "aria", 0.01, 0.02, 40)
TURN = Op("ry", (0,), (Angle(0, 0.3),))
PULSES = [Op("gpi2", (0,), (Angle(0.1),)), Op("ms", (0, 1), (Angle(0.0), Angle(0.3), Angle(0.2)))]
CLIFFORD_PULSES = [Op("gpi2", (0,), (Angle(0.25),)), Op("ms", (0, 1), (Angle(0.0), Angle(0.0), Angle(0.25)))]


def dynamic(width: int, *rows: Op) -> FlatCircuit:
    forks = [Op("reset", (qubit,)) for qubit in range(width)]
    return circuit(width, *(Op("h", (qubit,)) for qubit in range(width)), *forks, *rows)


@pytest.mark.parametrize(
    ("chosen", "source", "noise", "shots", "exact"),
    [
        ("statevector", circuit(2, TURN), None, 10, False),
        ("statevector", circuit(29, Op("h", (0,))), None, 10, False),
        ("stabiliser", circuit(30, Op("h", (0,))), None, 10, False),
        ("mps", circuit(30, *(Op("ry", (q,), (Angle(0, 0.3),)) for q in range(30))), None, 10, False),
        ("statevector", circuit(30, TURN), None, 10, False),
        ("statevector", dynamic(3), None, 10, False),
        ("stabiliser", dynamic(12), None, 10, False),
        ("statevector", dynamic(12, TURN), None, 10, False),
        ("trajectories", circuit(12, *PULSES), NOISE, 10, False),
        ("density", circuit(2, *PULSES), NOISE, 100_000, False),
        ("density", circuit(2, *PULSES), NOISE, 10, True),
        ("stabiliser", circuit(36, *CLIFFORD_PULSES), NOISE, 10, False),
        ("stabiliser", circuit(17, *CLIFFORD_PULSES), NOISE, 10, False),
        ("trajectories", circuit(16, *CLIFFORD_PULSES), NOISE, 10, False),
        ("trajectories", circuit(17, *PULSES), NOISE, 10, False),
        ("statevector", circuit(2, *PULSES), NoiseModel("none", "aria", 0, 0, 40), 10, False),
    ],
)
def test_choices(chosen: str, source: FlatCircuit, noise: NoiseModel | None, shots: int, exact: bool) -> None:
    choice = simulate.choice_of(source, shots, noise, exact)
    assert choice.engine == chosen
    assert choice.reason


@pytest.mark.parametrize(
    ("wanted", "source", "noise", "exact"),
    [
        ("statevector", circuit(2, *PULSES), NOISE, False),
        ("statevector", circuit(30, *(Op("ry", (q,), (Angle(0, 0.3),)) for q in range(30))), None, False),
        ("stabiliser", circuit(2, TURN), None, False),
        ("stabiliser", circuit(2, *CLIFFORD_PULSES), NOISE, True),
        ("mps", dynamic(2), None, False),
        ("mps", circuit(2, *PULSES), NOISE, False),
        ("density", circuit(2, TURN), None, False),
        ("trajectories", circuit(2, TURN), None, False),
        ("trajectories", circuit(2, *PULSES), NOISE, True),
    ],
)
def test_refusals(wanted: str, source: FlatCircuit, noise: NoiseModel | None, exact: bool) -> None:
    with pytest.raises(CompileError) as refused:
        simulate.run(source, 10, 1, noise, exact, engine=wanted)
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.code == "QC0663"
    assert f"`{wanted}`" in diagnostic.render()


def test_too_wide_for_all() -> None:
    wide = dynamic(30, *(Op("ry", (q,), (Angle(0, 0.3),)) for q in range(30)))
    with pytest.raises(CompileError, match="QC0650"):
        simulate.run(wide, 10)


def test_every_name_is_an_engine() -> None:
    assert (AUTO, *engines.ENGINES) == ENGINES


@pytest.mark.parametrize("engine", ["statevector", "stabiliser", "mps"])
def test_engines_agree_on_bell_pairs(engine: str) -> None:
    bell = circuit(3, Op("h", (0,)), Op("cnot", (0, 2)), Op("y", (1,)))
    assert simulate.run(bell, 0, engine=engine).probabilities == pytest.approx({"010": 0.5, "111": 0.5})
    pairs = simulate.run(bell, 1000, seed=2, engine=engine)
    assert set(pairs.counts) == {"010", "111"}
    assert abs(pairs.counts["010"] - 500) < 80
    for word, value in {"ZIZ": 1, "XIX": 1, "YIY": -1, "IZI": -1, "ZII": 0, "XXX": 0}.items():
        product = tuple((letter, qubit) for qubit, letter in enumerate(word) if letter != "I")
        assert simulate.mean(bell, Operator(((product, 1.0),)), engine) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("engine", ["statevector", "stabiliser", "mps"])
def test_engines_take_no_qubits(engine: str) -> None:
    assert simulate.run(circuit(0), 5, 1, engine=engine).counts == {"": 5}
    assert dict(simulate.run(circuit(0), 0, engine=engine).probabilities) == {"": 1.0}


def test_density_and_trajectories_agree() -> None:
    source = circuit(2, *PULSES * 4)
    exact = simulate.run(source, 0, 1, NOISE, True).probabilities
    for engine in ("density", "trajectories"):
        counts = simulate.run(source, 40_000, 5, NOISE, engine=engine).counts
        assert all(abs(counts[bits] / 40_000 - share) < 0.012 for bits, share in exact.items())


def test_wide_energies() -> None:
    """Of Clifford circuits, of chains, exact and with shots: the circuits have no state vector."""
    ghz = iq.Circuit(70).h(0).cnot(0, 1)
    for qubit in range(1, 69):
        ghz = ghz.cnot(qubit, qubit + 1)
    assert ghz.expectation("Z[0]*Z[69] + 2*X[3] + 0.5").value == pytest.approx(1.5)
    turned = iq.Circuit(40).ry(0.4, range(40)).cnot(0, 39).cnot(0, 20)
    with_shots = turned.expectation("Z[39] + X[0]", shots=4000, seed=3)
    exact = turned.expectation("Z[39] + X[0]")
    assert abs(with_shots.value - exact.value) < 5 * with_shots.error
    assert turned.expectation("Z[39]", engine="mps").value == pytest.approx(turned.expectation("Z[39]").value)


def test_names_are_checked() -> None:
    with pytest.raises(CompileError, match="QC0881"):
        iq.run(iq.Circuit(1).h(0), engine="abacus")
    with pytest.raises(CompileError, match="QC0663"):
        iq.run(iq.Circuit(1).rx(0.1, 0), engine="stabiliser")


@pytest.mark.parametrize("call", [
    lambda: iq.run(iq.Circuit(1).h(0), backend="simulator", engine="mps"),
    lambda: main(["run", "examples/bell.qc", "--backend", "simulator", "--engine", "mps", "--quiet"]),
])  # fmt: skip
def test_the_service_has_no_engines(call, capsys) -> None:
    """Nothing is sent: there is neither a key nor a network here."""
    try:
        assert call() == 2
        code = "QC0667" if "QC0667" in capsys.readouterr().err else ""
    except UsageError as refused:
        code = refused.diagnostics[0].code
    assert code == "QC0667"


# --- the command -----------------------------------------------------------------------------------------------------


def run(tmp_path, capsys, text: str, *flags: str) -> tuple[int, str, str]:
    path = tmp_path / "a.qc"
    path.write_text(text)
    code = main(["run", str(path), "--seed", "1", *flags])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_choice_and_the_error_are_told(tmp_path, capsys) -> None:
    text = "qubit q[40]\nry(0.3) q\nfor i in range(39) { zz(0.4) q[i], q[i + 1] }\nrx(0.5) q\n"
    text += "for i in range(39) { zz(0.4) q[i], q[i + 1] }\nrx(0.5) q\n" * 3
    code, out, err = run(tmp_path, capsys, text, "--shots", "5")
    assert (code, "a · 5 shots" in out) == (0, True)
    assert "QC0649" in err
    assert "`mps`" in err
    assert "QC0666" in err
    code, out, _ = run(tmp_path, capsys, text, "--shots", "5", "--json")
    (result,) = json.loads(out)["results"]
    assert 0 < result["truncation"] < 1e-3
    assert result["engine"] == "mps"


def test_an_engine_by_name(tmp_path, capsys) -> None:
    code, out, err = run(tmp_path, capsys, "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n", "--engine", "mps", "--exact")
    assert (code, err) == (0, "")
    assert "50.00%" in out
    code, _, err = run(tmp_path, capsys, "qubit q\nt q\n", "--engine", "stabiliser")
    assert code == 1
    assert "QC0663" in err
    code, _, err = run(tmp_path, capsys, "qubit q\nt q\n", "-v")
    assert "engine statevector" in err
