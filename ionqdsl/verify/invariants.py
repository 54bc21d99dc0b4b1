"""Checks that a circuit is well formed, and that a target accepts it.

Takes a circuit and a target and returns a list of faults, in words. Nothing is repaired, and the meaning of the circuit
is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.targets import Target


def invariants(circuit: FlatCircuit, target: Target | None = None) -> list[str]:
    """Faults of a circuit, one line each: rows that no pass may ever produce, or that `target` does not take."""
    faults = []
    if len(circuit.rows) != len(circuit.origins):
        faults.append(f"{len(circuit.rows)} rows but {len(circuit.origins)} origins")
    allowed = None if target is None else _allowed(target)
    for op in dict.fromkeys(circuit.rows):
        faults += [f"{op.gate} {op.qubits}: {fault}" for fault in _faults(op, circuit.width, allowed, target)]
    return faults


def _allowed(target: Target) -> frozenset[str]:
    if target.gateset == "native":
        return frozenset(gate for gate in target.gates if gate)
    return frozenset(gate.key for gate in GATES.values() if gate.gateset == "qis" and gate.payload_name is not None)


def _faults(op: Op, width: int, allowed: frozenset[str] | None, target: Target | None) -> Iterator[str]:
    if any(not 0 <= qubit < width for qubit in op.qubits):
        yield f"a qubit is not among the {width}"
    if len(set(op.qubits)) < len(op.qubits):
        yield "a qubit twice"
    if op.gate in NOT_GATES:
        return
    gate = GATES.get(op.gate)
    if gate is None:
        yield "not in the gate table"
        return
    if gate.operands >= 0 and len(op.qubits) != op.controls + gate.operands:
        yield f"{op.controls} controls and {gate.operands} operands, but {len(op.qubits)} qubits"
    if len(op.angles) != (1 if op.gate == "pauliexp" else len(gate.parameters)):
        yield f"{len(op.angles)} angles"
    if (op.operator is None) == (op.gate == "pauliexp"):
        yield "an operator belongs to pauliexp"
    if target is None or allowed is None:
        return
    if op.gate not in allowed:
        yield f"not a gate of {target.name}"
    elif target.gateset == "native" and op.controls:
        yield "native gates take no controls"
    elif not in_range(op, target):
        yield f"an angle out of the range of {target.name}"


def in_range(op: Op, target: Target) -> bool:
    """Whether the machine takes a native row's angles; unbound angles count as taken.

    Phases are within a turn, except in a pinned row: whole turns of a phase are a matter of spelling, which the payload
    settles, and no change of the pulse.
    """
    if op.gate == target.two_qubit_gate and not takes_angle(target, op.angles[-1]):
        return False
    if op.pinned:
        return True
    return all(map(_is_within_a_turn, op.angles[: GATES[op.gate].phases]))


def _is_within_a_turn(phase: Angle) -> bool:
    if phase.terms:
        return True
    if phase.radians or isinstance(phase.turns, float):
        return -1 <= phase.in_turns() <= 1
    return abs(phase.turns.numerator) <= phase.turns.denominator  # comparing fractions is slow


def takes_angle(target: Target, angle: Angle) -> bool:
    """Whether the target's two-qubit gate takes this angle; the low end is excluded if it is negative."""
    if angle.terms:
        return True
    turns, low, high = angle.in_turns(), float(target.low), float(target.high)  # comparing fractions is slow
    return (low < turns if low < 0 else low <= turns) and turns <= high
