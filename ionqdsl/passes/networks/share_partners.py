"""Writes signs of many pairs of wires in fewer interactions, where two wires share partners.

Takes a circuit and returns an equal one, global phase included. Runs of cz, and of cnots, which are cz between `h`,
commute. While one of two wires holds the sum of both bits, one sign with each partner that they share does for two: a
cnot before and one after save all others. So graph states, and the encoders of codes, take fewer interactions.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from ionqdsl.diagnostics.source import Span
from ionqdsl.ir.circuit import NOT_GATES, FlatCircuit, Op, canonical, shared
from ionqdsl.ir.gates import GATES

LEAST = 6
"""The fewest pairs of a run in which sharing saves an interaction: two wires with three partners each."""

MOST = 64
"""The most wires of a run in which partners are compared, each with each."""

Partners = dict[int, int]
"""Wire -> the mask of the wires that it has a sign with."""

_LETTERS = {"z": "ZZ", "x": "ZX"}
"""Gates under one control that are signs, perhaps between two `h`: the letters of the control and the target."""


def with_shared_partners(circuit: FlatCircuit) -> FlatCircuit:
    """The circuit with each run in fewer interactions; itself if there is no such run.

    Before:
        cz a, c; cz a, d; cz a, e
        cz b, c; cz b, d; cz b, e
    After:
        cnot a, b
        cz b, c; cz b, d; cz b, e
        cnot a, b
    """
    if not _may_share({op.qubits for op in circuit.rows if len(op.qubits) == 2}):
        return circuit
    writing = _SignWriting(circuit.width)
    for op, origin in zip(circuit.rows, circuit.origins, strict=True):
        writing.add(op, origin)
    writing.end_run()
    writing.turn_back(range(circuit.width))
    return circuit.with_rows(writing.steps) if writing.saved else circuit


def _may_share(pairs: Iterable[tuple[int, ...]]) -> bool:
    """Whether two wires share enough partners in the whole circuit, as those of a chain or of four wires never do."""
    partners: Partners = {}
    for a, b in pairs:
        partners[a] = partners.get(a, 0) | 1 << b
        partners[b] = partners.get(b, 0) | 1 << a
    return len(_busy(partners)) > MOST or _closest(partners)[0] >= LEAST // 2


def _busy(partners: Partners) -> list[int]:
    """The wires with enough partners to share."""
    return [wire for wire, mask in partners.items() if mask.bit_count() >= LEAST // 2]


def _closest(partners: Partners) -> tuple[int, int, int]:
    """The most partners that two wires share, and these wires; zeros if no two have enough."""
    pairs = combinations(_busy(partners), 2)
    return max([((partners[a] & partners[b]).bit_count(), a, b) for a, b in pairs], default=(0, 0, 0))


def _letters(op: Op) -> str | None:
    """The letters of a row that is a sign of two wires."""
    if op.pinned or op.when or len(op.qubits) != 2:
        return None
    plain = canonical(op)
    return _LETTERS.get(plain.gate) if plain.controls == 1 else None


class _SignWriting:
    """The rows so far; the run that is not written yet, by wires and their letters; and which wires wait for an `h`.

    The letters of the run are those before the `h` that its wires wait for.
    """

    def __init__(self, width: int) -> None:
        self.steps: list[tuple[Op, Span | None]] = []
        self.saved = 0
        self._waits = [False] * width
        self._letters: dict[int, str] = {}
        self._partners: Partners = {}
        self._origin: Span | None = None

    def add(self, op: Op, origin: Span | None) -> None:
        """Takes the next row."""
        letters = _letters(op)
        if letters is not None:
            self._add_sign(op.qubits, letters, origin)
        elif op.gate == "h" and not (op.controls or op.pinned or op.when):
            (wire,) = op.qubits
            self._waits[wire] = not self._waits[wire]
        else:
            wires = range(len(self._waits)) if op.gate in NOT_GATES else op.qubits
            if any(wire in self._letters for wire in wires) and not self._commutes(op):
                self.end_run()
            self.turn_back(wires)
            self.steps.append((op, origin))

    def _commutes(self, op: Op) -> bool:
        """Whether a row is a turn about the letter of the run, on a wire that waits for nothing."""
        if len(op.qubits) != 1 or op.controls or op.operator is not None or op.gate in NOT_GATES:
            return False
        (wire,) = op.qubits
        return not self._waits[wire] and GATES[op.gate].axis == self._letters[wire]

    def _add_sign(self, wires: tuple[int, ...], letters: str, origin: Span | None) -> None:
        turned = ["ZX"[(letter == "Z") == self._waits[wire]] for wire, letter in zip(wires, letters, strict=True)]
        if any(self._letters.get(wire, letter) != letter for wire, letter in zip(wires, turned, strict=True)):
            self.end_run()
        self._letters.update(zip(wires, turned, strict=True))
        self._origin = origin
        a, b = wires
        self._partners[a] = self._partners.get(a, 0) ^ 1 << b
        self._partners[b] = self._partners.get(b, 0) ^ 1 << a

    def end_run(self) -> None:
        """Writes the run."""
        turned = [wire for wire, letter in self._letters.items() if letter == "X"]
        around = [(shared("h", (wire,)), self._origin) for wire in turned]
        before = sum(mask.bit_count() for mask in self._partners.values()) // 2
        rows = _shared(self._partners) if len(self._partners) <= MOST and before >= LEAST else _signs(self._partners)
        self.saved += before - len(rows)
        self.steps += [*around, *((row, self._origin) for row in rows), *around]
        self._letters, self._partners = {}, {}

    def turn_back(self, wires: Iterable[int]) -> None:
        """Writes the `h` that these wires wait for."""
        for wire in wires:
            if self._waits[wire]:
                self.steps.append((shared("h", (wire,)), None))
                self._waits[wire] = False


def _shared(partners: Partners) -> list[Op]:
    """The signs, with the pair of wires that share most partners first; changes the argument."""
    rows: list[Op] = []
    sums: list[Op] = []
    while True:
        number, a, b = _closest(partners)
        if number < LEAST // 2:
            return [*rows, *_signs(partners), *reversed(sums)]
        if partners[a].bit_count() < partners[b].bit_count():
            a, b = b, a  # the one with fewer partners of its own holds the sum
        common = partners[a] & partners[b]
        rows += _signs({b: partners[b] & ~common})
        for wire in partners:
            if partners[b] & ~common & 1 << wire:
                partners[wire] &= ~(1 << b)
            if common & 1 << wire:
                partners[wire] &= ~(1 << a)
        partners[a] &= ~(common | 1 << b)
        partners[b] = common
        sums.append(shared("cnot", (a, b)))
        rows.append(sums[-1])


def _signs(partners: Partners) -> list[Op]:
    """A cz for each pair, which is written with the first of its wires."""
    rows: list[Op] = []
    done = 0
    for a, mask in partners.items():
        done |= 1 << a
        rows += [shared("z", (a, b), (), 1) for b in range(mask.bit_length()) if (mask & ~done) >> b & 1]
    return rows
