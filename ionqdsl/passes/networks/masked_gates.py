"""Gates of a network by masks of wires, and flips that add up to one where they can be next to each other.

A flip may ask for |0> on its controls here, in place of flips without controls around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ionqdsl.passes.networks.network import FLIP, NetworkGate

REACH = 64
"""The most gates that a flip looks back over to find its equal, and those on either side that a change is weighed by.
"""


class MaskedGate(NamedTuple):
    """A gate by masks of wires: those that it changes, those that it only reads, and those that must be |1> for it.

    A gate that is no flip has no wires that must be |1>.
    """

    target: int
    controls: int
    ones: int
    is_flip: bool
    gate: NetworkGate

    @property
    def is_wide(self) -> bool:
        """Whether it is a flip under two controls or more."""
        return self.is_flip and bool(self.controls & (self.controls - 1))

    def commutes(self, other: MaskedGate) -> bool:
        """Whether the order of two gates does not matter; of two flips that never happen both it does not."""
        if self.is_flip and other.is_flip:
            if not (self.target & other.controls or self.controls & other.target):
                return True
            return bool(self.controls & other.controls & (self.ones ^ other.ones))
        return not (self.target & other.controls or self.controls & other.target or self.target & other.target)

    def same(self, other: MaskedGate) -> bool:
        """Whether two flips are one."""
        return self.target == other.target and self.controls == other.controls and self.ones == other.ones

    def sum(self, other: MaskedGate) -> list[MaskedGate] | None:
        """The one flip that two next to each other are, or none; None if they stay two.

        Of the products of bits that they add to their target, one has a factor more, or the opposite one.
        """
        if self.target != other.target or not (self.is_flip and other.is_flip):
            return None
        more, opposite = self.controls ^ other.controls, self.ones ^ other.ones
        if not more:
            if not opposite:
                return []
            left = self.controls & ~opposite
            return [self._replace(controls=left, ones=self.ones & left)] if not opposite & (opposite - 1) else None
        if more & (more - 1) or opposite & ~more or not (self.controls and other.controls):
            return None
        wide = self if self.controls & more else other
        return [wide._replace(ones=wide.ones ^ more)]


def masked(gates: Iterable[NetworkGate], wires: Sequence[int]) -> list[MaskedGate]:
    """The gates by masks; flips without controls are moved up to the next gate that is no flip."""
    bits = {wire: 1 << place for place, wire in enumerate(wires)}
    inverted = 0
    steps: list[MaskedGate] = []

    def settle(mask: int) -> None:
        for wire, bit in bits.items():
            if bit & mask:
                append(steps, MaskedGate(bit, 0, 0, True, NetworkGate(FLIP, (wire,))))

    for gate in gates:
        if gate.kind == FLIP:
            *others, target = gate.wires
            controls = sum([bits[wire] for wire in others])
            if controls:
                append(steps, MaskedGate(bits[target], controls, controls & ~inverted, True, gate))
            else:
                inverted ^= bits[target]
            continue
        read = sum([bits[wire] for wire in gate.wires if gate.is_diagonal_on(wire)])
        changed = sum([bits[wire] for wire in gate.wires]) & ~read
        settle(inverted & (read | changed))
        inverted &= ~(read | changed)
        steps.append(MaskedGate(changed, read, 0, False, gate))
    settle(inverted)
    return steps


def append(steps: list[MaskedGate], new: MaskedGate) -> None:
    """Appends a gate; a flip is added to an earlier one that it can be next to."""
    near = range(len(steps) - 1, max(-1, len(steps) - 1 - REACH), -1) if new.is_flip else ()
    for place in near:
        total = steps[place].sum(new)
        if total is not None:
            later = steps[place + 1 :]
            del steps[place:]
            for each in (*total, *later):
                append(steps, each)
            return
        if not new.commutes(steps[place]):
            break
    steps.append(new)


def written_gates(step: MaskedGate, wires: Sequence[int]) -> list[NetworkGate]:
    """A step as gates of a network."""
    if not step.is_flip:
        return [step.gate]
    origin = step.gate.origin
    named = [(wire, 1 << place) for place, wire in enumerate(wires)]
    controls = [(wire, bool(step.ones & bit)) for wire, bit in named if step.controls & bit]
    (target,) = [wire for wire, bit in named if step.target & bit]
    around = [NetworkGate(FLIP, (wire,), 0, origin) for wire, is_one in controls if not is_one]
    return [*around, NetworkGate(FLIP, (*[wire for wire, _ in controls], target), 0, origin), *around]
