"""The findings of comparisons: a difference from the text, how much was compared, an input that shows a difference.

Data only; rows.py, lowering.py and counterexample.py compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.record import record

SHOWN = 1e-9
"""A difference that rounding does not make."""


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


@record
class Counterexample:
    """`input` has a letter a qubit, q[0] first; `values` are those of the parameters.

    `probabilities` are what the two circuits give to `outcome` (bits in the same order, a point where either counts),
    `overlap` is the square of the final states' inner product. `distance` is how far apart the two are: the outcomes in
    total variation, or the states in the 2-norm if the contract is `unitary`. `at_zeros` is how far those from |0...0>
    are, where every job starts; None where that was not looked at. `register` is what reads the outcome, "" for all
    qubits.
    """

    input: str
    outcome: str
    probabilities: tuple[float, float]
    overlap: float | None
    values: Mapping[str, float]
    distance: float
    at_zeros: float | None = None
    register: str = ""

    @property
    def is_same_from_zeros(self) -> bool:
        """Whether the outcomes from |0...0> are known to be the same."""
        return self.at_zeros is not None and self.at_zeros <= SHOWN

    def to_json(self) -> dict[str, Any]:
        """Plain data, a field an entry."""
        names = ("input", "outcome", "register", "probabilities", "overlap", "values", "distance")
        return {name: getattr(self, name) for name in names}
