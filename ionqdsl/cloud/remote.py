"""Handles of submitted jobs: one job, or the several jobs of a submission that was too large for one.

Takes names of jobs and returns states and results, fetched over a link. results.py reads answers, asking.py waits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from ionqdsl.batch.results import Results
from ionqdsl.cloud import account, endpoints, keepsake, recovery, results, shapes, submit
from ionqdsl.cloud.asking import Link, Progress, resume_command, unseen
from ionqdsl.cloud.ledger import Part, Submission
from ionqdsl.cloud.results import Child, EnergyResult, MissingResult, Place, RawResult, Variant
from ionqdsl.cloud.states import STATES
from ionqdsl.cloud.submit import Answer, Watch
from ionqdsl.diagnostics import Diagnostic, IonqdslError, JobFailed, ServiceError, UsageError, WaitTimedOut
from ionqdsl.diagnostics.source import Source
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.simulation.results import Result

AnyResult = Result | EnergyResult | RawResult | MissingResult

MANY = 20
"""From this number of circuits on, they are fetched together: all probabilities in one answer, names by the page."""


@dataclass(repr=False)
class RemoteJob:
    """A submitted job. `status` is the last known one; `keepsake` and `source` give the places of failures."""

    link: Link
    id: str
    status: str
    program: LoweredProgram | None = None
    details: Mapping[str, Any] | None = None
    keepsake: Mapping[str, Any] | None = None
    source: Source | None = None

    def __repr__(self) -> str:
        return f"<job {self.id}: {self.status}>"

    @property
    def jobs(self) -> list[RemoteJob]:
        """The job itself, in the list of a submission's jobs."""
        return [self]

    def refresh(self) -> Mapping[str, Any]:
        """Asks for the job's current state, unless it is known to be over."""
        self.details = self.link.memory.details(self.id)
        if self.details is None:
            request = endpoints.request("job", self.id)
            reply = self.link.ask(request, f"ionqdsl jobs show {self.id}")
            watch = submit.read_reply(Watch(), request, reply, resume_command(self.id))
            self.details = watch.details
            self.link.memory.heard(self.id, watch)
        self.status = submit.clean((self.details or {}).get("status") or self.status)
        return self.details or {}

    def wait(self, timeout: float | None = None, progress: Progress = unseen, since: float | None = None) -> RemoteJob:
        """Waits until the job is completed; raises JobFailed or WaitTimedOut. Interrupting it leaves the job alone.

        The `timeout` begins now, or at a moment of the link's clock.
        """

        def noticed(watch: Watch) -> None:
            self.status, self.details = watch.status, watch.details
            progress(submit.progress_line(self.id, watch))

        details = self.link.memory.details(self.id)
        if details is not None:
            watch = Watch(status=str(details.get("status")), details=details)
            noticed(watch)
        else:
            watch = self.link.watch(self.id, timeout, noticed, since)
        recovery.doubles(self.link, [self.id])
        try:
            submit.ending(self.id, watch)
        except JobFailed as error:
            raise JobFailed([self._placed(found) for found in error.diagnostics]) from None
        return self

    def _placed(self, diagnostic: Diagnostic) -> Diagnostic:
        """A failure with the line of the program that caused it, if known."""
        if self.keepsake is None:
            return diagnostic
        return Diagnostic(
            diagnostic.code,
            keepsake.place_of(self.keepsake, self.source, str(diagnostic.facts.get("message"))),
            diagnostic.facts,
        )

    def result(self) -> AnyResult:
        """The result of the only circuit of a job, or of the first one."""
        return self.results()[0]

    def results(
        self,
        progress: Progress = unseen,
        aggregation: str | None = None,
        *,
        is_strict: bool = True,
        by_shot: bool = False,
    ) -> Results[AnyResult]:
        """The results, one per circuit in the order of the program; waits for the job first if it is not over.

        `aggregation` ("average", "voting", "dnl" or "majority") says how the variants of a debiased job are combined;
        the service also calls voting sharpening. If one of several circuits has no result, this raises an error, or
        returns a MissingResult in its place if not strict. With `by_shot` the outcomes are fetched shot by shot, if
        the service has them, and `result.by_shot` has them in order.
        """
        if self.details is None or self.status != "completed":
            self.wait(progress=progress)
        details = self.details or {}
        if details.get("dry_run") is True:
            return Results([])
        if results.is_function(details):
            return Results([self._value(details)])
        circuits = self.program.runs if self.program else None
        ids = self._child_ids(details, circuits)
        if not ids:
            circuit = circuits[0] if circuits else results.assumed(details, self.id)
            return Results([self._alone(circuit, details, aggregation, by_shot)])
        children = self._children(ids, progress)
        if circuits is None:
            circuits = [results.assumed(child, job_id) for job_id, child in children]
        tables = self._together(details) if aggregation is None and len(ids) >= MANY and not by_shot else {}
        read: list[AnyResult] = []
        for circuit, child in zip(circuits, results.matched(circuits, children), strict=True):
            progress(f"job {self.id}: result {len(read) + 1} of {len(ids)}")
            try:
                read.append(self._child(circuit, child, details, tables, aggregation, by_shot))
            except (ServiceError, JobFailed) as error:
                if is_strict or error.diagnostics[0].code == "QC0843":  # the service no longer answers
                    raise
                read.append(MissingResult(circuit.name, error.diagnostics[0]))
        return Results(read, self.program.points if self.program else ())

    def _value(self, details: Mapping[str, Any]) -> AnyResult:
        """The energy of an energy job, or the value of another function."""
        energy = self.program.energy if self.program else None
        return results.energy(details, energy) or results.raw(details) or self._fail("QC0863", resume=self._resume)

    def _child_ids(self, details: Mapping[str, Any], circuits: Sequence[FlatCircuit] | None) -> Sequence[str]:
        """The jobs of the circuits of a job with several; empty for a job with one."""
        ids = results.children(details)
        if not ids and circuits and len(circuits) > 1:
            listed = account.children(self.link, self.id)
            ids = [job["id"] for job in listed] or self._fail("QC0865", name=circuits[0].name)
        return ids

    def _alone(
        self, circuit: FlatCircuit, details: Mapping[str, Any], aggregation: str | None, by_shot: bool
    ) -> AnyResult:
        """The result of the only circuit; a result that is no table of outcomes is returned unchanged."""
        try:
            return self._read(self.id, circuit, details, aggregation, by_shot)
        except ServiceError:
            other = self._raw(details)
            if other is None:
                raise
            return other

    def _child(
        self,
        circuit: FlatCircuit,
        child: Child | None,
        details: Mapping[str, Any],
        tables: Mapping[str, shapes.Table],
        aggregation: str | None,
        by_shot: bool,
    ) -> Result:
        """The result of one circuit of several."""
        if child is None:
            self._fail("QC0865", name=circuit.name)
        job_id, own = child
        about, table = {**details, **own}, tables.get(job_id)
        if table is not None and not max(table) >> circuit.width:
            return results.read(circuit, about, {str(state): share for state, share in table.items()})
        submit.ending(job_id, Watch(status=str(own.get("status")), details=own))
        return self._read(job_id, circuit, about, aggregation, by_shot)

    def _raw(self, details: Mapping[str, Any]) -> RawResult | None:
        """A result that is not a table of outcomes: shown in the job, or an artifact in an unknown format."""
        for asked in results.unknown_artifacts(self.id, details):
            content = self.link.ask_once(asked, self._resume, _plain)
            if content is not None:
                return RawResult(content)
        return results.raw(details)

    def _children(self, ids: Sequence[str], progress: Progress) -> list[Child]:
        """The description of each child job: many from pages of the list, a few one by one."""
        listed: dict[str, Mapping[str, Any]] = {}
        if len(ids) >= MANY and self.link.memory.details(ids[0]) is None:
            for job in account.children(self.link, self.id):
                progress(f"job {self.id}: circuit {len(listed) + 1} of {len(ids)}")
                listed[job["id"]] = job
                self.link.memory.heard(job["id"], Watch(status=str(job.get("status")), details=job))
        return [(job_id, listed.get(job_id) or RemoteJob(self.link, job_id, "").refresh()) for job_id in ids]

    def _together(self, details: Mapping[str, Any]) -> dict[str, shapes.Table]:
        """The probabilities of all circuits from one answer; empty if the service has none, or none that fits."""
        asked = results.together(self.id, details)
        if asked is None:
            return {}
        try:
            return self.link.ask_once(asked, self._resume, lambda answer: shapes.aggregate(answer.json)) or {}
        except shapes.WrongShape:
            return {}

    def variants(self) -> list[tuple[Variant, Result | MissingResult]]:
        """The variants of a debiased job with one circuit, each with its own outcomes; empty if there are none."""
        details = self.refresh()
        circuit = self.program.runs[0] if self.program and self.program.runs else results.assumed(details, self.id)
        listed = results.variants(self.id, details)
        return [(variant, self._variant(circuit, details, variant)) for variant in listed]

    def _variant(self, circuit: FlatCircuit, details: Mapping[str, Any], variant: Variant) -> Result | MissingResult:
        try:
            return self._fetched(self.id, circuit, details, variant.places)
        except ServiceError as error:
            if error.diagnostics[0].code == "QC0843":  # the service no longer answers
                raise
            return MissingResult(variant.id, error.diagnostics[0])

    def compiled(self) -> Any:
        """The circuit that the machine really ran, as the service gives it: native gates as data, a text, or bytes.

        Raises UsageError if the service has none, which is usual for simulators and native circuits.
        """
        for asked in results.compiled(self.id, self.refresh()):
            content = self.link.ask_once(asked, self._resume, _plain)
            if content is not None:
                return content
        raise UsageError([Diagnostic("QC0971", facts={"id": self.id})])

    def _read(
        self, job_id: str, circuit: Any, details: Mapping[str, Any], aggregation: str | None, by_shot: bool
    ) -> Result:
        return self._fetched(job_id, circuit, details, results.places(job_id, details, aggregation, by_shot))

    def _fetched(self, job_id: str, circuit: Any, details: Mapping[str, Any], where: Sequence[Place]) -> Result:
        """The result from the first place that has it."""
        for place in where:

            def read(answer: Answer, place: Place = place) -> Result:
                outcomes = results.outcomes(job_id, place, answer)
                return results.decoded(job_id, circuit, details, outcomes, is_guess=self.program is None)

            try:
                result = self.link.ask_once(place.request, self._resume, read)
            except ServiceError:
                if place is where[-1]:
                    raise
                continue
            if result is not None:
                return result
        raise ServiceError([Diagnostic("QC0863", facts={"id": job_id, "resume": self._resume})])

    def _fail(self, code: str, **facts: Any) -> NoReturn:
        raise ServiceError([Diagnostic(code, facts={"id": self.id, **facts})])

    @property
    def _resume(self) -> str:
        return resume_command(self.id)


@dataclass(frozen=True)
class UnsentJob:
    """A part of a submission that has no job: its circuits and its tag, and why."""

    id: str
    program: LoweredProgram | None
    problem: UsageError


@dataclass(repr=False)
class RemoteGroup:
    """The jobs of one submission that was sent in several, under the submission's tag.

    `order` has the position in the program of each circuit in the order of the jobs, if that is another. `problems` are
    the jobs that did not complete while they were last waited for, and `parts` has those without a job as well.
    """

    link: Link
    id: str
    parts: Sequence[RemoteJob | UnsentJob]
    order: Sequence[int] = ()
    problems: dict[str, IonqdslError] = field(default_factory=dict)

    @property
    def jobs(self) -> list[RemoteJob]:
        """The jobs that the service has."""
        return [part for part in self.parts if isinstance(part, RemoteJob)]

    def __repr__(self) -> str:
        return f"<submission {self.id}: {len(self.jobs)} jobs, {self.status}>"

    @property
    def status(self) -> str:
        """The status of the job that is furthest from completion."""
        order = ("failed", "canceled", "submitted", "ready", "started")
        return min((job.status for job in self.jobs), key=lambda s: order.index(s) if s in order else len(order))

    def refresh(self) -> Mapping[str, Any]:
        """Asks about every job; returns the fields they share, and `child_job_ids` for the jobs."""
        answers = [job.refresh() for job in self.jobs]
        ids = [job.id for job in self.jobs]
        return {**answers[0], "id": self.id, "status": self.status, "child_job_ids": ids}

    def wait(self, timeout: float | None = None, progress: Progress = unseen) -> RemoteGroup:
        """Waits for all of them, `timeout` seconds in all. Raises JobFailed or WaitTimedOut after asking about each."""
        self.problems = {}
        since = self.link.timing.clock()
        for number, job in enumerate(self.jobs, 1):
            count = f"{number} of {len(self.jobs)}"
            try:
                job.wait(timeout, lambda text, count=count: progress(f"{count}: {text}"), since)  # type: ignore[misc]
            except (JobFailed, WaitTimedOut) as error:
                self.problems[job.id] = error
        if self.problems:
            raise next(iter(self.problems.values()))
        return self

    def result(self) -> AnyResult:
        """The result of the first circuit."""
        return self.results()[0] if self.order else self.jobs[0].results()[0]

    def results(
        self,
        progress: Progress = unseen,
        aggregation: str | None = None,
        *,
        is_strict: bool = True,
        by_shot: bool = False,
    ) -> Results[AnyResult]:
        """The results of all circuits, in the order of the program; see RemoteJob.results.

        If not strict, circuits of parts without a job, and of jobs that did not complete, have a MissingResult. A job
        that the last `wait` gave up is not waited for again; the next time it is.
        """
        read: list[Results[AnyResult]] = []
        given_up, self.problems = self.problems, {}
        for part in self.parts:
            problem: IonqdslError | None = None
            if isinstance(part, UnsentJob):
                problem = part.problem
            elif not is_strict and part.id in given_up:
                problem = given_up[part.id]
            else:
                try:
                    read.append(part.results(progress, aggregation, is_strict=is_strict, by_shot=by_shot))
                except (JobFailed, WaitTimedOut) as error:
                    problem = error
            if problem is not None and is_strict:
                raise problem
            if problem is not None:
                read.append(_missing(part, problem))
        points = [point for results in read for point in results.points]
        every = [result for results in read for result in results]
        if len(self.order) == len(every):
            numbers = sorted(range(len(every)), key=lambda number: self.order[number])
            every = [every[number] for number in numbers]
            points = [points[number] for number in numbers] if points else []
        return Results(every, points)


def _missing(part: RemoteJob | UnsentJob, problem: IonqdslError) -> Results[AnyResult]:
    """In place of the results of a part."""
    names = [circuit.name for circuit in part.program.runs] if part.program else [part.id]
    points = part.program.points if part.program else ()
    return Results([MissingResult(name, problem.diagnostics[0]) for name in names], points)


def _plain(answer: Answer) -> Any:
    """An answer's data by its media type: JSON, text, or bytes; without one, JSON or else text."""
    media = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media == "application/octet-stream":
        return answer.body
    if not media.startswith("text/") and answer.json is not None:
        return answer.json
    return answer.body.decode("utf-8", errors="replace")


# -- which jobs --------------------------------------------------------------------------------------------------


def by_name(link: Link, name: str, program: LoweredProgram | None = None) -> RemoteJob | RemoteGroup:
    """A job by its id, or a submission of the ledger by its tag, with all its jobs.

    With the program, or an entry in the ledger, results carry the program's registers and names.
    """
    entry = link.memory.find(submit.identifier(name))
    if entry is None or (program is not None and len(entry.parts) == 1):
        return RemoteJob(link, entry.id if entry else recovery.job_id_of(name), "submitted", program)
    if (double := entry.double_of(name)) is not None:
        entry = replace(entry, parts=(replace(double, job_id=name, status=None),))
    return of_submission(link, entry.named(name))


def of_submission(link: Link, entry: Submission) -> RemoteJob | RemoteGroup:
    """The job or jobs of a submission. Raises UsageError if there are none."""
    data = entry.keepsake or {"circuits": []}
    source = Source(entry.source_text, entry.source_name or "<string>") if entry.source_text is not None else None
    parts: list[RemoteJob | UnsentJob] = []
    for part in entry.parts:
        is_part = len(data["circuits"]) > part.count
        own = keepsake.part_of(data, part.first, part.count) if is_part else data
        program = keepsake.program_of(own) if own["circuits"] or "identity" in own else None
        if part.job_id is not None:
            parts.append(RemoteJob(link, part.job_id, part.status or "submitted", program, None, own, source))
        else:
            names = tuple(circuit.name for circuit in program.runs) if program else None
            parts.append(UnsentJob(part.tag, program, _without_job(entry, part, names)))
    group = RemoteGroup(link, entry.tag, parts, data.get("order", ()))
    if not group.jobs:
        raise _without_job(entry, entry.parts[0])
    return group if len(parts) > 1 else group.jobs[0]


def _without_job(entry: Submission, part: Part, names: tuple[str, ...] | None = None) -> UsageError:
    state = STATES[part.state]
    facts = {"tag": part.tag, "meaning": state.meaning, "open": entry.tag if state.step else None, "names": names}
    return UsageError([Diagnostic("QC0919", facts=facts)])


def running(link: Link) -> list[str]:
    """The jobs submitted from this computer to this service that were not over when last asked about."""
    parts = [part for entry in link.ledger.latest() if entry.url == link.url for part in entry.parts]
    return [part.job_id for part in parts if part.job_id and not submit.STATUSES.get(part.status or "", False)]
