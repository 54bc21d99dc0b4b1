"""Proofs in several steps, by way of circuits that a compilation came past."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.record import changed
from ionqdsl.verify.comparison import same_strings, verdict_of
from ionqdsl.verify.criterion import Criterion
from ionqdsl.verify.findings import Verdict

Ways = Callable[[], Iterable[Sequence[FlatCircuit]]]
"""Makes circuits that a proof may go by: each sequence one that it may come to, and others with the same rotations."""


def by_ways(
    a: FlatCircuit, b: FlatCircuit, criterion: Criterion, inputs: Sequence[int] | None, via: Ways
) -> Verdict | None:
    """A proof in several steps, from `a` by way of other circuits to `b`; no step may be an approximation."""
    strict = changed(criterion, is_strict=True)
    routes: list[tuple[FlatCircuit, list[Verdict]]] = [(a, [])]
    size = _size(b)
    left = sorted(via(), key=lambda way: abs(_size(way[-1]) - size))
    for here, before in routes:
        for way in [*left]:
            steps = _stepped(here, way, strict)
            if steps is None:
                continue
            left = [other for other in left if other is not way]
            steps = [*before, *steps]
            last = verdict_of(way[-1], b, strict, inputs)
            if last.equal and last.is_proven:
                return _in_steps([*steps, last], criterion)
            routes.append((way[-1], steps))
    return None


def _size(circuit: FlatCircuit) -> int:
    """The number of rows on several qubits."""
    return sum([len(op.qubits) > 1 for op in circuit.rows])


def _stepped(here: FlatCircuit, way: Sequence[FlatCircuit], criterion: Criterion) -> list[Verdict] | None:
    """The proofs that each circuit of a way is equal to the one before, the first to `here`."""
    steps = []
    names = tuple(range(here.width))
    for number, there in enumerate(way):
        if number or there.rows != here.rows:  # those were compared already
            quick = same_strings(here, there, criterion, names) if number else None
            step = quick or verdict_of(here, there, changed(criterion, has_strings=number > 0), names)
            if not (step.equal and step.is_proven):
                return None
            steps.append(step)
        elif len(way) == 1:
            return None
        here = there
    return steps


def _in_steps(steps: Sequence[Verdict], criterion: Criterion) -> Verdict | None:
    """The verdict of several proofs one after another; None if their rounding adds up to too much."""
    deviation = sum([each.deviation for each in steps])
    methods = ", ".join(dict.fromkeys([each.method for each in steps]))
    checked = f"{len(steps)} steps: {'; '.join(dict.fromkeys([each.checked for each in steps]))}"
    return Verdict(True, methods, checked, "", deviation, steps[-1].inputs) if deviation < criterion.tolerance else None
