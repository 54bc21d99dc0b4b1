"""Waits for many jobs at once: reads their states from the service's list, and stores their results in the ledger.

Takes ids and returns the last state of each. Results are fetched when jobs complete, written to the ledger and dropped
here, so that memory does not grow with them. asking.py waits for single jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ionqdsl.cloud import endpoints, remote, submit
from ionqdsl.cloud.asking import Link
from ionqdsl.cloud.fields import at, objects
from ionqdsl.cloud.submit import STATUSES, Watch, clean
from ionqdsl.diagnostics import IonqdslError, KeyRefused, ServiceError

CHUNK = 50
"""Ids per question: this makes a URL of 2,000 characters, which everything on the way lets through."""

_ROUND = ("ionq.circuit.v1", "quantum-function")
"""Types of jobs whose list entry is complete: they have no children."""


@dataclass
class Tally:
    """The progress: the last status of every job, and the errors of results that could not be fetched."""

    statuses: dict[str, str]
    problems: dict[str, IonqdslError] = field(default_factory=dict)

    @property
    def waiting(self) -> list[str]:
        """The jobs that are not over."""
        return [job_id for job_id, status in self.statuses.items() if not STATUSES.get(status, False)]

    def line(self) -> str:
        """One line for people."""
        counts: dict[str, int] = {}
        for status in self.statuses.values():
            counts[status] = counts.get(status, 0) + 1
        over = len(self.statuses) - len(self.waiting)
        return f"{over} of {len(self.statuses)} jobs are over: " + ", ".join(
            f"{n} {name}" for name, n in counts.items()
        )


def collect(link: Link, ids: Sequence[str], timeout: float | None, noticed: Callable[[Tally], None]) -> Tally:
    """Waits until all jobs are over, or for `timeout` seconds, and fetches results as they arrive.

    Jobs whose end the ledger knows are not asked about. Raises errors that keep the service from being asked at all.
    """
    tally = Tally(dict.fromkeys(ids, "submitted"))
    for job_id in ids:
        earlier = link.memory.details(job_id)
        if earlier is not None:
            _end(link, tally, job_id, earlier)
    watch, clock = Watch(), link.timing.clock
    deadline = float("inf") if timeout is None else clock() + timeout
    while tally.waiting:
        for chunk in _chunks(tally.waiting):
            for job_id, details in _states(link, chunk).items():
                tally.statuses[job_id] = clean(details.get("status"))
                if STATUSES.get(tally.statuses[job_id], False):
                    _end(link, tally, job_id, details)
                    noticed(tally)
        noticed(tally)
        watch = Watch(requests=watch.requests + 1)
        if not tally.waiting or clock() >= deadline:
            break
        link.pause(watch, longest=deadline - clock())
    return tally


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _states(link: Link, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """The list's entries for some jobs; a job that the list leaves out is asked about separately."""
    states: dict[str, Mapping[str, Any]] = {}
    cursor, wanted = None, set(ids)
    resume = "ionqdsl jobs wait"
    for _ in range(CHUNK):
        query = {"ids": list(ids), "limit": len(ids), "next": cursor}
        request = endpoints.request("jobs", query=query)
        body = link.ask(request, resume).json
        for job in objects(body, "jobs"):
            if isinstance(job.get("id"), str) and job["id"] in wanted and isinstance(job.get("status"), str):
                states[job["id"]] = job
        cursor = at(body, "next")
        if not isinstance(cursor, str) or len(states) == len(wanted):
            break
    for job_id in ids:
        if job_id not in states:
            request = endpoints.request("job", job_id)
            answer = link.ask(request, resume, early=404)
            if answer.status == 404:
                raise submit.refusal(request, answer)
            states[job_id] = submit.read_reply(Watch(), request, answer, resume).details or {}
    return states


def _end(link: Link, tally: Tally, job_id: str, details: Mapping[str, Any]) -> None:
    """Keeps the final state of a job, and its results."""
    status = tally.statuses[job_id] = clean(details.get("status"))
    if details.get("type") not in _ROUND and "child_job_ids" not in details:
        remote.RemoteJob(link, job_id, status).refresh()
    elif link.memory.details(job_id) is None:
        link.memory.heard(job_id, Watch(status=status, details=details))
    if status == "completed":
        job = next(job for job in remote.by_name(link, job_id).jobs if job.id == job_id)
        try:
            job.results()
        except KeyRefused:
            raise
        except IonqdslError as error:
            if isinstance(error, ServiceError) and error.diagnostics[0].code == "QC0843":
                raise  # the service no longer answers: asking about the others is useless
            tally.problems[job_id] = error
