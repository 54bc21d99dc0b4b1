"""Shortens three-qubit unitaries by structures that are known for their like.

Takes a unitary of three qubits and returns its shortest known form. The table of triple_structures.py is asked by the
unitary's pattern: which sets of wires the images of one-qubit Paulis reach. The pattern does not see one-qubit gates
before and after, and hardly sees angles, so one row stands for a family, such as all controlled phases of a parity. A
structure is only where to look: the form comes from solving for its axes and angles, and is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, permutations
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra import compiled
from ionqdsl.algebra.instantiation import (
    PAIRS,
    SINGLE,
    TOLERANCE,
    Complexes,
    Instance,
    Parameters,
    Reals,
    Structure,
    compared,
    drawn,
    instantiated,
)
from ionqdsl.passes.triple_structures import TABLE
from ionqdsl.record import record

FIRST, STARTS = 2, 9
"""The starts of a first try and, with those of a second one, of both: enough for nearly every form that is there."""

KINDS = 16
"""The most kinds of unitaries that are tried at a time: circuits that cannot gain take little time."""

_ABSENT = 1e-9
"""A part of an image with a smaller squared norm does not count."""

_DIGITS = 7

GENERIC: Structure = (0, 1, 2) * 3 + (0, 1)
"""Writes any unitary of three qubits, as far as is known: 9 + 5 * 11 parameters for 63 dimensions."""

ROOMY: Structure = (0, 1, 2) * 4
"""For unitaries with symmetries, such as Trotter steps with a field: with `GENERIC` hardly any start arrives there."""

_ORDERS = tuple(permutations(range(3)))


def _words() -> tuple[Complexes, Reals]:
    """All products of Paulis (64, 64), adjoint and row by row, and for each whether it is on a set of wires (64, 7)."""
    letters = [np.concatenate((np.eye(8)[None], SINGLE[wire].reshape(3, 8, 8))) for wire in range(3)]
    words = np.einsum("iab,jbc,kcd->ijkda", *letters).reshape(64, 64)
    number = np.arange(64)
    wires = (number // 16 % 4 > 0) + 2 * (number // 4 % 4 > 0) + 4 * (number % 4 > 0)
    return words / 8, (wires[:, None] == np.arange(1, 8)).astype(float)


_WORDS, _ON = _words()


Key = tuple[bytes, int]
"""A unitary, rounded, and a number of interactions."""


class Task(NamedTuple):
    """A unitary (8, 8), the number of interactions that it has now, and the unitary `rounded` if that is known."""

    unitary: Complexes
    length: int
    digits: bytes | None = None

    @property
    def key(self) -> Key:
        """The unitary, rounded, and the number."""
        return rounded(self.unitary) if self.digits is None else self.digits, self.length


class Reach(NamedTuple):
    """The pattern as a number, and the orders of the wires that give it: wire w is wire order[w] of the structures."""

    number: int
    orders: tuple[tuple[int, ...], ...]


def reaches(unitary: Complexes) -> Reals:
    """The squared norm of the part of the images of a wire's Paulis on each set of wires (3, 7); rows have the sum 3.

    Column s - 1 is for the set of the wires w with bit w in s.
    """
    if compiled.is_used():
        return np.frombuffer(compiled.kernel.reaches(unitary)).reshape(3, 7)
    images = (unitary @ SINGLE.reshape(9, 8, 8) @ unitary.conj().T).transpose(0, 2, 1).reshape(9, 64)
    sizes = np.abs(images @ _WORDS.conj().T) ** 2
    result: Reals = (sizes @ _ON).reshape(3, 3, 7).sum(axis=1)
    return result


def pattern_of(reached: Reals) -> Reach:
    """The pattern of the unitary whose images reach so far; the largest number among all orders of the wires."""
    return _pattern((reached > _ABSENT).tobytes())


@lru_cache(maxsize=4096)
def _pattern(is_reached: bytes) -> Reach:
    bits = [(place // 7, place % 7 + 1) for place, is_one in enumerate(is_reached) if is_one]
    numbers: dict[int, list[tuple[int, ...]]] = {}
    for order in _ORDERS:
        moved = [sum(1 << order[wire] for wire in range(3) if wires >> wire & 1) for wires in range(8)]
        number = sum(1 << (7 * order[wire] + moved[wires] - 1) for wire, wires in bits)
        numbers.setdefault(number, []).append(order)
    number = max(numbers)
    return Reach(number, tuple(numbers[number]))


def moved(structure: Structure, order: tuple[int, ...]) -> Structure:
    """A structure on wires 0 to 2 on the wires that the order takes there."""
    back = [order.index(wire) for wire in range(3)]
    return tuple([PAIRS.index(_sorted(back[PAIRS[pair][0]], back[PAIRS[pair][1]])) for pair in structure])


def _sorted(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)


@record(frozen=False)
class _Attempt:
    """A unitary to solve, and the structures to try, those of one length together, the shortest first."""

    unitary: Complexes
    groups: list[list[Structure]]
    solution: Instance | None = None

    @property
    def middle(self) -> list[Structure]:
        """The structures to try next: if a length is enough, so is a longer one."""
        return self.groups[len(self.groups) // 2]

    def halve(self, solution: Instance | None) -> None:
        """Keeps the shorter structures if the middle ones were enough, and the longer ones if not."""
        place = len(self.groups) // 2
        self.solution = solution or self.solution
        self.groups = self.groups[place + 1 :] if solution is None else self.groups[:place]


class _Kind(NamedTuple):
    """How far the images of a unitary reach, rounded, and the structures that may write it."""

    reached: bytes
    groups: list[list[Structure]]


class KnownTriples:
    """Solves by the table, many unitaries at a time, and remembers.

    Unitaries whose images reach as far are of one kind: the first of them in a call shows how many interactions all of
    them take. A call returns what its tasks alone decide, so that no form of a circuit depends on the others. The key
    is the unitary to seven digits, so a remembered form is compared with the unitary itself. `work` counts the steps
    so far.
    """

    def __init__(self) -> None:
        self.work = 0
        self._kinds: dict[Key, _Kind] = {}
        self._solved: dict[tuple[Key, Structure | None], Instance | None] = {}

    def __call__(self, tasks: Sequence[Task]) -> list[Instance | None]:
        """Each unitary with fewer interactions than it has now, or None."""
        alike: dict[bytes, list[Task]] = {}
        for task in {task.key: task for task in tasks}.values():
            kind = self._kind(task)
            if kind.groups:
                alike.setdefault(kind.reached, []).append(task)
        begun = [*alike.values()][:KINDS]
        tried: dict[Key, Structure | None] = {same[0].key: None for same in begun}
        self._try([(same[0], None) for same in begun])
        rest: list[tuple[Task, Structure | None]] = []
        for first, *others in begun:
            known = self._solved[first.key, None]
            if known is not None:
                rest += [(task, known.structure) for task in others if len(known.structure) < task.length]
        self._try(rest)
        tried |= {task.key: structure for task, structure in rest}
        found = [self._solved[task.key, tried[task.key]] if task.key in tried else None for task in tasks]
        return [valid(instance, task.unitary) for instance, task in zip(found, tasks, strict=True)]

    def least(self, task: Task) -> int:
        """The interactions of the shortest structure that is known for its like; its own number if none is shorter."""
        groups = self._kind(task).groups
        return len(groups[0][0]) if groups else task.length

    def _kind(self, task: Task) -> _Kind:
        """The kind of a unitary."""
        kind = self._kinds.get(task.key)
        if kind is None:
            reached = reaches(task.unitary)
            groups = _structures(pattern_of(reached), task.length)
            kind = self._kinds[task.key] = _Kind(rounded(reached), groups)
        return kind

    def _try(self, wanted: Sequence[tuple[Task, Structure | None]]) -> None:
        """Solves unitaries by one structure, or with ever fewer interactions by all that may write them."""
        attempts: dict[tuple[Key, Structure | None], _Attempt] = {}
        for task, structure in wanted:
            known = self._solved.get((task.key, structure))
            if (task.key, structure) not in self._solved or (known is not None and valid(known, task.unitary) is None):
                groups = [[structure]] if structure is not None else self._kind(task).groups
                attempts[task.key, structure] = _Attempt(task.unitary, groups)
        going = [*attempts.values()]
        while going:
            self._try_middle(going)
            going = [attempt for attempt in going if attempt.groups]
        for wanted_key, attempt in attempts.items():
            self._solved[wanted_key] = attempt.solution

    def _try_middle(self, attempts: list[_Attempt]) -> None:
        """Tries the middle structures of attempts."""
        by_length: dict[int, list[_Attempt]] = {}
        for attempt in attempts:
            by_length.setdefault(len(attempt.middle[0]), []).append(attempt)
        for together in by_length.values():
            left = dict(enumerate(together))
            for is_first in (True, False):
                self._start(left, is_first)
            for attempt in left.values():
                attempt.halve(None)

    def _start(self, left: dict[int, _Attempt], is_first: bool) -> None:
        """Starts from some values for each attempt, all of one length, and takes out those that are solved."""
        owners: list[int] = []
        ways: list[Structure] = []
        numbers: list[int] = []
        for owner, attempt in left.items():
            group = attempt.middle
            starts = range(FIRST) if is_first else range(FIRST, max(STARTS, len(group)))
            owners += [owner] * len(starts)
            numbers += starts
            ways += [group[start % len(group)] for start in starts]
        if not owners:
            return
        unitaries = np.array([left[owner].unitary for owner in owners])
        # Each start has its own values, whatever else is solved at the same time.
        values = Parameters(*[part[numbers] for part in _values(max(numbers) + 1, len(ways[0]))])
        solutions, work = instantiated(unitaries, np.array(ways), values, owners)
        self.work += work
        for owner, instance in solutions.items():
            left.pop(owner).halve(instance)


@lru_cache(maxsize=256)
def _values(count: int, length: int) -> Parameters:
    """The values of the first starts; those of a start do not depend on how many there are."""
    starts = [drawn(1, length, np.random.default_rng((length, start))) for start in range(count)]
    return Parameters(*[np.concatenate(parts) for parts in zip(*starts, strict=True)])


def valid(instance: Instance | None, unitary: Complexes) -> Instance | None:
    """The instance with its phase and error for this unitary, None if it is another one's."""
    again = None if instance is None else compared(instance, unitary)
    return again if again is not None and again.error < TOLERANCE else None


def _structures(pattern: Reach, count: int) -> list[list[Structure]]:
    """The known structures of fewer interactions than `count`, those of one length together, the shortest first."""
    row = TABLE.get(pattern.number)
    texts = row.structures.split() if row is not None and row.least <= count else []
    known = [tuple(map(int, text)) for text in texts if len(text) < count]
    known += [structure for structure in (GENERIC, ROOMY) if len(structure) < count]
    ways = {moved(structure, order) for structure in known for order in pattern.orders}
    return [list(group) for _, group in groupby(sorted(ways, key=lambda way: (len(way), way)), key=len)]


def rounded(array: Complexes | Reals) -> bytes:
    """A key for arrays that agree to seven digits."""
    return (np.round(array, _DIGITS) + 0.0).tobytes()
