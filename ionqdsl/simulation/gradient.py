"""Computes gradients of mean values with respect to parameters: by the adjoint method, or by shifts of angles.

Takes a circuit with open parameters, an operator and a point. The adjoint method needs the state vector and is exact;
it takes three passes over the circuit for all parameters together: one forward, and one back for two states. Shifts
need mean values alone, so they work with shots: two or four for each angle that has a parameter.

Sources: Jones and Gacon, arXiv:2009.02823, for the adjoint method; open_circuits.py names that of the shifts.
"""

from __future__ import annotations

import math

import numpy as np

from ionqdsl.algebra import modifiers
from ionqdsl.diagnostics import fail
from ionqdsl.ir.arguments import Point
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Operator
from ionqdsl.record import record
from ionqdsl.simulation import chunks, simulate
from ionqdsl.simulation.energy import expectation
from ionqdsl.simulation.open_circuits import Effect, Numbers, OpenCircuit, effect, shifts
from ionqdsl.simulation.pauli_sums import HermitianSum
from ionqdsl.simulation.statevector import Array, apply, basis_state, evolve, pauli


@record
class Gradient:
    """The derivatives of a mean value with respect to the parameters `names`.

    `value` and `error`, the standard errors, have the shape (parameters,); errors are 0 for exact derivatives. `mean`
    is the mean value itself, None if it was not computed. `evaluations` counts the mean values that were estimated.
    """

    names: tuple[str, ...]
    value: Numbers
    error: Numbers
    mean: float | None = None
    evaluations: int = 0

    @property
    def standard_error(self) -> Numbers:
        """The same as `error`."""
        return self.error

    def __str__(self) -> str:
        pairs = zip(self.names, self.value.tolist(), self.error.tolist(), strict=True)
        return ", ".join(f"{name}: {x:.6g}" + (f" ± {error:.2g}" if error else "") for name, x, error in pairs)


def adjoint(circuit: OpenCircuit, operator: HermitianSum, point: Numbers) -> tuple[float, Numbers]:
    """The mean value at a point and its derivatives with respect to the parameters, shape (parameters,)."""
    rows = circuit.rows(circuit.angles(point))
    states = np.empty((2, 2**circuit.circuit.width), dtype=np.complex128)
    states[:1] = basis_state(circuit.circuit.width)
    chunks.evolve(states[:1], rows)
    states[1] = operator.applied(states[0])
    mean = float(np.vdot(states[0], states[1]).real)
    slopes = np.zeros(len(circuit.open))
    waiting: list[Op] = []  # inverse rows that are still to be applied
    for which in reversed(range(len(circuit.open))):
        row, place = circuit.open[which]
        waiting += _inverse(rows, row + 1)
        evolve(states, waiting)
        waiting = []
        del rows[row + 1 :]
        slopes[which] = _slope(states, rows[row], effect(rows[row], place), place)
    return mean, circuit.chained(slopes, point)


def _inverse(rows: list[Op], start: int) -> list[Op]:
    """The inverse of the rows from `start` on, up to a phase."""
    return [inverse for op in reversed(rows[start:]) if op.gate != BARRIER for inverse in modifiers.power(op, -1)[0]]


def _slope(states: Array, op: Op, act: Effect, place: int) -> float:
    """The derivative of the mean with respect to an angle, from both states right after the row."""
    if act.turns is None:
        return 2 * _overlap(states, op, act)
    turning = Op("rz", (op.qubits[op.controls + act.turns],))
    before = states.copy()
    evolve(before, _inverse([op], 0))
    half = Effect(Operator((((("Z", 0),), 0.5),)))
    return 2 * (_overlap(states, turning, half) - _overlap(before, turning, half))


def _overlap(states: Array, op: Op, act: Effect) -> float:
    """Im <second|G|first>, on the part of the space where the controls of the row are 1."""
    width = states.shape[1].bit_length() - 1
    tensor = states.reshape(2, *(2,) * width)
    operands = op.qubits[op.controls :]
    fixed = op.qubits if act.is_projector else op.qubits[: op.controls]
    index: list[slice] = [slice(None)] * (width + 1)
    for qubit in fixed:
        index[qubit + 1] = slice(1, 2)
    block = tensor[tuple(index)]
    first, second = block[:1], block[1:]
    if act.is_projector:
        return -float(np.vdot(second, first).imag)
    total = 0.0
    if act.generator is None:  # ms: both pulses, at half the angle
        image = first.copy()
        for qubit, angle in zip(operands, op.angles, strict=False):
            apply(image.reshape(1, -1), Op("gpi", (qubit,), (angle,)))
        return 0.5 * float(np.vdot(second, image).imag)
    for product, factor in act.generator.terms:
        image = first.copy()
        for letter, place in product:
            pauli(image, letter, operands[place])
        total += float(factor) * float(np.vdot(second, image).imag)
    return total


def exact(circuit: FlatCircuit, operator: Operator, point: Point) -> Gradient:
    """The gradient by the adjoint method at a point as `OpenCircuit.vector` takes it. Errors as `simulate.state`."""
    opened = OpenCircuit(circuit)
    vector = opened.vector(point)
    simulate.check(opened.at(vector), states=3)
    mean, slopes = adjoint(opened, HermitianSum(operator, circuit.width), vector)
    return Gradient(opened.names, slopes, np.zeros(len(slopes)), mean)


def shifted(circuit: FlatCircuit, operator: Operator, point: Point, shots: int, seed: int | None) -> Gradient:
    """The gradient by shifts of every open angle, each mean value from `shots`. Raises QC0437."""
    opened = OpenCircuit(circuit)
    vector = opened.vector(point)
    angles = opened.angles(vector)
    slopes, variances = np.zeros(len(angles)), np.zeros(len(angles))
    jobs = []
    for which, (row, place) in enumerate(opened.open):
        act = effect(opened.template[row], place)
        if not act.frequencies:
            raise fail("QC0437")
        jobs += [(which, shift, factor) for shift, factor in shifts(act)]
    for number, (which, shift, factor) in enumerate(jobs):
        moved = angles.copy()
        moved[which] += shift
        found = expectation(opened.bound(moved), operator, shots, None if seed is None else seed + number)
        slopes[which] += factor * found.value
        variances[which] += (factor * (math.inf if found.error is None else found.error)) ** 2
    parts = np.array([opened.chained(unit, vector) for unit in np.eye(len(angles))])
    parts = parts.reshape(len(angles), len(opened.names))
    products = np.multiply(parts**2, variances[:, None], out=np.zeros_like(parts), where=parts != 0)
    return Gradient(opened.names, slopes @ parts, np.sqrt(products.sum(axis=0)), None, len(jobs))
