"""Looks in the service's list of jobs for submissions that were perhaps sent, until the list proves something.

Takes parts of submissions, and returns them confirmed, free to be sent, or with the error that keeps them open. A job
that shows the tag proves itself. Absence is proved only by complete readings of the list, spread over longer than its
lag, in which every job that could match shows its metadata: a row without metadata says nothing, and is asked about by
its id. states.py interprets pages, sending.py sends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ionqdsl.cloud import states, submit
from ionqdsl.cloud.asking import Link, Trouble
from ionqdsl.cloud.endpoints import request
from ionqdsl.cloud.ledger import Part, Submission
from ionqdsl.cloud.states import Search, TaggedJob
from ionqdsl.cloud.submit import Answer, Reply, Request
from ionqdsl.diagnostics import Diagnostic, IonqdslError, KeyRefused, ServiceError, UsageError

MOST_ASKED = 100
"""How many jobs without metadata are asked about by their ids in one look."""

ENDED = frozenset({"canceled", "deleted"})
"""Statuses of jobs that no longer cost anything."""

Read = TypeVar("Read")
Wanted = Mapping[Part, Submission]
"""Parts to look for, each with its submission."""


def confirm(link: Link, part: Part, job: TaggedJob | submit.Ticket, event: str) -> Part:
    """The part with its job. If the ledger fails now, the id is reported and everything continues with it."""
    confirmed = replace(part, state="confirmed", job_id=job.id, status=job.status, problem=None)
    moved = remember(link, part, lambda: link.ledger.move(part, event, job_id=job.id, status=job.status), job.id)
    return moved if moved.job_id else confirmed


def remember(link: Link, part: Part, write: Callable[[], Part], job_id: str | None = None) -> Part:
    """Writes to the ledger when it is too late to stop: a failure is reported and changes nothing else."""
    try:
        return write()
    except UsageError as error:
        facts = {"tag": part.tag, "id": job_id, "reason": error.diagnostics[0].message}
        link.warn(Diagnostic("QC0904" if job_id else "QC0905", facts=facts))
        return part


# -- results of looking -------------------------------------------------------------------------------------------


def soon(link: Link, submission: Submission, part: Part, error: IonqdslError) -> Part:
    """The part if its job turns up soon; otherwise its error, and it stays open."""
    link.progress("no clear answer; looking for the job")
    try:
        shown = _look(link, {part: submission}, link.timing.patience.soon).matches
    except IonqdslError:
        raise error from None
    if part.tag in shown:
        return with_matches(link, part, shown[part.tag])
    raise error


def settle(link: Link, parts: Wanted) -> dict[str, Part | ServiceError]:
    """Settles parts that were perhaps sent; by tag: confirmed, free to be sent, or the error that keeps them open.

    Takes as long as `Patience.later` says. Raises ServiceError if the list cannot be read.
    """
    if not parts:
        return {}
    several = len(parts) > 1
    link.progress(f"looking for {len(parts)} job{'s' * several} that {'were' if several else 'was'} perhaps sent")
    looked = _look(link, parts, link.timing.patience.later)
    result: dict[str, Part | ServiceError] = {}
    for part in parts:
        if part.tag in looked.matches:
            result[part.tag] = with_matches(link, part, looked.matches[part.tag])
        elif ids := looked.unclear.get(part.tag):
            facts = {"tag": part.tag, "ids": ", ".join(ids), "id": ids[0]}
            result[part.tag] = ServiceError([Diagnostic("QC0931", facts=facts)])
        elif looked.has_shrunk:
            result[part.tag] = ServiceError([Diagnostic("QC0932", facts={"tag": part.tag})])
        else:
            result[part.tag] = link.ledger.move(part, "absent")
    return result


def before_sending(link: Link, submission: Submission) -> None:
    """Looks for a plan's jobs before this computer first sends it: another computer may have sent it already."""
    shown = once(link, dict.fromkeys(submission.parts, submission), None)
    for part in submission.parts:
        if part.tag in shown:
            with_matches(link, link.ledger.move(part, "send"), shown[part.tag])


def after_sending(link: Link, submission: Submission) -> Submission:
    """The submission of a plan after another look, for the jobs of another computer that were not listed before.

    The first job of a tag counts, wherever it was sent from, so that every computer decides the same. `again` finds
    jobs that this look misses; its failures change nothing.
    """
    parts = {part.tag: part for part in submission.parts}
    started = link.timing.clock()
    for moment in link.timing.patience.after:
        _sleep_until(link, started + moment)
        try:
            shown = once(link, dict.fromkeys(parts.values(), submission), submission.created, is_brief=True)
            parts = {tag: _compared(link, part, shown.get(tag, ()), True) for tag, part in parts.items()}
        except IonqdslError:
            break
        if all(any(job.id == part.job_id for job in shown.get(tag, ())) for tag, part in parts.items()):
            break
    return replace(submission, parts=tuple(parts.values()))


def again(link: Link, submissions: Sequence[Submission]) -> list[Part]:
    """Looks again for tags that may have become more than one job; returns those that have, and reports them."""
    parts = {part: entry for entry in submissions for part in entry.parts if part.job_id}
    if not parts:
        return []
    since = min(entry.created for entry in submissions) if link.ledger.is_clock_sound() else None
    jobs = once(link, parts, since, is_brief=True)
    compared = [_compared(link, part, jobs.get(part.tag, ()), bool(entry.plan)) for part, entry in parts.items()]
    return [part for part in compared if part.doubles]


def _compared(link: Link, part: Part, jobs: Sequence[TaggedJob], is_plan: bool) -> Part:
    """The part after a look at the jobs of its tag.

    Its job stays the one that was reported, unless that was cancelled in favour of a double; for a plan it is the
    earliest of all, which is the same on every computer.
    """
    shown = {job.id: job for job in states.by_age(jobs)}
    alive = [job.id for job in shown.values() if job.status not in ENDED]
    own = str(part.job_id)
    if alive and own in shown and (is_plan or (part.doubles and own not in alive)):
        own = alive[0]
    status = shown[own].status if own in shown else part.status
    others = [job_id for job_id in alive if job_id != own] + [job_id for job_id in part.doubles if job_id not in shown]
    return _noted(link, part, own, status, others)


def _noted(link: Link, part: Part, job_id: str, status: str | None, others: Sequence[str]) -> Part:
    """The part, with its doubles written to the ledger and reported."""
    ids = tuple(others)
    if ids:
        link.warn(Diagnostic("QC0906", facts={"tag": part.tag, "id": job_id, "others": " ".join(ids)}))
    if (job_id, ids) == (part.job_id, part.doubles):
        return part
    moved = remember(link, part, lambda: link.ledger.doubled(part, job_id, status or "submitted", ids), job_id)
    return replace(part, job_id=job_id, status=status, doubles=ids) if moved is part else moved


def with_matches(link: Link, part: Part, jobs: Sequence[TaggedJob]) -> Part:
    """The part with the first of the jobs that carry its tag, and the others named."""
    alive = [job for job in states.by_age(jobs) if job.status not in ENDED] or list(states.by_age(jobs))
    first, *others = alive
    part = confirm(link, part, first, "found")
    return _noted(link, part, first.id, first.status, [job.id for job in others])


# -- readings ----------------------------------------------------------------------------------------------------


@dataclass
class _Looked:
    """The result of reading the list: jobs by tag, and by tag the jobs without metadata that may match."""

    matches: dict[str, tuple[TaggedJob, ...]] = field(default_factory=dict)
    unclear: dict[str, list[str]] = field(default_factory=dict)
    has_shrunk: bool = False


def _look(link: Link, parts: Wanted, times: Sequence[float]) -> _Looked:
    """Reads the service's list at the given times (seconds from now), at least once, until all tags are found."""
    started, looked, others = link.timing.clock(), _Looked(), set[str]()
    since: float | None = min(part.changed for part in parts)
    if not link.ledger.is_clock_sound():
        since = None  # then the whole list is read, however old its jobs seem
        link.warn(Diagnostic("QC0910"))
    before: Mapping[str, float | None] = {}
    for moment in times or (0.0,):
        _sleep_until(link, started + moment)
        missing = {part: entry for part, entry in parts.items() if part.tag not in looked.matches}
        search = read_list(link, frozenset(part.tag for part in missing), since)
        looked.has_shrunk |= bool(replace(search, listed=before).recent - search.listed.keys())
        before = search.listed
        looked.matches.update(search.matches)
        looked.unclear = _identify(link, search, missing, looked.matches, others)
        if len(looked.matches) == len(parts):
            break
    return looked


def once(link: Link, parts: Wanted, since: float | None, is_brief: bool = False) -> dict[str, tuple[TaggedJob, ...]]:
    """The jobs that carry the parts' tags, from one reading; a brief one is not repeated on failure."""
    search = read_list(link, frozenset(part.tag for part in parts), since, is_brief)
    matches = dict(search.matches)
    _identify(link, search, parts, matches, set())
    return matches


def _sleep_until(link: Link, moment: float) -> None:
    left = moment - link.timing.clock()
    if left > 0:
        link.timing.sleep(left)


def _identify(
    link: Link, search: Search, parts: Wanted, matches: dict[str, tuple[TaggedJob, ...]], others: set[str]
) -> dict[str, list[str]]:
    """Asks by their ids about jobs without metadata that may match, and adds those that do to `matches`.

    Returns, by tag, those that still show none. `others` are jobs that are known to belong to somebody else.
    """
    marks = {part.tag: _marks(entry) for part, entry in parts.items()} if search.blank else {}
    unclear: dict[str, list[str]] = {}
    asked = 0
    for job_id, row in search.blank.items():
        tags = [tag for tag in marks if job_id not in others and states.may_be(row, marks[tag], search.cutoff)]
        if not tags or link.ledger.find(job_id) is not None:  # it belongs to another submission or to this part
            continue
        asked += 1
        details = _details(link, job_id) if asked <= MOST_ASKED else {}
        if not states.is_blank(details):
            tag = states.tag_of(details)
            if tag in marks and tag is not None:
                one = TaggedJob(job_id, submit.clean(details.get("status") or "submitted"),
                            states.seconds(details.get("submitted_at")))  # fmt: skip
                matches[tag] = (*matches.get(tag, ()), one)
            others.add(job_id)
            continue
        for tag in tags:
            if states.may_be(details, marks[tag], search.cutoff):
                unclear.setdefault(tag, []).append(job_id)
    return unclear


def _marks(submission: Submission) -> dict[str, str | None]:
    """The fields that tell a job without metadata from this one: sent by us, and shown again by the service."""
    if submission.clone_of is not None:  # the service chooses the name
        return {"backend": submission.backend}
    return {"name": submission.name, "backend": submission.backend}


def _details(link: Link, job_id: str) -> Mapping[str, Any]:
    """The service's description of one job; empty if it does not know the job (yet)."""

    def read(answer: Answer) -> Mapping[str, Any] | Trouble:
        details = answer.json
        return details if isinstance(details, dict) and details.get("id") == job_id else Trouble("it is not that job")

    return _answer(link, request("job", job_id), read, absent={})


def read_list(link: Link, tags: frozenset[str], since: float | None, is_brief: bool = False) -> Search:
    """Reads the whole of the service's list, as far as needed. Raises ServiceError if it cannot be read."""
    search = Search(tags, since, link.timing.patience.pages, link.timing.patience.margin)
    shown: dict[str, tuple[TaggedJob, ...]] = {}
    while not search.is_done:

        def read(answer: Answer, search: Search = search) -> Search | Trouble:
            page = states.read_page(search, answer, time.time())
            shown.update(page.matches)
            return Trouble(page.problem) if page.problem else page

        try:
            search = _answer(link, states.next_page(search), read, is_brief=is_brief)
        except ServiceError:
            if tags <= shown.keys():  # then problems in the rest of the list do not matter
                break
            raise
    return replace(search, matches=shown)


def _answer(
    link: Link,
    request: Request,
    read: Callable[[Answer], Read | Trouble],
    absent: Read | None = None,
    is_brief: bool = False,
) -> Read:
    """The result of `read` for the answer to a GET, or `absent` after 404.

    It is asked again while the service or the network fails, unless it is to be brief; then raises ServiceError.
    """

    def answer(reply: Reply) -> Read | Trouble:
        if absent is not None and isinstance(reply, Answer) and reply.status == 404:
            return absent
        problem = _trouble(request, reply)
        if problem is None and isinstance(reply, Answer):
            return read(reply)
        is_final = isinstance(reply, Answer) and reply.status not in submit.WORTH_ASKING_AGAIN
        return Trouble(problem or "", is_final)

    return link.repeat(request, answer, "ionqdsl jobs recover", is_brief)


def _trouble(request: Request, reply: Reply) -> str | None:
    """Why a question about the list failed. Raises KeyRefused. Says nothing else about the submission."""
    try:
        return submit.trouble(request, reply)
    except KeyRefused:
        raise
    except IonqdslError:
        return f"it answered {reply.status}" if isinstance(reply, Answer) else "it was refused"
