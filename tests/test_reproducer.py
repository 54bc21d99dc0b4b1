"""A wrong compilation is never emitted: it ends with code 101 and a small file that shows the fault again.

A pass with a wrong sign is put into the pipelines and the real command is run. Would catch a payload that is printed or
written all the same, a report as long as the program, and a file that does not repeat the fault.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from ionqdsl import passes
from ionqdsl.cli import main
from ionqdsl.cli.reproducer import shrunk
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.passes import PIPELINES, Pass
from ionqdsl.passes.context import PassContext

PROGRAM = """
qubit q[8]
h q
for k in range(7) { cnot q[k], q[k + 1]; ry(0.1 * (k + 1)) q[k + 1] }
zz(0.7) q[3], q[4]
rx(0.3) q
register out = q
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a program, and a compiler that turns one kind of rotation the wrong way."""
    (tmp_path / "long.qc").write_text(PROGRAM)
    monkeypatch.chdir(tmp_path)

    def wrong_sign(source: FlatCircuit, setting: PassContext) -> FlatCircuit:
        def row(op: Op) -> Op:
            return op._replace(angles=(-op.angles[0],)) if op.gate == "ry" else op

        return source.with_rows((row(op), origin) for op, origin in source)

    _put_first(monkeypatch, Pass(wrong_sign, "a fault"))
    return tmp_path


def _put_first(monkeypatch: pytest.MonkeyPatch, step: Pass) -> None:
    for key, steps in PIPELINES.items():
        monkeypatch.setitem(passes.PIPELINES, key, (step, *steps))


def _reproducer(folder: Path) -> Path:
    (found,) = folder.glob("ionqdsl-reproducer-*.qc")
    return found


@pytest.mark.parametrize("flags", ["--target forte", "--target aria -O1 --preserve unitary --seed 3"])
def test_a_wrong_result_is_a_file_and_no_payload(folder: Path, capsys: pytest.CaptureFixture[str], flags: str) -> None:
    words = ["compile", "long.qc", *flags.split(), "--verify"]
    assert main([*words, "-o", "out.json"]) == 101
    shown = capsys.readouterr()
    assert not shown.out
    assert not (folder / "out.json").exists()
    assert "error[QC0640]" in shown.err
    file = _reproducer(folder)
    assert file.name in shown.err
    lines = [line for line in file.read_text().splitlines() if line and not line.startswith("#")]
    assert len([line for line in lines if "(" in line]) == 1, "one rotation shows the fault"
    assert len(lines) <= 4
    assert "# Compiled to:" in file.read_text()
    command = shown.err.split("repeat the fault: `")[1].split("`")[0]
    again = shlex.split(command)
    assert again[0] == "ionqdsl"
    assert main(again[1:]) == 101
    shown = capsys.readouterr()
    assert not shown.out
    assert "error[QC0640]" in shown.err
    assert len(list(folder.glob("ionqdsl-reproducer-*"))) == 1, "it is its own reproducer"


def test_a_broken_promise_is_a_file_too(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(source: FlatCircuit, setting: PassContext) -> FlatCircuit:
        rows = [op._replace(qubits=(op.qubits[0],) * 2) if op.gate == "zz" else op for op in source.rows]
        return source.replace(rows=rows)

    _put_first(monkeypatch, Pass(lost, "a fault"))
    assert main(["compile", "long.qc", "--target", "forte", "--verify", "--json"]) == 101
    answer = json.loads(capsys.readouterr().out)
    assert [found["code"] for found in answer["diagnostics"]] == ["QC0641", "QC0643"]
    assert "payload" not in answer
    assert "zz(" in _reproducer(folder).read_text()


def test_a_folder_that_cannot_be_written_to(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Then the folder for temporary files takes it, or it is said that none does."""
    from ionqdsl.cli import reproducer
    from ionqdsl.diagnostics import Diagnostic, UsageError

    other = tmp_path_factory.mktemp("other")
    written = reproducer.write

    def write(path: str, content: bytes) -> None:
        if not Path(path).is_absolute():
            raise UsageError([Diagnostic("QC0805", facts={"path": path, "reason": "it is read-only"})])
        written(path, content)

    monkeypatch.setattr(reproducer, "write", write)
    monkeypatch.setattr(reproducer.tempfile, "gettempdir", lambda: str(other))
    assert main(["compile", "long.qc", "--target", "forte", "-O0", "--verify"]) == 101
    assert str(_reproducer(other)) in capsys.readouterr().err
    monkeypatch.setattr(reproducer.tempfile, "gettempdir", lambda: str(other / "missing"))
    assert main(["compile", "long.qc", "--target", "forte", "-O0", "--verify"]) == 101
    assert "QC0644" in capsys.readouterr().err


def test_rows_are_dropped_as_long_as_it_fails() -> None:
    """Two rows that are only wrong together remain, on qubits of their own; no time, no change."""
    rows = [Op("h", (q % 9,)) for q in range(100)]
    rows[17], rows[80] = Op("t", (7,)), Op("cnot", (2, 7))
    long = FlatCircuit(9, rows=rows, origins=[None] * 100)

    def fails(candidate: FlatCircuit) -> bool:
        return [op.gate for op in candidate.rows if op.gate != "h"] == ["t", "cnot"]

    small = shrunk(long, fails, float("inf"))
    assert small.rows == [Op("t", (1,)), Op("cnot", (0, 1))]
    assert small.width == 2
    assert len(small.origins) == 2
    assert len(shrunk(long, fails, 0.0).rows) == 100
