"""Shared by the tests of submissions: a service on loopback, a program, and the output of a command."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from service import Reply, Service

from ionqdsl.cloud import key as keys
from ionqdsl.cloud import pace, states, submit, transport

KEY = "k3y-that-nobody-may-see"
BELL = 'job { name = "bell pair"; backend = "simulator"; shots = 200 }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n'


@pytest.fixture(name="service")
def faulty_service(monkeypatch):
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(pace, "SLOWEST", 10.0)
    monkeypatch.setattr(states, "SOON", (0.0, 0.01))
    monkeypatch.setattr(states, "LATER", (0.0, 0.01))
    monkeypatch.setattr(transport, "READ_SECONDS", 1.0)
    for name in (*keys.OTHER_NAMES, "IONQ_API_KEY_FILE", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Service() as running:
        monkeypatch.setenv("IONQ_API_KEY", KEY)
        monkeypatch.setenv("IONQ_API_URL", running.url)
        yield running


@pytest.fixture(name="bell")
def bell_program(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("bell.qc").write_text(BELL)
    return "bell.qc"


def job(status="completed", **more):
    return Reply(200, {"id": "j-1", "status": status, "type": "ionq.circuit.v1", "backend": "simulator", **more})


def accept(service, *steps):
    """A service that takes the job and then goes through the given states."""
    service.on("POST", "/jobs", Reply(201, {"id": "j-1", "status": "submitted", "session_id": None}))
    service.on("GET", "/jobs/j-1", *(steps or [job()]))


def forget():
    """A new ledger: the next submission is another j-1."""
    for path in Path(os.environ["IONQDSL_STATE"]).glob("*"):
        path.unlink()


def said(capsys):
    """Standard output and error; neither may ever hold the key."""
    out, err = capsys.readouterr()
    assert KEY not in out + err
    return out, err
