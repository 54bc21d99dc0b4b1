"""The states of a submission, the events in each, and the next step, as tables and pure functions.

Takes states, replies of the service and pages of its job list; returns the next state, the next request or the result
of a search. Nothing here sends, waits or remembers: sending.py and ledger.py do.

    intended --send--> sending --accepted--> confirmed
       ^                  |----refused-----> refused
       |<----not sent-----|
       |                  |----unknown-----> doubtful --found--> confirmed
       |<------------------absent---------------|
    intended, sending, doubtful --given up--> abandoned

A process that dies while sending leaves the state `sending`, which is as doubtful as `doubtful`. Only the service's own
list of jobs leads on from there: the tag in a job's metadata proves that the job exists, and only complete readings of
the list, spread over longer than its lag, prove that it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from ionqdsl.cloud.endpoints import request
from ionqdsl.cloud.fields import at
from ionqdsl.cloud.submit import Answer, Reply, Request, clean, is_refusal

TAG_KEY = "ionqdsl"
"""The metadata key that carries a submission's tag."""


class State(NamedTuple):
    """The next step for a submission in this state ("" for none), and the words that describe it to people."""

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
"""States in which a step remains to be taken."""

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
"""(state, event) -> state. Other pairs do not happen."""

DOUBTS = frozenset({"unknown", "found", "absent"})
"""Events after which a second job may turn up later, because the request was not clearly answered."""


def event_of(reply: Reply) -> str:
    """The event for a reply to the POST of a submission: anything but a proven outcome is `unknown`."""
    if not isinstance(reply, Answer):
        return "unknown" if reply.sent else "not sent"
    if 200 <= reply.status < 300:
        body = reply.json
        return "accepted" if isinstance(body, dict) and isinstance(body.get("id"), str) and body["id"] else "unknown"
    return "refused" if is_refusal(reply) else "unknown"


# -- asking for a tag --------------------------------------------------------------------------------------------


DAY = 86_400.0
SOON = (1.0, 4.0, 10.0, 20.0)
LATER = (0.0, 10.0, 30.0, 60.0)
AFTER = (0.0, 1.0, 3.0, 6.0)
"""Seconds after the first look, for each look: right after a failure, when a submission is resumed, and after a plan
was sent.
"""


@dataclass(frozen=True)
class Patience:
    """How long a doubtful submission is looked for.

    `soon` applies right after a failure, when a job may be listed any second; it never leads to sending again. `later`
    applies when a submission is resumed: a job that none of these looks finds counts as not having arrived. Its span
    must be longer than the lag of the service's list. `after` is for a plan that was sent, which another computer may
    have sent at the same time; it ends once the job itself is listed.

    `pages` of PAGE jobs are always read, however old their jobs seem; after these, reading ends where jobs are older
    than the submission by more than `margin` seconds, the possible error of clocks.
    """

    soon: tuple[float, ...] = field(default_factory=lambda: SOON)
    later: tuple[float, ...] = field(default_factory=lambda: LATER)
    after: tuple[float, ...] = field(default_factory=lambda: AFTER)
    pages: int = 10
    margin: float = DAY


PAGE = 100
"""Jobs per page."""
MOST_PAGES = 2_000
"""More pages than any list has: reading on would be going in circles."""


class TaggedJob(NamedTuple):
    """A job that carries a tag; `submitted` is in seconds since 1970 by the service's clock, if given."""

    id: str
    status: str
    submitted: float | None = None


def by_age(jobs: Iterable[TaggedJob]) -> tuple[TaggedJob, ...]:
    """Oldest first, by the service's own times; without them, the list counts as newest first."""
    oldest_first = tuple(jobs)[::-1]
    if any(job.submitted is None for job in oldest_first):
        return oldest_first
    return tuple(sorted(oldest_first, key=lambda job: (job.submitted or 0.0, job.id)))


@dataclass(frozen=True)
class Search:
    """Tags to look for in the list of jobs, how far it has been read, and the jobs found.

    `since` is the local time (seconds since 1970) when the oldest of them was recorded, None if local times cannot be
    trusted. `listed` maps the jobs read so far to when they were submitted; `blank` maps those among them that show no
    metadata, and so say nothing about their tags, to the rest of their rows; `cutoff` is the service's time before
    which a job is surely too old.
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
    matches: Mapping[str, tuple[TaggedJob, ...]] = field(default_factory=dict)
    listed: Mapping[str, float | None] = field(default_factory=dict)
    blank: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    oldest: float | None = None
    is_ordered: bool = True
    cutoff: float | None = None

    @property
    def recent(self) -> frozenset[str]:
        """The jobs that are not surely too old: another reading must list them again."""
        bound = self.cutoff
        return frozenset(job for job, time in self.listed.items() if bound is None or time is None or time >= bound)


def next_page(search: Search) -> Request:
    """The request for the next page."""
    return request("jobs", query={"limit": PAGE, "next": search.cursor})


def read_page(search: Search, answer: Answer, now: float) -> Search:
    """The search after one more page; `now` is the local time. `problem` says why a page cannot be read."""
    body = answer.json
    jobs = at(body, "jobs")
    if not isinstance(jobs, list) or not all(isinstance(job, dict) and _is_text(job.get("id")) for job in jobs):
        return replace(search, problem="it is not a list of jobs")
    times = [seconds(job.get("submitted_at")) for job in jobs]
    after = _with_rows(search, jobs, times)  # a tag proves its job even if the rest of the page is wrong
    cursor, read = body.get("next", ""), search.read + 1
    if cursor is not None and not _is_text(cursor):
        return replace(after, problem="it does not say where it continues, or that it ends")
    if cursor is not None and (cursor in search.cursors or read >= MOST_PAGES):
        return replace(after, problem="it does not end")
    if cursor is not None and jobs and all(job["id"] in search.listed for job in jobs):
        return replace(after, problem="it repeats itself")
    search = replace(
        after,
        listed={**search.listed, **{job["id"]: time for job, time in zip(jobs, times, strict=True)}},
        read=read,
        cursor=cursor,
        cursors=search.cursors | {cursor} if cursor else search.cursors,
        oldest=times[-1] if times else search.oldest,
        is_ordered=search.is_ordered and _is_in_order(search.oldest, times),
        cutoff=_cutoff(search, answer, now),
    )
    return replace(search, is_done=cursor is None or (read >= search.pages and _reaches_back(search, times)))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _with_rows(search: Search, jobs: Iterable[Mapping[str, Any]], times: Iterable[float | None]) -> Search:
    """The search with the jobs that carry its tags, and those that may carry them."""
    matches, blank = dict(search.matches), dict(search.blank)
    for job, time in zip(jobs, times, strict=True):
        parent = job.get("parent_job_id")
        job_id: str = parent if isinstance(parent, str) and parent else job["id"]  # children may inherit its metadata
        if is_blank(job):
            if job_id == job["id"] or job_id not in blank:
                blank[job_id] = job if job_id == job["id"] else {}
            continue
        tag = tag_of(job)
        if tag in search.tags and tag is not None:
            one = TaggedJob(clean(job_id), clean(job.get("status") or "submitted"), time)
            if all(one.id != other.id for other in matches.get(tag, ())):
                matches[tag] = (*matches.get(tag, ()), one)
    return replace(search, matches=matches, blank=blank)


def tag_of(job: Any) -> str | None:
    """The tag a job of the service's list carries."""
    tag = at(job, "metadata", TAG_KEY)
    return tag if isinstance(tag, str) else None


def is_blank(job: Mapping[str, Any]) -> bool:
    """Whether a job is shown without its metadata, which proves neither that it has a tag nor that it has none."""
    metadata = job.get("metadata")
    return not isinstance(metadata, dict) or not metadata or not isinstance(metadata.get(TAG_KEY, ""), str)


def may_be(job: Mapping[str, Any], marks: Mapping[str, str | None], cutoff: float | None) -> bool:
    """Whether a job without metadata may have been sent with these fields (`name`, `backend`)."""
    for key, sent in marks.items():
        shown = job.get(key)
        if isinstance(shown, str) and shown and shown.split() != (sent or "").split():
            return False
    time = seconds(job.get("submitted_at"))
    return cutoff is None or time is None or time >= cutoff


def _is_in_order(oldest: float | None, times: list[float | None]) -> bool:
    """Whether a page continues, newest first, where the page before it ended at `oldest`."""
    dated = [time for time in times if time is not None]
    if len(dated) < len(times):
        return False
    return dated == sorted(dated, reverse=True) and (oldest is None or not dated or dated[0] <= oldest)


def _cutoff(search: Search, answer: Answer, now: float) -> float | None:
    """The service's time before which jobs are too old to match, even if clocks are wrong."""
    if search.since is None:
        return None
    behind = min(0.0, (answer.date or now) - now)  # a service clock that is ahead may have been set forward since
    bound = search.since + behind - search.margin
    return bound if search.cutoff is None else min(bound, search.cutoff)


def _reaches_back(search: Search, times: list[float | None]) -> bool:
    """Whether the list, newest first throughout, has gone from recent jobs to jobs that are surely too old.

    A list that begins with old jobs may be in any order.
    """
    last = times[-1] if times else None
    is_old = search.is_ordered and last is not None and search.cutoff is not None and last < search.cutoff
    return is_old and bool(search.recent)


def seconds(text: Any) -> float | None:
    """A time of the service, in seconds since 1970."""
    try:
        return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
    except (ValueError, OverflowError, OSError):
        return None
