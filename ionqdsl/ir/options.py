"""The options of a compilation, from flags, settings and keyword arguments, in one record."""

from __future__ import annotations

import math
from numbers import Real

from ionqdsl.ir.characterization import Characterization
from ionqdsl.record import record

AUTO = "auto"
ENGINES = (AUTO, "statevector", "stabiliser", "mps", "density", "trajectories")
"""The engines of the local machine, and the one that chooses among them: see simulation/engines.py."""

LEVELS = (0, 1, 2, 3)


def is_error(value: object) -> bool:
    """Whether a value is valid for `approx`: the norm of a difference of unitaries, which is never above 2."""
    return isinstance(value, Real) and value < 2 and not value < 0


def is_effort(value: object) -> bool:
    """Whether a value is valid for `effort`."""
    return isinstance(value, Real) and value < math.inf and not value <= 0


@record
class Options:
    """Compile options; None means the default that depends on the program.

    `target` is a row of TARGETS or a backend name, `level` 0-3, `preserve` the contract, `effort` seconds of search at
    level 3, `approx` the allowed error (0: exact), `wire` a row of PROFILES, `characterization` the measured figures of
    the machine, by which circuits are compared instead of by plain counts. `defer` moves measurements to the end, on
    qubits of their own, and makes controls of conditions on outcomes; `reuse` lets qubits share a wire in turn.
    """

    target: str | None = None
    level: int | None = None
    preserve: str = "measurement"
    seed: int = 0
    effort: float = 10.0
    approx: float = 0.0
    verify: bool = False
    wire: str = "v0.4"
    characterization: Characterization | None = None
    defer: bool = False
    reuse: bool = False
