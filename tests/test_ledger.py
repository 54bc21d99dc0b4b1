"""The ledger's file, shared by clients, threads, forked children and processes at once, moved away, and closed.

The file in the end is counted: every submission once, and `PRAGMA integrity_check` content.
"""

from __future__ import annotations

import gc
import os
import sqlite3
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path

import pytest

import ionqdsl as iq
from ionqdsl.cloud import database, tables
from ionqdsl.cloud.ledger import Ledger, Part, Submission, new_tag
from ionqdsl.cloud.owner import this_process
from ionqdsl.diagnostics import UsageError

ROOT = Path(__file__).parent.parent
BELL = 'job { backend = "simulator" }\nqubit q[2]\nh q[0]\ncnot q[0], q[1]\n'


def put(ledger, name="one"):
    tag = new_tag()
    ledger.intend(Submission(tag, "f", "http://x", "a", (Part(tag, 0, 1, "d"),), name=name), [b"body"])
    return tag


def python(program, *arguments, executable=sys.executable):
    line = [executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(line, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True)


PUT = """import sys
from ionqdsl.cloud.ledger import *
ledger = Ledger(sys.argv[1])
for n in range(int(sys.argv[2])):
    tag = new_tag()
    part = ledger.intend(Submission(tag, 'f', 'http://x', 'a', (Part(tag, 0, 1, 'd'),)), [b'body']).parts[0]
    ledger.move(part, 'send')
    print(tag)
"""


def tags_in(path):
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return sorted(row[0] for row in file.execute("SELECT tag FROM submissions"))


def test_two_ledgers_in_one_process_and_another_process_between(tmp_path):
    """The second ledger must not take away the locks of the first: SQLite's "How to corrupt", 2.2."""
    path = tmp_path / "ledger"
    first = Ledger(str(path))
    tags = [put(first)]
    second = Ledger(str(path))
    tags += python(PUT, path, 1).communicate()[0].split()
    tags += [put(ledger) for ledger in (first, second, first)]
    tags += python(PUT, path, 1).communicate()[0].split()
    tags.append(put(first))
    assert len(Ledger(str(path)).latest()) == len(first.latest()) == len(tags) == 7
    first.close()
    tags.append(put(second))
    assert tags_in(path) == sorted(tags)


def test_an_existing_file_is_opened_by_sqlite_alone(tmp_path, monkeypatch):
    """Whatever else opens and closes it drops the locks of every connection in the process."""
    path = tmp_path / "ledger"
    Ledger(str(path)).close()
    opened = []
    real = os.open
    monkeypatch.setattr(
        os, "open", lambda file, flags, *rest: opened.append((str(file), flags)) or real(file, flags, *rest)
    )
    ledgers = [Ledger(str(path)) for _ in range(3)]
    put(ledgers[0])
    assert all(flags & os.O_EXCL for file, flags in opened if file == str(path))


def test_spellings_and_links_are_one_file_with_one_connection(tmp_path, monkeypatch):
    path, link = tmp_path / "folder" / "ledger", tmp_path / "link"
    tags = [put(Ledger(str(path)))]
    link.symlink_to(path)
    (tmp_path / "other").symlink_to(path.parent)
    monkeypatch.chdir(tmp_path)
    spellings = ["folder/ledger", "./folder/../link", str(link), "other/ledger"]
    ledgers = [Ledger(str(name)) for name in spellings]
    assert len({id(ledger._database) for ledger in ledgers}) == 1
    tags += [put(ledger) for ledger in ledgers]
    assert tags_in(path) == sorted(tags)
    assert {item.name for item in path.parent.iterdir()} == {"ledger"}


def test_a_link_that_leads_nowhere_yet_becomes_a_file_of_the_owner(tmp_path):
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "ledger")
    previous = os.umask(0)
    try:
        put(Ledger(str(link)))
    finally:
        os.umask(previous)
    assert (tmp_path / "ledger").stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_neither_uses_nor_closes_its_parents_connection(tmp_path):
    """In the child, closing would write to a file that the parent has locked, as if nobody had."""
    path = tmp_path / "ledger"
    ledger = Ledger(str(path))
    tags = [put(ledger)]
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forks of a process with threads, which some tests leave
        child = os.fork()
    if child == 0:
        try:
            os.write(writing, (put(ledger) + put(Ledger(str(path)))).encode())
            ledger.close()
            gc.collect()
        finally:
            os._exit(0)
    tags.append(put(ledger))
    os.waitpid(child, 0)
    told = os.read(reading, 1000).decode()
    os.close(reading)
    os.close(writing)
    assert told.count("iq-") == 2
    tags += ["iq-" + tag for tag in told.split("iq-")[1:]]
    tags.append(put(ledger))
    assert tags_in(path) == sorted(tags)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_no_connection_is_open_across_a_fork(tmp_path):
    ledger = Ledger(str(tmp_path / "ledger"))
    put(ledger)
    memory = Ledger(":memory:")
    tag = put(memory)
    assert ledger._database._connection is not None
    database._before_fork()
    assert ledger._database._connection is None
    database._after_fork()
    assert memory.find(tag) is not None
    assert len(ledger.latest()) == 1


MANY = """import os, sys, threading, warnings
warnings.simplefilter('ignore', DeprecationWarning)
import ionqdsl as iq
from ionqdsl.cloud.pace import Pace
bell = iq.Circuit(2).h(0).cnot(0, 1)
mark, forks = sys.argv[1], int(sys.argv[2])
clients = [iq.Client() for _ in range(3)]

def work(name):
    for n, client in enumerate(clients):
        client.link.pace = Pace(1e6, 1e6)
        client.submit(bell, backend='simulator', shots=100, name=f'{name}-{n}')

work(f'{mark}-before')
children = []
for fork in range(forks):
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work(f'{mark}-child{fork}')
            code = 0
        finally:
            os._exit(code)
    children.append(pid)
threads = [threading.Thread(target=work, args=(f'{mark}-thread{n}',)) for n in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(max(os.waitpid(pid, 0)[1] for pid in children))
"""


def test_clients_threads_children_and_processes_at_once(monkeypatch):
    """Three clients in each of three processes, used by threads and forked children, during calls of the command."""
    pytest.importorskip("uvicorn")
    from ionqdsl import emulator

    with emulator.start() as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        mine = iq.Client()
        bell = iq.Circuit(2).h(0).cnot(0, 1)
        mine.submit(bell, backend="simulator", shots=100, name="mine")
        running = [python(MANY, mark, 2) for mark in "abc"]
        lists = "import sys; from ionqdsl.cli import main; sys.exit(main(['jobs', 'list']))"
        while any(process.poll() is None for process in running):
            assert python(lists).communicate()[0]
            mine.submit(bell, backend="simulator", shots=100, name=f"mine-{len(mine.ledger.latest())}")
        assert [process.wait() for process in running] == [0, 0, 0]
        for process in running:
            process.stdout.close()
        with mine:
            entries = mine.ledger.latest()
        jobs = service.jobs()
    assert len(jobs) == len({job["name"] for job in jobs}) > 3 * 3 * 6
    assert sorted(entry.parts[0].job_id for entry in entries) == sorted(job["id"] for job in jobs)
    assert tags_in(Path(os.environ["IONQDSL_STATE"]) / "ledger.sqlite") == sorted(entry.tag for entry in entries)


# -- the file goes away ------------------------------------------------------------------------------------------


def remove(path):
    path.unlink()


def replace_by_another(path):
    other = path.with_name("other")
    put(Ledger(str(other)), "another")
    os.replace(other, path)


@pytest.mark.parametrize("leave", [remove, replace_by_another])
@pytest.mark.parametrize("use", [put, Ledger.latest, Ledger.watched, lambda ledger: ledger.note("j", "ready")])
def test_a_file_that_is_gone_is_noticed_once_and_then_begun_anew(tmp_path, leave, use):
    """Written to, the file that nobody can find any more would take the entry along."""
    path = tmp_path / "ledger"
    ledger = Ledger(str(path))
    put(ledger)
    leave(path)
    with pytest.raises(UsageError, match="QC0930"):
        use(ledger)
    tag = put(ledger)
    assert tag in tags_in(path)


def test_a_ledger_that_is_opened_after_the_change_has_lost_nothing(tmp_path):
    path = tmp_path / "ledger"
    old = Ledger(str(path))
    put(old)
    path.unlink()
    new = Ledger(str(path))
    tags = [put(new)]
    with pytest.raises(UsageError, match="QC0930"):
        put(old)
    tags += [put(old), put(new)]
    assert tags_in(path) == sorted(tags)


@pytest.mark.parametrize("is_before", [True, False])
def test_a_file_that_goes_away_in_mid_transaction_is_no_record(tmp_path, is_before):
    """The commit succeeds, into a file without a name: nothing may be sent on the strength of it."""
    path = tmp_path / "ledger"
    ledger = Ledger(str(path))

    def write():
        with ledger._writing() as connection:
            if is_before:
                path.unlink()
            connection.execute("INSERT INTO facts VALUES ('x', 'y')")
            if not is_before:
                path.unlink()

    with pytest.raises(UsageError, match="QC0930"):
        write()
    ledger.latest()
    with closing(sqlite3.connect(path)) as file:
        assert not file.execute("SELECT 1 FROM facts WHERE name = 'x'").fetchall()


def test_what_takes_its_place_may_be_no_ledger(tmp_path):
    path = tmp_path / "ledger"
    ledger = Ledger(str(path))
    path.unlink()
    path.write_bytes(b"not a ledger at all " * 100)
    with pytest.raises(UsageError, match=r"QC090[12]"):
        put(ledger)
    assert path.read_bytes() == b"not a ledger at all " * 100


def test_an_interrupted_transaction_is_undone(tmp_path):
    ledger = Ledger(str(tmp_path / "ledger"))

    def write():
        with ledger._writing() as connection:
            connection.execute("INSERT INTO facts VALUES ('x', 'y')")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    put(ledger)
    with ledger._reading() as connection:
        assert connection.execute("SELECT count(*) FROM facts").fetchone() == (1,)


# -- modes and versions ------------------------------------------------------------------------------------------


def test_a_commit_is_on_the_disk_when_it_returns(tmp_path):
    """A rollback journal with less than EXTRA may come back after a power cut, and undo "sent"."""
    ledger = Ledger(str(tmp_path / "ledger"))
    with ledger._reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (60_000,)


def test_a_ledger_of_before_is_taken_over_with_its_log(tmp_path):
    """Version 1 was written with write-ahead logging; rows in its log alone must not be lost."""
    from ionqdsl.cloud import ledger as ledgers

    path = tmp_path / "ledger"
    old = sqlite3.connect(path, isolation_level=None)
    old.execute("PRAGMA journal_mode = WAL")
    old.execute("PRAGMA wal_autocheckpoint = 0")
    for statement in ledgers.MIGRATIONS[0]:
        old.execute(statement)
    old.execute("PRAGMA user_version = 1")
    old.execute(
        "INSERT INTO submissions VALUES ('t', 'f', 'u', 'a', NULL, 'old', 1, 1.0, NULL, NULL, NULL, ?, NULL, NULL)",
        (tables.packed(b'{"circuits": []}'),),
    )
    old.execute("INSERT INTO parts VALUES ('t', 't', 0, 0, 1, 'd', NULL, 'confirmed', 1, 1.0, 'j', 'completed', NULL)")
    while_open = Ledger(str(path))  # the old one is still at work: its log stays, and both see everything
    assert while_open.find("j").name == "old"
    while_open.close()
    old.close()
    ledger = Ledger(str(path))
    assert ledger.find("t").parts[0].status == "completed"
    with ledger._reading() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert {item.name for item in tmp_path.iterdir()} == {"ledger"}


# -- damage ------------------------------------------------------------------------------------------------------

DAMAGED = (
    "UPDATE submissions SET keepsake = 'text'",
    "UPDATE submissions SET keepsake = x'00ff'",
    "UPDATE submissions SET shots = 'many'",
    "UPDATE submissions SET url = x'ff'",
    "UPDATE submissions SET owner = 7, until = 'soon'",
    "UPDATE parts SET state = 'unknown'",
    "UPDATE parts SET state = 'confirmed'",
    "UPDATE parts SET doubles = x'33'",
    "UPDATE parts SET changed = 'yesterday'",
    "UPDATE parts SET first = -1",
    "UPDATE parts SET attempts = 'twice'",
    "DELETE FROM parts",
)


@pytest.mark.parametrize("change", DAMAGED)
def test_a_row_that_nobody_wrote_is_damage(tmp_path, change):
    """SQLite keeps any value in any column: a value that cannot be ours is an error with a code, whoever reads it."""
    ledger = Ledger(str(tmp_path / "ledger"))
    tag = put(ledger)
    with closing(sqlite3.connect(ledger.path)) as other:
        other.execute("PRAGMA foreign_keys = OFF")
        other.execute(change)
        other.commit()
    readers = (
        ledger.latest,
        lambda: ledger.submission(tag),
        lambda: ledger.claim(tag, this_process()),
        lambda: ledger.unfinished(is_idle=True),
    )
    codes = []
    for reader in readers:
        try:
            reader()
        except UsageError as error:
            codes.append(error.diagnostics[0].code)
    assert set(codes) == {"QC0902"}


KEEPSAKES = (
    "[]",
    "{}",
    '{"circuits": 1}',
    '{"circuits": [1]}',
    '{"circuits": [{"qubits": 2}]}',
    '{"circuits": [{"qubits": "2", "name": "a"}]}',
    '{"circuits": [{"qubits": 1000000, "name": "a"}]}',
    '{"circuits": [{"qubits": 2, "name": "a", "registers": [["q", [2]]]}]}',
    '{"circuits": [{"qubits": 2, "name": "a", "wires": [[1, 2]]}]}',
    '{"circuits": [{"qubits": 2, "name": "a", "places": {"h": [1]}}]}',
    '{"circuits": [], "identity": "one"}',
    "[" * 100_000,
)


@pytest.mark.parametrize("kept", KEEPSAKES, ids=[text[:60] for text in KEEPSAKES])
def test_circuits_that_nobody_kept_are_damage(tmp_path, kept):
    ledger = Ledger(str(tmp_path / "ledger"))
    tag = put(ledger)
    with closing(sqlite3.connect(ledger.path)) as other:
        other.execute("UPDATE submissions SET keepsake = ?", (tables.packed(kept.encode()),))
        other.commit()
    with pytest.raises(UsageError, match="damaged"):
        ledger.submission(tag)


def test_a_ledger_without_its_salt_is_damaged(tmp_path):
    ledger = Ledger(str(tmp_path / "ledger"))
    with closing(sqlite3.connect(ledger.path)) as other:
        other.execute("DELETE FROM facts")
        other.commit()
    with pytest.raises(UsageError, match="damaged"):
        ledger.salt()
