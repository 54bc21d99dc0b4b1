"""The client for Python and for the command: submit, wait, read results.

Programs, circuits or drafts come in, handles of jobs go out. Every method is a few lines over functions that take the
link to the service: sending.py records and sends once, remote.py reads results, recovery.py sees to what was left open;
the rest is account.py's. `with Client() as client:` closes what was opened.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ionqdsl.pipeline as stages
from ionqdsl.cloud import answers, looking, recovery, remote, submit
from ionqdsl.cloud.account import Account, connect
from ionqdsl.cloud.asking import Link, Progress, Timing, unseen
from ionqdsl.cloud.collect import Tally, collect
from ionqdsl.cloud.draft import Draft, clone, fingerprint, prepare
from ionqdsl.cloud.ledger import Ledger, Part, Submission
from ionqdsl.cloud.memory import Memory
from ionqdsl.cloud.remote import RemoteGroup, RemoteJob
from ionqdsl.cloud.sending import Delivery, deliver, delivering
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import Diagnostic, IonqdslError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import Job, LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES

Handle = RemoteJob | RemoteGroup


def _unheard(job: Handle) -> None:
    """No callback: the return value says it."""


def _told(diagnostic: Diagnostic) -> None:
    """A warning on standard error."""
    if diagnostic.severity != "note":
        print(diagnostic.render(), file=sys.stderr)


class Client(Account):
    """An account at IonQ's service, with the key from the environment or a key file, and the ledger of this computer.

    The first argument is the service's address, by default the one in the settings, or a transport that has one; the
    ledger is opened when it is first needed. Raises KeyRefused without a usable key.
    """

    def __init__(
        self,
        url: str | Transport | None = None,
        api_key_file: str | None = None,
        *,
        profile: str | None = None,
        ledger: Ledger | None = None,
        warn: Callable[[Diagnostic], None] = _told,
        progress: Progress = unseen,
        timing: Timing | None = None,
    ) -> None:
        transport = url if isinstance(url, Transport) else connect(url, api_key_file, profile)
        super().__init__(Link(transport, Memory(transport.url, ledger, warn), timing or Timing(), warn, progress))

    @property
    def url(self) -> str:
        """The address of the service."""
        return self.link.url

    @property
    def ledger(self) -> Ledger:
        """The ledger; raises UsageError where it cannot be used."""
        return self.link.ledger

    def close(self) -> None:
        """Closes the connections and the ledger, unless that was given. What is used again is opened again."""
        self.link.transport.close()
        self.link.memory.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # -- submitting ----------------------------------------------------------------------------------------------

    def submit(
        self,
        what: LoweredProgram | FlatCircuit | str,
        backend: str | None = None,
        shots: int | None = None,
        *,
        name: str | None = None,
        noise: str | None = None,
        dry_run: bool = False,
        options: Options = Options(),  # noqa: B008 - immutable
    ) -> Handle:
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
        draft, warnings = prepare(program, PROFILES[options.wire], os.environ, source)
        for warning in warnings:
            self.link.warn(warning)
        return self.send(draft)

    def send(self, draft: Draft, told: Callable[[Handle], None] = _unheard) -> Handle:
        """Records a draft and brings it to the service; an open one that asks for the same is finished instead.

        `told` passes the job on. Where the process dies before that, the submission still counts as open, so that
        sending the same again gives this job and no second one.
        """
        link = self.link
        for body in draft.bodies:
            link.transport.check(body)
        with delivering(link) as delivery:
            tag = self._planned(draft, delivery) if draft.plan else self._begun(draft, delivery)
            done = deliver(delivery, tag, _about(draft))
            if draft.plan:
                done = looking.behind(link, done)
            job = remote.of_submission(link, replace(done, keepsake=draft.keepsake))
            told(job)
            delivery.release(done.tag)
        return job

    def _planned(self, draft: Draft, delivery: Delivery) -> str:
        """Records a plan, and looks for its jobs if this is the first time it is sent from here."""
        entry = self._recorded(draft, delivery)
        self.ledger.watch(draft.tag)
        if entry is not None:
            looking.ahead(self.link, entry)
        return draft.tag

    def _begun(self, draft: Draft, delivery: Delivery) -> str:
        """The tag of an open submission that asks for the same and that nobody is at work on, or of a new one."""
        entries = self.ledger.unfinished(is_idle=True)
        for entry in entries:
            if entry.fingerprint == fingerprint(draft, self.url) and delivery.claim(entry.tag):
                self.link.warn(Diagnostic("QC0915", facts={"tag": entry.tag}))
                return entry.tag
        if entries:
            self.link.warn(Diagnostic("QC0916", facts={"count": len(entries)}))
        self._recorded(draft, delivery)
        return draft.tag

    def _recorded(self, draft: Draft, delivery: Delivery) -> Submission | None:
        """Writes a draft down before anything is sent; None for a plan that is written down already."""
        return self.ledger.intend(draft.submission(self.url, self.link.account()), draft.bodies, delivery.owner)

    def recover(self, tags: list[str] | None = None) -> list[tuple[Submission, IonqdslError | None]]:
        """Finishes what earlier calls left open: each submission, and the error that keeps it open if it is.

        A job that turns up for a submission that was given up is told about, and so are doubles (see `doubles`).
        """
        return recovery.recover(self.link, tags)

    def doubles(self, names: Sequence[str] | None = None) -> list[Part]:
        """Looks once more for submissions that may have become more than one job, and tells of those that have.

        That can be where an answer was lost and the service's list lagged behind for longer than it was looked for, or
        where a plan was sent from two computers. One reading of the list, for a day after sending; nothing is asked
        where nothing of the kind can be. `names` are tags or ids of jobs; without them, all.
        """
        return recovery.doubles(self.link, names)

    def cancel(self, name: str) -> str:
        """Cancels a job, or gives up an open submission; says what became of it: `canceled` or `given up`.

        A submission that was perhaps sent is looked for first. Raises ServiceError where that cannot be found out.
        """
        return recovery.cancel(self.link, name)

    # -- jobs ----------------------------------------------------------------------------------------------------

    def job(self, name: str, program: LoweredProgram | None = None) -> Handle:
        """A job by its id, or a submission of the ledger by its tag, with all jobs it was sent as.

        With the program, or an entry in the ledger, results carry the program's registers and names.
        """
        return remote.by_name(self.link, name, program)

    def handle(self, entry: Submission) -> Handle:
        """The job or the jobs of a submission; raises UsageError where there are none yet."""
        return remote.of_submission(self.link, entry)

    def collect(
        self, names: Sequence[str], timeout: float | None = None, noticed: Callable[[Tally], None] = lambda tally: None
    ) -> Tally:
        """Waits for many jobs at once through the service's list; results go into the ledger as they come.

        `noticed` is told how far it is. After `timeout` seconds the jobs go on and their states so far are returned.
        """
        ids = [job.id for name in names for job in self.job(name).jobs]
        self.link.pace = replace(self.link.pace, burst=1.0)
        tally = collect(self.link, list(dict.fromkeys(ids)), timeout, noticed)
        self.doubles(ids)
        return tally

    def running(self) -> list[str]:
        """The jobs submitted from here, to this service, that were not over when they were last heard of."""
        return remote.running(self.link)

    def clone(self, job_id: str, told: Callable[[Handle], None] = _unheard, **changes: Any) -> Handle:
        """Has the service run a job once more; `changes` are fields such as shots, backend or name.

        It is a submission like any other: recorded first, under a tag of its own, and sent once; see `send`.
        """
        request = submit.get_job(job_id)
        parent = answers.job(request, self.link.ask(request, f"ionqdsl jobs clone {job_id}"))
        entry = self.link.memory.find(job_id)
        draft = clone({**parent, "id": job_id}, changes, PROFILES["v0.4"].max_metadata, entry)
        return self.send(draft, told)


def _about(draft: Draft) -> str:
    """How a job can be recognised in the list of jobs."""
    if draft.name:
        return f"a job named `{draft.name}`"
    return f"a job on `{draft.backend}`" if draft.backend else "your job"


def _program(what: LoweredProgram | FlatCircuit | Source) -> LoweredProgram:
    if isinstance(what, LoweredProgram):
        return replace(what, job=Job(dict(what.job.settings)))  # the caller's stays as it is
    if isinstance(what, FlatCircuit):
        return LoweredProgram(runs=[what], is_multi=bool(what.registers))
    return stages.load(what)[0]
