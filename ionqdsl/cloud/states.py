"""What becomes of a submission: its states, what can happen in each, and what to do next. Tables and pure functions.

States, replies of the service and pages of its job list come in; the next state, the next request or what a search has
found go out. Nothing here sends, waits or remembers: that is sending.py's and ledger.py's.

    intended --send--> sending --accepted--> confirmed
       ^                  |----refused-----> refused
       |<----not sent-----|
       |                  |----unknown-----> doubtful --found--> confirmed
       |<------------------absent---------------|
    intended, sending, doubtful --given up--> abandoned

A process that dies while sending leaves `sending` behind, which is as doubtful as `doubtful`. From there only the
service's own list of jobs leads on: the tag in a job's metadata says that it is there, and only whole readings of the
list, spread over longer than the list may lag behind, say that it is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from ionqdsl.cloud.submit import Answer, Reply, Request, clean, get_jobs

TAG_KEY = "ionqdsl"
"""The metadata key under which a submission's tag travels."""


class State(NamedTuple):
    """What to do about a submission in this state ("" for nothing), and how people are told of it."""

    step: str
    meaning: str


STATES: dict[str, State] = {
    "intended": State("send", "not sent yet"),
    "sending": State("ask", "perhaps sent"),
    "doubtful": State("ask", "perhaps sent"),
    "confirmed": State("", "submitted"),
    "refused": State("", "refused"),
    "abandoned": State("", "given up"),
}

OPEN = tuple(name for name, state in STATES.items() if state.step)
"""States that something remains to be done about."""

TRANSITIONS: dict[tuple[str, str], str] = {
    ("intended", "send"): "sending",
    ("sending", "accepted"): "confirmed",
    ("sending", "refused"): "refused",
    ("sending", "not sent"): "intended",
    ("sending", "unknown"): "doubtful",
    **{(state, "found"): "confirmed" for state in ("sending", "doubtful")},
    **{(state, "absent"): "intended" for state in ("sending", "doubtful")},
    **{(state, "given up"): "abandoned" for state in OPEN},
}
"""(state, event) -> state. What is not here does not happen."""


def event_of(reply: Reply) -> str:
    """What a reply to the POST of a submission means for it."""
    if not isinstance(reply, Answer):
        return "unknown" if reply.sent else "not sent"
    if 200 <= reply.status < 300:
        body = reply.json
        return "accepted" if isinstance(body, dict) and isinstance(body.get("id"), str) and body["id"] else "unknown"
    if reply.status == 429:
        return "not sent"
    return "unknown" if reply.status >= 500 or reply.status == 408 else "refused"


# -- asking for a tag --------------------------------------------------------------------------------------------


DAY = 86_400.0
SOON = (1.0, 4.0, 10.0, 20.0)
LATER = (0.0, 10.0, 30.0, 60.0)
"""Seconds after the first look, for each look: right after a failure, and when a submission is taken up again."""


@dataclass(frozen=True)
class Patience:
    """How long a doubtful submission is looked for.

    `soon` is for the moment after a failure, when a job may be listed any second; it never leads to sending again.
    `later` is for the submission that is taken up again: not to be there in any of these looks counts as not having
    arrived. Its span has to be longer than the service's list lags behind. `pages` of PAGE jobs are always read,
    however old the jobs in them seem; after these, reading ends where jobs are older than the submission by `margin`
    seconds: what clocks may be wrong by.
    """

    soon: tuple[float, ...] = field(default_factory=lambda: SOON)
    later: tuple[float, ...] = field(default_factory=lambda: LATER)
    pages: int = 10
    margin: float = DAY


PAGE = 100
"""Jobs a page."""
MOST_PAGES = 2_000
"""More pages than any list has: it would be going round in circles."""


class Found(NamedTuple):
    """A job that carries a tag."""

    id: str
    status: str


@dataclass(frozen=True)
class Search:
    """Tags looked for in the list of jobs, how far it has been read, and what was found.

    `since` is the local time (seconds since 1970) when the oldest of them was recorded, None where local times cannot
    be trusted.
    """

    tags: frozenset[str]
    since: float | None
    pages: int = 10
    margin: float = DAY
    read: int = 0
    cursor: str | None = None
    cursors: frozenset[str] = frozenset()
    is_done: bool = False
    problem: str | None = None
    found: Mapping[str, tuple[Found, ...]] = field(default_factory=dict)


def next_page(search: Search) -> Request:
    """The request for the next page."""
    return get_jobs(PAGE, search.cursor)


def read_page(search: Search, answer: Answer, now: float) -> Search:
    """The search after one more page; `now` is the local time. `problem` says why a page cannot be understood."""
    body = answer.json
    jobs = body.get("jobs") if isinstance(body, dict) else None
    if not isinstance(jobs, list):
        return replace(search, problem="it is not a list of jobs")
    found = dict(search.found)
    for job in jobs:
        tag = tag_of(job)
        if tag in search.tags and tag is not None:
            job_id = job.get("parent_job_id") or job.get("id")  # children may inherit what their parent carries
            if isinstance(job_id, str) and job_id and all(job_id != other.id for other in found.get(tag, ())):
                found[tag] = (*found.get(tag, ()), Found(clean(job_id), clean(job.get("status") or "submitted")))
    cursor = body.get("next") if isinstance(body, dict) else None
    cursor = cursor if isinstance(cursor, str) and cursor else None
    read = search.read + 1
    if cursor is not None and (cursor in search.cursors or read >= MOST_PAGES):
        return replace(search, found=found, problem="it does not end")
    is_done = cursor is None or (read >= search.pages and _reaches_back(search, jobs, answer, now))
    cursors = search.cursors | {cursor} if cursor else search.cursors
    return replace(search, found=found, read=read, cursor=cursor, cursors=cursors, is_done=is_done)


def tag_of(job: Any) -> str | None:
    """The tag a job of the service's list carries."""
    metadata = job.get("metadata") if isinstance(job, dict) else None
    tag = metadata.get(TAG_KEY) if isinstance(metadata, dict) else None
    return tag if isinstance(tag, str) else None


def _reaches_back(search: Search, jobs: Iterable[Any], answer: Answer, now: float) -> bool:
    """Whether a page, newest first, ends with jobs much older than what is looked for, by the service's clock."""
    times = [_seconds(job.get("submitted_at")) if isinstance(job, dict) else None for job in jobs]
    known = [time for time in times if time is not None]
    if search.since is None or not known or len(known) < len(times) or known != sorted(known, reverse=True):
        return False
    behind = min(0.0, (_clock_of(answer) or now) - now)  # a service that is ahead may have been put so since
    return known[-1] < search.since + behind - search.margin


def _seconds(text: Any) -> float | None:
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None


def _clock_of(answer: Answer) -> float | None:
    """The service's own time, as it answers."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
