"""Leaves flips out of a network until a gate needs them.

Takes a network and returns one in which flips under one control happen as late as possible, and only as many as the
other gates need. Flips that computed a parity for a phase that has gone add up to nothing, in any order.
Gates that only read bits act on the wire that holds the bit, or on the parity of two. A Toffoli reads
a product of bits, which is one at one point: any wires that tell this point from the others can be its controls.
The kernel takes the same steps (kernel/delays.c) on at most 63 wires.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from ionqdsl.algebra import compiled
from ionqdsl.passes.networks.network import CCRZ, CCZ, EIGHTHS, FLIP, PHASE, SWAP, Network, NetworkGate
from ionqdsl.passes.networks.packed_gates import packed, unpacked
from ionqdsl.passes.networks.parities import wires_of
from ionqdsl.passes.networks.tidy import tidied

ONE = 1
"""In a sum: its bit is negated. A sum is a mask: the bit of a wire is `_bit(wire)`."""


def with_delayed_flips(network: Network, *, keeps_controls: bool = False) -> Network:
    """The network with its flips delayed, or as it is if that takes as many gates on two wires."""
    result = delayed(network, keeps_controls=keeps_controls)
    return result if _on_two_wires(result) < _on_two_wires(network) else network


def delayed(network: Network, *, keeps_controls: bool = False) -> Network:
    """The network with its flips delayed; Toffolis keep their controls and targets if that is asked for."""
    made = in_the_kernel(network, keeps_controls) if compiled.is_used() else None
    return in_python(network, keeps_controls) if made is None else made


def in_the_kernel(network: Network, keeps_controls: bool) -> Network | None:
    """The same steps as `in_python` takes; None if there are more than 63 wires."""
    left = compiled.kernel.delay(packed(network.gates), keeps_controls)
    if left is None:
        return None
    made = unpacked(network.gates, left)
    return made._replace(phase=network.phase + made.phase)


def in_python(network: Network, keeps_controls: bool) -> Network:
    """The same without the kernel, on any number of wires."""
    delay = _Delay(wires_of(network.gates), keeps_controls)
    for gate in network.gates:
        delay.add(gate)
    delay.settle_all()
    left = tidied(delay.gates)
    return Network(left.gates, network.phase + left.phase + Fraction(delay.negated, EIGHTHS))


def _on_two_wires(network: Network) -> int:
    return sum(len(gate.wires) == 2 for gate in network.gates)


def _bit(wire: int) -> int:
    """The mask of a wire."""
    return ONE << wire + 1


def _wires(mask: int) -> list[int]:
    """The wires of a mask in ascending order."""
    mask &= ~ONE
    found = []
    while mask:
        lowest = mask & -mask
        found.append(lowest.bit_length() - 2)
        mask ^= lowest
    return found


class _Delay:
    """Gates written so far, and for each wire the sum of wires, as they are now, whose bit it should hold."""

    def __init__(self, wires: list[int], keeps_controls: bool) -> None:
        self._keeps_controls = keeps_controls
        self.gates: list[NetworkGate] = []
        self.negated = 0
        self._sums = {wire: _bit(wire) for wire in wires}
        self._readers = {wire: _bit(wire) for wire in wires}  # the sums in which each wire is

    def add(self, gate: NetworkGate) -> None:
        """Takes a gate: flips are remembered, others written."""
        if gate.kind == FLIP and len(gate.wires) < 3:
            *controls, target = gate.wires
            self._change(target, self._sums[controls[0]] if controls else ONE)
        elif gate.kind == SWAP:
            a, b = gate.wires
            difference = self._sums[a] ^ self._sums[b]
            self._change(a, difference)
            self._change(b, difference)
        elif gate.kind == PHASE:
            self._add_phase(gate)
        elif gate.kind == CCZ and not self._keeps_controls:
            self._write_at(self._point(gate.wires), gate)
        elif gate.kind in (CCZ, CCRZ):
            self.gates.append(gate._replace(wires=self._holders(gate.wires)))
        elif gate.kind == FLIP and not self._keeps_controls:
            *controls, target = gate.wires
            self._free(target)
            self._write_at(self._point(controls), gate, (target,))
        else:
            self._write(gate)

    def settle_all(self) -> None:
        """Writes the remaining flips."""
        for wire in self._sums:
            self._settle(wire)

    def _change(self, target: int, difference: int) -> None:
        """Adds wires, or one, to a sum."""
        for wire in _wires(difference):
            self._readers[wire] ^= _bit(target)
        self._sums[target] ^= difference

    def _flip(self, control: int, target: int) -> None:
        """Writes a flip: the sums that had the target have its control too."""
        self.gates.append(NetworkGate(FLIP, (control, target)))
        for reader in _wires(self._readers[target]):
            self._change(reader, _bit(control))

    def _settle(self, wire: int) -> None:
        """Writes flips until a wire holds its own bit."""
        total = self._sums[wire]
        if total == _bit(wire):
            return
        if not total & _bit(wire):
            other = next(each for each in _wires(total) if self._sums[each] != _bit(each))
            self._flip(wire, other)
        for other in _wires(self._sums[wire] & ~_bit(wire)):
            self._flip(other, wire)
        if self._sums[wire] & ONE:
            self.gates.append(NetworkGate(FLIP, (wire,)))
            for reader in _wires(self._readers[wire]):
                self._change(reader, ONE)

    def _point(self, wires: Sequence[int]) -> dict[int, bool]:
        """Wires, and their bits where those of all these sums are 1 and nowhere else, after flips if need be."""
        while len(found := self._bits(wires)) < len(wires):
            self._settle(next(wire for wire in wires if self._sums[wire] != _bit(wire)))
        return found

    def _bits(self, wires: Sequence[int]) -> dict[int, bool]:
        """The bits of single wires that follow from these sums, where all of them are 1."""
        found = {}
        for count in range(1, len(wires) + 1):
            for chosen in combinations(wires, count):
                total = 0
                for wire in chosen:
                    total ^= self._sums[wire]
                if (total & ~ONE).bit_count() == 1:
                    (holder,) = _wires(total)
                    found[holder] = (count % 2 == 1) != bool(total & ONE)
        return found

    def _write_at(self, point: dict[int, bool], gate: NetworkGate, targets: tuple[int, ...] = ()) -> None:
        """Writes a gate under the control of the wires of a point, with flips around it of those that are 0 there."""
        around = [NetworkGate(FLIP, (wire,), 0, gate.origin) for wire, bit in point.items() if not bit]
        for each in (*around, gate._replace(wires=(*point, *targets)), *around):
            self.gates.append(each)

    def _free(self, wire: int) -> None:
        """Writes flips until a wire holds its own bit, and no other sum has it."""
        self._settle(wire)
        while others := _wires(self._readers[wire] & ~_bit(wire)):
            self._settle(others[0])

    def _holders(self, wires: tuple[int, ...]) -> tuple[int, ...]:
        """The wires that hold the bits of these wires; a bit that no wire holds is written by flips first.

        Once a wire holds its own bit it keeps it, while a bit that another wire holds may be moved.
        """
        while several := [wire for wire in wires if self._sums[wire].bit_count() > 1]:
            self._settle(several[0])
        return tuple([each for wire in wires for each in _wires(self._sums[wire])])

    def _add_phase(self, gate: NetworkGate) -> None:
        total = 0
        for wire in gate.wires:
            total ^= self._sums[wire]
        holders = _wires(total)
        if not 1 <= len(holders) <= 2:
            self.gates.append(gate._replace(wires=self._holders(gate.wires)))
            return
        is_negated = total & ONE
        eighths = -gate.eighths % EIGHTHS if is_negated else gate.eighths
        self.negated += gate.eighths if is_negated else 0
        self.gates.append(NetworkGate(PHASE, tuple(holders), eighths, gate.origin))

    def _write(self, gate: NetworkGate) -> None:
        """Writes a gate that changes bits, once no other sum has its wires."""
        for wire in gate.wires:
            self._settle(wire)
        for wire in gate.wires:
            if not gate.is_diagonal_on(wire):
                self._free(wire)
        self.gates.append(gate)
