"""Qiskit held to each contract: a text in, rows of the gate table out."""

from __future__ import annotations

from qiskit import QuantumCircuit, qasm2
from qiskit.transpiler import PassManager, StagedPassManager, generate_preset_pass_manager
from qiskit.transpiler.passes import (
    ElidePermutations,
    HoareOptimizer,
    OptimizeSwapBeforeMeasure,
    RemoveDiagonalGatesBeforeMeasure,
    Split2QUnitaries,
)

from tests.bench.peers import with_qiskit
from tests.bench.peers.with_qiskit import Rows, _row, read

BASIS = ["rz", "sx", "x", "rzz"]


def _level_3() -> StagedPassManager:
    return generate_preset_pass_manager(optimization_level=3, basis_gates=BASIS, seed_transpiler=0)


def _bare(text: str) -> QuantumCircuit:
    return qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)


def exact(text: str) -> Rows:
    """Level 3 without the passes that leave out swaps and note a permutation instead."""
    manager = _level_3()
    manager.init = _without_elision(manager.init)
    result = manager.run(_bare(text))
    return _named(result, list(range(result.num_qubits)))


def _without_elision(stage: PassManager) -> PassManager:
    kept = PassManager()
    for number in range(len(stage)):
        for task in stage[number].to_flow_controller().tasks:
            if isinstance(task, ElidePermutations):
                continue
            kept.append(Split2QUnitaries(split_swap=False) if isinstance(task, Split2QUnitaries) else task)
    return kept


def elided(text: str) -> Rows:
    """Level 3 as it is, its permutation of outputs free."""
    result = _level_3().run(_bare(text))
    wires = list(range(result.num_qubits)) if result.layout is None else result.layout.final_index_layout()
    return _named(result, wires)


def measured(text: str) -> Rows:
    """Level 3 with every qubit measured, and without gates that may be dropped before a measurement."""
    before = PassManager([OptimizeSwapBeforeMeasure(), RemoveDiagonalGatesBeforeMeasure()])
    return with_qiskit.rows(_level_3().run(before.run(read(text))))


def from_zeros(text: str) -> Rows:
    """The same after the pass that follows |0...0>."""
    before = PassManager([OptimizeSwapBeforeMeasure(), RemoveDiagonalGatesBeforeMeasure(), HoareOptimizer(size=4)])
    return with_qiskit.rows(_level_3().run(before.run(read(text))))


def _named(result: QuantumCircuit, ends: list[int]) -> Rows:
    """Rows with every wire named by the output that it ends as; `ends[q]` is the wire of output q."""
    names = {wire: qubit for qubit, wire in enumerate(ends)}
    place = {bit: wire for wire, bit in enumerate(result.qubits)}
    found = []
    for step in result.data:
        if step.name != "barrier":
            qubits = tuple(names[place[bit]] for bit in step.qubits)
            found += _row(step.name, [float(number) for number in step.params], qubits)
    layout = result.layout
    starts = range(len(names)) if layout is None else layout.initial_index_layout(filter_ancillas=True)
    inputs = [0] * len(names)
    for qubit, wire in enumerate(starts):
        inputs[names[wire]] = qubit
    return found, inputs
