"""Decides which request to send to the service next, and interprets its answers: tables and pure functions.

Takes requests, answers and lost connections as data, and returns requests, waiting times or errors. Nothing here opens
a socket, sleeps, reads a clock or sees the key. Sources: the API specification v0.4 (jobs, errors).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from ionqdsl.cloud.fields import at, block
from ionqdsl.diagnostics import (
    Diagnostic,
    IonqdslError,
    JobFailed,
    KeyRefused,
    Refused,
    ServiceError,
    UsageError,
)
from ionqdsl.diagnostics.codes.service import FAILURE_HINTS
from ionqdsl.ir.arguments import refused
from ionqdsl.nesting import loads

_HUGE = re.compile(rb"[eE]\+?\d{3}|\d{300}")
"""Marks a number that may be too large for a float."""

_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""Marks a character that may be half of a surrogate pair, which is no text and cannot be sent or kept."""


def _no_number(text: str) -> None:
    """NaN or an infinity."""


def _finite(text: str) -> float | None:
    number = float(text)
    return number if abs(number) < float("inf") else None


@dataclass(frozen=True)
class Request:
    """One request: the path comes after the API's address; a body makes it JSON."""

    method: str
    path: str
    body: bytes | None = None
    about: str = ""  # the subject in messages: "job 17", "the job named `bell`"


@dataclass(frozen=True)
class Answer:
    """The service's reply; header names are in lower case. `at` is its time of arrival, in seconds since 1970."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    at: float | None = None

    @property
    def json(self) -> Any:
        """The body as JSON, or None if it is not JSON. NaN and infinities count as null, halves of pairs as `?`."""
        try:
            read = loads(self.body, parse_constant=_no_number, parse_float=_finite if _HUGE.search(self.body) else None)
            if _HALF.search(self.body):
                return json.loads(json.dumps(read, ensure_ascii=False).encode(errors="replace"))
            return read
        except ValueError:
            return None

    @property
    def date(self) -> float | None:
        """The time of the answer by the service's clock, in seconds since 1970."""
        return _moment(self.headers.get("date", ""))

    @property
    def retry_after(self) -> float | None:
        """Seconds that the service asks to wait, given as seconds or as a date (by its own clock if known)."""
        text = self.headers.get("retry-after", "").strip()
        if text.isascii() and text.isdigit():
            return min(float(text), LONGEST_WAIT)
        until, now = _moment(text), self.date or self.at
        return None if until is None or now is None else min(max(until - now, 0.0), LONGEST_WAIT)


def _moment(text: str) -> float | None:
    """A date in a header, in seconds since 1970."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


@dataclass(frozen=True)
class Lost:
    """No whole answer came. `sent` says whether the request may have arrived; `status` is known if the answer began."""

    reason: str
    sent: bool
    host: str = "the service"
    status: int | None = None


Reply = Answer | Lost


class Ticket(NamedTuple):
    """The service's receipt for a job."""

    id: str
    status: str


# -- requests ----------------------------------------------------------------------------------------------------


def identifier(value: Any) -> str:
    """An id, a tag or the name of a backend, from a user. Raises UsageError for anything but text, and for none."""
    if isinstance(value, str) and value.strip():
        return value
    raise refused("the id or the name", "a text that is not empty", value)


def quoted(word: str) -> str:
    """An id in a path; one with half of a surrogate pair, which a terminal may produce, is the id of nothing."""
    return quote(identifier(word), safe="", errors="surrogatepass")


def post_job(body: bytes, about: str, clone_of: str | None = None) -> Request:
    """Submits a payload, or has a job run once more with the changes in the body."""
    path = "/jobs" if clone_of is None else f"/jobs/{quoted(clone_of)}/clone"
    return Request("POST", path, body, about if clone_of is None else f"job {clone_of}")


# -- the meaning of an answer ------------------------------------------------------------------------------------


class Diagnosis(NamedTuple):
    """A code, and the kind of error that says whose fault it is."""

    code: str
    error: type[IonqdslError]


ANY = {401: Diagnosis("QC0824", KeyRefused), 403: Diagnosis("QC0825", KeyRefused)}
"""Answers that mean the same to every request."""

REFUSALS = ANY | {
    400: Diagnosis("QC0830", JobFailed),
    404: Diagnosis("QC0831", UsageError),
    413: Diagnosis("QC0834", Refused),
}
"""Documented answers to a POST saying that it created nothing; see `is_refusal`."""

DOUBTFUL = {
    409: Diagnosis("QC0833", ServiceError),
    429: Diagnosis("QC0835", ServiceError),
    **{status: Diagnosis("QC0836", ServiceError) for status in (408, *range(500, 600))},
    **{status: Diagnosis("QC0847", ServiceError) for status in range(300, 400)},
}
"""Answers to a submission that leave open whether it arrived; so do all answers in neither table (QC0846)."""

REDIRECT = Diagnosis("QC0838", UsageError)
OTHER_REFUSAL = Diagnosis("QC0839", JobFailed)

WORTH_ASKING_AGAIN = frozenset({408, 409, 425, 429, *range(500, 600)})
"""Answers to a GET that may be different next time."""


def accepted(request: Request, reply: Reply) -> Ticket:
    """The ticket of a submission. Raises the error for a refusal, a failure or a lost connection."""
    if isinstance(reply, Lost):
        if reply.status is not None and 200 <= reply.status < 300:
            raise _error(Diagnosis("QC0837", ServiceError), what=request.about)
        code = "QC0841" if reply.sent else "QC0840"
        raise _error(Diagnosis(code, ServiceError), host=reply.host, reason=reply.reason, what=request.about)
    if not 200 <= reply.status < 300:
        raise _explained(_meaning_to_post(request, reply), request, reply)
    answer = reply.json
    job_id = at(answer, "id")
    if not isinstance(job_id, str) or not job_id:
        raise _error(Diagnosis("QC0837", ServiceError), what=request.about)
    return Ticket(clean(job_id), clean(answer.get("status") or "submitted"))


def is_refusal(answer: Answer) -> bool:
    """Whether the service itself says that a POST created nothing: a documented status, in the documented form.

    The form (`statusCode`, `error`, `message`) tells it from proxies, which do not know whether the service acted.
    Source: POST /jobs and the schema `Error` of the specifications; 401, 403 and 404 are those of all requests.
    """
    body = answer.json
    if answer.status not in REFUSALS or not isinstance(body, dict):
        return False
    texts = (body.get("error"), body.get("message"))
    return body.get("statusCode") == answer.status and all(isinstance(text, str) for text in texts)


def _meaning_to_post(request: Request, answer: Answer) -> Diagnosis:
    """The meaning of an unsuccessful answer to a submission."""
    if not is_refusal(answer):
        return DOUBTFUL.get(answer.status, Diagnosis("QC0846", ServiceError))
    if answer.status == 404 and request.path != "/jobs":
        return Diagnosis("QC0832", UsageError)  # there is no job to clone
    if answer.status == 404 and _session_of(request):
        return Diagnosis("QC0845", UsageError)
    return REFUSALS[answer.status]


def _session_of(request: Request) -> str | None:
    """The session that a job names."""
    session = at(Answer(0, body=request.body or b"").json, "session_id")
    return clean(session, 100) if isinstance(session, str) and session else None


def refusal(request: Request, answer: Answer) -> IonqdslError:
    """The error for an unsuccessful answer to anything but a submission."""
    meaning = ANY.get(answer.status)
    if meaning is None and answer.status == 404:
        meaning = Diagnosis("QC0832", UsageError)
    if meaning is None and 300 <= answer.status < 400:
        meaning = REDIRECT
    return _explained(meaning or OTHER_REFUSAL, request, answer)


def _explained(meaning: Diagnosis, request: Request, answer: Answer) -> IonqdslError:
    wait = answer.retry_after
    return _error(
        meaning,
        status=answer.status,
        message=message_of(answer) or ("no reason given" if meaning.code in ("QC0830", "QC0839", "QC0845") else None),
        keys="`session_id`" if meaning.code == "QC0845" else validation_keys(answer),
        request=clean(answer.headers.get("x-request-id", "")) or None,
        location=clean(answer.headers.get("location", "")).split("?")[0] or "nowhere",
        url=request.path.split("?")[0],
        id=request.about.removeprefix("job "),
        session=_session_of(request),
        size=len(request.body or b""),
        wait="a minute or so" if wait is None else f"{wait:g} s",
        what=request.about,
    )


def message_of(answer: Answer) -> str | None:
    """The service's message, in any of the forms that it and the proxies before it use."""
    body = answer.json
    error = at(body, "error")
    message = at(body, "message") or (at(error, "message") if isinstance(error, dict) else error)
    return clean(message) if isinstance(message, str) and message else None


def validation_keys(answer: Answer) -> str | None:
    """The fields that a refusal complains about."""
    keys = at(answer.json, "validation", "keys")
    return ", ".join(f"`{clean(key, 100)}`" for key in keys[:20]) or None if isinstance(keys, list) else None


def clean(text: Any, length: int = 500) -> str:
    """Text from outside, fit for a terminal: one line, no control characters, not endless."""
    words = " ".join(str(text)[: 4 * length].split())
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in words)
    return shown if len(shown) <= length else shown[:length] + "..."


def _error(meaning: Diagnosis, **facts: Any) -> IonqdslError:
    return meaning.error([Diagnostic(meaning.code, facts=facts)])


# -- waiting -----------------------------------------------------------------------------------------------------

STATUSES = {"submitted": False, "ready": False, "started": False, "completed": True, "failed": True, "canceled": True}
"""Whether a status is final; unknown statuses are not."""

FIRST_PAUSE, GROWTH, LONGEST_PAUSE = 1.0, 1.5, 30.0
LONGEST_WAIT, LONGEST_WAITS = 300.0, 600.0
"""Seconds: the first pause between two questions, the longest, the longest that the service may ask for at once, and
after how many a question that it does not answer is given up."""
PATIENCE = 8
"""How many questions in a row may fail."""
EARLY_TRIES = 3
"""How often a 404 may mean "not yet": for a job just made, for the results of a job just completed."""


@dataclass(frozen=True)
class Watch:
    """The state of a question that is repeated until it is answered."""

    requests: int = 0
    failed: int = 0  # in a row
    status: str = "submitted"
    details: Mapping[str, Any] | None = None

    @property
    def is_over(self) -> bool:
        """Whether the job can no longer change."""
        return self.details is not None and STATUSES.get(self.status, False)


def pause(watch: Watch, reply: Reply | None, chance: float) -> float:
    """Seconds until the next question; `chance` in [0, 1) spreads clients that started together.

    A Retry-After of the service is obeyed, up to LONGEST_WAIT.
    """
    asked_for = reply.retry_after if isinstance(reply, Answer) else None
    if asked_for is not None:
        return asked_for + chance * FIRST_PAUSE
    steps = min(max(watch.requests, watch.failed) - 1, 20)
    return float(min(FIRST_PAUSE * GROWTH**steps, LONGEST_PAUSE)) * (0.5 + chance / 2)


def progress_line(job_id: str, watch: Watch) -> str:
    """A line about the state of a job, with the service's estimate of the queue if given."""
    wait = (watch.details or {}).get("predicted_wait_time_ms")
    minutes = round(wait / 60_000) if isinstance(wait, int | float) and wait < 1e12 else 0
    queue = f", about {minutes} min to wait" if minutes > 0 and watch.status in ("submitted", "ready") else ""
    return f"job {job_id}: {watch.status}{queue}"


def read_reply(watch: Watch, request: Request, reply: Reply, resume: str) -> Watch:
    """The state after a reply to a GET of a job. Raises if asking again is useless."""
    watch = replace(watch, requests=watch.requests + 1)
    if isinstance(reply, Answer) and reply.status == 404 and watch.requests <= EARLY_TRIES:
        return once_more(watch, request, "it answered 404", resume)
    problem = trouble(request, reply)
    if problem is None and isinstance(reply, Answer):
        details = reply.json
        if isinstance(details, dict) and isinstance(details.get("status"), str):
            return replace(watch, failed=0, status=clean(details["status"]), details=details)
        problem = "it is not a job"
    return once_more(watch, request, problem or "", resume)


def trouble(request: Request, reply: Reply) -> str | None:
    """Why a GET failed, in words, if asking again may help; None after success. Raises the error of a refusal."""
    if isinstance(reply, Lost):
        return reply.reason
    if reply.status in WORTH_ASKING_AGAIN:
        return f"it answered {reply.status}"
    if not 200 <= reply.status < 300:
        raise refusal(request, reply)
    return None


def once_more(watch: Watch, request: Request, problem: str, resume: str | None) -> Watch:
    """Counts a failure. Raises once patience is exhausted."""
    if watch.failed + 1 >= PATIENCE:
        raise _error(Diagnosis("QC0843", ServiceError), what=request.about, reason=problem, resume=resume)
    return replace(watch, failed=watch.failed + 1)


def ending(job_id: str, watch: Watch) -> None:
    """Raises JobFailed unless the job was completed."""
    if watch.status == "canceled":
        raise _error(Diagnosis("QC0861", JobFailed), id=job_id)
    if watch.status != "failed":
        return
    failure = block(watch.details, "failure")
    code = clean(failure.get("code") or "no reason given")
    message = failure.get("message") or failure.get("error")
    raise _error(
        Diagnosis("QC0860", JobFailed),
        id=job_id,
        failure=code,
        message=clean(message) if message else None,
        hint=FAILURE_HINTS.get(code),
    )
