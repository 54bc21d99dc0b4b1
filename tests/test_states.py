"""The table of the states of a submission, and how answers and lists of jobs are read, without a server."""

from __future__ import annotations

import json

import pytest
from service import refused

from ionqdsl.cloud import states
from ionqdsl.cloud.submit import Answer, Lost


def test_the_table_of_states_keeps_the_promise():
    """Sent twice would mean a way from `sending` back to `intended` without a refusal or a search in between."""
    ways_back = {event for (_, event), goal in states.TRANSITIONS.items() if goal == "intended"}
    assert ways_back == {"not sent", "absent"}
    assert {event for (state, event), _ in states.TRANSITIONS.items() if state == "intended"} == {"send", "given up"}
    for final in ("confirmed", "refused", "abandoned"):
        assert not [event for state, event in states.TRANSITIONS if state == final]
        assert not states.STATES[final].step
    assert {state for state, row in states.STATES.items() if row.step == "send"} == {"intended"}
    assert {state for pair in states.TRANSITIONS for state in (pair[0], states.TRANSITIONS[pair])} == set(states.STATES)


DOCUMENTED = (400, 401, 403, 404, 413)
OTHERS = sorted({*range(100, 200), *range(300, 600)} - set(DOCUMENTED))
OF_PROXIES = (
    b"",
    b"<html>Forbidden</html>",
    b"[]",
    b'{"message": "Forbidden"}',
    b'{"statusCode": 418, "error": "Bad Request", "message": "of another answer"}',
    b'{"statusCode": 400, "error": "Bad Request", "message": null}',
)


@pytest.mark.parametrize(
    ("reply", "event"),
    [
        (Answer(201, {}, b'{"id": "j"}'), "accepted"),
        (Answer(200, {}, b'{"id": "j"}'), "accepted"),
        (Answer(201, {}, b'{"id": null}'), "unknown"),
        (Answer(201, {}, b"{"), "unknown"),
        (Answer(202, {}, b""), "unknown"),
        *((Answer(status, {}, refused(status, "no").content), "refused") for status in DOCUMENTED),
        *((Answer(status, {}, refused(status, "no").content), "unknown") for status in OTHERS),
        *((Answer(status, {}, body), "unknown") for status in (400, 401, 403, 404, 413) for body in OF_PROXIES),
        (Lost("no connection", sent=False), "not sent"),
        (Lost("no answer in time", sent=True), "unknown"),
        (Lost("broke off", sent=True, status=201), "unknown"),
    ],
)
def test_what_an_answer_to_the_post_means(reply, event):
    assert states.event_of(reply) == event


def page(*jobs, following=None, date=""):
    rows = [{"id": f"j{n}", "metadata": {"ionqdsl": tag}, "submitted_at": when} for n, (tag, when) in enumerate(jobs)]
    return Answer(200, {"date": date} if date else {}, json.dumps({"jobs": rows, "next": following}).encode())


def test_the_list_is_read_as_far_as_it_matters():
    """Stopping too early would call a job missing that is there, and send it again."""
    day, noon = 86_400.0, 1_750_000_000.0  # 2025-06-15T15:06:40Z
    search = states.Search(frozenset({"t"}), noon, pages=1)
    new, old, older = "2025-06-15T15:00:00Z", "2025-06-14T16:00:00Z", "2025-06-14T14:00:00Z"
    assert not states.read_page(search, page(("x", new), ("x", old), following="2"), noon).is_done
    assert states.read_page(search, page(("x", new), ("x", older), following="2"), noon).is_done
    for odd in (
        page(("x", older), ("x", new), ("x", older), following="2"),  # not in order
        page(("x", new), ("x", None), ("x", older), following="2"),
        page(("x", new), ("x", "yesterday"), following="2"),
        page(following="2"),
    ):
        assert not states.read_page(search, odd, noon).is_done
    assert not states.read_page(
        states.Search(frozenset({"t"}), None, pages=1), page(("x", older), following="2"), noon
    ).is_done
    ahead = states.Search(frozenset({"t"}), noon + 30 * day, pages=1)  # our clock is a month ahead of the service's
    answer = page(("x", new), ("x", old), following="2", date="Sun, 15 Jun 2025 15:06:40 GMT")
    assert not states.read_page(ahead, answer, noon + 30 * day).is_done
    assert states.read_page(search, page(("x", new)), noon).is_done  # the last page


def test_a_list_that_goes_in_circles_is_no_answer():
    search = states.Search(frozenset({"t"}), None)
    once = states.read_page(search, page(("t", ""), following="a"), 0.0)
    assert once.matches == {"t": (states.TaggedJob("j0", "submitted"),)}
    assert states.read_page(once, page(following="a"), 0.0).problem == "it does not end"
    assert states.read_page(search, Answer(200, {}, b"[]"), 0.0).problem


def test_children_that_inherit_the_tag_are_not_taken_for_the_job():
    body = {
        "jobs": [
            {"id": "c", "parent_job_id": "p", "metadata": {"ionqdsl": "t"}},
            {"id": "p", "metadata": {"ionqdsl": "t"}},
        ]
    }
    found = states.read_page(states.Search(frozenset({"t"}), None), Answer(200, {}, json.dumps(body).encode()), 0.0)
    assert [job.id for job in found.matches["t"]] == ["p"]
