"""Duplicate jobs of one submission, plans sent twice, and clones, against a service of bare sockets.

Each test names a list that arrives too late or a second computer, and counts the jobs in the end.
"""

from __future__ import annotations

import io
import json
import sys
import threading
import time

import accounts
import pytest
from accounts import BELL, LOST
from raw_service import Post, response, shaped

from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.cloud import ledger as ledgers
from ionqdsl.cloud import plan as plans
from ionqdsl.cloud.draft import prepare
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.diagnostics import CompileError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.targets import PROFILES

folder, raw, opened, client = accounts.folder, accounts.raw, accounts.opened, accounts.client


# -- doubles -----------------------------------------------------------------------------------------------------


def doubled(account, capsys):
    """A submission whose first job is listed only after everybody has stopped looking."""
    assert main(["submit", "bell.qc"]) == 5
    assert main(["jobs", "recover"]) == 0
    assert len(account.jobs) == 2
    capsys.readouterr()
    for job in account.jobs:
        job.hidden = 0
    lost, kept = (job.id for job in account.jobs)
    with Ledger() as ledger:
        assert ledger.latest()[0].parts[0].job_id == kept
    return lost, kept


@pytest.mark.parametrize(
    "words",
    [["jobs", "list"], ["jobs", "recover"], ["jobs", "wait", "ID"], ["jobs", "results", "ID"], ["jobs", "wait"]],
)
def test_a_double_that_appears_later_is_named(opened, capsys, words, held):
    account = opened(posts=[LOST], lag=99)
    lost, kept = doubled(account, capsys)
    assert main([kept if word == "ID" else word for word in words]) == 0
    err = capsys.readouterr().err
    assert "warning[QC0906]" in err
    assert f"{kept} is used, {lost} counts as a double" in err
    assert f"`ionqdsl jobs cancel {lost}`" in err
    entry = held(Ledger()).latest()[0]
    assert (entry.parts[0].job_id, entry.parts[0].doubles) == (kept, (lost,))
    assert all(job.status == "completed" for job in account.jobs)  # nobody said that it is to be cancelled


def test_a_double_is_cancelled_on_request(opened, capsys, held):
    account = opened(posts=[LOST], lag=99)
    lost, _ = doubled(account, capsys)
    assert main(["jobs", "list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["jobs"][0]["doubles"] == [lost]
    assert main(["jobs", "results", lost]) == 0  # by the program's names, though no entry counts it as its own
    assert "QC0906" in capsys.readouterr().err
    assert main(["jobs", "recover", "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["canceled"] == [lost]
    assert [job.status for job in account.jobs] == ["canceled", "completed"]
    assert main(["jobs", "recover", "--yes"]) == 0
    assert "QC0906" not in capsys.readouterr().err
    assert held(Ledger()).latest()[0].parts[0].doubles == ()


def test_a_double_is_cancelled_by_its_id_and_leaves_the_job_alone(opened, capsys, held):
    account = opened(posts=[LOST], lag=99)
    lost, _ = doubled(account, capsys)
    assert main(["jobs", "list"]) == 0
    assert main(["jobs", "cancel", lost]) == 0
    assert [job.status for job in account.jobs] == ["canceled", "completed"]
    assert held(Ledger()).latest()[0].parts[0].doubles == ()


def test_a_submission_is_cancelled_with_its_doubles(opened, capsys, held):
    account = opened(posts=[LOST], lag=99)
    doubled(account, capsys)
    assert main(["jobs", "list"]) == 0
    assert main(["jobs", "cancel", held(Ledger()).latest()[0].tag]) == 0
    assert [job.status for job in account.jobs] == ["canceled", "canceled"]


def test_the_job_itself_is_cancelled_by_its_id_and_the_double_takes_its_place(opened, capsys, held):
    account = opened(posts=[LOST], lag=99)
    lost, kept = doubled(account, capsys)
    assert main(["jobs", "list"]) == 0
    assert main(["jobs", "cancel", kept]) == 0
    assert [job.status for job in account.jobs] == ["completed", "canceled"]
    assert main(["jobs", "recover", "--yes"]) == 0
    assert [job.status for job in account.jobs] == ["completed", "canceled"]
    assert held(Ledger()).latest()[0].parts[0].job_id == lost


@pytest.mark.parametrize(("answer", "is_canceled"), [("y\n", True), ("\n", False), ("", False)])
def test_recover_asks_at_a_terminal(opened, capsys, monkeypatch, answer, is_canceled):
    account = opened(posts=[LOST], lag=99)
    lost, _ = doubled(account, capsys)
    assert main(["jobs", "recover"]) == 0
    assert account.jobs[0].status == "completed"  # nobody could be asked
    monkeypatch.setattr("ionqdsl.cli.terminal.is_terminal", lambda stream: True)
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert main(["jobs", "recover"]) == 0
    assert f"cancel {lost}? [y/N]" in capsys.readouterr().err
    assert account.jobs[0].status == ("canceled" if is_canceled else "completed")


def test_a_double_at_another_service_is_left_alone(opened, capsys):
    account = opened(posts=[LOST], lag=99)
    doubled(account, capsys)
    assert main(["jobs", "list"]) == 0
    opened()
    assert main(["jobs", "recover", "--yes"]) == 0
    assert [job.status for job in account.jobs] == ["completed", "completed"]


def test_nothing_is_asked_where_nothing_was_doubtful(opened, capsys):
    account = opened()
    assert main(["submit", "bell.qc"]) == 0
    account.asked.clear()
    assert main(["jobs", "list"]) == 0
    assert main(["jobs", "recover"]) == 0
    assert account.asked == []


def test_doubles_are_looked_for_a_day_and_not_where_nobody_answers(opened, capsys, monkeypatch, client, held):
    account = opened(posts=[LOST], lag=99)
    doubled(account, capsys)
    url = held(Ledger()).latest()[0].url
    monkeypatch.setenv("IONQ_API_URL", "http://127.0.0.1:9/v0.4")
    assert main(["jobs", "list"]) == 0
    monkeypatch.setenv("IONQ_API_URL", url)
    monkeypatch.delenv("IONQ_API_KEY")
    assert main(["jobs", "list"]) == 0
    assert "QC0906" not in capsys.readouterr().err
    monkeypatch.setenv("IONQ_API_KEY", "any-key-will-do")
    account.asked.clear()
    later = Ledger(clock=lambda: time.time() + ledgers.WATCH_SECONDS + 60)
    assert client(ledger=later).doubles() == []
    assert account.asked == []
    assert len(client().doubles()) == 1


# -- plans -------------------------------------------------------------------------------------------------------


def planned():
    made, _ = prepare(stages.load(Source(BELL, "bell.qc"))[0], PROFILES["v0.4"], {}, Source(BELL, "bell.qc"))
    content = plans.write(made, "http://x", {}, {})
    return plans.read(Source(content.decode(), "bell.plan")).draft


def test_a_plan_sent_from_two_computers_at_once_is_noticed_on_both(opened, tmp_path, client):
    """Two seconds' lag, one second apart: neither look ahead shows the other's job. Both come to the same one."""
    account = opened(lag=2)
    plan, warned = planned(), ([], [])
    first, second = (client(warned[n], ledger=Ledger(str(tmp_path / f"computer{n}"))) for n in range(2))
    barrier = threading.Barrier(2)
    looked = [0, 0]

    def at_once(one, number):
        real = one.link.transport.send

        def send(request):
            if request.method == "POST":
                barrier.wait(10)
            looked[number] += request.method == "GET"
            return real(request)

        one.link.transport.send = send

    jobs = [None, None]

    def work(one, number):
        at_once(one, number)
        jobs[number] = one.send(plan)

    threads = [threading.Thread(target=work, args=pair) for pair in ((first, 0), (second, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(account.jobs) == 2
    came_first = account.jobs[0].id
    for one in (first, second):
        one.doubles()
        entry = one.ledger.latest()[0]
        assert entry.parts[0].job_id == came_first
        assert entry.parts[0].doubles == (account.jobs[1].id,)
    assert all(any(diagnostic.code == "QC0906" for diagnostic in heard) for heard in warned)
    first.cancel(account.jobs[1].id)
    assert [job.status for job in account.jobs] == ["completed", "canceled"]
    for one in (first, second):
        assert one.doubles() == []


def test_a_plan_that_was_sent_elsewhere_with_rows_that_show_nothing(opened, tmp_path, client):
    account = opened(metadata="null")
    plan = planned()
    first, second = (client(ledger=Ledger(str(tmp_path / f"computer{n}"))) for n in range(2))
    assert first.send(plan).id == second.send(plan).id == account.jobs[0].id
    assert len(account.jobs) == 1


# -- clones ------------------------------------------------------------------------------------------------------


def test_a_clone_is_a_submission_with_a_tag_of_its_own(opened, capsys, held):
    account = opened()
    assert main(["submit", "bell.qc"]) == 0
    parent = account.jobs[0]
    assert main(["jobs", "clone", parent.id, "--shots", "70"]) == 0
    clone = account.jobs[1]
    out = capsys.readouterr().out
    assert out.splitlines()[-1].split() == [clone.id, "submitted"]
    newest, oldest = held(Ledger()).latest()
    assert (newest.clone_of, newest.parts[0].job_id, newest.shots) == (parent.id, clone.id, 70)
    assert clone.body["metadata"] == {"ionqdsl": newest.tag}
    assert newest.tag != oldest.tag
    assert main(["jobs", "results", clone.id, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["results"][0]["order"] == "q[0] q[1]"  # the parent's names


@pytest.mark.parametrize("status", [409, 429, 502, 307, 103])
@pytest.mark.parametrize("takes", [True, False])
def test_a_clone_without_a_clear_answer_is_made_once(opened, capsys, status, takes, held):
    account = opened()
    assert main(["submit", "bell.qc"]) == 0
    account.posts = [Post(takes, lambda job_id: response(status))]
    code = main(["jobs", "clone", account.jobs[0].id, "--shots", "70"])
    assert code == (0 if takes or status == 429 else 5)
    assert main(["jobs", "recover"]) == 0
    assert [job.body["shots"] for job in account.jobs] == [200, 70]
    assert held(Ledger()).unfinished() == []


def test_a_clone_that_is_asked_for_again_goes_on_with_the_open_one(opened, capsys):
    account = opened()
    assert main(["submit", "bell.qc"]) == 0
    account.posts = [Post(True, lambda job_id: b"")]
    account.lag = 4
    clone = ["jobs", "clone", account.jobs[0].id, "--shots", "70"]
    assert main(clone) == 5
    assert main(clone) == 0
    assert "QC0915" in capsys.readouterr().err
    assert len(account.jobs) == 2
    assert main(clone) == 0
    assert len(account.jobs) == 3


def test_a_clone_that_is_refused_ends(opened, capsys, held):
    account = opened()
    assert main(["submit", "bell.qc"]) == 0
    account.posts = [Post(False, lambda job_id: response(404, shaped(404, "no such job")))]
    assert main(["jobs", "clone", account.jobs[0].id]) == 2
    assert "QC0832" in capsys.readouterr().err
    assert held(Ledger()).unfinished() == []
    assert main(["jobs", "clone", "unheard-of"]) == 2
    assert account.asked.count("POST") == 2


def test_a_clone_keeps_its_parents_metadata_and_needs_room_for_its_tag(opened, client, held):
    account = opened()
    own = {f"k{n}": "v" for n in range(9)}
    parent = account.take({"name": "x", "backend": "simulator", "metadata": {**own, "ionqdsl": "iq-parent"}})
    made = client().clone(parent.id, name="again")
    assert made.id == account.jobs[1].id
    assert account.jobs[1].body["metadata"] == {**own, "ionqdsl": held(Ledger()).latest()[0].tag}
    parent.body["metadata"] = {**own, "k9": "v"}
    with pytest.raises(CompileError, match="QC0912"):
        client().clone(parent.id)
    assert len(account.jobs) == 2
