"""Shared by the tests of the command: two programs in a temporary folder, and a real process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BELL = "qubit q[2]\nh q[0]\ncnot q[0], q[1]\n"
BAD = "qubit q[2]\nrx(pi/2) q[0], q[1]\nhh q[0]\n"
PAYLOAD = {
    "type": "ionq.circuit.v1",
    "backend": "simulator",
    "input": {
        "qubits": 2,
        "gateset": "qis",
        "circuit": [{"gate": "h", "target": 0}, {"gate": "cnot", "target": 1, "control": 0}],
    },
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own, with two programs; no settings, no key."""
    monkeypatch.chdir(tmp_path)
    for name in ("IONQ_API_KEY", "IONQ_API_KEY_FILE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "60")
    Path("bell.qc").write_text(BELL)
    Path("bad.qc").write_text(BAD)
    return tmp_path


def command(*words: str, **options):
    """A real process; `options` are those of subprocess.run."""
    line = [sys.executable, "-m", "ionqdsl", *words]
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "timeout": 60, **options}
    return subprocess.run(line, env={**os.environ, "PYTHONPATH": str(ROOT)}, **settings)
