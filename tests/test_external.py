"""The external checker: the questions it is asked, the meaning of its answers, and that asking it ends.

The questions are checked by qiskit and by matrices, the meaning of answers by pairs that are known to be equal or not.
A question that asks for too little, or an answer taken for more than it says, would make "equal" out of a fault of the
optimiser; a forgotten process would go on for hours.
"""

from __future__ import annotations

import random
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

import ionqdsl as iq
from ionqdsl.cli import main
from ionqdsl.diagnostics import InternalError
from ionqdsl.ir.angle import Angle, turns
from ionqdsl.ir.circuit import FlatCircuit, Op, Operator
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from ionqdsl.simulation.statevector import evolve
from ionqdsl.verify import by_paths, by_strings, checker, equivalent, external, question
from ionqdsl.verify.findings import Proof
from ionqdsl.verify.question import EqualityQuestion, questions
from tests.random_circuits import circuit

pytestmark = pytest.mark.filterwarnings("ignore:.*annotated:DeprecationWarning")  # within qiskit


@pytest.fixture(autouse=True)
def unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Strings of rotations and sums over paths would prove many of the pairs here, and leave nothing to ask."""
    for each in (by_paths, by_strings):
        monkeypatch.setattr(each, "proof", lambda *_: Proof(None, "not tried"))


INSTALLED = external.version
"""The checker, which conftest.py hides from all other tests."""


def statements(width: int, *lines: str) -> FlatCircuit:
    return iq.circuit(f"qubit q[{width}]; {' '.join(lines)}")


def plain(one: FlatCircuit, other: FlatCircuit) -> EqualityQuestion:
    (question,) = questions(one, other, "unitary", range(one.width))
    return question


# --- questions ---


def matrix(text: str) -> NDArray[np.complex128]:
    """Of an OpenQASM program, by qiskit, the first qubit the most significant bit."""
    pytest.importorskip("qiskit_qasm3_import")
    from qiskit.qasm3 import loads
    from qiskit.quantum_info import Operator as Matrix

    gates = "gate rzz(t) a, b { cx a, b; rz(t) b; cx a, b; } gate rxx(t) a, b { h a; h b; rzz(t) a, b; h a; h b; }"
    gates += "gate ryy(t) a, b { sx a; sx b; rzz(t) a, b; inv @ sx a; inv @ sx b; }"
    head = 'include "stdgates.inc";'
    return np.asarray(Matrix(loads(text.replace(head, f"{head} {gates}"))).reverse_qargs().data)


def distance(a: NDArray[np.complex128], b: NDArray[np.complex128]) -> float:
    """Up to a global phase."""
    overlap = np.vdot(a, b)
    return float(np.abs(b - a * overlap / abs(overlap)).max()) if abs(overlap) > 1e-9 else 1.0


QIS = (
    "x q[0]; not q[1]; y q[0]; z q[2]; h q[1]; s q[0]; si q[1]; t q[2]; ti q[0]; v q[1]; vi q[2];",
    "rx(0.3) q[0]; ry(0.4) q[1]; rz(0.7) q[2]; xx(0.3) q[0], q[1]; yy(0.4) q[1], q[2]; zz(0.5) q[0], q[2];",
    "cnot q[0], q[1]; swap q[0], q[2]; ctrl(2) @ vi q[0], q[1], q[2]; ctrl @ v q[2], q[0];",
    "ctrl(2) @ h q[2], q[1], q[0];",
    "ctrl @ rz(0.8) q[0], q[2]; ctrl @ z q[1], q[2]; ctrl @ swap q[1], q[2], q[0]; ctrl @ xx(0.9) q[0], q[1], q[2];",
    "pauliexp(0.3, X[0]*Y[1]*Z[2] + 0.4) q; h q; ctrl @ pauliexp(0.3, X[0]*Y[1] + 0.4) q[2], q[1], q[0]; barrier q;",
)
NATIVE = (
    "gpi(0.1) q[0]; gpi2(0.3) q[1]; gpi2(-0.2) q[2]; ms(0.1, 0.2, 0.13) q[0], q[1]; zz(0.11) q[1], q[2]; nop(3);",
)


@pytest.mark.parametrize("lines", QIS + NATIVE)
def test_programs_mean_the_circuit(lines: str) -> None:
    """Every gate of the table, controls, angles and places; the matrices of both sides were written independently."""
    gateset = "gateset native;" if lines in NATIVE else ""
    source = iq.circuit(f"{gateset} qubit q[3]; {lines}")
    assert distance(own_matrix(source), matrix(plain(source, source).one)) < 1e-9


def own_matrix(source: FlatCircuit) -> NDArray[np.complex128]:
    """By the simulator's hand-written matrices."""
    states = np.eye(1 << source.width, dtype=np.complex128)
    evolve(states, source.rows)
    return states.T


PLACES = {"h": 1, "t": 1, "x": 1, "v": 1, "rx": 1, "rz": 1, "zz": 2, "cnot": 2}
TURNING = ("rx", "rz", "zz")
ROWS = st.builds(
    lambda gate, pair, angle: Op(gate, pair[: PLACES[gate]], (angle,) if gate in TURNING else ()),
    st.sampled_from(list(PLACES)),
    st.permutations([0, 1]).map(tuple),
    st.floats(-3, 3).map(lambda radians: Angle(0, radians)),
)


@given(st.lists(ROWS, max_size=8), st.lists(ROWS, max_size=2), st.permutations([0, 1]))
def test_equal_under_measurement_is_one_equality_of_unitaries(rows: list[Op], more: list[Op], names: list[int]) -> None:
    """The echoes are the same exactly if the circuits differ by a diagonal at the end, inputs renamed.

    Would catch an echo that is blind to something (one copy too few, a phase that hides a flip) or sees too much.
    """
    a = circuit(2, *rows)
    b = circuit(2, *([Op("swap", (0, 1))] if names != [0, 1] else []), *rows, *more)
    echoes = questions(a, b, "measurement", names)[0]
    renamed = own_matrix(circuit(2, *([Op("swap", (0, 1))] if names != [0, 1] else []), *rows))
    between = own_matrix(b) @ renamed.conj().T
    far = float(np.abs(between - np.diag(np.diag(between))).max())
    if 1e-9 < far < 1e-4:
        return  # too near to tell from rounding
    assert (distance(matrix(echoes.one), matrix(echoes.other)) < 1e-6) == (far < 1e-6)
    assert set(echoes.roles) == set(checker.ROLES)


def test_what_cannot_be_asked() -> None:
    """A distribution is no unitary, a renamed one not asked for, and terms that do not commute have no gates."""
    one = statements(2, "h q[0];", "cnot q[0], q[1];")
    assert questions(one, one, "outcomes", (0, 1)) == []
    assert questions(one, one, "unitary", (1, 0)) == []
    terms = (((("X", 0),), 1), ((("Z", 0),), 1))
    mixed = circuit(1, Op("pauliexp", (0,), (Angle(0, 1),), operator=Operator(terms)))
    assert questions(mixed, mixed, "unitary", (0,)) == []


def test_differences_of_circuits_that_are_equal_under_the_contract_are_not_asked_for() -> None:
    """As they stand, `h` and `h; z` differ; under `measurement` only their equality would say something."""
    one, other = statements(1, "h q;"), statements(1, "h q;", "z q;")
    assert [question.roles for question in questions(one, other, "measurement", (0,))][1:] == [("alternating",)]
    assert "different" not in {word for (role, _), word in checker.SHOWN.items() if role == "alternating"}


# --- meanings of answers ---


@pytest.fixture
def mqt(monkeypatch: pytest.MonkeyPatch) -> str:
    """The version of the checker, which is asked; skips where it is not installed."""
    pytest.importorskip("mqt.qcec")
    monkeypatch.setattr(external, "version", INSTALLED)
    version = INSTALLED()
    assert version is not None
    return version


SAMPLE = ("h q[0];", "cnot q[0], q[1];", "rz(0.37) q[1];", "h q[1];", "cnot q[1], q[2];", "rx(1.1) q[2];")


def words(one: FlatCircuit, other: FlatCircuit) -> dict[str, str]:
    asked = plain(one, other)
    return {role: checker.answer(asked.one, asked.other, role, 20.0) for role in checker.ROLES}


@pytest.mark.usefixtures("mqt")
def test_equal_circuits_are_proven_equal_and_never_by_simulation() -> None:
    """That random states end alike is no proof: the library calls it "probably"."""
    one = statements(3, *SAMPLE)
    other = statements(
        3, "h q[0];", "h q[1];", "cz q[0], q[1];", "h q[1];", "rz(0.3) q[1];", "rz(0.07) q[1];", *SAMPLE[3:]
    )
    assert words(one, other) == {"zx": "equal", "alternating": "equal", "simulation": "unknown"}


@pytest.mark.usefixtures("mqt")
@pytest.mark.parametrize("error", ["1e-3", "1e-4", "1e-5", "1e-6"])
def test_small_angles_are_differences(error: str) -> None:
    """With the library's own thresholds 1e-4 radians would pass for equal."""
    one, other = statements(3, *SAMPLE), statements(3, *SAMPLE[:2], f"rz(0.37 + {error}) q[1];", *SAMPLE[3:])
    found = words(one, other)
    assert "equal" not in found.values()
    assert found["simulation"] == ("different" if float(error) > 5e-4 else "unknown")


@pytest.mark.usefixtures("mqt")
def test_rounding_is_not_called_a_difference() -> None:
    """The library says "not equivalent" about a hundred-millionth of a radian, too; here that says nothing."""
    one, other = statements(3, *SAMPLE), statements(3, *SAMPLE, "rx(0.00000003) q[0];")
    assert equivalent(one, other, "unitary").equal
    assert "different" not in words(one, other).values()


@pytest.mark.usefixtures("mqt")
def test_a_difference_that_random_states_miss() -> None:
    """A phase of one basis state in a million: nothing may call these equal."""
    one = circuit(20, Op("h", (0,)), Op("z", tuple(range(20)), controls=19))
    found = words(one, circuit(20, Op("h", (0,))))
    assert "equal" not in found.values()


@pytest.mark.usefixtures("mqt")
def test_small_circuits_are_judged_as_their_matrices_are() -> None:
    """Against whole unitaries, three contracts, compiled circuits with and without a fault."""
    generator = random.Random(3)
    seen = {True: 0, False: 0}
    for _ in range(40):
        width = generator.randrange(2, 5)
        source = circuit(width)
        for _ in range(generator.randrange(3, 16)):
            a, b = generator.sample(range(width), 2)
            gate = generator.choice(["h", "t", "s", "rx", "rz", "cnot", "cnot", "zz"])
            angle = (Angle(0, generator.uniform(-3, 3)),) if gate in ("rx", "rz", "zz") else ()
            source.add(Op(gate, (a, b) if gate in ("cnot", "zz") else (a,), angle))
        preserve = generator.choice(["unitary", "permuted", "measurement"])
        result, _, report = transpile(source, TARGETS["forte"], Options(level=2, preserve=preserve))
        if generator.random() < 0.5:
            place = generator.randrange(len(result.rows) + 1)
            rows = [*result.rows[:place], Op(generator.choice("xzh"), (0,)), *result.rows[place:]]
            result = circuit(width, *rows)
        inputs = report.inputs or tuple(range(width))
        truth = equivalent(source, result, preserve, inputs=inputs)
        assert truth.method == "unitary"
        asked = questions(source, result, preserve, inputs)
        found = [checker.answer(q.one, q.other, role, 20.0) for q in asked for role in q.roles]
        assert ("different" if truth else "equal") not in found, (source.rows, result.rows)
        assert ("equal" if truth else "different") in found
        seen[truth.equal is True] += 1
    assert min(seen.values()) > 8


# --- circuits that ionqdsl alone cannot judge ---


def toffoli(wires: list[int], borrowed: list[int]) -> list[str]:
    """An `x` with the first wires as controls, from Toffolis and as many wires less two in any state.

    Barenco and others 1995, lemma 7.2: a ladder down and up, then again without its first rung.
    """
    controls, target, count = wires[:-1], wires[-1], len(wires) - 1
    rungs = [(controls[i + 1], borrowed[i - 1], borrowed[i]) for i in range(count - 3, 0, -1)]
    inner = [*rungs, (controls[0], controls[1], borrowed[0]), *reversed(rungs)]
    top = (controls[-1], borrowed[count - 3], target)
    return [f"ccx {', '.join(f'q[{wire}]' for wire in row)};" for row in [top, *inner, top, *inner]]


def ladders(*, fault: bool = False) -> tuple[FlatCircuit, FlatCircuit]:
    """Two `x` with six controls each, the first one's target a control of the second, whole and as ladders.

    The fault is one Toffoli too few. It is in the past of no qubit that has few others there.
    """
    first, second = [*range(7)], [*range(6, 13)]
    whole = [f"ctrl(6) @ x {', '.join(f'q[{wire}]' for wire in wires)};" for wires in (first, second)]
    rows = [*toffoli(first, [*range(13, 17)]), *toffoli(second, [*range(17, 21)])]
    return statements(21, *whole), statements(21, *rows[: len(rows) - fault])


def test_wide_arithmetic_is_proven_or_refuted(mqt: str) -> None:
    one, other = ladders()
    for preserve, free in (("unitary", ""), ("permuted", ""), ("measurement", ", up to phases of the outcomes")):
        verdict = equivalent(one, other, preserve)
        assert (verdict.equal, verdict.method) == (True, "external")
        assert verdict.checked == f"all inputs of 21 qubits{free}, by mqt.qcec {mqt}"
        assert not verdict.unchecked
    verdict = equivalent(*ladders(fault=True), "unitary")
    assert (verdict.equal, verdict.method) == (False, "external")
    assert verdict.unchecked == "that report"  # nobody here has confirmed it


@pytest.mark.usefixtures("mqt")
def test_a_difference_that_other_names_of_the_inputs_could_undo_is_none() -> None:
    one, other = ladders(fault=True)
    verdict = equivalent(one, other, "measurement")
    assert verdict.equal is None
    assert "the circuits differ without, by the report of mqt.qcec" in verdict.unchecked


@pytest.mark.usefixtures("mqt")
def test_random_states_become_a_proof() -> None:
    """Up to 20 qubits ionqdsl alone compares random states where rotations do not match."""
    one, other = statements(11, "ctrl(6) @ x q[0:7];"), statements(11, *toffoli([*range(7)], [*range(7, 11)]))
    assert equivalent(one, other, "unitary").method == "external"


@pytest.mark.usefixtures("mqt")
def test_a_result_with_renamed_inputs_is_proven() -> None:
    """A ladder after a swap that only the permutation undoes, and before phases that no measurement sees."""
    one, other = statements(11, "ctrl(6) @ x q[0:7];"), statements(11, *toffoli([*range(7)], [*range(7, 11)]))
    late = circuit(11, Op("swap", (5, 6)), *other.rows, Op("t", (5,)), Op("zz", (0, 10), (turns("0.1"),)))
    names = (*range(5), 6, 5, *range(7, 11))
    assert equivalent(one, late, "measurement", inputs=names).method == "external"


@pytest.mark.usefixtures("mqt")
def test_parameters_stay_unchecked_elsewhere() -> None:
    one, other = ladders()
    one.add(Op("rx", (6,), (Angle(terms=(("theta", 0, 1),)),)))
    other.add(Op("rx", (6,), (Angle(terms=(("theta", 0, 1),)),)))
    verdict = equivalent(one, other, "unitary")
    assert verdict.method == "external"
    assert "1 sampled one" in verdict.unchecked


# --- asking ends, and its report ---


@pytest.mark.parametrize(
    "body", ["while True: pass", "raise MemoryError", "print('probably')", "import os; os._exit(0)"]
)
def test_whoever_hangs_crashes_or_babbles_says_nothing(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "checker.py"
    script.write_text(body)
    monkeypatch.setattr(checker, "__file__", str(script))
    monkeypatch.setattr(external, "SECONDS", 1.0)
    processes = watched(monkeypatch)
    one, other = ladders()
    assert external.answer([plain(one, other)]) == "unknown"  # though the one that hangs would never end by itself
    assert all(process.returncode is not None for process in processes)


def test_the_first_who_knows_ends_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "checker.py"
    script.write_text(
        "import json, sys, time\n"
        "role = json.load(sys.stdin)['role']\n"
        f"open({str(tmp_path)!r} + '/' + role, 'w').close()\n"
        "time.sleep(60 if role == 'zx' else 0)\n"
        "print('different' if role == 'simulation' else 'unknown')\n"
    )
    processes = watched(monkeypatch)
    monkeypatch.setattr(checker, "__file__", str(script))
    assert external.answer([plain(*ladders())]) == "different"
    assert (tmp_path / "simulation").exists()
    assert len(processes) == 3
    assert all(process.returncode is not None for process in processes)


def test_an_interrupt_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "checker.py"
    script.write_text("import time; time.sleep(60)")
    processes = watched(monkeypatch)
    monkeypatch.setattr(checker, "__file__", str(script))
    monkeypatch.setattr(external.time, "sleep", interrupted)
    with pytest.raises(KeyboardInterrupt):
        external.answer([plain(*ladders())])
    assert len(processes) == 3
    assert all(process.returncode is not None for process in processes)


def interrupted(_: float) -> None:
    raise KeyboardInterrupt


def watched(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[str]]:
    """The processes that are started from now on."""
    started: list[subprocess.Popen[str]] = []

    class Watched(subprocess.Popen[str]):
        def __init__(self, *words: Any, **options: Any) -> None:
            super().__init__(*words, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    return started


def pretend(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[EqualityQuestion]:
    """As if a checker were installed that always says so; the questions that it gets."""
    asked: list[EqualityQuestion] = []
    monkeypatch.setattr(external, "version", lambda: "9.9")
    monkeypatch.setattr(external, "answer", lambda questions: asked.extend(questions) or answer)
    return asked


def test_it_is_asked_only_where_nothing_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = pretend(monkeypatch, "different")
    small, wide = statements(2, "h q[0];"), circuit(30, *(Op("h", (q,)) for q in range(30)))
    for one in (small, wide):
        other = circuit(one.width, *one.rows, Op("t", (0,)), Op("h", (0,)))
        for preserve in ("unitary", "permuted", "measurement", "outcomes"):
            assert equivalent(one, one, preserve)
            assert not equivalent(one, other, preserve)
    assert not asked
    one, other = ladders()
    equivalent(one, other, "unitary", allowed=0.1)  # equal within an error is another question
    equivalent(one, other, "outcomes")
    assert not asked
    equivalent(one, other, "unitary")
    assert asked


def test_no_answer_leaves_the_verdict_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as unwritten:  # no text for a checker that is not installed
        unwritten.setattr(question, "_text", lambda *_: pytest.fail("a text was written"))
        alone = equivalent(*ladders(), "unitary")
    assert alone.equal is None
    assert alone.extra == "qcec"
    pretend(monkeypatch, "unknown")
    verdict = equivalent(*ladders(), "unitary")
    assert (verdict.equal, verdict.method, verdict.extra) == (None, alone.method, "")
    assert verdict.unchecked == f"{alone.unchecked}; mqt.qcec 9.9 came to no conclusion"


def files(folder: Path) -> list[str]:
    paths = [folder / "whole.qc", folder / "ladders.qc"]
    for path, source in zip(paths, ladders(), strict=True):
        path.write_text(str(source))
    return [str(path) for path in paths]


def test_the_command_names_the_extra_where_it_could_help(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = files(tmp_path)
    assert main(["equiv", first, second, "--preserve", "unitary"]) == 1
    shown = capsys.readouterr().err
    assert shown.count("pip install 'ionqdsl[qcec]'") == 1
    assert "note[QC1160]" in shown
    assert main(["equiv", first, first]) == 0
    assert main(["equiv", first, second, "--preserve", "outcomes"]) in (0, 1)
    assert not capsys.readouterr().err


@pytest.mark.parametrize("word", ["equal", "different"])
def test_the_command_says_who_judged(
    word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, word)
    assert main(["equiv", *files(tmp_path), "--preserve", "unitary"]) == (word != "equal")
    said = {
        "equal": "equal, all inputs of 21 qubits, by mqt.qcec 9.9",
        "different": "not judged; a difference by the report of mqt.qcec 9.9, which no input that was tried here shows",
    }
    assert capsys.readouterr().out.splitlines()[0] == f"whole and ladders: {said[word]}"


def test_a_reported_difference_counts_once_an_input_shows_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One Toffoli too few: a random input tells, and the example is simulated here."""
    pretend(monkeypatch, "different")
    verdict = iq.equivalent(*ladders(fault=True), "unitary")
    assert (verdict.equal, verdict.method, verdict.unchecked) == (False, "external", "")
    assert verdict.example is not None
    assert verdict.example.distance > 1e-3


@pytest.mark.parametrize(("word", "code"), [("equal", None), ("unknown", "QC0642"), ("different", "QC1161")])
def test_a_compilation_that_only_the_checker_can_judge(
    word: str, code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it would be after a search: nothing is emitted where the checker reports a difference."""
    monkeypatch.setattr("ionqdsl.verify.exact.MOST_ROWS", 20)
    pretend(monkeypatch, word)
    source, options = circuit(21, *(Op("h", (q,)) for q in range(21))), Options(level=0, verify=True)
    if word == "different":
        with pytest.raises(InternalError) as error:
            transpile(source, TARGETS["aria"], options)
        assert [found.code for found in error.value.diagnostics] == [code]
        return
    _, warnings, report = transpile(source, TARGETS["aria"], options)
    assert [warning.code for warning in warnings] == ([code] if code else [])
    assert report.verdict is not None
    assert report.verdict.equal is (True if word == "equal" else None)


def test_a_warning_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ionqdsl.verify.exact.MOST_ROWS", 20)
    source = circuit(21, *(Op("h", (q,)) for q in range(21)))
    for preserve, helps in (("measurement", 3), ("outcomes", 2)):
        _, (warning,), _ = transpile(source, TARGETS["aria"], Options(level=0, verify=True, preserve=preserve))
        assert len(warning.helps) == helps
        assert ("ionqdsl[qcec]" in warning.helps[0]) == (helps == 3)
