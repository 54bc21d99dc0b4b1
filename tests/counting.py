"""Counts the gates after compiling, once the result has been compared with its source as a matrix."""

from __future__ import annotations

import numpy as np

from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import TARGETS
from ionqdsl.passes import transpile
from tests.random_circuits import matrix
from tests.test_interactions import renamed


def two_qubit_gates(source: FlatCircuit, preserve: str = "unitary") -> int:
    """The two-qubit gates at -O2 for a Forte; the contract is checked by dense matrices."""
    result, _, report = transpile(source, TARGETS["forte"], Options(preserve=preserve, level=2), checked=True)
    before, after = renamed(matrix(source), report.inputs, source.width), matrix(result)
    if preserve in ("outcomes", "registers"):
        assert np.abs(np.abs(before[:, 0]) ** 2 - np.abs(after[:, 0]) ** 2).max() < 1e-9
    else:
        axis = 1 if preserve == "measurement" else None  # a phase for each outcome, or one for all
        overlap = (before.conj() * after).sum(axis=axis, keepdims=True)
        assert np.abs(before * overlap / np.abs(overlap) - after).max() < 1e-9
    return sum(len(op.qubits) == 2 for op in result.rows)
