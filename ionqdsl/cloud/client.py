"""The client for Python and for the command: submit, wait, read results.

Programs, circuits or drafts come in; job handles and results go out. What to send and what answers mean is decided in
submit.py, states.py and results.py, so all that happens here is asking, sleeping and asking again. A submission is
recorded in the ledger first and reaches the service once, whatever happens; an answer that will not change any more is
kept there, and not asked for again. `with Client() as client:` closes what was opened.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeVar

import ionqdsl.pipeline as stages
from ionqdsl.cloud import account, keepsake, looking, recovery, sending, submit
from ionqdsl.cloud.answers import Backend, Cost, Figures, Key, Session, Usage
from ionqdsl.cloud.collect import Tally, collect
from ionqdsl.cloud.draft import Draft, clone, draft, fingerprint
from ionqdsl.cloud.ledger import Ledger, Part, Submission
from ionqdsl.cloud.memory import Memory
from ionqdsl.cloud.owner import leave
from ionqdsl.cloud.pace import Pace, after, wait
from ionqdsl.cloud.recovery import job_id_of
from ionqdsl.cloud.remote import RemoteGroup, RemoteJob, resume_command
from ionqdsl.cloud.states import STATES, Patience
from ionqdsl.cloud.submit import Answer, Reply, Request, Watch
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import Diagnostic, IonqdslError, ServiceError, UsageError, WaitTimedOut
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import Circuit
from ionqdsl.ir.job import Job, Program
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import WIRES

Progress = Callable[[str], None]
Read = TypeVar("Read")


def _unseen(text: str) -> None:
    """Progress nobody looks at."""


def _nobody(job: RemoteJob | RemoteGroup) -> None:
    """Whoever called is told by the return."""


def _told(diagnostic: Diagnostic) -> None:
    """A warning on standard error."""
    if diagnostic.severity != "note":
        print(diagnostic.render(), file=sys.stderr)


class Client:
    """IonQ's service, with the key from the environment or a key file, and the ledger of this computer.

    `url` defaults to what the settings say, which is the public address; `ledger` is opened when it is first needed.
    Raises KeyRefused without a usable key.
    """

    def __init__(
        self,
        url: str | None = None,
        api_key_file: str | None = None,
        *,
        profile: str | None = None,
        transport: Transport | None = None,
        ledger: Ledger | None = None,
        patience: Patience | None = None,
        warn: Callable[[Diagnostic], None] = _told,
        progress: Progress = _unseen,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._transport = transport or account.connect(url, api_key_file, profile)
        self._given, self._patience, self.warn, self._progress = ledger, patience or Patience(), warn, progress
        self._ledger = ledger
        self.sleep, self.clock, self.chance = sleep, clock, chance
        self.pace = Pace()
        self._memory = Memory(self)

    @property
    def url(self) -> str:
        """The address of the service."""
        return self._transport.url

    @property
    def ledger(self) -> Ledger:
        """The ledger; raises UsageError where it cannot be used."""
        if self._ledger is None:
            self._ledger = Ledger()
        return self._ledger

    def close(self) -> None:
        """Closes the connections and the ledger, unless that was given. What is used again is opened again."""
        self._transport.close()
        if self._given is None and self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # -- submitting ----------------------------------------------------------------------------------------------

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
    ) -> RemoteJob | RemoteGroup:
        """Compiles and submits a program, a circuit or a program's text, once.

        Where the same was begun before and is still open, that one is finished. Raises what a refusal means, and
        ServiceError where the submission stays open: calling this again, or `recover`, then finishes it.
        """
        source = Source(what) if isinstance(what, str) else None
        program = _program(source or what)  # type: ignore[arg-type]
        program.is_request = program.is_request and backend is None
        settings = {"backend": backend, "shots": shots, "name": name, "noise.model": noise, "dry_run": dry_run or None}
        for path, value in settings.items():
            if value is not None:
                program.job.set(path, value)
        if program.job.get("backend") is None:
            raise UsageError([Diagnostic("QC0806")])
        program = stages.transpile(program, options)[0]
        made, warnings = draft(program, WIRES[options.wire], os.environ, source)
        for warning in warnings:
            self.warn(warning)
        return self.send(made)

    def send(self, made: Draft, told: Callable[[RemoteJob | RemoteGroup], None] = _nobody) -> RemoteJob | RemoteGroup:
        """Records a draft and brings it to the service; an open one that asks for the same is finished instead.

        `told` passes the job on. Where the process dies before that, the submission still counts as open, so that
        sending the same again gives this job and no second one.
        """
        for body in made.bodies:
            self.check(body)
        with self.desk() as desk:
            open_tag = made.tag if made.plan else self._open(made, desk)
            if open_tag is None or made.plan:
                entry = self.ledger.intend(made.submission(self.url, self.account()), made.bodies, desk.owner)
                if made.plan:
                    self.ledger.watch(made.tag)
                if entry is not None and made.plan:
                    looking.ahead(desk, entry)
            done = sending.deliver(desk, open_tag or made.tag, about(made))
            if made.plan:
                done = looking.behind(desk, done)
            job = self.handle(replace(done, keepsake=made.keepsake))
            told(job)
            sending.release(desk, done.tag)
        return job

    def check(self, body: bytes) -> None:
        """Raises Refused for a body that holds the key, KeyRefused without a key."""
        self._transport.check(body)

    def _open(self, made: Draft, desk: looking.Desk) -> str | None:
        """The tag of an open submission that asks for the same and that nobody is at work on."""
        entries = self.ledger.unfinished(is_idle=True)
        for entry in entries:
            if entry.fingerprint == fingerprint(made, self.url) and self.ledger.claim(entry.tag, desk.owner):
                self.warn(Diagnostic("QC0915", facts={"tag": entry.tag}))
                return entry.tag
        if entries:
            self.warn(Diagnostic("QC0916", facts={"count": len(entries)}))
        return None

    def recover(self, tags: list[str] | None = None) -> list[tuple[Submission, IonqdslError | None]]:
        """Finishes what earlier calls left open: each submission, and the error that keeps it open if it is.

        A job that turns up for a submission that was given up is told about, and so are doubles (see `doubles`).
        """
        found = recovery.recover(self, tags)
        if tags is None:
            self.doubles()
        return found

    def doubles(self, names: Sequence[str] | None = None) -> list[Part]:
        """Looks once more for submissions that may have become more than one job, and tells of those that have.

        That can be where an answer was lost and the service's list lagged behind for longer than it was looked for, or
        where a plan was sent from two computers. One reading of the list, for a day after sending; nothing is asked
        where nothing of the kind can be. `names` are tags or ids of jobs; without them, all.
        """
        entries = self._memory.watched()
        if names is not None:
            entries = [entry for entry in entries if {entry.tag, *(part.job_id for part in entry.parts)} & set(names)]
        return recovery.doubles(self, entries) if entries else []

    def cancel(self, name: str) -> str:
        """Cancels a job, or gives up an open submission; says what became of it: `canceled` or `given up`.

        A submission that was perhaps sent is looked for first. Raises ServiceError where that cannot be found out.
        """
        return recovery.cancel(self, name)

    def account(self) -> str:
        """The ledger's mark of the key in use. Raises KeyRefused without one."""
        return self._transport.account(self.ledger.salt())

    def note(self, job_id: str, status: str) -> None:
        """Keeps the last status heard of a job."""
        self._memory.note(job_id, status)

    @contextmanager
    def desk(self) -> Iterator[looking.Desk]:
        """What sending needs; whatever is still claimed at the end is free again."""
        desk = looking.Desk(
            self._send, self.ledger, self._transport.account, self.sleep, self.clock, self.chance,
            self._patience, self.warn, self._progress,
        )  # fmt: skip
        try:
            yield desk
        finally:
            leave(desk.owner)

    # -- jobs ----------------------------------------------------------------------------------------------------

    def job(self, name: str, program: Program | None = None) -> RemoteJob | RemoteGroup:
        """A job by its id, or a submission of the ledger by its tag, with all jobs it was sent as.

        With the program, or an entry in the ledger, results carry the program's registers and names.
        """
        entry = self._memory.find(name)
        if entry is None or (program is not None and len(entry.parts) == 1):
            return RemoteJob(self, entry.id if entry else job_id_of(name), "submitted", program)
        if (double := entry.double_of(name)) is not None:
            entry = replace(entry, parts=(replace(double, job_id=name, status=None),))
        return self.handle(entry.named(name))

    def handle(self, entry: Submission) -> RemoteJob | RemoteGroup:
        """The job or the jobs of a submission; raises UsageError where there are none yet."""
        data = entry.keepsake or {"circuits": []}
        source = Source(entry.source_text, entry.source_name or "<string>") if entry.source_text is not None else None
        jobs = []
        for part in entry.parts:
            if part.job_id is None:
                facts = {"tag": entry.tag, "meaning": STATES[part.state].meaning}
                raise UsageError([Diagnostic("QC0919", facts=facts)])
            is_part = len(data["circuits"]) > part.count
            own = keepsake.part_of(data, part.first, part.count) if is_part else data
            program = keepsake.program_of(own) if own["circuits"] or "identity" in own else None
            jobs.append(RemoteJob(self, part.job_id, part.status or "submitted", program, None, own, source))
        return jobs[0] if len(jobs) == 1 else RemoteGroup(self, entry.tag, jobs)

    def jobs(self, limit: int = 25) -> list[Mapping[str, Any]]:
        """The latest jobs, as the service describes them."""
        request = submit.get_jobs(limit)
        found = self.ask(request, "ionqdsl jobs list --remote").json
        jobs = found.get("jobs") if isinstance(found, dict) else None
        if not isinstance(jobs, list):
            raise _unreadable(request, "it is not a list of jobs", "ionqdsl jobs list --remote")
        return [job for job in jobs if isinstance(job, dict)]

    def collect(
        self, names: Sequence[str], timeout: float | None = None, noticed: Callable[[Tally], None] = lambda tally: None
    ) -> Tally:
        """Waits for many jobs at once through the service's list; results go into the ledger as they come.

        `noticed` is told how far it is. After `timeout` seconds the jobs go on and their states so far are returned.
        """
        ids = [job.id for name in names for job in self.job(name).jobs]
        self.pace = replace(self.pace, burst=1.0)
        tally = collect(self, list(dict.fromkeys(ids)), timeout, noticed)
        self.doubles(ids)
        return tally

    def running(self) -> list[str]:
        """The jobs submitted from here, to this service, that were not over when they were last heard of."""
        parts = [part for entry in self.ledger.latest() if entry.url == self.url for part in entry.parts]
        return [part.job_id for part in parts if part.job_id and not submit.STATUSES.get(part.status or "", False)]

    def _send(self, request: Request) -> Reply:
        """One request at the pace that is kept to."""
        seconds, self.pace = wait(self.pace, self.clock())
        if seconds:
            self.sleep(seconds)
        reply = self._transport.send(request)
        self.pace = after(self.pace, reply)
        return reply

    # -- the account -------------------------------------------------------------------------------------------

    def whoami(self) -> Key:
        """Which key is in use."""
        return account.whoami(self.converse)

    def backends(self) -> list[Backend]:
        """Every machine."""
        return account.backends(self.converse)

    def backend(self, name: str) -> Backend:
        """One machine."""
        return account.backend(self.converse, name)

    def characterization(self, machine: Backend) -> tuple[Figures, Mapping[str, Any]] | None:
        """The latest figures of a machine and the service's record of them, None where there are none."""
        return account.characterization(self.converse, machine)

    def sessions(self, active: bool | None = None) -> list[Session]:
        """Sessions: all of them, or those that are active or not."""
        return account.sessions(self.converse, active)

    def start_session(
        self,
        backend: str,
        jobs: int | None = None,
        minutes: int | None = None,
        cost: float | None = None,
        unit: str = "usd",
    ) -> Session:
        """Starts a session, with limits; sent once."""
        return account.start_session(self._converse_once, backend, jobs, minutes, cost, unit)

    def end_session(self, session_id: str) -> Session:
        """Ends a session."""
        return account.end_session(self.converse, session_id)

    def usage(
        self, since: str, until: str, by: str = "project", every: str = "weekly", organization: str | None = None
    ) -> Usage:
        """What was used from one day (`2026-07-01`) up to, but without, another."""
        return account.usage(self.converse, since, until, by, every, organization)

    def cost(self, job_id: str) -> Cost:
        """What a job costs."""
        return account.cost(self.converse, job_id)

    def clone(
        self, job_id: str, told: Callable[[RemoteJob | RemoteGroup], None] = _nobody, **changes: Any
    ) -> RemoteJob | RemoteGroup:
        """Has the service run a job once more; `changes` are fields such as shots, backend or name.

        It is a submission like any other: recorded first, under a tag of its own, and sent once; see `send`.
        """
        parent = self.ask(submit.get_job(job_id), f"ionqdsl jobs clone {job_id}").json
        if not isinstance(parent, dict):
            raise _unreadable(submit.get_job(job_id), "it is not a job", f"ionqdsl jobs clone {job_id}")
        entry = self._memory.find(job_id)
        made = clone({**parent, "id": job_id}, changes, WIRES["v0.4"].max_metadata, entry)
        return self.send(made, told)

    def delete(self, *ids: str) -> None:
        """Deletes jobs at the service, for good."""
        account.delete(self.converse, ids)

    def converse(self, request: Request) -> Answer:
        """The successful answer to a request that may be repeated; raises what a refusal means."""
        return account.converse(request, self._send, self.sleep, self.chance)

    def _converse_once(self, request: Request) -> Answer:
        return account.converse(request, self._send, self.sleep, self.chance, once=True)

    # -- asking --------------------------------------------------------------------------------------------------

    def ask(self, request: Request, resume: str, early: int | None = None) -> Answer:
        """The answer to a GET, asked again while the service or the network has trouble.

        `early` is a status that may only mean "not yet": it is asked about a few times more and then given back.
        """
        watch = Watch()
        while True:
            reply = self._send(request)
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
            self.sleep(submit.pause(watch, reply, self.chance()))

    def ask_once(
        self, request: Request, resume: str, read: Callable[[Answer], Read], early: int | None = None
    ) -> Read | None:
        """What `read` makes of the answer to a GET that never changes; None after `early`.

        The answer is kept in the ledger once it could be read, and asked for only where it is not there. One that
        makes no sense is asked for once more.
        """
        kept = self._memory.kept(request.path)
        if kept is not None:
            with suppress(IonqdslError, ValueError):
                return read(Answer(200, {}, kept))
        for is_last in (False, True):
            answer = self.ask(request, resume, early)
            if answer.status == early:
                return None
            try:
                found = read(answer)
            except ServiceError:
                if is_last:
                    raise
                continue
            if not getattr(found, "notes", ()):  # what is odd may be better next time
                self._memory.keep(request.path, answer.body)
            break
        return found

    def details(self, job_id: str) -> Mapping[str, Any] | None:
        """The last state of a job that is over, if it was heard."""
        kept = self._memory.kept(submit.get_job(job_id).path)
        found = None if kept is None else Answer(200, {}, kept).json
        return found if isinstance(found, dict) else None  # else it is damaged: the service can be asked again

    def heard(self, job_id: str, watch: Watch) -> None:
        """Keeps what was heard of a job."""
        self._memory.note(job_id, watch.status)
        if watch.is_over:
            self._memory.keep(submit.get_job(job_id).path, json.dumps(watch.details).encode())

    def watch(self, job_id: str, timeout: float | None, noticed: Callable[[Watch], None]) -> Watch:
        """Asks for a job until it is over, telling `noticed` what is known after each answer.

        Raises WaitTimedOut after `timeout` seconds; the job goes on.
        """
        request, watch, resume = submit.get_job(job_id), Watch(), resume_command(job_id)
        deadline = None if timeout is None else self.clock() + timeout
        while True:
            reply = self._send(request)
            watch = submit.read_reply(watch, request, reply, resume)
            noticed(watch)
            if watch.details is not None:
                self.heard(job_id, watch)
            if watch.is_over:
                return watch
            seconds = submit.pause(watch, reply, self.chance())
            if deadline is not None:
                left = deadline - self.clock()
                if left <= 0:
                    facts = {"id": job_id, "status": watch.status, "seconds": timeout, "resume": resume}
                    raise WaitTimedOut([Diagnostic("QC0862", facts=facts)])
                seconds = min(seconds, left)
            self.sleep(seconds)


def about(made: Draft) -> str:
    """How a job can be recognised in the list of jobs."""
    if made.name:
        return f"a job named `{made.name}`"
    return f"a job on `{made.backend}`" if made.backend else "your job"


def _program(what: Program | Circuit | Source) -> Program:
    if isinstance(what, Program):
        return replace(what, job=Job(dict(what.job.settings)))  # the caller's stays as it is
    if isinstance(what, Circuit):
        return Program(runs=[what], is_multi=bool(what.registers))
    return stages.load(what)[0]


def _unreadable(request: Request, reason: str, resume: str) -> ServiceError:
    return ServiceError([Diagnostic("QC0844", facts={"what": request.about, "reason": reason, "resume": resume})])
