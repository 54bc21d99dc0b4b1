"""The client for Python and for the command: submits, waits and reads results.

Takes programs, circuits or drafts, and returns handles of jobs. Every method is a few lines over functions that take
the link to the service: sending.py records and sends once, remote.py reads results, recovery.py finishes open
submissions, account.py does the rest. `with Client() as client:` closes everything it opened.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import ionqdsl.pipeline as stages
from ionqdsl.accept import Circuits, accept
from ionqdsl.cloud import answers, endpoints, looking, recovery, remote, submit
from ionqdsl.cloud import plan as plans
from ionqdsl.cloud.account import Account, connect
from ionqdsl.cloud.asking import Link, Progress, Timing, unseen
from ionqdsl.cloud.collect import Tally, collect
from ionqdsl.cloud.draft import Draft, clone, fingerprint, prepare
from ionqdsl.cloud.ledger import Ledger, Part, Submission
from ionqdsl.cloud.memory import Memory
from ionqdsl.cloud.plan import Plan
from ionqdsl.cloud.planning import planned
from ionqdsl.cloud.remote import RemoteGroup, RemoteJob
from ionqdsl.cloud.sending import Delivery, deliver, delivering
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import Diagnostic, IonqdslError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.arguments import refused, values_of
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES

Handle = RemoteJob | RemoteGroup


def _unheard(job: Handle) -> None:
    """No callback: the return value says it."""


def _told(diagnostic: Diagnostic) -> None:
    """Prints a warning to standard error."""
    if diagnostic.severity != "note":
        print(diagnostic.render_for_python(), file=sys.stderr)


class Client(Account):
    """An account at IonQ's service, with the key from the environment or a key file, and the ledger of this computer.

    The first argument is the service's address, by default the one in the settings, or a transport; the ledger is
    opened when first needed. Raises KeyRefused without a usable key.
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
        """The ledger. Raises UsageError if it cannot be used."""
        return self.link.ledger

    def close(self) -> None:
        """Closes the connections and the ledger, unless the ledger was passed in. Later use opens them again."""
        self.link.transport.close()
        self.link.memory.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # -- submitting ----------------------------------------------------------------------------------------------

    def submit(
        self,
        what: Circuits,
        backend: str | None = None,
        shots: int | None = None,
        *,
        name: str | None = None,
        noise: str | None = None,
        dry_run: bool = False,
        options: Options = Options(),  # noqa: B008 - immutable
    ) -> Handle:
        """Compiles a circuit, a program, a text, a file, a sweep or a list, and submits it once, as one job.

        If the same submission was begun before and is still open, it is finished instead. Raises UsageError for
        anything else, the error of a refusal, and ServiceError if the submission stays open: calling this again, or
        `recover`, then finishes it.
        """
        draft = self._drafted(what, _settings(backend, shots, name, noise, dry_run), options)[0]
        return self.send(draft)

    def plan(
        self,
        what: Circuits,
        backend: str | None = None,
        shots: int | None = None,
        *,
        name: str | None = None,
        noise: str | None = None,
        dry_run: bool = False,
        options: Options = Options(),  # noqa: B008 - immutable
    ) -> Plan:
        """The exact requests that `submit` would send, with sizes and the service's estimate of the cost.

        Takes the same and submits nothing. `plan.facts` describes it, `plan.save(path)` writes it for review, and
        `send(plan.draft)` or `ionqdsl submit PATH` sends it, once.
        """
        draft, program = self._drafted(what, _settings(backend, shots, name, noise, dry_run), options)
        content = planned(self.link, program, draft, options)[0]
        return replace(plans.read(Source(content.decode(), "<plan>")), content=content)

    def _drafted(self, what: Circuits, settings: dict[str, Any], options: Options) -> tuple[Draft, LoweredProgram]:
        """The requests that would be sent, and the compiled program."""
        accepted = accept(what, settings)
        if accepted.program.job.get("backend") is None:
            raise UsageError([Diagnostic("QC0806")])
        options, moved = stages.for_service(accepted.program, options)
        program = stages.transpile(accepted.program, options)[0]
        draft, warnings = prepare(program, PROFILES[options.wire], os.environ, accepted.source)
        for warning in (*accepted.noticed, *moved, *warnings):
            self.link.warn(warning)
        return draft, program

    def send(self, draft: Draft, told: Callable[[Handle], None] = _unheard) -> Handle:
        """Records a draft and sends it to the service; finishes an open submission of the same request instead.

        `told` passes the job on. If the process dies before that, the submission still counts as open, so that sending
        the same again returns this job and makes no second one.
        """
        if not isinstance(draft, Draft):
            raise refused("the draft", "the `draft` of a plan", draft, "make one: `client.plan(circuit).draft`")
        link = self.link
        for body in draft.bodies:
            link.transport.check(body)
        with delivering(link) as delivery:
            tag = self._planned(draft, delivery) if draft.plan else self._begun(draft, delivery)
            done = deliver(delivery, tag, _about(draft))
            if draft.plan:
                done = looking.after_sending(link, done)
            job = remote.of_submission(link, replace(done, keepsake=draft.keepsake))
            told(job)
            delivery.release(done.tag)
        return job

    def _planned(self, draft: Draft, delivery: Delivery) -> str:
        """Records a plan, and looks for its jobs if this computer sends it for the first time."""
        entry = self._recorded(draft, delivery)
        self.ledger.watch(draft.tag)
        if entry is not None:
            looking.before_sending(self.link, entry)
        return draft.tag

    def _begun(self, draft: Draft, delivery: Delivery) -> str:
        """The tag of an idle open submission of the same request, or of a new submission."""
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
        """Writes a draft down before anything is sent; None for a plan that is already written down."""
        return self.ledger.intend(draft.submission(self.url, self.link.account()), draft.bodies, delivery.owner)

    def recover(self, tags: list[str] | None = None) -> list[tuple[Submission, IonqdslError | None]]:
        """Finishes the submissions that earlier calls left open; returns each, with the error if it stays open.

        Reports jobs that turn up for submissions that were given up, and doubles (see `doubles`).
        """
        return recovery.recover(self.link, None if tags is None else _listed(tags))

    def doubles(self, names: Sequence[str] | None = None) -> list[Part]:
        """Looks again for submissions that may have become more than one job, and reports those that have.

        This can happen if an answer was lost and the service's list lagged for longer than the search, or if a plan was
        sent from two computers. One reading of the list, for a day after sending; nothing is asked if no submission is
        in doubt. `names` are tags or ids of jobs; the default is all.
        """
        return recovery.doubles(self.link, None if names is None else _listed(names))

    def cancel(self, name: str) -> str:
        """Cancels a job, or gives up an open submission; returns its new state: `canceled` or `given up`.

        A submission that was perhaps sent is looked for first. Raises ServiceError if that remains unknown.
        """
        return recovery.cancel(self.link, name)

    # -- jobs ----------------------------------------------------------------------------------------------------

    def job(self, name: str, program: LoweredProgram | None = None) -> Handle:
        """A job by its id, or a submission of the ledger by its tag, with all its jobs.

        With the program, or an entry in the ledger, results carry the program's registers and names.
        """
        return remote.by_name(self.link, name, program)

    def handle(self, entry: Submission) -> Handle:
        """The job or jobs of a submission. Raises UsageError if there are none yet."""
        return remote.of_submission(self.link, entry)

    def collect(
        self, names: Sequence[str], timeout: float | None = None, noticed: Callable[[Tally], None] = lambda tally: None
    ) -> Tally:
        """Waits for many jobs at once through the service's list; results are stored in the ledger as they arrive.

        `noticed` gets the progress. After `timeout` seconds the jobs continue, and their states so far are returned.
        """
        ids = [job.id for name in _listed(names) for job in self.job(name).jobs]
        self.link.pace = replace(self.link.pace, burst=1.0)
        tally = collect(self.link, list(dict.fromkeys(ids)), timeout, noticed)
        self.doubles(ids)
        return tally

    def running(self) -> list[str]:
        """The jobs submitted from this computer to this service that were not over when last asked about."""
        return remote.running(self.link)

    def clone(self, job_id: str, told: Callable[[Handle], None] = _unheard, **changes: Any) -> Handle:
        """Has the service run a job once more; `changes` are fields such as shots, backend or name.

        It is a submission like any other: recorded first, under a new tag, and sent once; see `send`.
        """
        request = endpoints.request("job", job_id)
        parent = answers.job(request, self.link.ask(request, f"ionqdsl jobs clone {job_id}"))
        entry = self.link.memory.find(job_id)
        draft = clone({**parent, "id": job_id}, changes, PROFILES["v0.4"].max_metadata, entry)
        return self.send(draft, told)


def _settings(
    backend: str | None, shots: int | None, name: str | None, noise: str | None, dry_run: bool
) -> dict[str, Any]:
    """Settings of a job; None is one that the program decides."""
    return {"backend": backend, "shots": shots, "name": name, "noise.model": noise, "dry_run": dry_run or None}


def _listed(names: Sequence[str]) -> list[str]:
    """Ids or tags. Raises UsageError for one alone, whose letters would count as ids."""
    return [submit.identifier(name) for name in values_of(names, "the ids", "a list of texts")]


def _about(draft: Draft) -> str:
    """How to recognise a job in the list of jobs."""
    if draft.name:
        return f"a job named `{draft.name}`"
    return f"a job on `{draft.backend}`" if draft.backend else "your job"
