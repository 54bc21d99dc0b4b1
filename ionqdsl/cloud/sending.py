"""Sends a submission exactly once: the ledger first, then the service, then the ledger again.

Takes submissions of the ledger and returns them as far as they got: confirmed, or with the error that keeps them open.
states.py defines the states and their order, looking.py searches for submissions that were perhaps sent; this module
only records, sends and sleeps. One call sends a part once, and again only if no connection was made, or if the service
asked for fewer requests and its list has been searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from ionqdsl.cloud import looking, states, submit
from ionqdsl.cloud.asking import Link
from ionqdsl.cloud.ledger import Part, Submission
from ionqdsl.cloud.looking import confirm, remember
from ionqdsl.cloud.owner import Owner, leave, this_process
from ionqdsl.cloud.states import STATES
from ionqdsl.cloud.submit import Answer, Reply, Request, Watch
from ionqdsl.diagnostics import Diagnostic, IonqdslError, ServiceError, UsageError

TURNED_AWAY = 4
"""How often one call sends a submission that the service turns away (429)."""


class Delivery(NamedTuple):
    """The delivery context: the link to the service, and the owner under whose name submissions are claimed."""

    link: Link
    owner: Owner

    def claim(self, tag: str) -> Submission | None:
        """Claims a submission, or extends the claim; None if another owner has it."""
        return self.link.ledger.claim(tag, self.owner)

    def hold(self, tag: str) -> Submission:
        """The same; raises ServiceError if another owner has it."""
        submission = self.claim(tag)
        if submission is None:
            raise ServiceError([Diagnostic("QC0907", facts={"tag": tag})])
        return submission

    def release(self, tag: str) -> None:
        """Ends the claim on a submission. If this process dies before, the submission counts as cut off."""
        with suppress(UsageError):  # a claim also ends with its process
            self.link.ledger.release(tag, self.owner)


@contextmanager
def delivering(link: Link) -> Iterator[Delivery]:
    """A delivery context; all its remaining claims are freed at the end."""
    delivery = Delivery(link, this_process())
    try:
        yield delivery
    finally:
        leave(delivery.owner)


def deliver(delivery: Delivery, tag: str, about: str) -> Submission:
    """Completes a recorded submission: looks for parts that were perhaps sent, sends those that were not.

    The claim on it is kept: the caller releases it after passing on the job. Raises the error of a refusal, or
    ServiceError if it stays open.
    """
    (submission,) = deliver_all(delivery, [tag], about, releases=False)
    if isinstance(submission, IonqdslError):
        raise submission
    return submission


def deliver_all(
    delivery: Delivery, tags: Sequence[str], about: str = "your job", releases: bool = True
) -> list[Submission | IonqdslError]:
    """Completes several submissions; looks together for those that were perhaps sent. Errors mark those that stay open.

    Raises if the service's list cannot be read or the ledger cannot be used.
    """
    claimed: dict[str, Submission | IonqdslError] = {}
    mine: dict[str, Submission] = {}
    try:
        for tag in tags:
            claimed[tag] = entry_or_error = _claimed(delivery, tag)
            if isinstance(entry_or_error, Submission):
                mine[tag] = entry_or_error
        settled = looking.settle(
            delivery.link, {part: entry for entry in mine.values() for part in entry.parts if _is_doubtful(part)}
        )
        for tag, entry in mine.items():
            try:
                if settled:
                    delivery.hold(tag)
                claimed[tag] = _sent(delivery, replace(entry, parts=_settled(entry, settled)), about)
            except IonqdslError as error:
                claimed[tag] = error
        return list(claimed.values())
    finally:
        for tag in mine:
            if releases or not isinstance(claimed[tag], Submission):
                delivery.release(tag)


def _settled(entry: Submission, settled: Mapping[str, Part | ServiceError]) -> tuple[Part, ...]:
    """The parts after looking. Raises the error that keeps one of them open."""
    parts = [settled.get(part.tag, part) for part in entry.parts]
    for part in parts:
        if isinstance(part, ServiceError):
            raise part
    return tuple(part for part in parts if isinstance(part, Part))


def _is_doubtful(part: Part) -> bool:
    return STATES[part.state].step == "ask"


def _claimed(delivery: Delivery, tag: str) -> Submission | IonqdslError:
    try:
        submission = delivery.hold(tag)
    except ServiceError as error:
        return error
    if submission.is_open and submission.account != delivery.link.account():
        delivery.release(tag)
        return UsageError([Diagnostic("QC0908", facts={"tag": tag})])
    return submission


def _sent(delivery: Delivery, submission: Submission, about: str) -> Submission:
    """Sends every part that is still to be sent, in order."""
    link, parts = delivery.link, list(submission.parts)
    for number, part in enumerate(parts):
        if STATES[part.state].step != "send":
            continue
        if len(parts) > 1:
            link.progress(f"sending job {number + 1} of {len(parts)}")
        done = [other.job_id for other in parts if other.job_id]
        try:
            if number:
                delivery.hold(submission.tag)
            parts[number] = post(delivery, submission, part, about, is_first=not done)
        except KeyboardInterrupt:
            link.warn(Diagnostic("QC0842", facts={"tag": submission.tag}))
            raise
        except IonqdslError as error:
            if done:
                facts = {"tag": submission.tag, "done": len(done), "count": len(parts), "ids": ", ".join(done)}
                link.warn(Diagnostic("QC0911", facts=facts))
            elif not isinstance(error, ServiceError):  # the whole submission is refused
                for other in parts[number + 1 :]:
                    remember(link, other, partial(link.ledger.move, other, "given up"))
            raise
    return replace(submission, parts=tuple(parts))


# -- one POST ----------------------------------------------------------------------------------------------------


def post(delivery: Delivery, submission: Submission, part: Part, about: str, is_first: bool = True) -> Part:
    """Sends a part once, and records the outcome in the ledger; raises unless it is confirmed.

    After a doubtful outcome the job is looked for briefly. If the service asked for fewer requests (429), and none of
    the looks that sending again requires finds the job, it is sent again, a few times.
    """
    link = delivery.link
    request = submit.post_job(link.ledger.body(part), about, submission.clone_of)
    for turn in range(TURNED_AWAY):
        if turn:
            delivery.hold(submission.tag)
        part = link.ledger.move(part, "send")  # on the disk before the first byte leaves
        reply = link.send(request)
        event = states.event_of(reply)
        if event == "accepted":
            return confirm(link, part, submit.accepted(request, reply), "accepted")
        error = _error(request, reply, part.tag)
        if event == "refused" and not is_first:
            event = "not sent"  # the rest of the submission is with the service already: it stays whole, and open
        part = remember(link, part, partial(link.ledger.move, part, event, problem=_short(error)))
        if event != "unknown":
            raise error
        if turn + 1 == TURNED_AWAY or not _is_worth_waiting(reply):
            return looking.soon(link, submission, part, error)
        part = _turned_away(link, submission, part, reply, error)
        if part.job_id:
            return part
    raise AssertionError(part)


def _is_worth_waiting(reply: Reply) -> bool:
    """Whether the wait is short enough for a person: the service is busy, but not for long."""
    return isinstance(reply, Answer) and reply.status == 429 and (reply.retry_after or 0) <= submit.LONGEST_PAUSE


def _turned_away(link: Link, submission: Submission, part: Part, reply: Reply, error: IonqdslError) -> Part:
    """The part after a 429: found nevertheless, or free to be sent again after the service's wait."""
    started = link.timing.clock()
    link.progress("the service asks for fewer requests; looking for the job before it is sent again")
    try:
        settled_part = looking.settle(link, {part: submission})[part.tag]
    except IonqdslError:
        raise error from None
    if isinstance(settled_part, ServiceError):
        raise settled_part
    if not settled_part.job_id:
        left = started + submit.pause(Watch(requests=1, failed=1), reply, link.timing.chance()) - link.timing.clock()
        link.timing.sleep(max(0.0, left))
    return settled_part


def _error(request: Request, reply: Reply, tag: str) -> IonqdslError:
    """The reply as an error, which names the submission if it stays open."""
    try:
        submit.accepted(request, reply)
    except IonqdslError as error:
        diagnostic = error.diagnostics[0]
        facts = {**diagnostic.facts, "tag": tag if states.event_of(reply) in ("unknown", "not sent") else None}
        return type(error)([Diagnostic(diagnostic.code, diagnostic.place, facts)])
    raise AssertionError(reply)


def _short(error: IonqdslError) -> str:
    return error.diagnostics[0].message
