"""The ledger's file is closed: by clients, by commands however they end, and by processes that share it."""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import threading
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
import requests
from job_service import JobService

import ionqdsl as iq
from ionqdsl import emulator
from ionqdsl.cli import main
from ionqdsl.cloud import database
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.diagnostics import UsageError
from tests.test_ledger import BELL, PUT, ROOT, put, tags_in

# -- closing -----------------------------------------------------------------------------------------------------


def test_what_is_opened_is_closed(tmp_path, monkeypatch):
    """By `close`, by the end of a `with`, and where both are forgotten, with the last ledger on the file."""
    monkeypatch.setenv("IONQ_API_KEY", "any-key-will-do")
    monkeypatch.setenv("IONQDSL_STATE", str(tmp_path))
    with iq.Client("http://127.0.0.1:9") as client:
        put(client.ledger)
        assert list(database._open)
        assert client.ledger.latest()
    assert str(tmp_path / "ledger.sqlite") not in database._open
    assert client.ledger.latest()  # used again, it is opened again
    client.close()
    given = Ledger()
    with iq.Client("http://127.0.0.1:9", ledger=given):
        pass
    assert given.latest()  # it was somebody else's to close
    given.close()
    given.close()
    with pytest.raises(UsageError, match="it was closed"):
        given.latest()
    forgotten = Ledger()
    del forgotten
    assert str(tmp_path / "ledger.sqlite") not in database._open


@pytest.fixture
def uncollected():
    """Nothing is closed by chance."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def left_open(state):
    """The ledger, and sessions that have connections."""
    found = [name for name in database._open if name.startswith(str(state))]
    sessions = [it for it in gc.get_objects() if isinstance(it, requests.Session)]
    return found + [it for it in sessions if any(adapter.poolmanager.pools for adapter in it.adapters.values())]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["submit", "bell.qc"], 0),
        (["run", "bell.qc", "--backend", "simulator"], 0),
        (["submit", "bell.qc", "--no-ledger", "--wait"], 0),
        (["jobs", "list"], 0),
        (["jobs", "list", "--remote"], 0),
        (["jobs", "show", "ID"], 0),
        (["jobs", "wait"], 0),
        (["jobs", "wait", "ID"], 0),
        (["jobs", "cancel", "ID", "unheard-of"], 2),
        (["jobs", "recover"], 0),
        (["backends", "nonsense"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_closes_what_it_opened(tmp_path, monkeypatch, uncollected, words, code):
    """However it ends."""
    state = tmp_path / "state"
    monkeypatch.setenv("IONQDSL_STATE", str(state))
    monkeypatch.chdir(tmp_path)
    Path("bell.qc").write_text(BELL)
    with JobService() as service:
        monkeypatch.setenv("IONQ_API_KEY", "any-key-will-do")
        monkeypatch.setenv("IONQ_API_URL", service.url)
        with iq.Client() as client:
            job_id = client.submit(BELL).id
        assert main([job_id if word == "ID" else word for word in words]) == code
        assert left_open(state) == []
        assert iq.run(iq.Circuit(1).x(0), shots=5, backend="simulator").probabilities
        assert left_open(state) == []


@pytest.mark.parametrize("version", [99, None], ids=["newer", "garbage"])
def test_a_file_that_is_refused_is_closed(tmp_path, uncollected, version):
    path = tmp_path / "ledger"
    path.write_bytes(b"garbage" * 1000)
    if version:
        path.unlink()
        with closing(sqlite3.connect(path)) as file:
            file.execute(f"PRAGMA user_version = {version}")
    with pytest.raises(UsageError) as kept:  # and the ledger with it, in its traceback
        Ledger(str(path))
    assert kept.traceback
    assert left_open(tmp_path) == []


INTERPRETERS = sorted(Path.home().glob(".pyenv/versions/3.1[1-9]*/bin/python"))


@pytest.mark.parametrize("executable", INTERPRETERS, ids=lambda path: path.parent.parent.name)
def test_no_connection_is_left_to_the_collector(tmp_path, executable):
    """Python 3.13 warns of connections that nobody closed. Needs nothing but the standard library."""
    program = (
        "import sys, types\n"
        "for name in ('lark', 'numpy', 'sympy', 'requests'):\n"
        "    sys.modules.setdefault(name, types.ModuleType(name))\n" + PUT + "other = Ledger(sys.argv[1])\n"
        "del other\n"
        "kept = [Ledger(sys.argv[1]) for _ in range(3)]\n"
    )
    path = str(tmp_path / "ledger")
    line = [str(executable), "-X", "dev", "-W", "error", "-c", program, path, "3"]
    done = subprocess.run(line, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert tags_in(path) == sorted(done.stdout.split())


def test_threads_share_a_ledger(tmp_path):
    ledger = Ledger(str(tmp_path / "ledger"))
    tags, problems = [], []

    def work():
        try:
            tags.extend(put(ledger) for _ in range(5))
        except UsageError as error:
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert tags_in(ledger.path) == sorted(tags)
    assert len(tags) == 30


def test_what_is_read_together_is_one_state_of_the_file(tmp_path):
    """Entries and their parts are two questions: a submission of another process that came between had no parts."""
    path = tmp_path / "ledger.sqlite"
    with Ledger(str(path)) as ledger, closing(sqlite3.connect(path, timeout=0)) as other:
        with ledger._reading() as connection:
            connection.execute("SELECT count(*) FROM submissions").fetchone()
            with pytest.raises(sqlite3.OperationalError, match="locked"), other:
                other.execute("INSERT INTO facts VALUES ('between', 'x')")
        with other:
            other.execute("INSERT INTO facts VALUES ('after', 'x')")


# -- a ledger that cannot be used --------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["read-only", "damaged"])
def test_a_job_is_canceled_by_its_id_whatever_became_of_the_ledger(tmp_path, monkeypatch, capsys, fault):
    """It may be spending money. A tag is not enough: only the ledger knows its jobs."""
    with emulator.start(queue=60) as service:
        for name, value in {**service.environment, "IONQDSL_STATE": str(tmp_path)}.items():
            monkeypatch.setenv(name, value)
        with iq.Client() as client:
            job = client.submit(BELL, backend="simulator", shots=10)
            tag = client.ledger.find(job.id).tag
        path = tmp_path / "ledger.sqlite"
        if fault == "damaged":
            path.write_bytes(b"no ledger at all, for more than sixteen bytes")
        else:
            with closing(sqlite3.connect(path)) as file:
                for table in ("submissions", "parts"):
                    file.execute(
                        f"CREATE TRIGGER no_{table} BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END"
                    )
        assert main(["jobs", "cancel", tag]) == 2
        assert [one["status"] for one in service.jobs()] != ["canceled"]
        assert main(["jobs", "cancel", job.id]) == 0
        said = capsys.readouterr()
        assert f"{job.id} canceled" in said.out
        assert "QC0905" in said.err
        assert [one["status"] for one in service.jobs()] == ["canceled"]


@pytest.mark.skipif(find_spec("socks") is not None, reason="PySocks is installed")
def test_a_proxy_that_cannot_be_used_leaves_no_doubt_about_the_job(tmp_path, monkeypatch, capsys):
    """Nothing left this computer, so nothing was perhaps sent, and the message names the proxy."""
    for name, value in {
        "IONQ_API_KEY": "any-key-will-do",
        "IONQ_API_URL": "https://service.invalid/v0.4",
        "IONQDSL_STATE": str(tmp_path),
        "HTTPS_PROXY": "socks5://127.0.0.1:9",
        "NO_PROXY": "",
    }.items():
        monkeypatch.setenv(name, value)
        monkeypatch.delenv(name.lower(), raising=False)
    (tmp_path / "bell.qc").write_text(BELL)
    assert main(["submit", str(tmp_path / "bell.qc"), "--backend", "simulator"]) == 5
    assert "pip install pysocks" in capsys.readouterr().err
    assert main(["jobs", "list"]) == 0
    assert "perhaps sent" not in capsys.readouterr().out
