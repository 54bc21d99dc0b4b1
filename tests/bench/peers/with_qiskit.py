"""Qiskit, alone and with IonQ's plug-in: circuits in, rows of the gate table out.

Circuits are measured at the end, as users' are, so that a compiler may move qubits and says so by where it measures.
"""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

from qiskit import QuantumCircuit, qasm2, transpile
from qiskit.transpiler import PassManagerConfig

from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op
from tests.bench.peers.counting import interaction, rz

Rows = tuple[list[Op], list[int] | None]
"""Rows whose outputs are in place, and which input each qubit takes; None where the compiler does not say."""


def read(text: str) -> QuantumCircuit:
    """An OpenQASM 2 text, every qubit measured."""
    circuit = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    measured = QuantumCircuit(circuit.num_qubits, circuit.num_qubits)
    measured.compose(circuit, inplace=True)
    measured.measure(range(circuit.num_qubits), range(circuit.num_qubits))
    return measured


def plain(circuit: QuantumCircuit, basis: str) -> QuantumCircuit:
    """Qiskit's own transpiler at its highest level, to gates in which partial angles exist."""
    return transpile(circuit, basis_gates=basis.split(), optimization_level=3, seed_transpiler=0)


def ionq(circuit: QuantumCircuit, machine: str, level: int | None = None) -> QuantumCircuit:
    """IonQ's native targets; no level means Qiskit's default."""
    backend = _backend(machine, circuit.num_qubits)
    return transpile(circuit, backend=backend, optimization_level=level, seed_transpiler=0)


def plugin(circuit: QuantumCircuit, machine: str, level: int) -> QuantumCircuit:
    """The optimiser that comes with IonQ's plug-in, as its tests call it."""
    from qiskit_ionq.ionq_optimizer_plugin import TrappedIonOptimizerPlugin

    config = PassManagerConfig.from_backend(_backend(machine, circuit.num_qubits), seed_transpiler=0)
    return TrappedIonOptimizerPlugin().pass_manager(config, optimization_level=level).run(circuit)


@cache
def _backend(machine: str, width: int) -> Any:
    """A native backend of that size; without this it asks the service, and takes four qubits if there is no answer."""
    from qiskit_ionq import IonQProvider, ionq_backend

    ionq_backend.get_n_qubits = lambda *_: max(width, 2)
    with warnings.catch_warnings(action="ignore"):
        return ionq_backend.IonQSimulatorBackend(
            IonQProvider("not used"), "simulator", gateset="native", noise_model=f"{machine}-1"
        )


def rows(result: QuantumCircuit) -> Rows:
    """Rows with every qubit named by the bit its measurement writes."""
    wires = {bit: wire for wire, bit in enumerate(result.qubits)}
    bits = {bit: number for number, bit in enumerate(result.clbits)}
    names = {wires[step.qubits[0]]: bits[step.clbits[0]] for step in result.data if step.name == "measure"}
    found: list[Op] = []
    for step in result.data:
        if step.name not in ("measure", "barrier"):
            qubits = tuple(names[wires[bit]] for bit in step.qubits)
            found += _row(step.name, [float(number) for number in step.params], qubits)
    layout = result.layout
    starts = range(len(names)) if layout is None else layout.initial_index_layout(filter_ancillas=True)
    inputs = [0] * len(names)
    for qubit, wire in enumerate(starts):
        if wire not in names:
            return found, None
        inputs[names[wire]] = qubit
    return found, inputs


def _row(name: str, numbers: list[float], qubits: tuple[int, ...]) -> list[Op]:
    if name == "rz":
        return [rz(numbers[0], qubits[0])]
    if name in ("x", "sx"):
        return [Op({"x": "x", "sx": "v"}[name], qubits)]
    if name in ("rzz", "rxx"):
        return [interaction(name[1:], numbers[0], qubits)]
    key = {"gpi": "gpi", "gpi2": "gpi2", "ms": "ms", "zz": "zz_native"}[name]
    return [Op(key, qubits, tuple(map(Angle, numbers)))]
