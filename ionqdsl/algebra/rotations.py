"""Computes with rotations of one qubit and directions of the Bloch sphere, as tuples of floats.

A `Turn` (w, x, y, z) is the unitary w - i (x X + y Y + z Z), a unit quaternion: products, inverses and the image of a
direction take a few multiplications, and phases cannot creep in. `Axes` numbers the lines through the origin, so that
"parallel" is a comparison of integers. Plain Python on purpose: for a single qubit numpy costs more than this
arithmetic.
"""

from __future__ import annotations

import math
from itertools import product as combinations

from ionqdsl.ir.rounding import NOISE
from ionqdsl.record import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array

Vector = tuple[float, float, float]
Turn = tuple[float, float, float, float]

X: Vector = (1.0, 0.0, 0.0)
Y: Vector = (0.0, 1.0, 0.0)
Z: Vector = (0.0, 0.0, 1.0)
IDENTITY: Turn = (1.0, 0.0, 0.0, 0.0)


def turn(axis: Vector, angle: float) -> Turn:
    """exp(-i angle/2 axis.sigma), the angle in radians."""
    sine = math.sin(angle / 2)
    return (math.cos(angle / 2), axis[0] * sine, axis[1] * sine, axis[2] * sine)


def product(left: Turn, right: Turn) -> Turn:
    """The matrix product: `right` happens first."""
    a, b, c, d = left
    e, f, g, h = right
    return (
        a * e - b * f - c * g - d * h,
        a * f + b * e + c * h - d * g,
        a * g - b * h + c * e + d * f,
        a * h + b * g - c * f + d * e,
    )


def inverse(turn: Turn) -> Turn:
    """The inverse, which is the adjoint."""
    w, x, y, z = turn
    return (w, -x, -y, -z)


def normalised(turn: Turn) -> Turn:
    """The turn with length one: long products drift."""
    w, x, y, z = turn
    size = 1 / math.sqrt(w * w + x * x + y * y + z * z)
    return (w * size, x * size, y * size, z * size)


def turned(turn: Turn, vector: Vector) -> Vector:
    """The image of a direction: U (vector.sigma) U^-1."""
    w, x, y, z = turn
    return _rotated(w, x, y, z, vector)


def turned_back(turn: Turn, vector: Vector) -> Vector:
    """The direction whose image this is: U^-1 (vector.sigma) U."""
    w, x, y, z = turn
    return _rotated(w, -x, -y, -z, vector)


def _rotated(w: float, x: float, y: float, z: float, vector: Vector) -> Vector:
    a, b, c = vector
    p, q, r = 2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)
    return (a + w * p + y * r - z * q, b + w * q + z * p - x * r, c + w * r + x * q - y * p)


def cross(u: Vector, v: Vector) -> Vector:
    """The vector product."""
    return (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])


def dot(u: Vector, v: Vector) -> float:
    """The scalar product."""
    return u[0] * v[0] + u[1] * v[1] + u[2] * v[2]


def is_parallel(u: Vector, v: Vector) -> bool:
    """Whether two unit vectors are along one line, to `NOISE`; the cosine alone would let 1e-8 rad and more through."""
    x, y, z = u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]
    return x * x + y * y + z * z < _NEARLY


_NEARLY = NOISE * NOISE


def angle_between(u: Vector, v: Vector) -> float:
    """The sine of the angle between two unit vectors, 0 if they are along one line."""
    return math.hypot(*cross(u, v))


def distance(one: Turn, other: Turn) -> float:
    """The distance of two unitaries in the operator norm, up to a sign."""
    w, x, y, z = one
    a, b, c, d = other
    if w * a + x * b + y * c + z * d < 0:
        a, b, c, d = -a, -b, -c, -d
    return math.hypot(w - a, x - b, y - c, z - d)


def opposite(u: Vector) -> Vector:
    """The opposite direction."""
    return (-u[0], -u[1], -u[2])


def unit(u: Vector) -> Vector:
    """The same direction with length one."""
    size = 1 / math.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
    return (u[0] * size, u[1] * size, u[2] * size)


def matrix_entries(turn: Turn) -> tuple[complex, complex, complex, complex]:
    """The 2x2 matrix, row by row."""
    w, x, y, z = turn
    return (complex(w, -z), complex(-y, -x), complex(y, -x), complex(w, z))


class Axes:
    """Numbers lines: `number(u)` is even for one direction of a line, the next odd number for the opposite one.

    Directions that agree to `NOISE` get one number and from then on one vector, `vectors[number]`, which keeps rounding
    from adding up; `exact` has the numbers of the vectors themselves that were asked for. `neglected` is the sum of
    their distances and of the other rounding of a pass. Only the coordinates decide which is even.
    """

    def __init__(self) -> None:
        self._vectors: list[Vector] | None = []
        self.neglected = 0.0
        self._packed = b""
        self.exact: dict[Vector, int] = {}
        self._numbers: dict[tuple[int, int, int], int] = {}  # those of cells

    @property
    def vectors(self) -> list[Vector]:
        """The vectors by number."""
        if self._vectors is None:
            coordinates = iter(memoryview(self._packed).cast("d"))
            self._vectors = list(zip(coordinates, coordinates, coordinates, strict=True))
        return self._vectors

    def packed(self) -> bytes | array[float]:
        """The coordinates of the vectors as doubles, one vector after another."""
        if self._vectors is None or len(self._packed) == _VECTOR * len(self._vectors):
            return self._packed
        from array import array  # late: a check of a program needs none

        return array("d", [x for vector in self._vectors for x in vector])

    def take(self, packed: bytes, neglected: float) -> None:
        """Takes over vectors, these and later ones, and the rounding of numbers that the compiled kernel gave."""
        self._vectors, self._packed, self.neglected = None, packed, neglected
        self.exact.clear()  # they are filled when they are needed
        self._numbers.clear()

    def _fill(self) -> None:
        """Finds the vectors by their coordinates."""
        for number, vector in enumerate(self.vectors):
            x, y, z = vector
            self.exact[vector] = self._numbers[round(x * GRID), round(y * GRID), round(z * GRID)] = number

    def number(self, u: Vector) -> int:
        """The number of a direction given to within `NOISE` of length one."""
        exact = self.exact.get(u)
        if exact is not None:
            return exact
        if self.vectors and not self.exact:
            self._fill()
            return self.number(u)
        x, y, z = u
        p, q, r = x * GRID, y * GRID, z * GRID
        key = (round(p), round(q), round(r))
        number = self._numbers.get(key)
        if number is None:
            if abs(p - key[0]) > EDGE or abs(q - key[1]) > EDGE or abs(r - key[2]) > EDGE:
                number = self._neighbour(u)
            if number is None:
                return self._added(key, u)
            self._numbers[key] = number
            self._numbers[-key[0], -key[1], -key[2]] = number ^ 1
        a, b, c = self.vectors[number]
        self.neglected += abs(x - a) + abs(y - b) + abs(z - c)
        return number

    def _neighbour(self, u: Vector) -> int | None:
        """The number of a neighbouring cell, if any has one: rounding could have put the direction there."""
        ends = [(math.floor(size * GRID), math.ceil(size * GRID)) for size in u]
        return next((self._numbers[key] for key in combinations(*ends) if key in self._numbers), None)

    def _added(self, key: tuple[int, int, int], u: Vector) -> int:
        number = len(self.vectors)
        first, second = unit(u), opposite(unit(u))
        other = (-key[0], -key[1], -key[2])
        start = key
        if key < other:
            first, second, key, other = second, first, other, key
        self.vectors.extend((first, second))
        self._numbers[key] = number
        self._numbers[other] = number + 1
        self.exact[first] = number
        self.exact[second] = number + 1
        return self._numbers[start]


GRID = 1 / NOISE
_VECTOR = 24
"""The bytes of a vector."""
EDGE = 0.4
"""A direction this far, in cells, from the middle of its cell may belong to the next one."""
