"""Runs mqt.qcec on two OpenQASM programs in a process that may take any time and is ended from outside.

Reads a role, seconds and two programs as JSON from standard input and writes `equal`, `different` or `unknown` to
standard output. Only a proof of the library counts: random simulations that found no difference prove nothing, and
neither does a comparison that ended away from the identity, since rounding may have led it there.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

ROLES: Mapping[str, Sequence[Mapping[str, Any]]] = {
    "zx": ({"method": "zx", "trace_threshold": 1e-11},),
    "alternating": ({"method": "alternating", "trace_threshold": 1e-16},),
    "simulation": (
        {"method": "simulation", "state_type": "computational_basis"},
        {"method": "simulation", "state_type": "random_1q_basis"},
    ),
}
"""The methods of each role, tried in turn until one answers.

`zx` and `alternating` prove equality: by rewriting one circuit and the inverse of the other to nothing, where phases
within the threshold (in half turns) count as one, and by decision diagrams, where off-diagonal entries count by their
square. `simulation` sends random states through both, each qubit along Z or along any of X, Y and Z, and shows a
difference by a fidelity below 1 - 1e-8.
"""

SHOWN = {
    ("zx", "equivalent"): "equal",
    ("zx", "equivalent_up_to_global_phase"): "equal",
    ("alternating", "equivalent"): "equal",
    ("alternating", "equivalent_up_to_global_phase"): "equal",
    ("simulation", "not_equivalent"): "different",
}
"""The meaning of the library's answers, by method; all others count as unknown."""

STATES = 16
MEMORY = 4 << 30
"""Memory limit of a process in bytes, if the system can enforce it."""


def answer(one: str, other: str, role: str, seconds: float) -> str:
    """The answer of a role about two programs. Raises whatever the library raises."""
    from mqt.qcec import verify
    from mqt.qcec.pyqcec import StateType

    for wanted in ROLES[role]:
        options = {**wanted, "timeout": seconds, "parallel": False, "seed": 1, "max_sims": STATES}
        if "state_type" in options:
            options["state_type"] = getattr(StateType, options["state_type"])
        word = verify(one, other, **options).equivalence.name
        if (wanted["method"], word) in SHOWN:
            return SHOWN[wanted["method"], word]
    return "unknown"


def main() -> None:
    """Answers the question on standard input."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, OSError, ValueError):
        pass  # then it is unlimited
    print(answer(**json.load(sys.stdin)))


if __name__ == "__main__":
    main()
