"""What is remembered of jobs and results: useful, but no reason to stop when the ledger fails.

Statuses and answers come in and come out again through the client's ledger; the first failure is told, and from then on
nothing is remembered. What a submission must not be sent without is sending.py's, and goes to the ledger directly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from ionqdsl.cloud.ledger import Ledger, Submission
from ionqdsl.diagnostics import Diagnostic, UsageError

if TYPE_CHECKING:
    from ionqdsl.cloud.client import Client

Found = TypeVar("Found")


class Memory:
    """The client's ledger, as far as it can be used."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._has_failed = False

    def find(self, name: str) -> Submission | None:
        """The submission a tag or a job's id belongs to, if it is known."""
        return self._try(lambda ledger: ledger.find(name))

    def watched(self) -> list[Submission]:
        """Submissions that may have become more than one job."""
        return self._try(lambda ledger: ledger.watched()) or []

    def note(self, job_id: str, status: str) -> None:
        """Keeps the last status heard of a job."""
        self._try(lambda ledger: ledger.note(job_id, status))

    def keep(self, path: str, body: bytes) -> None:
        """Keeps an answer that will not change."""
        self._try(lambda ledger: ledger.keep(self._client.url, path, body))

    def kept(self, path: str) -> bytes | None:
        """An answer kept earlier."""
        return self._try(lambda ledger: ledger.kept(self._client.url, path))

    def _try(self, use: Callable[[Ledger], Found]) -> Found | None:
        if self._has_failed:
            return None
        try:
            return use(self._client.ledger)
        except UsageError as error:
            self._has_failed = True
            self._client.warn(Diagnostic("QC0905", facts={"reason": error.diagnostics[0].message}))
            return None
