"""Circuits for error mitigation in Python: folded and twirled ones."""

from __future__ import annotations

from typing import Any

from ionqdsl.diagnostics import fail
from ionqdsl.ir.arguments import refused, seed_of, shown, whole
from ionqdsl.ir.circuit import MAX_OPERATIONS
from ionqdsl.ir.circuit import FlatCircuit as Rows
from ionqdsl.ir.symbols import exact
from ionqdsl.python.builder import Circuit

MAX_CIRCUITS = 100_000
"""Most twirls of one call."""


def fold(circuit: Rows, scale: float) -> Circuit:
    """The circuit with `scale` times its two-qubit gates and the same meaning, for zero-noise extrapolation.

    A native circuit becomes a block that no level of the optimiser changes; the parts of a qis circuit have barriers
    between them. The scale is rounded to one that the number of gates allows. Raises CompileError.
    """
    from ionqdsl.mitigation.fold import fold

    times = exact(scale, "the scale")
    if not 1 <= times <= MAX_OPERATIONS:
        raise fail("QC0881", role="the scale", wanted=f"from 1 to {MAX_OPERATIONS}", given=shown(scale))
    return fold(_built(circuit), float(times))


def twirl(circuit: Rows, count: int, seed: int = 0) -> list[Circuit]:
    """`count` native circuits equal to a native one, with random Pauli products around each two-qubit gate.

    The same seed gives the same circuits; `run` and `submit` make one job of them, and `results.merged()` adds their
    counts. No level of the optimiser changes them. Raises CompileError for a circuit that is not native.
    """
    from ionqdsl.mitigation.twirl import twirl

    numbers = range(whole(count, "the number of circuits", 1, MAX_CIRCUITS))
    chosen, seed = _built(circuit), seed_of(seed)
    return [twirl(chosen, f"{seed} {number}") for number in numbers]


def _built(what: Any) -> Circuit:
    """A circuit with the methods of `Circuit`. Raises UsageError for anything else."""
    if not isinstance(what, Rows):
        raise refused("the circuit", "a circuit", what)
    return what if isinstance(what, Circuit) else Circuit.of(what)
