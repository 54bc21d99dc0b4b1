"""PyZX, whose circuits TKET brings to interactions of any angle: a text in, rows of the gate table out."""

from __future__ import annotations

import pyzx
from pytket.circuit import Circuit, OpType
from pytket.passes import AutoRebase, DecomposeBoxes
from pytket.qasm import circuit_from_qasm_str, circuit_to_qasm_str

from tests.bench.fair.with_pytket import _peephole
from tests.bench.peers import with_pytket
from tests.bench.peers.with_qiskit import Rows


def exact(text: str) -> Rows:
    """Simplified as a diagram, extracted with its outputs in place."""
    return _finished(_extracted(text), may_swap=False)


def permuted(text: str) -> Rows:
    """The same with implicit swaps afterwards."""
    return _finished(_extracted(text), may_swap=True)


def _extracted(text: str) -> Circuit:
    circuit = circuit_from_qasm_str(text)
    DecomposeBoxes().apply(circuit)
    AutoRebase({OpType.CX, OpType.Rz, OpType.H}).apply(circuit)
    diagram = pyzx.Circuit.from_qasm(circuit_to_qasm_str(circuit)).to_graph()
    pyzx.simplify.full_reduce(diagram, quiet=True)
    result = pyzx.extract_circuit(diagram).to_basic_gates()
    return circuit_from_qasm_str(pyzx.optimize.basic_optimization(result).to_qasm())


def _finished(circuit: Circuit, *, may_swap: bool) -> Rows:
    _peephole(circuit, may_swap)
    return with_pytket.rows(circuit)
