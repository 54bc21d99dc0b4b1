"""How wrong a compilation may be, and how wrong it is: one account for the whole circuit.

Passes spend from it what they approximate, up to `--approx`, and enter what they take for rounding, up to the limit of
rounding.py. All of it is in the operator norm, up to the global phase, where errors of a product add up at most; so
what the account holds bounds the error of the circuit (Nielsen and Chuang, section 4.5.3).
"""

from __future__ import annotations

from ionqdsl.ir import rounding
from ionqdsl.record import changed, record


@record
class ErrorBudget:
    """What is allowed (`--approx`), what of it is spent, and what has been neglected as rounding beside it."""

    allowed: float = 0.0
    spent: float = 0.0
    neglected: float = 0.0

    def left(self, rows: int) -> float:
        """What may still be spent on a circuit of so many rows, its rounding left room for; nothing where none is."""
        return max(0.0, self.allowed - self.spent - rounding.limit(rows))

    def with_spent(self, error: float) -> ErrorBudget:
        """The account after an approximation."""
        return changed(self, spent=self.spent + error)

    def with_rounding(self, neglected: float) -> ErrorBudget:
        """The account after a pass that has neglected so much."""
        return changed(self, neglected=self.neglected + neglected)

    def has_room(self, neglected: float, rows: int) -> bool:
        """Whether a circuit of so many rows may have so much more of it taken for rounding."""
        return self.neglected + neglected <= rounding.limit(rows)
