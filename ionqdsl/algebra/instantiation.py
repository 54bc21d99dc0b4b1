"""Writes three-qubit unitaries as interactions of a given structure, by least squares.

Takes unitaries, each with a structure: the pairs of wires on which interactions follow each other. Their axes and
angles, and the turns that follow them, are free. Returns the values for which the product is the unitary up to a phase,
to the last digits, for each unitary where the iteration arrives at some.

Method: Levenberg and Marquardt's, from random values, many at a time (Nocedal and Wright, Numerical Optimization,
section 10.3). With V the product and U the unitary, V U^+ = e^{ip} exp(-iH); a step changes H by the sum of the
parameters' changes times their generators, seen after all that follows them, and makes it as small as it can. The
distance 1 - |tr V U^+| / 8 must fall with every step. Near a solution the number of correct digits doubles.

Where the compiled kernel is there, kernel/instantiation.c takes the same steps, up to rounding.
"""

from __future__ import annotations

import cmath
import math
from array import array
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.algebra import compiled
from ionqdsl.algebra.rotations import matrix_entries

Reals = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Structure = tuple[int, ...]
"""The pair of each interaction in order, by its number in `PAIRS`."""

PAIRS = ((0, 1), (0, 2), (1, 2))
"""The pairs of three wires; wire 0 is the most significant in matrices."""

TOLERANCE = 1e-12
"""The largest error, in the operator norm, of a product that counts as the unitary."""

_PAULIS = np.array([[[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
_EYE = np.eye(8)


def _embedded(operators: dict[int, Complexes]) -> Complexes:
    matrix = np.eye(1, dtype=complex)
    for wire in range(3):
        matrix = np.kron(matrix, operators.get(wire, np.eye(2, dtype=complex)))
    return matrix


SINGLE = np.array([[_embedded({wire: letter}) for letter in _PAULIS] for wire in range(3)]).reshape(3, 3, 64)
"""X, Y and Z on each wire, row by row."""

_DOUBLE = np.array([[_embedded({a: one, b: other}) for one in _PAULIS for other in _PAULIS] for a, b in PAIRS])
_DOUBLE = _DOUBLE.reshape(3, 9, 64)
_LETTERS = np.array([np.concatenate((_DOUBLE[i], SINGLE[a], SINGLE[b])) for i, (a, b) in enumerate(PAIRS)])
_LETTERS = np.concatenate((_LETTERS.real, _LETTERS.imag), axis=2)
"""For each pair its nine products of two Pauli matrices and its six single ones, real parts before imaginary ones."""

_DAMPING, _LEAST_DAMPING, _MOST_DAMPING = 0.3, 1e-12, 1e3
_NEAR = 1e-6
"""A distance below which the iteration arrives, and the phase and H are those of the solution."""

_EXACT = 2e-15
"""The size of entries of H that is rounding alone."""

_CHECKS = ((6, 0.4), (10, 0.25), (14, 0.12), (18, 0.04), (22, 5e-3), (28, _NEAR))
"""After so many steps values at a larger distance than this are given up: nine of ten that arrive are nearer."""

_PACE, _CLOSE = 4, 1e-3
_SLOW, _FAST = 0.93, 0.25
"""Values are given up if in `_PACE` steps the distance did not shrink to `_SLOW` of it, or below `_CLOSE`, where digits
should double, the square of the largest entry of H not to `_FAST` of it."""

_HOPELESS = 0.02
"""Values are given up if the step takes away less than this share of |H|^2 as far as all is linear. Near a solution it
takes nearly all; where the distance is least but not zero, none. Of 1017 starts that arrived no step took so little."""


class Parameters(NamedTuple):
    """For n products of k interactions: axes u, v (n, k, 3), angles t (n, k), and turns (n, 3, 4) that follow."""

    u: Reals
    v: Reals
    t: Reals
    turns: Reals


class Instance(NamedTuple):
    """Values for which a product is the unitary: e^{i phase} (turns) exp(-i t[-1] u[-1] v[-1]) ... exp(-i t[0] ...).

    `error` bounds the distance of the two sides in the operator norm.
    """

    structure: Structure
    u: Reals
    v: Reals
    t: Reals
    turns: Reals
    phase: float
    error: float


class Instances(NamedTuple):
    """The solutions by owner, and the steps that all starts made together."""

    solutions: dict[int, Instance]
    work: int


def interaction(pair: int, u: Sequence[float], v: Sequence[float], t: float) -> Complexes:
    """exp(-i t (u.sigma) (x) (v.sigma)) on a pair of the three wires, 8 x 8."""
    generator = (np.outer(u, v).reshape(9) @ _DOUBLE[pair]).reshape(8, 8)
    result: Complexes = np.cos(t) * _EYE - 1j * np.sin(t) * generator
    return result


def product_of(structure: Sequence[int], u: Sequence[float], v: Sequence[float], t: Sequence[float]) -> Complexes:
    """The product of interactions on three wires, the first one rightmost; the axes are given one after another."""
    if compiled.is_used():
        numbers = array("d", u)
        numbers.extend(v)
        numbers.extend(t)
        product = compiled.kernel.product(array("i", structure), numbers)
        return np.frombuffer(product, dtype=complex).reshape(8, 8)
    result: Complexes = np.eye(8, dtype=complex)
    for place, (pair, angle) in enumerate(zip(structure, t, strict=True)):
        here = slice(3 * place, 3 * place + 3)
        result = interaction(pair, u[here], v[here], angle) @ result
    return result


def drawn(count: int, length: int, generator: np.random.Generator) -> Parameters:
    """Random values to start from, for so many products of so many interactions."""
    axes = _unit(generator.normal(size=(2, count, length, 3)))
    # Large angles: from small ones fewer starts arrive.
    angles = generator.choice([-1.0, 1.0], (count, length)) * generator.uniform(0.3, np.pi / 4, (count, length))
    return Parameters(axes[0], axes[1], angles, np.tile([1.0, 0.0, 0.0, 0.0], (count, 3, 1)))


def instantiated(
    unitaries: Complexes,
    structures: NDArray[np.int64],
    values: Parameters,
    owners: Sequence[int] | None = None,
    steps: int = 45,
) -> Instances:
    """The first solution for each owner, from n starts: unitaries (n, 8, 8), structures (n, k), values.

    `owners` says which starts are for one purpose, those of one unitary; by default each is for its own. An owner
    without a solution is left out. The work is at most n times `steps` times that of a product of k interactions.
    """
    names = np.arange(len(structures)) if owners is None else np.array(owners)
    solver = instantiated_compiled if compiled.is_used() else instantiated_in_step
    return solver(unitaries, structures, values, names, steps)


def instantiated_compiled(
    unitaries: Complexes, structures: NDArray[np.int64], values: Parameters, names: NDArray[np.int64], steps: int
) -> Instances:
    """By the compiled kernel, one owner after another."""
    count, length = structures.shape
    starts = np.concatenate([part.reshape(count, -1) for part in values], axis=1)
    pairs = structures.astype(np.int32)
    best: dict[int, Instance] = {}
    work = 0
    for owner in dict.fromkeys(names.tolist()):
        rows = np.flatnonzero(names == owner)
        unitary = unitaries[rows[0]]
        arguments = unitary.tobytes(), pairs[rows].tobytes(), starts[rows].tobytes(), length, steps
        number, numbers, made = compiled.kernel.instantiate(*arguments)
        work += made
        if numbers is not None:
            u, v, t, turns = np.split(np.frombuffer(numbers), (3 * length, 6 * length, 7 * length))
            structure = tuple(structures[rows[number]].tolist())
            found = Instance(structure, u.reshape(-1, 3), v.reshape(-1, 3), t, turns.reshape(3, 4), 0.0, 0.0)
            found = compared(found, unitary)
            if found.error < TOLERANCE:
                best[owner] = found
    return Instances(best, work)


def instantiated_in_step(
    unitaries: Complexes, structures: NDArray[np.int64], values: Parameters, names: NDArray[np.int64], steps: int
) -> Instances:
    """By numpy, all starts in step."""
    count = len(structures)
    adjoint = unitaries.conj().transpose(0, 2, 1)
    damping = np.full(count, _DAMPING)
    product = _product(structures, values, adjoint)
    best: dict[int, Instance] = {}
    work = 0
    before = product.distance
    keep = np.ones(count, dtype=bool)
    for step in range(steps):
        hermitian = product.hermitian()
        size = np.abs(hermitian).max(axis=(1, 2))
        for row in np.flatnonzero((product.distance < _NEAR) & (size < TOLERANCE / 8)):
            owner = int(names[row])
            structure = tuple(structures[row].tolist())
            found = compared(_instance(structure, values, int(row)), unitaries[row])
            if found.error < TOLERANCE and owner not in best:
                best[owner] = found
            keep[row] &= size[row] > _EXACT
        if best:
            keep &= ~np.isin(names, list(best))
        for after, most in _CHECKS:
            if step == after:
                keep &= product.distance < most
        if step and step % _PACE == 0:
            measure = np.where(product.distance < _CLOSE, size * size, product.distance)
            keep &= (measure < np.where(product.distance < _CLOSE, _FAST, _SLOW) * before) | (before < _EXACT**2)
            before = measure
        if not keep.all():
            if not keep.any():
                break
            names, damping, structures, before = names[keep], damping[keep], structures[keep], before[keep]
            adjoint, unitaries, hermitian = adjoint[keep], unitaries[keep], hermitian[keep]
            values, product = Parameters(*[part[keep] for part in values]), product.rows(keep)
        work += len(names)
        new, share = _stepped(structures, values, product, hermitian, damping)
        keep = (share >= _HOPELESS) | (product.distance <= _NEAR)
        after_it = _product(structures, new, adjoint)
        is_better = (after_it.distance < product.distance) | (after_it.distance < 1e-14)
        damping = np.clip(np.where(is_better, damping * 0.2, damping * 5), _LEAST_DAMPING, _MOST_DAMPING)
        values = Parameters(*[_chosen(is_better, one, other) for one, other in zip(new, values, strict=True)])
        product = _Product(*[_chosen(is_better, one, other) for one, other in zip(after_it, product, strict=True)])
    return Instances(best, work)


class _Product(NamedTuple):
    """By start: generators of the interactions, the product after each, V U^+, its trace, and the distance."""

    generators: Complexes
    after: Complexes
    whole: Complexes
    trace: Complexes
    distance: Reals

    def rows(self, keep: NDArray[np.bool_]) -> _Product:
        parts: list[Any] = [part[keep] for part in self]
        return _Product(*parts)

    def hermitian(self) -> Complexes:
        """H, or its sine: the gradient of the distance is the same."""
        turned_back = self.whole * (self.trace.conj() / np.abs(self.trace))[:, None, None]
        result: Complexes = 0.5j * (turned_back - turned_back.conj().transpose(0, 2, 1))
        return result


def _product(structures: NDArray[np.int64], values: Parameters, adjoint: Complexes) -> _Product:
    u, v, t, turns = values
    count, length = t.shape
    letters = (u[..., :, None] * v[..., None, :]).reshape(count, length, 1, 9)
    generators = (letters @ _DOUBLE[structures]).reshape(count, length, 8, 8)
    gates = np.cos(t)[..., None, None] * _EYE - 1j * np.sin(t)[..., None, None] * generators
    after = np.empty((count, length, 8, 8), dtype=complex)
    whole = _matrices(turns)
    for place in range(length - 1, -1, -1):
        after[:, place] = whole
        whole = whole @ gates[:, place]
    whole = whole @ adjoint
    trace = np.einsum("naa->n", whole)
    trace = np.where(trace == 0, 1e-300, trace)
    return _Product(generators, after, whole, trace, 1 - np.abs(trace) / 8)


def _stepped(
    structures: NDArray[np.int64], values: Parameters, product: _Product, hermitian: Complexes, damping: Reals
) -> tuple[Parameters, Reals]:
    """The values after a damped step, and the share of |H|^2 that it takes away if all is linear.

    An interaction's parameters are its angle and two small rotations of each axis. A rotation of u by d, across u,
    changes the gate by sin t cos t d (x) v - sin^2 t (d x u) (x) 1.
    """
    u, v, t, turns = values
    count, length = t.shape
    sides = np.stack((*_across(u), *_across(v)), axis=2)
    sine, cosine = np.sin(t)[..., None, None], np.cos(t)[..., None, None]
    letters = np.zeros((count, length, 5, 15))
    double = letters[..., :9].reshape(count, length, 5, 3, 3)
    double[:, :, 0] = u[..., :, None] * v[..., None, :]
    double[:, :, 1:3] = sides[:, :, :2, :, None] * v[:, :, None, None, :]
    double[:, :, 3:] = u[:, :, None, :, None] * sides[:, :, 2:, None, :]
    double[:, :, 1:] *= (sine * cosine)[..., None]
    letters[..., :9] = double.reshape(count, length, 5, 9)
    square = sine * sine  # u x d is the other vector across, and minus the first one
    letters[:, :, 1:3, 9:12] = square * np.stack((sides[:, :, 1], -sides[:, :, 0]), axis=2)
    letters[:, :, 3:, 12:] = square * np.stack((sides[:, :, 3], -sides[:, :, 2]), axis=2)
    columns = letters @ _LETTERS[structures]
    matrices = (columns[..., :64] + 1j * columns[..., 64:]).reshape(count, length, 5, 8, 8)
    after = product.after
    side_by_side = matrices.transpose(0, 1, 3, 2, 4).reshape(count, length, 8, 40)
    seen = (after @ side_by_side).reshape(count, length, 40, 8) @ after.conj().transpose(0, 1, 3, 2)
    seen = seen.reshape(count, length, 8, 5, 8).transpose(0, 1, 3, 2, 4)
    size = 5 * length + 9
    jacobian = np.empty((count, size, 64), dtype=complex)
    jacobian[:, :-9] = seen.reshape(count, -1, 64)
    jacobian[:, -9:] = SINGLE.reshape(9, 64)
    real = np.concatenate((jacobian.real, jacobian.imag), axis=2)
    wanted = hermitian.reshape(count, 64)
    gradient = (real @ np.concatenate((wanted.real, wanted.imag), axis=1)[:, :, None]) / 8
    square_form = (real @ real.transpose(0, 2, 1)) / 8
    square_form[:, np.arange(size), np.arange(size)] += damping[:, None]
    step = -np.linalg.solve(square_form, gradient)[:, :, 0]
    share = (step * (damping[:, None] * step - gradient[:, :, 0])).sum(axis=1) * 8 / (np.abs(wanted) ** 2).sum(axis=1)
    changes = step[:, :-9].reshape(count, length, 5)
    turned = np.concatenate((np.ones((count, 3, 1)), step[:, -9:].reshape(count, 3, 3)), axis=2)
    moved = Parameters(
        _unit(u + (sides[:, :, :2] * changes[:, :, 1:3, None]).sum(axis=2)),
        _unit(v + (sides[:, :, 2:] * changes[:, :, 3:, None]).sum(axis=2)),
        t + changes[:, :, 0],
        _unit(_quaternion_product(turned, turns)),
    )
    return moved, share


def compared(instance: Instance, unitary: Complexes) -> Instance:
    """The instance with the phase and a bound for the error that it has for a unitary."""
    if compiled.is_used():
        values = [part.tobytes() for part in (instance.u, instance.v, instance.t, instance.turns)]
        phase, error = compiled.kernel.compare(unitary, array("i", instance.structure), b"".join(values))
        if error < TOLERANCE:
            return instance._replace(phase=phase, error=error)
    axes = instance.u.ravel().tolist(), instance.v.ravel().tolist()
    matrix = _matrix_of(instance.turns) @ product_of(instance.structure, *axes, instance.t.tolist())
    phase = cmath.phase(np.vdot(matrix, unitary))
    missing = cmath.exp(1j * phase) * matrix - unitary
    error = math.sqrt(np.vdot(missing, missing).real)  # at least the operator norm, which takes longer
    if error >= TOLERANCE:
        error = float(np.linalg.norm(missing, 2))
    return instance._replace(phase=phase, error=error)


def _matrix_of(turns: Reals) -> Complexes:
    """The product of a turn on each wire (3, 4), as a matrix (8, 8)."""
    a, b, c = [np.array(matrix_entries(turn)).reshape(2, 2) for turn in turns.tolist()]
    pair = (a[:, None, :, None] * b[:, None, :]).reshape(4, 1, 4, 1)
    result: Complexes = (pair * c[:, None, :]).reshape(8, 8)
    return result


def _instance(structure: Structure, values: Parameters, row: int) -> Instance:
    u, v, t, turns = values
    return Instance(structure, u[row], v[row], t[row], turns[row], 0.0, 0.0)


def _across(axes: Reals) -> tuple[Reals, Reals]:
    """Two unit vectors across each axis and each other."""
    other = np.where(np.abs(axes[..., :1]) < 0.8, np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    first = _unit(_cross(axes, other))
    return first, _cross(axes, first)


def _cross(left: Reals, right: Reals) -> Reals:
    """The vector products; numpy's own takes longer for few vectors."""
    a, b, c = left[..., 0], left[..., 1], left[..., 2]
    x, y, z = right[..., 0], right[..., 1], right[..., 2]
    return np.stack((b * z - c * y, c * x - a * z, a * y - b * x), axis=-1)


def _unit(vectors: Reals) -> Reals:
    result: Reals = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return result


def _quaternion_product(left: Reals, right: Reals) -> Reals:
    w, x = left[..., :1], left[..., 1:]
    q, y = right[..., :1], right[..., 1:]
    scalar = w * q - (x * y).sum(axis=-1, keepdims=True)
    return np.concatenate((scalar, w * y + q * x + _cross(x, y)), axis=-1)


def _matrices(turns: Reals) -> Complexes:
    """The products of three turns (n, 3, 4), as matrices (n, 8, 8)."""
    single = turns[..., 0, None, None] * np.eye(2) - 1j * np.einsum("nwl,lab->nwab", turns[..., 1:], _PAULIS)
    a, b, c = single[:, 0], single[:, 1], single[:, 2]
    pairs = a[:, :, None, :, None] * b[:, None, :, None, :]
    result: Complexes = (pairs[:, :, :, None, :, :, None] * c[:, None, None, :, None, None, :]).reshape(-1, 8, 8)
    return result


def _chosen(is_first: NDArray[np.bool_], one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    return np.where(is_first.reshape(-1, *[1] * (one.ndim - 1)), one, other)
