"""Pulses mean pulses: native circuits are sent as written, digit by digit, unless the user asks for more.

Would catch a hand-written sequence that the optimiser rewrites, an angle of 0.3 that is sent as 0.30000000000000004, a
level other than the report says, and a flag that is silently ignored.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from commands import folder  # noqa: F401 - a fixture for every test

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.options import Options

HAND = """gateset native
qubit q[2]
gpi2(0) q[0]
gpi2(0.5) q[0]
zz(0.25) q[0], q[1]
zz(0.25) q[0], q[1]
"""
DIGITS = """gateset native
qubit a, b
gpi2(0.3) a
gpi(0.1turn) b
gpi2(1.3) a
gpi2(-0.7) b
zz(0.6) a, b
gpi2(0.3) a
gpi2(0.1) b
gpi(-1.9) a
zz(-0.1) a, b
gpi2(36deg) b
"""
"""zz(0.6) is zz(0.1) and half a turn about z on each qubit, which is taken off the later phases."""


def compiled(text: str, **options: Any) -> tuple[list[Any], list[Any]]:
    """The circuits and the reports."""
    program, _ = stages.load(Source(text))
    result, _, reports = stages.transpile(program, Options(**options))
    return result.runs, reports


def test_pulses_of_the_target_stay_unless_a_level_is_asked_for() -> None:
    """Four rows that do nothing are four rows; two are left where -O2 is asked for, as at the default for qis gates."""
    (runs,), (report,) = compiled(HAND, target="forte")
    assert [(op.gate, op.qubits) for op in runs.rows] == [
        ("gpi2", (0,)),
        ("gpi2", (0,)),
        ("zz_native", (0, 1)),
        ("zz_native", (0, 1)),
    ]
    assert (report.level, report.why) == (0, "written in the target's own gates: pulses mean pulses")
    _, (report,) = compiled(HAND, target="forte", level=2)
    assert (report.level, report.why) == (0, "nothing is left at -O2")
    _, (report,) = compiled(HAND + "gpi2(0) q[1]\n", target="forte", level=2)
    assert (report.level, report.why) == (2, "asked for")
    _, (report,) = compiled(HAND, target="aria")
    assert (report.level, report.why) == (0, "nothing is left at -O2")  # zz is not aria's


def test_each_circuit_of_a_program_has_its_own_level() -> None:
    """Qis and native circuits, those of the target and of another machine, side by side."""
    text = """job { backend = "qpu.forte-1" }
circuit a { qubit q[2]; h q; cnot q[0], q[1] }
circuit b { gateset native; qubit q[2]; gpi2(0) q[0]; gpi2(0) q[0]; zz(0.1) q[0], q[1] }
circuit c { gateset native; qubit q[2]; gpi2(0) q[0]; gpi2(0) q[0]; ms(0, 0, 0.1) q[0], q[1] }
run a, b, c
"""
    runs, reports = compiled(text)
    assert [report.level for report in reports] == [2, 0, 2]
    assert [op.gate for op in runs[1].rows] == ["gpi2", "gpi2", "zz_native"]
    assert [report.level for report in compiled(text, level=1)[1]] == [1, 1, 1]
    assert [report.level for report in compiled(text, target="qis")[1]] == [0, 0, 0]


def test_python_and_the_local_machine_take_pulses_as_written() -> None:
    """`compile`, and `run` with noise, whose strength grows with the pulses."""
    made = iq.Circuit(1, gateset="native").gpi2(0, 0).gpi2(0.5, 0)
    assert len(iq.compile(made, target="forte")) == 2
    assert len(iq.compile(made, target="forte", level=2)) == 0
    two = iq.run(made, noise="aria-1", exact=True).probabilities["1"]
    four = iq.run(made + made, noise="aria-1", exact=True).probabilities["1"]
    assert 1.9 < four / two < 2.1


def test_digits_stay_on_every_road(tmp_path: Any, capsys: Any) -> None:
    """Angles in range stay, others are folded as rationals: by hand, 0.3 - 1/2 is -0.2 and 1.3 is 0.3."""
    (tmp_path / "a.qc").write_text('job { backend = "qpu.forte-1" }\n' + DIGITS)
    phases = [0.3, 0.1, 0.3, -0.7, -0.2, -0.4, -0.4, -0.4]

    def numbers(body: str) -> tuple[list[float], list[float]]:
        rows = json.loads(body)["input"]["circuit"]
        return [row["phase"] for row in rows if "phase" in row], [row["angle"] for row in rows if "angle" in row]

    assert main(["compile", "a.qc", "-q", "-o", "a.json"]) == 0
    first = (tmp_path / "a.json").read_text()
    found, angles = numbers(first)
    assert found == phases
    assert angles == [0.1, -0.1]
    assert main(["convert", "a.json", "--to", "qc", "-o", "b.qc", "-q"]) == 0
    assert "gpi2(0.3) " in (tmp_path / "b.qc").read_text()
    assert main(["compile", "b.qc", "-q", "-o", "b.json"]) == 0
    assert (tmp_path / "b.json").read_text() == first.replace('"a"', '"b"')
    assert main(["compile", "a.qc", "-q", "--emit", "qc"]) == 0
    assert capsys.readouterr().out.count("00000") == 0


def test_digits_of_ms_stay_where_its_angle_turns_round() -> None:
    """A negative angle is half a turn on one phase: 0.1 + 0.5 is -0.4."""
    (circuit,), _ = compiled("gateset native\nqubit a, b\nms(0.1, 0.3, angle = -0.1) a, b\n", target="aria")
    assert [angle.in_turns() for angle in circuit.rows[0].angles] == [-0.4, 0.3, 0.1]


@pytest.mark.parametrize("values", [[0.1, 0.2, 0.3], np.array([0.1, 0.2, 0.3])], ids=["list", "array"])
def test_bound_digits_stay(values: Any) -> None:
    """One by one and as a sweep, before and after compiling; 3 times 0.3 is 0.9 and not 0.8999999999999999."""
    theta = iq.param("theta")
    made = iq.Circuit(2, gateset="native").gpi2(theta, 0).gpi2(3 * theta, 1).zz(theta / 3, 0, 1)
    for base in (made, iq.compile(made, target="forte")):
        for value, swept in zip(values, base.sweep(theta=values), strict=True):
            (one, two, _) = (op.angles[0].in_turns() for op in base.bind(theta=value).rows)
            assert (one, two) == (value, {0.1: 0.3, 0.2: 0.6, 0.3: 0.9}[float(value)])
            assert swept.rows[0].angles[0].in_turns() == value


def test_a_large_sweep_of_pulses_is_bound_exactly() -> None:
    """Above the size from which sweeps are compiled by their template, which binds in floating point."""
    count = 7001
    body = "gateset native; qubit q; gpi2(t) q; gpi2(t + 0.1) q; gpi(3*t) q"
    text = f"circuit c(t) {{ {body} }}\nrun c(t) for t in [i/{count - 1} for i in range({count})]\n"
    runs, reports = compiled(text, target="forte")
    assert {report.level for report in reports} == {0}
    assert [angle.in_turns() for op in runs[2100].rows for angle in op.angles] == [0.3, 0.4, 0.9]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_native_blocks_of_qis_circuits_keep_their_digits(level: int) -> None:
    """Whatever stands around them."""
    block = "native { gpi2(0.3) a; gpi(0.1turn) b; zz(0.15) a, b; gpi2(0.9) a }"
    text = f"qubit a, b\nrx(0.3) a\n{block}\nrz(0.1turn) b\nh b\n"
    (circuit,), _ = compiled(text, target="forte", level=level, effort=0.1)
    pinned = [op for op in circuit.rows if op.pinned]
    assert [angle.in_turns() for op in pinned for angle in op.angles] == [0.3, 0.1, 0.15, 0.9]


def test_qis_radians_stay() -> None:
    """Plain numbers are radians, and turns become the nearest float."""
    (circuit,), _ = compiled("qubit a\nrx(0.3) a\nry(0.1turn) a\nrz(-0.7) a\n", target="qis")
    assert [op.angles[0].in_radians() for op in circuit.rows] == [0.3, 2 * np.pi / 10, -0.7]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], None),
        (["--effort", "5"], "`--effort` has no effect: only -O3 searches, and this was compiled at -O0"),
        (["--effort", "5", "-O3"], None),
        (["--preserve", "outcomes"], "`--preserve outcomes` has no effect"),
        (["--preserve", "unitary"], None),
        (["--preserve", "outcomes", "-O2"], None),
    ],
)
def test_flags_without_effect_are_told(words: list[str], said: str | None, tmp_path: Any, capsys: Any) -> None:
    """A note, no error: the program is as its writer asked."""
    (tmp_path / "hand.qc").write_text(HAND + "gpi2(0) q[1]\n")
    assert main(["compile", "hand.qc", "--target", "forte", *words]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if "QC0620" in line]
    assert [said in line for line in notes] == ([True] if said else [])
    assert main(["compile", "hand.qc", "-O2"]) == 0
    assert "`-O2` has no effect" in capsys.readouterr().err


def test_half_turns_in_radians_are_half_turns() -> None:
    """3.141592653589793 misses pi by 1.2e-16: no two-qubit gate is played for that, in range or folded."""
    for text in ("zz(3.141592653589793) a, b", "zz(-6.283185307179586) a, b", "xx(9.42477796076938) a, b"):
        for level in (0, 1, 2):
            (circuit,), _ = compiled(f"qubit a, b\nh a\n{text}\nh a\n", target="forte", level=level)
            assert not any(len(op.qubits) == 2 for op in circuit.rows)
