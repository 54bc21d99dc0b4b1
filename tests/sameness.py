"""Says whether two circuits or programs are the same: registers, parameters, settings, and the unitary or outcomes.

Takes both and raises AssertionError if they differ. Programs that measure are compared by their exact distributions.
"""

from __future__ import annotations

import dynamic_programs
import numpy as np
from dynamic_programs import far, outcomes

from ionqdsl.ir import symbolic
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.job import LoweredProgram
from ionqdsl.simulation import simulate

MOST_QUBITS = 6
ATOL = 1e-6
VALUES = {"t": 0.37, "open": -1.1}


def circuits_of(program: LoweredProgram) -> list[FlatCircuit]:
    """The circuits to run, or the ansatz of an energy."""
    return [program.energy.ansatz] if program.energy else list(program.runs)


def bound(circuit: FlatCircuit, names: tuple[str, ...]) -> FlatCircuit:
    """With numbers for open parameters, the same for the same one of `names`."""
    numbers = {name: VALUES.get(name, 0.1 + 0.37 * place) for place, name in enumerate(sorted(names))}
    return symbolic.bind(circuit, {name: numbers[own(name, names)] for name in symbolic.parameters(circuit)})


def own(name: str, names: tuple[str, ...]) -> str:
    """The name of a parameter before: `th_0` was `th[0]`, and `t_1` was `t`, which is a gate of OpenQASM."""
    stem, _, number = name.rpartition("_")
    return next((one for one in (name, f"{stem}[{number}]", stem) if one in names), name)


def same_circuit(
    one: FlatCircuit, other: FlatCircuit, phase: bool = True, registers: bool = True, may_lose: bool = False
) -> None:
    """The same qubits, registers, parameters (a compiled circuit may have lost one) and unitary."""
    assert one.width == other.width
    if one.is_dynamic:
        same_outcomes(one, other, wholly=registers and phase)
        return
    if registers:
        assert one.registers == other.registers
    assert [slots for _, slots in one.registers] == [slots for _, slots in other.registers]
    names = symbolic.parameters(one)
    left = {own(name, names) for name in symbolic.parameters(other)}
    assert left <= set(names) if may_lose else left == set(names)
    if one.width > MOST_QUBITS:
        return
    first, second = (simulate.unitary(bound(circuit, names)) for circuit in (one, other))
    if not phase:
        place = np.unravel_index(abs(first).argmax(), first.shape)
        second = second * (first[place] / second[place])
    assert np.allclose(first, second, atol=ATOL)


def same_outcomes(one: FlatCircuit, other: FlatCircuit, wholly: bool) -> None:
    """The same joint distribution of registers; `wholly`: their names, parameters and the final qubits as well.

    A foreign format names registers by its own rules, and measures the qubits of a register at the end by statements.
    """
    names = symbolic.parameters(one)
    if wholly:
        assert one.registers == other.registers
        assert names == symbolic.parameters(other)
    if one.width <= MOST_QUBITS:
        seen = outcomes if wholly else dynamic_programs.registers
        first, second = (seen(bound(circuit, names)) for circuit in (one, other))
        assert far(first, second) < ATOL


def same_program(one: LoweredProgram, other: LoweredProgram) -> None:
    """The same job: settings, circuits with their names and gatesets, energy, function."""
    assert {path: s.value for path, s in one.job.settings.items()} == {
        path: s.value for path, s in other.job.settings.items()
    }
    assert one.is_multi == other.is_multi
    if one.is_multi:  # a single one's name is sent nowhere
        assert [c.name for c in one.runs] == [c.name for c in other.runs]
    assert [c.gateset for c in one.runs] == [c.gateset for c in other.runs]
    for first, second in zip(circuits_of(one), circuits_of(other), strict=True):
        same_circuit(first, second)
    for first, second in ((one.energy, other.energy), (one.function, other.function)):
        assert (first is None) == (second is None)
        for name in (
            "hamiltonian",
            "parameters",
            "params",
            "linear_constraints",
            "penalty",
            "cvar_alpha",
            "type",
            "data",
        ):
            assert getattr(first, name, None) == getattr(second, name, None)
