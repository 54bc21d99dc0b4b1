"""The table of endpoints, compared with the published specifications and the official client, and its strictness.

Would catch a path, a method or a field that the service does not know, and an id that changes the path.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import ionqdsl as iq
from ionqdsl.cloud.endpoints import ENDPOINTS, request

PUBLISHED = Path(__file__).parents[2] / "shared" / "ionq" / "openapi-2026-05-15.yaml"
NOT_IN_MAY = {"health", "clone_job", "move_job", "artifact", "format", "aggregated", "histogram", "shots"}


def shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the specification is not at hand")
def test_the_table_is_the_published_one():
    yaml = pytest.importorskip("yaml")
    paths = yaml.safe_load(PUBLISHED.read_text())["paths"]
    theirs = {(method.upper(), shape(path)) for path, methods in paths.items() for method in methods}
    ours = {(row.method, row.path) for name, row in ENDPOINTS.items() if name not in NOT_IN_MAY}
    assert ours == theirs


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the specification is not at hand")
def test_queries_are_the_published_ones():
    yaml = pytest.importorskip("yaml")
    document = yaml.safe_load(PUBLISHED.read_text())
    for name, row in ENDPOINTS.items():
        if name in NOT_IN_MAY:
            continue
        path = next(path for path in document["paths"] if shape(path) == row.path)
        found = set()
        for parameter in document["paths"][path][row.method.lower()].get("parameters", ()):
            if "$ref" in parameter:
                parameter = document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
            found |= {parameter["name"]} if parameter["in"] == "query" else set()
        assert set(row.query) - {"aggregation"} == found, name


def test_the_official_client_asks_for_the_same():
    """Every module of its `api` says one method and one path."""
    core = pytest.importorskip("ionq_core")
    theirs = set()
    for path in (Path(core.__file__).parent / "api").rglob("*.py"):
        text = path.read_text()
        method = re.search(r'"method": "(\w+)"', text)
        url = re.search(r'"url": "([^"]+)"', text)
        if method and url:
            theirs.add((method[1].upper(), shape(url[1])))
    ours = {(row.method, row.path) for row in ENDPOINTS.values()}
    assert len(theirs) > 20
    assert theirs - ours == set()


def test_a_request_is_written_to_the_letter():
    asked = request("jobs", query={"ids": ["a", "b"], "status": "ready", "limit": 5, "next": None})
    assert (asked.method, asked.path, asked.body) == ("GET", "/jobs?ids=a&ids=b&status=ready&limit=5", None)
    assert request("probabilities", "x", query={"sharpen": True}).path == "/jobs/x/results/probabilities?sharpen=true"
    told = request("start_session", body={"backend": "qpu.forte-1", "settings": None})
    assert (told.method, json.loads(told.body or b"")) == ("POST", {"backend": "qpu.forte-1"})
    assert request("delete_jobs", body={"ids": ["a"]}).body == b'{"ids":["a"]}'
    assert request("job_cost", "17").about == "the cost of job 17"
    assert request("variant_shots", "17", "v").about == "a variant of job 17"


def test_ids_stay_inside_their_place():
    """An id with slashes or question marks must not ask for something else."""
    assert request("delete_job", "../sessions?x=1#y").path == "/jobs/..%2Fsessions%3Fx%3D1%23y"
    assert request("artifact", "a", "b/c").path == "/jobs/a/artifacts/b%2Fc"


@pytest.mark.parametrize(
    ("name", "ids", "fields"),
    [
        ("job", (), {}),
        ("job", ("a", "b"), {}),
        ("jobs", (), {"query": {"state": "ready"}}),
        ("start_session", (), {"body": {"backends": "simulator"}}),
        ("whoami", (), {"body": {"key": "x"}}),
    ],
)
def test_what_an_endpoint_does_not_have_is_refused_here(name, ids, fields):
    with pytest.raises(TypeError):
        request(name, *ids, **fields)
    with pytest.raises(ValueError, match="JSON"):
        request("clone_job", "x", body={"shots": float("nan")})


@pytest.mark.parametrize("value", ["", "  ", None, 5, b"x", ["x"]])
def test_an_id_that_is_none_asks_nobody(value, monkeypatch):
    """As of an unset variable in `ionqdsl jobs cancel "$ID"`: the path without it is that of the list."""
    monkeypatch.setenv("IONQ_API_KEY", "a-key")
    with iq.Client("http://127.0.0.1:9/v0.4") as client:
        for call in (client.job, client.cancel, client.delete, client.cost, client.clone, client.backend,
                     client.end_session, client.characterization, client.send, lambda name: client.collect([name]),
                     lambda name: client.recover([name])):  # fmt: skip
            with pytest.raises(iq.UsageError) as caught:
                call(value)
            assert caught.value.diagnostics[0].code == "QC0873"


def test_one_id_is_no_list_of_letters(monkeypatch):
    """`client.recover(tag)` would find no submission with the letters of the tag as tags, and say that all is well."""
    monkeypatch.setenv("IONQ_API_KEY", "a-key")
    with iq.Client("http://127.0.0.1:9/v0.4") as client:
        for call in (client.recover, client.doubles, client.collect):
            with pytest.raises(iq.UsageError, match="a list of texts"):
                call("iq-e2aad57d3c18ce98cd3e")
