"""schemathesis looks for contradictions between the emulator and the project's own statement of the specification.

It makes valid and invalid requests from the OpenAPI document the emulator serves, and checks the answers by it: a
crash, an answer not in the document, invalid input accepted, valid input refused. Bounded to a minute. It needs the
environment of the clients (`make test-clients`); without it the test is skipped.
"""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("jsonschema_rs")
schemathesis = pytest.importorskip("schemathesis")

import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ionqdsl import emulator
from ionqdsl.emulator.endpoints import ENDPOINTS
from ionqdsl.emulator.server import Emulator

KEY = {"Authorization": "apiKey of schemathesis"}
GOOD, BAD = 8, 4
"""Requests of each endpoint."""
POSITIVE, NEGATIVE = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
MODES = {POSITIVE: GOOD, NEGATIVE: BAD}
"""Bad ones only where there is something to get wrong besides the path, in which any text may stand."""
ROWS = [{"gate": "h", "target": 0}, {"gate": "cnot", "control": 0, "target": 1}]


@pytest.mark.filterwarnings("ignore")
def test_the_emulator_does_what_its_document_says() -> None:
    """Each endpoint by itself, in one test: so the emulator starts once."""
    with emulator.start(strict=True) as service:
        document = requests.get(service.url.replace("/v0.4", "/_emulator/openapi.json"), timeout=60).json()
        for path in document["paths"].values():
            for row in path.values():
                del row["security"]  # every request has a key; requests without one are tested in test_emulator.py
        schema = schemathesis.openapi.from_dict(document)
        operations = [found.ok() for found in schema.get_all_operations()]
        assert len(operations) == len(ENDPOINTS)
        known = there(service)
        for operation in operations:
            for mode, count in MODES.items() if operation.body or operation.query else [(POSITIVE, GOOD)]:
                check(operation, service.url, known, mode, count)
        statuses = {note["status"] for note in service.requests()}
    assert {200, 201, 400, 404} <= statuses
    assert not {status for status in statuses if status >= 500}


def there(service: Emulator) -> dict[str, list[str]]:
    """Things to ask about: jobs of every kind, a session, an artifact and a variant."""
    job = {"type": "ionq.circuit.v1", "backend": "simulator", "input": {"gateset": "qis", "qubits": 2, "circuit": ROWS}}
    several = {
        "type": "ionq.multi-circuit.v1",
        "input": {"gateset": "qis", "qubits": 2, "circuits": [{"circuit": ROWS}] * 2},
    }
    bodies = [
        job,
        job | several,
        job | {"backend": "qpu.forte-1", "shots": 500},
        job | {"input": {"gateset": "native", "circuit": ROWS[:0]}},
    ]
    ids = [requests.post(service.url + "/jobs", json=body, headers=KEY, timeout=60).json()["id"] for body in bodies]
    session = requests.post(service.url + "/sessions", json={"backend": "simulator"}, headers=KEY, timeout=60).json()
    qpu = next(view for view in service.jobs() if view["backend"] == "qpu.forte-1")
    (variant, *_) = qpu["output"]["error_mitigation"]["debiasing"]["variants"]
    artifacts = [each["id"] for each in qpu["results"].values()]
    return {
        "UUID": ids,
        "session_id": [session["id"]],
        "variantId": [variant["variant_id"]],
        "artifactId": artifacts,
        "backend": ["qpu.forte-1", "simulator"],
    }


def check(operation: Any, url: str, known: dict[str, list[str]], mode: Any, count: int) -> None:
    """Asks so often, half of the time about something that is there."""

    @given(case=operation.as_strategy(generation_mode=mode), real=st.booleans(), number=st.integers(0, 3))
    @settings(
        max_examples=count,
        phases=(Phase.generate,),
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    def judged(case: Any, real: bool, number: int) -> None:
        is_kept = case.method == "DELETE" or mode is NEGATIVE
        for name in case.path_parameters if real and not is_kept else ():
            if name in known:
                case.path_parameters[name] = known[name][number % len(known[name])]
        case.call_and_validate(base_url=url, headers=KEY)

    judged()
