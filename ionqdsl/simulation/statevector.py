"""Applies gates to state vectors, with matrices written by hand.

Takes an array of states, shape (batch, 2**qubits) with q[0] as the most significant bit of the index, and rows, and
changes the array in place. Nothing here reads the gate table: the tests check the table against this file, so every
matrix is written here a second time, from docs.ionq.com and textbooks. Noise, shots and memory are handled elsewhere.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import fail
from ionqdsl.ir.circuit import BARRIER, Op

Array = NDArray[np.complex128]

CACHED = 1 << 16
"""Amplitudes worked on at a time: temporaries of this size stay in the processor's cache."""


DIAGONALISED = 10
"""Most qubits of an operator whose eigenvectors are computed: 2**10 of them take a second."""
LONGEST, LONGEST_SERIES = 1e7, 1e4
"""Greatest time, times the sum of the coefficients' sizes, of an exponential by eigenvectors and by its series. The
error of a float at 1e7 is 2e-9.
"""

SINGLE = 1 << 15
"""Most multiplications of a matrix product: above twice that OpenBLAS starts threads, which is slower here."""


def basis_state(qubits: int, batch: int = 1) -> Array:
    """Copies of |0...0>, shape (batch, 2**qubits)."""
    states = np.zeros((batch, 2**qubits), dtype=np.complex128)
    states[:, 0] = 1
    return states


class MergedTurn(NamedTuple):
    """One-qubit gates that follow each other on a wire, as one matrix."""

    wire: int
    matrix: Array


def merged(rows: Iterable[Op]) -> Iterator[MergedTurn | Op]:
    """The rows in an order with the same product: each turn stands before the next other gate on its wire."""
    waiting: dict[int, Array] = {}
    for op in rows:
        if op.gate in (BARRIER, "nop"):
            continue
        matrix = None if op.controls else one_qubit(op)
        if matrix is not None:
            (wire,) = op.qubits
            waiting[wire] = matrix @ waiting[wire] if wire in waiting else matrix
            continue
        yield from [MergedTurn(wire, waiting.pop(wire)) for wire in op.qubits if wire in waiting]
        yield op
    yield from [MergedTurn(*item) for item in waiting.items()]


def evolve(states: Array, rows: Iterable[Op]) -> None:
    """Applies rows in order; consecutive one-qubit gates on a wire are multiplied together first."""
    for item in merged(rows):
        if isinstance(item, MergedTurn):
            _turn(states, *item)
        else:
            apply(states, item)


def apply(states: Array, op: Op) -> None:
    """Applies one row, whose angles must be numbers, to every state of the batch."""
    if op.gate in (BARRIER, "nop"):
        return
    tensor = states.reshape(-1, *(2,) * (states.shape[1].bit_length() - 1))
    controls, operands = op.qubits[: op.controls], op.qubits[op.controls :]
    if controls:
        tensor = _block(tensor, controls, (1,) * len(controls))
    matrix = one_qubit(op)
    if matrix is not None and not controls:
        _turn(states, operands[0], matrix)
    elif matrix is not None:
        _mix(tensor, operands, (0,), (1,), matrix)
    elif op.gate == "pauliexp":
        _exponential(tensor, op, operands)
    else:
        _two_qubits(tensor, op, operands)


def one_qubit(op: Op) -> Array | None:
    """The matrix of a one-qubit gate on its operand (controls left out), None for all other gates."""
    entries = _constant(op.gate) or _turned(op)
    return None if entries is None else np.array(entries, dtype=np.complex128).reshape(2, 2)


_Entries = tuple[complex, complex, complex, complex]


def _constant(gate: str) -> _Entries | None:
    match gate:
        case "x" | "not":
            return 0, 1, 1, 0
        case "y":
            return 0, -1j, 1j, 0
        case "z":
            return 1, 0, 0, -1
        case "h":
            half = math.sqrt(0.5)
            return half, half, half, -half
        case "s":
            return 1, 0, 0, 1j
        case "si":
            return 1, 0, 0, -1j
        case "t":
            return 1, 0, 0, complex(math.sqrt(0.5), math.sqrt(0.5))
        case "ti":
            return 1, 0, 0, complex(math.sqrt(0.5), -math.sqrt(0.5))
        case "v":
            return (1 + 1j) / 2, (1 - 1j) / 2, (1 - 1j) / 2, (1 + 1j) / 2
        case "vi":
            return (1 - 1j) / 2, (1 + 1j) / 2, (1 + 1j) / 2, (1 - 1j) / 2
    return None


def _turned(op: Op) -> _Entries | None:
    match op.gate:
        case "rx" | "ry" | "rz":
            theta = op.angles[0].in_radians()
            cosine, sine = math.cos(theta / 2), math.sin(theta / 2)
            if op.gate == "rx":
                return cosine, -1j * sine, -1j * sine, cosine
            if op.gate == "ry":
                return cosine, -sine, sine, cosine
            return complex(cosine, -sine), 0, 0, complex(cosine, sine)
        case "p":
            return 1, 0, 0, cmath.exp(1j * op.angles[0].in_radians())
        case "gpi":
            phase = 2 * math.pi * op.angles[0].in_turns()
            return 0, cmath.exp(-1j * phase), cmath.exp(1j * phase), 0
        case "gpi2":
            phase, half = 2 * math.pi * op.angles[0].in_turns(), math.sqrt(0.5)
            return half, -1j * half * cmath.exp(-1j * phase), -1j * half * cmath.exp(1j * phase), half
    return None


def _two_qubits(tensor: Array, op: Op, pair: Sequence[int]) -> None:
    """Two-qubit gates by their action on pairs of basis states; bits are in the order of the operands."""
    match op.gate:
        case "cnot":
            _mix(tensor, pair, (1, 0), (1, 1), _FLIP)
        case "swap":
            _mix(tensor, pair, (0, 1), (1, 0), _FLIP)
        case "xx" | "yy":
            theta = op.angles[0].in_radians()
            outer = -1 if op.gate == "yy" else 1  # YY takes |00> to -|11>, XX to |11>; both take |01> to |10>
            _mix(tensor, pair, (0, 0), (1, 1), _rotation(theta / 2, outer, outer))
            _mix(tensor, pair, (0, 1), (1, 0), _rotation(theta / 2, 1, 1))
        case "zz" | "zz_native":
            half = op.angles[0].in_radians() / 2 if op.gate == "zz" else math.pi * op.angles[0].in_turns()
            for bits in product((0, 1), repeat=2):
                _scale(tensor, pair, bits, cmath.exp(-1j * half if bits[0] == bits[1] else 1j * half))
        case "ms":
            phase0, phase1 = (2j * math.pi * angle.in_turns() for angle in op.angles[:2])
            half = math.pi * op.angles[2].in_turns()
            together, apart = cmath.exp(phase0 + phase1), cmath.exp(phase0 - phase1)
            _mix(tensor, pair, (0, 0), (1, 1), _rotation(half, together.conjugate(), together))
            _mix(tensor, pair, (0, 1), (1, 0), _rotation(half, apart.conjugate(), apart))
        case _:
            raise AssertionError(f"no matrix for {op.gate}")


_FLIP: Array = np.array([[0, 1], [1, 0]], dtype=np.complex128)


def _rotation(half: float, upper: complex, lower: complex) -> Array:
    cosine, sine = math.cos(half), math.sin(half)
    return np.array([[cosine, -1j * sine * upper], [-1j * sine * lower, cosine]], dtype=np.complex128)


_Product = tuple[tuple[str, int], ...]


def _exponential(tensor: Array, op: Op, operands: Sequence[int]) -> None:
    """exp(-i time operator): term by term if all commute, `steps` Trotter steps, or else exactly."""
    assert op.operator is not None
    time, steps = op.angles[0].in_radians(), op.operator.steps
    terms = [
        (tuple((letter, operands[index]) for letter, index in letters), float(coefficient))
        for letters, coefficient in op.operator.terms
    ]
    if steps == 0 and not all(_commute(one, other) for one, _ in terms for other, _ in terms):
        _long(tensor, terms, time)
        return
    for _ in range(steps or 1):
        for letters, coefficient in terms:
            half = coefficient * time / (steps or 1)
            image = _image(tensor, letters)
            image *= -1j * math.sin(half)
            tensor *= math.cos(half)
            tensor += image


def _commute(one: _Product, other: _Product) -> bool:
    letters = {qubit: letter for letter, qubit in one}
    return sum(letters.get(qubit, letter) != letter for letter, qubit in other) % 2 == 0


def _image(tensor: Array, letters: _Product) -> Array:
    """A Pauli product times the states, as a new array."""
    image = tensor.copy()
    for letter, qubit in letters:
        pauli(image, letter, qubit)
    return image


def _long(tensor: Array, terms: list[tuple[_Product, float]], time: float) -> None:
    """The exponential of a sum whose terms do not commute: a series for short times, by its eigenvectors for long ones.

    Raises QC0669 for times whose phases a float cannot hold, or that would take too long.
    """
    size = abs(time) * sum(abs(coefficient) for _, coefficient in terms)
    qubits = sorted({qubit for letters, _ in terms for _, qubit in letters})
    is_narrow = len(qubits) <= DIAGONALISED
    if size > (LONGEST if is_narrow else LONGEST_SERIES):
        raise fail("QC0669", None, size=f"{size:.3g}")
    if is_narrow and size > 1 << len(qubits):
        _by_eigenvectors(tensor, terms, time, qubits)
    else:
        _series(tensor, terms, time, max(1, math.ceil(size)))


def _by_eigenvectors(tensor: Array, terms: list[tuple[_Product, float]], time: float, qubits: Sequence[int]) -> None:
    place = {qubit: index for index, qubit in enumerate(qubits)}
    basis = np.eye(1 << len(qubits), dtype=np.complex128).reshape(-1, *(2,) * len(qubits))
    own = [(tuple((letter, place[qubit]) for letter, qubit in letters), factor) for letters, factor in terms]
    images = sum((factor * _image(basis, letters) for letters, factor in own), np.zeros_like(basis))
    energies, states = np.linalg.eigh(images.reshape(len(basis), -1).T)
    matrix = (states * np.exp(-1j * time * energies)) @ states.conj().T
    moved = np.moveaxis(tensor, [qubit + 1 for qubit in qubits], range(-len(qubits), 0))
    moved[...] = (moved.reshape(-1, len(basis)) @ matrix.T).reshape(moved.shape)


def _series(tensor: Array, terms: list[tuple[_Product, float]], time: float, stretches: int) -> None:
    """The power series of the exponential, in steps over which the exponent's norm is at most 1 (1/20! = 4e-19)."""
    for _ in range(stretches):
        summand = tensor.copy()
        for order in range(1, 21):
            factor = -1j * time / stretches / order
            images = (factor * coefficient * _image(summand, letters) for letters, coefficient in terms)
            summand = sum(images, np.zeros_like(summand))
            tensor += summand


def pauli(tensor: Array, letter: str, qubit: int) -> None:
    """Multiplies by X, Y or Z on a qubit; the tensor has a batch axis and then one axis of length 2 per qubit."""
    if letter == "Z":
        _scale(tensor, (qubit,), (1,), -1)
        return
    _mix(tensor, (qubit,), (0,), (1,), _FLIP)
    if letter == "Y":
        _scale(tensor, (qubit,), (0,), -1j)
        _scale(tensor, (qubit,), (1,), 1j)


def _block(tensor: Array, qubits: Sequence[int], bits: Sequence[int]) -> Array:
    """The view in which these qubits have these values; their axes stay, with length 1."""
    index = [slice(None)] * tensor.ndim
    for qubit, bit in zip(qubits, bits, strict=True):
        index[qubit + 1] = slice(bit, bit + 1)
    return tensor[tuple(index)]


def _scale(tensor: Array, qubits: Sequence[int], bits: Sequence[int], factor: complex) -> None:
    if factor != 1:
        block = _block(tensor, qubits, bits)
        block *= factor


def _mix(tensor: Array, qubits: Sequence[int], bits0: Sequence[int], bits1: Sequence[int], matrix: Array) -> None:
    """Mixes the two blocks by a 2 x 2 matrix."""
    (a, b), (c, d) = matrix.tolist()
    if b == 0 and c == 0:
        _scale(tensor, qubits, bits0, a)
        _scale(tensor, qubits, bits1, d)
        return
    for part in _parts(tensor, qubits):
        zero, one = _block(part, qubits, bits0), _block(part, qubits, bits1)
        if a == 0 and d == 0:
            before = zero.copy()
            np.multiply(one, b, out=zero) if b != 1 else np.copyto(zero, one)
            np.multiply(before, c, out=one) if c != 1 else np.copyto(one, before)
        else:
            mixed = a * zero
            mixed += b * one
            one *= d
            zero *= c
            one += zero
            np.copyto(zero, mixed)


def _parts(tensor: Array, qubits: Sequence[int]) -> Iterator[Array]:
    """Views that make up the tensor, cut along leading axes other than these qubits' until each fits the cache."""
    kept = {qubit + 1 for qubit in qubits}
    size, cuts, axes = tensor.size, [], []
    for axis, length in enumerate(tensor.shape):
        if size <= CACHED:
            break
        if axis not in kept and length > 1:
            step = max(1, CACHED // (size // length))
            cuts.append([slice(start, start + step) for start in range(0, length, step)])
            axes.append(axis)
            size = size // length * step
    index: list[Any] = [slice(None)] * tensor.ndim
    for choice in product(*cuts):
        for axis, cut in zip(axes, choice, strict=True):
            index[axis] = cut
        yield tensor[tuple(index)]


def _turn(states: Array, qubit: int, matrix: Array) -> None:
    """A one-qubit gate on all states, as products with small matrices, which is fast for every position."""
    right = states.shape[1] >> (qubit + 1)
    tensor = states.reshape(-1, 2, right)
    if matrix[0, 1] == 0 and matrix[1, 0] == 0:
        for bit in (0, 1):
            if matrix[bit, bit] != 1:
                tensor[:, bit] *= matrix[bit, bit]
    elif right < 16:  # columns so short that a product with matrix (x) identity from the right is faster
        blocks = states.reshape(-1, 2 * right)
        factor = np.kron(matrix, np.eye(right)).T
        step = SINGLE // (2 * right) ** 2
        for start in range(0, len(blocks), step):
            part = blocks[start : start + step]
            np.copyto(part, part @ factor)
    else:
        height, width = max(1, CACHED // (2 * right)), min(right, SINGLE // 4)
        for top in range(0, len(tensor), height):
            for left in range(0, right, width):
                part = tensor[top : top + height, :, left : left + width]
                np.copyto(part, matrix @ part)
