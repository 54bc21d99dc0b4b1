"""Reports tell the truth: a whole one by hand, and every line that can differ.

Would catch a pass reported as idle though it changed something, a relabelling in the wrong direction, numbers of
another stage, a line wider than a terminal, and text among the data.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from commands import folder  # noqa: F401 - a fixture for every test

from ionqdsl import passes
from ionqdsl.cli import main, reports
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import Pass, transpile
from ionqdsl.passes.context import PassContext
from ionqdsl.pipeline import load
from ionqdsl.verify import Verdict, equivalent
from tests.test_estimate import RECORD

CROSSED = """qubit a, b, c
h a
swap a, b
cnot b, c
zz(0.02) a, c
h a
"""


def told(words: list[str], capsys: Any) -> str:
    """The report of a compilation; the payload goes elsewhere."""
    assert main(["compile", *words, "-q", "-o", "out.json"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert max(map(len, err.splitlines())) <= 80
    return err


def test_a_whole_report(capsys: Any) -> None:
    """By hand: h and cnot are one interaction of a quarter turn, with a pulse on each qubit after it.

    0.99 for the two-qubit gate and 0.999 for each pulse are 0.988; 1 ms and two pulses of 0.1 ms, one after another,
    1.2 ms. Each qubit waits for the pulse of the other: 1 - 1e-4/(3 * 0.1), twice, is 0.9993. Reading both is 0.98 *
    0.98. Reset and readout are another 0.25 ms.
    """
    Path("c.json").write_text(json.dumps(RECORD))
    words = ["bell.qc", "--target", "aria", "--report", "--verify"]
    assert (
        told([*words, "--characterization", "c.json"], capsys)
        == """\
bell for aria at -O2, contract measurement

  after         gates  two-qubit  turns  pulses  depth
  as lowered        2          1   0.25       1      1
  resynthesise      3          1   0.25       2      1

  no change     translate_native, expand_pauliexp, gather_controls,
                release_controls, drop_unseen_phases, break_wide_gates,
                approximate, route, fold_angles, gather_blocks
  level         -O2, the default for aria
  inputs        as in the program
  approximation none
  rounding      below 1e-15 of the 1e-09 it may be
  fidelity      0.9483 expected: gates 0.988 x idle 0.9993 x readout 0.9604
  duration      1.2 ms one gate after another, 1.1 ms at least; a whole shot
                1.45 ms
  figures       c.json, qpu.forte-1, 2026-01-02
  verified      as the text says, 2 rows; then equal, the unitary of 2 qubits,
                up to phases of the outcomes
"""
    )


def test_relabelling_and_approximation_are_told(capsys: Any) -> None:
    """The swap is a matter of names: the h on a, in place b afterwards, is a pulse on b, which starts as a.

    The small interaction is left out at a cost of 2 sin(0.005), a hundredth.
    """
    Path("crossed.qc").write_text(CROSSED)
    text = told(["crossed.qc", "--target", "forte", "--report", "--verify", "--approx", "0.02"], capsys)
    for line in (
        "  as lowered        5          5   1.003       2      5",
        "  resynthesise      6          2  0.2532       4      2",
        "  approximate       5          1    0.25       4      1",
        "  inputs        renamed, all are |0>: a starts as b, b starts as a",
        "  approximation 0.01 spent of 0.02",
        "  fidelity      0.9946 expected: gates alone",
        "  duration      unknown",
        "  verified      as the text says, 5 rows; then equal within 0.01, the unitary of",
        "                3 qubits, up to phases of the outcomes, with an input",
        "                permutation",
    ):
        assert line in text.splitlines()
    assert "approximate," not in text
    assert text.count("fold_angles") == 1, "passes that run twice are named once"


def test_what_is_not_verified_or_not_estimated_is_said(capsys: Any) -> None:
    text = told(["bell.qc", "--target", "qis", "--report"], capsys)
    assert "  fidelity      unknown: there are no figures for these gates\n" in text
    assert "  verified      no\n" in text
    Path("native.qc").write_text("gateset native\nqubit a\ngpi(0) a\n")
    text = told(["native.qc", "--report"], capsys)
    assert text.startswith("native: native gates, sent as they are written\n")
    assert "  as lowered      1          0      0       1      0\n" in text
    Path("open.qc").write_text("param t\nqubit a, b\nzz(t) a, b\nrx(t) a\n")
    assert main(["compile", "open.qc", "--target", "forte", "--verify", "--emit", "qc"]) == 0
    unchecked = "not checked: values of the parameters other than 2 sampled ones"
    equal = "equal, the unitary of 2 qubits, up to phases of the outcomes"
    assert f"open: as the text says, 2 rows; then {equal}; {unchecked}\n" in capsys.readouterr().err


def test_what_was_not_checked_is_said() -> None:
    source = load(Source("qubit a\nh a"))[0].runs[0]
    _, _, report = transpile(source, TARGETS["aria"], Options())
    report.verdict = Verdict(None, "none", "nothing", "24 qubits are more than the 20 that are simulated")
    text = " ".join(reports.text(source, source, report, None, Options()).split())
    assert "verified not judged, nothing; not checked: 24 qubits are more than the 20 that are simulated" in text


def test_several_circuits_have_several_reports(capsys: Any) -> None:
    Path("two.qc").write_text("circuit f(n) { qubit q[n]; h q }\nrun f(1), f(2)\n")
    text = told(["two.qc", "--target", "aria", "--report"], capsys)
    assert text.count("for aria at -O2, contract measurement\n") == 2
    assert main(["compile", "two.qc", "--target", "aria", "--report", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert [report["passes"][0]["gates"] for report in json.loads(out)["report"]] == [[1, 1], [2, 2]]


def test_reports_as_data(capsys: Any) -> None:
    Path("crossed.qc").write_text(CROSSED)
    words = ["compile", "crossed.qc", "--target", "forte", "--report", "--verify", "--approx", "0.02", "--json"]
    assert main(words) == 0
    first = capsys.readouterr().out
    (report,) = json.loads(first)["report"]
    assert report["inputs"] == [1, 0, 2]
    assert report["approximation"] == {"allowed": 0.02, "spent": pytest.approx(0.01, abs=1e-6), "droppable": None}
    free = "up to phases of the outcomes, with an input permutation"
    assert report["checked"] == {"done": f"the unitary of 3 qubits, {free}", "not_done": ""}
    assert report["preserve"] == "measurement"
    assert report["estimate"]["fidelity"] == pytest.approx((1 - 46.4e-4) * (1 - 2e-4) ** 4)
    assert report["estimate"]["seconds"] is None
    changes = [(step["name"], step["two_qubit_gates"]) for step in report["passes"] if step["changed"]]
    assert changes[:2] == [("resynthesise", [5, 2]), ("approximate", [2, 1])]
    turns = [step["interaction_turns"] for step in report["passes"] if step["name"] == "resynthesise"]
    assert turns[0] == [pytest.approx(1 + 0.01 / math.pi), pytest.approx(0.25 + 0.01 / math.pi)]
    assert not any(step["changed"] for step in report["passes"] if step["name"] == "fold_angles")
    assert main(words) == 0
    assert capsys.readouterr().out == first, "equal runs give equal bytes"


def test_passes_are_shown_as_programs(capsys: Any) -> None:
    """Every step, read back, has the effect of the one before: they are programs, with a comment on top."""
    Path("wide.qc").write_text("qubit q[3]\nctrl(2) @ x q[0], q[1], q[2]\npauliexp(0.1, X[0]*Z[1]) q[0:2]\n")
    words = ["compile", "wide.qc", "--target", "forte", "--show-passes", "--preserve", "unitary"]
    assert main([*words, "-o", "out.json", "-q"]) == 0
    parts = capsys.readouterr().err.split("# wide, ")[1:]
    titles = [part.split("\n")[0] for part in parts]
    assert titles == ["as lowered", "after expand_pauliexp", "after break_wide_gates", "after resynthesise"]
    circuits = [load(Source(part.partition("\n")[2]))[0].runs[0] for part in parts]
    assert all(equivalent(circuits[0], other) for other in circuits[1:])
    assert main([*words, "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [step["pass"] for step in steps] == ["", *(title.removeprefix("after ") for title in titles[1:])]
    assert steps[-1]["program"].strip() == parts[-1].partition("\n")[2].strip()


def test_what_was_not_kept_and_who_won(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(source: FlatCircuit, setting: PassContext) -> FlatCircuit:
        return source.replace(rows=source.rows * 2, origins=source.origins * 2)

    def emptied(source: FlatCircuit, setting: PassContext) -> FlatCircuit:
        return source.replace(rows=[], origins=[])

    pipeline = (Pass(doubled, "", optimises=True), Pass(doubled, "", candidate=emptied))
    monkeypatch.setitem(passes.PIPELINES, ("native", 1), pipeline)
    source = load(Source("gateset native\nqubit a, b\nms(0, 0) a, b"))[0].runs[0]
    _, _, report = transpile(source, TARGETS["aria"], Options(level=1))
    lines = [" ".join(line.split()) for line in reports.text(source, source, report, None, Options()).splitlines()]
    assert "doubled: costs more, not kept 2 2 0.5 0 2" in lines
    assert "doubled, its candidate emptied 0 0 0 0 0" in lines
    steps = reports.to_json(source, report, None, Options())["passes"]
    assert [step["candidate"] for step in steps] == [None, "emptied"]


def test_verdicts_within_an_error() -> None:
    source = load(Source("qubit a\nh a"))[0].runs[0]
    _, _, report = transpile(source, TARGETS["aria"], Options())
    report.verdict = Verdict(True, "states", "3 states", "all other inputs")
    assert reports.verdict(report) == "equal, 3 states; not checked: all other inputs"
    report.spent = 0.125
    assert reports.verdict(report) == "equal within 0.125, 3 states; not checked: all other inputs"
