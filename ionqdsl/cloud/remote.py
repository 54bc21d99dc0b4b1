"""Handles of submitted jobs: one job, or the several jobs of a submission that was too large for one.

A client and ids come in; states and results go out, asked for through the client. Reading answers is results.py's,
waiting submit.py's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ionqdsl.cloud import account, results, shapes, submit
from ionqdsl.cloud.keepsake import place_of
from ionqdsl.cloud.results import Child, EnergyResult, MissingResult, Place, RawResult, Variant
from ionqdsl.cloud.submit import Answer, Watch
from ionqdsl.diagnostics import Diagnostic, JobFailed, ServiceError, UsageError
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import Circuit
from ionqdsl.ir.job import Program
from ionqdsl.simulation.results import Result

if TYPE_CHECKING:
    from ionqdsl.cloud.client import Client

Progress = Callable[[str], None]
AnyResult = Result | EnergyResult | RawResult | MissingResult

MANY = 20
"""From so many circuits on, they are asked about together: probabilities for all in one answer, names by the page."""


def _unseen(text: str) -> None:
    """Progress nobody looks at."""


@dataclass(repr=False)
class RemoteJob:
    """A submitted job. `status` is the last one heard of; `keepsake` and `source` say where failures belong."""

    client: Client
    id: str
    status: str
    program: Program | None = None
    details: Mapping[str, Any] | None = None
    keepsake: Mapping[str, Any] | None = None
    source: Source | None = None

    def __repr__(self) -> str:
        return f"<job {self.id}: {self.status}>"

    @property
    def jobs(self) -> list[RemoteJob]:
        """Itself: what a submission is made of."""
        return [self]

    def refresh(self) -> Mapping[str, Any]:
        """Asks once more how the job is doing, unless it is known to be over."""
        self.details = self.client.details(self.id)
        if self.details is None:
            request = submit.get_job(self.id)
            reply = self.client.ask(request, f"ionqdsl jobs show {self.id}")
            watch = submit.read_reply(Watch(), request, reply, resume_command(self.id))
            self.details = watch.details
            self.client.heard(self.id, watch)
        self.status = submit.clean((self.details or {}).get("status") or self.status)
        return self.details or {}

    def wait(self, timeout: float | None = None, progress: Progress = _unseen) -> RemoteJob:
        """Waits until the job is completed; raises JobFailed or WaitTimedOut. Interrupting it leaves the job alone."""

        def noticed(watch: Watch) -> None:
            self.status, self.details = watch.status, watch.details
            progress(submit.progress_line(self.id, watch))

        known = self.client.details(self.id)
        if known is not None:
            watch = Watch(status=str(known.get("status")), details=known)
            noticed(watch)
        else:
            watch = self.client.watch(self.id, timeout, noticed)
        self.client.doubles([self.id])
        try:
            submit.ending(self.id, watch)
        except JobFailed as error:
            raise JobFailed([self._placed(found) for found in error.diagnostics]) from None
        return self

    def _placed(self, found: Diagnostic) -> Diagnostic:
        """A failure at the line of the program it is about, where that can be told."""
        if self.keepsake is None:
            return found
        return Diagnostic(
            found.code, place_of(self.keepsake, self.source, str(found.facts.get("message"))), found.facts
        )

    def result(self) -> AnyResult:
        """The result of a job with one circuit, or of the first one."""
        return self.results()[0]

    def results(
        self, progress: Progress = _unseen, aggregation: str | None = None, *, is_strict: bool = True
    ) -> list[AnyResult]:
        """The results, one a circuit in the order of the program; waits for the job first if it is not over.

        `aggregation` ("average", "voting", "dnl" or "majority") says how the variants of a debiased job are put
        together; voting is what the service also calls sharpening. Of several circuits one without a result is an
        error, or a MissingResult if that is not strict.
        """
        if self.details is None or self.status != "completed":
            self.wait(progress=progress)
        details = self.details or {}
        if details.get("dry_run") is True:
            return []
        if results.is_function(details):
            found_value = results.energy(details, self.program.energy if self.program else None) or results.raw(details)
            if found_value is None:
                raise ServiceError([Diagnostic("QC0863", facts={"id": self.id, "resume": self._resume})])
            return [found_value]
        circuits = self.program.runs if self.program else None
        ids = results.children(details)
        if not ids and circuits and len(circuits) > 1:
            ids = [job["id"] for job in account.jobs(self.client.converse, parent_job_id=self.id)]
            if not ids:
                raise ServiceError([Diagnostic("QC0865", facts={"id": self.id, "name": circuits[0].name})])
        if not ids:
            circuit = circuits[0] if circuits else results.assumed(details, self.id)
            try:
                return [self._read(self.id, circuit, details, aggregation)]
            except ServiceError:
                other = self._raw(details)
                if other is None:
                    raise
                return [other]
        found = self._children(ids, progress)
        if circuits is None:
            circuits = [results.assumed(child, job_id) for job_id, child in found]
        tables = self._together(details) if aggregation is None and len(ids) >= MANY else {}
        read: list[AnyResult] = []
        for circuit, child in zip(circuits, results.matched(circuits, found), strict=True):
            progress(f"job {self.id}: result {len(read) + 1} of {len(ids)}")
            try:
                read.append(self._child(circuit, child, details, tables, aggregation))
            except (ServiceError, JobFailed) as error:
                if is_strict or error.diagnostics[0].code == "QC0843":  # nobody answers any more
                    raise
                read.append(MissingResult(circuit.name, error.diagnostics[0]))
        return read

    def _child(
        self,
        circuit: Circuit,
        child: Child | None,
        details: Mapping[str, Any],
        tables: Mapping[str, shapes.Table],
        aggregation: str | None,
    ) -> Result:
        """The result of one circuit of several."""
        if child is None:
            raise ServiceError([Diagnostic("QC0865", facts={"id": self.id, "name": circuit.name})])
        job_id, own = child
        about, table = {**details, **own}, tables.get(job_id)
        if table is not None and not max(table) >> circuit.width:
            return results.read(circuit, about, {str(state): share for state, share in table.items()})
        submit.ending(job_id, Watch(status=str(own.get("status")), details=own))
        return self._read(job_id, circuit, about, aggregation)

    def _raw(self, details: Mapping[str, Any]) -> RawResult | None:
        """A result that is no table of outcomes: what the job shows, or an artifact in a format of tomorrow."""
        for asked in results.unknown_artifacts(self.id, details):
            found = self.client.ask_once(asked, self._resume, _plain, 404)
            if found is not None:
                return RawResult(found)
        return results.raw(details)

    def _children(self, ids: Sequence[str], progress: Progress) -> list[Child]:
        """What is known of each child job: of many from pages of the list, otherwise one by one."""
        listed: dict[str, Mapping[str, Any]] = {}
        if len(ids) >= MANY and self.client.details(ids[0]) is None:
            for job in account.jobs(self.client.converse, parent_job_id=self.id):
                progress(f"job {self.id}: circuit {len(listed) + 1} of {len(ids)}")
                listed[job["id"]] = job
                self.client.heard(job["id"], Watch(status=str(job.get("status")), details=job))
        return [(job_id, listed.get(job_id) or RemoteJob(self.client, job_id, "").refresh()) for job_id in ids]

    def _together(self, details: Mapping[str, Any]) -> dict[str, shapes.Table]:
        """The probabilities of all circuits from one answer; empty where the service has none, or none that fits."""
        asked = results.together(self.id, details)
        if asked is None:
            return {}
        try:
            return self.client.ask_once(asked, self._resume, lambda answer: shapes.aggregate(answer.json), 404) or {}
        except shapes.WrongShape:
            return {}

    def variants(self) -> list[tuple[Variant, Result | MissingResult]]:
        """The variants of a debiased job with one circuit, each with its own outcomes; none where there are none."""
        details = self.refresh()
        circuit = self.program.runs[0] if self.program and self.program.runs else results.assumed(details, self.id)
        found = results.variants(self.id, details)
        return [(variant, self._variant(circuit, details, variant)) for variant in found]

    def _variant(self, circuit: Circuit, details: Mapping[str, Any], variant: Variant) -> Result | MissingResult:
        try:
            return self._fetched(self.id, circuit, details, variant.places)
        except ServiceError as error:
            if error.diagnostics[0].code == "QC0843":  # nobody answers any more
                raise
            return MissingResult(variant.id, error.diagnostics[0])

    def compiled(self) -> Any:
        """The circuit the machine really ran, as the service gives it: native gates as plain data, or a text.

        Raises UsageError where the service has none, which is usual for simulators and native circuits.
        """
        for asked in results.compiled(self.id, self.refresh()):
            found = self.client.ask_once(asked, self._resume, _plain, 404)
            if found is not None:
                return found
        raise UsageError([Diagnostic("QC0971", facts={"id": self.id})])

    def _read(self, job_id: str, circuit: Any, details: Mapping[str, Any], aggregation: str | None) -> Result:
        return self._fetched(job_id, circuit, details, results.places(job_id, details, aggregation))

    def _fetched(self, job_id: str, circuit: Any, details: Mapping[str, Any], where: Sequence[Place]) -> Result:
        """The result from the first place that has it."""
        for place in where:

            def read(answer: Answer, place: Place = place) -> Result:
                outcomes = results.outcomes(job_id, place, answer)
                return results.decoded(job_id, circuit, details, outcomes, is_guess=self.program is None)

            try:
                found = self.client.ask_once(place.request, self._resume, read, 404)
            except ServiceError:
                if place is where[-1]:
                    raise
                continue
            if found is not None:
                return found
        raise ServiceError([Diagnostic("QC0863", facts={"id": job_id, "resume": self._resume})])

    @property
    def _resume(self) -> str:
        return resume_command(self.id)


@dataclass(repr=False)
class RemoteGroup:
    """The jobs of one submission that was sent in several, under the submission's tag."""

    client: Client
    id: str
    jobs: list[RemoteJob]

    def __repr__(self) -> str:
        return f"<submission {self.id}: {len(self.jobs)} jobs, {self.status}>"

    @property
    def status(self) -> str:
        """The status of the job that is furthest from being completed."""
        order = ("failed", "canceled", "submitted", "ready", "started")
        return min((job.status for job in self.jobs), key=lambda s: order.index(s) if s in order else len(order))

    def refresh(self) -> Mapping[str, Any]:
        """Asks about every job; what they have in common, and `child_job_ids` for the jobs."""
        found = [job.refresh() for job in self.jobs]
        ids = [job.id for job in self.jobs]
        return {**found[0], "id": self.id, "status": self.status, "child_job_ids": ids}

    def wait(self, timeout: float | None = None, progress: Progress = _unseen) -> RemoteGroup:
        """Waits for all of them, `timeout` seconds for each; raises JobFailed or WaitTimedOut."""
        for number, job in enumerate(self.jobs, 1):
            job.wait(timeout, lambda text, number=number: progress(f"{number} of {len(self.jobs)}: {text}"))  # type: ignore[misc]
        return self

    def result(self) -> AnyResult:
        """The result of the first circuit."""
        return self.jobs[0].results()[0]

    def results(
        self, progress: Progress = _unseen, aggregation: str | None = None, *, is_strict: bool = True
    ) -> list[AnyResult]:
        """The results of all circuits, in the order of the program; see RemoteJob.results."""
        return [result for job in self.jobs for result in job.results(progress, aggregation, is_strict=is_strict)]


def _plain(answer: Answer) -> Any:
    """An answer's data, or its text where it is none."""
    return answer.json if answer.json is not None else answer.body.decode("utf-8", errors="replace")


def resume_command(job_id: str) -> str:
    """The command that goes on waiting for a job."""
    return f"ionqdsl jobs wait {job_id}"
