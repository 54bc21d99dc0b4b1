"""The faults of the service of bare sockets: one row a submission, the same list every time."""

from __future__ import annotations

from itertools import islice, product
from typing import Any, NamedTuple

from raw_service import Account, Post, response, shaped, taken

DOCUMENTED = (400, 401, 403, 404, 413)
LENGTH = len(taken("x" * 36))
SLOW_SECONDS = 10.0
"""Twice as long as the campaign's clients wait for an answer, which is long enough for a busy machine."""

ODD = (
    b"220 mail.example ESMTP\r\n",
    b"HTTP/1.1 201 Created\r\nContent-Length: many\r\n\r\n{}",
    b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    response(201, {"id": 17}),
    response(201, ["id"]),
    response(201, b"<html>"),
    response(103) * 1_000,
)
"""Answers that are none."""


class Trouble(NamedTuple):
    """The faults of one submission: those of its POST, and of the list afterwards."""

    number: int
    kind: str
    post: Post
    list: str

    @property
    def name(self) -> str:
        """The name of its account and its job."""
        return f"b{self.number}"

    @property
    def is_clear(self) -> bool:
        """Whether the list shows metadata, or the job does by its id, within the lag that is waited for."""
        return self.list not in ("late", "never shown")

    def account(self) -> Account:
        """The account it happens to."""
        return Account(posts=[self.post], **LISTS[self.list])


def _repeated(rows: list[dict[str, Any]], query: dict[str, list[str]]) -> Any:
    """The first page is given twice, then the list goes on."""
    number = int(query.get("next", ["0"])[0])
    others = [{"id": f"o{n}", "metadata": {"a": "b"}, "submitted_at": "2020-01-01T00:00:00Z"} for n in range(3)]
    return {"jobs": [*rows, *others] if number else others, "next": None if number else "1"}


LISTS: dict[str, dict[str, Any]] = {
    "prompt": {},
    "lagging": {"lag": 1},
    "late": {"lag": 99},
    "absent": {"metadata": "absent"},
    "null": {"metadata": "null"},
    "never shown": {"metadata": "null", "details": "absent"},
    "out of order": {"page": _repeated},
}


def _posts() -> list[tuple[str, Post]]:
    rows: list[tuple[str, Post]] = []
    for status, takes in product(range(101, 600), (True, False)):
        for body in (None, shaped(status)):
            if not (takes and body and status in DOCUMENTED):  # the service does not deny a job that it took
                rows.append((f"{status}", Post(takes, _saying(response(status, body)))))
    rows += [("cut", Post(True, _cut(cut))) for cut in range(LENGTH)]
    rows += [("interim", Post(True, _after(response(status)))) for status in range(102, 200)]
    rows += [("odd", Post(takes, _saying(said))) for said in ODD for takes in (True, False)]
    rows += [("unread", Post(False, taken, reads=False))]
    rows += [("slow", Post(takes, taken, delay=SLOW_SECONDS)) for takes in (True, False)]
    return rows


def _saying(said: bytes) -> Any:
    return lambda job_id: said if b'"id"' not in said or b"17" in said else said.replace(b"never", job_id.encode())


def _cut(cut: int) -> Any:
    return lambda job_id: taken(job_id)[:cut]


def _after(first: bytes) -> Any:
    return lambda job_id: first + taken(job_id)


def troubles(count: int, stride: int = 1) -> list[Trouble]:
    """`count` of them: every answer to a POST, each with the next kind of list; over and over with other lists."""
    posts, lists = _posts(), list(LISTS)
    rows = ((kind, post, lists[(n + turn) % len(lists)]) for turn in range(99) for n, (kind, post) in enumerate(posts))
    return [Trouble(n, *row) for n, row in enumerate(islice(rows, 0, count * stride, stride))]
