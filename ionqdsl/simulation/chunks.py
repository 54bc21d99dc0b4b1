"""Applies gates to large state vectors in few passes over the memory, by the compiled kernel.

Takes states and rows as `statevector.evolve` does, and changes the states in place, to the same up to rounding. A pass
takes as many gates as it can that together mix few qubits; gates on a common qubit keep their order. Then the kernel
applies all of them to one chunk of amplitudes after the other, in the processor's cache. Matrices come from
statevector.py, which also applies whatever is not worth a pass: gates to small states, gates on nearly all qubits, and
matrices that mix more than pairs of basis states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ionqdsl.algebra import compiled
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.circuit import Op, Operator
from ionqdsl.simulation import statevector
from ionqdsl.simulation.statevector import Array, MergedTurn
from ionqdsl.workers.threads import shared, threads

SMALLEST = 12
"""Fewest qubits of a state for which passes are worth their planning."""
LANES = 3
"""Qubits of a chunk that no gate of the pass touches: the kernel's vectors run along them (kernel/gates.h)."""
MIXED = 10
"""Most qubits that the gates of a pass mix; with the lanes, 128 KiB of amplitudes."""
PORTION = 1 << 24
"""Amplitudes of a portion of a pass, times the threads: a fraction of a second."""
WINDOW = 1 << 12
"""Most gates that wait while others overtake them."""
WIDEST = 5
"""Most operands of a gate whose matrix is looked at."""

SCALE, GENERAL, REAL, CROSS, EXCHANGE = range(5)

_INTEGERS = {"outer_mask": "u8", "outer": "u8", "mask": "u4", "first": "u4", "second": "u4", "kind": "u4"}
ITEM = np.dtype([*_INTEGERS.items(), ("numbers", "f8", 8)])
"""An item of a pass, as in kernel/gates.h."""


class MixedPair(NamedTuple):
    """The effect of a gate on one pattern of its operands' bits, or on two: it scales the one, or mixes both.

    Patterns are indices, the first operand the most significant bit; they are equal for a factor.
    """

    kind: int
    first: int
    second: int
    numbers: tuple[float, ...]


class PairedGate(NamedTuple):
    """A gate as parts: its controls and operands, and those operands whose values it mixes; `op` is its row.

    Without parts, the row is applied by itself.
    """

    controls: tuple[int, ...]
    operands: tuple[int, ...]
    mixed: frozenset[int]
    parts: tuple[MixedPair, ...]
    op: Op | None = None

    @property
    def qubits(self) -> tuple[int, ...]:
        """All qubits of the gate."""
        return (*self.controls, *self.operands)


def evolve(states: Array, rows: Iterable[Op], tell: Callable[[str], object] | None = None) -> None:
    """Applies rows in order to every state, shape (batch, 2**qubits); `tell` hears how far that is.

    Angles must be numbers.
    """
    if can_play(states):
        play(states, _paired(rows), tell)
    else:
        statevector.evolve(states, rows)


def can_play(states: Array) -> bool:
    """Whether `play` takes these states: there is a kernel, and they are large enough."""
    width = states.shape[1].bit_length() - 1
    return compiled.is_used() and width >= max(SMALLEST, LANES + 1) and states.flags.c_contiguous


def play(states: Array, gates: Iterable[PairedGate], tell: Callable[[str], object] | None = None) -> None:
    """Applies gates to every state by the kernel."""
    width, done = states.shape[1].bit_length() - 1, 0
    for group in passes(gates, width):
        op = group[0].op
        if op is not None and not group[0].parts:
            statevector.apply(states, op)
            continue
        _play_pass(states, width, group)
        done += len(group)
        if tell is not None:
            tell(f"{done:,} gates")


def _play_pass(states: Array, width: int, group: list[PairedGate]) -> None:
    """Applies the gates of a pass to all chunks, in portions that are short enough for an interruption."""
    bits, items = _packed(group, width)
    packed = width, bits.tobytes(), items.tobytes()
    chunks = states.size >> len(bits)
    count = threads()
    portions = count * max(1, states.size // PORTION)
    cuts = [chunks * number // portions for number in range(portions + 1)]
    shared(compiled.kernel.apply, [(states, *packed, start, stop) for start, stop in pairwise(cuts)], count)


def passes(gates: Iterable[PairedGate], width: int) -> Iterator[list[PairedGate]]:
    """The gates in passes, in an order with the same product.

    A pass mixes at most MIXED qubits and leaves LANES untouched; a gate that cannot is alone, without parts.
    """
    stream, left = iter(gates), list[PairedGate]()
    while True:
        group, left = _first_pass(left, stream, width)
        if not group:
            return
        yield group


def _first_pass(
    waiting: list[PairedGate], stream: Iterator[PairedGate], width: int
) -> tuple[list[PairedGate], list[PairedGate]]:
    """The gates of a pass, and the waiting ones, which do not fit in it or come after such a gate on a qubit."""
    group: list[PairedGate] = []
    left: list[PairedGate] = []
    mixed: set[int] = set()
    touched: set[int] = set()
    blocked: set[int] = set()
    first = iter(waiting)
    for gate in chain(first, stream):
        qubits = gate.qubits
        fits = gate.parts and len(mixed | gate.mixed) <= MIXED and len(touched.union(qubits)) <= width - LANES
        if fits and blocked.isdisjoint(qubits):
            group.append(gate)
            mixed |= gate.mixed
            touched.update(qubits)
        elif not fits and not group and not left:
            return [gate._replace(parts=())], [*first]
        else:
            blocked.update(qubits)
            left.append(gate)
            if len(blocked) == width or len(left) > WINDOW:
                break
    return group, [*left, *first]


# --- gates as pairs -------------------------------------------------------------------------------------------------


def _paired(rows: Iterable[Op]) -> Iterator[PairedGate]:
    """Rows as gates; consecutive one-qubit gates on a wire are multiplied together first."""
    for item in statevector.merged(rows):
        if not isinstance(item, MergedTurn):
            yield from _gate(item)
            continue
        parts = parts_of(item.matrix)
        assert parts is not None  # two basis states are a pair
        if parts:
            yield paired_gate((item.wire,), parts)


def paired_gate(operands: tuple[int, ...], parts: tuple[MixedPair, ...]) -> PairedGate:
    """A gate by its parts; they may come one after the other on the same pattern."""
    return PairedGate((), operands, _mixed(parts, operands), parts, None)


def _gate(op: Op) -> Iterator[PairedGate]:
    """A row as a gate; nothing for the identity."""
    controls, operands = op.qubits[: op.controls], op.qubits[op.controls :]
    parts: tuple[MixedPair, ...] | None = None
    if len(operands) <= WIDEST:
        parts = _parts(op.gate, op.angles, len(operands), op.operator)
    if parts != ():  # else the identity
        yield PairedGate(controls, operands, _mixed(parts or (), operands), parts or (), op)


@lru_cache(maxsize=1 << 12)
def _parts(
    gate: str, angles: tuple[Angle, ...], operands: int, operator: Operator | None
) -> tuple[MixedPair, ...] | None:
    images = np.eye(1 << operands, dtype=np.complex128)
    statevector.apply(images, Op(gate, tuple(range(operands)), angles, 0, 0, operator))
    return parts_of(images.T)


def factor(pattern: int, number: complex) -> MixedPair:
    """A factor on a pattern."""
    return MixedPair(SCALE, pattern, pattern, _numbers(np.array([number], dtype=np.complex128)))


def mixture(first: int, second: int, matrix: Array) -> MixedPair:
    """A matrix on two patterns, shape (2, 2)."""
    block = matrix.reshape(-1)
    return MixedPair(_kind(block), first, second, _numbers(block))


def parts_of(matrix: Array) -> tuple[MixedPair, ...] | None:
    """The parts of a matrix that mixes basis states in pairs, None for any other."""
    partners = (matrix != 0) | (matrix.T != 0)
    np.fill_diagonal(partners, False)
    found = []
    for first, others in enumerate(partners):
        places = np.flatnonzero(others).tolist()
        if not places:
            if matrix[first, first] != 1:
                found.append(factor(first, matrix[first, first]))
        elif len(places) > 1 or partners[places[0]].sum() > 1:
            return None
        elif first < places[0]:
            found.append(mixture(first, places[0], matrix[np.ix_((first, places[0]), (first, places[0]))]))
    return tuple(found)


def _kind(block: Array) -> int:
    a, b, c, d = block.tolist()
    if a == d == 0 and b == c == 1:
        return EXCHANGE
    if not block.imag.any():
        return REAL
    return CROSS if a.imag == d.imag == b.real == c.real == 0 else GENERAL


def _numbers(block: Array) -> tuple[float, ...]:
    numbers: list[float] = np.ascontiguousarray(block).view(np.float64).tolist()
    return tuple(numbers + [0.0] * (8 - len(numbers)))


def _mixed(parts: Iterable[MixedPair], operands: Sequence[int]) -> frozenset[int]:
    bits = 0
    for part in parts:
        bits |= part.first ^ part.second
    last = len(operands) - 1
    return frozenset([qubit for place, qubit in enumerate(operands) if bits >> last - place & 1])


# --- passes for the kernel -------------------------------------------------------------------------------------------


def _packed(group: list[PairedGate], width: int) -> tuple[NDArray[np.int32], NDArray[np.void]]:
    """The bits of a chunk and the items of a pass, as kernel/gates.h has them."""
    touched = {qubit for gate in group for qubit in gate.qubits}
    mixed = {qubit for gate in group for qubit in gate.mixed}
    lanes = [qubit for qubit in reversed(range(width)) if qubit not in touched][:LANES]
    inside = mixed.union(range(width - 2, width)).difference(lanes)  # the last qubits, as these share cache lines
    chunk = [*lanes, *sorted(inside, reverse=True)]
    local = {qubit: 1 << place for place, qubit in enumerate(chunk)}
    items: list[tuple[object, ...]] = []
    for gate in group:
        for part in gate.parts:
            outer_mask = outer = mask = first = second = 0
            bits = [(qubit, 1, 1) for qubit in gate.controls]
            last = len(gate.operands) - 1
            bits += [
                (qubit, part.first >> last - place & 1, part.second >> last - place & 1)
                for place, qubit in enumerate(gate.operands)
            ]
            for qubit, one, other in bits:
                if qubit in local:
                    mask |= local[qubit]
                    first |= local[qubit] * one
                    second |= local[qubit] * other
                else:
                    outer_mask |= 1 << width - 1 - qubit
                    outer |= one << width - 1 - qubit
            items.append((outer_mask, outer, mask, first, second, part.kind, part.numbers))
    return np.array([width - 1 - qubit for qubit in chunk], dtype=np.int32), np.array(items, dtype=ITEM)
