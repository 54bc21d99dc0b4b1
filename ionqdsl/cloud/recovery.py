"""Finishes open submissions later, reports doubles and cancels jobs.

Takes names and returns submissions and their outcomes. sending.py sends, looking.py searches the service's list.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.cloud import endpoints, looking, submit
from ionqdsl.cloud.asking import Link
from ionqdsl.cloud.ledger import Part, Submission, is_tag
from ionqdsl.cloud.sending import deliver_all, delivering
from ionqdsl.cloud.states import STATES
from ionqdsl.diagnostics import Diagnostic, IonqdslError, UsageError

Outcome = tuple[Submission, IonqdslError | None]
"""A submission as it is now, and the error if it stays open."""


def recover(link: Link, tags: Sequence[str] | None = None) -> list[Outcome]:
    """Finishes open submissions: all, or those with the given tags.

    With all, it also reports jobs that turned up for submissions that were given up, and doubles.
    """
    entries = [entry for entry in link.ledger.unfinished() if tags is None or entry.tag in tags]
    here = [entry for entry in entries if entry.url == link.url]
    result: list[Outcome] = []
    with delivering(link) as delivery:
        outcomes = deliver_all(delivery, [entry.tag for entry in here])
    for entry, outcome in zip(here, outcomes, strict=True):
        error = outcome if isinstance(outcome, IonqdslError) else None
        result.append((link.ledger.submission(entry.tag), error))
    for entry in entries:
        if entry.url != link.url:
            facts = {"tag": entry.tag, "url": entry.url, "here": link.url}
            result.append((entry, UsageError([Diagnostic("QC0918", facts=facts)])))
    if tags is None:
        _tell_of_ghosts(link)
        doubles(link)
    return result


def _tell_of_ghosts(link: Link) -> None:
    """Reports jobs that turned up for submissions that were given up."""
    ghosts = {part: entry for part, entry in link.ledger.given_up().items() if entry.url == link.url}
    if not ghosts:
        return
    since = min(part.changed for part in ghosts) if link.ledger.is_clock_sound() else None
    for tag, jobs in looking.once(link, ghosts, since).items():
        for job in jobs:
            if job.status not in looking.ENDED:
                link.warn(Diagnostic("QC0913", facts={"tag": tag, "id": job.id}))


def doubles(link: Link, names: Sequence[str] | None = None) -> list[Part]:
    """Looks again for submissions that may have become more than one job, and reports those that have.

    `names` are tags or ids of jobs; the default is all. If the service cannot be asked, or the key is another one, the
    recorded state is returned.
    """
    entries = link.memory.watched()
    if names is not None:
        entries = [entry for entry in entries if {entry.tag, *(part.job_id for part in entry.parts)} & set(names)]
    here = [entry for entry in entries if entry.url == link.url]
    try:
        account = link.account() if here else ""
        return looking.again(link, [entry for entry in here if entry.account == account])
    except IonqdslError:
        return [part for entry in entries for part in entry.parts if part.doubles]


def cancel(link: Link, name: str) -> str:
    """Cancels a job, or all jobs of a submission, or gives up one that is open: `canceled` or `given up`.

    An id cancels one job, whether it is a part of a submission or a double; a tag cancels all jobs of the submission.
    If a job has doubles, one that is left belongs to the submission. A submission that was perhaps sent is looked for
    first. Raises ServiceError if that remains unknown. A job is canceled by its id even if the ledger cannot be used.
    """
    asked = submit.identifier(name)
    entry = link.ledger.find(asked) if is_tag(asked) else link.memory.find(asked)
    if entry is None:
        _cancel_job(link, job_id_of(name))
        return "canceled"
    if (double := entry.double_of(name)) is not None:
        _cancel_job(link, name)
        _forget_doubles(link, double, name)
        return "canceled"
    one = next((part for part in entry.parts if part.job_id == name and part.doubles), None)
    if one is not None:
        _cancel_job(link, name)
        link.ledger.doubled(one, one.doubles[0], "submitted", one.doubles[1:])
        return "canceled"
    with delivering(link) as delivery:
        try:
            claimed = delivery.hold(entry.tag).named(name)
        except UsageError:  # the ledger can be read, but not written
            if is_tag(asked):
                raise
            _cancel_job(link, asked)
            return "canceled"
        doubtful = {part: claimed for part in claimed.parts if STATES[part.state].step == "ask"}
        shown = looking.once(link, doubtful, None) if doubtful else {}
        parts = [
            looking.with_matches(link, part, shown[part.tag]) if part.tag in shown else part for part in claimed.parts
        ]
        for part in parts:
            _cancel_part(link, part)
        delivery.release(entry.tag)
    return "canceled" if any(part.job_id for part in parts) else "given up"


def _cancel_part(link: Link, part: Part) -> None:
    """Cancels the jobs of a part, or gives it up."""
    if part.job_id:
        for job_id in (part.job_id, *part.doubles):
            _cancel_job(link, job_id)
        _forget_doubles(link, part, *part.doubles)
    elif STATES[part.state].step:
        link.ledger.move(part, "given up")


def _forget_doubles(link: Link, part: Part, *ids: str) -> None:
    """Notes that doubles of a part are gone."""
    if part.job_id and ids:
        rest = [job_id for job_id in part.doubles if job_id not in ids]
        link.ledger.doubled(part, part.job_id, link.ledger.part(part.tag).status or "submitted", rest)


def _cancel_job(link: Link, job_id: str) -> None:
    request = endpoints.request("cancel_job", job_id)
    answer = link.ask(request, f"ionqdsl jobs cancel {job_id}", early=409)
    if answer.status == 409:
        raise submit.refusal(request, answer)
    link.memory.note(job_id, "canceled")


def job_id_of(name: str) -> str:
    """A name the service may know. Raises UsageError for a tag, which only the ledger could have known."""
    if is_tag(name):
        raise UsageError([Diagnostic("QC0917", facts={"name": name})])
    return name
