"""Sends questions to the service at a pace, repeats them on failure, and keeps answers that never change.

Takes requests and returns answers, or raises errors that say why there is none. submit.py and the callers decide which
questions to ask and how to read the answers; sending.py sends submissions, which are sent once.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple, TypeVar

from ionqdsl.cloud import endpoints, submit
from ionqdsl.cloud.ledger import Ledger
from ionqdsl.cloud.memory import Memory
from ionqdsl.cloud.pace import Pace, after, wait
from ionqdsl.cloud.states import Patience
from ionqdsl.cloud.submit import Answer, Reply, Request, Watch
from ionqdsl.cloud.transport import Transport
from ionqdsl.diagnostics import Diagnostic, IonqdslError, JobFailed, ServiceError, UsageError, WaitTimedOut

Progress = Callable[[str], None]
Read = TypeVar("Read")


def unseen(text: str) -> None:
    """Discards progress messages."""


@dataclass(frozen=True)
class Timing:
    """Waiting times in seconds; `chance` in [0, 1) spreads pauses, `patience` is for perhaps-sent requests."""

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    patience: Patience = field(default_factory=Patience)


class Trouble(NamedTuple):
    """Why a reply is no answer, and whether asking again would give the same."""

    reason: str
    is_final: bool = False


@dataclass
class Link:
    """The connection to the service: transport, pace, clock, memory, and the receiver of progress messages."""

    transport: Transport
    memory: Memory
    timing: Timing
    warn: Callable[[Diagnostic], None]
    progress: Progress
    pace: Pace = Pace()  # noqa: RUF009 - immutable

    @property
    def url(self) -> str:
        """The address of the service."""
        return self.transport.url

    @property
    def ledger(self) -> Ledger:
        """The ledger. Raises UsageError if it cannot be used."""
        return self.memory.ledger

    def account(self) -> str:
        """The ledger's mark for the key in use. Raises KeyRefused without a key."""
        return self.transport.account(self.ledger.salt())

    def send(self, request: Request) -> Reply:
        """Sends one request, as soon as the pace allows, and returns one reply."""
        seconds, self.pace = wait(self.pace, self.timing.clock())
        if seconds:
            self.timing.sleep(seconds)
        reply = self.transport.send(request)
        self.pace = after(self.pace, reply)
        return reply

    def repeat(
        self, request: Request, read: Callable[[Reply], Read | Trouble], resume: str | None, is_brief: bool = False
    ) -> Read:
        """The value that `read` returns for the first reply that it does not call trouble.

        The request must be one that is safe to send again. Raises ServiceError once patience is exhausted: at once if
        the question `is_brief` or the trouble is final, and after LONGEST_WAITS in any case. The error names `resume`,
        the command that asks again, if it is not the same one.
        """
        watch, until = Watch(), self.timing.clock() + submit.LONGEST_WAITS
        while True:
            reply = self.send(request)
            found = read(reply)
            if not isinstance(found, Trouble):
                return found
            is_last = is_brief or found.is_final or self.timing.clock() >= until
            failed = submit.PATIENCE if is_last else watch.failed
            watch = submit.once_more(Watch(watch.requests + 1, failed), request, found.reason, resume)
            self.pause(watch, reply, about=request.about)

    def pause(self, watch: Watch, reply: Reply | None = None, longest: float = float("inf"), about: str = "it") -> None:
        """Sleeps until the next question `about` something, and says so if the service asks for a long wait."""
        seconds = max(0.0, min(submit.pause(watch, reply, self.timing.chance()), longest))
        if seconds > submit.LONGEST_PAUSE:
            self.warn(Diagnostic("QC0848", None, {"what": about, "wait": f"{seconds:.0f}"}))
        self.timing.sleep(seconds)

    def ask(self, request: Request, resume: str | None, early: int | None = None) -> Answer:
        """The answer to a GET, asked again while the service or the network fails.

        `early` is a status that may only mean "not yet": it is asked about a few more times, then returned.
        """
        tries = count()

        def read(reply: Reply) -> Answer | Trouble:
            failed = next(tries)
            if isinstance(reply, Answer) and reply.status == early:
                return reply if failed >= submit.EARLY_TRIES else Trouble(f"it answered {early}")
            problem = submit.trouble(request, reply)
            return reply if problem is None and isinstance(reply, Answer) else Trouble(problem or "")

        return self.repeat(request, read, resume)

    def ask_once(self, request: Request, resume: str, read: Callable[[Answer], Read]) -> Read | None:
        """The result of `read` for the answer to a GET that never changes; None if it answers 404 to the last.

        The answer is kept in the ledger once it has been read, and fetched only if it is not there. One that makes no
        sense is fetched once more.
        """
        kept = self.memory.kept(request.path)
        if kept is not None:
            with suppress(IonqdslError, ValueError):
                return read(Answer(200, {}, kept))
        for is_last in (False, True):
            answer = self.ask(request, resume, 404)
            if answer.status == 404:
                return None
            try:
                found = read(answer)
            except ServiceError:
                if is_last:
                    raise
                continue
            if not getattr(found, "notes", ()):  # an odd answer may be better next time
                self.memory.keep(request.path, answer.body)
            break
        return found

    def watch(
        self, job_id: str, timeout: float | None, noticed: Callable[[Watch], None], since: float | None = None
    ) -> Watch:
        """Asks about a job until it is over, at least once, and calls `noticed` with the state after each.

        Raises WaitTimedOut `timeout` seconds after now, or after a moment of the clock; the job continues.
        """
        request, watch, resume = endpoints.request("job", job_id), Watch(), resume_command(job_id)
        clock = self.timing.clock
        deadline = float("inf") if timeout is None else (clock() if since is None else since) + timeout
        while True:
            reply = self.send(request)
            watch = submit.read_reply(watch, request, reply, resume)
            noticed(watch)
            if watch.details is not None:
                self.memory.heard(job_id, watch)
            if watch.is_over:
                return watch
            left = deadline - clock()
            if left <= 0:
                facts = {"id": job_id, "status": watch.status, "seconds": timeout, "resume": resume}
                raise WaitTimedOut([Diagnostic("QC0862", facts=facts)])
            self.pause(watch, reply, left, request.about)

    def converse(self, request: Request, once: bool = False) -> Answer:
        """The successful answer to a request that does not submit a job.

        It is asked again while the service fails, unless `once`: then ServiceError says that it is unknown whether the
        request was carried out. Raises KeyRefused and UsageError for refusals.
        """

        def read(reply: Reply) -> Answer | Trouble:
            if isinstance(reply, Answer):
                if 200 <= reply.status < 300:
                    return reply
                if submit.is_refusal(reply) if once else reply.status not in submit.WORTH_ASKING_AGAIN:
                    raise _refusal(request, reply)
            problem = f"it answered {reply.status}" if isinstance(reply, Answer) else reply.reason
            if once and (isinstance(reply, Answer) or reply.sent):
                facts = {"what": request.about, "reason": problem, "look": _look(request)}
                raise ServiceError([Diagnostic("QC0969", None, facts)])
            return Trouble(problem)

        return self.repeat(request, read, None)


def _refusal(request: Request, answer: Answer) -> IonqdslError:
    """The error for a refusal of anything but a new job."""
    if answer.status in submit.ANY or 300 <= answer.status < 400:
        return submit.refusal(request, answer)
    message = submit.message_of(answer)
    if answer.status == 404:
        return UsageError([Diagnostic("QC0967", None, {"what": request.about, "message": message})])
    facts = {
        "what": request.about,
        "status": answer.status,
        "message": message or "no reason given",
        "keys": submit.validation_keys(answer),
        "request": submit.clean(answer.headers.get("x-request-id", "")) or None,
    }
    return (ServiceError if answer.status == 429 else JobFailed)([Diagnostic("QC0968", None, facts)])


def _look(request: Request) -> str:
    return "ionqdsl session list" if request.path.startswith("/sessions") else "ionqdsl jobs list --remote"


def resume_command(job_id: str) -> str:
    """The command that continues waiting for a job."""
    return f"ionqdsl jobs wait {job_id}"
