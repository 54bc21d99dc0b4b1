"""Payloads read back: written ones read back the same, and those without a meaning are refused."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_schema import PAYLOADS, changes

from ionqdsl import formats
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import payload as emit
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.targets import PROFILES
from ionqdsl.pipeline import load
from ionqdsl.read import payload as read
from ionqdsl.simulation.simulate import unitary

CLIENTS = PROFILES["v0.4-clients"]
OF_CIRCUITS = [name for name, body in PAYLOADS.items() if body["type"] in read.TYPES]


@pytest.mark.parametrize("name", OF_CIRCUITS)
def test_what_was_written_is_read(name: str) -> None:
    body = PAYLOADS[name]
    assert emit.payload(read.program(json.loads(json.dumps(body)))) == body


# --- random payloads ------------------------------------------------------------------------------------------------

WIDTH = 5
NUMBERS = st.one_of(
    st.integers(-4, 4),
    st.floats(-10, 10, allow_nan=False).map(lambda value: emit.number(value)),
    st.sampled_from([0.1, -0.25, 1.5707963267948966, 1e-9, 3.141592653589793]),
)
PHASES = st.one_of(st.sampled_from([0, 1, -1, 0.25, -0.5]), st.floats(-1, 1).map(emit.number))


@st.composite
def gate_rows(draw: Any, gateset: str) -> dict[str, Any]:
    """A gate as emit/payload.py spells it, made from the table without it."""
    names = {gate.payload_name: gate for gate in GATES.values() if gate.gateset == gateset and gate.payload_name}
    gate = names[draw(st.sampled_from(sorted(set(names) - {"pauliexp"})))]
    most = 0 if gateset == "native" else 2
    controls = draw(st.integers(gate.controls, max(most, gate.controls)))
    qubits = draw(st.permutations(range(WIDTH)))[: controls + gate.operands - gate.controls]
    row: dict[str, Any] = {"gate": gate.payload_name}
    for key, part in (("target", qubits[controls:]), ("control", qubits[:controls])):
        if len(part) == 1:
            row[key] = part[0]
        elif part:
            row[key + "s"] = list(part)
    for key in dict.fromkeys(gate.payload_keys):
        if key == "phases":
            row[key] = [draw(PHASES), draw(PHASES)]
        elif key == "angle" and gate.key == "ms":
            value = draw(st.one_of(st.none(), PHASES))
            if value is not None and value != 0.25:
                row[key] = value
        else:
            row[key] = draw(PHASES if key == "phase" else NUMBERS.map(abs) if key == "time" else NUMBERS)
    return row


@st.composite
def evolutions(draw: Any) -> dict[str, Any]:
    """`pauliexp` of products of Z, which commute."""
    count = draw(st.integers(1, 3))
    targets = draw(st.permutations(range(WIDTH)))[:count]
    letters = st.text("IZ", min_size=count, max_size=count).filter(lambda text: "Z" in text)
    terms = draw(st.lists(letters, min_size=1, max_size=3, unique=True))
    factors = draw(st.lists(NUMBERS.filter(bool), min_size=len(terms), max_size=len(terms)))
    time = draw(NUMBERS.map(abs).filter(bool))
    return {"gate": "pauliexp", "targets": targets, "terms": terms, "coefficients": factors, "time": time}


def circuit_of(gateset: str) -> Any:
    return st.lists(gate_rows(gateset), min_size=1, max_size=8)


@given(st.sampled_from(["qis", "native"]).flatmap(lambda g: st.tuples(st.just(g), circuit_of(g))))
def test_payload_of_read_of_payload_is_the_payload(case: tuple[str, list[dict[str, Any]]]) -> None:
    """Catches a number that changes on the way, a qubit in another role, a default written out."""
    gateset, rows = case
    body = {"type": "ionq.circuit.v1", "backend": "simulator"}
    body |= {"input": {"qubits": WIDTH, "gateset": gateset, "circuit": rows}}  # type: ignore[dict-item]
    assert emit.payload(read.program(deepcopy(body)), CLIENTS) == body


@given(st.lists(evolutions(), min_size=1, max_size=4))
def test_exponentials_are_read_as_they_stand(rows: list[dict[str, Any]]) -> None:
    """The terms may come out in another order; as a map from letters to coefficients they are the same."""
    (circuit,) = read.circuits({"qubits": WIDTH, "gateset": "qis", "circuit": rows}, is_multi=False)
    for row, op in zip(rows, circuit.rows, strict=True):
        found = emit.gate_object(op, "qis", CLIENTS)
        assert found is not None
        assert dict(zip(found.pop("terms"), found.pop("coefficients"), strict=True)) == dict(
            zip(row["terms"], row["coefficients"], strict=True)
        )
        assert found == {key: value for key, value in row.items() if key not in ("terms", "coefficients")}


def test_meaning_by_another_route() -> None:
    """The unitary of the read circuit, against matrices written by hand: who controls whom, and in which unit."""
    (found,) = read.circuits(
        {
            "gateset": "qis",
            "circuit": [
                {"gate": "x", "targets": [1], "controls": [0]},
                {"gate": "rz", "target": 1, "rotation": np.pi / 2},
            ],
        },
        is_multi=False,
    )
    assert found.width == 2
    cnot = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    quarter = np.diag(np.exp([-0.25j * np.pi, 0.25j * np.pi] * 2))
    assert np.allclose(unitary(found), quarter @ cnot)
    (native,) = read.circuits(
        {"gateset": "native", "circuit": [{"gate": "zz", "targets": [0, 1], "angle": 0.25}]}, is_multi=False
    )
    assert np.allclose(unitary(native), np.diag(np.exp(-0.25j * np.pi * np.array([1, -1, -1, 1]))))


def test_the_rightmost_letter_acts_on_the_first_target() -> None:
    row = {"gate": "pauliexp", "targets": [2, 0], "terms": ["XZ"], "coefficients": [0.5], "time": 1}
    (circuit,) = read.circuits({"gateset": "qis", "circuit": [row]}, is_multi=False)
    program, _ = load(Source("qubit q[3]\npauliexp(1, 0.5 * Z[0] * X[1]) q[2], q[0]\n"))
    assert circuit == program.runs[0]


# --- refusals -------------------------------------------------------------------------------------------------------


def refused(row: dict[str, Any] | None = None, gateset: str = "qis", **given: Any) -> str:
    """The code of the first problem, and that it can be shown."""
    body = {"qubits": 2, "gateset": gateset, "circuit": [row] if row is not None else []} | given
    with pytest.raises(CompileError) as error:
        read.circuits({key: value for key, value in body.items() if value != "absent"}, is_multi=False)
    assert str(error.value)
    return error.value.diagnostics[0].code


H = {"gate": "h", "target": 0}


def test_what_has_no_meaning_is_refused() -> None:
    assert refused(H, gateset="absent") == "QC0980"
    assert refused({"target": 0}) == "QC0980"
    assert refused({"gate": "rx", "target": 0}) == "QC0980"
    assert refused(H | {"rotation": 1}) == "QC0981"
    assert refused(H | {"targets": [0]}) == "QC0981"
    assert refused({"gate": "gpi", "target": 0, "phase": 0, "control": 1}, "native") == "QC0981"
    assert refused(H, extra=1) == "QC0981"
    assert refused(H, qubits=0) == "QC0982"
    assert refused(H, qubits=True) == "QC0982"
    assert refused(H, qubits=10**9) == "QC0982"  # nobody could draw it
    assert refused({"gate": "h", "target": 10**9}) == "QC0982"
    assert refused({"gate": "h", "target": "0"}) == "QC0982"
    assert refused({"gate": "h", "target": 0.5}) == "QC0982"
    assert refused({"gate": "rx", "target": 0, "rotation": True}) == "QC0982"
    assert refused({"gate": "ms", "targets": [0, 1], "phases": [0]}, "native") == "QC0982"
    assert refused(H, gateset="other") == "QC0982"
    assert refused({"gate": "cx", "control": 0, "target": 1}) == "QC0983"
    assert refused({"gate": "p", "target": 0}) == "QC0983"  # ours, and not on the wire
    assert refused(H, gateset="native") == "QC0983"
    assert refused({"gate": "h", "targets": [0, 1]}) == "QC0984"
    assert refused({"gate": "cnot", "target": 1}) == "QC0984"
    assert refused({"gate": "h"}) == "QC0984"
    assert refused({"gate": "h", "target": 2}) == "QC0985"
    assert refused({"gate": "cnot", "control": 1, "target": 1}) == "QC0986"
    terms = {"targets": [0, 1], "coefficients": [1, 1], "time": 1}
    assert refused({"gate": "pauliexp", "terms": ["XI", "ZI"]} | terms) == "QC0987"
    assert refused({"gate": "pauliexp", "terms": ["XI", "Z"]} | terms) == "QC0982"
    assert refused({"gate": "pauliexp", "terms": ["XI"]} | terms) == "QC0982"


@pytest.mark.parametrize("kind", ["quantum-function", "ionq.qasm3.v1", 3])
def test_jobs_without_circuits_are_refused(kind: Any) -> None:
    with pytest.raises(CompileError, match="QC0988"):
        read.program({"type": kind, "backend": "simulator", "input": {}})


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b'{"gate": "h", "gate": "x"}'])
def test_text_that_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(CompileError, match="QC0989"):
        read.parse(content)


def outcome(body: Any) -> Any:
    """The circuits, or the messages."""
    try:
        return read.program(body).runs
    except CompileError as error:
        return str(error)


@pytest.mark.parametrize("name", OF_CIRCUITS)
def test_any_change_is_read_or_refused(name: str) -> None:
    """One change anywhere gives a program or diagnostics, never another exception."""
    for what, changed in changes(PAYLOADS[name]):
        assert outcome(changed), what


def test_many_problems_are_reported_together_but_not_endlessly() -> None:
    with pytest.raises(CompileError) as error:
        read.circuits({"gateset": "qis", "circuit": [{"gate": f"g{n}"} for n in range(1000)]}, is_multi=False)
    assert len(error.value.diagnostics) == read.MOST


def as_program(body: Any) -> Any:
    """The body of the `.qc` text made from a body, or the code of the message."""
    try:
        program, _ = formats.loaded(Source(json.dumps(body), "a.json"))
        text, _ = formats.write(program, "qc")
    except CompileError as error:
        return error.diagnostics[0].code
    return json.loads(formats.write(formats.loaded(Source(text, "a.qc"))[0], "payload")[0])


ODD = ["my-key", "1x", "a b", "\u00e9", "", "x.y", "a\nb"]
PLAIN = ["if", "job", "name", "metadata", "_", "x_1"]


def with_metadata(key: str) -> Any:
    return {**single(), "metadata": {key: "\u2028\r\x00 {x} # $"}}


def single() -> Any:
    row = {"gate": "h", "target": 0}
    return {
        "type": "ionq.circuit.v1",
        "backend": "simulator",
        "input": {"qubits": 1, "gateset": "qis", "circuit": [row]},
    }


def several(*circuits: dict[str, Any]) -> Any:
    row = {"gate": "h", "target": 0}
    entries = [{"circuit": [row], **entry} for entry in circuits]
    return {
        "type": "ionq.multi-circuit.v1",
        "backend": "simulator",
        "input": {"qubits": 1, "gateset": "qis", "circuits": entries},
    }


def function_of(data: Any) -> Any:
    return {"type": "quantum-function", "backend": "simulator", "input": {"type": "own", "data": data}}


def test_names_that_a_program_has_are_written() -> None:
    """Keys may be keywords, and circuits have labels for names."""
    for key in PLAIN:
        assert as_program(with_metadata(key)) == with_metadata(key)
        assert as_program(function_of({key: 1})) == function_of({key: 1})
    for name in ["a b", "ghz(4)", "for", '\u00e9"', "{x}"]:
        body = several({"name": name, "registers": {"out": [0]}})
        assert as_program(body) == body


def test_names_that_no_program_has_are_refused() -> None:
    """Would catch text that is no program, a key in another block, and objects that end as a crash."""
    for key in ODD:
        assert as_program(with_metadata(key)) == "QC1170"
        assert as_program(function_of({key: 1})) == "QC1170"
        assert as_program(several({"name": "a", "registers": {key: [0]}})) == "QC1170"
    assert as_program(several({"name": "a", "registers": {"qubit": [0]}})) == "QC1170"
    assert as_program(several({"name": "a"}, {"name": "a"})) == "QC0727"
    assert as_program(function_of({"rows": [1, {"x": 2}]})) == "QC1171"
