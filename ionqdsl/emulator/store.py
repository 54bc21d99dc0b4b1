"""Stores the emulator's jobs and sessions in one SQLite database.

Takes and returns records (plain dicts); a file keeps them over restarts, `:memory:` does not. A job's status follows
from its times (`shapes.status`), so nothing here changes by itself. One lock, one connection: the emulator serves one
computer.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from ionqdsl.diagnostics import Diagnostic, UsageError

Record = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT UNIQUE NOT NULL,
    parent TEXT,
    backend TEXT NOT NULL,
    session TEXT,
    ends REAL NOT NULL,
    record TEXT NOT NULL,
    payload TEXT,
    outcome TEXT
);
CREATE INDEX IF NOT EXISTS by_parent ON jobs (parent);
CREATE INDEX IF NOT EXISTS by_backend ON jobs (backend, ends);
CREATE TABLE IF NOT EXISTS sessions (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, record TEXT NOT NULL);
"""
_VERSION = 1


def _opened(path: str) -> sqlite3.Connection:
    """A connection to the database with its tables; closed again if something is wrong."""
    with ExitStack() as failure:
        database = failure.enter_context(closing(sqlite3.connect(path, check_same_thread=False)))
        version = database.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, _VERSION):
            raise sqlite3.DatabaseError(f"it was written by another version ({version})")
        database.executescript(_TABLES + f"PRAGMA user_version = {_VERSION};")
        failure.pop_all()
        return database


class Store:
    """The database. Records are copies: write changes back with `put`."""

    def __init__(self, folder: str | None = None) -> None:
        self._lock = threading.RLock()
        self._path = ":memory:"
        try:
            if folder is not None:
                Path(folder).mkdir(parents=True, exist_ok=True)
                self._path = str(Path(folder) / "emulator.sqlite3")
            self._database = _opened(self._path)
        except (OSError, sqlite3.Error) as error:
            raise UsageError(
                [Diagnostic("QC0994", facts={"path": folder, "reason": getattr(error, "strerror", None) or str(error)})]
            ) from None

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._database.close()

    def add(self, records: Iterable[Record], payload: str | None) -> None:
        """Adds jobs in their order, all or none. The first one owns the payload."""
        rows = [
            (job["id"], job["parent_job_id"], job["backend"], job["session_id"], job["ends"], json.dumps(job))
            for job in records
        ]
        with self._lock, self._database:
            for number, row in enumerate(rows):
                self._database.execute(
                    "INSERT INTO jobs (id, parent, backend, session, ends, record, payload) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (*row, None if number else payload),
                )

    def put(self, job: Record) -> None:
        """Writes a changed job."""
        with self._lock, self._database:
            self._database.execute(
                "UPDATE jobs SET record = ?, ends = ? WHERE id = ?", (json.dumps(job), job["ends"], job["id"])
            )

    def job(self, job_id: str) -> Record | None:
        """A job."""
        row = self._one("SELECT record FROM jobs WHERE id = ?", job_id)
        return None if row is None else dict(json.loads(row))

    def number(self, job_id: str) -> int | None:
        """A job's place in the order of creation."""
        row = self._one("SELECT number FROM jobs WHERE id = ?", job_id)
        return None if row is None else int(row)

    def last_number(self) -> int:
        """The highest number that any job has had, 0 before the first."""
        return int(self._one("SELECT seq FROM sqlite_sequence WHERE name = 'jobs'") or 0)

    def payload(self, job_id: str) -> Any:
        """The payload that created a job."""
        row = self._one("SELECT payload FROM jobs WHERE id = ?", job_id)
        return None if row is None else json.loads(row)

    def outcome(self, job_id: str) -> Any:
        """A job's outcome, None until it is requested."""
        row = self._one("SELECT outcome FROM jobs WHERE id = ?", job_id)
        return None if row is None else json.loads(row)

    def put_outcome(self, job_id: str, outcome: Any) -> None:
        """Keeps an outcome."""
        with self._lock, self._database:
            self._database.execute("UPDATE jobs SET outcome = ? WHERE id = ?", (json.dumps(outcome), job_id))

    def delete(self, job_id: str) -> None:
        """Deletes a job and its children."""
        with self._lock, self._database:
            self._database.execute("DELETE FROM jobs WHERE id = ? OR parent = ?", (job_id, job_id))

    def jobs(self, where: str = "", *values: Any, before: int | None = None) -> Iterator[tuple[int, Record]]:
        """Jobs with their numbers, newest first, fetched in pieces so that a long list costs no memory."""
        while True:
            conditions = [text for text in (where, "number < ?" if before is not None else "") if text]
            text = "SELECT number, record FROM jobs" + (" WHERE " + " AND ".join(conditions) if conditions else "")
            arguments = (*values, before) if before is not None else values
            with self._lock:
                rows = self._database.execute(text + " ORDER BY number DESC LIMIT 200", arguments).fetchall()
            for number, record in rows:
                yield number, json.loads(record)
            if len(rows) < 200:
                return
            before = rows[-1][0]

    def busy_until(self, backend: str) -> float:
        """The time when the last job on a backend ends."""
        return float(self._one("SELECT MAX(ends) FROM jobs WHERE backend = ?", backend) or 0.0)

    def session(self, session_id: str) -> Record | None:
        """A session."""
        row = self._one("SELECT record FROM sessions WHERE id = ?", session_id)
        return None if row is None else dict(json.loads(row))

    def put_session(self, session: Record) -> None:
        """Adds or changes a session."""
        with self._lock, self._database:
            self._database.execute(
                "INSERT INTO sessions (id, record) VALUES (?, ?) "
                "ON CONFLICT (id) DO UPDATE SET record = excluded.record",
                (session["id"], json.dumps(session)),
            )

    def sessions(self) -> list[Record]:
        """All sessions, newest first."""
        with self._lock:
            rows = self._database.execute("SELECT record FROM sessions ORDER BY number DESC").fetchall()
        return [json.loads(record) for (record,) in rows]

    def _one(self, text: str, *values: Any) -> Any:
        with self._lock:
            row = self._database.execute(text, values).fetchone()
        return None if row is None else row[0]
