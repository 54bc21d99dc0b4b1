"""Prepares a circuit for the passes, before any gate is translated: measurements go where the machine takes them."""

from __future__ import annotations

from collections.abc import Callable

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.passes.defer import deferred
from ionqdsl.passes.drop_barriers import drop_barriers
from ionqdsl.passes.drop_unread import drop_unread
from ionqdsl.passes.read_at_end import read_at_end
from ionqdsl.passes.report import Done, told


def prepared(circuit: FlatCircuit, options: Options, level: int = 0, watched: bool = False) -> tuple[FlatCircuit, Done]:
    """The circuit with its measurements where the machine takes them, and the reports of the steps that moved them.

    The reports hold the circuits if somebody watches.
    """
    done = Done()
    steps: list[Callable[[FlatCircuit], FlatCircuit]] = []
    if options.reuse:
        from ionqdsl.passes.reuse import sharing

        steps.append(sharing)
    steps += [deferred] if options.defer else []
    steps += [drop_unread] if options.preserve == "registers" else []
    steps += [read_at_end, drop_barriers] if level > 0 else [read_at_end]
    for step in steps:
        before, circuit = circuit, step(circuit)
        if circuit is not before:
            done.append((told(step.__name__, before, circuit), circuit if watched else None))
    return circuit, done


def sendable(circuit: FlatCircuit) -> FlatCircuit:
    """A circuit with measurements in the middle is sent in gates that OpenQASM 3 has names for."""
    if not circuit.is_dynamic or circuit.gateset != "qis":
        return circuit
    from ionqdsl.passes.break_wide_gates import narrowed

    return narrowed(circuit)
