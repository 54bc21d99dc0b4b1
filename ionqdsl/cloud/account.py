"""Asks the service about an account, except for its jobs: machines, sessions, usage, costs, the key itself.

Takes a link to the service and returns records of answers.py, one method per endpoint. asking.py decides which requests
are repeated after a failure; endpoints.py builds them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from ionqdsl import settings
from ionqdsl.cloud import answers
from ionqdsl.cloud.answers import Backend, Figures, JobCost, KeyInfo, Session, Usage
from ionqdsl.cloud.asking import Link
from ionqdsl.cloud.endpoints import request
from ionqdsl.cloud.key import Secret, find, kept
from ionqdsl.cloud.submit import Answer, Request
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.ir.arguments import refused

Read = TypeVar("Read")

PAGE = 100
"""The number of jobs on a page of the list."""


def connect(
    url: str | None = None, api_key_file: str | None = None, profile: str | None = None, is_lazy: bool = False
) -> Transport:
    """A transport with the key and the address from arguments, environment and settings.

    A lazy one looks for the key when it first needs it. Raises KeyRefused without a usable key.
    """
    resolved = settings.resolve(".", profile)

    def key() -> Secret:
        return find(api_key_file, os.environ, kept(resolved))

    return Transport(key if is_lazy else key(), url or resolved["url"].value)


def jobs(link: Link, limit: int | None = None, **filters: Any) -> Iterator[Mapping[str, Any]]:
    """Jobs, newest first, fetched page by page; `filters` are the endpoint's, such as status or target.

    Raises ServiceError, after its jobs, for a page that does not say where the list continues or leads nowhere new.
    """
    after: str | None = None
    seen: set[str] = set()
    taken, was_empty = 0, False
    while limit is None or taken < limit:
        size = PAGE if limit is None else min(PAGE, limit - taken)
        question = request("jobs", query={**filters, "limit": size, "next": after})
        page = answers.jobs(question, link.converse(question))
        for job in page.jobs[: None if limit is None else limit - taken]:
            taken += 1
            yield job
        if page.next is None or (limit is not None and taken >= limit):
            return
        after = page.next
        if not isinstance(after, str) or not after:
            raise answers.unreadable(question, "it does not say where it continues, or that it ends")
        if after in seen or (was_empty and not page.jobs):
            raise answers.unreadable(question, "it does not end")
        seen.add(after)
        was_empty = not page.jobs


def children(link: Link, job_id: str) -> Iterator[Mapping[str, Any]]:
    """The jobs of a job's circuits, each with its id."""
    return (job for job in jobs(link, parent_job_id=job_id) if isinstance(job.get("id"), str) and job["id"])


class Account:
    """An account at the service. Requests that are safe to repeat are repeated while the service is in trouble."""

    def __init__(self, link: Link) -> None:
        self.link = link

    def _ask(self, question: Request, read: Callable[[Request, Answer], Read], once: bool = False) -> Read:
        """The answer as `read` returns it."""
        return read(question, self.link.converse(question, once))

    def whoami(self) -> KeyInfo:
        """The key in use, as the service knows it."""
        return self._ask(request("whoami"), answers.whoami)

    def jobs(self, limit: int = 25) -> list[Mapping[str, Any]]:
        """The latest jobs, as the service describes them."""
        return list(self._ask(request("jobs", query={"limit": limit}), answers.jobs).jobs)

    def backends(self) -> list[Backend]:
        """Every machine."""
        return self._ask(request("backends"), answers.backends)

    def backend(self, name: str) -> Backend:
        """One machine. Raises UsageError for an unknown name."""
        return self._ask(request("backend", name), answers.backend)

    def characterization(self, machine: Backend) -> tuple[Figures, Mapping[str, Any]] | None:
        """A machine's latest figures and the service's record of them; None if it has none."""
        if not isinstance(machine, Backend):
            raise refused("the machine", "a `Backend`", machine, "ask for it first: `client.backend(name)`")
        if not (machine.name and machine.characterization):
            return None
        asked = request("characterization", machine.name, machine.characterization)
        return self._ask(asked, lambda asked, answer: (answers.characterization(asked, answer), answer.json))

    def sessions(self, active: bool | None = None) -> list[Session]:
        """The sessions: all, or only the active or the inactive ones."""
        return self._ask(request("sessions", query={"active": active}), answers.sessions)

    def start_session(
        self,
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
        return self._ask(asked, answers.session, once=True)

    def end_session(self, session_id: str) -> Session:
        """Ends a session; the service decides about its jobs that have not started."""
        return self._ask(request("end_session", session_id), answers.session)

    def usage(
        self, since: str, until: str, by: str = "project", every: str = "weekly", organization: str | None = None
    ) -> Usage:
        """An organisation's usage from one day up to and excluding another (`2026-07-01`).

        The default is the key's organisation, found in the list of sessions. Raises UsageError if it is not there.
        """
        organization = organization or self._ask(request("sessions"), answers.organization)
        if organization is None:
            raise UsageError([Diagnostic("QC0970")])
        query = {"start_date": since, "end_date": until, "group_by": by, "modality": every}
        return self._ask(request("usage", organization, query=query), answers.usage)

    def cost(self, job_id: str) -> JobCost:
        """The cost of a job."""
        return self._ask(request("job_cost", job_id), answers.cost)

    def delete(self, *ids: str) -> None:
        """Deletes jobs at the service, permanently; several in one request."""
        asked = request("delete_job", ids[0]) if len(ids) == 1 else request("delete_jobs", body={"ids": list(ids)})
        self.link.converse(asked)
