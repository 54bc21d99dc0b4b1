"""A circuit too wide for its machine is told the width that it has if qubits take turns.

Would catch a width that `--reuse` does not reach, a note where it does not help, and a tool that says nothing.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import ionqdsl as iq
from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.passes import reuse

HIDDEN = """\
job {{ backend = "{backend}" }}
qubit q[{width}], a
x a
h a
for i in range({width}) {{ h q[i]; cnot q[i], a; h q[i] }}
{register}
"""


def text(backend: str = "qpu.tempo-1", width: int = 120, register: str = "register m = q") -> str:
    return HIDDEN.format(backend=backend, width=width, register=register)


def told(program: str) -> list[str]:
    return [found.message for found in stages.examine(Source(program)) if found.code == "QC0633"]


def test_the_width_is_said_where_it_helps() -> None:
    (message,) = told(text())
    assert "121 qubits" in message
    assert "2 wires" in message
    (without,) = [found for found in stages.examine(Source(text(register=""))) if found.code == "QC0633"]
    assert "register out = q" in str(without.helps)
    assert told(text(width=99)) == []  # it fits as it is
    assert told(text(backend="qpu.forte-1")) == []  # which does not reset qubits
    assert told(text(backend="qpu.unheard-1")) == []  # whose width nobody knows
    assert told(text(backend="simulator")) == []  # the ideal one returns final outcomes only
    assert told(text().replace("x a\n", "h q\nbarrier q, a\n")) == []  # none ends before all have begun


@pytest.mark.parametrize("words", [["check"], ["compile"], ["submit", "--dry-run"], ["plan", "-o", "x.plan"]])
def test_every_tool_says_it(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.qc").write_text(text())
    assert main([words[0], "p.qc", *words[1:]]) == (0 if words == ["check"] else 1)
    assert capsys.readouterr().err.count("note[QC0633]") == 1


def test_the_program_that_is_told_compiles_to_that_width(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.qc").write_text(text())
    assert main(["compile", "p.qc", "--target", "qis", "--reuse", "--emit", "qasm3"]) == 0
    shown = capsys.readouterr()
    assert "qubit[2]" in shown.out
    assert "QC0633" not in shown.err


def test_the_width_found_is_the_one_that_reuse_reaches(monkeypatch: pytest.MonkeyPatch) -> None:
    choices = random.Random(5)
    for _ in range(20):
        width = choices.randrange(3, 9)
        circuit = iq.Circuit(width)
        for _ in range(choices.randrange(2, 14)):
            circuit.cnot(*choices.sample(range(width), 2))
        circuit.register("m", range(width))
        assert reuse.least_width(circuit) == reuse.sharing(circuit).width
        monkeypatch.setattr(reuse, "FEW_STEPS", 5)
        assert reuse.least_width(circuit) is None  # work that takes too long is not done
        monkeypatch.undo()


def test_a_mean_by_qubits_is_refused_where_only_registers_are_kept() -> None:
    line = {"qubits": 3, "fidelity": {"1q": 0.999, "2q": 0.99}, "connectivity": [[0, 1], [1, 2]]}
    circuit = iq.Circuit(3).x(0).cnot(0, 2).cnot(0, 1).register("m", [0])
    compiled = iq.compile(circuit, target="forte", characterization=line, preserve="registers")
    with pytest.raises(CompileError, match="QC0632"):
        compiled.expectation("ZII")
    with pytest.raises(CompileError, match="QC0632"):
        iq.run(compiled, basis="XZZ")
    kept = iq.compile(circuit, target="forte", characterization=line)
    assert kept.expectation("ZII").value == pytest.approx(-1)
