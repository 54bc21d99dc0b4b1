"""Sweeps and jobs of several circuits: sharing work changes no result at any point, and gives the same bytes again.

Each point is checked by lowering and compiling it separately, and by dense simulation. Would catch a point with
another's value, a special value compiled like an ordinary one, an angle out of range, and a condition decided once for
all points.
"""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ionqdsl.pipeline as stages
from ionqdsl import batch
from ionqdsl.cli import main
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import PRESERVE
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.points import FamilyPoint
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes.cost import cost_of
from ionqdsl.verify import equivalent, invariants
from tests.programs import symbolic_programs

VALUES = ["0", "0.3", "-0.7", "pi/2", "-pi", "1.2", "2*pi/7", "3", "5*pi/4", "-11.5"]

CONTRACTS = PRESERVE[:4]  # a circuit without registers has the same outcomes under the fifth


def load(text: str, values: dict[str, str] | None = None, sweeps: dict[str, str] | None = None) -> LoweredProgram:
    return stages.load(Source(text), values, sweeps)[0]


def swept(text: str, name: str = "t", values: list[str] = VALUES, **others: str) -> LoweredProgram:
    return load(text, others, {name: f"[{', '.join(values)}]"})


@given(symbolic_programs(), st.sampled_from(["0.4", "pi/3", "-2"]))
@settings(max_examples=40, deadline=None)
def test_points_are_what_lowering_them_one_by_one_gives(text: str, s: str) -> None:
    program = swept(text, s=s)
    for value, run in zip(VALUES, program.runs, strict=True):
        (alone,) = load(text, {"s": s, "t": value}).runs
        assert [(op.gate, op.qubits, op.controls) for op in run.rows] == [
            (op.gate, op.qubits, op.controls) for op in alone.rows
        ]
        for ours, theirs in zip(run.rows, alone.rows, strict=True):
            for a, b in zip(ours.angles, theirs.angles, strict=True):
                assert a.in_radians() == pytest.approx(b.in_radians(), rel=1e-14, abs=1e-14)
        assert (run.phase - alone.phase).in_radians() == pytest.approx(0, abs=1e-12)


@given(symbolic_programs(), st.sampled_from(["aria", "forte"]), st.sampled_from([0, 1, 2]), st.sampled_from(CONTRACTS))
@settings(max_examples=40, deadline=None)
def test_large_sweeps_do_what_their_points_do(text: str, target: str, level: int, preserve: str) -> None:
    """Compiled by template, where nothing speaks against it."""
    program = swept(text, s="0.4")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch, "LARGE", 0)
        made, _, reports = stages.transpile(program, Options(target=target, level=level, preserve=preserve))
    for source, result, report in zip(program.runs, made.runs, reports, strict=True):
        assert result.name == source.name == report.circuit
        assert invariants(result, TARGETS[target]) == []
        assert equivalent(source, result, preserve, inputs=report.inputs), source.name


ANSATZ = (
    "param t\nparam s\nqubit q[3]\nh q\nzz(t) q[0], q[1]\nzz(s) q[1], q[2]\nrx(t/2) q\nzz(2*t) q[0], q[2]\nry(0.3) q\n"
)


def test_plain_numbers_are_lowered_once_and_exactly() -> None:
    program = swept(ANSATZ, s="0.1")
    assert all(isinstance(run, FamilyPoint) for run in program.runs)
    assert len({id(run.family) for run in program.runs if isinstance(run, FamilyPoint)}) == 1
    for value, run in zip(VALUES, program.runs, strict=True):
        (alone,) = load(ANSATZ, {"t": value, "s": "0.1"}).runs
        assert run == alone  # exact angles: pi/2 is a quarter turn


@pytest.mark.parametrize(
    "text",
    [
        "param t = 1\nqubit q\nif t > 0.5 { x q } else { rx(t) q }",
        "param t = 1\nconst twice = 2*t\nqubit q\nrx(twice) q",
        "param t = 1\ngate own(a) x { if a > 0.5 { x x }; rx(a) x }\nqubit q\nown(t) q",
        "param t[2] = [1, 2]\nqubit q\nrx(t[0] + t[1]) q",
        "param t = 1\ncircuit c(a = t) { qubit q; rx(a) q }\nrun c, c(2*t)",
        "param t = 1\nqubit q\nrx(t*t - sin(t)) q\nrx(t*pi) q",
    ],
)
def test_what_depends_on_a_value_is_worked_out_at_every_point(text: str) -> None:
    name = "t[0]" if "t[2]" in text else "t"
    values = ["0", "0.25", "0.5", "0.75", "1", "1.5", "2", "2.5", "3"]
    many, few = swept(text, name, values), [swept(text, name, [value]) for value in values]
    expected = [run for program in few for run in program.runs]
    assert [run.name for run in many.runs] == [run.name for run in expected]
    assert len({str(run.rows) for run in many.runs}) > 1
    for run, alone in zip(many.runs, expected, strict=True):
        assert len(run) == len(alone)
        for ours, theirs in zip(run.rows, alone.rows, strict=True):
            assert ours.gate == theirs.gate
            assert [a.in_radians() for a in ours.angles] == pytest.approx([a.in_radians() for a in theirs.angles])


def test_loops_of_a_run_statement_share_their_circuit() -> None:
    text = "circuit c(a) { qubit q[2]; h q; zz(a) q }\nrun c(v) for v in linspace(0, 1, 9) as 'c {v:.3f}'".replace(
        "'", '"'
    )
    program = load(text)
    assert [run.name for run in program.runs] == [f"c {v / 8:.3f}" for v in range(9)]
    assert all(isinstance(run, FamilyPoint) for run in program.runs)
    assert [run.rows[-1].angles[0].in_radians() for run in program.runs] == [v / 8 for v in range(9)]
    inner = "circuit c(n) { qubit q[n]; h q }\nrun c(v) for v in range(1, 12)"
    assert [run.width for run in load(inner).runs] == list(range(1, 12))


def test_a_point_without_a_value_is_an_error_with_its_place() -> None:
    with pytest.raises(stages.CompileError) as caught:
        swept("param t\nqubit q\nrx(1/t) q", values=[str(n) for n in range(12)])
    assert caught.value.diagnostics[0].code == "QC0303"


def test_special_points_of_a_large_sweep_are_compiled_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """At t = 0 all but one interaction go; no point costs more interactions than by itself."""
    monkeypatch.setattr(batch, "LARGE", 0)
    for target in ("aria", "forte"):
        program = swept(ANSATZ, s="0.1")
        made, _, _ = stages.transpile(program, Options(target=target))
        alone = [
            stages.transpile(LoweredProgram(runs=[run]), Options(target=target))[0].runs[0] for run in program.runs
        ]
        assert [cost_of(c).two_qubit_gates for c in made.runs] == [cost_of(c).two_qubit_gates for c in alone]
        assert cost_of(made.runs[0]).two_qubit_gates == 1  # zz(0.1) alone is left
        assert cost_of(made.runs[1]).two_qubit_gates == 3


def test_equal_circuits_are_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    program = load("circuit a(n) { qubit q[n]; h q; cnot q[0], q[1]; rx(0.3) q }\nrun a(2), a(n=2), a(3)")
    calls = []
    original = batch.passes.transpile
    monkeypatch.setattr(
        batch.passes, "transpile", lambda *given, **more: calls.append(given) or original(*given, **more)
    )
    made, _, reports = stages.transpile(program, Options(target="forte"))
    assert len(calls) == 2
    assert [run.name for run in made.runs] == ["a(2)", "a(n = 2)", "a(3)"] == [report.circuit for report in reports]
    assert made.runs[0].rows == made.runs[1].rows
    for source, run in zip(program.runs, made.runs, strict=True):
        (alone,) = stages.transpile(LoweredProgram(runs=[source]), Options(target="forte"))[0].runs
        assert alone.rows == run.rows  # the same rows one by one: the same bytes


def test_warnings_are_given_once() -> None:
    text = "param t\ngateset native\nqubit q[2]\nms(0, t, 0.1) q\ngpi2(t) q[0]"
    program = swept(text)
    _, warnings, _ = stages.transpile(program, Options(target="forte"))
    assert {warning.code for warning in warnings} == {"QC0610"}


def test_equal_commands_give_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.qc"
    path.write_text(ANSATZ)
    contents = []
    for number, large in enumerate((0, 0, 20_000)):
        monkeypatch.setattr(batch, "LARGE", large)
        out = tmp_path / f"{number}.json"
        flags = ["--target", "aria", "--set", "s=0.1", "--sweep", "t=linspace(0.1, 1, 12)", "-q", "-o", str(out)]
        assert main(["compile", str(path), *flags]) == 0
        contents.append(out.read_bytes())
    assert contents[0] == contents[1]
    assert len(contents[2]) > 100


def test_points_are_circuits() -> None:
    program = swept(ANSATZ, s="0.1")
    point = program.runs[1]
    copy = point.replace(name="other")
    assert type(copy) is FlatCircuit
    assert copy == point
    assert len(point) == len(point.rows) == len(list(point))
    assert math.isclose(point.rows[3].angles[0].in_radians(), 0.3)


def test_other_values_stay_open() -> None:
    (first, *_rest) = swept(ANSATZ).runs
    assert first.symbols == ("s",)
    made, _, _ = stages.transpile(swept(ANSATZ), Options(target="aria"))
    assert made.runs[1].symbols == ("s",)
