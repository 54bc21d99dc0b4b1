"""Finds the fewest interactions of classes of three-qubit unitaries, and writes ionqdsl/passes/triples/classes.py.

    python -m tests.bench.triple_classes [--seeds 40] [--minutes 20]

Random circuits of several families and the open ones of the fair bench are compiled at level 2 under every contract.
Each class of unitaries that occurs in two circuits is solved with ever fewer interactions, from random structures,
until none of `BLIND` starts arrives. The structures at which most starts arrive are written, where those that are known
for the pattern do not suffice. A class that was there keeps its row.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ionqdsl.algebra.instantiation import Complexes, Structure, drawn, instantiated
from ionqdsl.ir.circuit import FlatCircuit
from ionqdsl.ir.contracts import not_weaker
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import ANY_MACHINE
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.gather_controls import gather_controls
from ionqdsl.passes.resynthesise import candidates, quick_synthesis
from ionqdsl.passes.triples import known_triples
from ionqdsl.passes.triples.blocks import Task
from ionqdsl.passes.triples.classes import CLASSES, ClassRow
from ionqdsl.passes.triples.exact_triples import PART
from ionqdsl.passes.triples.invariants import UnitaryClass, class_of, invariants, moved, pattern_of
from ionqdsl.passes.triples.known_triples import GENERIC, KnownTriples, task_of_unitary
from ionqdsl.passes.triples.structures import TABLE
from tests.bench.triples import bench_circuits, random_circuits

FILE = Path(known_triples.__file__).with_name("classes.py")
BLIND, OFTEN, ALONE = 200, 6, 24
"""Starts with fewer interactions; structures tried alone, and the starts of each."""

ENOUGH = 0.5
"""One structure is written if this share of its starts arrives, otherwise two. Of those at which this share of the most
starts arrive, the one with the fewest odd angles comes first."""

SAMPLES = 3
"""Unitaries kept of each class."""

WIDTH = 110
"""The longest line of numbers."""


class Met:
    """The unitaries met so far, by class, and the circuits in which they were."""

    def __init__(self) -> None:
        self.unitaries: defaultdict[int, list[Complexes]] = defaultdict(list)
        self.circuits: defaultdict[int, set[str]] = defaultdict(set)
        self.patterns: dict[int, int] = {}
        self.circuit = ""

    def note(self, unitary: Complexes) -> None:
        found = invariants(unitary)
        pattern = pattern_of(found.reaches)
        number = class_of(found, pattern).number
        assert self.patterns.setdefault(number, pattern.number) == pattern.number, "two classes with one number"
        if self.circuit not in self.circuits[number] and len(self.unitaries[number]) < SAMPLES:
            self.unitaries[number].append(unitary.copy())
        self.circuits[number].add(self.circuit)

    def compile(self, name: str, circuit: FlatCircuit) -> None:
        """Compiles a circuit under all contracts and notes its blocks of three wires."""
        self.circuit = name
        compile_noting(circuit, lambda task, _: self.note(task.unitary))

    def frequent(self) -> list[int]:
        """The classes that occur in two circuits."""
        return [number for number, circuits in self.circuits.items() if len(circuits) > 1]


def compile_noting(circuit: FlatCircuit, note: Callable[[Task, int], None]) -> None:
    """Compiles a circuit under all contracts and notes its blocks of three wires, each with the fewest interactions."""

    class Noting(KnownTriples):
        def least(self, tasks: Sequence[Task]) -> list[int]:
            several = super().least(tasks)
            for task, least in zip(tasks, several, strict=True):
                note(task, least)
            return several

    apart = PassContext(ANY_MACHINE, Options())
    narrow = break_wide_gates(gather_controls(circuit, apart), apart)
    own, known_triples.KnownTriples = known_triples.KnownTriples, Noting  # type: ignore[misc]
    try:
        for preserve in not_weaker("outcomes"):
            candidates(narrow, preserve, quick_synthesis)
    finally:
        known_triples.KnownTriples = own  # type: ignore[misc]


class Alone(NamedTuple):
    """The share of starts that arrive with one structure alone, least over the unitaries, and how many angles are odd.

    Where solutions form a family, nearly all angles are odd, and take more pulses.
    """

    rate: float
    odd: float


def own_class(unitary: Complexes) -> UnitaryClass:
    found = invariants(unitary)
    return class_of(found, pattern_of(found.reaches))


class Search:
    """Searches structures of a class."""

    def __init__(self, unitaries: Sequence[Complexes], pattern: int) -> None:
        self.unitaries = unitaries
        self.orders = [own_class(unitary).orders for unitary in unitaries]
        self.generator = np.random.default_rng(pattern)
        texts = TABLE[pattern].structures.split() if pattern in TABLE else []
        self.known = [tuple(map(int, text)) for text in texts]

    def structures(self, length: int, order: tuple[int, ...]) -> np.ndarray:
        """Random ones and, of every four, one that is known for the pattern."""
        found = np.empty((BLIND, length), dtype=int)
        found[:, 0] = self.generator.integers(0, 3, BLIND)
        for place in range(1, length):
            found[:, place] = (found[:, place - 1] + self.generator.integers(1, 3, BLIND)) % 3
        known = [moved(way, order) for way in self.known if len(way) == length]
        for place in range(0, BLIND, 4) if known else ():
            found[place] = known[place // 4 % len(known)]
        return found

    def winners(self, length: int, unitary: int, owners: Sequence[int] | None) -> Iterator[Structure]:
        structures = self.structures(length, self.orders[unitary][0])
        tasks = np.tile(self.unitaries[unitary], (BLIND, 1, 1))
        found = instantiated(tasks, structures, drawn(BLIND, length, self.generator), owners)
        for instance in found.solutions.values():
            yield instance.structure

    def least(self) -> int:
        """The fewest interactions that a start arrives at."""
        length = len(GENERIC) + 1
        while length > 1 and any(any(self.winners(length - 1, k, [0] * BLIND)) for k in range(len(self.unitaries))):
            length -= 1
        return length

    def best(self, length: int) -> list[Structure]:
        """The structures of this length at which most starts arrive."""
        counts: Counter[Structure] = Counter()
        while not counts:  # a start has arrived before
            for k in range(len(self.unitaries)):
                counts.update(self.common(way, k) for way in self.winners(length, k, None))
        ways = {way: self.tried_alone(way) for way, _ in counts.most_common(OFTEN)}
        often = max(one.rate for one in ways.values())
        ways = {way: one for way, one in ways.items() if one.rate >= ENOUGH * often}
        best = sorted(ways, key=lambda way: (ways[way].odd, -ways[way].rate, way))
        return best[: 1 if ways[best[0]].rate >= ENOUGH else 2]

    def common(self, way: Structure, unitary: int) -> Structure:
        """The structure on the wires of the class."""
        orders = self.orders[unitary]
        return min(moved(way, tuple(order.index(wire) for wire in range(3))) for order in orders)

    def tried_alone(self, way: Structure) -> Alone:
        """Starts with this structure alone."""
        rates, odd = [], []
        for unitary, orders in zip(self.unitaries, self.orders, strict=True):
            ways = sorted({moved(way, order) for order in orders})
            structures = np.array([ways[start % len(ways)] for start in range(ALONE)])
            values = drawn(ALONE, len(way), np.random.default_rng(0))
            found = instantiated(np.tile(unitary, (ALONE, 1, 1)), structures, values).solutions
            rates.append(len(found) / ALONE)
            odd += [sum(abs(t / PART - round(t / PART)) > 1e-6 for t in each.t.tolist()) for each in found.values()]
        return Alone(min(rates), sum(odd) / len(odd) if odd else math.inf)


def has_known_structure(unitary: Complexes, least: int) -> bool:
    """Whether one that is known for the pattern writes the unitary with so few interactions."""
    without_classes = KnownTriples({}, {})
    (instance,) = without_classes([task_of_unitary(unitary, least + 1)])
    return instance is not None and len(instance.t) == least


def row_of(unitaries: Sequence[Complexes], pattern: int, before: ClassRow | None) -> ClassRow | None:
    """The row of a class, None if any unitary is as short; an earlier row keeps its searches."""
    search = Search(unitaries, pattern)
    least = search.least() if before is None else before.least
    if all(has_known_structure(unitary, least) for unitary in unitaries):
        return ClassRow(least)
    if before is not None and before.structures:
        return before
    if least >= len(GENERIC):
        return None
    return ClassRow(least, " ".join("".join(map(str, way)) for way in search.best(least)))


def written(classes: dict[int, ClassRow]) -> str:
    """The file with other rows: the numbers of classes by these."""
    by_row: defaultdict[ClassRow, list[int]] = defaultdict(list)
    for number, row in classes.items():
        by_row[row].append(number)
    rows = []
    for row in sorted(by_row):
        numbers = [f"{number:08X}" for number in sorted(by_row[row])]
        lines = [" ".join(numbers[start : start + WIDTH // 9]) for start in range(0, len(numbers), WIDTH // 9)]
        key = f'ClassRow({row.least}, "{row.structures}")' if row.structures else f"ClassRow({row.least})"
        if len(lines) == 1:
            rows.append(f'    {key}: "{lines[0]}",\n')
        else:
            rows.append(f"    {key}: (\n" + "".join(f'        "{line} "\n' for line in lines) + "    ),\n")
    head, start, old = FILE.read_text().partition("_NUMBERS = {\n")
    _, end, tail = old.partition("}\n\nCLASSES")
    return f"{head}{start}{''.join(rows)}{end}{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Finds the fewest interactions of classes of three-qubit unitaries.")
    parser.add_argument("--seeds", type=int, default=8)
    parser.add_argument("--minutes", type=float, default=20)
    options = parser.parse_args()
    met = Met()
    half = 30 * options.minutes
    end = time.monotonic() + 2 * half
    circuits = [(f"bench {k}", one) for k, one in enumerate(bench_circuits())]
    circuits += [(f"random {k}", one) for k, one in enumerate(random_circuits(options.seeds))]
    for name, circuit in circuits:
        if time.monotonic() < end - half:
            met.compile(name, circuit)
    wanted = met.frequent()
    print(len(met.circuits), "classes,", len(wanted), "wanted", flush=True)
    classes = dict(CLASSES)
    for number in wanted:
        if time.monotonic() > end:
            break
        row = row_of(met.unitaries[number], met.patterns[number], CLASSES.get(number))
        if row is not None:
            classes[number] = row
            print(f"{met.patterns[number]:06X} {number:08X} {len(met.circuits[number])} {row}", flush=True)
    FILE.write_text(written(classes))


if __name__ == "__main__":
    main()
