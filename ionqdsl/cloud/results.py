"""Finds the results of a job and reads them.

Takes the service's description of a job and the circuits that were sent; returns requests for results, best first, and
`Result`s, matched by name if a job has several circuits. client.py asks, shapes.py knows the formats,
simulation/results.py the order of bits. Sources: the API specifications of 15 May and 2 September 2026, docs.ionq.com
(hosted hybrid service, debiasing).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from ionqdsl.cloud import registers, shapes
from ionqdsl.cloud.endpoints import request
from ionqdsl.cloud.fields import at, block, number, objects
from ionqdsl.cloud.submit import Answer, Request, clean
from ionqdsl.diagnostics import Diagnostic, ServiceError
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import Energy
from ionqdsl.simulation.results import Result, binary, from_counts, from_probabilities

Details = Mapping[str, Any]

Child = tuple[str, Details]
"""The id of a child job and the service's description of it."""

AGGREGATIONS = ("average", "voting", "dnl", "majority")
"""The ways to combine the variants of a debiased job; the service also calls `voting` sharpening."""


@dataclass(frozen=True)
class EnergyResult:
    """The value of a `hamiltonian-energy` job including the identity term, and the variance stated by the service."""

    value: float
    variance: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"value": self.value, "variance": self.variance}


@dataclass(frozen=True)
class RawResult:
    """The service's result for a job of unknown kind, unchanged."""

    data: Any

    def to_json(self) -> Any:
        """The data."""
        return {"raw": self.data}


@dataclass(frozen=True)
class MissingResult:
    """Replaces the result of a circuit that has none, and says why."""

    name: str
    problem: Diagnostic

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"name": self.name, "missing": self.problem.message}


class Place(NamedTuple):
    """The request for outcomes, and the format they have."""

    request: Request
    format: str


@dataclass(frozen=True)
class Variant:
    """One of the equivalent circuits that debiasing runs: its share of the shots, and the place of its outcomes.

    `qubit_map` says on which qubit of the machine each of the circuit's qubits ran.
    """

    id: str
    shots: int | None
    qubit_map: tuple[int, ...] | None = None
    places: tuple[Place, ...] = field(default=(), repr=False)


# -- places ------------------------------------------------------------------------------------------------------


def places(job_id: str, details: Details, aggregation: str | None = None, by_shot: bool = False) -> list[Place]:
    """The places of a completed job's outcomes, best first; the last one always exists.

    Counts come first where the machine counted, unless an aggregation of debiased variants is asked for. With `by_shot`
    lists of shots come before them; only these have the registers of measurements in the middle together.
    """
    if aggregation is not None:
        mitigated = block(details, "output", "error_mitigation", "aggregations")
        result = [_artifact(job_id, mitigated.get(aggregation), "ionq.result.histogram.json.v2")]
        query = (
            {"sharpen": aggregation == "voting"} if aggregation in AGGREGATIONS[:2] else {"aggregation": aggregation}
        )
        return [*filter(None, result), Place(request("probabilities", job_id, query=query), shapes.PROBABILITIES)]
    listed = block(details, "results") if _is_counted(details) else {}
    found = [*_listed(job_id, listed), Place(request("probabilities", job_id), shapes.PROBABILITIES)]
    if details.get("type") == registers.TYPE:
        found = [place for place in found if not shapes.is_ambiguous(place.format)]
    found.sort(key=lambda place: shapes.is_ambiguous(place.format))
    if by_shot or details.get("type") == registers.TYPE:
        found.sort(key=lambda place: shapes.FORMATS[place.format].read is not None)
    return found


_ADDRESSES = {"histogram": shapes.HISTOGRAM, "shots": shapes.SHOTS, "probabilities": shapes.PROBABILITIES}
"""The results in May's specification, and their formats."""


def _listed(job_id: str, listed: Details, variant: str | None = None) -> Iterator[Place]:
    """The places that a block of results names: artifacts by their format (September), or addresses (May)."""
    for name in shapes.FORMATS:
        place = _artifact(job_id, listed.get(name), name)
        if place is not None:
            yield place
    for what, form in _ADDRESSES.items():
        entry = listed.get(what)
        if isinstance(entry, dict) and isinstance(entry.get("url"), str):
            ids = (job_id,) if variant is None else (job_id, variant)
            yield Place(request(what if variant is None else f"variant_{what}", *ids), form)


def _artifact(job_id: str, entry: Any, form: str) -> Place | None:
    artifact = at(entry, "id")
    if not isinstance(artifact, str) or not artifact:
        return None
    said = entry.get("format")
    is_known = isinstance(said, str) and said in shapes.FORMATS
    return Place(request("artifact", job_id, artifact), said if is_known else form)


def variants(job_id: str, details: Details) -> list[Variant]:
    """The variants of a debiased job; empty if the service lists none."""
    result = []
    for row in objects(details, "output", "error_mitigation", "debiasing", "variants"):
        name = row.get("variant_id")
        if not isinstance(name, str) or not name:
            continue
        listed = block(row, "results")
        where = tuple(_listed(job_id, listed, name))
        if not listed:  # May's specification lists no results, and has an address for each
            where = tuple(Place(request(f"variant_{what}", job_id, name), form) for what, form in _ADDRESSES.items())
        wires = row.get("qubit_map", ())
        is_map = isinstance(wires, list) and all(_whole(wire) is not None for wire in wires)
        qubit_map = tuple(map(int, wires)) if is_map else None
        result.append(Variant(clean(name, 100), _whole(row.get("shots")), qubit_map, where))
    return result


def compiled(job_id: str, details: Details) -> list[Request]:
    """Requests for the circuit the machine really ran: the artifact if one is listed, then May's address."""
    listed = block(details, "output", "compilation", "compiled_circuits")
    names = sorted(listed, key=lambda name: at(listed, name, "media_type") == "application/octet-stream")
    requests = [place for name in names if (place := _artifact(job_id, listed.get(name), name)) is not None]
    return [*(place.request for place in requests), request("compiled", job_id, "native")]


# -- outcomes ----------------------------------------------------------------------------------------------------


def outcomes(job_id: str, place: Place, answer: Answer) -> shapes.Outcomes:
    """The outcomes in an answer. Raises ServiceError if they contradict themselves."""
    try:
        return shapes.read(place.format, answer.json)
    except shapes.WrongShape as wrong:
        raise _nonsense(job_id, str(wrong)) from None


def distribution(job_id: str, answer: Answer) -> dict[str, float]:
    """The probabilities in an answer, with decimal states as keys. Raises ServiceError if they are no distribution."""
    table = outcomes(job_id, Place(request("probabilities", job_id), shapes.PROBABILITIES), answer).joint
    if table is None:
        raise _nonsense(job_id, "it has no outcomes of all qubits")
    return {str(state): value for state, value in table.items()}


def decoded(
    job_id: str, circuit: FlatCircuit, details: Details, outcome: shapes.Outcomes, is_guess: bool = False
) -> Result:
    """A circuit's result from its outcomes.

    Registers are computed here from the joint outcomes, whatever the service says of them; so it must give the outcomes
    of all qubits, or of one register that contains each of them. An assumed circuit is as wide as its outcomes. Raises
    ServiceError.
    """
    is_dynamic = details.get("type") == registers.TYPE
    if is_dynamic and outcome.widths:
        return registers.read(circuit, details, outcome, _noise(details), is_guess)
    table = outcome.joint
    if table is None:
        table = _whole_register(circuit, outcome)
    if table is None:
        raise _nonsense(job_id, "it has no outcomes of all qubits")
    notes = outcome.notes
    width = max(table).bit_length()
    if is_guess and width > circuit.width:
        circuit = FlatCircuit(width, circuit.name)
    fitting = {state: value for state, value in table.items() if not state >> circuit.width}
    if fitting and len(fitting) < len(table):
        odd = max(table)
        notes = (*notes, f"state {odd} is none of {circuit.width} qubits, and left out")
    answer = {str(state): value for state, value in (fitting or table).items()}
    if outcome.are_counts:
        result = from_counts(circuit, {state: round(count) for state, count in answer.items()}, _noise(details))
    else:
        result = read(circuit, details, answer)
    if outcome.leaked:
        notes = (*notes, f"{outcome.leaked} more shots leaked, and are left out")
    by_shot = tuple([binary(row[shapes.ALL], circuit.width)[::-1] for row in outcome.rows if shapes.ALL in row])
    by_shot = by_shot if all(len(bits) == circuit.width for bits in by_shot) else ()
    result = replace(result, notes=notes, by_shot=by_shot, leaked=outcome.leaked)
    return registers.without_shots(result, circuit) if is_dynamic else result


def _whole_register(circuit: FlatCircuit, outcome: shapes.Outcomes) -> shapes.Table | None:
    """The joint outcomes from a register that lists every qubit once."""
    for name, slots in circuit.readout:
        table = outcome.tables.get(name)
        if table is not None and sorted(slots, key=lambda slot: -1 if slot is None else slot) == [
            *range(circuit.width)
        ]:
            return {
                sum((state >> place & 1) << (slot or 0) for place, slot in enumerate(slots)): value
                for state, value in table.items()
            }
    return None


def read(circuit: FlatCircuit, details: Details, probabilities: Mapping[str, float]) -> Result:
    """A circuit's result. Counts are computed if the service counted: on a QPU or with a noise model."""
    shots = details.get("shots") if _is_counted(details) else None
    return from_probabilities(circuit, probabilities, _whole(shots), _noise(details))


def _noise(details: Details) -> str | None:
    model = at(details, "noise", "model")
    return model if isinstance(model, str) and model != "ideal" else None


def _is_counted(details: Details) -> bool:
    return str(details.get("backend", "")).startswith("qpu.") or _noise(details) is not None


# -- several circuits --------------------------------------------------------------------------------------------


def children(details: Details) -> list[str]:
    """The ids of a job's child jobs, one per circuit; empty for a job with a single circuit."""
    ids = details.get("child_job_ids")
    return [job_id for job_id in ids if isinstance(job_id, str) and job_id] if isinstance(ids, list) else []


def together(job_id: str, details: Details) -> Request | None:
    """The request for the probabilities of all circuits of a job in one answer, if the job names one."""
    listed = block(details, "results")
    place = _artifact(job_id, listed.get(shapes.AGGREGATE), shapes.AGGREGATE)
    if place is not None:
        return place.request
    is_there = str(at(listed, "probabilities", "url")).endswith("/aggregated")
    return request("aggregated", job_id) if is_there else None


def matched(circuits: Sequence[FlatCircuit], children: Sequence[Child]) -> list[Child | None]:
    """The children in the order of the circuits: by name, or by position if no child has a name.

    None for a circuit without a child.
    """
    names = [details.get("name") for _, details in children]
    if not any(names) and len(children) == len(circuits):
        return list(children)
    by_name = {name: child for name, child in zip(names, children, strict=True) if isinstance(name, str)}
    return [by_name.get(circuit.name) for circuit in circuits]


def assumed(details: Details, fallback: str) -> FlatCircuit:
    """A stand-in for an unavailable circuit, as wide as the service says."""
    qubits = at(details, "stats", "qubits")
    width = int(qubits) if isinstance(qubits, int | float) and 0 < qubits < 1000 else 0
    return FlatCircuit(width, clean(details.get("name") or fallback))


# -- energies ----------------------------------------------------------------------------------------------------


def energy(details: Details, asked: Energy | None) -> EnergyResult | None:
    """The value of an energy job, or None. The identity term is never sent, so it is added here."""
    for place, key in (("results", "value"), ("output", "value"), ("output", "energy")):
        value = number(at(details, place, key))
        if value is not None:
            return EnergyResult(value + _identity(asked), number(at(details, place, "variance")))
    return None


_FUNCTIONS = ("quantum-function", "qctrl.qaoa.v1")


def is_function(details: Details) -> bool:
    """Whether a job's result is a value and not a table of outcomes: by its type, or without one by its fields."""
    kind = details.get("type")
    if isinstance(kind, str) and kind:
        return kind in _FUNCTIONS
    return raw(details) is not None


def raw(details: Details) -> RawResult | None:
    """The result in a job's description, unless it only lists places of outcomes."""
    for key in ("results", "output"):
        address = details.get(key)
        if isinstance(address, dict):
            address = {name: value for name, value in address.items() if not _is_place(value)}
        if address not in (None, {}, [], "") and (key == "results" or details.get("type") in _FUNCTIONS):
            return RawResult(address)
    return None


def unknown_artifacts(job_id: str, details: Details) -> list[Request]:
    """Requests for results in unknown formats."""
    listed = block(details, "results")
    names = {*shapes.FORMATS, shapes.AGGREGATE, *_ADDRESSES}
    requests = [_artifact(job_id, entry, name) for name, entry in listed.items() if name not in names]
    return [place.request for place in requests if place is not None]


def _is_place(value: Any) -> bool:
    """Whether a result is an address or the description of an artifact."""
    return isinstance(value, dict) and (any(isinstance(value.get(key), str) for key in ("url", "id")))


def _identity(asked: Energy | None) -> float:
    return float(sum(factor for product, factor in asked.hamiltonian.terms if not product)) if asked else 0.0


# -- fields ------------------------------------------------------------------------------------------------------


def _whole(value: Any) -> int | None:
    found = number(value)
    return int(found) if found is not None and found >= 0 and found == int(found) else None


def _nonsense(job_id: str, reason: str) -> ServiceError:
    return ServiceError([Diagnostic("QC0864", facts={"id": job_id, "reason": reason})])
