"""Synthesises the stretches between barriers separately.

Takes a circuit with barriers, verbatim rows or waiting times, and returns one with qis rows between them that have
fewer two-qubit gates, or None if there is none to save. Each stretch is a unitary on the qubits it uses: nothing moves
across a barrier, and no qubit is renamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from ionqdsl.algebra.circuit_forms import from_circuit
from ionqdsl.algebra.interactions import Interactions
from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.passes.interactions.use_interactions import compressed
from ionqdsl.passes.interactions.write_qis import written_in_qis
from ionqdsl.passes.rotations.fold_rotations import can_fold


def is_barrier(op: Op) -> bool:
    """Whether nothing may cross a row on its wires."""
    return bool(op.pinned) or op.gate in NOT_GATES or op.gate == "nop"


def has_barrier(rows: Iterable[Op]) -> bool:
    """Whether there is a barrier among rows, equal ones of which are mostly one object."""
    return any(map(is_barrier, {id(op): op for op in rows}.values()))


def between_barriers(
    circuit: FlatCircuit, synthesis: Callable[[FlatCircuit, Sequence[Interactions], str], list[Interactions]]
) -> tuple[FlatCircuit, float] | None:
    """The circuit that the module describes, and a bound for the rounding.

    `synthesis` returns interaction forms of a stretch under the contract `unitary`.
    """
    pairs: list[tuple[Op, Span | None]] = []
    phase, is_better, neglected = circuit.phase, False, 0.0
    for is_closed, group in groupby(zip(circuit.rows, circuit.origins, strict=True), lambda pair: is_barrier(pair[0])):
        stretch = list(group)
        if is_closed:
            pairs += stretch
            continue
        wires = sorted({q for op, _ in stretch for q in op.qubits})
        place = {wire: number for number, wire in enumerate(wires)}
        rows = [op.on(place) for op, _ in stretch]
        inner = FlatCircuit(len(wires), rows=rows, origins=[origin for _, origin in stretch])
        form = compressed(from_circuit(inner), "unitary")
        forms = synthesis(inner, [form], "unitary") if form.two_qubit_gates > 1 and can_fold(inner) else []
        best = min([form, *forms], key=lambda form: form.two_qubit_gates)
        if best is form:
            pairs += stretch
            continue
        is_better = True
        new, origins, extra, more = written_in_qis(best, "unitary")
        neglected += best.neglected + more
        phase += extra + Angle(0, 0, form.phase.terms)  # every synthesis loses the phase's number
        for op, origin in zip(new, origins, strict=True):
            pairs.append((op.on(wires), origin))
    return (circuit.with_rows(pairs, phase=phase), neglected) if is_better else None
