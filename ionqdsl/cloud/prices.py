"""Asks for the price of a job before it is sent: builds the questions and reads the amounts in the answers.

Takes a program that is ready to send and returns a `PriceQuestion` for each of its jobs; takes answers and returns a
`Price`. The service bills jobs, not circuits: gates of all circuits add up, and each job pays its own minimum.

It is not published how the service counts the gates it bills. A reseller's published rule counts them as they are sent,
a gate on n > 2 qubits as 6 (n - 2) two-qubit gates (learn.microsoft.com, Azure Quantum, the provider IonQ); a contract
for computing time pays for the gates that the service's compiler produces. So each gate, translated on its own, counts
as the more expensive of the two. The service optimises further, so the price of abstract gates is an upper bound.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from ionqdsl.cloud import endpoints
from ionqdsl.cloud.fields import at
from ionqdsl.cloud.ledger import Part
from ionqdsl.cloud.submit import Answer, Request, clean
from ionqdsl.diagnostics import Diagnostic, IonqdslError, KeyRefused, Refused
from ionqdsl.emit.dynamic import gates_written, sending_order
from ionqdsl.emit.limits import DEFAULT_SHOTS, is_sent
from ionqdsl.emit.payload import QASM3, type_of
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.job import Energy, Job, LoweredProgram
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import PROFILES, TARGETS, BackendFamily, Target, backend_of
from ionqdsl.passes import transpile
from ionqdsl.passes.cost import cost_of

DEBIASING = "settings.error_mitigation.debiasing"
SYMMETRY = "settings.error_mitigation.symmetry_verification"


@dataclass(frozen=True)
class PriceQuestion:
    """The question about the price of one job: one- and two-qubit gates, summed over its circuits."""

    backend: str
    type: str
    qubits: int
    shots: int
    singles: int
    pairs: int
    is_mitigated: bool

    def request(self) -> Request:
        """The question as a request."""
        query = {"backend": self.backend, "type": self.type, "qubits": self.qubits, "shots": self.shots}
        query |= {"1q_gates": self.singles, "2q_gates": self.pairs, "error_mitigation": self.is_mitigated}
        return endpoints.request("estimate", query=query)

    def to_json(self) -> dict[str, Any]:
        """Plain data, as a plan stores it."""
        return asdict(self)


@dataclass(frozen=True)
class Price:
    """An amount in the service's unit, or None and the reason why it is unknown."""

    cost: float | None
    unit: str = ""
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data: `cost` and `unit`, or None for the cost and the `reason`."""
        return {"cost": None, "reason": self.reason} if self.cost is None else {"cost": self.cost, "unit": self.unit}

    def __str__(self) -> str:
        return f"unknown: {self.reason}" if self.cost is None else f"{amount(self.cost)} {self.unit}".strip()


FREE = Price(0.0)


def amount(value: float) -> str:
    """An amount to the hundredth, or exactly if it is smaller than that."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if value >= 0.01 or not value else f"{value:g}"


class Unpriceable(Exception):
    """A job whose size only the service knows; the text says why."""


# -- questions ---------------------------------------------------------------------------------------------------


def questions(program: LoweredProgram, parts: Sequence[Part], backend: str | None) -> list[PriceQuestion]:
    """A question for each job of a submission. Raises Unpriceable."""
    if program.function:
        raise Unpriceable(f"the service makes the circuits of a `{clean(program.function.type, 60)}` itself")
    row = backend_of(backend or "")
    shots = program.job.get("shots") or DEFAULT_SHOTS
    result = []
    order = sending_order(program)
    runs = program.runs if order is None else [program.runs[number] for number in order]
    for part in parts:
        if program.energy:
            circuits, (singles, pairs) = [program.energy.ansatz], energy_gates(program.energy, _target(row))
        else:
            circuits = runs[part.first : part.first + part.count]
            circuits = [gates_written(circuit) if circuit.is_dynamic else circuit for circuit in circuits]
            counts = [gates(circuit, _target(row)) for circuit in circuits]
            singles, pairs = (sum(count[place] for count in counts) for place in (0, 1))
        width = max((circuit.width for circuit in circuits), default=0)
        is_abstract = any(circuit.gateset == "qis" for circuit in circuits)
        mitigated = is_mitigated(program.job, is_abstract, row)
        is_alone = len(circuits) == 1 and circuits[0].is_dynamic  # other parts are of the program's type
        kind = QASM3 if is_alone else type_of(program)
        question = PriceQuestion(str(backend), kind, max(width, 1), shots, singles, pairs, mitigated)
        result.append(question)
    return result


def question_again(details: Mapping[str, Any], backend: str, shots: int | None) -> PriceQuestion:
    """The question for a job like one that the service describes, elsewhere or with other shots. Raises Unpriceable.

    The service does not say whether its gates are abstract, so mitigation that would then be on is assumed. `shots` are
    None if it does not say how many there would be.
    """
    if shots is None:
        raise Unpriceable("the service does not say how many shots the job has")
    gates = [at(details, "stats", "gate_counts", key) for key in ("1q", "2q")]
    if any(isinstance(count, bool) or not isinstance(count, int | float) or not 0 <= count < 2**53 for count in gates):
        raise Unpriceable("the service does not say how many gates the job has")
    job = Job()
    for path in (DEBIASING, SYMMETRY):
        value = at(details, "settings", "error_mitigation", path.rpartition(".")[2])
        job.set(path, value if isinstance(value, bool) else None if value is None else True)
    job.set("shots", shots)
    qubits = at(details, "stats", "qubits")
    width = qubits if isinstance(qubits, int) and qubits > 0 else 25
    kind = details.get("type") if isinstance(details.get("type"), str) else "ionq.circuit.v1"
    singles, pairs = (math.ceil(count) for count in gates if count is not None)
    return PriceQuestion(backend, str(kind), width, shots, singles, pairs, is_mitigated(job, True, backend_of(backend)))


def is_mitigated(job: Job, is_abstract: bool, backend: BackendFamily | None) -> bool:
    """Whether error mitigation is billed: by a setting, or on a QPU by default for abstract gates and enough shots."""
    if backend is not None and backend.is_simulator:
        return False
    setting = job.get(DEBIASING)
    if setting is None:
        setting = is_abstract and (job.get("shots") or DEFAULT_SHOTS) >= PROFILES["v0.4"].debiasing_shots
    return bool(setting or job.get(SYMMETRY))


def gates(circuit: FlatCircuit, target: Target | None) -> tuple[int, int]:
    """The one-qubit and two-qubit gates that a circuit is priced for."""
    singles = pairs = 0
    for op, times in Counter(circuit.rows).items():
        if op.gate not in NOT_GATES and is_sent(op):
            alone, together = _row(op, target)
            singles += alone * times
            pairs += together * times
    return singles, pairs


def products(energy: Energy) -> list[tuple[tuple[str, int], ...]]:
    """The products of an energy, each measured separately: the service does not say which it measures together."""
    return [product for product, _ in energy.hamiltonian.terms if product]


def energy_gates(energy: Energy, target: Target | None) -> tuple[int, int]:
    """The same for an energy: the ansatz for each product, and a gate for each X and Y, which turn into Z."""
    products_by_axes = products(energy)
    singles, pairs = gates(energy.ansatz, target)
    turned = sum(letter != "Z" for product in products_by_axes for letter, _ in product)
    return singles * len(products_by_axes) + turned, pairs * len(products_by_axes)


def _target(backend: BackendFamily | None) -> Target | None:
    return TARGETS[backend.target] if backend is not None and backend.target is not None else None


def _row(op: Op, target: Target | None) -> tuple[int, int]:
    if GATES[op.gate].gateset == "native":
        return int(len(op.qubits) == 1), int(len(op.qubits) == 2)
    if op.operator is not None:
        return _evolution(op)
    return _gate(op.gate, len(op.qubits), op.controls, len(op.angles), target)


@lru_cache(maxsize=1024)
def _gate(name: str, width: int, controls: int, angles: int, target: Target | None) -> tuple[int, int]:
    """The gate as sent or as translated for a target, whichever is more; no angle costs more than a general one."""
    sent = (1, 0) if width == 1 else (0, 1 if width == 2 else 6 * (width - 2))
    if target is None:
        return sent
    alone = Op(name, tuple(range(width)), (Angle(0, 0.3),) * angles, controls)
    circuit = FlatCircuit(width, "gate", "qis", [alone], [None], ())
    cost = cost_of(transpile(circuit, target, Options(target=target.name, level=0))[0])
    return max(sent[0], cost.pulses), max(sent[1], cost.two_qubit_gates)


def _evolution(op: Op) -> tuple[int, int]:
    """For each product of w letters: 2 (w - 1) two-qubit gates, two one-qubit gates a letter, and a phase."""
    assert op.operator is not None
    steps = max(1, op.operator.steps)
    sizes = [len(product) + op.controls for product, _ in op.operator.terms if product]
    return steps * sum(2 * size + 1 for size in sizes), steps * sum(2 * (size - 1) for size in sizes)


# -- answers -----------------------------------------------------------------------------------------------------


def ask(send: Callable[[Request], Answer], price_questions: Iterable[PriceQuestion]) -> Price:
    """The total price of all jobs of a submission; any problem with an answer makes it unknown.

    Raises KeyRefused without a usable key.
    """
    total, units = 0.0, set()
    for question in price_questions:
        try:
            answer = send(question.request())
        except KeyRefused:
            raise
        except IonqdslError as error:
            return Price(None, reason=error.diagnostics[0].message)
        price = read(question, answer)
        if price.cost is None:
            return price
        total += price.cost
        if price.cost:
            units.add(price.unit)
    if len(units) > 1:
        return Price(None, reason=f"the service counts in {' and '.join(sorted(units))}")
    return Price(total, next(iter(units), ""))


_AMOUNTS = {"estimated_total_cost": "estimated_unit", "estimated_cost": "cost_unit"}
"""The amount and its unit by the specification of September 2026, and by that of May."""

_ECHOES = ("estimate_context", "input_values")
"""The fields in which the service repeats the question."""


def read(question: PriceQuestion, answer: Answer) -> Price:
    """The price in an answer. Only a finite number that is not negative counts as one.

    The simulator is free, and the service then names no unit.
    """
    body = answer.json
    if not isinstance(body, dict):
        return Price(None, reason="the service's estimate is no JSON object")
    if differs := _misheard(question, body):
        return Price(None, reason=f"the service's estimate is for another job: {differs}")
    amounts = {key: body[key] for key in _AMOUNTS if body.get(key) is not None}
    row = backend_of(question.backend)
    if not amounts and row is not None and row.is_simulator:
        return FREE
    for key, value in amounts.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
            return Price(None, reason=f"the service's estimate holds `{clean(value, 40)}` as `{key}`")
    if not amounts:
        return Price(None, reason="the service's estimate holds no amount")
    if len(set(amounts.values())) > 1:
        return Price(None, reason="the service's estimate holds two amounts")
    units = [body.get(_AMOUNTS[key]) for key in amounts]
    unit = next((clean(unit, 20) for unit in units if isinstance(unit, str)), "")
    return Price(float(next(iter(amounts.values()))), unit)


def _misheard(question: PriceQuestion, body: Mapping[str, Any]) -> str | None:
    """The number of the question that the service repeats wrongly, if any."""
    asked = {
        "shots": question.shots,
        "1q_gates": question.singles,
        "2q_gates": question.pairs,
        "error_mitigation": question.is_mitigated,
    }
    for echo in _ECHOES:
        for key, value in asked.items():
            heard = at(body, echo, key)
            if heard is not None and str(heard).lower() not in (str(value).lower(), f"{float(value):.1f}"):
                return f"`{key}` is {clean(heard, 20)} instead of {str(value).lower()}"
    return None


# -- limits ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SpendingLimit:
    """The maximum cost of a job, in a unit (None: US dollars)."""

    value: float
    unit: str | None = None

    def __str__(self) -> str:
        return f"{self.value:.15g} {self.unit or ''}".strip()

    def check(self, price: Price) -> None:
        """Raises Refused for a price that is higher, unknown, or in another unit."""
        if price.cost is None:
            raise Refused([Diagnostic("QC0853", facts={"reason": price.reason})])
        facts = {"cost": amount(price.cost), "unit": price.unit, "limit": str(self)}
        if price.cost > self.value:
            raise Refused([Diagnostic("QC0852", facts=facts)])
        if price.cost and _same(price.unit) != _same(self.unit or "usd"):
            facts |= {"wanted": self.unit or "usd", "unit": price.unit or "of a unit without a name"}
            raise Refused([Diagnostic("QC0937", facts=facts)])


def _same(unit: str) -> str:
    """A unit in one spelling: `USD` is `usd`, `credits` are `credit`."""
    return unit.casefold().removesuffix("s")


def has_risen(price: Price, planned: Price) -> bool:
    """Whether a price is above the planned one, or no longer comparable with it."""
    if price.cost is None or planned.cost is None:
        return True
    if price.cost and planned.cost and _same(price.unit) != _same(planned.unit):
        return True
    return price.cost > planned.cost + 0.005
