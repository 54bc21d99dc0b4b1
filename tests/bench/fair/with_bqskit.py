"""BQSKit at its highest level, for small circuits: a text in, rows of the gate table out."""

from __future__ import annotations

import bqskit
from bqskit import Circuit, MachineModel
from bqskit.ir.gates import RZZGate, U3Gate
from bqskit.ir.lang.qasm2 import OPENQASM2Language

from ionqdsl.ir.circuit import Op
from tests.bench.peers.counting import interaction, rz
from tests.bench.peers.with_qiskit import Rows


def exact(text: str) -> Rows:
    """Resynthesis of blocks by numerical instantiation; no wire is renamed."""
    circuit: Circuit = OPENQASM2Language().decode(text)
    model = MachineModel(circuit.num_qudits, gate_set={RZZGate(), U3Gate()})
    result = bqskit.compile(circuit, model=model, optimization_level=3, seed=0, synthesis_epsilon=1e-10)
    found: list[Op] = []
    for operation in result:
        qubits, numbers = tuple(operation.location), [float(number) for number in operation.params]
        if len(qubits) == 2:
            found.append(interaction("zz", numbers[0], qubits))
            continue
        theta, phi, lam = numbers
        found += [rz(lam, *qubits), Op("ry", qubits, rz(theta, *qubits).angles), rz(phi, *qubits)]
    return found, None
