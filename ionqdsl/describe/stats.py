"""Counts the size of a circuit: qubits, gates, two-qubit gates, pulses and depth.

Takes a circuit and returns a `Stats`. Two-qubit gates and pulses are operations of the hardware, so rows that are not
native yet are counted as their translation, one by one; nothing is compiled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from ionqdsl.ir.circuit import BARRIER, FlatCircuit
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.cost import cost_of


class Stats(NamedTuple):
    """`by_gate` counts rows by name, controlled ones as `ctrl(n) @ name`; `interaction_turns` is the sum of angles."""

    name: str
    gateset: str
    qubits: int
    gates: int
    by_gate: Mapping[str, int]
    two_qubit_gates: int
    interaction_turns: float
    pulses: int
    depth: int
    two_qubit_depth: int
    parameters: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The same as plain data."""
        return {**self._asdict(), "by_gate": dict(self.by_gate), "parameters": list(self.parameters)}


def stats(circuit: FlatCircuit) -> Stats:
    """Counts a circuit."""
    cost = cost_of(circuit)
    names: Counter[str] = Counter()
    for op, count in Counter(circuit.rows).items():
        if op.gate != BARRIER:
            controls = "ctrl @ " if op.controls == 1 else f"ctrl({op.controls}) @ " if op.controls else ""
            names[controls + GATES[op.gate].name] += count
    return Stats(
        name=circuit.name,
        gateset=circuit.gateset,
        qubits=circuit.width,
        gates=sum(names.values()),
        by_gate=dict(sorted(names.items())),
        two_qubit_gates=cost.two_qubit_gates,
        interaction_turns=cost.angle,
        pulses=cost.pulses,
        depth=depth(circuit),
        two_qubit_depth=cost.depth,
        parameters=circuit.symbols,
    )


def depth(circuit: FlatCircuit) -> int:
    """The length of the longest chain of gates. A barrier makes its qubits wait for each other but is no gate."""
    level = [0] * circuit.width
    for op in circuit.rows:
        if op.qubits:
            reached = max(level[qubit] for qubit in op.qubits) + (op.gate != BARRIER)
            for qubit in op.qubits:
                level[qubit] = reached
    return max(level, default=0)
