"""Folding, twirling and readout correction, against matrices, counts of gates and independent formulas.

Would catch a fold that the optimiser takes back, a twirl that changes the circuit or does nothing, an angle that no
machine has, and a correction that is not the nearest distribution.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dynamic_programs import far, outcomes
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.ir.angle import turns
from ionqdsl.ir.circuit import Op
from ionqdsl.mitigation.pulses import merged
from ionqdsl.simulation.readout import least_squares, on_simplex

MACHINES = ["aria", "forte"]


def refusal(call: Any, *arguments: Any, **keywords: Any) -> Any:
    with pytest.raises(iq.IonqdslError) as caught:
        call(*arguments, **keywords)
    return caught.value.diagnostics[0]


@st.composite
def circuits(draw: Any, width: int = 3) -> iq.Circuit:
    """Rotations, quarter turns and interactions by any angle."""
    circuit = iq.Circuit(width, "made").gphase(draw(st.sampled_from([0, 0.3])))
    angle = st.sampled_from([0.1, -0.7, np.pi / 2, np.pi, 1.9])
    for _ in range(draw(st.integers(1, 9))):
        first, second = draw(st.permutations(range(width)))[:2]
        match draw(st.integers(0, 4)):
            case 0:
                circuit.h(first)
            case 1:
                circuit.rx(draw(angle), first).rz(draw(angle), first)
            case 2:
                circuit.cnot(first, second)
            case 3:
                circuit.zz(draw(angle), first, second)
            case _:
                circuit.xx(draw(angle), first, second)
    return circuit


def two_qubit_gates(circuit: iq.Circuit) -> int:
    return circuit.stats().two_qubit_gates


# --- folding ---------------------------------------------------------------------------------------------------------


@given(circuits(), st.sampled_from(MACHINES), st.sampled_from([1, 1.5, 3, 4.2, 5]))
@settings(max_examples=25)
def test_a_folded_circuit_is_the_same_and_as_long_as_asked(circuit: iq.Circuit, target: str, scale: float) -> None:
    """At every level: the optimiser takes nothing back."""
    native = iq.compile(circuit, target)
    folded = iq.fold(native, scale)
    assert iq.equivalent(native, folded)
    before = two_qubit_gates(native)
    for level in range(4):
        sent = iq.compile(folded, target, level=level, effort=0.01)
        assert abs(two_qubit_gates(sent) - scale * before) <= 1
        assert sent.rows == folded.rows


@given(circuits(), st.sampled_from(MACHINES))
@settings(max_examples=10)
def test_qis_circuits_are_folded_between_barriers(circuit: iq.Circuit, target: str) -> None:
    """Each part compiles by itself, to at least the gates of the whole without the help of the ends."""
    folded = iq.fold(circuit, 3)
    assert np.allclose(folded.unitary(), circuit.unitary())
    alone = iq.compile(circuit, target, preserve="unitary", level=1)
    for level in range(3):
        compiled = iq.compile(folded, target, level=level)
        assert iq.equivalent(circuit, compiled)
        inner = iq.compile(circuit.inverse(), target, preserve="unitary", level=level)
        assert two_qubit_gates(compiled) >= two_qubit_gates(inner)
    assert two_qubit_gates(iq.compile(folded, target, preserve="unitary", level=1)) == 3 * two_qubit_gates(alone)


def test_what_is_folded_at_a_fraction() -> None:
    """The end of the circuit, from the two-qubit gate on at which enough are counted."""
    native = iq.Circuit(2, gateset="native").ms(0, 0, 0, 1).gpi2(0.1, 0).ms(0.2, 0, 0, 1, angle=0.1).gpi(0.3, 1)
    folded = iq.fold(native, 2)
    assert [step.gate for step in folded] == [*("ms", "gpi2", "ms", "gpi"), *("gpi", "ms"), *("ms", "gpi")]
    assert np.allclose(folded.unitary(), native.unitary())
    assert len({step.op.pinned for step in folded}) == 1
    pulses = iq.Circuit(1, gateset="native").gpi2(0.1, 0).gpi(0.3, 0)
    assert len(iq.fold(pulses, 3)) == 6  # without two-qubit gates all gates count
    assert len(iq.fold(iq.Circuit(1), 3)) == 0


def test_blocks_registers_and_waits_survive() -> None:
    block = iq.Circuit(2, gateset="native").ms(0, 0, 0, 1)
    circuit = iq.Circuit(2).h(0).verbatim(block).h(1).register("out", [1, 0])
    folded = iq.fold(circuit, 3)
    assert folded.registers == circuit.registers
    assert len({step.op.pinned for step in folded if step.op.pinned}) == 3
    assert iq.equivalent(circuit, iq.compile(folded, "aria"))
    assert two_qubit_gates(iq.compile(folded, "aria", level=3, effort=0.01)) == 3
    waiting = iq.fold(iq.Circuit(1, gateset="native").gpi(0, 0).nop(2.5).gpi2(0, 0), 3)
    assert Counter(step.gate for step in waiting)["nop"] == 3


def test_a_measurement_at_the_end_is_read_at_the_end() -> None:
    """The folded circuit has the same joint distribution; one that goes on after measuring is refused."""
    circuit = iq.Circuit(2).ry(0.7, 0).cnot(0, 1).rx(0.4, 1).measure([1, 0], into="out")
    folded = iq.fold(circuit, 3)
    assert [name for name, _ in folded.registers] == ["out"]
    assert two_qubit_gates(folded) == 3
    before, after = (iq.run(one, exact=True).register_probabilities["out"] for one in (circuit, folded))
    assert before.keys() == after.keys()
    assert all(abs(before[bits] - after[bits]) < 1e-12 for bits in before)
    assert refusal(iq.fold, iq.Circuit(1).h(0).measure(0, into="m").h(0), 3).code == "QC0647"


@pytest.mark.parametrize("scale", [0.9, 0, -1, float("nan"), float("inf"), "3", None])
def test_scales_that_cannot_be(scale: Any) -> None:
    assert refusal(iq.fold, iq.Circuit(1).h(0), scale).code == "QC0881"


def test_what_cannot_be_folded() -> None:
    theta = iq.param("theta")
    native = iq.compile(iq.Circuit(2).rx(theta, 0).cnot(0, 1), "forte")
    assert refusal(iq.fold, native, 3).code == "QC0882"
    assert refusal(iq.fold, iq.Circuit(2).cnot(0, 1).h([0, 1]), 9e6).code == "QC0501"
    assert refusal(iq.fold, "qubit q; h q", 3).code == "QC0873"


def test_noise_grows_with_the_scale() -> None:
    """And a line through the points is nearer to the value without noise than the noisy value."""
    native = iq.compile(iq.Circuit(2).h(0).cnot(0, 1).cnot(0, 1).cnot(0, 1), "aria", level=0)
    scales = [1, 3, 5]
    values = [iq.run(iq.fold(native, scale), noise="aria-1", exact=True).expectation("ZZ").value for scale in scales]
    assert 1 > values[0] > values[1] > values[2]
    assert abs(np.polyval(np.polyfit(scales, values, 1), 0) - 1) < (1 - values[0]) / 4


# --- twirling --------------------------------------------------------------------------------------------------------


@given(circuits(), st.sampled_from(MACHINES), st.integers(0, 99))
@settings(max_examples=25)
def test_a_twirled_circuit_is_exactly_the_same(circuit: iq.Circuit, target: str, seed: int) -> None:
    """The global phase included; with as many two-qubit gates, which no level of the optimiser changes."""
    native = iq.compile(circuit, target)
    (twirled,) = iq.twirl(native, 1, seed)
    assert np.allclose(twirled.unitary(), native.unitary(), rtol=0, atol=1e-12)
    assert two_qubit_gates(twirled) == two_qubit_gates(native)
    for level in range(4):
        assert iq.compile(twirled, target, level=level, effort=0.01).rows == twirled.rows
    with pytest.warns(iq.ProgramWarning, match="QC0878"):  # its contract is that of the compilation
        twirled.copy().gpi(0, 0)
    payload = iq.Program(runs=[iq.Circuit.of(twirled).gpi(0, 0)]).payload(backend=f"qpu.{target}-1")
    assert payload["backend"] == f"qpu.{target}-1"  # in the range of the machine


@pytest.mark.parametrize(("target", "gate"), [("aria", "ms"), ("forte", "zz_native")])
def test_every_pauli_product_is_drawn(target: str, gate: str) -> None:
    """Sixteen products before a gate, told apart by an error in it: each of them moves a known error elsewhere.

    An error exp(-i e X(x)Y) after the gate, conjugated by the Pauli products that the twirl puts there, keeps its sign
    for half of the products and changes it for the other half, so that on average the first order vanishes.
    """
    native = iq.compile(iq.Circuit(2).h([0, 1]).zz(0.7, 0, 1).h(0), target, preserve="unitary")
    (place,) = [place for place, step in enumerate(native) if step.gate == gate]
    ideal, error = native.unitary(), iq.Circuit(2).pauliexp(0.01, "X[0]*Y[1]", 0, 1)
    first_order = []
    for twirled in iq.twirl(native, 400, 5):
        (place,) = [place for place, step in enumerate(twirled) if step.gate == gate]
        before, after = twirled[: place + 1].unitary(), twirled[place + 1 :].unitary()
        first_order.append((after @ error.unitary() @ before * np.exp(1j * _phase(twirled)) - ideal) / 0.01)
    assert np.abs(first_order[0]).max() > 0.2
    assert np.abs(np.mean(first_order, axis=0)).max() < 0.12
    assert len({tuple(step.op for step in twirled) for twirled in iq.twirl(native, 400, 5)}) >= 8


def _phase(circuit: iq.Circuit) -> float:
    return float(circuit.phase.in_radians())


PHASES = st.one_of(st.integers(-8, 8).map(lambda n: n / 8), st.floats(-1, 1))
RUNS = st.lists(st.tuples(st.sampled_from(["gpi", "gpi2"]), PHASES), max_size=7)


def product(run: list[tuple[str, float]]) -> np.ndarray:
    """Of pulses in order of time, by IonQ's definitions of their matrices."""
    result = np.eye(2, dtype=complex)
    for gate, phase in run:
        turn = np.exp(2j * np.pi * phase)
        flip = np.array([[0, turn.conjugate()], [turn, 0]])
        result = (flip if gate == "gpi" else (np.eye(2) - 1j * flip) / np.sqrt(2)) @ result
    return result


def shortened(run: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The merged pulses, whose product with the phase is checked."""
    steps, phase = merged([(Op(gate, (0,), (turns(angle),)), None) for gate, angle in run], 1)
    result = [(op.gate, op.angles[0].in_turns()) for op, _ in steps]
    assert np.allclose(product(result) * np.exp(1j * phase.in_radians()), product(run), rtol=0, atol=1e-11)
    return result


@given(RUNS)
def test_pulses_merge_to_three_at_most(run: list[tuple[str, float]]) -> None:
    assert len(shortened(run)) <= min(3, len(run))


@given(RUNS.filter(lambda run: len(run) <= 2), PHASES)
def test_pulses_merge_to_as_few_as_there_can_be(run: list[tuple[str, float]], phase: float) -> None:
    assert len(shortened([*run, ("gpi", phase), ("gpi", phase)])) <= len(run)
    assert shortened([*run, *[(gate, angle + 0.5 * (gate == "gpi2")) for gate, angle in reversed(run)]]) == []


@pytest.mark.parametrize("target", MACHINES)
def test_twirls_have_three_pulses_at_most_between_gates(target: str) -> None:
    source = iq.Circuit(2).h([0, 1])
    for number in range(4):
        source.zz(0.3 + number, 0, 1).ry(0.7, [0, 1]).rz(0.4 * number, [0, 1]).rx(0.2, [0, 1])
    native = iq.compile(source, target, level=0)
    for twirled in iq.twirl(native, 5, 1):
        between = [0, 0]
        for step in twirled:
            for qubit in step.qubits:
                between[qubit] = between[qubit] + 1 if len(step.qubits) == 1 else 0
            assert max(between) <= 3


def test_twirls_depend_on_the_seed_and_nothing_else() -> None:
    native = iq.compile(iq.Circuit(2).h(0).cnot(0, 1).cnot(1, 0).h(1).cnot(0, 1), "forte", level=0)
    assert iq.twirl(native, 5, 3) == iq.twirl(native, 5, 3)
    assert iq.twirl(native, 5, 3)[:2] == iq.twirl(native, 2, 3)
    assert iq.twirl(native, 5, 3) != iq.twirl(native, 5, 4)


def test_twirled_circuits_are_one_job_and_one_result() -> None:
    native = iq.compile(iq.Circuit(2, "bell").h(0).cnot(0, 1).register("both", [1, 0]), "forte")
    results = iq.run(iq.twirl(native, 4, 1), shots=100, seed=1)
    assert results.names == ("bell", "bell 2", "bell 3", "bell 4")
    merged = results.merged()
    assert merged.shots == sum(merged.counts.values()) == 400
    assert set(merged.counts) == {"00", "11"}
    assert merged.counts == dict(sum((Counter(result.counts) for result in results), Counter()))
    assert merged.registers["both"] == merged.counts
    noisy = iq.run(iq.twirl(native, 4, 1), shots=100, seed=1, noise="forte-1").merged()
    assert sum(noisy.probabilities.values()) == pytest.approx(1)
    exact = iq.run(iq.twirl(native, 4, 1), exact=True).merged()
    assert exact.probabilities == pytest.approx({"00": 0.5, "11": 0.5})
    assert refusal(iq.run([native, iq.Circuit(1).h(0)], exact=True).merged).code == "QC1186"


def test_measurements_stay_and_gates_that_depend_on_them_are_refused() -> None:
    """Pulses around a conditional gate would act in all shots, and take its condition when they merge with it."""
    start = "gateset native\nqubit q[3]\ngpi2(0) q[0]\nregister s = measure q[0]\ngpi2(0.2) q[0]\n"
    plain = iq.circuit(start + "gpi2(0) q[1]\nzz(0.25) q[1], q[2]\ngpi(0.1) q[1]")
    for twirled in iq.twirl(plain, 8):
        assert far(outcomes(plain), outcomes(twirled)) < 1e-9
    for line in ("if s[0] { gpi(0) q[1] }", "if s[0] { zz(0.25) q[1], q[2] }"):
        with pytest.raises(CompileError, match="QC0634"):
            iq.twirl(iq.circuit(start + line), 1)


def test_what_cannot_be_twirled() -> None:
    assert refusal(iq.twirl, iq.Circuit(2).cnot(0, 1), 3).code == "QC1182"
    assert refusal(iq.twirl, iq.Circuit(2, gateset="native").ms(0, 0, 0, 1), 0).code == "QC0881"
    both = iq.Circuit(2, gateset="native").ms(0, 0, 0, 1).zz(0.1, 0, 1)
    assert refusal(iq.twirl, both, 1).code == "QC1182"


# --- readout ---------------------------------------------------------------------------------------------------------


def matrix(flips: Any) -> np.ndarray:
    """The readout for each prepared state, written out."""
    result = np.eye(1)
    for zero, one in flips:
        result = np.kron(result, [[1 - zero, one], [zero, 1 - one]])
    return result


def read_with_errors(result: iq.Result, flips: Any, shots: int, seed: int) -> iq.Result:
    """A result whose bits were read wrong."""
    from dataclasses import replace

    exact = np.zeros(2**result.qubits)
    for bits, share in result.probabilities.items():
        exact[int(bits, 2)] = share
    drawn = np.random.default_rng(seed).multinomial(shots, matrix(flips) @ exact)
    counts = {f"{number:0{result.qubits}b}": int(count) for number, count in enumerate(drawn) if count}
    shares = {bits: count / shots for bits, count in counts.items()}
    return replace(result, counts=counts, shots=shots, probabilities=shares, is_exact=False)


FLIPS = st.lists(st.tuples(st.floats(0, 0.3), st.floats(0, 0.3)), min_size=1, max_size=3)


@given(FLIPS, st.integers(0, 99))
@settings(max_examples=30)
def test_the_correction_is_the_nearest_distribution(flips: Any, seed: int) -> None:
    """The conditions of Karush, Kuhn and Tucker, which only the minimum of a convex problem satisfies."""
    frequencies = np.random.default_rng(seed).dirichlet(np.full(2 ** len(flips), 0.3))
    calibration = iq.Calibration(tuple(flips))
    solution = least_squares(calibration.matrix, frequencies)
    assert solution.sum() == pytest.approx(1)
    assert (solution >= -1e-15).all()
    whole = matrix(flips)
    slope = whole.T @ (whole @ solution - frequencies)
    level = slope[solution > 1e-6].max()
    assert (slope >= level - 1e-6).all()
    assert slope[solution > 1e-6].min() == pytest.approx(level, abs=1e-6)


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=6))
def test_the_projection_is_the_nearest_distribution(values: list[float]) -> None:
    """The nearest has the form max(v - t, 0): all others are farther."""
    nearest = on_simplex(np.array(values))
    assert nearest.sum() == pytest.approx(1)
    assert (nearest >= 0).all()
    others = np.random.default_rng(1).dirichlet(np.ones(len(values)), 200)
    distance = np.linalg.norm(nearest - values)
    assert (np.linalg.norm(others - np.array(values), axis=1) >= distance - 1e-9).all()


def test_results_are_corrected() -> None:
    """By a calibration from counts that the same errors made."""
    flips = [(0.02, 0.05), (0.01, 0.08), (0.03, 0.03)]
    ghz = iq.run(iq.Circuit(3, "ghz").h(0).cnot(0, 1).cnot(1, 2).register("out", [2, None, 0]), exact=True)
    from ionqdsl.simulation.readout import calibration_of

    ends = [iq.run(circuit, exact=True) for circuit in (iq.Circuit(3), iq.Circuit(3).x(range(3)))]
    calibration = calibration_of(*(read_with_errors(end, flips, 100_000, 1) for end in ends))
    assert np.allclose(calibration.flips, flips, atol=0.005)
    measured = read_with_errors(ghz, flips, 100_000, 2)
    corrected = measured.mitigated(calibration)

    def error(result: iq.Result) -> float:
        keys = {*result.probabilities, *ghz.probabilities}
        return sum(abs(result.probabilities.get(key, 0) - ghz.probabilities.get(key, 0)) for key in keys)

    assert error(measured) > 0.15
    assert error(corrected) < 0.02
    assert corrected.counts == {}
    assert "readout errors are corrected" in corrected.notes[-1]
    assert corrected.registers["out"]["000"] == pytest.approx(0.5, abs=0.01)
    turned = measured.ordered("q0-right").mitigated(calibration)
    assert turned.bit_order == "q0-right"
    assert dict(turned.probabilities) == pytest.approx({b[::-1]: p for b, p in corrected.probabilities.items()})
    assert iq.Results([measured]).mitigated(calibration)[0].probabilities["000"] == corrected.probabilities["000"]


def test_a_calibration_is_measured_kept_and_read(tmp_path: Path) -> None:
    """On the local machine, whose readout is free of errors: the rates are half that of one pulse."""
    calibration = iq.calibrate(2, shots=np.int64(2000), seed=1, noise="aria-1")
    (_, first), (zero, _) = calibration.flips
    assert zero == pytest.approx(0.5 / 2001)
    assert 0 < first < 0.005
    path = tmp_path / "aria.json"
    calibration.save(path)
    assert iq.Calibration.load(path) == calibration
    assert json.loads(path.read_text())["flips"] == [list(pair) for pair in calibration.flips]
    assert repr(calibration).startswith("<readout calibration of 2 qubits on local")
    assert "QC0805" in str(refusal(calibration.save, tmp_path / "missing" / "file.json").code)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON"),
        ("[" * 5000, "not JSON"),
        ("{}", "kind"),
        ('{"kind": "ionqdsl readout calibration", "format_version": 2}', "version"),
        ('{"kind": "ionqdsl readout calibration", "format_version": 1, "flips": [[0.1]]}', "two probabilities"),
        ('{"kind": "ionqdsl readout calibration", "format_version": 1, "flips": [[0.1, 0.5]]}', "below 0.5"),
        ('{"kind": "ionqdsl readout calibration", "format_version": 1, "flips": [[0.1, true]]}', "below 0.5"),
    ],
)
def test_what_is_no_calibration(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text(text)
    problem = refusal(iq.Calibration.load, path)
    assert problem.code == "QC1184"
    assert said in problem.message


def test_a_calibration_of_other_qubits_is_refused() -> None:
    result = iq.run(iq.Circuit(2).h(0), exact=True)
    assert refusal(result.mitigated, iq.Calibration(((0.1, 0.1),))).code == "QC1183"
    assert refusal(result.mitigated, 3).code == "QC0873"
    wide = iq.run(iq.Circuit(21).h(0), exact=True)
    assert refusal(wide.mitigated, iq.Calibration(((0.1, 0.1),) * 21)).code == "QC1185"


# --- from the command line, through the service, and by mitiq ---------------------------------------------------------


def test_the_command_calibrates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "c.json")
    assert main(["calibrate", "--qubits", "2", "-o", path, "--noise", "aria-1", "--shots", "500", "--seed", "1"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[0] == "qubit  read 1 for 0  read 0 for 1"
    calibration = iq.Calibration.load(path)
    assert (len(calibration.flips), calibration.noise, calibration.shots) == (2, "aria-1", 500)
    assert out.splitlines()[1].split() == ["0", *(f"{share:.4g}" for share in calibration.flips[0])]
    assert main(["calibrate", "--qubits", "1", "-o", path, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["flips"] == [[pytest.approx(0.5 / 101)] * 2]
    assert main(["calibrate", "--qubits", "1", "-o", str(tmp_path / "no" / "c.json")]) == 2
    assert "QC0805" in capsys.readouterr().err
    assert main(["calibrate", "-o", path]) == 2


def test_the_service_is_calibrated_by_one_job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the command, under the guards of `submit`, and from Python."""
    pytest.importorskip("jsonschema_rs")
    from ionqdsl import emulator

    path = str(tmp_path / "c.json")
    with emulator.start(queue=0, run=0) as service, pytest.MonkeyPatch.context() as patch:
        for name, value in service.environment.items():
            patch.setenv(name, value)
        words = ["calibrate", "--qubits", "2", "-o", path, "--shots", "200", "--backend"]
        assert main([*words, "qpu.forte-1"]) == 3  # nobody agreed to pay
        assert len(service.requests("POST", "/jobs")) == 0
        assert main([*words, "qpu.forte-1", "--yes"]) == 0
        assert len(service.requests("POST", "/jobs")) == 1
        assert iq.Calibration.load(path).backend == "qpu.forte-1"
        calibration = iq.calibrate(2, 200, noise="aria-1", backend="simulator")
        assert len(service.requests("POST", "/jobs")) == 2
    assert (calibration.backend, calibration.noise) == ("simulator", "aria-1")
    assert max(max(pair) for pair in calibration.flips) < 0.05


def test_an_executor_runs_circuits_as_they_are_written() -> None:
    """Gate by gate: parts that undo each other stay, so the noise of a longer circuit is that of all its gates."""
    noisy = iq.executor("ZZ", noise="aria-1")
    values = noisy([iq.Circuit(2).x([0, 1]), *(_pairs(count) for count in (1, 3, 5))])
    assert values[0] > values[1] > values[2] > values[3]
    assert iq.executor("ZZ")(_pairs(3)) == pytest.approx([1])
    counted = iq.executor("ZZ", shots=50, seed=1, noise="aria-1")
    first, second = counted([_pairs(5)] * 4), counted([_pairs(5)] * 4)
    assert first != second  # drawn anew
    again = iq.executor("ZZ", shots=50, seed=1, noise="aria-1")
    assert (again([_pairs(5)] * 4), again([_pairs(5)] * 4)) == (first, second)


def _pairs(count: int) -> iq.Circuit:
    circuit = iq.Circuit(2)
    for _ in range(count):
        circuit.cnot(0, 1).cnot(0, 1)
    return circuit


@pytest.mark.parametrize("library", ["qiskit", "cirq"])
def test_an_executor_takes_circuits_of_other_libraries(library: str) -> None:
    pytest.importorskip(library)
    theirs = getattr(iq.Circuit(2).x(0).cnot(0, 1), f"to_{library}")()
    assert iq.executor("ZI")(theirs) == pytest.approx([-1])
    assert iq.executor("ZI")([theirs, theirs]) == pytest.approx([-1, -1])


def test_mitiq_extrapolates() -> None:
    """Its zero-noise extrapolation over our executor is nearer to the exact value than the noisy one."""
    pytest.importorskip("mitiq")
    from mitiq import Executor, zne

    run = iq.executor("ZZ", noise="aria-1")
    theirs = _pairs(4).to_cirq()
    (noisy,) = run(theirs)
    batches = Executor(run)
    assert batches.can_batch
    value = zne.execute_with_zne(theirs, batches)
    assert batches.calls_to_executor == 1
    assert abs(1 - value) < (1 - noisy) / 5
