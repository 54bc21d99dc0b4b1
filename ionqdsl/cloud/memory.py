"""The ledger of one client: opened when first needed, for remembering jobs and answers.

Keeps statuses and answers and returns them. They are useful, but no reason to stop if the ledger fails: the first
failure is reported, and from then on nothing is remembered. Records that a submission must not be sent without are
written to the ledger itself, by sending.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ionqdsl.cloud.endpoints import request
from ionqdsl.cloud.ledger import Ledger, Submission
from ionqdsl.cloud.submit import Answer, Watch
from ionqdsl.diagnostics import Diagnostic, UsageError

Found = TypeVar("Found")


class Memory:
    """A ledger, as far as it can be used, for the service at `url`. One that was passed in is not closed."""

    def __init__(self, url: str, ledger: Ledger | None, warn: Callable[[Diagnostic], None]) -> None:
        self._url, self._warn = url, warn
        self._ledger, self._is_given = ledger, ledger is not None
        self._has_failed = False

    @property
    def ledger(self) -> Ledger:
        """The ledger. Raises UsageError if it cannot be used."""
        if self._ledger is None:
            self._ledger = Ledger()
        return self._ledger

    def close(self) -> None:
        """Closes the ledger; the next use opens it again."""
        if not self._is_given and self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def find(self, name: str) -> Submission | None:
        """The submission that a tag or a job's id belongs to, if known."""
        return self._try(lambda ledger: ledger.find(name))

    def watched(self) -> list[Submission]:
        """Submissions that may have become more than one job."""
        return self._try(lambda ledger: ledger.watched()) or []

    def note(self, job_id: str, status: str) -> None:
        """Keeps the last known status of a job."""
        self._try(lambda ledger: ledger.note(job_id, status))

    def heard(self, job_id: str, watch: Watch) -> None:
        """Keeps the latest about a job: its status, and its whole description once that cannot change."""
        self.note(job_id, watch.status)
        if watch.is_over:
            self.keep(request("job", job_id).path, json.dumps(watch.details).encode())

    def details(self, job_id: str) -> Mapping[str, Any] | None:
        """The last state of a job that is over, if it was seen."""
        kept = self.kept(request("job", job_id).path)
        found = None if kept is None else Answer(200, {}, kept).json
        return found if isinstance(found, dict) else None  # otherwise it is damaged, and the service can be asked again

    def keep(self, path: str, body: bytes) -> None:
        """Keeps an answer that will not change."""
        self._try(lambda ledger: ledger.keep(self._url, path, body))

    def kept(self, path: str) -> bytes | None:
        """An answer kept earlier."""
        return self._try(lambda ledger: ledger.kept(self._url, path))

    def _try(self, use: Callable[[Ledger], Found]) -> Found | None:
        if self._has_failed:
            return None
        try:
            return use(self.ledger)
        except UsageError as error:
            self._has_failed = True
            self._warn(Diagnostic("QC0905", facts={"reason": error.diagnostics[0].message}))
            return None
