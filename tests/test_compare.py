"""`equiv` and `diff`: whether programs are the same, and why not.

Would catch a difference that is missed or invented, a false counterexample, and swapped exit codes.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from commands import BELL, PAYLOAD

from ionqdsl.cli import main

SWAPPED = "qubit q[2]\nswap q[0], q[1]\n"
CNOTS = "qubit q[2]\ncnot q[0], q[1]\ncnot q[1], q[0]\ncnot q[0], q[1]\n"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    Path("swap.qc").write_text(SWAPPED)
    Path("cnots.qc").write_text(CNOTS)
    Path("bell.qc").write_text(BELL)
    Path("flipped.qc").write_text(BELL + "x q[0]\n")
    Path("phased.qc").write_text(BELL + "z q[0]\n")
    Path("bell.json").write_text(json.dumps(PAYLOAD))


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main(list(words))
    return code, capsys.readouterr().out


def test_equal_programs(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "equiv", "swap.qc", "cnots.qc", "--preserve", "unitary")
    assert code == 0
    assert out.splitlines() == [
        "swap and cnots: equal, the whole unitary of 2 qubits",
        "compared: circuits, their order, qubits, registers, dry_run, noise, error_mitigation, compilation",
        "not compared: the job's name, shots, session_id, metadata, backend (not named by both), the circuit's name",
    ]
    assert said(capsys, "equiv", "bell.qc", "bell.json", "--preserve", "unitary")[0] == 0


@pytest.mark.parametrize(
    ("first", "second", "preserve", "checked"),
    [
        ("h q", "h q; s q", "measurement", "the unitary of 2 qubits, up to phases of the outcomes"),
        ("h q", "h q", "unitary", "the whole unitary of 2 qubits"),
        ("h q; z q[0]", "h q", "outcomes", "the distribution from |0...0>"),
        ("h q[0]; cnot q[0], q[1]", "h q[1]; cnot q[1], q[0]; swap q[0], q[1]", "measurement",
         "the unitary of 2 qubits, up to phases of the outcomes, with an input permutation"),
        ("h q[0]; cnot q[0], q[1]; swap q[0], q[1]", "h q[0]; cnot q[0], q[1]", "measurement", None),
    ],
)  # fmt: skip
def test_the_verdict_says_what_its_contract_compared(
    first: str, second: str, preserve: str, checked: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, body in (("one.qc", first), ("two.qc", second)):
        Path(name).write_text(f"qubit q[2]\n{body}\n")
    code, out = said(capsys, "equiv", "one.qc", "two.qc", "--preserve", preserve)
    if checked is not None:
        assert (code, out.splitlines()[0]) == (0, f"one and two: equal, {checked}")
    assert ("whole" in out) == (preserve == "unitary")


def test_a_final_diagonal_is_seen_by_one_contract_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "equiv", "bell.qc", "phased.qc")[0] == 0
    assert said(capsys, "equiv", "bell.qc", "phased.qc", "--preserve", "unitary")[0] == 1


def test_a_counterexample(capsys: pytest.CaptureFixture[str]) -> None:
    """From |00> a Bell pair gives 00 and 11, with a flip after it 10 and 01."""
    code, out = said(capsys, "equiv", "bell.qc", "flipped.qc", "--json")
    assert code == 1
    found: dict[str, Any] = json.loads(out)["pairs"][0]
    assert found["equal"] is False
    assert found["counterexample"]["input"] == "00"
    first, second = found["counterexample"]["probabilities"]
    assert {round(first, 6), round(second, 6)} == {0.0, 0.5}
    assert (found["counterexample"]["outcome"] in ("00", "11")) == (first > second)


@pytest.mark.parametrize(
    ("one", "other", "preserve", "expected"),
    [
        # s and t differ in superpositions only: h s |+> is |i>-like, 1/2 each; h t |+> gives cos^2(pi/8)
        ("s q\nh q", "t q\nh q", "measurement", "from |+> the outcome 0 has 50.0000% against 85.3553%"),
        # |+>: 1/4 |1 + e^{i pi/4}|^2 = cos^2(pi/8)
        ("s q", "t q", "unitary", "from |+> the overlap of the final states is only 85.3553%"),
        ("x q", "id q", "outcomes", "from |0> the outcome 0 has 0.0000% against 100.0000%"),
        ("x q", "id q", "unitary", "from |0> the outcome 0 has 0.0000% against 100.0000%"),
    ],
)
def test_a_difference_is_shown_where_it_can_be_seen(
    one: str, other: str, preserve: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Numbers worked out by hand."""
    Path("one.qc").write_text(f"qubit q\n{one}\n")
    Path("other.qc").write_text(f"qubit q\n{other}\n")
    code, out = said(capsys, "equiv", "one.qc", "other.qc", "--preserve", preserve)
    assert code == 1
    assert out.splitlines()[1] == f"  {expected}"


def test_a_counterexample_of_two_qubits_and_a_parameter(capsys: pytest.CaptureFixture[str]) -> None:
    """cz does nothing to |++0> that single qubits show; a parameter is shown with its value."""
    Path("one.qc").write_text("qubit q[3]\ncz q[0], q[1]\nh q\n")
    Path("other.qc").write_text("qubit q[3]\nh q\n")
    code, out = said(capsys, "equiv", "one.qc", "other.qc")
    assert (code, "from |" in out) == (1, True)
    Path("one.qc").write_text("param t\nqubit q\nrx(t) q\n")
    Path("other.qc").write_text("param t\nqubit q\nrx(t + 1) q\n")
    code, out = said(capsys, "equiv", "one.qc", "other.qc")
    value = float(out.partition("t = ")[2].split()[0])
    numbers = [float(word.strip("%")) / 100 for word in out.split() if word.endswith("%")]
    assert sorted(numbers) == pytest.approx(sorted([wanted(value, out), wanted(value + 1, out)]), abs=1e-5)


def wanted(angle: float, out: str) -> float:
    """The probability that rx(angle) gives to the outcome which is shown."""
    return (math.cos if "outcome 0" in out else math.sin)(angle / 2) ** 2


def test_gates_that_differ(capsys: pytest.CaptureFixture[str]) -> None:
    code, out = said(capsys, "diff", "bell.qc", "flipped.qc")
    assert code == 1
    assert [line for line in out.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")] == ["+x q[0]"]


def test_spellings_do_not_differ(capsys: pytest.CaptureFixture[str]) -> None:
    """Loops, comments, synonyms and the format itself."""
    Path("loop.qc").write_text("qubit q[2] # two\nfor i in [0] { h q[i] }\nctrl @ not q[0], q[1]\n")
    assert said(capsys, "diff", "bell.qc", "loop.qc") == (0, "")
    assert said(capsys, "diff", "bell.json", "bell.qc") == (0, "")


def test_what_cannot_be_compared(capsys: pytest.CaptureFixture[str]) -> None:
    Path("two.qc").write_text("param t\nqubit q\nrx(t) q\n")
    assert main(["equiv", "-", "-"]) == 2
    assert main(["equiv", "bell.qc", "missing.qc"]) == 2
    Path("many.qc").write_text("circuit a() { qubit q; h q }\ncircuit b() { qubit q; x q }\nrun a(), b()\n")
    assert main(["equiv", "bell.qc", "many.qc"]) == 2
    assert "QC0815" in capsys.readouterr().err
    assert main(["equiv", "two.qc", "two.qc", "--set", "t=0.3"]) == 0
