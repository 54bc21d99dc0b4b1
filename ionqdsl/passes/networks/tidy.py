"""Leaves out gates of a network that cancel, and joins those around Hadamards.

The kernel takes the same steps (kernel/tidy.c).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from itertools import islice

from ionqdsl.algebra import compiled
from ionqdsl.passes.networks.network import CCZ, EIGHTHS, FLIP, PHASE, H, Network, NetworkGate, is_sign_of_two
from ionqdsl.passes.networks.packed_gates import packed, unpacked

REACH = 64
"""The most gates on one wire that a gate looks back over to find its inverse."""


def tidied(gates: Sequence[NetworkGate], *, joins: bool = True, reads: bool = False) -> Network:
    """The gates without those that cancel, and the global phase that they lack.

    With `joins`, ccz between two Hadamards become flips, and with `reads` no gate that is left is a sign of two wires:
    each is a flip if a Hadamard is next to it, otherwise phases.
    """
    return (in_the_kernel if compiled.is_used() else in_python)(gates, joins, reads)


def in_the_kernel(gates: Sequence[NetworkGate], joins: bool, reads: bool) -> Network:
    """The same steps as `in_python` takes."""
    return unpacked(gates, compiled.kernel.tidy(packed(gates), joins, reads))


def in_python(gates: Sequence[NetworkGate], joins: bool, reads: bool) -> Network:
    """The same without the kernel."""
    tidy = Tidy(joins)
    for gate in gates:
        tidy.add(gate)
    network = Network(tidy.gates, tidy.phase)
    return _with_flips(network, joins) if reads else network


def _with_flips(network: Network, joins: bool) -> Network:
    """The network without signs of two wires: flips where a Hadamard of one of them is next to it, otherwise phases.

    A cnot next to a Hadamard of its target has lost one of its own, mostly the one before it: texts of Toffolis begin
    so.
    """
    for side in ("after", "before", ""):
        if not any(map(is_sign_of_two, network.gates)):
            break
        tidy = Tidy(joins, side)
        for gate in network.gates:
            if is_sign_of_two(gate) and not side:
                for wires, eighths in ((gate.wires, 6), *[((wire,), 2) for wire in gate.wires]):
                    tidy.add(gate._replace(kind=PHASE, wires=wires, eighths=eighths))
            else:
                tidy.add(gate)
        network = Network(tidy.gates, network.phase + tidy.phase)
    return network


class Tidy:
    """Gates in order. One that is added and its inverse are both left out if all between them commute with it.

    Of two Hadamards with quarter turns between them, at most one is left: H Z H = X, and H S H = e^{i pi/4} S+ H S+.
    With `joins`, ccz between two Hadamards of one wire become flips of it, and a sign of two wires before a Hadamard if
    `side` is "after", or after one if it is "before". `phase` is the global phase in turns that the gates lack.
    """

    def __init__(self, joins: bool = False, side: str = "") -> None:
        self.phase = Fraction(0)
        self._gates: list[NetworkGate | None] = []
        self._on: dict[int, list[int]] = {}  # wire -> the places of the gates on it, in order
        self._joins = joins
        self._side = side

    @property
    def gates(self) -> list[NetworkGate]:
        """The gates that are left."""
        return [gate for gate in self._gates if gate is not None]

    def add(self, gate: NetworkGate) -> None:
        """Appends a gate, or leaves it out together with an earlier one."""
        if gate.kind == H:
            (wire,) = gate.wires
            stack = self._on.get(wire, [])
            if self._turn(gate, stack) or (self._joins and self._join(wire, stack)):
                return None
            if self._side == "after" and self._flip_after(gate, stack):
                return None
        elif gate.kind in (FLIP, CCZ):
            place = self._equal_to(gate)
            if place is not None:
                return self._drop(place)
            if self._side == "before" and is_sign_of_two(gate) and self._flip_before(gate):
                return None
        elif gate.kind == PHASE and gate.eighths % 2 == 0:  # odd ones stay apart: each may be of another Toffoli
            place = self._equal_to(gate)
            if place is not None and self._at(place).eighths % 2 == 0:
                eighths = (self._at(place).eighths + gate.eighths) % EIGHTHS
                self._gates[place] = self._at(place)._replace(eighths=eighths)
                return None if eighths else self._drop(place)
        for wire in gate.wires:
            self._on.setdefault(wire, []).append(len(self._gates))
        self._gates.append(gate)
        return None

    def _at(self, place: int) -> NetworkGate:
        gate = self._gates[place]
        assert gate is not None
        return gate

    def _drop(self, place: int) -> None:
        for wire in self._at(place).wires:
            stack = self._on[wire]
            del stack[bisect_left(stack, place)]
        self._gates[place] = None

    def _equal_to(self, gate: NetworkGate) -> int | None:
        """The last place of a gate of the same kind on the same wires, with which all gates between commute."""
        gates, (kind, wires) = self._gates, gate[:2]
        places: set[int] | None = None
        for wire in wires:
            is_target = kind == FLIP and wire == wires[-1]
            near = set()
            for place in islice(reversed(self._on.get(wire, ())), REACH):
                other = gates[place]
                assert other is not None
                if other.kind == kind and other.wires == wires:
                    near.add(place)
                is_flip = other.kind == FLIP
                if is_target:
                    if not is_flip or other.wires[-1] != wire:
                        break
                elif other.wires[-1] == wire if is_flip else not other.is_diagonal_on(wire):
                    break
            places = near if places is None else places & near
            if not places:
                return None
        return max(places) if places else None

    def _turn(self, gate: NetworkGate, stack: list[int]) -> bool:
        """Whether all gates on its wire back to a Hadamard are phases of it alone that add up to quarter turns; then
        they are written anew with this Hadamard.
        """
        count = eighths = 0
        while count < len(stack) and (other := self._at(stack[-1 - count])).kind == PHASE and len(other.wires) == 1:
            count += 1
            eighths += other.eighths
        if count == len(stack) or self._at(stack[-1 - count]).kind != H or eighths % 2:
            return False
        for place in stack[len(stack) - count - 1 :]:
            self._drop(place)
        if eighths % EIGHTHS == EIGHTHS // 2:
            self.add(gate._replace(kind=FLIP))
        elif eighths % EIGHTHS:
            sign = 1 if eighths % EIGHTHS == 2 else -1
            self.phase += Fraction(sign, EIGHTHS)
            turn = gate._replace(kind=PHASE, eighths=-2 * sign % EIGHTHS)
            for each in (turn, gate, turn):
                self.add(each)
        return True

    def _flip_after(self, hadamard: NetworkGate, stack: list[int]) -> bool:
        """Whether a Hadamard directly follows a sign of its wire and another; then it is written as a flip after it."""
        if not stack or not is_sign_of_two(sign := self._at(stack[-1])):
            return False
        (target,) = hadamard.wires
        control = next(wire for wire in sign.wires if wire != target)
        later = self._on[control][: -REACH - 1 : -1]
        if stack[-1] not in later:
            return False
        if not all(self._at(place).is_diagonal_on(control) for place in later[: later.index(stack[-1])]):
            return False
        self._drop(stack[-1])
        self.add(hadamard)
        self.add(sign._replace(kind=FLIP, wires=(control, target)))
        return True

    def _flip_before(self, sign: NetworkGate) -> bool:
        """Writes a sign of two wires directly after a Hadamard of one as a flip before it; False if there is none."""
        for control, target in (sign.wires, sign.wires[::-1]):
            stack = self._on.get(target, [])
            if stack and (hadamard := self._at(stack[-1])).kind == H:
                self._drop(stack[-1])
                self.add(sign._replace(kind=FLIP, wires=(control, target)))
                self.add(hadamard)
                return True
        return False

    def _join(self, wire: int, stack: list[int]) -> bool:
        """Whether all gates on a wire back to a Hadamard are ccz, and x and z of it; without both Hadamards they are
        flips of it, z and x.
        """
        count = signs = 0
        x, z = (FLIP, (wire,)), (PHASE, (wire,), EIGHTHS // 2)
        while count < len(stack):
            gate = self._at(stack[-1 - count])
            if gate.kind != CCZ and gate[:2] != x and gate[:3] != z:
                break
            count += 1
            signs += gate.kind == CCZ
        if not signs or count == len(stack) or self._at(stack[-1 - count]).kind != H:
            return False
        start = stack[-1 - count]
        for place in stack[len(stack) - count :]:
            old = self._at(place)
            if old.kind == FLIP:
                new = old._replace(kind=PHASE, eighths=EIGHTHS // 2)
            elif old.kind == PHASE:
                new = old._replace(kind=FLIP, eighths=0)
            else:
                new = old._replace(kind=FLIP, wires=(*[w for w in old.wires if w != wire], wire))
            self._gates[place] = new
        self._drop(start)
        return True
