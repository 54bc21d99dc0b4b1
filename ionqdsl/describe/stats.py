"""Counts the size of a circuit: qubits, gates, two-qubit gates, pulses and depth.

Takes a circuit and returns a `Stats`. Two-qubit gates and pulses are operations of the hardware, so rows that are not
native yet are counted as their translation, one by one; nothing is compiled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from ionqdsl.ir.circuit import BARRIER, MEASURE, NOT_GATES, RESET, FlatCircuit, Op, Slot
from ionqdsl.ir.gates import GATES
from ionqdsl.passes.cost import cost_of


class Stats(NamedTuple):
    """`by_gate` counts gates by name, controlled ones as `ctrl(n) @ name`; `interaction_turns` is the sum of angles.

    `measurements` and `resets` are those before the end, `conditional` the gates that depend on outcomes.
    """

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
    measurements: int = 0
    resets: int = 0
    conditional: int = 0

    def to_json(self) -> dict[str, Any]:
        """The same as plain data; counts of measurements, resets and conditions only where a circuit has the former."""
        plain = {**self._asdict(), "by_gate": dict(self.by_gate), "parameters": list(self.parameters)}
        if not (self.measurements or self.resets):
            for name in ("measurements", "resets", "conditional"):
                del plain[name]
        return plain


def stats(circuit: FlatCircuit) -> Stats:
    """Counts a circuit."""
    cost = cost_of(circuit)
    names: Counter[str] = Counter()
    kinds = Counter((op.gate, op.controls, bool(op.when)) for op in circuit.stream(_nobody))
    for (key, extra, _), count in kinds.items():
        if key not in NOT_GATES:
            controls = "ctrl @ " if extra == 1 else f"ctrl({extra}) @ " if extra else ""
            names[controls + GATES[key].name] += count
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
        measurements=sum(count for (key, _, _), count in kinds.items() if key == MEASURE),
        resets=sum(count for (key, _, _), count in kinds.items() if key == RESET),
        conditional=sum(count for (_, _, is_conditional), count in kinds.items() if is_conditional),
    )


def _nobody(op: Op) -> bool:
    """The angles do not count."""
    return False


def depth(circuit: FlatCircuit) -> int:
    """The length of the longest chain of gates, measurements and resets.

    A gate that depends on an outcome follows its measurement. A barrier makes its qubits wait for each other but is no
    gate.
    """
    level = [0] * circuit.width
    written: dict[Slot | None, int] = {}
    for op in circuit.stream(_nobody):
        if op.qubits:
            reached = max(level[qubit] for qubit in op.qubits)
            if op.when:
                reached = max(reached, *(written[slot] for slot, _ in op.when))
            reached += op.gate != BARRIER
            for qubit in op.qubits:
                level[qubit] = reached
            if op.slot is not None:
                written[op.slot] = reached
    return max(level, default=0)
