"""The client for Python and for the command: submit, wait, read results.

Programs, circuits or bytes to send come in; job handles and results go out. What to send and what answers mean is
decided in submit.py and results.py, so all that happens here is asking, sleeping and asking again. A submission is
sent once, whatever happens.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ionqdsl.compile as stages
from ionqdsl.circuit import Circuit
from ionqdsl.cloud import results, submit
from ionqdsl.cloud.key import find
from ionqdsl.cloud.results import EnergyResult
from ionqdsl.cloud.submit import Answer, Request, Watch
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import Diagnostic, ServiceError, UsageError, WaitTimedOut
from ionqdsl.emit import payload as emit
from ionqdsl.job import Job, Program
from ionqdsl.options import Options
from ionqdsl.results import Result
from ionqdsl.source import Source
from ionqdsl.targets import WIRES

Progress = Callable[[str], None]


def _unseen(text: str) -> None:
    """Progress nobody looks at."""


class Client:
    """IonQ's service, with the key from the environment or a key file.

    `url` defaults to IONQ_API_URL and then to the public address. Raises KeyRefused without a usable key.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key_file: str | None = None,
        *,
        transport: Transport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._transport = transport or Transport(find(api_key_file), url)
        self._sleep, self._clock, self._chance = sleep, clock, chance

    @property
    def url(self) -> str:
        """The address of the service."""
        return self._transport.url

    def submit(
        self,
        what: Program | Circuit | str,
        backend: str | None = None,
        shots: int | None = None,
        *,
        name: str | None = None,
        noise: str | None = None,
        dry_run: bool = False,
        options: Options = Options(),  # noqa: B008 - immutable
    ) -> RemoteJob:
        """Compiles and submits a program, a circuit or a program's text, once."""
        program = _program(what)
        settings = {"backend": backend, "shots": shots, "name": name, "noise.model": noise, "dry_run": dry_run or None}
        for path, value in settings.items():
            if value is not None:
                program.job.set(path, value)
        if program.job.get("backend") is None:
            raise UsageError([Diagnostic("QC0806")])
        program = stages.transpile(program, options)[0]
        return self.post(emit.request(program, WIRES[options.wire], os.environ), program)

    def post(self, body: bytes, program: Program | None = None) -> RemoteJob:
        """Sends a payload, once; raises what a refusal or a doubtful end means."""
        request = submit.post_job(body, about(program))
        ticket = submit.accepted(request, self._transport.send(request))
        return RemoteJob(self, ticket.id, ticket.status, program)

    def job(self, job_id: str, program: Program | None = None) -> RemoteJob:
        """A job submitted earlier; with its program, results carry the program's registers and names."""
        return RemoteJob(self, job_id, "submitted", program)

    def jobs(self, limit: int = 25) -> list[Mapping[str, Any]]:
        """The latest jobs, as the service describes them."""
        request = submit.get_jobs(limit)
        found = self.ask(request, "ionqdsl jobs list").json
        jobs = found.get("jobs") if isinstance(found, dict) else None
        if not isinstance(jobs, list):
            raise _unreadable(request, "it is not a list of jobs", "ionqdsl jobs list")
        return [job for job in jobs if isinstance(job, dict)]

    def ask(self, request: Request, resume: str, early: int | None = None) -> Answer:
        """The answer to a GET, asked again while the service or the network has trouble.

        `early` is a status that may only mean "not yet": it is asked about a few times more and then given back.
        """
        watch = Watch()
        while True:
            reply = self._transport.send(request)
            problem: str | None
            if isinstance(reply, Answer) and reply.status == early:
                if watch.failed >= submit.EARLY_TRIES:
                    return reply
                problem = f"it answered {early}"
            else:
                problem = submit.trouble(request, reply)
            if problem is None and isinstance(reply, Answer):
                return reply
            watch = submit.once_more(replace(watch, asked=watch.asked + 1), request, problem or "", resume)
            self._sleep(submit.pause(watch, reply, self._chance()))

    def watch(self, job_id: str, timeout: float | None, noticed: Callable[[Watch], None]) -> Watch:
        """Asks for a job until it is over, telling `noticed` what is known after each answer.

        Raises WaitTimedOut after `timeout` seconds; the job goes on.
        """
        request, watch, resume = submit.get_job(job_id), Watch(), resume_command(job_id)
        deadline = None if timeout is None else self._clock() + timeout
        while True:
            reply = self._transport.send(request)
            watch = submit.read_reply(watch, request, reply, resume)
            noticed(watch)
            if watch.is_over:
                return watch
            seconds = submit.pause(watch, reply, self._chance())
            if deadline is not None:
                left = deadline - self._clock()
                if left <= 0:
                    facts = {"id": job_id, "status": watch.status, "seconds": timeout, "resume": resume}
                    raise WaitTimedOut([Diagnostic("QC0862", facts=facts)])
                seconds = min(seconds, left)
            self._sleep(seconds)


@dataclass(repr=False)
class RemoteJob:
    """A submitted job. `status` is the last one heard of."""

    client: Client
    id: str
    status: str
    program: Program | None = None
    details: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return f"<job {self.id}: {self.status}>"

    def refresh(self) -> Mapping[str, Any]:
        """Asks once more how the job is doing."""
        request = submit.get_job(self.id)
        reply = self.client.ask(request, f"ionqdsl jobs show {self.id}")
        watch = submit.read_reply(Watch(), request, reply, resume_command(self.id))
        self.status, self.details = watch.status, watch.details
        return self.details or {}

    def wait(self, timeout: float | None = None, progress: Progress = _unseen) -> RemoteJob:
        """Waits until the job is completed; raises JobFailed or WaitTimedOut. Interrupting it leaves the job alone."""

        def noticed(watch: Watch) -> None:
            self.status, self.details = watch.status, watch.details
            progress(submit.progress_line(self.id, watch))

        submit.ending(self.id, self.client.watch(self.id, timeout, noticed))
        return self

    def result(self) -> Result | EnergyResult:
        """The result of a job with one circuit, or of the first one."""
        return self.results()[0]

    def results(self, progress: Progress = _unseen) -> list[Result | EnergyResult]:
        """The results, one a circuit in the order of the program; waits for the job first if it is not over."""
        if self.details is None or self.status != "completed":
            self.wait(progress=progress)
        details = self.details or {}
        if details.get("dry_run"):
            return []
        if details.get("type") == "quantum-function":
            return [results.energy(self.id, details, self.program.energy if self.program else None)]
        circuits = self.program.runs if self.program else None
        ids = results.children(details)
        if not ids:
            circuit = circuits[0] if circuits else results.assumed(details, self.id)
            return [self._read(self.id, circuit, details)]
        found = []
        for number, job_id in enumerate(ids, 1):
            progress(f"job {self.id}: result {number} of {len(ids)}")
            found.append((job_id, self.client.job(job_id).refresh()))
        if circuits is None:
            circuits = [results.assumed(child, job_id) for job_id, child in found]
        pairs = zip(circuits, results.matched(self.id, circuits, found), strict=True)
        return [self._read(job_id, circuit, {**details, **child}) for circuit, (job_id, child) in pairs]

    def _read(self, job_id: str, circuit: Circuit, details: Mapping[str, Any]) -> Result:
        resume = resume_command(self.id)
        answer = self.client.ask(submit.get_probabilities(job_id), resume, early=404)
        if answer.status == 404:
            raise ServiceError([Diagnostic("QC0863", facts={"id": job_id, "resume": resume})])
        return results.read(circuit, details, results.distribution(job_id, answer))


def about(program: Program | None) -> str:
    """How a job can be recognised in the list of jobs."""
    name = program.job.get("name") if program else None
    if isinstance(name, str):
        return f"a job named `{name}`"
    backend = program.job.get("backend") if program else None
    return f"a job on `{backend}`" if isinstance(backend, str) else "your job"


def resume_command(job_id: str) -> str:
    """The command that goes on waiting for a job."""
    return f"ionqdsl jobs wait {job_id}"


def _program(what: Program | Circuit | str) -> Program:
    if isinstance(what, Program):
        return replace(what, job=Job(dict(what.job.settings)))  # the caller's stays as it is
    if isinstance(what, Circuit):
        return Program(runs=[what], is_multi=bool(what.registers))
    return stages.load(Source(what))[0]


def _unreadable(request: Request, reason: str, resume: str) -> ServiceError:
    return ServiceError([Diagnostic("QC0844", facts={"what": request.about, "reason": reason, "resume": resume})])
