"""Shortens a program of Pauli rotations by strings whose value is known before it, or that are measured after it.

Takes a folded program and a contract and returns a program that the contract does not tell apart, with fewer rotations
or shorter strings. The qubits start in |0...0>, so every Z has the value 1; a product of them that commutes with all
rotations so far still has. A rotation about such a string is a phase, and any other may be multiplied by one that
commutes with it: exp(-i t/2 P) = exp(-i t/2 P S) on a state with S = 1. Only the contract `outcomes` allows that.

At the other end the measured strings commute with each other. A rotation about a product of them that commutes with all
later rotations is not seen, nor is one that a known string makes such a product.
"""

from __future__ import annotations

from collections.abc import Sequence

from ionqdsl.algebra.paulis import (
    Folded,
    Image,
    PauliProgram,
    Rotation,
    fold,
    is_negative,
    product,
)
from ionqdsl.algebra.string_groups import BitSpan, Neighbours, StringGroup
from ionqdsl.ir.contracts import fixes_phases, holds_for_all_inputs

ROUNDS = 3
"""Rounds that may end with about as many rotations: each may turn some into Cliffords, which move to the end and change
the strings they pass.
"""
WORTHWHILE = 50
"""A round that removes one rotation in so many does not count: a gate that does nothing in the state it meets hides
from all later ones that the state is known, until its rotations are gone.
"""


def loosened(folded: Folded, preserve: str) -> list[Folded]:
    """The programs that the module describes, none if there is nothing to gain.

    The last one is followed by another Clifford, up to phases that the measurement does not see; which of them is
    synthesised with fewer two-qubit gates is a matter of luck.
    """
    if fixes_phases(preserve):
        return []
    best, rounds = folded, 0
    while rounds < ROUNDS:
        after = _loosened(best, is_from_zeros=not holds_for_all_inputs(preserve))
        if after is best:
            break
        rounds += (len(best.rotations) - len(after.rotations)) * WORTHWHILE < len(best.rotations)
        best = after
    images = _shortened(best.images)
    result = [] if best is folded else [best]
    return result if images == best.images else [*result, Folded(best.width, best.rotations, images, best.neglected)]


def known_throughout(folded: Folded, preserve: str) -> list[Image]:
    """Independent strings that commute with all rotations and have the value 1 from |0...0> on, under `outcomes`."""
    if holds_for_all_inputs(preserve):
        return []
    known = StringGroup([(0, 1 << q, 0) for q in range(folded.width)])
    for x, z in {rotation[:2]: None for rotation in folded.rotations}:
        known = known.commuting_with(x, z)
    return known.rows


def _loosened(folded: Folded, *, is_from_zeros: bool) -> Folded:
    """The program without rotations that are phases or not seen, and with short strings; itself if that is the same."""
    rotations, groups = folded.rotations, [StringGroup([])] * len(folded.rotations)
    if is_from_zeros:
        shortening = _Shortening(StringGroup([(0, 1 << q, 0) for q in range(folded.width)]))
        for rotation in rotations:
            shortening.add(rotation)
        rotations, groups = shortening.rotations, shortening.groups
    kept = _seen(rotations, groups, folded.images[1::2])
    if kept == folded.rotations:
        return folded
    again = fold(PauliProgram(folded.width, kept, tuple(range(folded.width)), folded.neglected))
    return again.followed_by(folded.images)


class _Shortening:
    """The rotations so far, and with each the group of known strings that commute with it."""

    def __init__(self, known: StringGroup) -> None:
        self.known = known
        self.rotations: list[Rotation] = []
        self.groups: list[StringGroup] = []
        self.strings: dict[Image, None] = {}  # those written
        self.by_rest: dict[tuple[int, int], Image] = {}  # the written string of each class modulo the known ones

    def add(self, rotation: Rotation) -> None:
        """Adds a rotation about a string that was written already if one will do, otherwise about a short one."""
        x, z, angle = rotation
        if (x, z) in self.known:
            return
        if not self.known.rows:  # every string is its own rest
            self.rotations.append(rotation)
            self.groups.append(self.known)
            return
        known = self.known.commuting_with(x, z)
        if known is not self.known:
            self.known = known
            self.by_rest = {}
            for string in self.strings:
                self.by_rest.setdefault(known.reduced(string)[:2], string)
        whole = (x, z, (x & z).bit_count() & 3)
        rest = known.reduced(whole)
        new = self.by_rest.get(rest[:2])
        if new is None:
            new = known.shortened(whole)
            new = new[0], new[1], (new[0] & new[1]).bit_count() & 3
            self.strings[new] = None
            self.by_rest[rest[:2]] = new
        is_opposite = is_negative(known.reduced(product(whole, new)))
        self.rotations.append((new[0], new[1], -angle if is_opposite else angle))
        self.groups.append(known)


def _seen(rotations: list[Rotation], groups: Sequence[StringGroup], images: Sequence[Image]) -> list[Rotation]:
    """The rotations that the measurement of the strings with these images sees."""
    if not any(group.rows for group in groups):
        hidden = _hidden(rotations, images)
        return [rotation for place, rotation in enumerate(rotations) if not hidden >> place & 1]
    return _seen_with(rotations, groups, images)


def _hidden(rotations: Sequence[Rotation], images: Sequence[Image]) -> int:
    """The places, as bits, of rotations about products of the measured strings that commute with all later ones but
    such.

    There are as many independent measured strings as wires, so any string that commutes with all of them is a product.
    """
    near = Neighbours(rotations, len(images))
    seen = 0
    for x, z, _ in images:
        seen |= near.of(x, z)
    hidden, left = 0, ~seen & ((1 << len(rotations)) - 1)
    while left:
        place = left.bit_length() - 1
        left ^= 1 << place
        if not (near.of(*rotations[place][:2]) & ~hidden) >> place:
            hidden |= 1 << place
    return hidden


def _seen_with(rotations: Sequence[Rotation], groups: Sequence[StringGroup], images: Sequence[Image]) -> list[Rotation]:
    """The same where each rotation has a group of known strings.

    A string is one number here, x and above it z: signs do not matter.
    """
    width = len(images)
    measured = [x | z << width for x, z, _ in images]
    kept: list[Rotation] = []
    group: StringGroup | None = None
    unseen = BitSpan(())
    for rotation, own in zip(reversed(rotations), reversed(groups), strict=True):
        x, z, _ = rotation
        if own is not group:
            group, unseen = own, BitSpan([*measured, *(x | z << width for x, z, _ in own.rows)])
        if x | z << width in unseen:
            continue
        kept.append(rotation)
        partner = z | x << width  # a string anticommutes if it has an odd number of bits in common with it
        against = [row for row in measured if (row & partner).bit_count() & 1]
        if against:
            first, *others = against
            measured = [row for row in measured if row not in against] + [first ^ row for row in others]
            group = None
    kept.reverse()
    return kept


def _shortened(images: list[Image]) -> list[Image]:
    """The images of a Clifford followed by phases and cz gates that make those of the X shorter in all.

    The saving of a gate depends on the images of two X, so a round looks at wires again only if one of these changed.
    """
    images = list(images)
    width = len(images) // 2
    xs, zs, _ = (list(part) for part in zip(*images[::2], strict=True))
    measured = [(x, z) for x, z, _ in images[1::2]]
    lengths = [(x | z).bit_count() for x, z in zip(xs, zs, strict=True)]
    changed = [True] * width
    while any(changed):
        before, changed = changed, [False] * width
        for q in range(width):
            of_x, of_z = measured[q]
            for r in range(q + 1):
                if not (before[q] or before[r] or changed[q] or changed[r]):
                    continue
                x, z = measured[r]
                saved = lengths[q] - ((xs[q] ^ x) | (zs[q] ^ z)).bit_count()
                if r != q:
                    saved += lengths[r] - ((xs[r] ^ of_x) | (zs[r] ^ of_z)).bit_count()
                if saved <= 0:
                    continue
                for one, other in {(q, r), (r, q)}:
                    images[2 * one] = _times(images[2 * one], images[2 * other + 1])
                    xs[one], zs[one], _ = images[2 * one]
                    lengths[one] = (xs[one] | zs[one]).bit_count()
                    changed[one] = True
    return images


def _times(one: Image, other: Image) -> Image:
    """A Hermitian string times another; i times it if they anticommute."""
    x, z, p = product(one, other)
    return x, z, (p + ((p ^ (x & z).bit_count()) & 1)) & 3
