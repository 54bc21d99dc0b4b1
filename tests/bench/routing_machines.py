"""The machines and circuits of the routing bench.

A machine is as wide as its circuit, since a compiler uses the qubits that a program declares. Places are numbered as
they would be on a chip: row by row, or along the ring.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ionqdsl.ir.circuit import FlatCircuit
from tests.bench import corpus

JSON = Path(__file__).with_name("routing.json")

MOST_GATES = 700
"""The most gates on two or more qubits of a circuit; the larger ones take the peers hours."""

Pairs = list[tuple[int, int]]


def line(width: int) -> Pairs:
    return [(place, place + 1) for place in range(width - 1)]


def ring(width: int) -> Pairs:
    return line(width) + ([(0, width - 1)] if width > 2 else [])


def grid(width: int) -> Pairs:
    """As square as it may be, the last row perhaps shorter."""
    across = max(2, round(width**0.5))
    rows = [(place, place + 1) for place in range(width - 1) if place % across != across - 1]
    return rows + [(place, place + across) for place in range(width - across)]


def star(width: int) -> Pairs:
    return [(0, place) for place in range(1, width)]


def heavy_hex(width: int) -> Pairs:
    """The places nearest to a corner of rows of nine, with one place between two rows at every fourth column."""
    names: dict[tuple[int, int], int] = {}
    for row in range(2 * width):
        for column in range(9):
            if row % 2 == 0 or column % 4 == (row - 1) % 4:
                names[row, column] = len(names)
    near = {
        (row, column): [
            place
            for place in ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column))
            if place in names and (row % 2 == 0 or place[0] != row) and (place[0] % 2 == 0 or place[1] == column)
        ]
        for row, column in names
    }
    chosen = [(0, 0)]
    for place in chosen:
        chosen += [other for other in near[place] if other not in chosen]
        if len(chosen) >= width:
            break
    number = {place: count for count, place in enumerate(sorted(chosen[:width], key=names.__getitem__))}
    return sorted((number[a], number[b]) for a in number for b in near[a] if b in number and number[a] < number[b])


def sparse(width: int) -> Pairs:
    """A random tree and half as many pairs more as there are places."""
    chance = random.Random(width)
    pairs = {(chance.randrange(place), place) for place in range(1, width)}
    most = min(width * (width - 1) // 2, len(pairs) + width // 2)
    while len(pairs) < most:
        a, b = sorted(chance.sample(range(width), 2))
        pairs.add((a, b))
    return sorted(pairs)


MACHINES: dict[str, Callable[[int], Pairs]] = {
    "line": line,
    "ring": ring,
    "grid": grid,
    "heavy hex": heavy_hex,
    "star": star,
    "sparse": sparse,
}


def record() -> dict[str, Any]:
    """The counts so far by circuit, machine and compiler, with the versions of the peers."""
    return json.loads(JSON.read_text("utf-8")) if JSON.exists() else {"counts": {}}


def kept(circuit: str, machine: str, compiler: str, count: int | None) -> None:
    """Adds a count to the record; it is read again before, since another process may have added to it."""
    found = record()
    found["counts"].setdefault(circuit, {}).setdefault(machine, {})[compiler] = count
    JSON.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def cases() -> list[FlatCircuit]:
    """The circuits, the small ones first."""
    circuits = [corpus.circuit(name) for name in corpus.names()]
    fitting = [circuit for circuit in circuits if _gates(circuit) <= MOST_GATES and circuit.width > 2]
    return sorted(fitting, key=lambda circuit: (_gates(circuit), circuit.width))


def _gates(circuit: FlatCircuit) -> int:
    return sum(len(op.qubits) > 1 for op in circuit.rows)
