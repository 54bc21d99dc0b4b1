"""Simulates depolarizing noise after every one- and two-qubit gate, sampled or exact, and outcomes that are misread.

Takes a native circuit and a noise model and returns drawn outcomes (`sample`) or the exact distribution (`exact`) as
indices with q[0] as the most significant bit. The channel is the one of docs.ionq.com, "simulation with noise models":
with probability r the gate's qubits are replaced by the maximally mixed state; waits are free of noise. A measurement
leaves the qubit in the state of its outcome, and with another probability the other outcome is written down. Shots of
circuits that measure before the end are followed in branches.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.diagnostics import Diagnostic, InternalError, fail
from ionqdsl.ir.circuit import MEASURE, NOT_GATES, RESET, FlatCircuit, Op, Slot
from ionqdsl.ir.gates import GATES
from ionqdsl.ir.targets import NoiseModel
from ionqdsl.simulation import chunks, draws
from ionqdsl.simulation.chunks import MixedPair, PairedGate
from ionqdsl.simulation.results import NEGLIGIBLE
from ionqdsl.simulation.statevector import Array, apply, basis_state, one_qubit, pauli

Pattern = tuple[tuple[int, int], ...]
"""The errors of one shot: places in the circuit and which of the Pauli products 1...3 or 1...15 struck there."""

AMPLITUDES = 1 << 21
"""Amplitudes of trajectories that are processed at once."""


ALONE = 15
"""Fewest qubits of trajectories that are followed one at a time."""


def rates(circuit: FlatCircuit, noise: NoiseModel) -> list[tuple[int, float]]:
    """The positions of the gates that have noise, with the rate r of each.

    Raises `CompileError` if the model's rates are not public, `InternalError` if the circuit is not native.
    """
    if noise.one_qubit is None or noise.two_qubit is None:
        raise fail("QC0654", model=noise.name)
    for op in dict.fromkeys(circuit.rows):
        if op.gate not in NOT_GATES and (GATES[op.gate].gateset != "native" or op.controls):
            raise InternalError([Diagnostic("QC0655", None, {"gate": op.gate, "model": noise.name})])
    by_operands = {1: noise.one_qubit, 2: noise.two_qubit}
    rates_by_place = ((place, by_operands.get(_operands(op), 0.0)) for place, op in enumerate(circuit.rows))
    return [(place, rate) for place, rate in rates_by_place if rate]


def _operands(op: Op) -> int:
    return 0 if op.gate in NOT_GATES or op.gate == "nop" else len(op.qubits)


def exact(circuit: FlatCircuit, noise: NoiseModel, tell: Callable[[str], object] | None = None) -> NDArray[np.float64]:
    """The outcomes' distribution, shape (2**qubits,), from the density matrix: twice 16 * 4**qubits bytes."""
    noisy, width = dict(rates(circuit, noise)), circuit.width
    density = basis_state(2 * width)  # qubits 0... are the rows (kets), the rest the columns (bras)
    if chunks.can_play(density):
        chunks.play(density, _superoperators(circuit, noisy), tell)
        return _diagonal(density, width)
    for place, op in enumerate(circuit.rows):
        if _operands(op):
            _turned(density, op, width, noisy.get(place, 0.0))
    return _diagonal(density, width)


class _NoisyTurn(NamedTuple):
    """A gate, or several that follow each other, with the noise: the matrix, and the part of the state that is left."""

    matrix: Array
    kept: float


def _superoperators(circuit: FlatCircuit, noisy: Mapping[int, float]) -> Iterator[PairedGate]:
    """The gates of a native circuit and their noise, on rows and columns of the density matrix.

    Depolarizing a qubit commutes with gates on it alone, so those that follow each other are one, with one noise.
    """
    waiting: dict[int, _NoisyTurn] = {}
    for place, op in enumerate(circuit.rows):
        operands = _operands(op)
        if operands == 1:
            matrix, kept = waiting.get(op.qubits[0], _NoisyTurn(np.eye(2, dtype=np.complex128), 1.0))
            pulse = one_qubit(op)
            assert pulse is not None
            waiting[op.qubits[0]] = _NoisyTurn(pulse @ matrix, kept * (1 - noisy.get(place, 0.0)))
        elif operands:
            for qubit in op.qubits:
                if qubit in waiting:
                    yield from _on_both_sides((qubit,), waiting.pop(qubit), circuit.width)
            images = np.eye(1 << operands, dtype=np.complex128)
            apply(images, op._replace(qubits=tuple(range(operands))))
            yield from _on_both_sides(op.qubits, _NoisyTurn(images.T, 1 - noisy.get(place, 0.0)), circuit.width)
    for qubit, turn in waiting.items():
        yield from _on_both_sides((qubit,), turn, circuit.width)


def _on_both_sides(qubits: tuple[int, ...], turn: _NoisyTurn, width: int) -> Iterator[PairedGate]:
    """U on the rows, its conjugate on the columns, and the noise on both."""
    matrix, kept = turn
    columns = tuple([qubit + width for qubit in qubits])
    for operands, side in ((qubits, matrix), (columns, matrix.conj())):
        parts = chunks.parts_of(side)
        assert parts is not None  # native gates mix pairs of basis states
        if parts:
            yield chunks.paired_gate(operands, parts)
    if kept != 1:
        yield chunks.paired_gate((*qubits, *columns), _depolarizing(len(qubits), kept))


def _depolarizing(qubits: int, kept: float) -> tuple[MixedPair, ...]:
    """Kept rho + (1 - kept) (maximally mixed), on the patterns of the bits of rows and then columns.

    Patterns off the diagonal shrink. On those of the diagonal the matrix is `kept` but for their sum, which stays: the
    Walsh-Hadamard transform makes the sum one of them.
    """
    size = 1 << qubits
    diagonal = [bits * (size + 1) for bits in range(size)]
    shrinks = [pattern for pattern in range(size * size) if pattern not in diagonal]
    scaled = [chunks.factor(pattern, kept) for pattern in (*shrinks, *diagonal[1:])]
    half = np.array([[1, 1], [1, -1]], dtype=np.complex128) / np.sqrt(2)
    transform = [
        chunks.mixture(diagonal[bits], diagonal[bits | 1 << place], half)
        for place in range(qubits)
        for bits in range(size)
        if not bits >> place & 1
    ]
    return (*transform, *scaled, *reversed(transform))


Outcomes = dict[Slot, int]


def exact_branches(
    circuit: FlatCircuit, noise: NoiseModel, check: Callable[[int], None]
) -> Iterator[tuple[Outcomes, NDArray[np.float64]]]:
    """The outcomes written before the end, with the joint probabilities of each and of the final outcomes, as read.

    A density matrix for each combination of outcomes; a reset needs no branch. `check` refuses so many bytes.
    """
    noisy, width = dict(rates(circuit, noise)), circuit.width
    check(32 << 2 * width)
    branches: list[tuple[Outcomes, Array]] = [({}, basis_state(2 * width))]
    for place, op in enumerate(circuit.rows):
        if op.gate == MEASURE:
            check(32 * len(branches) << 2 * width)
            assert op.slot is not None
            parts = [
                ({**outcomes, op.slot: bit}, part)
                for outcomes, rho in branches
                for bit, part in enumerate(_written(rho, op.qubits[0], noise.readout))
            ]
            branches = [(outcomes, rho) for outcomes, rho in parts if _diagonal(rho, width).sum() > NEGLIGIBLE]
        elif op.gate == RESET:
            for number, (outcomes, rho) in enumerate(branches):
                one = _read(rho, op.qubits[0], 1)
                _turned(one, Op("x", op.qubits), width, 0.0)
                branches[number] = outcomes, _read(rho, op.qubits[0], 0) + one
        elif _operands(op):
            for outcomes, rho in branches:
                if all(outcomes[slot] == bit for slot, bit in op.when):
                    _turned(rho, op._replace(when=()), width, noisy.get(place, 0.0))
    for outcomes, rho in branches:
        yield outcomes, misread(_diagonal(rho, width), noise.readout)


def deciding(circuit: FlatCircuit) -> frozenset[Slot]:
    """The slots whose outcomes later gates depend on."""
    return frozenset([slot for op in circuit.rows for slot, _ in op.when])


def _written(density: Array, qubit: int, rate: float) -> tuple[Array, Array]:
    """The parts of a density matrix for the outcomes of a measurement as they are written down, 0 and 1.

    A misread outcome leaves the qubit in the state of the true one.
    """
    zero, one = _read(density, qubit, 0), _read(density, qubit, 1)
    return (zero, one) if not rate else ((1 - rate) * zero + rate * one, rate * zero + (1 - rate) * one)


def _turned(density: Array, op: Op, width: int, rate: float) -> None:
    """U rho U+, and then the noise of the gate."""
    apply(density, op)
    np.conjugate(density, out=density)  # conj(U) x = conj(U conj(x))
    apply(density, op._replace(qubits=tuple(qubit + width for qubit in op.qubits)))
    np.conjugate(density, out=density)
    if rate:
        _depolarize(density.reshape((2,) * (2 * width)), op.qubits, rate)


def _diagonal(density: Array, width: int) -> NDArray[np.float64]:
    return np.maximum(density.reshape(2**width, 2**width).diagonal().real, 0)


def _read(density: Array, qubit: int, bit: int) -> Array:
    """The part of a density matrix in which a qubit has a value; its trace is the probability."""
    width = density.size.bit_length() // 2
    part = np.zeros_like(density)
    index: list[slice | int] = [slice(None)] * (2 * width)
    index[qubit] = index[qubit + width] = bit
    axes = (2,) * (2 * width)
    part.reshape(axes)[tuple(index)] = density.reshape(axes)[tuple(index)]
    return part


def _depolarize(density: Array, qubits: tuple[int, ...], rate: float) -> None:
    """(1 - r) rho + r * (maximally mixed on the qubits) (x) (rho with them traced out)."""
    width = density.ndim // 2

    def block(bits: tuple[int, ...]) -> Array:
        index: list[slice | int] = [slice(None)] * density.ndim
        for qubit, bit in zip(qubits, bits, strict=True):
            index[qubit] = index[qubit + width] = bit
        return density[(*index, ...)]  # the dots keep even a single number a view

    values = list(product((0, 1), repeat=len(qubits)))
    traced = sum(block(bits) for bits in values) * (rate / len(values))
    density *= 1 - rate
    for bits in values:
        block(bits)[...] += traced


def sample(
    circuit: FlatCircuit,
    noise: NoiseModel,
    shots: int,
    generator: np.random.Generator,
    by_density: bool,
    tell: Callable[[str], object] | None = None,
) -> Counter[int]:
    """Outcomes of a number of shots: each shot's errors are drawn first, then equal ones are simulated together.

    With `by_density` the outcomes are drawn from the exact distribution instead: the same statistics.
    """
    if by_density:
        return draws.counts(exact(circuit, noise, tell), shots, generator)
    patterns = patterns_of(rates(circuit, noise), circuit, shots, generator)
    numbers = generator.random(shots)
    outcomes: Counter[int] = Counter()
    follow = _trajectories if circuit.width < ALONE else _trajectories_alone
    for distribution, count in follow(circuit, sorted(patterns.items())):
        now, numbers = numbers[:count], numbers[count:]
        if tell is not None:
            tell(f"{shots - len(numbers):,} of {shots:,} shots")
        outcomes.update(draws.drawn(distribution, now).tolist())
    return outcomes


def misread(distribution: NDArray[np.float64], rate: float) -> NDArray[np.float64]:
    """The distribution of the outcomes as read, if each qubit is read as the other outcome with a probability."""
    width = distribution.size.bit_length() - 1
    for qubit in range(width):
        pairs = distribution.reshape(1 << qubit, 2, -1)
        distribution = ((1 - rate) * pairs + rate * pairs[:, ::-1]).reshape(-1)
    return distribution


def misread_outcomes(outcomes: Counter[int], width: int, rate: float, generator: np.random.Generator) -> Counter[int]:
    """As `misread`, drawn for every shot."""
    shots = np.repeat(np.fromiter(outcomes.keys(), np.int64), np.fromiter(outcomes.values(), np.int64))
    for qubit in range(width):
        shots ^= (generator.random(shots.size) < rate).astype(np.int64) << qubit
    return Counter(shots.tolist())


def patterns_of(
    noisy: list[tuple[int, float]], circuit: FlatCircuit, shots: int, generator: np.random.Generator
) -> Counter[Pattern]:
    """The number of shots with each pattern of errors. Rate r: a Pauli error with probability r (1 - 1/4**operands)."""
    struck: dict[int, list[tuple[int, int]]] = {}
    for place, rate in noisy:
        kinds = 4 ** len(circuit.rows[place].qubits)
        count = int(generator.binomial(shots, rate * (1 - 1 / kinds)))
        if count:
            who = generator.choice(shots, count, replace=False)
            errors = generator.integers(1, kinds, count)
            for shot, error in zip(who.tolist(), errors.tolist(), strict=True):
                struck.setdefault(shot, []).append((place, error))
    patterns: Counter[Pattern] = Counter(map(tuple, struck.values()))
    if shots > len(struck):
        patterns[()] = shots - len(struck)
    return patterns


def _trajectories(
    circuit: FlatCircuit, patterns: list[tuple[Pattern, int]]
) -> Iterator[tuple[NDArray[np.float64], int]]:
    """The distribution of every pattern with its number of shots; patterns are sorted by their first error."""
    at_once = max(1, AMPLITUDES >> circuit.width)
    for start in range(0, len(patterns), at_once):
        chunk = patterns[start : start + at_once]
        states = _struck(circuit, [pattern for pattern, _ in chunk])
        for state, (_, count) in zip(states, chunk, strict=True):
            yield state.real**2 + state.imag**2, count


def _trajectories_alone(
    circuit: FlatCircuit, patterns: list[tuple[Pattern, int]]
) -> Iterator[tuple[NDArray[np.float64], int]]:
    """As `_trajectories`, with one wide state at a time, which starts where its first error is."""
    shared, done = basis_state(circuit.width), 0
    for pattern, count in patterns:
        start = pattern[0][0] if pattern else 0
        chunks.evolve(shared, circuit.rows[done:start])
        done = start
        state = shared.copy()
        chunks.evolve(state, _with_errors(circuit.rows, start, pattern))
        yield state[0].real ** 2 + state[0].imag ** 2, count


def _with_errors(rows: Sequence[Op], start: int, pattern: Pattern) -> Iterator[Op]:
    """The rows from a place on, with the errors of a pattern after those that they strike."""
    errors = dict(pattern)
    for place in range(start, len(rows)):
        yield rows[place]
        error = errors.get(place, 0)
        for qubit in reversed(rows[place].qubits):
            error, letter = divmod(error, 4)
            if letter:
                yield Op(" xyz"[letter], (qubit,))


def _struck(circuit: FlatCircuit, patterns: list[Pattern]) -> Array:
    """The final state of every pattern. A state splits off from the error-free one only at its first error."""
    states = basis_state(circuit.width, len(patterns) + 1)  # the first has no errors
    errors: dict[int, list[tuple[int, int]]] = {}
    for row, pattern in enumerate(patterns, 1):
        for place, error in pattern:
            errors.setdefault(place, []).append((row, error))
    alive = 1
    for place, op in enumerate(circuit.rows):
        apply(states[:alive], op)
        for row, error in errors.get(place, ()):
            if row >= alive:
                states[alive : row + 1] = states[0]
                alive = row + 1
            for qubit in reversed(op.qubits):
                error, letter = divmod(error, 4)
                if letter:
                    pauli(states[row].reshape(1, *(2,) * circuit.width), "IXYZ"[letter], qubit)
    states[alive:] = states[0]
    return states[1:]
