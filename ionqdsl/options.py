"""How to compile: what flags, settings and keyword arguments say, in one record."""

from __future__ import annotations

from dataclasses import dataclass

PRESERVE = ("unitary", "measurement", "outcomes")
"""The contracts, strictest first."""

LEVELS = (0, 1, 2, 3)


@dataclass(frozen=True)
class Options:
    """Compile options; None means the default that depends on the program.

    `target` is a row of TARGETS or a backend name, `level` 0-3, `preserve` the contract, `effort` seconds of search at
    level 3, `approx` the allowed error (0: exact), `wire` a row of WIRES.
    """

    target: str | None = None
    level: int | None = None
    preserve: str = "measurement"
    seed: int = 0
    effort: float = 10.0
    approx: float = 0.0
    verify: bool = False
    wire: str = "v0.4"
