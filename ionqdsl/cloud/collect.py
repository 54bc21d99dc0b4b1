"""Waiting for many jobs: their states from the service's list, many at a time, their results into the ledger.

Ids come in, the last state of each goes out. Results are fetched as jobs are completed, kept in the ledger and
forgotten here, so that memory does not grow with them. Waiting for one job is asking.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ionqdsl.cloud import endpoints, remote, submit
from ionqdsl.cloud.asking import Link
from ionqdsl.cloud.submit import STATUSES, Watch, clean
from ionqdsl.diagnostics import IonqdslError, KeyRefused, ServiceError

CHUNK = 50
"""Ids in one question: an address of 2,000 characters, which everything on the way lets through."""

_ROUND = ("ionq.circuit.v1", "quantum-function")
"""Types of jobs of which the list says all there is: they have no children."""


@dataclass
class Tally:
    """How far it is: the last status of every job, and what went wrong with the results of some."""

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
    """Waits until all jobs are over, or for `timeout` seconds, and fetches results as they come.

    Jobs whose end the ledger knows are not asked about. Raises what keeps the service from being asked at all.
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
        watch = Watch(asked=watch.asked + 1)
        if not tally.waiting or clock() >= deadline:
            break
        link.pause(watch, longest=deadline - clock())
    return tally


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _states(link: Link, ids: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """What the list says of some jobs; a job it leaves out is asked about by itself."""
    states: dict[str, Mapping[str, Any]] = {}
    cursor, wanted = None, set(ids)
    resume = "ionqdsl jobs wait"
    for _ in range(CHUNK):
        query = {"ids": list(ids), "limit": len(ids), "next": cursor}
        request = endpoints.request("jobs", query=query)
        body = link.ask(request, resume).json
        jobs = body.get("jobs") if isinstance(body, dict) else None
        for job in jobs if isinstance(jobs, list) else []:
            if isinstance(job, dict) and job.get("id") in wanted and isinstance(job.get("status"), str):
                states[job["id"]] = job
        cursor = body.get("next") if isinstance(body, dict) else None
        if not isinstance(cursor, str) or len(states) == len(wanted):
            break
    for job_id in ids:
        if job_id not in states:
            request = submit.get_job(job_id)
            answer = link.ask(request, resume, early=404)
            if answer.status == 404:
                raise submit.refusal(request, answer)
            states[job_id] = submit.read_reply(Watch(), request, answer, resume).details or {}
    return states


def _end(link: Link, tally: Tally, job_id: str, details: Mapping[str, Any]) -> None:
    """Keeps what is known of a job that is over, and its results."""
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
                raise  # nobody answers any more: there is no use in asking about the others
            tally.problems[job_id] = error
