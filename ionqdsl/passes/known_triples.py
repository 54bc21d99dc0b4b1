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

TRIES = 2
"""The unitaries of a kind that are tried in full, if the first one does not take one of the short structures."""

SHORT = 8
"""The most interactions of such a structure: those of hardly any others are found at the first try."""

KINDS = 4
"""The most new kinds of unitaries that are tried at a time: circuits that cannot gain take little time."""

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
    """A unitary to solve, its kind, and the structures to try, those of one length together, the shortest first."""

    key: Key
    unitary: Complexes
    kind: bytes
    groups: list[list[Structure]]

    @property
    def middle(self) -> list[Structure]:
        """The structures to try next: if a length is enough, so is a longer one."""
        return self.groups[len(self.groups) // 2]

    def halve(self, is_solved: bool) -> None:
        """Keeps the shorter structures if the middle ones were enough, and the longer ones if not."""
        place = len(self.groups) // 2
        self.groups = self.groups[:place] if is_solved else self.groups[place + 1 :]


class _Family(NamedTuple):
    """A kind of unitaries, and the known structures with fewer interactions than one of them has, shortest first."""

    kind: bytes
    groups: list[list[Structure]]


class _Compared(NamedTuple):
    """An instance, a unitary, and the instance as it is for that."""

    known: Instance
    unitary: Complexes
    instance: Instance | None


class KnownTriples:
    """Solves by the table, many unitaries at a time, and remembers.

    The key is the unitary to seven digits, so a remembered form is compared with the unitary itself. Unitaries whose
    images reach as far are of one kind: the first of them shows how many interactions all of them take. `work` counts
    the steps so far.
    """

    def __init__(self) -> None:
        self.work = 0
        self._solved: dict[Key, Instance | None] = {}
        self._known: dict[Key, _Family] = {}
        self._best: dict[bytes, Structure | None] = {}  # by kind
        self._tries: dict[bytes, int] = {}  # by kind
        self._compared: dict[Key, _Compared] = {}  # the last comparisons

    def __call__(self, tasks: Sequence[Task]) -> list[Instance | None]:
        """Each unitary with fewer interactions than it has now, or None."""
        keys = [task.key for task in tasks]
        attempts: dict[Key, _Attempt] = {}
        for key, task in zip(keys, tasks, strict=True):
            known = self._solved.get(key)
            if key not in self._solved or (known is not None and self._valid(key, task.unitary) is None):
                self._solved[key] = None
                kind, groups = self._known_of(key, task)
                if groups:
                    attempts[key] = _Attempt(key, task.unitary, kind, groups)
        if attempts:
            self._try(list(attempts.values()))
        return [self._valid(key, task.unitary) for key, task in zip(keys, tasks, strict=True)]

    def least(self, task: Task) -> int:
        """The interactions of the shortest structure that is known for its like; its own number if none is shorter."""
        groups = self._known_of(task.key, task).groups
        return len(groups[0][0]) if groups else task.length

    def _known_of(self, key: Key, task: Task) -> _Family:
        known = self._known.get(key)
        if known is None:
            reached = reaches(task.unitary)
            known = self._known[key] = _Family(rounded(reached), _structures(pattern_of(reached), task.length))
        return known

    def _valid(self, key: Key, unitary: Complexes) -> Instance | None:
        """What is known of a key, for this unitary; None if that is another one's."""
        known = self._solved[key]
        if known is None:
            return None
        compared = self._compared.get(key)
        if compared is None or compared.known is not known or compared.unitary is not unitary:
            compared = self._compared[key] = _Compared(known, unitary, valid(known, unitary))
        return compared.instance

    def _try(self, attempts: list[_Attempt]) -> None:
        """Solves the first unitary of each kind with ever fewer interactions, then the others with as few."""
        first: dict[bytes, _Attempt] = {}
        for attempt in attempts:
            if self._is_open(attempt):
                first.setdefault(attempt.kind, attempt)
        begun = list(first.values())[:KINDS]
        going = begun
        while going:
            self._try_middle(going)
            going = [attempt for attempt in going if attempt.groups]
        for attempt in begun:
            known, before = self._solved[attempt.key], self._best.get(attempt.kind)
            self._tries[attempt.kind] = self._tries.get(attempt.kind, 0) + 1
            structures = [before, None if known is None else known.structure]
            self._best[attempt.kind] = min([each for each in structures if each is not None], key=len, default=None)
        rest = []
        for attempt in attempts:
            best = self._best.get(attempt.kind)
            if best is not None and len(best) < attempt.key[1] and first.get(attempt.kind) is not attempt:
                attempt.groups = [[best]]
                rest.append(attempt)
        self._try_middle(rest)

    def _is_open(self, attempt: _Attempt) -> bool:
        """Whether none of its kind has been tried yet, or too few to say that there is no short form."""
        tries = self._tries.get(attempt.kind, 0)
        best = self._best.get(attempt.kind)
        is_long = best is None or len(best) > SHORT
        return not tries or (tries < TRIES and is_long and len(attempt.groups[0][0]) <= SHORT)

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
                attempt.halve(False)

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
            attempt = left.pop(owner)
            self._solved[attempt.key] = instance
            attempt.halve(True)


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
