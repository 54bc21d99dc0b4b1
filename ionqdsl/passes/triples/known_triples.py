"""Shortens three-qubit unitaries by the structures that are known for their classes.

Takes a unitary of three qubits and returns its shortest known form. For the classes of classes.py, such as that
of all Toffolis between one-qubit gates, it is known how many interactions suffice, and that a search found none with
fewer. For others the table of structures.py is asked by the unitary's pattern, which hardly sees angles, so that
one row stands for a family, such as all controlled phases of a parity. A structure is only where to look: the form
comes from solving for its axes and angles, and is checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra.instantiation import (
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
from ionqdsl.passes.triples.blocks import Key, Task
from ionqdsl.passes.triples.classes import CLASSES, ClassRow
from ionqdsl.passes.triples.exact_triples import exact_instance, range_of
from ionqdsl.passes.triples.forms import FORMS
from ionqdsl.passes.triples.invariants import Classified, Order, ReachPattern, UnitaryClass, classified, moved
from ionqdsl.passes.triples.structures import TABLE
from ionqdsl.record import record

FIRST, STARTS = 2, 9
"""The starts of a first try and, with those of a second one, of both: enough for nearly every form that is there."""

KINDS = 16
"""The most kinds of unitaries that are tried at a time: circuits that cannot gain take little time."""

_DIGITS = 7

GENERIC: Structure = (0, 1, 2) * 3 + (0, 1)
"""Writes any unitary of three qubits, as far as is known: 9 + 5 * 11 parameters for 63 dimensions."""

ROOMY: Structure = (0, 1, 2) * 4
"""For unitaries with symmetries, such as Trotter steps with a field: with `GENERIC` hardly any start arrives there."""


def task_of_unitary(unitary: Complexes, length: int, axes: bytes = b"") -> Task:
    """The task to write a unitary (8, 8) with fewer interactions than `length`."""
    return Task(np.ascontiguousarray(unitary, dtype=complex).tobytes(), length, rounded(unitary), axes)


@record(frozen=False)
class _Attempt:
    """A unitary to solve, and the structures to try, those of one length together, the shortest first.

    With `begins_short` the shortest are expected to be enough. Of other unitaries most are not solved at all, so the
    longest are tried first.
    """

    unitary: Complexes
    groups: list[list[Structure]]
    begins_short: bool = False
    solution: Instance | None = None
    has_begun: bool = False

    @property
    def next(self) -> list[Structure]:
        """The structures to try next."""
        return self.groups[self._place]

    @property
    def _place(self) -> int:
        """At an end, then in the middle: if a length is enough, so is a longer one."""
        if self.has_begun:
            return len(self.groups) // 2
        return 0 if self.begins_short else -1

    def go_on(self, solution: Instance | None) -> None:
        """Keeps the shorter structures if the next ones were enough, and the longer ones if not."""
        place = self._place % len(self.groups)
        self.solution = solution or self.solution
        self.groups = self.groups[place + 1 :] if solution is None else self.groups[:place]
        self.has_begun = True


class _Kind(NamedTuple):
    """The class of a unitary, the structures that may write it, and whether the shortest are expected to be enough."""

    number: int
    groups: list[list[Structure]]
    begins_short: bool


class KnownTriples:
    """Solves by the tables, many unitaries at a time, and remembers.

    A unitary that is like an exact form gets that one. Of the others of one class in a call, the first one shows how
    many interactions all of them take. The tasks of a call alone decide its results: no form of a circuit depends
    on the others. The key is the unitary to seven digits, so a remembered form is compared with the unitary itself.
    `work` counts the steps so far.
    """

    def __init__(self, classes: Mapping[int, ClassRow] = CLASSES, forms: Mapping[int, str] = FORMS) -> None:
        self.work = 0
        self._classes = classes
        self._forms = forms
        self._met: dict[bytes, Classified] = {}
        self._least: dict[Key, int] = {}
        self._exact: dict[tuple[bytes, bytes], Instance | None] = {}
        self._kinds: dict[Key, _Kind] = {}
        self._solved: dict[tuple[Key, Structure | None], Instance | None] = {}

    def __call__(self, tasks: Sequence[Task]) -> list[Instance | None]:
        """Each unitary with fewer interactions than it has now, or None."""
        hopeful = [task.length > fewest for task, fewest in zip(tasks, self.least(tasks), strict=True)]
        found = iter(self._shortened([task for task, is_hopeful in zip(tasks, hopeful, strict=True) if is_hopeful]))
        return [next(found) if is_hopeful else None for is_hopeful in hopeful]

    def _shortened(self, tasks: Sequence[Task]) -> list[Instance | None]:
        alike: dict[int, list[Task]] = {}
        exact = [self._exact_form(task) for task in tasks]
        for task in {task.key: task for task, form in zip(tasks, exact, strict=True) if form is None}.values():
            kind = self._kind(task)
            if kind.groups:
                alike.setdefault(kind.number, []).append(task)
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
        results = []
        for task, form in zip(tasks, exact, strict=True):
            if form is None and task.key in tried:
                form = self._solved[task.key, tried[task.key]]
            is_shorter = form is not None and len(form.t) < task.length
            results.append(valid(form, task.unitary) if is_shorter else None)
        return results

    def least(self, tasks: Sequence[Task]) -> list[int]:
        """For each task the interactions of the shortest structure that is known for its like; its own number if none
        is shorter.
        """
        known = self._least
        self._meet([task for task in tasks if task.key not in known])
        return [known.get(task.key) or self._least_of(task) for task in tasks]

    def _least_of(self, task: Task) -> int:
        forms = self._forms_of(task)
        least, (fewest, most) = task.length, range_of(forms) if forms else (0, 0)
        if fewest != most and fewest < least:  # the unitary itself decides, not its class
            exact = self._exact_form(task)
            if exact is not None:
                return min(len(exact.t), least)
        if forms and (fewest == most or fewest >= least):
            least = min(fewest, least)
        elif groups := self._kind(task).groups:
            least = len(groups[0][0])
        if fewest == most or fewest >= task.length:
            self._least[task.key] = least
        return least

    def _meet(self, tasks: Sequence[Task]) -> None:
        """Classifies the unitaries that are new together."""
        new = {task.digits: task.packed for task in tasks if task.digits not in self._met}
        if new:
            for digits, found in zip(new, classified([*new.values()]), strict=True):
                self._met[digits] = found

    def _forms_of(self, task: Task) -> str:
        """The exact forms of a unitary's class."""
        if task.digits not in self._met:
            self._meet((task,))
        return self._forms.get(self._met[task.digits].own.number, "")

    def _exact_form(self, task: Task) -> Instance | None:
        """The exact form of a unitary whose class has one that is shorter than the unitary is now."""
        forms = self._forms_of(task)
        if not forms or range_of(forms).fewest >= task.length:
            return None
        key = task.digits, task.axes
        if key not in self._exact:
            self._exact[key] = exact_instance(task.unitary, task.axes, self._met[task.digits].own, forms)
        return self._exact[key]

    def _kind(self, task: Task) -> _Kind:
        """The kind of a unitary that is not like an exact form."""
        kind = self._kinds.get(task.key)
        if kind is None:
            forms = self._forms_of(task)
            own, pattern = self._met[task.digits]
            row = self._classes.get(own.number)
            groups = _groups(pattern, task.length) if row is None else _groups_of(row, own, pattern, task.length)
            if forms and range_of(forms).fewest >= task.length:
                groups = []
            begins_short = row is not None or (bool(groups) and len(groups[0][0]) == len(GENERIC))
            kind = self._kinds[task.key] = _Kind(own.number, groups, begins_short)
        return kind

    def _try(self, wanted: Sequence[tuple[Task, Structure | None]]) -> None:
        """Solves unitaries by one structure, or with ever fewer interactions by all that may write them."""
        attempts: dict[tuple[Key, Structure | None], _Attempt] = {}
        for task, structure in wanted:
            known = self._solved.get((task.key, structure))
            if (task.key, structure) not in self._solved or (known is not None and valid(known, task.unitary) is None):
                kind = self._kind(task)
                groups = [[structure]] if structure is not None else kind.groups
                attempts[task.key, structure] = _Attempt(task.unitary, groups, kind.begins_short)
        going = [*attempts.values()]
        while going:
            self._try_next(going)
            going = [attempt for attempt in going if attempt.groups]
        for wanted_key, attempt in attempts.items():
            self._solved[wanted_key] = attempt.solution

    def _try_next(self, attempts: list[_Attempt]) -> None:
        """Tries the next structures of attempts."""
        by_length: dict[int, list[_Attempt]] = {}
        for attempt in attempts:
            by_length.setdefault(len(attempt.next[0]), []).append(attempt)
        for together in by_length.values():
            left = dict(enumerate(together))
            for is_first in (True, False):
                self._start(left, is_first)
            for attempt in left.values():
                attempt.go_on(None)

    def _start(self, left: dict[int, _Attempt], is_first: bool) -> None:
        """Starts from some values for each attempt, all of one length, and takes out those that are solved."""
        owners: list[int] = []
        ways: list[Structure] = []
        numbers: list[int] = []
        for owner, attempt in left.items():
            group = attempt.next
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
            left.pop(owner).go_on(instance)


@lru_cache(maxsize=256)
def _values(count: int, length: int) -> Parameters:
    """The values of the first starts; those of a start do not depend on how many there are."""
    starts = [drawn(1, length, np.random.default_rng((length, start))) for start in range(count)]
    return Parameters(*[np.concatenate(parts) for parts in zip(*starts, strict=True)])


def valid(instance: Instance | None, unitary: Complexes) -> Instance | None:
    """The instance with its phase and error for this unitary, None if it belongs to another unitary."""
    again = None if instance is None else compared(instance, unitary)
    return again if again is not None and again.error < TOLERANCE else None


@lru_cache(maxsize=1 << 12)
def _groups(pattern: ReachPattern, count: int) -> list[list[Structure]]:
    """The structures that may write a unitary with this pattern, of fewer interactions than `count`."""
    row = TABLE.get(pattern.number)
    known = _read(row.structures) if row is not None and row.least <= count else []
    return _grouped([*known, GENERIC, ROOMY], pattern.orders, count)


@lru_cache(maxsize=1 << 12)
def _groups_of(row: ClassRow, own: UnitaryClass, pattern: ReachPattern, count: int) -> list[list[Structure]]:
    """Those of a class whose shortest structures are known: these, and longer ones."""
    if row.least >= count:
        return []
    known = [*_read(TABLE[pattern.number].structures if pattern.number in TABLE else ""), GENERIC, ROOMY]
    first = _grouped(_read(row.structures), own.orders, count)
    least = row.least + len(first)
    return first + _grouped([structure for structure in known if len(structure) >= least], pattern.orders, count)


def _grouped(structures: Sequence[Structure], orders: Sequence[Order], count: int) -> list[list[Structure]]:
    """Those of fewer interactions than `count` on wires in all orders, those of one length together, in order."""
    ways = {moved(structure, order) for structure in structures if len(structure) < count for order in orders}
    return [list(group) for _, group in groupby(sorted(ways, key=lambda way: (len(way), way)), key=len)]


def _read(structures: str) -> list[Structure]:
    return [tuple(map(int, text)) for text in structures.split()]


def rounded(array: Complexes | Reals) -> bytes:
    """A key for arrays that agree to seven digits."""
    return (np.round(array, _DIGITS) + 0.0).tobytes()
