"""Sending a submission exactly once: the ledger first, then the service, then the ledger again.

Submissions of the ledger come in, and go out as far as they could be brought: confirmed, or with an error that says why
they stay open. What the states are and which may follow is said by states.py; all that happens here is recording,
sending, sleeping and looking. One call sends a part once, and again only after an answer that says it was not taken.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from ionqdsl.cloud import states, submit
from ionqdsl.cloud.ledger import Ledger, Part, Submission
from ionqdsl.cloud.owner import Owner, this_process
from ionqdsl.cloud.states import STATES, Found, Patience, Search
from ionqdsl.cloud.submit import Answer, Reply, Request, Watch
from ionqdsl.diagnostics import Diagnostic, IonqdslError, ServiceError, UsageError

TURNED_AWAY = 4
"""How often a submission that was turned away at the door (429) or found no connection is tried again in one call."""


def _unheard(diagnostic: Diagnostic) -> None:
    """A warning nobody listens to."""


def _unseen(text: str) -> None:
    """Progress nobody looks at."""


@dataclass
class Desk:
    """What sending needs: a way to send, the ledger, time, and whom to tell."""

    send: Callable[[Request], Reply]
    ledger: Ledger
    account: Callable[[str], str]
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = lambda: 0.5
    patience: Patience = field(default_factory=Patience)
    warn: Callable[[Diagnostic], None] = _unheard
    progress: Callable[[str], None] = _unseen
    owner: Owner = field(default_factory=this_process)


def deliver(desk: Desk, tag: str, about: str) -> Submission:
    """Brings a recorded submission to its end: asks for parts that were perhaps sent, sends those that were not.

    The claim on it is kept: it is released when somebody knows of the job. Raises the error of a refusal, or
    ServiceError where it stays open.
    """
    (submission,) = deliver_all(desk, [tag], about, releases=False)
    if isinstance(submission, IonqdslError):
        raise submission
    return submission


def deliver_all(
    desk: Desk, tags: Sequence[str], about: str = "your job", releases: bool = True
) -> list[Submission | IonqdslError]:
    """Several submissions; those that were perhaps sent are looked for together. Errors stand for what stays open.

    Raises where the service's list cannot be read or the ledger cannot be used.
    """
    claimed: dict[str, Submission | IonqdslError] = {}
    mine: dict[str, Submission] = {}
    try:
        for tag in tags:
            claimed[tag] = found = _claimed(desk, tag)
            if isinstance(found, Submission):
                mine[tag] = found
        settled = settle(desk, [part for entry in mine.values() for part in entry.parts if _is_doubtful(part)])
        for tag, entry in mine.items():
            entry = replace(entry, parts=tuple(settled.get(part.tag, part) for part in entry.parts))
            try:
                claimed[tag] = _sent(desk, entry, about)
            except IonqdslError as error:
                claimed[tag] = error
        return list(claimed.values())
    finally:
        for tag in mine:
            if releases or not isinstance(claimed[tag], Submission):
                release(desk, tag)


def release(desk: Desk, tag: str) -> None:
    """Ends the claim on a submission. Until then it counts as cut off if this process dies."""
    with suppress(UsageError):  # a claim ends with its process, too
        desk.ledger.release(tag, desk.owner)


def _is_doubtful(part: Part) -> bool:
    return STATES[part.state].step == "ask"


def _claimed(desk: Desk, tag: str) -> Submission | IonqdslError:
    submission = desk.ledger.claim(tag, desk.owner)
    if submission is None:
        return ServiceError([Diagnostic("QC0907", facts={"tag": tag})])
    if submission.is_open and submission.account != desk.account(desk.ledger.salt()):
        desk.ledger.release(tag, desk.owner)
        return UsageError([Diagnostic("QC0908", facts={"tag": tag})])
    return submission


def _sent(desk: Desk, submission: Submission, about: str) -> Submission:
    """Sends every part that is still to be sent, in order."""
    parts = list(submission.parts)
    for number, part in enumerate(parts):
        if STATES[part.state].step != "send":
            continue
        if len(parts) > 1:
            desk.progress(f"sending job {number + 1} of {len(parts)}")
        done = [other.job_id for other in parts if other.job_id]
        try:
            parts[number] = post(desk, part, about, is_first=not done)
        except KeyboardInterrupt:
            desk.warn(Diagnostic("QC0842", facts={"tag": submission.tag}))
            raise
        except IonqdslError as error:
            if done:
                facts = {"tag": submission.tag, "done": len(done), "count": len(parts), "ids": ", ".join(done)}
                desk.warn(Diagnostic("QC0911", facts=facts))
            elif not isinstance(error, ServiceError):  # refused as a whole
                for other in parts[number + 1 :]:
                    _remember(desk, other, partial(desk.ledger.move, other, "given up"))
            raise
    return replace(submission, parts=tuple(parts))


# -- one POST ----------------------------------------------------------------------------------------------------


def post(desk: Desk, part: Part, about: str, is_first: bool = True) -> Part:
    """Sends a part once, and says in the ledger what became of it; raises unless it is confirmed.

    What was surely not taken (429, no connection) is sent again after a pause, a few times. After a doubtful end the
    job is looked for a little while.
    """
    body = desk.ledger.body(part)
    request = submit.post_job(body, about)
    watch = Watch()
    while True:
        part = desk.ledger.move(part, "send")  # on the disk before the first byte leaves
        reply = desk.send(request)
        event = states.event_of(reply)
        if event == "accepted":
            return confirm(desk, part, submit.accepted(request, reply), "accepted")
        error = _error(request, reply, part.tag)
        if event == "refused" and not is_first:
            event = "not sent"  # the rest of the submission is with the service already: it stays whole, and open
        part = _remember(desk, part, partial(desk.ledger.move, part, event, problem=_short(error)))
        if event == "unknown":
            return _looked_for(desk, part, error)
        if event == "refused" or watch.failed + 1 >= TURNED_AWAY or not _is_worth_waiting(reply):
            raise error
        watch = replace(watch, asked=watch.asked + 1, failed=watch.failed + 1)
        pause = submit.pause(watch, reply, desk.chance())
        desk.progress(f"the service turned the job away; once more in {pause:.0f} s")
        desk.sleep(pause)


def _is_worth_waiting(reply: Reply) -> bool:
    """Whether a person would sit and wait for it: the service is busy, and not for long."""
    return isinstance(reply, Answer) and reply.status == 429 and (reply.retry_after or 0) <= submit.LONGEST_PAUSE


def _error(request: Request, reply: Reply, tag: str) -> IonqdslError:
    """What the reply means, as an error that names the submission where it stays open."""
    try:
        submit.accepted(request, reply)
    except IonqdslError as error:
        found = error.diagnostics[0]
        facts = {**found.facts, "tag": tag if states.event_of(reply) in ("unknown", "not sent") else None}
        return type(error)([Diagnostic(found.code, found.place, facts)])
    raise AssertionError(reply)


def _short(error: IonqdslError) -> str:
    return error.diagnostics[0].message


def confirm(desk: Desk, part: Part, job: Found | submit.Ticket, event: str) -> Part:
    """The part with its job. Should the ledger fail now, the id is told, and everything goes on with it."""
    wanted = replace(part, state="confirmed", job_id=job.id, status=job.status, problem=None)
    moved = _remember(desk, part, lambda: desk.ledger.move(part, event, job_id=job.id, status=job.status), job.id)
    return moved if moved.job_id else wanted


def _remember(desk: Desk, part: Part, write: Callable[[], Part], job_id: str | None = None) -> Part:
    """Writes to the ledger when it is too late to stop: a failure is told and changes nothing else."""
    try:
        return write()
    except UsageError as error:
        facts = {"tag": part.tag, "id": job_id, "reason": error.diagnostics[0].message}
        desk.warn(Diagnostic("QC0904" if job_id else "QC0905", facts=facts))
        return part


# -- looking for what was perhaps sent ----------------------------------------------------------------------------


def _looked_for(desk: Desk, part: Part, error: IonqdslError) -> Part:
    """The part if its job turns up soon; otherwise its error, and it stays open."""
    desk.progress("no clear answer; looking for the job")
    try:
        found = _look(desk, [part], desk.patience.soon)
    except IonqdslError:
        raise error from None
    if part.tag in found:
        return _found(desk, part, found[part.tag])
    raise error


def settle(desk: Desk, parts: Sequence[Part]) -> dict[str, Part]:
    """Parts that were perhaps sent, by tag: confirmed if the service lists them, to be sent if it surely does not.

    Takes as long as `Patience.later` says. Raises ServiceError where the list cannot be read.
    """
    if not parts:
        return {}
    desk.progress(f"looking for {len(parts)} job{'s' * (len(parts) > 1)} that {_were(parts)} perhaps sent")
    found = _look(desk, parts, desk.patience.later)
    result = {}
    for part in parts:
        if part.tag in found:
            result[part.tag] = _found(desk, part, found[part.tag])
        else:
            result[part.tag] = desk.ledger.move(part, "absent")
    return result


def look_ahead(desk: Desk, submission: Submission) -> None:
    """Looks for a plan's jobs before it is first sent from here: it may have been sent from another computer."""
    found = read_list(desk, frozenset(part.tag for part in submission.parts), None)
    for part in submission.parts:
        if part.tag in found:
            _found(desk, desk.ledger.move(part, "send"), found[part.tag])


def _were(parts: Sequence[Part]) -> str:
    return "were" if len(parts) > 1 else "was"


def _found(desk: Desk, part: Part, jobs: tuple[Found, ...]) -> Part:
    if len(jobs) > 1:
        desk.warn(Diagnostic("QC0906", facts={"tag": part.tag, "id": jobs[-1].id, "others": _listed(jobs[:-1])}))
    return confirm(desk, part, jobs[-1], "found")  # the list is newest first: the last is the one that came first


def _listed(jobs: Iterable[Found]) -> str:
    return ", ".join(job.id for job in jobs)


def _look(desk: Desk, parts: Sequence[Part], times: Sequence[float]) -> dict[str, tuple[Found, ...]]:
    """Reads the service's list at the given times (seconds from now) until all tags are found."""
    started = desk.clock()
    found: dict[str, tuple[Found, ...]] = {}
    since: float | None = min(part.changed for part in parts)
    if not desk.ledger.is_clock_sound():
        since = None  # then the whole list is read, however old its jobs seem
        desk.warn(Diagnostic("QC0910"))
    for moment in times:
        left = started + moment - desk.clock()
        if left > 0:
            desk.sleep(left)
        missing = frozenset(part.tag for part in parts if part.tag not in found)
        found.update(read_list(desk, missing, since))
        if len(found) == len(parts):
            break
    return found


def read_list(desk: Desk, tags: frozenset[str], since: float | None) -> dict[str, tuple[Found, ...]]:
    """The jobs that carry the tags, from the whole of the service's list as far as it matters."""
    search, watch = Search(tags, since, desk.patience.pages, desk.patience.margin), Watch()
    resume = "ionqdsl jobs recover"
    while not search.is_done:
        request = states.next_page(search)
        reply = desk.send(request)
        problem = submit.trouble(request, reply)
        if problem is None and isinstance(reply, Answer):
            read = states.read_page(search, reply, time.time())
            if read.problem is None:
                search, watch = read, Watch()
                continue
            problem = read.problem
        watch = submit.once_more(replace(watch, asked=watch.asked + 1), request, problem or "", resume)
        desk.sleep(submit.pause(watch, reply, desk.chance()))
    return dict(search.found)
