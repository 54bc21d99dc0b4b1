"""Keeps account of the error of a compilation, allowed and made, for the whole circuit.

Passes enter the errors of their approximations, up to `--approx`, and of their rounding, up to the limit of
rounding.py. All are in the operator norm, up to the global phase, where the error of a product is at most the sum of
the errors; so the account bounds the error of the circuit (Nielsen and Chuang, section 4.5.3).
"""

from __future__ import annotations

from ionqdsl.ir import rounding
from ionqdsl.record import changed, record


@record
class ErrorBudget:
    """The error that is allowed (`--approx`), the part of it that is spent, and the error neglected as rounding."""

    allowed: float = 0.0
    spent: float = 0.0
    neglected: float = 0.0

    def left(self, rows: int) -> float:
        """The error that may still be spent on a circuit of so many rows, less its rounding limit; at least 0."""
        return max(0.0, self.allowed - self.spent - rounding.limit(rows))

    def with_spent(self, error: float) -> ErrorBudget:
        """The account after an approximation."""
        return changed(self, spent=self.spent + error)

    def with_rounding(self, neglected: float) -> ErrorBudget:
        """The account after a pass that has neglected this error."""
        return changed(self, neglected=self.neglected + neglected)

    def has_room(self, neglected: float, rows: int) -> bool:
        """Whether a circuit of `rows` rows may neglect this much more as rounding."""
        return self.neglected + neglected <= rounding.limit(rows)
