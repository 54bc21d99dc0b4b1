"""A submission becomes one job, despite any fault on the way: counted by a real server that keeps the jobs it takes.

Each test names a way in which a job could be sent twice, lost, or taken for another.
"""

from __future__ import annotations

import itertools
import json
import os
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from job_service import Fault, JobService
from service import Reply, refused

from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.cloud import ledger as ledgers
from ionqdsl.cloud import owner as owners
from ionqdsl.cloud import states, submit
from ionqdsl.cloud.client import Client
from ionqdsl.cloud.draft import prepare
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.diagnostics import ServiceError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.targets import PROFILES

ROOT = Path(__file__).parent.parent
KEY = "k3y-that-nobody-may-see"
BELL = 'job { name = "bell pair"; backend = "simulator"; shots = 200 }\nqubit a\nqubit b\nh a\ncnot a, b\n'
LOST = Fault(True, Reply(fault="reset"))
ERROR_AFTER, ERROR_BEFORE = Fault(True, Reply(502)), Fault(False, Reply(502))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A program in a folder of its own, pauses that do not take long, a key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(submit, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(states, "SOON", (0.0, 0.01))
    monkeypatch.setattr(states, "LATER", (0.0, 0.01, 0.02))
    monkeypatch.setenv("IONQ_API_KEY", KEY)
    Path("bell.qc").write_text(BELL)
    return tmp_path


@pytest.fixture
def serve(monkeypatch):
    """Starts services that are stopped at the end."""
    running = []

    def start(*faults, **options):
        service = JobService(faults, **options)
        running.append(service.__enter__())
        monkeypatch.setenv("IONQ_API_URL", service.url)
        return service

    yield start
    for service in running:
        service.__exit__()


def said(capsys):
    out, err = capsys.readouterr()
    assert KEY not in out + err
    return out, err


# -- doubt -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [LOST, ERROR_AFTER, Fault(True, Reply(201, b"??"))], ids=["lost", "502", "garbage"])
def test_a_job_that_arrived_is_found_by_its_tag(serve, capsys, fault):
    service = serve(fault)
    assert main(["submit", "bell.qc"]) == 0
    assert said(capsys)[0] == f"{service.jobs[0].id} submitted\n".replace("submitted", "completed")
    assert len(service.jobs) == len(service.asked("POST")) == 1


@pytest.mark.parametrize("again", [["submit", "bell.qc"], ["jobs", "recover"]], ids=["submit", "recover"])
@pytest.mark.parametrize("fault", [ERROR_BEFORE, Fault(False, Reply(fault="reset"))], ids=["502", "reset"])
def test_a_job_that_did_not_arrive_is_sent_by_the_next_command(serve, capsys, fault, again):
    service = serve(fault)
    assert main(["submit", "bell.qc"]) == 5
    assert len(service.asked("POST")) == 1
    said(capsys)
    assert main(again) == 0
    assert len(service.jobs) == 1
    first, second = service.asked("POST")
    assert first.body == second.body  # the same bytes, tag included
    assert main(["jobs", "recover"]) == 0
    assert "no submission is open" in said(capsys)[1]
    assert main(["submit", "bell.qc"]) == 0  # after a clear end, the same command is another job
    assert len(set(service.tags())) == 2


def test_a_list_that_lags_is_given_time(serve, capsys):
    """The job is there, but two readings do not show it: none of them may lead to a second POST."""
    service = serve(LOST, lag=2)
    assert main(["submit", "bell.qc"]) == 5
    assert main(["submit", "bell.qc"]) == 0
    assert "QC0915" in said(capsys)[1]
    assert len(service.jobs) == len(service.asked("POST")) == 1


def test_nothing_is_sent_again_while_the_list_cannot_be_read(serve, capsys, monkeypatch):
    service = serve(LOST)
    readable = JobService._list
    monkeypatch.setattr(JobService, "_list", lambda self, query: Reply(503))
    for _ in range(3):
        assert main(["submit", "bell.qc"]) == 5
    assert main(["jobs", "recover"]) == 5
    assert "QC0843" in said(capsys)[1]
    assert len(service.asked("POST")) == 1
    monkeypatch.setattr(JobService, "_list", readable)
    assert main(["jobs", "recover", "--json"]) == 0
    (entry,) = json.loads(said(capsys)[0])["submissions"]
    assert entry["jobs"] == [service.jobs[0].id]
    assert not entry["open"]


def test_the_job_is_found_among_many(serve, held):
    service = serve(LOST, page=7)
    assert main(["submit", "bell.qc", "--shots", "7"]) == 0
    tag = service.tags()[0]
    for _ in range(30):
        service.take({"name": "somebody else's", "metadata": None})
    with closing(sqlite3.connect(ledgers.default_path())) as file:  # as a crash in mid-request leaves it
        body = zlib.compress(service.asked("POST")[0].body)
        file.execute("UPDATE parts SET state = 'sending', job_id = NULL, body = ?", (body,))
        file.commit()
    assert main(["jobs", "recover"]) == 0
    assert len(service.asked("POST")) == 1
    assert held(Ledger()).find(tag).parts[0].job_id == service.jobs[0].id


def test_one_tag_twice_is_told(serve, capsys, held):
    """A proxy that delivers a request twice: nothing can be done about it here but to say so."""
    service = serve(Fault(True, Reply(502), copies=2))
    assert main(["submit", "bell.qc"]) == 0
    err = said(capsys)[1]
    assert "warning[QC0906]" in err
    assert f"jobs cancel {service.jobs[1].id}" in err
    assert held(Ledger()).latest()[0].id == service.jobs[0].id


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_process_that_dies_while_sending_leaves_a_doubt_not_a_duplicate(serve, monkeypatch, when, held):
    service = serve()

    def send(self, request):
        if request.method == "POST":
            if when == "after":
                real(self, request)
            raise Killed
        return real(self, request)

    from ionqdsl.cloud.transport import Transport

    real = Transport.send
    monkeypatch.setattr(Transport, "send", send)
    with pytest.raises(Killed):
        held(Client()).submit(BELL)
    assert [part.state for part in held(Ledger()).unfinished()[0].parts] == ["sending"]
    monkeypatch.setattr(Transport, "send", real)
    job = held(Client()).submit(BELL)
    assert len(service.jobs) == 1
    assert job.id == service.jobs[0].id


def test_a_job_that_nobody_was_told_of_is_not_sent_again(serve, held):
    """The process dies after the answer is noted, before its user sees the id: the next `submit` gives that job."""
    service = serve()

    def told(job):
        raise Killed

    made, _ = prepare(stages.load(Source(BELL))[0], PROFILES["v0.4"])
    with pytest.raises(Killed):
        held(Client()).send(made, told)
    assert held(Client()).submit(BELL).id == service.jobs[0].id
    assert len(service.jobs) == 1
    assert held(Client()).submit(BELL).id == service.jobs[1].id  # now it was told


def test_given_up_means_forgotten_but_not_overlooked(serve, capsys, held):
    service = serve(Fault(True, Reply(502)), lag=5)
    assert main(["submit", "bell.qc"]) == 5
    tag = held(Ledger()).unfinished()[0].tag
    assert main(["jobs", "cancel", tag]) == 0
    assert said(capsys)[0] == f"{tag} given up\n"
    assert main(["jobs", "recover"]) == 0
    for _ in range(3):
        main(["jobs", "recover"])
    assert f"warning[QC0913]: submission {tag} was given up, but the service has its job" in said(capsys)[1]
    assert len(service.asked("POST")) == 1
    assert main(["jobs", "cancel", service.jobs[0].id]) == 0
    assert service.jobs[0].status == "canceled"


def test_cancelling_what_was_perhaps_sent_cancels_the_job(serve, capsys, held):
    service = serve(LOST, lag=2)
    assert main(["submit", "bell.qc"]) == 5
    assert main(["jobs", "cancel", held(Ledger()).unfinished()[0].tag]) == 0
    assert said(capsys)[0].endswith(" canceled\n")
    assert service.jobs[0].status == "canceled"


def test_a_tag_that_is_not_in_the_ledger(serve, capsys):
    service = serve()
    for action in ("show", "wait", "cancel"):
        assert main(["jobs", action, "iq-0123"]) == 2
        assert "QC0917" in said(capsys)[1]
    assert service.seen == []


def test_another_key_sees_another_list_and_sends_nothing(serve, capsys, monkeypatch):
    service = serve(ERROR_BEFORE)
    assert main(["submit", "bell.qc"]) == 5
    monkeypatch.setenv("IONQ_API_KEY", "another-key")
    for words in (["submit", "bell.qc"], ["jobs", "recover"]):
        assert main(words) == 2
        assert "QC0908" in capsys.readouterr().err
    assert len(service.asked("POST")) == 1


def test_another_service_is_left_alone(serve, capsys):
    serve(ERROR_BEFORE)
    assert main(["submit", "bell.qc"]) == 5
    other = serve()
    assert main(["jobs", "recover"]) == 2
    assert "QC0918" in said(capsys)[1]
    assert other.seen == []


def test_two_processes_do_not_work_on_one_submission(serve, capsys, held):
    service = serve(ERROR_BEFORE)
    assert main(["submit", "bell.qc"]) == 5
    (entry,) = held(Ledger()).unfinished()
    assert held(Ledger()).claim(entry.tag, owners.this_process())  # a second one in this process: alive
    assert main(["jobs", "recover"]) == 5
    assert "QC0907" in said(capsys)[1]
    assert len(service.asked("POST")) == 1


def test_the_owner_is_gone_when_its_process_is():
    now = 1000.0
    mine = owners.this_process()
    assert not owners.is_gone(*mine.lease(now), now + 1e9)  # on this computer only the process counts
    host, pid, started, mark = mine.name.rsplit(":", 3)
    assert owners.is_gone(f"{host}:{pid}:1{started}:{mark}", now + 60, now)  # the number was given out again
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert owners.is_gone(f"{host}:{child.pid}:5:{mark}", now + 60, now)
    assert not owners.is_gone(f"elsewhere:1:5:{mark}", now + 60, now)
    assert owners.is_gone(f"elsewhere:1:5:{mark}", now + 60, now + 61)


# -- the ledger fails --------------------------------------------------------------------------------------------


def unusable(kind, folder):
    if kind == "folder":
        return "/proc/nowhere"
    folder.mkdir()
    path = folder / ledgers.FILE
    if kind == "garbage":
        path.write_bytes(b"not a ledger at all " * 100)
    elif kind == "newer":
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA user_version = 99")
    elif kind == "torn":
        Ledger(str(path)).close()
        content = bytearray(path.read_bytes())
        content[100:9000] = os.urandom(8900)
        path.write_bytes(content)
    return str(folder)


@pytest.mark.parametrize(
    ("kind", "code"), [("folder", "QC0901"), ("garbage", "QC0902"), ("newer", "QC0903"), ("torn", "QC0902")]
)
def test_without_a_ledger_nothing_is_sent_unless_that_is_wanted(serve, capsys, monkeypatch, tmp_path, kind, code):
    service = serve()
    monkeypatch.setenv("IONQDSL_STATE", unusable(kind, tmp_path / "state"))
    assert main(["submit", "bell.qc"]) == 2
    assert f"error[{code}]" in said(capsys)[1]
    assert service.seen == []
    assert main(["submit", "bell.qc", "--no-ledger"]) == 0
    assert said(capsys)[0].startswith(service.jobs[0].id)
    assert main(["jobs", "wait", service.jobs[0].id]) == 0  # the service's answers can still be had
    assert service.tags()[0].startswith("iq-")


def test_a_job_id_is_told_when_the_ledger_fails_at_the_worst_moment(serve, capsys, monkeypatch, held):
    """Between the POST and its answer somebody else locks the file, as a full disk would."""
    service = serve()
    monkeypatch.setattr(ledgers, "BUSY_SECONDS", 0.05)
    taken = JobService._post
    locks = []

    def post(self, body):
        file = sqlite3.connect(ledgers.default_path(), isolation_level=None, check_same_thread=False)
        file.execute("BEGIN IMMEDIATE")
        locks.append(file)
        return taken(self, body)

    monkeypatch.setattr(JobService, "_post", post)
    assert main(["submit", "bell.qc"]) == 0
    out, err = said(capsys)
    job_id = service.jobs[0].id
    assert out == f"{job_id} submitted\n"
    assert f"warning[QC0904]: job {job_id} was submitted" in err
    locks[0].close()
    assert main(["jobs", "recover"]) == 0
    assert held(Ledger()).find(job_id)
    assert len(service.jobs) == 1


def test_a_full_disk_stops_before_anything_is_sent(serve, capsys):
    """A limit on the size of files, in a process of its own, acts like a full disk."""
    service = serve()
    program = (
        "import resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "from ionqdsl.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "sys.exit(main(['submit', 'bell.qc']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    assert "error[QC0901]" in done.stderr
    assert service.seen == []


def test_a_clock_that_went_back_changes_nothing(serve, capsys):
    service = serve(LOST, lag=2)
    assert main(["submit", "bell.qc"]) == 5
    with closing(sqlite3.connect(ledgers.default_path())) as file:
        file.execute("UPDATE parts SET changed = changed + 1e9")
        file.commit()
    assert main(["jobs", "recover"]) == 0
    assert "QC0910" in said(capsys)[1]
    assert len(service.asked("POST")) == 1


# -- memory ------------------------------------------------------------------------------------------------------


def test_results_are_fetched_once_and_then_need_neither_network_nor_key(serve, capsys, monkeypatch, held):
    Path("bell.qc").write_text(BELL + "register last = b\n")
    service = serve()
    assert main(["submit", "bell.qc", "--wait", "--json"]) == 0
    first = json.loads(said(capsys)[0])["results"]
    job_id = service.jobs[0].id
    service.seen.clear()
    monkeypatch.delenv("IONQ_API_KEY")
    for words in (["jobs", "results", job_id, "--json"], ["jobs", "wait", held(Ledger()).latest()[0].tag, "--json"]):
        assert main(words) == 0
        assert json.loads(said(capsys)[0])["results"] == first
    assert first[0]["order"] == "a b"
    assert first[0]["registers"]["last"]["order"] == "b"
    assert main(["jobs", "show", job_id]) == 0
    assert main(["jobs", "list"]) == 0
    assert said(capsys)[0].splitlines()[-1].split() == [job_id, "completed", "simulator", "200", "bell", "pair"]
    assert service.seen == []


def test_a_job_is_shown_as_last_heard_of_where_nobody_answers(serve, capsys, monkeypatch):
    service = serve()
    assert main(["submit", "bell.qc"]) == 0
    monkeypatch.delenv("IONQ_API_KEY")
    said(capsys)
    assert main(["jobs", "show", service.jobs[0].id]) == 0
    out, err = said(capsys)
    assert "submitted" in out
    assert "note[QC0920]" in err


def test_a_failure_points_at_the_line(serve, capsys):
    """Also when the program has changed since: the line is that of the text that was submitted."""
    service = serve()
    assert main(["submit", "bell.qc"]) == 0
    service.jobs[0].status = "failed"
    message = "Gate types [cnot] are not supported by this backend"
    service.jobs[0].extra = {"failure": {"code": "UnsupportedGate", "message": message}}
    Path("bell.qc").write_text("qubit q\n")
    assert main(["jobs", "wait", service.jobs[0].id]) == 6
    err = said(capsys)[1]
    assert "bell.qc:5:1" in err
    assert "cnot a, b" in err


@pytest.mark.parametrize(
    ("keys", "place"),
    [
        (["input.circuit[1].target"], "bell.qc:5:1"),
        (["shots"], "bell.qc:1:58"),
        (["input.circuits.0.circuit.0"], ":4:1"),
    ],
)
def test_a_refusal_points_at_the_line_it_is_about(serve, capsys, keys, place):
    serve(Fault(False, refused(400, "no", validation={"keys": ["nonsense", *keys], "source": "payload"})))
    assert main(["submit", "bell.qc"]) == 6
    assert place in said(capsys)[1]


def test_the_key_is_in_no_file(serve, capsys, folder):
    """Whatever is written: the ledger packed and unpacked, its journal, the folder with the program."""
    Path("bell.qc").write_text(f"# {KEY}\n" + BELL.replace("bell pair", f"bell {KEY[:8]}"))
    service = serve(ERROR_BEFORE, Fault(False, refused(400, f"bad key {KEY}")))
    assert main(["submit", "bell.qc"]) == 5
    assert main(["submit", "bell.qc"]) == 6
    assert main(["submit", "bell.qc", "--wait"]) == 0
    said(capsys)
    (folder / "env.qc").write_text(BELL.replace("job {", 'job { metadata { k = env("IONQ_API_KEY") };'))
    assert main(["submit", "env.qc"]) == 3
    state = Path(os.environ["IONQDSL_STATE"])
    files = [path for path in state.rglob("*") if path.is_file()]
    assert files
    assert not any(KEY.encode() in path.read_bytes() for path in files)
    with closing(sqlite3.connect(state / ledgers.FILE)) as file:
        tables = [row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        values = [value for table in tables for row in file.execute(f"SELECT * FROM {table}") for value in row]
    blobs = [zlib.decompress(value) for value in values if isinstance(value, bytes)]
    assert any(b"cnot a, b" in blob for blob in blobs)
    assert not any(KEY.encode() in blob for blob in blobs)
    assert (state.stat().st_mode & 0o777, (state / ledgers.FILE).stat().st_mode & 0o777) == (0o700, 0o600)
    assert len(service.jobs) == 1


def test_room_for_the_tag(serve, capsys):
    """However many entries there are; that an older API took ten, the tag among them, is a warning."""
    service = serve()
    for notes in (9, 10, 40):
        text = "; ".join(f'k{number} = "v"' for number in range(notes))
        Path("bell.qc").write_text(BELL.replace("job {", f"job {{ metadata {{ {text} }};"))
        assert main(["submit", "bell.qc"]) == 0
        assert ("QC0714" in said(capsys)[1]) == (notes > 9)
        assert len(service.jobs[-1].body["metadata"]) == notes + 1
    Path("bell.qc").write_text(BELL.replace("job {", 'job { metadata { ionqdsl = "mine" };'))
    assert main(["submit", "bell.qc"]) == 1
    assert "QC0912" in said(capsys)[1]
    assert len(service.jobs) == 3


def test_python_raises_and_goes_on_with_the_same_submission(serve, held):
    service = serve(ERROR_BEFORE)
    client = held(Client())
    with pytest.raises(ServiceError, match="QC0836"):
        client.submit(BELL)
    assert client.submit(BELL).wait().result().probabilities == {"00": 0.5, "11": 0.5}
    assert len(service.jobs) == 1
    for done in itertools.repeat(client.recover(), 2):
        assert done == []


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"0": 0.5}', b"{}"], ids=["empty", "html", "half", "nothing"])
def test_an_answer_that_makes_no_sense_is_not_kept(serve, capsys, monkeypatch, body):
    """Kept, it would stand in the way of the result for ever."""
    service = serve()
    assert main(["submit", "bell.qc"]) == 0
    answers = JobService._reply_to
    monkeypatch.setattr(
        JobService,
        "_reply_to",
        lambda self, seen: Reply(200, body) if seen.path.endswith("/probabilities") else answers(self, seen),
    )
    is_half = body.startswith(b'{"0"')  # which is shown, with a warning
    assert main(["jobs", "results", service.jobs[0].id]) == (0 if is_half else 5)
    assert ("QC0940" in said(capsys)[1]) == is_half
    monkeypatch.setattr(JobService, "_reply_to", answers)
    assert main(["jobs", "results", service.jobs[0].id]) == 0
    assert "QC0940" not in said(capsys)[1]
