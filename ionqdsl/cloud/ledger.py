"""The ledger: records every submission before it is sent, its outcome, and every result that was fetched.

Takes records and events, which are on the disk before the call returns, and returns records. It is an SQLite file in
the state folder that threads and processes share (see database.py). states.py says which events may follow which state;
nothing here asks the service. No key is ever written: texts pass through `withheld`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from hashlib import sha256
from secrets import token_hex
from typing import Any

from ionqdsl.cloud import database, tables
from ionqdsl.cloud.database import Damaged, unusable
from ionqdsl.cloud.key import withheld
from ionqdsl.cloud.owner import Owner, is_gone
from ionqdsl.cloud.states import DOUBTS, OPEN, TRANSITIONS
from ionqdsl.cloud.tables import Part as Part
from ionqdsl.cloud.tables import Submission as Submission
from ionqdsl.cloud.tables import packed
from ionqdsl.diagnostics import Diagnostic, UsageError
from ionqdsl.settings import folder_for

FILE = "ledger.sqlite"
BUSY_SECONDS = 60.0
"""How long to wait for another process that is writing."""
WATCH_SECONDS = 86_400.0
"""How long a tag that may have become more than one job is looked for again: longer than any lag of the list."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE submissions (
            tag TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, url TEXT NOT NULL, account TEXT NOT NULL,
            backend TEXT, name TEXT, shots INTEGER, made REAL NOT NULL, plan TEXT,
            source_name TEXT, source_text BLOB, keepsake BLOB NOT NULL,
            owner TEXT, until REAL)""",
        "CREATE INDEX by_fingerprint ON submissions (fingerprint)",
        """CREATE TABLE parts (
            tag TEXT PRIMARY KEY, submission TEXT NOT NULL REFERENCES submissions, position INTEGER NOT NULL,
            first INTEGER NOT NULL, count INTEGER NOT NULL, digest TEXT NOT NULL, body BLOB,
            state TEXT NOT NULL, attempts INTEGER NOT NULL, changed REAL NOT NULL,
            job_id TEXT, status TEXT, problem TEXT)""",
        "CREATE INDEX by_submission ON parts (submission, position)",
        "CREATE INDEX by_state ON parts (state)",
        "CREATE INDEX by_job ON parts (job_id)",
        "CREATE TABLE answers (url TEXT, path TEXT, body BLOB NOT NULL, PRIMARY KEY (url, path)) WITHOUT ROWID",
        "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "INSERT INTO facts VALUES ('salt', lower(hex(randomblob(16))))",
    ),
    (
        "ALTER TABLE submissions ADD COLUMN clone_of TEXT",
        "ALTER TABLE parts ADD COLUMN watched REAL",
        "ALTER TABLE parts ADD COLUMN doubles TEXT",
        "CREATE INDEX by_watch ON parts (watched) WHERE watched IS NOT NULL",
    ),
)
"""Row n upgrades version n of the file to version n + 1."""


def new_tag() -> str:
    """A unique tag: 80 random bits."""
    return f"iq-{token_hex(10)}"


def is_tag(name: str) -> bool:
    """Whether a name is a tag, and not a job's id."""
    return name.startswith("iq-")


def default_path() -> str:
    """The path of the ledger used by default."""
    return os.path.join(folder_for("state"), FILE)


class Ledger:
    """The ledger at a path, created if missing; ":memory:" is one that is forgotten.

    Every method raises UsageError (QC0901 to QC0903, QC0930) if the file cannot be used. Threads, forked children and
    other processes may share the file, and any number of ledgers may have it open.
    """

    def __init__(self, path: str | None = None, clock: Callable[[], float] = time.time) -> None:
        self.path = path or default_path()
        self._clock = clock
        self._database = database.acquire(self.path, MIGRATIONS, BUSY_SECONDS)
        self._generation = self._database.generation
        self._release = weakref.finalize(self, self._database.release)
        try:
            with self._database.reading():  # problems with the file are reported now
                self._generation = self._database.generation
        except BaseException:
            self.close()  # the caller never gets this ledger, so could not close it
            raise

    def close(self) -> None:
        """Closes the file, unless another ledger of this process uses it. A closed ledger cannot be used again."""
        self._release()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _reading(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._using(self._database.reading())

    def _writing(self) -> AbstractContextManager[sqlite3.Connection]:
        return self._using(self._database.writing())

    @contextmanager
    def _using(self, use: AbstractContextManager[sqlite3.Connection]) -> Iterator[sqlite3.Connection]:
        """A use of the file that this ledger opened. Raises UsageError (QC0930), once, if it was replaced."""
        if not self._release.alive:
            raise unusable(self.path, "it was closed")
        try:
            with use as connection:
                if self._generation != self._database.generation:
                    raise database.moved(self.path)
                yield connection
        finally:
            self._generation = self._database.generation

    # -- submissions ---------------------------------------------------------------------------------------------

    def salt(self) -> str:
        """Makes the marks of accounts specific to this ledger."""
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM facts WHERE name = 'salt'").fetchone()
            if row is None or not isinstance(row[0], str):
                raise Damaged("its salt is lost")
            return row[0]

    def intend(self, submission: Submission, bodies: Iterable[bytes], owner: Owner | None = None) -> Submission | None:
        """Records a submission, and everything needed to finish it, before any of it is sent.

        Returns None if its tag is in the ledger already: a plan that another process has recorded.
        """
        now = self._clock()
        text, data = submission.source_text, json.dumps(submission.keepsake or {"circuits": []})
        with self._writing() as connection:
            row = (
                submission.tag,
                submission.fingerprint,
                submission.url,
                submission.account,
                submission.backend,
                submission.name and withheld(submission.name),
                submission.shots,
                now,
                submission.plan,
                submission.source_name and withheld(submission.source_name),
                None if text is None else packed(withheld(text).encode()),
                packed(withheld(data).encode()),
                *(owner.lease(now) if owner else (None, None)),
                submission.clone_of,
            )
            marks = ",".join("?" * len(row))
            if not connection.execute(f"INSERT OR IGNORE INTO submissions VALUES ({marks})", row).rowcount:
                return None
            for position, (part, body) in enumerate(zip(submission.parts, bodies, strict=True)):
                connection.execute(
                    "INSERT INTO parts VALUES (?,?,?,?,?,?,?,?,?,?,NULL,NULL,NULL,NULL,NULL)",
                    (part.tag, submission.tag, position, part.first, part.count, part.digest, packed(body),
                     part.state, part.attempts, now),
                )  # fmt: skip
        parts = tuple(replace(part, changed=now) for part in submission.parts)
        return replace(submission, created=now, parts=parts)

    def claim(self, tag: str, owner: Owner) -> Submission | None:
        """Claims a submission for this owner, or renews the claim; None while another owner is working on it."""
        now = self._clock()
        with self._writing() as connection:
            row = connection.execute("SELECT owner, until FROM submissions WHERE tag = ?", (tag,)).fetchone()
            if row is None:
                return None
            other, until = tables.claim(row)
            if not (other is None or other == owner.name or is_gone(other, until, now)):
                return None
            connection.execute("UPDATE submissions SET owner = ?, until = ? WHERE tag = ?", (*owner.lease(now), tag))
        return self.submission(tag)

    def release(self, tag: str, owner: Owner) -> None:
        """Gives up the claim."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE submissions SET owner = NULL, until = NULL WHERE tag = ? AND owner = ?", (tag, owner.name)
            )

    def move(self, part: Part, event: str, **facts: str) -> Part:
        """The part after an event. `facts` are job_id, status and problem.

        Raises UsageError if the part is no longer in the expected state: another process has moved it.
        """
        state = TRANSITIONS[part.state, event]
        values = {name: withheld(value)[:1000] for name, value in facts.items()}
        attempts = part.attempts + (event == "send")
        moved = replace(part, state=state, attempts=attempts, changed=self._clock(), **values)  # type: ignore[arg-type]
        with self._writing() as connection:
            done = connection.execute(
                "UPDATE parts SET state = ?, attempts = ?, changed = ?, job_id = ?, status = ?, problem = ?,"
                " body = CASE WHEN ? THEN body END WHERE tag = ? AND state = ? AND attempts = ?",
                (state, attempts, moved.changed, moved.job_id, moved.status, moved.problem,
                 state in OPEN, part.tag, part.state, part.attempts),
            )  # fmt: skip
            if done.rowcount != 1:
                raise unusable(self.path, f"submission {part.tag} was changed by another process")
            if event in DOUBTS or attempts > 1:
                connection.execute(
                    "UPDATE parts SET watched = ? WHERE tag = ?", (moved.changed + WATCH_SECONDS, part.tag)
                )
        return moved

    def watch(self, tag: str) -> None:
        """Marks all parts of a submission to be looked for again for a while, because others may send them too."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE parts SET watched = ? WHERE submission = ?", (self._clock() + WATCH_SECONDS, tag)
            )

    def watched(self) -> list[Submission]:
        """Submissions some of whose parts may have become more than one job, oldest first, without texts."""
        return self._load(
            "WHERE tag IN (SELECT submission FROM parts WHERE watched > ? AND state = 'confirmed') ORDER BY rowid",
            (self._clock(),),
        )

    def doubled(self, part: Part, job_id: str, status: str, doubles: Iterable[str]) -> Part:
        """The part with the job that counts for it, and the later jobs with the same tag."""
        part_with_job = replace(part, job_id=job_id, status=status, doubles=tuple(doubles))
        with self._writing() as connection:
            connection.execute(
                "UPDATE parts SET job_id = ?, status = ?, doubles = ? WHERE tag = ? AND state = 'confirmed'",
                (job_id, status, " ".join(part_with_job.doubles) or None, part.tag),
            )
        return part_with_job

    def body(self, part: Part) -> bytes:
        """The exact bytes of an open part. Raises UsageError if they differ from those recorded."""
        with self._reading() as connection:
            row = connection.execute("SELECT body FROM parts WHERE tag = ?", (part.tag,)).fetchone()
            body = tables.unpacked(row[0] if row else None)
            if sha256(body).hexdigest() != part.digest:
                raise Damaged("a request was changed in it")
        return body

    def note(self, job_id: str, status: str) -> None:
        """Keeps the last known status of a job."""
        with self._reading() as connection:
            row = connection.execute("SELECT status FROM parts WHERE job_id = ?", (job_id,)).fetchone()
        if row is not None and row[0] != status:
            with self._writing() as connection:
                connection.execute(
                    "UPDATE parts SET status = ?, changed = ? WHERE job_id = ?", (status, self._clock(), job_id)
                )

    def submission(self, tag: str) -> Submission:
        """One submission with everything recorded about it."""
        submissions = self._load("WHERE tag = ?", (tag,), whole=True)
        if not submissions:
            raise UsageError(
                [Diagnostic("QC0902", facts={"path": self.path, "reason": f"the entry of `{tag}` is lost"})]
            )
        return submissions[0]

    def find(self, name: str) -> Submission | None:
        """The submission that a tag or a job's id belongs to, including the ids of doubles."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT submission FROM parts WHERE job_id = :name OR tag = :name OR submission = :name", {"name": name}
            ).fetchone()
            if row is None:
                row = connection.execute(
                    "SELECT submission FROM parts WHERE doubles IS NOT NULL AND instr(' ' || doubles || ' ', ?)",
                    (f" {name} ",),
                ).fetchone()
        return self.submission(row[0]) if row else None

    def part(self, tag: str) -> Part:
        """One part as it is now."""
        entry = self.find(tag)
        if entry is None:
            raise unusable(self.path, f"submission {tag} was removed by another process")
        return entry.part(tag)

    def latest(self, limit: int = -1) -> list[Submission]:
        """The latest submissions, newest first, without texts."""
        return self._load("ORDER BY rowid DESC LIMIT ?", (limit,))

    def unfinished(self, is_idle: bool = False) -> list[Submission]:
        """Submissions that are open, or whose job has not been passed on yet, oldest first, without texts.

        With `is_idle` only those that no process is working on.
        """
        marks = ",".join("?" * len(OPEN))
        submissions = self._load(
            f"WHERE tag IN (SELECT submission FROM parts WHERE state IN ({marks})) OR (owner IS NOT NULL"
            " AND tag IN (SELECT submission FROM parts WHERE state = 'confirmed')) ORDER BY rowid",
            OPEN,
        )
        if not is_idle or not submissions:
            return submissions
        now = self._clock()
        with self._reading() as connection:
            claims = connection.execute("SELECT tag, owner, until FROM submissions WHERE owner IS NOT NULL").fetchall()
            owners = {tag: tables.claim(claim) for tag, *claim in claims}
        busy = {tag for tag, (owner, until) in owners.items() if owner and not is_gone(owner, until, now)}
        return [entry for entry in submissions if entry.tag not in busy]

    def with_plan(self, digest: str) -> Submission | None:
        """The submission of a plan, unless it was refused or given up."""
        submissions = self._load("WHERE plan = ? ORDER BY rowid DESC", (digest,))
        alive = (
            entry for entry in submissions if any(part.state not in ("refused", "abandoned") for part in entry.parts)
        )
        return next(alive, None)

    def given_up(self) -> dict[Part, Submission]:
        """Parts that were given up after they had perhaps been sent, each with its submission."""
        submissions = self._load(
            "WHERE tag IN (SELECT submission FROM parts WHERE state = 'abandoned' AND attempts)", ()
        )
        return {
            part: entry for entry in submissions for part in entry.parts if part.state == "abandoned" and part.attempts
        }

    def is_clock_sound(self) -> bool:
        """Whether the clock has only gone forward since the last entry."""
        with self._reading() as connection:
            row = connection.execute("SELECT max(changed) FROM parts").fetchone()
            if not isinstance(row[0], int | float | None):
                raise Damaged("the time of an entry is no number")
            return (row[0] or 0.0) <= self._clock() + 1.0

    def _load(self, clause: str, values: tuple[Any, ...], whole: bool = False) -> list[Submission]:
        """The submissions that a clause selects, in its order, each with its parts."""
        texts = ", source_text, keepsake" if whole else ""
        chosen = f"SELECT tag FROM submissions {clause}"
        with self._reading() as connection:
            entries = connection.execute(
                f"SELECT {tables.SUBMISSION_COLUMNS}{texts} FROM submissions {clause}", values
            ).fetchall()
            rows = connection.execute(
                f"SELECT submission, {tables.PART_COLUMNS} FROM parts WHERE submission IN ({chosen}) ORDER BY position",
                values,
            ).fetchall()
            parts: dict[str, list[Part]] = {row[0]: [] for row in entries}
            for submission, *fields in rows:
                if submission in parts:  # another process may have added one in between
                    parts[submission].append(tables.part(fields))
            return [tables.submission(row, tuple(parts[row[0]])) for row in entries]

    # -- answers -------------------------------------------------------------------------------------------------

    def keep(self, url: str, path: str, body: bytes) -> None:
        """Keeps an answer that will not change: a result, the last state of a job."""
        with self._writing() as connection:
            connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?)", (url, path, packed(body)))

    def kept(self, url: str, path: str) -> bytes | None:
        """An answer kept earlier."""
        with self._reading() as connection:
            row = connection.execute("SELECT body FROM answers WHERE url = ? AND path = ?", (url, path)).fetchone()
            return tables.unpacked(row[0]) if row else None
