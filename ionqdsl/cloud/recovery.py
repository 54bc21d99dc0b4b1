"""What is done about submissions later: those left open are finished, doubles are told of, jobs are cancelled.

A client and names come in, submissions and what became of them go out. Sending is sending.py's, what a look at the
service's list shows is looking.py's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ionqdsl.cloud import endpoints, looking, sending, submit
from ionqdsl.cloud.ledger import Part, Submission, is_tag
from ionqdsl.cloud.states import STATES
from ionqdsl.diagnostics import Diagnostic, IonqdslError, ServiceError, UsageError

if TYPE_CHECKING:
    from ionqdsl.cloud.client import Client

Outcome = tuple[Submission, IonqdslError | None]
"""A submission as it is now, and the error that keeps it open if it is."""


def recover(client: Client, tags: Sequence[str] | None) -> list[Outcome]:
    """Finishes what was left open: everything, or some tags. Everything includes telling of ghosts and doubles."""
    entries = [entry for entry in client.ledger.unfinished() if tags is None or entry.tag in tags]
    here = [entry for entry in entries if entry.url == client.url]
    result: list[Outcome] = []
    with client.desk() as desk:
        found = sending.deliver_all(desk, [entry.tag for entry in here])
        for entry, outcome in zip(here, found, strict=True):
            error = outcome if isinstance(outcome, IonqdslError) else None
            result.append((client.ledger.submission(entry.tag), error))
        for entry in entries:
            if entry.url != client.url:
                facts = {"tag": entry.tag, "url": entry.url, "here": client.url}
                result.append((entry, UsageError([Diagnostic("QC0918", facts=facts)])))
        if tags is None:
            _tell_of_ghosts(client, desk)
    return result


def _tell_of_ghosts(client: Client, desk: looking.Desk) -> None:
    """Tells of jobs that turned up for submissions that were given up."""
    ghosts = {part: entry for part, entry in client.ledger.given_up().items() if entry.url == client.url}
    if not ghosts:
        return
    since = min(part.changed for part in ghosts) if client.ledger.is_clock_sound() else None
    for tag, jobs in looking.once(desk, ghosts, since).items():
        for job in jobs:
            if job.status not in looking.ENDED:
                client.warn(Diagnostic("QC0913", facts={"tag": tag, "id": job.id}))


def doubles(client: Client, entries: Sequence[Submission]) -> list[Part]:
    """Looks once more for submissions that may have become more than one job, and tells of those that have.

    Where the service cannot be asked, or with another key, what is known stands.
    """
    here = [entry for entry in entries if entry.url == client.url]
    try:
        account = client.account() if here else ""
        with client.desk() as desk:
            return looking.again(desk, [entry for entry in here if entry.account == account])
    except IonqdslError:
        return [part for entry in entries for part in entry.parts if part.doubles]


def cancel(client: Client, name: str) -> str:
    """Cancels a job, or all jobs of a submission, or gives up one that is open: `canceled` or `given up`.

    By its id one job is cancelled, be it a part of a submission or a double; by its tag all that a submission became.
    Of a job and its doubles, what is left is the submission's.
    """
    entry = client.ledger.find(name)
    if entry is None:
        return _cancel_job(client, job_id_of(name))
    double = entry.double_of(name)
    if double is not None:
        outcome = _cancel_job(client, name)
        _forget_doubles(client, double, name)
        return outcome
    one = next((part for part in entry.parts if part.job_id == name and part.doubles), None)
    if one is not None:
        outcome = _cancel_job(client, name)
        client.ledger.doubled(one, one.doubles[0], "submitted", one.doubles[1:])
        return outcome
    outcome = "given up"
    with client.desk() as desk:
        claimed = client.ledger.claim(entry.tag, desk.owner)
        if claimed is None:
            raise ServiceError([Diagnostic("QC0907", facts={"tag": entry.tag})])
        claimed = claimed.named(name)
        doubtful = {part: claimed for part in claimed.parts if STATES[part.state].step == "ask"}
        shown = looking.once(desk, doubtful, None) if doubtful else {}
        for part in claimed.parts:
            if part.tag in shown:
                part = looking.found(desk, part, shown[part.tag])
            if part.job_id:
                outcome = _cancel_job(client, part.job_id)
                for job_id in part.doubles:
                    _cancel_job(client, job_id)
                _forget_doubles(client, part, *part.doubles)
            elif STATES[part.state].step:
                client.ledger.move(part, "given up")
        client.ledger.release(entry.tag, desk.owner)
    return outcome


def _forget_doubles(client: Client, part: Part, *ids: str) -> None:
    """Notes that doubles of a part are gone."""
    if part.job_id and ids:
        rest = [job_id for job_id in part.doubles if job_id not in ids]
        client.ledger.doubled(part, part.job_id, client.ledger.part(part.tag).status or "submitted", rest)


def _cancel_job(client: Client, job_id: str) -> str:
    request = endpoints.request("cancel_job", job_id)
    answer = client.ask(request, f"ionqdsl jobs cancel {job_id}", early=409)
    if answer.status == 409:
        raise submit.refusal(request, answer)
    client.note(job_id, "canceled")
    return "canceled"


def job_id_of(name: str) -> str:
    """A name the service may know; raises UsageError for a tag, which only the ledger could have known."""
    if is_tag(name):
        raise UsageError([Diagnostic("QC0917", facts={"name": name})])
    return name
