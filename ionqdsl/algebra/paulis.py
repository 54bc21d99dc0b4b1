"""Holds Pauli strings as bit masks and programs of Pauli rotations, and folds such programs.

A string is two ints: bit q of `x` alone means the letter X on wire q, of `z` alone Z, of both Y. A `PauliProgram` is a
list of rotations exp(-i angle/2 P) followed by a permutation of the wires; folding it returns the rotations that are
not Clifford, merged, and the Clifford that follows them. Nothing is synthesised here, and global phases are dropped.

Sources: Litinski, Quantum 3, 128 (2019), for pushing Cliffords to the end; Zhang and Chen, arXiv:1903.12456, for
merging.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

from ionqdsl.algebra import compiled
from ionqdsl.ir.angle import Angle
from ionqdsl.ir.rounding import NOISE, sized
from ionqdsl.record import record

Size = float | Angle
"""The angle of a rotation: radians, or an `Angle` where it has unbound parameters."""

Rotation = tuple[int, int, Size]
"""(x, z, angle): exp(-i angle/2 P), the sign of P in the angle."""

Image = tuple[int, int, int]
"""(x, z, p): i^p X^x Z^z with all X left of all Z; Hermitian if p and the number of Y are both odd or both even."""

QUARTER = math.pi / 2

MOST_WIRES = 64
LARGEST = 1e9
"""The most wires of programs that the compiled kernel takes, and a bound of their angles in radians."""


@record(frozen=False)
class PauliProgram:
    """Rotations in the order they happen; qubit q of the result is then read on wire `outputs[q]`.

    `neglected` bounds the rounding so far, as in `Folded`.
    """

    width: int
    rotations: list[Rotation]
    outputs: tuple[int, ...]
    neglected: float = 0.0

    @property
    def two_qubit_gates(self) -> int:
        """The number of rotations on more than one wire."""
        return sum([(x | z).bit_count() > 1 for x, z, _ in self.rotations])

    @property
    def wires(self) -> list[int]:
        """For each rotation the mask of its wires."""
        return [x | z for x, z, _ in self.rotations]


class NumericProgram(PauliProgram):
    """The same by numbers, as arrays that the compiled kernel takes and returns; rotations are made when asked for.

    `strings` has the masks x and z of each rotation (64-bit words), `angles` their angles (doubles).
    """

    __fields__ = ("width", "strings", "angles", "outputs", "two_qubit_gates", "neglected")

    def __init__(
        self,
        width: int,
        strings: bytes,
        angles: bytes,
        outputs: tuple[int, ...],
        two_qubit_gates: int,
        neglected: float,
    ) -> None:
        self.width, self.strings, self.angles, self.outputs = width, strings, angles, outputs
        self.neglected, self._two_qubit_gates = neglected, two_qubit_gates

    def __getattr__(self, name: str) -> Any:
        if name != "rotations":
            raise AttributeError(name)
        masks = iter(memoryview(self.strings).cast("Q"))
        self.rotations = list(zip(masks, masks, memoryview(self.angles).cast("d"), strict=True))
        return self.rotations

    @property
    def two_qubit_gates(self) -> int:
        """The number of rotations on more than one wire."""
        return self._two_qubit_gates

    @property
    def wires(self) -> list[int]:
        """For each rotation the mask of its wires."""
        masks = iter(memoryview(self.strings).cast("Q"))
        return [x | z for x, z in zip(masks, masks, strict=True)]


@record(frozen=False)
class Folded:
    """Rotations that are not Clifford, then a Clifford C: `images[2q]` is C+ X_q C, `images[2q + 1]` is C+ Z_q C."""

    width: int
    rotations: list[Rotation]
    images: list[Image]
    neglected: float = 0.0

    @property
    def count(self) -> int:
        """The number of rotations."""
        return len(self.rotations)

    def followed_by(self, images: Sequence[Image]) -> Folded:
        """The rotations, then their Clifford, then that of these images."""
        together = [pulled_back(image, self.images) for image in images]
        return Folded(self.width, self.rotations, together, self.neglected)


class NumericFolded(Folded):
    """The same by numbers, as arrays that the compiled kernel takes and returns; others are made when asked for.

    `strings` has the masks x and z of each rotation, then of each image (64-bit words), `angles` the rotations' angles
    (doubles), `powers` the images' p (int32) and `minus` a byte for each, 1 if it is negative.
    """

    __fields__ = ("width", "strings", "angles", "powers", "minus", "neglected")

    def __init__(
        self, width: int, strings: bytes, angles: bytes, powers: bytes, minus: bytes, neglected: float = 0.0
    ) -> None:
        self.width, self.strings, self.angles = width, strings, angles
        self.powers, self.minus, self.neglected = powers, minus, neglected

    def __getattr__(self, name: str) -> Any:
        if name not in ("rotations", "images"):
            raise AttributeError(name)
        masks = iter(memoryview(self.strings).cast("Q"))
        self.rotations = list(zip(masks, masks, memoryview(self.angles).cast("d"), strict=False))
        masks = iter(memoryview(self.strings).cast("Q")[2 * self.count :])
        self.images = list(zip(masks, masks, memoryview(self.powers).cast("i"), strict=True))
        return vars(self)[name]

    @property
    def count(self) -> int:
        """The number of rotations."""
        return len(self.angles) // 8


def numeric(folded: Folded) -> NumericFolded | None:
    """The program by numbers, None if the kernel is not used or cannot take it."""
    if isinstance(folded, NumericFolded):
        return folded if compiled.is_used() else None
    angles = numbers_for_kernel(folded.width, folded.rotations)
    if angles is None:
        return None
    strings = packed_strings([*folded.rotations, *folded.images]).tobytes()
    powers = array("i", [p for _, _, p in folded.images]).tobytes()
    minus = bytes([p - (x & z).bit_count() >> 1 & 1 for x, z, p in folded.images])  # as is_negative says
    return NumericFolded(folded.width, strings, angles.tobytes(), powers, minus, folded.neglected)


def numeric_program(program: PauliProgram) -> NumericProgram | None:
    """The program by numbers, None if the kernel is not used or cannot take it."""
    if isinstance(program, NumericProgram):
        return program if compiled.is_used() else None
    angles = numbers_for_kernel(program.width, program.rotations)
    if angles is None:
        return None
    strings, gates = packed_strings(program.rotations).tobytes(), program.two_qubit_gates
    return NumericProgram(program.width, strings, angles.tobytes(), program.outputs, gates, program.neglected)


def anticommute(x: int, z: int, other_x: int, other_z: int) -> bool:
    """Whether two strings anticommute."""
    return bool(((x & other_z).bit_count() + (z & other_x).bit_count()) & 1)


def quarters(angle: Size) -> int | None:
    """The angle in quarter turns if it is a whole number of them, modulo 4."""
    if isinstance(angle, Angle):
        return None
    count = round(angle / QUARTER)
    return count % 4 if abs(angle - count * QUARTER) < NOISE else None


def missed(angle: Size) -> float:
    """The distance, in radians, of an angle from the multiple of a quarter turn that it is taken for."""
    return 0.0 if isinstance(angle, Angle) else abs(angle - round(angle / QUARTER) * QUARTER)


def added(one: Size, other: Size) -> Size:
    """The sum of two angles, a number again if the parameters cancel and it is large enough to be one."""
    if not isinstance(one, Angle):
        if not isinstance(other, Angle):
            return one + other
        one = Angle(0, one)
    return sized(one + (other if isinstance(other, Angle) else Angle(0, other)))


def product(left: Image, right: Image) -> Image:
    """The product of two strings with their phases."""
    x, z, p = left
    other_x, other_z, other_p = right
    return x ^ other_x, z ^ other_z, (p + other_p + 2 * (z & other_x).bit_count()) & 3


def is_negative(image: Image) -> bool:
    """Whether a Hermitian string, written with letters, has a minus sign."""
    x, z, p = image
    return bool((p - (x & z).bit_count()) & 2)


def identity_images(width: int) -> list[Image]:
    """The images under the identity."""
    return [image for q in range(width) for image in ((1 << q, 0, 0), (0, 1 << q, 0))]


def inverse(program: PauliProgram) -> PauliProgram:
    """The inverse: U = (names) R, so U+ = (names)+ (names R+ names+)."""
    moved = [0] * program.width
    for q, wire in enumerate(program.outputs):
        moved[wire] = q
    masks = MovedMasks(moved)
    rotations: list[Rotation] = [(masks[x], masks[z], -angle) for x, z, angle in reversed(program.rotations)]
    return PauliProgram(program.width, rotations, tuple(moved), program.neglected)


class MovedMasks(dict[int, int]):
    """Mask -> the mask with its bits moved: bit q goes to `names[q]`."""

    def __init__(self, names: Sequence[int]) -> None:
        super().__init__()
        self._bits = [1 << name for name in names]

    def __missing__(self, mask: int) -> int:
        """Moves the bits of a mask that was not asked for before."""
        moved, rest = 0, mask
        while rest:
            low = rest & -rest
            moved |= self._bits[low.bit_length() - 1]
            rest ^= low
        self[mask] = moved
        return moved


def fold(program: PauliProgram, is_reduced: bool = False, is_once: bool = False) -> Folded:
    """Moves Cliffords to the end and merges equal strings across commuting ones, until nothing changes.

    `is_reduced` also moves the Clifford part of every other angle, which leaves it in (-pi/4, pi/4]; `is_once` makes
    only one round.
    """
    if isinstance(program, NumericProgram) and compiled.is_used():
        return _folded_by_kernel(program, program.strings, program.angles, is_reduced, is_once)
    angles = numbers_for_kernel(program.width, program.rotations)
    if angles is not None:
        return _folded_by_kernel(program, packed_strings(program.rotations), angles, is_reduced, is_once)
    return fold_in_python(program, is_reduced, is_once)


def numbers_for_kernel(width: int, rotations: Sequence[Rotation]) -> array[float] | None:
    """The angles of rotations for the compiled kernel, None if it is not used or cannot take them."""
    if not compiled.is_used() or not 0 < width <= MOST_WIRES:
        return None
    try:
        angles: array[float] = array("d", [angle for _, _, angle in rotations])  # type: ignore[misc]
    except TypeError:  # an `Angle` is no number
        return None
    return angles if -LARGEST < min(angles, default=0) <= max(angles, default=0) < LARGEST else None


def packed_strings(rotations: Sequence[Rotation | Image]) -> array[int]:
    """The masks x and z of each string on at most `MOST_WIRES` wires for the kernel, as words."""
    return array("Q", [mask for x, z, _ in rotations for mask in (x, z)])


def _folded_by_kernel(
    program: PauliProgram, strings: object, angles: object, is_reduced: bool, is_once: bool
) -> Folded:
    """The same, by kernel/fold.c."""
    given = program.width, strings, angles, array("i", program.outputs)
    (kept, sizes, powers, minus), neglected = compiled.kernel.fold(*given, is_reduced, is_once, NOISE)
    return NumericFolded(program.width, kept, sizes, powers, minus, program.neglected + neglected)


def fold_in_python(program: PauliProgram, is_reduced: bool = False, is_once: bool = False) -> Folded:
    """Rotation by rotation."""
    images = identity_images(program.width)
    rotations: Iterable[Rotation] = program.rotations
    kept, neglected = _folded(rotations, images, is_reduced)
    images = [image for wire in program.outputs for image in images[2 * wire : 2 * wire + 2]]
    while not is_once:
        rest = identity_images(program.width)
        again, more = _folded(kept, rest, is_reduced)
        if len(again) == len(kept):
            break
        neglected += more
        if rest != identity_images(program.width):
            images = [pulled_back(image, rest) for image in images]
        kept = again
    return Folded(program.width, kept, images, program.neglected + neglected)


def inverted(folded: Folded) -> Folded:
    """The inverse: U = C R, so U+ = C+ (C R+ C+)."""
    given = numeric(folded)
    if given is None:
        return inverted_in_python(folded)
    strings, angles, powers, minus = compiled.kernel.invert(given.width, given.strings, given.angles, given.powers)
    return NumericFolded(given.width, strings, angles, powers, minus, given.neglected)


def inverted_in_python(folded: Folded) -> Folded:
    """Rotation by rotation."""
    images = folded.images
    inverse_images: list[Image] = []
    xs, zs = (_transposed([image[kind] for image in images]) for kind in (0, 1))
    for q in range(folded.width):
        for of_x, of_z in (zs[q], xs[q]):  # a string that anticommutes with Z_q has X_q or Y_q, and likewise for X_q
            image = (of_z, of_x, (of_x & of_z).bit_count() & 3)
            if is_negative(pulled_back(image, images)):
                image = (of_z, of_x, (image[2] + 2) & 3)
            inverse_images.append(image)
    rotations: list[Rotation] = []
    for x, z, angle in reversed(folded.rotations):
        image = pulled_back((x, z, (x & z).bit_count()), inverse_images)
        rotations.append((image[0], image[1], angle if is_negative(image) else -angle))
    return Folded(folded.width, rotations, inverse_images, folded.neglected)


def _transposed(masks: Sequence[int]) -> list[tuple[int, int]]:
    """For each wire the qubits whose images of X have a bit there, and those of Z; the masks alternate between both."""
    result = [[0, 0] for _ in range(len(masks) // 2)]
    for number, mask in enumerate(masks):
        own, kind = 1 << number // 2, number % 2
        while mask:
            low = mask & -mask
            mask ^= low
            result[low.bit_length() - 1][kind] |= own
    return [(of_x, of_z) for of_x, of_z in result]


def pulled_back(image: Image, images: Sequence[Image]) -> Image:
    """A string moved before a Clifford that is given by its images: C+ P C."""
    x, z, p = image
    new_x = new_z = 0
    rest = x
    while rest:  # i^p X^x Z^z, all X first
        low = rest & -rest
        rest ^= low
        other_x, other_z, other_p = images[2 * low.bit_length() - 2]
        p += other_p + 2 * (new_z & other_x).bit_count()
        new_x ^= other_x
        new_z ^= other_z
    rest = z
    while rest:
        low = rest & -rest
        rest ^= low
        other_x, other_z, other_p = images[2 * low.bit_length() - 1]
        p += other_p + 2 * (new_z & other_x).bit_count()
        new_x ^= other_x
        new_z ^= other_z
    return new_x, new_z, p & 3


def _folded(rotations: Iterable[Rotation], images: list[Image], is_reduced: bool) -> tuple[list[Rotation], float]:
    """One round of folding: the rotations that are left, and the rounding.

    `images`, at first those of the identity, change in place.
    """
    kept: list[Rotation | None] = []
    neglected = 0.0
    last: dict[tuple[int, int], int] = {}  # a string's last place among the kept
    turned = 0  # the wires that a Clifford acts on
    for x, z, angle in rotations:
        where = x | z
        if not where:
            continue
        if where & turned:
            x, z, p = pulled_back((x, z, (x & z).bit_count()), images)
            if (p - (x & z).bit_count()) & 2:
                angle = -angle
        turns, rest = _split(angle, is_reduced)
        place = last.get((x, z)) if rest is not None else None
        if place is not None and not _is_blocked(x, z, kept, place):
            earlier = kept[place]
            assert earlier is not None
            angle = added(angle, earlier[2])
            turns, rest = _split(angle, is_reduced)
            if rest is not None and (isinstance(angle, Angle) or not is_reduced):
                kept[place] = (x, z, angle if isinstance(angle, Angle) else math.remainder(angle, 4 * math.pi))
                continue
            kept[place] = None
            del last[x, z]
        if rest is None:
            neglected += missed(angle)
        else:
            last[x, z] = len(kept)
            kept.append((x, z, rest))
        if turns:
            turn(images, x, z, turns, where)
            turned |= where
    return [rotation for rotation in kept if rotation is not None], neglected


def _split(angle: Size, is_reduced: bool) -> tuple[int, Size | None]:
    """The quarter turns of an angle that move to the end, modulo 4, and the angle that stays, None if none does."""
    turns = quarters(angle)
    if turns is not None:
        return turns, None
    if not is_reduced or isinstance(angle, Angle):
        return 0, angle
    turns = round(angle / QUARTER)
    return turns % 4, angle - turns * QUARTER


def _is_blocked(x: int, z: int, kept: list[Rotation | None], place: int) -> bool:
    """Whether a rotation after `place` anticommutes with the string."""
    for index in range(len(kept) - 1, place, -1):
        rotation = kept[index]
        if rotation is not None and ((x & rotation[1]).bit_count() + (z & rotation[0]).bit_count()) & 1:
            return True
    return False


def turn(images: list[Image], x: int, z: int, count: int, where: int = -1) -> None:
    """Adds a rotation by `count` quarter turns just before the Clifford: C becomes C exp(-i count pi/4 P).

    An anticommuting A becomes i P A for one quarter, -A for two and -i P A for three. `where` are the wires of P moved
    after the Clifford, C P C+, if known: the letters on other wires commute with it.
    """
    own = (x & z).bit_count()
    where &= (1 << len(images) // 2) - 1
    while where:
        low = where & -where
        where ^= low
        last = 2 * low.bit_length()
        for index in (last - 2, last - 1):
            other_x, other_z, p = images[index]
            if ((x & other_z).bit_count() + (z & other_x).bit_count()) & 1:
                if count == 2:
                    images[index] = (other_x, other_z, (p + 2) & 3)
                else:
                    p += own + 2 * (z & other_x).bit_count() + count
                    images[index] = (x ^ other_x, z ^ other_z, p & 3)
