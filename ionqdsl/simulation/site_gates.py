"""Writes rows as matrices on one or two qubits, or as sums of products of one-qubit operators, for chains of tensors.

Takes a circuit whose parameters have values. Gates that follow each other on one pair of qubits become one matrix.
Matrices come from statevector.py, and the definitions of gates on more qubits from algebra/elementary.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra.elementary import elementary
from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import BARRIER, FlatCircuit, Op, Operator, canonical
from ionqdsl.ir.operators import anticommuting
from ionqdsl.simulation.statevector import Array, apply

PAULIS: Mapping[str, Array] = {
    "X": np.array([[0, 1], [1, 0]], dtype=np.complex128),
    "Y": np.array([[0, -1j], [1j, 0]], dtype=np.complex128),
    "Z": np.diag([1, -1]).astype(np.complex128),
}
_ONE: Array = np.diag([0, 1]).astype(np.complex128)
"""The projector on |1>."""

Factors = dict[int, Array]
"""A product of one-qubit operators, by qubit."""


class SiteGate(NamedTuple):
    """A gate on one or two qubits by its matrix, or on any number as a sum of products."""

    qubits: tuple[int, ...]
    matrix: Array | None
    terms: tuple[Factors, ...] = ()

    def products(self) -> list[Factors]:
        """The sum of products; of a matrix on two qubits with as few as it has (its operator Schmidt decomposition)."""
        if self.matrix is None:
            return list(self.terms)
        first, second = self.qubits
        table = self.matrix.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)
        left, lengths, right = np.linalg.svd(table)
        return [
            {first: (left[:, k] * lengths[k]).reshape(2, 2), second: right[k].reshape(2, 2)}
            for k in range(4)
            if lengths[k] > 1e-15
        ]


def site_gates(circuit: FlatCircuit) -> Iterator[SiteGate]:
    """The gates of a circuit in an order with the same product. Raises QC0665 for one that is no short sum."""
    merger = _Merger()
    for place, op in enumerate(circuit.rows):
        for row in _rows(op):
            if len(row.qubits) <= 2:
                yield from merger.add(row.qubits, _matrix(row))
                continue
            terms = _products(row)
            if terms is None:
                raise fail("QC0665", circuit.origins[place], circuit=circuit.name, gate=op.gate, qubits=len(op.qubits))
            yield from merger.flush(row.qubits)
            yield SiteGate(row.qubits, None, tuple(terms))
    yield from merger.flush(range(circuit.width))


class _Merger:
    """Multiplies the gates on a pair of qubits until a gate on another pair meets it."""

    def __init__(self) -> None:
        self.single: dict[int, Array] = {}
        self.pairs: dict[int, SiteGate] = {}  # by each of both qubits

    def add(self, qubits: tuple[int, ...], matrix: Array) -> Iterator[SiteGate]:
        """Takes a gate; gives those that can wait no longer."""
        if len(qubits) == 1:
            (qubit,) = qubits
            if qubit in self.pairs:
                pair = self.pairs[qubit]
                self._keep(pair.qubits, _beside(pair.qubits, qubit, matrix) @ self._matrix_of(pair))
            else:
                self.single[qubit] = matrix @ self.single[qubit] if qubit in self.single else matrix
            return
        pair = self.pairs.get(qubits[0], SiteGate((), None))
        if set(pair.qubits) == set(qubits):
            swapped = matrix if pair.qubits == qubits else matrix.reshape((2,) * 4).transpose(1, 0, 3, 2).reshape(4, 4)
            self._keep(pair.qubits, swapped @ self._matrix_of(pair))
            return
        alone = {qubit: self.single.pop(qubit) for qubit in qubits if qubit in self.single}
        yield from self.flush(qubits)
        for qubit, first in alone.items():
            matrix = matrix @ _beside(qubits, qubit, first)
        self._keep(qubits, matrix)

    def flush(self, qubits: Iterable[int]) -> Iterator[SiteGate]:
        """The gates that wait on qubits."""
        for qubit in qubits:
            if qubit in self.single:
                yield SiteGate((qubit,), self.single.pop(qubit))
            if qubit in self.pairs:
                pair = self.pairs[qubit]
                for wire in pair.qubits:
                    del self.pairs[wire]
                yield pair

    def _keep(self, qubits: tuple[int, ...], matrix: Array) -> None:
        for qubit in qubits:
            self.pairs[qubit] = SiteGate(qubits, matrix)

    @staticmethod
    def _matrix_of(pair: SiteGate) -> Array:
        assert pair.matrix is not None
        return pair.matrix


def _beside(qubits: tuple[int, ...], qubit: int, matrix: Array) -> Array:
    """The matrix on both qubits of one on one of them."""
    one = np.eye(2, dtype=np.complex128)
    factors = (matrix, one) if qubit == qubits[0] else (one, matrix)
    return np.asarray(np.kron(*factors), dtype=np.complex128)


def _matrix(op: Op) -> Array:
    images = np.eye(1 << len(op.qubits), dtype=np.complex128)
    apply(images, op._replace(qubits=tuple(range(len(op.qubits))), when=()))
    return images.T


def _rows(op: Op) -> Iterator[Op]:
    """A row as rows that are on two qubits, have one operand, or are the exponential of one product."""
    if op.gate in (BARRIER, "nop"):
        return
    if len(op.qubits) <= 2 or len(op.qubits) - canonical(op).controls == 1:
        yield op
    elif op.operator is not None:
        operator, time = op.operator, op.angles[0]
        if not operator.steps and anticommuting(operator) is not None:
            yield op  # too entangled: refused
            return
        for _ in range(operator.steps or 1):
            for term in operator.terms:
                yield op._replace(angles=(time / (operator.steps or 1),), operator=Operator((term,)))
    else:
        yield from elementary(op)[0]


def _products(op: Op) -> list[Factors] | None:
    """A row on three or more qubits as a sum of products: the identity, and the row's change where controls are 1."""
    op = canonical(op)
    controls, operands = op.qubits[: op.controls], op.qubits[op.controls :]
    where: Factors = dict.fromkeys(controls, _ONE)
    nothing: Factors = {operands[0]: np.eye(2, dtype=np.complex128)}
    if op.operator is not None:
        if len(op.operator.terms) != 1:
            return None
        ((letters, factor),) = op.operator.terms
        half = op.angles[0].in_radians() * float(factor)
        same = {**nothing, **where}
        turned = {**same, **{operands[place]: PAULIS[letter] for letter, place in letters}}
        parts = [_times(same, math.cos(half) - bool(controls)), _times(turned, -1j * math.sin(half))]
        return [nothing, *parts] if controls else parts
    if len(operands) != 1:
        return None
    matrix = _matrix(op._replace(qubits=operands, controls=0))
    return [nothing, {**where, operands[0]: matrix - nothing[operands[0]]}]


def _times(product: Factors, factor: complex) -> Factors:
    """A product times a number."""
    first = next(iter(product))
    return {**product, first: factor * product[first]}
