"""Describes the effect of a compilation: what each pass did, and what holds for the result."""

from __future__ import annotations

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.passes.cost import Cost, cost_of
from ionqdsl.record import TYPE_CHECKING, fresh, record

if TYPE_CHECKING:
    from ionqdsl.verify import Verdict
    from ionqdsl.verify.findings import Compared


@record
class PassReport:
    """The effect of a pass: rows and cost before and after, whether its result was kept and whether it changed a row.

    `candidate` is the pass whose result was kept instead, "" if none.
    """

    name: str
    rows: tuple[int, int]
    before: Cost
    after: Cost
    kept: bool = True
    changed: bool = True
    candidate: str = ""


@record(frozen=False)
class Report:
    """The effect of a compilation.

    `why` is the reason for the level. `inputs` is the permutation of the |0> inputs, `outputs` the qubits of the result
    where those of the source end, if they do not end on their own places. `spent` is the error of approximations and
    `neglected` a bound for the rounding (see error_budget.py), of at most `negligible`. `verdict` is the result of
    `verify`, and `text` of the comparison with the program's text before that, if there is a text.
    """

    circuit: str
    target: str
    level: int
    why: str = ""
    preserve: str = ""
    passes: list[PassReport] = fresh(default_factory=list)
    inputs: tuple[int, ...] | None = None
    outputs: tuple[int, ...] | None = None
    spent: float = 0.0
    neglected: float = 0.0
    negligible: float = 0.0
    verdict: Verdict | None = None
    text: Compared | None = None


Done = list[tuple[PassReport, FlatCircuit | None]]
"""The reports of the passes, with the circuit after each if somebody watches."""


def told(name: str, before: FlatCircuit, after: FlatCircuit, differs: bool = True) -> PassReport:
    """The report of a pass that no pipeline runs."""
    return PassReport(name, (len(before.rows), len(after.rows)), cost_of(before), cost_of(after), changed=differs)
