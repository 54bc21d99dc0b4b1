"""Counts the cost of a circuit on an ion trap, the most important part first.

Takes a circuit and returns a `Cost`: two-qubit gates, the total angle of interaction, pulses, and the depth in
two-qubit gates, compared in this order. Native rows are counted exactly, qis rows as their translations one by one.
With a characterization of the machine the expected infidelity is compared first (`price_of`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from ionqdsl.algebra.numbered_rows import numbered
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.characterization import Characterization
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.rounding import NOISE
from ionqdsl.simulation.estimate import estimate, is_native


class Cost(NamedTuple):
    """Compared as a tuple. `angle` is in turns; an unbound angle counts as a quarter."""

    two_qubit_gates: int
    angle: float
    pulses: int
    depth: int


Price = tuple[float, ...]
"""Circuits are compared by this: the expected infidelity, then the cost."""


def price_of(circuit: FlatCircuit, cost: Cost, machine: Characterization | None) -> Price:
    """The price of a circuit that costs `cost`; without a characterization infidelities are 0 and the cost decides.

    Idling and readout count only if all gates are native. Rounded, so that the order in which factors are multiplied
    decides nothing.
    """
    if machine is None:
        return price_of_cost(cost)
    if is_native(circuit):
        fidelity = estimate(circuit, machine).fidelity
    else:
        fidelity = (machine.two_qubit or 1.0) ** cost.two_qubit_gates * (machine.one_qubit or 1.0) ** cost.pulses
    return (round(1 - fidelity, 12), *cost)


def price_of_cost(cost: Cost) -> Price:
    """The price if nothing is known of the machine."""
    return (0.0, *cost)


def cost_of(circuit: FlatCircuit) -> Cost:
    """The cost of a circuit; linear in its rows."""
    two_qubit_gates, angle, pulses = 0, 0.0, 0
    level = [0] * circuit.width
    for different, places in _by_number(circuit):
        interactions, turns, shots = zip(*map(_row_cost, different), strict=True)
        two_qubit_gates += sum(map(interactions.__getitem__, places))
        angle += sum(map(turns.__getitem__, places))
        pulses += sum(map(shots.__getitem__, places))
        _raise(level, [(op.qubits, count) for op, count in zip(different, interactions, strict=True)], places)
    return Cost(two_qubit_gates, round(angle, 9), pulses, max(level, default=0))


def _raise(level: list[int], steps: Sequence[tuple[tuple[int, ...], int]], places: Iterable[int]) -> None:
    """Adds two-qubit gates to the depth that each qubit has reached, by the steps at these places, in place."""
    for qubits, count in map(steps.__getitem__, places):
        if len(qubits) == 2:
            a, b = qubits
            one, other = level[a], level[b]
            level[a] = level[b] = (one if one > other else other) + count
        elif len(qubits) > 2:
            reached = max([level[qubit] for qubit in qubits]) + count
            for qubit in qubits:
                level[qubit] = reached


def fewest_translated(circuit: FlatCircuit) -> int:
    """A lower bound for the two-qubit gates of the rows' translations one by one: rows of no angle may have none."""
    total = 0
    for different, places in _by_number(circuit):
        fewest = [interactions if turns > NOISE else 0 for interactions, turns, _ in map(_row_cost, different)]
        total += sum(map(fewest.__getitem__, places))
    return total


def _by_number(circuit: FlatCircuit) -> Iterator[tuple[list[Op], memoryview]]:
    """Some rows at a time: the different ones, and the number of each row among them."""
    for different, places in numbered(circuit.stream(), counts_on=False):
        yield different, memoryview(places).cast("i")


def _row_cost(op: Op) -> tuple[int, float, int]:
    """Two-qubit gates, turns of interaction and pulses of one row."""
    if not op.qubits or op.gate in NOT_GATES:
        return 0, 0.0, 0
    if op.operator is not None:
        return _evolution_cost(op)
    fixed = _fixed_cost(op.gate, op.controls)
    return _rotation_cost(op.gate, op.controls, op.angles[-1]) if fixed is None else fixed


@lru_cache(maxsize=1 << 14)
def _evolution_cost(op: Op) -> tuple[int, float, int]:
    assert op.operator is not None
    sizes = [len(product) + op.controls for product, _ in op.operator.terms if product]
    two_qubit_gates = max(1, op.operator.steps) * sum(2 * max(0, size - 2) + (size > 1) for size in sizes)
    return two_qubit_gates, two_qubit_gates / 4, 0


@lru_cache(maxsize=1 << 10)
def _fixed_cost(key: str, extra: int) -> tuple[int, float, int] | None:
    """The cost of a gate with `extra` controls, None if it depends on its angle."""
    gate = GATES[key]
    controls, is_swap = extra + gate.controls, gate.axis == "SWAP"
    qubits = extra + gate.operands
    if qubits == 1 and gate.is_diagonal:
        return 0, 0.0, 0
    if qubits == 2 and is_swap:
        return 3, 0.75, 0
    if qubits > 2:
        wide = controls + is_swap
        two_qubit_gates = 5 if wide < 3 else 12 * wide - 23  # about as many as break_wide_gates writes
        return two_qubit_gates, two_qubit_gates / 4, 0
    return None if gate.is_rotation else _turned_cost(gate.rotation.at(()).in_turns(), qubits, controls)


def _rotation_cost(key: str, extra: int, angle: Angle) -> tuple[int, float, int]:
    gate = GATES[key]
    rotation = gate.rotation
    total = angle if rotation.factor == 1 and not rotation.constant else rotation.at((angle,))
    return _turned_cost(_turns(total), extra + gate.operands, extra + gate.controls)


def _turns(rotation: Angle) -> float:
    """A rotation in turns; a quarter if it is open, or too large to be sent."""
    try:
        return 0.25 if rotation.terms else rotation.in_turns()
    except OverflowError:
        return 0.25


@lru_cache(maxsize=1 << 12)
def _turned_cost(rotation: float, qubits: int, controls: int) -> tuple[int, float, int]:
    """The cost of a rotation by so many turns, of which whole ones are nothing."""
    turns = abs((rotation + 0.5) % 1 - 0.5)
    if qubits == 1:
        return 0, 0.0, 1 if 4 * turns % 1 == 0 else 2
    return 1, turns / 2 if controls else min(turns, 0.5 - turns), 0
