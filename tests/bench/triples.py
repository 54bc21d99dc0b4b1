"""Finds the structures of ionqdsl/passes/triples/structures.py, and writes that file.

    python -m tests.bench.triples [--seeds 60] [--minutes 20] [--bench]

Random circuits of several families, or with `--bench` the open ones of the fair bench, are compiled at level 2. Each
new block of three wires in a result is solved with ever fewer interactions, from random structures. Of those that
shorten a block, the ones that succeed most often when tried alone are added to the file, by the pattern of the unitary.
A row begins with the number of interactions from which on at least half of the blocks with that pattern were shortened.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ionqdsl.algebra.instantiation import PAIRS, Complexes, Instance, Structure, drawn, instantiated
from ionqdsl.ir.angle import radians
from ionqdsl.ir.circuit import FlatCircuit, Op
from ionqdsl.ir.options import Options
from ionqdsl.ir.targets import ANY_MACHINE
from ionqdsl.passes.break_wide_gates import break_wide_gates
from ionqdsl.passes.context import PassContext
from ionqdsl.passes.gather_controls import gather_controls
from ionqdsl.passes.interactions.use_interactions import compressed
from ionqdsl.passes.resynthesise import candidates, quick_synthesis
from ionqdsl.passes.triples import known_triples
from ionqdsl.passes.triples.blocks import Task, triples
from ionqdsl.passes.triples.invariants import invariants, moved, pattern_of
from ionqdsl.passes.triples.known_triples import rounded
from ionqdsl.passes.triples.resynthesise_triples import triples_resynthesised
from ionqdsl.passes.triples.structures import TABLE

FILE = Path(known_triples.__file__).with_name("structures.py")
BLIND, ALONE = 32, 6
"""Starts for a block of a new kind, and for a structure tried alone."""

SAMPLES, MOST, WAYS = 6, 3, 6
"""Unitaries kept of each pattern and length; structures written for them, and structures tried."""

LONGEST_ROW = 10
"""The most structures of a row, the shortest ones."""

FAMILIES = {
    "toffoli": ("ccx", "ccx", "cx", "h", "x"),
    "reversible": ("ccx", "cx", "cx", "x"),
    "clifford_t": ("cx", "cx", "h", "t", "s"),
    "phases": ("cp", "ccp", "h", "ry", "cx"),
    "controlled": ("cry", "ch", "cx", "cs", "t"),
    "fredkin": ("cswap", "ccx", "cx", "h"),
    "oracles": ("cccx", "ccx", "h", "x"),
    "oracles_2": ("ccccx", "h", "x"),
    "ising": ("zz", "rx", "zz", "rx"),
    "xy": ("xx", "yy", "xx", "yy", "rz"),
    "heisenberg": ("xx", "yy", "zz"),
    "paulis": ("zz", "cx", "cx", "rx", "h"),
}


def random_circuit(family: str, draw: random.Random) -> FlatCircuit:
    """Five to twenty gates of a family on three to five qubits."""
    width = draw.randint(3, 5)
    angle = radians(draw.choice([math.pi / 8, math.pi / 16, draw.uniform(0.1, 3)]))
    rows = []
    for _ in range(draw.randint(5, 20)):
        name = draw.choice(FAMILIES[family])
        gate = name.lstrip("c") or "x"
        controls = len(name) - len(gate)
        rotating = gate in ("p", "ry", "rx", "rz", "zz", "xx", "yy")
        size = controls + (2 if gate in ("swap", "zz", "xx", "yy") else 1)
        if size > width:
            continue
        if gate in ("zz", "xx", "yy"):  # of a chain
            first = draw.randrange(width - 1)
            wires = [first, first + 1]
        else:
            wires = draw.sample(range(width), size)
        rows.append(Op(gate, tuple(wires), (angle,) if rotating else (), controls))
    return FlatCircuit(width, rows=rows, origins=[None] * len(rows))


def random_circuits(seeds: int) -> Iterator[FlatCircuit]:
    """As many of each family."""
    for seed in range(seeds):
        for family in FAMILIES:
            yield random_circuit(family, random.Random(f"{family} {seed}"))


def bench_circuits() -> Iterator[FlatCircuit]:
    """The open circuits of the fair bench that need no package, those of the suite last."""
    from tests.bench import corpus
    from tests.bench.fair import circuits as fair
    from tests.bench.fair import families
    from tests.bench.peers import families as known
    from tests.bench.peers import with_ionqdsl

    texts = {f"own/{name}": families.text(name) for name in (*known.names(), *families.names())}
    if corpus.FOLDER.exists():
        texts |= {name: (corpus.FOLDER / f"{name}.qasm").read_text() for name in corpus.names()}
    texts |= {name: text for name, text in fair.circuits().items() if fair.is_of_suite(name)}
    for name, text in texts.items():
        if not fair.is_held_out(name) and text.count("\n") < 1000:
            yield with_ionqdsl.read(text)


class Searcher:
    """Solves blocks from random structures, and keeps the structures that shortened them."""

    def __init__(self) -> None:
        self.solved: dict[bytes, Instance | None] = {}
        self.unitaries: defaultdict[tuple[int, int], list[Complexes]] = defaultdict(list)
        self.ways: defaultdict[tuple[int, int], Counter[Structure]] = defaultdict(Counter)
        self.gains: defaultdict[tuple[int, int], list[bool]] = defaultdict(list)
        self.generator = np.random.default_rng(7)

    def __call__(self, tasks: Sequence[Task]) -> list[Instance | None]:
        return [self.solution(task.unitary, task.length) for task in tasks]

    def solution(self, unitary: Complexes, count: int) -> Instance | None:
        key = rounded(unitary)
        if key not in self.solved:
            best = self.solved[key] = self.searched(unitary, count)
            self.gains[pattern_of(invariants(unitary).reaches).number, count].append(best is not None)
        best = self.solved[key]
        return best if best is not None and len(best.t) < count else None

    def searched(self, unitary: Complexes, count: int) -> Instance | None:
        best = None
        length = min(count, 11)
        while length > 2:
            length -= 1
            found = self.tried(unitary, length)
            if not found:
                break
            best = found[0]
            pattern = pattern_of(invariants(unitary).reaches)
            self.unitaries[pattern.number, length].append(unitary)
            for instance in found:
                order = pattern.orders[0]
                way = tuple(
                    PAIRS.index(tuple(sorted((order[a], order[b])))) for a, b in (PAIRS[p] for p in instance.structure)
                )
                self.ways[pattern.number, length][way] += 1
        return best

    def tried(self, unitary: Complexes, length: int) -> list[Instance]:
        structures = np.empty((BLIND, length), dtype=int)
        structures[:, 0] = self.generator.integers(0, 3, BLIND)
        for place in range(1, length):
            structures[:, place] = (structures[:, place - 1] + self.generator.integers(1, 3, BLIND)) % 3
        solutions, _ = instantiated(np.tile(unitary, (BLIND, 1, 1)), structures, drawn(BLIND, length, self.generator))
        return list(solutions.values())


def improve(circuit: FlatCircuit, solve: Searcher) -> None:
    """Compiles a circuit under three contracts and searches its blocks."""
    apart = PassContext(ANY_MACHINE, Options())
    narrow = break_wide_gates(gather_controls(circuit, apart), apart)
    for preserve in ("unitary", "permuted", "measurement"):
        made = candidates(narrow, preserve, quick_synthesis)
        forms = sorted([*made.exact, *made.synthesised], key=lambda form: form.two_qubit_gates)
        for form in forms[:2]:
            for _ in range(3):
                shorter = triples_resynthesised(form, triples(form), solve)
                if shorter is form:
                    break
                form = compressed(shorter, preserve)


def chosen(solve: Searcher) -> dict[int, list[Structure]]:
    """For each pattern the structures that solve most of its unitaries when tried alone."""
    table: defaultdict[int, list[Structure]] = defaultdict(list)
    for number, length in sorted(solve.unitaries):
        unitaries = solve.unitaries[number, length]
        unitaries = unitaries[:: max(1, len(unitaries) // SAMPLES)][:SAMPLES]
        hits = {}
        for way, _ in solve.ways[number, length].most_common(WAYS):
            hits[way] = {
                index
                for index, unitary in enumerate(unitaries)
                if _is_solved(unitary, way, pattern_of(invariants(unitary).reaches).orders)
            }
        left = set(range(len(unitaries)))
        for _ in range(MOST):
            way = max(hits, key=lambda each: (len(hits[each] & left), len(hits[each]), each))
            if not hits[way] & left:
                break
            table[number].append(way)
            left -= hits[way]
        print(f"{number:06x} {length} {len(solve.unitaries[number, length])} unsolved {len(left)} of {len(unitaries)}")
    return table


def _is_solved(unitary: Complexes, way: Structure, orders: tuple[tuple[int, ...], ...]) -> bool:
    ways = sorted({moved(way, order) for order in orders})
    starts = max(ALONE, len(ways))
    structures = np.array([ways[start % len(ways)] for start in range(starts)])
    unitaries = np.tile(unitary, (starts, 1, 1))
    return bool(
        instantiated(unitaries, structures, drawn(starts, len(way), np.random.default_rng(0)), [0] * starts).solutions
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Finds structures for blocks of three wires.")
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--bench", action="store_true")
    options = parser.parse_args()
    solve = Searcher()
    end = time.monotonic() + 60 * options.minutes
    for circuit in bench_circuits() if options.bench else random_circuits(options.seeds):
        if time.monotonic() > end:
            break
        improve(circuit, solve)
        print(len(solve.solved), len(solve.unitaries), flush=True)
    ways = {number: [tuple(map(int, way)) for way in row.structures.split()] for number, row in TABLE.items()}
    for number, new in chosen(solve).items():
        ways[number] = sorted({*ways.get(number, []), *new}, key=lambda way: (len(way), way))
    FILE.write_text(written(ways, solve.gains))


def written(ways: Mapping[int, list[Structure]], gains: Mapping[tuple[int, int], list[bool]]) -> str:
    """The file; a row without gains on record keeps its count."""
    rows = []
    for number, structures in sorted(ways.items()):
        counts = sorted(count for each, count in gains if each == number)
        least = TABLE[number].least if number in TABLE else len(structures[0]) + 1
        for count in reversed(counts):
            if 2 * sum(gains[number, count]) < len(gains[number, count]):
                break
            least = count
        text = " ".join("".join(map(str, way)) for way in structures[:LONGEST_ROW])
        rows.append(f'    0x{number:06X}: Row({least}, "{text}"),\n')
    return f"{HEAD}{''.join(rows)}}}\n"


HEAD = '''"""Structures that write three-qubit unitaries with few interactions, by pattern.

Made by `python -m tests.bench.triples`: do not edit. A structure has the pair of wires of each interaction in order: 0
is (0, 1), 1 is (0, 2), 2 is (1, 2). Patterns are those of known_triples.py; the shortest structure comes first.
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """Structures for a pattern, and the number of interactions from which on a block with it can often be shortened."""

    least: int
    structures: str


TABLE: dict[int, Row] = {
'''

if __name__ == "__main__":
    main()
