"""Parities of path variables on the wires of a network, read as a sum over paths.

A circuit is a sum over paths: a variable for each input and for each gate that is not diagonal and no flip, and an
amplitude for each of their values. A flip adds the bit of its control, or a product of bits, to its target; a phase
multiplies the amplitude. Two phases of the same parity are therefore one phase, wherever they are, and a phase and its
opposite cancel, whatever happens between them. Source: Amy, Maslov, Mosca, IEEE TCAD 33, 1476 (2014).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ionqdsl.passes.networks.network import FLIP, OTHER, PHASE, RELATIVE, SWAP, UNDO, H, Network, NetworkGate

Parity = frozenset[int]
"""The variables whose bits are added."""

ONE = 0
"""The variable that is always 1: a parity with it is negated."""

ZERO = Parity()
"""The parity of nothing."""

CONSTANT = Parity((ONE,))
"""The parity that is always 1."""

LARGEST = 48
"""The most variables of a parity; a larger one becomes a variable of its own, so that work stays linear."""

Counts = dict[Parity, int]
"""Parities and their phases, in eighths of a turn."""

ALL = 0b1111
"""All four points of a plane."""


def positive(parity: Parity) -> Parity:
    """The parity, not negated."""
    return parity - CONSTANT if ONE in parity else parity


class ControlPlane(NamedTuple):
    """The functions of two bits, given by their values at four points: at 2y + x for the bits x and y.

    `product` is a variable for the product of the bits; like the parities of the bits it has no constant part.
    """

    x: Parity
    y: Parity
    product: Parity

    def values(self, parity: Parity) -> int:
        """The points where one of the parities x, y and x ^ y is 1, negated or not."""
        side = positive(parity)
        points = 0b1010 if side == self.x else 0b1100 if side == self.y else 0b0110
        return points ^ (ALL if ONE in parity else 0)

    def at(self, point: int) -> Parity:
        """The function that is 1 at one point, given as the bit of the point."""
        if point == 0b1000:
            return self.product
        if point == 0b0100:
            return self.product ^ self.y
        return self.product ^ self.x if point == 0b0010 else self.product ^ self.x ^ self.y ^ CONSTANT

    def split(self, parity: Parity) -> tuple[Parity, int]:
        """A parity without its part in this plane, the same for all that differ by functions of it; and its values."""
        pivot = max(self.x)
        other = self.y ^ self.x if pivot in self.y else self.y
        values = 0
        for basis, place, on in (
            (self.product, max(self.product), 0b1000),
            (self.x, pivot, 0b1010),
            (other, max(other), 0b0110 if pivot in self.y else 0b1100),
        ):
            if place in parity:
                parity, values = parity ^ basis, values ^ on
        return (parity - CONSTANT, values ^ ALL) if ONE in parity else (parity, values)


class Wires:
    """The parity that each wire holds, while a network is followed gate by gate."""

    def __init__(self, wires: Iterable[int], are_zero: bool = False) -> None:
        """Each wire holds a variable at first, or 0."""
        self.parities: dict[int, Parity] = dict.fromkeys(wires, ZERO)
        self._count = ONE
        self._products: dict[frozenset[Parity], Parity] = {}
        self._planes: dict[frozenset[Parity], ControlPlane] = {}
        if not are_zero:
            for wire in self.parities:
                self._renew(wire)

    def follow(self, gate: NetworkGate) -> tuple[int, ...]:
        """Advances over a gate; returns the wires that hold another parity now."""
        kind, wires, *_ = gate
        parities = self.parities
        if kind == FLIP or kind in (RELATIVE, UNDO):
            *controls, target = wires
            product = parities[controls[0]] if len(controls) == 1 else self._product([parities[c] for c in controls])
            parities[target] ^= product
            if len(parities[target]) > LARGEST:
                self._renew(target)
            return (target,)
        if kind == SWAP:
            a, b = wires
            parities[a], parities[b] = parities[b], parities[a]
            return wires
        if kind == H:
            self._renew(wires[0])
            return wires
        if kind == OTHER:
            changed = tuple([wire for wire in wires if not gate.is_diagonal_on(wire)])
            for wire in changed:
                self._renew(wire)
            return changed
        return ()

    def sum(self, wires: Sequence[int]) -> Parity:
        """The parity that some wires hold together."""
        first, *others = wires
        total = self.parities[first]
        for wire in others:
            total ^= self.parities[wire]
        return total

    def _renew(self, wire: int) -> None:
        self.parities[wire] = self._variable()

    def _variable(self) -> Parity:
        self._count += 1
        return frozenset((self._count,))

    def plane(self, a: Parity, b: Parity) -> ControlPlane | None:
        """The plane of two bits; None if they are equal, opposite or constant."""
        a, b = positive(a), positive(b)
        directions = frozenset((a, b, a ^ b))
        if ZERO in directions:
            return None
        if directions not in self._planes:
            self._planes[directions] = ControlPlane(a, b, self._variable())
        return self._planes[directions]

    def _product(self, parities: Sequence[Parity]) -> Parity:
        """The product of bits: of two, a function of their plane; of more, a variable, the same for equal factors."""
        factors = frozenset(parities) - {CONSTANT}
        if ZERO in factors:
            return ZERO
        if len(factors) < 2:
            return next(iter(factors), CONSTANT)
        if len(factors) == 2:
            a, b = factors
            plane = self.plane(a, b)
            return plane.at(plane.values(a) & plane.values(b)) if plane else ZERO
        if factors not in self._products:
            self._products[factors] = self._variable()
        return self._products[factors]


def wires_of(gates: Iterable[NetworkGate]) -> list[int]:
    """The wires of gates, in order of first use."""
    return list(dict.fromkeys([wire for gate in gates for wire in gate.wires]))


class PhasePolynomial:
    """The phases of a network by parity, none of them negated, and where each is written.

    `places` are for each parity the places of its gates, and whether their wires hold the negated parity there.
    """

    def __init__(self, network: Network) -> None:
        self.gates = network.gates
        self.eighths: Counts = {}
        self.places: dict[Parity, list[tuple[int, bool]]] = {}
        wires = Wires(wires_of(network.gates))
        for place, gate in enumerate(network.gates):
            if gate.kind == PHASE:
                parity = wires.sum(gate.wires)
                is_negated = ONE in parity
                parity = positive(parity)
                self.eighths[parity] = self.eighths.get(parity, 0) + (-gate.eighths if is_negated else gate.eighths)
                self.places.setdefault(parity, []).append((place, is_negated))
            else:
                wires.follow(gate)
