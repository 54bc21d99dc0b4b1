"""Writes circuits as rotations about Pauli strings of their inputs, with every Clifford gate pushed to the end.

Takes a circuit without parameters and returns a `Folding`: rotations by less than a quarter turn about strings of any
width, then the Clifford that follows them. Rotations about one string are merged where all between them commute, so
that a synthesis of the same rotations in another order has the same ones. It shares no code with the passes, whose work
it is used to check, and is exact but for the global phase.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ionqdsl.algebra.rotations import Vector
from ionqdsl.ir.circuit import BARRIER, FlatCircuit
from ionqdsl.record import fresh, record
from ionqdsl.verify.product_rotations import PARALLEL, NotComparable, rotations

MOST_CONTROLS = 4
"""Rows with c controls are 2^c rotations or more; with more controls than this they are not written."""

EXACT = 1e-12
"""An angle in radians that counts as rounding."""

TIE = 1e-9
"""Angles within so many radians of an eighth turn back are taken as one on, which differs from it by a Clifford."""

REACH = 1 << 12
"""How many rotations back another one about the same string is looked for."""

QUARTER = math.pi / 2

String = tuple[int, int]
"""Masks of the wires with X or Y, and of those with Z or Y."""

Image = tuple[int, int, int]
"""(x, z, p): i^p X^x Z^z, with all X left of all Z."""

Turns = tuple[tuple[str, float], ...]
"""Letters and angles in radians."""


@record(frozen=False)
class Folding:
    """Rotations exp(-i angle/2 P) about strings of the inputs, then a Clifford C.

    `images[q]` are C+ X_q C and C+ Z_q C. `neglected` bounds, in the 2-norm, the part omitted as rounding.
    """

    rotations: list[tuple[String, float]] = fresh(default_factory=list)
    images: list[tuple[Image, Image]] = fresh(default_factory=list)
    neglected: float = 0.0


def folding_of(circuit: FlatCircuit, names: Sequence[int]) -> Folding:
    """The folding of a circuit whose qubit q starts as input names[q]. Raises `NotComparable`."""
    writer = _FoldingWriter(names)
    for op in circuit.rows:
        if op.gate == "swap" and not op.controls:
            one, other = op.qubits
            images = writer.images
            images[one], images[other] = images[other], images[one]
        elif op.gate not in (BARRIER, "nop"):
            for places, vectors, projectors, angle in rotations(op, MOST_CONTROLS):
                if projectors:
                    raise NotComparable
                if places:
                    writer.turn([op.qubits[place] for place in places], vectors, angle)
    kept = [rotation for rotation in writer.rotations if rotation is not None]
    return Folding(kept, writer.images, writer.neglected)


def commute(one: String, other: String) -> bool:
    """Whether two strings commute."""
    return not ((one[0] & other[1]).bit_count() + (one[1] & other[0]).bit_count()) % 2


class _FoldingWriter:
    """The rotations so far, None where one and a later one made nothing; `places` has the last of each string."""

    def __init__(self, names: Sequence[int]) -> None:
        self.rotations: list[tuple[String, float] | None] = []
        self.images: list[tuple[Image, Image]] = [((1 << name, 0, 0), (0, 1 << name, 0)) for name in names]
        self.places: dict[String, int] = {}
        self.neglected = 0.0

    def turn(self, wires: Sequence[int], vectors: Sequence[Vector], angle: float) -> None:
        """Follows a rotation about any axes: each that is no letter is turned to one, and back."""
        found = [_as_letter(vector) for vector in vectors]
        for wire, (_, sign, turns, missed) in zip(wires, found, strict=True):
            angle *= sign
            self.neglected += 2 * missed
            for letter, size in reversed(turns):
                self._rotate([wire], letter, -size)
        self._rotate(wires, "".join([letter for letter, _, _, _ in found]), angle)
        for wire, (_, _, turns, _) in zip(wires, found, strict=True):
            for letter, size in turns:
                self._rotate([wire], letter, size)

    def _rotate(self, wires: Sequence[int], letters: str, angle: float) -> None:
        """Follows a rotation about a string: its quarter turns are Clifford, the rest stays or merges."""
        string, sign = self._string(wires, letters)
        place = self._partner(string)
        total = sign * angle
        if place is not None:
            before = self.rotations[place]
            assert before is not None
            total += before[1]
        quarters = round(total / QUARTER)
        rest = total - quarters * QUARTER
        if rest < TIE - QUARTER / 2:
            rest, quarters = rest + QUARTER, quarters - 1
        if abs(rest) < EXACT:
            self.neglected += abs(rest) / 2
            if place is not None:
                self.rotations[place] = None
                del self.places[string]
        else:
            if place is None:
                place = len(self.rotations)
                self.rotations.append(None)
            self.rotations[place] = string, rest
            self.places[string] = place
        self._follow(string, quarters % 4, wires)

    def _string(self, wires: Sequence[int], letters: str) -> tuple[String, int]:
        """A string of letters now as one of the inputs, and its sign."""
        image = 0, 0, 0
        for wire, letter in zip(wires, letters, strict=True):
            x, z = self.images[wire]
            if letter != "Z":
                image = _times(image, x)
            if letter != "X":
                image = _times(image, z)
            if letter == "Y":  # i X Z
                image = image[0], image[1], image[2] + 1
        x_mask, z_mask, power = image
        return (x_mask, z_mask), 1 - (power - (x_mask & z_mask).bit_count()) % 4

    def _partner(self, string: String) -> int | None:
        """The place of the last rotation about a string, if all later ones commute with it."""
        place = self.places.get(string)
        if place is None or len(self.rotations) - place > REACH:
            return None
        for later in reversed(self.rotations[place + 1 :]):
            if later is not None and not commute(string, later[0]):
                return None
        return place

    def _follow(self, string: String, quarters: int, wires: Sequence[int]) -> None:
        """Follows quarter turns about a string, which is on these wires now."""
        if not quarters:
            return
        x, z = string
        product = (0, 0, 2) if quarters == 2 else (x, z, (x & z).bit_count() + quarters)  # -1, or i or -i times it
        for wire in wires:
            one, other = (
                image if commute(string, image[:2]) else _times(product, image) for image in self.images[wire]
            )
            self.images[wire] = one, other


def _times(one: Image, other: Image) -> Image:
    """The product: moving X left past Z changes the sign."""
    x, z, power = one
    other_x, other_z, other_power = other
    return x ^ other_x, z ^ other_z, (power + other_power + 2 * (z & other_x).bit_count()) % 4


def _as_letter(vector: Vector) -> tuple[str, int, Turns, float]:
    """A letter, its sign, the turns that take it to the direction, in order, and how far this misses the direction."""
    large = [letter for letter, part in zip("XYZ", vector, strict=True) if abs(part) > PARALLEL]
    missed = sum([abs(part) for part in vector if abs(part) <= PARALLEL])
    x, y, z = vector
    if len(large) == 1:
        return large[0], 1 if x + y + z > 0 else -1, (), missed
    if "Z" not in large:
        return "X", 1, (("Z", math.atan2(y, x)),), missed
    polar = "Y", math.atan2(math.hypot(x, y), z)
    return "Z", 1, (polar, ("Z", math.atan2(y, x))), 0.0
