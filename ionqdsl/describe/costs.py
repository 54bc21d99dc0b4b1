"""Counts the two-qubit gates and pulses of a circuit on each machine, compiled as `compile` does by default.

Takes a circuit and returns counts by machine. Machines that cannot run it are left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from ionqdsl import passes
from ionqdsl.describe.stats import stats
from ionqdsl.diagnostics import IonqdslError
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import MACHINES, TARGETS

MAX_ROWS = 20_000
"""Longer circuits are not compiled just to be counted."""

Costs = Mapping[str, tuple[int, int]]
"""Machine -> two-qubit gates and pulses."""


def costs(circuit: FlatCircuit, preserve: str = "measurement") -> Costs:
    """The counts of a circuit on each machine; empty for circuits of more than MAX_ROWS gates.

    `preserve` is the contract of the compilation: "unitary" for circuits that may be used anywhere in a program, not
    only at its beginning.
    """
    result = {}
    for machine in [row.name for row in MACHINES] if len(circuit) <= MAX_ROWS else ():
        try:
            compiled, _, _ = passes.transpile(circuit, TARGETS[machine], Options(target=machine, preserve=preserve))
        except IonqdslError:
            continue
        size = stats(compiled)
        result[machine] = size.two_qubit_gates, size.pulses
    return result


def shown(costs_by_machine: Costs) -> str:
    """Counts on one line: `aria 1 two_qubit_gate, 4 pulses · forte ...`."""
    return " · ".join(
        f"{machine} {_count(two_qubit_gates, 'two-qubit gate')}, {_count(pulses, 'pulse')}"
        for machine, (two_qubit_gates, pulses) in costs_by_machine.items()
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
