"""The SQLite file of the ledger: transactions that threads, forked children and other processes share safely.

Takes a path and the steps that build the tables, and provides transactions. Three rules of SQLite's own list of ways to
corrupt a file (sqlite.org/howtocorrupt.html) are kept here and nowhere else:

- 2.2: closing *any* descriptor of a file drops every lock the process has on it. An existing file is therefore opened
  by SQLite alone; this module opens a path only to create it (`O_EXCL`), before SQLite has seen it.
- 2.6: a connection must not cross a fork, not even to be closed. All are closed before a fork, and opened again when
  they are next needed, on either side.
- 2.4: a file that is removed or replaced while it is open takes everything written to it along. Both are noticed at the
  beginning and at the end of each transaction, and reported.

A process has one connection to a file, shared by all its users, however the path is spelt. The journal is a rollback
journal that is deleted at each commit, with `synchronous = EXTRA`: a commit that has returned survives a power cut.
(With less, a journal that comes back undoes the commit, and "sent" would become "not sent yet".) Write-ahead logging is
quicker, but up to SQLite 3.51.2 two connections that checkpoint at once can damage the file, it does not notice that
the file was removed, and it cannot work on a network disk.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ionqdsl.diagnostics import Diagnostic, UsageError

MEMORY = ":memory:"
Migrations = tuple[tuple[str, ...], ...]
"""Row n holds the statements that turn version n of a file into version n + 1."""

_lock = threading.RLock()
"""One lock for all files: a process normally has one ledger, and a fork waits for this lock alone."""
_open: dict[str, Database] = {}
_left: list[sqlite3.Connection] = []
"""Connections that must not even be closed: the parent's after an unannounced fork, or those to a file that is gone."""


class Damaged(Exception):
    """The file contains something that we cannot have written: `explained` turns this into QC0902."""


class Database:
    """A file and its tables. `acquire` and `release` count its users: the last one closes it."""

    def __init__(self, path: str, migrations: Migrations, busy_seconds: float) -> None:
        self.path = path
        self._migrations, self._busy_seconds = migrations, busy_seconds
        self._users = 0
        self._connection: sqlite3.Connection | None = None
        self.generation = 0
        """Counts the files that the path has led to: a user of an earlier one has written to a file that is gone."""
        self._identity: tuple[int, int] | None = None
        self._process = 0

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file, for this thread alone: writes of other processes appear afterwards.

        Raises UsageError (QC0901 to QC0903, QC0930).
        """
        with self._held() as connection:
            is_within_another = connection.in_transaction
            if not is_within_another:
                connection.execute("BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction and not is_within_another:
                    connection.execute("COMMIT")

    @contextmanager
    def _held(self) -> Iterator[sqlite3.Connection]:
        """The connection, for this thread alone."""
        with _lock, explained(self.path):
            yield self._connected()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that excludes all others: at the end it is on the disk as a whole, or not at all."""
        with self._held() as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException as error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error) and self._has_moved():  # "readonly" is SQLite's word for that
                    raise moved(self.path) from None
                raise
            if self._has_moved():
                raise moved(self.path)

    def rest(self) -> None:
        """Closes the connection until the next use, except in the middle of a transaction."""
        with _lock:
            connection = self._connection
            if connection is None or self.path == MEMORY or connection.in_transaction:
                return
            self._connection = None
            if self._process == os.getpid():
                connection.close()
            else:
                _left.append(connection)

    def release(self) -> None:
        """Ends one use. A database in memory is forgotten after the last one."""
        with _lock:
            self._users -= 1
            if self._users > 0:
                return
            if _open.get(self.path) is self:
                del _open[self.path]
            self.rest()
            if self._connection is not None and self.path == MEMORY:
                self._connection.close()
                self._connection = None

    def _connected(self) -> sqlite3.Connection:
        if self._connection is not None and self.path != MEMORY:
            if self._process != os.getpid():  # a fork without Python's knowledge
                _left.append(self._connection)
                self._connection = None
            else:
                self._has_moved()
        if self._connection is None:
            self._connection = self._opened()
        return self._connection

    def _has_moved(self) -> bool:
        """Whether the path no longer leads to the open file; if so, that file is let go."""
        if self._connection is None or self.path == MEMORY or _identity(self.path) == self._identity:
            return False
        if _mode(self._connection) == "wal":  # closing would delete the log of the file that replaced it
            _left.append(self._connection)
        else:
            self._connection.close()
        self._connection = None
        self.generation += 1
        return True

    def _opened(self) -> sqlite3.Connection:
        if self.path == MEMORY:
            return self._prepared(sqlite3.connect(MEMORY, isolation_level=None, check_same_thread=False))
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        with suppress(FileExistsError):  # a new file is for the owner only, whatever the umask
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        self._identity, self._process = _identity(self.path), os.getpid()
        return self._prepared(
            sqlite3.connect(
                Path(self.path).as_uri() + "?mode=rw",  # SQLite itself creates no file
                uri=True,
                timeout=self._busy_seconds,
                isolation_level=None,
                check_same_thread=False,
                cached_statements=64,
            )
        )

    def _prepared(self, connection: sqlite3.Connection) -> sqlite3.Connection:
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = EXTRA")
            if _mode(connection) == "wal":
                _end_log(connection)
            _migrate(connection, self.path, self._migrations)
            if self.path != MEMORY and _identity(self.path) != self._identity:
                raise moved(self.path)
        except BaseException:
            connection.close()
            raise
        return connection


def acquire(path: str, migrations: Migrations, busy_seconds: float) -> Database:
    """The database at a path, for one more user. A path and its symbolic links are one; each user's memory is separate.

    `busy_seconds` is how long to wait for another process that is writing.
    """
    if path == MEMORY:
        database = Database(path, migrations, busy_seconds)
        database._users = 1
        return database
    if "\0" in path:
        raise unusable(path, "its name holds a zero byte")
    key = os.path.realpath(path)
    with _lock:
        database = _open.get(key) or Database(key, migrations, busy_seconds)
        database._users += 1
        _open[key] = database  # again, in case a collected ledger was its last user a moment ago
    return database


def _identity(path: str) -> tuple[int, int] | None:
    """Tells two files of one name apart, asked of the path: opening it here would cost SQLite its locks."""
    try:
        status = os.stat(path)
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino


def _mode(connection: sqlite3.Connection) -> str:
    return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def _end_log(connection: sqlite3.Connection) -> None:
    """Ends the write-ahead logging of an older ledger; while another process has it open it stays, which is safe."""
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = DELETE")


# -- the tables --------------------------------------------------------------------------------------------------


def _migrate(connection: sqlite3.Connection, path: str, migrations: Migrations) -> None:
    """Brings the file to the newest version, all or nothing."""
    version = _version(connection)
    if version == len(migrations):
        return
    if version > len(migrations):
        raise UsageError([Diagnostic("QC0903", facts={"path": path, "version": version, "known": len(migrations)})])
    connection.execute("BEGIN IMMEDIATE")
    try:
        for steps in migrations[_version(connection) :]:  # read again: another process may have been quicker
            for step in steps:
                connection.execute(step)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


# -- forks -------------------------------------------------------------------------------------------------------


def _before_fork() -> None:
    _lock.acquire()  # no transaction of another thread is under way now, and none begins
    for database in list(_open.values()):
        database.rest()


def _after_fork() -> None:
    _lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


# -- errors ------------------------------------------------------------------------------------------------------


@contextmanager
def explained(path: str) -> Iterator[None]:
    """Turns errors of SQLite and the system into ours."""
    try:
        yield
    except OSError as error:
        raise unusable(path, (error.strerror or "it cannot be opened").lower()) from None
    except (sqlite3.OperationalError, sqlite3.InterfaceError, sqlite3.ProgrammingError) as error:
        raise unusable(path, str(error)) from None
    except (sqlite3.Error, Damaged, UnicodeDecodeError) as error:  # SQLite quotes the damage in its messages
        raise UsageError([Diagnostic("QC0902", facts={"path": path, "reason": str(error)})]) from None


def unusable(path: str, reason: str) -> UsageError:
    """The error about a ledger that cannot be used."""
    return UsageError([Diagnostic("QC0901", facts={"path": path, "reason": reason})])


def moved(path: str) -> UsageError:
    """The error about a ledger whose file is no longer the one that was open."""
    return UsageError([Diagnostic("QC0930", facts={"path": path})])
