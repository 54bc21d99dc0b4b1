"""When two circuits count as equal: under which contract, and how far apart they may be."""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import fixes_phases
from ionqdsl.record import record

TOLERANCE = 1e-7
"""Largest deviation that counts as rounding; circuits of 100,000 rows stay below 1e-9."""


@record
class Criterion:
    """The measure of equality: a contract, and how far two circuits may be apart (see `equivalent`).

    `allowed` is the error of an approximation, in the operator norm; `tolerance` is rounding. `seed` chooses random
    states, unless only a proof is of use (`is_strict`). `has_strings` says that strings have been compared in vain.
    """

    preserve: str
    seed: int
    allowed: float
    tolerance: float
    is_strict: bool = False
    has_strings: bool = False

    @property
    def limit(self) -> float:
        """The least deviation that is a difference."""
        return self.tolerance + self.allowed

    def freedom(self, names: Sequence[int]) -> str:
        """In words, how circuits that count as equal may differ, besides the global phase."""
        phases = "" if fixes_phases(self.preserve) else ", up to phases of the outcomes"
        return phases + ", with an input permutation" * ([*names] != [*range(len(names))])


def contract(preserve: str, a: FlatCircuit, b: FlatCircuit) -> str:
    """The contract to compare under: circuits without registers read all qubits, so `registers` asks for `outcomes`."""
    return "outcomes" if preserve == "registers" and not (a.registers or b.registers) else preserve
