"""Puts gates of a circuit that is built in Python under a condition on outcomes.

Takes a condition as text in the language, and the rows that were added inside a `with`. These rows then act only on
the shots for which it holds. Which outcomes these are, the compiler says (language/lower/measurements.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, SupportsIndex

from ionqdsl.diagnostics import fail
from ionqdsl.ir.arguments import text_of, whole
from ionqdsl.ir.circuit import MEASURE, RESET, Condition, FlatCircuit, Slot, Steps
from ionqdsl.language import syntax
from ionqdsl.language.evaluate import Scope
from ionqdsl.language.lower import measurements
from ionqdsl.language.values import NamedSlots
from ionqdsl.pipeline import expression

Outcomes = SupportsIndex | Sequence[SupportsIndex]
"""The outcome of one measurement, 0 or 1, or one for each slot of a register."""


def conditions(circuit: FlatCircuit, text: str, value: Outcomes | None) -> list[Condition]:
    """The outcomes for which a condition holds, or, given a value, equals it. Raises IonqdslError."""
    slots = {name: its for name, its in circuit.registers if not any(isinstance(slot, int) for slot in its)}
    named = {name: NamedSlots(tuple([Slot(name, place) for place in range(len(its))])) for name, its in slots.items()}
    condition = expression(_compared(text_of(text, "the condition"), value, slots), "the condition")
    used = {part.name: named[part.name] for part in syntax.references([condition]) if part.name in named}
    if not used:
        raise fail("QC0343", text=text, registers=", ".join(named) or None)
    held, _ = measurements.decided([condition], used, circuit.slots, Scope({**used}))
    return held


def _compared(text: str, value: Outcomes | None, slots: dict[str, Any]) -> str:
    """The condition, compared with the value if there is one."""
    if value is None:
        return text
    left = text if text.isidentifier() else f"({text})"
    if isinstance(value, Sequence):
        return f"{left} == {[whole(bit, 'an outcome', 0, 1) for bit in value]}"
    bit = whole(value, "an outcome", 0, 1)
    return f"{left}[0] == {bit}" if len(slots.get(text, ())) == 1 else f"{left} == {bit}"


@contextmanager
def under(circuit: FlatCircuit, alternatives: Sequence[Condition]) -> Iterator[None]:
    """Puts the rows that are added inside under conditions that exclude each other.

    If the rows can have none (QC0299), or something else is raised inside, the circuit is as it was before. Global
    phases of a branch are left out, since shots with other outcomes cannot be compared with it.
    """
    first, phase, registers = len(circuit), circuit.phase, circuit.registers
    try:
        yield
        rows, origins = circuit.steps_since(first)
        wrong = next((op.gate for op in rows if op.gate in (MEASURE, RESET)), None)
        wrong = wrong or ("register" if circuit.registers != registers else None)
        wrong = wrong or ("verbatim" if any(op.pinned for op in rows) else None)
        if wrong is not None:
            raise fail("QC0299", what=wrong)
    except BaseException:
        circuit.replace_since(first, Steps([], []))
        circuit.phase, circuit.registers = phase, registers
        raise
    circuit.phase = phase
    circuit.replace_since(first, Steps([], []))
    for condition in alternatives:
        start = len(circuit)
        for op, origin in zip(rows, origins, strict=True):
            circuit.add(op, origin)
        measurements.conditioned(circuit, start, condition)
