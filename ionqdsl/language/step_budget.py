"""Limits the work that a program may cause, counted in steps, so that every text ends soon.

Code that works for a program spends steps: one for each expression, statement and loop iteration, more for large
numbers, lists, operators or formulas. A program has `STEPS` of them, more if its text is long. Each gate that adds rows
to a circuit gives back some of the steps spent, so a program that makes gates is bounded by their number, and the work
between two gates by the steps available at the start.

A gate in the body of another has its steps back on credit. The applications whose rows the body keeps secure it, and
rows that reach a circuit repay it. Rows that are dropped, as by `pow(0)` or an error, leave it unpaid, and little may
stay unpaid.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ionqdsl.diagnostics import CompileError, Diagnostic, fail
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import MAX_OPERATIONS
from ionqdsl.nesting import MAX_NESTING

STEPS = 1_000_000
"""Steps of a program that makes no gates; a step takes one or two microseconds."""
PER_GATE = 50
"""Steps given back for each application of a gate: an ordinary one takes about twenty."""
PER_CHARACTER = 4
"""Steps for each character of the source: a long text costs its author, a loop does not."""
MAX_TOKENS = STEPS // 5
"""Words, numbers and signs of one statement: reading each takes about as long as five steps."""
_LOAN = 100_000
"""Applications in gate bodies that may stay unpaid."""
_PER_ROW = 2
"""Applications that one row repays: that of its gate, and that of a gate around it, as in a circuit."""


class StepBudget:
    """The steps one program may still spend, `left`; `fault` is the error once they are used up.

    It starts with `limit` steps, plus those for `characters` of source. `rows` counts those made, in bodies too, `owed`
    the applications on credit. `kept` counts the applications in gate bodies
    whose rows the application of a circuit that is being expanded still has.
    """

    def __init__(self, limit: int | None = None, characters: int = 0) -> None:
        self.limit = STEPS if limit is None else limit
        self.full = self.left = self.limit + PER_CHARACTER * characters
        self.fault: Diagnostic | None = None
        self._loops: list[Span] = []
        self._calls = 0
        self.rows = 0
        self.owed = 0
        self._unsecured = 0
        self.kept = 0

    def spend(self, steps: int, span: Span) -> None:
        """Takes steps away, before the work is done; raises CompileError at the outermost loop if none are left."""
        self.left -= steps
        if self.left < 0:
            self._refuse(span)

    def _refuse(self, span: Span) -> None:
        if self.fault is None:
            place = self._loops[0] if self._loops else span
            labels = () if place == span else ((span, "here"),)
            self.fault = Diagnostic("QC0511", place, {"limit": self.limit}, labels)
        raise CompileError([self.fault])

    @contextmanager
    def loop(self, span: Span) -> Iterator[None]:
        """Attributes the steps spent within to the loop at this place."""
        self._loops.append(span)
        try:
            yield
        finally:
            self._loops.pop()

    @property
    def is_in_loop(self) -> bool:
        """Whether the work goes on in a loop."""
        return bool(self._loops)

    @contextmanager
    def call(self, span: Span) -> Iterator[None]:
        """Counts a call of a function while it is evaluated; raises CompileError if too many are open."""
        if self._calls >= MAX_NESTING:
            raise fail("QC0504", span, limit=MAX_NESTING)
        self._calls += 1
        try:
            yield
        finally:
            self._calls -= 1

    @contextmanager
    def unsecured(self) -> Iterator[None]:
        """Applications expanded within secure no credit, because their rows may be dropped."""
        self._unsecured += 1
        try:
            yield
        finally:
            self._unsecured -= 1

    def earn(self, rows: int, span: Span, took: int = 0, gates: int = 1) -> None:
        """Gives back steps for gates in a circuit: a fixed number, and for each row one of the steps they `took`.

        Raises CompileError for too many rows.
        """
        self._count(rows, span)
        if rows:
            self.owed = max(0, self.owed - _PER_ROW * rows)
            self._give_back(gates * PER_GATE + min(took, rows))

    def lend(self, rows: int, span: Span, applications: int, kept: int) -> None:
        """The same, on credit, for `applications` in a gate's body with so many rows together.

        `kept` is the number of those before them. Their expansions are kept only as far as there are rows.
        """
        self._count(rows, span)
        self.kept = kept if self._unsecured else min(self.kept + applications, kept + rows)
        if rows:
            secured = min(applications, _LOAN + _PER_ROW * self.kept - self.owed)
            if secured > 0:
                self.owed += secured
                self._give_back(secured * PER_GATE)

    def _give_back(self, steps: int) -> None:
        self.left = min(self.full, self.left + steps)

    def _count(self, rows: int, span: Span) -> None:
        self.rows += rows
        if self.rows > 2 * MAX_OPERATIONS:  # in bodies and in all circuits; those that run are counted in runs.py
            raise fail("QC0501", span, limit=MAX_OPERATIONS)
