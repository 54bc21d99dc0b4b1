"""`Circuit.gate(..., include="std/fourier.qc")`: gates of files from Python, against the same program as text.

Would catch registers on the wrong qubits, arguments that lose their exactness, and symbols that are mixed up.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from reading import same

import ionqdsl as iq
from ionqdsl.diagnostics import CompileError
from ionqdsl.language.library import Signature
from ionqdsl.python.calls import wrong_call
from ionqdsl.simulation import simulate


def text(body: str, *files: str) -> iq.Circuit:
    return iq.circuit("".join(f'include "std/{file}.qc"\n' for file in files) + body)


@pytest.mark.parametrize(
    ("build", "written"),
    [
        (lambda c: c.gate("qft", [4, 0, 2], include="std/fourier.qc"), "qft q[4, 0, 2]"),
        (lambda c: c.gate("add", [0, 1], (3, 2), include="std/arithmetic.qc"), "add q[0, 1], q[3, 2]"),
        (lambda c: c.gate("dicke", 2, range(4), include="std/states.qc"), "dicke(2) q[0:4]"),
        (lambda c: c.gate("mark", "01", [1, 2], include="std/search.qc"), 'mark("01") q[1, 2]'),
        (lambda c: c.gate("search", ["01"], 1, [3, 1], include="std/search.qc"), 'search(["01"], 1) q[3, 1]'),
        (lambda c: c.gate("amplitudes", [0.6, 0.8], [1], include="std/states.qc"), "amplitudes([0.6, 0.8]) q[1:2]"),
        (
            lambda c: c.gate("amplitudes", [1, 2], [1], phases=[0.1, 0.2], include="std/states.qc"),
            "amplitudes([1, 2], phases = [0.1, 0.2]) q[1:2]",
        ),
        (
            lambda c: c.gate("less_than", [0], [1], 4, controls=[3], include="std/arithmetic.qc"),
            "ctrl @ less_than q[3], q[0:1], q[1:2], q[4]",
        ),
        (
            lambda c: c.gate("phase_gradient", 45 * iq.deg, [2, 0], include="std/fourier.qc"),
            "phase_gradient(45deg) q[2, 0]",
        ),
    ],
)
def test_gates_of_files_are_those_of_the_text(build: Callable[[iq.Circuit], iq.Circuit], written: str) -> None:
    got = build(iq.Circuit(5))
    want = text(f"qubit q[5]\n{written}\n", "fourier", "arithmetic", "states", "search")
    assert same(simulate.unitary(got), simulate.unitary(want))


def test_open_parameters_stay_symbols() -> None:
    theta = iq.param("theta")
    made = iq.Circuit(2).gate("phase_gradient", theta / 3, [0, 1], include="std/fourier.qc")
    want = text("qubit q[2]\nphase_gradient(0.1) q\n", "fourier")
    assert same(simulate.unitary(made.bind(theta=0.3)), simulate.unitary(want))


def test_files_of_the_user_and_gates_without_registers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mine.qc"
    file.write_text("gate turn(t, k = 2) a { rx(k*t) a }\ngate ends q[], t { x q; z t }\n")
    made = iq.Circuit(3).gate("turn", 0.1, [0, 2], k=3, include="mine.qc")
    assert [(op.gate, op.qubits, op.angles[0].in_radians()) for op in made.rows] == [
        ("rx", (0,), pytest.approx(0.3)),
        ("rx", (2,), pytest.approx(0.3)),
    ]
    empty = iq.Circuit(3).gate("ends", [], 1, include="mine.qc")
    assert [(op.gate, op.qubits) for op in empty.rows] == [("z", (1,))]
    file.write_text("gate ends q[], t { y t }\n")
    assert [op.gate for op in iq.Circuit(3).gate("ends", [0], 1, include="mine.qc").rows] == ["y"]


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda c: c.gate("qtf", [0, 1], include="std/fourier.qc"), "QC0883"),
        (lambda c: c.gate("qft", [0, 1], include="std/furier.qc"), "QC0238"),
        (lambda c: c.gate("qft", include="std/fourier.qc"), "QC0884"),
        (lambda c: c.gate("qft", 0, include="std/fourier.qc"), "QC0234"),
        (lambda c: c.gate("qft", [0, 0], include="std/fourier.qc"), "QC0885"),
        (lambda c: c.gate("qft", [0, 9], include="std/fourier.qc"), "QC0886"),
        (lambda c: c.gate("qft", [0], depth=2, include="std/fourier.qc"), "QC0884"),
        (lambda c: c.gate("dicke", 3, [0, 1], include="std/states.qc"), "QC0409"),
    ],
)
def test_wrong_calls_are_refused(build: Callable[[iq.Circuit], iq.Circuit], code: str) -> None:
    with pytest.raises(CompileError) as error:
        build(iq.Circuit(3))
    assert [diagnostic.code for diagnostic in error.value.diagnostics] == [code]


def test_a_wrong_call_is_answered_with_one_that_works() -> None:
    for name, file, wanted in [("qft", "fourier", "1 register"), ("ghz", "states", "1 register")]:
        with pytest.raises(CompileError, match=f"takes {wanted}, but 2 arguments") as error:
            iq.Circuit(2).gate(name, 0, 1, include=f"std/{file}.qc")
        (found,) = re.findall(r"call it as `\w+\((.*)\)`", str(error.value))
        iq.Circuit(4).gate(name, *ast.literal_eval(f"({found},)"), include=f"std/{file}.qc")
    with pytest.raises(CompileError, match=r"takes 1 parameter, 1 register and 1 qubit, .*\n.*`f\(k, \[0, 1\], 2\)`"):
        raise wrong_call(Signature("f", ("k",), 1, 2), 1, (), [True, False])
    with pytest.raises(CompileError, match=r"no gate `foo` in `std/states.qc`\n.*`ionqdsl doc std/states.qc`"):
        iq.Circuit(2).gate("foo", 0, include="std/states.qc")
