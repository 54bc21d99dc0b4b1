"""Cirq with IonQ's gatesets: circuits in, rows of the gate table out. Qubits are never moved."""

from __future__ import annotations

import cirq
import cirq_ionq
from cirq.contrib.qasm_import import circuit_from_qasm

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op


def read(text: str) -> cirq.Circuit:
    """An OpenQASM 2 text."""
    return circuit_from_qasm(text)


def ionq(circuit: cirq.Circuit, machine: str) -> cirq.Circuit:
    """Cirq's optimiser for a target gateset, IonQ's in this case."""
    gateset = cirq_ionq.AriaNativeGateset() if machine == "aria" else cirq_ionq.ForteNativeGateset()
    return cirq.optimize_for_target_gateset(circuit, gateset=gateset)


def rows(result: cirq.Circuit) -> tuple[list[Op], list[int] | None]:
    """Rows, and no change of inputs."""
    found: list[Op] = []
    for operation in result.all_operations():
        qubits = tuple(int(str(qubit).rpartition("_")[2]) for qubit in operation.qubits)
        gate = operation.gate
        if isinstance(gate, cirq_ionq.GPIGate):
            found.append(Op("gpi", qubits, (Angle(float(gate.phi)),)))
        elif isinstance(gate, cirq_ionq.GPI2Gate):
            found.append(Op("gpi2", qubits, (Angle(float(gate.phi)),)))
        elif isinstance(gate, cirq_ionq.MSGate):
            found.append(Op("ms", qubits, (Angle(float(gate.phi0)), Angle(float(gate.phi1)), Angle(float(gate.theta)))))
        elif isinstance(gate, cirq_ionq.ZZGate):
            found.append(Op("zz_native", qubits, (Angle(float(gate.theta)),)))
        elif not isinstance(gate, cirq.GlobalPhaseGate):
            raise ValueError(f"{gate} is not native")
    return found, None
