"""What comparing a program with its text found. Data alone; rows.py and text.py compare."""

from __future__ import annotations

from ionqdsl.record import record
from ionqdsl.source import Span


@record
class Difference(Exception):
    """The first thing that is not as the text says, in words, and where."""

    said: str
    span: Span | None


@record(frozen=False)
class Compared:
    """How much was compared: rows one by one, and applications by what they do."""

    rows: int = 0
    powers: int = 0
    unjudged: int = 0

    def said(self) -> str:
        """What was compared, in words."""
        rows = f"{self.rows} row{'s' * (self.rows != 1)}"
        powers = f", {self.powers} application{'s' * (self.powers != 1)} by what they do" if self.powers else ""
        left = f" (too wide to compare: {self.unjudged})" if self.unjudged else ""
        return f"as the text says, {rows}{powers}{left}"
