"""The failure of a job: raised while its circuits are read, checked or played, and shown in the job itself."""

from __future__ import annotations


class Failed(Exception):
    """The job ends without a result; `code` is one of the service's failure codes."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message
