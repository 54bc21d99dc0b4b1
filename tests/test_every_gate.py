"""Every row of the gate table in everything that writes gates, alone and under controls.

Would catch a gate without a name or definition in a format, a lost phase, swapped operands, and a second table that
must list a new row as well. The matrices are those of the simulator, written by hand.
"""

from __future__ import annotations

import importlib.util
import json
import warnings
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import ionqdsl as iq
import ionqdsl.pipeline as stages
from ionqdsl import formats
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit.drawing import drawing
from ionqdsl.emit.svg import page
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.options import Options

warnings.filterwarnings("ignore", module="qiskit")

SPECIAL = ("pauliexp", "nop")
"""Rows of a kind of their own, whose writers have tests of their own."""

CASES = [
    (key, controls)
    for key, controls in product(GATES, (0, 1, 2))
    if key not in SPECIAL and not (controls and GATES[key].gateset == "native")
]
cases = pytest.mark.parametrize(("key", "controls"), CASES)
PARTS = {"rad": ("0.37", "-1.1", "2.9"), "turn": ("0.13", "-0.37", "0.21")}


def text_of(key: str, controls: int = 0, before: str = "") -> str:
    """A program of one gate on the last wires, the last first, so that a swapped pair shows."""
    gate = GATES[key]
    width = controls + gate.operands
    inner = ", ".join(PARTS[p.unit][place] for place, p in enumerate(gate.parameters))
    operands = [*range(controls), *range(controls, width)[::-1]]
    call = f"{gate.name}({inner})" if inner else gate.name
    modifiers = f"ctrl({controls}) @ " * bool(controls) + before
    return (
        f"gateset {gate.gateset}\nqubit q[{width}]\n{modifiers}{call} {', '.join(f'q[{wire}]' for wire in operands)}\n"
    )


def circuit_of(text: str) -> iq.Circuit:
    return iq.Circuit.of(formats.loaded(Source(text))[0].runs[0])


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.allclose(one, other, atol=1e-9))


def same_up_to_phase(one: np.ndarray, other: np.ndarray) -> bool:
    place = np.unravel_index(abs(one).argmax(), one.shape)
    return same(one, other * (one[place] / other[place]))


@cases
def test_qc_and_openqasm_3_keep_the_gate(key: str, controls: int) -> None:
    program = formats.loaded(Source(text_of(key, controls)))[0]
    wanted = circuit_of(text_of(key, controls))
    assert circuit_of(formats.write(program, "qc")[0]).rows == wanted.rows
    assert same(circuit_of(formats.write(program, "qasm3")[0]).unitary(), wanted.unitary())


@cases
def test_openqasm_2_keeps_the_gate(key: str, controls: int) -> None:
    """Also for qiskit's reader, which knows the gates of the specification only."""
    program = formats.loaded(Source(text_of(key, controls)))[0]
    wanted = circuit_of(text_of(key, controls)).unitary()
    text = formats.write(program, "qasm2")[0]
    assert same_up_to_phase(circuit_of(text).unitary(), wanted)
    if importlib.util.find_spec("qiskit"):
        from qiskit import qasm2
        from qiskit.quantum_info import Operator

        theirs = qasm2.loads(text)
        theirs.remove_final_measurements()
        assert same_up_to_phase(wanted, Operator(theirs.reverse_bits()).data)


@pytest.mark.skipif(not importlib.util.find_spec("qiskit_qasm3_import"), reason="OpenQASM 3's importer is not here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@cases
def test_qiskit_reads_the_openqasm_3(key: str, controls: int) -> None:
    from qiskit import qasm3
    from qiskit.quantum_info import Operator

    text = formats.write(formats.loaded(Source(text_of(key, controls)))[0], "qasm3")[0]
    theirs = qasm3.loads(text)
    theirs.remove_final_measurements()
    assert same_up_to_phase(circuit_of(text_of(key, controls)).unitary(), Operator(theirs.reverse_bits()).data)


@cases
@pytest.mark.parametrize("target", ["qis", "aria", "forte"])
def test_every_target_takes_the_gate(key: str, controls: int, target: str) -> None:
    """And the payload is read back as the same gate."""
    program = formats.loaded(Source(text_of(key, controls)))[0]
    options = Options(target=target, preserve="unitary", verify=True, level=0)
    compiled, _, reports = stages.transpile(program, options)
    body = stages.payload(compiled, options)
    assert reports[0].verdict is not None
    assert reports[0].verdict.equal
    sent = circuit_of(json.dumps(body)).unitary()
    assert same_up_to_phase(sent, circuit_of(text_of(key, controls)).unitary())
    known = {gate.payload_name for gate in GATES.values() if gate.gateset == body["input"]["gateset"]}
    assert {row["gate"] for row in body["input"]["circuit"]} <= known


@cases
def test_pictures_show_the_gate(key: str, controls: int) -> None:
    label = GATES[key].label
    circuit = circuit_of(text_of(key, controls))
    assert 0 < len(label) <= 6
    if key in ("swap", "cnot") or (controls and key in ("x", "not", "z")):
        return  # drawn as crosses, dots and rings
    assert label in drawing(circuit, 120)
    assert label in page([circuit], 900, 10)


@cases
def test_qiskit_gets_the_gate_and_gives_it_back(key: str, controls: int) -> None:
    pytest.importorskip("qiskit")
    from qiskit.quantum_info import Operator

    circuit = circuit_of(text_of(key, controls))
    theirs = circuit.to_qiskit()
    back = iq.from_qiskit(theirs)
    theirs.remove_final_measurements()
    assert same(Operator(theirs.reverse_bits()).data, circuit.unitary())
    assert same(back.unitary(), circuit.unitary())


@cases
def test_cirq_gets_the_gate_and_gives_it_back(key: str, controls: int) -> None:
    cirq = pytest.importorskip("cirq")
    circuit = circuit_of(text_of(key, controls))
    theirs = circuit.to_cirq()
    plain = cirq.drop_terminal_measurements(theirs) if circuit.registers else theirs
    found = plain.unitary(qubit_order=cirq.LineQubit.range(circuit.width))
    assert same(found, circuit.unitary())
    assert same(iq.from_cirq(theirs).unitary(), circuit.unitary())


@pytest.mark.parametrize("key", [key for key, controls in CASES if not controls])
def test_the_builder_has_the_gate(key: str) -> None:
    gate = GATES[key]
    values = [float(PARTS[p.unit][place]) for place, p in enumerate(gate.parameters) if p.default is None]
    defaults = {p.name: float(PARTS[p.unit][place]) for place, p in enumerate(gate.parameters) if p.default is not None}
    circuit = iq.Circuit(gate.operands, gateset=gate.gateset)
    method = getattr(circuit, gate.name + "_" * (gate.name == "not"))
    method(*values, *range(gate.operands)[::-1], **defaults)
    assert same(circuit.unitary(), circuit_of(text_of(key)).unitary())


@pytest.mark.parametrize("before", ["inv @ ", "pow(2) @ ", "pow(1/3) @ ", "pow(0) @ "])
@cases
def test_modifiers_are_read_the_same_by_the_plain_interpreter(key: str, controls: int, before: str) -> None:
    """`verify` compares the rows with a second reading of the text, and the result with the rows."""
    program = formats.loaded(Source(text_of(key, controls, before)))[0]
    _, _, reports = stages.transpile(program, Options(target="forte", verify=True, level=0))
    assert reports[0].text is not None


def test_rows_without_operands_are_refused_where_there_is_no_wait() -> None:
    program = formats.loaded(Source("gateset native\nqubit q\nnop(3)\ngpi(0) q\n"))[0]
    for form in ("qasm2", "qasm3"):
        with pytest.raises(CompileError, match="nop"):
            formats.write(program, form)


def test_the_table_is_what_the_rest_can_work_with() -> None:
    """One or two operands, controls on cnot alone, eigenphases in (-1/2, 1/2], every name in every format."""
    for key, gate in GATES.items():
        if key in SPECIAL:
            continue
        assert gate.operands in (1, 2), key
        assert not gate.controls or key == "cnot"
        assert gate.axis == "SWAP" or len(gate.axis) == gate.operands - gate.controls
        assert gate.qasm2, key
        assert gate.qasm3, key
        labels = [other.key for other in GATES.values() if (other.label, other.gateset) == (gate.label, gate.gateset)]
        assert labels == [key] or gate.axis == "X", f"the label of {labels}"
        if not gate.rotation.factor:
            half = Fraction(gate.rotation.constant) / 2
            assert all(Fraction(-1, 2) < gate.phase.constant + side <= Fraction(1, 2) for side in (half, -half)), key
