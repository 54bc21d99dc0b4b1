"""The findings of comparisons: a difference from the text, how much was compared, an input that shows a difference.

Data only; rows.py, lowering.py and counterexample.py compare.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from ionqdsl.diagnostics.source import Span
from ionqdsl.record import record

SHOWN = 1e-9
"""A difference too large for rounding."""


@record
class Difference(Exception):
    """The first difference from the text, in words, and its place."""

    reason: str
    span: Span | None


@record(frozen=False)
class Compared:
    """How much was compared: rows one by one, and applications by their effect."""

    rows: int = 0
    powers: int = 0
    unjudged: int = 0

    def said(self) -> str:
        """The extent of the comparison in words."""
        rows = f"{self.rows} row{'s' * (self.rows != 1)}"
        powers = f", {self.powers} application{'s' * (self.powers != 1)} by their effect" if self.powers else ""
        left = f" (too wide to compare: {self.unjudged})" if self.unjudged else ""
        return f"as the text says, {rows}{powers}{left}"


@record
class Counterexample:
    """`input` has one letter per qubit, q[0] first; `values` are those of the parameters.

    `probabilities` are those of `outcome` in the two circuits (bits in the same order, a point where either counts),
    `overlap` is the square of the final states' inner product. `distance` is that of the two: of the outcomes in total
    variation, or of the states in the 2-norm if the contract is `unitary`. `at_zeros` is the distance from |0...0>,
    where every job starts; None if it was not computed. `register` is the one that reads the outcome, "" for all
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

    def said(self) -> str:
        """The difference in words, with as many digits as needed."""
        where = f"from |{self.input}>"
        if self.values:
            where += f" with {', '.join(f'{name} = {value:g}' for name, value in self.values.items())}"
        first, second = self.probabilities
        if abs(first - second) < 1e-9 and self.overlap is not None:
            if 1 - self.overlap < 1e-6:
                return f"{where} the final states are {self.distance:.1e} apart"
            return f"{where} the overlap of the final states is only {self.overlap:.4%}"
        what = f"register {self.register} reads" if self.register else "the outcome"
        digits = 4 if abs(first - second) > 1e-5 else 10
        verb = "with" if self.register else "has"
        return f"{where} {what} {self.outcome} {verb} {first:.{digits}%} against {second:.{digits}%}"

    def to_json(self) -> dict[str, Any]:
        """Plain data, one entry per field."""
        names = ("input", "outcome", "register", "probabilities", "overlap", "values", "distance")
        return {name: getattr(self, name) for name in names}


@record
class Proof:
    """Whether two circuits are equal, None if not known; the obstacle; and the deviation, in the 2-norm."""

    equal: bool | None
    obstacle: str = ""
    deviation: float = math.inf


@record
class Verdict:
    """Whether two circuits are equal under a contract; `equal` is None if that could not be decided.

    `method` is `unitary`, `states` or `distribution` (simulated), `rotations` (matched one by one), `strings` (Pauli
    strings of rotations, with all Clifford gates at the end), `paths` (sums over paths), `stabilisers` (of
    Clifford circuits), `marginals` (single outcomes, which can show a difference but no equality), `external` (another
    program's answer), `none`, or those of several steps; `checked` and `unchecked` describe the basis of the judgement
    in words. `deviation` is the largest distance of two final states, in the
    2-norm, after removing phases that do not count, or a bound for it; for distributions and marginals the distance of
    probabilities; infinite if no number is known. `inputs` is the relabelling of the |0> inputs under
    which they were compared. `extra` names the extra whose checker might have
    decided, had it been installed. `values` are those of the parameters at which the circuits differ; `example` is an
    input that shows the difference, if one was searched for (counterexample.py).
    """

    equal: bool | None
    method: str
    checked: str
    unchecked: str = ""
    deviation: float = math.inf
    inputs: tuple[int, ...] | None = None
    extra: str = ""
    values: Mapping[str, Fraction] | None = None
    example: Counterexample | None = None

    def __bool__(self) -> bool:
        return self.equal is True

    @property
    def is_proven(self) -> bool:
        """Whether nothing can overturn it: random states alone cannot show that circuits are equal."""
        return self.equal is False or (self.equal is True and self.method != "states")
