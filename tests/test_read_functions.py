"""Energies, other functions and compiled circuits, read back from JSON: as `.qc` they make the same body again."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from test_schema import PAYLOADS

from ionqdsl import formats
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.emit import payload as emit
from ionqdsl.emit import qc
from ionqdsl.language import step_budget
from ionqdsl.pipeline import load

FUNCTIONS = [name for name, body in PAYLOADS.items() if body["type"] == "quantum-function"]
ENERGY = """
param th[2], a
hamiltonian h2 = 0.5*Z[0]*Z[1] - 0.25*X[1]
circuit ansatz { qubit q[2]; ry(th[0]) q[0]; cnot q[0], q[1]; rz(2*th[1] + a/3) q[1]; zz(sin(a)) q[0], q[1] }
energy { hamiltonian = h2; ansatz = ansatz; params = [0.1, 0.2, 0.3]; cvar_alpha = 0.25
         linear_constraints = [[[1, 0.5], 2]]; penalty = 3 }
job { backend = "simulator"; shots = 100 }
"""


def back(body: Any) -> Any:
    program, _ = formats.loaded(Source(json.dumps(body), "job.json"))
    again, _ = load(Source(formats.write(program, "qc")[0], "job.qc"))
    return emit.payload(again)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_survive(name: str) -> None:
    """Through `.qc` text and back, but for the spelling of the ansatz, which is compared as circuits."""
    body, again = deepcopy(PAYLOADS[name]), back(PAYLOADS[name])
    for one in (body, again):
        one = one["input"]["data"]
        if one.get("type") == "hamiltonian-energy":
            text = one["data"]["ansatz"].pop("data")
            assert formats.loaded(Source(text, "a.qasm"))
    assert again == body


def test_an_energy_keeps_everything() -> None:
    body = emit.payload(load(Source(ENERGY))[0])
    again = back(body)
    first = formats.loaded(Source(body["input"]["data"]["data"]["ansatz"].pop("data"), "a.qasm"))[0].runs[0]
    second = formats.loaded(Source(again["input"]["data"]["data"]["ansatz"].pop("data"), "a.qasm"))[0].runs[0]
    assert first == second
    assert [op.gate for op in second.rows] == ["ry", "cnot", "rz", "zz"]
    assert again == body


def test_a_hamiltonian_too_long_for_a_statement_is_written_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The written text can be read: a statement has at most so many words, numbers and signs."""
    terms = " + ".join(f"{k}/7*X[{k % 3}]*Z[3]" for k in range(1, 4))
    more = " - ".join(f"0.{k}*Y[{k % 3}]" for k in range(1, 4))
    whole = (
        f"hamiltonian a = {terms}\nhamiltonian b = {more}\nhamiltonian h = a + b\nparam hamiltonian_1_2\n"
        "circuit c { qubit q[4]; ry(hamiltonian_1_2) q }\nenergy { hamiltonian = h; ansatz = c; params = [0.1] }"
    )
    program = load(Source(whole))[0]
    for module in (step_budget, qc):
        monkeypatch.setattr(module, "MAX_TOKENS", 60)
    text = formats.write(program, "qc")[0]
    assert re.search(r"hamiltonian hamiltonian_2 = hamiltonian_2_1 \+ hamiltonian_2_2", text)
    again = load(Source(text))[0]
    assert again.energy is not None
    assert program.energy is not None
    assert again.energy.hamiltonian == program.energy.hamiltonian


def test_a_compiled_circuit() -> None:
    rows = [{"gate": "gpi2", "target": 0, "phase": 0.25}, {"gate": "zz", "targets": [0, 2], "angle": 0.1}]
    program, _ = formats.loaded(Source(json.dumps({"qubits": 3, "circuit": rows}), "compiled.json"))
    text = formats.write(program, "qc")[0]
    lines = [line.strip() for line in text.splitlines() if "q[" in line]
    assert lines == ["qubit q[3]", "gpi2(0.25) q[0]", "zz(0.1) q[0], q[2]"]
    assert "gateset native" in text
    assert load(Source(text))[0].runs[0] == program.runs[0]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "other"}, "QC0988"),
        ({"data": {"hamiltonian": [{"pauli_string": "ZZZ", "coefficient": 1}]}}, "QC0982"),
        ({"data": {"ansatz": {"data": "OPENQASM 3; qubit[2] q; bit c = measure q[0]; U(0, 0, 0) q[0];"}}}, "QC0982"),
        ({"data": {"ansatz": {"data": "OPENQASM 3; qubit[2] q; bit c = measure q[0];"}}}, "QC0982"),
        ({"data": {"surprise": 1}}, "QC0981"),
    ],
)
def test_what_is_not_understood_is_refused(change: dict[str, Any], code: str) -> None:
    body = emit.payload(load(Source(ENERGY))[0])
    inner = body["input"]["data"]
    inner["data"] |= change.get("data", {})
    inner["type"] = change.get("type", inner["type"])
    with pytest.raises(CompileError) as caught:
        back(body)
    assert caught.value.diagnostics[0].code == code
