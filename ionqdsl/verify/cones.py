"""Finds a difference of wide circuits with measurements and resets in a few of their outcomes.

Takes two circuits without parameters and returns outputs whose joint distributions differ. Only the rows in the past
of some outputs affect these, and a reset ends the past of its qubit; where few qubits are in it at once, the
distribution is computed exactly. That a difference is found proves it; that none is found proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ionqdsl.ir.circuit import BARRIER, MEASURE, RESET, FlatCircuit, Op, Slot
from ionqdsl.record import record
from ionqdsl.simulation import branches
from ionqdsl.simulation.results import marginal

MOST_WORK = 1 << 24
"""Most rows times amplitudes times branches in the past of outputs that are tried."""

WORK = 1 << 27
"""Most of it for all outputs together."""

MOST_PAIRS = 200
"""Most pairs of outputs that are tried."""

SEEN = 1e-7
"""A difference of probabilities that is no rounding."""

Output = int | Slot


@record
class OutputDifference:
    """Outputs with an outcome whose probabilities in the two circuits differ most."""

    outputs: tuple[Output, ...]
    outcome: str
    probabilities: tuple[float, float]

    @property
    def distance(self) -> float:
        """How far the probabilities are apart."""
        return abs(self.probabilities[0] - self.probabilities[1])


def difference(a: FlatCircuit, b: FlatCircuit, has_ends: bool, tolerance: float) -> OutputDifference | None:
    """The first difference that is found from |0...0>, least work first.

    The circuits have the same slots and, with `has_ends`, the same qubits, whose final bits count too. Probabilities
    may differ by `tolerance`, as those of circuits do that are as near to each other.
    """
    tried = []
    for number, outputs in enumerate(_candidates(a, has_ends)):
        pasts = [past(circuit, outputs) for circuit in (a, b)]
        effort = sum(_effort(rows) for rows in pasts)
        if effort <= MOST_WORK:
            tried.append((effort, number, outputs, pasts))
    left = WORK
    for effort, _, outputs, pasts in sorted(tried):
        left -= effort
        if left < 0:
            return None
        one, other = (_distribution(rows, outputs) for rows in pasts)
        gaps = {bits: abs(one.get(bits, 0.0) - other.get(bits, 0.0)) for bits in {**one, **other}}
        worst = max(sorted(gaps), key=gaps.__getitem__)
        if gaps[worst] > max(SEEN, tolerance):
            return OutputDifference(outputs, worst, (one.get(worst, 0.0), other.get(worst, 0.0)))
    return None


def _effort(rows: Sequence[Op]) -> int:
    """Rows times amplitudes times branches, at most."""
    inner = FlatCircuit(0, rows=[*rows], origins=[None] * len(rows))
    forks = sum(op.gate in (MEASURE, RESET) for op in rows)
    return (len(rows) + 1) << branches.widest(inner) + forks


def _candidates(circuit: FlatCircuit, has_ends: bool) -> Iterator[tuple[Output, ...]]:
    """Single outputs, and then pairs: each slot with the next one, and with the end of the qubit it was read on."""
    slots = circuit.slots
    pairs: list[tuple[Output, Output]] = [*pairwise(slots)]
    yield from ((slot,) for slot in slots)
    if has_ends:
        ends = {op.slot: op.qubits[0] for op in circuit.rows if op.slot is not None}
        yield from ((qubit,) for qubit in range(circuit.width))
        pairs += [(slot, ends[slot]) for slot in slots]
        pairs += pairwise(range(circuit.width))
    yield from pairs[:MOST_PAIRS]


def _distribution(rows: Sequence[Op], outputs: Sequence[Output]) -> dict[str, float]:
    """The joint distribution of outputs whose past is a number of rows."""
    used = sorted({qubit for op in rows for qubit in op.qubits} | {one for one in outputs if isinstance(one, int)})
    place = {qubit: number for number, qubit in enumerate(used)}
    moved = [op.on(place) for op in rows]
    written = [op.slot for op in moved if op.slot is not None]
    inner = FlatCircuit(len(used), rows=moved, origins=[None] * len(moved), registers=(("", tuple(written)),))
    table = branches.distribution(inner, lambda needed: None)
    places = [len(used) + written.index(one) if isinstance(one, Slot) else place[one] for one in outputs]
    return marginal(table, tuple(places))


def past(circuit: FlatCircuit, outputs: Sequence[Output]) -> list[Op]:
    """The rows that affect outputs, in order. A gate counts if it meets a qubit whose later state counts."""
    slots = {one for one in outputs if isinstance(one, Slot)}
    cone = {one for one in outputs if isinstance(one, int)}
    rows = []
    for op in reversed(circuit.rows):
        if op.gate == MEASURE and op.slot in slots:
            cone.update(op.qubits)
        if op.gate == BARRIER or cone.isdisjoint(op.qubits):
            continue
        rows.append(op)
        slots.update([slot for slot, _ in op.when])
        if op.gate == RESET:
            cone -= {*op.qubits}
        else:
            cone.update(op.qubits)
    rows.reverse()
    return rows
