"""This project's compiler under a contract, called as the others are."""

from __future__ import annotations

from tests.bench.peers import with_ionqdsl
from tests.bench.peers.with_qiskit import Rows

MACHINES = ("forte", "aria")


def own(text: str, preserve: str, level: int, machine: str = "forte", approx: float = 0.0) -> Rows:
    """Native rows and the input permutation."""
    from ionqdsl.ir.options import Options
    from ionqdsl.ir.targets import TARGETS
    from ionqdsl.passes import transpile

    options = Options(target=machine, level=level, preserve=preserve, approx=approx)
    result, _, report = transpile(with_ionqdsl.read(text), TARGETS[machine], options)
    return with_ionqdsl.rows((result, report))
