"""Writing OpenQASM 2 and 3: the same unitary when read back, and when qiskit reads them.

Would catch a gate under a wrong name or with a wrong definition, a lost phase, qubits, bits or parameters in another
order, and text that other readers refuse.
"""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from programs import programs, symbolic_programs

import ionqdsl as iq
from ionqdsl import formats
from ionqdsl.cli import main
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.job import LoweredProgram

warnings.filterwarnings("ignore", module="qiskit")
CIRCUITS = Path(os.environ.get("IONQDSL_CIRCUITS", "../shared/circuits"))


def written(text: str, form: str) -> str:
    """A `.qc` text in another format."""
    return formats.write(formats.loaded(Source(text))[0], form)[0]


def circuit_of(text: str) -> iq.Circuit:
    """The circuit of a text in any format."""
    return iq.Circuit.of(formats.loaded(Source(text))[0].runs[0])


def same_up_to_phase(first: Any, second: Any) -> bool:
    place = np.unravel_index(abs(first).argmax(), first.shape)
    return np.allclose(first, second * (first[place] / second[place]), atol=1e-7)


@settings(max_examples=20)
@given(programs(widest=3), st.sampled_from(["qasm2", "qasm3"]))
def test_written_and_read_back(text: str, form: str) -> None:
    """OpenQASM 3 keeps the phase too."""
    assume("nop" not in text)
    circuit = circuit_of(text)
    back = circuit_of(written(text, form))
    first, second = circuit.unitary(), back.unitary()
    assert np.allclose(first, second, atol=1e-7) if form == "qasm3" else same_up_to_phase(first, second)
    assert back.registers == circuit.registers
    if all(name not in ("s0", "s1", "s2") for name, _ in circuit.wires):
        assert back.wires == circuit.wires


@settings(max_examples=12)
@given(programs(widest=3))
def test_qiskit_reads_openqasm_2(text: str) -> None:
    """Its strict reader knows the gates of the specification only."""
    qasm2 = pytest.importorskip("qiskit.qasm2")
    from qiskit.quantum_info import Operator

    assume("nop" not in text)
    circuit = circuit_of(text)
    theirs = qasm2.loads(written(text, "qasm2"))
    theirs.remove_final_measurements()
    assert same_up_to_phase(circuit.unitary(), Operator(theirs.reverse_bits()).data)


@settings(max_examples=12)
@given(symbolic_programs())
def test_inputs_are_parameters(text: str) -> None:
    """With values both circuits are the same. Two gates of the library are called `t` and `s` already."""
    values = {"t": 0.37, "s": -1.1, "t_1": 0.37, "s_1": -1.1}
    back = circuit_of(written(text, "qasm3"))
    assert set(back.parameters) <= {"t_1", "s_1"}
    assert np.allclose(_bound(circuit_of(text), values).unitary(), _bound(back, values).unitary(), atol=1e-7)


def _bound(circuit: iq.Circuit, values: dict[str, float]) -> iq.Circuit:
    return circuit.bind({name: values[name] for name in circuit.parameters})


def test_registers_keep_their_places() -> None:
    text = "qubit q[3], anc\nh q[0]\nregister out = q[2], _, q[0]\nregister last = anc\n"
    for form in ("qasm2", "qasm3"):
        assert circuit_of(written(text, form)).registers == (("out", (2, None, 0)), ("last", (3,)))
    assert "measure q[2] -> out[0];" in written(text, "qasm2")
    assert "out[2] = measure q[0];" in written(text, "qasm3")


def test_names_that_are_taken() -> None:
    """A register called like a gate gets another name, and that is said; the names of qubits are nobody's business."""
    program, _ = formats.loaded(Source("param beta\nqubit x[2]\nrx(beta) x\nregister h = x\n"))
    text, noticed = formats.write(program, "qasm3")
    assert [(d.code, d.facts["name"]) for d in noticed] == [("QC1138", "h")]
    assert "bit[2] h_1;" in text
    assert "qubit[2] x_1;" in text
    assert "input float[64] beta;" in text


@pytest.mark.parametrize(
    ("text", "form", "code"),
    [
        ("param t\nqubit q\nrx(t) q\n", "qasm2", "QC1139"),
        ("gateset native\nqubit q\nnop(3)\ngpi(0) q\n", "qasm3", "QC1140"),
        ("param t\nqubit q\nrx(max(t, 0)) q\n", "qasm3", "QC1140"),
        ("circuit a { qubit q; h q }\ncircuit b { qubit q; x q }\n", "qasm3", "QC1142"),
        (
            "circuit a { qubit q; h q }\nhamiltonian m = Z[0]\nenergy { hamiltonian = m; ansatz = a }\n",
            "qasm3",
            "QC1142",
        ),
    ],
)
def test_what_cannot_be_said_is_refused(text: str, form: str, code: str) -> None:
    with pytest.raises(CompileError) as caught:
        written(text, form)
    assert caught.value.diagnostics[0].code == code


def test_what_is_lost_without_harm_is_said() -> None:
    program, _ = formats.loaded(Source("job { shots = 10 }\nqubit q[2]\nverbatim { h q[0] }\n"))
    assert [d.code for d in formats.write(program, "qasm3")[1]] == ["QC1143", "QC1141"]


@pytest.mark.skipif(not CIRCUITS.is_dir(), reason="the circuits are not here")
@pytest.mark.parametrize("path", sorted(CIRCUITS.glob("*.qasm")), ids=lambda path: path.stem)
def test_published_circuits_survive(path: Path) -> None:
    """Gate list for gate list, in every format."""
    source = Source(path.read_text(), str(path))
    program, noticed = formats.loaded(source)
    assert not noticed
    circuit = program.runs[0]
    for form in ("qasm2", "qasm3", "qc"):
        back = formats.loaded(Source(formats.write(program, form, source)[0]))[0].runs[0]
        assert len(back) == len(circuit), form
        assert back.wires == circuit.wires
        assert back.registers == circuit.registers
        for mine, theirs in set(zip(circuit.rows, back.rows, strict=True)):  # equal pairs are looked at once
            assert (mine.gate, mine.qubits, mine.controls) == (theirs.gate, theirs.qubits, theirs.controls)
            for one, other in zip(mine.angles, theirs.angles, strict=True):
                assert abs(one.in_radians() - other.in_radians()) < 1e-12


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Any format in, any out; a file of another format compiles as it is."""
    monkeypatch.chdir(tmp_path)
    Path("bell.qasm").write_text(
        'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[2];\ncreg c[2];\nh q[0];\ncx q[0], q[1];\nmeasure q -> c;\n'
    )
    assert main(["convert", "bell.qasm", "--to", "qc", "-o", "bell.qc"]) == 0
    assert main(["equiv", "bell.qasm", "bell.qc", "--preserve", "unitary"]) == 0
    capsys.readouterr()
    assert main(["convert", "bell.qc", "--to", "qasm3"]) == 0
    assert "c[1] = measure q[1];" in capsys.readouterr().out
    assert main(["convert", "bell.qasm", "--to", "payload", "--json"]) == 0
    registers = json.loads(capsys.readouterr().out)["payload"]["input"]["circuits"][0]["registers"]
    assert registers == {"c": [0, 1]}
    assert main(["compile", "bell.qasm", "--target", "forte", "--emit", "qasm2"]) == 0
    assert "gate gpi2(turns)" in capsys.readouterr().out
    assert main(["convert", "bell.qc", "--to", "qc", "-o", "bell.qc"]) == 2
    Path("bad.qasm").write_text("OPENQASM 2.0;\nqreg q[1];\nh q[0];\n")
    assert main(["convert", "bad.qasm", "--to", "qc"]) == 1
    assert "bad.qasm:3:1" in capsys.readouterr().err


def test_verbs_about_other_formats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Verbs that read programs read all of them, sweeps too; those about the language say so, in one sentence."""
    monkeypatch.chdir(tmp_path)
    Path("turn.qasm").write_text('OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float t;\nqubit q;\nrx(t) q;\n')
    Path("bad.qasm").write_text("OPENQASM 2.0;\nqreg q[1];\nh q[0];\n")
    assert main(["check", "turn.qasm"]) == 0
    assert main(["check", "bad.qasm"]) == 1
    assert "bad.qasm:3:1" in capsys.readouterr().err
    assert main(["compile", "turn.qasm", "--sweep", "t=[0.25, 0.5]"]) == 0
    circuits = json.loads(capsys.readouterr().out)["input"]["circuits"]
    assert [(one["name"], one["circuit"][0]["rotation"]) for one in circuits] == [
        ("turn t=0.25", 0.25),
        ("turn t=0.5", 0.5),
    ]
    assert main(["compile", "turn.qasm", "--sweep", "u=[1]"]) == 2
    capsys.readouterr()
    for verb in ("fmt", "lint", "doc"):
        assert main([verb, "turn.qasm"]) == 2
        assert capsys.readouterr().err.startswith("error[QC1049]: `turn.qasm` is OpenQASM, and")


def test_native_gates_come_back() -> None:
    """A compiled circuit is the same, pulse by pulse; among other gates, native ones stand in blocks."""
    compiled = iq.compile(
        iq.circuit("qubit q[3]; h q; ctrl @ rx(0.3) q[0], q[1]; cz q[1], q[2]; s q[0]"), target="aria"
    )
    for form in ("qasm2", "qasm3"):
        text = formats.write(LoweredProgram(runs=[compiled]), form)[0]
        back = circuit_of(text)
        assert (back.gateset, [op.gate for op in back.rows]) == ("native", [op.gate for op in compiled.rows])
        assert np.allclose(back.unitary(), compiled.unitary(), atol=1e-9) or form == "qasm2"
        assert "gateset native\nqubit q[3]\n" in formats.write(formats.loaded(Source(text))[0], "qc", Source(text))[0]
    mixed = iq.circuit("qubit q[2]; h q[0]; native { ms(0.1, 0.2, 0.2) q[0], q[1] }; rx(0.4) q[1]")
    back = circuit_of(formats.write(LoweredProgram(runs=[mixed]), "qasm3")[0])
    assert [(op.gate, op.pinned > 0) for op in back.rows if op.gate != "barrier"] == [
        ("h", False),
        ("ms", True),
        ("rx", False),
    ]
    assert np.allclose(back.unitary(), mixed.unitary(), atol=1e-9)
