"""Circuits that measure before the end in Python, in tests of the language, in `run`, `stats` and the playground."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import pytest

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import Slot
from ionqdsl.lsp import completion, hover, navigation, renaming
from ionqdsl.lsp.document import Document
from ionqdsl.lsp.workspace import Workspace
from ionqdsl.testing import suite

FED_BACK = "qubit a, b\nregister m[1]\nry(pi/3) a\nm[0] = measure a\nif m[0] { x b }\nreset a\nh a\n"


def of_text(text: str) -> Any:
    return iq.Circuit.of(stages.load(Source(text))[0].runs[0])


def code(call: Any) -> str:
    with pytest.raises(iq.CompileError) as error:
        call()
    return error.value.diagnostics[0].code


# --- Python ----------------------------------------------------------------------------------------------------------


def test_the_builder_writes_what_the_language_reads() -> None:
    circuit = iq.Circuit(2).register("s", 3).h(0).measure(0, "s", 0).reset(0)
    circuit.measure([0, 1], "s", [2, 1]).measure(1, into="last").reset()
    text = "qubit q[2]\nregister s[3]\nh q[0]\ns[0] = measure q[0]\nreset q[0]\ns[2] = measure q[0]\n"
    text += "s[1] = measure q[1]\nregister last = measure q[1]\nreset q\n"
    assert circuit == of_text(text)
    assert of_text(str(circuit)) == circuit


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: iq.Circuit(1).measure(0, "output"), "QC0293"),
        (lambda: iq.Circuit(1).measure(0, "1"), "QC0893"),
        (lambda: iq.Circuit(2).measure(0, "s").measure(1, "s"), "QC0290"),
        (lambda: iq.Circuit(2).measure([0, 0], "s"), "QC0295"),
        (lambda: iq.Circuit(2).register("s", 2).measure(0, "s"), "QC0296"),
        (lambda: iq.Circuit(1).register("s", [0]).measure(0, "s"), "QC0335"),
        (lambda: iq.Circuit(1).measure(0, "s", 0), "QC0335"),
        (lambda: iq.Circuit(1).register("s", 0), "QC0334"),
        (lambda: of_text(FED_BACK).inverse(), "QC0647"),
        (lambda: of_text(FED_BACK).power(2), "QC0647"),
        (lambda: of_text(FED_BACK).controlled(), "QC0647"),
        (lambda: iq.Circuit(3).append(of_text(FED_BACK), [0, 1], controls=2), "QC0647"),
        (lambda: of_text(FED_BACK)[2:], "QC0648"),
        (lambda: of_text(FED_BACK).__delitem__(1), "QC0648"),
        (lambda: of_text(FED_BACK) + of_text(FED_BACK), "QC0893"),
        (lambda: of_text(FED_BACK).unitary(), "QC0645"),
        (lambda: of_text(FED_BACK).gradient("ZZ", {}), "QC0645"),
        (lambda: of_text(FED_BACK).bloch(), "QC0645"),
    ],
)
def test_refusals(call: Any, expected: str) -> None:
    assert code(call) == expected


@pytest.mark.parametrize(
    ("call", "advised"),
    [
        (lambda: iq.Circuit(2).register("s", 2).measure(0, "s"), 'measure(..., "s", range(1))'),
        (lambda: iq.Circuit(3).register("s", 2).measure([0, 1, 2], "s"), 'register("s", 3)'),
        (lambda: iq.Circuit(2).measure(0, "s", 1), 'register("s", n)'),
        (lambda: iq.Circuit(2).register("s", [0]).measure(1, "s"), "s_1"),
    ],
)
def test_advice_about_measurements_is_python(call: Any, advised: str) -> None:
    """It was a line of the language: `register s[3]`."""
    with pytest.raises(iq.IonqdslError) as caught:
        call()
    assert f"`{advised}`" in caught.value.diagnostics[0].helps[0]


def test_a_circuit_that_is_added_keeps_outcomes_and_conditions() -> None:
    """Would catch a condition that is dropped, so that `x` acts on every shot."""
    circuit = iq.Circuit(3).append(of_text(FED_BACK), [2, 1])
    assert circuit.registers == (("m", (Slot("m", 0),)),)
    expected = {"0000": 3 / 8, "0010": 3 / 8, "0101": 1 / 8, "0111": 1 / 8}  # q[1] follows the outcome, q[2] is |+>
    assert circuit.probabilities() == pytest.approx(expected)
    found = iq.run(circuit, exact=True).register_probabilities["m"]
    assert found == pytest.approx({"0": 0.75, "1": 0.25})
    assert circuit.expectation("IZI").value == pytest.approx(0.5)


def test_deleted_measurements_take_their_slots_along() -> None:
    circuit = iq.Circuit(1).h(0).measure(0, "s").h(0)
    assert circuit[:1].registers == ()
    assert circuit[:2].registers == (("s", (Slot("s", 0),)),)
    del circuit[1]
    assert circuit.registers == ()
    assert circuit.probabilities() == pytest.approx({"0": 1})


def test_means_are_over_all_branches() -> None:
    """<Z_b> = P(0) - P(1) of the outcome, cos(pi/3); a is |+>, and correlated with nothing."""
    circuit = of_text(FED_BACK)
    for operator, value in (("IZ", 0.5), ("XI", 1.0), ("XZ", 0.5), ("ZI", 0.0), ("II", 1.0), ("IX", 0.0)):
        assert circuit.expectation(operator).value == pytest.approx(value, abs=1e-12), operator
    sampled = circuit.expectation("XZ + 0.5*IZ", shots=20_000, seed=1)
    assert abs(sampled.value - 0.75) < 5 * sampled.error
    native = iq.Circuit(1, gateset="native").gpi2(0, 0).measure(0, "m").gpi2(0.25, 0)
    assert native.expectation("X").value == pytest.approx(0, abs=1e-12)
    noisy = native.expectation("X", shots=2000, seed=1, noise="aria-1")
    assert abs(noisy.value) < 0.2


def test_a_mean_of_branches_has_their_correlations() -> None:
    """The outcome decides between |1> and a turn by phi: <Y> = -P(0) sin(phi) in front of a reset ancilla."""
    text = "qubit a, b\nregister m[1]\nry(pi/3) a\nm[0] = measure a\nif m[0] { x b } else { rx(0.4) b }\n"
    mean = of_text(text).expectation("IY").value
    assert mean == pytest.approx(-0.75 * math.sin(0.4))


# --- conditions in Python --------------------------------------------------------------------------------------------

MEASURED = "qubit q[3]\nh q\nregister m[2]\nm[0] = measure q[0]\nm[1] = measure q[1]\n"


def measured() -> iq.Circuit:
    return iq.Circuit(3).h([0, 1, 2]).measure([0, 1], into="m")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (("m[1]",), "m[1]"),
        (("m[0]", 0), "m[0] == 0"),
        (("m", [1, 0]), "m == [1, 0]"),
        (("m[0] or m[1]",), "m[0] != m[1] or m[0]"),
        (("m[0] or m[1]", 0), "m == [0, 0]"),  # not `m[0] or (m[1] == 0)`
        (("any(m[k] == 1 for k in range(2))",), "m[0] or m[1]"),
        (("m[0] and not m[0]",), "m[0] and not m[0]"),
        (("m[0] or not m[0]",), "m[0] or not m[0]"),
    ],
)
def test_a_condition_in_python_is_that_of_the_language(condition: tuple[Any, ...], text: str) -> None:
    circuit = measured()
    with circuit.when(*condition) as same:
        same.x(2).barrier().rx(0.3, 2)
        same.gphase(0.7)
    assert same is circuit
    assert circuit == of_text(f"{MEASURED}if {text} {{ x q[2]; barrier; rx(0.3) q[2] }}\n")


def test_conditions_nest_and_the_only_slot_of_a_register_needs_no_number() -> None:
    circuit = iq.Circuit(2).h(0).measure(0, into="first").h(0).measure(0, into="second")
    with circuit.when("first", 1):
        circuit.x(1)
        with circuit.when("second", 0):
            circuit.z(1)
    text = "qubit q[2]\nregister first[1]\nregister second[1]\nh q[0]\nfirst[0] = measure q[0]\nh q[0]\n"
    text += "second[0] = measure q[0]\nif first[0] { x q[1]; if second[0] == 0 { z q[1] } }\n"
    assert circuit == of_text(text)


def _with(change: Any, *condition: Any) -> str:
    """The code of the error of a change under a condition, after which the circuit must be as before."""
    circuit, before = measured(), measured()

    def call() -> None:
        with circuit.when(*(condition or ("m[0]",))):
            circuit.x(2).gphase(1)
            change(circuit)

    found = code(call)
    assert circuit == before
    del circuit[0], before[0]  # and no condition remains open
    assert circuit.x(0) == before.x(0)
    return found


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda c: c.measure(2, into="late"), "QC0299"),
        (lambda c: c.reset(2), "QC0299"),
        (lambda c: c.register("end", [2]), "QC0299"),
        (lambda c: c.verbatim(iq.Circuit(3).x(0)), "QC0299"),
        (lambda c: c.x(7), "QC0886"),
        (lambda c: c.insert(0, iq.Circuit(3).x(0)), "QC0344"),
        (lambda c: c.__delitem__(0), "QC0344"),
    ],
)
def test_an_error_under_a_condition_adds_nothing(change: Any, expected: str) -> None:
    assert _with(change) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (("m",), "QC0307"),
        (("m", 1), "QC0635"),
        (("m", [1, 2]), "QC0881"),
        (("m[0]", 2), "QC0881"),
        (("m[5]",), "QC0206"),
        (("m[0] == other",), "QC0201"),
        (("other",), "QC0343"),
        (("1 == 1",), "QC0343"),
    ],
)
def test_wrong_conditions_are_refused_where_they_begin(condition: tuple[Any, ...], expected: str) -> None:
    assert _with(lambda circuit: None, *condition) == expected


def test_a_register_of_qubits_and_unwritten_slots_decide_nothing() -> None:
    circuit = measured().register("end", [2]).register("later", 1)
    assert code(circuit.when("end").__enter__) == "QC0343"
    assert code(circuit.when("later[0]").__enter__) == "QC0337"
    assert code(lambda: iq.Circuit(1).when("m").__enter__()) == "QC0343"


def test_wrong_text_of_a_condition_names_its_place() -> None:
    with pytest.raises(iq.UsageError, match="--> the condition:1:5"):
        measured().when("m[0]) { x q }").__enter__()


# --- tests of the language -------------------------------------------------------------------------------------------


def verdicts(text: str) -> list[tuple[bool, list[str]]]:
    found = suite.outcomes(Source(text, "t.qc"), {})
    return [(bool(one), [d.code for d in one.diagnostics]) for one in found]


BODY = "qubit a, b\nregister s[2]\nh a\ns[0] = measure a\nif s[0] { x b }\n"


@pytest.mark.parametrize(
    ("expect", "codes"),
    [
        ('prob("1", s[0]) == 0.5', []),
        ('prob("11", s[0], b) == 0.5', []),
        ('prob("10", s[0], b) == 0', []),
        ('prob("00") == 0.5', []),
        ("prob([k % 2 for k in range(1, 3)], s[0], b) == 0", []),
        ("prob([1], b) == 0.5", []),
        ("prob([], b) == 0", ["QC0444"]),
        ("prob([1, 2], s[0], b) == 0", ["QC0444"]),
        ("prob([true], b) == 0.5", ["QC0444"]),
        ("mean(Z[0]*Z[1]) == 1", []),
        ("value(b) == 0", ["QC0441"]),
        ("value(s[0]) == 0", ["QC0441"]),
        ('prob("1", s[1]) == 0', ["QC0337"]),
        ('prob("11", s[0], s[0]) == 0', ["QC0444"]),
        ("depth() == 3", []),
        ("same(copy)", []),
        ("same(identity)", ["QC0442"]),
        ('entanglers("forte") == 0', ["QC0297"]),
    ],
)
def test_quantities_of_outcomes(expect: str, codes: list[str]) -> None:
    copy = "circuit copy { qubit a, b; register s[2]; h a; s[0] = measure a; cnot a, b }\n"
    text = f'{copy}test "t" {{\n{BODY}expect {expect}\n}}\n'
    try:
        ((passed, found),) = verdicts(text)
    except iq.CompileError as error:
        passed, found = False, [one.code for one in error.diagnostics]
    assert (passed, found) == (not codes, codes)


def test_a_register_of_a_called_circuit_and_its_slots() -> None:
    text = "circuit c { qubit q[2]; register n[2]; x q[1]; n = measure q; reset q }\n"
    text += 'test "t" { c; expect value(n) == 2 and prob("1", n[1]) == 1 and prob("00") == 1 }\n'
    assert verdicts(text) == [(True, [])]


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.qc").write_text(FED_BACK)
    both = f"circuit plain {{ qubit q; h q }}\ncircuit fed {{ {FED_BACK} }}\nrun plain, fed\n"
    (tmp_path / "plain.qc").write_text(both)
    return "p.qc"


def test_run_follows_branches(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", program, "--exact", "--json"]) == 0
    (result,) = json.loads(capsys.readouterr().out)["results"]
    assert result["registers"]["m"]["probabilities"] == {"0": 0.75, "1": 0.25}
    assert result["probabilities"] == {"000": 0.375, "011": 0.125, "100": 0.375, "111": 0.125}
    assert result["exact"]
    assert result["written"] == 1
    assert main(["run", "plain.qc", "--shots", "10", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)["results"]
    assert [one["name"] for one in answer] == ["plain", "fed"]
    assert main(["run", program]) == 0
    shown = capsys.readouterr().out
    assert shown.index("m · order: m[0]") < shown.index("order: a b m[0]")


def test_run_follows_branches_with_noise_and_says_that_no_machine_does(
    program: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", program, "--noise", "aria-1"]) == 0
    assert "note[QC0340]" in capsys.readouterr().err
    assert main(["run", program, "--noise", "aria-1", "--defer", "--shots", "50"]) == 0


@pytest.mark.parametrize("name", ["branch.qc", "branch.qasm"])
def test_check_says_which_targets_follow_branches(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of OpenQASM too, at the line of the text."""
    source = tmp_path / name
    declared = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nbit c;\n'
    source.write_text(FED_BACK if name.endswith("qc") else f"{declared}c = measure q[0]; if (c) x q[1];\n")
    assert main(["check", str(source)]) == 0
    said = capsys.readouterr().err
    assert said.count("note[QC0340]") == 1
    assert f"{name}:5:" in said


def test_a_note_about_several_runs_of_one_text_comes_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "runs.qc"
    path.write_text(f"circuit fed(k) {{ {FED_BACK.strip()}; rx(k) a }}\nrun fed(k) for k in range(3)\n")
    for verb in (["check", str(path)], ["run", str(path), "--noise", "aria-1", "--shots", "5"]):
        assert main(verb) == 0
        assert capsys.readouterr().err.count("note[QC0340]") == 1


def test_stats_count_what_is_no_gate(program: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["stats", program, "--json"]) == 0
    (circuit,) = json.loads(capsys.readouterr().out)["circuits"]
    assert (circuit["gates"], circuit["measurements"], circuit["resets"], circuit["conditional"]) == (3, 1, 1, 1)
    assert circuit["depth"] == 4  # ry, measure, reset, h on a; x on b waits for the outcome
    assert main(["stats", "plain.qc", "--json"]) == 0
    assert "resets" not in json.loads(capsys.readouterr().out)["circuits"][0]


EDITED = """circuit code(rounds = 2) {
  qubit d[2], a
  register s[rounds]
  for r in range(rounds) {
    s[r] = measure a
    reset a
  }
  register first = measure d[0]
  if s[0] and not first { x d[1] }
  register data = d
}
"""


def opened() -> tuple[Document, Workspace]:
    files = Workspace()
    return files.open(EDITED, "file:///tmp/code/main.qc"), files


@pytest.mark.parametrize(("name", "places"), [("s", 3), ("first", 2), ("a", 3), ("d", 4), ("r", 2), ("rounds", 3)])
def test_the_editor_finds_names_in_measurements(name: str, places: int) -> None:
    """Would catch a rename that misses a use in a measurement."""
    document, files = opened()
    pattern = re.compile(rf"(?<![A-Za-z]){name}(?![A-Za-z])")
    at = [match.start() for match in pattern.finditer(EDITED)]
    assert len(at) == places
    for place in at:
        assert len(navigation.references(document, place, files)) == places
    (edits,) = renaming.rename(document, at[-1], "other", files)["changes"].values()
    assert len(edits) == places
    program, _ = stages.load(Source(pattern.sub("other", EDITED)))
    assert [(op.gate, op.qubits) for op in program.runs[0].rows] == [
        (op.gate, op.qubits) for op in stages.load(Source(EDITED))[0].runs[0].rows
    ]


@pytest.mark.parametrize(("name", "new"), [("s", "reset"), ("s", "data"), ("data", "s"), ("first", "output_all")])
def test_the_editor_refuses_names_of_other_registers(name: str, new: str) -> None:
    document, files = opened()
    with pytest.raises(CompileError, match="QC099"):
        renaming.rename(document, EDITED.index(f"register {name}") + 9, new, files)


def test_the_editor_explains_measurements() -> None:
    document, files = opened()
    for text, part in (("s[0]", "outcomes"), ("measure a", "keeps the outcomes"), ("reset a", "|0>")):
        shown = hover.hover(document, EDITED.index(text))
        assert shown is not None
        assert part in str(shown["contents"])
    typed = files.open("qubit q\nregister m = ", "file:///tmp/code/typed.qc")
    assert {"q", "measure"} <= {item["label"] for item in completion.completions(typed, len(typed.text))}
    assert "reset" in {item["label"] for item in completion.completions(files.open("res", "file:///tmp/c/r.qc"), 3)}
