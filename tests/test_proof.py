"""The proofs that a job was taken or not, and the behaviour without one: against a service of bare sockets.

Each test names an answer, a list or a moment that was once taken for a proof.
"""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing

import accounts
import pytest
from accounts import BELL, LOST
from raw_service import GOOD, Post, response, shaped, taken

from ionqdsl import pipeline as stages
from ionqdsl.cli import main
from ionqdsl.cloud import ledger as ledgers
from ionqdsl.cloud import looking, states, submit
from ionqdsl.cloud.draft import prepare
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.cloud.submit import Answer
from ionqdsl.diagnostics import IonqdslError, ServiceError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.targets import PROFILES

DOCUMENTED = (400, 401, 403, 404, 413)
STATUSES = (
    *DOCUMENTED,
    101,
    103,
    202,
    204,
    206,
    301,
    303,
    304,
    307,
    402,
    405,
    408,
    409,
    423,
    425,
    429,
    451,
    499,
    500,
    503,
)
"""One of each kind; the campaign plays all."""

folder, raw, opened, client = accounts.folder, accounts.raw, accounts.opened, accounts.client


# -- answers to the POST -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("takes", [True, False], ids=["taken", "not taken"])
def test_every_status_leaves_one_job_and_one_end(opened, takes, client):
    """A status is answered after the job was taken, or before: nothing that is sent again may be there already."""
    made, _ = prepare(stages.load(Source(BELL))[0], PROFILES["v0.4"])
    for status in STATUSES:
        for body in (None, shaped(status)):
            if takes and body and status in DOCUMENTED:
                continue  # the service itself would deny a job that it took
            account = opened(posts=[Post(takes, lambda job_id, status=status, body=body: response(status, body))])
            one = client(ledger=Ledger(":memory:"))
            try:
                job_id = one.send(made).id
            except ServiceError:
                ((entry, error),) = one.recover()
                assert error is None
                job_id = entry.parts[0].job_id
            except IonqdslError:
                assert (status in DOCUMENTED, body is not None) == (True, True), status
                assert one.ledger.latest()[0].parts[0].state == "refused"
                assert account.jobs == []
                continue
            assert [job.id for job in account.jobs] == [job_id], status


def test_what_429_is_answered_after_is_not_sent_again(opened, client):
    account = opened(posts=[Post(True, lambda job_id: response(429, shaped(429), {"Retry-After": "0"}))])
    assert client().submit(BELL).id == account.jobs[0].id
    assert account.asked.count("POST") == 1


def test_after_429_the_list_is_given_the_time_it_may_lag(opened, client):
    """One look would be too early: sent again, the job would be there twice."""
    account = opened(posts=[Post(True, lambda job_id: response(429))], lag=2)
    assert client().submit(BELL).id == account.jobs[0].id
    assert account.asked.count("POST") == 1


DATE = "Sun, 15 Jun 2025 15:06:40 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "Sun, 15 Jun 2025 15:06:50 GMT", "date": DATE}, 10),  # by the service's clock
        ({"retry-after": "Sun, 15 Jun 2025 15:06:50 GMT"}, 4),  # by ours, where it does not tell its own
        ({"retry-after": "Sun, 15 Jun 2025 15:00:00 GMT", "date": DATE}, 0),
        ({"retry-after": "Sun, 15 Jun 2031 15:00:00 GMT", "date": DATE}, submit.LONGEST_WAIT),
        ({"retry-after": "9" * 500}, submit.LONGEST_WAIT),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "Sun, 99 Jun 99999 15:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers, seconds):
    assert Answer(429, headers, at=1_750_000_006.0).retry_after == seconds


INTERIM = [
    response(103, headers={"Link": "</style.css>; rel=preload"}),
    response(100) + response(102) + response(103),
    response(199, headers={"Content-Length": "5"}),
]


@pytest.mark.parametrize("first", INTERIM, ids=["103", "100 102 103", "199 with a length"])
def test_interim_answers_are_read_over(opened, first, client):
    """http.client takes a 103 for the answer, and the id that follows would be lost."""
    account = opened(posts=[Post(True, lambda job_id: first + taken(job_id))])
    assert client().submit(BELL).id == account.jobs[0].id
    assert account.asked == ["POST"]


def test_interim_answers_without_end_are_no_answer(opened, client):
    account = opened(posts=[Post(True, lambda job_id: response(103) * 10_000)])
    assert client().submit(BELL).id == account.jobs[0].id
    assert account.asked.count("POST") == 1


def test_an_answer_cut_at_any_byte_leaves_one_job(opened, client):
    for cut in range(len(taken("x" * 36)) + 1):
        account = opened(posts=[Post(True, lambda job_id, cut=cut: taken(job_id)[:cut])])
        assert client(ledger=Ledger(":memory:")).submit(BELL).id == account.jobs[0].id, cut
        assert account.asked.count("POST") == 1, cut


ODD = {
    "not HTTP": b"220 mail.example ESMTP\r\n",
    "a length that is none": b"HTTP/1.1 201 Created\r\nContent-Length: many\r\n\r\n{}",
    "a negative length": b"HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n{}",
    "two lengths": b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a chunk that is none": b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "packed, but not": b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "a status that is none": b"HTTP/1.1 twenty Created\r\n\r\n",
    "a header without end": b"HTTP/1.1 201 Created\r\nX: " + b"x" * 100_000,
    "an id that is a number": response(201, {"id": 17, "status": "submitted"}),
    "no object": response(201, ["id"]),
    "not UTF-8": response(201, b'{"id": "\xff\xfe"}'),
    "nothing": b"",
}


@pytest.mark.parametrize("said", ODD.values(), ids=ODD)
def test_an_answer_that_is_none_proves_nothing(opened, said, client):
    account = opened(posts=[Post(True, lambda job_id: said)])
    assert client().submit(BELL).id == account.jobs[0].id
    assert account.asked.count("POST") == 1


@pytest.mark.parametrize("takes", [True, False])
def test_a_connection_closed_before_the_request_is_read(opened, takes, client):
    account = opened(posts=[Post(False, taken, reads=False), *([] if takes else [Post(False, taken, reads=False)])])
    one = client()
    with pytest.raises(ServiceError):
        one.submit(BELL)
    for _ in range(2):
        one.recover()
    assert len(account.jobs) == 1
    assert one.ledger.unfinished() == []


# -- the list ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("metadata", ["absent", "null"])
def test_a_row_without_metadata_is_asked_about_by_its_id(opened, metadata, client):
    account = opened(posts=[LOST], metadata=metadata)
    account.take({"name": "another", "backend": "simulator"})
    account.take({"name": "bell", "backend": "simulator", "metadata": {"ionqdsl": "iq-another"}})
    assert client().submit(BELL).id == account.jobs[-1].id
    assert account.asked.count("POST") == 1


@pytest.mark.parametrize("metadata", ["absent", "null"])
def test_a_job_that_never_shows_metadata_keeps_the_submission_open(opened, capsys, metadata, held):
    """It may be the one: sent again, there would be two."""
    account = opened(posts=[LOST], metadata=metadata, details=metadata)
    assert main(["submit", "bell.qc"]) == 5
    for words in (["jobs", "recover"], ["submit", "bell.qc"]):
        assert main(words) == 5
        err = capsys.readouterr().err
        assert "QC0931" in err
        assert account.jobs[0].id in err
    assert account.asked.count("POST") == 1
    account.details = "shown"
    assert main(["jobs", "recover"]) == 0
    assert held(Ledger()).latest()[0].parts[0].job_id == account.jobs[0].id


def test_jobs_that_cannot_be_it_do_not_keep_it_open(opened, client):
    """Of another name or machine, much older, or another submission's: somebody may well send jobs without metadata."""
    account = opened(metadata="null", details="null")
    first = client()
    mine = first.submit(BELL).id
    for body in ({"name": "other", "backend": "simulator"}, {"name": "bell", "backend": "qpu.forte-1"}):
        account.take(body)
    account.take({"name": "bell", "backend": "simulator"}).at -= 3 * 86_400
    account.posts = [Post(False, lambda job_id: b"")]
    with pytest.raises(ServiceError):
        first.submit(BELL)
    ((entry, error),) = first.recover()
    assert error is None
    assert len(account.jobs) == 5
    assert entry.parts[0].job_id == account.jobs[-1].id != mine


def repeating(rows, query):
    return {"jobs": rows[:1], "next": str(int(query.get("next", ["0"])[0]) + 1)}


def circling(rows, query):
    return {"jobs": rows, "next": "again"}


LISTS = {
    "a number as next": lambda rows, query: {"jobs": [], "next": 17},
    "false as next": lambda rows, query: {"jobs": [], "next": False},
    "an empty next": lambda rows, query: {"jobs": [], "next": ""},
    "no next": lambda rows, query: {"jobs": []},
    "rows that are none": lambda rows, query: {"jobs": [None], "next": None},
    "rows without ids": lambda rows, query: {"jobs": [{"metadata": {}}], "next": None},
    "null": lambda rows, query: None,
    "no rows": lambda rows, query: {"jobs": {}, "next": None},
    "a page over and over": lambda rows, query: repeating([{"id": "x", "metadata": {"a": "b"}}], query),
    "a circle": lambda rows, query: circling([], query),
}


@pytest.mark.parametrize("page", LISTS.values(), ids=LISTS)
def test_a_list_that_cannot_be_read_proves_nothing(opened, capsys, page):
    account = opened(posts=[LOST], page=page)
    for words in (["submit", "bell.qc"], ["jobs", "recover"], ["submit", "bell.qc"]):
        assert main(words) == 5
    assert "QC0843" in capsys.readouterr().err
    assert account.asked.count("POST") == 1
    account.page = None
    assert main(["jobs", "recover"]) == 0
    assert len(account.jobs) == 1


def test_a_tag_that_is_shown_proves_its_job_whatever_else_is_wrong(opened, client):
    account = opened(posts=[LOST], page=lambda rows, query: {"jobs": rows, "next": 17})
    assert client().submit(BELL).id == account.jobs[0].id


def rows_of(*times):
    return [{"id": f"{time}-{n}", "metadata": {"a": "b"}, "submitted_at": time} for n, time in enumerate(times)]


NEW, OLDER, OLDEST = "2090-01-01T00:00:00Z", "2020-02-01T00:00:00Z", "2020-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("pages", "ends"),
    [
        ([[NEW], [OLDER]], True),
        ([[NEW, OLDER], [OLDEST]], True),
        ([[OLDEST, NEW], [OLDER]], False),  # not in order on a page
        ([[NEW, OLDEST], [OLDER]], True),  # ended before
        ([[NEW, None], [OLDER]], False),  # a time that is not said
        ([[NEW], [], [NEW, OLDER]], True),
        ([[OLDER], [OLDEST]], False),  # it may begin with the oldest
    ],
)
def test_only_a_list_in_order_may_be_read_in_part(pages, ends):
    search = states.Search(frozenset({"t"}), 1_750_000_000.0, pages=1)
    for number, times in enumerate(pages):
        if not search.is_done:
            body = {"jobs": rows_of(*times), "next": str(number + 1)}
            search = states.read_page(search, Answer(200, {}, json.dumps(body).encode()), 1_750_000_000.0)
    assert search.is_done == ends


def test_a_page_that_is_newer_than_the_one_before_has_the_list_read_to_its_end(opened, client):
    def page(rows, query):
        number = int(query.get("next", ["0"])[0])
        pages = [rows_of(NEW, OLDER, None), rows_of(OLDEST), rows]
        return {"jobs": pages[number], "next": str(number + 1) if number < 2 else None}

    account = opened(posts=[LOST], page=page)
    assert client().submit(BELL).id == account.jobs[0].id
    assert account.asked.count("POST") == 1


def test_a_list_that_shrinks_while_it_is_read_proves_nothing(opened, capsys):
    """Each reading deletes a job of the first page, and the one that is looked for slips over the page's edge."""
    others = [{"id": f"x{n}", "metadata": {"a": "b"}, "submitted_at": "2090-01-01T00:00:00Z"} for n in range(40)]

    def page(rows, query):
        if "next" in query:
            return {"jobs": (others + rows)[int(query["next"][0]) :], "next": None}
        shown = others[:]
        del others[0]
        return {"jobs": shown, "next": str(len(shown))}

    account = opened(posts=[LOST], page=page)
    assert main(["submit", "bell.qc"]) == 5
    assert main(["jobs", "recover"]) == 5
    assert "QC0932" in capsys.readouterr().err
    assert account.asked.count("POST") == 1
    account.page = None
    assert main(["jobs", "recover"]) == 0
    assert len(account.jobs) == 1


# -- connections -------------------------------------------------------------------------------------------------


def test_a_forked_child_has_connections_of_its_own(opened, client):
    """On its parent's it could read the answer to its parent's question."""
    opened()
    transport = client().link.transport
    session = transport._session
    assert transport._session is session
    transport._kept = (0, session)  # as it looks in a child
    assert transport._session is not session


def test_a_broken_search_can_be_written_down(opened, client):
    """The ledger holds the facts while nothing is sure: attempts, the state, until when doubles are looked for."""
    opened(posts=[LOST, GOOD], lag=99)
    one = client()
    with pytest.raises(ServiceError):
        one.submit(BELL)
    with closing(sqlite3.connect(ledgers.default_path())) as file:
        state, attempts, watched = file.execute("SELECT state, attempts, watched FROM parts").fetchone()
    assert (state, attempts) == ("doubtful", 1)
    assert watched > time.time() + ledgers.WATCH_SECONDS - 60


def test_a_client_with_another_ledger_file_that_went_away_sends_nothing(opened, tmp_path, client):
    account = opened()
    one = client(ledger=Ledger(str(tmp_path / "gone" / "ledger")))
    one.ledger.latest()
    (tmp_path / "gone" / "ledger").unlink()
    with pytest.raises(UsageError, match="QC0930"):
        one.submit(BELL)
    assert account.asked == []
    assert one.submit(BELL).id == account.jobs[0].id


@pytest.mark.parametrize("status", [404, 418])
def test_a_list_that_is_refused_says_nothing_about_the_job(opened, capsys, status):
    """Not exit code 6, as if the job had failed, nor 2, as if there were none: it is not known."""
    account = opened(posts=[LOST])
    account.answer = lambda method, path, query, body, real=account.answer: (
        real(method, path, query, body) if method == "POST" else [response(status, shaped(status))]
    )
    assert main(["submit", "bell.qc"]) == 5
    assert main(["jobs", "recover"]) == 5
    assert f"QC0843]: cannot ask the service about the jobs: it answered {status}" in capsys.readouterr().err
    assert account.asked.count("POST") == 1


def test_a_claim_that_ran_out_meanwhile_sends_nothing(opened, monkeypatch, client):
    """Where processes cannot be asked for, a claim lasts for minutes; looking may take longer."""
    account = opened(posts=[Post(False, lambda job_id: response(429))])
    one = client()
    settle = looking.settle

    def slowly(link, wanted):
        found = settle(link, wanted)
        with closing(sqlite3.connect(ledgers.default_path())) as file:
            file.execute("UPDATE submissions SET owner = 'elsewhere:1:2:x', until = ?", (time.time() + 60,))
            file.commit()
        return found

    monkeypatch.setattr(looking, "settle", slowly)
    with pytest.raises(ServiceError, match="QC0907"):
        one.submit(BELL)
    assert account.asked.count("POST") == 1
    assert account.jobs == []
