"""The emulated service's quantum functions: energies of an ansatz, and QAOA.

Expected numbers are computed by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")

from test_emulator import get, post
from test_wire_functions import energy
from wire_programs import program

from ionqdsl import emulator
from ionqdsl.emit.payload import payload
from ionqdsl.emulator import judging
from ionqdsl.emulator.server import Emulator


@pytest.fixture(scope="module")
def service() -> Iterator[Emulator]:
    with emulator.start() as found:
        yield found


def view(service: Emulator, job: str) -> Any:
    answer = get(service, f"/jobs/{job}").json()
    judging.validator("JobView").validate(answer)
    return answer


def test_an_energy_by_hand(service: Emulator) -> None:
    """ry(t) and cx: <ZZ> = 1 and <XX> = sin t, as the project's own payload asks for it."""
    body = {
        "type": "quantum-function",
        "backend": "simulator",
        "input": {
            "data": {
                "type": "hamiltonian-energy",
                "data": {
                    "hamiltonian": [
                        {"pauli_string": "ZZ", "coefficient": 0.5},
                        {"pauli_string": "XX", "coefficient": -2},
                        {"pauli_string": "II", "coefficient": 100},
                        {"pauli_string": "IZ", "coefficient": 3},
                    ],
                    "ansatz": {
                        "data": 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float[64] t;\nqubit[2] q;\n'
                        "ry(t) q[0];\ncx q[0], q[1];\n"
                    },
                },
            },
            "params": [0.7],
        },
    }
    found = view(service, post(service, body).json()["id"])["results"]
    assert found["value"] == pytest.approx(0.5 - 2 * np.sin(0.7) + 3 * np.cos(0.7))
    assert found["variance"] == pytest.approx(4 * np.cos(0.7) ** 2 + 9 * np.sin(0.7) ** 2)
    ours = payload(program(energy=energy()))
    answer = view(service, post(service, ours | {"backend": "simulator"}).json()["id"])
    assert answer["status"] in ("completed", "failed")
    assert (answer["failure"] or {}).get("code") in (None, "InvalidInput")


def test_numbers_at_the_edge_of_an_energy(service: Emulator) -> None:
    """A seed may be negative; a parameter too large for any angle fails the job, not the emulator."""
    ansatz = {"data": 'OPENQASM 3.0;\ninclude "stdgates.inc";\ninput float[64] t;\nqubit q;\nrx(t) q;\n'}
    data = {"hamiltonian": [{"pauli_string": "Z", "coefficient": 1}], "ansatz": ansatz}
    asked = {"data": {"type": "hamiltonian-energy", "data": data}, "params": [0.0]}
    body = {"type": "quantum-function", "backend": "qpu.forte-1", "input": asked}
    job = post(service, body).json()["id"]
    clone = post(service, {"noise": {"model": "ideal", "seed": -1}}, f"/jobs/{job}/clone").json()["id"]
    assert view(service, clone)["results"]["value"] == 1
    failed = view(service, post(service, body | {"input": asked | {"params": [1e308]}}).json()["id"])
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "InvalidInput")
    for huge in (1.7e308, 1e200):  # a value, or a variance, that no number of JSON holds
        data["hamiltonian"] = [{"pauli_string": letter, "coefficient": huge} for letter in "ZX"]
        answer = post(service, body | {"backend": "simulator"})
        assert answer.status_code == 201, answer.text
        failed = view(service, answer.json()["id"])
        assert (failed["status"], failed["failure"]["code"]) == ("failed", "InvalidInput")


def test_an_energy_with_a_tail_and_constraints(service: Emulator) -> None:
    """ry(0.7) of two qubits: outcomes in order of -Z0 - Z1 + penalty, the lowest 0.6 of them."""
    text = 'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[2] q;\nry(0.7) q[0];\nry(0.7) q[1];\n'
    data: dict[str, Any] = {
        "hamiltonian": [{"pauli_string": "IZ", "coefficient": -1}, {"pauli_string": "ZI", "coefficient": -1}],
        "ansatz": {"data": text},
        "linear_constraints": [{"coeffs": [1, 0], "rhs": 0}],
        "quadratic_constraints": [{"quadratic_coeff": [[0, 1], [0, 0]], "linear_coeff": [0, 0], "rhs": 0}],
        "penalty": 1,
        "cvar_alpha": 0.6,
    }
    body = {
        "type": "quantum-function",
        "backend": "simulator",
        "input": {"data": {"type": "hamiltonian-energy", "data": data}, "params": []},
    }
    up = np.cos(0.35) ** 2
    levels = [(-2, up * up), (0, up * (1 - up)), (1, up * (1 - up)), (3, (1 - up) ** 2)]  # 00, 01, 10, 11
    assert levels[0][1] > 0.6
    found = view(service, post(service, body).json()["id"])["results"]
    assert found["value"] == pytest.approx(-2)
    data["cvar_alpha"] = 0.9
    found = view(service, post(service, body).json()["id"])["results"]
    assert found["value"] == pytest.approx((-2 * up * up + 0 * levels[1][1] + (0.9 - up) * 1) / 0.9)
    data["cvar_alpha"] = None
    found = view(service, post(service, body).json()["id"])["results"]
    assert found["value"] == pytest.approx(sum(value * share for value, share in levels))
    sampled = view(service, post(service, body | {"backend": "qpu.forte-1", "shots": 2000}).json()["id"])["results"]
    assert abs(sampled["value"] - found["value"]) < 5 * np.sqrt(found["variance"] / 2000)
    data["linear_constraints"] = [{"coeffs": [1], "rhs": 0}]
    failed = view(service, post(service, body).json()["id"])
    assert (failed["status"], failed["failure"]["code"]) == ("failed", "InvalidInput")


GRAPH = {
    "nodes": [{"id": name} for name in "abcd"],
    "adjacency": [[{"id": "b"}, {"id": "d"}], [{"id": "a"}, {"id": "c"}], [{"id": "b"}, {"id": "d"}], [{"id": "c"}]],
}
QAOA = {"type": "qctrl.qaoa.v1", "backend": "simulator", "input": {"problem_type": "maxcut", "problem": GRAPH}}


def test_qaoa_jobs_show_the_largest_cut(service: Emulator) -> None:
    """A ring of four, all of whose edges a cut can separate; of a graph that is none, the job fails."""
    found = view(service, post(service, QAOA).json()["id"])
    assert found["results"] == {
        "qaoa_results": {"optimal_cost": 4.0, "optimal_bitstring": "0101", "processing_status": "complete"}
    }
    heavy = GRAPH | {"adjacency": [[{"id": "b", "weight": 2.5}], [], [{"id": "d", "weight": -1}], []]}
    found = view(service, post(service, QAOA | {"input": {"problem_type": "maxcut", "problem": heavy}}).json()["id"])
    assert found["results"]["qaoa_results"]["optimal_cost"] == 2.5
    for wrong in ({}, {"nodes": [{"id": 0}], "adjacency": [[{"id": 7}]]}, {"nodes": [], "adjacency": []}):
        found = view(
            service, post(service, QAOA | {"input": {"problem_type": "maxcut", "problem": wrong}}).json()["id"]
        )
        assert found["failure"]["code"] == "InvalidInput"
