"""Describes the effect of a compilation: the changes of each pass, and the guarantees of the result."""

from __future__ import annotations

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.passes.cost import Cost, cost_of
from ionqdsl.record import TYPE_CHECKING, fresh, record

if TYPE_CHECKING:
    from ionqdsl.verify import Verdict
    from ionqdsl.verify.findings import Compared


FEW = 10_000
"""Rows that are kept to be counted later: more of them would fill memory."""


class LateCost:
    """The cost of a circuit, counted on demand: until then of its few rows as they are now, or of a circuit
    whose rows wait as columns.
    """

    def __init__(self, circuit: FlatCircuit) -> None:
        self._circuit: FlatCircuit | None = circuit
        self._cost: Cost | None = None
        if not circuit.is_plain:
            is_small = len(circuit) <= FEW
            self._circuit = FlatCircuit(circuit.width, rows=[*circuit.rows]) if is_small else None
            self._cost = None if is_small else cost_of(circuit)

    @property
    def cost(self) -> Cost:
        """The cost."""
        if self._cost is None:
            assert self._circuit is not None
            self._cost, self._circuit = cost_of(self._circuit), None
        return self._cost

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LateCost) and self.cost == other.cost

    __hash__ = None  # type: ignore[assignment]

    def __getstate__(self) -> dict[str, Cost | None]:
        """The cost alone travels."""
        return {"_cost": self.cost, "_circuit": None}


@record
class PassReport:
    """The effect of a pass: rows and cost before and after, whether its result was kept and whether it changed a row.

    `candidate` is the pass whose result was kept instead, "" if none.
    """

    name: str
    rows: tuple[int, int]
    costs: tuple[LateCost, LateCost]
    kept: bool = True
    changed: bool = True
    candidate: str = ""

    @property
    def before(self) -> Cost:
        """The cost before the pass."""
        return self.costs[0].cost

    @property
    def after(self) -> Cost:
        """The cost after the pass."""
        return self.costs[1].cost


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
    return PassReport(name, (len(before), len(after)), (LateCost(before), LateCost(after)), changed=differs)
