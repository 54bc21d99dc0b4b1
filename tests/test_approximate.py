"""`approx`: drops everything it may, and never more.

The judge is the spectral norm of dense matrices, from statevector.py's hand-written gates. Would catch an error counted
too small, a controlled phase dropped without its local part, a budget spent twice, and a verdict that allows more than
was permitted.
"""

from __future__ import annotations

import cmath
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError, InternalError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.angle import Angle, radians, turns
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.linter import lint
from ionqdsl.passes import transpile
from ionqdsl.passes.approximate import Droppable, _change, approximate, droppable
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.cost import cost_of
from ionqdsl.passes.error_budget import ErrorBudget
from ionqdsl.verify import equivalent
from tests.random_circuits import circuit, matrix
from tests.test_interactions import renamed


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """The operator norm of a - e^{i phi} b, least over phi: from the eigenvalues of b+ a, which lie on the circle.

    The best phase is in the middle of the smallest arc that holds them all.
    """
    angles = np.sort(np.angle(np.linalg.eigvals(b.conj().T @ a)))
    gaps = np.diff(np.append(angles, angles[0] + 2 * math.pi))
    arc = 2 * math.pi - gaps.max()
    return 2 * math.sin(min(arc / 2, math.pi) / 2)


def qft(width: int) -> FlatCircuit:
    rows = []
    for q in range(width):
        rows.append(Op("h", (q,)))
        rows += [Op("p", (other, q), (turns(f"1/{2 ** (other - q + 1)}"),), 1) for other in range(q + 1, width)]
    return circuit(width, *rows)


SMALL = st.floats(-0.3, 0.3) | st.sampled_from([math.pi / 2 + 0.01, math.pi - 0.02, 2 * math.pi + 0.05, -3.1, 1.0])


@st.composite
def circuits(draw: st.DrawFn) -> FlatCircuit:
    width = draw(st.integers(1, 3))
    rows = []
    for _ in range(draw(st.integers(1, 10))):
        qubits = tuple(draw(st.permutations(range(width))))
        kind = draw(st.sampled_from(["plain", "rotation", "pair", "controlled", "wide"]))
        angle = (radians(draw(SMALL)),)
        if kind == "plain" or (kind in ("pair", "controlled") and width < 2) or (kind == "wide" and width < 3):
            rows.append(Op(draw(st.sampled_from(["h", "t", "x", "v"])), qubits[:1]))
        elif kind == "rotation":
            rows.append(Op(draw(st.sampled_from(["rx", "ry", "rz", "p"])), qubits[:1], angle))
        elif kind == "pair":
            rows.append(Op(draw(st.sampled_from(["xx", "yy", "zz"])), qubits[:2], angle))
        else:
            count = 1 if kind == "controlled" else 2
            gate = draw(st.sampled_from(["rx", "ry", "rz", "p"]))
            rows.append(Op(gate, qubits[: count + 1], angle, count))
    return circuit(width, *rows)


@given(circuits(), st.sampled_from(["aria", "forte", "qis"]), st.sampled_from([0, 1, 2, 3]), st.floats(1e-3, 0.8))
@settings(max_examples=90, deadline=None)
def test_the_whole_circuit_is_within_the_error(source: FlatCircuit, target: str, level: int, error: float) -> None:
    options = Options(level=level, preserve="unitary", approx=error, effort=0.05)
    result, _, report = transpile(source, TARGETS[target], options, checked=True)
    assert 0 <= report.spent <= error
    assert distance(matrix(source), matrix(result)) <= report.spent + 1e-7


@given(circuits(), st.sampled_from(["aria", "forte", "qis"]), st.sampled_from([0, 2]), st.sampled_from(PRESERVE[:4]))
@settings(max_examples=60, deadline=None)
def test_verification_lets_it_pass(source: FlatCircuit, target: str, level: int, preserve: str) -> None:
    options = Options(level=level, preserve=preserve, approx=0.3, verify=True)
    result, _, report = transpile(source, TARGETS[target], options)
    assert report.verdict
    assert report.verdict.deviation <= report.spent + 1e-7
    if preserve == "outcomes":
        first, second = (np.abs(matrix(c)[:, 0]) ** 2 for c in (source, result))
        assert np.abs(first - second).sum() / 2 <= report.spent + 1e-7
    elif preserve == "measurement":
        a, b = renamed(matrix(source), report.inputs, source.width), matrix(result)
        phases = np.exp(1j * np.angle((a.conj() * b).sum(axis=1)))
        assert np.linalg.norm(b - phases[:, None] * a) / math.sqrt(len(a)) <= report.spent + 1e-7


def test_errors_of_single_rows_by_hand() -> None:
    """A controlled phase of 0.04 is an interaction of 0.01 rad in the exponent and a local part, which stays."""
    change = _change(Op("p", (0, 1), (radians("0.04"),), 1))
    assert change is not None
    assert change.error == pytest.approx(2 * math.sin(0.005), abs=1e-15)
    assert change.rows == (Op("p", (0,), (radians("0.02"),)), Op("rz", (1,), (radians("0.02"),)))
    source, left = circuit(2, Op("p", (0, 1), (radians("0.04"),), 1)), circuit(2, *change.rows)
    assert distance(matrix(source), matrix(left)) == pytest.approx(change.error, abs=1e-9)

    change = _change(Op("zz", (0, 1), (radians("0.02"),)))
    assert change == (False, pytest.approx(2 * math.sin(0.005)), ())
    change = _change(Op("rx", (0,), (Angle(turns("1/4").turns, radians("0.02").radians),)))
    assert change == (True, pytest.approx(2 * math.sin(0.005)), (Op("rx", (0,), (turns("1/4"),)),))
    change = _change(Op("ms", (0, 1), (turns("0.1"), turns("0.2"), turns("0.001"))))
    assert change == (False, pytest.approx(2 * math.sin(math.pi * 0.0005)), ())
    for exact in (
        Op("rx", (0,), (turns("1/4"),)),
        Op("h", (0,)),
        Op("cnot", (0, 1)),
        Op("zz", (0, 1), (turns("1/2"),)),
        Op("zz", (0, 1), (Angle.of("t", radians=1),)),
        Op("zz", (0, 1), (radians("0.02"),), pinned=1),
        Op("p", (0, 1, 2), (radians("0.02"),), 2),
        Op("barrier", (0, 1)),
        Op("nop", (), (radians("3"),)),
    ):
        assert _change(exact) is None


@pytest.mark.parametrize("gate", ["rx", "ry", "rz", "p", "xx", "zz"])
@pytest.mark.parametrize("angle", [0.03, -0.2, math.pi + 0.01, 2 * math.pi - 0.02, 4 * math.pi + 0.03, 1.4])
def test_the_error_is_the_distance(gate: str, angle: float) -> None:
    """Not merely a bound, for a single row."""
    for controls in (0, 1) if len(gate) < 2 or gate[0] == "r" else (0,):
        width = controls + (2 if gate in ("xx", "zz") else 1)
        op = Op(gate, tuple(range(width)), (radians(angle),), controls)
        change = _change(op)
        assert change is not None
        assert distance(matrix(circuit(width, op)), matrix(circuit(width, *change.rows))) == pytest.approx(
            change.error, abs=1e-8
        )


def test_a_fourier_transform_loses_its_smallest_phases() -> None:
    """By hand: phases 2 pi/2^k have errors 2 sin(2 pi/2^k/8), on 7 qubits there are 8 - k of them, smallest first."""
    source, error = qft(7), 0.2
    left, gone = error, 0
    for k in range(7, 1, -1):
        for _ in range(8 - k):
            if (cost := 2 * math.sin(2 * math.pi / 2**k / 8)) <= left:
                left, gone = left - cost, gone + 1
    assert gone == 5
    for level in (0, 2):
        result, _, report = transpile(source, TARGETS["forte"], Options(approx=error, level=level, preserve="unitary"))
        assert cost_of(result).two_qubit_gates == 21 - gone
        assert report.spent == pytest.approx(error - left)
        assert distance(matrix(source), matrix(result)) <= report.spent


def test_without_an_allowed_error_nothing_changes() -> None:
    source = circuit(2, Op("zz", (0, 1), (radians("1e-9"),)), Op("rx", (0,), (radians("1e-9"),)))
    assert approximate(source, PassContext(TARGETS["qis"])) is source
    result, _, report = transpile(source, TARGETS["forte"], Options(level=0))
    assert cost_of(result).two_qubit_gates == 1
    assert report.spent == 0


def test_what_becomes_adjacent_merges() -> None:
    """Two cnots around a rotation of nearly nothing are gone with it."""
    source = circuit(2, Op("cnot", (0, 1)), Op("rz", (1,), (radians("0.001"),)), Op("cnot", (0, 1)), Op("h", (0,)))
    exact, _, _ = transpile(source, TARGETS["aria"], Options(preserve="unitary"))
    result, _, _ = transpile(source, TARGETS["aria"], Options(preserve="unitary", approx=1e-3))
    assert (cost_of(exact).two_qubit_gates, cost_of(result).two_qubit_gates) == (1, 0)


def test_what_merges_is_judged_after_it_has_merged() -> None:
    """0.01 and -0.008 are 0.002, an error of 2 sin(0.0005); each by itself would be too much."""
    rows = [Op(gate, (0, 1), (radians(angle),)) for gate, angle in (("zz", "0.01"), ("xx", "1"), ("zz", "-0.008"))]
    source = circuit(2, *rows, Op("h", (0,)), Op("s", (0,)), Op("h", (1,)), Op("s", (1,)), Op("h", (0,)))
    for target in ("aria", "qis"):
        options = Options(level=2, preserve="unitary", approx=0.0015)
        result, _, report = transpile(source, TARGETS[target], options, checked=True)
        assert cost_of(result).two_qubit_gates == 1
        assert report.spent == pytest.approx(2 * math.sin(0.0005))
        assert distance(matrix(source), matrix(result)) == pytest.approx(report.spent, abs=1e-7)


def test_no_error_is_made_for_nothing() -> None:
    """Rotations near a quarter turn go into pulses that are there anyway."""
    rows = [Op("rx", (0,), (radians(angle),)) for angle in ("1.57", "0.3")]
    exact, _, _ = transpile(circuit(1, *rows), TARGETS["aria"], Options())
    result, _, report = transpile(circuit(1, *rows), TARGETS["aria"], Options(approx=0.1))
    assert result == exact
    assert report.spent == 0


def test_more_than_the_error_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pass that spends more than it says ends the compilation."""
    source = circuit(2, Op("h", (0,)), Op("zz", (0, 1), (radians("0.2"),)), Op("h", (0,)))
    result, _, _ = transpile(source, TARGETS["qis"], Options(approx=0.2, verify=True))
    assert not any(op.gate == "zz" for op in result.rows)
    honest = approximate.__globals__["_error"]
    monkeypatch.setitem(approximate.__globals__, "_error", lambda turns: honest(turns) / 2)
    _change.cache_clear()
    with pytest.raises(InternalError) as error:
        transpile(source, TARGETS["qis"], Options(approx=0.2, verify=True))
    assert error.value.diagnostics[0].code == "QC0640"
    _change.cache_clear()


def test_the_verdict_and_its_limit() -> None:
    """exp(-i t ZZ) is |e^{it} - 1| away from nothing, and no closer by any phase."""
    a, b = circuit(2, Op("zz", (0, 1), (radians("0.2"),))), circuit(2)
    away = abs(cmath.exp(0.1j) - 1)
    assert equivalent(a, b, allowed=away * 1.001)
    assert not equivalent(a, b, allowed=away * 0.999)
    assert not equivalent(a, b)
    assert equivalent(a, b).deviation == pytest.approx(away)


def test_what_is_compiled_again_has_only_the_error_that_is_left() -> None:
    """Each of the two interactions is an error of 2 sin(0.025), just under 0.05, and 0.08 is enough for one."""
    t = iq.param("t")
    native = iq.compile(iq.Circuit(3).zz(0.1, 0, 1).h(1).zz(t, 1, 2).h(2), target="forte", approx=0.08)
    assert cost_of(native).two_qubit_gates == 1
    assert cost_of(native.bind(t=0.1, simplify=True)).two_qubit_gates == 1
    assert cost_of(native.bind(t=0.05, simplify=True)).two_qubit_gates == 0


@pytest.mark.parametrize("given", [-0.1, 2, math.nan, math.inf, "much", None])
def test_impossible_errors(given: object) -> None:
    with pytest.raises(CompileError) as error:
        iq.compile(iq.Circuit(1).h(0), target="aria", approx=given)  # type: ignore[arg-type]
    assert error.value.diagnostics[0].code == "QC0616"


@pytest.mark.parametrize("given", [0, -1, math.nan, math.inf, "long"])
def test_impossible_efforts(given: object) -> None:
    with pytest.raises(CompileError) as error:
        iq.compile(iq.Circuit(1).h(0), target="aria", effort=given)  # type: ignore[arg-type]
    assert error.value.diagnostics[0].code == "QC0617"


# --- the hint ------------------------------------------------------------------------------------------------------


def pairs(*sizes: float) -> FlatCircuit:
    return circuit(2, *(Op("zz", (0, 1), (Angle(0, size),)) for size in sizes))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (pairs(0.4, 1e-6), Droppable(1e-6, 1, 2)),  # 2 sin(t/4), about half of the angle
        (pairs(0.4, 3e-6), Droppable(1e-5, 1, 2)),
        (pairs(0.4, 1.9e-4, 0.3), Droppable(1e-4, 1, 3)),
        (pairs(0.4, 2.1e-4), None),
        (pairs(1.9e-6, 1.9e-6, 1.0), Droppable(1e-5, 2, 3)),  # together they are more than 1e-6
        (pairs(*[1.0] * 4, 1e-8), Droppable(1e-8, 1, 5)),
        (pairs(*[1.0] * 5, 1e-8), None),  # less than a fifth
        (circuit(2, Op("rx", (0,), (Angle(0, 1e-8),)), Op("cnot", (0, 1))), None),  # that is a pulse
        (circuit(2), None),
    ],
)
def test_a_hint_counts_what_an_approximation_drops(source: FlatCircuit, expected: Droppable | None) -> None:
    assert droppable(source) == expected
    if expected is not None:
        context = PassContext(TARGETS["forte"], budget=ErrorBudget(expected.error))
        assert len(source.rows) - len(approximate(source, context).rows) == expected.dropped
        context = PassContext(TARGETS["forte"], budget=ErrorBudget(expected.error / 10))
        assert len(source.rows) - len(approximate(source, context).rows) < expected.dropped


def test_the_report_and_the_linter_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A tiny rotation between two cnots is one tiny interaction, in text and in JSON; with `--approx` nobody asks."""
    path = tmp_path / "ramp.qc"
    path.write_text(
        "qubit a, b, c\nh a; h b; h c\ncnot a, b\nrz(1e-7rad) b\ncnot a, b\nry(0.3rad) b\n"
        "zz(0.4rad) b, c\nh a; h b; h c\n"
    )
    hint = "--approx 1e-7 would drop 1 of 2 two-qubit gates"
    for flags, told in (([], True), (["--approx", "1e-5"], False)):
        assert (
            main(["compile", str(path), "--target", "forte", "--report", "-o", str(tmp_path / "o.json"), *flags]) == 0
        )
        assert (hint in " ".join(capsys.readouterr().err.split())) == told
        assert main(["compile", str(path), "--target", "forte", "--report", "--json", *flags]) == 0
        (report,) = json.loads(capsys.readouterr().out)["report"]
        assert report["approximation"]["droppable"] == ({"error": 1e-7, "dropped": 1, "total": 2} if told else None)
    findings = lint(Source(path.read_text(), "ramp.qc"))
    assert [(each.diagnostic.code, each.diagnostic.span.text) for each in findings] == [("QC1044", "rz(1e-7rad) b")]
