"""The file of the ledger: old versions of it, several processes at once, and where it stands."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ionqdsl.cloud import database
from ionqdsl.cloud import ledger as ledgers
from ionqdsl.cloud.ledger import Ledger, Part, Submission
from ionqdsl.cloud.owner import leave, this_process
from ionqdsl.diagnostics import UsageError
from ionqdsl.settings import folder_for

ROOT = Path(__file__).parent.parent


def entry(tag="t"):
    return Submission(tag, "f", "http://x", "a", (Part(tag, 0, 1, "d"),))


def test_old_ledgers_are_brought_up_to_date_or_left_as_they_are(tmp_path, monkeypatch):
    path = str(tmp_path / "ledger")
    with Ledger(path) as ledger:
        ledger.intend(entry(), [b""])
    newest = (*ledgers.MIGRATIONS, ("ALTER TABLE parts ADD COLUMN more TEXT", "UPDATE parts SET more = tag || '!'"))
    monkeypatch.setattr(ledgers, "MIGRATIONS", (*newest, ("CREATE TABLE half (x)", "nonsense")))
    with pytest.raises(UsageError, match="QC0901"):
        Ledger(path)
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (len(newest) - 1,)
        assert not file.execute("SELECT 1 FROM sqlite_master WHERE name = 'half'").fetchone()
    monkeypatch.setattr(ledgers, "MIGRATIONS", newest)
    with Ledger(path) as ledger:
        assert ledger.find("t").tag == "t"
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT more FROM parts").fetchall() == [("t!",)]


def test_another_process_may_be_quicker_to_bring_a_ledger_up_to_date(tmp_path, monkeypatch):
    """Both see the old version; the second one finds nothing left to do once it may write."""
    path = str(tmp_path / "ledger")
    Ledger(path).close()
    before = database._version

    def overtaken(connection):
        """The version, before another process raises it."""
        found = before(connection)
        monkeypatch.setattr(database, "_version", before)
        Ledger(str(tmp_path / "link")).close()
        return found

    (tmp_path / "link").hardlink_to(path)
    newest = (*ledgers.MIGRATIONS, ("CREATE TABLE more (x)",))
    monkeypatch.setattr(ledgers, "MIGRATIONS", newest)
    monkeypatch.setattr(database, "_version", overtaken)
    with Ledger(path) as ledger:
        assert ledger.unfinished() == []
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA user_version").fetchone() == (len(newest),)


def test_a_ledger_with_a_broken_character_in_its_tables_is_damaged(tmp_path):
    path = tmp_path / "ledger"
    Ledger(str(path)).close()
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE", b"CREAT\xd7 TABLE", 1))
    with pytest.raises(UsageError, match="QC0902"):
        Ledger(str(path)).find("t")


def test_a_part_moves_only_from_where_it_was_thought_to_be(tmp_path, held):
    """Two that hold the same record: the second one's move must not go through."""
    ledger = held(Ledger(str(tmp_path / "ledger")))
    part = ledger.intend(entry(), [b""]).parts[0]
    ledger.move(part, "send")
    with pytest.raises(UsageError):
        held(Ledger(ledger.path)).move(part, "send")
    with pytest.raises(KeyError):
        ledger.move(part, "found")


def test_idle_submissions_are_those_that_nobody_works_on(tmp_path, held):
    """A new submission goes on with one of these alone: the others are being sent right now."""
    ledger, owner = held(Ledger(str(tmp_path / "ledger"))), this_process()
    for tag in ("busy", "idle"):
        ledger.intend(entry(tag), [b""])
    assert ledger.claim("busy", owner)
    assert [one.tag for one in ledger.unfinished()] == ["busy", "idle"]
    assert [one.tag for one in ledger.unfinished(is_idle=True)] == ["idle"]
    leave(owner)
    assert [one.tag for one in ledger.unfinished(is_idle=True)] == ["busy", "idle"]


def test_what_was_sent_twice_is_watched(tmp_path, held):
    """Whatever was said of the first attempt; a single one with an answer needs no watch."""
    ledger = held(Ledger(str(tmp_path / "ledger")))
    for tag, events in {"once": ["send", "accepted"], "twice": ["send", "not sent", "send", "accepted"]}.items():
        part = ledger.intend(entry(tag), [b""]).parts[0]
        for event in events:
            part = ledger.move(part, event, **({"job_id": f"{tag}-1"} if event == "accepted" else {}))
    assert [one.tag for one in ledger.watched()] == ["twice"]


def test_eight_processes_make_and_fill_one_ledger(tmp_path, held):
    program = (
        "import sys\nfrom ionqdsl.cloud.ledger import *\n"
        "ledger = Ledger(sys.argv[1])\n"
        "for n in range(10):\n"
        "    tag = new_tag()\n"
        "    entry = Submission(tag, 'f', 'u', 'a', (Part(tag, 0, 1, 'd'),))\n"
        "    ledger.move(ledger.intend(entry, [b'']).parts[0], 'send')\n"
    )
    path = str(tmp_path / "folder" / "ledger")
    line = [sys.executable, "-c", program, path]
    children = [subprocess.Popen(line, env={**os.environ, "PYTHONPATH": str(ROOT)}) for _ in range(8)]
    assert [child.wait(60) for child in children] == [0] * 8
    assert len(held(Ledger(path)).unfinished()) == 80
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_a_new_folder_is_for_its_owner(tmp_path):
    """What is in the ledger, and that there is one, is nobody else's matter, whatever the umask."""
    before = os.umask(0o022)
    try:
        Ledger(str(tmp_path / "folder" / "ledger")).close()
    finally:
        os.umask(before)
    assert (tmp_path / "folder").stat().st_mode & 0o777 == 0o700


def test_where_the_ledger_stands(monkeypatch):
    assert folder_for("state", {"IONQDSL_STATE": "/here"}) == "/here"
    monkeypatch.setattr(sys, "platform", "linux")
    assert folder_for("state", {"XDG_STATE_HOME": "/state"}) == "/state/ionqdsl"
    assert folder_for("state", {"XDG_STATE_HOME": "relative"}) == os.path.expanduser("~/.local/state/ionqdsl")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert folder_for("state", {}).endswith("Library/Application Support/ionqdsl")
    monkeypatch.setattr(sys, "platform", "win32")
    assert folder_for("state", {"LOCALAPPDATA": "/local"}) == "/local/ionqdsl"
