"""Shortens the Clifford at the end of a program of Pauli rotations.

Takes a program, and returns an equal one whose last two-qubit gates, those after the last rotation that is not
Clifford, are factors found by factor_cliffords.py, or by factor_by_qubits.py on more wires; None if these are not
fewer. A synthesis leaves such a tail wherever its rotations end, and nothing else where the circuit is Clifford.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from ionqdsl.algebra.paulis import (
    QUARTER,
    Folded,
    Image,
    MovedMasks,
    PauliProgram,
    Rotation,
    fold,
    is_negative,
    quarters,
)
from ionqdsl.passes.cliffords.factor_by_qubits import factors_by_qubits
from ionqdsl.passes.cliffords.factor_cliffords import factors_of
from ionqdsl.passes.cliffords.factors import WIDEST, Factor, Goal
from ionqdsl.passes.rotations.synthesise_paulis import local_cliffords

PLACES = 16
CELLS, OF_LONG = 20_000, 200_000
"""The states of a search that are kept in each step, and about how many pairs of wires it may look at in all: more
where the Clifford is most of a program.
"""


class _Manner(NamedTuple):
    """The power of the costs in a search, and the most states that are kept in each step."""

    power: int
    places: int


MANNERS = tuple([_Manner(power, places) for places in (PLACES, 3 * PLACES) for power in (2, 1)])
"""The manners of a search: the first, and all one after the other if there is nothing but a Clifford.

A lower power is better for the checks of some codes, where no row is nearly done for long. Of 134 searches for whole
Cliffords on 4 to 16 wires 21 end with fewer factors if three times the states are kept, and 1 with more.
"""


class TailContract(NamedTuple):
    """The properties of a program that a shorter one has: the wire of each qubit, or not even phases of outcomes."""

    is_still: bool = False
    is_measured: bool = False


class Tail:
    """The Clifford at the end of a program, from the place `start` on."""

    def __init__(self, program: PauliProgram) -> None:
        self.program = program
        self.start = len(program.rotations)
        while self.start and quarters(program.rotations[self.start - 1][2]) is not None:
            self.start -= 1
        self.clifford = PauliProgram(program.width, program.rotations[self.start :], program.outputs)

    @cached_property
    def folded(self) -> Folded:
        """The images under it, and the rounding of its angles to quarter turns."""
        return fold(self.clifford)

    @property
    def is_whole(self) -> bool:
        """Whether the program is nothing else."""
        return not self.start

    @cached_property
    def two_qubit_gates(self) -> int:
        """Those of the Clifford."""
        return self.clifford.two_qubit_gates

    @cached_property
    def is_long(self) -> bool:
        """Whether it has most of the two-qubit gates."""
        return 2 * self.two_qubit_gates > self.program.two_qubit_gates

    def limit(self, kept: TailContract) -> int:
        """The most factors that save a gate, an exchange of wires counted as three if qubits stay."""
        moved = exchanges(self.program.outputs) if kept.is_still else 0
        return self.two_qubit_gates + 3 * moved - 1

    def places(self, kept: TailContract) -> int:
        """The states that a search keeps in each step; at least one if it is long, perhaps none otherwise."""
        steps = min(self.limit(kept), self.program.width**2 // 2)
        cells = max(1, steps * self.program.width**2)
        return max(1, OF_LONG // cells) if self.is_long else CELLS // cells


def shorter_factors(tail: Tail, kept: TailContract, most_places: int = MANNERS[-1].places) -> list[Factor] | None:
    """Fewer factors than the tail has two-qubit gates."""
    limit, most = tail.limit(kept), tail.places(kept)
    if limit < 1 or not most:
        return None
    if tail.program.width > WIDEST:
        factors = None if kept.is_measured else factors_by_qubits(tail.folded.images, is_still=kept.is_still)
        return factors if factors is not None and len(factors) <= limit else None
    shortest = None
    manners = [_Manner(power, min(places, most_places, most)) for power, places in MANNERS]
    for power, places in dict.fromkeys(manners) if tail.is_whole else manners[:1]:
        factors = factors_of(tail.folded.images, Goal(kept.is_still, kept.is_measured, places, limit, power))
        if factors is not None:
            shortest, limit = factors, len(factors) - 1
        if limit < 1:
            break
    return shortest


def with_short_tail(tail: Tail, kept: TailContract) -> PauliProgram | None:
    """The program with fewer two-qubit gates at its end."""
    factors = shorter_factors(tail, kept)
    if factors is None:
        return None
    program = tail.program
    new = _program_of_factors(tail, factors, is_measured=kept.is_measured)
    rotations = [*program.rotations[: tail.start], *new.rotations]
    return PauliProgram(program.width, rotations, new.outputs, program.neglected + tail.folded.neglected)


@lru_cache(maxsize=1 << 12)
def exchanges(outputs: tuple[int, ...]) -> int:
    """The fewest exchanges of two wires that lead every qubit to its own: all but one of each circle."""
    count = 0
    left = set(outputs)
    while left:
        wire = outputs[left.pop()]
        while wire in left:
            left.remove(wire)
            wire = outputs[wire]
            count += 1
    return count


def _program_of_factors(tail: Tail, factors: Sequence[Factor], *, is_measured: bool) -> PauliProgram:
    """The program of a Clifford of which the factors leave one-qubit Cliffords, and perhaps a permutation."""
    width, before = tail.program.width, tail.program.outputs
    starts = [_rotation(factor, QUARTER) for factor in factors if not factor.side]
    ends = [_rotation(factor, QUARTER) for factor in factors if factor.side]
    taken = [(x, z, -QUARTER) for x, z, _ in reversed(starts)]
    rest = [*taken, *tail.clifford.rotations, *_moved(ends, before)]
    images = fold(PauliProgram(width, rest, before)).images
    outputs, locals_ = [], list[Rotation]()
    for qubit in range(width):
        of_x, of_z = images[2 * qubit : 2 * qubit + 2]
        where = of_z[0] | of_z[1]
        assert not where & (where - 1), "the factors of a Clifford leave one letter of each row"
        wire = where.bit_length() - 1
        own = of_z[0] >> wire, of_z[1] >> wire
        if is_measured:
            of_x = _partner(own, wire)
        letters = of_x[0] >> wire | of_x[1] >> wire << 1 | own[0] << 2 | own[1] << 3
        letters |= is_negative(of_x) << 4 | is_negative(of_z) << 5
        locals_ += [(x << wire, z << wire, QUARTER * count) for x, z, count in local_cliffords()[letters]]
        outputs.append(wire)
    back = [(x, z, -QUARTER) for x, z, _ in reversed(ends)]
    return PauliProgram(width, [*starts, *locals_, *_moved(back, outputs)], tuple(outputs))


def _rotation(factor: Factor, angle: float) -> Rotation:
    (a, p), (b, q) = divmod(factor.first, 3), divmod(factor.second, 3)
    return (p < 2) << a | (q < 2) << b, (p > 0) << a | (q > 0) << b, angle


def _moved(rotations: Sequence[Rotation], wires: Sequence[int]) -> list[Rotation]:
    """The rotations of qubits on the wires on which these are read."""
    moved = MovedMasks(wires)
    return [(moved[x], moved[z], angle) for x, z, angle in rotations]


def _partner(letter: tuple[int, int], wire: int) -> Image:
    """A letter that anticommutes with the given one: any image of X does if only that of Z is measured."""
    x, z = (1, 0) if letter[1] else (0, 1)
    return x << wire, z << wire, 0
