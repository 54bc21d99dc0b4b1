"""A service over bare sockets: it sends any bytes at any moment, and remembers the jobs it took.

Unlike an HTTP library it can answer 1xx first, cut an answer at any byte, close before it has read, and send bytes that
are not HTTP. Every account is a separate path (`service.url("name")`) with its own jobs, list and faults, so that
thousands of conversations share one service. In the end a test counts `account.jobs`: those that would be billed.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

REASON = "Of Its Own"


def response(status: int, body: Any = None, headers: dict[str, str] | None = None, cut: int | None = None) -> bytes:
    """An answer as it goes over the wire; `cut` is after how many bytes it breaks off."""
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} {REASON}", *(f"{name}: {value}" for name, value in (headers or {}).items())]
    if status >= 200 and status not in (204, 304):
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return ("\r\n".join(lines).encode() + b"\r\n\r\n" + (content if status >= 200 else b""))[:cut]


def shaped(status: int, message: str = "no") -> dict[str, Any]:
    """An error in the form the service documents."""
    return {"statusCode": status, "error": "Refused", "message": message}


class Post(NamedTuple):
    """The fault of a POST: whether the job is taken, the delay of the answer, and the answer.

    `answer` makes bytes of the job's id; `reads` says whether the request is read before the connection is closed.
    """

    takes: bool
    answer: Callable[[str], bytes]
    delay: float = 0.0
    reads: bool = True


def taken(job_id: str) -> bytes:
    """The good answer."""
    return response(201, {"id": job_id, "status": "submitted", "session_id": None})


GOOD = Post(True, taken)


@dataclass
class Job:
    """A job the account is billed for; `hidden` is how many readings of the list do not show it yet."""

    id: str
    body: dict[str, Any]
    hidden: int
    at: float
    status: str = "completed"


@dataclass
class Account:
    """One conversation's jobs and the trouble it has. `posts` are used up, one a POST; then jobs are simply taken.

    `lag` hides a new job from that many readings. `metadata` of rows in the list is "shown", "absent" or
    "null"; `details` the same for a job that is asked for by its id. `page` makes a page of the rows and the query.
    """

    posts: Sequence[Post] = ()
    lag: int = 0
    metadata: str = "shown"
    details: str = "shown"
    page: Callable[[list[dict[str, Any]], dict[str, list[str]]], Any] | None = None
    jobs: list[Job] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, body: dict[str, Any]) -> Job:
        """A new job."""
        job = Job(str(uuid4()), body, self.lag, time.time())
        self.jobs.append(job)
        return job

    @property
    def tags(self) -> list[str]:
        """The tags of its jobs, oldest first."""
        return [(job.body.get("metadata") or {}).get("ionqdsl") for job in self.jobs]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: bytes) -> Iterator[bytes | float]:
        """The bytes to say, and the seconds to wait before them."""
        words = path.split("/")
        if method == "POST" and words[-1] in ("jobs", "clone"):
            given = json.loads(body)
            if words[-1] == "clone":
                given = {**self._job(words[2]).body, **given}
            post = self.posts[0] if self.posts else GOOD
            self.posts = self.posts[1:]
            job_id = self.take(given).id if post.takes else "never"
            yield post.delay
            yield post.answer(job_id)
        elif words[1] == "told":  # the belief of a client without a ledger
            self.told.append(words[2])
            yield response(200)
        elif path == "/jobs":
            yield response(200, self._list(query))
        elif (job := self._job(words[2])) is None:
            yield response(404, shaped(404))
        elif method == "PUT":
            job.status = "canceled"
            yield response(200, {"id": job.id, "status": "canceled"})
        elif words[-1] == "probabilities":
            yield response(200, {"0": 0.5, "3": 0.5})
        else:
            yield response(200, self._row(job, self.details))

    def _job(self, job_id: str) -> Any:
        return next((job for job in self.jobs if job.id == job_id), None)

    def _row(self, job: Job, metadata: str) -> dict[str, Any]:
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(job.at)) + f"{job.at % 1:.6f}Z"[1:]
        row = {"id": job.id, "status": job.status, "type": job.body.get("type"), "submitted_at": moment}
        row |= {key: job.body.get(key) for key in ("name", "backend", "shots")} | {"stats": {"qubits": 2}}
        if metadata != "absent":
            row["metadata"] = job.body.get("metadata") if metadata == "shown" else None
        return row

    def _list(self, query: dict[str, list[str]]) -> Any:
        rows = []
        for job in self.jobs:
            if job.hidden <= 0:
                rows.append(self._row(job, self.metadata))
            job.hidden -= "next" not in query
        rows.reverse()
        if "ids" in query:
            rows = [row for row in rows if row["id"] in query["ids"]]
        return self.page(rows, query) if self.page else {"jobs": rows, "next": None}


class RawService:
    """`with RawService() as service:` listens until the block ends."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}

    def account(self, name: str, account: Account) -> str:
        """Opens an account; its address."""
        self.accounts[name] = account
        return f"http://127.0.0.1:{self.port}/{name}/v0.4"

    def __enter__(self) -> RawService:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        """One request, one answer, and the end: whatever was left unsaid breaks off."""
        with connection:
            connection.settimeout(30)
            try:
                self._exchange(connection)
            except OSError:
                return

    def _exchange(self, connection: socket.socket) -> None:
        file = connection.makefile("rb")
        line = file.readline().decode("latin-1").split()
        if len(line) < 2:
            return
        parts = urlsplit(line[1])
        _, name, _, *rest = parts.path.split("/")
        account = self.accounts[name]
        is_post = line[0] == "POST"
        if is_post and account.posts and not account.posts[0].reads:
            account.posts = account.posts[1:]
            return
        length = 0
        while (header := file.readline()) not in (b"\r\n", b"\n", b""):
            key, _, value = header.decode("latin-1").partition(":")
            length = int(value) if key.lower() == "content-length" else length
        body = file.read(length)
        with account.lock:
            account.asked.append(line[0])
            for piece in account.answer(line[0], "/" + "/".join(rest), parse_qs(parts.query), body):
                if isinstance(piece, bytes):
                    connection.sendall(piece)
                elif piece:
                    time.sleep(piece)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)  # so that the client has read before the socket is gone
