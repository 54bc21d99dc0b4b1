"""Checks rows of the ledger's tables and turns them into records.

Takes rows as SQLite gives them. SQLite allows any value in any column, and a file that was overwritten in one place
still opens: a value that the ledger cannot have written raises Damaged, before anything is concluded from it.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ionqdsl.cloud.database import Damaged
from ionqdsl.cloud.keepsake import is_keepsake
from ionqdsl.cloud.states import OPEN, STATES
from ionqdsl.nesting import loads


@dataclass(frozen=True)
class Part:
    """One POST: some of the submission's circuits, and the job they became. `changed` is in seconds since 1970.

    `doubles` are later jobs with the same tag: they belong to the part too, but no result is taken from them.
    """

    tag: str
    first: int
    count: int
    digest: str
    state: str = "intended"
    attempts: int = 0
    changed: float = 0.0
    job_id: str | None = None
    status: str | None = None
    problem: str | None = None
    doubles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Submission:
    """A user's single request, in one or several parts; times are in seconds since 1970.

    `clone_of` is the job that the service is to run once more; without it the parts' bodies are whole jobs.
    """

    tag: str
    fingerprint: str
    url: str
    account: str
    parts: tuple[Part, ...]
    backend: str | None = None
    name: str | None = None
    shots: int | None = None
    created: float = 0.0
    plan: str | None = None
    clone_of: str | None = None
    source_name: str | None = None
    source_text: str | None = None
    keepsake: Mapping[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Whether something remains to be sent or found out."""
        return any(part.state in OPEN for part in self.parts)

    @property
    def id(self) -> str:
        """The name to use with `jobs`: the job's id, or the tag if there is no job or more than one."""
        return (self.parts[0].job_id if len(self.parts) == 1 else None) or self.tag

    def double_of(self, job_id: str) -> Part | None:
        """The part a job is a double of."""
        return next((part for part in self.parts if job_id in part.doubles), None)

    def named(self, name: str) -> Submission:
        """The submission with only the part whose job or tag has this name; with all parts if the name means all."""
        parts = tuple(part for part in self.parts if name in (part.job_id, part.tag))
        return replace(self, parts=parts) if parts and name != self.tag else self

    def part(self, tag: str) -> Part:
        """The part with a tag."""
        return next(part for part in self.parts if part.tag == tag)


Check = Callable[[Any], bool]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and value >= 0


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and abs(value) < float("inf")


def _or_nothing(check: Check) -> Check:
    return lambda value: value is None or check(value)


_PART: dict[str, Check] = {
    "tag": _is_name,
    "first": _is_count,
    "count": _is_count,
    "digest": _is_text,
    "state": lambda value: isinstance(value, str) and value in STATES,
    "attempts": _is_count,
    "changed": _is_time,
    "job_id": _or_nothing(_is_name),
    "status": _or_nothing(_is_text),
    "problem": _or_nothing(_is_text),
    "doubles": _or_nothing(_is_text),
}
_SUBMISSION: dict[str, Check] = {
    "tag": _is_name,
    "fingerprint": _is_text,
    "url": _is_text,
    "account": _is_text,
    "backend": _or_nothing(_is_text),
    "name": _or_nothing(_is_text),
    "shots": _or_nothing(lambda value: isinstance(value, int)),
    "made": _is_time,
    "plan": _or_nothing(_is_text),
    "clone_of": _or_nothing(_is_name),
    "source_name": _or_nothing(_is_text),
}
_CLAIM: dict[str, Check] = {"owner": _or_nothing(_is_text), "until": _or_nothing(_is_time)}
PART_COLUMNS, SUBMISSION_COLUMNS = ", ".join(_PART), ", ".join(_SUBMISSION)
"""The columns that `part` and `submission` take, in this order."""


def part(row: Sequence[Any]) -> Part:
    """The part of a row. Raises Damaged."""
    _checked(_PART, row)
    *fields, doubles = row
    result = replace(Part(*fields), doubles=tuple((doubles or "").split()))
    if (result.state == "confirmed") != (result.job_id is not None):
        raise Damaged(f"`{result.tag}` is {STATES[result.state].meaning} and its job is `{result.job_id}`")
    return result


def submission(row: Sequence[Any], parts: tuple[Part, ...]) -> Submission:
    """The submission of a row, which may end with its text and its keepsake. Raises Damaged."""
    width = len(_SUBMISSION)
    _checked(_SUBMISSION, row[:width])
    if not parts:
        raise Damaged(f"`{row[0]}` has no parts")
    tag, fingerprint, url, account, backend, name, shots, created, plan, clone_of, source_name = row[:width]
    text, data = map(unpacked_text, row[width:] or (None, None))
    kept = None
    if data is not None:
        try:
            kept = loads(data)
        except ValueError:
            kept = ()
        if not is_keepsake(kept):
            raise Damaged(f"the circuits of `{row[0]}` cannot be read")
    return Submission(
        tag, fingerprint, url, account, parts, backend, name, shots, created, plan, clone_of, source_name, text, kept
    )  # fmt: skip


def claim(row: Sequence[Any]) -> tuple[str | None, float | None]:
    """The owner working on a submission, and the time until which the claim counts. Raises Damaged."""
    _checked(_CLAIM, row)
    owner, until = row
    return owner, until


def _checked(checks: Mapping[str, Check], row: Sequence[Any]) -> None:
    for (name, check), value in zip(checks.items(), row, strict=True):
        if not check(value):
            raise Damaged(f"the {name.replace('_', ' ')} of an entry cannot be `{str(value)[:40]}`")


def packed(content: bytes) -> bytes:
    """Bytes in the form in which they are stored."""
    return zlib.compress(content, 1)


def unpacked(content: Any) -> bytes:
    """Stored bytes. Raises Damaged."""
    try:
        return zlib.decompress(content)
    except (TypeError, zlib.error):
        raise Damaged("the data of an entry cannot be unpacked") from None


def unpacked_text(content: Any) -> str | None:
    """A stored text, or None. Raises Damaged."""
    if content is None:
        return None
    try:
        return unpacked(content).decode()
    except UnicodeDecodeError:
        raise Damaged("a text in it is no UTF-8") from None
