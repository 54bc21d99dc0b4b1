"""Tests in the language: the meaning of `expect`, computed by another road, and the command that runs them.

Would catch a probability of other qubits, a number read from the wrong end, a sign of Y, a state of another place, a
tolerance that is not kept, a test that passes without being judged, and outcomes that depend on the processes.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from by_hand import product
from commands import command

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl import workers
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.testing import suite

STATE = """
  qubit a, q[2], b
  h a; cnot a, q[1]; ry(0.7rad) b; rz(0.4rad) q[1]; cy b, q[0]; rx(1.1rad) q[1]
"""


def codes(text: str) -> list[str]:
    return [one.code for outcome in suite.outcomes(Source(text)) for one in outcome.diagnostics]


def holds(condition: str, body: str = STATE) -> bool:
    """Whether a condition holds at the end of a body; wrong conditions raise."""
    found = codes(f'test "t" {{ {body}\n  expect {condition}\n}}\n')
    assert set(found) <= suite.FAILURES, found
    return not found


def test_probabilities_are_those_of_the_simulator_for_every_choice_of_qubits() -> None:
    shares = iq.circuit(STATE).probabilities()
    wires = {"a": 0, "q[0]": 1, "q[1]": 2, "b": 3}
    for bits in ("0000", "1101", "1010"):
        expected = shares.get(bits, 0.0)
        assert holds(f'prob("{bits}") == {expected!r} within 1e-12')
    for names in (["b"], ["q[1]", "a"], ["b", "q[0]", "a"]):
        bits = "101"[: len(names)]
        expected = sum(
            share
            for key, share in shares.items()
            if all(key[wires[name]] == bit for name, bit in zip(names, bits, strict=True))
        )
        assert holds(f'prob("{bits}", {", ".join(names)}) == {expected!r} within 1e-12')
        assert not holds(f'prob("{bits}", {", ".join(names)}) == {expected + 2e-9!r}')
    assert holds('prob("01", q) == prob("01", q[0], q[1])')


def test_mean_values_are_those_of_the_matrices() -> None:
    state = iq.circuit(STATE).state()
    for letters in ("XIII", "IYIY", "ZXIY", "YYZX", "IZII", "YIXI", "IIII"):
        expected = float(np.vdot(state, product(letters) @ state).real)
        operator = "*".join(f"{letter}[{place}]" for place, letter in enumerate(letters) if letter != "I") or "1"
        assert holds(f"mean({operator}) == {expected!r} within 1e-12")
        assert holds(f"mean(-3*{operator} + 0.5) == {0.5 - 3 * expected!r} within 1e-11")


def test_the_value_of_a_register_has_its_first_slot_at_weight_1() -> None:
    body = "qubit q[4]; x q[0]; x q[3]; register r = q[3], _, q[2], q[0]"
    assert holds("value(q) == 9", body)  # 1 + 8
    assert holds("value(r) == 9", body)  # slots 1, 0, 0, 1
    assert holds("value(q[1:4]) == 4", body)
    assert holds("value(q[3], q[0:2]) == 3", body)
    assert holds('prob("1001", r) == 1 and prob("1101", r) == 0', body)
    assert codes(f'test "t" {{ {body}; h q[1]; expect value(r) == 9; expect value(q) == 9 }}') == ["QC0441"]


def test_an_expectation_speaks_of_its_place_and_of_the_qubits_so_far() -> None:
    text = """test "places" {
      qubit a
      expect prob("0") == 1
      x a
      expect prob("1") == 1 and qubits() == 1 and depth() == 1
      qubit b[2]
      expect prob("100") == 1 and qubits() == 3
      x b[1]; x a
      expect value(b) == 2 and value(a, b) == 4
      for i in range(3) { x a; expect value(a) == (i + 1) % 2 }
    }"""
    assert codes(text) == []
    assert codes(text.replace("value(a) ==", "value(a) !=")) == ["QC0440"] * 3


def test_same_compares_whole_unitaries_up_to_a_phase() -> None:
    circuits = "circuit c(t, n = 2) { qubit q[n]; for i in range(n) { rz(t) q[i] } }\n"
    body = "qubit a, b; gphase(0.3rad); rz(0.2rad) a; rz(0.2rad) b"
    for condition, passes in (
        ("same(c(0.2rad))", True),
        ("same(c(t = 0.2rad, n = 2))", True),
        ("same(c(0.21rad))", False),
        ("same(identity)", False),
        ("same(c(0.21rad)) within 0.02", True),
        ('not same(c(0.21rad)) and prob("00") == 1', True),
    ):
        found = codes(f'{circuits}test "t" {{ {body}; expect {condition} }}')
        assert (found == []) is passes, condition


def test_same_works_on_wide_circuits() -> None:
    body = "qubit q[40]; h q; for i in range(39) { cnot q[i], q[i + 1] }"
    undone = "for i in range(39) { cnot q[38 - i], q[39 - i] } h q"
    assert codes(f'test "t" {{ {body} {undone}; expect same(identity) }}') == []
    assert codes(f'test "t" {{ {body} {undone}; s q[7]; expect same(identity) }}') in (["QC0442"], ["QC0443"])
    assert codes(f'test "t" {{ {body}; expect entanglers("aria") == 39 }}') == []


def test_what_nobody_can_decide_fails() -> None:
    body = "qubit q[24]; for k in range(6) { for i in range(24) { u(i + k, 2*k, 3*i) q[i] } "
    body += "for i in range(23) { cnot q[i], q[i + 1] } }"
    circuit = f"circuit c {{ {body} }}\n"
    other = body.replace("cnot q[i], q[i + 1]", "h q[i + 1]; cz q[i], q[i + 1]; h q[i + 1]")
    found = codes(f'{circuit}test "t" {{ {other}; expect same(c) }}')
    assert found in ([], ["QC0443"])  # equal: proven, or not decided, but never called different


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ('prob("1") == 0.5', True),
        ('prob("1") == 0.5 + 5e-10', True),
        ('prob("1") == 0.5 + 5e-9', False),
        ('prob("1") == 0.6 within 0.1001', True),
        ('prob("1") != 0.5', False),
        ('prob("1") < 0.5', False),
        ('prob("1") > 0.5', False),
        ('prob("1") <= 0.5 and prob("1") >= 0.5', True),
        ('0.4 < prob("1") < 0.6', True),
        ('0.4 < prob("1") < 0.45', False),
        ('prob("1") < 0.45 or prob("0") < 0.45', False),
        ('not (prob("1") < 0.45 or prob("0") < 0.45)', True),
        ('prob("1") + prob("0") == 1 and not prob("1") == 0.4', True),
        ('round(prob("1"), 1) in [0.5, 0.7]', True),
        ('(1 if prob("0") > 0.1 else 2) == 1', True),
        ('max(prob("1"), prob("0")) == 0.5', True),
        ("qubits() == 1", True),
        ("2 + 2 == 5", False),
    ],
)
def test_conditions(condition: str, result: bool) -> None:
    assert holds(condition, "qubit q; h q") is result


@pytest.mark.parametrize(
    "condition",
    [
        " and ".join(['prob("1") == 0.5'] * 1500),
        " or ".join(['prob("1") == 0.4'] * 1500 + ['prob("0") == 0.5']),
        " + ".join(['prob("1")'] * 1500) + " == 750",
        "(" + "".join('1 if prob("1") == 0.4 else ' for _ in range(1500)) + "2) == 2",
        "(" * 80 + 'prob("1")' + ")" * 80 + " == 0.5",
        "not " * 80 + 'prob("1") == 0.5',
    ],
    ids=["and", "or", "sum", "conditional", "brackets", "not"],
)
def test_conditions_may_be_long_and_deep(condition: str) -> None:
    wrong = condition.replace("0.5", "0.45").replace("750", "751").replace(") == 2", ") == 3")
    assert holds(condition, "qubit q; h q")
    assert not holds(wrong, "qubit q; h q")


def test_a_value_that_decides_nothing_need_not_be_certain() -> None:
    body = "qubit q[2]; h q"
    assert holds("(value(q) if qubits() == 3 else 5) == 5", body)
    assert holds("qubits() == 2 or value(q) == 7", body)
    assert codes(f'test "t" {{ {body}; expect qubits() == 2 and value(q) == 7 }}') == ["QC0441"]
    assert codes(f'test "t" {{ {body}; expect 2*value(q) + 1 == 7 }}') == ["QC0441"]


def test_every_kind_of_comparison_can_fail_and_says_what_was_found() -> None:
    text = 'test "t" for a in [2] { qubit q[2]; x q[0]; expect value(q) == a + 1 within 0.5 }'
    (outcome,) = suite.outcomes(Source(text))
    (failure,) = outcome.diagnostics
    assert failure.message == "test `t` with a = 2: `value(q)` is 1, but `a + 1` = 3 within 0.5 is expected"
    assert failure.span is not None
    assert failure.span.text == "value(q) == a + 1"


def test_circuits_as_statements_bring_their_names_and_see_none_of_the_test() -> None:
    circuit = "const n = 2\ncircuit pair(m = n) { qubit q[m], t; x q[0]; let first = q[0]; register out = t, q }\n"
    assert codes(circuit + 'test "t" { pair; x t; expect value(out) == 3; x first; expect value(out) == 1 }') == []
    assert codes(circuit + 'test "t" { qubit z; const n = 9; pair; expect qubits() == 4 }') == []
    assert codes(circuit + 'test "t" { pair(3); expect value(q) == 1 and qubits() == 4 }') == []


def test_gates_of_the_other_gateset_and_blocks() -> None:
    assert codes('test "t" { gateset native; qubit q; gpi(0) q; expect value(q) == 1 }') == []
    body = "qubit q; native { gpi(0) q; expect value(q) == 1 } verbatim { x q }; expect value(q) == 0"
    assert codes(f'test "t" {{ {body} }}') == []


def test_work_is_bounded_for_each_case_not_for_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ionqdsl.language.step_budget.STEPS", 5000)
    loop = "for i in range(20) { for j in range(20) { const k = i + j } }"
    assert codes(f'test "t" for a in range(8) {{ qubit q; {loop} x q; expect value(q) == 1 }}') == []
    assert codes(f'test "t" {{ qubit q; {loop.replace("20", "80")} x q; expect value(q) == 1 }}') == ["QC0511"]


def test_a_test_is_no_part_of_the_program() -> None:
    text = 'qubit q\nh q\ntest "t" { qubit p[3]; x p; expect value(p) == 7 }\n'
    program, warnings = stages.load(Source(text))
    assert [(circuit.width, len(circuit)) for circuit in program.runs] == [(1, 1)]
    assert not warnings
    broken = text.replace("x p;", "x p[9];")
    stages.load(Source(broken))
    with pytest.raises(CompileError):
        stages.examine(Source(broken))


def test_a_file_of_definitions_and_tests_is_no_error() -> None:
    tested = 'test "t" { c(2); expect qubits() == 2 }\n'
    assert stages.examine(Source(f"circuit c(n) {{ qubit q[n]; h q }}\n{tested}")) == []
    assert stages.examine(Source('gate g a { h a }\ntest "t" { qubit q; g q; g q; expect same(identity) }\n')) == []
    for text in ("circuit c(n) { qubit q[n]; h q }\n", '# test "t"\n'):
        with pytest.raises(CompileError):
            stages.examine(Source(text))


def test_tests_of_included_files_run_only_if_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lib.qc").write_text('gate g a { x a }\ntest "lib" { qubit q; g q; expect value(q) == 0 }\n')
    Path("main.qc").write_text('include "lib.qc"\ntest "main" { qubit q; g q; expect value(q) == 1 }\n')
    assert [outcome.title for outcome in suite.outcomes(stages.read("main.qc"))] == ["main"]
    assert [bool(outcome) for outcome in suite.outcomes(stages.read("lib.qc"))] == [False]


def test_the_python_function_takes_texts_and_files(tmp_path: Path) -> None:
    text = 'param t = 0\ntest "t" for bit in [0, 1] { qubit q; rx(t) q; expect value(q) == bit }\n'
    assert [bool(outcome) for outcome in iq.test(text)] == [True, False]
    assert [(one.title, bool(one)) for one in iq.test(text, {"t": np.pi})] == [
        ("t, bit = 0", False),
        ("t, bit = 1", True),
    ]
    (tmp_path / "t.qc").write_text(text)
    assert [bool(outcome) for outcome in iq.test(tmp_path / "t.qc")] == [True, False]
    assert [outcome.line for outcome in iq.test(str(tmp_path / "t.qc"))] == [2, 2]
    with pytest.raises(iq.UsageError):
        iq.test("missing.qc")
    with pytest.raises(CompileError):
        iq.test('test "t" { expect }')


# --- the command -----------------------------------------------------------------------------------------------------

PROGRAM = """circuit flips(n) { qubit q[n]; x q }
test "all" for n in range(1, 5) { flips(n); expect value(q) == 2**n - 1 }
test "wrong" { flips(2); expect value(q) == 2 }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("inner").mkdir()
    Path("inner/flips.qc").write_text(PROGRAM)
    Path("bell.qc").write_text("qubit q[2]\nh q[0]\ncnot q[0], q[1]\n")
    return tmp_path


def test_the_command_runs_all_below_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test"]) == 1
    out, err = capsys.readouterr()
    assert out == "5 tests: 4 passed, 1 failed\n"
    assert "inner/flips.qc:3:" in err
    assert "`value(q)` is 3, but 2 is expected" in err
    assert main(["test", "-k", "ALL", "inner"]) == 0
    assert capsys.readouterr().out == "4 tests passed\n"
    assert main(["test", "--list", "-k", "n = 2"]) == 0
    assert capsys.readouterr().out == "inner/flips.qc:2: all, n = 2\n"


def test_no_test_is_a_wrong_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "bell.qc"]) == 2
    assert "QC0449" in capsys.readouterr().err
    assert main(["test", "-k", "nowhere"]) == 2
    assert "`-k` excludes 5 tests" in capsys.readouterr().err
    assert main(["test", "missing.qc"]) == 2
    assert "QC0424" in capsys.readouterr().err


def test_files_with_errors_do_not_stop_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("broken.qc").write_text('test "t" { qubit q; expect prob("0" == 1 }\n')
    assert main(["test", "-k", "all"]) == 1
    out, err = capsys.readouterr()
    assert out == "4 tests passed\n"
    assert "broken.qc:1:" in err


def test_outcomes_as_data(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["test", "--json", "--junit", "out.xml"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["passed"], answer["failed"]) == (4, 1)
    assert [test["passed"] for test in answer["tests"]] == [True] * 4 + [False]
    assert answer["tests"][1]["values"] == "n = 2"
    assert answer["tests"][4]["diagnostics"][0]["code"] == "QC0440"
    top = ElementTree.parse("out.xml").getroot()
    assert (top.get("tests"), top.get("failures"), top.get("errors")) == ("5", "1", "0")
    (failed,) = top.iter("failure")
    assert "value(q)" in str(failed.get("message"))
    assert [case.get("name") for case in top.iter("testcase")][:2] == ["all, n = 1", "all, n = 2"]


def test_text_of_every_kind_is_valid_xml(folder: Path) -> None:
    Path("odd.qc").write_text('test "<&\\"\\n\uffff \u001b é" { qubit q; x q; expect value(q) == 0 }\n', "utf-8")
    assert main(["test", "odd.qc", "--junit", "out.xml"]) == 1
    assert len(list(ElementTree.parse("out.xml").getroot().iter("failure"))) == 1


def test_standard_input_and_values(folder: Path) -> None:
    text = 'param t = 0\ntest "t" { qubit q; rx(t) q; expect prob("1") == 1 }\n'
    for flags, code in (([], 1), (["--set", "t=pi"], 0), (["--set", "s=pi"], 1)):
        done = command("test", "-", *flags, input=text)
        assert done.returncode == code, done.stderr


def test_the_number_of_processes_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ALONE", 0.0)
    file = suite.TestedFile(stages.read("inner/flips.qc"))
    chosen = [(file, range(len(file.cases)))]
    alone, apart = list(suite.run(chosen)), list(suite.run(chosen, workers.Workers(2)))
    assert [outcome.to_json() for outcome in alone] == [outcome.to_json() for outcome in apart]
    assert [bool(outcome) for outcome in apart] == [True] * 4 + [False]


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_an_interrupt_ends_all_processes(folder: Path) -> None:
    Path("slow.qc").write_text(
        'test "slow" for i in range(5000) { qubit q[14]; for k in range(40) { h q } expect prob("1", q[0]) == 0 }\n'
    )
    words = [sys.executable, "-m", "ionqdsl", "test", "slow.qc", "-j", "2"]
    running = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    until = time.monotonic() + 60
    while _members(running.pid) < 3 and time.monotonic() < until:  # Python itself ends differently while it starts
        time.sleep(0.1)
    time.sleep(1)
    os.killpg(running.pid, signal.SIGINT)
    running.wait(timeout=60)
    assert running.returncode == 130
    for _ in range(100):  # the children end a moment later
        if not _is_alive(running.pid):
            break
        time.sleep(0.1)
    assert not _is_alive(running.pid)


def _members(group: int) -> int:
    listed = subprocess.run(["ps", "-A", "-o", "pgid="], capture_output=True, text=True, check=True)
    return listed.stdout.split().count(str(group))


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_reference_names_the_tests_of_each_definition(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("lib.qc").write_text(
        "gate g a { h a }\ncircuit c { qubit q; g q }\n"
        'test "first" { c; g q; expect same(identity) }\ntest "second" { qubit q; h q; expect same(c) }\n'
    )
    assert main(["doc", "lib.qc"]) == 0
    said = [line for line in capsys.readouterr().out.splitlines() if "tested by" in line]
    assert said == ['- tested by: "first"', '- tested by: "first", "second"']


# --- values from outside ---------------------------------------------------------------------------------------------


def test_an_open_parameter_is_named_once_with_the_ways_to_give_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "open.qc"
    path.write_text(
        'param t\ncircuit a { qubit q; ry(2*t) q }\ntest "open" for k in range(3) { a; expect mean(Z[0]) == 1 }\n'
    )
    assert main(["test", str(path)]) == 1
    out, err = capsys.readouterr()
    assert "3 tests: 0 passed, 3 failed" in out
    assert err.count("QC0260") == 1
    assert main(["test", str(path), "--set", "t=pi"]) == 0
    path.write_text(
        path.read_text().replace("param t\n", "").replace("circuit a", "circuit a(t)").replace("{ a;", "{ a(k*pi);")
    )
    assert main(["test", str(path)]) == 0


@pytest.mark.parametrize(
    "definitions", ["", "circuit tilt(t) { qubit q; ry(t) q }\n"], ids=["tests alone", "open circuits"]
)
@pytest.mark.parametrize("verb", ["run", "compile", "submit"])
def test_a_file_of_tests_names_the_command_that_runs_them(
    verb: str, definitions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "only.qc"
    path.write_text(definitions + 'test "flip" { qubit q; x q; expect value(q) == 1 }\n')
    words = [verb, str(path), *(["--backend", "simulator"] if verb == "submit" else [])]
    assert main(words) == 1
    assert f"`ionqdsl test {path}`" in capsys.readouterr().err
    assert main(["test", str(path)]) == 0
