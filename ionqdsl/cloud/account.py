"""What an account can ask of the service besides jobs: machines, sessions, usage, the key itself, costs.

A way to converse comes in, records of answers.py go out, one function an endpoint. What repeats safely is repeated
while the service has trouble; what does not is sent once. Requests are endpoints.py's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ionqdsl import settings
from ionqdsl.cloud import answers, submit
from ionqdsl.cloud.answers import Backend, Cost, Figures, Key, Session, Usage
from ionqdsl.cloud.endpoints import request
from ionqdsl.cloud.key import Secret, find, kept
from ionqdsl.cloud.submit import Answer, Reply, Request, Watch
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import Diagnostic, IonqdslError, JobFailed, ServiceError, UsageError

Ask = Callable[[Request], Answer]
"""Gives the successful answer to a request, or raises what went wrong."""

PAGE = 100
"""How many jobs to ask for at a time."""


def connect(
    url: str | None = None, api_key_file: str | None = None, profile: str | None = None, is_lazy: bool = False
) -> Transport:
    """A transport with the key and the address that arguments, environment and settings say.

    A lazy one looks for the key when it first needs it. Raises KeyRefused without a usable key.
    """
    found = settings.resolve(".", profile)

    def key() -> Secret:
        return find(api_key_file, os.environ, kept(found))

    return Transport(key if is_lazy else key(), url or found["url"].value)


def converse(
    asked: Request,
    send: Callable[[Request], Reply],
    sleep: Callable[[float], None],
    chance: Callable[[], float],
    once: bool = False,
) -> Answer:
    """The successful answer to a request that is no submission of a job.

    While the service has trouble it is asked again, unless `once`; then ServiceError says that nobody knows whether it
    was done. Raises KeyRefused and UsageError for refusals.
    """
    watch = Watch()
    while True:
        reply = send(asked)
        if isinstance(reply, Answer):
            if 200 <= reply.status < 300:
                return reply
            if submit.is_refusal(reply) if once else reply.status not in submit.WORTH_ASKING_AGAIN:
                raise refusal(asked, reply)
        problem = f"it answered {reply.status}" if isinstance(reply, Answer) else reply.reason
        if once and (isinstance(reply, Answer) or reply.sent):
            facts = {"what": asked.about, "reason": problem, "look": _look(asked)}
            raise ServiceError([Diagnostic("QC0969", None, facts)])
        watch = submit.once_more(replace(watch, asked=watch.asked + 1), asked, problem, "the same command")
        sleep(submit.pause(watch, reply, chance()))


def refusal(asked: Request, answer: Answer) -> IonqdslError:
    """What a refusal means for anything but a new job."""
    if answer.status in submit.ANY or 300 <= answer.status < 400:
        return submit.refusal(asked, answer)
    message = submit.message_of(answer)
    if answer.status == 404:
        return UsageError([Diagnostic("QC0967", None, {"what": asked.about, "message": message})])
    body = answer.json
    validation = body.get("validation") if isinstance(body, dict) else None
    keys = validation.get("keys") if isinstance(validation, dict) else None
    facts = {
        "what": asked.about,
        "status": answer.status,
        "message": message or "no reason given",
        "keys": ", ".join(f"`{submit.clean(key, 60)}`" for key in keys[:20]) if isinstance(keys, list) else None,
        "request": submit.clean(answer.headers.get("x-request-id", "")) or None,
    }
    return (ServiceError if answer.status == 429 else JobFailed)([Diagnostic("QC0968", None, facts)])


def _look(asked: Request) -> str:
    return "ionqdsl session list" if asked.path.startswith("/sessions") else "ionqdsl jobs list --remote"


# -- one function an endpoint ------------------------------------------------------------------------------------


def whoami(ask: Ask) -> Key:
    """Which key is in use."""
    asked = request("whoami")
    return answers.whoami(asked, ask(asked))


def backends(ask: Ask) -> list[Backend]:
    """Every machine."""
    asked = request("backends")
    return answers.backends(asked, ask(asked))


def backend(ask: Ask, name: str) -> Backend:
    """One machine. Raises UsageError for an unknown one."""
    asked = request("backend", name)
    return answers.backend(asked, ask(asked))


def characterization(ask: Ask, machine: Backend) -> tuple[Figures, Mapping[str, Any]] | None:
    """The latest figures of a machine, and the service's record of them; None for one that has none."""
    if not (machine.name and machine.characterization):
        return None
    asked = request("characterization", machine.name, machine.characterization)
    answer = ask(asked)
    return answers.characterization(asked, answer), answer.json


def sessions(ask: Ask, active: bool | None = None) -> list[Session]:
    """The sessions, all or those that are active or not."""
    asked = request("sessions", query={"active": active})
    return answers.sessions(asked, ask(asked))


def start_session(
    ask: Ask,
    backend: str,
    jobs: int | None = None,
    minutes: int | None = None,
    cost: float | None = None,
    unit: str = "usd",
) -> Session:
    """Starts a session with limits on the number of jobs, its length and its cost. Sent once."""
    limits = {
        "job_count_limit": jobs,
        "duration_limit_min": minutes,
        "cost_limit": None if cost is None else {"unit": unit, "value": cost},
    }
    said = {key: value for key, value in limits.items() if value is not None}
    asked = request("start_session", body={"backend": backend, "settings": said or None})
    return answers.session(asked, ask(asked))


def session(ask: Ask, session_id: str) -> Session:
    """One session."""
    asked = request("session", session_id)
    return answers.session(asked, ask(asked))


def end_session(ask: Ask, session_id: str) -> Session:
    """Ends a session; its jobs that have not begun are the service's to deal with."""
    asked = request("end_session", session_id)
    return answers.session(asked, ask(asked))


def usage(ask: Ask, since: str, until: str, group: str, period: str, organization: str | None = None) -> Usage:
    """What an organisation used from one day up to, but without, another (`2026-07-01`).

    Without an organisation it is the key's, which the list of sessions tells. Raises UsageError where it does not.
    """
    if organization is None:
        asked = request("sessions")
        organization = answers.organization(asked, ask(asked))
        if organization is None:
            raise UsageError([Diagnostic("QC0970")])
    query = {"start_date": since, "end_date": until, "group_by": group, "modality": period}
    asked = request("usage", organization, query=query)
    return answers.usage(asked, ask(asked))


def cost(ask: Ask, job_id: str) -> Cost:
    """What a job costs."""
    asked = request("job_cost", job_id)
    return answers.cost(asked, ask(asked))


def delete(ask: Ask, ids: Sequence[str]) -> None:
    """Deletes jobs, for good; several in one request."""
    ask(request("delete_job", ids[0]) if len(ids) == 1 else request("delete_jobs", body={"ids": list(ids)}))


def jobs(ask: Ask, limit: int | None = None, **filters: Any) -> Iterator[Mapping[str, Any]]:
    """Jobs, newest first, page by page as they are taken; `filters` are the endpoint's, such as status or target.

    Raises ServiceError after the jobs of a page that does not say where the list goes on, or that leads nowhere new.
    """
    after: str | None = None
    seen: set[str] = set()
    taken, was_empty = 0, False
    while limit is None or taken < limit:
        size = PAGE if limit is None else min(PAGE, limit - taken)
        asked = request("jobs", query={**filters, "limit": size, "next": after})
        page = answers.jobs(asked, ask(asked))
        for job in page.jobs[: None if limit is None else limit - taken]:
            taken += 1
            yield job
        if page.next is None or (limit is not None and taken >= limit):
            return
        after = page.next
        if not isinstance(after, str) or not after:
            raise answers.unreadable(asked, "it does not say where it goes on, or that it ends")
        if after in seen or (was_empty and not page.jobs):
            raise answers.unreadable(asked, "it does not end")
        seen.add(after)
        was_empty = not page.jobs


def is_healthy(ask: Ask) -> bool:
    """Whether the service calls itself well."""
    asked = request("health")
    return answers.health(asked, ask(asked))
